"""What a plan says: its headline, its text, and its values as JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from feature_pairs import D_S, NOISE, draw_pair, truth

from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.plan_data import Band, Plan


def made(seed: int = 0, **options: object) -> Plan:
    weak, strong, y = draw_pair(4000, seed)
    return plan(weak, strong, y[:1500], method="least squares", n=120, N=300, explained=1, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def one() -> Plan:
    return made()


def test_the_verdict_follows_the_sizes() -> None:
    """With 25 labels for 15 directions the teacher is mostly noise; with 20 pseudo-labels for 12 the student is."""
    weak, strong, y = draw_pair(4000, 0)
    many = plan(weak, strong, y[:1500], n=25, N=3000, explained=1, method="least squares")
    few = plan(weak, strong, y[:1500], n=1500, N=20, explained=1, method="least squares")
    assert (many.pays, few.pays) == (1.0, 0.0)
    assert "training pays" in many.verdict
    assert "does not pay" in few.verdict


def test_the_headline_names_a_strong_model_on_the_same_labels_that_wins() -> None:
    """25 labels are few for the teacher's 15 directions; the student cannot be better than what it is taught."""
    weak, strong, y = draw_pair(4000, 0)
    found = plan(weak, strong, y[:1500], n=25, N=3000, explained=1, method="least squares")
    known = truth()
    # By hand: (sigma2 + rho_s) d_s/(n - d_s - 1) + rho_s, where noise and rho_s together are what psi_s leaves.
    risk = known["residual_s"] * D_S / (25 - D_S - 1) + known["residual_s"] - NOISE
    assert found.risks["strong"].low < risk < found.risks["strong"].high
    assert (found.pays, found.outperforms) == (1.0, 0.0)
    assert "training pays" in found.verdict
    said = f"But the strong model trained on the same 25 labels has excess risk {found.risks['strong'].value:.4g}, the "
    assert f"{said}student {found.risks['student'].value:.4g}: train that instead." in found.verdict
    assert found.to_json()["probability_that_it_beats_the_strong_baseline"] == 0.0


def test_the_headline_says_when_the_student_beats_the_strong_model_too() -> None:
    """35 labels are few for 30 strong directions, not for ten weak ones, of which the four that matter are shared."""
    rng = np.random.default_rng(0)
    strong = rng.standard_normal((3000, 30))
    weak = np.hstack([strong[:, :4], rng.standard_normal((3000, 6))])
    y = strong[:, :4].sum(axis=1) + rng.standard_normal(3000)
    found = plan(weak, strong, y[:2000], n=35, N=1000, explained=1, method="least squares")
    # At sigma2 = 1: 30/4 for the strong model; for the student (4 + 6 * 30/969)/24.
    assert found.risks["strong"].value == pytest.approx(30 / 4, rel=0.1)
    assert found.risks["student"].value == pytest.approx((4 + 6 * 30 / 969) / 24, rel=0.25)
    assert found.outperforms == 1.0
    assert "training pays" in found.verdict
    assert "strong model trained on the same 35 labels has excess risk" in found.verdict
    assert found.verdict.endswith("the student beats it too.")


@pytest.mark.parametrize(
    ("pays", "outperforms", "weak", "strong", "words"),
    [
        (
            1.0,
            0.0,
            3.0,
            0.5,
            " But the strong model trained on the same 120 labels has excess risk 0.5, the student 2: tr",
        ),
        (
            0.0,
            0.0,
            1.0,
            0.5,
            ". The strong model trained on the same 120 labels has excess risk 0.5, the student 2: train",
        ),
        (
            0.0,
            0.0,
            1.0,
            1.5,
            "risk 1.5, the student 2: it beats the student, and the teacher, at 1, beats both.",
        ),
        (
            1.0,
            0.5,
            3.0,
            2.0,
            ". The strong model trained on the same 120 labels has excess risk 2, the student 2: which",
        ),
        (1.0, 1.0, 3.0, 4.0, "excess risk 4, the student 2: the student beats it too."),
        (0.0, 1.0, 1.0, 4.0, "excess risk 4, the student 2: the student beats it."),
    ],
)
def test_the_headline_compares_with_the_strong_model(
    pays: float, outperforms: float, weak: float, strong: float, words: str, one: Plan
) -> None:
    risks = {name: Band(x, x, x) for name, x in (("weak", weak), ("student", 2.0), ("strong", strong))}
    assert words in replace(one, pays=pays, outperforms=outperforms, risks=risks, doubts=()).verdict


def test_without_a_strong_model_the_headline_compares_with_none(one: Plan) -> None:
    risks = {name: Band(1.0, 1.0, 1.0) for name in ("weak", "student", "ceiling")}
    assert "strong model trained" in one.verdict
    assert "strong model" not in replace(one, outperforms=None, risks=risks).verdict


def test_a_plan_shows_itself_and_is_the_same_for_a_seed() -> None:
    found = made()
    assert json.dumps(found.to_json(), allow_nan=False) == json.dumps(made().to_json(), allow_nan=False)
    html = found._repr_html_()
    assert "strong student (W2S)" in html
    assert "<script" not in html
    assert found.verdict in str(found)
