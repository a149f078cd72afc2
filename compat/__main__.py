"""`python -m asyncio_compat`: the command line."""

from asyncio_compat.cli import main

__all__ = ("main",)

if __name__ == "__main__":
    raise SystemExit(main())
