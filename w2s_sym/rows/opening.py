"""From a path or an address to rows: the kind of a file is told by its first bytes, that of a folder by its files."""

from __future__ import annotations

import os

import numpy as np

from w2s_sym.formula.plain_arrays import ArrayError
from w2s_sym.rows.npy_rows import NpyRows
from w2s_sym.rows.parquet_rows import ParquetRows
from w2s_sym.rows.places import Location, reading
from w2s_sym.rows.rows import ArrayRows, FeatureRows
from w2s_sym.rows.zarr_rows import MARKERS, ZarrRows
from w2s_sym.spectra.array_files import only_array, read_archive

# More bytes of labels are not read into memory.
MOST_WHOLE = 2**30


def open_rows(address: str | os.PathLike[str]) -> FeatureRows:
    """The rows of a ``.npy`` file, a ``.npz`` file with one array, a Zarr array, or of Parquet files, at a path or an
    address of fsspec's kinds. Only a ``.npz`` file is read.

    Raises :class:`~w2s_sym.formula.plain_arrays.ArrayError` for anything else, with the next move.
    """
    place = Location(os.fspath(address))
    if place.is_folder():
        return _folder(place)
    start = place.bytes([(0, min(place.size(), 8))])[0]
    if not start:
        raise ArrayError("is empty; save the array with numpy.save, or give a Zarr array or Parquet files")
    if start[:4] == b"PAR1":
        return ParquetRows.of(place, [place.address])
    if start[:2] == b"PK":
        with reading(), place.open() as stream:
            return ArrayRows(only_array(read_archive(stream)))
    return NpyRows.of(place)


def _folder(place: Location) -> FeatureRows:
    names = place.names()
    if MARKERS.intersection(names):
        return ZarrRows.of(place)
    # Names that begin so are of files that are being written, or of notes: no reader of Parquet takes them for a part.
    tables = [n for n in names if n.endswith((".parquet", ".pq")) and "/" not in n and not n.startswith((".", "_"))]
    if tables:
        return ParquetRows.of(place, [place.below(name).address for name in tables])
    parts = sum(n.endswith(".npy") for n in names)
    if parts:
        raise ArrayError(
            f"is a folder with {parts} .npy files; give one file: join them by numpy.concatenate and numpy.save, or "
            "save them as Parquet files, of which a folder is read"
        )
    raise ArrayError("is a folder without a Zarr array or Parquet files; give the address of an array or of a file")


def whole_array(rows: FeatureRows) -> np.ndarray:
    """All rows as an array. Raises :class:`ArrayError` for more than :data:`MOST_WHOLE` bytes, and as reading does."""
    if isinstance(rows, ArrayRows):
        return rows.array
    if not rows.shape:
        raise ArrayError("is one number; give one for each point")
    size = rows.row_bytes * len(rows)
    if size > MOST_WHOLE:
        raise ArrayError(
            f"takes {size / 2**30:.3g} GiB, above {MOST_WHOLE / 2**30:.3g}; give the labels of fewer points"
        )
    return np.concatenate(list(rows.pieces(0, len(rows))))
