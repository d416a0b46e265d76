"""Weak-to-strong training carried out on the rows at hand: what a formula says, measured.

The teacher is least squares on some rows, the student is least squares on the teacher's predictions at others, and
errors are measured at rows that neither has seen. Sizes are those that the rows allow, not those that are planned for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

REFITS = 40
# Multiplications that all refits together may take; where 8 refits take more, there are 8.
WORK = 5e10
# Below this many rows per direction a fit is too wild to compare anything with.
MARGIN = 1.5


@dataclass(frozen=True)
class Measured:
    """Means over refits with their standard errors, at ``n`` labels and ``N`` pseudo-labels."""

    n: int
    N: int
    refits: int
    means: dict[str, float]
    errors: dict[str, float]


def sizes(rows: int, labelled: int, d_w: int, d_s: int, n: int | None, N: int | None) -> tuple[int, int] | None:
    """Sizes of a refit: the planned ones where the rows allow, else the nearest that they do; None where none is.

    Planned sizes below :data:`MARGIN` rows per direction are raised to it. A third of the ``labelled`` rows (of all
    rows, when labels play no part) is kept to measure on.
    """
    least_n, least_fresh = int(MARGIN * d_w) + 3, int(MARGIN * d_s) + 3
    kept = labelled // 3
    most_n = min(labelled - kept, rows - kept - least_fresh)
    small = min(max(n if n is not None else most_n // 2, least_n), most_n)
    room = rows - kept - small
    large = min(max(N if N is not None else room, least_fresh), room)
    return (small, large) if small >= least_n and large >= least_fresh else None


def count(psi_w: np.ndarray, psi_s: np.ndarray) -> int:
    """How many refits are worth their time."""
    once = len(psi_w) * (psi_w.shape[1] ** 2 + psi_s.shape[1] ** 2)
    return int(np.clip(WORK / once, 8, REFITS))


def variance(psi_w: np.ndarray, psi_s: np.ndarray, n: int, N: int, seed: int) -> Measured:
    """The mean response of teacher and student to unit label noise, at unseen rows.

    ``psi_w`` and ``psi_s`` are whitened features of the same rows. The mean over the noise is exact, so that no labels
    are needed: only the rows are random.
    """
    rng = np.random.default_rng([seed, 3])
    found: dict[str, list[float]] = {"teacher": [], "student": []}
    for _ in range(count(psi_w, psi_s)):
        train, fresh, test = _parts(len(psi_w), len(psi_w), n, N, rng)
        x, seen = psi_w[train], psi_w[test]
        spread = np.linalg.inv(x.T @ x)  # covariance of the teacher's response to unit noise
        student = _fit(psi_s[fresh], psi_w[fresh])
        mapped = student @ spread @ student.T
        found["teacher"].append(float((spread * (seen.T @ seen)).sum() / len(test)))
        found["student"].append(float((mapped * (psi_s[test].T @ psi_s[test])).sum() / len(test)))
    return _summary(found, n, N)


def risk(psi_w: np.ndarray, psi_s: np.ndarray, y: np.ndarray, n: int, N: int, seed: int) -> Measured:
    """Mean squared error against unseen labels of teacher, student and strong baseline.

    ``y`` (labelled, outputs) belongs to the first rows of the whitened features; other rows serve as unlabelled.
    """
    rng = np.random.default_rng([seed, 4])
    found: dict[str, list[float]] = {"teacher": [], "student": [], "strong": []}
    for _ in range(count(psi_w, psi_s)):
        train, fresh, test = _parts(len(psi_w), len(y), n, N, rng)
        teacher = _fit(psi_w[train], y[train])
        student = _fit(psi_s[fresh], psi_w[fresh] @ teacher)
        found["teacher"].append(_error(psi_w[test] @ teacher, y[test]))
        found["student"].append(_error(psi_s[test] @ student, y[test]))
        if n > psi_s.shape[1] + 1:
            strong = _fit(psi_s[train], y[train])
            found["strong"].append(_error(psi_s[test] @ strong, y[test]))
    return _summary(found, n, N)


def _fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Least squares on more rows than columns; whitened features are far from dependent."""
    return np.asarray(np.linalg.solve(x.T @ x, x.T @ y))


def _parts(rows: int, labelled: int, n: int, N: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Labelled rows to train on, rows for pseudo-labels, and labelled rows to measure on, without overlap."""
    order = rng.permutation(labelled)
    kept = labelled // 3
    others = np.concatenate([order[kept + n :], np.arange(labelled, rows)])
    return order[kept : kept + n], rng.permutation(others)[:N], order[:kept]


def _error(predicted: np.ndarray, y: np.ndarray) -> float:
    return float(((predicted - y) ** 2).sum(1).mean())


def _summary(found: dict[str, list[float]], n: int, N: int) -> Measured:
    kept = {name: np.array(values) for name, values in found.items() if values}
    return Measured(
        n,
        N,
        max(map(len, kept.values())),
        {name: float(v.mean()) for name, v in kept.items()},
        {name: float(v.std(ddof=1) / np.sqrt(len(v))) for name, v in kept.items()},
    )
