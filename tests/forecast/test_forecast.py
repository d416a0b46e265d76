"""Labels, refits and plans: estimates against known truth, predictions against training, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from derivations import dong2025
from w2s_sym.forecast import refits, residuals
from w2s_sym.forecast.features import FeatureError, whitened_pair
from w2s_sym.forecast.forecast import plan
from w2s_sym.forecast.plan_data import Band, Plan

D_S, D_W, SHARED, NOISE = 12, 15, 6, 0.4
COSINE = 0.7


def draw(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weak and strong Gaussian features with cosine 0.7 on six pairs, and labels."""
    rng = np.random.default_rng(seed)
    strong, weak = rng.standard_normal((rows, D_S)), rng.standard_normal((rows, D_W))
    weak[:, :SHARED] = COSINE * strong[:, :SHARED] + np.sqrt(1 - COSINE**2) * weak[:, :SHARED]
    return weak, strong, strong @ A + weak @ B + np.sqrt(NOISE) * rng.standard_normal(rows)


A = np.linspace(0.2, 0.6, D_S)
B = np.linspace(0.3, 0.05, D_W)


def truth() -> dict[str, float]:
    """What the parameters are: regression coefficients of f = A'psi_s + B'psi_w on either side, by hand."""
    cross = np.zeros((D_S, D_W))
    cross[np.arange(SHARED), np.arange(SHARED)] = COSINE
    b_s, b_w = A + cross @ B, cross.T @ A + B
    variance = A @ A + B @ B + 2 * A @ cross @ B
    return {
        "residual_w": NOISE + variance - b_w @ b_w,
        "residual_s": NOISE + variance - b_s @ b_s,
        "residual_both": NOISE,
        "q": float(((b_s - cross @ b_w) ** 2).sum()),
        "h": float(b_w @ b_w - (cross @ b_w) @ (cross @ b_w)),
    }


@pytest.mark.parametrize("rows", [60, 300])
def test_what_labels_tell_is_unbiased_and_its_errors_are_its_spread(rows: int) -> None:
    values, errors = [], []
    for seed in range(80):
        weak, strong, y = draw(1500, seed)
        found = whitened_pair(weak, strong, explained=1)
        seen = residuals.estimate(found, found.psi_w[:rows], found.psi_s[:rows], y[:rows, None])
        values.append(seen.values)
        errors.append([seen.error(name) for name in residuals.MOMENTS])
    spread = np.std(values, axis=0, ddof=1)
    for name, mean, sd, stated in zip(
        residuals.MOMENTS, np.mean(values, 0), spread, np.sqrt(np.mean(np.square(errors), 0)), strict=True
    ):
        assert abs(mean - truth()[name]) < 4.9 * sd / np.sqrt(80), name
        # 80 values know their spread to 8 %.
        assert abs(np.log(stated / sd)) < 4.9 * 0.08, name


def test_labels_sum_over_outputs() -> None:
    weak, strong, y = draw(600, 0)
    found = whitened_pair(weak, strong, explained=1)
    one = residuals.estimate(found, found.psi_w, found.psi_s, y[:, None])
    two = residuals.estimate(found, found.psi_w, found.psi_s, np.stack([y, 2 * y], axis=1))
    assert np.allclose(two.values, 5 * one.values)
    assert np.allclose(two.covariance, 25 * one.covariance)


def test_parts_of_a_refit_do_not_overlap_and_measure_on_labels() -> None:
    rng = np.random.default_rng(0)
    for rows, labelled in ((90, 90), (90, 45)):
        n, N = refits.feasible_sizes(rows, labelled, 5, 6, 15, 25) or (0, 0)
        train, fresh, test = refits._parts(rows, labelled, n, N, rng)
        assert (len(train), len(fresh), len(test)) == (n, N, labelled // 3)
        assert len({*train, *fresh, *test}) == n + N + labelled // 3
        assert max(*train, *test) < labelled
    assert refits.feasible_sizes(90, 90, 60, 6, 20, 20) is None
    assert refits.feasible_sizes(90, 20, 5, 6, 500, 500) == (14, 70)
    # Plans too near to interpolation to be trained at are measured at the least sizes that can be.
    assert refits.feasible_sizes(90, 90, 10, 20, 12, 22) == (18, 33)


def test_refits_agree_with_the_exact_variance_on_gaussian_features() -> None:
    weak, strong, _ = draw(6000, 1)
    found = whitened_pair(weak, strong, explained=1)
    seen = refits.measured_variance(found.psi_w, found.psi_s, 100, 200, 0)
    known = dong2025.VARIANCE_POPULATION.at(d_sw="2.94", d_s=D_S, d_w=D_W, N=200, n=100, sigma2=1)
    assert abs(seen.means["student"] - float(known)) < 4.9 * seen.errors["student"]
    assert abs(seen.means["weak"] - D_W / (100 - D_W - 1)) < 4.9 * seen.errors["weak"]
    in_sample = dong2025.VARIANCE_IN_SAMPLE.at(d_sw="2.94", d_s=D_S, d_w=D_W, N=40, n=100, sigma2=1)
    few = refits.measured_variance(found.psi_w, found.psi_s, 100, 40, 0)
    assert abs(few.means["student"] - float(in_sample)) > 4.9 * few.errors["student"]


def made(seed: int = 0, **options: object) -> Plan:
    weak, strong, y = draw(4000, seed)
    return plan(weak, strong, y[:1500], n=120, N=300, explained=1, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def one() -> Plan:
    return made()


def test_a_plan_predicts_what_training_gives() -> None:
    """Fresh training at n = 120, N = 300 on the true law, against bands; the exact risk is that of the claims."""
    known = truth()
    exact = dong2025.student_excess(
        d_sw=SHARED * COSINE**2, d_s=D_S, d_w=D_W, N=300, n=120, sigma2=NOISE, q=known["q"], h=known["h"],
        rho_w=known["residual_w"] - NOISE, rho_s=known["residual_s"] - NOISE,
    )  # fmt: skip
    found = made()
    assert found.errors["student"].low < float(exact) + NOISE < found.errors["student"].high
    losses = []
    for seed in range(200):
        w1, _, y1 = draw(120, 10**6 + 3 * seed)
        w2, s2, _ = draw(300, 10**6 + 3 * seed + 1)
        _, s3, y3 = draw(400, 10**6 + 3 * seed + 2)
        teacher = np.linalg.lstsq(w1, y1, rcond=None)[0]
        student = np.linalg.lstsq(s2, w2 @ teacher, rcond=None)[0]
        losses.append(((s3 @ student - y3) ** 2).mean())
    assert found.errors["student"].low < np.mean(losses) < found.errors["student"].high


def test_the_verdict_follows_the_sizes() -> None:
    """With 25 labels for 15 directions the teacher is mostly noise; with 20 pseudo-labels for 12 the student is."""
    weak, strong, y = draw(4000, 0)
    many = plan(weak, strong, y[:1500], n=25, N=3000, explained=1)
    few = plan(weak, strong, y[:1500], n=1500, N=20, explained=1)
    assert (many.pays, few.pays) == (1.0, 0.0)
    assert "training pays" in many.verdict
    assert "does not pay" in few.verdict


def test_the_headline_names_a_strong_model_on_the_same_labels_that_wins() -> None:
    """25 labels are few for the teacher's 15 directions; the student cannot be better than what it is taught."""
    weak, strong, y = draw(4000, 0)
    found = plan(weak, strong, y[:1500], n=25, N=3000, explained=1)
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
    found = plan(weak, strong, y[:2000], n=35, N=1000, explained=1)
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


def test_the_number_of_pseudo_labels_is_that_of_the_claim() -> None:
    found = made()
    value = {k: b.value for k, b in found.parameters.items()}
    for part, band in ((0.9, found.needed), (0.0, found.break_even)):
        known = dong2025.enough_pseudo_labels(d_sw=found.overlap.d_sw, d_s=D_S, d_w=D_W, n=120, share=part, **value)
        assert band.value == pytest.approx(float(known), abs=1)
        assert band.low <= band.value <= band.high


def test_bands_widen_for_points_that_are_held_out_and_shrink_with_labels() -> None:
    def width(p: Plan) -> float:
        return p.errors["student"].high - p.errors["student"].low

    weak, strong, y = draw(4000, 0)
    assert width(made(held_out=200)) > 1.5 * width(made())
    assert width(plan(weak, strong, y[:200], n=120, N=300, explained=1)) > 1.5 * width(made())


def test_without_labels_the_variance_is_planned() -> None:
    weak, strong, _ = draw(4000, 0)
    found = plan(weak, strong, N=300, explained=1)
    truth_ratio = (2.94 + D_S / (300 - D_S - 1) * (D_W - 2.94)) / D_W
    slope = (1 - D_S / (300 - D_S - 1)) / D_W
    assert abs(found.variance_ratio.value - truth_ratio) < 4.9 * slope * found.overlap.standard_error
    assert found.variance_ratio.low < found.variance_ratio.value < found.variance_ratio.high
    assert found.needed.value == pytest.approx(D_S + 1 + D_S / 0.1)
    assert found.break_even.value == pytest.approx(2 * D_S + 1)
    assert found.risks == {}


def test_departures_are_named_and_measured() -> None:
    weak, strong, y = draw(4000, 0)
    length = np.sqrt(2 / np.random.default_rng(1).chisquare(4, 4000))[:, None]
    heavy = plan(weak * length, strong * length, y, n=120, N=300, explained=1)
    names = [note.name for note in heavy.notes]
    assert names.count("not Gaussian") == 2
    assert {"variance law", "risks", "noise"} <= set(names)
    assert "not Gaussian" not in [note.name for note in made().notes]
    assert "intercept" in [n.name for n in plan(weak, strong, y + 5, n=120, N=300, explained=1).notes]
    assert "few rows" in [n.name for n in plan(weak[:200], strong[:200], N=300, explained=1).notes]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": 16}, "needs n > d_w [+] 1 = 16"),
        ({"N": 13}, "needs N > d_s [+] 1 = 13"),
        ({"sigma2": float("nan")}, "sigma2=nan"),
        ({"held_out": 0}, "held_out=0"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(options: dict[str, object], message: str) -> None:
    weak, strong, _ = draw(400, 0)
    with pytest.raises(FeatureError, match=message):
        plan(weak, strong, explained=1, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.ones(401), "401 for 400 points"),
        (np.full(400, np.nan), "nan at row 0"),
        (np.array(["a"] * 400), "needs real numbers"),
        (np.ones(400), "labels that vary"),
        (np.arange(10.0), "10 labels for 15 directions"),
    ],
)
def test_bad_labels_are_refused(bad: np.ndarray, message: str) -> None:
    weak, strong, _ = draw(400, 0)
    with pytest.raises(FeatureError, match=message):
        plan(weak, strong, bad, n=100, explained=1)


def test_impossible_noise_and_exact_labels_are_refused() -> None:
    weak, strong, y = draw(400, 0)
    with pytest.raises(FeatureError, match="sigma2=50"):
        plan(weak, strong, y, n=100, N=300, explained=1, sigma2=50)
    with pytest.raises(FeatureError, match="linear in the strong features"):
        plan(weak, strong, strong[:, 0], n=100, N=300, explained=1)
    assert plan(weak, strong, y, n=100, N=300, explained=1, sigma2=NOISE).parameters["sigma2"].value == NOISE


def test_a_plan_shows_itself_and_is_the_same_for_a_seed() -> None:
    found = made()
    assert json.dumps(found.to_json(), allow_nan=False) == json.dumps(made().to_json(), allow_nan=False)
    html = found._repr_html_()
    assert "strong student (W2S)" in html
    assert "<script" not in html
    assert found.verdict in str(found)


def test_the_command_plans_writes_and_refuses(w2s: Callable[..., object], tmp_path: Path) -> None:
    weak, strong, y = draw(1000, 0)
    for name, array in (("w", weak), ("s", strong), ("y", y[:300]), ("short", weak[:9])):
        np.save(tmp_path / f"{name}.npy", array)
    ran = w2s("plan", "w.npy", "s.npy", "--labels", "y.npy", "--n", 100, "--N", 400, "--json", "p.json", "-o", "p.png")
    assert ran.code == 0, ran.err  # type: ignore[attr-defined]
    assert "PGR" in ran.out  # type: ignore[attr-defined]
    kept = json.loads((tmp_path / "p.json").read_text())
    assert kept["excess_risks"]["student"]["low"] < kept["excess_risks"]["student"]["high"]
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    for arguments, message in (
        (("short.npy", "s.npy"), "9 rows"),
        (("absent.npy", "s.npy"), "no file"),
        (("w.npy", "s.npy", "-o", "s.npy"), "choose"),
        (("w.npy", "s.npy", "-o", "x.gif"), ".png"),
        (("w.npy", "s.npy", "--n", 0), "below 1"),
        (("w.npy", "s.npy", "--N", 10**23), "is above"),
        (("w.npy", "s.npy", "--sigma2", "x"), "no number"),
        (("w.npy", "s.npy", "--explained", "nan"), "explained=nan"),
    ):
        assert message in w2s("plan", *arguments).error  # type: ignore[attr-defined]
