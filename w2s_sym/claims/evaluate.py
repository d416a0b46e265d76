"""A formula as a vectorised numpy function that enforces its domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.formula.compiled import compiled
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import meaning
from w2s_sym.formula.plain_arrays import ArrayError, without_subclass
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.tex import plain_sentence

# Beyond this, floats are no longer all integers: n and n + 1 may be one.
MOST_INTEGER = 2**53


def _numbers(value: Any, s: sp.Symbol, label: str) -> np.ndarray:
    """The value of a symbol as floats; :class:`DomainError` for what is no real number, or none that floats hold."""
    try:
        array = without_subclass(np.asanyarray(value))
    except (ArrayError, ValueError) as problem:
        raise DomainError(f"{label}: the array {s} {problem}") from None
    whole = array.dtype.kind in "iu" or all(type(v) is int for v in array.flat)  # larger integers are Python's own
    if array.dtype.kind not in "iuf" and not (whole and array.size):
        raise DomainError(f"{label}: {s}={value!r:.80}: needs real numbers")
    if whole or s.is_integer:
        large = (array > MOST_INTEGER) | (array < -MOST_INTEGER)
        if array.dtype.kind == "f":
            large &= np.isfinite(array)  # what is not finite is refused by its own name
        if large.any():
            raise DomainError(
                f"{label}: {s}={str(array[large].flat[0])[:40]}: beyond 2^53 floats do not hold every integer; use "
                ".at(...), which is exact"
            )
    array = array.astype(float)
    bad = ~np.isfinite(array)
    if bad.any():
        raise DomainError(f"{label}: {s}={array[bad].flat[0]}: needs finite numbers")
    if s.is_integer and (array != np.floor(array)).any():
        raise DomainError(f"{label}: {s}={array[array != np.floor(array)].flat[0]}: needs integers")
    return array


def formula(expression: sp.Expr, domain: Domain, label: str, summary: str) -> Callable[..., np.ndarray]:
    """A vectorised numpy function of ``expression`` whose keyword arguments are checked against ``domain``."""
    symbols = domain.symbols
    function = compiled(symbols, expression)
    checks = [(c, compiled(symbols, c.lhs - c.rhs)) for c in (*domain.assumptions(), *domain.conditions)]

    def evaluate(**values: Any) -> np.ndarray:
        names = {s.name: s for s in symbols}
        if set(values) != set(names):
            wrong = sorted(set(values) ^ set(names))
            raise DomainError(f"{label}: takes exactly {', '.join(names)}; missing or unknown: {', '.join(wrong)}")
        arrays = [_numbers(values[s.name], s, label) for s in symbols]
        grid = np.broadcast_arrays(*arrays) if arrays else []
        for condition, difference in checks:
            ok = np.broadcast_to(Relation(condition.relation)(np.asarray(difference(*grid))), np.shape(grid[0]))
            if not ok.all():
                where = np.unravel_index(int(np.argmin(ok)), ok.shape)
                used = [
                    f"{s}={a[where]:.12g}" for s, a in zip(symbols, grid, strict=True) if s in condition.free_symbols
                ]
                advice = condition.next_move or f"choose values with {condition}"
                raise DomainError(f"{label}: {', '.join(used)}: needs {condition}; {advice}")
        if domain.points and symbols:
            listed = [np.all([a == float(p[s]) for s, a in zip(symbols, grid, strict=True)], 0) for p in domain.points]
            if not np.any(listed, 0).all():
                raise DomainError(f"{label}: holds at {len(domain.points)} listed points only; evaluate it at those")
        return np.asarray(np.broadcast_to(function(*grid), np.shape(grid[0]) if grid else ()), dtype=float)

    terms = "".join(f"\n    {s}: {plain_sentence(meaning(s)) or 'a real number'}" for s in symbols)
    evaluate.__doc__ = f"{summary}\n\nKeyword arguments (scalars or arrays that broadcast):{terms}\n"
    evaluate.__name__ = label.split("/")[-1]
    return evaluate
