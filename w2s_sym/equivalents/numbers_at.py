"""Numbers of an equivalent: values put in, the fixed points solved on the physical branch, the lines evaluated."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.book import Book
from w2s_sym.equivalents.branch import Branch, Map, follow
from w2s_sym.equivalents.circuit import Circuit
from w2s_sym.equivalents.equivalent import Equivalent
from w2s_sym.equivalents.evaluation import Arithmetic, Array, Dense, Diagonal, Evaluation, fixed_letters
from w2s_sym.equivalents.gates import Equivalence


@dataclass(frozen=True)
class Fixpoint:
    """One core, ready to be solved: its unknowns in the equivalent's book, the shifted equations in a book apart."""

    unknowns: tuple[int, ...]
    book: Book
    own: tuple[int, ...]
    shift: int
    fixed: frozenset[int]


def fixpoints(risk: Equivalent) -> tuple[Fixpoint, ...]:
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
class Values:
    """What is put in: numbers by place, fixed letters by place, rows of a side by the place of its size."""

    numbers: Mapping[int, float]
    matrices: Mapping[int, Array]
    dimensions: Mapping[int, int]
    arithmetic: Arithmetic


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


def solve_cores(
    cores: Sequence[Fixpoint], values: Values, near: Mapping[int, float] | None = None
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


def core_map(core: Fixpoint, values: Values) -> Map:
    """f(s, d) of a core with its derivative in s."""
    arithmetic, matrices = core_parts(core, values)
    seeds = {u: np.eye(len(core.own))[k] for k, u in enumerate(core.own)}

    def f(s: Array, d: float) -> tuple[Array, Array]:
        given = {**values.numbers, **dict(zip(core.own, map(float, s), strict=True)), core.shift: d}
        run = Evaluation(core.book, arithmetic, matrices, values.dimensions, given, seeds, len(core.own))
        out = [run.polynomial(core.book.core[u]) for u in core.own]
        return np.array([v for v, _ in out]), np.array([slope for _, slope in out])

    return f


def core_parts(core: Fixpoint, values: Values) -> tuple[Arithmetic, Mapping[int, Array]]:
    """The matrices of a core; by their eigenvalues where there is only one."""
    if isinstance(values.arithmetic, Dense) and len(core.fixed) == 1:
        (place,) = core.fixed
        if core.book.letters[place].symmetric:
            return Diagonal(), {place: np.linalg.eigvalsh(values.matrices[place])}
    return values.arithmetic, values.matrices


def evaluate(risk: Equivalent, cores: Sequence[Fixpoint], values: Values, near: Any = None) -> RiskValue:
    """All terms at the values put in."""
    gains, worst = solve_cores(cores, values, near)
    run = Evaluation(risk.book, values.arithmetic, values.matrices, values.dimensions, {**values.numbers, **gains})
    parts = {t.name: run.polynomial(t.value)[0] for t in risk.terms}
    return RiskValue(sum(parts.values()), parts, worst, gains)


def at(risk: Equivalent, given: Mapping[str, Any], *, joint: bool, digits: int | None = None) -> Any:
    """See :meth:`~w2s_sym.equivalents.equivalent.Equivalent.at`."""
    from w2s_sym.equivalents.inputs import exact_numbers, read, shape_of

    cores = fixpoints(risk)
    if digits is not None:
        from w2s_sym.equivalents.enclosures import enclose

        exact, plain = exact_numbers(risk, given)
        (values,) = read(risk, plain, joint=joint)
        places = {k: exact.get(risk.book.numbers[k].name, Fraction(v)) for k, v in values.numbers.items()}
        return enclose(risk, cores, values, places, digits, joint)
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
