"""What reader and writer of formulas share: functions, constants, tokens and limits."""

from __future__ import annotations

import re
from typing import Any

import sympy as sp

LENGTH = 100_000
DEPTH = 60
NUMBER_DIGITS = 1000
# A number raised to a number may have no more digits than this.
POWER_DIGITS = 4000

FUNCTIONS: dict[str, Any] = {
    f.__name__: f
    for f in (
        *(sp.exp, sp.log, sp.Abs, sp.sign, sp.Min, sp.Max, sp.floor, sp.ceiling),
        *(sp.sin, sp.cos, sp.tan, sp.asin, sp.acos, sp.atan, sp.sinh, sp.cosh, sp.tanh),
        *(sp.gamma, sp.factorial, sp.binomial, sp.erf, sp.zeta),
    )
}
ARITIES = {
    "Min": range(1, 100),
    "Max": range(1, 100),
    "binomial": range(2, 3),
    "total": range(2, 3),
    "zeta": range(1, 3),
}
CONSTANTS: dict[str, sp.Expr] = {"pi": sp.pi, "E": sp.E}
WORD = re.compile(r"[^\W\d]\w*")
TOKEN = re.compile(r'\s*(?:(\d+)|([^\W\d]\w*)|("(?:[^"\\]|\\.)*")|(<=>|\*\*|->|<=|>=|!=|[-+*/(),=<>\[\]]))')


class FormulaError(ValueError):
    """A text that cannot be read, or an expression that has no text. One line: what, where, and the next move."""
