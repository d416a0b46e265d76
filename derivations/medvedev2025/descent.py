"""Double descent of a teacher with random features, without ridge: risks on both sides of k = n."""

from __future__ import annotations

import sympy as sp

from derivations.medvedev2025 import runs
from derivations.medvedev2025.features import FINITE, mean_of, simulation
from derivations.medvedev2025.letters import LIMIT, S, b, df, k, kappa, l, n, sigma2
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Equation, Iff, Precision, equivalents, symbol, total

_n, _k, _p = equivalents.sizes("n k p")
_X = equivalents.design("X", _n, equivalents.covariance("Sigma", _p))
_W = equivalents.design("W", _k, equivalents.identity(_p))
_truth = equivalents.truth("beta", _p)
_labels = _X @ _truth + equivalents.noise("sigma2", _n)
_under = equivalents.covariance("Sigma", _p)
_MATRICES = {"Sigma": l, "beta": b}
# The root is of all eigenvalues, so that what it counts need not be an integer.
_features = symbol("k", "number of random features, as a real number", positive=True)
_rows = symbol("n", "number of labels, as a real number", positive=True)
_missed = kappa * total(l * b**2 / (l + kappa), S)
FEW = Claim(
    "risk_of_least_squares_on_few_random_features",
    r"In the limit least squares on $k$ features, fewer than labels and dimensions, has the mean risk $(\sigma^2 "
    r"+ \kappa \sum_i \ell_i \beta_i^2/(\ell_i + \kappa)) n/(n - k) - \sigma^2$, where $\sum_i \ell_i/(\ell_i + "
    r"\kappa) = k$: what the features miss is noise to it.",
    Compare(
        mean_of("R_few", r"\mathbb{E}R_{k<n}", "mean risk of least squares on few features"),
        "=",
        (sigma2 + _missed) * n / (n - _features) - sigma2,
    ),
    Domain(
        (S, n, _features, sigma2, kappa),
        (
            Condition(_features, "<", total(1, S), "take fewer features than dimensions"),
            Condition(_features, "<", n, "take fewer features than labels"),
        ),
    ),
    FINITE,
    (
        equivalents.FromEstimator(
            equivalents.excess_risk(_W.T @ equivalents.least_squares(_X @ _W.T, _labels), _truth, under=_under),
            _MATRICES,
            {"m1": 1 - _features / n, "tr(Sigma Q1)": _features * kappa},
        ),
        simulation(runs.least_squares_risks, runs.few_features_shape, (8, 16, 32, 48)),
    ),
    kind="equivalent",
    given=(Equation(kappa, df(1, S) - _features),),
    rivals=(
        _missed + sigma2 * _features / (n - _features),
        (sigma2 + _missed) * _features / (n - _features),
        _missed * n / (n - _features),
    ),
    remark=LIMIT,
)
_second, _learnt = df(2, S), total(l**2 * b**2 / (l + kappa) ** 2, S)
_own = kappa**2 * total(l * b**2 / (l + kappa) ** 2, S) + kappa * (_rows - _second) / (k - _second) * _learnt
_factor = _rows * (k - _second) / ((_rows - _second) * (k - _rows))
MANY = Claim(
    "risk_of_the_interpolator_on_many_random_features",
    r"In the limit the shortest interpolator of $n$ labels on $k > n$ features, $n$ below the number of "
    r"dimensions, has the mean risk $(\sigma^2 + \kappa^2 \sum_i \ell_i \beta_i^2/(\ell_i + \kappa)^2 + \kappa "
    r"((n - \mathrm{df}_2)/(k - \mathrm{df}_2)) \sum_i \ell_i^2 \beta_i^2/(\ell_i + \kappa)^2) n (k - "
    r"\mathrm{df}_2)/((n - \mathrm{df}_2)(k - n)) - \sigma^2$, where $n$ is the sum of the shares $\ell_i/(\ell_i "
    r"+ \kappa)$ and $\mathrm{df}_2$ that of their squares.",
    Compare(
        mean_of("R_many", r"\mathbb{E}R_{k>n}", "mean risk of the shortest interpolator on many features"),
        "=",
        (sigma2 + _own) * _factor - sigma2,
    ),
    Domain(
        (S, _rows, k, sigma2, kappa),
        (
            Condition(_rows, "<", total(1, S), "take fewer labels than dimensions"),
            Condition(k, ">", _rows, "take more features than labels"),
            Condition(_rows, ">", _second, "squares of shares are less than shares"),
            Condition(k, ">", _second, "squares of shares are less than shares"),
        ),
    ),
    FINITE,
    (
        equivalents.FromEstimator(
            equivalents.excess_risk(_W.T @ equivalents.min_norm(_X @ _W.T, _labels), _truth, under=_under),
            _MATRICES,
            {"m1": 1 - _rows / k, "tr(Sigma Q1)": _rows * kappa},
        ),
        simulation(runs.interpolator_risks, runs.many_features_shape, (12, 24, 48, 72)),
    ),
    kind="equivalent",
    given=(Equation(kappa, df(1, S) - _rows),),
    rivals=(
        (sigma2 + _own) * _rows / (_rows - _second) - sigma2,
        (sigma2 + kappa**2 * total(l * b**2 / (l + kappa) ** 2, S)) * _factor - sigma2,
        _own * _factor,
    ),
    remark=LIMIT + r"As $k$ grows it becomes the risk without features, with $1/(1 - \mathrm{df}_2/n)$; at $k = "
    r"n$ it is infinite.",
)
p = symbol("p", "number of dimensions", integer=True, positive=True)
r2 = symbol("r2", "squared length of the truth", "r^2", positive=True)


def _isotropic(features: sp.Expr) -> sp.Expr:
    return (sigma2 + r2 * (1 - features / p)) * n / (n - features) - sigma2


FEATURES_HURT = Claim(
    "one_more_feature_hurts_iff_labels_are_few",
    r"For isotropic points and $k + 1 < n$, one more feature raises the limiting risk of least squares if and only "
    r"if $n r^2 < p (\sigma^2 + r^2)$, whatever $k$: with no more labels than dimensions the risk grows all the way to "
    r"$k = n$.",
    Iff(Compare(_isotropic(k), "<", _isotropic(k + 1)), Compare(n * r2, "<", p * (sigma2 + r2))),
    Domain((n, k, p, sigma2, r2), (Condition(n, ">", k + 1, "take fewer features than labels"),)),
    FINITE,
    (Derivation.same_sign(factor=n / (p * (n - k) * (n - k - 1))), Precision()),
    rests_on=(FEW,),
    rivals=(
        Compare(n * r2, "<", p * sigma2),
        Compare(k * r2, "<", p * (sigma2 + r2)),
        Compare(n, "<", p),
    ),
    remark=r"There $\kappa = (p - k)/k$, and what $k$ features miss is $r^2 (1 - k/p)$.",
)
FAR = Claim(
    "the_risk_of_least_squares_peaks_at_as_many_features_as_labels",
    r"For $\Sigma = I$ and $n < p$ the limiting risk at $k = n - 1$ features is $(\sigma^2 + r^2 (1 - (n - 1)/p)) "
    r"n - \sigma^2$: it grows with $n$, although that of no features at all is $r^2$.",
    Compare(_isotropic(n - 1), ">", r2),
    Domain(
        (n, p, sigma2, r2), (Condition(n, "<", p, "take fewer labels than dimensions"), Condition(n, ">", 1, "two"))
    ),
    FINITE,
    (
        Derivation(_isotropic(n - 1)).bound(">", r2, by=-(n - 1) * (sigma2 + r2 * (p - n) / p)),
        Precision(),
    ),
    rests_on=(FEW,),
    rivals=(n * r2, 2 * r2 + sigma2 * n),
)
