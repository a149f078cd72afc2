"""Tracebacks as they would be without us."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

__all__ = ("hide_our_frames", "is_ours")

_OUR_FOLDER = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
_IMPORT_SYSTEM = ("<frozen importlib", os.path.join(os.path.dirname(os.path.abspath(os.__file__)), "importlib"))  # noqa: PTH100, PTH118, PTH120


def is_ours(file: str) -> bool:
    """Tell whether *file*, as code objects name it, is part of the dispatcher."""
    return os.path.dirname(file) == _OUR_FOLDER  # noqa: PTH120


def hide_our_frames(error: BaseException) -> None:
    """Take out of an exception's traceback, and out of those it came from, the frames of the dispatcher."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        one.__traceback__ = _without_our_frames(one.__traceback__)
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]


def _without_our_frames(traceback: TracebackType | None) -> TracebackType | None:
    kept = []
    ours = True
    for entry in _entries(traceback):
        file = entry.tb_frame.f_code.co_filename
        # The import system's frames are as good as ours where we called it.
        ours = is_ours(file) or (ours and file.startswith(_IMPORT_SYSTEM))
        if not ours:
            kept.append(entry)
    following = None
    for entry in reversed(kept):
        entry.tb_next = following
        following = entry
    return following


def _entries(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next
