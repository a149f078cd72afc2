"""Runs `python -m oldlib` as `python -m asyncio_compat run -m oldlib`: for containers whose command is left as it is.

    ENV ASYNCIO_COMPAT_API=3.6
    ENTRYPOINT ["python", "-m", "asyncio_compat.launcher"]
    CMD ["python", "-u", "-m", "oldlib", "--port", "8000"]

A command that is not a Python program's is run as it is. It takes this process's place; so signals reach it.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("main", "translated")

_PYTHON = re.compile(r"python(?:3(?:\.\d+t?)?)?(?:\.exe)?")
# Options of the interpreter that take a value, in the next argument where it does not follow at once.
_TAKE_VALUE = ("W", "X")
_CANNOT_RUN = 127


def main(command: Sequence[str] | None = None) -> NoReturn:
    """Run a command in this process's place.

    Args:
        command: the program and its arguments; None means the arguments of this process.
    """
    given = sys.argv[1:] if command is None else list(command)
    if not given:
        sys.exit("asyncio-compat: name the command to run: python -m asyncio_compat.launcher python -m oldlib")
    program = shutil.which(given[0])
    if program is None:
        print(f"asyncio-compat: no command {given[0]!r}", file=sys.stderr)  # noqa: T201 - it is a command itself
        sys.exit(_CANNOT_RUN)
    os.execv(program, translated(given))  # noqa: S606 - to run it is what it is for


def translated(command: Sequence[str]) -> list[str]:
    """Return *command* such that the program in it is run by `asyncio-compat run`, if it is a Python program."""
    python, *arguments = command
    if _PYTHON.fullmatch(os.path.basename(python)) is None:  # noqa: PTH119
        return list(command)
    place = 0
    while place < len(arguments):
        argument = arguments[place]
        if argument == "-" or not argument.startswith("-"):
            break
        if argument.startswith("--"):
            # Some of them, like --help, need no program.
            place += 2 if argument == "--check-hash-based-pycs" else 1
            continue
        letters = re.match(r"-([^cmWX]*)([cmWX]?)(.*)", argument, re.DOTALL)
        before, letter, value = letters.groups() if letters is not None else ("", "", "")
        if letter == "c":
            return list(command)
        if letter == "m":
            options = [*arguments[:place], f"-{before}"] if before else arguments[:place]
            module = [value] if value else []
            return [python, *options, "-m", "asyncio_compat", "run", "-m", *module, *arguments[place + 1 :]]
        place += 2 if letter in _TAKE_VALUE and not value else 1
    if place >= len(arguments):
        return list(command)
    return [python, *arguments[:place], "-m", "asyncio_compat", "run", *arguments[place:]]


if __name__ == "__main__":
    main()
