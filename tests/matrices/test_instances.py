"""An instance of an experiment is exhibited inside the domain, or its absence is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import d_w, n
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.instances import FLOAT_ROUNDING, _roughly, missing_instance
from w2s_sym.matrices.traces import tr
from w2s_sym.matrices.words import TraceError, fixed, gaussian

x, y = sp.symbols("x y", real=True)
t = sp.Symbol("t", real=True)
X = gaussian("X", n, d_w)
S, C = fixed("S", d_w, d_w, symmetric=True), fixed("C", d_w, d_w)

Realise = Callable[[Mapping[str, Any], np.random.Generator], Mapping[str, Any]]


def quantity(realise: Realise | None, law: bool = False) -> Quantity:
    sample = Sample.of(n, (X,), {(X, X): S} if law else {})
    value = tr(X.T @ X) if law else tr(X.T @ X @ C)
    names = ((t, tr(S) if law else tr(C)),)
    return Quantity(sp.Symbol("m"), "a mean", value, Setting((sample,), names, realise))


def scaled(factor: float, name: str = "C") -> Realise:
    return lambda point, rng: {name: factor * np.eye(int(point["d_w"]))}


@pytest.mark.parametrize(
    ("relation", "at_zero", "just_above", "just_below", "above", "below"),
    [
        (">", False, True, False, True, False),
        (">=", True, True, True, True, False),
        ("<", False, False, True, False, True),
        ("<=", True, True, True, False, True),
        ("=", True, True, True, False, False),
        ("!=", False, True, True, True, True),
    ],
)
def test_rounding_is_not_held_against_what_may_be_equal(
    relation: str, at_zero: bool, just_above: bool, just_below: bool, above: bool, below: bool
) -> None:
    for scale in (1.0, 1e6):
        gaps = (0.0, FLOAT_ROUNDING * scale / 4, -FLOAT_ROUNDING * scale / 4, scale, -scale)
        found = [_roughly(Condition(x, relation, y), {x: sp.Float(scale + gap), y: sp.Float(scale)}) for gap in gaps]
        assert found == [at_zero, just_above, just_below, above, below]
    # Below one the rounding is absolute.
    assert _roughly(Condition(x, relation, y), {x: sp.Float(0), y: sp.Float(0)}) is at_zero
    assert _roughly(Condition(x, ">=", y), {x: sp.Float(-FLOAT_ROUNDING / 2), y: sp.Float(0)})
    assert not _roughly(Condition(x, ">=", y), {x: sp.Float(-2 * FLOAT_ROUNDING), y: sp.Float(0)})


def test_what_is_not_zero_is_told_from_all_else() -> None:
    for value in (1, -1, 2):
        assert _roughly(Condition(x, "!=", y), {x: sp.Float(value), y: sp.Float(0)})


def test_an_instance_inside_the_domain_is_found() -> None:
    assert missing_instance(quantity(scaled(2.0)), Domain((d_w, n, t), (Condition(t, "=", 2 * d_w),))) == ""
    assert missing_instance(quantity(scaled(2.0)), Domain((d_w, n, t), (Condition(t, ">", 0),))) == ""


def test_names_that_no_instance_reaches_are_told() -> None:
    missing = missing_instance(quantity(scaled(-2.0)), Domain((d_w, n, t), (Condition(t, ">", 0),)))
    assert missing == "no instance inside the domain in 60 draws; widen the domain, or let realise reach it"


def test_matrices_that_nobody_makes_are_told() -> None:
    missing = missing_instance(quantity(None), Domain((d_w, n, t)))
    assert missing == "the setting has no realise: nothing shows that C exist"


def test_a_law_that_no_vector_has_is_an_error() -> None:
    domain = Domain((d_w, n, t))
    assert missing_instance(quantity(scaled(1.0, "S"), law=True), domain) == ""
    assert missing_instance(quantity(scaled(0.0, "S"), law=True), domain) == ""
    # Rounding of a singular covariance is no fault.
    assert missing_instance(quantity(scaled(-1e-12, "S"), law=True), domain) == ""
    with pytest.raises(TraceError, match="the sample of X has no law: its covariance has the eigenvalue -1"):
        missing_instance(quantity(scaled(-1.0, "S"), law=True), domain)
    with pytest.raises(TraceError, match="has no law"):
        missing_instance(quantity(scaled(-1e-6, "S"), law=True), domain)


def test_the_least_eigenvalue_is_held_against_the_largest_entry() -> None:
    wide = Domain((d_w, n, t), (Condition(d_w, ">=", 2),))

    def crossed(off: float, scale: float = 1.0) -> Realise:
        def realise(point: Mapping[str, Any], rng: np.random.Generator) -> Mapping[str, Any]:
            matrix = scale * np.eye(int(point["d_w"]))
            matrix[0, 1] = matrix[1, 0] = off
            return {"S": matrix}

        return realise

    assert missing_instance(quantity(crossed(0.5), law=True), wide) == ""
    with pytest.raises(TraceError, match="has the eigenvalue -1;"):
        missing_instance(quantity(crossed(2.0), law=True), wide)
    # An eigenvalue of -1e-4 is rounding beside entries of a million, and none beside entries of a thousand.
    assert missing_instance(quantity(crossed(1e6 + 1e-4, 1e6), law=True), wide) == ""
    with pytest.raises(TraceError, match="has no law"):
        missing_instance(quantity(crossed(1e3 + 1e-4, 1e3), law=True), wide)
