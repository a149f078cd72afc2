"""What asyncio asked of the Python that ran it, and what libraries took from there."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ("PY34", "PY35", "PY352", "flatten_list_bytes")

PY34 = True
# Set by the version that is stood in for.
PY35 = True
PY352 = True


def flatten_list_bytes(list_of_data: Iterable[bytes]) -> bytes:
    """Return all bytes-like objects of *list_of_data* in one."""
    return b"".join(list_of_data)
