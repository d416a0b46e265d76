"""Figure 1 of Ildiz et al. as it is drawn: simulated points on the lines, and off the wrong ones; limits and cuts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from derivations import ildiz2025
from derivations.ildiz2025 import figure_data
from derivations.ildiz2025 import figures as drawn
from w2s_sym.claims.run import Run
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL, mean_and_error, ratio_and_error
from w2s_sym.papers.figures import numbers
from w2s_sym.spectra.signals import Signal
from w2s_sym.spectra.spectrum import Spectrum


def numbers_of(name: str) -> Any:
    (figure,) = (f for f in ildiz2025.FIGURES if f.name == name)
    return numbers(figure, Run("quick"))


def literal(n: int, count: int, seed: int) -> np.ndarray:
    """Risks of truth, mask and optimal surrogate in ``count`` runs of the experiment; shape (count, 3)."""
    lam, energy = figure_data.FIGURE_1.values()[0], figure_data.TRUTH.energy(figure_data.FIGURE_1)
    gains = np.array([figure_data.equivalent(n, name).gains(lam) for name in figure_data.SURROGATES])
    found = []
    for t in range(count):
        rng = np.random.default_rng([seed, n, t])
        truth = rng.choice((-1.0, 1.0), len(lam)) * np.sqrt(energy / lam)
        found.append(figure_data.trial(rng, n, lam, truth, gains * truth))
    return np.array(found)


def test_one_run_is_the_shortest_interpolator() -> None:
    lam, truth = np.array([1.0, 0.5, 0.25, 0.1]), np.array([1.0, -2.0, 0.5, 3.0])
    surrogates = np.array([truth, [1.0, 0.0, 0.0, 0.0]])
    found = figure_data.trial(np.random.default_rng(3), 2, lam, truth, surrogates)
    x = np.random.default_rng(3).standard_normal((2, 4)) * np.sqrt(lam)
    # x'(x x')^-1 y, by Lagrange multipliers.
    for risk, surrogate in zip(found, surrogates, strict=True):
        error = x.T @ np.linalg.solve(x @ x.T, x @ surrogate) - truth
        assert risk == pytest.approx(float((lam * error**2).sum()), rel=1e-10)


def test_simulated_risks_are_on_the_lines_and_off_wrong_ones() -> None:
    n = 200
    draws = literal(n, 150, seed=1)
    omega = float(figure_data.equivalent(n, "truth").Omega)
    for j, name in enumerate(figure_data.SURROGATES):
        mean, error = mean_and_error(draws[:, j])
        line = float(figure_data.equivalent(n, name).value)
        assert error < 0.01 * line
        # The mean risk is above its equivalent by about 0.5/n = 0.25 %, which is allowed for as a whole.
        assert abs(mean - line) < LEVEL * error + 0.0025 * line
        wrong = {"without 1 - Omega": line * (1 - omega), "half a label more": line * (1 + 0.5 * 0.2)}
        for value in wrong.values():
            assert abs(mean - value) > LEVEL * error + 0.0025 * value, (name, value)
    ratio, error = ratio_and_error(draws[:, 2], draws[:, 0])
    assert abs(ratio - 0.083251 / 0.119367) < LEVEL * error + 0.0025
    # Over the limit of infinitely many directions it is not: p = 500 is felt.
    assert abs(ratio - 0.615920) > LEVEL * error + 0.0025


def test_the_figures_points_are_on_its_lines() -> None:
    data = numbers_of("risk_curves")
    for part in ("risk", "ratio"):
        for name, points in data[part]["simulated"].items():
            for n, mean, error in zip(data["sizes"], points["mean"], points["error"], strict=True):
                line = data[part]["lines"][name][data["x"].index(n)]
                # Twice the finite-size error, which is about 0.5/n.
                assert abs(mean - line) < LEVEL * error + line / n, (part, name, n)


def test_averages_over_signs_have_the_mean_of_single_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(figure_data.PLANS, "quick", (12, (100,), False))
    averaged = np.stack(list(figure_data.trials(Run("quick"), 100).values()), axis=1)
    single = literal(100, 200, seed=2)
    for one, other in zip(averaged.T, single.T, strict=True):
        (mean, error), (mean_, error_) = mean_and_error(one), mean_and_error(other)
        assert abs(mean - mean_) < LEVEL * math.hypot(error, error_)
        assert error_ < 0.02 * mean_


def test_gains_turn_where_the_claims_say() -> None:
    data = numbers_of("surrogate_gains")
    assert data["tau"] == pytest.approx(3.97337e-5, rel=1e-5)
    assert data["Omega"] == pytest.approx(0.612985, abs=5e-7)
    assert (data["amplified"], data["kept"], data["peak"]["i"]) == (126, 203, 84)
    gains, u = np.array(data["gains"]["optimal"]), np.array(data["u"])
    assert gains.max() == pytest.approx(1.13861, abs=5e-6)
    assert gains.max() <= data["peak"]["gain"] == pytest.approx((1 + 0.612985**0.5) / (2 * 0.612985**0.5), rel=1e-6)
    assert ((u > data["Omega"]) == (gains > 1)).all()
    assert ((1 - (1 - u) ** 2 > data["Omega"]) == (np.array(data["gains"]["mask"]) == 1)).all()


def test_ratios_reach_the_limits_of_the_scaling_laws() -> None:
    data = numbers_of("scaling_laws")
    limits = {"1.5": math.cos(math.pi / 8) / 1.5, "3": math.pi / 4, "6": 0.5}
    slopes = {"1.5": -0.5, "3": -2.0, "6": -4.0}
    assert [law["beta"] for law in data["laws"]] == list(limits)
    for law in data["laws"]:
        assert law["limit"]["optimal"] == pytest.approx(limits[law["beta"]], abs=1e-9)
        for name in figure_data.SURROGATES:
            assert law["slope"][name] == pytest.approx(slopes[law["beta"]], abs=1e-6)
            gaps = np.abs(np.array(law["ratio"][name]) - law["limit"][name])
            assert gaps[-1] <= 0.02 * gaps[0]
    # Of the mask, with s = 1/4 and 1: the incomplete beta integral by Simpson's rule, to about h^1.75 = 2e-8.
    for beta, s in (("1.5", 0.25), ("3", 1.0)):
        cut = 2**-0.5
        x = np.linspace(0, cut, 20001)
        y = x ** (1 - s) * (1 - x) ** (s - 1)
        integral = float((y[:-1:2] + 4 * y[1::2] + y[2::2]).sum()) * (x[1] - x[0]) / 3
        sine = math.sin(math.pi * s) / ((1 - s) * math.pi) if s < 1 else 1.0  # its limit as s -> 1
        expected = (integral + (2**0.5 - 1) ** s / (2 * s)) * sine
        (law,) = (law for law in data["laws"] if law["beta"] == beta)
        assert law["limit"]["mask"] == pytest.approx(expected, abs=1e-7)


def test_the_map_is_one_on_isotropic_spectra_and_below_elsewhere() -> None:
    data = numbers_of("where_surrogates_help")
    for panel in data["panels"]:
        ratio = np.array(panel["ratio"])
        assert ratio.shape == (len(data["alpha"]), len(data["share"]))
        assert ratio[0] == pytest.approx(1, abs=1e-9)
        assert (ratio[1:] < 1).all()
    # A point of Figure 1, from the reference risks.
    i, j = data["alpha"].index(2.0), data["share"].index(0.4)
    assert data["panels"][0]["ratio"][i][j] == pytest.approx(0.083251 / 0.119367, abs=1e-5)


def test_what_the_lines_are_made_of() -> None:
    # Two levels, by hand: lam = 3 (x2) and 1 (x2), n = 2: 2*3/(3+t) + 2/(1+t) = 2 gives t^2 = 3.
    spectrum, truth = Spectrum.levels({3: 2, 1: 2}), Signal.of([1, 0, 0, 1])
    t = math.sqrt(3)
    zeta = (t / (3 + t), t / (1 + t))
    omega = sum((1 - z) ** 2 for z in zeta)
    found = figure_data.equivalent(2, "truth", spectrum, truth)
    assert float(found.value) == pytest.approx((3 * zeta[0] ** 2 + zeta[1] ** 2) / (1 - omega), rel=1e-12)


def test_every_simulated_series_has_error_bars_and_captions_say_what_is_sampled() -> None:
    for figure in ildiz2025.FIGURES:
        sampled = figure.data is drawn.curves_data
        assert ("two standard errors" in figure.caption) == sampled
        assert ("o sampling" in figure.caption) != sampled


def test_a_run_interpolates_with_least_norm() -> None:
    lam, truth = np.array([4.0, 1.0, 0.25, 0.1]), np.array([1.0, -1.0, 2.0, 0.5])
    surrogates = np.array([[1.0, 2.0, 3.0, 4.0], [0.0, 1.0, 0.0, -1.0]])
    x = np.random.default_rng(3).standard_normal((2, 4)) * np.sqrt(lam)
    plain = np.linalg.pinv(x) @ (x @ surrogates.T)
    expected = (plain.T - truth) ** 2 @ lam
    assert figure_data.trial(np.random.default_rng(3), 2, lam, truth, surrogates) == pytest.approx(expected, rel=1e-12)
