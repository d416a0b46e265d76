"""Plans: predictions against training, against the claims, and what bands do."""

from __future__ import annotations

import numpy as np
import pytest
from feature_pairs import COSINE, D_S, D_W, NOISE, SHARED, draw_pair, truth
from threadpoolctl import threadpool_info, threadpool_limits

from derivations import dong2025
from w2s_sym.forecast import forecast, ridge_plan
from w2s_sym.forecast.forecast import Method, plan
from w2s_sym.forecast.plan_data import Plan


def made(seed: int = 0, **options: object) -> Plan:
    weak, strong, y = draw_pair(4000, seed)
    return plan(weak, strong, y[:1500], method="least squares", n=120, N=300, explained=1, **options)  # type: ignore[arg-type]


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
        w1, _, y1 = draw_pair(120, 10**6 + 3 * seed)
        w2, s2, _ = draw_pair(300, 10**6 + 3 * seed + 1)
        _, s3, y3 = draw_pair(400, 10**6 + 3 * seed + 2)
        teacher = np.linalg.lstsq(w1, y1, rcond=None)[0]
        student = np.linalg.lstsq(s2, w2 @ teacher, rcond=None)[0]
        losses.append(((s3 @ student - y3) ** 2).mean())
    assert found.errors["student"].low < np.mean(losses) < found.errors["student"].high


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

    weak, strong, y = draw_pair(4000, 0)
    assert width(made(held_out=200)) > 1.5 * width(made())
    assert width(plan(weak, strong, y[:200], n=120, N=300, explained=1, method="least squares")) > 1.5 * width(made())


def test_without_labels_the_variance_is_planned() -> None:
    weak, strong, _ = draw_pair(4000, 0)
    found = plan(weak, strong, N=300, explained=1)
    truth_ratio = (2.94 + D_S / (300 - D_S - 1) * (D_W - 2.94)) / D_W
    slope = (1 - D_S / (300 - D_S - 1)) / D_W
    assert abs(found.variance_ratio.value - truth_ratio) < 4.9 * slope * found.overlap.standard_error
    assert found.variance_ratio.low < found.variance_ratio.value < found.variance_ratio.high
    assert found.needed.value == pytest.approx(D_S + 1 + D_S / 0.1)
    assert found.break_even.value == pytest.approx(2 * D_S + 1)
    assert found.risks == {}


def test_departures_are_named_and_measured() -> None:
    weak, strong, y = draw_pair(4000, 0)
    length = np.sqrt(2 / np.random.default_rng(1).chisquare(4, 4000))[:, None]
    heavy = plan(weak * length, strong * length, y, method="least squares", n=120, N=300, explained=1)
    names = [note.name for note in heavy.notes]
    assert names.count("not Gaussian") == 2
    assert {"variance law", "risks", "noise"} <= set(names)
    assert "not Gaussian" not in [note.name for note in made().notes]
    shifted = plan(weak, strong, y + 5, n=120, N=300, explained=1, method="least squares")
    assert "intercept" in [n.name for n in shifted.notes]
    assert "few rows" in [n.name for n in plan(weak[:200], strong[:200], N=300, explained=1).notes]


@pytest.mark.parametrize("method", ["ridge", "least squares"])
def test_a_plan_keeps_to_one_thread_and_gives_the_others_back(method: Method, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two threads on small matrices wait for each other: five times the processor time on a busy machine."""
    seen: list[int] = []

    def threads() -> int:
        return max(pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")

    for module, name in ((ridge_plan, "outlook"), (forecast, "measure")):
        whole = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *a, f=whole, **k: seen.append(threads()) or f(*a, **k))
    weak, strong, y = draw_pair(400, 0)
    with threadpool_limits(limits=2):
        if threads() < 2:
            pytest.skip("the linear algebra of this numpy has one thread")
        plan(weak, strong, y[:200], method=method, n=60, N=200)
        assert threads() == 2
    assert seen == [1]
