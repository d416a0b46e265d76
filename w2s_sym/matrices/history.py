"""How an expression in matrices was written, before anything cancelled in it.

An expression remembers every operation and every matrix that it was ever made of. What it needs to have a value is
read off from that and never from the words that are left: X(X'X)^{-1}X' and its trace d need an inverse of X'X both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sympy as sp

if TYPE_CHECKING:
    from w2s_sym.matrices.words import Atom, Word

Terms = tuple[tuple[object, sp.Expr], ...]


@dataclass(frozen=True, eq=False)
class Written:
    """One operation on parts that were written before it.

    ``operation`` is sum, product, scaled, transpose or words for matrices; plus, times, trace or traces for numbers.
    Words and traces are the linear combinations ``terms``, of the shape that their numbers of ``sizes`` say.
    """

    operation: str
    parts: tuple[Written, ...] = ()
    sizes: tuple[sp.Expr, ...] = ()
    terms: Terms = ()
    number: sp.Expr = sp.S.One

    def all(self) -> tuple[Written, ...]:
        """Every part that it is made of, itself last, each once and after its own parts."""
        order: dict[Written, None] = {}
        todo: list[tuple[Written, bool]] = [(self, False)]
        while todo:
            node, done = todo.pop()
            if node in order:
                continue
            if done:
                order[node] = None
            else:
                todo.append((node, True))
                todo.extend((part, False) for part in node.parts)
        return tuple(order)

    def flat_description(self) -> tuple[object, ...]:
        """Every node as plain data with its parts as positions: as text without going down them one inside another."""
        nodes = self.all()
        position = {node: k for k, node in enumerate(nodes)}
        return tuple(
            (n.operation, tuple(position[part] for part in n.parts), n.sizes, n.terms, n.number) for n in nodes
        )

    def words(self) -> Iterator[Word]:
        """The words in the terms of this node alone."""
        for term, _ in self.terms:
            assert isinstance(term, tuple)
            if self.operation == "words":
                yield term
            else:
                yield from term

    def atoms(self) -> tuple[Atom, ...]:
        """Every matrix that the expression was ever made of, sorted by name; two of one name are both there."""
        found = {letter.atom for node in self.all() for word in node.words() for letter in word}
        return tuple(sorted(found, key=lambda atom: (atom.name, str(atom.rows), str(atom.cols))))

    def shapes(self) -> frozenset[sp.Expr]:
        """Every size that a matrix in it ever had, those of identities included."""
        sizes = {size for node in self.all() for size in node.sizes}
        return frozenset(sizes | {size for atom in self.atoms() for size in (atom.rows, atom.cols)})

    def coefficients(self) -> frozenset[sp.Expr]:
        """Every number that something in it was ever multiplied by."""
        nodes = self.all()
        return frozenset({node.number for node in nodes} | {c for node in nodes for _, c in node.terms})
