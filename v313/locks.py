"""Locks: the host's own."""

from __future__ import annotations

from asyncio import BoundedSemaphore, Condition, Event, Lock, Semaphore

__all__ = ("BoundedSemaphore", "Condition", "Event", "Lock", "Semaphore")
