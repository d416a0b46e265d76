"""Length and direction of a Gaussian vector."""

from __future__ import annotations

import sympy as sp

from derivations.classics.gaussian.instances import ISSERLIS, MUIRHEAD, N, mean_letter, realised
from w2s_sym import (
    Claim,
    Compare,
    Derivation,
    Domain,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    TraceSum,
    gaussian,
    gram_inverse,
    power,
    tr,
)

x = gaussian("x", N, 1)
_VECTOR = Setting((Sample.of(N, (x,)),), (), realised(()))
_squares, _cubes, _fourths = tr(x.T @ x), tr(power(x, 2).T @ x), tr(power(x, 2).T @ power(x, 2))


def _vector_mean(name: str, latex: str, meaning: str, value: TraceSum) -> Quantity:
    return Quantity(mean_letter(name, latex), meaning, value, _VECTOR)


_powers = _vector_mean(
    "m_powers",
    r"\textstyle\sum_i x_i^2\,\sum_i x_i^4",
    r"mean of $(\sum_i x_i^2)(\sum_i x_i^4)$",
    _squares * _fourths,
)
power_sums_average = Claim(
    "power_sums_average",
    r"The mean of $(\sum_i x_i^2)(\sum_i x_i^4)$ over $N$ independent standard Gaussian numbers is $3N(N + 4)$.",
    Compare(_powers, "=", 3 * N * (N + 4)),
    Domain((N,)),
    ISSERLIS,
    (Derivation(_powers).expect_polar(x).in_names(), Precision(digits=50)),
    rivals=(3 * N**2, 15 * N, 3 * N * (N + 5)),
)

_weighted = _vector_mean(
    "m_weighted",
    r"(\textstyle\sum_i x_i^3)^2\,|x|^2",
    r"mean of $(\sum_i x_i^3)^2 |x|^2$",
    _cubes * _cubes * _squares,
)
length_weighs_by_degree = Claim(
    "length_weighs_by_degree",
    r"Over $N$ independent standard Gaussian numbers, $\mathbb{E}[(\sum_i x_i^3)^2 \sum_i x_i^2] = 15 N (N + 6)$.",
    Compare(_weighted, "=", 15 * N * (N + 6)),
    Domain((N,)),
    MUIRHEAD.at("chapter 1, spherical distributions"),
    (Derivation(_weighted).expect_polar(x).in_names(), Precision(digits=50)),
    rivals=(15 * N**2, 15 * N * (N + 2), 15 * N * (N + 4)),
    remark=r"$(\sum_i x_i^3)^2$ has degree 6 and mean $15 N$; a factor $|x|^2$ multiplies it by $N + 6$ as $|x|$ "
    r"is independent of $x/|x|$.",
)

_ratio = _vector_mean(
    "m_ratio",
    r"(\textstyle\sum_i x_i^3)^2/|x|^2",
    r"mean of $(\sum_i x_i^3)^2/|x|^2$",
    _cubes * _cubes * tr(gram_inverse(x)),
)
length_is_independent_of_direction = Claim(
    "length_is_independent_of_direction",
    r"The mean of $(\sum_i x_i^3)^2/\sum_i x_i^2$ over $N$ independent standard Gaussian numbers is $15 N/(N + "
    r"4)$.",
    Compare(_ratio, "=", 15 * N / (N + 4)),
    Domain((N,)),
    MUIRHEAD.at("chapter 1, spherical distributions"),
    (Derivation(_ratio).expect_polar(x).in_names(), Simulation(at=({N: 12}, {}, {}))),
    rivals=(sp.Integer(15), 15 * N / (N + 2), 15 * N / (N + 6)),
    remark=r"$|x|$ is independent of $x/|x|$, so that $\mathbb{E}[p(x)/|x|^2] = \mathbb{E}[p(x)] "
    r"\mathbb{E}[|x|^4]/\mathbb{E}[|x|^6]$ for $p$ of degree 6.",
)
