"""Columns of estimators: their equivalent, and draws of the estimator as it is written, in the same cells."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import numpy as np

from w2s_sym.claims.description import sha256_of, stable_text
from w2s_sym.claims.run import Run
from w2s_sym.equivalents.equivalent import Equivalent
from w2s_sym.equivalents.infinite_sums import is_infinite
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.equivalents.simulate import draws_of_risk
from w2s_sym.equivalents.spectral_values import spelled_out
from w2s_sym.evidence.simulation.moments_of_draws import mean_and_error
from w2s_sym.papers.loading import Entry
from w2s_sym.spectra.arguments import SpectrumError
from w2s_sym.sweeps.bindings import CellValue, Filled
from w2s_sym.sweeps.cells import Computed, Row, Site, gathered

# What an equivalent says of values that it has no number for.
REFUSALS = (EngineError, SpectrumError, np.linalg.LinAlgError, ArithmeticError)


@dataclass(frozen=True, eq=False)
class EstimatorSource:
    """What both columns of an estimator share. ``sources`` is the hash of the file that it comes from."""

    risk: Equivalent
    label: str
    sources: str

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The names of the risk, each with its kind."""
        return self.risk.names

    @property
    def needs(self) -> tuple[str, ...]:
        """Matrices, truths and numbers; a size follows from its matrix, or is asked for in the cell."""
        return tuple(name for name, kind in self.kinds.items() if kind != "size")

    @property
    def takes(self) -> tuple[str, ...]:
        """All names of the risk."""
        return tuple(self.kinds)

    @property
    def arrays(self) -> tuple[str, ...]:
        """The names of matrices and truths."""
        return tuple(name for name, kind in self.kinds.items() if kind in ("matrix", "truth"))

    def entry(self) -> Entry | None:
        """None: an estimator is sent whole."""
        return None


@dataclass(frozen=True, eq=False)
class RiskSource(EstimatorSource):
    """The equivalent of an estimator's risk, all of it or one source's part."""

    part: str = ""

    drawn = False

    def about(self) -> dict[str, Any]:
        """Kind, target, LaTeX and text."""
        part = f", {self.part}" if self.part else ""
        text = "; ".join(self.risk.lines())
        return {"kind": "equivalent", "of": self.label + part, "latex": self.risk.latex(), "text": text}

    def digest(self) -> str:
        """A hash of the estimator as it is written, and of its file."""
        return sha256_of(f"{self.sources}|{self.part}|{stable_text(self.risk.derived.terms)}")

    def compute(self, rows: Sequence[Row], site: Site, number: int) -> Computed:
        """The equivalent in these cells: at once for neighbours with the same matrices."""
        values, reasons, notes = np.full(len(rows), np.nan), dict[int, str](), dict[str, None]()
        for _, group in groupby(range(len(rows)), lambda i: array_keys(rows[i], self.arrays)):
            positions = list(group)
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                self._fill(rows, positions, values, reasons)
            notes.update((f"{self.label}: {' '.join(str(w.message).split())}", None) for w in caught)
        found = gathered(values.tolist(), None, reasons, "the equivalent")
        return Computed(found.values, None, found.reasons, tuple(notes))

    def _fill(self, rows: Sequence[Row], positions: Sequence[int], values: np.ndarray, reasons: dict[int, str]) -> None:
        """All at once; where some cell is refused, half by half until it stands alone."""
        try:
            values[list(positions)] = self._at([rows[i] for i in positions])
        except REFUSALS as problem:
            if len(positions) == 1:
                reasons[positions[0]] = " ".join(str(problem).split()) or type(problem).__name__
                return
            middle = len(positions) // 2
            self._fill(rows, positions[:middle], values, reasons)
            self._fill(rows, positions[middle:], values, reasons)

    def _at(self, rows: Sequence[Row]) -> np.ndarray:
        arrays: dict[str, Any] = matrices_of(rows[0], self.kinds)
        numbers: dict[str, Any] = {
            name: np.array([_as_float(r[name]) for r in rows]) for name in rows[0] if name not in arrays
        }
        dense = any(np.ndim(arrays[n]) == 2 for n in arrays)
        found: Any = self.risk.at(**arrays, **numbers) if dense else self.risk.on(**arrays, **numbers)
        return np.broadcast_to(found.parts[self.part] if self.part else found.total, (len(rows),))


@dataclass(frozen=True, eq=False)
class RiskDraws(EstimatorSource):
    """Draws of an estimator: designs are drawn at the very sizes of a cell, and it is evaluated as it is written."""

    draws: int

    drawn = True

    def about(self) -> dict[str, Any]:
        """Kind, target, LaTeX and text."""
        text = f"mean over {self.draws} draws of the estimator as it is written"
        return {"kind": "simulation", "of": self.label, "latex": "", "text": text, "draws": self.draws}

    def digest(self) -> str:
        """A hash of the estimator as it is written, of its file and of the draws."""
        return sha256_of(f"{self.sources}|{self.draws}|{stable_text(self.risk.derived.terms)}")

    def compute(self, rows: Sequence[Row], site: Site, number: int) -> Computed:
        """Mean and standard error in each cell, from a stream of its own."""
        means, errors, reasons = [], [], dict[int, str]()
        for i, row in enumerate(rows):
            rng = Run(site.effort, site.seed).rng("sweep", self.label, *cell_key(row))
            try:
                drawn = draws_of_risk(self.risk.derived, self._dense(row), self.draws, rng)
                mean, error = mean_and_error(drawn)
            except REFUSALS as problem:
                reasons[i] = " ".join(str(problem).split()) or type(problem).__name__
                mean = error = np.array(np.nan)
            means.append(float(mean))
            errors.append(float(error))
        return gathered(means, errors, reasons, "the mean of the draws")

    def _dense(self, row: Row) -> dict[str, Any]:
        arrays = matrices_of(row, self.kinds)
        if is_infinite(arrays):
            raise EngineError("infinitely many eigenvalues cannot be drawn; give a spectrum with a finite p")
        numbers = {name: _as_float(row[name]) for name in row if name not in arrays}
        matrix = {n for n, kind in self.kinds.items() if kind == "matrix"}
        return numbers | {n: np.diag(a) if n in matrix and np.ndim(a) == 1 else a for n, a in arrays.items()}


def matrices_of(row: Row, kinds: Mapping[str, str]) -> dict[str, Any]:
    """The matrices and truths of a cell as arrays: spectra and signals spelled out, one coefficient repeated.

    Spectra without an end, and what stands beside them, stay as they are.
    """
    given = {name: value.thing for name, value in row.items() if isinstance(value, Filled)}
    each = {name: value for name, value in given.items() if isinstance(value, float)}
    if is_infinite(given):
        if each:
            raise EngineError(
                f"{next(iter(each))} is the same in each direction, and a spectrum has infinitely many; give "
                "{ signal = 1.5 }"
            )
        return given
    found = spelled_out({name: value for name, value in given.items() if name not in each})
    sides = [len(found[n]) for n in found if kinds.get(n) == "matrix"]
    if each and not sides:
        raise EngineError(f"{next(iter(each))} is the same in each direction of a matrix, and no matrix is given")
    return found | {name: np.full(sides[0], value) for name, value in each.items()}


def array_keys(row: Row, arrays: Sequence[str]) -> tuple[str, ...]:
    """What tells the arrays of a cell from those of another."""
    return tuple(v.key if isinstance(v := row[name], Filled) else str(v) for name in arrays if name in row)


def cell_key(row: Row) -> list[str]:
    """The cell as words for its random stream: what it gives each name, in the order of names."""
    return [f"{name}={value.key if isinstance(value, Filled) else value}" for name, value in sorted(row.items())]


def _as_float(value: CellValue) -> float:
    if isinstance(value, Filled):
        raise EngineError(f"{value.key[:60]} stands where a number is needed")
    return float(value)
