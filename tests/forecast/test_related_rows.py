"""Files whose rows belong to the same points in one part alone are named; files without a slip are left alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from w2s_sym.forecast.coordinates import coordinates
from w2s_sym.forecast.forecast import Method, plan
from w2s_sym.forecast.related_rows import parted_doubts, relation_remarks

ROWS, LABELLED = 300, 100


def pair(seed: int, rows: int = ROWS) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Three weak features of six factors that are the first of ten strong ones, and labels of these."""
    rng = np.random.default_rng([seed, 7])
    factors = rng.standard_normal((rows, 6))
    weak = factors[:, :3] + 0.5 * rng.standard_normal((rows, 3))
    strong = np.hstack([factors, rng.standard_normal((rows, 4))])
    return weak, strong, factors.sum(1) + 0.5 * rng.standard_normal(rows)


def shuffled(x: np.ndarray, part: slice) -> np.ndarray:
    moved = x.copy()
    moved[part] = np.random.default_rng(3).permutation(x[part])
    return moved


SLIPS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "unlabelled rows shuffled": lambda x: shuffled(x, slice(LABELLED, None)),
    "labelled rows shuffled": lambda x: shuffled(x, slice(0, LABELLED)),
    "unlabelled rows of another sign": lambda x: np.concatenate([x[:LABELLED], -x[LABELLED:]]),
    "unlabelled columns in another order": lambda x: np.concatenate([x[:LABELLED], x[LABELLED:, ::-1]]),
    "a row lost in the middle": lambda x: np.concatenate([x[:150], x[151:], x[-1:]]),
    "the first half twice": lambda x: np.concatenate([x[:150], x[:150]]),
}


@pytest.mark.parametrize("method", ["ridge", "least squares"])
@pytest.mark.parametrize("slip", SLIPS)
def test_files_that_go_apart_in_one_part_are_named(slip: str, method: Method) -> None:
    weak, strong, y = pair(0)
    n = {"n": 50, "N": 150}
    assert not plan(weak, strong, y[:LABELLED], method=method, **n).doubts
    told = plan(weak, SLIPS[slip](strong), y[:LABELLED], method=method, **n).verdict
    if slip == "the first half twice":
        assert (
            "rows 150 to 299 of the strong features repeat rows 0 to 149, and those of the other model differ" in told
        )
    else:
        assert "what a linear fit on the strong features says of the weak ones correlates with them by 0." in told
        assert "see that both files have the same points in the same order in both parts" in told
    if slip == "unlabelled rows shuffled":
        assert " in rows 0 to 99, as far as it did not see them, and by " in told
        assert "0.0" in told.partition("see them, and by ")[2].partition(" in rows 100 to 299: see that both files")[0]


def test_without_labels_parts_are_looked_at_too() -> None:
    weak, strong, _ = pair(1)
    assert "correlates" not in plan(weak, strong, n=50, N=150).verdict
    told = plan(weak, SLIPS["a row lost in the middle"](strong), n=50, N=150).verdict
    assert "in rows 150 to 299: see that both files have the same points in the same order" in told


def test_files_in_another_order_are_a_doubt_where_rows_are_enough() -> None:
    """Of 300 rows of 3 and 10 columns chance leaves at most a twentieth of the directions in common, of 200 more."""
    for seed in range(20):
        weak, strong, _ = pair(seed)
        assert relation_remarks(weak, np.roll(strong, 5, axis=0)).doubts
        assert relation_remarks(weak[:200], np.roll(strong[:200], 5, axis=0)).notes
        assert not relation_remarks(weak, strong).notes


LAWS: dict[str, Callable[[np.random.Generator, np.ndarray], np.ndarray]] = {
    "normal": lambda rng, x: x,
    "rectified": lambda rng, x: np.maximum(x, 0),
    "heavy tails": lambda rng, x: x * np.exp(1.3 * rng.standard_normal((len(x), 1))),
    "series": lambda rng, x: np.cumsum(x, axis=0),
    "sorted": lambda rng, x: x[np.argsort(x[:, 0])],
    "two sources": lambda rng, x: x + 5 * (np.arange(len(x)) > len(x) // 2)[:, None],
    "batches of ten": lambda rng, x: x + np.repeat(rng.standard_normal((len(x) // 10, x.shape[1])), 10, axis=0),
    "few values": lambda rng, x: np.sign(x),
}


@pytest.mark.parametrize("law", LAWS)
def test_files_without_a_slip_are_left_alone(law: str) -> None:
    for seed in range(60):
        rng = np.random.default_rng([seed, 2])
        rows = int(rng.choice([120, 200, 400, 1000]))
        strong = LAWS[law](rng, rng.standard_normal((rows, 20)))
        weak = np.maximum(strong @ rng.standard_normal((20, 8)) / 4 + rng.standard_normal((rows, 8)), -1)
        held = coordinates(weak, strong, rows // 3)
        assert parted_doubts(held.x_w, held.x_s, held.index, rows // 3) == []
