"""The complete excess risk of the student, and bounds on its bias."""

from __future__ import annotations

from derivations.dong2025.setting import (
    DISCREPANT,
    FRESH,
    GAP,
    IN_WEAK,
    LABELLED,
    NOISY,
    PAPER,
    RISK,
    RISK_IN,
    TEACHER_FITS,
    TEST,
    A,
    A_pop,
    C,
    ER_in,
    ER_pop,
    N,
    Ps,
    Pw,
    Xw,
    b_s,
    b_w,
    d_s,
    d_sw,
    d_w,
    f_0,
    f_N,
    f_n,
    h,
    k,
    literal_student,
    literal_student_in_sample,
    n,
    only,
    q,
    rho_s,
    rho_w,
    setting,
    sigma2,
    student_risk,
    student_risk_in_sample,
    teacher_noise,
    with_,
    xs,
    xw,
    z_n,
)
from derivations.dong2025.teacher import teacher_fit
from derivations.dong2025.variance import VARIANCE_IN_SAMPLE
from w2s_sym import (
    Asymptotic,
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Precision,
    Quantity,
    Simulation,
    pinv,
    symbol,
    tr,
)

_student = pinv(Ps) @ Pw @ teacher_fit
_population_error = xs @ _student - f_0
_in_sample_error = Ps @ _student - f_N
student_population = Quantity(
    ER_pop,
    "mean squared distance to $f$ of the student at a fresh point",
    tr(_population_error.T @ _population_error),
    setting(only(LABELLED, Xw, f_n, z_n), only(FRESH, Ps, Pw), only(TEST, xs, f_0)),
    literal_student,
)
student_in_sample = Quantity(
    ER_in,
    "mean squared distance to $f$ of the student at the $N$ pseudo-labelled points",
    tr(_in_sample_error.T @ _in_sample_error) * (1 / N),
    setting(only(LABELLED, Xw, f_n, z_n), only(FRESH, Ps, Pw, f_N)),
    literal_student_in_sample,
)
STUDENT = Claim(
    "student_excess_risk_population",
    r"The student's population excess risk is $(\sigma^2 + \rho_w) A'/(n - d_w - 1) + \rho_s + q + h d_s/(N - d_s "
    r"- 1)$, exactly, with $A' = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/(N - d_s - 1)$.",
    Compare(student_population, "=", student_risk),
    RISK,
    PAPER.at("excess risk; complete exact form"),
    (
        Derivation(student_population)
        .expect(xs, f_0, why="the fresh point is independent of the training data")
        .expect(z_n)
        .condition(f_n, on=Xw)
        .expect_residual(f_n, Xw)
        .expect_gram_inverse(Xw)
        .condition(Pw, on=Ps)
        .expect_residual(Pw, Ps)
        .expect_gram_inverse(Ps)
        .in_names(),
        Precision(),
        Simulation(average=("Psi_s0", "f0", "zn")),
    ),
    rivals=(
        student_risk - q,
        student_risk - d_s / (N - d_s - 1) * h,
        student_risk_in_sample,
        sigma2 * A_pop / k + rho_s + q + d_s / (N - d_s - 1) * h,
    ),
)
STUDENT_IN_SAMPLE = Claim(
    "student_excess_risk_in_sample",
    r"The student's in-sample excess risk is $(\sigma^2 + \rho_w) A/(n - d_w - 1) + (1 - d_s/N)(\rho_s + q) + "
    r"(d_s/N) \rho_w$, exactly, with $A = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/N$.",
    Compare(student_in_sample, "=", student_risk_in_sample),
    RISK_IN,
    PAPER.at("excess risk; complete exact form"),
    (
        Derivation(student_in_sample)
        .expect(z_n)
        .condition(f_n, on=Xw)
        .expect_residual(f_n, Xw)
        .expect_gram_inverse(Xw)
        .condition(Pw, f_N, on=Ps)
        .expect_residual((Pw, f_N), Ps)
        .expect(Ps)
        .in_names(),
        Precision(),
        Simulation(average=("zn",)),
    ),
    rivals=(
        teacher_noise * A + rho_s + q,
        sigma2 / k * A + (1 - d_s / N) * (rho_s + q) + d_s / N * rho_w,
        student_risk_in_sample - q,
    ),
)
_gap_error = f_0 - xw @ b_w - xs @ (b_s - C @ b_w)
GAP_QUANTITY = Quantity(
    symbol(
        "G", r"mean square of $f$ after regression on $\psi_w$, then on $\psi_s$ with the gap", "G", nonnegative=True
    ),
    r"mean square of $f - b_w^\top \psi_w - (b_s - C b_w)^\top \psi_s$",
    tr(_gap_error.T @ _gap_error),
    setting(only(TEST, xs, xw, f_0)),
    lambda a, _: float(((a["f0"] - a["Psi_w0"] @ a["b_w"] - a["Psi_s0"] @ (a["b_s"] - a["C"] @ a["b_w"])) ** 2).sum()),
)
GAP_BOUNDED = Claim(
    "student_gap_is_at_most_teacher_error",
    r"$\rho_w - q$ is the mean square of a residual, $f - b_w^\top \psi_w - (b_s - C b_w)^\top \psi_s$; hence $q$ "
    r"is at most $\rho_w$.",
    Compare(GAP_QUANTITY, "=", rho_w - q),
    Domain((d_s, d_w, rho_w, q), (GAP,)),
    PAPER.at("excess risk; the infinite-data bias"),
    (Derivation(GAP_QUANTITY).expect(xs, xw, f_0).in_names(), Precision(), Simulation()),
    rivals=(rho_w + q, rho_w - 2 * q),
)
INFINITE_PSEUDO_LABELS = Claim(
    "infinitely_many_pseudo_labels_leave_the_overlap",
    r"As $N \to \infty$ the student's population excess risk tends to $(\sigma^2 + \rho_w) d_{s\wedge w}/(n - d_w "
    r"- 1) + \rho_s + q$, with an error of order $1/N$.",
    Asymptotic(student_risk, teacher_noise * d_sw + rho_s + q, N),
    with_(RISK, DISCREPANT, NOISY),
    PAPER.at("excess risk; limit"),
    (Derivation(student_risk).limit(N), Precision()),
    rests_on=(STUDENT,),
    rivals=(teacher_noise * d_w + rho_s + q, sigma2 / k * d_sw + rho_s + q, rho_s + q),
)
INFINITE_DATA = Claim(
    "infinite_data_bias",
    r"With $N \to \infty$ first, the student's population excess risk tends to $\rho_s + q$ as $n \to \infty$, "
    r"with an error of order $1/n$.",
    Asymptotic(teacher_noise * d_sw + rho_s + q, rho_s + q, n),
    with_(
        Domain((d_sw, d_w, n, sigma2, rho_w, rho_s, q), (IN_WEAK, TEACHER_FITS, GAP)),
        NOISY,
        Condition(d_sw, ">", 0, "choose overlapping subspaces"),
    ),
    PAPER.at("excess risk; limit"),
    (Derivation(teacher_noise * d_sw + rho_s + q).limit(n), Precision()),
    rests_on=(INFINITE_PSEUDO_LABELS, GAP_BOUNDED),
    rivals=(rho_s + rho_w, rho_s),
)
corrected_bound = teacher_noise * A + rho_w + rho_s
CORRECTED_BIAS_BOUND = Claim(
    "corrected_in_sample_bound",
    r"The student's in-sample excess risk is at most $(\sigma^2 + \rho_w) A/(n - d_w - 1) + \rho_w + \rho_s$ with "
    r"$A = d_{s\wedge w} + (d_w - d_{s\wedge w}) d_s/N$.",
    Compare(student_risk_in_sample, "<=", corrected_bound),
    RISK_IN,
    PAPER.at("bias of the student; corrected"),
    (Derivation(student_risk_in_sample).bound("<=", corrected_bound), Precision()),
    rests_on=(STUDENT_IN_SAMPLE, GAP_BOUNDED),
    rivals=(teacher_noise * A + rho_s, sigma2 / k * A + rho_w + rho_s),
    remark=r"The printed bound has $\sigma^2$ in place of $\sigma^2 + \rho_w$; see printed_bias_bound_fails.",
)
ORTHOGONAL_TEACHER = {
    d_sw: 1, d_s: 2, d_w: 100, N: 10**6, n: 111, sigma2: 1, rho_w: 100, rho_s: 0, q: 100,
}  # fmt: skip
PRINTED_BIAS_FAILS = Claim(
    "printed_bias_bound_fails",
    r"There is a setting where the student's in-sample bias (excess risk minus variance) exceeds $\rho_w + "
    r"\rho_s$: $f$ in the student's space and orthogonal to the teacher's, $d_s = 2$, $d_w = 100$, $d_{s\wedge w} "
    r"= 1$, $n = 111$, $N = 10^6$.",
    Compare(student_risk_in_sample - sigma2 / k * A, ">", rho_w + rho_s),
    RISK_IN,
    PAPER.at("bias of the student; as printed"),
    (Precision(),),
    witness=ORTHOGONAL_TEACHER,
    rests_on=(STUDENT_IN_SAMPLE, VARIANCE_IN_SAMPLE),
    rivals=(teacher_noise * A + rho_w + rho_s,),
    remark="The bias there is about 110.0, the printed bound 100: the teacher fits its own error as noise.",
)
