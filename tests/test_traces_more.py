"""Corners of words: what cannot be changed once made, and which column of a covariance is to blame."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym import traces
from w2s_sym.traces import Letter, Quantity, Sample, Setting, TraceError, gaussian, tr

X = gaussian("X", sp.Integer(3), sp.Integer(2))
SAMPLE = Sample.of(3, (X,))
SETTING = Setting((SAMPLE,))
VALUE = tr(X.T @ X)


@pytest.mark.parametrize(
    "value",
    [X.atom, Letter(X.atom), X, VALUE, SAMPLE, SETTING, Quantity(sp.Symbol("m"), "a mean", VALUE, SETTING)],
    ids=lambda v: type(v).__name__,
)
def test_words_and_laws_are_immutable(value: Any) -> None:
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)


@pytest.mark.parametrize("column", [1, 2, 3])
def test_the_first_bad_column_of_a_covariance_is_named(column: int) -> None:
    matrix = np.array([[sp.Integer(int(i == j)) for j in range(3)] for i in range(3)], dtype=object)
    matrix[column - 1, column - 1] = sp.Integer(-2)
    with pytest.raises(TraceError, match=rf"\(pivot -2 at column {column}\)"):
        traces._ldl(matrix)
