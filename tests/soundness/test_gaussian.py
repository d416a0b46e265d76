"""No wrong mean of a word in Gaussian matrices is proved, nor one that does not exist."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest
import sympy as sp

from tests.soundness import gaussian_cases
from tests.soundness.adversary import Case, Measured, Outcome, measure, outcome
from tests.soundness.gaussian_cases import KINDS, cases
from w2s_sym import (
    Claim,
    Compare,
    Derivation,
    Domain,
    Quantity,
    Sample,
    Setting,
    Source,
    fixed,
    gaussian,
    gram_inverse,
    tr,
)
from w2s_sym.evidence.derivation import derivation
from w2s_sym.matrices import gaussian_rules, stein

SOURCE = Source("test", "A. Theorist", "On means", 2026)
mean = sp.Symbol("mean", real=True)


def held(found: Measured, true: bool) -> int:
    return sum(k for (_, truth, became), k in found.counts.items() if truth is true and became is Outcome.HOLDS)


def tried(found: Measured, true: bool) -> int:
    return sum(k for (_, truth, _), k in found.counts.items() if truth is true)


def test_no_wrong_mean_holds_and_most_true_ones_do() -> None:
    found = measure(cases, 20261128, 500)
    assert found.wrong == [], [case.make().statement for case in found.wrong[:3]]
    assert tried(found, False) >= 200
    assert held(found, True) >= 0.75 * tried(found, True) >= 150


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.__name__)
def test_each_kind_has_both_true_and_false_cases(kind: Callable[[np.random.Generator], Case]) -> None:
    rng = np.random.default_rng(1)
    made = [kind(rng) for _ in range(40)]
    assert {case.true for case in made} == {True, False}
    assert any(outcome(case) is Outcome.HOLDS for case in made if case.true)


def one_kind(kind: Callable[[np.random.Generator], Case], rng: np.random.Generator):  # type: ignore[no-untyped-def]
    while True:
        yield kind(rng)


def wrong_of(kind: Callable[[np.random.Generator], Case], count: int) -> int:
    return len(measure(partial(one_kind, kind), 5, count).wrong)


def test_the_generator_has_teeth_where_means_do_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derivation, "recheck", lambda *_: None)  # existence is asked for there a second time
    monkeypatch.setattr(stein, "no_flux", lambda *_: ())
    monkeypatch.setattr(stein, "existence", lambda *_, **__: ())
    monkeypatch.setattr(gaussian_rules, "existence", lambda *_, **__: ())
    assert wrong_of(gaussian_cases.field_of_a_vector, 60) > 0


def test_the_generator_has_teeth_where_a_derivative_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(derivation, "recheck", lambda *_: None)  # the kernel would find it out
    true = stein._of_field
    monkeypatch.setattr(stein, "_of_field", lambda *args: list(true(*args))[:2])
    assert wrong_of(gaussian_cases.inverse_mean, 60) > 0
    monkeypatch.setattr(stein, "_of_weight", lambda *args: iter(()))
    assert wrong_of(gaussian_cases.pairing, 250) > 0


def test_one_is_not_zero_in_the_plane() -> None:
    """x/|x|^2 has no divergence in the plane, but flows out of the origin: E 1 = E div F would say 1 = 0."""
    x = gaussian("x", 2, 1)
    K, t = fixed("K", 2, 2), sp.Symbol("t", real=True)
    setting = Setting((Sample.of(2, (x,)),), ((t, tr(K)),), lambda point, rng: {"K": np.eye(2)})
    quantity = Quantity(mean, "tr(K)", tr(K), setting)
    chain = Derivation(quantity).stein(x, x @ gram_inverse(x), -1).in_names()
    case = Case(
        "G2", lambda: Claim("toy", "A toy.", Compare(quantity, "=", t - 1), Domain((t,)), SOURCE, (chain,)), False
    )
    assert outcome(case) is Outcome.UNDECIDED


def test_a_field_cannot_bring_matrices_of_its_own() -> None:
    """Columns of U are orthonormal for no U with more columns than rows; a symmetric K is not the claim's K."""
    n = sp.Symbol("n", integer=True, positive=True)
    x, t = gaussian("x", n, 1), sp.Symbol("t", real=True)
    K = fixed("K", n, n)
    setting = Setting((Sample.of(n, (x,)),), ((t, tr(K)),), lambda point, rng: {"K": np.eye(int(point["n"]))})
    quantity = Quantity(mean, "", tr(x.T @ K @ x), setting)
    start = Derivation(quantity)
    U = fixed("U", n, n, orthonormal=True)
    for field in (fixed("K", n, n, symmetric=True) @ x, U @ x, gaussian("y", n, n) @ x):
        chain = start.stein(x, field, 1).expect(x).in_names()
        case = Case(
            "G2", lambda c=chain: Claim("toy", "A toy.", Compare(quantity, "=", t), Domain((n, t)), SOURCE, (c,)), True
        )
        assert outcome(case) is Outcome.REFUSED


def test_a_residual_has_a_name_of_its_own() -> None:
    """A fixed matrix called Y|X must not be averaged as if it were the residual of Y on X."""
    n = sp.Symbol("n", integer=True, positive=True)
    x, y, t = gaussian("X", n, 1), gaussian("Y", n, 1), sp.Symbol("t", real=True)
    false_friend = fixed("Y|X", n, 1)
    value = tr(false_friend.T @ false_friend)
    setting = Setting(
        (Sample.of(n, (x, y)),), ((t, value),), lambda point, rng: {"Y|X": rng.standard_normal((int(point["n"]), 1))}
    )
    quantity = Quantity(mean, "", value, setting)
    chain = Derivation(quantity).condition(y, on=x).expect_residual(y, x).in_names()
    case = Case(
        "G1", lambda: Claim("toy", "A toy.", Compare(quantity, "=", n), Domain((n, t)), SOURCE, (chain,)), False
    )
    assert outcome(case) is Outcome.REFUSED
