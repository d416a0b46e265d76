"""Exact numbers as text, however long they are: Python refuses to write integers of more than 4,300 digits."""

from __future__ import annotations

import sympy as sp

# The digits of the longest integer that Python writes.
WRITTEN_DIGITS = 4300


def too_long(error: ValueError) -> bool:
    """Whether Python refused to write down an integer of more than 4,300 digits, which SymPy does to sort terms."""
    return "integer string conversion" in str(error)


def writable(expression: sp.Basic) -> bool:
    """Whether Python writes all numbers of an expression down: none has more than 4,300 digits."""
    limit = 10**WRITTEN_DIGITS
    return all(abs(v.p) < limit and v.q < limit for v in expression.atoms(sp.Rational))


def told(value: sp.Basic) -> str:
    """A formula as text; one that is too long for Python to write is rounded to six digits and marked ~."""
    try:
        return str(value)
    except ValueError as error:
        if not too_long(error):
            raise
    try:
        return f"~{sp.N(value, 6)}"
    except ValueError as error:
        if not too_long(error):
            raise
        return "a formula with an integer of more than 4,300 digits"
