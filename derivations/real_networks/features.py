"""Fixed features of images: means over blocks, gradients, random filters, random combinations."""

from __future__ import annotations

import numpy as np

# Images whose filter responses are in memory at once.
BLOCK = 32


def pooled(images: np.ndarray, by: int) -> np.ndarray:
    """Means over blocks of ``by`` x ``by`` pixels, flattened; images of shape (rows, side, side)."""
    rows, side, _ = images.shape
    return np.asarray(images.reshape(rows, side // by, by, side // by, by).mean((2, 4)).reshape(rows, -1))


def gradients(images: np.ndarray, cell: int) -> np.ndarray:
    """Histograms of gradient directions in cells of ``cell`` x ``cell`` pixels, eight directions each."""
    down, across = np.gradient(images, axis=(1, 2))
    size, angle = np.hypot(down, across), np.arctan2(down, across)
    turn = np.floor((angle + np.pi) / (2 * np.pi) * 8).astype(int) % 8
    return np.hstack([pooled(size * (turn == k), cell) for k in range(8)])


def random_features(x: np.ndarray, width: int, seed: int) -> np.ndarray:
    """Rectified random combinations of centred inputs, shape (rows, width)."""
    rng = np.random.default_rng(seed)
    x = (x - x.mean(0)) / x.std()
    w = rng.standard_normal((x.shape[1], width)) / np.sqrt(x.shape[1])
    return np.asarray(np.maximum(x @ w + 0.3 * rng.standard_normal(width), 0))


def random_filters(images: np.ndarray, filters: int, seed: int) -> np.ndarray:
    """Rectified responses to random 5 x 5 filters, averaged over quarters of the image; shape (rows, 4 filters)."""
    w = np.random.default_rng(seed).standard_normal((filters, 25)).T
    out = np.empty((len(images), 4 * filters))
    # Of 3,000 images at once the patches and responses would take 3 GB.
    for first in range(0, len(images), BLOCK):
        block = images[first : first + BLOCK]
        patches = np.lib.stride_tricks.sliding_window_view(block, (5, 5), axis=(1, 2))
        responses = patches.reshape(-1, 25) @ w
        np.maximum(responses, 0, out=responses)
        side = patches.shape[1]
        half = side // 2
        responses = responses.reshape(len(block), side, side, filters)[:, : 2 * half, : 2 * half]
        quarters = responses.reshape(len(block), 2, half, 2, half, filters).mean((2, 4))
        out[first : first + BLOCK] = quarters.reshape(len(block), -1)
    return out
