"""The folder of a sweep: the table as Parquet, CSV or netCDF, and ``sweep.json``: what it holds and whence."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import math
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from w2s_sym.store.disk import reason, stage
from w2s_sym.store.marks import is_ours, marked_json
from w2s_sym.sweeps.netcdf_files import read_netcdf, require_netcdf, write_netcdf
from w2s_sym.sweeps.numbers_given import SweepError
from w2s_sym.sweeps.tables import Sweep

SIDECAR, CHUNKS = "sweep.json", "chunks"
PARQUET, CSV, NETCDF = "table.parquet", "table.csv", "table.nc"
# What the sidecar of a finished sweep has the hash of its table under: two commands may write to one folder.
HASH = "sha256"
# The names of tables by their kind.
TABLES: Mapping[str, str] = {"parquet": PARQUET, "csv": CSV, "netcdf": NETCDF}
# Rows of a CSV file that are held as Python's own numbers.
ROWS_AT_ONCE = 50_000


def require_folder(folder: Path) -> Mapping[str, Any] | None:
    """What the sidecar in a folder says, None without one; the folder is made when it is missing.

    Raises :class:`SweepError` for a place that cannot be written, and for one with a table of somebody else.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        theirs = [n for n in (SIDECAR, *TABLES.values()) if (folder / n).exists()]
        if theirs and not ((folder / SIDECAR).is_file() and is_ours(folder / SIDECAR)):
            raise SweepError(f"{folder / theirs[0]} exists, and no sweep wrote it; choose another folder")
        (folder / CHUNKS).mkdir(exist_ok=True)
        stage(folder / SIDECAR, "").unlink()
    except OSError as problem:
        raise SweepError(f"{folder}: {reason(problem)}; choose a folder that can be written") from problem
    return _sidecar(folder) if theirs else None


def _sidecar(folder: Path) -> Mapping[str, Any] | None:
    try:
        found = json.loads((folder / SIDECAR).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def write_sidecar(folder: Path, about: Mapping[str, Any]) -> None:
    """Write ``sweep.json`` in one step. Raises :class:`SweepError` where the folder cannot be written."""
    _replace(folder / SIDECAR, lambda path: path.write_text(marked_json(about), encoding="utf-8"))


def write_table(folder: Path, found: Sweep) -> None:
    """Write the table, then the sidecar that says it is whole.

    Raises :class:`SweepError` where it cannot be written, and where another sweep was started in the folder meanwhile.
    """
    if (_sidecar(folder) or {}).get("digest") != found.about["digest"]:
        raise SweepError(
            f"{folder}: another sweep was started in it meanwhile; choose another folder, or run the same command "
            "again when that one has ended"
        )
    name = found.about["table"]
    write = {PARQUET: _parquet, CSV: _csv, NETCDF: write_netcdf}[name]
    _replace(folder / name, lambda path: write(found, path))
    for other in TABLES.values():  # of an earlier run: two tables would be read in two ways
        if other != name:
            (folder / other).unlink(missing_ok=True)
    write_sidecar(folder, {**found.about, HASH: _hash(folder / name)})


def table_name(kind: str) -> str:
    """The name of a table of this kind; of none, Parquet where pyarrow is installed, else CSV.

    Raises :class:`SweepError` for another kind, and where a library is missing.
    """
    if kind and kind not in TABLES:
        raise SweepError(f"table: {kind!r:.40} is no kind of table; give {', '.join(TABLES)}")
    if kind == "netcdf":
        require_netcdf()
    if kind not in ("", "parquet"):
        return TABLES[kind]
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        if kind:
            raise SweepError("a table in Parquet needs pyarrow; pip install 'w2s-sym[sweep]'") from None
        return CSV
    return PARQUET


def _replace(path: Path, write: Callable[[Path], object]) -> None:
    """Write a file in one step, piece by piece: a large table is never in memory as text."""
    try:
        staged = stage(path, b"")
        try:
            write(staged)
            os.replace(staged, path)
        finally:
            staged.unlink(missing_ok=True)
    except OSError as problem:
        raise SweepError(f"{path}: {reason(problem)}; make room, and the same command goes on from there") from problem


def _csv(found: Sweep, path: Path) -> None:
    """The table in text: floats in their shortest form, nothing where there is no value."""
    table = found.flat()
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table)
        for start in range(0, found.missing.size, ROWS_AT_ONCE):
            columns = [c[start : start + ROWS_AT_ONCE].tolist() for c in table.values()]
            for row in zip(*columns, strict=True):
                writer.writerow(["" if isinstance(v, float) and math.isnan(v) else v for v in row])


def _parquet(found: Sweep, path: Path) -> None:
    """The table with its meaning in the metadata of its fields, and the sidecar in that of its schema."""
    import pyarrow
    import pyarrow.parquet

    meaning = {c["name"]: c for c in (*found.about["axes"], *found.about["columns"])}
    arrays, fields = [], []
    for name, values in found.flat().items():
        # In a file a missing number is null.
        lacking = np.isnan(values) if values.dtype.kind == "f" else None
        kind = {"f": pyarrow.float64(), "i": pyarrow.int64()}.get(values.dtype.kind, pyarrow.string())
        arrays.append(pyarrow.array(values, type=kind, mask=lacking))
        told = {k: v if isinstance(v, str) else json.dumps(v) for k, v in meaning.get(name, {}).items() if k != "name"}
        fields.append(pyarrow.field(name, kind, metadata=told))
    schema = pyarrow.schema(fields, metadata={"w2s-sym": marked_json(found.about)})
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=schema), path)


# -- reading --------------------------------------------------------------------------------------------------


def read_folder(folder: Path) -> Sweep:
    """The sweep in a folder. Raises :class:`SweepError` for none, and for one that is not finished or damaged."""
    about = _sidecar(folder)
    if about is None or not is_ours(folder / SIDECAR):
        raise SweepError(f"{folder}: holds no sweep; name the folder that was given to sweep with -o")
    try:
        if not about["complete"]:
            raise SweepError(f"{folder}: the sweep is not finished; run the same command again, it goes on from there")
        if about[HASH] != _hash(_named(folder, about["table"])):
            raise ValueError(f"it is not the one that {SIDECAR} speaks of")
        told = {k: v for k, v in about.items() if k not in ("made_by", HASH)}
        if about["table"] == NETCDF:
            return read_netcdf(folder / NETCDF, told)
        return _of_columns(_read_parquet(folder) if about["table"] == PARQUET else _read_csv(folder), told)
    except (KeyError, TypeError, ValueError, OSError, IndexError) as problem:
        if isinstance(problem, SweepError):
            raise
        words = " ".join(str(problem).split())[:120]
        raise SweepError(f"{folder}: the table is damaged ({words}); remove it and run the sweep again") from problem


def _named(folder: Path, name: object) -> Path:
    """The table that a sidecar names. Raises ``ValueError`` for a file that is none."""
    if name not in TABLES.values():
        raise ValueError(f"{name!r:.40} is no kind of table")
    return folder / str(name)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _of_columns(columns: Mapping[str, Any], about: Mapping[str, Any]) -> Sweep:
    shape = tuple(int(a["count"]) for a in about["axes"])
    names = [c["name"] for c in about["columns"]]
    axes: dict[str, np.ndarray] = {}
    for place, axis in enumerate(about["axes"]):
        first = tuple(slice(None) if i == place else 0 for i in range(len(shape)))
        axes[axis["name"]] = columns[axis["name"]].reshape(shape)[first]
    return Sweep(
        axes,
        {n: columns[n].reshape(shape) for n in names},
        {n: columns[f"{n}_error"].reshape(shape) for n in names if f"{n}_error" in columns},
        columns["missing"].reshape(shape),
        about,
    )


def _read_csv(folder: Path) -> dict[str, Any]:
    with (folder / CSV).open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader, [])
        parts: dict[str, list[np.ndarray]] = {name: [] for name in header}
        while rows := list(itertools.islice(reader, ROWS_AT_ONCE)):
            for name, column in zip(header, zip(*rows, strict=True), strict=True):
                parts[name].append(_text(column) if name == "missing" else _numbers(column))
    return {name: np.concatenate(found) for name, found in parts.items()}


def _text(values: Any) -> np.ndarray:
    found = np.empty(len(values), dtype=object)
    found[:] = list(values)
    return found


def _numbers(values: Any) -> np.ndarray:
    try:
        return np.array([int(v) for v in values], dtype=np.int64)
    except ValueError:
        return np.array([float(v) if v else math.nan for v in values])


def _read_parquet(folder: Path) -> dict[str, Any]:
    try:
        import pyarrow.parquet
    except ImportError as problem:
        raise SweepError(f"{folder / PARQUET} needs pyarrow; pip install 'w2s-sym[sweep]'") from problem
    table = pyarrow.parquet.read_table(folder / PARQUET)
    found: dict[str, Any] = {}
    for name in table.column_names:
        values = table.column(name)
        if name == "missing":
            found[name] = _text(values.to_pylist())
        else:
            found[name] = values.to_numpy(zero_copy_only=False)
    return found
