"""Ildiz et al. (2025), Figure 2a, asked of small networks on Fashion-MNIST: a weak surrogate's labels or true ones?

One run draws IMAGES images of 14 x 14 pixels, replaces a share of their labels by random ones, trains surrogates, and
trains one architecture from one start in the same order of batches on: the labels, and each surrogate's probabilities
("soft") and classes ("hard"). The recipe is the paper's but for the network, the data and
the number of images: SGD with step 0.01, momentum 0.9, weight decay 5e-4, cosine schedule, batches of 32, 60 epochs.
All runs of a block are trained at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from threadpoolctl import threadpool_limits

from derivations.real_networks.data import Arrays, small_fashion
from w2s_sym import Run

IMAGES, MORE, PIXELS, CLASSES, BATCH = 500, 5000, 196, 10, 32
MOMENTUM, DECAY, EPOCHS = 0.9, 5e-4, 60
# The paper's step, and one with which the student comes to fit its labels in so few steps.
SHORT, LONG = 0.01, 0.1
WIDTH = 64
# Surrogates by their hidden units: none, for multinomial logistic regression, few, and as many as the student has.
SURROGATES: Mapping[str, int] = {"linear": 0, "narrow": 8, "equal": WIDTH}
Weights = list[np.ndarray]


@dataclass(frozen=True)
class Labels:
    """One group of runs: ``noise`` is the share of labels drawn afresh from all classes.

    ``more`` says whether surrogates are trained on MORE other images with labels of the same noise, or on the student's
    own images and labels; ``step`` is that of SGD.
    """

    noise: float = 0.0
    more: bool = False
    step: float = SHORT

    dear: ClassVar[bool] = False
    modules: ClassVar[tuple[str, ...]] = ("networks",)

    def __str__(self) -> str:
        words = "clean labels" if not self.noise else f"{self.noise:.0%} random labels"
        place = f"{MORE:,} other images" if self.more else "the same images and labels"
        return f"{words}, surrogates trained on {place}, step {self.step:g}"

    def rows(self, seed: int, numbers: Sequence[int]) -> Mapping[str, np.ndarray]:
        """Test accuracies of the runs with these numbers, by name.

        ``truth`` for the student's architecture on the labels, ``truth_short`` with the paper's step; ``linear``,
        ``narrow`` and ``equal`` for surrogates, ``linear_soft`` and the like for students.
        """
        with threadpool_limits(1, user_api="blas"):
            return _accuracies(self, [Run(seed=seed).rng("networks", i) for i in numbers])


@dataclass(frozen=True)
class Sample:
    """The images of one run, float32 between 0 and 1 less their mean, with one-hot labels."""

    x: np.ndarray
    y: np.ndarray
    more_x: np.ndarray
    more_y: np.ndarray
    centre: np.ndarray


def sample(held: Arrays, noise: float, rng: np.random.Generator) -> Sample:
    """The images of one run."""
    order = rng.permutation(len(held["train"]))[: IMAGES + MORE]
    x = held["train"][order].reshape(len(order), -1)
    y = held["train_classes"][order]
    wrong = rng.random(len(y)) < noise
    y[wrong] = rng.integers(0, CLASSES, int(wrong.sum()))
    one_hot = np.eye(CLASSES, dtype=np.float32)[y]
    centre = x[:IMAGES].mean(0)
    x -= centre
    return Sample(x[:IMAGES], one_hot[:IMAGES], x[IMAGES:], one_hot[IMAGES:], centre)


def start(rngs: Sequence[np.random.Generator], width: int) -> Weights:
    """Initial weights, one network a generator, first axis runs; without hidden units zero."""
    if not width:
        return [np.zeros((len(rngs), PIXELS, CLASSES), np.float32), np.zeros((len(rngs), 1, CLASSES), np.float32)]
    first = np.stack([r.standard_normal((PIXELS, width), np.float32) for r in rngs]) * np.float32(np.sqrt(2 / PIXELS))
    last = np.stack([r.standard_normal((width, CLASSES), np.float32) for r in rngs]) * np.float32(np.sqrt(1 / width))
    zeros = [np.zeros((len(rngs), 1, k), np.float32) for k in (width, CLASSES)]
    return [first, zeros[0], last, zeros[1]]


def logits(weights: Weights, x: np.ndarray) -> np.ndarray:
    """Of points of shape (..., points, pixels), by networks whose leading axes broadcast against theirs."""
    for at in range(0, len(weights) - 2, 2):
        x = np.maximum(x @ weights[at] + weights[at + 1], 0)
    return np.asarray(x @ weights[-2] + weights[-1])


def softmax(z: np.ndarray) -> np.ndarray:
    """Probabilities from logits, along the last axis."""
    raised = np.exp(z - z.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True))


def slopes(weights: Weights, x: np.ndarray, target: np.ndarray) -> Weights:
    """The gradient of the mean cross-entropy to ``target`` over points."""
    seen = [x]
    for at in range(0, len(weights) - 2, 2):
        seen.append(np.maximum(seen[-1] @ weights[at] + weights[at + 1], 0))
    back = (softmax(seen[-1] @ weights[-2] + weights[-1]) - target) / np.float32(x.shape[-2])
    found: Weights = []
    for at in range(len(weights) - 2, -1, -2):
        found = [seen[at // 2].swapaxes(-1, -2) @ back, back.sum(-2, keepdims=True), *found]
        if at:
            back = (back @ weights[at].swapaxes(-1, -2)) * (seen[at // 2] > 0)
    return found


def trained(weights: Weights, x: np.ndarray, target: np.ndarray, orders: np.ndarray, step: float) -> Weights:
    """Networks after SGD. ``x`` is (runs, images, pixels), ``target`` (variants, runs, images, classes), ``orders``
    (runs, epochs, images) the order of the images; all variants of a run start from its weights and see one order."""
    variants, epochs = len(target), orders.shape[1]
    now = [np.broadcast_to(w, (variants, *w.shape)).copy() for w in weights]
    speed = [np.zeros_like(w) for w in now]
    batches = x.shape[1] // BATCH
    steps, runs = epochs * batches, np.arange(x.shape[0])[:, None]
    for t in range(steps):
        epoch, b = divmod(t, batches)
        chosen = orders[:, epoch, b * BATCH : (b + 1) * BATCH]
        rate = np.float32(step * (1 + np.cos(np.pi * t / steps)) / 2)
        found = slopes(now, x[runs, chosen], target[:, runs, chosen])
        for w, v, g in zip(now, speed, found, strict=True):
            v *= np.float32(MOMENTUM)
            v += g
            v += np.float32(DECAY) * w
            w -= rate * v
    return now


def _orders(rngs: Sequence[np.random.Generator], images: int, epochs: int) -> np.ndarray:
    return np.stack([np.stack([r.permutation(images) for _ in range(epochs)]) for r in rngs])


def _right(held: Arrays, weights: Weights, samples: Sequence[Sample]) -> np.ndarray:
    """Accuracies on all test images, shape (variants, runs)."""
    x = held["test"].reshape(len(held["test"]), -1)
    found = []
    for run, sample in enumerate(samples):
        z = logits([w[:, run] for w in weights], x - sample.centre)
        found.append((z.argmax(-1) == held["test_classes"]).mean(-1))
    return np.stack(found, axis=1)


def surrogates(
    held: Arrays, group: Labels, samples: Sequence[Sample], rngs: Sequence[np.random.Generator], width: int
) -> tuple[Weights, np.ndarray]:
    """Surrogates of ``width`` hidden units, one a run, and their test accuracies, shape (runs,)."""
    # As many steps on more images: fewer epochs.
    images, epochs = (MORE, EPOCHS * IMAGES // MORE) if group.more else (IMAGES, EPOCHS)
    x, y = (np.stack([vars(s)[f"more_{name}" if group.more else name] for s in samples]) for name in ("x", "y"))
    made = trained(start(rngs, width), x, y[None], _orders(rngs, images, epochs), group.step)
    return [w[0] for w in made], _right(held, made, samples)[0]


def _accuracies(group: Labels, rngs: Sequence[np.random.Generator]) -> dict[str, np.ndarray]:
    held = small_fashion()
    samples = [sample(held, group.noise, rng) for rng in rngs]
    x, y = (np.stack([vars(s)[name] for s in samples]) for name in ("x", "y"))
    targets, found = {"truth": y}, {}
    for name, width in SURROGATES.items():
        made, found[name] = surrogates(held, group, samples, rngs, width)
        said = softmax(logits(made, x))
        targets[f"{name}_soft"] = said
        targets[f"{name}_hard"] = np.eye(CLASSES, dtype=np.float32)[said.argmax(-1)]
    begin, orders = start(rngs, WIDTH), _orders(rngs, IMAGES, EPOCHS)
    students = trained(begin, x, np.stack(list(targets.values())), orders, group.step)
    found.update(zip(targets, _right(held, students, samples), strict=True))
    if group.step != SHORT:
        found["truth_short"] = _right(held, trained(begin, x, y[None], orders, SHORT), samples)[0]
    return found
