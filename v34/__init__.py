"""The asyncio of Python 3.4 to 3.6, and what every later generation shares with it."""
