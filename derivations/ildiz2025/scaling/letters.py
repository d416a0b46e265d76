"""Letters of the scaling laws, and where their parameters lie."""

from __future__ import annotations

import sympy as sp

from derivations.ildiz2025.letters import PAPER
from w2s_sym import Condition, Domain, letters, symbol

n = letters.n

LAWS = PAPER.at("scaling laws")

alpha = symbol("alpha", r"decay of the eigenvalues, $\lambda_i = i^{-\alpha}$", r"\alpha", positive=True)
s = symbol(
    "s",
    r"$(\beta - 1)/\alpha$, where $\beta$ is the decay of the signal, $\lambda_i \beta_i^2 = "
    r"i^{-\beta}$",
    positive=True,
)
a = symbol("a", "first parameter of a beta integral", positive=True)
b = symbol("b", "second parameter of a beta integral", positive=True)
z = symbol("z", "upper limit of an incomplete beta integral", positive=True)
r = symbol("r", r"threshold of $\zeta$ for the mask, $1/\sqrt{\alpha}$", positive=True)
omega = symbol("omega", r"odds $\Omega/(1 - \Omega)$", r"\omega", positive=True)
u = symbol("u", r"share of an eigenvector that is learned, $\lambda/(\lambda + \tau)$", nonnegative=True)
x = symbol("x", r"$\tau i^{\alpha}$ as a continuous variable", positive=True)
y = symbol("y", "an integration variable", positive=True)
N = symbol("N", r"scale of the index, $\tau = N^{-\alpha}$", positive=True)

HALF_LINE = (x, 0, sp.oo)


def between(t: sp.Symbol, low: int, high: int) -> tuple[Condition, Condition]:
    """The two conditions low < t < high."""
    return Condition(t, ">", sp.Integer(low)), Condition(t, "<", sp.Integer(high))


DECAYS = Condition(alpha, ">", sp.Integer(1), "the eigenvalues must have a finite sum")
SLOW = Domain((alpha, s), (DECAYS, *between(s, 0, 2)))
GENERIC = Domain((alpha, s), (*SLOW.conditions, Condition(s, "!=", sp.Integer(1), "take the limit at $s = 1$")))
STEEP = Domain((alpha, s), (DECAYS, Condition(s, ">", sp.Integer(2))))
ANY = Domain((alpha,), (DECAYS,))
