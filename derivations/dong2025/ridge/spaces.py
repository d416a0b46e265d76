"""Any covariances: what is left of the teacher's noise with many pseudo-labels, and where the spaces are apart."""

from __future__ import annotations

from derivations.dong2025.ridge.letters import BELOW_ONE_S, WITH_RIDGE, Omega_s, h, kappa_s, r, t
from derivations.dong2025.ridge.risks import VARIANCE
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Iff, Precision, any_spectrum, symbol, total

m = symbol("m", "mean square of the teacher's response to noise on a direction", "m_i", nonnegative=True)
SM = any_spectrum("S_m", "directions: strong and weak features, and the teacher's response", t, h, r, m)
_share = t / (t + kappa_s)
_kept = total(_share**2 * t * h**2 * m, SM)
_teacher = total((t * h**2 + r) * m, SM)
MANY = Claim(
    "with_many_pseudo_labels_ridge_keeps_no_more_than_the_overlap",
    r"For any covariances and with infinitely many pseudo-labels, the ridge student's limiting variance, $\sum_i "
    r"s_i^2 t_i h_i^2 m_i$ with $s_i = t_i/(t_i + \kappa_s)$, is at most the part $\sum_i t_i h_i^2 m_i$ of its "
    r"teacher's that lies on the overlap.",
    Compare(_kept, "<=", total(t * h**2 * m, SM)),
    Domain((SM, kappa_s)),
    WITH_RIDGE,
    (
        Derivation(_kept).bound(
            "<=",
            total(t * h**2 * m, SM),
            by=total(kappa_s * (2 * t + kappa_s) / (t + kappa_s) ** 2 * t * h**2 * m, SM),
        ),
        Precision(),
    ),
    rests_on=(VARIANCE,),
    rivals=(total(_share**2 * t * h**2 * m / 2, SM), total(r * m, SM)),
    remark=r"$m_i$ is the mean square of the teacher's response to noise: directions that the teacher shrinks "
    r"count less. Without ridge the sum is over $t_i h_i^2 m_i$, $d_{s\wedge w}$ on white features.",
)
_spread = Omega_s / (1 - Omega_s)
_left = kappa_s / (t + kappa_s)
_student = _kept + _spread * total((_left**2 * t * h**2 + r) * m, SM)
_over = total((_share**2 - _spread * _share * (2 - _share)) * t * h**2 * m, SM)
OFF_THE_OVERLAP = Claim(
    "off_the_overlap_ridge_reduces_all_noise_by_one_factor",
    r"For any covariances the ridge student's limiting variance minus $\Omega_s/(1 - \Omega_s)$ times its "
    r"teacher's is a sum over the overlap, $\sum_i (s_i^2 - (\Omega_s/(1 - \Omega_s)) s_i (2 - s_i)) t_i h_i^2 "
    r"m_i$ with $s_i = t_i/(t_i + \kappa_s)$: where the spaces are apart the teacher's noise is reduced by the "
    r"factor $\Omega_s/(1 - \Omega_s)$, whatever its directions.",
    Compare(_student - _spread * total((t * h**2 + r) * m, SM), "=", _over),
    Domain((SM, kappa_s, Omega_s), (BELOW_ONE_S,)),
    WITH_RIDGE,
    (Derivation(_student - _spread * total((t * h**2 + r) * m, SM)).rewrite(_over), Precision()),
    rests_on=(VARIANCE,),
    rivals=(
        total(_share**2 * t * h**2 * m, SM),
        total((_share**2 - _spread) * t * h**2 * m, SM),
        total((_share**2 - Omega_s * _share * (2 - _share)) * t * h**2 * m, SM),
    ),
    remark=r"Without ridge on white features $\Omega_s$ is $d_s/N$, and the factor $d_s/(N - d_s)$.",
)
s = symbol("s", r"share of a direction that the student learns, $t/(t + \kappa_s)$", positive=True)
COSTS = Claim(
    "sharing_a_direction_costs_iff_it_is_learnt_twice_omega",
    r"For any covariances the teacher's noise on a direction that the student shares costs it more than the same "
    r"noise off its space, in the limit, if and only if the student learns the direction to a share $s$ above $2 "
    r"\Omega_s$.",
    Iff(Compare(_spread, "<", s**2 + _spread * (1 - s) ** 2), Compare(2 * Omega_s, "<", s)),
    Domain((s, Omega_s), (Condition(s, "<=", 1, "a share"), BELOW_ONE_S)),
    WITH_RIDGE,
    (Derivation.same_sign(factor=s / (1 - Omega_s)), Precision()),
    rests_on=(OFF_THE_OVERLAP,),
    rivals=(Compare(Omega_s, "<", s), Compare(2 * Omega_s, "<", s**2), Compare(2 * Omega_s, "<", 1)),
    remark="Discrepancy is a virtue on the directions that the student learns well, and a vice on those that it "
    "shrinks: what it shrinks is better shared.",
)
