"""Exact numbers as text, however long they are: Python refuses to write integers of more than 4,300 digits."""

from __future__ import annotations

import sympy as sp


def too_long(error: ValueError) -> bool:
    """Whether Python refused to write down an integer of more than 4,300 digits, which SymPy does to sort terms."""
    return "integer string conversion" in str(error)


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
