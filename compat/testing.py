"""A contract for streams, to run against anybody's: ours, asyncio's own, yours.

    async def make_pair():
        '''Return two ends of a new connection.'''
        ...
        return (reader, writer), (other_reader, other_writer)

    async def test_my_streams():
        await asyncio_compat.testing.check_streams(make_pair)

It holds what the documentation of every version from 3.4 to 3.15 promises. What only some of them have (`readuntil()`,
`is_closing()`, iterating...) is checked where it is there. With pytest, each check can be a test:

    @pytest.mark.parametrize("check", asyncio_compat.testing.CHECKS)
    async def test_my_streams(check):
        await asyncio_compat.testing.check_streams(make_pair, checks=[check])
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from asyncio_compat.testing_checks import CHECKS, Check, End

__all__ = ("CHECKS", "Check", "End", "check_streams")

MakePair = Callable[[], Any]


async def check_streams(make_pair: MakePair, *, checks: Sequence[Check] = CHECKS, timeout: float = 10.0) -> None:
    """Check that streams do what asyncio's documentation promises.

    Args:
        make_pair: makes a connection and returns its two ends, or an awaitable that does. An end is a pair of reader
            and writer, or one object that is both. It is called for each check anew.
        checks: what to check; everything by default.
        timeout: how long one check may take, in seconds.

    Raises:
        AssertionError: a promise is broken; the message says which and how.
        BaseException: what `make_pair` raised.
    """
    for check in checks:
        ends = [End(end) for end in await _settled(make_pair())]
        if len(ends) != 2:
            raise TypeError(f"make_pair must return the two ends of a connection, not {len(ends)}")
        try:
            await asyncio.wait_for(check(*ends), timeout)
        except asyncio.TimeoutError as error:
            raise AssertionError(f"{_sentence(check)}: this did not end within {timeout:g} seconds") from error
        except Exception as error:
            raise AssertionError(f"{_sentence(check)}: {_said(error)}") from error
        finally:
            await asyncio.wait_for(_clean_up(ends), timeout)


async def _clean_up(ends: Sequence[End]) -> None:
    for end in ends:
        await end.stop()
    # How a connection ends that was broken off is not what is checked.
    await asyncio.gather(*(end.close() for end in ends), return_exceptions=True)


def _sentence(check: Check) -> str:
    return check.__name__.replace("_", " ")


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"


async def _settled(value: Any) -> Any:
    return await value if isinstance(value, Awaitable) or inspect.isawaitable(value) else value
