"""What to expect of five predictors at planned sizes: equivalents and refits, weighed by how far each may err.

Everything is done with logarithms of errors. Equivalents at drawn targets say what the labels allow; refits say what
was measured, and are carried to the planned sizes by ratios of equivalents. Both see the same labels, so their errors
are taken to go together. With few labels each has about half the weight; with many the refits take over.

The ceiling has far more labels than were seen, and its error depends most on what no number of labels explains. So it
has targets of its own, the cautious ones of :mod:`~w2s_sym.forecast.truths`; and where refits err more than
equivalents, this either falls with more labels as the rest does, or is noise, which stays: its band allows for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast import ridge_refits, ridge_runs, truths
from w2s_sym.forecast.coordinates import Coordinates
from w2s_sym.forecast.ridge_equivalents import CEILING, NAMES, Equivalents, Ridge
from w2s_sym.forecast.ridge_fits import Penalty
from w2s_sym.forecast.ridge_refits import RefitErrors, RefitSizes

# Targets that are drawn.
TARGETS = 24
# How far equivalents err because no target is a linear one with Gaussian coefficients: the least standard error of the
# logarithm of an error. It is larger where refits are further away. The error of the mean is that
# of a variance and has no such part.
MISFIT = 0.06
TRAINED = np.array([0.0, 1.0, 1.0, 1.0, 1.0])
# The same for each factor of e between the labels that were seen and those that are planned.
EXTRAPOLATION = 0.1


@dataclass(frozen=True)
class Outlook:
    """Logarithms of five errors in the order of NAMES: their ``centre``, shape (5,), the covariance of the mean error
    over training runs, ``mean``, and of the error of one run, ``run``, shapes (5, 5).

    ``measured`` are the refits, ``weight``, shape (5,), what they count for, ``predicted``, shape (5,), what the
    equivalents alone say at the refits' sizes, ``unsure``, shape (5,), the standard error of the logarithm of their
    ratio, and ``draws`` the targets.
    """

    centre: np.ndarray
    mean: np.ndarray
    run: np.ndarray
    measured: RefitErrors
    weight: np.ndarray
    predicted: np.ndarray
    unsure: np.ndarray
    draws: tuple[truths.Target, ...]


@dataclass(frozen=True)
class Question:
    """Sizes and penalty that are asked about, and the number of rows that one run is measured on (None for all)."""

    n: int
    N: int
    penalty: Penalty = None
    held_out: int | None = None
    classes: bool = False
    seed: int = 0


def outlook(held: Coordinates, y: np.ndarray, ask: Question) -> Outlook:
    """The outlook for labels ``y``, shape (labelled, outputs), of the first rows of ``held``."""
    labelled = len(y)
    population = held.population
    unlabelled = ridge_refits.pseudo_rows(held, ask.N, len(held.index) - labelled)
    sizes = RefitSizes.of(labelled, unlabelled, ask.n, ask.N)
    measured = ridge_refits.measure_ridge(held, y, sizes, ask.penalty, seed=ask.seed, classes=ask.classes)
    centred = y - y.mean(0)
    drawn = truths.drawn_targets(population, held.x_w[:labelled], held.x_s[:labelled], centred, TARGETS, ask.seed)
    draws = drawn.targets
    there = Equivalents.of(population, ask.n, ask.N, ask.penalty)
    here = Equivalents.of(population, sizes.m, sizes.M, ask.penalty, sizes.most)
    spread = ridge_runs.simulate(held, draws, there, ask.penalty, ask.seed)
    spread = ridge_runs.widened(spread, held, y, measured, there)
    planned, seen = (_logarithms(at, draws) for at in (there, here))
    far = planned, seen
    if drawn.cautious is not draws:
        far = _logarithms(there, drawn.cautious), _logarithms(here, drawn.cautious)
    (said, vary), (step, vary_step) = _joined(planned, far[0]), _joined(planned - seen, far[0] - far[1])
    second = (centred**2).sum(1)
    variance = float(second.var() / len(second) / second.mean() ** 2)
    errors = np.maximum(measured.errors, 1e-300)
    # Training rows are resampled: few of them, and few refits, leave some of the variance of single runs.
    left = min(max(ask.n / labelled, 1 / measured.refits), 1.0)
    scatter = measured.covariance / np.outer(errors, errors) + spread.covariance * left
    off = np.log(errors) - (said - step) - spread.shift
    # Both see the same labels: what these vary moves both alike, and explains little of their distance.
    misfit = TRAINED * np.maximum(np.abs(off), MISFIT)
    by_equivalents, by_refits = said + spread.shift, np.log(errors) + step
    stays = np.eye(len(NAMES))[CEILING] * lasting_excess(drawn.cautious, here.ceiling, there.ceiling, errors[CEILING])
    equivalent = vary + np.outer(misfit + stays, misfit + stays) + variance
    equivalent = equivalent + _stretch(ask, (labelled, ask.N, labelled), 0.0 * misfit)
    refitted = scatter + vary_step + _stretch(ask, (sizes.m, sizes.M, sizes.most), misfit)
    # Halfway between both accounts of what refits have beyond equivalents; the half is a standard error.
    by_refits, refitted = by_refits + stays / 2, refitted + np.outer(stays, stays) / 4
    weight = np.diag(equivalent) / (np.diag(equivalent) + np.diag(refitted))
    mean = _weighed(1 - weight, equivalent) + _weighed(weight, refitted)
    run = mean + spread.covariance
    if ask.held_out is not None:
        run = run + measured.spread / np.outer(errors, errors) / ask.held_out
    centre = (1 - weight) * by_equivalents + weight * by_refits
    return Outlook(
        centre=centre,
        mean=mean,
        run=run,
        measured=measured,
        weight=weight,
        predicted=np.exp(seen.mean(0)),
        unsure=np.sqrt(np.diag(scatter + np.cov(seen.T))),
        draws=tuple(draws),
    )


def _logarithms(at: Equivalents, targets: Sequence[truths.Target]) -> np.ndarray:
    """Logarithms of five errors at these targets, shape (targets, 5)."""
    return np.asarray(np.log([at.errors(target.truth) for target in targets]))


def _joined(draws: np.ndarray, cautious: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of draws, shape (targets, 5), with the ceiling's mean and variance of the cautious ones.

    Its correlations with the others are those of ``draws``.
    """
    centre, factor = draws.mean(0), np.ones(len(NAMES))
    centre[CEILING] = cautious[:, CEILING].mean()
    if (spread := draws[:, CEILING].std()) > 0:
        factor[CEILING] = cautious[:, CEILING].std() / spread
    return centre, np.cov(draws.T) * np.outer(factor, factor)


def lasting_excess(targets: Sequence[truths.Target], here: Ridge, there: Ridge, error: float) -> float:
    """How much larger the logarithm of the ceiling's error is where noise takes the place of signal.

    So much of each target's signal becomes noise that its equivalent ``here`` is the ``error`` of refits. This is
    compared with an error that goes to the planned size, ``there``, by the ratio of equivalents.
    """
    found = []
    for truth in (target.truth for target in targets):
        energy = (truth.c_s**2).sum(1)
        share = here.explained_share(energy, truth.total, error)
        kept, whole = (ridge.trained(energy, truth.total).error for ridge in (here, there))
        noisy = there.trained(share * energy, truth.total).error
        found.append(np.log(noisy / whole * min(kept / error, 1.0)) if share < 1 else 0.0)
    return max(float(np.mean(found)), 0.0)


def _weighed(weight: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """The part of a covariance, for errors of both estimates that go together."""
    return np.asarray(np.sqrt(np.outer(weight, weight)) * covariance)


def _stretch(ask: Question, sizes: tuple[float, float, float], misfit: np.ndarray) -> np.ndarray:
    """What the step from these sizes (labels, pseudo-labels, labels of the ceiling) to the planned ones adds.

    A step of a factor of e or more may err by the whole of ``misfit``, shape (5,), a shorter one by a part.
    """
    m, M, most = sizes
    labels = max(float(np.log(ask.n / m)), 0.0)
    pseudo = max(float(np.log(ask.N / max(M, 1))), 0.0)
    ceiling = max(float(np.log((ask.n + ask.N) / most)), 0.0)
    steps = {"mean": 0.0, "weak": labels, "student": labels + pseudo / 2, "strong": labels, "ceiling": ceiling}
    along = np.array([steps[name] for name in NAMES])
    return np.diag((EXTRAPOLATION * along) ** 2 + (misfit * np.minimum(along, 1.0)) ** 2)
