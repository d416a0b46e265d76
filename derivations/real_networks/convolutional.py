"""The question of :mod:`derivations.real_networks.networks` asked of a convolutional student, trained by PyTorch.

Two layers of 3 x 3 filters, 8 and 16, each with rectified units and a maximum over 2 x 2, then a linear layer. PyTorch
is in the extra ``experiments-torch``. Surrogates are multinomial logistic regression, trained by numpy as there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

from derivations.real_networks import networks
from derivations.real_networks.data import EXTRA, MissingDataError, small_fashion
from derivations.real_networks.networks import BATCH, CLASSES, DECAY, IMAGES, MOMENTUM, Labels, Sample
from w2s_sym import Run

EPOCHS = 20


@dataclass(frozen=True)
class Convolution:
    """One group of runs with a convolutional student of EPOCHS epochs; ``labels`` says which labels there are."""

    labels: Labels

    dear: ClassVar[bool] = True
    modules: ClassVar[tuple[str, ...]] = ("networks", "convolutional")

    def __str__(self) -> str:
        return f"convolutional student of {EPOCHS} epochs, {self.labels}"

    def rows(self, seed: int, numbers: Sequence[int]) -> Mapping[str, np.ndarray]:
        """Test accuracies: ``truth`` for training on the labels, ``soft`` on the probabilities of logistic regression,
        ``linear`` for that itself."""
        torch = _torch()
        held, found = small_fashion(), []
        with threadpool_limits(1, user_api="blas"):
            for number in numbers:
                found.append(_one(torch, held, self.labels, Run(seed=seed).rng("convolution", number)))
        return {name: np.array([f[name] for f in found]) for name in found[0]}


def _torch() -> Any:
    try:
        import torch
    except ImportError:
        raise MissingDataError(f"PyTorch is missing; {EXTRA}") from None
    torch.set_num_threads(1)
    return torch


def _one(torch: Any, held: Mapping[str, np.ndarray], labels: Labels, rng: np.random.Generator) -> dict[str, float]:
    sample = networks.sample(held, labels.noise, rng)
    linear, right = networks.surrogates(held, labels, [sample], [rng], 0)
    soft = networks.softmax(networks.logits(linear, sample.x[None]))[0]
    start = int(rng.integers(2**31))
    order = np.stack([rng.permutation(IMAGES) for _ in range(EPOCHS)])
    found = {"linear": float(right[0])}
    for name, target in {"truth": sample.y, "soft": soft}.items():
        found[name] = _student(torch, held, sample, (target, order, start), labels.step)
    return found


def _student(
    torch: Any, held: Mapping[str, np.ndarray], sample: Sample, how: tuple[Any, Any, int], step: float
) -> float:
    """The test accuracy of one student; ``how`` has targets, the order of images, and the seed of its start."""
    target, order, start = how
    torch.manual_seed(start)
    layers = torch.nn
    model = layers.Sequential(
        *(layers.Conv2d(1, 8, 3, padding=1), layers.ReLU(), layers.MaxPool2d(2)),
        *(layers.Conv2d(8, 16, 3, padding=1), layers.ReLU(), layers.MaxPool2d(2)),
        *(layers.Flatten(), layers.Linear(16 * 9, CLASSES)),
    )
    x = torch.from_numpy(sample.x.reshape(-1, 1, 14, 14))
    goal = torch.from_numpy(np.asarray(target, dtype=np.float32))
    descent = torch.optim.SGD(model.parameters(), lr=step, momentum=MOMENTUM, weight_decay=DECAY)
    steps = EPOCHS * (IMAGES // BATCH)
    cosine = torch.optim.lr_scheduler.CosineAnnealingLR(descent, steps)
    for epoch in order:
        for chosen in torch.from_numpy(epoch)[: IMAGES // BATCH * BATCH].split(BATCH):
            descent.zero_grad()
            layers.functional.cross_entropy(model(x[chosen]), goal[chosen]).backward()
            descent.step()
            cosine.step()
    with torch.no_grad():
        points = torch.from_numpy(held["test"].reshape(-1, 1, 14, 14) - sample.centre.reshape(1, 1, 14, 14))
        said = model(points).argmax(1).numpy()
    return float((said == held["test_classes"]).mean())
