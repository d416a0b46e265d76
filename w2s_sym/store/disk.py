"""Finished findings and simulation batches on disk.

A store maps keys to JSON values, one small file each. It keeps what was finished and nothing else: a file appears
under its name in one atomic step, and a file that is truncated or damaged counts as absent. Keys say what a value
depends on; :mod:`w2s_sym.store.fingerprints` makes them.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import math
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.run import Memory
from w2s_sym.store.buckets import Bucket
from w2s_sym.store.root import chosen_bucket, store_root


def plain(value: object) -> Any:
    """The value as JSON types, so that what is read back equals what was written.

    Tuples become lists, mapping keys text, numpy and SymPy numbers numbers or text, and numbers that JSON lacks
    (``inf``, ``nan``) text. Raises ``TypeError`` for anything else.
    """
    if value is None or isinstance(value, (bool, str)):
        return str(value) if isinstance(value, str) else value
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, sp.Integer):
        return int(value)
    if isinstance(value, sp.Basic):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no plain JSON value: {value!r:.80}")


@functools.cache
def complain(message: str) -> None:
    """Print a warning line on standard error, the same line once."""
    with contextlib.suppress(OSError, ValueError):  # a standard error that is full or closed
        print(f"w2s-sym: warning: {message}", file=sys.stderr)


class Store:
    """Values by key under one directory, or in the bucket that ``$W2S_SYM_STORE`` names; a
    :class:`w2s_sym.claims.run.Memory`.

    When the place cannot be written, ``warn`` is called once and the store goes on without keeping anything.
    """

    def __init__(self, root: Path | None = None, warn: Callable[[str], None] = complain) -> None:
        self.root: Path | None = None
        self._bucket: Bucket | None = None
        self._warn = warn
        self._silent = False
        address = chosen_bucket() if root is None else None
        try:
            if address is not None:
                self._bucket = Bucket(address)
                self._bucket.write("w2s-sym", "findings of w2s-sym\n")
                return
            self.root = Path(root) if root is not None else store_root()
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root):
                pass
        except (OSError, RuntimeError) as problem:
            self._give_up(problem, address)

    def get(self, key: str) -> Any | None:
        """The value kept under ``key``; None when there is none or its file is damaged."""
        if self.root is None and self._bucket is None:
            return None
        try:
            record = json.loads(self._read(_name(key)))
            intact = record["key"] == key and record["sha256"] == _checksum(record["value"])
            return record["value"] if intact else None
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def put(self, key: str, value: Any) -> None:
        """Keep a JSON value under ``key``. Raises ``TypeError`` when the value is not plain JSON."""
        value = plain(value)
        text = json.dumps({"key": key, "sha256": _checksum(value), "value": value})
        try:
            self._write(_name(key), text)
        except OSError as problem:
            self._give_up(problem)

    def _read(self, name: str) -> str:
        if self._bucket is not None:
            return self._bucket.read(name)
        assert self.root is not None
        return (self.root / name).read_text(encoding="utf-8")

    def _write(self, name: str, text: str) -> None:
        if self._bucket is not None:
            self._bucket.write(name, text)
        elif self.root is not None:
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, text)

    def _give_up(self, problem: Exception, address: str | None = None) -> None:
        place = address or self.root or chosen_bucket() or "the cache directory"
        if not self._silent:
            self._warn(
                f"finished findings are not kept: cannot write {place} ({reason(problem)}); "
                "set W2S_SYM_STORE to a directory that can be written"
            )
        self._silent = True
        self.root = self._bucket = None


@dataclass(frozen=True)
class Fresh:
    """A memory that writes to another and reads nothing from it."""

    memory: Memory

    def get(self, key: str) -> Any | None:
        """None."""
        return None

    def put(self, key: str, value: Any) -> None:
        """Keep a value under ``key``."""
        self.memory.put(key, value)


def write_atomically(path: Path, text: str) -> None:
    """Write a file in one step: readers see the old text or the new, never a part. Raises ``OSError``."""
    temporary = stage(path, text)
    try:
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def stage(path: Path, text: str | bytes) -> Path:
    """Write the content to a new file beside ``path``, to be renamed to it, and return it. Raises ``OSError``."""
    temporary = path.parent / f".{path.name[:64]}.{os.getpid()}-{secrets.token_hex(4)}.tmp"
    try:
        with temporary.open("xb") as stream:
            stream.write(text.encode() if isinstance(text, str) else text)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def reason(problem: Exception) -> str:
    """The system's words for a failed file operation, without its path."""
    named = problem.strerror if isinstance(problem, OSError) else None
    return (named or str(problem)).lower()


def _name(key: str) -> str:
    name = hashlib.sha256(key.encode()).hexdigest()
    return f"{name[:2]}/{name[2:]}.json"


def _checksum(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
