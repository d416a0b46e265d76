"""The authors' synthetic experiment: its sizes, and what the exact formulas say of it."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import sympy as sp

from derivations.dong2025.risk import STUDENT
from derivations.dong2025.setting import (
    PAPER,
    RISK,
    A,
    N,
    d_s,
    d_sw,
    d_w,
    h,
    k,
    n,
    q,
    rho_s,
    rho_w,
    sigma2,
    student_risk,
    weak_risk,
)
from w2s_sym import Claim, Compare, Domain, Precision

SIGNAL, SKIPS, NOISE = 300, (10, 50, 90), sp.Rational(1, 100)


def coefficient(i: int) -> Fraction:
    """Squared coefficient of f on coordinate i: 1/(20000 i) for i up to 300."""
    return Fraction(1, 20000 * i) if 1 <= i <= SIGNAL else Fraction(0)


@cache
def _subspaces(skip: int) -> dict[sp.Symbol, sp.Expr]:
    """The part of a cell that depends on the skip alone: student on 1..100, teacher on skip+1..skip+200."""
    student, teacher, everything = set(range(1, 101)), set(range(skip + 1, skip + 201)), set(range(1, SIGNAL + 1))

    def share(coordinates: set[int]) -> sp.Expr:
        total = sum((coefficient(i) for i in coordinates), Fraction(0))
        return sp.Rational(total.numerator, total.denominator)

    return {
        d_sw: sp.Integer(len(student & teacher)),
        d_s: sp.Integer(len(student)),
        d_w: sp.Integer(len(teacher)),
        sigma2: NOISE,
        rho_w: share(everything - teacher),
        rho_s: share(everything - student),
        q: share(student - teacher),
        h: share(teacher - student),
    }


def synthetic(skip: int, labels: int, pseudo_labels: int) -> dict[sp.Symbol, sp.Expr]:
    """A cell of the authors' grids as exact numbers."""
    return {**_subspaces(skip), n: sp.Integer(labels), N: sp.Integer(pseudo_labels)}


GRID = tuple(400 + round(3600 * i / 19) for i in range(20))
CELLS = tuple(
    [synthetic(skip, 2000, size) for skip in SKIPS for size in GRID]
    + [synthetic(skip, size, 4000) for skip in SKIPS for size in GRID]
)
null_risk = sp.Rational(sum((coefficient(i) for i in range(1, SIGNAL + 1)), Fraction(0)))
SYNTHETIC_BOUND = Claim(
    "synthetic_population_risk_exceeds_the_drawn_bound",
    r"In the synthetic experiment at $d_{s\wedge w} = 10$, $n = 2000$, $N = 400$ the student's population excess "
    r"risk exceeds the in-sample form $\sigma^2 A/(n - d_w - 1) + \rho_w + \rho_s$ with $A = d_{s\wedge w} + (d_w "
    r"- d_{s\wedge w}) d_s/N$.",
    Compare(student_risk, ">", sigma2 / k * A + rho_w + rho_s),
    RISK,
    PAPER.at("synthetic experiment", "source"),
    (Precision(),),
    witness=synthetic(90, 2000, 400),
    rests_on=(STUDENT,),
    rivals=(student_risk + rho_s,),
)
NULL_PREDICTOR = Claim(
    "null_predictor_beats_the_student_in_every_synthetic_cell",
    r"At $\sigma^2 = 1/100$ the zero function has a smaller excess risk, $H_{300}/20000$ with the harmonic number "
    r"$H_{300}$, than the student's population risk in each of the 120 cells of the two grids.",
    Compare(null_risk, "<", student_risk),
    Domain(RISK.symbols, RISK.conditions, CELLS),
    PAPER.at("synthetic experiment"),
    (Precision(),),
    rests_on=(STUDENT,),
    rivals=(weak_risk - student_risk, rho_s + q),
    remark=r"A high PGR does not mean a useful student. The least student risk on the grids is about $3.504 \cdot "
    r"10^{-4}$.",
)
