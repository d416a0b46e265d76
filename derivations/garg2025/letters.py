"""Letters and sources of the claims on iterated training with real data mixed in.

Setting. A model is trained again and again. In each round the weight w goes to real labels and 1 - w to labels that
the previous model makes. V is the variance of what is learnt in units of that of real labels alone, and r the variance
of a synthetic label, given the model that made it, over that of a real one. For means of n_real and n_synthetic points
it is the ratio n_real/n_synthetic, with r = 1 where half of the data are real.
"""

from __future__ import annotations

import sympy as sp

from w2s_sym import Condition, Source, symbol

_KEY = "garg2025"
_UNSEEN = "; as restated here, not checked against the printed text"
GARG = Source(
    key=_KEY,
    authors="A. Garg, S. Bhattacharya, P. Sur",
    title="Preventing Model Collapse Under Overparametrization: Optimal Mixing Ratios for Interpolation Learning and "
    "Ridge Regression",
    year=2025,
    arxiv="2509.22341",
    trust="recalled",
)
HE = Source(
    key=_KEY,
    authors="H. He, S. Xu, G. Cheng",
    title="Golden Ratio Weighting Prevents Model Collapse",
    year=2025,
    arxiv="2502.18049",
    trust="recalled",
)
DOHMATOB = Source(
    key=_KEY,
    authors="E. Dohmatob, Y. Feng, J. Kempe",
    title="Model Collapse Demystified: The Case of Regression",
    year=2024,
    venue="Neural Information Processing Systems (NeurIPS)",
    arxiv="2402.07712",
    trust="recalled",
)


def unseen(source: Source, place: str) -> Source:
    """The source at a place as restated here; not checked against the printed text."""
    return source.at(place + _UNSEEN)


w = symbol("w", "weight of real labels, between 0 and 1", positive=True)
r = symbol("r", "variance of a synthetic label over that of a real one", positive=True)
V = symbol("V", "long-run variance in units of that of real labels alone", real=True)
T = symbol("T", "rounds of training on mixed labels", integer=True, nonnegative=True)
sigma2 = symbol("sigma2", "variance of the noise of real labels", r"\sigma^2", positive=True)
# 1/phi, the root of g^2 + g = 1.
GOLDEN = (sp.sqrt(5) - 1) / 2

AT_MOST_ONE = Condition(w, "<=", 1, "choose a weight of at most 1")
BELOW_ONE = Condition(w, "<", 1, "choose a weight below 1")


def mixed(weight: sp.Expr) -> sp.Expr:
    """Variance that one round's own labels bring: w^2 + r (1 - w)^2."""
    return weight**2 + r * (1 - weight) ** 2


def long_run(weight: sp.Expr) -> sp.Expr:
    """Long-run variance where nothing is shrunk: (w^2 + r (1 - w)^2)/(w (2 - w))."""
    return mixed(weight) / (weight * (2 - weight))
