"""Constants of asyncio, as they were."""

from __future__ import annotations

__all__ = ("ACCEPT_RETRY_DELAY", "DEBUG_STACK_DEPTH", "LOG_THRESHOLD_FOR_CONNLOST_WRITES")

# Writes after the connection is lost, before the log says so.
LOG_THRESHOLD_FOR_CONNLOST_WRITES = 5
# Seconds to wait when no more connections can be accepted.
ACCEPT_RETRY_DELAY = 1
# The most frames that debug mode records.
DEBUG_STACK_DEPTH = 10
