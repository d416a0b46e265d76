"""What labels say of two feature spaces: noise, approximation errors, and the two parts of the student's bias.

All are means over the labelled points of quantities in which each point is left out of the fit that predicts it, so
that fitting does not flatter them. They sum over the columns of the labels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.features import Pair
from w2s_sym.forecast.reading import FeatureError
from w2s_sym.formula.plain_arrays import ArrayError, plain_array, require_floats

MOMENTS = ("residual_w", "residual_s", "residual_both", "q", "h")
# Covariances of squares hold fourth powers of labels, which must neither overflow nor vanish.
SMALLEST, LARGEST = 1e-60, 1e60
# Labels of fewer points than this with more outputs are not meant so.
FEW_POINTS = 10


@dataclass(frozen=True)
class Residuals:
    """Second moments estimated from labels, with their joint covariance, in the order of :data:`MOMENTS`.

    ``residual_w`` and ``residual_s`` are sigma2 + rho_w and sigma2 + rho_s: the mean square of what the best linear
    predictor on one side leaves; ``residual_both`` the same for both sides together, an upper bound on sigma2 (labels
    alone cannot tell noise from a signal outside of both). ``q`` = |b_s - C b_w|^2 and ``h`` = b_w'(I - C'C) b_w are
    the parts of the student's bias in Dong et al. (2025), where b_w and b_s, in whitened coordinates, are the best
    linear predictors on either side and C is the cross moment E[psi_s psi_w'].

    ``values``, shape (5,), and their ``covariance``, shape (5, 5), come from ``rows`` labelled points; they sum over
    ``outputs``. ``second_moment`` is that of the labels.
    """

    rows: int
    outputs: int
    second_moment: float
    values: np.ndarray
    covariance: np.ndarray

    def value(self, name: str) -> float:
        """One of the estimates, by its name in :data:`MOMENTS`."""
        return float(self.values[MOMENTS.index(name)])

    def error(self, name: str) -> float:
        """The standard error of one of the estimates."""
        return float(np.sqrt(self.covariance[MOMENTS.index(name), MOMENTS.index(name)]))


def checked_labels(labels: np.ndarray, rows: int, name: str = "") -> np.ndarray:
    """Labels of the first of ``rows`` points as an array of shape (labelled, outputs), checked.

    ``labels`` has the shape (labelled,) or (labelled, outputs); fewer labels than points belong to the first points.
    ``name`` is that of their file, for errors. Raises :class:`FeatureError` for more labels than points, one label,
    labels that look transposed, text, numbers that are not finite, too large or too small to be squared, and labels
    that do not vary.
    """
    who = f"labels: {name}" if name else "labels"
    array_name = name or "the array"
    try:
        array = plain_array(labels)
    except ArrayError as problem:
        raise FeatureError(f"labels: {array_name} {problem} (one column per class for classes)") from None
    try:
        require_floats(array)
    except ArrayError as problem:
        raise FeatureError(f"labels: {array_name} {problem}") from None
    if array.ndim not in (1, 2) or 0 in array.shape:
        raise FeatureError(f"{who}: shape {array.shape}; needs one number per point, or one row per point")
    if array.ndim == 2:
        _refuse_transposed(array, rows, who)
    if len(array) > rows:
        raise FeatureError(f"{who}: {len(array)} for {rows} points; needs at most one per point, in the same order")
    with np.errstate(invalid="ignore"):  # a signalling NaN, which is refused below
        table = np.asarray(array, dtype=float).reshape(len(array), -1)
    bad = np.flatnonzero(~np.isfinite(table).all(1))
    if len(bad):
        first = int(bad[0])
        value = table[first][~np.isfinite(table[first])][0]
        if 1 <= first < len(table) - 1 and len(bad) == len(table) - first:
            raise FeatureError(
                f"{who}: {value} from row {first} to the last one, {len(table) - 1}; needs finite numbers: if these "
                f"points have no label, give the first {first} labels alone"
            )
        raise FeatureError(
            f"{who}: {value} at row {first}; needs finite numbers: leave such points out of all files, or bring them "
            "to the end and give fewer labels"
        )
    if len(table) == 1:
        raise FeatureError(f"{who}: one label is too few to see how labels vary; label more points")
    if (table == table[0]).all():
        raise FeatureError(f"{who}: all are the same; needs labels that vary")
    sizes = np.abs(table).max(1)
    if not SMALLEST < sizes.max() < LARGEST:
        raise FeatureError(
            f"{who} are too large or too small to be squared: the largest is {sizes.max():g}, at row "
            f"{int(sizes.argmax())}; scale them"
        )
    return table


def _refuse_transposed(array: np.ndarray, rows: int, who: str) -> None:
    """Refuse labels of fewer points than outputs that cannot be meant: as columns they are labels of ``rows`` points,
    and as rows too few, one-hot the other way, or all the same."""
    points, outputs = array.shape
    if not points < outputs <= rows:
        return
    once = bool(((array == 0) | (array == 1)).all() and (array.sum(0) == 1).all())
    alike = bool((array == array[0]).all())
    if points < FEW_POINTS or once or alike:
        why = (
            ", in which each column, not each row, has one 1"
            if once
            else ", all the same"
            if points > 1 and alike
            else ""
        )
        raise FeatureError(
            f"{who}: shape {array.shape} is {points} point{'s' if points > 1 else ''} of {outputs} outputs{why}, and "
            "looks transposed; needs one row per point, such as its transpose"
        )


def estimate(pair: Pair, psi_w: np.ndarray, psi_s: np.ndarray, y: np.ndarray) -> Residuals:
    """Estimates from the labelled points: noise, approximation errors, and the parts of the student's bias.

    ``psi_w``, ``psi_s`` and ``y``, shapes (labelled, d_w), (labelled, d_s) and (labelled, outputs), are their whitened
    features and labels; ``pair`` has the cross moment of all points. The jackknife removes biases that fall as 1/rows
    for any law of the points; what fitting adds to a residual is taken as for Gaussian features.

    Raises :class:`FeatureError` when there are too few labelled points to fit one of the models on all but one.
    """
    rows = len(y)
    largest = max(psi_w.shape[1], psi_s.shape[1])
    if rows < largest + 4:
        raise FeatureError(
            f"{rows} labels for {largest} directions: needs at least {largest + 4}; label more points, "
            "take a smaller part of the trace, or plan without labels"
        )
    weak, strong = _fit(psi_w, y), _fit(psi_s, y)
    parts = [weak.left_out, strong.left_out]
    both = _both(pair, psi_w, psi_s)
    parts.append(_fit(both, y).left_out if rows >= both.shape[1] + 4 else np.minimum(*parts))
    columns = np.stack([*parts, _gap(weak, strong, psi_w, psi_s), _outside(pair, weak, rows)], axis=1)
    # A fit uses up as many points as it has directions: what is left carries the information.
    dims = np.array([psi_w.shape[1], psi_s.shape[1], min(both.shape[1], rows // 2), largest, psi_w.shape[1]])
    widen = np.sqrt(rows / (rows - dims))
    covariance = np.cov(columns.T) * np.outer(widen, widen) / rows
    return Residuals(rows, y.shape[1], float((y**2).sum(1).mean()), columns.mean(0), covariance)


@dataclass(frozen=True)
class _Fit:
    """Least squares of y on x, shape (rows, dim), with what leaving out each point does.

    Without a point the coefficients, shape (dim, outputs), change by -direction error' of that point.
    """

    coefficients: np.ndarray
    residuals: np.ndarray
    error: np.ndarray  # residual of each point under the fit to the others, shape (rows, outputs)
    direction: np.ndarray  # (X'X)^{-1} x of each point, shape (rows, dim)
    leverage: np.ndarray  # x'(X'X)^{-1} x of each point
    left_out: np.ndarray  # squared error of each point, without what fitting on finitely many adds on average


def _fit(x: np.ndarray, y: np.ndarray) -> _Fit:
    rows, dim = x.shape
    # Without Q, which costs more than R: whitened features are far from dependent, so that X R^{-1} is orthogonal.
    inverse = np.linalg.inv(np.linalg.qr(x, mode="r"))
    q = x @ inverse
    coefficients = inverse @ (q.T @ y)
    residuals = y - x @ coefficients
    leverage = np.minimum((q**2).sum(1), 1 - 1e-12)
    error = residuals / (1 - leverage)[:, None]
    inflation = 1 + dim / (rows - dim - 2)  # of a fit to rows - 1 Gaussian points
    return _Fit(coefficients, residuals, error, q @ inverse.T, leverage, (error**2).sum(1) / inflation)


def _both(pair: Pair, psi_w: np.ndarray, psi_s: np.ndarray) -> np.ndarray:
    """Features that span what both models see: psi_s and the canonical directions of psi_w that are not in it."""
    _, values, right = np.linalg.svd(pair.cross, full_matrices=True)
    own = np.ones(psi_w.shape[1], dtype=bool)
    own[: len(values)] = values < 1 - 1e-6
    return np.hstack([psi_s, (psi_w @ right.T)[:, own]])


def _jackknife_values(whole: float, without: np.ndarray, dim: int) -> np.ndarray:
    """Values, one per point, whose mean is the estimate without a bias that falls as 1/(rows - dim - 1).

    ``whole`` is the plug-in estimate from all points, ``without``, shape (rows,), is that without each one of them.
    """
    weight = len(without) - dim - 1
    return np.asarray(weight * whole - (weight - 1) * without)


def _gap(weak: _Fit, strong: _Fit, psi_w: np.ndarray, psi_s: np.ndarray) -> np.ndarray:
    """Jackknife values of q = |g|^2, where g regresses what the teacher leaves on the strong features, shape (rows,).

    In the sample g = (X_s'X_s)^{-1} X_s'(y - X_w b_w), which is b_s - C b_w.
    """
    gap = strong.direction.T @ weak.residuals
    cross = strong.direction.T @ psi_w
    rest = psi_w - psi_s @ cross
    step = strong.direction / (1 - strong.leverage)[:, None]
    own = strong.residuals - rest @ weak.coefficients
    moved = weak.direction @ cross.T - step * (rest * weak.direction).sum(1)[:, None]
    # Without one point g changes by -step own' + moved error'.
    linear = -((step @ gap) * own).sum(1) + ((moved @ gap) * weak.error).sum(1)
    square = (
        (step**2).sum(1) * (own**2).sum(1)
        + (moved**2).sum(1) * (weak.error**2).sum(1)
        - 2 * (step * moved).sum(1) * (own * weak.error).sum(1)
    )
    whole = float((gap**2).sum())
    return _jackknife_values(whole, whole + 2 * linear + square, max(psi_w.shape[1], psi_s.shape[1]))


def _outside(pair: Pair, weak: _Fit, rows: int) -> np.ndarray:
    """Jackknife values of h, shape (rows,), with I - C'C from all points, labelled or not."""
    d_s, d_w = pair.cross.shape
    # The sample's I - C'C is too small by the factor 1 - d_s/rows, as a residual of d_s regressors is.
    outside = (np.eye(d_w) - pair.cross.T @ pair.cross) * (pair.rows / (pair.rows - d_s))
    through = outside @ weak.coefficients
    whole = float((weak.coefficients * through).sum())
    linear = ((weak.direction @ through) * weak.error).sum(1)
    square = ((weak.direction @ outside) * weak.direction).sum(1) * (weak.error**2).sum(1)
    return _jackknife_values(whole, whole - 2 * linear + square, d_w)
