"""Signs of sums, products and extremes from the signs of their parts."""

from __future__ import annotations

import sympy as sp

# A sign is a pair (s, strict): s in {1, -1, 0}; (1, False) reads >= 0, (1, True) reads > 0, (0, False) reads = 0.
Sign = tuple[int, bool]


def sum_of_signs(signs: list[Sign | None]) -> Sign | None:
    """The sign of a sum of terms with these signs; None when one is unknown or two are opposite."""
    if any(s is None for s in signs):
        return None
    known = [s for s in signs if s is not None and s[0] != 0]
    if not known:
        return 0, False
    if len({s[0] for s in known}) > 1:
        return None
    return known[0][0], any(s[1] for s in known)


def sign_of_extreme(expression: sp.Expr, signs: list[Sign | None]) -> Sign | None:
    """The largest is nonnegative when one is, the least when all are; likewise for nonpositive, turned round."""
    toward = 1 if isinstance(expression, sp.Max) else -1
    one = [s for s in signs if s is not None and s[0] in (0, toward)]
    if one:
        return (toward, True) if any(s[0] == toward and s[1] for s in one) else (toward, False)
    known = [s for s in signs if s is not None]
    return (-toward, all(s[1] for s in known)) if len(known) == len(signs) else None


def product_of_signs(signs: list[Sign | None]) -> Sign | None:
    """The sign of a product of factors with these signs; None when one is unknown."""
    if any(s is None for s in signs):
        return None
    total, strict = 1, True
    for s in signs:
        assert s is not None
        total *= s[0]
        strict = strict and s[1]
    return total, strict and total != 0
