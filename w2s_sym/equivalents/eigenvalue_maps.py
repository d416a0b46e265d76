"""The right sides of a core and their slopes at one point, on joint eigenvalues: its lines as a list of steps.

A fixed point is found by some forty evaluations of a few lines on vectors. Looked up by name each time, these lines
cost more than the arithmetic that they stand for. Here all that does not move is worked out once; a step reads what the
steps before it left.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from w2s_sym.equivalents.arithmetic import Array
from w2s_sym.equivalents.book import Book, Codes
from w2s_sym.equivalents.evaluation import PointValues
from w2s_sym.equivalents.joint import Joint
from w2s_sym.equivalents.polynomials import Frozen, Laurent

# f(s, d): the right sides at gains s and shift d, and their slopes, shapes (gains,) and (gains, directions).
PointMap = Callable[[Array, float], tuple[Array, Array]]
# A term: its coefficient, and the slots of numbers that move with twice their powers.
_Term = tuple[float, tuple[tuple[int, int], ...]]


@dataclass
class _State:
    """Values and slopes in the order of their slots: of numbers, (directions,), of vectors, (directions, entries)."""

    numbers: list[float]
    slopes: list[Array]
    vectors: list[Array]
    moved: list[Array]


_Step = Callable[[_State], None]


def eigenvalue_map(
    book: Book, rights: Sequence[Laurent], moving: Sequence[int], shift: int, values: PointValues
) -> PointMap:
    """The map of a core at one point.

    ``rights`` are the right sides, ``moving`` the places of the gains and of further numbers along which slopes are
    wanted. Numbers of ``values`` are floats, its matrices vectors. The map raises what Python's floats raise where a
    step has no value.
    """
    made = _Steps(book, values, [*moving, shift])
    outputs = [made.polynomial(u) for u in rights]
    directions, gains = len(moving), len(rights)
    unit, steps, rest = np.eye(directions), made.steps, [float(values.numbers[p]) for p in moving[gains:]]
    first = [*unit, np.zeros(directions)]

    def f(s: Array, d: float) -> tuple[Array, Array]:
        state = _State([*s.tolist(), *rest, d], list(first), [], [])
        for step in steps:
            step(state)
        found = [_polynomial(terms, state, directions) for terms in outputs]
        return np.array([v for v, _ in found]), np.array([slope for _, slope in found])

    return f


def _polynomial(terms: Sequence[_Term], state: _State, directions: int) -> tuple[float, Array]:
    """A sum of terms and its slope."""
    total, along = 0.0, np.zeros(directions)
    for q, factors in terms:
        value, slope = q, None
        for slot, twice in factors:
            x = state.numbers[slot]
            power = x ** (twice // 2) if twice % 2 == 0 else (x**0.5) ** twice
            below = x ** (twice // 2 - 1) if twice % 2 == 0 else (x**0.5) ** (twice - 2)
            part = state.slopes[slot] * (value * (twice / 2) * below)
            slope = part if slope is None else slope * power + part
            value *= power
        total += value
        if slope is not None:
            along = along + slope
    return total, along


class _Steps:
    """The steps of a map, in order. A number is a slot if it moves, else a float; a vector likewise, else an array."""

    def __init__(self, book: Book, values: PointValues, moving: Sequence[int]) -> None:
        self.book, self.values = book, values
        self.directions = len(moving) - 1
        self.steps: list[_Step] = []
        self._numbers: dict[int, int | float] = {place: slot for slot, place in enumerate(moving)}
        self._vectors: dict[int, int | Array] = {}
        self._count, self._vector_count = len(moving), 0

    def polynomial(self, u: Frozen | Laurent) -> list[_Term]:
        """The terms of a polynomial, with all that does not move in their coefficients."""
        found: dict[tuple[tuple[int, int], ...], float] = {}
        for m, q in u.items() if isinstance(u, dict) else u:
            value, factors = q.numerator / q.denominator, []
            for place, twice in m:
                x = self.number(place)
                if isinstance(x, int):
                    factors.append((x, twice))
                else:
                    value *= x ** (twice // 2) if twice % 2 == 0 else (x**0.5) ** twice
            found[tuple(factors)] = found.get(tuple(factors), 0.0) + value
        return [(value, factors) for factors, value in found.items()]

    def number(self, place: int) -> int | float:
        """A named number."""
        if place not in self._numbers:
            about = self.book.numbers[place]
            if place in self.values.numbers:
                self._numbers[place] = float(self.values.numbers[place])
            elif about.definition is not None:
                self._numbers[place] = self._defined(about.definition, reciprocal=about.kind == "pivot")
            else:
                assert about.word is not None, about
                self._numbers[place] = self._trace(about.word)
        return self._numbers[place]

    def _defined(self, definition: Frozen, *, reciprocal: bool) -> int | float:
        terms, directions = self.polynomial(definition), self.directions
        if not any(factors for _, factors in terms):
            total = sum(q for q, _ in terms)
            return 1 / total if reciprocal else total

        def step(state: _State) -> None:
            value, slope = _polynomial(terms, state, directions)
            state.numbers.append(1 / value if reciprocal else value)
            state.slopes.append(slope * -((1 / value) ** 2) if reciprocal else slope)

        return self._with(step)

    def _with(self, step: _Step) -> int:
        self.steps.append(step)
        self._count += 1
        return self._count - 1

    def _word(self, word: Codes, side: int) -> tuple[Array, tuple[int, ...]]:
        """What does not move of a word, and the slots of what does."""
        fixed, slots = np.ones(1), []
        for code in word:
            x = self.vector(code >> 1)
            if isinstance(x, int):
                slots.append(x)
            else:
                fixed = fixed * x
        return fixed if word else self._identity(side), tuple(slots)

    def _identity(self, side: int) -> Array:
        return np.asarray(self.values.arithmetic.identity(self.values.dimensions[side]))

    def vector(self, place: int) -> int | Array:
        """A letter."""
        if place not in self._vectors:
            about = self.book.letters[place]
            if about.definition is None:
                self._vectors[place] = self.values.matrices[place]
            else:
                self._vectors[place] = self._sum(about.definition, about.side, inverts=about.inverts)
        return self._vectors[place]

    def _sum(self, definition: Sequence[tuple[Codes, Frozen]], side: int, *, inverts: bool) -> int | Array:
        parts = [(self.polynomial(coefficient), *self._word(word, side)) for word, coefficient in definition]
        if not any(slots or any(factors for _, factors in terms) for terms, _, slots in parts):
            total = sum((sum(q for q, _ in terms) * fixed for terms, fixed, _ in parts), np.zeros(1))
            return 1 / total if inverts else total
        directions = self.directions

        def step(state: _State) -> None:
            total, moved = np.zeros(1), np.zeros((directions, 1))
            for terms, fixed, slots in parts:
                c, dc = _polynomial(terms, state, directions)
                product, slope = _product(fixed, slots, state)
                total = total + c * product
                moved = moved + dc[:, None] * product
                if slope is not None:
                    moved = moved + c * slope
            if inverts:
                total = 1 / total
                moved = moved * -(total**2)
            state.vectors.append(total)
            state.moved.append(moved)

        self.steps.append(step)
        self._vector_count += 1
        return self._vector_count - 1

    def _trace(self, word: Codes) -> int | float:
        side = self.book.letters[word[0] >> 1].side
        fixed, slots = self._word(word, side)
        arithmetic = self.values.arithmetic
        fixed = fixed * (arithmetic.weights_of_sums if isinstance(arithmetic, Joint) else self._identity(side))
        if not slots:
            return float(np.sum(fixed))
        head, last = slots[:-1], slots[-1]

        def step(state: _State) -> None:
            product, slope = _product(fixed, head, state)
            state.numbers.append(float(product @ state.vectors[last]))
            along = state.moved[last] @ product
            state.slopes.append(along if slope is None else along + slope @ state.vectors[last])

        return self._with(step)


def _product(fixed: Array, slots: Sequence[int], state: _State) -> tuple[Array, Array | None]:
    """What does not move times vectors that do, and its slope."""
    value, slope = fixed, None
    for slot in slots:
        part = value * state.moved[slot]
        slope = part if slope is None else slope * state.vectors[slot] + part
        value = value * state.vectors[slot]
    return value, slope
