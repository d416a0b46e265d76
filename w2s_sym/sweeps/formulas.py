"""Columns of formulas: in numpy, on the cells inside of the domain; outside of it a condition is the reason."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.description import sha256_of, stable_text
from w2s_sym.claims.evaluate import MOST_INTEGER, formula
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare
from w2s_sym.formula.compiled import compiled
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import latex
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import Total
from w2s_sym.papers.loading import Entry
from w2s_sym.sweeps.bindings import Filled
from w2s_sym.sweeps.cells import Computed, Row, Site, gathered
from w2s_sym.sweeps.numbers_given import SweepError


@dataclass(frozen=True)
class FormulaSource:
    """A formula with its domain, and where it comes from."""

    expression: sp.Expr
    domain: Domain
    label: str
    words: str

    drawn = False
    arrays: tuple[str, ...] = ()

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of its symbols."""
        return tuple(s.name for s in self.domain.symbols)

    @property
    def takes(self) -> tuple[str, ...]:
        """The names of its symbols."""
        return self.needs

    def about(self) -> dict[str, Any]:
        """Kind, target, LaTeX and text."""
        return {"kind": "formula", "of": self.label, "latex": latex(self.expression), "text": self.words}

    def digest(self) -> str:
        """A hash of the formula and its domain."""
        return sha256_of(stable_text((self.expression, self.domain)))

    def entry(self) -> Entry | None:
        """None: a formula is sent whole."""
        return None

    def compute(self, rows: Sequence[Row], site: Site, number: int) -> Computed:
        """The formula in these cells."""
        symbols = self.domain.symbols
        grid = [np.array([_float(row[s.name]) for row in rows]) for s in symbols]
        reasons = self._outside(grid, len(rows))
        good = np.array([i for i in range(len(rows)) if i not in reasons], dtype=int)
        values = np.full(len(rows), np.nan)
        if len(good):
            with np.errstate(all="ignore"):
                values[good] = _compiled(self)(**{s.name: a[good] for s, a in zip(symbols, grid, strict=True)})
        return gathered(values.tolist(), None, reasons, "the formula")

    def _outside(self, grid: Sequence[np.ndarray], count: int) -> dict[int, str]:
        """For each cell outside of the domain the first condition that it breaks, with its numbers."""
        symbols, reasons = self.domain.symbols, dict[int, str]()
        for s, column in zip(symbols, grid, strict=True):
            if s.is_integer:
                _note(reasons, (column != np.floor(column)), [(s.name, column)], "needs an integer")
            _note(reasons, np.abs(column) > MOST_INTEGER, [(s.name, column)], "is beyond 2^53, where floats end")
        for condition, difference in _conditions(self):
            used = [(s.name, a) for s, a in zip(symbols, grid, strict=True) if s in condition.free_symbols]
            with np.errstate(all="ignore"):
                gap = np.broadcast_to(np.asarray(difference(*grid), dtype=float), (count,))
            need = f"needs {condition}; {condition.next_move}" if condition.next_move else f"needs {condition}"
            _note(reasons, ~Relation(condition.relation)(gap) | np.isnan(gap), used, need)
        if self.domain.points:
            at = [[float(p[s]) for s in symbols] for p in self.domain.points]
            here = list(zip(*(a.tolist() for a in grid), strict=True))
            stray = np.array([list(h) not in at for h in here])
            named = [(s.name, a) for s, a in zip(symbols, grid, strict=True)]
            _note(reasons, stray, named, f"it holds at {len(at)} listed points only")
        return reasons


def _note(reasons: dict[int, str], bad: np.ndarray, used: Sequence[tuple[str, np.ndarray]], need: str) -> None:
    for i in np.flatnonzero(bad).tolist():
        where = ", ".join(f"{name}={column[i]:.12g}" for name, column in used)
        reasons.setdefault(i, f"{where}: {need}" if where else need)


def _float(value: object) -> float:
    if isinstance(value, Filled):
        raise SweepError("a formula takes numbers, no arrays")  # refused when the sweep was read
    return float(value)  # type: ignore[arg-type]


@functools.lru_cache(maxsize=64)
def _compiled(source: FormulaSource) -> Any:
    return formula(source.expression, source.domain, source.label, source.words)


@functools.lru_cache(maxsize=64)
def _conditions(source: FormulaSource) -> list[tuple[Any, Any]]:
    everything = (*source.domain.assumptions(), *source.domain.conditions)
    return [(c, compiled(source.domain.symbols, c.lhs - c.rhs)) for c in everything]


def formula_of_claim(claim: Claim, defined: str, where: str) -> FormulaSource:
    """The right side of a claim, or the formula of a symbol that one of its given equations defines.

    Raises :class:`SweepError` where there is no such formula.
    """
    if defined:
        expression = _definition(claim, defined, where)
        label, words = f"{claim.id}: {defined}", f"{defined} of {claim.id}"
    else:
        if not isinstance(claim.statement, Compare | Asymptotic):
            raise SweepError(f"{where}: {claim.id} has no right-hand formula; name a claim that states one")
        expression, label, words = claim.statement.rhs, claim.id, claim.words
    return formula_source(expression, claim.domain, label, words, where)


def formula_source(expression: sp.Expr, domain: Domain, label: str, words: str, where: str) -> FormulaSource:
    """An expression on a domain. Raises :class:`SweepError` for what numpy cannot evaluate at numbers."""
    if expression.has(Total):
        raise SweepError(f"{where}: {label} has sums over a spectrum; sweep an estimator's risk (FILE.py::NAME)")
    hidden = sorted(str(s) for s in expression.free_symbols - set(domain.symbols))
    if hidden:
        raise SweepError(f"{where}: {', '.join(hidden)} of {label} is in no domain; name another formula")
    source = FormulaSource(expression, domain.restrict(set(expression.free_symbols)), label, words)
    try:
        _compiled(source)
    except (TypeError, ValueError, SyntaxError, NotImplementedError) as problem:
        raise SweepError(f"{where}: {label} is no formula for numpy ({problem})") from problem
    return source


def _definition(claim: Claim, name: str, where: str) -> sp.Expr:
    for equation in claim.given:
        if equation.unknown.name == name:
            written = equation.definition(equation.unknown)
            written = written if written is not None else equation.solve_linear(equation.unknown)
            if written is None:
                raise SweepError(f"{where}: {name} of {claim.id} is the root of an equation; no formula gives it")
            return written
    known = ", ".join(e.unknown.name for e in claim.given) or "none"
    raise SweepError(f"{where}: {claim.id} defines no {name}; its definitions: {known}")


__all__ = ["ClaimError", "FormulaSource", "formula_of_claim", "formula_source"]
