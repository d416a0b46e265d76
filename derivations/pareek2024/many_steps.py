"""Several steps of self-distillation: what they can reach, and what no shrinkage can."""

from __future__ import annotations

from derivations.classics.one_direction import a, b, h, s
from derivations.pareek2024.letters import PAREEK, best, c, lam, risk, share, sigma2, student_share, unseen, xi
from w2s_sym import Claim, Compare, Condition, Derivation, Domain, Precision, any_spectrum, symbol, total

STEPS = unseen(PAREEK, "k-step self-distillation on a fixed design")
BELOW_ONE = Condition(a, "<", 1, "a ridge keeps less than all: take a share below 1")

SC = any_spectrum(
    "S_c", "the directions: eigenvalue, truth, weight in the test error, and any share c kept", s, b, h, c
)
_any = total(risk(c), SC)
_least = best.xreplace({best.over: SC})
BOUND = Claim(
    "no_shrinkage_beats_the_bound",
    r"Whatever share $c$ of the least-squares coefficient is kept on each direction, the mean risk is at least "
    r"$\sum h \sigma^2 \beta^2/(s \beta^2 + \sigma^2)$, where a direction has the eigenvalue $s$, the truth "
    r"$\beta$ and the weight $h$ in the test error.",
    Compare(_any, ">=", _least),
    Domain((SC, sigma2)),
    unseen(PAREEK, "lower bound on the risk of shrinkages of the least-squares solution"),
    (
        Derivation(_any).bound(
            ">=",
            _least,
            by=-total(h * (c * (s * b**2 + sigma2) - s * b**2) ** 2 / (s * (s * b**2 + sigma2)), SC),
        ),
        Precision(),
    ),
    rivals=(total(h * sigma2 * b**2 / (b**2 + sigma2), SC), 2 * _least),
    remark=r"It is attained at $c = s \beta^2/(s \beta^2 + \sigma^2)$ and nowhere else: an oracle, for it uses "
    r"the truth. Self-distillation with any number of steps, any weights and any penalty is such a "
    r"shrinkage.",
)
OWN = (sigma2 - lam * b**2) * (s + lam) / (lam * (s * b**2 + sigma2))
ONE_DIRECTION = Claim(
    "one_step_attains_the_bound_on_one_direction",
    r"With a direction's own best weight $m = (\sigma^2 - \lambda \beta^2)(s + \lambda)/(\lambda (s \beta^2 + "
    r"\sigma^2))$ one step attains the least risk on it, whatever the penalty.",
    Compare(risk(student_share(share, OWN)), "=", h * sigma2 * b**2 / (s * b**2 + sigma2)),
    Domain((s, b, h, lam, sigma2)),
    STEPS,
    (Derivation(risk(student_share(share, OWN))).rewrite(h * sigma2 * b**2 / (s * b**2 + sigma2)), Precision()),
    rivals=(h * sigma2 * b**2 / (b**2 + sigma2), h * sigma2 / s, risk(share)),
    remark="With several directions one weight has to serve all of them: that is what more steps are for.",
)
y = symbol("y", "weight of one step that would give the previous student's share", real=True)
INDUCTION = Claim(
    "another_step_is_one_step_with_a_weight_that_varies",
    r"A further step with weight $\xi$ after a student that keeps $a - y a (1 - a)$ keeps $a - \xi (1 + a y) a (1 "
    r"- a)$: $k$ steps are one step whose weight is a polynomial in the teacher's share $a$ of degree $k - 1$.",
    Compare(a * (1 - xi + xi * student_share(a, y)), "=", student_share(a, xi * (1 + a * y))),
    Domain((a, xi, y), (BELOW_ONE,)),
    STEPS,
    (Derivation(a * (1 - xi + xi * student_share(a, y))), Precision()),
    rivals=(student_share(a, xi * (1 + y)), student_share(a, xi * a * y), student_share(a, xi + a * y)),
    remark=r"Start at $y = 0$, the teacher; then $y = \xi_1$, $\xi_2 (1 + a \xi_1)$, $\xi_3 (1 + a \xi_2 (1 + a "
    r"\xi_1))$, and so on.",
)

a_1 = symbol("a_1", "share that the teacher keeps on direction 1", positive=True)
a_2 = symbol("a_2", "share that the teacher keeps on direction 2", positive=True)
m_1 = symbol("m_1", "best weight of direction 1 alone", real=True)
m_2 = symbol("m_2", "best weight of direction 2 alone", real=True)
_cross = a_1 * m_2 - a_2 * m_1
_first, _second = (m_1 - m_2) / _cross, _cross / (a_1 - a_2)
_PAIR = (
    Condition(a_1, "!=", a_2, "take two different eigenvalues"),
    Condition(_cross, "!=", 0, "the last weight would be zero"),
)
TWO = Claim(
    "two_steps_serve_two_directions",
    r"On two different eigenvalues with the teacher's shares $a_1$ and $a_2$, the weights $\xi_1 = (m_1 - "
    r"m_2)/(a_1 m_2 - a_2 m_1)$ and $\xi_2 = (a_1 m_2 - a_2 m_1)/(a_1 - a_2)$ give direction 1 its own best "
    r"weight $m_1$, and direction 2 by symmetry: two steps attain the bound.",
    Compare(_second * (1 + a_1 * _first), "=", m_1),
    Domain((a_1, a_2, m_1, m_2), _PAIR),
    unseen(PAREEK, "r steps suffice for r different eigenvalues"),
    (Derivation(_second * (1 + a_1 * _first)), Precision()),
    rests_on=(INDUCTION, ONE_DIRECTION),
    rivals=(m_2, m_1 * a_1, (m_1 + m_2) / 2),
    remark="The weights are symmetric under an exchange of the two directions. With $r$ different eigenvalues a "
    "polynomial of degree $r - 1$ passes through any $r$ best weights, so $r$ steps suffice unless an "
    "intermediate weight is zero; then the bound is an infimum.",
)

f_1 = symbol("f_1", r"signal $s \beta^2$ on one of two directions with the same eigenvalue", nonnegative=True)
f_2 = symbol("f_2", r"signal $s \beta^2$ on the other of them", nonnegative=True)
_same = (1 - c) ** 2 * (f_1 + f_2) + 2 * c**2 * sigma2
_joint = 2 * sigma2 * (f_1 + f_2) / (f_1 + f_2 + 2 * sigma2)
_apart = sigma2 * f_1 / (f_1 + sigma2) + sigma2 * f_2 / (f_2 + sigma2)
REPEATED = Claim(
    "a_repeated_eigenvalue_shares_one_shrinkage",
    r"Two directions with the same eigenvalue are shrunk alike by ridge and by every number of steps: their "
    r"prediction risk is then at least $2 \sigma^2 (f_1 + f_2)/(f_1 + f_2 + 2 \sigma^2)$, where $f_1$ and $f_2$ "
    r"are their signals $s \beta^2$.",
    Compare(_same, ">=", _joint),
    Domain((c, f_1, f_2, sigma2)),
    STEPS.at("why eigenvalues must differ", "derived"),
    (
        Derivation(_same).bound(
            ">=",
            _joint,
            by=-((c * (f_1 + f_2 + 2 * sigma2) - f_1 - f_2) ** 2) / (f_1 + f_2 + 2 * sigma2),
        ),
        Precision(),
    ),
    rivals=(2 * _joint, f_1 + f_2),
)
REPEATED_COST = Claim(
    "a_repeated_eigenvalue_keeps_the_bound_out_of_reach",
    r"Where two directions with the same eigenvalue have different signals $f_1$ and $f_2$, their least risk "
    r"exceeds the bound for separate shares by $\sigma^4 (f_1 - f_2)^2/((f_1 + \sigma^2)(f_2 + \sigma^2)(f_1 + "
    r"f_2 + 2 \sigma^2))$.",
    Compare(
        _joint - _apart,
        "=",
        sigma2**2 * (f_1 - f_2) ** 2 / ((f_1 + sigma2) * (f_2 + sigma2) * (f_1 + f_2 + 2 * sigma2)),
    ),
    Domain((f_1, f_2, sigma2)),
    STEPS.at("why eigenvalues must differ", "derived"),
    (Derivation(_joint - _apart), Precision()),
    rests_on=(REPEATED,),
    rivals=(
        sigma2**2 * (f_1 - f_2) ** 2 / ((f_1 + sigma2) * (f_2 + sigma2) * (f_1 + f_2 + sigma2)),
        sigma2 * (f_1 - f_2) ** 2 / ((f_1 + sigma2) * (f_2 + sigma2)),
    ),
    remark="So that the eigenvalues differ is needed, and not only convenient.",
)

CLAIMS = (BOUND, ONE_DIRECTION, INDUCTION, TWO, REPEATED, REPEATED_COST)
