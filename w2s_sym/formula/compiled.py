"""Formulas as functions of numpy arrays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any

import numpy as np
import sympy as sp
from sympy.printing.numpy import NumPyPrinter


def compiled(symbols: Sequence[sp.Symbol], expression: Any, cse: bool = False) -> Callable[..., Any]:
    """A function of numbers or numpy arrays in the order of the symbols; of a list of formulas, a list of values.

    ``cse`` computes common parts once.
    """
    return _compiled(tuple(symbols), tuple(expression) if isinstance(expression, list) else expression, cse)


# A claim with several pieces of evidence, or checked again, compiles its formulas once.
@lru_cache(maxsize=512)
def _compiled(symbols: tuple[sp.Symbol, ...], expression: Any, cse: bool) -> Callable[..., Any]:
    one = list(expression) if isinstance(expression, tuple) else expression
    function: Callable[..., Any] = sp.lambdify(
        symbols, one, modules=[_names()], printer=NumPyPrinter(_WRITTEN), cse=cse
    )
    return function


# How SymPy itself writes formulas for numpy: functions by their bare names.
_WRITTEN = {"fully_qualified_modules": False, "inline": True, "allow_unknown_functions": True, "user_functions": {}}


@cache
def _names() -> dict[str, Any]:
    """What numpy has loaded. SymPy by itself makes numpy load all that it has: a third of a second."""
    return {"numpy": np, **vars(np)}
