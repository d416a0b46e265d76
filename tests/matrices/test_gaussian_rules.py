"""The averaging rules against brute force: words multiplied out entry by entry in independent standard numbers.

The oracle below knows no pairing: a random block is a matrix of linear forms in independent standard Gaussian
numbers g, words become polynomials in them, and E g^(2k) = (2k-1)!! is all that it uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod

import numpy as np
import pytest
import sympy as sp

from derivations.classics import gaussian as facts
from w2s_sym.claims.claim import Claim
from w2s_sym.formula.conditions import Condition
from w2s_sym.matrices import gaussian_rules
from w2s_sym.matrices.evaluation import covariance_matrix, evaluate_words
from w2s_sym.matrices.experiment import Quantity, Sample
from w2s_sym.matrices.traces import TraceSum, tr
from w2s_sym.matrices.words import Mat, TraceError, fixed, gaussian, gram_inverse, identity, pinv, power, projector

n, d, m, N = (sp.Symbol(s, integer=True, positive=True) for s in ("n", "d", "m", "N"))
a = sp.Symbol("a", real=True)

X, Y, W = gaussian("X", n, d), gaussian("Y", n, d), gaussian("W", n, m)
z = gaussian("z", n, 1)
A, B, D = fixed("A", d, d), fixed("B", d, d), fixed("D", d, d)
K, F = fixed("K", n, n), fixed("F", n, n)
R, Q = fixed("R", d, n), fixed("Q", d, n)
C, S = fixed("C", d, d), fixed("S", d, d, symmetric=True)
PAIR = Sample.of(n, (X, Y), {(X, Y): C, (Y, Y): S})


# -- the oracle -----------------------------------------------------------------------------------------------

Polynomial = dict[tuple[tuple[int, int], ...], float]


def times(p: Polynomial, q: Polynomial) -> Polynomial:
    out: Polynomial = {}
    for left, c in p.items():
        for right, e in q.items():
            powers = dict(left)
            for variable, k in right:
                powers[variable] = powers.get(variable, 0) + k
            key = tuple(sorted(powers.items()))
            out[key] = out.get(key, 0.0) + c * e
    return out


def plus(p: Polynomial, q: Polynomial) -> Polynomial:
    out = dict(p)
    for key, c in q.items():
        out[key] = out.get(key, 0.0) + c
    return out


class Entry:
    """A polynomial in independent standard Gaussian numbers, as an entry of a numpy object array."""

    def __init__(self, terms: Polynomial):
        self.terms = terms

    def __mul__(self, other: object) -> Entry:
        return Entry(times(self.terms, other.terms if isinstance(other, Entry) else {(): float(other)}))  # type: ignore[arg-type]

    def __add__(self, other: object) -> Entry:
        return Entry(plus(self.terms, other.terms if isinstance(other, Entry) else {(): float(other)}))  # type: ignore[arg-type]

    __rmul__, __radd__ = __mul__, __add__

    def mean(self) -> float:
        return sum(
            c * prod(prod(range(1, k, 2)) for _, k in key)
            for key, c in self.terms.items()
            if all(k % 2 == 0 for _, k in key)
        )


def brute_force(value: TraceSum, blocks: Mapping[str, np.ndarray], arrays: Mapping[str, np.ndarray]) -> float:
    """The mean of a trace expression; ``blocks`` hold entries, ``arrays`` numbers."""
    total = Entry({})
    for monomial, coefficient in value.terms:
        term = Entry({(): float(coefficient)})
        for word in monomial:
            full: np.ndarray | None = None
            for letter in word:
                array = blocks[letter.atom.name] if letter.atom.name in blocks else arrays[letter.atom.name]
                array = array.T if letter.transposed else array
                full = array if full is None else full @ array
            assert full is not None
            term = term * sum((full[i, i] for i in range(full.shape[0])), Entry({}))
        total = total + term
    return total.mean()


def linear_forms(rows: int, root: np.ndarray, first: int = 0) -> np.ndarray:
    """Rows i.i.d. with covariance root' root, as entries."""
    height, width = root.shape
    grid = np.array([[Entry({((first + i * height + j, 1),): 1.0}) for j in range(height)] for i in range(rows)])
    return np.array([[sum((grid[i, k] * root[k, j] for k in range(height)), Entry({})) for j in range(width)]
                     for i in range(rows)])  # fmt: skip


def instance(rng: np.random.Generator, rows: int, cols: int) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
    """(blocks, arrays): X standard, Y = X C + G M, so that cov(X, Y) = C and cov(Y, Y) = C'C + M'M."""

    def draw(r: int, c: int) -> np.ndarray:
        return rng.integers(-2, 3, (r, c)).astype(float)

    arrays = {k: draw(cols, cols) for k in "ABDC"} | {k: draw(rows, rows) for k in "KF"}
    arrays |= {k: draw(cols, rows) for k in "RQ"}
    own = draw(cols, cols)
    arrays["S"] = arrays["C"].T @ arrays["C"] + own.T @ own
    root = np.block([[np.eye(cols), arrays["C"]], [np.zeros((cols, cols)), own]])
    both = linear_forms(rows, root)
    return {"X": both[:, :cols], "Y": both[:, cols:]}, arrays


def random_word(rng: np.random.Generator, order: int) -> Mat:
    """A closed word with ``order`` random letters, any of them transposed, and fixed matrices between them."""
    pick = lambda *options: options[int(rng.integers(len(options)))]  # noqa: E731
    between = {
        ("n", "n"): (K, F, K.T, identity(n)),
        ("d", "d"): (A, B, D, A.T, identity(d)),
        ("d", "n"): (R, Q),
        ("n", "d"): (R.T, Q.T),
    }
    letters = [pick(X, Y, X.T, Y.T) for _ in range(order)]
    word = letters[0]
    for letter in letters[1:]:
        word = word @ pick(*between[str(word.cols), str(letter.rows)]) @ letter
    return word @ pick(*between[str(word.cols), str(word.rows)])


def test_the_oracle_knows_the_moments_of_a_square() -> None:
    g = Entry({((0, 1),): 1.0})
    power_of = [Entry({(): 1.0})]
    for _ in range(6):
        power_of.append(power_of[-1] * g)
    assert [p.mean() for p in power_of] == [1, 0, 1, 0, 3, 0, 15]
    h = Entry({((1, 1),): 1.0})
    assert (g * g * h * h).mean() == 1
    assert ((g + h * 2) * (g + h * 2)).mean() == 5


# -- averaging by pairings --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("orders", [(2,), (1, 1), (4,), (2, 2), (1, 3), (1, 1, 2), (3,), (1, 1, 1, 1)], ids=str)
def test_pairings_agree_with_entries(seed: int, orders: tuple[int, ...]) -> None:
    rng = np.random.default_rng([seed, *orders])
    value = TraceSum.scalar(1)
    for order in orders:
        value = value * tr(random_word(rng, order))
    done = gaussian_rules.expect(value, (PAIR,), ("X", "Y"))
    assert not {atom.name for atom in done.value.atoms} & {"X", "Y"}
    rows, cols = [(2, 2), (2, 1), (1, 2)][seed % 3]
    blocks, arrays = instance(rng, rows, cols)
    seen = float(evaluate_words(done.value, arrays, {"n": rows, "d": cols}))
    assert seen == brute_force(value, blocks, arrays)
    if sum(orders) % 2:
        assert done.value == TraceSum.scalar(0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("orders", [(6,), (4, 2), (3, 3), (2, 2, 2)], ids=str)
def test_pairings_agree_with_entries_at_order_six(seed: int, orders: tuple[int, ...]) -> None:
    rng = np.random.default_rng([seed, *orders])
    value = prod((tr(random_word(rng, order)) for order in orders), start=TraceSum.scalar(1))
    rows, cols = [(2, 1), (1, 2), (2, 1)][seed]
    blocks, arrays = instance(rng, rows, cols)
    averaged = gaussian_rules.expect(value, (PAIR,), ("X", "Y")).value
    assert float(evaluate_words(averaged, arrays, {"n": rows, "d": cols})) == brute_force(value, blocks, arrays)


@pytest.mark.parametrize(
    ("value", "mean"),
    [
        (tr(X @ A @ X.T @ K), tr(A) * tr(K)),
        (tr(X.T @ K @ X @ A), tr(K) * tr(A)),
        (tr(Y @ A @ Y.T @ K), tr(A @ S) * tr(K)),
        (tr(Y.T @ K @ Y @ A), tr(K) * tr(S @ A)),
        (tr(X @ A @ Y.T @ K), tr(A @ C.T) * tr(K)),
        (tr(X.T @ K @ Y @ A), tr(K) * tr(C @ A)),
        (tr(Y.T @ K @ X @ A), tr(K) * tr(C.T @ A)),
        (tr(X @ R @ Y @ Q), tr(R.T @ C @ Q)),
        (tr(X @ R) * tr(Y @ Q), tr(R.T @ C @ Q)),
        (tr(X @ R) * tr(X @ R), tr(R.T @ R)),
        (tr(X @ R) * tr(R.T @ X.T), tr(R.T @ R)),
        (tr(X.T @ X), TraceSum.scalar(n * d)),
        (tr(X.T @ X @ X.T @ X), TraceSum.scalar(n * d * (n + d + 1))),
        (tr(X @ R), TraceSum.scalar(0)),
        (tr(X.T @ X) * a + tr(A), tr(A) + a * n * d),
    ],
)
def test_pairings_by_hand(value: TraceSum, mean: TraceSum) -> None:
    assert gaussian_rules.expect(value, (PAIR,), ("X", "Y")).value == mean


def test_averaging_one_of_two_independent_blocks_leaves_the_other() -> None:
    apart = Sample.of(n, (X, W))
    value = tr(W.T @ X @ A @ X.T @ W)
    once = gaussian_rules.expect(value, (apart,), ("X",))
    assert once.value == tr(A) * tr(W.T @ W)
    assert once.samples == (apart,)
    assert once.needs == ()
    assert gaussian_rules.expect(once.value, (apart,), ("W",)).value == tr(A) * (n * m)
    assert gaussian_rules.expect(value, (apart,), ("W",)).value == tr(X @ A @ X.T) * m


def test_two_samples_are_averaged_apart() -> None:
    first, second = Sample.of(n, (X,)), Sample.of(n, (W,))
    value = tr(W.T @ X @ A @ X.T @ W)
    assert gaussian_rules.expect(value, (first, second), ("W",)).value == tr(X @ A @ X.T) * m
    with pytest.raises(TraceError, match=r"W and X belong to different samples; average one sample at a time"):
        gaussian_rules.expect(value, (first, second), ("X", "W"))
    with pytest.raises(TraceError, match=r"V is no block of this experiment; it has X, W"):
        gaussian_rules.expect(value, (first, second), ("V",))


def test_a_dependent_block_is_not_averaged() -> None:
    with pytest.raises(
        TraceError,
        match=r"Y is not independent of X: their covariance is declared nonzero; condition Y on X first",
    ):
        gaussian_rules.expect(tr(X.T @ Y), (PAIR,), ("Y",))
    with pytest.raises(TraceError, match=r"Y is not independent of inv\(X'X\)"):
        gaussian_rules.expect(tr(gram_inverse(X) @ Y.T @ Y), (PAIR,), ("Y",))
    # Correlated, but not in the line any more: fine.
    assert gaussian_rules.expect(tr(Y.T @ Y @ A), (PAIR,), ("Y",)).value == tr(S @ A) * n


def test_a_block_inside_a_function_is_not_averaged_by_pairings() -> None:
    sample = Sample.of(n, (X,))
    with pytest.raises(
        TraceError,
        match=r"inv\(X'X\) is not polynomial in X; average the other blocks first, then use the rule for gram_inverse",
    ):
        gaussian_rules.expect(tr(gram_inverse(X) @ A), (sample,), ("X",))
    with pytest.raises(TraceError, match=r"X\^2 is not polynomial in X; .* use the rule for power"):
        gaussian_rules.expect(tr(power(X, 2).T @ X), (sample,), ("X",))


# -- when a mean exists -----------------------------------------------------------------------------------------


def needs(value: TraceSum, *samples: Sample) -> list[str]:
    """The conditions that averaging noise z out of the value states."""
    return [str(c) for c in gaussian_rules.expect(value, (*samples, Sample.of(n, (z,))), ("z",)).needs]


def test_an_average_states_when_the_terms_have_a_mean() -> None:
    design = Sample.of(n, (X,))
    response = pinv(X) @ z
    assert needs(tr(response.T @ response), design) == ["n > d + 1"]
    assert needs(tr(z.T @ projector(X) @ z), design) == ["n >= d"]
    assert needs(tr(z.T @ X @ pinv(X) @ z), design) == ["n >= d"]
    # A term that averages to zero must have a mean too: (X'X)^{-1}X'z is of order 1/X.
    line = fixed("line", 1, d)
    assert needs(tr(line @ response), design) == ["n > d"]
    assert gaussian_rules.expect(tr(line @ response), (design, Sample.of(n, (z,))), ("z",)).value == TraceSum.scalar(0)
    assert needs(tr(line @ gram_inverse(X) @ response), design) == ["n > d + 2"]
    assert needs(tr(response.T @ gram_inverse(X) @ response), design) == ["n > d + 3"]
    assert needs(tr(gram_inverse(X)) * tr(z.T @ z), design) == ["n > d + 1"]
    assert needs(tr(gram_inverse(X)) * tr(gram_inverse(X)) * tr(z.T @ z), design) == ["n > d + 3"]
    assert needs(tr(z.T @ X @ X.T @ z), design) == []
    # The worst of several terms counts.
    assert needs(tr(z.T @ projector(X) @ z) + tr(response.T @ response), design) == ["n > d + 1"]


def test_inverses_of_correlated_blocks_share_their_singularity() -> None:
    value = tr(gram_inverse(X)) * tr(gram_inverse(Y)) * tr(z.T @ z)
    assert needs(value, Sample.of(n, (X, Y), {(X, Y): C})) == ["n > d + 3", "n > d + 3"]
    assert needs(value, Sample.of(n, (X, Y))) == ["n > d + 1", "n > d + 1"]
    tall = gaussian("T", m, d)
    assert needs(
        tr(gram_inverse(X)) * tr(gram_inverse(tall)) * tr(z.T @ z), Sample.of(n, (X,)), Sample.of(m, (tall,))
    ) == [
        "m > d + 1",
        "n > d + 1",
    ]
    bounded = tr(projector(X) @ z @ z.T) * tr(gram_inverse(Y))
    assert needs(bounded, Sample.of(n, (X, Y), {(X, Y): C})) == ["n >= d", "n > d + 1"]


def test_needs_carry_advice() -> None:
    design = Sample.of(n, (X,))
    (need,) = gaussian_rules.expect(tr(z.T @ projector(X) @ z), (design, Sample.of(n, (z,))), ("z",)).needs
    assert "X'X has an inverse only then" in need.advice
    response = pinv(X) @ z
    (need,) = gaussian_rules.expect(tr(response.T @ response), (design, Sample.of(n, (z,))), ("z",)).needs
    assert "a term of order 2 in 1/X has a mean only then" in need.advice


# -- the inverse Wishart mean -------------------------------------------------------------------------------------


def test_the_inverse_wishart_mean() -> None:
    sample = Sample.of(n, (X,))
    done = gaussian_rules.expect_gram_inverse(tr(gram_inverse(X) @ A), (sample,), "X")
    assert done.value == tr(A) * (1 / (n - d - 1))
    assert done.samples == (sample,)
    assert [str(c) for c in done.needs] == ["n > d + 1"]
    assert "the mean of (X'X)^-1 exists only then" in done.needs[0].advice
    assert gaussian_rules.expect_gram_inverse(tr(gram_inverse(X)), (sample,), "X").value.as_scalar == d / (n - d - 1)


def test_the_inverse_is_replaced_wherever_it_stands_in_a_word_or_a_product() -> None:
    sample = Sample.of(n, (X,))
    value = tr(A @ gram_inverse(X) @ B @ D) * tr(D) * a + tr(B) * 2
    done = gaussian_rules.expect_gram_inverse(value, (sample,), "X").value
    assert done == tr(A @ B @ D) * tr(D) * (a / (n - d - 1)) + tr(B) * 2
    line = fixed("line", 1, d)
    value = tr(line @ gram_inverse(X) @ line.T) * tr(A)
    assert gaussian_rules.expect_gram_inverse(value, (sample,), "X").value == tr(line @ line.T) * tr(A) * (
        1 / (n - d - 1)
    )


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (tr(gram_inverse(X) @ A @ gram_inverse(X) @ B), r"found inv\(X'X\) inv\(X'X\)"),
        (tr(gram_inverse(X)) * tr(gram_inverse(X) @ A), r"found inv\(X'X\) inv\(X'X\)"),
        (tr(gram_inverse(X) @ X.T @ K @ X), r"found "),
        (tr(gram_inverse(X)) * tr(X.T @ X), r"found "),
        (tr(X.T @ X) + tr(gram_inverse(X)), r"found X' X|found X X'"),
        (tr(X @ R) + tr(gram_inverse(X)), r"found X"),
    ],
)
def test_the_inverse_wishart_mean_needs_a_single_occurrence(value: TraceSum, found: str) -> None:
    with pytest.raises(
        TraceError, match=r"the mean of \(X'X\)\^-1 needs it to occur once and X nowhere else; " + found
    ):
        gaussian_rules.expect_gram_inverse(value, (Sample.of(n, (X,)),), "X")


def test_the_inverse_wishart_mean_refuses_other_laws_and_absent_blocks() -> None:
    with pytest.raises(TraceError, match=r"Y is not whitened: the rule needs rows with identity covariance"):
        gaussian_rules.expect_gram_inverse(tr(gram_inverse(Y)), (PAIR,), "Y")
    with pytest.raises(TraceError, match=r"X is not independent of Y"):
        gaussian_rules.expect_gram_inverse(tr(gram_inverse(X) @ Y.T @ Y), (PAIR,), "X")
    with pytest.raises(TraceError, match=r"\(X'X\)\^-1 does not occur; nothing to average"):
        gaussian_rules.expect_gram_inverse(tr(A), (PAIR,), "X")
    with pytest.raises(TraceError, match=r"V is no block of this experiment; it has X, Y"):
        gaussian_rules.expect_gram_inverse(tr(A), (PAIR,), "V")


def test_the_inverse_wishart_mean_leaves_conditions_of_other_inverses() -> None:
    tall = gaussian("T", m, d)
    value = tr(gram_inverse(X)) * tr(gram_inverse(tall) @ gram_inverse(tall))
    done = gaussian_rules.expect_gram_inverse(value, (Sample.of(n, (X,)), Sample.of(m, (tall,))), "X")
    assert [str(c) for c in done.needs] == ["n > d + 1", "m > d + 3"]


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_the_inverse_wishart_mean_follows_from_moments(columns: int) -> None:
    """Weighting by det(X'X) turns the law for n rows into that for n + 2: E_{n+2} W^-1 = E_n[adj W] / E_n[det W]."""
    top = sp.Symbol("n", integer=True, positive=True)
    block = gaussian("G", top, columns)
    gram = block.T @ block
    traces = [tr(gram), tr(gram @ gram), tr(gram @ gram @ gram)]
    determinant, adjugate = {
        1: (traces[0], TraceSum.scalar(1)),
        2: ((traces[0] * traces[0] - traces[1]) * sp.Rational(1, 2), traces[0] * 2 - traces[0]),
        3: (
            (traces[0] * traces[0] * traces[0] - 3 * traces[0] * traces[1] + 2 * traces[2]) * sp.Rational(1, 6),
            (traces[0] * traces[0] - traces[1]) * sp.Rational(1, 2),
        ),
    }[columns]
    sample = Sample.of(top, (block,))
    mean = [gaussian_rules.expect(v, (sample,), ("G",)).value.as_scalar for v in (adjugate, determinant)]
    assert None not in mean
    inverse = gaussian_rules.expect_gram_inverse(tr(gram_inverse(block)), (sample,), "G").value.as_scalar
    assert inverse is not None
    assert sp.cancel(mean[0] / mean[1] - inverse.xreplace({top: top + 2})) == 0


# -- conditioning ---------------------------------------------------------------------------------------------


def test_conditioning_writes_a_block_as_regression_plus_residual() -> None:
    done = gaussian_rules.condition(tr(Y @ A @ X.T), (PAIR,), ("Y",), "X")
    (sample,) = done.samples
    residual = gaussian("Y|X", n, d)
    assert done.needs == ()
    assert sample.names() == ("X", "Y|X")
    assert sample.rows == n
    assert sample.cov("X", "Y|X").is_zero
    assert sample.cov("Y|X", "Y|X") == S - C.T @ C
    assert sample.cov("X", "X").is_identity
    assert [x.name for x in done.value.atoms] == ["A", "C", "X", "Y|X"]
    flat = gaussian("Y|X", n, d, r"{Y}_{\perp X}")
    assert done.value == tr((X @ C + flat) @ A @ X.T)
    assert sample.block("Y|X").latex() == r"{Y}_{\perp X}"
    assert residual.atom.name == sample.block("Y|X").name


THREE = Sample.of(
    n,
    (X, Y, W),
    {
        (X, Y): C,
        (X, W): fixed("E", d, m),
        (Y, W): fixed("G", d, m),
        (Y, Y): S,
        (W, W): fixed("V", m, m, symmetric=True),
    },
)
E_, G_, V_ = fixed("E", d, m), fixed("G", d, m), fixed("V", m, m, symmetric=True)


def test_conditioning_updates_every_covariance() -> None:
    (both,) = gaussian_rules.condition(tr(A), (THREE,), ("Y", "W"), "X").samples
    assert both.names() == ("X", "Y|X", "W|X")
    assert both.cov("Y|X", "W|X") == G_ - C.T @ E_
    assert both.cov("W|X", "Y|X") == G_.T - E_.T @ C
    assert both.cov("W|X", "W|X") == V_ - E_.T @ E_
    assert both.cov("X", "W|X").is_zero
    assert both.cov("Y|X", "X").is_zero
    (one,) = gaussian_rules.condition(tr(A), (THREE,), ("Y",), "X").samples
    assert one.names() == ("X", "Y|X", "W")
    assert one.cov("Y|X", "W") == G_ - C.T @ E_
    assert one.cov("X", "W") == E_
    assert one.cov("W", "W") == V_
    # The block conditioned on may come last: covariances are found in either order.
    flipped = Sample.of(n, (Y, X), {(Y, X): C.T, (Y, Y): S})
    (after,) = gaussian_rules.condition(tr(A), (flipped,), ("Y",), "X").samples
    assert after.names() == ("Y|X", "X")
    assert after.cov("Y|X", "Y|X") == S - C.T @ C
    assert after.cov("X", "Y|X").is_zero


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("names", [("Y",), ("W",), ("Y", "W"), ("W", "Y")], ids=str)
def test_conditioning_changes_no_mean(names: tuple[str, ...], seed: int) -> None:
    rng = np.random.default_rng(seed)
    L = fixed("L", n, n)
    value = tr(X.T @ L @ Y @ G_ @ W.T @ Y) + tr(W.T @ L @ X @ E_) * 2 + tr(Y.T @ X) * tr(W.T @ L @ W)
    done = gaussian_rules.condition(value, (THREE,), names, "X")
    (sample,) = done.samples
    before = gaussian_rules.expect(value, (THREE,), ("X", "Y", "W")).value
    after = gaussian_rules.expect(done.value, (sample,), sample.names()).value
    arrays = {k: rng.standard_normal(s) for k, s in {"C": (3, 3), "E": (3, 2), "G": (3, 2), "L": (4, 4)}.items()}
    for k, size in (("S", 3), ("V", 2)):
        root = rng.standard_normal((size, size))
        arrays[k] = root + root.T
    point = {"n": 4, "d": 3, "m": 2}
    assert float(evaluate_words(after, arrays, point)) == pytest.approx(float(evaluate_words(before, arrays, point)))


def test_conditioning_twice_leaves_what_neither_explains() -> None:
    white = Sample.of(n, (X, W, Y), {(X, Y): C, (W, Y): G_.T, (Y, Y): S})
    first = gaussian_rules.condition(tr(Y.T @ Y @ A), (white,), ("Y",), "X")
    second = gaussian_rules.condition(first.value, first.samples, ("Y|X",), "W")
    (sample,) = second.samples
    assert sample.names() == ("X", "W", "Y|X|W")
    assert sample.cov("Y|X|W", "Y|X|W") == S - C.T @ C - G_ @ G_.T
    assert sample.cov("X", "Y|X|W").is_zero
    assert sample.cov("W", "Y|X|W").is_zero


def test_conditioning_refuses_what_it_cannot_do() -> None:
    with pytest.raises(TraceError, match=r"Y is not whitened: conditioning on it needs rows with identity covariance"):
        gaussian_rules.condition(tr(X.T @ Y), (PAIR,), ("X",), "Y")
    with pytest.raises(TraceError, match=r"cannot condition X on itself"):
        gaussian_rules.condition(tr(X.T @ Y), (PAIR,), ("Y", "X"), "X")
    apart = Sample.of(n, (W,))
    with pytest.raises(TraceError, match=r"W and X belong to different samples: they are independent already"):
        gaussian_rules.condition(tr(X.T @ Y), (PAIR, apart), ("W",), "X")
    with pytest.raises(TraceError, match=r"inv\(Y'Y\) is a function of a block that is to be replaced"):
        gaussian_rules.condition(tr(gram_inverse(Y)), (PAIR,), ("Y",), "X")
    with pytest.raises(TraceError, match=r"V is no block of this experiment"):
        gaussian_rules.condition(tr(A), (PAIR,), ("Y",), "V")


def test_conditioning_leaves_other_samples_alone() -> None:
    apart = Sample.of(n, (W,))
    done = gaussian_rules.condition(tr(X.T @ Y), (apart, PAIR), ("Y",), "X")
    assert done.samples[0] is apart
    assert done.samples[1] is not PAIR


def test_a_residual_is_free_of_what_it_was_conditioned_on() -> None:
    """The whole chain by hand: E tr(Y' P Y) = n |C|^2 + d tr(S - C'C)."""
    value = tr(Y.T @ projector(X) @ Y)
    split = gaussian_rules.condition(value, (PAIR,), ("Y",), "X")
    rest = gaussian_rules.expect(split.value, split.samples, ("Y|X",))
    assert [str(c) for c in rest.needs] == ["n >= d"]
    done = gaussian_rules.expect(rest.value, rest.samples, ("X",))
    assert done.value == tr(C.T @ C) * n + tr(S) * d - tr(C.T @ C) * d


# -- lengths and directions ---------------------------------------------------------------------------------------

x = gaussian("x", N, 1)
VECTOR = Sample.of(N, (x,))


def power_sum(k: int) -> TraceSum:
    return tr(power(x, k - 1).T @ x) if k else tr(power(x, 0).T @ power(x, 0))


INVERSE = tr(gram_inverse(x))


def on_the_circle(exponents: tuple[int, ...], inverse: int) -> float:
    """The mean for N = 2: equispaced angles average trigonometric polynomials exactly, E r^(2k) = 2^k k!."""
    angle = 2 * np.pi * np.arange(64) / 64
    direction = np.stack([np.cos(angle), np.sin(angle)])
    average = np.mean(np.prod([(direction**k).sum(0) for k in exponents], axis=0)) if exponents else 1.0
    half = sum(exponents) / 2 - inverse
    return float(average * 2**half * sp.gamma(half + 1))


@pytest.mark.parametrize(
    ("exponents", "inverse"),
    [((2,), 1), ((4,), 1), ((4,), 2), ((3, 3), 1), ((3, 3), 3), ((2, 4), 2), ((6, 2), 1), ((4, 4), 2), ((1, 3), 1),
     ((3, 1, 2), 2), ((0, 4), 1), ((3, 4), 1), ((3,), 1)],
)  # fmt: skip
def test_ratios_agree_with_one_and_two_dimensions(exponents: tuple[int, ...], inverse: int) -> None:
    value = prod((power_sum(k) for k in exponents), start=TraceSum.scalar(1))
    for _ in range(inverse):
        value = value * INVERSE
    done = gaussian_rules.expect_polar(value, (VECTOR,), "x")
    assert done.needs == ()
    mean = done.value.as_scalar
    assert mean is not None
    assert float(mean.xreplace({N: sp.Integer(2)})) == pytest.approx(on_the_circle(exponents, inverse), abs=1e-12)
    rest = sum(exponents) - 2 * inverse
    assert mean.xreplace({N: sp.Integer(1)}) == (0 if rest % 2 else prod(range(1, rest, 2)))


def test_ratios_by_hand() -> None:
    def mean(value: TraceSum) -> sp.Expr:
        return gaussian_rules.expect_polar(value, (VECTOR,), "x").value.as_scalar

    assert sp.cancel(mean(power_sum(3) * power_sum(3) * INVERSE) - 15 * N / (N + 4)) == 0
    assert sp.cancel(mean(power_sum(4) * INVERSE * INVERSE) - 3 / (N + 2)) == 0
    assert mean(power_sum(2) * INVERSE) == 1
    assert sp.cancel(mean(power_sum(2) * 5 + power_sum(4) * INVERSE * a) - 5 * N - 3 * a * N / (N + 2)) == 0
    assert mean(power_sum(3) * power_sum(2) * INVERSE) == 0


def test_fixed_factors_stay_beside_a_ratio() -> None:
    value = power_sum(4) * INVERSE * tr(A)
    assert gaussian_rules.expect_polar(value, (VECTOR,), "x").value == tr(A) * (3 * N / (N + 2))


def test_ratios_refuse_what_they_do_not_cover() -> None:
    with pytest.raises(TraceError, match=r"degree 2 over \|x\|\^4: the ratio rule needs a degree that is not lower"):
        gaussian_rules.expect_polar(power_sum(2) * INVERSE * INVERSE, (VECTOR,), "x")
    # An odd polynomial over a high power has no mean that could vanish.
    with pytest.raises(TraceError, match=r"degree 1 over \|x\|\^2"):
        gaussian_rules.expect_polar(power_sum(1) * INVERSE, (VECTOR,), "x")
    direction = fixed("direction", N, 1)
    with pytest.raises(TraceError, match=r"is no power sum of x"):
        gaussian_rules.expect_polar(tr(direction.T @ x) * tr(direction.T @ x), (VECTOR,), "x")
    big = fixed("big", N, N)
    with pytest.raises(TraceError, match=r"is no power sum of x"):
        gaussian_rules.expect_polar(tr(x.T @ big @ x), (VECTOR,), "x")
    for block, sample in ((X, Sample.of(n, (X,))), (x, Sample.of(N, (x,), {(x, x): identity(sp.S.One) * 2}))):
        with pytest.raises(TraceError, match=rf"{block.atom.name} must be one standard Gaussian vector for this rule"):
            gaussian_rules.expect_polar(tr(gram_inverse(block)), (sample,), block.atom.name)
    y = gaussian("y", N, 1)
    joint = Sample.of(N, (x, y), {(x, y): identity(sp.S.One) * sp.Rational(1, 2)})
    with pytest.raises(TraceError, match=r"x is not independent of y"):
        gaussian_rules.expect_polar(power_sum(2) * tr(y.T @ y), (joint,), "x")


def test_a_ratio_beside_another_inverse_states_its_condition() -> None:
    value = power_sum(4) * INVERSE * tr(gram_inverse(X))
    done = gaussian_rules.expect_polar(value, (VECTOR, Sample.of(n, (X,))), "x")
    assert [str(c) for c in done.needs] == ["n > d + 1"]


@pytest.mark.parametrize(
    "exponents", [(), (2,), (4,), (1, 1), (3, 3), (2, 4), (1, 2, 3), (2, 2, 2), (0, 2), (5, 1), (3,)]
)
def test_moments_of_power_sums_agree_with_a_sum_over_indices(exponents: tuple[int, ...]) -> None:
    formula = gaussian_rules.power_sum_moment(list(exponents), N)
    for size in (1, 2, 3, 4):
        total = 0
        for where in product(range(size), repeat=len(exponents)):
            orders = [sum(k for k, i in zip(exponents, where, strict=True) if i == j) for j in range(size)]
            total += 0 if any(k % 2 for k in orders) else prod(prod(range(1, k, 2)) for k in orders)
        assert formula.xreplace({N: sp.Integer(size)}) == total


# -- results in the names of a setting ------------------------------------------------------------------------------

t, s, aux = sp.symbols("t s aux", real=True)


def test_words_are_stated_in_names() -> None:
    names = ((t, tr(A.T @ A)), (s, tr(A @ B) - tr(A.T @ A)))
    assert gaussian_rules.state_in_names(tr(A.T @ A) * n, names) == n * t
    assert sp.expand(gaussian_rules.state_in_names(tr(A @ B), names) - s - t) == 0
    assert sp.expand(gaussian_rules.state_in_names(tr(A @ B) * tr(A.T @ A) + 1, names) - (s + t) * t - 1) == 0
    assert gaussian_rules.state_in_names(TraceSum.scalar(n), ()) == n
    assert gaussian_rules.state_in_names(TraceSum.scalar(0), names) == 0
    assert gaussian_rules.state_in_names(tr(A.T @ A) - tr(A.T @ A), names) == 0


def test_auxiliary_scalars_are_eliminated() -> None:
    positive = sp.Symbol("var", positive=True)
    names = ((t, positive - tr(A)), (s, positive - tr(B)))
    assert sp.expand(gaussian_rules.state_in_names(tr(B) - tr(A), names) - t + s) == 0
    assert gaussian_rules.state_in_names(positive - tr(A) + s * 0, names) == t
    with pytest.raises(TraceError, match=r"is left over"):
        gaussian_rules.state_in_names(tr(A), names)
    # Its sign is no obstacle to solving for it.
    assert gaussian_rules.state_in_names(TraceSum.scalar(positive), ((t, -TraceSum.scalar(positive)),)) == -t


def test_what_no_name_covers_is_left_over() -> None:
    with pytest.raises(TraceError, match=r"tr\(B\) is left over; the setting gives it no name"):
        gaussian_rules.state_in_names(tr(B), ((t, tr(A)),))
    with pytest.raises(TraceError, match=r"tr\(A\) is left over; the setting gives it no name"):
        gaussian_rules.state_in_names(tr(A) * t, ())
    with pytest.raises(TraceError, match=r"aux is left over; state the result in the setting's names"):
        gaussian_rules.state_in_names(TraceSum.scalar(aux), ((t, tr(A) + aux), (s, tr(A) * 2 + aux * 2)))


def test_a_name_with_a_factor_divides_by_it_in_the_open() -> None:
    """tr A = t/d: the denominator stays in sight, where a derivation must prove that it is not zero."""
    assert gaussian_rules.state_in_names(tr(A) * d, ((t, tr(A) * d),)) == t
    assert sp.cancel(gaussian_rules.state_in_names(tr(A), ((t, tr(A) * d),)) - t / d) == 0


# -- the rules and the claims that confirm them ----------------------------------------------------------------------


def test_every_axiom_is_a_claim() -> None:
    ids = {claim.id for claim in facts.CLAIMS}
    assert set(gaussian_rules.AXIOMS) == {claim.id for claim in facts.AXIOMS} <= ids
    assert len(ids) == len(facts.CLAIMS)


@pytest.mark.parametrize("claim", facts.CLAIMS, ids=lambda c: c.name)
def test_each_fact_has_evidence_that_uses_no_rule(claim: Claim) -> None:
    free = [item for item in claim.evidence if not item.rules]
    assert {item.kind for item in free} <= {"precision", "simulation"}
    assert free
    assert claim.rivals


DERIVED = [claim for claim in facts.CLAIMS if claim not in facts.AXIOMS]


@pytest.mark.parametrize("claim", DERIVED, ids=lambda c: c.name)
def test_the_rules_as_coded_give_the_right_sides_of_the_claims(claim: object) -> None:
    """The bridge between the confirmed statements and the code that derivations run."""
    quantity = claim.statement.lhs  # type: ignore[attr-defined]
    assert isinstance(quantity, Quantity)
    value, samples = quantity.value, quantity.setting.samples
    (sample,) = samples
    quantity_blocks = {b.name: gaussian(b.name, b.rows, b.cols) for b in sample.blocks}
    name = claim.name  # type: ignore[attr-defined]
    if name == "inverse_wishart_mean":
        done = gaussian_rules.expect_gram_inverse(value, samples, "Z")
    elif name in ("length_is_independent_of_direction", "length_weighs_by_degree", "power_sums_average"):
        done = gaussian_rules.expect_polar(value, samples, "x")
    elif name == "conditioning_splits_a_block":
        split = gaussian_rules.condition(value, samples, ("Y",), "X")
        done = gaussian_rules.expect(split.value, split.samples, ("Y|X",))
        done = gaussian_rules.expect(done.value, done.samples, ("X",))
    elif name == "projector_average":
        Zm, Am = quantity_blocks["Z"], fixed("A", *(2 * [sample.rows]))
        done = gaussian_rules.stein(
            value, samples, "Z", Am @ Zm - projector(Zm) @ Am @ Zm, TraceSum.scalar(1), -1 / sample.rows
        )
    else:
        done = gaussian_rules.expect(value, samples, sample.names())
    stated = gaussian_rules.state_in_names(done.value, quantity.setting.names)
    assert sp.cancel(stated - claim.rhs) == 0  # type: ignore[attr-defined]


def test_instances_of_the_claims_honour_named_scalars() -> None:
    rng = np.random.default_rng(0)
    made = facts.inverse_wishart_mean.statement.lhs.setting.realise({"n": 9, "d": 3, "t_B": 7.5}, rng)
    assert np.trace(made["B"]) == pytest.approx(7.5)
    setting = facts.conditioning_splits_a_block.statement.lhs.setting
    made = setting.realise({"n": 9, "d": 3, "e": 2, "c2": 2.0, "s2": 5.0}, rng)
    assert np.sum(made["C"] ** 2) == pytest.approx(2.0)
    assert np.trace(made["S"]) == pytest.approx(5.0)
    numbers = {"n": 9, "d": 3, "e": 2}
    full = covariance_matrix(setting.samples[0], made, numbers)
    assert np.linalg.eigvalsh(full).min() > 0


def test_conditions_are_plain_data() -> None:
    done = gaussian_rules.expect_gram_inverse(tr(gram_inverse(X)), (Sample.of(n, (X,)),), "X")
    assert all(isinstance(need, Condition) for need in done.needs)
