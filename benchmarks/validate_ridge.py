"""How far ``plan`` can be trusted with ridge: bands for one run, the named best, and what cross-validation picks.

    python benchmarks/validate_ridge.py [--splits 50] [--labels 60 100 200 half] [--pairs NAME ...]

Pairs are those of ``derivations/real_networks/pairs.py``; docs/real_networks.md says how their data are brought.
A split draws n labelled rows, N = 800 others, and measures one
training run of all five predictors (scikit-learn's rule: best penalty by leave-one-out) on the rest. With ``--labels
60`` the planner sees these 60 labels and the features of the N rows: what a practitioner has. With ``half`` it sees
half of all rows with their labels, plans for n = 100, and is judged on the other half: bands by one run, the best by
the mean of RUNS runs. With ``60to240`` rows are hidden: the planner sees 60 of the 240 labels and the features of 200
of the 800 rows, plans for 240 and 800, and is judged on one run at these; so is cross-validation on the 60.

Printed for each pair: how often the band for one run covers, for each predictor; how often the named best is the best
of that run, or within one standard error of it, by plan and by 5-fold cross-validation on the same labels; and what
the choices cost (error over that of the best, minus one). Splits on which the plan raises a doubt are counted apart.
``known`` is what no labels tell: how often the one choice that is right most often on this pair is within one standard
error of the best.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from derivations.real_networks.data import MissingDataError
from derivations.real_networks.pairs import PAIRS, load
from w2s_sym.forecast import ridge_remarks
from w2s_sym.forecast.coordinates import coordinates
from w2s_sym.forecast.outlook import Question, outlook
from w2s_sym.forecast.ridge_fits import PseudoLabelled, RidgeDesign

PSEUDO, PLANNED, RUNS = 800, 100, 4
HIDING = 4  # with 60to240: one row of these many others is seen


@dataclass(frozen=True)
class Split:
    """Raw features and labels, and the rows that train, get pseudo-labels, and are measured on."""

    weak: np.ndarray
    strong: np.ndarray
    y: np.ndarray
    train: np.ndarray
    pool: np.ndarray
    test: np.ndarray


def trained(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Predictions at rows ``at`` of ridge with its best penalty."""
    return RidgeDesign.of(x).fit(x, y)(at)


def four_losses(split: Split, train: np.ndarray, test: np.ndarray, pool: PseudoLabelled) -> np.ndarray:
    """Squared errors at the rows ``test`` of the four choices, shape (test, 4)."""
    w, s, y = split.weak, split.strong, split.y
    teacher = RidgeDesign.of(w[train]).fit(w[train], y[train])
    said = (np.tile(y[train].mean(0), (len(test), 1)), teacher(w[test]), pool.fit(teacher)(s[test]))
    said = (*said, trained(s[train], y[train], s[test]))
    return np.stack([((y[test] - p) ** 2).sum(1) for p in said], axis=1)


def one_run(split: Split) -> tuple[np.ndarray, np.ndarray]:
    """Errors of all five, shape (5,), and their standard errors over test rows."""
    pool = PseudoLabelled.of(split.weak[split.pool], split.strong[split.pool])
    losses = four_losses(split, split.train, split.test, pool)
    both = np.concatenate([split.train, split.pool])
    ceiling = trained(split.strong[both], split.y[both], split.strong[split.test])
    losses = np.hstack([losses, ((split.y[split.test] - ceiling) ** 2).sum(1)[:, None]])
    return losses.mean(0), losses.std(0) / np.sqrt(len(losses))


def measured(split: Split, labels: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Errors of one run, shape (5,), and what the four choices are ranked by, with standard errors, shape (4,) each.

    These are the errors of the same run; with ``half`` the means of RUNS runs on other rows of that half.
    """
    one, error = one_run(split)
    if labels != "half":
        return one, one[:4], error[:4]
    rows = np.concatenate([split.train, split.pool, split.test])
    runs = [one[:4]]
    for _ in range(RUNS - 1):
        parts = np.split(rng.permutation(rows), [len(split.train), len(split.train) + len(split.pool)])
        again = Split(split.weak, split.strong, split.y, *parts)
        pool = PseudoLabelled.of(split.weak[again.pool], split.strong[again.pool])
        runs.append(four_losses(again, again.train, again.test, pool).mean(0))
    return one, np.mean(runs, axis=0), np.hypot(np.std(runs, axis=0, ddof=1), error[:4]) / np.sqrt(RUNS)


def cross_validated(split: Split, labelled: np.ndarray, n: int, rng: np.random.Generator) -> int:
    """The choice of 5-fold cross-validation on these labels: what a user does now."""
    pool = PseudoLabelled.of(split.weak[split.pool], split.strong[split.pool])
    order = rng.permutation(labelled)
    errors = []
    for fold in range(5):
        test = order[fold::5]
        train = np.setdiff1d(order, test)
        train = rng.permutation(train)[: min(n, len(train))]
        errors.append(four_losses(split, train, test, pool).mean(0))
    return int(np.mean(errors, axis=0).argmin())


@dataclass(frozen=True)
class Said:
    """What a plan says: the ends of the bands for one run, shape (5,) each, its best, and whether it has doubts."""

    low: np.ndarray
    high: np.ndarray
    best: int
    doubts: bool


def said(split: Split, rows: np.ndarray, labelled: int, n: int, seed: int) -> Said:
    """The plan for these rows, of which the first have labels, without what changes neither band nor choice."""
    held = coordinates(split.weak[rows], split.strong[rows], labelled, seed=seed)
    y = split.y[rows[:labelled]]
    found = outlook(held, y, Question(n, len(split.pool), held_out=len(split.test), seed=seed))
    wide = 1.96 * np.sqrt(np.diag(found.run))
    centre = found.centre[:4].copy()
    centre[2] += 9 if ridge_remarks.reproduces(held, found.measured) else 0
    doubts = [
        *ridge_remarks.row_doubts(held),
        *ridge_remarks.leverage_doubts(held),
        *ridge_remarks.fit_doubts(found, y),
    ]
    return Said(np.exp(found.centre - wide), np.exp(found.centre + wide), int(centre.argmin()), bool(doubts))


def planned(split: Split, labels: str, rng: np.random.Generator, seed: int) -> tuple[Said, int]:
    """The plan, and what cross-validation picks on the same labels."""
    if labels == "half":
        held = np.setdiff1d(np.arange(len(split.y)), np.concatenate([split.train, split.pool, split.test]))
        return said(split, held, len(held), PLANNED, seed), cross_validated(split, held, PLANNED, rng)
    n = len(split.train)
    seen, _, hides = labels.partition("to")
    labelled, others = split.train[: int(seen)], split.pool[:: HIDING if hides else 1]
    rows = np.concatenate([labelled, others])
    return said(split, rows, len(labelled), n, seed), cross_validated(split, labelled, n, rng)


def drawn(pair: tuple[np.ndarray, ...], labels: str, seed: int) -> tuple[Split, np.random.Generator]:
    """A random split."""
    weak, strong, y = (np.asarray(a, dtype=float) for a in pair)
    rng = np.random.default_rng([seed, len(y)])
    order = rng.permutation(len(y))
    if labels == "half":
        order = order[len(order) // 2 :]
    n = PLANNED if labels == "half" else int(labels.rpartition("to")[2])
    pool = min(PSEUDO, (len(order) - n) * 2 // 3)
    parts = np.split(order, [n, n + pool])
    return Split(weak, strong, y.reshape(len(y), -1), *parts), rng


def validate(name: str, pair: tuple[np.ndarray, ...], labels: str, splits: int) -> np.ndarray:
    """Print one line and return its numbers.

    These are the shares: cover of five, right and near by plan and by cross-validation, costs, known, doubts.
    """
    rows, doubts, costs, within = [], 0, [], []
    for seed in range(splits):
        split, rng = drawn(pair, labels, seed)
        seen, ranked, error = measured(split, labels, rng)
        found, picked = planned(split, labels, rng, seed)
        doubts += found.doubts
        best = int(ranked.argmin())
        choices = (found.best, picked)
        within.append(ranked <= ranked[best] + error[best])
        near = [within[-1][c] for c in choices]
        rows.append([*((found.low <= seen) & (seen <= found.high)), *(c == best for c in choices), *near])
        costs.append([ranked[c] / ranked[best] - 1 for c in choices])
    shares, cost = np.mean(rows, axis=0), np.mean(costs, axis=0)
    known = np.mean(within, axis=0).max()
    found = np.concatenate([shares, cost, [known, doubts / splits]])
    show(name, labels, found, f"{doubts:3}")
    return found


def show(name: str, labels: str, found: np.ndarray, doubts: str) -> None:
    """One line of the table."""
    cover = " ".join(f"{share:5.2f}" for share in found[:5])
    print(
        f"{name:38} {labels:>7} {cover}  {found[5]:5.2f} {found[7]:5.2f} {found[9]:7.2%}  "
        f"{found[6]:5.2f} {found[8]:5.2f} {found[10]:7.2%}  {found[11]:5.2f}  {doubts}",
        flush=True,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--splits", type=int, default=50)
    parser.add_argument("--labels", nargs="+", default=["60", "100", "200", "half"])
    parser.add_argument("--pairs", nargs="+", default=list(PAIRS))
    options = parser.parse_args()
    print(f"{'':46} {'band for one run covers':29}  {'plan: best':20}  {'5-fold: best':20}")
    heads = f"{'mean':>5} {'weak':>5} {'stud':>5} {'strng':>5} {'ceil':>5}"
    columns = f"{'is':>5} {'1 se':>5} {'cost':>7}"
    print(f"{'pair':38} {'n':>7} {heads}  {columns}  {columns}  known  doubts")
    for labels in options.labels:
        found = []
        for name in options.pairs:
            try:
                found.append(validate(name, load(name), labels, options.splits))
            except MissingDataError as reason:
                print(f"{name:38} skipped: {reason}")
        if found:
            mean = np.mean(found, axis=0)
            show("all", labels, mean, f"{mean[12]:5.1%}\n")
