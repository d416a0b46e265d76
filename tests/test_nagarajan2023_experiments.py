"""The observations hold, and their evidence can say no."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy import stats

from derivations import nagarajan2023_experiments as experiments
from derivations import nagarajan2023_training as training
from derivations.nagarajan2023_experiments import (
    CLAIMS,
    CLEAN,
    GAP,
    LINEAR_EXCESS,
    LINEAR_RISK,
    TrainingRuns,
    observed,
    squared_error,
    student_level,
)
from w2s_sym.claim import ClaimError, Compare, Run, Verdict, verify
from w2s_sym.domain import Domain
from w2s_sym.tally import ALPHA, LEVEL

OBSERVED = tuple(c for c in CLAIMS if c.kind == "observation")


def draws(monkeypatch, values):
    monkeypatch.setattr(experiments, "measured", lambda setting, count, seed: {"gap_low": np.asarray(values)})


def claim(relation="<", bound=0, rival=-2):
    return observed("toy", "A toy.", GAP, relation, bound, CLEAN, rival)


def finding(made):
    return verify(made).findings[0]


LOW = [-1.0, -1.1, -0.9, -1.05, -0.95] * 4


def test_a_mean_on_its_side_agrees_and_refutes_the_rival(monkeypatch):
    draws(monkeypatch, LOW)
    found = finding(claim())
    assert (found.verdict, found.refuted) == (Verdict.AGREES, (0,))
    assert found.detail["mean"] == pytest.approx(-1)
    # Five values a multiple of 0.05 from the mean: variance (0 + 4 + 4 + 1 + 1)/400 * 4/19, over 20 runs.
    assert found.detail["standard_error"] == pytest.approx(np.sqrt(4 * 10 / 400 / 19 / 20))


def test_a_mean_on_the_other_side_refutes(monkeypatch):
    draws(monkeypatch, LOW)
    assert finding(claim(">")).verdict is Verdict.REFUTED
    assert finding(claim("<", -2, -3)).verdict is Verdict.REFUTED


def test_a_mean_near_the_bound_decides_nothing(monkeypatch):
    draws(monkeypatch, LOW)
    assert finding(claim("<", "-49/50")).verdict is Verdict.INCONCLUSIVE
    # A rival that holds too is left standing.
    made = verify(claim("<", 0, "-1/2"))
    assert made.surviving_rivals == (0,)
    assert not made.holds


def test_runs_without_matched_progress_decide_nothing(monkeypatch):
    draws(monkeypatch, [*LOW, np.nan])
    found = finding(claim())
    assert found.verdict is Verdict.INCONCLUSIVE
    assert found.summary.startswith("1 of 21 runs have no matched progress")


def test_without_the_data_an_observation_is_skipped(monkeypatch):
    def missing(setting, count, seed):
        raise training.MissingDataError("scikit-learn is missing; pip install scikit-learn")

    monkeypatch.setattr(experiments, "measured", missing)
    made = verify(claim())
    assert made.findings[0].verdict is Verdict.SKIPPED
    assert "pip install" in made.findings[0].summary
    assert made.holds


def test_only_a_mean_against_a_number_can_be_judged():
    runs = TrainingRuns(CLEAN, GAP.terms)
    equal = experiments.Claim("t", "T.", Compare(GAP.mean, "=", sp.S.Zero), Domain(()), experiments.PAPER, (runs,))
    with pytest.raises(ClaimError, match="compare a mean with a number"):
        runs.check(equal, Run())


@pytest.mark.parametrize("runs", [3, 24, 256])
def test_the_level_is_that_of_students_law(runs):
    assert student_level(runs) == pytest.approx(stats.t.isf(ALPHA / 2, runs - 1), rel=1e-9)
    assert student_level(runs) > LEVEL


def test_every_statistic_is_measured():
    training._measured.cache_clear()
    found = training.measured(experiments.NETWORK, 2, 0)
    for made in OBSERVED:
        assert {name for name, _ in made.evidence[0].terms} <= set(found)
    for terms in experiments.MEASURED.values():
        assert {name for name, _ in terms} <= set(found)


def test_observations_say_their_setting():
    assert len(OBSERVED) == len(CLAIMS) - 2
    for made in OBSERVED:
        assert str(made.evidence[0].setting) in made.remark
    assert len({c.id for c in CLAIMS}) == len(CLAIMS)


# -- linear ---------------------------------------------------------------------------------------------------


def test_the_risk_without_noise_is_the_bias_of_every_draw():
    """A student by hand: gains 3/4 after 2 steps and 1/2 after 1 with step lam = 1/2; bias (1 - 3/8) 2, squared."""
    point = {"lam": 0.5, "eta": 1.0, "K": 2, "k": 1, "b": 2.0, "sigma2": 0.0}
    values = squared_error(np.random.default_rng(0), point, 50)
    np.testing.assert_allclose(values, (2 * 5 / 8) ** 2, rtol=1e-10)
    exact = LINEAR_RISK.at(lam="1/2", eta=1, K=2, k=1, b=2, sigma2=0)
    assert exact == sp.Rational(25, 16)


def test_the_risk_of_pure_noise():
    # X'X has the eigenvalue 1/2: least squares has variance 3/(1/2) = 6 there, the student (3/8)^2 of it.
    point = {"lam": 0.5, "eta": 1.0, "K": 2, "k": 1, "b": 0.0, "sigma2": 3.0}
    values = squared_error(np.random.default_rng(1), point, 20000)
    want = 6 * 9 / 64
    assert abs(values.mean() - want) < LEVEL * values.std() / np.sqrt(20000)
    # A squared normal variable has sqrt 2 times its mean for a standard deviation.
    assert values.std() / want == pytest.approx(np.sqrt(2), rel=0.1)


def test_the_linear_risk_holds_and_its_rivals_do_not():
    for made in (LINEAR_RISK, LINEAR_EXCESS):
        result = verify(made)
        assert result.holds, result.why()


def test_the_points_of_the_excess_have_both_signs():
    signs = [np.sign(row["rhs"]) for row in verify(LINEAR_EXCESS).findings[0].detail["points"]]
    assert {-1, 1} <= set(signs)
    # By hand: lam eta = 1/4, gains (7/16)^2 and 1 - (3/4)^4 = 175/256; b = 1/2, sigma2/lam = 4.
    a, m = sp.Rational(49, 256), sp.Rational(175, 256)
    want = (1 - a) ** 2 / 4 + 4 * a**2 - (1 - m) ** 2 / 4 - 4 * m**2
    assert LINEAR_EXCESS.at(lam="1/2", eta="1/2", K=2, k=2, M=4, b="1/2", sigma2=2) == want < 0


def test_stretched_designs_have_the_eigenvalues_asked_for():
    lam = np.array([0.1, 0.5, 0.9, 1.3, 2.0, 3.0])
    x, basis = experiments.design(np.random.default_rng(0), 4, np.broadcast_to(lam, (4, 6)))
    for one, vectors in zip(x, basis, strict=True):
        np.testing.assert_allclose(vectors.T @ one.T @ one @ vectors, np.diag(lam), atol=1e-12)


# -- the whole ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_observation_holds_from_another_seed():
    for made in OBSERVED:
        result = verify(made, seed=7)
        assert result.holds, result.why()


@pytest.mark.slow
def test_the_table_has_all_settings_and_agrees_with_the_findings():
    rows = experiments.table(Run())
    assert {r.setting for r in rows} == {str(s) for s in experiments.SETTINGS}
    row = next(r for r in rows if r.setting == str(CLEAN) and r.statistic.endswith("eigenvectors 21-40"))
    made = next(c for c in CLAIMS if c.name == "digits_student_lags_on_low_eigenvectors")
    detail = verify(made).findings[0].detail
    assert (row.mean, row.error) == (detail["mean"], detail["standard_error"])
