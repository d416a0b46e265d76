"""The letters that every paper of this field shares."""

from __future__ import annotations

import sympy as sp

from w2s_sym.formula.notation import symbol


def _size(name: str, text: str, form: str | None = None) -> sp.Symbol:
    return symbol(name, text, form, integer=True, positive=True)


n = _size("n", "number of labelled samples")
N = _size("N", "number of pseudo-labelled samples")
d_s = _size("d_s", "dimension of the strong student's feature space", "d_s")
d_w = _size("d_w", "dimension of the weak teacher's feature space", "d_w")
d_sw = symbol(
    "d_sw",
    r"correlation dimension $|\mathbb{E}[\psi_s \psi_w^\top]|_F^2$, the sum of squared canonical correlations",
    r"d_{s\wedge w}",
    nonnegative=True,
)
sigma2 = symbol("sigma2", "variance of the label noise", r"\sigma^2", nonnegative=True)
