"""A simulated pair of feature sets with labels, whose overlap and whose parameters are known by hand."""

from __future__ import annotations

import numpy as np

D_S, D_W, SHARED, NOISE = 12, 15, 6, 0.4
COSINE = 0.7
A = np.linspace(0.2, 0.6, D_S)
B = np.linspace(0.3, 0.05, D_W)


def draw_pair(rows: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Weak and strong Gaussian features with cosine 0.7 on six pairs, and labels."""
    rng = np.random.default_rng(seed)
    strong, weak = rng.standard_normal((rows, D_S)), rng.standard_normal((rows, D_W))
    weak[:, :SHARED] = COSINE * strong[:, :SHARED] + np.sqrt(1 - COSINE**2) * weak[:, :SHARED]
    return weak, strong, strong @ A + weak @ B + np.sqrt(NOISE) * rng.standard_normal(rows)


def truth() -> dict[str, float]:
    """What the parameters are: regression coefficients of f = A'psi_s + B'psi_w on either side, by hand."""
    cross = np.zeros((D_S, D_W))
    cross[np.arange(SHARED), np.arange(SHARED)] = COSINE
    b_s, b_w = A + cross @ B, cross.T @ A + B
    variance = A @ A + B @ B + 2 * A @ cross @ B
    return {
        "residual_w": NOISE + variance - b_w @ b_w,
        "residual_s": NOISE + variance - b_s @ b_s,
        "residual_both": NOISE,
        "q": float(((b_s - cross @ b_w) ** 2).sum()),
        "h": float(b_w @ b_w - (cross @ b_w) @ (cross @ b_w)),
    }
