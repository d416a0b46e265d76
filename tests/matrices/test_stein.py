"""Stein's identity for words: divergences against differences of numbers, and the fields that flow into the origin."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from w2s_sym.matrices.evaluation import evaluate_matrix, evaluate_words
from w2s_sym.matrices.experiment import Sample
from w2s_sym.matrices.inverse_moments import existence, has_inverse, home, no_flux, orders
from w2s_sym.matrices.stein import divergence, identity_of_means
from w2s_sym.matrices.traces import TraceSum, tr
from w2s_sym.matrices.words import Mat, TraceError, fixed, gaussian, gram_inverse, identity, pinv, power, projector

n, d, m = (sp.Symbol(s, integer=True, positive=True) for s in ("n", "d", "m"))
X, Y, W = gaussian("X", n, d), gaussian("Y", n, d), gaussian("W", n, m)
A, B, K, R = fixed("A", d, d), fixed("B", d, d), fixed("K", n, n), fixed("R", d, n)
C, S = fixed("C", d, d), fixed("S", d, d, symmetric=True)
PAIR = Sample.of(n, (X, Y, W), {(X, Y): C, (Y, Y): S})
ONE = TraceSum.scalar(1)
POINT = {"n": 5, "d": 2, "m": 3}
SIZES = {"X": (5, 2), "Y": (5, 2), "W": (5, 3), "A": (2, 2), "B": (2, 2), "K": (5, 5), "R": (2, 5), "C": (2, 2)}


def drawn(seed: int) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    made = {name: rng.standard_normal(shape) for name, shape in SIZES.items()}
    root = rng.standard_normal((2, 2))
    return made | {"S": root + root.T}


def field_values(field: Mat, weight: TraceSum, arrays: dict[str, np.ndarray]) -> np.ndarray:
    """The field at a point; ``evaluate_matrix`` knows inverses of the blocks by their arrays."""
    return evaluate_matrix(field, arrays, POINT) * float(evaluate_words(weight, arrays, POINT))


def by_differences(
    field: Mat, weight: TraceSum, arrays: dict[str, np.ndarray], covariances: dict[str, np.ndarray]
) -> float:
    """The sum of cov(X_ij, Y_ik) times the derivative of F_ij by Y_ik, by central differences."""
    total, step = 0.0, 1e-5
    for name, cov in covariances.items():
        for i in range(arrays[name].shape[0]):
            for k in range(arrays[name].shape[1]):
                moved = []
                for sign in (1, -1):
                    shifted = {**arrays, name: arrays[name].copy()}
                    shifted[name][i, k] += sign * step
                    moved.append(field_values(field, weight, shifted))
                slope = (moved[0] - moved[1]) / (2 * step)
                total += float(cov[:, k] @ slope[i])
    return total


FIELDS: list[tuple[Mat, TraceSum]] = [
    (K @ X @ A, ONE),
    (K @ Y @ A, ONE),
    (R.T @ X.T @ K @ Y, ONE),
    (X @ A @ Y.T @ X, ONE),
    (K @ Y, tr(X.T @ K @ Y @ B)),
    (R.T @ A, tr(X @ R) * tr(Y @ R)),
    (X @ gram_inverse(X) @ B, ONE),
    (K @ X @ gram_inverse(X) @ B @ gram_inverse(X), ONE),
    (projector(X) @ K @ X, ONE),
    (K @ X, tr(gram_inverse(X) @ B)),
    (K @ X, tr(projector(X) @ K) * tr(Y.T @ K @ X)),
    (X @ pinv(X) @ K @ Y @ A - K @ Y, tr(gram_inverse(X))),
    (W @ W.T @ X @ A, tr(W.T @ K @ W)),
    (K @ X @ A * 3 - X, tr(X.T @ X) + 2),
    (K @ X @ A * 3 - X * 2, tr(X.T @ X) * 5 - tr(X.T @ K @ Y) * 7),
]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("which", range(len(FIELDS)))
def test_divergences_agree_with_differences(which: int, seed: int) -> None:
    field, weight = FIELDS[which]
    arrays = drawn(seed)
    covariances = {"X": np.eye(2), "Y": arrays["C"]}
    seen = float(evaluate_words(divergence(field, weight, "X", PAIR), arrays, POINT))
    assert seen == pytest.approx(by_differences(field, weight, arrays, covariances), rel=1e-6)


@pytest.mark.parametrize("seed", range(2))
def test_divergences_by_a_block_that_is_not_whitened(seed: int) -> None:
    arrays = drawn(seed)
    covariances = {"X": arrays["C"].T, "Y": arrays["S"]}
    for field, weight in ((K @ Y @ A, tr(Y.T @ X)), (K @ X @ Y.T @ Y, ONE)):
        seen = float(evaluate_words(divergence(field, weight, "Y", PAIR), arrays, POINT))
        assert seen == pytest.approx(by_differences(field, weight, arrays, covariances), rel=1e-6)


def test_divergences_by_hand() -> None:
    alone = Sample.of(n, (X,))
    assert divergence(K @ X @ A, ONE, "X", alone) == tr(K) * tr(A)
    assert divergence(X @ gram_inverse(X) @ B, ONE, "X", alone) == tr(gram_inverse(X) @ B) * (n - d - 1)
    rest = K @ X - projector(X) @ K @ X
    assert divergence(rest, ONE, "X", alone) == tr(K) * d - tr(projector(X) @ K) * n


# -- hypotheses ----------------------------------------------------------------------------------------------------


def needs(field: Mat, weight: TraceSum = ONE, block: str = "X", sample: Sample = PAIR) -> list[str]:
    return [str(c) for c in identity_of_means(field, weight, block, (sample,))[1]]


def flux(field: Mat, weight: TraceSum = ONE) -> list[str]:
    return [str(c) for c in no_flux(field, weight, "X", (Sample.of(n, (X,)),))]


def test_a_field_that_flows_into_the_origin_is_found_out() -> None:
    """In the plane x/|x|^2 has no divergence, and x'F = 1 all the same: 1 = 0 without the condition."""
    two = gaussian("x", 2, 1)
    field = two @ gram_inverse(two)
    zero, found = identity_of_means(field, ONE, "x", (Sample.of(2, (two,)),))
    assert zero.as_scalar == 1
    assert [(int(c.lhs), c.relation, int(c.rhs)) for c in found] == [(2, ">", 2)]


def test_the_order_of_a_field_at_singular_matrices() -> None:
    w, p = gram_inverse(X), projector(X)
    assert flux(K @ X @ A) == []
    assert flux(X @ w @ B) == ["n > d + 1"]
    assert flux(X @ w @ B @ w) == ["n > d + 3"]
    assert flux(K @ X @ w @ B) == ["n > d + 1"]
    # An X at the end that no inverse needs: the field is as small as s along the singular direction.
    assert flux(p @ K @ X) == ["n >= d"]
    assert flux(K @ X - p @ K @ X) == ["n >= d"]
    assert flux(p @ R.T) == ["n > d"]
    assert flux(K @ X, tr(w)) == ["n > d + 1"]
    assert flux(R.T, tr(w)) == ["n > d + 2"]
    assert flux(X, tr(w)) == ["n > d + 1"]
    assert flux(X @ A @ X.T @ K @ X, tr(w) * tr(w)) == ["n > d + 2"]
    assert flux(R.T @ w, tr(p @ K)) == ["n > d + 2"]


def test_other_inverses_in_a_field_have_conditions_of_their_own() -> None:
    apart = Sample.of(n, (X, W))
    assert needs(K @ X, tr(gram_inverse(W)), sample=apart) == ["n > m + 1"]
    assert needs(projector(W) @ X, sample=apart) == ["n >= m"]
    with pytest.raises(TraceError, match=r"Y is not whitened, so that Y'Y may have no inverse"):
        needs(K @ W, tr(gram_inverse(Y)), "W")


def test_fields_that_the_identity_does_not_cover_are_refused() -> None:
    with pytest.raises(TraceError, match=r"the field is d x n and X is n x d; make it alike"):
        needs(R)
    with pytest.raises(TraceError, match=r"Y is not independent of inv\(X'X\); condition Y on X first"):
        needs(K @ Y, tr(gram_inverse(X)), "Y")
    scaled = Sample.of(n, (X,), {(X, X): S})
    with pytest.raises(TraceError, match=r"X is not whitened: its inverse needs rows with identity covariance"):
        needs(X @ gram_inverse(X), sample=scaled)
    with pytest.raises(TraceError, match=r"X\^2 is no word of X: its derivative is not known"):
        needs(power(X, 2))
    with pytest.raises(TraceError, match=r"X\^2 is no word of X"):
        divergence(power(X, 2), ONE, "X", PAIR)
    with pytest.raises(TraceError, match=r"V is no block of this experiment; it has X, Y, W"):
        needs(X, block="V")


def test_orders_of_words() -> None:
    ((word, _),) = (X @ gram_inverse(X) @ B).terms
    assert orders(word, closed=False) == {"X": 1}
    assert orders(tuple(reversed(word)), closed=False) == {"X": 2}
    assert orders(word) == {"X": 1}
    assert has_inverse(letter.atom for letter in word)
    assert not has_inverse([X.atom, A.atom])
    assert home((PAIR,), "W") is PAIR
    assert [str(c) for c in existence(tr(projector(X)), (PAIR,))] == []  # d, as a word
    assert [str(c) for c in existence(tr(projector(X) @ K), (PAIR,))] == ["n >= d"]


def test_a_square_block_keeps_its_letters_apart() -> None:
    """With n = d a word may begin or end with X in places where no tall block fits; an identity field has no letter."""
    square = gaussian("Q", d, d)
    alone = (Sample.of(d, (square,)),)
    w = gram_inverse(square)
    assert [str(c) for c in no_flux(w @ square, ONE, "Q", alone)] == ["d > d + 1"]
    assert [str(c) for c in no_flux(identity(d), tr(w), "Q", alone)] == ["d > d + 2"]
    assert no_flux(identity(d), ONE, "Q", alone) == ()
