"""Weak-to-strong training carried out on the rows at hand: what the formulas predict, measured.

The teacher is least squares on some rows, the student is least squares on the teacher's predictions at others, and
errors are measured at rows that neither has seen. Sizes are those that the rows allow, not those that are planned for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# At most and at least so many refits; in between as many as take together the multiplications WORK.
REFITS = 40
FEWEST = 8
WORK = 5e10
# Below this many rows per direction the error of a fit varies too much to compare anything with.
MARGIN = 1.5


@dataclass(frozen=True)
class Measured:
    """Means over ``refits`` refits with their standard errors, at ``n`` labels and ``N`` pseudo-labels.

    ``means`` and ``errors`` are named as the risks are: weak, student, and strong where there is a strong baseline.
    """

    n: int
    N: int
    refits: int
    means: dict[str, float]
    errors: dict[str, float]


def feasible_sizes(rows: int, labelled: int, d_w: int, d_s: int, n: int, N: int) -> tuple[int, int] | None:
    """Sizes (n, N) of a refit: the planned ones where the rows allow, else the nearest; None where no sizes fit.

    Planned sizes below :data:`MARGIN` rows per direction are raised to it. A third of the ``labelled`` rows (of all
    rows, when labels play no part) is kept to measure on.
    """
    least_n, least_fresh = int(MARGIN * d_w) + 3, int(MARGIN * d_s) + 3
    kept = labelled // 3
    most_n = min(labelled - kept, rows - kept - least_fresh)
    small = min(max(n, least_n), most_n)
    room = rows - kept - small
    large = min(max(N, least_fresh), room)
    return (small, large) if small >= least_n and large >= least_fresh else None


def _number_of_refits(psi_w: np.ndarray, psi_s: np.ndarray) -> int:
    """How many refits are worth their time, for whitened features of these shapes."""
    once = len(psi_w) * (psi_w.shape[1] ** 2 + psi_s.shape[1] ** 2)
    return int(np.clip(WORK / once, FEWEST, REFITS))


def measured_variance(psi_w: np.ndarray, psi_s: np.ndarray, n: int, N: int, seed: int) -> Measured:
    """The variance of teacher and student at unseen rows: the mean square of their response to unit label noise.

    ``psi_w`` and ``psi_s``, shapes (rows, d_w) and (rows, d_s), are whitened features of the same rows; the sizes are
    :func:`feasible_sizes`. The mean over the noise is exact, so that no labels are needed: only the rows are random.
    """
    rng = np.random.default_rng([seed, 3])
    found: dict[str, list[float]] = {"weak": [], "student": []}
    for _ in range(_number_of_refits(psi_w, psi_s)):
        train, fresh, test = _parts(len(psi_w), len(psi_w), n, N, rng)
        x, seen = psi_w[train], psi_w[test]
        spread = np.linalg.inv(x.T @ x)  # covariance of the teacher's response to unit noise
        student = _fit(psi_s[fresh], psi_w[fresh])
        mapped = student @ spread @ student.T
        found["weak"].append(float((spread * (seen.T @ seen)).sum() / len(test)))
        found["student"].append(float((mapped * (psi_s[test].T @ psi_s[test])).sum() / len(test)))
    return _summary(found, n, N)


def measured_error(psi_w: np.ndarray, psi_s: np.ndarray, y: np.ndarray, n: int, N: int, seed: int) -> Measured:
    """Mean squared error against unseen labels of teacher, student and strong baseline, summed over outputs.

    ``psi_w`` and ``psi_s``, shapes (rows, d_w) and (rows, d_s), are whitened features of the same rows; ``y``, shape
    (labelled, outputs), belongs to the first of them, and the others serve as unlabelled. The sizes are
    :func:`feasible_sizes`; there is a strong baseline where n > d_s + 1.
    """
    rng = np.random.default_rng([seed, 4])
    found: dict[str, list[float]] = {"weak": [], "student": [], "strong": []}
    for _ in range(_number_of_refits(psi_w, psi_s)):
        train, fresh, test = _parts(len(psi_w), len(y), n, N, rng)
        teacher = _fit(psi_w[train], y[train])
        student = _fit(psi_s[fresh], psi_w[fresh] @ teacher)
        found["weak"].append(_error(psi_w[test] @ teacher, y[test]))
        found["student"].append(_error(psi_s[test] @ student, y[test]))
        if n > psi_s.shape[1] + 1:
            strong = _fit(psi_s[train], y[train])
            found["strong"].append(_error(psi_s[test] @ strong, y[test]))
    return _summary(found, n, N)


def _fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Least squares on more rows than columns."""
    # Normal equations are accurate enough: whitened features are far from dependent.
    return np.asarray(np.linalg.solve(x.T @ x, x.T @ y))


def _parts(rows: int, labelled: int, n: int, N: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Labelled rows to train on, rows for pseudo-labels, and labelled rows to measure on, without overlap."""
    order = rng.permutation(labelled)
    kept = labelled // 3
    others = np.concatenate([order[kept + n :], np.arange(labelled, rows)])
    return order[kept : kept + n], rng.permutation(others)[:N], order[:kept]


def _error(predicted: np.ndarray, y: np.ndarray) -> float:
    """The mean over rows of the squared error, summed over outputs."""
    return float(((predicted - y) ** 2).sum(1).mean())


def _summary(found: dict[str, list[float]], n: int, N: int) -> Measured:
    """Means over refits; what was never fitted is left out."""
    kept = {name: np.array(values) for name, values in found.items() if values}
    return Measured(
        n=n,
        N=N,
        refits=max(map(len, kept.values())),
        means={name: float(v.mean()) for name, v in kept.items()},
        errors={name: float(v.std(ddof=1) / np.sqrt(len(v))) for name, v in kept.items()},
    )
