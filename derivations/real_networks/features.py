"""Fixed features of images: means over blocks, gradients, random filters, random combinations."""

from __future__ import annotations

import numpy as np


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
    rng = np.random.default_rng(seed)
    patches = np.lib.stride_tricks.sliding_window_view(images, (5, 5), axis=(1, 2))
    out = np.maximum(np.einsum("rxyij,kij->rxyk", patches, rng.standard_normal((filters, 5, 5)), optimize=True), 0)
    half = out.shape[1] // 2
    quarters = [out[:, a : a + half, b : b + half].mean((1, 2)) for a in (0, half) for b in (0, half)]
    return np.hstack(quarters)
