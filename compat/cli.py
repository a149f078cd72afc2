"""The command line: `asyncio-compat run`, `show`, `diff`, `demo` and `versions`."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ("main",)

FAILED = 1
WRONG_CALL = 2
INTERRUPTED = 130

DESCRIPTION = """\
The asyncio of any documented generation, from Python 3.4 to 3.15, on the Python that you have.
"""

EXAMPLES = """\
examples:
  asyncio-compat run --api 3.4 server.py --port 8000
      run an old program (@asyncio.coroutine, yield from, loop=) as it is
  asyncio-compat run --api 3.7 -m unittest
      run the tests of this folder on the asyncio of 3.7: they fail where they use anything newer
  asyncio-compat versions
      show what can be asked for
  asyncio-compat show 3.5.1 StreamReader
      show what a version has, and since when
  asyncio-compat diff 3.6 3.13 StreamWriter Server
      show what came, went and changed
  asyncio-compat demo
      let every generation's streams talk to every other's, over TCP, Unix sockets and TLS
"""

RUN_DESCRIPTION = """\
Run a program whose "import asyncio" means a version of your choice.

It runs as under "python PROGRAM" and "python -m MODULE". The program's own modules get that version (with -m: the
package and the modules of the current folder); the standard library and installed packages keep the asyncio of the
running Python.
"""

RUN_EXAMPLES = """\
examples:
  asyncio-compat run --api 3.4 server.py --port 8000
  asyncio-compat run --api 3.8.0b4 -m oldpackage
  asyncio-compat run --api 3.6 --redirect oldlib --redirect olderlib=3.4 worker.py
  ASYNCIO_COMPAT_API=3.6 ASYNCIO_COMPAT_REDIRECT="oldlib olderlib=3.4" asyncio-compat run worker.py

in the pyproject.toml of the current folder, or of one above it:
  [tool.asyncio-compat]
  api = "3.6"
  redirect = ["oldlib", "olderlib=3.4"]
  only-redirect = false
  report = false

what VERSION may be:
  3.6          a series: its last release; 3.8: what its documentation introduced (Stream, StreamServer)
  3.5.1        a release, exactly; 3.8.0b4 too
  ">=3.7,<3.9" the newest version that matches
"""


class _Parser(argparse.ArgumentParser):
    """Says in one line what is wrong with a call."""

    def error(self, message: str) -> NoReturn:
        self.exit(WRONG_CALL, f"asyncio-compat: {message} (see: {self.prog} --help)\n")


class _Version(argparse.Action):
    """Shows the version of the package, which only this option needs."""

    def __call__(self, *_: object) -> NoReturn:
        from asyncio_compat import __version__

        print(f"asyncio-compat {__version__}")
        raise SystemExit(0)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        arguments: what follows the command's name; None means those of this process.

    Returns:
        The exit code: 0, 1 when something failed, 2 for a wrong call.
    """
    options = _parser().parse_args(arguments)
    if options.command == "run":
        return _run(options)
    if options.command is None:
        _parser().print_help(sys.stderr)
        return WRONG_CALL
    try:
        code = _COMMANDS[options.command](options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever reads (`| head`) has enough; the interpreter, which flushes once more, shall not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    return code


def _parser() -> argparse.ArgumentParser:
    raw = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="asyncio-compat", description=DESCRIPTION, epilog=EXAMPLES, formatter_class=raw, allow_abbrev=False
    )
    parser.add_argument("--version", nargs=0, action=_Version, help="show the version of asyncio-compat and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)

    run = commands.add_parser(
        "run",
        help="run a program on the asyncio of a version",
        usage="asyncio-compat run [OPTION ...] (PROGRAM | -m MODULE) [ARGUMENT ...]",
        description=RUN_DESCRIPTION,
        epilog=RUN_EXAMPLES,
        formatter_class=raw,
        allow_abbrev=False,
    )
    run.add_argument(
        "--api",
        metavar="VERSION",
        help="what asyncio is to the program; without it, the environment variable ASYNCIO_COMPAT_API or "
        "pyproject.toml says so, and without these it is the version of the running Python",
    )
    run.add_argument(
        "--redirect",
        action="append",
        default=[],
        metavar="PACKAGE[=VERSION]",
        help="an installed package that gets the program's version too, or one of its own; can be repeated",
    )
    run.add_argument(
        "--only-redirect",
        action="store_true",
        help="redirect these packages alone: the program keeps the asyncio of the running Python",
    )
    run.add_argument(
        "--report",
        action="store_true",
        help="when the program ends, show on standard error which names it used that not every version has, where, and "
        "what became of them",
    )
    run.add_argument("-m", dest="module", action="store_true", help="PROGRAM is the name of a module or package")
    run.add_argument("program", metavar="PROGRAM", help="a file, a folder or zip file with a __main__.py, or -")
    rest = run.add_argument("arguments", metavar="ARGUMENT", nargs=argparse.REMAINDER, help="what the program gets")
    # Some Pythons would otherwise name it among what is missing.
    rest.required = False

    demo = commands.add_parser(
        "demo",
        help="let the streams of all generations talk to each other",
        description="Start an echo server in the API of every generation and let a client of every generation talk to "
        "it, over TCP, Unix sockets and TLS; show round trips per second. The exit code is 1 if anything fails.",
        allow_abbrev=False,
    )
    demo.add_argument(
        "--seconds", type=_positive, default=8.0, metavar="N", help="how long to measure in all (default: 8)"
    )
    demo.add_argument(
        "--round-trips", type=_count, metavar="N", help="make N round trips in each pair, however long that takes"
    )
    demo.add_argument("--json", action="store_true", help="print the results as JSON")

    versions = commands.add_parser(
        "versions",
        help="show what can be asked for and what it gets",
        description="Show the versions that can be asked for, the generation that serves each, and what came with it.",
        allow_abbrev=False,
    )
    versions.add_argument("--json", action="store_true", help="print the table as JSON")
    _add_history_commands(commands)
    return parser


def _add_history_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    names = "a name as programs write it after asyncio: run, StreamReader.readuntil, open_connection(limit)"
    show = commands.add_parser(
        "show",
        help="show what a version has",
        description="Show the names that asyncio has in a version, with what they take and where that can be read; of "
        "one name also its history. The exit code is 1 if the version does not have the name.",
        allow_abbrev=False,
    )
    show.add_argument(
        "version", metavar="VERSION", help="a series (3.6), a release (3.5.1) or a specifier (>=3.7,<3.9)"
    )
    show.add_argument("name", metavar="NAME", nargs="?", help=names)
    show.add_argument("--json", action="store_true", help="print it as JSON")

    diff = commands.add_parser(
        "diff",
        help="show what two versions do not agree on",
        description="Show what came, went and changed from one version to another, with where that can be read.",
        allow_abbrev=False,
    )
    diff.add_argument("old", metavar="OLD", help="the one version")
    diff.add_argument("new", metavar="NEW", help="the other version")
    diff.add_argument("names", metavar="NAME", nargs="*", help=f"only these names and what belongs to them; {names}")
    diff.add_argument("--json", action="store_true", help="print it as JSON")


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a number above zero, not {text}")
    return value


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number above zero, not {text}")
    return int(text)


def _run(options: argparse.Namespace) -> int:
    from asyncio_compat import run
    from asyncio_compat.cli_run import redirected

    try:
        wanted = redirected(options.api, options.redirect, only=options.only_redirect, report=options.report)
    except ValueError as error:
        return _wrong_call(str(error))
    start = run.run_module if options.module else run.run_path
    try:
        start(options.program, options.arguments, wanted)
    except run.NothingToRunError as error:
        return _wrong_call(str(error))
    except SystemExit:
        raise
    except BaseException as error:
        _report_without_our_frames(error)
        raise
    return 0


def _report_without_our_frames(error: BaseException) -> None:
    """Have *error*, which ends this process, reported as it would be without us.

    All else stays the interpreter's: when it reports it, the exit code, and death by SIGINT after a KeyboardInterrupt.
    """
    from asyncio_compat.tracebacks import hide_our_frames

    hide_our_frames(error)
    kind, traceback, hook = type(error), error.__traceback__, sys.excepthook

    def report(*_: object) -> None:
        sys.excepthook = hook
        hook(kind, error.with_traceback(traceback), traceback)

    sys.excepthook = report


def _demo(options: argparse.Namespace) -> int:
    from asyncio_compat import demo

    try:
        return demo.main(seconds=options.seconds, round_trips=options.round_trips, as_json=options.json)
    except KeyboardInterrupt:
        print("\nasyncio-compat: interrupted", file=sys.stderr)
        return INTERRUPTED


def _versions(options: argparse.Namespace) -> int:
    from asyncio_compat import cli_versions

    cli_versions.show(as_json=options.json)
    return 0


def _show(options: argparse.Namespace) -> int:
    from asyncio_compat import cli_history

    try:
        return cli_history.show(options.version, options.name, as_json=options.json)
    except ValueError as error:
        return _wrong_call(str(error))


def _diff(options: argparse.Namespace) -> int:
    from asyncio_compat import cli_history

    try:
        return cli_history.diff(options.old, options.new, options.names, as_json=options.json)
    except ValueError as error:
        return _wrong_call(str(error))


def _wrong_call(message: str) -> int:
    print(f"asyncio-compat: {message}", file=sys.stderr)
    return WRONG_CALL


_COMMANDS = {"demo": _demo, "diff": _diff, "show": _show, "versions": _versions}
