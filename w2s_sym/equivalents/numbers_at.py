"""Numbers of an equivalent: values put in, the fixed points solved on the physical branch, the lines evaluated."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.book import Book
from w2s_sym.equivalents.branch import Branch, BranchWarning, Map, follow
from w2s_sym.equivalents.circuit import Circuit
from w2s_sym.equivalents.derived import Derived
from w2s_sym.equivalents.evaluation import Array, Dense, Diagonal, Evaluation, PointValues, fixed_letters
from w2s_sym.equivalents.gates import Equivalence
from w2s_sym.equivalents.inputs import read, shape_of
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.formula import display

# A relative change of the gains, and of the value by it, beyond which rounding (1e-16) takes more than six digits.
SMALL, LARGE = 1e-10, 1e-4


@dataclass(frozen=True)
class Fixpoint:
    """One core, ready to be solved: its unknowns in the equivalent's book, the shifted equations in a book apart."""

    unknowns: tuple[int, ...]
    book: Book
    own: tuple[int, ...]
    shift: int
    fixed: frozenset[int]


def fixpoints(risk: Derived) -> tuple[Fixpoint, ...]:
    """The cores of an equivalent, each once."""
    found: dict[tuple[int, ...], Fixpoint] = {}
    for term in risk.terms:
        for i in range(len(term.equivalence.groups)):
            gains = term.equivalence.gains[i, i]
            unknowns = tuple(poly.the_place(g.value) for g in gains)
            if unknowns and unknowns not in found:
                found[unknowns] = _shifted(term.equivalence, i, unknowns)
    return tuple(found.values())


def _shifted(made: Equivalence, i: int, unknowns: tuple[int, ...]) -> Fixpoint:
    book = copy.deepcopy(made.book)
    book.core = {}
    again = Equivalence(Circuit(book, made.circuit.blocks), groups=[made.groups[i]], shift=book.shift())
    again.fixed_point(0)
    own = tuple(book.core)
    assert len(own) == len(unknowns)
    letters = frozenset(fixed_letters(book, list(book.core.values())))
    return Fixpoint(unknowns, book, own, book.shift(), letters)


@dataclass(frozen=True)
class RiskValue:
    """The value of an equivalent: its total, each source's part, the spectral radius of the worst fixed point.

    ``total`` and the parts are floats, or arrays where numbers were given as arrays.
    """

    total: Any
    parts: Mapping[str, Any]
    radius: float
    gains: Mapping[int, float] = field(repr=False, default_factory=dict)

    def __float__(self) -> float:
        return float(self.total)

    def rows(self) -> list[tuple[str, str]]:
        """Each source with its part, then the total, in six digits; of arrays the ends of their range."""
        return [(name, _told(part)) for name, part in {**self.parts, "total": self.total}.items()]

    def __str__(self) -> str:
        return "\n".join(f"{name}: {value}" for name, value in self.rows())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("risk", self)


def _told(value: Any) -> str:
    """A float in six digits, or the shape and range of an array."""
    if not np.ndim(value):
        return f"{float(value):.6g}"
    return f"{np.min(value):.6g} to {np.max(value):.6g}, shape {np.shape(value)}"


def solve_cores(
    cores: Sequence[Fixpoint], values: PointValues, near: Mapping[int, float] | None = None
) -> tuple[dict[int, float], float]:
    """The gains of all cores on the physical branch, and the largest spectral radius."""
    found: dict[int, float] = {}
    worst = 0.0
    for core in cores:
        start = np.array([near[u] for u in core.unknowns]) if near else None
        branch: Branch = follow(core_map(core, values), len(core.unknowns), start)
        found |= dict(zip(core.unknowns, map(float, branch.gains), strict=True))
        worst = max(worst, branch.radius)
    return found, worst


def core_map(core: Fixpoint, values: PointValues) -> Map:
    """f(s, d) of a core with its derivative in s."""
    values = core_values(core, values)
    seeds = {u: np.eye(len(core.own))[k] for k, u in enumerate(core.own)}

    def f(s: Array, d: float) -> tuple[Array, Array]:
        more = {**dict(zip(core.own, map(float, s), strict=True)), core.shift: d}
        run = Evaluation(core.book, values, more, seeds)
        try:
            out = [run.polynomial(core.book.core[u]) for u in core.own]
        except (ZeroDivisionError, OverflowError, np.linalg.LinAlgError):  # no root is there
            return np.full(len(s), np.nan), np.full((len(s), len(s)), np.nan)
        return np.array([v for v, _ in out]), np.array([slope for _, slope in out])

    return f


def core_values(core: Fixpoint, values: PointValues) -> PointValues:
    """The values for a core: its matrix by eigenvalues where there is only one."""
    if isinstance(values.arithmetic, Dense) and len(core.fixed) == 1:
        (place,) = core.fixed
        if core.book.letters[place].symmetric:
            matrices = {place: np.linalg.eigvalsh(values.matrices[place])}
            return replace(values, matrices=matrices, arithmetic=Diagonal())
    return values


def evaluate(risk: Derived, cores: Sequence[Fixpoint], values: PointValues, near: Any = None) -> RiskValue:
    """All terms at the values put in."""
    gains, worst = solve_cores(cores, values, near)
    run = Evaluation(risk.book, values, gains)
    try:
        parts = {t.name: run.polynomial(t.value)[0] for t in risk.terms}
    except (ZeroDivisionError, OverflowError, np.linalg.LinAlgError) as problem:
        raise EngineError(f"the value has no number there: {problem}; move the sizes or the ridge apart") from problem
    found = RiskValue(sum(parts.values()), parts, worst, gains)
    _look_at_rounding(risk, values, found)
    return found


def _look_at_rounding(risk: Derived, values: PointValues, found: RiskValue) -> None:
    """Warn where a small change of the gains is a large change of the value: then rounding is one, too."""
    moved = {place: g * (1 + SMALL * (-1) ** k) for k, (place, g) in enumerate(sorted(found.gains.items()))}
    run = Evaluation(risk.book, values, moved)
    with np.errstate(all="ignore"):
        try:
            other = sum(run.polynomial(t.value)[0] for t in risk.terms)
        except (ZeroDivisionError, OverflowError, np.linalg.LinAlgError):
            other = np.nan
    if not abs(other - found.total) <= LARGE * abs(found.total):
        warnings.warn(
            "rounding takes many of the digits of this value: ask for proven digits, or write the estimator by_rows",
            BranchWarning,
            stacklevel=4,
        )


def numbers_at(risk: Derived, given: Mapping[str, Any], *, joint: bool) -> RiskValue:
    """See :meth:`~w2s_sym.equivalents.equivalent.Equivalent.at`."""
    cores = fixpoints(risk)
    found: list[RiskValue] = []
    near: Mapping[int, float] | None = None
    for values in read(risk, given, joint=joint):
        found.append(evaluate(risk, cores, values, near))
        near = found[-1].gains
    shape = shape_of(risk, given)
    if not shape:
        return found[0]
    parts = {name: np.array([f.parts[name] for f in found]).reshape(shape) for name in found[0].parts}
    total = np.array([f.total for f in found]).reshape(shape)
    return RiskValue(total, parts, max(f.radius for f in found))
