"""Exceptions: `TimeoutError` is the built-in one."""

from __future__ import annotations

import builtins

__all__ = ("TimeoutError",)

TimeoutError = builtins.TimeoutError  # noqa: A001
