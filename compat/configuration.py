"""What `asyncio-compat run` is told beside its command line: by the environment, and by pyproject.toml.

    [tool.asyncio-compat]
    api = "3.6"
    redirect = ["oldlib", "olderlib=3.4", "midlib>=3.7,<3.9"]
    only-redirect = false
    report = false

A package's version is that after its name, else that of the program.
"""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from asyncio_compat.versions import ENVIRONMENT_VARIABLE

__all__ = ("Configuration", "ConfigurationError", "parse_package", "read")

REDIRECT_VARIABLE = "ASYNCIO_COMPAT_REDIRECT"

_PACKAGE = re.compile(r"\s*([^\s=<>!~]+)\s*(?:=(?!=)\s*)?(.*?)\s*", re.DOTALL)
# Between packages; a comma before an operator is part of a specifier.
_BETWEEN = re.compile(r"(?:\s|[,;])+(?![\s,;=<>!~]|$)")
_KEYS = ("api", "only-redirect", "redirect", "report")


class ConfigurationError(ValueError):
    """The environment or pyproject.toml says what cannot be meant."""


class Configuration(NamedTuple):
    """What was told.

    Attributes:
        api: the version of the program, None if nothing says so.
        redirect: versions by package; "" where it is the program's.
        only_redirect: whether only these packages are redirected, not the program.
        report: whether to report, at exit, what was used.
    """

    api: str | None
    redirect: dict[str, str]
    only_redirect: bool
    report: bool


def parse_package(text: str) -> tuple[str, str]:
    """Split PACKAGE[=VERSION], where VERSION may be a specifier, which begins with an operator of its own.

    Raises:
        ConfigurationError: there is no package in it, or nothing where the version should be.
    """
    match = _PACKAGE.fullmatch(text)
    if match is None or (not match[2] and text.rstrip().endswith("=")):
        raise ConfigurationError(f"{text!r} is not PACKAGE or PACKAGE=VERSION")
    return match[1], match[2]


def read() -> Configuration:
    """Return what the environment says, and where it does not say anything, what pyproject.toml says.

    That is the one of the current folder, or of the nearest folder above it that has one.

    Raises:
        ConfigurationError: what is said cannot be meant.
    """
    file, table = _tool_table()
    unknown = sorted(set(table).difference(_KEYS))
    if unknown:
        raise ConfigurationError(f"{file}: [tool.asyncio-compat] has no {unknown[0]!r}; it has {', '.join(_KEYS)}")
    api = os.environ.get(ENVIRONMENT_VARIABLE) or _value(file, table, "api", str, None)
    packages = _value(file, table, "redirect", list, [])
    if not all(isinstance(package, str) for package in packages):
        raise ConfigurationError(f"{file}: [tool.asyncio-compat] redirect must be a list of strings")
    from_environment = os.environ.get(REDIRECT_VARIABLE, "").strip(" \t\n,;")
    redirect = dict(map(parse_package, packages))
    if from_environment:
        redirect.update(map(parse_package, _BETWEEN.split(from_environment)))
    return Configuration(
        api,
        redirect,
        _value(file, table, "only-redirect", bool, False),
        _value(file, table, "report", bool, False),
    )


def _value(file: Path | None, table: dict[str, Any], key: str, kind: type, default: Any) -> Any:
    value = table.get(key, default)
    if key in table and type(value) is not kind:
        named = {str: "a string", list: "a list of strings", bool: "true or false"}[kind]
        raise ConfigurationError(f"{file}: [tool.asyncio-compat] {key} must be {named}")
    return value


def _tool_table() -> tuple[Path | None, dict[str, Any]]:
    here = Path.cwd()
    for folder in (here, *here.parents):
        file = folder / "pyproject.toml"
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise ConfigurationError(f"{file}: {error.strerror}") from None
        # So whoever does not configure us needs no parser.
        return file, _parse(file, content) if b"asyncio-compat" in content else {}
    return None, {}


def _parse(file: Path, content: bytes) -> dict[str, Any]:
    toml = _parser(file)
    try:
        tool = toml.loads(content.decode()).get("tool", {})
    except ValueError as error:
        raise ConfigurationError(f"{file}: {error}") from None
    table = tool.get("asyncio-compat", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ConfigurationError(f"{file}: tool.asyncio-compat must be a table")
    return table


def _parser(file: Path) -> Any:
    for name in ("tomllib", "tomli"):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError:
            continue
    raise ConfigurationError(f"{file}: Python 3.10 needs tomli to read it: pip install 'asyncio-compat[cli]'")
