"""Exact numbers as text, however long they are: Python refuses to write integers of more than 4,300 digits."""

from __future__ import annotations

import re
from decimal import Decimal

import sympy as sp

# The digits of the longest integer that Python writes.
WRITTEN_DIGITS = 4300
_TOO_LONG = 10**WRITTEN_DIGITS
# An integer of more digits is rounded in a message: nobody reads it, and it hides the rest of the line.
READ_DIGITS = 40
_LONG_INTEGER = re.compile(rf"(?<![\w.])\d{{{READ_DIGITS + 1},}}(?![\w.])")


def too_long(error: ValueError) -> bool:
    """Whether Python refused to write down an integer of more than 4,300 digits, which SymPy does to sort terms."""
    return "integer string conversion" in str(error)


def writable(expression: sp.Basic) -> bool:
    """Whether Python writes all numbers of an expression down: none has more than 4,300 digits."""
    numbers = (expression,) if expression.is_Rational else expression.atoms(sp.Rational)
    return all(abs(v.p) < _TOO_LONG and v.q < _TOO_LONG for v in numbers)


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


def abridged(text: str) -> str:
    """The text of a message, with its integers of more than 40 digits rounded to six and marked ~."""
    return _LONG_INTEGER.sub(lambda found: f"~{Decimal(found[0]):.5E}", text)
