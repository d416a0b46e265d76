"""Corners of words: what cannot be changed once made, and which column of a covariance is to blame."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym.matrices import traces
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.traces import tr
from w2s_sym.matrices.words import Letter, TraceError, gaussian, gram_inverse, power

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


def test_a_singular_covariance_has_a_factor() -> None:
    rows = [[0, 0, 0], [0, 4, 2], [0, 2, 1]]
    matrix = np.array([[sp.Integer(v) for v in row] for row in rows], dtype=object)
    lower, pivots = traces._ldl(matrix)
    assert pivots == [0, 4, 0]
    back = lower @ np.diag([sp.QQ(int(p.p), int(p.q)) for p in pivots]) @ lower.T
    assert [[int(v) for v in row] for row in back] == rows


def test_the_first_function_of_a_replaced_block_is_named() -> None:
    value = tr(gram_inverse(X)) + tr(power(X, 2).T @ power(X, 2))
    names = [a.name for a in value.atoms]
    assert len(names) == 2
    with pytest.raises(TraceError) as refused:
        value.substitute({"X": X * 2})
    assert str(refused.value).startswith(f"{names[0]} is a function of a block that is to be replaced")
