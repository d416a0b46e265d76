"""Which points a simulation takes: admissible, small, light-tailed, and apart from the rivals."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
import sympy as sp
from experiments import (
    INVERSE,
    INVERSE_DOMAIN,
    LENGTH,
    LENGTH_DOMAIN,
    POPULATION,
    TALL,
    W2S,
    W2S_DOMAIN,
    X,
    claim,
    d,
    in_sample,
    population,
)

from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.statement import ClaimError, Compare, Equation, Iff
from w2s_sym.evidence.simulation.moments_of_draws import draws_for_skewness
from w2s_sym.evidence.simulation.simulation import Simulation
from w2s_sym.evidence.simulation.totals_at_points import summed
from w2s_sym.evidence.simulation.trials import (
    LEAST_DRAWS,
    Formulas,
    Places,
    Trial,
    choose,
    distances,
    named_point,
    relation_of,
    separations,
)
from w2s_sym.formula.conditions import Condition, DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import N, d_s, d_sw, d_w, n, sigma2
from w2s_sym.formula.notation import symbol
from w2s_sym.formula.totals import any_spectrum, total
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.samplers import ModelError
from w2s_sym.matrices.traces import tr
from w2s_sym.matrices.words import gaussian, gram_inverse

a, b = symbol("a", "a number", positive=True), symbol("b", "another number", positive=True)
x = sp.Symbol("x", positive=True)


def rng(seed=0):
    return np.random.Generator(np.random.PCG64(seed))


def places(quantity, formula, domain, **more):
    return Places(claim(Compare(quantity, "=", formula), domain, Simulation(), **more), quantity)


W2S_PLACES = places(POPULATION, population, W2S_DOMAIN)

# -- formulas -------------------------------------------------------------------------------------------------


def test_formulas_are_evaluated_at_all_points_at_once():
    f = Formulas(a / (a - 1), (a, sp.Integer(3), "no formula"), False)
    assert f.authors == ((0, a), (1, sp.Integer(3)))
    assert f.mutants == ()
    values = f.at([Trial({"a": 2.0}), Trial({"a": 5, "b": 1.0})])
    np.testing.assert_allclose(values, [[2, 1.25], [2, 5], [3, 3]])


def test_mutants_come_after_the_authors_rivals():
    f = Formulas(2 * a, (a,))
    # a changed to a + 1 and a - 1; 2 to 3 and 1; the factor 2 or a dropped; the sign.
    assert {-2 * a, 2 * a + 2, 2 * a - 2, 3 * a, sp.Integer(2)} <= set(f.mutants)
    values = f.at([Trial({"a": 5.0})])
    assert values.shape == (2 + len(f.mutants), 1)
    assert values[0, 0] == 10
    assert values[1, 0] == 5
    for m, v in zip(f.mutants, values[2:, 0], strict=True):
        assert v == pytest.approx(float(m.subs(a, 5)))


def test_what_is_undefined_is_not_finite_and_no_rival():
    f = Formulas(a, (1 / (a - 1), sp.sqrt(a - 1)), False)
    values = f.at([Trial({"a": 1.0}), Trial({"a": 0.5})])
    assert not np.isfinite(values[1, 0])
    assert not np.isfinite(values[2, 1])
    np.testing.assert_array_equal(distances(values), [[0, 2.5], [1, 0]])


def test_separations_are_relative_unless_the_formula_is_zero():
    values = np.array([[4.0, 0.0, -2.0], [5.0, 3.0, 2.0], [4.0, np.inf, np.nan]])
    np.testing.assert_array_equal(separations(values), [[0.25, 3.0, 2.0], [0, 0, 0]])
    np.testing.assert_array_equal(distances(values), [[1, 3, 4], [0, 0, 0]])


# -- choices --------------------------------------------------------------------------------------------------


def test_the_first_choice_serves_the_least_resolved_rival():
    gaps = np.array([[0.4, 0.1, 0.2], [0.01, 0.1, 0.15]])
    assert choose(gaps, 1) == [2]
    # Then the one that raises the rival now behind: 0.4 and 0.15 against 0.2 and 0.15.
    assert choose(gaps, 2) == [2, 0]
    assert choose(gaps, 3) == [2, 0, 1]
    assert choose(gaps, 9) == [2, 0, 1]


def test_ties_go_to_the_average_and_then_to_the_first():
    assert choose(np.array([[0.1, 0.1, 0.1], [0.2, 0.3, 0.3]]), 1) == [1]
    assert choose(np.array([[0.2, 0.2]]), 1) == [0]


def test_more_than_enough_counts_as_enough():
    assert choose(np.array([[0.5, 90.0], [0.5, 0.49]]), 1) == [0]
    assert choose(np.array([[3.0, 90.0], [3.0, 2.0]]), 1) == [0]
    assert choose(np.array([[3.0, 90.0], [3.0, 2.0]]), 1, enough=100.0) == [0]
    assert choose(np.array([[1.0, 90.0], [3.0, 2.0]]), 1, enough=100.0) == [1]


def test_rivals_that_nothing_resolves_have_no_say():
    assert choose(np.array([[0.0, 0.0], [0.1, 0.2]]), 1) == [1]
    assert choose(np.zeros((3, 2)), 2) == [0, 1]
    assert choose(np.zeros((0, 3)), 2) == [0, 1]


# -- named points ---------------------------------------------------------------------------------------------


def test_a_point_is_named_by_symbol_or_name():
    made = W2S_PLACES.claim
    point = named_point(made, {N: 20, "d_s": 3, "sigma2": sp.Rational(1, 4)}, W2S_PLACES.names)
    assert point == {"N": 20, "d_s": 3, "sigma2": 0.25}
    assert isinstance(point["N"], int)
    assert isinstance(point["sigma2"], float)
    assert named_point(made, {"n": np.int64(9), "sigma2": 2}, ()) == {"n": 9, "sigma2": 2.0}


@pytest.mark.parametrize(
    ("point", "message"),
    [
        ({"m": 3}, "toy/toy: no symbol m; a point may name N, d_s, d_sw, d_w, n, sigma2"),
        ({"N": 3.5}, "N=3.5: needs an integer"),
        ({"N": 5, "d_s": 4}, r"N=5, d_s=4: needs N > d_s \+ 1; take more pseudo-labels|d_s=4, N=5"),
        ({"sigma2": -1}, "sigma2 >= 0"),
        ({"n": 0}, "n >= 1"),
        ({"sigma2": float("nan")}, "needs a finite number"),
        ({"sigma2": "much"}, "needs a number"),
    ],
)
def test_a_bad_point_is_refused(point, message):
    with pytest.raises(DomainError, match=message):
        named_point(W2S_PLACES.claim, point, W2S_PLACES.names)


# -- completion -----------------------------------------------------------------------------------------------


def test_a_point_is_completed_by_the_experiment():
    trial = W2S_PLACES.complete({"N": 20, "n": 15, "d_s": 3, "d_w": 2}, rng(1))
    assert list(trial.point) == ["N", "d_s", "d_w", "n", "d_sw", "sigma2"]
    assert trial.point["d_sw"] == pytest.approx((trial.instance.arrays["C"] ** 2).sum())
    assert isinstance(trial.point["N"], int)
    assert isinstance(trial.point["d_sw"], float)
    assert str(Trial({"N": 20, "d_sw": 0.123456789})) == "N=20, d_sw=0.123457"


def test_what_the_point_names_is_kept():
    trial = W2S_PLACES.complete({"N": 20, "n": 15, "d_s": 3, "d_w": 2, "d_sw": 2.0, "sigma2": 3.0}, rng(1))
    assert trial.point["d_sw"] == 2.0  # on the boundary: rounding of C must not push it out
    assert trial.point["sigma2"] == 3.0


def test_the_domain_is_enforced_on_what_is_computed():
    tight = Domain(W2S_DOMAIN.symbols, (*W2S_DOMAIN.conditions, Condition(sigma2, ">", 5, "add noise")))
    with pytest.raises(DomainError, match=r"sigma2=.*: needs sigma2 > 5; add noise"):
        places(POPULATION, population, tight).complete({"N": 20, "n": 15, "d_s": 3, "d_w": 2}, rng())
    with pytest.raises(ModelError, match="needs 0 <= d_sw"):
        W2S_PLACES.complete({"N": 20, "n": 15, "d_s": 3, "d_w": 2, "d_sw": 2.5}, rng())


@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(
    ("relation", "bound", "inside"),
    [
        ("<", 3, False),
        ("<=", 3, True),
        (">", 3, False),
        (">=", 3, True),
        ("=", 3, True),
        ("!=", 3, False),
        ("<", 4, True),
        ("<", 2, False),
        (">", 2, True),
        (">", 4, False),
        ("=", 2, False),
        ("!=", 2, True),
        ("<=", 2, False),
        (">=", 4, False),
    ],
)
def test_each_relation_of_a_domain(relation, bound, inside, sign):
    # 3 up to rounding, which decides neither against equality nor for strictness.
    domain = Domain((d, a, b), (Condition(a + b, relation, bound),))
    made = Places(claim(Compare(a, "=", b), domain, Simulation()), None)
    point = {"d": 1, "a": 1.5, "b": 1.5 + sign * 1e-13}
    if inside:
        assert made.complete(point, rng()).point["a"] == point["a"]
    else:
        with pytest.raises(DomainError, match=r"a=1\.5, b=1\.5: needs a \+ b"):
            made.complete(point, rng())


def test_signs_of_small_numbers():
    c = symbol("c", "a number that may be zero", nonnegative=True)
    made = Places(claim(Compare(a, "=", c), Domain((a, c)), Simulation()), None)
    assert made.complete({"a": 1e-30, "c": -1e-17}, rng()).point["a"] == 1e-30
    with pytest.raises(DomainError, match=r"toy/toy: c=-1e-10: needs c >= 0; choose"):
        made.complete({"a": 1.0, "c": -1e-10}, rng())
    with pytest.raises(DomainError, match=r"a=0: needs a > 0"):
        made.complete({"a": 0.0, "c": 1.0}, rng())


def test_what_nobody_names_is_drawn_from_the_domain():
    domain = Domain((a, d, b), (Condition(a, "<", 1), Condition(b, ">", a), Condition(b, "<", 2 * a)))
    made = Places(claim(Compare(a, "=", b), domain, Simulation()), None)
    points = [made.complete({"a": 0.25}, rng(i)).point for i in range(10)]
    assert {p["a"] for p in points} == {0.25}
    assert all(0.25 < p["b"] < 0.5 for p in points)
    assert all(isinstance(p["d"], int) for p in points)
    assert len({p["b"] for p in points}) > 5
    assert all(0 < made.complete({}, rng(i)).point["a"] < 1 for i in range(10))


def test_what_is_given_follows():
    equation = Equation(b, b * a - 6)
    made = Places(claim(Compare(a, "=", b), Domain((a,)), Simulation(), given=(equation,)), None)
    assert made.complete({"a": 1.5}, rng()).point == {"a": 1.5, "b": 4.0}
    cubic = Equation(b, b**3 + b - a)
    hard = Places(claim(Compare(a, "=", b), Domain((a,)), Simulation(), given=(cubic,)), None)
    with pytest.raises(ClaimError, match=r"cannot solve .*; name b in at"):
        hard.complete({"a": 1.5}, rng())
    assert hard.complete({"a": 10.0, "b": 2.0}, rng()).point["b"] == 2.0


# -- tails ----------------------------------------------------------------------------------------------------


def test_a_heavy_tail_is_named_with_the_next_move():
    assert W2S_PLACES.too_heavy({"N": 10, "n": 10, "d_s": 4, "d_w": 4}) is None
    assert W2S_PLACES.too_heavy({"N": 9, "n": 10, "d_s": 4, "d_w": 4}) == (
        "N - d_s = 5 < 6: the sampled inverse has too heavy a tail for a z-test; take N >= 10"
    )
    assert W2S_PLACES.too_heavy({"n": 10, "d_w": 5}) == (
        "-d_w + n = 5 < 6: the sampled inverse has too heavy a tail for a z-test; take n >= 11"
    )
    assert W2S_PLACES.too_heavy({"n": 10, "d_s": 5}) is None
    assert places(LENGTH, n * d, LENGTH_DOMAIN).too_heavy({"n": 1, "d": 5}) is None


def test_a_light_tail_needs_few_draws_and_a_heavy_one_more():
    inverse = places(INVERSE, d / (n - d - 1), INVERSE_DOMAIN)
    # Inverse gamma of shape 7/2 has skewness 4 sqrt(3/2)/(1/2) = 9.798, of shape 9/2 4 sqrt(5/2)/(3/2) = 4.216.
    assert inverse.least_draws({"n": 8, "d": 2}) == draws_for_skewness(4 * 1.5**0.5 / 0.5)
    assert inverse.least_draws({"n": 10, "d": 2}) == draws_for_skewness(4 * 2.5**0.5 / 1.5)
    assert inverse.least_draws({"n": 100, "d": 2}) == LEAST_DRAWS == 400
    assert places(LENGTH, n * d, LENGTH_DOMAIN).least_draws({"n": 1, "d": 2}) == 400
    # Of two inverses the heavier tail counts.
    light, heavy = {"N": 90, "d_s": 2, "n": 90, "d_w": 2}, {"N": 90, "d_s": 2, "n": 8, "d_w": 2}
    assert W2S_PLACES.least_draws(light) == 400
    assert W2S_PLACES.least_draws(heavy) == W2S_PLACES.least_draws({**light, "N": 8})
    assert W2S_PLACES.least_draws(heavy) == pytest.approx(14185, abs=30)
    # A squared inverse at excess 13 is as heavy as a plain one at 6.
    squared = Quantity(sp.Symbol("q"), "", tr(gram_inverse(X) @ gram_inverse(X)), TALL)
    assert places(squared, d, INVERSE_DOMAIN).least_draws({"n": 15, "d": 2}) == inverse.least_draws({"n": 8, "d": 2})


# -- candidates -----------------------------------------------------------------------------------------------


def test_candidates_are_small_admissible_and_light():
    pool = W2S_PLACES.candidates({}, rng(2))
    assert len(pool) == 40
    for trial in pool:
        p = trial.point
        assert p["N"] - p["d_s"] >= 6
        assert p["n"] - p["d_w"] >= 6
        assert max(p["N"], p["n"], p["d_s"], p["d_w"]) <= 24
        assert W2S_DOMAIN.contains({d_s: p["d_s"], d_w: p["d_w"], N: p["N"], n: p["n"], d_sw: p["d_sw"], sigma2: 1})
    assert len({tuple(t.point.values()) for t in pool}) > 35
    assert min(t.point["d_s"] for t in pool) <= 2
    assert [dict(t.point) for t in pool] == [dict(t.point) for t in W2S_PLACES.candidates({}, rng(2))]


def test_candidates_agree_with_what_is_named():
    pool = W2S_PLACES.candidates({"N": 100, "sigma2": 7.0}, rng(3), 5)
    assert len(pool) == 5
    assert {(t.point["N"], t.point["sigma2"]) for t in pool} == {(100, 7.0)}
    assert len({t.point["n"] for t in pool}) > 1
    sizes = {"N": 20, "n": 15, "d_s": 3, "d_w": 2}
    assert {t.point["N"] for t in W2S_PLACES.candidates(sizes, rng(3), 3)} == {20}


def test_sizes_obey_the_domain():
    square = Domain((d, n), (Condition(n, ">", d + 1), Condition(n, "=", 3 * d), Condition(d, "!=", 4)))
    pool = places(INVERSE, d / (n - d - 1), square).candidates({}, rng(4), 10)
    assert all(t.point["n"] == 3 * t.point["d"] != 12 for t in pool)


def test_no_candidate_is_an_error_that_says_why():
    far = Domain((d, n), (Condition(n, ">", d + 500),))
    with pytest.raises(ClaimError, match=r"found no small point to simulate at; name one in at=\(\.\.\.\)"):
        places(INVERSE, d / (n - d - 1), far).candidates({}, rng())
    noisy = Domain(W2S_DOMAIN.symbols, (*W2S_DOMAIN.conditions, Condition(sigma2, ">", 5, "add noise")))
    with pytest.raises(ClaimError, match=r"found no small point .*needs sigma2 > 5; add noise"):
        places(POPULATION, population, noisy).candidates({}, rng())


def test_a_finite_domain_is_its_list():
    points = ({d: sp.Integer(1), n: sp.Integer(9)}, {d: sp.Integer(2), n: sp.Integer(30)})
    listed = places(INVERSE, d / (n - d - 1), Domain((d, n), INVERSE_DOMAIN.conditions, points))
    assert [dict(t.point) for t in listed.candidates({}, rng())] == [{"d": 1, "n": 9}, {"d": 2, "n": 30}]
    assert [dict(t.point) for t in listed.candidates({"d": 2}, rng())] == [{"d": 2, "n": 30}]
    with pytest.raises(DomainError, match="none of the domain's 2 points agrees"):
        listed.candidates({"d": 3}, rng())


def test_an_experiment_of_a_users_own_is_drawn_from_the_domain_alone():
    made = Places(claim(Compare(a, "=", 2 * b), Domain((a, b), (Condition(a, "<", 3),)), Simulation()), None)
    pool = made.candidates({"b": 1.0}, rng(5), 6)
    assert len(pool) == 6
    assert all(t.instance is None and t.point["a"] < 3 and t.point["b"] == 1 for t in pool)


def test_names_are_those_of_domain_and_experiment():
    assert W2S_PLACES.names == (N, d_s, d_w, n, d_sw, sigma2)
    partial = places(POPULATION, n * d_w, Domain((d_w, n)))
    assert partial.names == (N, d_s, d_w, n, d_sw)


def test_only_comparisons_are_simulated():
    both = Iff(Compare(a, "<", b), Compare(a, "<=", b))
    with pytest.raises(ClaimError, match="use Precision for an equivalence"):
        relation_of(claim(both, Domain((a, b)), Simulation()))
    assert relation_of(claim(Compare(a, "<", b), Domain((a, b)), Simulation())) == (a, "<", b)


def test_a_setting_without_realise_takes_scalars_from_the_domain():
    z = gaussian("z", n, 1)
    noise = Setting((Sample.of(n, [z], {(z, z): sigma2 * tr_identity()}),))
    q = Quantity(sp.Symbol("q"), "", tr(z.T @ z), noise)
    trial = places(q, n * sigma2, Domain((n, sigma2), (Condition(sigma2, ">", 1),))).complete({"n": 4}, rng(6))
    assert trial.point["sigma2"] > 1
    assert trial.instance.scalars["sigma2"] == trial.point["sigma2"]


def tr_identity():
    from w2s_sym.matrices.words import identity

    return identity(sp.Integer(1))


def test_the_pool_separates_population_from_in_sample():
    f = Formulas(population, (in_sample,), False)
    gaps = separations(f.at(W2S_PLACES.candidates({}, rng(7))))
    best = choose(gaps, 1)[0]
    assert gaps[0, best] == gaps[0].max() or gaps[0, best] >= 0.5
    assert W2S.realise is not None


# -- how small the sizes are ----------------------------------------------------------------------------------

DRAWN = 4000


def test_sizes_are_uniform_up_to_one_of_four_caps() -> None:
    places = Places(claim(Compare(LENGTH, "=", n * d), LENGTH_DOMAIN, Silent()), LENGTH)
    points = list(places._size_vectors({}, np.random.default_rng(7), DRAWN))
    assert len(points) == DRAWN
    for name in ("n", "d"):
        count = Counter(p[name] for p in points)
        assert set(count) <= set(range(1, 25))
        for size in range(1, 25):
            share = sum(1 / cap for cap in (3, 6, 12, 24) if size <= cap) / 4
            assert count[size] == pytest.approx(DRAWN * share, abs=5 * np.sqrt(DRAWN * share))


def test_a_named_size_is_kept_and_the_others_are_drawn() -> None:
    places = Places(claim(Compare(LENGTH, "=", n * d), LENGTH_DOMAIN, Silent()), LENGTH)
    points = list(places._size_vectors({"n": 17}, np.random.default_rng(7), 50))
    assert {p["n"] for p in points} == {17}
    assert len({p["d"] for p in points}) > 5


class Silent(Evidence):
    kind = "stub"

    def check(self, claim: object, run: object) -> None:
        raise NotImplementedError


def test_a_total_in_a_total_is_a_number() -> None:
    """sum x (sum x/(x + 1)) over 1, 2, 4 is 7 (1/2 + 2/3 + 4/5); one that varies with the outer levels is refused."""
    x, y = symbol("x", "an eigenvalue", positive=True), symbol("y", "another one", positive=True)
    S, T = any_spectrum("S", "a spectrum", x), any_spectrum("T", "another one", y)
    point = {"S": {"x": np.array([1.0, 2, 4])}, "T": {"y": np.ones(3)}}
    assert summed(total(x * total(x / (x + 1), S), S), point) == pytest.approx(7 * (1 / 2 + 2 / 3 + 4 / 5))
    with pytest.raises(ClaimError, match="varies with its levels: a simulation sums one spectrum at a time"):
        summed(total(x * total(x * y, T), S), point)
