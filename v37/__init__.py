"""What Python 3.7 changed in asyncio."""
