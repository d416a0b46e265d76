"""Arrays in ``.npy`` and ``.npz`` files of others: what a header promises is checked before anything is read.

Nothing in a file is run or unpickled. What is not exactly an array of real numbers is refused in one line: a file that
is cut short, one with more in it than its header says, another format, several arrays where one is meant.
"""

from __future__ import annotations

import ast
import math
import re
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError, require_real

# Larger headers, and arrays in an archive that are larger than this, are refused: these are read and not mapped.
MOST_HEADER = 10_000
MOST_PACKED = 2**31
MOST_DIMENSIONS = 32
SAVE = "save the array with numpy.save"
# Among the members of an archive that scipy writes for a sparse matrix.
SPARSE = {"format", "shape", "data"}
_MAGIC = b"\x93NUMPY"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OTHERS = (
    (b"\x80", "a pickle, which is never loaded"),
    (b"\x89HDF", "an HDF5 file"),
    (b"PAR1", "a Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"MATLAB", "a MATLAB file"),
    (b"\x1f\x8b", "a gzip file"),
)


@dataclass(frozen=True)
class Header:
    """What the header of a ``.npy`` file says: type, shape, the order of the entries, and where these begin."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    fortran: bool
    start: int

    @property
    def count(self) -> int:
        """The number of entries."""
        return math.prod(self.shape)

    @property
    def bytes(self) -> int:
        """How many bytes they take."""
        return self.count * self.dtype.itemsize


def open_npy(path: str | Path) -> np.ndarray:
    """The array of a ``.npy`` file, mapped and not read; that of a ``.npz`` file with one array, read.

    Raises :class:`ArrayError` for anything else, with the next move.
    """
    where = Path(path)
    try:
        if not where.is_file():
            raise ArrayError(f"is no file; {SAVE}")
        with where.open("rb") as stream:
            start = stream.read(8)
            if start[:4] in _ZIP:
                return only_array(read_archive(stream))
            stream.seek(0)
            header = read_header(stream, where.stat().st_size)
    except (OSError, ValueError) as problem:
        raise _told(problem) from None
    try:
        order = "F" if header.fortran else "C"
        mapped: np.ndarray = np.memmap(where, header.dtype, "r", header.start, header.shape, order)  # type: ignore[call-overload]
    except (OSError, ValueError, OverflowError) as problem:
        raise _told(problem) from None
    return mapped


def open_npz(path: str | Path) -> dict[str, np.ndarray]:
    """The arrays of a ``.npz`` file by name. Raises :class:`ArrayError` for another file, and one that is damaged."""
    try:
        with Path(path).open("rb") as stream:
            if stream.read(4) not in _ZIP:
                raise ArrayError("is no .npz file; write one with numpy.savez")
            return read_archive(stream)
    except (OSError, ValueError) as problem:
        raise _told(problem) from None


def _told(problem: Exception) -> ArrayError:
    """The error of the system, or of a path that none can have, in our words."""
    if isinstance(problem, ArrayError):
        return problem
    reason = problem.strerror if isinstance(problem, OSError) and problem.strerror else str(problem)
    return ArrayError(f"cannot be read: {reason.lower()}; {SAVE}")


def only_array(arrays: dict[str, np.ndarray]) -> np.ndarray:
    """The array of an archive that holds one. Raises :class:`ArrayError` for several."""
    if len(arrays) != 1:
        raise ArrayError(
            f"holds {len(arrays)} arrays, {', '.join(arrays)[:200]}; save the one that is meant with numpy.save"
        )
    (found,) = arrays.values()
    return found


# -- headers --------------------------------------------------------------------------------------------------


def read_header(stream: IO[bytes], size: int) -> Header:
    """The header of a ``.npy`` file of ``size`` bytes, from its beginning. Raises :class:`ArrayError` for no such file.

    Nothing beside the header is read.
    """
    start = stream.read(8)
    stream.seek(0)
    header = _header(stream, start)
    _require_size(header, size)
    return header


def _header(stream: IO[bytes], start: bytes) -> Header:
    """The header at the place of the stream, of which the first bytes are known."""
    if start[:6] != _MAGIC:
        other = next((name for magic, name in _OTHERS if start.startswith(magic)), "")
        raise ArrayError(f"is {other}; {SAVE}" if other else f"is no .npy file; {SAVE}")
    version = tuple(start[6:8])
    if len(version) < 2:
        raise ArrayError(f"is cut short; {SAVE}")
    if version not in ((1, 0), (2, 0), (3, 0)):
        raise ArrayError(f"is of a version of .npy that does not exist, {'.'.join(map(str, version))}; {SAVE}")
    stream.read(8)
    width = 2 if version == (1, 0) else 4
    raw = stream.read(width)
    if len(raw) < width:
        raise ArrayError(f"is cut short; {SAVE}")
    (length,) = struct.unpack("<H" if width == 2 else "<I", raw)
    if length > MOST_HEADER:
        raise ArrayError(f"has a header of {length} bytes, above {MOST_HEADER}; {SAVE}")
    text = stream.read(length)
    if len(text) < length:
        raise ArrayError(f"is cut short; {SAVE}")
    try:
        fields = ast.literal_eval(text.decode("utf-8" if version == (3, 0) else "latin-1").strip(" \t\r\n"))
    except Exception:  # a parser meets anything here
        raise ArrayError(f"has a header that is none; {SAVE}") from None
    return _checked(fields, 8 + width + length)


def _checked(fields: Any, start: int) -> Header:
    if not isinstance(fields, dict) or set(fields) != {"descr", "fortran_order", "shape"}:
        raise ArrayError(f"has a header that is none; {SAVE}")
    descr, shape, fortran = fields["descr"], fields["shape"], fields["fortran_order"]
    if isinstance(descr, list):
        names = [str(f[0]) for f in descr if isinstance(f, tuple) and f]
        raise ArrayError(f"holds records with the fields {', '.join(names)[:80]}; save one of them with numpy.save")
    if not isinstance(descr, str) or not re.fullmatch(r"[<>|=]?[A-Za-z?]\d{0,9}(?:\[[^\]]{1,20}\])?", descr):
        raise ArrayError(f"has entries of type {descr!r:.40}, which is none; {SAVE}")
    if type(fortran) is not bool:
        raise ArrayError(f"has a fortran_order of {fortran!r:.40}, which is neither True nor False; {SAVE}")
    sound = isinstance(shape, tuple) and all(type(n) is int and n >= 0 for n in shape)
    if not sound or len(shape) > MOST_DIMENSIONS:
        raise ArrayError(f"has the shape {shape!r:.60}, which is none; {SAVE}")
    try:
        dtype = np.dtype(descr)
    except (TypeError, ValueError):
        raise ArrayError(f"has entries of type {descr!r:.40}, which is none; {SAVE}") from None
    if dtype.hasobject:
        raise ArrayError(f"holds pickled Python objects, which are never loaded; make them numbers and {SAVE}")
    require_real(dtype)
    return Header(dtype, shape, fortran, start)


def _require_size(header: Header, size: int) -> None:
    """The file holds as many bytes as its header says, and some."""
    if not header.count:
        raise ArrayError(f"has the shape {header.shape}, without an entry; {SAVE}")
    rest = size - header.start - header.bytes
    if rest:
        fault = "is cut short" if rest < 0 else "has more in it than its header says"
        raise ArrayError(
            f"{fault}: shape {header.shape} of {header.dtype} takes {header.bytes} bytes, and there are "
            f"{size - header.start}; {SAVE}"
        )


# -- archives -------------------------------------------------------------------------------------------------


def read_archive(stream: IO[bytes]) -> dict[str, np.ndarray]:
    """All arrays of a ``.npz`` file, by name. Raises :class:`ArrayError` for one that is damaged or too large."""
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = archive.infolist()
            other = next((m.filename for m in members if not m.filename.endswith(".npy")), None)
            if other is not None or not members:
                what = f"with {other[:80]!r} in it, " if other else "without an array, "
                raise ArrayError(f"is an archive {what}as PyTorch and others write; {SAVE}")
            names = [m.filename.removesuffix(".npy") for m in members]
            if set(names) >= SPARSE:
                raise ArrayError(
                    "is a sparse matrix of scipy; save scipy.sparse.load_npz(path).toarray() with numpy.save"
                )
            twice = next((n for n in names if names.count(n) > 1), None)
            if twice is not None:
                raise ArrayError(f"holds two arrays called {twice[:80]}; {SAVE}")
            if sum(m.file_size for m in members) > MOST_PACKED:
                raise ArrayError(f"unpacks to more than {MOST_PACKED} bytes; save each array with numpy.save")
            return {name: _member(archive, m) for name, m in zip(names, members, strict=True)}
    except ArrayError:
        raise
    except Exception:  # bad directories, lengths, checksums, compression and encryption raise as many kinds
        raise ArrayError(f"is a damaged archive; {SAVE}") from None


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray:
    """One array, read with its checksum, after its header is found sound."""
    with archive.open(member) as stream:
        start = stream.read(8)
    with archive.open(member) as stream:
        try:
            header = _header(stream, start)
            _require_size(header, member.file_size)
        except ArrayError as problem:
            raise ArrayError(f"holds {member.filename[:80]}, which {problem}") from None
        data = stream.read(header.bytes + 1)
    if len(data) != header.bytes:
        raise ArrayError(f"is a damaged archive; {SAVE}")
    flat = np.frombuffer(data, dtype=header.dtype)
    return flat.reshape(header.shape, order="F" if header.fortran else "C")
