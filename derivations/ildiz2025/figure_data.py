"""Numbers of the figures: theory on fine grids, and simulated draws with their errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Literal

import numpy as np
import sympy as sp

from derivations.ildiz2025 import letters
from derivations.ildiz2025.letters import u
from derivations.ildiz2025.surrogates import PEAK_AT
from w2s_sym import Risk, Run, Signal, Spectrum, evaluate_risk, figures, mean_and_error, ratio_and_error, samplers

Surrogate = Literal["truth", "mask", "optimal"]
# Where n (1 - Omega) is smaller, equivalents of risks are poor, and the figures are grey.
FEW = 10
ALPHA, BETA, P, SAMPLES = "2", "1.5", 500, 200
FIGURE_1 = Spectrum.power_law(ALPHA, P)
TRUTH = Signal.power_law(BETA)
SURROGATES: tuple[Surrogate, ...] = ("truth", "mask", "optimal")
LOOKS: Mapping[str, tuple[str, figures.Look]] = {
    "truth": ("true labels", figures.ORANGE),
    "mask": ("optimal mask", figures.GREEN),
    "optimal": ("optimal surrogate", figures.BLUE),
}
# Draws at a size, sizes, and whether each draw is one run of the experiment, not its average over signs of columns.
PLANS: Mapping[str, tuple[int, tuple[int, ...], bool]] = {
    "quick": (64, (25, 50, 100, 200, 300, 400, 450), True),
    "standard": (64, (25, 50, 100, 150, 200, 250, 300, 350, 400, 450, 480), False),
    "deep": (400, (25, 50, 100, 150, 200, 250, 300, 350, 400, 450, 480), True),
}

# -- the experiment ------------------------------------------------------------------------------------------


def trial(rng: np.random.Generator, n: int, lam: np.ndarray, truth: np.ndarray, surrogates: np.ndarray) -> np.ndarray:
    """One run: excess risks of the targets of all surrogates (rows of ``surrogates``), trained on the same n rows."""
    x = rng.standard_normal((n, len(lam))) * np.sqrt(lam)
    # The interpolator of least norm is the surrogate projected on the rows: what lstsq gives, without singular values.
    basis = np.linalg.qr(x.T)[0]
    target = (surrogates @ basis) @ basis.T
    return np.asarray((target - truth) ** 2 @ lam)


def trials(run: Run, n: int) -> dict[str, np.ndarray]:
    """By surrogate: the excess risk in each draw of n rows, which all surrogates share.

    Kept in the run's memory when finished, so that an interrupted simulation goes on from there.
    """
    count, _, literal = PLANS[run.effort]
    lam, energy = FIGURE_1.values()[0], TRUTH.energy(FIGURE_1)
    gains = np.array([equivalent(n, name).gains(lam) for name in SURROGATES])

    def draw(t: int) -> Sequence[float] | np.ndarray:
        if not literal:
            # The same stream three times: the same rows for each surrogate.
            return [
                samplers.interpolator_risks(run.rng("averaged", n, t), 1, n, lam, energy, gain=gain)[0]
                for gain in gains
            ]
        rng = run.rng("literal", n, t)
        truth = rng.choice((-1.0, 1.0), P) * np.sqrt(energy / lam)
        return trial(rng, n, lam, truth, gains * truth)

    def compute() -> np.ndarray:
        run.tell(f"{count} draws at n = {n}")
        return np.array([draw(t) for t in range(count)])

    values = np.array(figures.kept(run, f"figure_1/{n}", compute))
    return dict(zip(SURROGATES, values.T, strict=True))


# -- the numbers ---------------------------------------------------------------------------------------------


def equivalent(n: Any, name: Surrogate, spectrum: Spectrum = FIGURE_1, truth: Signal = TRUTH) -> Risk:
    """The deterministic equivalent at sample sizes n, without noise."""
    return evaluate_risk(spectrum, truth, n, 0.0, name)


@cache
def _share() -> Callable[..., np.ndarray]:
    """u as the claims write it, a function of (lam, tau)."""
    compute: Callable[..., np.ndarray] = sp.lambdify((letters.lam, letters.tau), u, "numpy")
    return compute


def gains_data(run: Run) -> Mapping[str, Any]:
    """Gains of the optimal surrogate and of the mask at n = 200, direction by direction, and where they turn."""
    lam, _ = FIGURE_1.values()
    found = {name: equivalent(SAMPLES, name) for name in ("optimal", "mask")}
    tau, Omega = float(found["optimal"].tau), float(found["optimal"].Omega)
    gains = {name: risk.gains(lam) for name, risk in found.items()}
    share = _share()(lam, tau)
    # Thresholds lie between two directions: the last that is amplified (or kept) and the next.
    amplified, kept_ = (int((gains[name] > level).sum()) for name, level in (("optimal", 1), ("mask", 0)))
    root = float(np.sqrt(Omega))
    return {
        "tau": tau,
        "Omega": Omega,
        "i": np.arange(1, P + 1),
        "u": share,
        "gains": gains,
        "amplified": amplified,
        "kept": kept_,
        "mask_share": float(share[kept_ - 1 : kept_ + 1].mean()),
        "peak": {"i": int(gains["optimal"].argmax()) + 1, "u": root, "gain": float(PEAK_AT.to_numpy()(w=root))},
    }


def curves_data(run: Run) -> Mapping[str, Any]:
    """Risks against n, and over that of true labels: equivalents as lines, simulated means with their errors."""
    count, sizes, literal = PLANS[run.effort]
    line = np.arange(20, 491, 5)
    lines = {name: equivalent(line, name).value for name in SURROGATES}
    points = {n: trials(run, n) for n in sizes}
    risks = {name: [mean_and_error(points[n][name]) for n in sizes] for name in SURROGATES}
    ratios = {name: [ratio_and_error(points[n][name], points[n]["truth"]) for n in sizes] for name in SURROGATES[1:]}
    return {
        "draws": count,
        "literal": literal,
        "x": line,
        "sizes": sizes,
        "risk": {"lines": lines, "simulated": _points(risks)},
        "ratio": {
            "lines": {name: lines[name] / lines["truth"] for name in SURROGATES[1:]},
            "simulated": _points(ratios),
        },
    }


def _points(found: Mapping[Surrogate, Sequence[tuple[Any, Any]]]) -> dict[str, dict[str, list[float]]]:
    return {
        name: {"mean": [float(m) for m, _ in pairs], "error": [float(e) for _, e in pairs]}
        for name, pairs in found.items()
    }


# Exponents of lam_i b_i^2 in the figure of scaling laws. The last is beyond 2 alpha + 1, where the law saturates.
BETAS = ("1.5", "3", "6")
INFINITE = Spectrum.power_law(ALPHA)
FAR = 1e12


def scaling_data(run: Run) -> Mapping[str, Any]:
    """Risks on infinite spectra against n, their slopes, and their ratios with the values at n = 10^12. No sampling."""
    n = np.geomspace(5, 1e4, 100)
    laws = []
    for beta in BETAS:
        truth = Signal.power_law(beta)
        # The last two sizes are far beyond the figure: for the slope and the limits.
        risks = {name: equivalent(np.array([*n, FAR / 10, FAR]), name, INFINITE, truth) for name in SURROGATES}
        values = {name: risk.value for name, risk in risks.items()}
        laws.append(
            {
                "beta": beta,
                "risk": {name: v[:-2] for name, v in values.items()},
                "slope": {name: float(np.log10(v[-1] / v[-2])) for name, v in values.items()},
                "ratio": {name: v[:-2] / values["truth"][:-2] for name, v in values.items()},
                "limit": {name: float(v[-1] / values["truth"][-1]) for name, v in values.items()},
            }
        )
    few = equivalent(n, "truth", INFINITE).effective < FEW
    return {"alpha": ALPHA, "n": n, "far": FAR, "few_below": float(n[few].max(initial=n[0])), "laws": laws}


def map_data(run: Run) -> Mapping[str, Any]:
    """Risk of the optimal surrogate over that of true labels, by exponent and by n/p; n (1 - Omega) beside it."""
    n = np.unique(np.rint(np.linspace(0.01, 0.99, 99) * P))
    alphas = np.arange(0, 81) / 20
    panels = []
    for beta in BETAS[:2]:
        truth = Signal.power_law(beta)
        rows = []
        for alpha in alphas:
            spectrum = Spectrum.power_law(f"{alpha:.2f}", P) if alpha else Spectrum.isotropic(P)
            rows.append([equivalent(n, name, spectrum, truth) for name in ("optimal", "truth")])
        panels.append(
            {
                "beta": beta,
                "ratio": np.round([best.value / standard.value for best, standard in rows], 9),
                "effective": np.round([standard.effective for _, standard in rows], 9),
            }
        )
    return {"alpha": alphas, "share": n / P, "few": FEW, "panels": panels}
