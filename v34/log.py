"""The logger of asyncio: the host's own."""

from __future__ import annotations

from asyncio.log import logger

__all__ = ("logger",)
