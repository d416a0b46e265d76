"""The gate rule: the mean of an expression in Gaussian designs, as the sizes grow together.

In the equivalent each gate becomes

    z_u = X_u l_u   ~>   z_u = sum_v s_uv C_uv l_v      over conjugate gates v: the same sample, the other orientation,
    s_uv = tr(C'_uv F_u G E_v)                          the gain: how the argument of u answers to an injection at v,

    u = X_a,  v = X_b' :  C = I,                 C' = Sigma_ab'
    u = X_a', v = X_b  :  C = Sigma_ab,          C' = I             with Sigma_ab = E[row_a' row_b].

Groups of blocks that depend on each other are fixed points with few unknown gains (the *core*). Gains between groups
are solutions of linear equations, pair of groups by pair. The result is a list of lines, see
:mod:`w2s_sym.equivalents.book`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.book import LONGEST_SUM, Book, Words, add_words, multiply_words, scale_words
from w2s_sym.equivalents.circuit import Circuit, Combination, components, one
from w2s_sym.equivalents.expressions import Fixed, Identity, Matrix
from w2s_sym.equivalents.polynomials import Laurent
from w2s_sym.equivalents.scalars import EngineError

Grid = dict[tuple[int, int], Words]
GatePair = tuple[int, int, tuple[Words, Words]]
# Numbers that are zero where nothing answers to anything.
GAINS = ("core", "linear", "unknown")
# Answers with more words than this get a name.
MOST_WORDS = 24
# A derivation with more lines than this is refused.
MOST_LINES = 6000
# Where the terms without an unknown stand.
REST = -1


@dataclass(frozen=True)
class Gain:
    """A pair of conjugate gates: C and C' of the rule, and the value of s_uv."""

    at: int
    source: int
    outer: Words
    inner: Words
    value: Laurent


@dataclass
class Equivalence:
    """The equivalent of one circuit, found group by group."""

    circuit: Circuit
    groups: list[list[int]] = field(default_factory=list)
    gains: dict[tuple[int, int], list[Gain]] = field(default_factory=dict)
    inverses: list[Grid] = field(default_factory=list)
    # Answers of the blocks to an injection at a block: G[b, v].
    answers: dict[tuple[int, int], Words] = field(default_factory=dict)
    # Gains of cores, each with the position of its pair of gates, by what their groups look like.
    cores: dict[object, tuple[tuple[int, Laurent], ...]] = field(default_factory=dict)
    shift: int | None = None

    @property
    def book(self) -> Book:
        """The names given so far."""
        return self.circuit.book

    def derive(self) -> None:
        """Find all gains and answers."""
        self.groups = components(self.circuit)
        for i in range(len(self.groups)):
            self.fixed_point(i)
            for j in range(i, -1, -1):
                self._between(i, j)
            self._require_few_lines(i)

    def _require_few_lines(self, i: int) -> None:
        if len(self.book.numbers) > MOST_LINES:
            designs = dict.fromkeys(str(self.circuit.blocks[b].design) for b in self.gates(i))
            raise EngineError(
                f"the derivation has more than {MOST_LINES} lines at group {i + 1} of {len(self.groups)}, which uses "
                f"{', '.join(designs)}: use fewer rounds on one sample, fewer designs, or a sample of its own for each"
            )

    # -- one group ----------------------------------------------------------------------------------------------

    def gates(self, i: int) -> list[int]:
        """The gates of a group."""
        return [b for b in self.groups[i] if self.circuit.blocks[b].design is not None]

    def conjugate(self, u: int, v: int) -> tuple[Words, Words] | None:
        """C and C' of a pair of gates; None where they are not conjugate, or uncorrelated."""
        one_, other = self.circuit.blocks[u].design, self.circuit.blocks[v].design
        if one_ is None or other is None or one_.sample is not other.sample or one_.transposed == other.transposed:
            return None
        between = one_.sample.between(one_.name, other.name)
        if between is None:
            return None
        plain = self._words(between)
        return (plain, one()) if one_.transposed else (one(), self.book.transpose(plain))

    def _words(self, m: Matrix) -> Words:
        """A fixed matrix as words."""
        if isinstance(m, Identity):
            return one()
        assert isinstance(m, Fixed)
        return {(self.book.fixed(m),): poly.number(1)}

    def fixed_point(self, i: int) -> None:
        """Find the gains within group i, which are equations in themselves, and the answers that they give."""
        group, gates = self.groups[i], self.gates(i)
        pairs = [(u, v, c) for u in gates for v in gates if (c := self.conjugate(u, v)) is not None]
        if len(group) == 1:
            pairs = []  # nothing answers to itself
        key = self._looks(group)
        if key in self.cores:
            gains = [Gain(*pairs[k][:2], *pairs[k][2], s) for k, s in self.cores[key]]
            self.inverses.append(block_inverse(self.book, group, self._matrix(group, gains), self._sides()))
        else:
            gains, inverse, right = self._equations(group, pairs)
            self.inverses.append(inverse)
            self.cores[key] = tuple((pairs.index((g.at, g.source, (g.outer, g.inner))), g.value) for g in gains)
            for g, value in zip(gains, right, strict=True):
                self.book.core[poly.the_place(g.value)] = value
        self.gains[i, i] = gains

    def _equations(self, group: Sequence[int], pairs: list[GatePair]) -> tuple[list[Gain], Grid, list[Laurent]]:
        """The gains of a group, A - eta inverted, and what each gain is equal to; gains that are zero are left out."""
        while True:
            gains = [Gain(u, v, *c, poly.power_of(self.book.gain())) for u, v, c in pairs]
            inverse = block_inverse(self.book, group, self._matrix(group, gains), self._sides())
            right = [self._answer_of(g, inverse) for g in gains]
            if all(right):
                return gains, inverse, right
            pairs = [pair for pair, value in zip(pairs, right, strict=True) if value]

    def _sides(self) -> list[int]:
        return [b.side for b in self.circuit.blocks]

    def plain(self, group: Sequence[int]) -> Grid:
        """A, restricted to a group: its matrix without gains."""
        return self._matrix(group, ())

    def _matrix(self, group: Sequence[int], gains: Sequence[Gain]) -> Grid:
        """A - eta, restricted to a group."""
        inside = set(group)
        found: Grid = {}
        for b in group:
            block = self.circuit.blocks[b]
            for c, words in block.row.items() if block.design is None else ():
                if c in inside:
                    found[b, c] = words
            if not block.inverse:
                found[b, b] = one()
            elif self.shift is not None:
                found[b, b] = add_words(found.get((b, b), {}), {(): poly.power_of(self.shift)})
        for g in gains:
            for c, words in self._gain_row(g).items():
                if c in inside:
                    found[g.at, c] = add_words(found.get((g.at, c), {}), words, poly.number(-1))
        return {k: w for k, w in found.items() if w}

    def _gain_row(self, g: Gain) -> Combination:
        """s C l_v."""
        outer = scale_words(g.value, g.outer)
        return {c: multiply_words(outer, words) for c, words in self.circuit.blocks[g.source].row.items()}

    def _answer_of(self, g: Gain, answers: Grid) -> Laurent:
        """tr(C' F_u G E_v)."""
        found: Laurent = {}
        for b, words in self.circuit.blocks[g.at].row.items():
            answer = answers.get((b, g.source))
            if answer:
                product = multiply_words(g.inner, multiply_words(words, answer))
                found = poly.add(found, self.book.trace(product, self._side_of(g)))
        return found

    def _side_of(self, g: Gain) -> int:
        """The side on which the trace of a gain is taken: that of the injection."""
        return self.circuit.blocks[g.source].side

    def _looks(self, group: Sequence[int]) -> object:
        """A group as it is, whatever its blocks are called: two that look the same have the same core."""
        place = {b: k for k, b in enumerate(group)}
        return tuple(
            (
                block.side,
                block.inverse,
                None if block.design is None else (block.design.sample, block.design.name, block.design.transposed),
                tuple(
                    sorted(
                        (place[c], tuple(sorted((w, poly.freeze(q)) for w, q in words.items())))
                        for c, words in block.row.items()
                        if c in place
                    )
                ),
            )
            for block in (self.circuit.blocks[b] for b in group)
        )

    # -- two groups ---------------------------------------------------------------------------------------------

    def _between(self, i: int, j: int) -> None:
        """Gains of the gates of group i from those of group j, and the answers of group i to injections in group j."""
        sources = [b for b in self.groups[j] if self._is_source(b)]
        if not sources:
            return
        if i == j:
            for v in sources:
                for b in self.groups[i]:
                    self._put(b, v, self.inverses[i].get((b, v), {}))
            return
        pairs = [(u, v, c) for u in self.gates(i) for v in self.gates(j) if (c := self.conjugate(u, v)) is not None]
        trial = [Gain(u, v, *c, poly.power_of(self.book.unknown())) for u, v, c in pairs]
        self.gains[i, j] = self._solved(i, j, trial) if trial else []
        for v in sources:
            for b, words in self._answers(i, j, v, self.gains[i, j]).items():
                self._put(b, v, words)

    def _is_source(self, b: int) -> bool:
        block = self.circuit.blocks[b]
        return block.design is not None or not block.row

    def _put(self, b: int, v: int, words: Words) -> None:
        if words:
            sides = self._sides()
            self.answers[b, v] = self.book.short(words, sides[b], sides[v], MOST_WORDS)

    def _answers(self, i: int, j: int, v: int, gains: Sequence[Gain]) -> dict[int, Words]:
        """G[b, v] for b in group i and v in group j, upstream of it."""
        group = set(self.groups[i])
        right: dict[int, Words] = {}

        def add(b: int, row: Combination, scale: int) -> None:
            for c, words in row.items():
                answer = None if c in group else self.answers.get((c, v))
                if answer:
                    right[b] = add_words(right.get(b, {}), multiply_words(words, answer), poly.number(scale))

        for b in self.groups[i]:
            if self.circuit.blocks[b].design is None:
                add(b, self.circuit.blocks[b].row, -1)
        for k in range(i, j, -1):
            for g in self.gains.get((i, k), ()):
                add(g.at, self._gain_row(g), 1)
        for g in gains:
            add(g.at, self._gain_row(g), 1)
        found: dict[int, Words] = {}
        for b in self.groups[i]:
            total: Words = {}
            for c, words in right.items():
                entry = self.inverses[i].get((b, c))
                if entry:
                    total = add_words(total, multiply_words(entry, words))
            if total:
                found[b] = total
        return found

    def _solved(self, i: int, j: int, trial: list[Gain]) -> list[Gain]:
        """The gains, from the linear equations in which they stand."""
        answers: dict[int, Grid] = {}
        for v in {g.source for g in trial}:
            upstream = {(c, v): w for (c, source), w in self.answers.items() if source == v}
            answers[v] = {**upstream, **{(b, v): w for b, w in self._answers(i, j, v, trial).items()}}
        names = [poly.the_place(g.value) for g in trial]
        equations = [self._answer_of(g, answers[g.source]) for g in trial]
        values = solved_linear(self.book, names, equations)
        return [Gain(g.at, g.source, g.outer, g.inner, value) for g, value in zip(trial, values, strict=True) if value]


def solved_linear(book: Book, names: Sequence[int], right: Sequence[Laurent]) -> list[Laurent]:
    """The solution of s = right(s), linear in the named unknowns; what gets long on the way gets a name."""
    rows = {name: _linear_row(equation, set(names)) for name, equation in zip(names, right, strict=True)}
    left = list(names)

    def short(u: Laurent) -> Laurent:
        return u if len(u) <= LONGEST_SUM else book.linear(u)

    while left:
        # First those that do not stand in their own equation, and of these the shortest.
        name = min(left, key=lambda k: (len(rows[k].get(k, {})), sum(map(len, rows[k].values())), k))
        left.remove(name)
        row = rows[name]
        own = row.pop(name, {})
        if own:
            pivot = book.pivot(poly.add(poly.number(1), own, -1))
            row = {k: short(poly.multiply(pivot, c)) for k, c in row.items()}
        if not row.keys() - {REST}:
            row = {k: book.linear(c) for k, c in row.items()}
        rows[name] = row
        for other, equation in rows.items():
            factor = equation.pop(name, {}) if other != name else {}
            for k, c in row.items() if factor else ():
                total = short(poly.add(equation.get(k, {}), poly.multiply(factor, c)))
                equation[k] = total
                if not total:
                    del equation[k]
    return [book.linear(rows[name].get(REST, {})) for name in names]


def _linear_row(equation: Laurent, unknowns: set[int]) -> dict[int, Laurent]:
    """The coefficient of each unknown, and what has none under ``REST``."""
    found: dict[int, Laurent] = {}
    for m, q in equation.items():
        name = next((p for p, _ in m if p in unknowns), REST)
        rest = tuple((p, e) for p, e in m if p != name)
        found[name] = poly.add(found.get(name, {}), {rest: q})
    return found


def block_inverse(book: Book, group: Sequence[int], matrix: Grid, sides: Sequence[int]) -> Grid:
    """The inverse of a matrix of words by Gauss-Jordan steps: on multiples of I first, then on letters named for it."""
    left = dict(matrix)
    rows, cols = list(group), list(group)
    right: Grid = {(b, b): one() for b in group}
    order: list[tuple[int, int]] = []
    while cols:
        r, c = min(
            ((r, c) for r in rows for c in cols if (r, c) in left), key=lambda rc: _difficulty(book, left, rc, sides)
        )
        entry = left[r, c]
        reciprocal: Words = {(): book.pivot(entry[()])} if list(entry) == [()] else book.inverse(entry, sides[c])
        rows.remove(r)
        cols.remove(c)
        order.append((r, c))
        for grid in (left, right):
            for k in [k for k in grid if k[0] == r]:
                grid[k] = multiply_words(reciprocal, grid[k])
        left[r, c] = one()
        for other in [k[0] for k in left if k[1] == c and k[0] != r]:
            factor = left.pop((other, c))
            for grid in (left, right):
                for k in [k for k in grid if k[0] == r and not (grid is left and k[1] == c)]:
                    place = (other, k[1])
                    total = add_words(grid.get(place, {}), multiply_words(factor, grid[k]), poly.number(-1))
                    if total:
                        grid[place] = book.short(total, sides[other], sides[k[1]])
                    else:
                        grid.pop(place, None)
    # Combination r now reads z_c = right[r, .].
    return {(c, k[1]): words for r, c in order for k, words in right.items() if k[0] == r}


def _difficulty(book: Book, left: Grid, at: tuple[int, int], sides: Sequence[int]) -> tuple[int, int, int, int]:
    """What to pivot on first: numbers, then what stays when all gains are zero, multiples of I before other blocks."""
    r, c = at
    entry = left[at]
    fill = sum(k[0] == r for k in left) * sum(k[1] == c for k in left)
    identity = entry.get((), {})
    stays = any(not any(book.numbers[p].kind in GAINS for p, _ in m) for m in identity)
    if list(entry) == [()]:
        constant = len(identity) == 1 and not next(iter(identity))
        return (0 if constant else 1 if stays else 4, len(identity), fill, r * 1000 + c)
    if sides[r] != sides[c]:
        return (9, 0, fill, r * 1000 + c)
    return (2 if stays else 5, sum(len(q) for q in entry.values()), fill, r * 1000 + c)
