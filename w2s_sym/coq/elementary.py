"""Powers, exponentials and logarithms written in a few units, each rewriting shown to Coq. Nothing here is trusted."""

from __future__ import annotations

import sympy as sp

from w2s_sym.coq.statement import Names


class Elementary:
    """Assertions that write the exponentials of formulas as products of powers of units."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.lines: list[str] = []

    def read(self, e: sp.Expr) -> None:
        """Adds what the exponentials of a formula need."""
