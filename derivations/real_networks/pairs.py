"""Pairs of real feature matrices with labels: images with classes, texts with ratings. Kept in the store by content."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from derivations.real_networks.data import Arrays, MissingDataError, fashion, kept, rated
from derivations.real_networks.features import gradients, pooled, random_features, random_filters
from derivations.real_networks.texts import sentence_layer, word_means

ROWS = 3000
Pair = tuple[np.ndarray, np.ndarray, np.ndarray]
Features = Callable[[np.ndarray], np.ndarray]


def _digits() -> tuple[np.ndarray, np.ndarray]:
    """Images, shape (1797, 8, 8), between 0 and 1, and one-hot labels."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise MissingDataError("scikit-learn has the digits and is missing; pip install scikit-learn") from None
    found = load_digits()
    return found.images / 16.0, np.eye(10)[found.target]


def _fashion() -> tuple[np.ndarray, np.ndarray]:
    """The first ROWS of Fashion-MNIST's test images, shape (ROWS, 28, 28), and one-hot labels."""
    held = fashion()
    return held["test"][:ROWS] / 255.0, np.eye(10)[held["test_classes"][:ROWS]]


def _images(
    source: Callable[[], tuple[np.ndarray, np.ndarray]], weak: Features, strong: Features
) -> Callable[[], Pair]:
    """Two kinds of features of the same images."""

    def make() -> Pair:
        images, y = source()
        return weak(images), strong(images), y

    return make


def _texts(name: str, weak: int | None, strong: int) -> Callable[[], Pair]:
    """Two layers of the encoder, or word vectors (None) and a layer, with ratings."""

    def make() -> Pair:
        return (
            word_means(name) if weak is None else sentence_layer(name, weak),
            sentence_layer(name, strong),
            rated(name)[1],
        )

    return make


def _flat(images: np.ndarray) -> np.ndarray:
    return images.reshape(len(images), -1)


PAIRS: Mapping[str, Callable[[], Pair]] = {
    "digits: 40 to 300 random features": _images(
        _digits, lambda x: random_features(_flat(x), 40, 1), lambda x: random_features(_flat(x), 300, 2)
    ),
    "digits: gradients to pixels": _images(_digits, lambda x: gradients(x, 4), _flat),
    "digits: 16 blocks to random features": _images(
        _digits, lambda x: pooled(x, 2), lambda x: random_features(_flat(x), 300, 3)
    ),
    "fashion: 49 blocks to gradients": _images(_fashion, lambda x: pooled(x, 4), lambda x: gradients(x, 4)),
    "fashion: gradients to random filters": _images(
        _fashion, lambda x: gradients(x, 14), lambda x: random_filters(x, 96, 4)
    ),
    "fashion: random filters, 24 to 240": _images(
        _fashion, lambda x: random_filters(x, 6, 5), lambda x: random_filters(x, 60, 6)
    ),
    "tweets: MiniLM layer 1 to 6": _texts("tweets", 1, 6),
    "tweets: GloVe to MiniLM layer 6": _texts("tweets", None, 6),
    "amazon: MiniLM layer 2 to 6": _texts("amazon", 2, 6),
    "movies: GloVe to MiniLM layer 4": _texts("movies", None, 4),
    "movies: MiniLM layer 2 to 6": _texts("movies", 2, 6),
    "news: GloVe to MiniLM layer 6": _texts("news", None, 6),
}


def load(name: str) -> Pair:
    """Weak and strong features, float32, and labels of a pair, rows in random order.

    Raises :class:`~derivations.real_networks.data.MissingDataError`.
    """

    def make() -> Arrays:
        weak, strong, y = PAIRS[name]()
        order = np.random.default_rng(1).permutation(len(y))
        return {"weak": weak[order].astype(np.float32), "strong": strong[order].astype(np.float32), "y": y[order]}

    found = kept(("pair", name), make, ("pairs", "features", "texts", "encoder"))
    return found["weak"], found["strong"], found["y"]
