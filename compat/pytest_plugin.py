"""A pytest plugin that runs tests on the asyncio of versions of your choice. It does nothing until it is asked to.

pytest --asyncio-api=3.6,3.7,3.13
    tests that take the fixture `asyncio_api` run once on each of these
pytest --asyncio-api=3.7 --asyncio-api-redirect=mylib
    all tests run, with the library mylib, on the asyncio of 3.7: as if that were what the Python had
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from asyncio_compat.facade import Facade
    from asyncio_compat.redirection import Redirection
    from asyncio_compat.versions import Release

__all__ = ()

_VERSIONS = "asyncio_api"
_REDIRECT = "asyncio_api_redirect"

_session = pytest.StashKey["_Session"]()


class _Session:
    """What was asked for.

    Attributes:
        versions: what the tests run on, in the words of whoever asked.
        redirect: the packages that are redirected, with all tests.
    """

    def __init__(self, versions: list[str], redirect: list[str]) -> None:
        self.versions = versions
        self.redirect = redirect
        self.redirections: list[Redirection] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    """Tell pytest of our options."""
    group = parser.getgroup("asyncio-compat", "asyncio of other versions")
    group.addoption(
        "--asyncio-api",
        metavar="VERSIONS",
        help="versions of asyncio for tests that take the fixture asyncio_api: series, releases and specifiers, "
        "separated by commas: 3.6,3.7.4,>=3.10,<3.12",
    )
    group.addoption(
        "--asyncio-api-redirect",
        metavar="PACKAGES",
        help="packages that are tested on that version, which is one then: `import asyncio` means it in them and in "
        "all tests; separated by commas",
    )
    parser.addini(_VERSIONS, "versions for --asyncio-api, where that is not given", type="args", default=[])
    parser.addini(_REDIRECT, "packages for --asyncio-api-redirect, where that is not given", type="args", default=[])


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Redirect what is to be redirected before anything of the project is imported."""
    _start(early_config, early_config.known_args_namespace)


def pytest_configure(config: pytest.Config) -> None:
    """Tell pytest of our mark."""
    config.addinivalue_line(
        "markers",
        "asyncio_api(*versions): the versions of asyncio that a test is for; it runs on these, and of those that "
        "--asyncio-api names, on those that they match",
    )
    if _session not in config.stash:
        # A conftest.py has loaded this plugin.
        _start(config, config.option)


def _start(config: pytest.Config, options: argparse.Namespace) -> None:
    asked, named = getattr(options, _VERSIONS, None), getattr(options, _REDIRECT, None)
    versions = _versions(asked if asked is not None else ",".join(config.getini(_VERSIONS)))
    packages = _packages(named if named is not None else ",".join(config.getini(_REDIRECT)))
    from_environment = os.environ.get("ASYNCIO_COMPAT_API")
    if named is not None and asked is None and from_environment:
        versions = _versions(from_environment)
    session = config.stash[_session] = _Session(versions, packages)
    if versions:
        from asyncio_compat.versions import UnknownVersion, resolve

        try:
            for version in versions:
                resolve(version)
        except UnknownVersion as error:
            raise pytest.UsageError(f"--asyncio-api: {error}") from None
    # Packages that the configuration names wait there until somebody asks for a version.
    if packages and (asked is not None or named is not None):
        _redirect(config, session)


def _redirect(config: pytest.Config, session: _Session) -> None:
    from asyncio_compat import facade, loading, redirection
    from asyncio_compat.ownership import Below
    from asyncio_compat.redirection import AlreadyImported, Redirection, owner_of

    for module in (facade, loading, redirection):
        # So pytest shows none of their frames where a module of the project cannot be imported.
        vars(module)["__tracebackhide__"] = True
    if len(session.versions) != 1:
        given = f"not {len(session.versions)}" if session.versions else "and --asyncio-api names none"
        raise pytest.UsageError(
            f"--asyncio-api-redirect needs one version for the whole session, {given}: "
            "run pytest once for each, or let tox do it"
        )
    asyncio = facade.load(session.versions[0])
    try:
        library = Redirection(asyncio, owner_of(session.redirect))
        library.refuse_imported()
    except (AlreadyImported, ValueError, FileNotFoundError) as error:
        raise pytest.UsageError(f"--asyncio-api-redirect: {error}") from None
    # The tests: all of the project's own, not what is installed below it.
    session.redirections = [Redirection(asyncio, Below(config.rootpath)), library]
    for one in session.redirections:
        one.install()


def _versions(text: str) -> list[str]:
    """Split at the commas between versions, not at those within a specifier."""
    found: list[str] = []
    for part in filter(None, re.split(r"[\s,]+", text)):
        if found and part[0] in "<>!=~" and found[-1][0] in "<>!=~":
            found[-1] += f",{part}"
        else:
            found.append(part)
    return list(dict.fromkeys(found))


def _packages(text: str) -> list[str]:
    return list(filter(None, re.split(r"[\s,]+", text)))


def pytest_unconfigure(config: pytest.Config) -> None:
    """Redirect nothing any more."""
    session = config.stash.get(_session, None)
    for redirection in session.redirections if session is not None else ():
        redirection.undo(forget=True)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say what runs on what, if anything was asked for."""
    session = config.stash.get(_session, None)
    if session is None or not session.versions:
        return None
    on = f"asyncio-compat: asyncio of {', '.join(session.versions)}"
    return f"{on} for {', '.join(session.redirect)} and all tests" if session.redirections else on


@pytest.fixture(scope="session")
def asyncio_api(request: pytest.FixtureRequest) -> Facade:
    """The asyncio of a version: of each that `--asyncio-api` names, or the test's mark, in turn."""
    from asyncio_compat.facade import load

    session = request.config.stash[_session]
    version = getattr(request, "param", None)
    if version is None and session.versions:
        version = session.versions[0]
    return load(version)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Module | pytest.Class, name: str, obj: Any) -> None:
    """Have marked tests take the fixture."""
    if collector.funcnamefilter(name) and callable(obj) and not isinstance(obj, type):
        marks = [mark for mark in getattr(obj, "pytestmark", ()) if mark.name == _VERSIONS]
        if marks or collector.get_closest_marker(_VERSIONS) is not None:
            pytest.mark.usefixtures(_VERSIONS)(obj)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on each version."""
    if _VERSIONS not in metafunc.fixturenames:
        return
    session = metafunc.config.stash[_session]
    wanted = [version for mark in metafunc.definition.iter_markers(_VERSIONS) for version in mark.args]
    versions: list[Any] = session.versions
    if wanted and versions:
        versions = [version for version in versions if _matches(version, wanted)]
        if not versions:
            reason = f"it is for asyncio of {', '.join(map(str, wanted))}, not of {', '.join(session.versions)}"
            versions = [pytest.param(None, marks=pytest.mark.skip(reason), id="asyncio-none")]
            metafunc.parametrize(_VERSIONS, versions, indirect=True, scope="session")
            return
    versions = versions or list(dict.fromkeys(_release(version).text for version in wanted))
    if versions:
        ids = [f"asyncio{_release(version).text}" for version in versions]
        metafunc.parametrize(_VERSIONS, versions, indirect=True, ids=ids, scope="session")


def _release(version: str) -> Release:
    from asyncio_compat.versions import UnknownVersion, resolve

    try:
        return resolve(version)
    except UnknownVersion as error:
        raise pytest.UsageError(f"@pytest.mark.asyncio_api: {error}") from None


def _matches(version: str, wanted: list[str]) -> bool:
    """Tell whether *version* is one of those *wanted*: as it is, as a release of a series, or by a specifier."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    from asyncio_compat.versions import format_key

    release = _release(version)
    number = format_key(release.key)
    for one in wanted:
        try:
            if SpecifierSet(one, prereleases=True).contains(number):
                return True
        except InvalidSpecifier:
            text = _release(one).text
            if text == release.text or release.text.startswith(f"{text}."):
                return True
    return False


def _version_of_coroutine(function: Any) -> str | None:
    """Return the version whose `@coroutine` has made *function*, None if none has."""
    function = getattr(function, "__func__", function)
    module = getattr(function, "__globals__", {}).get("__name__", "")
    match = re.match(r"asyncio_compat\.exact\.v(\w+)\.\w+\.\w+\.coroutines$", module)
    return None if match is None else match[1].replace("_", ".")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run generator-based coroutines to their end, on a loop of their version."""
    function: Any = pyfuncitem.obj
    version = _version_of_coroutine(function) or _version_of_coroutine(getattr(function, "__wrapped__", None))
    if version is None:
        return None
    # Where a plugin has wrapped it in order to run it, that is done with the call.
    result = function(**{name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames})
    if isinstance(result, Awaitable):
        _complete(result, version)
    return True


def _complete(awaitable: Awaitable[object], version: str) -> None:
    from asyncio_compat.facade import load

    asyncio = load(version)
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(awaitable)
    finally:
        asyncio.set_event_loop(None)
        loop.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[Any]:
    """Have a failure be where the test or the library did something, not where we said that it cannot be done."""
    if call.excinfo is not None and item.config.stash[_session].versions:
        from asyncio_compat.tracebacks import hide_our_frames

        hide_our_frames(call.excinfo.value)
        if call.excinfo.value.__traceback__ is not None:
            call.excinfo = pytest.ExceptionInfo.from_exception(call.excinfo.value)
    return (yield)
