"""Where files are: a path of this machine, or an address of fsspec's kinds such as ``s3://bucket/weak.zarr``.

fsspec, and what it needs for each kind of address, are extras.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from w2s_sym.formula.plain_arrays import ArrayError

EXTRA = "pip install 'w2s-sym[features]'"
# Characters of a library's own message that are said.
MOST_TOLD = 120
# What tells that a file is another one, by the names that kinds of storage have for it.
_MARKS = {
    *("size", "Size", "ETag", "etag", "mtime", "LastModified", "last_modified"),
    *("updated", "generation", "checksum", "md5Hash", "content_md5"),
}


def packages_named(told: str) -> str:
    """The packages that a message of a missing library asks for, as an argument of pip; empty where it names none."""
    quoted = list(dict.fromkeys(re.findall(r"[\"']+([A-Za-z][\w.-]*)(?:\[\w+\])?[\"']+", told)))
    after = re.search(r"[Ii]nstall (?:the )?([A-Za-z][\w.-]*\w)", told)
    return " ".join(quoted) or (after[1] if after else "")


def extra_library(name: str, what: str) -> Any:
    """A library of the extra ``features``. Raises :class:`ArrayError`, which names the extra, where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError as problem:
        raise ArrayError(f"needs {name} to read {what} ({problem}); {EXTRA}") from None


def _in_short(told: str) -> str:
    """The beginning of a library's message on one line, in whole words and without a stop."""
    words = " ".join(told.split())
    if len(words) > MOST_TOLD:
        words = words[:MOST_TOLD].rpartition(" ")[0].rstrip(".,;:( ") + " ..."
    return words.rstrip(".;, ") if not words.endswith("...") else words


@contextlib.contextmanager
def reading(what: str = "") -> Iterator[None]:
    """Turn what storage and libraries raise into one line of ours."""
    try:
        yield
    except ArrayError:
        raise
    except MemoryError:
        raise
    except Exception as problem:  # every library has kinds of its own
        told = _in_short(str(problem)) or type(problem).__name__
        if isinstance(problem, FileNotFoundError):
            told = "there is no such file"
        elif isinstance(problem, OSError) and problem.strerror:
            told = problem.strerror.lower()
        raise ArrayError(f"cannot be read{what}: {told}; correct the address, or see to the file") from None


@dataclass(frozen=True)
class Location:
    """A file or a folder by its path or address."""

    address: str

    @property
    def remote(self) -> bool:
        """Whether it is an address and no plain path."""
        return "://" in self.address

    @property
    def shared(self) -> bool:
        """Whether other processes see it."""
        return not self.address.startswith("memory:")

    def files(self) -> tuple[Any, str]:
        """fsspec's file system and the path in it. Raises :class:`ArrayError` for an address of no known kind."""
        fsspec = extra_library("fsspec", "addresses")
        scheme = self.address.partition("://")[0]
        try:
            found: tuple[Any, str] = fsspec.core.url_to_fs(self.address)
        except ImportError as problem:
            told = " ".join(str(problem).split())
            names = packages_named(told)
            move = f"pip install {names}" if names else "install what it names"
            raise ArrayError(f"needs another package for {scheme}:// ({told}); {move}") from None
        except ValueError as problem:
            raise ArrayError(
                f"has an address of no kind that fsspec knows ({' '.join(str(problem).split())}); give a path, or an "
                "address that begins with s3://, gs://, abfs://, https:// or file://"
            ) from None
        return found

    def is_folder(self) -> bool:
        """Whether it is a folder. Raises :class:`ArrayError` when there is nothing."""
        with reading():
            if not self.remote:
                path = Path(self.address)
                if not path.exists():
                    raise ArrayError("is no file; correct the path")
                if not (path.is_dir() or path.is_file()):
                    raise ArrayError(
                        "is a pipe or a device, which cannot be read twice; save it to a file, and give that"
                    )
                return path.is_dir()
            files, path_there = self.files()
            kind: str = files.info(path_there)["type"]
            return kind == "directory"

    def size(self) -> int:
        """How many bytes a file has."""
        with reading():
            if not self.remote:
                return Path(self.address).stat().st_size
            files, path = self.files()
            return int(files.info(path)["size"])

    def open(self) -> IO[bytes]:
        """The file, open for reading at any place."""
        with reading():
            if not self.remote:
                return Path(self.address).open("rb")
            files, path = self.files()
            opened: IO[bytes] = files.open(path, "rb")
            return opened

    def bytes(self, ranges: list[tuple[int, int]]) -> list[bytes]:
        """The bytes of these ranges (start, stop) of a file, which must all be there."""
        with reading():
            if self.remote:
                files, path = self.files()
                starts, stops = zip(*ranges, strict=True)
                found: list[bytes] = files.cat_ranges([path] * len(ranges), list(starts), list(stops))
            else:
                found = []
                with Path(self.address).open("rb") as stream:
                    for start, stop in ranges:
                        stream.seek(start)
                        found.append(stream.read(stop - start))
        for (start, stop), part in zip(ranges, found, strict=True):
            if len(part) != stop - start:
                raise ArrayError(f"was cut short while it was read, at byte {start + len(part)}; see to the file")
        return found

    def names(self) -> list[str]:
        """The names of the files in a folder and in those below it, relative to it, sorted."""
        with reading():
            if not self.remote:
                home = Path(self.address)
                return sorted(p.relative_to(home).as_posix() for p in home.rglob("*") if p.is_file())
            files, path = self.files()
            return sorted(str(p)[len(path.rstrip("/")) + 1 :] for p in files.find(path))

    def below(self, name: str) -> Location:
        """A file in a folder."""
        return Location(f"{self.address.rstrip('/')}/{name}")

    def mark(self) -> str:
        """A hash of the size and of the time or the tag of all files here: another one when any of them changed."""
        with reading():
            if not self.remote:
                home = Path(self.address)
                paths = sorted(p for p in home.rglob("*") if p.is_file()) if home.is_dir() else [home]
                stats = [(str(p.relative_to(home)), p.stat()) for p in paths]
                listed = [f"{name} {s.st_size} {s.st_mtime_ns}" for name, s in stats]
            else:
                files, path = self.files()
                infos: dict[str, dict[str, Any]] = files.find(path, detail=True) or {path: files.info(path)}
                listed = [
                    f"{name} {[(k, str(v)) for k, v in sorted(info.items()) if k in _MARKS]}"
                    for name, info in sorted(infos.items())
                ]
        where = self.address if self.remote else str(Path(self.address).resolve())
        return hashlib.sha256("\n".join([where, *listed]).encode()).hexdigest()
