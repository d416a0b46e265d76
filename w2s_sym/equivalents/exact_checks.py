"""Exact checks of a derivation: its circuit and its block solution, by random matrices modulo the prime 2^61 - 1.

``circuit``: with random matrices in place of designs and fixed matrices, the blocks' linear system has the expression
as its answer. ``solution``: with random core gains, the inverse of A - eta, computed as one dense matrix, has every
gain's right side and every value that the lines give. What is left is the gate rule, which is a theorem that is cited,
and the fixed point's numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flint import nmod, nmod_mat

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.arithmetic import PlainOperators
from w2s_sym.equivalents.book import Words
from w2s_sym.equivalents.circuit import Circuit, Combination
from w2s_sym.equivalents.derived import Derived, RiskTerm, fixed_words
from w2s_sym.equivalents.evaluation import Evaluation, PointValues
from w2s_sym.equivalents.expressions import (
    Design,
    Fixed,
    Identity,
    Inverse,
    Matrix,
    MatrixProduct,
    MatrixSum,
    Sides,
    Stack,
    Zero,
    subexpressions,
)
from w2s_sym.equivalents.gates import Equivalence, Gain
from w2s_sym.equivalents.nonlinear import Replaced
from w2s_sym.equivalents.polynomials import Laurent
from w2s_sym.equivalents.scalars import EngineError

PRIME = 2**61 - 1
# Sizes with a square root modulo PRIME, so that features scaled by 1/sqrt k are covered.
SMALL_SIZES = tuple(d for d in range(2, 12) if pow(d, (PRIME - 1) // 2, PRIME) == 1)


@dataclass(frozen=True)
class Checked:
    """One exact check of one term: what was compared, and whether all of it agreed."""

    term: str
    check: str
    comparisons: int
    holds: bool


def exact_checks(risk: Derived, seed: int = 0) -> tuple[Checked, ...]:
    """Both checks of each term."""
    return tuple(check for term in risk.terms for check in (circuit_check(term, seed), solution_check(term, seed)))


class Residues(PlainOperators):
    """Numbers and matrices modulo PRIME, as :class:`~w2s_sym.equivalents.evaluation.Evaluation` wants them."""

    objects = True

    def is_zero(self, x: nmod) -> bool:
        """Whether a number is zero."""
        return int(x) == 0

    def number(self, q: Fraction) -> nmod:
        """A rational number."""
        return nmod(q.numerator, PRIME) / nmod(q.denominator, PRIME)

    def root(self, x: nmod) -> nmod:
        """A square root."""
        return nmod(pow(int(x), (PRIME + 1) // 4, PRIME), PRIME)

    def identity(self, size: int) -> nmod_mat:
        """The identity."""
        return identity_residues(size)

    def times(self, a: nmod_mat, b: nmod_mat) -> nmod_mat:
        """The product."""
        return a * b

    def inverse(self, a: nmod_mat) -> nmod_mat:
        """The inverse."""
        return a.inv()

    def trace(self, a: nmod_mat, b: nmod_mat) -> nmod:
        """tr(a b)."""
        return trace(a * b)

    def turned(self, a: nmod_mat) -> nmod_mat:
        """The transpose."""
        return a.transpose()


def identity_residues(size: int) -> nmod_mat:
    """The identity of that size."""
    return nmod_mat(size, size, [int(i == j) for i in range(size) for j in range(size)], PRIME)


def trace(a: nmod_mat) -> nmod:
    """The sum of the diagonal."""
    return sum((a[i, i] for i in range(a.nrows())), nmod(0, PRIME))


class _Draw:
    """Random residues for everything that a term names: sizes, numbers, matrices, designs."""

    def __init__(self, term: RiskTerm, seed: str) -> None:
        book = term.equivalence.book
        self.book, self.rng = book, random.Random(seed)
        self.numbers: dict[int, nmod] = {p: nmod(s, PRIME) for p, s in self._sizes(term).items()}
        for place, number in enumerate(book.numbers):
            if number.kind in ("parameter", "core"):
                # A square, so that its root is at hand.
                self.numbers[place] = nmod(self.rng.randrange(1, PRIME), PRIME) ** 2
        self.designs: dict[str, nmod_mat] = {}
        self.fixed: dict[int, nmod_mat] = {}
        for place, letter in enumerate(book.letters):
            if letter.definition is None:
                made = self.matrix(self.size(letter.side), self.size(letter.other))
                self.fixed[place] = made + made.transpose() if letter.symmetric else made

    def _sizes(self, term: RiskTerm) -> dict[int, int]:
        """Sizes at which everything that is inverted has full rank."""
        needs = [pair for m in subexpressions(term.expression) if isinstance(m, Inverse) for pair in m.needs]
        symbols = {p: n.given for p, n in enumerate(self.book.numbers) if n.kind == "size"}
        for _ in range(2000):
            found = {p: self.rng.choice(SMALL_SIZES) for p in symbols}
            values = {symbols[p]: s for p, s in found.items()}
            if all(less.xreplace(values) < more.xreplace(values) for less, more in needs):
                return found
        raise EngineError(f"no sizes from {SMALL_SIZES} fit what is inverted in {term.expression}")

    def size(self, side: int) -> int:
        return int(self.numbers[side])

    def matrix(self, rows: int, cols: int) -> nmod_mat:
        return nmod_mat(rows, cols, [self.rng.randrange(PRIME) for _ in range(rows * cols)], PRIME)

    def design(self, d: Design) -> nmod_mat:
        if d.name not in self.designs:
            plain = d.T if d.transposed else d
            rows, cols = (self.size(self.book.side(s[0])) for s in (plain.rows, plain.cols))
            self.designs[d.name] = self.matrix(rows, cols)
        found = self.designs[d.name]
        return found.transpose() if d.transposed else found

    def value(self, u: Laurent) -> nmod:
        found: nmod = Evaluation(self.book, PointValues(self.numbers, {}, {}, Residues())).polynomial(u)[0]
        return found

    def words(self, words: Words, rows: int, run: Evaluation | None = None) -> nmod_mat:
        """A sum of words in fixed letters, or in all letters of ``run``."""
        total: nmod_mat | None = None
        for word, c in words.items():
            made = identity_residues(rows)
            for code in word:
                letter = run.letter(code)[0] if run is not None else self.fixed[code >> 1]
                made = made * (letter.transpose() if run is None and code & 1 else letter)
            value = run.polynomial(c)[0] if run is not None else self.value(c)
            total = made * value if total is None else total + made * value
        assert total is not None
        return total


def evaluate_directly(m: Matrix, draw: _Draw) -> nmod_mat:
    """The expression as it is written, with random matrices."""
    if isinstance(m, Identity):
        return identity_residues(sum(_sizes(m.rows, draw)))
    if isinstance(m, Zero):
        return nmod_mat(sum(_sizes(m.rows, draw)), sum(_sizes(m.cols, draw)), PRIME)
    if isinstance(m, Fixed):
        found = draw.fixed[draw.book.fixed(m) >> 1]
        return found.transpose() if m.transposed else found
    if isinstance(m, Design):
        return draw.design(m)
    if isinstance(m, Inverse):
        return evaluate_directly(m.of, draw).inv()
    if isinstance(m, Replaced):
        return evaluate_directly(m.limit, draw)
    parts = [evaluate_directly(part, draw) for part in m.parts()]
    if isinstance(m, MatrixProduct):
        found = parts[0]
        for part in parts[1:]:
            found = found * part
        return found
    if isinstance(m, MatrixSum):
        scaled = [part * draw.value(draw.book.coefficient(c)) for (c, _), part in zip(m.terms, parts, strict=True)]
        return sum(scaled[1:], scaled[0])
    assert isinstance(m, Stack)
    return _beside(parts) if m.across else _beside([p.transpose() for p in parts]).transpose()


def _sizes(side: Sides, draw: _Draw) -> list[int]:
    return [draw.size(draw.book.side(s)) for s in side]


def _beside(parts: Sequence[nmod_mat]) -> nmod_mat:
    rows = parts[0].nrows()
    entries = [[part[i, j] for part in parts for j in range(part.ncols())] for i in range(rows)]
    return nmod_mat(rows, len(entries[0]), [int(e) for row in entries for e in row], PRIME)


class _Dense:
    """A matrix of blocks, put together as one."""

    def __init__(self, sides: Sequence[int]) -> None:
        self.start = [sum(sides[:k]) for k in range(len(sides) + 1)]
        self.all = nmod_mat(self.start[-1], self.start[-1], PRIME)

    def add(self, r: int, c: int, block: nmod_mat) -> None:
        for i in range(block.nrows()):
            for j in range(block.ncols()):
                at = (self.start[r] + i, self.start[c] + j)
                self.all[at] = self.all[at] + block[i, j]

    def block(self, inverse: nmod_mat, r: int, c: int) -> nmod_mat:
        rows, cols = range(self.start[r], self.start[r + 1]), range(self.start[c], self.start[c + 1])
        return nmod_mat(len(rows), len(cols), [int(inverse[i, j]) for i in rows for j in cols], PRIME)


def circuit_check(term: RiskTerm, seed: int) -> Checked:
    """The answer of the circuit's linear system is the expression."""
    circuit = term.equivalence.circuit
    draw = _Draw(term, f"{seed}/circuit")
    sides = [draw.size(b.side) for b in circuit.blocks]
    dense = _Dense(sides)
    for b, block in enumerate(circuit.blocks):
        if not block.inverse:
            dense.add(b, b, identity_residues(sides[b]))
        for c, words in block.row.items():
            if block.design is None:
                dense.add(b, c, draw.words(words, sides[b]))
            else:
                x = draw.design(block.design)
                dense.add(b, c, x * draw.words(words, x.ncols()) * -1)
    inverse = dense.all.inv()
    wanted = evaluate_directly(term.expression, draw)
    found = _output(term, draw, dense, inverse, None)
    return Checked(term.name, "circuit", wanted.nrows() * wanted.ncols(), found == wanted)


def _output(term: RiskTerm, draw: _Draw, dense: _Dense, inverse: nmod_mat, run: Evaluation | None) -> nmod_mat:
    rows = draw.size(draw.book.side(term.expression.rows[0]))
    cols = draw.size(draw.book.side(term.expression.cols[0]))
    total = nmod_mat(rows, cols, PRIME)
    for b, words in term.output[0].items():
        total = total + draw.words(words, rows, run) * dense.block(inverse, b, term.input)
    return total


def solution_check(term: RiskTerm, seed: int) -> Checked:
    """Every gain's right side and the value are entries of the inverse of A - eta, whatever the core gains are."""
    made = term.equivalence
    circuit = made.circuit
    draw = _Draw(term, f"{seed}/solution")
    sides = [draw.size(b.side) for b in circuit.blocks]
    dimensions = {place: int(value) for place, value in draw.numbers.items() if made.book.numbers[place].kind == "size"}
    run = Evaluation(made.book, PointValues(draw.numbers, draw.fixed, dimensions, Residues()))
    dense = _Dense(sides)
    for b, block in enumerate(circuit.blocks):
        if not block.inverse:
            dense.add(b, b, identity_residues(sides[b]))
        for c, words in block.row.items() if block.design is None else ():
            dense.add(b, c, draw.words(words, sides[b], run))
    for gain in _gains(made):
        outer = draw.words(gain.outer, sides[gain.at], run) * run.polynomial(gain.value)[0]
        for c, words in circuit.blocks[gain.source].row.items():
            dense.add(gain.at, c, outer * draw.words(words, outer.ncols(), run) * -1)
    inverse = dense.all.inv()
    compared = [_gain_agrees(gain, circuit, draw, dense, inverse, run) for gain in _gains(made)]
    moment = draw.words(fixed_words(made.book, term.moment), draw.size(circuit.blocks[term.input].side), run)
    compared.append(trace(moment * _output(term, draw, dense, inverse, run)) == run.polynomial(term.value)[0])
    return Checked(term.name, "solution", len(compared), all(compared))


def _gains(made: Equivalence) -> Iterator[Gain]:
    for gains in made.gains.values():
        yield from gains


def _gain_agrees(gain: Gain, circuit: Circuit, draw: _Draw, dense: _Dense, inverse: nmod_mat, run: Evaluation) -> bool:
    """tr(C' F_u G E_v), where G is the dense inverse, against the line of the gain."""
    row: Combination = circuit.blocks[gain.at].row
    total = nmod(0, PRIME)
    for b, words in row.items():
        answer = dense.block(inverse, b, gain.source)
        inner = draw.words(gain.inner, answer.ncols(), run)
        total += trace(inner * draw.words(words, inner.ncols(), run) * answer)
    core: Mapping[int, Laurent] = circuit.book.core
    value: Laurent = gain.value
    if len(value) == 1:
        ((m, _),) = value.items()
        if len(m) == 1 and m[0][0] in core and value == poly.power_of(m[0][0]):
            value = core[m[0][0]]
    return bool(total == run.polynomial(value)[0])
