"""What the command line of `asyncio-compat run`, the environment and pyproject.toml ask for together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asyncio_compat.configuration import ConfigurationError, parse_package, read
from asyncio_compat.facade import load
from asyncio_compat.run import Redirected
from asyncio_compat.versions import UnknownVersion

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("redirected",)


def redirected(api: str | None, packages: Iterable[str], *, only: bool, report: bool) -> Redirected:
    """Return what asyncio is to whom; what the command line says counts first.

    Args:
        api: the version of the program, if the command line names one.
        packages: the command line's packages, each with or without a version.
        only: whether the program itself keeps the host's.
        report: whether to report, when the program ends, what was used.

    Raises:
        UnknownVersion: there is no such version.
        ConfigurationError: something was said that cannot be meant.
    """
    told = read()
    asyncio = load(told.api if api is None else api)
    versions = {**told.redirect, **dict(map(parse_package, packages))}
    facades = {}
    for package, version in versions.items():
        try:
            facades[package] = load(version) if version else asyncio
        except UnknownVersion as error:
            raise UnknownVersion(f"{package}: {error}") from None
    only = only or told.only_redirect
    if only and not facades:
        raise ConfigurationError("--only-redirect needs a package to redirect: --redirect PACKAGE")
    if not (report or told.report):
        return Redirected(asyncio, facades, only)
    from asyncio_compat.report import Report

    reporting = Report()
    reporting.start()
    return Redirected(asyncio, facades, only, reporting.redirection)
