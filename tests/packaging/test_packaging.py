"""What the distribution holds, what it asks for, and what works with nothing more than that."""

from __future__ import annotations

import configparser
import importlib.metadata
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import NamedTuple

import packaging
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "compat": "asyncio_compat",
    "v34": "asyncio_compat/v34",
    "v37": "asyncio_compat/v37",
    "v38": "asyncio_compat/v38",
    "v313": "asyncio_compat/v313",
}
NOT_SOURCE = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist")


class Built(NamedTuple):
    """The distributions made from one copy of the project."""

    source: Path
    sdist: Path
    wheel: Path
    wheel_of_sdist: Path


def build(kind: str, source: Path, target: Path) -> Path:
    """Build an "sdist" or a "wheel" of *source* into *target*, with the installed setuptools, and return its file."""
    target.mkdir()
    script = f"import setuptools.build_meta as backend; backend.build_{kind}({str(target)!r})"
    ended = subprocess.run([sys.executable, "-c", script], cwd=source, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (made,) = target.iterdir()
    return made


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Build everything once."""
    folder = tmp_path_factory.mktemp("built")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=NOT_SOURCE)
    sdist = build("sdist", source, folder / "sdist")
    wheel = build("wheel", source, folder / "wheel")
    shutil.unpack_archive(sdist, folder / "unpacked", **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (unpacked,) = (folder / "unpacked").iterdir()
    return Built(source, sdist, wheel, build("wheel", unpacked, folder / "wheel-of-sdist"))


def names(wheel: Path) -> set[str]:
    """Return the files of the package in a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def metadata(wheel: Path) -> Message:
    """Return what a wheel says of itself."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return BytesParser().parsebytes(archive.read(name))


def test_the_wheel_holds_every_file_of_the_five_folders_and_nothing_else(built: Built) -> None:
    expected = {
        f"{package}/{path.relative_to(built.source / folder).as_posix()}"
        for folder, package in FOLDERS.items()
        for path in (built.source / folder).rglob("*")
        if path.is_file()
    }

    assert names(built.wheel) == expected


@pytest.mark.parametrize("package", FOLDERS.values())
def test_each_package_says_that_it_is_typed(built: Built, package: str) -> None:
    assert f"{package}/py.typed" in names(built.wheel)


def test_the_sdist_builds_the_same_wheel(built: Built) -> None:
    assert names(built.wheel_of_sdist) == names(built.wheel)
    assert metadata(built.wheel_of_sdist).items() == metadata(built.wheel).items()


def test_the_sdist_holds_its_own_tests(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}

    assert {"LICENSE", "README.md", "CHANGELOG.md", "tox.ini", "tests/conftest.py"} <= held
    assert {path.relative_to(built.source).as_posix() for path in (built.source / "tests").rglob("*.py")} <= held


def test_the_core_depends_on_packaging_alone() -> None:
    requirements = [Requirement(line) for line in importlib.metadata.requires("asyncio-compat") or ()]

    assert [str(needed) for needed in requirements if needed.marker is None] == ["packaging"]
    assert all("extra ==" in str(needed.marker) for needed in requirements if needed.marker is not None)


def test_the_command_is_installed() -> None:
    (command,) = (
        entry
        for entry in importlib.metadata.distribution("asyncio-compat").entry_points
        if entry.group == "console_scripts"
    )

    assert (command.name, command.value) == ("asyncio-compat", "asyncio_compat.__main__:main")


@pytest.mark.parametrize(
    "module", [*(package.replace("/", ".") for package in FOLDERS.values()), "asyncio_compat.__main__"]
)
def test_a_module_imports_with_nothing_but_packaging_installed(built: Built, tmp_path: Path, module: str) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        archive.extractall(tmp_path)
    shutil.copytree(Path(packaging.__file__).parent, tmp_path / "packaging")
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import {module}"
    # Neither the environment's own packages (-S) nor the user's (-I) are in sight.
    ended = subprocess.run(
        [sys.executable, "-W", "error", "-I", "-S", "-c", script], capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr


def test_every_python_that_is_promised_is_tested() -> None:
    classifiers = importlib.metadata.metadata("asyncio-compat").get_all("Classifier") or []
    promised = re.findall(r"Programming Language :: Python :: (3\.\d+)", " ".join(classifiers))
    tox = configparser.ConfigParser(interpolation=None)
    tox.read(ROOT / "tox.ini")
    tested = re.findall(r"\bpy3(\d+)\b", tox["tox"]["env_list"])
    checked = re.search(r"^versions=\((.*)\)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)

    assert [f"3.{minor}" for minor in tested] == promised
    assert checked is not None
    assert checked[1].split() == promised
