"""One matrix written in each format that is read, to compare what comes back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

FORMATS = ("npy", "npy by columns", "npz", "zarr 2", "zarr 3", "parquet", "lists", "folder", "file://", "memory://")
EXTRA = "needs the extra features: pip install 'w2s-sym[features]'"


def write(array: np.ndarray, folder: Path, name: str, kind: str) -> str:
    """Write a matrix; its path or address. Skips the test where an extra is missing."""
    if kind in ("npy", "file://"):
        np.save(folder / f"{name}.npy", array)
        return f"{'file://' if kind == 'file://' else ''}{folder / name}.npy"
    if kind == "npy by columns":
        np.save(folder / f"{name}_f.npy", np.asfortranarray(array))
        return str(folder / f"{name}_f.npy")
    if kind == "npz":
        np.savez_compressed(folder / f"{name}.npz", array)
        return str(folder / f"{name}.npz")
    if kind == "memory://":
        fsspec = pytest.importorskip("fsspec", reason=EXTRA)
        with fsspec.open(f"memory://{folder.name}/{name}.npy", "wb") as stream:
            np.save(stream, array)
        return f"memory://{folder.name}/{name}.npy"
    if kind.startswith("zarr"):
        zarr = pytest.importorskip("zarr", reason=EXTRA)
        path = str(folder / f"{name}{kind[-1]}.zarr")
        shape, chunks = array.shape, (max(1, len(array) // 7), max(1, array.shape[1] - 1))
        made = zarr.create_array(path, shape=shape, chunks=chunks, dtype=array.dtype, zarr_format=int(kind[-1]))
        made[:] = array
        return path
    return write_parquet(array, folder, name, kind)


def write_parquet(array: np.ndarray, folder: Path, name: str, kind: str) -> str:
    """A Parquet file of columns (``parquet``) or of one column of lists, or a folder of twelve files of lists."""
    pa = pytest.importorskip("pyarrow", reason=EXTRA)
    parquet = pytest.importorskip("pyarrow.parquet", reason=EXTRA)

    def lists(rows: np.ndarray) -> object:
        return pa.table({"embedding": pa.FixedSizeListArray.from_arrays(rows.ravel(), rows.shape[1])})

    if kind == "folder":
        path = folder / name
        path.mkdir()
        for k, rows in enumerate(np.array_split(array, 12)):
            parquet.write_table(lists(np.ascontiguousarray(rows)), path / f"part.{k}.parquet")
        return str(path)
    path = folder / f"{name}.{kind}.parquet"
    columns = pa.table({f"c{k}": array[:, k] for k in range(array.shape[1])})
    size = max(1, len(array) // 3)
    parquet.write_table(columns if kind == "parquet" else lists(array), path, row_group_size=size)
    return str(path)
