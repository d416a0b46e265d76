"""How far predictions of ``plan`` can be trusted: coverage of the interval of d_sw, and the predicted risk on digits.

    python benchmarks/validate_plan.py [--repetitions 200] [--splits 50]

Coverage is counted on simulated pairs with overlapping, partial (cosine 0.7) and non-Gaussian features. On
scikit-learn's digits each split plans on one half of the points and trains on the other: the teacher on few random
features, the student on many, at several draws, measured on points that neither has seen. Principal components are no
test: few are nested in many, and the student equals its teacher.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np

from w2s_sym import overlap, plan
from w2s_sym.forecast import features, refits


def gaussian(rows: int, d_s: int, d_w: int, cosines: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Weak and strong features with these canonical correlations."""
    strong, weak = rng.standard_normal((rows, d_s)), rng.standard_normal((rows, d_w))
    k = len(cosines)
    weak[:, :k] = cosines * strong[:, :k] + np.sqrt(1 - cosines**2) * weak[:, :k]
    return weak, strong


def elliptical(rows: int, d_s: int, d_w: int, cosines: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """The same with Student's t (10 degrees of freedom) as length of both: heavy tails."""
    length = np.sqrt(8 / rng.chisquare(10, rows))[:, None]
    weak, strong = gaussian(rows, d_s, d_w, cosines, rng)
    return weak * length, strong * length


def hermite(rows: int, d_s: int, d_w: int, cosines: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    """psi_s = x and psi_w = (x^2 - 1)/sqrt 2: uncorrelated and dependent."""
    strong = rng.standard_normal((rows, d_s))
    return (strong[:, :d_w] ** 2 - 1) / np.sqrt(2), strong


Draw = Callable[..., tuple[np.ndarray, ...]]
CASES: tuple[tuple[str, Draw, int, int, int, np.ndarray], ...] = (
    ("overlapping", gaussian, 1000, 20, 30, np.ones(10)),
    ("partial, cosine 0.7", gaussian, 1000, 20, 30, np.full(15, 0.7)),
    ("overlapping, few rows", gaussian, 300, 20, 40, np.ones(10)),
    ("partial, few rows", gaussian, 300, 20, 40, np.full(15, 0.7)),
    ("heavy tails, partial", elliptical, 1000, 15, 20, np.full(10, 0.7)),
    ("heavy tails, overlapping", elliptical, 1000, 15, 20, np.ones(10)),
    ("uncorrelated, dependent", hermite, 2000, 20, 20, np.zeros(0)),
)


def coverage(repetitions: int) -> None:
    """Print how often the 95 % interval holds the true d_sw."""
    print(f"{'pair':26} {'rows':>5} {'d_s':>4} {'d_w':>4} {'d_sw':>6} {'mean':>7} {'plug-in':>8} {'covers':>7}")
    for name, draw, rows, d_s, d_w, cosines in CASES:
        truth = float((cosines**2).sum())
        found = []
        for repetition in range(repetitions):
            weak, strong = draw(rows, d_s, d_w, cosines, np.random.default_rng([repetition, rows, d_w]))
            found.append(overlap(weak, strong, explained=1, seed=repetition))
        inside = np.mean([o.interval[0] <= truth <= o.interval[1] for o in found])
        means = np.mean([o.d_sw for o in found]), np.mean([o.plug_in for o in found])
        print(f"{name:26} {rows:5} {d_s:4} {d_w:4} {truth:6.2f} {means[0]:7.3f} {means[1]:8.3f} {inside:7.3f}")


def digits(few: int, many: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """``few`` weak and ``many`` strong random features of scikit-learn's digits, and centred one-hot labels."""
    from sklearn.datasets import load_digits

    images, digit = load_digits(return_X_y=True)
    images = images / 16.0
    images = images - images.mean(0)
    rng = np.random.default_rng(20250207)

    def random_features(count: int) -> np.ndarray:
        weights = rng.standard_normal((images.shape[1], count)) / 2
        values = np.tanh(images @ weights + rng.standard_normal(count))
        return np.asarray(values - values.mean(0))

    weak = random_features(few)
    labels = np.eye(10)[digit]
    return weak, random_features(many), labels - labels.mean(0)


def on_digits(few: int, many: int, splits: int, n: int, N: int) -> None:
    """Print how often the measured label risk of the student is within the predicted band."""
    weak, strong, y = digits(few, many)
    inside, ratios, widths = 0, [], []
    for split in range(splits):
        order = np.random.default_rng([split, 7]).permutation(len(y))
        half, other = order[: len(y) // 2], order[len(y) // 2 :]
        found = plan(
            weak[half],
            strong[half],
            y[half],
            method="least squares",
            n=n,
            N=N,
            held_out=len(other),
            explained=1,
            seed=split,
        )
        pair = features.whitened_pair(weak[half], strong[half], explained=1)
        psi_w, psi_s = pair.weak.whiten(weak, other), pair.strong.whiten(strong, other)
        seen = refits.measured_error(psi_w, psi_s, y[other], n, N, split)
        band, measured = found.errors["student"], seen.means["student"]
        inside += band.low <= measured <= band.high
        ratios.append(measured / band.value)
        widths.append((band.high - band.low) / band.value)
    print(
        f"{few} and {many} random features, n={n} N={N}: within the band in {inside} of {splits} splits; "
        f"measured error over predicted "
        f"{np.mean(ratios):.3f} +- {np.std(ratios):.3f}; band width {np.mean(widths):.3f} of it"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=200)
    parser.add_argument("--splits", type=int, default=50)
    options = parser.parse_args()
    for few, many in ((8, 40), (15, 60)):
        for n, N in ((100, 75), (100, 300), (200, 300)):
            on_digits(few, many, options.splits, n, N)
    coverage(options.repetitions)
