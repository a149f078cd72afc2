"""What a version did not have is not there, and says when it came or went."""

from __future__ import annotations

import abc
import asyncio
import inspect
import pickle
from typing import Any

import pytest

from asyncio_compat import load
from asyncio_compat.exact import _behaviour_of, _table
from asyncio_compat.versions import resolve


def reader_of(version: str) -> Any:
    loop = asyncio.new_event_loop()
    loop.close()
    return load(version).StreamReader(loop=loop)


def test_a_method_that_came_later_is_not_there() -> None:
    reader = reader_of("3.5.1")

    with pytest.raises(AttributeError) as caught:
        reader.readuntil(b";")

    assert str(caught.value) == "StreamReader.readuntil was added in Python 3.5.2; this program asked for 3.5.1"


def test_a_class_without_a_method_tells_the_truth_about_it() -> None:
    cls = load("3.5.1").StreamReader

    assert not hasattr(cls, "readuntil")
    assert "readuntil" not in dir(cls)
    assert "readuntil" not in dir(reader_of("3.5.1"))
    assert "readline" in dir(cls)


def test_a_back_ported_method_is_there_where_it_was() -> None:
    there = {
        version: hasattr(load(version).StreamReader, "readuntil") for version in ("3.4.4", "3.4.5", "3.5.1", "3.5.2")
    }

    assert there == {"3.4.4": False, "3.4.5": True, "3.5.1": False, "3.5.2": True}


def test_a_method_that_went_says_so() -> None:
    with pytest.raises(
        AttributeError, match=r"^Task\.all_tasks was removed in Python 3\.9; this program asked for 3\.9$"
    ):
        _ = load("3.9").Task.all_tasks


def test_a_special_method_that_came_later_is_not_there() -> None:
    assert not hasattr(load("3.4").StreamReader, "__aiter__")
    assert hasattr(load("3.5").StreamReader, "__aiter__")


def test_what_the_host_has_more_is_hidden_from_programs_and_not_from_the_host() -> None:
    module = load("3.5.1")
    loop = module.new_event_loop()
    try:
        assert not hasattr(loop, "create_future")
        assert loop.run_until_complete(module.sleep(0, "slept")) == "slept"
        assert loop.run_until_complete(asyncio.sleep(0, "slept")) == "slept"
    finally:
        loop.close()


def test_a_class_of_the_hosts_that_lacks_something_still_knows_its_instances() -> None:
    queue = load("3.12").Queue

    assert not hasattr(queue, "shutdown")
    assert isinstance(asyncio.Queue(), queue)
    assert issubclass(load("3.12").PriorityQueue, queue)
    assert queue().empty()


def test_programs_may_derive_from_a_pruned_class_and_an_abstract_one() -> None:
    class Mine(load("3.5.1").StreamReader, abc.ABC):  # type: ignore[misc]
        def readuntil(self) -> str:
            return "mine"

    loop = asyncio.new_event_loop()
    loop.close()
    assert Mine(loop=loop).readuntil() == "mine"


def test_an_argument_passed_on_to_the_loop_is_refused_where_it_came_later() -> None:
    module = load("3.7")

    async def main() -> None:
        await module.open_connection("127.0.0.1", 1, happy_eyeballs_delay=1)

    with pytest.raises(TypeError) as caught:
        module.run(main())

    assert str(caught.value) == (
        "create_connection() got an unexpected keyword argument 'happy_eyeballs_delay': "
        "it was added in Python 3.8.0a4; this program asked for 3.7"
    )


def test_an_argument_that_went_is_refused_on_any_loop() -> None:
    module = load("3.10")

    async def main() -> None:
        await module.start_server(None, "127.0.0.1", 0, keep_alive=True)

    for run in (module.run, asyncio.run):
        with pytest.raises(
            TypeError, match=r"'keep_alive': it was added in Python 3\.13; this program asked for 3\.10$"
        ):
            run(main())


def test_a_parameter_of_a_function_is_refused_where_it_came_later() -> None:
    with pytest.raises(TypeError, match=r"^run\(\) got an unexpected keyword argument 'loop_factory': it was added in"):
        load("3.11").run(None, loop_factory=None)


def test_the_hosts_asyncio_may_use_what_the_version_lacks_on_its_loop() -> None:
    async def main() -> str:
        return asyncio.create_task(asyncio.sleep(0), name="named").get_name()

    assert load("3.7").run(main()) == "named"


def test_signatures_are_those_of_the_version() -> None:
    signatures = {version: str(inspect.signature(load(version).run)) for version in ("3.7", "3.9", "3.12")}

    assert signatures == {
        "3.7": "(main, *, debug=False)",
        "3.9": "(main, *, debug=None)",
        "3.12": "(main, *, debug=None, loop_factory=None)",
    }


def test_an_exception_of_an_exact_version_can_be_pickled() -> None:
    error = load("3.7").IncompleteReadError(b"abc", 5)

    copy = pickle.loads(pickle.dumps(error))

    assert (type(copy), copy.partial, copy.expected) == (type(error), b"abc", 5)


def test_every_row_of_the_behaviour_table_names_something() -> None:
    for line in _table().splitlines():
        if line and not line.startswith("#"):
            fact, spans, text = line.split(" | ", 2)
            first = spans.split(",")[0].partition("-")[0].strip()
            generation, module, attribute = fact.partition(" = ")[0].split(".", 2)
            release = resolve(first)
            assert text
            assert attribute in [name for name, _ in _behaviour_of(release.key)[f"{generation}.{module}"]]


def test_the_behaviour_table_is_sorted() -> None:
    names = [line.partition(" = ")[0] for line in _table().splitlines() if line and not line.startswith("#")]

    assert names == sorted(names)
