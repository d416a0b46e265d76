"""Verdict logic on draws that are written down: which numbers refute, agree, or decide nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp

from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError
from w2s_sym.evidence.simulation.batches import Bench, digest, trial_key
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL, Tally
from w2s_sym.evidence.simulation.sampling import Instance
from w2s_sym.evidence.simulation.trials import Formulas, Trial
from w2s_sym.evidence.simulation.verdicts import DrawnPoints, judge_equality, judge_inequality, rejected, settled, side
from w2s_sym.formula.notation import symbol

a = symbol("a", "a number", positive=True)
TEXT = {"text": "a=7", "point": {"a": 7.0}}


def bench(mean, se, point=None, count=10000):
    """A bench whose mean and standard error are these."""
    made = Bench(Trial(point or {"a": 1.0}), lambda rng, k: rng.random(k), 10, 0.0, ("point", 0), "x")
    made.tally = Tally(count, mean, se * se * count * (count - 1), abs(mean))
    return made


def judge(means, ses, values, formula=a, rivals=(), mutants=None, error=0.02, **more):
    formulas = Formulas(formula, rivals, False)
    if mutants is not None:
        formulas.mutants = tuple(mutants)
    benches = [bench(m, s) for m, s in zip(means, ses, strict=True)]
    evidence = DrawnPoints(formulas, benches, np.array(values, dtype=float), error, **more)
    return judge_equality(evidence, lambda left: dict(TEXT, left=[str(r) for r in left]))


def test_a_formula_at_the_mean_with_every_rival_away_agrees():
    f = judge([10.0], [0.1], [[10.2], [11.0], [9.0]], rivals=(2 * a,), mutants=(a + 1,))
    assert f.verdict is Verdict.AGREES
    assert f.refuted == (0,)
    assert f.summary == "|z| <= 2.0 at 1 point, standard error 0.98%, resolves 1 of 1 mutants and errors of 6.62%"
    assert f.detail["mutants"] == f.detail["resolved"] == 1
    assert f.detail["unresolved"] == []
    # 6.75 times 0.1/10.2.
    assert f.detail["smallest_detectable"] == pytest.approx(0.0661765, rel=1e-5)
    assert f.detail["level"] == LEVEL
    row = f.detail["points"][0]
    assert row["z"] == pytest.approx(-2.0)
    assert row["relative_error"] == pytest.approx(0.1 / 10.2)
    assert (row["mean"], row["rhs"], row["draws"]) == (10.0, 10.2, 10000)
    assert row["standard_error"] == pytest.approx(0.1)
    assert row["point"] == {"a": 1.0}


@pytest.mark.parametrize(
    ("formula", "verdict"), [(10.48, Verdict.AGREES), (10.5, Verdict.REFUTED), (9.5, Verdict.REFUTED)]
)
def test_the_level_decides(formula, verdict):
    # LEVEL is 4.8966: 4.8 standard errors pass, 5 do not.
    assert judge([10.0], [0.1], [[formula]]).verdict is verdict


def test_a_refutation_names_the_worst_point_and_by_how_much():
    f = judge([10.0, 20.0], [0.1, 0.1], [[10.6, 21.0]])
    assert f.verdict is Verdict.REFUTED
    assert f.summary == "simulated 20 +- 0.1, formula 21: off by +5.00% (z = -10.0) at a=1"
    f = judge([10.0, 20.0], [0.1, 0.1], [[9.0, 20.0]])
    assert f.summary == "simulated 10 +- 0.1, formula 9: off by -10.00% (z = +10.0) at a=1"
    f = judge([0.0], [0.1], [[3.0]])
    assert "formula 3: where the mean is 0 (z = -30.0)" in f.summary


def test_points_are_not_pooled():
    # Five points at three standard errors each: pooled they would object, singly they do not.
    assert judge([10.0] * 5, [0.1] * 5, [[10.3] * 5]).verdict is Verdict.AGREES


def test_a_standard_error_that_is_too_large_decides_nothing():
    f = judge([10.0, 10.0], [0.1, 0.25], [[10.0, 10.0]])
    assert f.verdict is Verdict.INCONCLUSIVE
    assert f.summary.startswith(
        "standard error 2.50% > 2.00%; resolves 0 of 0 mutants; smallest detectable error 6.75%"
    )
    assert f.detail["decide"]["text"] == f.next_move == "a=7"
    assert "decide at a=7" in f.summary
    assert judge([10.0], [0.2], [[10.0]]).verdict is Verdict.AGREES


def test_an_authors_rival_that_survives_decides_nothing():
    f = judge([10.0], [0.1], [[10.0], [10.48], [12.0]], rivals=(a + 5, a + 6))
    assert f.verdict is Verdict.INCONCLUSIVE
    assert f.refuted == (1,)
    assert "does not refute the rival a + 5" in f.summary
    assert f.detail["decide"]["left"] == ["a + 5"]
    assert judge([10.0], [0.1], [[10.0], [10.5]], rivals=(a + 5,)).refuted == (0,)


def test_rivals_keep_their_positions():
    f = judge([10.0], [0.1], [[10.0], [10.0], [12.0]], rivals=("no formula", a + 5, a + 6))
    assert f.refuted == (2,)


def test_a_mutant_must_be_resolved_and_rejected():
    far, near, missed = 10.7, 10.6, 9.32
    # 7 standard errors from formula and mean: settled.
    assert judge([10.0], [0.1], [[10.0], [far]], mutants=(a + 1,)).verdict is Verdict.AGREES
    # 6 from the formula: rejected, but a lucky mean, since no wrong formula this near is reliably refuted.
    f = judge([10.0], [0.1], [[10.0], [near]], mutants=(a + 1,))
    assert f.verdict is Verdict.INCONCLUSIVE
    assert f.detail["unresolved"] == ["a + 1"]
    assert "resolves 0 of 1" in f.summary
    assert f.detail["decide"]["left"] == ["a + 1"]
    # 6.8 from the formula, but only 4 from the mean: the draws do not reject it.
    f = judge([9.72], [0.1], [[10.0], [missed]], mutants=(a + 1,))
    assert f.verdict is Verdict.INCONCLUSIVE


def test_one_point_must_do_both():
    # The first point resolves the mutant and does not reject it, the second rejects and does not resolve it.
    f = judge([9.7, 10.0], [0.1, 0.1], [[10.0, 10.1], [9.3, 10.7]], mutants=(a + 1,))
    assert f.verdict is Verdict.INCONCLUSIVE
    assert judge([9.7, 10.0], [0.1, 0.1], [[10.0, 10.0], [9.3, 10.7]], mutants=(a + 1,)).verdict is Verdict.AGREES


def test_a_mutant_that_is_the_formula_is_no_rival():
    same = (a**2 - 1) / (a - 1)
    f = judge([3.0], [0.01], [[3.0], [3.0]], formula=a + 1, mutants=(same,))
    assert f.verdict is Verdict.AGREES
    assert f.detail["mutants"] == 0
    # Equal at this point only: no algebra makes it the formula.
    f = judge([3.0], [0.01], [[3.0], [3.0]], formula=a + 1, mutants=(a**2 - 1,))
    assert f.verdict is Verdict.INCONCLUSIVE
    # Apart at some point: not worth the algebra, however close elsewhere.
    f = judge([3.0, 3.0], [0.01, 0.01], [[3.0, 3.0], [3.0, 3.0 + 1e-7]], formula=a + 1, mutants=(same,))
    assert f.verdict is Verdict.INCONCLUSIVE


def test_an_undefined_rival_is_not_rejected():
    values = np.array([[10.0], [np.inf], [np.nan], [12.0]])
    benches = [bench(10.0, 0.1)]
    np.testing.assert_array_equal(rejected(benches, values), [[False], [False], [True]])
    np.testing.assert_array_equal(settled(benches, values), [False, False, True])


def test_what_ran_with_nothing_averaged_is_tested_too():
    f = judge([10.0], [0.1], [[10.0]], extra=(bench(5.0, 0.1), 5.1))
    assert f.verdict is Verdict.AGREES
    assert f.summary.startswith("|z| <= 1.0 at 1 point")
    assert f.detail["nothing_averaged"]["z"] == pytest.approx(-1)
    f = judge([10.0], [0.1], [[10.0]], extra=(bench(5.0, 0.1), 5.6))
    assert f.verdict is Verdict.REFUTED
    assert "formula 5.6" in f.summary


def literal(**change):
    return {"draws": 100, "mean": 9.9, "z": -1.0, "path_gap": 1e-15, **change}


def test_the_literal_experiment_must_agree():
    f = judge([10.0], [0.1], [[10.0]], literal=literal())
    assert f.verdict is Verdict.AGREES
    assert f.detail["literal"]["draws"] == 100
    for bad in ({"z": 5.0}, {"z": -5.0}, {"path_gap": 2e-6}, {"path_gap": math.nan}):
        f = judge([10.0], [0.1], [[10.0]], literal=literal(**bad))
        assert f.verdict is Verdict.REFUTED
        assert f.summary.startswith("the literal experiment gives 9.9 (z = ")
    assert "literal" not in judge([10.0], [0.1], [[10.0]]).detail


def test_the_rules_used_are_in_the_detail():
    assert judge([10.0], [0.1], [[10.0]], rules=("gaussian/x",)).detail["rules"] == ["gaussian/x"]


# -- inequalities ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("relation", "z", "expected"),
    [
        ("<", -5, True),
        ("<", -4.8, None),
        ("<", 4.8, None),
        ("<", 5, False),
        ("<=", -5, True),
        ("<=", 5, False),
        (">", 5, True),
        (">", -5, False),
        (">=", 5, True),
        (">=", -5, False),
        (">=", 0, None),
        ("!=", 5, True),
        ("!=", -5, True),
        ("!=", 4.8, None),
        ("!=", 0, None),
    ],
)
def test_sides(relation, z, expected):
    assert side(z, relation) is expected


def bound(means, values, relation="<", rivals=(), **more):
    formulas = Formulas(a, rivals, False)
    benches = [bench(m, 0.1) for m in means]
    return judge_inequality(DrawnPoints(formulas, benches, np.array(values, dtype=float), 0.02, **more), relation)


def test_a_bound_agrees_when_every_mean_is_clearly_inside():
    f = bound([10.0, 20.0], [[11.0, 30.0]])
    assert f.verdict is Verdict.AGREES
    assert f.summary == "the mean is < the right side at 2 points, z = -10.0, -100.0"


def test_a_bound_is_refuted_by_one_mean_clearly_outside():
    f = bound([10.0, 20.0], [[11.0, 19.0]])
    assert f.verdict is Verdict.REFUTED
    assert f.summary.startswith("the mean is not < the right side: simulated 20 +- 0.1, formula 19: off by -5.00%")
    assert bound([10.0, 20.0], [[11.0, 19.0]], ">=").verdict is Verdict.REFUTED


def test_a_bound_that_is_touched_is_not_settled():
    f = bound([10.0, 20.0], [[11.0, 20.1]])
    assert f.verdict is Verdict.INCONCLUSIVE
    assert f.summary == "the side of the bound is not settled at every point: z = -10.0, -1.0, needs 4.90"


def test_a_rival_bound_must_fail_somewhere():
    f = bound([10.0, 20.0], [[11.0, 30.0], [12.0, 19.0], [12.0, 20.1], [np.nan, 40.0]], rivals=(a + 1, a + 2, a + 3))
    assert f.refuted == (0,)
    assert f.verdict is Verdict.INCONCLUSIVE
    assert f.summary == "z = -10.0, -100.0, but does not refute the rival bound a + 2; name a point where it fails"
    f = bound([10.0, 20.0], [[11.0, 30.0], [12.0, 19.0]], rivals=(a + 1,))
    assert f.verdict is Verdict.AGREES


def test_a_bound_holds_with_nothing_averaged_too():
    assert bound([10.0], [[11.0]], extra=(bench(5.0, 0.1), 4.0)).verdict is Verdict.REFUTED
    assert bound([10.0], [[11.0]], extra=(bench(5.0, 0.1), 5.0)).verdict is Verdict.INCONCLUSIVE


# -- benches --------------------------------------------------------------------------------------------------


def test_z_and_relative_error_of_a_bench():
    made = bench(10.0, 0.1)
    assert made.z(9.0) == pytest.approx(10)
    assert made.z(11.0) == pytest.approx(-10)
    assert made.relative(-5.0) == pytest.approx(0.02)
    # Relative to the spread of one draw: one over the root of ten thousand.
    assert made.relative(0.0) == pytest.approx(0.01)
    exact = bench(10.0, 0.0)
    assert exact.z(10.0) == 0
    assert exact.z(9.0) == math.inf
    assert exact.z(11.0) == -math.inf
    assert exact.relative(0.0) == 0
    assert bench(0.0, 0.0).z(0.0) == 0


def test_rounding_is_no_deviation():
    made = bench(10.0, 0.0)
    made.operations = 100.0
    # 100 operations round 10 by 2.2e-13.
    assert abs(made.z(10.0 + 5e-13)) < LEVEL
    assert abs(made.z(10.0 + 5e-12)) > LEVEL


def steps(draw, count, memory=None, run=None):
    run = run or Run(**({} if memory is None else {"memory": memory}))
    made = Bench(Trial({"a": 1.0}), draw, 50, 0.0, ("point", 3), "abc")
    for _ in range(count):
        made.step(run)
    return made


def test_batches_have_their_own_streams():
    seen = []

    def draw(rng, draws):
        seen.append(rng.random(draws))
        return seen[-1]

    made = steps(draw, 3)
    assert made.batches == 3
    assert made.tally.count == 150
    assert made.tally.mean == pytest.approx(np.concatenate(seen).mean())
    assert len({v[0] for v in seen}) == 3
    again = steps(draw, 2)
    np.testing.assert_array_equal(seen[0], seen[3])
    assert again.tally.count == 100
    np.testing.assert_array_equal(seen[1], Run().rng("simulation", "point", 3, 1).random(50))


def test_finished_batches_are_remembered():
    class Book(dict):
        def put(self, key, value):
            self[key] = value

    book, calls = Book(), []

    def draw(rng, draws):
        calls.append(1)
        return rng.random(draws)

    first = steps(draw, 3, book)
    assert set(book) == {f"simulation/abc/point/3/{i}" for i in range(3)}
    second = steps(draw, 4, book)
    assert len(calls) == 4
    assert second.tally.count == 200
    assert steps(draw, 3, book).tally == first.tally


def test_progress_is_told_at_every_boundary():
    told = []
    steps(lambda rng, k: np.full(k, 2.0), 2, run=Run(progress=told.append))
    assert told == ["a=1: 50 draws, mean 2 +- 0", "a=1: 100 draws, mean 2 +- 0"]


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda rng, k: np.zeros(k + 1), r"returned shape \(51,\) for 50 draws: needs one value each"),
        (lambda rng, k: np.zeros((k, 1)), r"returned shape \(50, 1\) for 50 draws"),
        (lambda rng, k: 3.0, r"returned shape \(\) for 50 draws"),
        (lambda rng, k: np.where(np.arange(k) == 7, np.nan, 1.0), "a draw at a=1 is not finite"),
        (lambda rng, k: np.full(k, np.inf), "a draw at a=1 is not finite"),
        (lambda rng, k: np.linalg.inv(np.zeros((2, 2))), "a draw at a=1 has a singular matrix"),
    ],
)
def test_a_bad_draw_is_an_error(draw, message):
    with pytest.raises(ClaimError, match=message):
        steps(draw, 1)


def test_a_digest_depends_on_all_its_parts():
    run = Run().under("toy/x", 0)
    keys = {
        digest(run, "a", "b"),
        digest(run, "a", "c"),
        digest(run, "ab"),
        digest(Run(seed=1).under("toy/x", 0), "a", "b"),
        digest(Run().under("toy/y", 0), "a", "b"),
        digest(Run().under("toy/x", 1), "a", "b"),
    }
    assert len(keys) == 6
    assert digest(Run(effort="deep").under("toy/x", 0), "a", "b") == digest(run, "a", "b")


def test_a_fingerprint_sees_every_bit():
    def trial(value, entry=1.0):
        return Trial({"a": value}, Instance(None, {"C": np.array([[entry, 2.0]])}, {"a": value}))

    assert trial_key(trial(0.1)) == trial_key(trial(0.1))
    assert trial_key(trial(0.1)) != trial_key(trial(np.nextafter(0.1, 1)))
    assert trial_key(trial(0.1)) != trial_key(trial(0.1, np.nextafter(1.0, 2)))
    assert trial_key(Trial({"a": 1, "b": 2})) == trial_key(Trial({"b": 2, "a": 1.0}))
    assert sp.Integer(1) == 1
