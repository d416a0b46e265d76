"""The observations hold, and their evidence can say no."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy import stats

from derivations.nagarajan2023 import experiments, runs_as_evidence, statistics, training
from derivations.nagarajan2023.linear import PAPER
from derivations.nagarajan2023.observations import CLAIMS, observed
from derivations.nagarajan2023.runs_as_evidence import TrainingRuns, student_level
from derivations.nagarajan2023.statistics import CLEAN, GAP
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Compare
from w2s_sym.evidence.simulation.moments_of_draws import ALPHA, LEVEL
from w2s_sym.formula.domain import Domain


def draws(monkeypatch, values):
    monkeypatch.setattr(runs_as_evidence, "measured", lambda setting, count, seed, run: {"gap_low": np.asarray(values)})


def claim(relation="<", bound=0, rival=-2):
    return observed("toy", "A toy.", GAP, relation, bound, setting=CLEAN, rival=rival)


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
    def missing(setting, count, seed, run):
        raise training.MissingDataError("scikit-learn is missing; pip install scikit-learn")

    monkeypatch.setattr(runs_as_evidence, "measured", missing)
    made = verify(claim())
    assert made.findings[0].verdict is Verdict.SKIPPED
    assert "pip install" in made.findings[0].summary
    assert made.skipped
    assert not made.holds


def test_only_a_mean_against_a_number_can_be_judged():
    runs = TrainingRuns(CLEAN, GAP.terms)
    with pytest.raises(ClaimError, match="compare a mean with a number"):
        Claim("t", "T.", Compare(GAP.mean, "=", sp.S.Zero), Domain(()), PAPER, (runs,))


@pytest.mark.parametrize("runs", [3, 24, 256])
def test_the_level_is_that_of_students_law(runs):
    assert student_level(runs) == pytest.approx(stats.t.isf(ALPHA / 2, runs - 1), rel=1e-9)
    assert student_level(runs) > LEVEL


def test_every_statistic_is_measured():
    training._measured.cache_clear()
    found = training.measured(statistics.NETWORK, 2, 0)
    for made in CLAIMS:
        assert {name for name, _ in made.evidence[0].terms} <= set(found)
    for terms in experiments.MEASURED.values():
        assert {name for name, _ in terms} <= set(found)


def test_observations_say_their_setting():
    assert {c.kind for c in CLAIMS} == {"observation"}
    for made in CLAIMS:
        assert str(made.evidence[0].setting) in made.remark
    assert len({c.id for c in CLAIMS}) == len(CLAIMS)


# -- the whole ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_observation_holds_from_another_seed():
    for made in CLAIMS:
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
