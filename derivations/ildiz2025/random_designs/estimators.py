"""The estimators of Ildiz et al. 2025, and the equivalents of their risks by the gate rule.

Of a spectrum the matrices are diagonal: Sigma_t has the eigenvalue lam_i, the truth the coefficient b_i. In two stages
they do not commute, and the letters of a formula are traces.
"""

from __future__ import annotations

from derivations.ildiz2025.letters import b, g, lam, n, tau
from w2s_sym import equivalents

_n, _m, _p = equivalents.sizes("n m p")
Sigma, Sigma_s = (equivalents.covariance(name, _p) for name in ("Sigma", "Sigma_s"))
_X, _X_s = equivalents.design("X", _n, Sigma), equivalents.design("X_s", _m, Sigma_s)
truth = equivalents.truth("beta", _p)
_noise = equivalents.noise("sigma2", _n)

# -- one stage ---------------------------------------------------------------------------------------------------

# What the equations call tr(Sigma Q1), where Q1 = (I + Sigma/tau)^{-1}.
CORE = {"tr(Sigma Q1)": n * tau}
DIAGONAL = {"Sigma": lam, "beta": b}

(_projector,) = equivalents.min_norm(_X, _X @ truth).of.values()
(_source,) = truth.of
seen = equivalents.mean_trace(_source.moment, _projector)
standard = equivalents.excess_risk(equivalents.min_norm(_X, _X @ truth + _noise), truth, under=Sigma)
# Truth and surrogate are multiples of one vector of ones, level by level: B e and G e.
_ones = equivalents.truth("e", _p)
_truth, _surrogate = (equivalents.fixed_matrix(name, _p, _p) @ _ones for name in "BG")
from_surrogate = equivalents.excess_risk(equivalents.min_norm(_X, _X @ _surrogate + _noise), _truth, under=Sigma)
WITH_SURROGATE = {"Sigma": lam, "e": 1, "B": b, "G": g}

# -- training on shifted covariates, in the norm |D b| -----------------------------------------------------------

# With w = D b it is the shortest w with X_s D^{-1} w = y, where X_s has rows N(0, Sigma_s).
_D_inverse = equivalents.covariance("D_inv", _p)
_shifted = equivalents.design("X_s", _n, Sigma_s)
shifted = equivalents.excess_risk(
    equivalents.min_norm(_shifted @ _D_inverse, _shifted @ truth + _noise), truth, under=Sigma
)

# -- two stages, with covariances that do not commute ------------------------------------------------------------

_trained = equivalents.min_norm(_X_s, _X_s @ truth + equivalents.noise("sigma_s2", _m))
two_stages = equivalents.excess_risk(equivalents.min_norm(_X, _X @ _trained + _noise), truth, under=Sigma)
