"""An expression as a linear system with one block of unknowns for each use of a design and for each inverse.

The expression is applied to a vector, from right to left. What comes out is a linear combination of blocks:

    input      z = injection
    gate       z = X l + injection, where X is a design or its transpose and l a combination of other blocks
    inverse    P z - source = injection
    sum        z - combination of other blocks = injection, where several gates have one argument

So a product of designs and inverses is one entry of the inverse of a matrix that is linear in the designs.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from w2s_sym.equivalents import polynomials as poly
from w2s_sym.equivalents.book import Book, Words, add_words, multiply_words, scale_words
from w2s_sym.equivalents.expressions import (
    Design,
    Fixed,
    Identity,
    Inverse,
    Matrix,
    MatrixProduct,
    MatrixSum,
    Stack,
    Zero,
)
from w2s_sym.equivalents.nonlinear import Replaced
from w2s_sym.equivalents.scalars import EngineError

# A combination of blocks: for each block that occurs the words that multiply it.
Combination = dict[int, Words]
Columns = tuple[Combination, ...]
MOST_BLOCKS = 600


@dataclass(frozen=True, eq=False)
class Block:
    """One unknown of the system.

    ``row`` is the argument of a gate, the left side of an inverse's equation, that of a sum's but for the block itself,
    and empty for an input. ``design`` is None but for a gate.
    """

    side: int
    row: Combination
    design: Design | None = None
    inverse: bool = False


@dataclass
class Circuit:
    """The blocks of an expression, each after those that its gate or equation first named."""

    book: Book
    blocks: list[Block] = field(default_factory=list)
    _made: dict[object, Columns] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=dict)

    def input(self, side: int) -> int:
        """A block for a vector that is put in."""
        return self._new(Block(side, {}))

    def _new(self, block: Block) -> int:
        if len(self.blocks) >= MOST_BLOCKS:
            raise EngineError(f"an expression with more than {MOST_BLOCKS} gates and inverses: split it")
        self.blocks.append(block)
        return len(self.blocks) - 1

    def apply(self, m: Matrix, vector: Columns) -> Columns:
        """The expression times a vector."""
        if isinstance(m, Identity):
            return vector
        key = (m, tuple(map(_frozen, vector)))
        if key not in self._made:
            self._made[key] = self._applied(m, vector)
        return self._made[key]

    def _applied(self, m: Matrix, vector: Columns) -> Columns:
        if isinstance(m, Fixed):
            letter: Words = {(self.book.fixed(m),): poly.number(1)}
            return tuple({b: multiply_words(letter, w) for b, w in row.items()} for row in vector)
        if isinstance(m, Zero):
            return tuple({} for _ in m.rows)
        if isinstance(m, MatrixProduct):
            for factor in reversed(m.factors):
                vector = self.apply(factor, vector)
            return vector
        if isinstance(m, MatrixSum):
            found: Columns = ()
            for c, part in m.terms:
                term = tuple(scaled_row(self.book.coefficient(c), row) for row in self.apply(part, vector))
                found = tuple(added_rows(a, b) for a, b in zip(found, term, strict=True)) if found else term
            return found
        if isinstance(m, Design):
            return (self._gate(m, vector[0]),)
        if isinstance(m, Inverse):
            return self._solution(m, vector)
        if isinstance(m, Stack):
            return self._stacked(m, vector)
        if isinstance(m, Replaced):
            return self.apply(m.limit, vector)
        raise EngineError(f"{m} is no expression of the engine")

    def _gate(self, design: Design, argument: Combination) -> Combination:
        if not argument:
            return {}
        if self.names.setdefault(design.name, design.sample) is not design.sample:
            raise EngineError(f"two designs are called {design.name}: give each a name of its own")
        side = self.book.side(design.rows[0])
        return {self._new(Block(side, argument, design)): one()}

    def _solution(self, m: Inverse, source: Columns) -> Columns:
        if not any(source):
            return source
        # The unknowns come first: the equations name them.
        unknowns = tuple(self._new(Block(self.book.side(s), {}, inverse=True)) for s in m.rows)
        left = self.apply(m.of, tuple({x: one()} for x in unknowns))
        for x, row, right in zip(unknowns, left, source, strict=True):
            equation = added_rows(row, right, scale=-1)
            self.blocks[x] = Block(self.blocks[x].side, equation, inverse=True)
        return tuple({x: one()} for x in unknowns)

    def _stacked(self, m: Stack, vector: Columns) -> Columns:
        if not m.across:
            return tuple(row for b in m.blocks for row in self.apply(b, vector))
        found: Columns = ()
        start = 0
        for b in m.blocks:
            part = self.apply(b, vector[start : start + len(b.cols)])
            start += len(b.cols)
            found = tuple(added_rows(u, v) for u, v in zip(found, part, strict=True)) if found else part
        return found

    def share(self) -> None:
        """Give a sum of blocks that is the argument of several gates a block of its own, so that it is found once."""
        gates: dict[object, list[int]] = {}
        for b, block in enumerate(self.blocks):
            if block.design is not None and len(block.row) > 1:
                gates.setdefault(_frozen(block.row), []).append(b)
        for users in gates.values():
            first = self.blocks[users[0]]
            if len(users) > 1 and first.design is not None:
                row = first.row
                total = self._new(Block(self.book.side(first.design.cols[0]), scaled_row(poly.number(-1), row)))
                for b in users:
                    self.blocks[b] = replace(self.blocks[b], row={total: one()})

    def sees(self, b: int) -> set[int]:
        """The blocks that stand in the row of a block."""
        return set(self.blocks[b].row)


def one() -> Words:
    """The identity as a sum of words."""
    return {(): poly.number(1)}


def _frozen(row: Combination) -> object:
    return tuple(sorted((b, tuple(sorted((w, poly.freeze(c)) for w, c in words.items()))) for b, words in row.items()))


def scaled_row(c: poly.Laurent, row: Combination) -> Combination:
    """c times a combination."""
    return {b: scale_words(c, words) for b, words in row.items()} if c else {}


def added_rows(u: Combination, v: Combination, scale: int = 1) -> Combination:
    """u + scale v."""
    found = dict(u)
    for b, words in v.items():
        total = add_words(found.get(b, {}), words, poly.number(scale))
        if total:
            found[b] = total
        else:
            found.pop(b, None)
    return found


def components(circuit: Circuit) -> list[list[int]]:
    """Blocks that depend on each other, in groups; each group after those that it depends on (Tarjan)."""
    order: list[list[int]] = []
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    path: list[int] = []
    on_path: set[int] = set()
    for root in range(len(circuit.blocks)):
        if root in index:
            continue
        work: list[tuple[int, list[int]]] = []

        def enter(b: int, work: list[tuple[int, list[int]]] = work) -> None:
            index[b] = low[b] = len(index)
            path.append(b)
            on_path.add(b)
            work.append((b, sorted(circuit.sees(b), reverse=True)))

        enter(root)
        while work:
            b, left = work[-1]
            if left:
                c = left.pop()
                if c not in index:
                    enter(c)
                elif c in on_path:
                    low[b] = min(low[b], index[c])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[b])
            if low[b] == index[b]:
                group = []
                while True:
                    c = path.pop()
                    on_path.discard(c)
                    group.append(c)
                    if c == b:
                        break
                order.append(sorted(group))
    return order
