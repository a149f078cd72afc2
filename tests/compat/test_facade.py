from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import types
import warnings
from typing import Any
from unittest import mock

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

import asyncio_compat
from asyncio_compat import UnknownVersion, load
from asyncio_compat.lookup import own_modules
from asyncio_compat.versions import resolve

VERSIONS = (
    "3.4.0",
    "3.4",
    "3.5.1",
    "3.5",
    "3.6",
    "3.7",
    "3.8.0a1",
    "3.8",
    "3.8.18",
    "3.9",
    "3.10",
    "3.11",
    "3.12",
    "3.13",
)
VERSIONS += ("3.14", "3.15")


def test_the_same_version_is_the_same_module() -> None:
    assert load("3.6") is load("3.6")
    assert load(Version("3.6")) is load("3.6")
    assert load(">=3.6,<3.7") is load("3.6")
    assert load(SpecifierSet("~=3.6.0")) is load("3.6")


def test_different_versions_are_different_modules() -> None:
    assert load("3.5.1") is not load("3.5.2")


def test_many_threads_get_one_module() -> None:
    start = threading.Barrier(8)
    found: list[object] = []

    def get() -> None:
        start.wait()
        module = load("3.5.3")
        found.extend((module, module.streams, module.StreamReader, module.streams.StreamReader))

    threads = [threading.Thread(target=get) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({id(one) for one in found}) == 3


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(UnknownVersion, match="unknown version 'banana'"):
        load("banana")


def test_the_environment_decides_where_no_version_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASYNCIO_COMPAT_API", "3.4.3")

    assert load() is load("3.4.3")


def test_a_facade_is_a_module_called_asyncio() -> None:
    module = load("3.4")

    assert isinstance(module, types.ModuleType)
    assert module.__name__ == "asyncio"
    assert module.__package__ == "asyncio"
    assert module.streams.__name__ == "asyncio.streams"


def test_a_facade_says_what_it_is() -> None:
    assert repr(load("3.4")) == "<asyncio 3.4 by asyncio_compat>"
    assert repr(load("3.5.1").streams) == "<asyncio.streams 3.5.1 by asyncio_compat>"


@pytest.mark.parametrize("version", VERSIONS)
def test_everything_that_dir_shows_is_there(version: str) -> None:
    module = load(version)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert [name for name in dir(module) if not hasattr(module, name)] == []


@pytest.mark.parametrize("version", VERSIONS)
def test_everything_that_all_lists_is_in_dir(version: str) -> None:
    assert set(load(version).__all__) <= set(dir(load(version)))


def test_names_are_there_from_when_they_came_until_they_went() -> None:
    def having(name: str) -> list[str]:
        return [version for version in VERSIONS if hasattr(load(version), name)]

    assert having("coroutine") == [
        "3.4.0",
        "3.4",
        "3.5.1",
        "3.5",
        "3.6",
        "3.7",
        "3.8.0a1",
        "3.8",
        "3.8.18",
        "3.9",
        "3.10",
    ]
    assert having("async") == ["3.4.0", "3.4", "3.5.1", "3.5", "3.6"]
    assert having("StreamServer") == ["3.8"]
    assert having("run")[0] == "3.7"


def test_a_name_that_came_later_says_when_it_came() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = load("3.4").run

    assert str(caught.value) == (
        "module 'asyncio' has no attribute 'run': asyncio.run was added in Python 3.7.0; this program asked for 3.4"
    )


def test_a_name_that_is_gone_says_when_it_went() -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(load("3.7"), "async")

    assert str(caught.value) == (
        "module 'asyncio' has no attribute 'async': "
        "asyncio.async was removed in Python 3.7.0; this program asked for 3.7"
    )


def test_a_name_that_never_was_is_an_attribute_error_like_any() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = load("3.7").banana

    assert str(caught.value) == "module 'asyncio' has no attribute 'banana'"


def test_a_name_that_the_running_python_lacks_says_so() -> None:
    newest = load("3.15")
    missing = [name for name in ("TaskGroup", "capture_call_graph") if not hasattr(newest, name)]
    running = ".".join(sys.version.split(".")[:2])

    for name in missing:
        with pytest.raises(
            AttributeError, match=rf"3\.15 had it, but Python {running}, which runs this program, has none"
        ):
            getattr(newest, name)
        assert name not in dir(newest)
        assert name not in newest.__all__


def test_submodules_have_the_same_objects() -> None:
    module = load("3.4")

    assert module.streams.StreamReader is module.StreamReader
    assert module.events.get_event_loop is module.get_event_loop
    assert module.coroutines.coroutine is module.coroutine


def test_submodules_are_cut_by_the_same_table() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = load("3.5.1").streams.LimitOverrunError

    assert str(caught.value) == (
        "module 'asyncio.streams' has no attribute 'LimitOverrunError': asyncio.LimitOverrunError was added in "
        "Python 3.5.2; this program asked for 3.5.1"
    )


def test_a_submodule_that_came_later_is_not_there() -> None:
    assert not hasattr(load("3.6"), "runners")
    with pytest.raises(AttributeError, match=r"asyncio\.runners was added in Python 3\.7\.0; this program asked"):
        _ = load("3.6").runners


def test_private_names_of_submodules_are_there() -> None:
    assert load("3.4").streams._DEFAULT_LIMIT == 65536
    assert issubclass(asyncio.Handle, load("3.4").events.Handle)
    assert load("3.6").streams.FlowControlMixin is not None


def test_private_names_of_a_beta_are_not_in_other_versions() -> None:
    with pytest.raises(AttributeError, match=r"asyncio\.streams\._StreamProtocol was there in Python 3\.8\.0b1"):
        _ = load("3.7").streams._StreamProtocol


def test_what_a_submodule_imported_is_the_facades_own() -> None:
    assert load("3.6").streams.events is load("3.6").events


def test_the_old_home_of_a_name_has_it_as_long_as_it_lived_there() -> None:
    assert hasattr(load("3.7").streams, "IncompleteReadError")
    assert not hasattr(load("3.8.18").streams, "IncompleteReadError")
    assert hasattr(load("3.4.0").tasks, "iscoroutine")


def test_a_name_that_moved_says_where_it_is() -> None:
    with pytest.raises(AttributeError) as caught:
        _ = load("3.8.18").streams.IncompleteReadError

    assert str(caught.value) == (
        "module 'asyncio.streams' has no attribute 'IncompleteReadError': Python 3.8.18 has it in asyncio.exceptions"
    )


def test_coroutine_can_be_taken_from_the_modules_that_used_it() -> None:
    assert load("3.6").tasks.coroutine is load("3.6").coroutine
    assert not hasattr(load("3.7").tasks, "coroutine")


def test_modules_that_asyncio_showed_are_there() -> None:
    import selectors

    assert load("3.4").selectors is selectors
    assert not hasattr(load("3.7"), "selectors")


def test_star_imports_bring_what_the_version_had() -> None:
    names: dict[str, Any] = {}
    module = load("3.4.4")

    names.update({name: getattr(module, name) for name in module.__all__})

    assert "LimitOverrunError" not in names
    assert "JoinableQueue" in module.__all__


def test_a_program_can_put_its_own_into_a_facade_without_touching_the_host() -> None:
    module = load("3.4.6")
    module.sleep = "mine"  # type: ignore[attr-defined]
    try:
        assert module.sleep == "mine"
        assert load("3.4.7").sleep != "mine"
        assert asyncio.sleep != "mine"  # type: ignore[comparison-overlap]
    finally:
        del module.sleep

    assert callable(module.sleep)


def test_the_betas_warn_of_the_names_that_streams_replaced_once() -> None:
    module = load("3.8.0b3")

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _ = module.StreamReader

    assert [(str(one.message), one.category, one.filename) for one in caught] == [
        (
            "StreamReader is deprecated since Python 3.8 in favor of Stream, and scheduled for removal in Python 3.10",
            DeprecationWarning,
            __file__,
        )
    ]
    # A second warning would be an error.
    _ = module.StreamReader


def test_other_versions_do_not_warn_of_them() -> None:
    for version in ("3.7", "3.8.18", "3.9", "3.13"):
        _ = load(version).StreamReader


def test_policies_warn_each_time_from_3_14_on() -> None:
    words = r"\A'asyncio\.DefaultEventLoopPolicy' is deprecated and slated for removal in Python 3\.16\Z"

    for _ in range(2):
        with pytest.warns(DeprecationWarning, match=words):
            _policy = load("3.14").DefaultEventLoopPolicy


def test_asking_what_is_there_warns_of_nothing() -> None:
    module = load("3.8.0b2")

    assert "StreamReader" in dir(module)
    assert "StreamReader" in module.__all__


def test_exceptions_are_caught_by_those_of_the_host() -> None:
    for version in VERSIONS:
        module = load(version)

        assert issubclass(module.CancelledError, asyncio.CancelledError)
        assert issubclass(module.IncompleteReadError, asyncio.IncompleteReadError)


@pytest.mark.filterwarnings("ignore:.@coroutine. decorator is deprecated:DeprecationWarning")
@pytest.mark.parametrize("version", ["3.4.0", "3.4", "3.5.0", "3.6", "3.7"])
def test_a_generator_coroutine_of_any_version_can_be_awaited_by_the_host(version: str) -> None:
    module = load(version)

    @module.coroutine
    def answer() -> Any:
        yield from module.sleep(0)
        return 42

    async def main() -> tuple[int, int]:
        return await answer(), await asyncio.ensure_future(answer())

    assert asyncio.run(main()) == (42, 42)


def test_importing_the_package_imports_no_asyncio() -> None:
    code = "import sys, asyncio_compat; asyncio_compat.generations(); sys.exit('asyncio' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_load_imports_nothing_that_it_does_not_need() -> None:
    code = (
        "import asyncio, sys; before = set(sys.modules)\n"
        "import asyncio_compat; asyncio_compat.load('3.6')\n"
        "print(*sorted(name for name in set(sys.modules) - before if name.split('.')[0] != 'asyncio_compat'))"
    )

    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)

    assert not {"packaging", "pathlib", "argparse", "json", "importlib.resources"} & set(result.stdout.split())


def test_the_package_knows_its_version() -> None:
    assert asyncio_compat.__version__.count(".") == 2


def test_the_package_has_no_other_names() -> None:
    with pytest.raises(AttributeError, match="module 'asyncio_compat' has no attribute 'banana'"):
        _ = asyncio_compat.banana  # type: ignore[attr-defined]


class TestPatching:
    """What a program's tests patch in a submodule is patched for asyncio itself."""

    def test_what_is_patched_in_a_submodule_is_used_by_asyncio(self):
        asyncio = asyncio_compat.load("3.6")
        loop = object()

        with mock.patch.object(asyncio.streams, "events") as events:
            events.get_event_loop.return_value = loop
            assert asyncio.StreamReader()._loop is loop

    @pytest.mark.parametrize("version", ["3.6", "3.9", "3.13"])
    @pytest.mark.parametrize("asked_before", [True, False])
    def test_a_patch_is_taken_back_whole(self, version, asked_before):
        asyncio = asyncio_compat.load(version)
        own = own_modules(resolve(version), "futures")[0]
        before = vars(own)["wrap_future"]
        if asked_before:
            assert asyncio.futures.wrap_future is before
        else:
            vars(asyncio.futures).pop("wrap_future", None)

        with mock.patch.object(asyncio.futures, "wrap_future"):
            assert vars(own)["wrap_future"] is asyncio.futures.wrap_future
            assert vars(own)["wrap_future"] is not before

        assert vars(own)["wrap_future"] is asyncio.futures.wrap_future is before

    @pytest.mark.parametrize(("version", "counts"), [("3.6", True), ("3.7", False), ("3.9", False), ("3.13", False)])
    def test_another_way_to_ask_for_the_running_loop_counts_until_that_was_written_in_c(self, version, counts):
        asyncio = asyncio_compat.load(version)
        loop = asyncio.new_event_loop()

        async def main():
            try:
                return asyncio.get_event_loop() is loop
            except RuntimeError:
                return False

        asyncio.set_event_loop(None)
        with mock.patch.object(asyncio.events, "_get_running_loop", return_value=None):
            found = loop.run_until_complete(main())
        loop.close()

        assert found is not counts

    def test_another_version_is_not_patched(self):
        old, new = asyncio_compat.load("3.6"), asyncio_compat.load("3.5")

        with mock.patch.object(old.tasks, "sleep"):
            assert new.tasks.sleep is not old.tasks.sleep

    def test_what_a_program_adds_can_be_taken_away(self):
        asyncio = asyncio_compat.load("3.6")

        asyncio.streams.added = 1
        assert asyncio.streams.added == 1
        del asyncio.streams.added
        assert not hasattr(asyncio.streams, "added")
