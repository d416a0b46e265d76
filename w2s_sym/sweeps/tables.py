"""A finished sweep: arrays in the shape of its grid, with what each means."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.papers.figures import Figure
from w2s_sym.store.marks import MADE_BY
from w2s_sym.sweeps.drawing import figure_of
from w2s_sym.sweeps.numbers_given import SweepError


@dataclass(frozen=True, eq=False)
class Sweep:
    """The numbers of a sweep.

    Parameters
    ----------
    axes
        The values of each axis by name, in order; one dimension each.
    columns
        The values of each column by name, in the shape of the grid; nan where a cell has none.
    errors
        The standard errors of the simulated columns, in the same shape.
    missing
        For each cell why it has no value, in the same shape; an empty text where nothing is missing.
    about
        Provenance and meaning as plain values: what ``sweep.json`` holds.
    """

    axes: Mapping[str, np.ndarray]
    columns: Mapping[str, np.ndarray]
    errors: Mapping[str, np.ndarray]
    missing: np.ndarray
    about: Mapping[str, Any]

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the axes."""
        return tuple(len(values) for values in self.axes.values())

    def flat(self) -> dict[str, np.ndarray]:
        """The table: axes, columns with their errors, ``missing``; a row for each cell, the last axis fastest."""
        grid = np.meshgrid(*self.axes.values(), indexing="ij")
        found = {name: values.ravel() for name, values in zip(self.axes, grid, strict=True)}
        for name, values in self.columns.items():
            found[name] = values.ravel()
            if name in self.errors:
                found[f"{name}_error"] = self.errors[name].ravel()
        return {**found, "missing": self.missing.ravel()}

    def to_pandas(self) -> Any:
        """The table as a ``pandas.DataFrame``, with :attr:`about` in its ``attrs``.

        Raises :class:`SweepError` where pandas is missing.
        """
        try:
            import pandas
        except ImportError as problem:
            raise SweepError("pandas is missing; pip install pandas, or take flat(), a dict of arrays") from problem
        frame = pandas.DataFrame(self.flat())
        frame.attrs = dict(self.about)
        return frame

    def to_xarray(self) -> Any:
        """The grid as an ``xarray.Dataset``: variables with ``units``, ``long_name`` and what they are as attributes,
        provenance as those of the whole. All of it can be written as netCDF.

        Raises :class:`SweepError` where xarray is missing.
        """
        try:
            import xarray
        except ImportError as problem:
            raise SweepError("xarray is missing; pip install xarray, or take columns, a dict of arrays") from problem
        meaning = {c["name"]: _attributes(c) for c in (*self.about["axes"], *self.about["columns"])}
        dimensions = tuple(self.axes)
        variables: dict[str, Any] = {n: (dimensions, v, meaning[n]) for n, v in self.columns.items()}
        for name, values in self.errors.items():
            told = {"long_name": f"standard error of {name}", "units": meaning[name]["units"]}
            variables[f"{name}_error"] = (dimensions, values, told)
        variables["missing"] = (dimensions, self.missing, {"long_name": "why a cell has no value"})
        coordinates = {n: ((n,), v, meaning[n]) for n, v in self.axes.items()}
        provenance = {"made_by": MADE_BY} | {k: v for k, v in self.about.items() if k not in ("axes", "columns")}
        return xarray.Dataset(variables, coordinates, {k: _attribute(v) for k, v in provenance.items()})

    def plot(self, x: str = "", hue: str = "", at: Mapping[str, float] | None = None) -> Figure:
        """A figure: formulas and equivalents as lines, simulations as markers with bars of two standard errors.

        ``x`` is the axis along the page, ``hue`` that of the colours; the axes that are left are at ``at``, by default
        at their first value. In a notebook it shows itself; ``render(figure, format="pdf")`` of
        ``w2s_sym.figures`` gives a file's bytes. Raises :class:`SweepError` for another axis or value.
        """
        return figure_of(self, x, hue, at or {})

    def __repr__(self) -> str:
        sizes = " x ".join(f"{len(v)} {name}" for name, v in self.axes.items())
        lines = [f"{self.about['title'] or 'sweep'}: {sizes}"]
        for name, values in self.columns.items():
            good = values[np.isfinite(values)]
            told = f"{good.min():.6g} to {good.max():.6g}" if good.size else "no value"
            lost = values.size - good.size
            lines.append(f"  {name}: {told}" + (f", {lost} missing" if lost else ""))
        return "\n".join(lines)

    def _repr_png_(self) -> bytes | None:
        try:
            return self.plot()._repr_png_()
        except ValueError:  # no matplotlib, or too many colours: the text is shown
            return None


def _attributes(told: Mapping[str, Any]) -> dict[str, str | int]:
    """What an axis or a column is, by the names that netCDF has for it."""
    names = {"title": "long_name", "unit": "units"}
    found = {names.get(k, k): _attribute(v) for k, v in told.items() if k not in ("name", "count")}
    return found | {"long_name": found["long_name"] or str(told["name"])}


def _attribute(value: object) -> str | int:
    """A plain value as netCDF holds it: a number, a text, or JSON."""
    return value if isinstance(value, str | int) and not isinstance(value, bool) else json.dumps(value)
