"""The lines that lead from one side of a claim to the other, as the reader sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from w2s_sym.formula import display
from w2s_sym.formula.notation import latex
from w2s_sym.formula.tex import plain_sentence


@dataclass(frozen=True)
class Line:
    """One line of a chain, as plain text and as LaTeX; its maker fills all of it.

    Parameters
    ----------
    text, latex
        What stands in the line.
    relation
        How it relates to the line before: ``=``, ``<``, ``<=``, ``>``, ``>=``; empty in the first line.
    reason
        Why, in words, with TeX between dollars.
    symbols
        The symbols that the reason may name.
    gap_text, gap_latex
        This line minus the one before it, where a bound was shown by that difference; else empty.
    """

    text: str
    latex: str
    relation: str
    reason: str
    symbols: frozenset[sp.Symbol] = frozenset()
    gap_text: str = ""
    gap_latex: str = ""

    @classmethod
    def of(cls, formula: sp.Expr, relation: str, reason: str) -> Line:
        """The line of a formula of numbers."""
        return cls(str(formula), latex(formula), relation, reason, frozenset(formula.free_symbols))

    @property
    def words(self) -> str:
        """The reason as plain text."""
        return plain_sentence(self.reason, self.symbols)

    def _repr_latex_(self) -> str:
        return display.tex(self.latex)

    def _repr_html_(self) -> str:
        return display.html("line", self, lambda line: line.text)


@dataclass(frozen=True)
class Chain:
    """The lines that evidence of one ``kind`` gives for a claim, or the ``problem`` for which there are none."""

    kind: str
    lines: tuple[Line, ...]
    problem: str = ""

    def to_record(self) -> dict[str, Any]:
        """It as plain JSON values, without the symbols of its lines."""
        rows = [[x.text, x.latex, x.relation, x.reason, x.gap_text, x.gap_latex] for x in self.lines]
        return {"kind": self.kind, "lines": rows, "problem": self.problem}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Chain:
        """What :meth:`to_record` wrote: all that a page shows. Raises ``KeyError``, ``TypeError``, ``ValueError``."""
        lines = [Line(a, b, c, d, gap_text=e, gap_latex=f) for a, b, c, d, e, f in record["lines"]]
        return cls(record["kind"], tuple(lines), record["problem"])

    def __repr__(self) -> str:
        shown = [
            f"{line.relation or ' '} {line.text}    [{line.words}]"
            + (f"    (difference {line.gap_text})" if line.gap_text else "")
            for line in self.lines
        ]
        return "\n".join((f"{self.kind}:", *shown, *([self.problem] if self.problem else ())))

    def _repr_html_(self) -> str:
        return display.html("chain", self, repr)
