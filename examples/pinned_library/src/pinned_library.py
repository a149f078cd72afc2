"""Looks up several hosts at once. Works with the asyncio of Python 3.7, it says."""

import asyncio


async def lookup(resolve, hosts):
    """Return the address of each host, by host."""
    addresses = await asyncio.gather(*(resolve(host) for host in hosts))
    return dict(zip(hosts, addresses))


async def first(resolve, hosts):
    """Return the first address that any of the hosts gets."""
    tasks = [asyncio.ensure_future(resolve(host)) for host in hosts]
    done, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()
    return done.pop().result()


async def lookup_in_time(resolve, host, seconds):
    """Return the address of a host, or None if that takes longer than so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await resolve(host)
    except asyncio.TimeoutError:
        return None
