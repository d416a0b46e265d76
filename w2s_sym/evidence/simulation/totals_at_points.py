"""Sums over a spectrum at points in floats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.statement import ClaimError
from w2s_sym.formula.compiled import compiled
from w2s_sym.formula.totals import Total, letters_along


def summed(total: Total, point: Mapping[str, Any]) -> float:
    """The total at a point that gives its spectrum as a mapping from each level letter to an array of values.

    Raises ``ClaimError`` for a total inside of it that varies from level to level.
    """
    inner, varying, rest, function = _of_levels(total)
    levels = point[total.over.name]
    columns = [np.asarray(levels[v.name], dtype=float) for v in varying]
    with np.errstate(all="ignore"):
        values = function(*columns, *(float(point[s.name]) for s in rest), *(summed(t, point) for t in inner))[0]
    size = len(np.asarray(next(iter(levels.values()))))
    return float(np.broadcast_to(np.asarray(values, dtype=float), (size,)).sum())


# A total is summed at one trial after another.
@lru_cache(maxsize=512)
def _of_levels(
    total: Total,
) -> tuple[tuple[Total, ...], tuple[sp.Symbol, ...], tuple[sp.Symbol, ...], Callable[..., Any]]:
    """Of a summand: totals in it, letters that vary, other symbols, and it as a function of letters, others, totals."""
    held = letters_along(total.over)
    assert held is not None
    inner = sorted(total.summand.atoms(Total), key=str)
    varies = next((t for t in inner if t.free_symbols & set(held.symbols)), None)
    if varies is not None:
        raise ClaimError(
            f"{varies} stands in a total over {total.over} and varies with its levels: a simulation sums one spectrum "
            "at a time; give the inner total as an unknown of its own, by given=(Equation(...),)"
        )
    fixed = {t: sp.Dummy(f"total{i}") for i, t in enumerate(inner)}
    summand = total.summand.xreplace(fixed)
    # One that stands in another one is summed with that.
    fixed = {t: d for t, d in fixed.items() if d in summand.free_symbols}
    free = summand.free_symbols - set(fixed.values())
    varying = tuple(v for v in held.symbols if v in free)
    rest = tuple(sorted(free - set(varying), key=lambda s: str(s.name)))
    return tuple(fixed), varying, rest, compiled((*varying, *rest, *fixed.values()), [summand], cse=True)
