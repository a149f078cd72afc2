"""The asyncio of Python 3.4 to 3.6, and what every later generation shares with it.

Use it as that asyncio: `from asyncio_compat import v34 as asyncio`. Names that it does not define are the host's.
"""

from __future__ import annotations

from asyncio_compat.v34.base_events import BaseEventLoop, Server
