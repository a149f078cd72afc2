"""The asyncio of Python 3.10 to 3.15."""
