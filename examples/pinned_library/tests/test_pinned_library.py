import asyncio

import pinned_library


async def resolve(host):
    await asyncio.sleep(0)
    return "192.0.2.{}".format(len(host))


async def never(host):
    await asyncio.get_event_loop().create_future()


def test_every_host_gets_its_address():
    found = asyncio.run(pinned_library.lookup(resolve, ["a", "bb"]))

    assert found == {"a": "192.0.2.1", "bb": "192.0.2.2"}


def test_the_first_address_is_enough():
    assert asyncio.run(pinned_library.first(resolve, ["a"])) == "192.0.2.1"


def test_a_slow_lookup_is_given_up():
    assert asyncio.run(pinned_library.lookup_in_time(never, "a", 0.01)) is None
