"""Which overlap counts: the correlation dimension, and dimensions that it is not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from derivations.dong2025.setting import PAPER, d_s, d_w
from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    fixed,
    gaussian,
    symbol,
    tr,
)

D = symbol("D", "dimension of the common isotropic vector $g$", integer=True, positive=True)
c_left = symbol(
    "c_left", r"$|L_s^\top L_w|_F^2$, overlap of the roots' column spaces", r"|L_s^\top L_w|_F^2", nonnegative=True
)
c_right = symbol(
    "c_right", r"$|R_s^\top R_w|_F^2$, overlap of the covariances' eigenbases", r"|R_s^\top R_w|_F^2", nonnegative=True
)
L_s, L_w = fixed("L_s", D, d_s, orthonormal=True), fixed("L_w", D, d_w, orthonormal=True)
R_s, R_w = fixed("R_s", D, d_s, orthonormal=True), fixed("R_w", D, d_w, orthonormal=True)
g1, g2 = gaussian("g1", 1, D), gaussian("g2", 1, D)
_kernels = tr(g1 @ L_s @ L_s.T @ g2.T @ g2 @ L_w @ L_w.T @ g1.T)
_overlaps = ((c_left, tr(L_s.T @ L_w @ L_w.T @ L_s)), (c_right, tr(R_s.T @ R_w @ R_w.T @ R_s)))
_PAIR = (Sample.of(1, (g1,)), Sample.of(1, (g2,)))


def frames(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Four random frames in R^D."""
    sizes = {"L_s": "d_s", "L_w": "d_w", "R_s": "d_s", "R_w": "d_w"}
    shape = int(point["D"])
    return {name: np.linalg.qr(rng.standard_normal((shape, int(point[size]))))[0] for name, size in sizes.items()}


def _whitened(phi: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Features phi = g root, whitened by the pseudo-inverse root of their covariance root'root."""
    values, vectors = np.linalg.eigh(root.T @ root)
    keep = values > values.max() * 1e-12
    return np.asarray(phi @ vectors[:, keep] / np.sqrt(values[keep]))


def _alignment(a: Mapping[str, np.ndarray], root_s: np.ndarray, root_w: np.ndarray) -> float:
    s1, s2 = _whitened(a["g1"] @ root_s, root_s), _whitened(a["g2"] @ root_s, root_s)
    w1, w2 = _whitened(a["g1"] @ root_w, root_w), _whitened(a["g2"] @ root_w, root_w)
    return float(((s1 @ s2.T) * (w1 @ w2.T)).sum())


def literal_alignment(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """The two kernels of features phi = g L diag R', whitened from their covariances alone."""
    scale_s, scale_w = np.arange(1.0, a["L_s"].shape[1] + 1), np.arange(1.0, a["L_w"].shape[1] + 1)
    return _alignment(a, (a["L_s"] * scale_s) @ a["R_s"].T, (a["L_w"] * scale_w) @ a["R_w"].T)


def literal_symmetric_alignment(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """The same for symmetric roots: features phi = Sigma^{1/2} g."""
    scale_s, scale_w = np.arange(1.0, a["L_s"].shape[1] + 1), np.arange(1.0, a["L_w"].shape[1] + 1)
    return _alignment(a, (a["L_s"] * scale_s) @ a["L_s"].T, (a["L_w"] * scale_w) @ a["L_w"].T)


_FITS = (Condition(D, ">=", d_s), Condition(D, ">=", d_w))
alignment = Quantity(
    symbol(
        "K_sw",
        r"$\mathbb{E}[k_s(x, x') k_w(x, x')]$ for two independent points",
        r"\mathbb{E}[k_s k_w]",
        nonnegative=True,
    ),
    "correlation dimension, as the alignment of the two whitened kernels at two independent points",
    _kernels,
    Setting(_PAIR, _overlaps, frames, rounded=True),
    literal_alignment,
)
symmetric_alignment = Quantity(
    symbol(
        "K_sym",
        r"$\mathbb{E}[k_s k_w]$ when both roots are symmetric",
        r"\mathbb{E}[k_s k_w]_{\mathrm{sym}}",
        nonnegative=True,
    ),
    r"correlation dimension of features with symmetric roots, $\phi = \Sigma^{1/2} g$ with one $g$",
    _kernels,
    Setting(_PAIR, (_overlaps[0],), frames, rounded=True),
    literal_symmetric_alignment,
)
CORRELATION_DIMENSION = Claim(
    "correlation_dimension_is_the_overlap_of_root_columns",
    r"For features $\phi = R \Lambda L^\top g$ with a diagonal $\Lambda$ and one isotropic $g$, the correlation "
    r"dimension is $|L_s^\top L_w|_F^2$; the eigenbases $R$ of the covariances do not enter.",
    Compare(alignment, "=", c_left),
    Domain((d_s, d_w, D, c_left, c_right), _FITS),
    PAPER.at("correlation dimension"),
    (Derivation(alignment).expect(g1).expect(g2).in_names(), Precision(), Simulation()),
    rivals=(c_right,),
)
SYMMETRIC_ROOTS = Claim(
    "eigenbasis_overlap_suffices_for_symmetric_roots",
    r"For $\phi = \Sigma^{1/2} g$ with symmetric roots and one isotropic $g$, the overlap of the covariances' "
    r"eigenbases is the correlation dimension.",
    Compare(symmetric_alignment, "=", c_left),
    Domain((d_s, d_w, D, c_left), _FITS),
    PAPER.at("correlation dimension"),
    (Derivation(symmetric_alignment).expect(g1).expect(g2).in_names(), Precision(), Simulation()),
    rivals=(c_left / d_s,),
    remark="With symmetric roots $L = R$: the columns of $L$ are the eigenbasis of the covariance.",
)
cos_left = symbol("x", "cosine between $e_1$ and the direction that a rank-one root reads", real=True)
cos_right = symbol("y", "cosine between $e_1$ and the direction that a rank-one root writes", real=True)
_COSINES = Domain(
    (cos_left, cos_right),
    tuple(
        Condition(c, r, b) for c in (cos_left, cos_right) for r, b in ((">=", sp.Integer(-1)), ("<=", sp.Integer(1)))
    ),
)


def _two_roots(name: str, sentence: str, left: int, right: int, rival: sp.Expr) -> Claim:
    """One member of the family phi_s = g_1 e_1, phi_w = (l'g) r with unit l and r."""
    return Claim(
        name,
        sentence,
        Compare(cos_left**2, "!=", cos_right**2),
        _COSINES,
        PAPER.at("correlation dimension"),
        (Precision(),),
        witness={cos_left: left, cos_right: right},
        rests_on=(CORRELATION_DIMENSION,),
        rivals=(rival,),
        remark=r"With one-dimensional features $|L_s^\top L_w|^2$ and $|R_s^\top R_w|^2$ are the two squared "
        r"cosines.",
    )


OVERLAP_ZERO = _two_roots(
    "eigenbasis_overlap_can_miss_all_correlation",
    r"Let $\phi_s = g_1 e_1$ and $\phi_w = (l^\top g) r$, $x = l_1$, $y = r_1$: the correlation dimension $x^2$ "
    r"and the eigenbasis overlap $y^2$ differ for $\phi_s = (g_1, 0)$ and $\phi_w = (0, g_1)$, where $x = 1$ and "
    r"$y = 0$.",
    1,
    0,
    cos_right**2 + 1,
)
OVERLAP_ONE = _two_roots(
    "eigenbasis_overlap_can_invent_correlation",
    r"For $\phi_s = g_1 e_1$ and $\phi_w = (l^\top g) r$ with $x = l_1$ and $y = r_1$, the correlation dimension "
    r"$x^2$ and the eigenbasis overlap $y^2$ differ for $\phi_w = g_2 e_1$, where $x = 0$ and $y = 1$.",
    0,
    1,
    cos_right**2 - 1,
)
