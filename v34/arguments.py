"""Arguments that are passed on to the event loop, and that a version does not know yet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

__all__ = ("check",)

# For each method of the event loop, the arguments that the version lacks, with when they came. None here: the modules
# of an exact version have what its API history says.
REFUSED: Mapping[str, Mapping[str, str]] = {}


def check(method: str, names: Iterable[str]) -> None:
    """Refuse arguments that *method*, one of the event loop's, does not have.

    Args:
        method: its name, "create_connection".
        names: the names of the arguments.

    Raises:
        TypeError: one of them is not there in this version; the message says when it came.
    """
    refused = REFUSED.get(method)
    if refused:
        for name in names:
            if name in refused:
                raise TypeError(f"{method}() got an unexpected keyword argument {name!r}: {refused[name]}")
