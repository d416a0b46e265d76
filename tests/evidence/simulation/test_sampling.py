"""The fast sampler against the experiment itself: path by path, in law, and with one degree of freedom off by one."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from experiments import (
    FRESH,
    IN_SAMPLE,
    INVERSE,
    LABELLED,
    LENGTH,
    POPULATION,
    RANK,
    TALL,
    W2S,
    C,
    Ps,
    Pw,
    X,
    Xw,
    d,
    overlap,
    power,
    z,
)
from scipy import stats

from w2s_sym.claims.statement import ClaimError
from w2s_sym.evidence.simulation import sampling
from w2s_sym.formula.letters import N, d_s, d_sw, d_w, n, sigma2
from w2s_sym.matrices import samplers
from w2s_sym.matrices.evaluation import evaluate_words
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.samplers import ModelError
from w2s_sym.matrices.traces import tr
from w2s_sym.matrices.words import fixed, gaussian, gram_inverse, identity, pinv

POINT = {"N": 12, "n": 11, "d_s": 3, "d_w": 2, "d_sw": 1.2, "sigma2": 0.7}
# Shapes with excess 6 on both sides. In the first three the teacher has one direction, and a fault in it shows most.
SHAPES = [
    {"N": 7, "n": 7, "d_s": 1, "d_w": 1, "d_sw": 0.9, "sigma2": 1.0},
    {"N": 10, "n": 7, "d_s": 4, "d_w": 1, "d_sw": 0.9, "sigma2": 2.0},
    {"N": 12, "n": 7, "d_s": 4, "d_w": 1, "d_sw": 0.95, "sigma2": 0.5},
    {"N": 8, "n": 9, "d_s": 2, "d_w": 3, "d_sw": 1.1, "sigma2": 0.5},
    {"N": 9, "n": 8, "d_s": 3, "d_w": 2, "d_sw": 2.0, "sigma2": 0.5},
]


def rng(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


def quantity(value, *samples, names=(), realise=None, literal=None):
    return Quantity(sp.Symbol("q"), "", value, Setting(samples, names, realise), literal)


def one(arrays, i):
    return {k: a[i] if a.ndim == 3 else a for k, a in arrays.items()}


# -- paths ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("q", [POPULATION, IN_SAMPLE])
@pytest.mark.parametrize("point", [POINT, *SHAPES])
def test_words_are_the_literal_experiment_path_by_path(q, point):
    arrays, scalars = sampling.draw_arrays(q, point, rng(1), 40, True)
    assert arrays["Psi_w"].shape == (40, point["N"], point["d_w"])
    assert arrays["z"].shape == (40, point["n"], 1)
    words = evaluate_words(q.value, arrays, scalars)
    by_hand = [q.literal(one(arrays, i), scalars) for i in range(40)]
    np.testing.assert_allclose(words, by_hand, rtol=1e-9)


def test_full_rows_have_the_declared_covariance():
    arrays, scalars = sampling.draw_arrays(POPULATION, {**POINT, "N": 400, "n": 4000}, rng(2), 50, True)
    cross = np.einsum("kni,knj->ij", arrays["Psi_s"], arrays["Psi_w"]) / 20000
    np.testing.assert_allclose(cross, arrays["C"], atol=0.04)
    assert arrays["z"].var() == pytest.approx(0.7, rel=0.03)
    assert scalars["d_sw"] == 1.2
    assert set(scalars) == set(POINT)


def test_fast_draws_are_no_taller_than_wide():
    arrays, scalars = sampling.draw_arrays(POPULATION, {**POINT, "N": 10**6, "n": 10**5}, rng(3), 4, False)
    assert arrays["Psi_s"].shape == (4, 5, 3)
    assert arrays["Psi_w"].shape == (4, 5, 2)
    assert arrays["X_w"].shape == (4, 3, 2)
    assert arrays["z"].shape == (4, 3, 1)
    assert scalars["N"] == 10**6


# -- laws -----------------------------------------------------------------------------------------------------


def literal_draws(point, seed, draws):
    """The experiment by its normal equations, on rows drawn here; its first draws are checked against lstsq."""
    source, cross = rng(seed), overlap(point, rng(5))["C"]
    d_w, d_s = point["d_w"], point["d_s"]
    values, eigenvectors = np.linalg.eigh(np.eye(d_w) - cross.T @ cross)
    strong = source.standard_normal((draws, point["N"], d_s))
    residual = (source.standard_normal((draws, point["N"], d_w)) * np.sqrt(np.clip(values, 0, None))) @ eigenvectors.T
    weak = strong @ cross + residual
    design = source.standard_normal((draws, point["n"], d_w))
    noise = np.sqrt(point["sigma2"]) * source.standard_normal((draws, point["n"], 1))

    def fit(x, y):
        turned = np.swapaxes(x, 1, 2)
        return np.linalg.solve(turned @ x, turned @ y)

    found = (fit(strong, weak @ fit(design, noise)) ** 2).sum((1, 2))
    for i in range(20):
        arrays = {"Psi_s": strong[i], "Psi_w": weak[i], "X_w": design[i], "z": noise[i]}
        assert POPULATION.literal(arrays, {}) == pytest.approx(found[i], rel=1e-8)
    return found


@pytest.fixture(scope="module")
def literal():
    return [literal_draws(p, 6, 20000) for p in SHAPES]


def fast_draws(point):
    # The same cross-covariance as the literal experiment's; the law depends on its singular values only.
    q = with_realise(lambda at, _: overlap(at, rng(5)))
    return sampling.sample(q, point, rng(7), 20000)


@pytest.mark.parametrize("shape", range(5))
def test_the_fast_sampler_has_the_law_of_the_literal_experiment(shape, literal):
    fast = fast_draws(SHAPES[shape])
    assert stats.ks_2samp(fast, literal[shape]).pvalue > 1e-4


@pytest.mark.parametrize("shape", [0, 1, 2])
def test_one_degree_of_freedom_off_by_one_has_another_law(shape, literal, monkeypatch):
    true = samplers.bartlett

    def off_by_one(source, draws, rows, size):
        t = true(source, draws, rows, size)
        t[:, 0, 0] = np.sqrt(source.chisquare(rows - 1, draws))
        return t

    monkeypatch.setattr(samplers, "bartlett", off_by_one)
    fast = fast_draws(SHAPES[shape])
    assert stats.ks_2samp(fast, literal[shape]).pvalue < 1e-10


def test_averaging_the_noise_keeps_the_mean_and_cuts_the_spread():
    plain = sampling.sample(POPULATION, POINT, rng(8), 40000)
    smooth = sampling.sample(POPULATION, POINT, rng(9), 40000, average=("z",))
    gap = (plain.mean() - smooth.mean()) / np.hypot(plain.std() / 200, smooth.std() / 200)
    assert abs(gap) < 4
    assert smooth.std() < 0.6 * plain.std()


def test_words_that_cancel_leave_a_number():
    np.testing.assert_array_equal(sampling.sample(RANK, {"n": 7, "d": 3}, rng(), 4), np.full(4, 3.0))


def test_averaging_every_block_leaves_a_number():
    values = sampling.sample(LENGTH, {"n": 7, "d": 3}, rng(), 5, average=("X",))
    np.testing.assert_array_equal(values, np.full(5, 21.0))


def test_full_rows_and_fast_draws_agree_in_law():
    fast = sampling.sample(IN_SAMPLE, POINT, rng(10), 20000)
    full = sampling.sample(IN_SAMPLE, POINT, rng(11), 20000, full_rows=True)
    assert stats.ks_2samp(fast, full).pvalue > 1e-4


def test_fewer_rows_than_columns():
    fast = sampling.sample(LENGTH, {"n": 2, "d": 5}, rng(12), 20000)
    # |X|_F^2 is chi-square with 10 degrees of freedom.
    assert stats.kstest(fast, stats.chi2(10).cdf).pvalue > 1e-4


# -- which rows must be drawn -----------------------------------------------------------------------------------


def plan(q, point, average=(), full_rows=False):
    return sampling.plan_draws(q, sampling.realise(q, point, rng()), average, full_rows)


def test_only_the_blocks_that_occur_are_drawn():
    made = plan(POPULATION, POINT)
    assert [[b for b, *_ in g.blocks] for g in made.groups] == [["X_w", "z"], ["Psi_s", "Psi_w"]]
    assert [g.full for g in made.groups] == [False, False]
    assert [(g.rows, g.width, g.height) for g in made.groups] == [(11, 3, 3), (12, 5, 5)]
    smooth = plan(POPULATION, POINT, ("z",))
    assert [[b for b, *_ in g.blocks] for g in smooth.groups] == [["X_w"], ["Psi_s", "Psi_w"]]
    assert smooth.groups[0].root is None
    assert smooth.groups[1].root is not None
    everything = plan(POPULATION, POINT, ("z",), full_rows=True)
    assert [[b for b, *_ in g.blocks] for g in everything.groups] == [["X_w", "z"], ["Psi_s", "Psi_w"]]
    assert [g.height for g in everything.groups] == [11, 12]


def test_blocks_stand_side_by_side_in_order():
    made = plan(POPULATION, POINT)
    assert made.groups[1].blocks == (("Psi_s", 0, 3), ("Psi_w", 3, 5))
    root = made.groups[1].root
    np.testing.assert_allclose((root @ root)[:3, 3:], made.instance.arrays["C"], atol=1e-12)


def test_samples_that_share_their_rows_are_drawn_together():
    A, B = gaussian("A", n, d), gaussian("B", n, 2)
    q = quantity(tr(A.T @ B @ B.T @ A), Sample.of(n, [A], {(A, A): 4 * identity(d)}), Sample.of(n, [B]))
    made = plan(q, {"n": 6, "d": 3})
    assert len(made.groups) == 1
    assert made.groups[0].blocks == (("A", 0, 3), ("B", 3, 5))
    assert not made.groups[0].full
    np.testing.assert_allclose(made.groups[0].root, np.diag([2, 2, 2, 1, 1]), atol=1e-12)
    fast = made.draw(rng(13), 20000)
    full = plan(q, {"n": 6, "d": 3}, full_rows=True)
    # E tr(AA'BB') = tr(12 I_6 2 I_6) = 144.
    assert fast.mean() == pytest.approx(144, rel=0.03)
    assert stats.ks_2samp(fast, full.draw(rng(14), 20000)).pvalue > 1e-4


def test_samples_that_never_meet_are_drawn_apart():
    A, B = gaussian("A", n, d), gaussian("B", n, d)
    q = quantity(tr(A.T @ A @ B.T @ B), Sample.of(n, [A]), Sample.of(n, [B]))
    assert [g.blocks for g in plan(q, {"n": 6, "d": 3}).groups] == [(("A", 0, 3),), (("B", 0, 3),)]


def ones(point, _):
    return {"e": np.ones((point["n"], 1))}


def test_a_fixed_vector_among_the_rows_needs_full_rows():
    e = fixed("e", n, 1)
    q = quantity(tr(e.T @ X @ X.T @ e), Sample.of(n, [X]), realise=ones)
    made = plan(q, {"n": 5, "d": 2})
    assert made.groups[0].full
    assert made.groups[0].height == 5
    # |X'e|^2 is 5 times chi-square with 2 degrees of freedom.
    assert stats.kstest(made.draw(rng(15), 20000) / 5, stats.chi2(2).cdf).pvalue > 1e-4
    other = gaussian("Y", n, 2)
    both = quantity(tr(e.T @ X @ X.T @ e) + tr(other.T @ other), Sample.of(n, [X]), Sample.of(n, [other]), realise=ones)
    assert [g.full for g in plan(both, {"n": 5, "d": 2}).groups] == [True, False]


def test_an_entrywise_power_needs_full_rows():
    x = gaussian("x", N, 1)
    q = quantity(tr(power(x, 2).T @ power(x, 2)), Sample.of(N, [x]))
    made = plan(q, {"N": 4})
    assert made.groups[0].full
    # E sum x^4 = 3 N, Var x^4 = 105 - 9.
    values = made.draw(rng(16), 20000)
    assert values.mean() == pytest.approx(12, abs=5 * np.sqrt(4 * 96 / 20000))


def test_a_row_index_that_meets_a_column_index_needs_full_rows():
    square = gaussian("X", d, d)
    q = quantity(tr(square @ square), Sample.of(d, [square]))
    made = plan(q, {"d": 3})
    assert made.groups[0].full
    # E tr(XX) = sum_ij E X_ij X_ji = d.
    values = made.draw(rng(17), 20000)
    assert values.mean() == pytest.approx(3, abs=5 * values.std() / 141)


def test_a_covariance_that_is_none_is_refused():
    q = quantity(tr(Ps.T @ Pw @ C.T), FRESH, realise=lambda p, _: {"C": 2 * np.ones((p["d_s"], p["d_w"]))})
    with pytest.raises(ModelError, match=r"q: the covariance of Psi_s, Psi_w has eigenvalue -"):
        plan(q, {"N": 5, "d_s": 2, "d_w": 2})


# -- batches --------------------------------------------------------------------------------------------------


def test_batches_are_large_where_matrices_are_small_and_bounded_where_not():
    assert plan(POPULATION, POINT).batch == 4096
    heavy = plan(POPULATION, {**POINT, "N": 10**6, "n": 10**5, "d_s": 100, "d_w": 100, "d_sw": 0.0})
    # One draw holds at least the two factors of 200 x 200 and 101 x 101 numbers.
    assert heavy.batch * 8 * (200 * 200 + 101 * 101) < 200e6
    # The size of a batch is part of its stream: another size gives other digits, and undoes what is remembered.
    assert heavy.batch == 16
    assert plan(POPULATION, {**POINT, "N": 99, "n": 99, "d_s": 20, "d_w": 20}).batch == 256
    assert heavy.operations > 1e6 > plan(POPULATION, POINT).operations > 100


def test_a_sample_is_made_of_its_batches(monkeypatch):
    assert sampling.sample(LENGTH, {"n": 5, "d": 2}, rng(), 0).shape == (0,)
    asked = []
    true = samplers.bartlett

    def watch(source, draws, rows, size):
        asked.append(draws)
        return true(source, draws, rows, size)

    monkeypatch.setattr(samplers, "bartlett", watch)
    values = sampling.sample(LENGTH, {"n": 5, "d": 2}, rng(), 5000)
    assert asked == [4096, 904]
    assert values.shape == (5000,)
    assert len(np.unique(values)) == 5000


def test_a_draw_is_reproducible():
    a, b = (sampling.sample(POPULATION, POINT, rng(18), 10) for _ in range(2))
    np.testing.assert_array_equal(a, b)
    assert not np.array_equal(a, sampling.sample(POPULATION, POINT, rng(19), 10))


# -- instances ------------------------------------------------------------------------------------------------


def test_sizes_are_the_symbols_in_shapes():
    assert POPULATION.size_symbols == (N, d_s, d_w, n)
    assert LENGTH.size_symbols == (d, n)
    # A name may use a matrix that the words do not.
    q = quantity(tr(Xw.T @ Xw), LABELLED, names=((d_sw, tr(C.T @ C)),), realise=overlap)
    assert q.size_symbols == (d_s, d_w, n)


def test_scalars_are_computed_or_honoured():
    made = sampling.realise(POPULATION, {k: v for k, v in POINT.items() if k in ("N", "n", "d_s", "d_w")}, rng(20))
    assert made.scalars["d_sw"] == pytest.approx((made.arrays["C"] ** 2).sum())
    assert 0.5 <= made.scalars["sigma2"] <= 1.5
    assert sampling.realise(POPULATION, POINT, rng(20)).scalars["sigma2"] == 0.7
    assert made.size(N - d_s) == 9


def test_scalars_may_be_filled_in():
    seen = {}

    def fill(known):
        seen.update(known)
        return {"t": 2.5}

    made = sampling.realise(POPULATION, POINT, rng(), fill)
    assert made.scalars["t"] == 2.5
    assert seen == pytest.approx(POINT)


def test_a_size_that_is_missing_is_named():
    with pytest.raises(ClaimError, match="V: no value for N, n; name all sizes"):
        sampling.realise(POPULATION, {"d_s": 1, "d_w": 1}, rng())


def with_realise(realise):
    return Quantity(POPULATION.symbol, "", POPULATION.value, Setting(W2S.samples, W2S.names, realise))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda made: {"sigma2": 0.7}, "realise returns no matrix C; it should be \\(3, 2\\)"),
        (lambda made: {**made, "C": made["C"].T}, r"realise returns C of shape \(2, 3\), not \(3, 2\)"),
        (lambda made: {**made, "C": made["C"] * 1.001}, r"the point has d_sw=1\.2 and tr\(.*\) is 1\.2024"),
        (lambda made: {**made, "sigma2": 0.8}, r"the point has sigma2=0\.7 and its setting makes 0\.8"),
        (lambda made: {**made, "C": made["C"] * (1 + 1e-8)}, "d_sw"),
    ],
)
def test_what_realise_makes_is_checked(change, message):
    q = with_realise(lambda point, source: change(overlap(point, source)))
    with pytest.raises(ClaimError, match=message):
        sampling.realise(q, POINT, rng())


def test_rounding_is_no_contradiction():
    q = with_realise(lambda point, source: {**overlap(point, source), "sigma2": 0.7 * (1 + 1e-12)})
    assert sampling.realise(q, POINT, rng()).scalars["sigma2"] == 0.7


def test_a_realise_that_wants_more_is_told_so():
    q = with_realise(lambda point, source: {"C": point["height"]})
    with pytest.raises(ClaimError, match="realise asks for 'height'"):
        sampling.realise(q, POINT, rng())


# -- averages -------------------------------------------------------------------------------------------------


def test_averaging_follows_the_rule():
    # E z'Az = sigma2 tr A.
    assert str(sampling.averaged(POPULATION, ("z",))).startswith("(sigma2) tr(")
    assert sampling.averaged(POPULATION, ()) == POPULATION.value
    A, B = gaussian("A", n, d), gaussian("B", n, d)
    q = quantity(tr(A.T @ A @ B.T @ B), Sample.of(n, [A]), Sample.of(n, [B]))
    assert sampling.averaged(q, ("A", "B")).as_scalar == d * n**2


def test_what_cannot_be_averaged_is_refused():
    with pytest.raises(ClaimError, match="y is no block of its setting"):
        sampling.averaged(POPULATION, ("y",))
    with pytest.raises(ClaimError, match=r"V: cannot average X_w: .*is not polynomial"):
        sampling.averaged(POPULATION, ("X_w",))
    with pytest.raises(ClaimError, match=r"V: cannot average Psi_w: .*not independent"):
        sampling.averaged(POPULATION, ("Psi_w",))


# -- tails ----------------------------------------------------------------------------------------------------


def test_every_inverse_needs_its_excess():
    assert sampling.EXCESS == 6
    assert sampling.needed_excesses(POPULATION.value, W2S) == ((N, d_s, 6), (n, d_w, 6))
    assert sampling.needed_excesses(LENGTH.value, TALL) == ()
    assert sampling.needed_excesses(INVERSE.value, TALL) == ((n, d, 6),)
    # With X'X beside it the inverse cancels.
    assert sampling.needed_excesses(RANK.value, TALL) == ()


def test_higher_powers_of_an_inverse_need_more():
    inverse = gram_inverse(X)
    # The tail index of W^-k at excess e is (e + 1)/(2k): what k = 1 has at 6, k = 2 has at 13 and k = 3 at 20.
    assert sampling.needed_excesses(tr(inverse @ inverse), TALL) == ((n, d, 13),)
    assert sampling.needed_excesses(tr(inverse) * tr(inverse), TALL) == ((n, d, 13),)
    assert sampling.needed_excesses(tr(inverse @ inverse @ inverse) + tr(inverse), TALL) == ((n, d, 20),)
    x = gaussian("x", N, 1)
    vector = Setting((Sample.of(N, [x]),))
    cubes = tr(power(x, 3).T @ power(x, 3))
    assert sampling.needed_excesses(cubes * tr(gram_inverse(x)), vector) == ((N, sp.Integer(1), 6),)
    assert sampling.needed_excesses(tr(pinv(X) @ pinv(X).T @ X.T @ X), TALL) == ()


def test_the_noise_is_scaled():
    # Given the design, z'Az has mean sigma2 tr A: the mean is proportional to sigma2.
    low = sampling.sample(POPULATION, {**POINT, "sigma2": 1.0}, rng(21), 2000)
    high = sampling.sample(POPULATION, {**POINT, "sigma2": 9.0}, rng(21), 2000)
    np.testing.assert_allclose(high, 9 * low, rtol=1e-9)
    assert z.rows == n
    assert sigma2.is_nonnegative


# -- what an instance holds -----------------------------------------------------------------------------------


def test_matrices_and_numbers_of_an_instance_are_kept_apart() -> None:
    point = {"d_s": 3, "d_w": 2, "N": 20, "n": 12}
    made = sampling.realise(POPULATION, point, np.random.default_rng(0), lambda known: {"sigma2": 1.0})
    assert set(made.arrays) == {"C"}
    assert made.arrays["C"].shape == (3, 2)
    assert {"d_s", "d_w", "N", "n", "sigma2", "d_sw"} <= set(made.scalars)
    assert all(isinstance(v, float) for v in made.scalars.values())
    assert made.scalars["d_sw"] == pytest.approx(float((made.arrays["C"] ** 2).sum()))
