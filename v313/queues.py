"""Queues: the host's own."""

from __future__ import annotations

from asyncio import LifoQueue, PriorityQueue, Queue, QueueEmpty, QueueFull

__all__ = ("LifoQueue", "PriorityQueue", "Queue", "QueueEmpty", "QueueFull")
