"""From two feature matrices and labels to a decision by ridge regression: which predictor to use, and how good it is.

The way goes from principal coordinates (:mod:`~w2s_sym.forecast.coordinates`) to an outlook
(:mod:`~w2s_sym.forecast.outlook`): equivalents at targets that the labels allow
(:mod:`~w2s_sym.forecast.truths`, :mod:`~w2s_sym.forecast.ridge_equivalents`), weighed against refits
(:mod:`~w2s_sym.forecast.ridge_refits`), with the spread of single runs (:mod:`~w2s_sym.forecast.ridge_runs`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from w2s_sym.forecast import ridge_remarks
from w2s_sym.forecast.coordinates import Coordinates, coordinates
from w2s_sym.forecast.decision import CHOICES, Forecast, RefitSummary, RidgePlan, band
from w2s_sym.forecast.gathering import HERE, Readers
from w2s_sym.forecast.outlook import TARGETS, Outlook, Question, outlook
from w2s_sym.forecast.plan_data import Band
from w2s_sym.forecast.reading import FeatureError, Features, checked_pair, label_array, label_file
from w2s_sym.forecast.residuals import checked_labels
from w2s_sym.forecast.ridge_equivalents import CEILING, NAMES, STRONG, STUDENT, WEAK, Equivalents
from w2s_sym.forecast.truths import CONDITIONING

# Fewer labels say nothing about four predictors.
FEWEST_LABELS = 10
# Draws of five errors, from which bands and probabilities are read.
ERROR_DRAWS = 4000
# Points of the picture's curves, each as the mean over this many targets.
CURVE_POINTS, CURVE_TARGETS = 7, 6
# Larger penalties have squares that overflow.
LARGEST_PENALTY = 1e100
# Coefficients of the targets that are drawn, and their labels, take at most so many bytes.
MOST_TARGETS = 2**30
# More values of a column of labels than this are no classes.
MOST_CLASSES = 1000


def ridge_plan(
    weak: Features,
    strong: Features,
    labels: Features,
    *,
    n: int | None = None,
    N: int | None = None,
    penalty: float | None = None,
    held_out: int | None = None,
    explained: float = 1.0,
    classes: bool = False,
    seed: int = 0,
    readers: Readers = HERE,
) -> RidgePlan:
    """The plan for raw features of shapes (rows, columns) and labels of the first rows, read by ``readers``.

    For the arguments and the errors see :func:`w2s_sym.forecast.forecast.plan`.
    """
    raw_w, raw_s = checked_pair(weak, strong)
    table = checked_labels(label_array(labels), len(raw_w), label_file(labels))
    fitted = one_column_each(table) if classes else table
    if len(table) < FEWEST_LABELS:
        raise FeatureError(f"{len(table)} labels: needs at least {FEWEST_LABELS} to tell the predictors apart")
    if not 0 < explained <= 1:
        raise FeatureError(f"explained={explained}: needs a part of the variance, above 0 and at most 1")
    n, rows = n if n is not None else len(table), len(raw_w)
    if N is None:  # the other rows, where there are any to speak of
        N = rows - n if rows - n >= 2 else rows
    _refuse_sizes(n, N, penalty, held_out)
    held = coordinates(raw_w, raw_s, len(table), N=N, seed=seed, readers=readers).leading(explained)
    _refuse_outputs(held, fitted.shape[1])
    # Labelled rows that are held come first and in order: all of them, or a random part of many.
    y = fitted[held.index[: held.labelled]]
    ask = Question(n, N, penalty, held_out, is_classes(y), seed)
    found = outlook(held, y, ask)
    return _decided(held, y, ask, found, fitted, table)


def _refuse_sizes(n: int, N: int, penalty: float | None, held_out: int | None) -> None:
    """Refuse sizes and penalties that are none."""
    for name, value in (("n", n), ("N", N)):
        if value < 2:
            raise FeatureError(f"{name}={value}: needs at least 2")
    if penalty is not None and not 0 <= penalty <= LARGEST_PENALTY:
        raise FeatureError(
            f"penalty={penalty}: needs a finite number, not negative and at most {LARGEST_PENALTY:g}, or none for the "
            "best one"
        )
    if held_out is not None and held_out < 1:
        raise FeatureError(f"held_out={held_out}: needs a number of points, at least 1")


def _refuse_outputs(held: Coordinates, outputs: int) -> None:
    """Refuse so many outputs that the targets that are drawn do not fit into memory."""
    each = 2 * (len(held.weak.lam) + len(held.strong.lam)) + 2 * min(held.labelled, CONDITIONING)
    most = MOST_TARGETS // (8 * TARGETS * each)
    if outputs > most:
        raise FeatureError(
            f"labels: {outputs} columns, which need more memory than {MOST_TARGETS / 2**30:.3g} GiB with these "
            f"features; give at most {most}, such as their leading principal components"
        )


def one_column_each(table: np.ndarray) -> np.ndarray:
    """Labels of one column, shape (labelled, 1), as one column for each of its values; raises FeatureError else."""
    if table.shape[1] > 1:
        raise FeatureError(f"classes: labels have {table.shape[1]} columns; needs one column that names the class")
    values, place = np.unique(table[:, 0], return_inverse=True)
    if len(values) > min(MOST_CLASSES, len(table) // 2):
        raise FeatureError(
            f"classes: {len(values)} different labels of {len(table)}; needs few classes, or no --classes"
        )
    return np.asarray(np.eye(len(values))[place])


def is_classes(y: np.ndarray) -> bool:
    """Whether labels, shape (labelled, outputs), are one-hot, or one column of two values."""
    if y.shape[1] == 1:
        return len(np.unique(y)) == 2
    return bool(((y == 0) | (y == 1)).all() and (y.sum(1) == 1).all())


def _decided(
    held: Coordinates, y: np.ndarray, ask: Question, found: Outlook, raw: np.ndarray, table: np.ndarray
) -> RidgePlan:
    """All that a plan tells, from the outlook; ``raw`` are all labels as they are fitted, ``table`` as given."""
    rng = np.random.default_rng([ask.seed, 12])
    means, runs = (_draws(found.centre, c, rng) for c in (found.mean, found.run))
    # The same model does not lose by more labels; a band of logarithms that reaches far down reaches as far up.
    most = np.maximum(means[:, STRONG], found.centre[CEILING])
    means[:, CEILING] = np.minimum(means[:, CEILING], most)
    nested = ridge_remarks.reproduces(held, found.measured)
    choices = [name for name in CHOICES if not (nested and name == "student")]
    winners = runs[:, [NAMES.index(name) for name in choices]].argmin(1)
    best = {name: float((winners == k).mean()) for k, name in enumerate(choices)}
    accuracy, few = found.measured.accuracy, found.measured.sizes.most < ask.n + ask.N
    errors = {
        name: Forecast(
            mean=band(found.centre[k], means[:, k]),
            run=band(found.centre[k], runs[:, k]),
            best=None if name == "ceiling" else best.get(name, 0.0),
            # The ceiling of a refit has fewer labels than the planned one: its error is carried there, hits are not.
            accuracy=None if not len(accuracy) or (name == "ceiling" and few) else float(accuracy[k]),
        )
        for k, name in enumerate(NAMES)
    }
    squares = ridge_remarks.by_least_squares(held, ask, found)
    explained = ridge_remarks.best_by_explained(held, ask, found)
    said = ridge_remarks.remarks(held, y, ask, found, raw, table)
    return RidgePlan(
        n=ask.n,
        N=ask.N,
        labels=len(raw),
        rows=held.rows,
        columns=(held.weak.columns, held.strong.columns),
        penalty=ask.penalty,
        errors=errors,
        gain=_band(np.exp(found.centre), np.exp(means), _gain),
        pgr=_pgr(np.exp(found.centre), np.exp(means)),
        pays=0.0 if nested else float((runs[:, STUDENT] < runs[:, WEAK]).mean()),
        nested=nested,
        checked=_checked(found),
        explained={part: "weak" if nested and name == "student" else name for part, name in explained.items()},
        least_squares=str(squares) if squares is not None else "",
        doubts=said.doubts,
        notes=said.notes,
        curve=_curve(held, ask, found),
    )


def _draws(centre: np.ndarray, covariance: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Normal draws of logarithms, shape (ERROR_DRAWS, 5)."""
    return np.asarray(rng.multivariate_normal(centre, covariance, ERROR_DRAWS, method="svd", check_valid="ignore"))


def _gain(errors: np.ndarray) -> np.ndarray:
    return np.asarray(errors[..., WEAK] - errors[..., STUDENT])


def _band(at: np.ndarray, draws: np.ndarray, of: Callable[[np.ndarray], np.ndarray]) -> Band:
    low, high = np.quantile(of(draws), (0.025, 0.975))
    return Band(float(of(at)), float(low), float(high))


def _pgr(at: np.ndarray, draws: np.ndarray) -> Band | None:
    """The part of the gap that the student recovers; None where teacher and ceiling are not told apart."""
    gaps = draws[:, WEAK] - draws[:, CEILING]
    if at[WEAK] <= at[CEILING] or (gaps > 0).mean() < 0.975:
        return None
    kept = draws[gaps > 0]
    return _band(at, kept, lambda errors: _gain(errors) / (errors[..., WEAK] - errors[..., CEILING]))


def _checked(found: Outlook) -> RefitSummary:
    measured = found.measured
    return RefitSummary(
        refits=measured.refits,
        n=measured.sizes.m,
        N=measured.sizes.M,
        ceiling=measured.sizes.most,
        weight=float(found.weight[1:].mean()),
        measured={name: float(measured.errors[k]) for k, name in enumerate(NAMES)},
        equivalents={name: float(found.predicted[k]) for k, name in enumerate(NAMES)},
    )


def _curve(held: Coordinates, ask: Question, found: Outlook) -> dict[str, list[float]]:
    """Errors along numbers of labels around n, by equivalents that are scaled to the plan at n."""
    sizes = np.unique(np.round(ask.n * 2.0 ** np.linspace(-2, 2, CURVE_POINTS)).astype(int))
    sizes = sizes[sizes >= 2]
    targets = [draw.truth for draw in found.draws[:: max(len(found.draws) // CURVE_TARGETS, 1)]]

    def along(size: int) -> np.ndarray:
        at = Equivalents.of(held.population, size, ask.N, ask.penalty)
        return np.asarray(np.mean([np.log(np.maximum(at.errors(t), 1e-300)) for t in targets], axis=0))

    here = along(ask.n)
    lines = np.array([np.exp(found.centre + along(int(size)) - here) for size in sizes])
    return {"n": [float(s) for s in sizes], **{name: lines[:, k].tolist() for k, name in enumerate(NAMES)}}
