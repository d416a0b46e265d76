"""Powers in words that read in two ways; floats for a reader."""

from __future__ import annotations

import re

# Greek letters by name.
_GREEK = (
    "alpha|beta|gamma|delta|epsilon|zeta|eta|theta|kappa|lambda|lam|mu|nu|xi|pi|rho|sigma|tau|phi|chi|psi|omega|Omega"
)

# An exponent without parentheses, then a power, a slash or a sign, no space, and what may belong to the exponent too.
_RAISED = rf"-?(?:\d+(?:\.\d+)?|(?:{_GREEK}|[A-Za-z])(?:_\w+)?['~]?(?![A-Za-z]))"
_ONE = rf"-?(?:\d+(?:\.\d+)?(?!\w)|(?:{_GREEK}|[A-Za-z])(?:_\w+)?['~]?(?![A-Za-z'-]))"
_TWO_WAYS = re.compile(rf"\^({_RAISED}|\([^()]*\)(?=\^))(?:(\^)({_RAISED}|\([^()]*\))|(/)(-?\w+)|([-+*])({_ONE}))")


def ambiguous_power(text: str) -> tuple[str, str, str] | None:
    """The first power in a sentence that reads in two ways, and both ways written out; None where there is none.

    ``i^-3/2`` is ``i^(-3/2)`` or ``(i^-3)/2``, and ``a^b^c`` is ``a^(b^c)`` or ``(a^b)^c``. A slash between spaces, or
    before a parenthesis as in ``x^2/(1 + x)``, divides the power.
    """
    found = _TWO_WAYS.search(text)
    if found is None:
        return None
    exponent, operator, rest = (part for part in found.groups() if part is not None)
    base = _base(text[: found.start()])
    return base + found[0], f"{base}^({exponent}{operator}{rest})", f"({base}^{exponent}){operator}{rest}"


def _base(before: str) -> str:
    """What is raised, at the end of a text: a word, or what a pair of parentheses holds and the name before it."""
    start = len(before)
    if before.endswith(")"):
        depth = 0
        while start and (depth or start == len(before)):
            start -= 1
            depth += {")": 1, "(": -1}.get(before[start], 0)
    while start and re.match(r"[\w'~|]", before[start - 1]):
        start -= 1
    return before[start:]


def significant(value: float) -> str:
    """A float for a reader: six significant digits. How the last of seventeen is rounded depends on the processor."""
    return f"{value:.6g}"
