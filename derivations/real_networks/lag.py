"""Nagarajan et al. (2023) on images and texts: the runs of :mod:`derivations.nagarajan2023.training` on other points.

Points are scaled to the total variance of the digits, for which the step sizes were chosen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

from derivations.nagarajan2023.training import Points, Setting, measure
from derivations.real_networks.data import rated, small_fashion
from derivations.real_networks.encoder import LAYERS
from derivations.real_networks.texts import sentence_layer
from w2s_sym import Run

# The total variance of scikit-learn's digits with pixels between 0 and 1, and how many points are taken.
VARIANCE, POINTS = 4.7, 3000
SOURCES = ("tweets", "amazon", "movies")
DATA: Mapping[str, str] = {
    "fashion": "Fashion-MNIST, 14 x 14 pixels, ten classes",
    "sources": "sentence embeddings, the class is which of three collections a text is from",
    "ratings": "sentence embeddings of tweets, the class is the third of the ratings that the text's is in",
}


@cache
def points(name: str) -> Points:
    """Rows and classes of one of DATA; raises :class:`~derivations.real_networks.data.MissingDataError`."""
    if name == "fashion":
        held = small_fashion()
        x, classes = held["test"][:POINTS].reshape(POINTS, -1), held["test_classes"][:POINTS]
    elif name == "sources":
        parts = [sentence_layer(text, LAYERS)[: POINTS // len(SOURCES)] for text in SOURCES]
        x, classes = np.concatenate(parts), np.repeat(np.arange(len(SOURCES)), [len(part) for part in parts])
    else:
        x, ratings = sentence_layer("tweets", LAYERS), rated("tweets")[1]
        classes = np.searchsorted(np.quantile(ratings, (1 / 3, 2 / 3)), ratings)
    centred = x - x.mean(0)
    scale = np.sqrt(VARIANCE / (centred**2).sum(1).mean())
    return (centred * scale).astype(np.float32), classes.astype(int)


@dataclass(frozen=True)
class Distillation:
    """Training runs of teacher and student in one setting on one of DATA."""

    data: str
    setting: Setting

    dear: ClassVar[bool] = False
    modules: ClassVar[tuple[str, ...]] = ("lag", "texts", "encoder", "../nagarajan2023/training")

    def __str__(self) -> str:
        return f"{DATA[self.data]}; {self.setting}"

    def rows(self, seed: int, numbers: Sequence[int]) -> Mapping[str, np.ndarray]:
        """What :func:`derivations.nagarajan2023.training.measure` says of the runs with these numbers."""
        found = points(self.data)
        # One thread: sums in another order have other last digits, and training carries them on.
        with threadpool_limits(1, user_api="blas"):
            rows = [measure(self.setting, Run(seed=seed).rng(self.data, i), found) for i in numbers]
        return {name: np.array([r[name] for r in rows]) for name in rows[0]}
