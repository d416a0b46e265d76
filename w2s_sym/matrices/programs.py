"""Expressions in matrices as plain data, line by line, for the kernel to evaluate.

Nothing is simplified: an expression becomes the lines of how it was written, (X'X)^{-1} the inverse of a product.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

from w2s_sym.matrices.experiment import Sample
from w2s_sym.matrices.history import Written
from w2s_sym.matrices.traces import TraceSum
from w2s_sym.matrices.words import Atom, Factor, Mat, TraceError, Word

LARGEST_RADICAND = 10_000


@dataclass
class Program:
    """Lines of the kernel's language, each once; every method adds what it needs and gives a position.

    Parameters
    ----------
    sizes
        The symbols that are sizes.
    definitions
        Scalars that stand for traces of fixed matrices.
    images
        Blocks that stand for expressions in other ones.
    """

    sizes: frozenset[sp.Symbol]
    blocks: Mapping[str, Atom]
    definitions: Mapping[sp.Symbol, TraceSum] = field(default_factory=dict)
    images: Mapping[str, Mat] = field(default_factory=dict)
    lines: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def line(self, *parts: Any) -> int:
        """The position of a line, which is added where it is new."""
        return self.lines.setdefault(parts, len(self.lines))

    def number(self, value: sp.Expr) -> int:
        """A number or formula; what is no rational function of its symbols becomes a symbol of its own."""
        if isinstance(value, sp.Rational):
            return self.line("number", str(value))
        if value in self.definitions:
            return self.traces(self.definitions[value])
        if value in self.sizes:
            return self.line("size", value.name)
        if isinstance(value, (sp.Add, sp.Mul)):
            name = "plus" if isinstance(value, sp.Add) else "times"
            return self.line(name, *(self.number(part) for part in value.args))
        if isinstance(value, sp.Pow) and isinstance(value.exp, sp.Integer):
            return self.line("power", self.number(value.base), int(value.exp))
        if isinstance(value, sp.Pow) and value.exp.is_Rational and value.exp.q == 2:
            return self._root(value)
        return self.line("symbol", sp.srepr(value))

    def _root(self, value: sp.Pow) -> int:
        """A power of a square root; that of an integer by those of its primes, which know nothing of each other."""
        if not (isinstance(value.base, sp.Integer) and 1 < value.base < LARGEST_RADICAND):
            parts = [self.line("symbol", sp.srepr(sp.sqrt(value.base)))]
        else:
            primes = [q for q, power in sp.factorint(value.base).items() for _ in range(power)]
            parts = [self.line("root", int(q)) for q in primes]
        return self.line("power", self.line("times", *parts), int(value.exp.p))

    def written(self, expression: Written) -> int:
        """An expression as it was written, before anything cancelled."""
        at: dict[Written, int] = {}
        for node in expression.all():
            parts = [at[part] for part in node.parts]
            if node.operation == "words":
                at[node] = self._words(node.sizes, node.terms)
            elif node.operation == "traces":
                at[node] = self._traces(node.terms)
            elif node.operation == "scaled":
                at[node] = self.line("scaled", self.number(node.number), *parts)
            else:
                at[node] = self.line(node.operation, *parts)
        return at[expression]

    def matrix(self, value: Mat) -> int:
        """A matrix by the words that are left of it."""
        return self._words((value.rows, value.cols), value.terms)

    def traces(self, value: TraceSum) -> int:
        """A sum of traces by the words that are left of it."""
        return self._traces(value.terms)

    def _words(self, sizes: tuple[sp.Expr, ...], terms: Iterable[tuple[Any, sp.Expr]]) -> int:
        rows, cols = map(self.number, sizes)
        total = self.line("zero", rows, cols)
        for word, coefficient in terms:
            product = self._word(word) if word else self.line("identity", rows)
            total = self.line("sum", total, self.line("scaled", self.number(coefficient), product))
        return total

    def _traces(self, terms: Iterable[tuple[Any, sp.Expr]]) -> int:
        total = []
        for monomial, coefficient in terms:
            words = [self.line("trace", self._word(word)) for word in monomial]
            total.append(self.line("times", self.number(coefficient), *words))
        return self.line("plus", self.line("number", "0"), *total)

    def _word(self, word: Word) -> int:
        first, *rest = (self._factor(factor) for factor in word)
        for position in rest:
            first = self.line("product", first, position)
        return first

    def _factor(self, factor: Factor) -> int:
        position = self._atom(factor.atom)
        return self.line("transpose", position) if factor.transposed else position

    def _atom(self, atom: Atom) -> int:
        if atom.form == "plain":
            if atom.name in self.images:
                return self.matrix(self.images[atom.name])
            kind = "symmetric" if atom.symmetric else "orthonormal" if atom.orthonormal else ""
            return self.line("matrix", atom.name, self.number(atom.rows), self.number(atom.cols), kind)
        if atom.of not in self.blocks:
            raise TraceError(f"{atom.name} is a function of {atom.of}, which is no block of the experiment")
        block = self._atom(self.blocks[atom.of])
        if atom.form == "power":
            return self.line("entrywise", block, atom.exponent)
        return self.line("inverse", self.line("product", self.line("transpose", block), block))

    def record(
        self,
        pairs: Iterable[tuple[int, int]],
        at: Iterable[Mapping[str, int]],
        average: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The record that the kernel checks, at these sizes."""
        return {
            "sizes": [dict(sizes) for sizes in at],
            "lines": [list(line) for line in self.lines],
            "pairs": [list(pair) for pair in pairs],
            "average": None if average is None else dict(average),
        }


def covariances(program: Program, sample: Sample, names: Iterable[str]) -> dict[str, Any]:
    """The law of blocks of one sample, for an average in the kernel."""
    blocks = list(names)
    table = [[program.matrix(sample.cov(a, b)) for b in blocks] for a in blocks]
    return {"blocks": blocks, "covariance": table}
