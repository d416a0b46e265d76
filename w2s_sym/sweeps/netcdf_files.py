"""The grid of a sweep as netCDF, through xarray: variables with units and meanings, attributes with provenance."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from w2s_sym.sweeps.numbers_given import SweepError

if TYPE_CHECKING:
    from w2s_sym.sweeps.tables import Sweep

# The netCDF of classic files has no integers of 64 bits: it is written as HDF5.
_ENGINE = "h5netcdf"


def require_netcdf() -> Any:
    """xarray, where all that netCDF needs is there. Raises :class:`SweepError` with the extra."""
    try:
        for name in ("h5py", _ENGINE):
            importlib.import_module(name)
        return importlib.import_module("xarray")
    except ImportError as problem:
        raise SweepError(f"netCDF needs xarray, h5netcdf and h5py ({problem}); pip install 'w2s-sym[netcdf]'") from None


def write_netcdf(found: Sweep, path: Path) -> None:
    """Write the grid to a file. Raises ``OSError``, and :class:`SweepError` where a library is missing."""
    require_netcdf()
    try:
        found.to_xarray().to_netcdf(path, engine=_ENGINE)
    except RuntimeError as problem:  # what HDF5 says of a full disk, at times
        raise OSError(" ".join(str(problem).split())[:120]) from problem


def read_netcdf(path: Path, about: Mapping[str, Any]) -> Sweep:
    """The grid in a file whose sidecar says ``about``. Raises ``OSError``, ``KeyError`` or ``ValueError`` for another
    one, and :class:`SweepError` where a library is missing."""
    from w2s_sym.sweeps.tables import Sweep

    # Nothing is decoded: "days" is a unit here, and no span of time.
    with require_netcdf().open_dataset(path, engine=_ENGINE, decode_cf=False) as data:
        names, shape = [a["name"] for a in about["axes"]], tuple(int(a["count"]) for a in about["axes"])

        def grid(name: str) -> np.ndarray:
            values: np.ndarray = data[name].transpose(*names).to_numpy()
            if values.shape != shape:
                raise ValueError(f"{name} has the shape {values.shape} in place of {shape}")
            return values

        columns = [c["name"] for c in about["columns"]]
        return Sweep(
            {n: data[n].to_numpy() for n in names},
            {n: grid(n) for n in columns},
            {n: grid(f"{n}_error") for n in columns if f"{n}_error" in data},
            grid("missing").astype(object),
            about,
        )
