"""The five predictors trained and measured on resampled parts of the rows at hand.

A refit trains on some of the labelled rows, gives pseudo-labels to other rows, and measures at labelled rows that
neither has seen. Where there are labels to spare it has the planned sizes; otherwise nine tenths of the labels train,
and :mod:`~w2s_sym.forecast.ridge_plan` carries the result to the planned sizes by the equivalents.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.coordinates import POPULATION_ROWS, Coordinates
from w2s_sym.forecast.ridge_equivalents import NAMES
from w2s_sym.forecast.ridge_fits import Model, Penalty, PseudoLabelled, PseudoRows, trained

Penalties = dict[str, Penalty]
# Refits: at most and at least; in between as many as take together the multiplications REFIT_WORK.
MOST_REFITS, FEWEST_REFITS = 40, 6
REFIT_WORK = 3e9
# Models of so few labels vary much from run to run: at least so many refits.
FEW_LABELS, LEAST_REFITS = 300, 16


@dataclass(frozen=True)
class RefitSizes:
    """Rows of one refit: ``m`` labels, ``M`` pseudo-labels, ``most`` labels of the ceiling, ``donated`` labelled rows
    that serve as unlabelled, ``test`` rows to measure on."""

    m: int
    M: int
    most: int
    donated: int
    test: int

    @classmethod
    def of(cls, labelled: int, unlabelled: int, n: int, N: int) -> RefitSizes:
        """The planned sizes where the rows allow them, else the nearest. Needs at least two labelled rows."""
        tenth = max(1, round(labelled / 10))
        if unlabelled >= N / 2:
            m = max(1, min(n, labelled - tenth))
            rest = labelled - m
            donated = min(max(N - unlabelled, 0), rest // 2)
        else:
            m = max(1, min(n, labelled // 3))
            rest = labelled - m
            donated = max(min(N - unlabelled, rest - max(rest // 4, 1)), 0)
        # The ceiling takes all but a third of the labels, or what a tenth leaves where the others do so too.
        most = max(m, min(n + N, labelled - max(tenth, min(rest - donated, labelled // 3))))
        test = labelled - max(m + donated, most)
        return cls(m, min(N, unlabelled + donated), most, donated, test)


@dataclass(frozen=True)
class RefitErrors:
    """What the refits say, all in the order of NAMES; the ceiling is measured at ``sizes.most`` labels.

    ``errors``, shape (5,), are mean squared errors against labels, summed over outputs; ``covariance``, shape (5, 5),
    is that of these means over other test rows; ``spread``, shape (5, 5), that of one model's error at one row.
    ``runs``, shape (5,), is the variance of the logarithm of the error over training rows, without that over test rows;
    it is too small where training rows are more than half of the labels. ``accuracy``, shape (5,), is there for
    classes, else empty.
    """

    sizes: RefitSizes
    refits: int
    errors: np.ndarray
    covariance: np.ndarray
    spread: np.ndarray
    runs: np.ndarray
    accuracy: np.ndarray


def measure_ridge(
    held: Coordinates,
    y: np.ndarray,
    sizes: RefitSizes,
    penalty: Penalty,
    *,
    seed: int,
    classes: bool = False,
) -> RefitErrors:
    """Refit at these sizes; ``y``, shape (labelled, outputs), belongs to the first rows of ``held``.

    Where a refit of many labels is so dear that only FEWEST_REFITS are made, all take the penalties of the first.
    ``classes`` says that labels are one-hot, or one column of two values.
    """
    rng = np.random.default_rng([seed, 9])
    labelled = len(y)
    refits = _affordable(held, sizes)
    penalties: Penalties = dict.fromkeys(("weak", "student", "strong", "ceiling"), penalty)
    fixed = _fixed_pool(held, sizes, labelled, rng)
    sums, counts = np.zeros((labelled, len(NAMES))), np.zeros(labelled)
    hits, within, found = np.zeros(len(NAMES)), np.zeros((len(NAMES), len(NAMES))), []
    for train, test, rest in _splits(labelled, sizes, refits, rng):
        pool = fixed if fixed is not None else _pool(held, sizes, labelled, rest)
        models = _models(held, y, (train, rest), pool, penalties, sizes)
        predicted = _predictions(held, y[train], test, models)
        if refits == FEWEST_REFITS and sizes.m > FEW_LABELS:
            penalties = {name: model.penalty for name, model in models.items()}
        losses = np.stack([((y[test] - p) ** 2).sum(1) for p in predicted], axis=1)
        sums[test] += losses
        counts[test] += 1
        found.append(losses.mean(0))
        within += np.cov(losses.T) if len(test) > 1 else np.diag(losses[0] ** 2)
        if classes:
            hits += [_accuracy(y[test], p, y) for p in predicted]
    seen = counts > 0
    rows = sums[seen] / counts[seen, None]
    between = np.cov(rows.T) if seen.sum() > 1 else np.diag(rows[0] ** 2)
    errors, spread = np.mean(found, axis=0), within / refits
    scatter = np.var(found, axis=0, ddof=1) - np.diag(spread) / sizes.test
    return RefitErrors(
        sizes=sizes,
        refits=refits,
        errors=errors,
        covariance=between / seen.sum(),
        spread=spread,
        runs=np.maximum(scatter, 0.0) / np.maximum(errors**2, 1e-300),
        accuracy=hits / refits if classes else np.zeros(0),
    )


def _affordable(held: Coordinates, sizes: RefitSizes) -> int:
    """How many refits the work allows, between FEWEST_REFITS and MOST_REFITS."""
    p_w, p_s = held.x_w.shape[1], held.x_s.shape[1]

    def once(rows: int, p: int) -> float:
        least = min(rows, p)
        return rows * p * least + 10.0 * least**3

    work = once(sizes.m, p_w) + once(sizes.m, p_s)
    if sizes.donated:
        work += once(sizes.M, p_s) + sizes.M * p_w * (p_w + p_s)  # at most: labels of many columns
    if sizes.most > sizes.m:
        work += once(sizes.most, p_s)
    least = LEAST_REFITS if sizes.m <= FEW_LABELS else FEWEST_REFITS
    return int(np.clip(REFIT_WORK / work, least, MOST_REFITS))


def _splits(
    labelled: int, sizes: RefitSizes, refits: int, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Labelled rows to train on, to measure on, and the others; every row is measured on about equally often."""
    done = 0
    while done < refits:
        order = rng.permutation(labelled)
        for start in range(0, labelled, max(min(sizes.test, labelled // 2), 1)):
            if done == refits:
                return
            turned = np.roll(order, -start)
            test, train = turned[: sizes.test], turned[sizes.test : sizes.test + sizes.m]
            yield train, test, turned[sizes.test + sizes.m :]
            done += 1


def _fixed_pool(held: Coordinates, sizes: RefitSizes, labelled: int, rng: np.random.Generator) -> PseudoLabelled | None:
    """The unlabelled rows, made ready once, where labelled rows are not needed among them."""
    if sizes.donated:
        return None
    return pool_of(held, labelled + rng.permutation(len(held.index) - labelled), sizes.M)


def pseudo_rows(held: Coordinates, N: int, kept: int) -> int:
    """How many rows there are for at most N pseudo-labels: the ``kept`` ones, or all, where some are not held and the
    population stands for them."""
    return held.rows if held.rows > len(held.index) and _many(held, min(N, held.rows)) else kept


def _many(held: Coordinates, rows: int) -> bool:
    return bool(rows > POPULATION_ROWS * max(held.x_s.shape[1], held.x_w.shape[1]))


def pool_of(held: Coordinates, rows: np.ndarray, count: int) -> PseudoLabelled:
    """The first ``count`` of the rows of these numbers get pseudo-labels; many are stood for by the population."""
    if _many(held, count):
        population = held.population
        return PseudoLabelled.of_population(population.lam_w, population.lam_s, population.cross, count)
    return PseudoLabelled.of(held.x_w[rows[:count]], held.x_s[rows[:count]])


def _pool(held: Coordinates, sizes: RefitSizes, labelled: int, rest: np.ndarray) -> PseudoRows:
    """Unlabelled rows and labelled ones that are used as unlabelled."""
    unlabelled = np.arange(labelled, len(held.index))
    rows = np.concatenate([unlabelled, rest[: sizes.M - len(unlabelled)]]) if len(unlabelled) < sizes.M else unlabelled
    rows = rows[: sizes.M]
    return PseudoRows(held.x_w[rows], held.x_s[rows])


def _models(
    held: Coordinates,
    y: np.ndarray,
    split: tuple[np.ndarray, np.ndarray],
    pool: PseudoLabelled | PseudoRows,
    penalties: Penalties,
    sizes: RefitSizes,
) -> dict[str, Model]:
    """The four models that are trained on a split: labelled rows to train on, and further ones for the ceiling."""
    train, rest = split
    teacher = trained(held.x_w[train], y[train], penalties["weak"])
    strong = trained(held.x_s[train], y[train], penalties["strong"])
    ceiling = strong
    if sizes.most > sizes.m:
        more = np.concatenate([train, rest])[: sizes.most]
        ceiling = trained(held.x_s[more], y[more], penalties["ceiling"])
    return {
        "weak": teacher,
        "student": pool.fit(teacher, penalties["student"]),
        "strong": strong,
        "ceiling": ceiling,
    }


def _predictions(held: Coordinates, y: np.ndarray, test: np.ndarray, models: dict[str, Model]) -> list[np.ndarray]:
    """What all five say at the test rows, in the order of NAMES; ``y`` are the labels that were trained on."""
    x_s = held.x_s[test]
    mean = np.tile(y.mean(0), (len(test), 1))
    return [
        mean,
        models["weak"](held.x_w[test]),
        models["student"](x_s),
        models["strong"](x_s),
        models["ceiling"](x_s),
    ]


def _accuracy(y: np.ndarray, predicted: np.ndarray, every: np.ndarray) -> float:
    """The part of the rows that are put into their class."""
    if y.shape[1] > 1:
        return float((y.argmax(1) == predicted.argmax(1)).mean())
    middle = (every.min() + every.max()) / 2
    return float(((y > middle) == (predicted > middle)).mean())
