"""What the documentation of Python 3.8 added to asyncio."""
