r"""Dong, Li, Li, Lee, Lei (ICML 2025): what a weak teacher's noise becomes in a strong student.

*Discrepancies are virtue: weak-to-strong generalization through lens of intrinsic dimension.* arXiv:2502.05075.

Setting. One point has whitened features psi_s in R^{d_s} (strong) and psi_w in R^{d_w} (weak) and a target value f,
jointly Gaussian, with C = E[psi_s psi_w'], b_s = E[psi_s f], b_w = E[psi_w f]. Labels carry noise of variance
sigma2. The weak teacher is least squares on n labelled points, the strong student is least squares on the teacher's
predictions at N fresh points.

Symbols. d_sw = |C|_F^2 (correlation dimension); rho_s = Var f - |b_s|^2 and rho_w = Var f - |b_w|^2 (squared
approximation errors); q = |b_s - C b_w|^2; h = b_w'(I - C'C) b_w.

Risks are excess risks: mean squared distance to f, without the label noise of a test point. *Population* means a
fresh point, *in-sample* the N pseudo-labelled points themselves. The paper's bounds are called printed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Asymptotic, Compare, Equation, Iff
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.evidence.simulation.simulation import Simulation
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import N, d_s, d_sw, d_w, n, sigma2
from w2s_sym.formula.notation import symbol
from w2s_sym.matrices.experiment import Quantity, Sample, Setting
from w2s_sym.matrices.samplers import cross_covariance
from w2s_sym.matrices.traces import tr
from w2s_sym.matrices.words import Mat, fixed, gaussian, identity, pinv, power, projector

PAPER = Source(
    key="dong2025",
    authors="Y. Dong, Y. Li, Y. Li, J. D. Lee, Q. Lei",
    title="Discrepancies are Virtue: Weak-to-Strong Generalization through Lens of Intrinsic Dimension",
    year=2025,
    venue="International Conference on Machine Learning (ICML)",
    arxiv="2502.05075",
)

rho_w = symbol("rho_w", "squared approximation error of the weak features", r"\rho_w", nonnegative=True)
rho_s = symbol("rho_s", "squared approximation error of the strong features", r"\rho_s", nonnegative=True)
q = symbol("q", "|b_s - C b_w|^2, the student's bias with infinite data on both sides", nonnegative=True)
h = symbol("h", "b_w'(I - C'C) b_w, the part of the teacher's signal outside the student's space", nonnegative=True)
var_f = symbol("var_f", "variance of the target f", r"\operatorname{Var} f", nonnegative=True)

ER_w = symbol("ER_w", "excess risk of the weak teacher", r"\mathrm{ER}_w", positive=True)
ER_s = symbol(
    "ER_s", "excess risk of the strong baseline, trained on the n true labels", r"\mathrm{ER}_s", positive=True
)
ER_c = symbol(
    "ER_c", "excess risk of the strong ceiling, trained on n + N true labels", r"\mathrm{ER}_c", positive=True
)
ER_pop = symbol("ER_w2s_pop", "population excess risk of the student", r"\mathrm{ER}_{\mathrm{w2s}}", positive=True)
ER_in = symbol(
    "ER_w2s_in", "in-sample excess risk of the student", r"\widehat{\mathrm{ER}}_{\mathrm{w2s}}", positive=True
)

# -- the experiment ------------------------------------------------------------------------------------------

C = fixed("C", d_s, d_w)
b_s = fixed("b_s", d_s, 1)
b_w = fixed("b_w", d_w, 1)
_ONE = identity(sp.Integer(1))


def points(rows: sp.Expr, tag: str) -> tuple[Mat, Mat, Mat, Mat, Sample]:
    """A sample of points: (Psi_s, Psi_w, f, z, their joint law)."""
    strong = gaussian(f"Psi_s{tag}", rows, d_s, rf"\Psi_s^{{{tag}}}")
    weak = gaussian(f"Psi_w{tag}", rows, d_w, rf"\Psi_w^{{{tag}}}")
    f = gaussian(f"f{tag}", rows, 1, rf"f^{{{tag}}}")
    z = gaussian(f"z{tag}", rows, 1, rf"z^{{{tag}}}")
    law = {(strong, weak): C, (strong, f): b_s, (weak, f): b_w, (f, f): var_f * _ONE, (z, z): sigma2 * _ONE}
    return strong, weak, f, z, Sample.of(rows, (strong, weak, f, z), law)


def realise(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Fixed matrices at given sizes: cosines between the subspaces, and f = a'psi_s + b'psi_w + independent rest."""
    rows, cols = int(point["d_s"]), int(point["d_w"])
    wanted = point.get("d_sw", min(rows, cols) * rng.uniform(0.2, 0.8))
    cross = cross_covariance(rows, cols, float(wanted), rng)
    a = rng.standard_normal(rows) / np.sqrt(rows)
    b = rng.standard_normal(cols) / np.sqrt(cols)
    rest = rng.uniform(0.2, 1.0)
    return {
        "C": cross,
        "b_s": (a + cross @ b)[:, None],
        "b_w": (cross.T @ a + b)[:, None],
        "var_f": float(a @ a + b @ b + 2 * a @ cross @ b + rest),
        "sigma2": float(point.get("sigma2", rng.uniform(0.3, 1.5))),
    }


def only(sample: Sample, *blocks: Mat) -> Sample:
    """The sample with these blocks alone."""
    names = {b.atom.name for b in blocks}
    kept = tuple(b for b in sample.blocks if b.name in names)
    return Sample(sample.rows, kept, {k: v for k, v in sample.covariance.items() if set(k) <= names})


def setting(*samples: Sample) -> Setting:
    """The experiment on these samples; results are stated in d_sw, rho_w, rho_s, q and h."""
    gap = b_s - C @ b_w
    return Setting(
        samples,
        (
            (d_sw, tr(C.T @ C)),
            (rho_w, var_f - tr(b_w.T @ b_w)),
            (rho_s, var_f - tr(b_s.T @ b_s)),
            (q, tr(gap.T @ gap)),
            (h, tr(b_w.T @ b_w) - tr(b_w.T @ C.T @ C @ b_w)),
        ),
        realise,
        rounded=True,
    )


Xs, Xw, f_n, z_n, LABELLED = points(n, "n")
Ps, Pw, f_N, _, FRESH = points(N, "N")
xs, xw, f_0, _, TEST = points(sp.Integer(1), "0")

# -- least squares, by hand: the independent reading of every word below -------------------------------------


def _fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0])


def _teacher(a: Mapping[str, np.ndarray]) -> np.ndarray:
    return _fit(a["Psi_wn"], a["fn"] + a["zn"])


def literal_weak(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared error of the weak teacher at a fresh point."""
    return float(((a["Psi_w0"] @ _teacher(a) - a["f0"]) ** 2).sum())


def literal_strong(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared error at a fresh point of the strong model trained on true labels."""
    return float(((a["Psi_s0"] @ _fit(a["Psi_sn"], a["fn"] + a["zn"]) - a["f0"]) ** 2).sum())


def literal_student(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared error of the student at a fresh point."""
    student = _fit(a["Psi_sN"], a["Psi_wN"] @ _teacher(a))
    return float(((a["Psi_s0"] @ student - a["f0"]) ** 2).sum())


def literal_student_in_sample(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Mean squared error of the student at the N pseudo-labelled points."""
    student = _fit(a["Psi_sN"], a["Psi_wN"] @ _teacher(a))
    return float(((a["Psi_sN"] @ student - a["fN"]) ** 2).mean())


def literal_teacher_noise(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared length of the teacher's response to label noise."""
    return float((_fit(a["Psi_wn"], a["zn"]) ** 2).sum())


def literal_student_noise(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared length of the student's response to the teacher's label noise."""
    return float((_fit(a["Psi_sN"], a["Psi_wN"] @ _fit(a["Psi_wn"], a["zn"])) ** 2).sum())


def literal_student_noise_in_sample(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """The same response, as a mean square over the N points."""
    student = _fit(a["Psi_sN"], a["Psi_wN"] @ _fit(a["Psi_wn"], a["zn"]))
    return float(((a["Psi_sN"] @ student) ** 2).mean())


# -- closed forms --------------------------------------------------------------------------------------------

k = n - d_w - 1
A = d_sw + d_s / N * (d_w - d_sw)
A_pop = d_sw + d_s / (N - d_s - 1) * (d_w - d_sw)
teacher_noise = (sigma2 + rho_w) / k

weak_risk = teacher_noise * d_w + rho_w
student_risk = teacher_noise * A_pop + rho_s + q + d_s / (N - d_s - 1) * h
student_risk_in_sample = teacher_noise * A + (1 - d_s / N) * (rho_s + q) + d_s / N * rho_w
strong_risk = (sigma2 + rho_s) * d_s / (n - d_s - 1) + rho_s
ceiling_risk = (sigma2 + rho_s) * d_s / (n + N - d_s - 1) + rho_s

rho = rho_w + rho_s
B = rho / sigma2
printed_pgr = 1 - n / k * A / d_w - n / d_w * B
printed_opr = 1 / (n / k * A / d_s + n / d_s * B)
pgr = (weak_risk - student_risk) / (weak_risk - ceiling_risk)
pgr_in_sample = (weak_risk - student_risk_in_sample) / (weak_risk - ceiling_risk)
opr = strong_risk / student_risk
opr_in_sample = strong_risk / student_risk_in_sample

TEACHER_FITS = Condition(n, ">", d_w + 1, "give the weak teacher more labels or fewer features")
BASELINE_FITS = Condition(n, ">", d_s + 1, "give the strong baseline more labels or fewer features")
CEILING_FITS = Condition(n + N, ">", d_s + 1, "give the strong ceiling more labels or fewer features")
STUDENT_FITS = Condition(N, ">=", d_s, "give the student more pseudo-labels or fewer features")
STUDENT_MEAN = Condition(N, ">", d_s + 1, "give the student more pseudo-labels or fewer features")
IN_STRONG = Condition(d_s, ">=", d_sw, "the correlation dimension is at most min(d_s, d_w)")
IN_WEAK = Condition(d_w, ">=", d_sw, "the correlation dimension is at most min(d_s, d_w)")
GAP = Condition(q, "<=", rho_w, "q is at most rho_w for jointly Gaussian features")
NOISY = Condition(sigma2, ">", 0, "give the labels some noise")
DISCREPANT = Condition(d_w, ">", d_sw, "choose weak features outside the student's space")

TEACHER = Domain((d_w, n, sigma2, rho_w), (TEACHER_FITS,))
VARIANCE_IN = Domain((d_sw, d_s, d_w, N, n, sigma2), (IN_STRONG, IN_WEAK, STUDENT_FITS, TEACHER_FITS))
VARIANCE = Domain((d_sw, d_s, d_w, N, n, sigma2), (IN_STRONG, IN_WEAK, STUDENT_MEAN, TEACHER_FITS))
RISK_IN = Domain((*VARIANCE_IN.symbols, rho_w, rho_s, q), (*VARIANCE_IN.conditions, GAP))
RISK = Domain((*VARIANCE.symbols, rho_w, rho_s, q, h), (*VARIANCE.conditions, GAP))
BASELINE = Domain((d_s, n, sigma2, rho_s), (BASELINE_FITS,))
CEILING = Domain((d_s, N, n, sigma2, rho_s), (CEILING_FITS,))


def with_(domain: Domain, *conditions: Condition, symbols: tuple[sp.Symbol, ...] = ()) -> Domain:
    """A domain with more conditions (and symbols)."""
    return Domain((*domain.symbols, *symbols), (*domain.conditions, *conditions))


# -- result 1: the weak teacher ------------------------------------------------------------------------------

_teacher_fit = pinv(Xw) @ (f_n + z_n)
_weak_error = xw @ _teacher_fit - f_0
weak_excess_risk = Quantity(
    ER_w,
    "mean squared distance to f of the weak teacher at a fresh point",
    tr(_weak_error.T @ _weak_error),
    setting(only(LABELLED, Xw, f_n, z_n), only(TEST, xw, f_0)),
    literal_weak,
)
WEAK = Claim(
    "weak_teacher_excess_risk",
    "The weak teacher's excess risk is (sigma2 + rho_w) d_w / (n - d_w - 1) + rho_w, exactly: it fits its own "
    "approximation error as if it were noise.",
    Compare(weak_excess_risk, "=", weak_risk),
    TEACHER,
    PAPER.at("weak teacher; exact form"),
    (
        Derivation(weak_excess_risk)
        .expect(xw, f_0, why="the fresh point is independent of the training data")
        .expect(z_n)
        .condition(f_n, on=Xw)
        .expect_residual(f_n, Xw)
        .expect_gram_inverse(Xw)
        .in_names(),
        Precision(),
        Simulation(average=("Psi_w0", "f0", "zn")),
    ),
    rivals=(sigma2 * d_w / k + rho_w, (sigma2 + rho_w) * d_w / (n - d_w) + rho_w, sigma2 * d_w / n + rho_w),
)

_teacher_response = pinv(Xw) @ z_n
V_w = symbol("V_w", "variance of the weak teacher", r"\mathrm{Var}_w", nonnegative=True)
weak_variance = Quantity(
    V_w,
    "mean squared length of the teacher's response to label noise",
    tr(_teacher_response.T @ _teacher_response),
    setting(only(LABELLED, Xw, z_n)),
    literal_teacher_noise,
)
WEAK_VARIANCE = Claim(
    "weak_teacher_variance",
    "The variance of the weak teacher is sigma2 d_w / (n - d_w - 1), exactly.",
    Compare(weak_variance, "=", sigma2 * d_w / k),
    Domain((d_w, n, sigma2), (TEACHER_FITS,)),
    PAPER.at("weak teacher; exact form"),
    (
        Derivation(weak_variance).expect(z_n).expect_gram_inverse(Xw).in_names(),
        Precision(),
        Simulation(average=("zn",)),
    ),
    rivals=(sigma2 * d_w / n, sigma2 * d_w / (n - d_w)),
)

# -- results 2 and 3: the variance of the student ------------------------------------------------------------

_student_response = pinv(Ps) @ Pw @ _teacher_response
V_in = symbol("V_in", "in-sample variance of the student", r"\widehat{\mathrm{Var}}_{\mathrm{w2s}}", nonnegative=True)
V_pop = symbol("V_pop", "population variance of the student", r"\mathrm{Var}_{\mathrm{w2s}}", nonnegative=True)
_fitted = Ps @ _student_response
_noise_setting = setting(only(LABELLED, Xw, z_n), only(FRESH, Ps, Pw))
variance_in_sample = Quantity(
    V_in,
    "mean square, over the N pseudo-labelled points, of the student's response to the teacher's label noise",
    tr(_fitted.T @ _fitted) * (1 / N),
    _noise_setting,
    literal_student_noise_in_sample,
)
variance_population = Quantity(
    V_pop,
    "mean squared length of the student's response to the teacher's label noise",
    tr(_student_response.T @ _student_response),
    _noise_setting,
    literal_student_noise,
)
VARIANCE_IN_SAMPLE = Claim(
    "variance_inherited_in_overlap",
    "The student's in-sample variance is that of the teacher, inherited in full on d_sw dimensions and reduced by "
    "the factor d_s/N on the other d_w - d_sw, exactly.",
    Compare(variance_in_sample, "=", sigma2 / k * A),
    VARIANCE_IN,
    PAPER.at("main theorem on the variance; its n-asymptotic form is printed", "source"),
    (
        Derivation(variance_in_sample)
        .expect(z_n)
        .expect_gram_inverse(Xw)
        .condition(Pw, on=Ps)
        .expect_residual(Pw, Ps, why="tr P = d_s carries the factor d_s/N")
        .expect(Ps)
        .in_names(),
        Precision(),
        Simulation(average=("zn",)),
    ),
    rivals=(
        sigma2 / k * A_pop,
        sigma2 / n * A,
        sigma2 / (n - d_w) * A,
        sigma2 / k * d_sw,
        sigma2 / k * (d_sw + d_w / N * (d_s - d_sw)),
    ),
    remark="Joint Gaussianity is used: see gaussianity_is_needed. The paper prints sigma2 A / n, its limit in n.",
)
VARIANCE_POPULATION = Claim(
    "population_variance_has_the_inverse_wishart_factor",
    "The student's population variance has d_s/(N - d_s - 1) in place of d_s/N, exactly.",
    Compare(variance_population, "=", sigma2 / k * A_pop),
    VARIANCE,
    PAPER.at("population form"),
    (
        Derivation(variance_population)
        .expect(z_n)
        .expect_gram_inverse(Xw)
        .condition(Pw, on=Ps)
        .expect_residual(Pw, Ps)
        .expect_gram_inverse(Ps)
        .in_names(),
        Precision(),
        Simulation(average=("zn",)),
    ),
    rivals=(sigma2 / k * A, sigma2 / k * (d_sw + d_s / (N - d_s) * (d_w - d_sw)), sigma2 / n * A_pop),
)
IN_SAMPLE_IS_NOT_POPULATION = Claim(
    "in_sample_variance_is_below_population_variance",
    "Whenever the weak features leave the student's space, the in-sample variance is strictly below the population "
    "variance: one form cannot stand for the other.",
    Compare(sigma2 / k * A, "<", sigma2 / k * A_pop),
    with_(VARIANCE, DISCREPANT, NOISY),
    PAPER.at("the synthetic experiment measures population risk"),
    (Derivation(sigma2 / k * A).bound("<", sigma2 / k * A_pop), Precision()),
    rests_on=(VARIANCE_IN_SAMPLE, VARIANCE_POPULATION),
    rivals=(sigma2 / k * (d_sw + d_s / (N + 1) * (d_w - d_sw)),),
)

x_N = gaussian("x", N, 1)
_hermite = (power(x_N, 2) - power(x_N, 0)) * (1 / sp.sqrt(2))
_hermite_fit = projector(x_N) @ _hermite
hermite_factor = (15 * N / (N + 4) - 6 * N / (N + 2) + 1) / (2 * N)


def literal_hermite(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """In-sample mean square of the regression of (x^2 - 1)/sqrt(2) on x."""
    w = (a["x"] ** 2 - 1) / np.sqrt(2)
    return float(((a["x"] * _fit(a["x"], w)) ** 2).mean())


hermite_variance = Quantity(
    symbol("F_herm", "in-sample factor of the pair x, (x^2 - 1)/sqrt(2)", r"F_{\mathrm{He}}", nonnegative=True),
    "in-sample share of a unit teacher noise that the student keeps, for psi_s = x and psi_w = (x^2 - 1)/sqrt(2)",
    tr(_hermite_fit.T @ _hermite_fit) * (1 / N),
    Setting((Sample.of(N, (x_N,)),), (), lambda point, rng: {}),
    literal_hermite,
)
_SIZES = Domain((N,))
HERMITE = Claim(
    "uncorrelated_hermite_pair_keeps_its_own_factor",
    "For psi_s = x and psi_w = (x^2 - 1)/sqrt(2), uncorrelated but not jointly Gaussian, the in-sample factor is "
    "(15N/(N+4) - 6N/(N+2) + 1)/(2N), exactly.",
    Compare(hermite_variance, "=", hermite_factor),
    _SIZES,
    PAPER.at("main theorem on the variance; a pair outside its hypothesis"),
    (Derivation(hermite_variance).expect_polar(x_N).in_names(), Precision(), Simulation()),
    rivals=(1 / N, 5 / N),
)
GAUSSIANITY = Claim(
    "gaussianity_is_needed",
    "That factor exceeds the 1/N of the variance theorem (d_s = 1, d_sw = 0) for every N > 1.",
    Compare(1 / N, "<", hermite_factor),
    Domain((N,), (Condition(N, ">", 1, "take more than one pseudo-label"),)),
    PAPER.at("main theorem on the variance; why it needs joint Gaussianity"),
    (Derivation(1 / N).bound("<", hermite_factor), Precision()),
    rests_on=(HERMITE, VARIANCE_IN_SAMPLE),
    rivals=(1 / (N + 1),),
)
HERMITE_LIMIT = Claim(
    "hermite_factor_tends_to_five_over_n",
    "N times that factor tends to 5, with an error of order 1/N.",
    Asymptotic(sp.expand(N * hermite_factor), sp.Integer(5), N),
    _SIZES,
    PAPER.at("main theorem on the variance; a pair outside its hypothesis"),
    (Derivation(sp.expand(N * hermite_factor)).limit(N), Precision()),
    rests_on=(HERMITE,),
    rivals=(sp.Integer(1), sp.Rational(9, 2)),
)

# -- result 4: which overlap counts --------------------------------------------------------------------------

D = symbol("D", "dimension of the common isotropic vector g", integer=True, positive=True)
c_left = symbol("c_left", "|L_s'L_w|_F^2, overlap of the roots' column spaces", r"|L_s^\top L_w|_F^2", nonnegative=True)
c_right = symbol(
    "c_right", "|R_s'R_w|_F^2, overlap of the covariances' eigenbases", r"|R_s^\top R_w|_F^2", nonnegative=True
)
L_s, L_w = fixed("L_s", D, d_s, orthonormal=True), fixed("L_w", D, d_w, orthonormal=True)
R_s, R_w = fixed("R_s", D, d_s, orthonormal=True), fixed("R_w", D, d_w, orthonormal=True)
g1, g2 = gaussian("g1", 1, D), gaussian("g2", 1, D)
_kernels = tr(g1 @ L_s @ L_s.T @ g2.T @ g2 @ L_w @ L_w.T @ g1.T)
_overlaps = ((c_left, tr(L_s.T @ L_w @ L_w.T @ L_s)), (c_right, tr(R_s.T @ R_w @ R_w.T @ R_s)))
_PAIR = (Sample.of(1, (g1,)), Sample.of(1, (g2,)))


def frames(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Four random frames in R^D."""
    sizes = {"L_s": "d_s", "L_w": "d_w", "R_s": "d_s", "R_w": "d_w"}
    shape = int(point["D"])
    return {name: np.linalg.qr(rng.standard_normal((shape, int(point[size]))))[0] for name, size in sizes.items()}


def _whitened(phi: np.ndarray, root: np.ndarray) -> np.ndarray:
    """Features phi = g root, whitened by the pseudo-inverse root of their covariance root'root."""
    values, vectors = np.linalg.eigh(root.T @ root)
    keep = values > values.max() * 1e-12
    return np.asarray(phi @ vectors[:, keep] / np.sqrt(values[keep]))


def _alignment(a: Mapping[str, np.ndarray], root_s: np.ndarray, root_w: np.ndarray) -> float:
    s1, s2 = _whitened(a["g1"] @ root_s, root_s), _whitened(a["g2"] @ root_s, root_s)
    w1, w2 = _whitened(a["g1"] @ root_w, root_w), _whitened(a["g2"] @ root_w, root_w)
    return float(((s1 @ s2.T) * (w1 @ w2.T)).sum())


def literal_alignment(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """The two kernels of features phi = g L diag R', whitened from their covariances alone."""
    scale_s, scale_w = np.arange(1.0, a["L_s"].shape[1] + 1), np.arange(1.0, a["L_w"].shape[1] + 1)
    return _alignment(a, (a["L_s"] * scale_s) @ a["R_s"].T, (a["L_w"] * scale_w) @ a["R_w"].T)


def literal_symmetric_alignment(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """The same for symmetric roots: features phi = Sigma^{1/2} g."""
    scale_s, scale_w = np.arange(1.0, a["L_s"].shape[1] + 1), np.arange(1.0, a["L_w"].shape[1] + 1)
    return _alignment(a, (a["L_s"] * scale_s) @ a["L_s"].T, (a["L_w"] * scale_w) @ a["L_w"].T)


_FITS = (Condition(D, ">=", d_s), Condition(D, ">=", d_w))
alignment = Quantity(
    symbol("K_sw", "E[k_s(x, x') k_w(x, x')] for two independent points", r"\mathbb{E}[k_s k_w]", nonnegative=True),
    "correlation dimension, as the alignment of the two whitened kernels at two independent points",
    _kernels,
    Setting(_PAIR, _overlaps, frames, rounded=True),
    literal_alignment,
)
symmetric_alignment = Quantity(
    symbol(
        "K_sym", "E[k_s k_w] when both roots are symmetric", r"\mathbb{E}[k_s k_w]_{\mathrm{sym}}", nonnegative=True
    ),
    "correlation dimension of features with symmetric roots, phi = Sigma^{1/2} g with one g",
    _kernels,
    Setting(_PAIR, (_overlaps[0],), frames, rounded=True),
    literal_symmetric_alignment,
)
CORRELATION_DIMENSION = Claim(
    "correlation_dimension_is_the_overlap_of_root_columns",
    "For features phi = g L diag R' with one isotropic g, the correlation dimension is |L_s'L_w|_F^2; the eigenbases "
    "R of the covariances do not enter.",
    Compare(alignment, "=", c_left),
    Domain((d_s, d_w, D, c_left, c_right), _FITS),
    PAPER.at("correlation dimension"),
    (Derivation(alignment).expect(g1).expect(g2).in_names(), Precision(), Simulation()),
    rivals=(c_right,),
)
SYMMETRIC_ROOTS = Claim(
    "eigenbasis_overlap_suffices_for_symmetric_roots",
    "For phi = Sigma^{1/2} g with symmetric roots and one isotropic g, the overlap of the covariances' eigenbases is "
    "the correlation dimension.",
    Compare(symmetric_alignment, "=", c_left),
    Domain((d_s, d_w, D, c_left), _FITS),
    PAPER.at("correlation dimension"),
    (Derivation(symmetric_alignment).expect(g1).expect(g2).in_names(), Precision(), Simulation()),
    rivals=(c_left / d_s,),
    remark="With symmetric roots L = R: the columns of L are the eigenbasis of the covariance.",
)
cos_left = symbol("x", "cosine between e_1 and the direction that a rank-one root reads", real=True)
cos_right = symbol("y", "cosine between e_1 and the direction that a rank-one root writes", real=True)
_COSINES = Domain(
    (cos_left, cos_right),
    tuple(
        Condition(c, r, b) for c in (cos_left, cos_right) for r, b in ((">=", sp.Integer(-1)), ("<=", sp.Integer(1)))
    ),
)


def _two_roots(name: str, sentence: str, left: int, right: int, rival: sp.Expr) -> Claim:
    """One member of the family phi_s = g_1 e_1, phi_w = (l'g) r with unit l and r."""
    return Claim(
        name,
        sentence,
        Compare(cos_left**2, "!=", cos_right**2),
        _COSINES,
        PAPER.at("correlation dimension"),
        (Precision(),),
        witness={cos_left: left, cos_right: right},
        rests_on=(CORRELATION_DIMENSION,),
        rivals=(rival,),
        remark="With one-dimensional features |L_s'L_w|^2 and |R_s'R_w|^2 are the two squared cosines.",
    )


OVERLAP_ZERO = _two_roots(
    "eigenbasis_overlap_can_miss_all_correlation",
    "Let phi_s = g_1 e_1 and phi_w = (l'g) r, x = l_1, y = r_1: d_sw = x^2 and the eigenbasis overlap y^2 differ for "
    "phi_s = (g_1, 0), phi_w = (0, g_1), where x = 1 and y = 0.",
    1,
    0,
    cos_right**2 + 1,
)
OVERLAP_ONE = _two_roots(
    "eigenbasis_overlap_can_invent_correlation",
    "In the same family they differ for phi_s = g_1 e_1, phi_w = g_2 e_1, where x = 0 and y = 1.",
    0,
    1,
    cos_right**2 - 1,
)

# -- result 5: the complete excess risk ----------------------------------------------------------------------

_student = pinv(Ps) @ Pw @ _teacher_fit
_population_error = xs @ _student - f_0
_in_sample_error = Ps @ _student - f_N
student_population = Quantity(
    ER_pop,
    "mean squared distance to f of the student at a fresh point",
    tr(_population_error.T @ _population_error),
    setting(only(LABELLED, Xw, f_n, z_n), only(FRESH, Ps, Pw), only(TEST, xs, f_0)),
    literal_student,
)
student_in_sample = Quantity(
    ER_in,
    "mean squared distance to f of the student at the N pseudo-labelled points",
    tr(_in_sample_error.T @ _in_sample_error) * (1 / N),
    setting(only(LABELLED, Xw, f_n, z_n), only(FRESH, Ps, Pw, f_N)),
    literal_student_in_sample,
)
STUDENT = Claim(
    "student_excess_risk_population",
    "The student's population excess risk is (sigma2 + rho_w) A'/(n - d_w - 1) + rho_s + q + h d_s/(N - d_s - 1), "
    "exactly, with A' = d_sw + (d_w - d_sw) d_s/(N - d_s - 1).",
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
    "The student's in-sample excess risk is (sigma2 + rho_w) A/(n - d_w - 1) + (1 - d_s/N)(rho_s + q) + "
    "(d_s/N) rho_w, exactly, with A = d_sw + (d_w - d_sw) d_s/N.",
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
    symbol("G", "mean square of f after regression on psi_w, then on psi_s with the gap", "G", nonnegative=True),
    "mean square of f - b_w'psi_w - (b_s - C b_w)'psi_s",
    tr(_gap_error.T @ _gap_error),
    setting(only(TEST, xs, xw, f_0)),
    lambda a, _: float(((a["f0"] - a["Psi_w0"] @ a["b_w"] - a["Psi_s0"] @ (a["b_s"] - a["C"] @ a["b_w"])) ** 2).sum()),
)
GAP_BOUNDED = Claim(
    "student_gap_is_at_most_teacher_error",
    "rho_w - q is the mean square of a residual, f - b_w'psi_w - (b_s - C b_w)'psi_s; hence q is at most rho_w.",
    Compare(GAP_QUANTITY, "=", rho_w - q),
    Domain((d_s, d_w, rho_w, q), (GAP,)),
    PAPER.at("excess risk; the infinite-data bias"),
    (Derivation(GAP_QUANTITY).expect(xs, xw, f_0).in_names(), Precision(), Simulation()),
    rivals=(rho_w + q, rho_w - 2 * q),
)
INFINITE_PSEUDO_LABELS = Claim(
    "infinitely_many_pseudo_labels_leave_the_overlap",
    "With N to infinity the student's population excess risk tends to (sigma2 + rho_w) d_sw/(n - d_w - 1) + rho_s + q, "
    "with an error of order 1/N.",
    Asymptotic(student_risk, teacher_noise * d_sw + rho_s + q, N),
    with_(RISK, DISCREPANT, NOISY),
    PAPER.at("excess risk; limit"),
    (Derivation(student_risk).limit(N), Precision()),
    rests_on=(STUDENT,),
    rivals=(teacher_noise * d_w + rho_s + q, sigma2 / k * d_sw + rho_s + q, rho_s + q),
)
INFINITE_DATA = Claim(
    "infinite_data_bias",
    "With n to infinity next, it tends to rho_s + q, with an error of order 1/n.",
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
    "The student's in-sample excess risk is at most (sigma2 + rho_w) A/(n - d_w - 1) + rho_w + rho_s.",
    Compare(student_risk_in_sample, "<=", corrected_bound),
    RISK_IN,
    PAPER.at("bias of the student; corrected"),
    (Derivation(student_risk_in_sample).bound("<=", corrected_bound), Precision()),
    rests_on=(STUDENT_IN_SAMPLE, GAP_BOUNDED),
    rivals=(teacher_noise * A + rho_s, sigma2 / k * A + rho_w + rho_s),
    remark="The printed bound has sigma2 in place of sigma2 + rho_w; see printed_bias_bound_fails.",
)
ORTHOGONAL_TEACHER = {
    d_sw: 1, d_s: 2, d_w: 100, N: 10**6, n: 111, sigma2: 1, rho_w: 100, rho_s: 0, q: 100,
}  # fmt: skip
PRINTED_BIAS_FAILS = Claim(
    "printed_bias_bound_fails",
    "There is a setting where the student's in-sample bias (excess risk less variance) exceeds rho_w + rho_s: f in "
    "the student's space and orthogonal to the teacher's, d_s = 2, d_w = 100, d_sw = 1, n = 111, N = 10^6.",
    Compare(student_risk_in_sample - sigma2 / k * A, ">", rho_w + rho_s),
    RISK_IN,
    PAPER.at("bias of the student; as printed"),
    (Precision(),),
    witness=ORTHOGONAL_TEACHER,
    rests_on=(STUDENT_IN_SAMPLE, VARIANCE_IN_SAMPLE),
    rivals=(teacher_noise * A + rho_w + rho_s,),
    remark="The bias there is about 110.0, the printed bound 100: the teacher fits its own error as noise.",
)

# -- result 6: the baselines ---------------------------------------------------------------------------------

Xs_all, _, f_all, z_all, ALL_LABELLED = points(n + N, "c")


def _strong(x: Mat, y: Mat, z: Mat) -> Mat:
    return xs @ pinv(x) @ (y + z) - f_0


_strong_error = _strong(Xs, f_n, z_n)
_ceiling_error = _strong(Xs_all, f_all, z_all)
strong_excess_risk = Quantity(
    ER_s,
    "mean squared distance to f at a fresh point of the strong model trained on the n true labels",
    tr(_strong_error.T @ _strong_error),
    setting(only(LABELLED, Xs, f_n, z_n), only(TEST, xs, f_0)),
    literal_strong,
)
ceiling_excess_risk = Quantity(
    ER_c,
    "mean squared distance to f at a fresh point of the strong model trained on n + N true labels",
    tr(_ceiling_error.T @ _ceiling_error),
    setting(only(ALL_LABELLED, Xs_all, f_all, z_all), only(TEST, xs, f_0)),
    lambda a, s: literal_strong({k[:-1] + "n" if k.endswith("c") else k: v for k, v in a.items()}, s),
)
STRONG = Claim(
    "strong_baseline_excess_risk",
    "The strong baseline's excess risk is (sigma2 + rho_s) d_s/(n - d_s - 1) + rho_s, exactly.",
    Compare(strong_excess_risk, "=", strong_risk),
    BASELINE,
    PAPER.at("strong baseline; exact form"),
    (
        Derivation(strong_excess_risk)
        .expect(xs, f_0)
        .expect(z_n)
        .condition(f_n, on=Xs)
        .expect_residual(f_n, Xs)
        .expect_gram_inverse(Xs)
        .in_names(),
        Precision(),
        Simulation(average=("Psi_s0", "f0", "zn")),
    ),
    rivals=(sigma2 * d_s / (n - d_s - 1) + rho_s, sigma2 * d_s / n + rho_s, (sigma2 + rho_s) * d_s / (n - d_s) + rho_s),
)
CEILING_RISK = Claim(
    "strong_ceiling_excess_risk",
    "The strong ceiling's excess risk is (sigma2 + rho_s) d_s/(n + N - d_s - 1) + rho_s, exactly.",
    Compare(ceiling_excess_risk, "=", ceiling_risk),
    CEILING,
    PAPER.at("strong ceiling; exact form"),
    (
        Derivation(ceiling_excess_risk)
        .expect(xs, f_0)
        .expect(z_all)
        .condition(f_all, on=Xs_all)
        .expect_residual(f_all, Xs_all)
        .expect_gram_inverse(Xs_all)
        .in_names(),
        Precision(),
        Simulation(average=("Psi_s0", "f0", "zc")),
    ),
    rivals=(strong_risk, sigma2 * d_s / (n + N) + rho_s, (sigma2 + rho_s) * d_s / (n + N - d_s) + rho_s),
)


def _no_upper_bound(name: str, who: str, printed: sp.Expr, exact: sp.Expr, domain: Domain, lemma: Claim) -> Claim:
    """A printed baseline bound lies strictly below the exact risk."""
    return Claim(
        name,
        f"The printed bound on the excess risk of the {who} lies strictly below the exact value, for every n: it is no "
        "upper bound.",
        Compare(printed, "<", exact),
        with_(domain, NOISY),
        PAPER.at("baselines; as printed", "source"),
        (Derivation(printed).bound("<", exact), Precision()),
        rests_on=(lemma,),
        rivals=(printed - sigma2 / 10**6,),
    )


PRINTED_WEAK = _no_upper_bound(
    "printed_weak_bound_is_no_upper_bound", "weak teacher", sigma2 * d_w / n + rho_w, weak_risk, TEACHER, WEAK
)
PRINTED_STRONG = _no_upper_bound(
    "printed_strong_bound_is_no_upper_bound", "strong baseline", sigma2 * d_s / n + rho_s, strong_risk, BASELINE, STRONG
)
PRINTED_CEILING = _no_upper_bound(
    "printed_ceiling_bound_is_no_upper_bound",
    "strong ceiling",
    sigma2 * d_s / (n + N) + rho_s,
    ceiling_risk,
    CEILING,
    CEILING_RISK,
)

# -- result 7: performance gap recovery and outperforming ratio ----------------------------------------------

_ER_GIVEN = (
    Equation(ER_w, ER_w - weak_risk),
    Equation(ER_c, ER_c - ceiling_risk),
    Equation(ER_s, ER_s - strong_risk),
    Equation(ER_pop, ER_pop - student_risk),
    Equation(ER_in, ER_in - student_risk_in_sample),
)


def _given(*unknowns: sp.Symbol) -> tuple[Equation, ...]:
    return tuple(e for e in _ER_GIVEN if e.unknown in unknowns)


TEACHER_ABOVE_CEILING = Condition(weak_risk, ">", ceiling_risk, "the gap to recover must be positive")
STUDENT_HELPS = Condition(student_risk_in_sample, "<=", weak_risk, "the student must not be worse than its teacher")
STUDENT_HELPS_POP = Condition(student_risk, "<=", weak_risk, "the student must not be worse than its teacher")


def _ratio(
    name: str, sentence: str, ratio: sp.Expr, closed: sp.Expr, domain: Domain, parts: tuple[Claim, ...], rival: sp.Expr
) -> Claim:
    """A ratio of excess risks in closed form, by putting in the exact risks."""
    chain = Derivation(ratio)
    for part in parts:
        chain = chain.apply(part)
    return Claim(
        name,
        sentence,
        Compare(ratio, "=", closed),
        domain,
        PAPER.at("definition of PGR and OPR, with exact risks"),
        (chain, Precision()),
        given=_given(*(s for s in ratio.free_symbols)),
        rivals=(rival,),
    )


PGR = _ratio(
    "performance_gap_recovery_population",
    "PGR = (ER_w - ER_w2s)/(ER_w - ER_c) with the student's population risk, in closed form.",
    (ER_w - ER_pop) / (ER_w - ER_c),
    pgr,
    with_(RISK, CEILING_FITS, TEACHER_ABOVE_CEILING),
    (WEAK, STUDENT, CEILING_RISK),
    pgr_in_sample,
)
PGR_IN_SAMPLE = _ratio(
    "performance_gap_recovery_in_sample",
    "PGR = (ER_w - ER_w2s)/(ER_w - ER_c) with the student's in-sample risk, in closed form.",
    (ER_w - ER_in) / (ER_w - ER_c),
    pgr_in_sample,
    with_(RISK_IN, CEILING_FITS, TEACHER_ABOVE_CEILING),
    (WEAK, STUDENT_IN_SAMPLE, CEILING_RISK),
    (weak_risk - student_risk_in_sample) / weak_risk,
)
OPR = _ratio(
    "outperforming_ratio_population",
    "OPR = ER_s/ER_w2s with the student's population risk, in closed form.",
    ER_s / ER_pop,
    opr,
    with_(RISK, BASELINE_FITS, NOISY, Condition(d_w, ">=", 1)),
    (STRONG, STUDENT),
    opr_in_sample,
)
OPR_IN_SAMPLE = _ratio(
    "outperforming_ratio_in_sample",
    "OPR = ER_s/ER_w2s with the student's in-sample risk, in closed form.",
    ER_s / ER_in,
    opr_in_sample,
    with_(RISK_IN, BASELINE_FITS, NOISY),
    (STRONG, STUDENT_IN_SAMPLE),
    strong_risk / weak_risk,
)

_U = corrected_bound
_step_ceiling = -ceiling_risk * (weak_risk - student_risk_in_sample) / (weak_risk * (weak_risk - ceiling_risk))
_slack_bias = -(1 - d_s / N) * (rho_w - q) - d_s / N * rho_s
_step_printed = A / k * ((sigma2 + rho_w) * d_w - n * weak_risk) / (weak_risk * d_w) + rho * (
    d_w * sigma2 - n * weak_risk
) / (weak_risk * d_w * sigma2)
PGR_BOUND = Claim(
    "printed_pgr_bound_holds_in_sample_if_the_student_helps",
    "If ER_c < ER_w and the in-sample ER_w2s is at most ER_w, then the in-sample PGR is at least the printed bound "
    "1 - (n/k) A/d_w - (n/d_w) rho/sigma2.",
    Compare(pgr_in_sample, ">=", printed_pgr),
    with_(RISK_IN, CEILING_FITS, NOISY, TEACHER_ABOVE_CEILING, STUDENT_HELPS),
    PAPER.at("lower bound on PGR, with the hypotheses it needs", "source"),
    (
        Derivation(pgr_in_sample)
        .bound(">=", 1 - student_risk_in_sample / weak_risk, by=_step_ceiling, why="x -> (x-S)/(x-c) falls as c grows")
        .bound(">=", 1 - _U / weak_risk, by=_slack_bias / weak_risk, why="the corrected in-sample bound")
        .bound(">=", printed_pgr, by=_step_printed, why="ER_w > sigma2 d_w/n"),
        Precision(),
    ),
    rests_on=(PGR_IN_SAMPLE, CORRECTED_BIAS_BOUND),
    rivals=(1 - A / d_w / 2,),
)
PGR_POSITIVE = Claim(
    "positive_printed_pgr_bound_implies_the_student_helps",
    "The printed PGR bound is at most 1 - ER_w2s/ER_w in sample: where it is nonnegative, the student is no worse than "
    "its teacher.",
    Compare(1 - student_risk_in_sample / weak_risk, ">=", printed_pgr),
    with_(RISK_IN, NOISY),
    PAPER.at("lower bound on PGR, with the hypotheses it needs"),
    (
        Derivation(1 - student_risk_in_sample / weak_risk)
        .bound(">=", 1 - _U / weak_risk, by=_slack_bias / weak_risk, why="the corrected in-sample bound")
        .bound(">=", printed_pgr, by=_step_printed, why="ER_w > sigma2 d_w/n"),
        Precision(),
    ),
    rests_on=(CORRECTED_BIAS_BOUND,),
    rivals=(1 - A / d_w / 2,),
)
_NO_ERROR = {rho_w: 0, rho_s: 0, q: 0, h: 0}
_FEW_PSEUDO_LABELS = {d_sw: 1, d_s: 50, d_w: 50, N: 60, n: 10**5, sigma2: 1, **_NO_ERROR}
PGR_FAILS = Claim(
    "printed_pgr_bound_fails_for_population_risk",
    "There is a setting without approximation error (d_s = d_w = 50, d_sw = 1, n = 10^5, N = 60) where the population "
    "PGR is below the printed bound.",
    Compare(pgr, "<", printed_pgr),
    with_(RISK, CEILING_FITS, NOISY, TEACHER_ABOVE_CEILING),
    PAPER.at("lower bound on PGR, as printed", "source"),
    (Precision(),),
    witness=_FEW_PSEUDO_LABELS,
    rests_on=(PGR,),
    rivals=(sp.Integer(-8000),),
)
PGR_FAILS_POSITIVE = Claim(
    "that_printed_pgr_bound_is_positive",
    "In that setting the printed PGR bound is positive.",
    Compare(printed_pgr, ">", sp.Integer(0)),
    with_(RISK, CEILING_FITS, NOISY, TEACHER_ABOVE_CEILING),
    PAPER.at("lower bound on PGR, as printed", "source"),
    (Precision(),),
    witness=_FEW_PSEUDO_LABELS,
    rests_on=(PGR_FAILS,),
    rivals=(sp.Rational(1, 2),),
)
_U_pop = teacher_noise * A_pop + rho + d_s / (N - d_s - 1) * h
pgr_population_bound = 1 - n / k * A_pop / d_w - n / d_w * (rho + d_s / (N - d_s - 1) * h) / sigma2
PGR_POPULATION_BOUND = Claim(
    "corrected_pgr_bound_holds_for_population_risk",
    "If ER_c < ER_w and the population ER_w2s is at most ER_w, then the population PGR is at least "
    "1 - (n/k) A'/d_w - (n/d_w)(rho + h d_s/(N - d_s - 1))/sigma2.",
    Compare(pgr, ">=", pgr_population_bound),
    with_(RISK, CEILING_FITS, NOISY, TEACHER_ABOVE_CEILING, STUDENT_HELPS_POP),
    PAPER.at("lower bound on PGR, corrected"),
    (
        Derivation(pgr)
        .bound(
            ">=",
            1 - student_risk / weak_risk,
            by=-ceiling_risk * (weak_risk - student_risk) / (weak_risk * (weak_risk - ceiling_risk)),
        )
        .bound(">=", 1 - _U_pop / weak_risk, by=-(rho_w - q) / weak_risk, why="q is at most rho_w")
        .bound(
            ">=",
            pgr_population_bound,
            by=A_pop / k * ((sigma2 + rho_w) * d_w - n * weak_risk) / (weak_risk * d_w)
            + (rho + d_s / (N - d_s - 1) * h) * (d_w * sigma2 - n * weak_risk) / (weak_risk * d_w * sigma2),
            why="ER_w > sigma2 d_w/n",
        ),
        Precision(),
    ),
    rests_on=(PGR, GAP_BOUNDED),
    rivals=(1 - A_pop / d_w / 2,),
)
OPR_FAILS = Claim(
    "printed_opr_bound_fails_in_sample",
    "There is a setting where the in-sample OPR is below the printed bound 1/((n/k) A/d_s + (n/d_s) rho/sigma2).",
    Compare(opr_in_sample, "<", printed_opr),
    with_(RISK_IN, BASELINE_FITS, NOISY),
    PAPER.at("lower bound on OPR, as printed", "source"),
    (Precision(),),
    witness=ORTHOGONAL_TEACHER,
    rests_on=(OPR_IN_SAMPLE,),
    rivals=(1 / (n / k * A / d_s * (1 + rho_w / sigma2) + n / d_s * B),),
    remark="1.682e-4 against 1.800e-4.",
)
corrected_opr = 1 / (n / k * A / d_s * (1 + rho_w / sigma2) + n / d_s * B)
OPR_BOUND = Claim(
    "corrected_opr_bound_holds_in_sample",
    "With A/d_s replaced by (A/d_s)(1 + rho_w/sigma2) the printed OPR bound holds for the in-sample OPR.",
    Compare(opr_in_sample, ">=", corrected_opr),
    with_(RISK_IN, BASELINE_FITS, NOISY),
    PAPER.at("lower bound on OPR, corrected"),
    (
        Derivation(opr_in_sample)
        .bound(
            ">=",
            strong_risk / _U,
            by=strong_risk * _slack_bias / (student_risk_in_sample * _U),
            why="the corrected in-sample bound",
        )
        .bound(">=", sigma2 * d_s / n / _U, by=(sigma2 * d_s / n - strong_risk) / _U, why="ER_s > sigma2 d_s/n"),
        Precision(),
    ),
    rests_on=(OPR_IN_SAMPLE, CORRECTED_BIAS_BOUND, PRINTED_STRONG),
    rivals=(1 / (n / k * A / d_s / 2),),
)
corrected_opr_population = 1 / (
    n / k * A_pop / d_s * (1 + rho_w / sigma2) + n / d_s * (rho + d_s / (N - d_s - 1) * h) / sigma2
)
OPR_POPULATION_BOUND = Claim(
    "corrected_opr_bound_holds_for_population_risk",
    "The population OPR is at least 1/((n/k)(A'/d_s)(1 + rho_w/sigma2) + (n/d_s)(rho + h d_s/(N - d_s - 1))/sigma2).",
    Compare(opr, ">=", corrected_opr_population),
    with_(RISK, BASELINE_FITS, NOISY),
    PAPER.at("lower bound on OPR, corrected"),
    (
        Derivation(opr)
        .bound(">=", strong_risk / _U_pop, by=-strong_risk * (rho_w - q) / (student_risk * _U_pop))
        .bound(">=", sigma2 * d_s / n / _U_pop, by=(sigma2 * d_s / n - strong_risk) / _U_pop),
        Precision(),
    ),
    rests_on=(OPR, GAP_BOUNDED, PRINTED_STRONG),
    rivals=(1 / (n / k * A_pop / d_s / 2),),
)
_BETTER_THAN_CEILING = {d_sw: 1, d_s: 10, d_w: 10, N: 40, n: 100, sigma2: 1, **_NO_ERROR}
PGR_ABOVE_ONE = Claim(
    "performance_gap_recovery_may_exceed_one",
    "There is a setting where the student's population risk is below the strong ceiling's, so that PGR exceeds 1.",
    Compare(pgr, ">", sp.Integer(1)),
    with_(RISK, CEILING_FITS, TEACHER_ABOVE_CEILING),
    PAPER.at("PGR"),
    (Precision(),),
    witness=_BETTER_THAN_CEILING,
    rests_on=(PGR,),
    rivals=(sp.Integer(2),),
)

# -- result 8: limits, and the best number of labels ---------------------------------------------------------

pgr_no_error = sp.factor_terms(pgr_in_sample.xreplace({rho_w: sp.Integer(0), rho_s: sp.Integer(0), q: sp.Integer(0)}))
opr_no_error = sp.factor_terms(opr_in_sample.xreplace({rho_w: sp.Integer(0), rho_s: sp.Integer(0), q: sp.Integer(0)}))
OVERLAPPING = Condition(d_sw, ">", 0, "choose overlapping subspaces")
opr_many = d_s * k / (d_sw * (n - d_s - 1))
PGR_LIMIT = Claim(
    "pgr_tends_to_one_minus_overlap",
    "Without approximation error, PGR tends to 1 - d_sw/d_w as N grows, at every n, with an error of order 1/N.",
    Asymptotic(pgr_no_error, 1 - d_sw / d_w, N),
    with_(
        VARIANCE_IN,
        CEILING_FITS,
        NOISY,
        DISCREPANT,
        Condition(d_w * (n + N - d_s - 1), ">", d_s * k, "the gap to recover must be positive"),
    ),
    PAPER.at("limit of PGR"),
    (Derivation(pgr_no_error).limit(N), Precision()),
    rests_on=(PGR_IN_SAMPLE,),
    rivals=(1 - d_sw / d_s, sp.Integer(1), 1 - d_sw / (d_w + 1)),
)
OPR_LIMIT_N = Claim(
    "opr_limit_in_pseudo_labels",
    "Without approximation error, OPR tends to (d_s/d_sw)(n - d_w - 1)/(n - d_s - 1) as N grows, with an error of "
    "order 1/N.",
    Asymptotic(opr_no_error, opr_many, N),
    with_(VARIANCE_IN, BASELINE_FITS, NOISY, DISCREPANT, OVERLAPPING),
    PAPER.at("limit of OPR"),
    (Derivation(opr_no_error).limit(N), Precision()),
    rests_on=(OPR_IN_SAMPLE,),
    rivals=(d_s / d_sw, d_w / d_sw),
)
OPR_LIMIT = Claim(
    "opr_limit_in_labels",
    "With n to infinity next, it tends to d_s/d_sw, with an error of order 1/n.",
    Asymptotic(opr_many, d_s / d_sw, n),
    with_(
        Domain((d_sw, d_s, d_w, n), (IN_STRONG, IN_WEAK, TEACHER_FITS, BASELINE_FITS, OVERLAPPING)),
        Condition(d_w, "!=", d_s, "for d_w = d_s the limit is exact at every n"),
    ),
    PAPER.at("limit of OPR"),
    (Derivation(opr_many).limit(n), Precision()),
    rests_on=(OPR_LIMIT_N,),
    rivals=(d_w / d_sw,),
)
PGR_OTHER_ORDER = Claim(
    "pgr_limit_in_the_other_order",
    "Without approximation error and with n to infinity first, PGR tends to (d_w - A)/(d_w - d_s) for d_w > d_s, with "
    "an error of order 1/n: the order of the two limits matters.",
    Asymptotic(pgr_no_error, (d_w - A) / (d_w - d_s), n),
    with_(
        VARIANCE_IN, CEILING_FITS, NOISY, DISCREPANT, Condition(d_w, ">", d_s, "d_w = d_s leaves no gap at first order")
    ),
    PAPER.at("limit of PGR"),
    (Derivation(pgr_no_error).limit(n), Precision()),
    rests_on=(PGR_IN_SAMPLE,),
    rivals=(1 - d_sw / d_w, (d_w - d_sw) / (d_w - d_s)),
)

_root_gap = sp.sqrt(A * (d_w + 1) / k) - sp.sqrt(B * k)
pgr_ceiling = 1 - (sp.sqrt(A) + sp.sqrt(B * (d_w + 1))) ** 2 / d_w
PGR_MAXIMUM = Claim(
    "printed_pgr_bound_is_capped",
    "At fixed N with rho > 0 the printed PGR bound never exceeds 1 - (sqrt A + sqrt(B (d_w + 1)))^2 / d_w, "
    "B = rho/sigma2, whatever n.",
    Compare(printed_pgr, "<=", pgr_ceiling),
    with_(Domain((*VARIANCE_IN.symbols, rho_w, rho_s), VARIANCE_IN.conditions), NOISY),
    PAPER.at("sample complexity; the printed bound in n"),
    (Derivation(printed_pgr).bound("<=", pgr_ceiling, by=_root_gap**2 / d_w), Precision()),
    rivals=(1 - (A + B * (d_w + 1)) / d_w - 3 * sp.sqrt(A * B * (d_w + 1)) / d_w,),
)
opr_ceiling = d_s / (sp.sqrt(A) + sp.sqrt(B * (d_w + 1))) ** 2
OPR_MAXIMUM = Claim(
    "printed_opr_bound_is_capped",
    "At fixed N the printed OPR bound never exceeds d_s/(sqrt A + sqrt(B (d_w + 1)))^2, B = rho/sigma2, whatever n.",
    Compare(printed_opr, "<=", opr_ceiling),
    with_(Domain((*VARIANCE_IN.symbols, rho_w, rho_s), VARIANCE_IN.conditions), NOISY, Condition(rho_w, ">", 0)),
    PAPER.at("sample complexity; the printed bound in n"),
    (
        Derivation(printed_opr).bound(
            "<=", opr_ceiling, by=printed_opr * opr_ceiling * _root_gap**2 / d_s, why="the same square"
        ),
        Precision(),
    ),
    rivals=(d_s / (A + B * (d_w + 1) + 3 * sp.sqrt(A * B * (d_w + 1))),),
)
n_best = symbol("n_best", "number of labels at which the printed bounds are largest", r"n^{\star}", positive=True)
B_ = symbol("B", "approximation error over noise, (rho_w + rho_s)/sigma2", positive=True)
best_n = d_w + 1 + sp.sqrt(A * (d_w + 1) / B_)
_stationary = -sp.diff(n / k * A / d_w + n / d_w * B_, n).xreplace({n: n_best})
OPTIMAL_N = Claim(
    "printed_bounds_peak_at_a_finite_number_of_labels",
    "With rho > 0 the printed PGR and OPR bounds are stationary at n* = d_w + 1 + sqrt(A (d_w + 1)/B), B = rho/sigma2: "
    "they are not monotone in n.",
    Compare(n_best, "=", best_n),
    Domain((d_sw, d_s, d_w, N, B_), (IN_STRONG, IN_WEAK, STUDENT_FITS, OVERLAPPING)),
    PAPER.at("sample complexity; the printed bound in n"),
    (Derivation(n_best), Precision()),
    given=(Equation(n_best, _stationary, bracket=(d_w + 1, sp.oo)),),
    rests_on=(PGR_MAXIMUM, OPR_MAXIMUM),
    rivals=(d_w + 1 + sp.sqrt(A * d_w / B_), sp.sqrt(A * (d_w + 1) / B_)),
)
PGR_PEAK = Claim(
    "printed_pgr_bound_attains_its_cap",
    "The printed PGR bound, read at real n, attains its cap at n*.",
    Compare(
        (1 - n / k * A / d_w - n / d_w * B_).xreplace({n: best_n}),
        "=",
        1 - (sp.sqrt(A) + sp.sqrt(B_ * (d_w + 1))) ** 2 / d_w,
    ),
    OPTIMAL_N.domain,
    PAPER.at("sample complexity; the printed bound in n"),
    (Derivation((1 - n / k * A / d_w - n / d_w * B_).xreplace({n: best_n})), Precision()),
    rests_on=(OPTIMAL_N, PGR_MAXIMUM),
    rivals=(1 - (sp.sqrt(A) + sp.sqrt(B_ * d_w)) ** 2 / d_w,),
)
cosine = symbol("c", "canonical correlation of one principal pair", nonnegative=True)
s_1 = symbol("s", "coefficient of f on the strong feature of a principal pair", real=True)
w_1 = symbol("w", "coefficient of f on the weak feature of a principal pair", real=True)
v_1 = symbol("v", "variance of f", nonnegative=True)
PRINCIPAL_PAIR = Claim(
    "overlap_is_needed_to_be_without_error",
    "On one principal pair with cosine c, where f has coefficients s and w, what both models miss is at least "
    "(1 - c) times the variance v of f: no approximation error and no overlap force f = 0.",
    Compare((1 - cosine) * v_1, "<=", 2 * v_1 - s_1**2 - w_1**2),
    Domain(
        (cosine, s_1, w_1, v_1),
        (
            Condition(cosine, "<", 1),
            Condition(
                v_1 * (1 - cosine**2),
                ">=",
                s_1**2 + w_1**2 - 2 * cosine * s_1 * w_1,
                "f has at least the variance that the pair explains",
            ),
        ),
    ),
    PAPER.at("limits without approximation error"),
    (
        Derivation((1 - cosine) * v_1).bound(
            "<=",
            2 * v_1 - s_1**2 - w_1**2,
            by=(v_1 * (1 - cosine**2) - (s_1**2 + w_1**2 - 2 * cosine * s_1 * w_1)) / (1 - cosine)
            + cosine * (s_1 - w_1) ** 2 / (1 - cosine),
        ),
        Precision(),
    ),
    rivals=(2 * v_1 - s_1**2 - w_1**2 - cosine * (s_1 - w_1) ** 2 - v_1 / 2,),
)

# -- result 9: when weak-to-strong pays, variance only -------------------------------------------------------

_V_w, _V_in, _V_pop, _V_s = sigma2 * d_w / k, sigma2 * A / k, sigma2 * A_pop / k, sigma2 * d_s / (n - d_s - 1)
BEATS_TEACHER_IN_SAMPLE = Claim(
    "student_beats_teacher_in_sample_iff_more_pseudo_labels_than_features",
    "Variance only, in sample: the student beats its teacher iff d_s < N (for d_sw < d_w).",
    Iff(Compare(_V_in, "<", _V_w), Compare(d_s, "<", N)),
    with_(VARIANCE_IN, NOISY, DISCREPANT),
    PAPER.at("when weak-to-strong helps"),
    (Derivation.same_sign(), Precision()),
    rests_on=(VARIANCE_IN_SAMPLE, WEAK_VARIANCE),
    rivals=(Compare(2 * d_s, "<", N), Compare(d_s, "<=", N)),
)
BEATS_TEACHER = Claim(
    "student_beats_teacher_iff_twice_as_many_pseudo_labels",
    "Variance only, population: the student beats its teacher iff N > 2 d_s + 1 (for d_sw < d_w).",
    Iff(Compare(_V_pop, "<", _V_w), Compare(2 * d_s + 1, "<", N)),
    with_(VARIANCE, NOISY, DISCREPANT),
    PAPER.at("when weak-to-strong helps"),
    (Derivation.same_sign(), Precision()),
    rests_on=(VARIANCE_POPULATION, WEAK_VARIANCE),
    rivals=(Compare(d_s, "<", N), Compare(2 * d_s, "<", N)),
)
BEATS_BASELINE_IN_SAMPLE = Claim(
    "student_beats_baseline_in_sample_iff_its_effective_dimension_is_small",
    "Variance only, in sample: the student beats the strong baseline iff A < d_s (n - d_w - 1)/(n - d_s - 1).",
    Iff(Compare(_V_in, "<", _V_s), Compare(A, "<", d_s * k / (n - d_s - 1))),
    with_(VARIANCE_IN, NOISY, BASELINE_FITS),
    PAPER.at("when weak-to-strong helps"),
    (Derivation.same_sign(), Precision()),
    rests_on=(VARIANCE_IN_SAMPLE, STRONG),
    rivals=(Compare(A, "<", d_s), Compare(A, "<", d_w)),
)
BEATS_BASELINE = Claim(
    "student_beats_baseline_iff_its_effective_dimension_is_small",
    "Variance only, population: the student beats the strong baseline iff A' < d_s (n - d_w - 1)/(n - d_s - 1).",
    Iff(Compare(_V_pop, "<", _V_s), Compare(A_pop, "<", d_s * k / (n - d_s - 1))),
    with_(VARIANCE, NOISY, BASELINE_FITS),
    PAPER.at("when weak-to-strong helps"),
    (Derivation.same_sign(), Precision()),
    rests_on=(VARIANCE_POPULATION, STRONG),
    rivals=(Compare(A, "<", d_s * k / (n - d_s - 1)), Compare(A_pop, "<", d_s)),
)

# -- how many pseudo-labels ----------------------------------------------------------------------------------

# Of the teacher's excess risk, what the student can be rid of, and what it pays for a finite number of pseudo-labels.
attainable_gain = teacher_noise * (d_w - d_sw) + rho_w - rho_s - q
price = teacher_noise * (d_w - d_sw) + h
# Times k, so that it is a polynomial.
GAIN = Condition(
    (sigma2 + rho_w) * (d_w - d_sw) + (rho_w - rho_s - q) * k,
    ">",
    0,
    "no number of pseudo-labels lets the student beat its teacher",
)
share = symbol("share", "part of the attainable gain", "s", nonnegative=True)
N_share = symbol("N_share", "number of pseudo-labels that gives a part of the attainable gain", r"N_{s}", positive=True)
_AT_EVERY_N = Domain(
    (d_sw, d_s, d_w, n, sigma2, rho_w, rho_s, q, h), (IN_STRONG, IN_WEAK, TEACHER_FITS, GAP, NOISY, GAIN)
)
PSEUDO_LABELS = Claim(
    "pseudo_labels_for_a_part_of_the_attainable_gain",
    "The student realises the part s of the gain over its teacher that it has with infinitely many pseudo-labels at "
    "N = d_s + 1 + d_s ((sigma2 + rho_w)(d_w - d_sw)/k + h)/((1 - s) G), k = n - d_w - 1, where "
    "G = (sigma2 + rho_w)(d_w - d_sw)/k + rho_w - rho_s - q is that gain.",
    Compare(N_share, "=", d_s + 1 + d_s * price / ((1 - share) * attainable_gain)),
    Domain(
        (*_AT_EVERY_N.symbols, share),
        (
            *_AT_EVERY_N.conditions,
            Condition(share, "<", 1, "all of the gain needs infinitely many pseudo-labels"),
            Condition(price, ">", 0, "choose weak features outside the student's space"),
        ),
    ),
    PAPER.at("sample complexity in pseudo-labels, from the exact risks"),
    (Derivation(N_share), Precision()),
    given=(
        Equation(
            N_share, (weak_risk - student_risk).xreplace({N: N_share}) - share * attainable_gain, (d_s + 1, sp.oo)
        ),
    ),
    rests_on=(WEAK, STUDENT, INFINITE_PSEUDO_LABELS),
    rivals=(
        d_s + d_s * price / ((1 - share) * attainable_gain),
        d_s + 1 + d_s * (price - h) / ((1 - share) * attainable_gain),
        d_s + 1 + d_s * price / attainable_gain,
    ),
)
BREAKS_EVEN = Claim(
    "student_beats_teacher_iff_enough_pseudo_labels",
    "Where the attainable gain G is positive, the student's population excess risk is below its teacher's iff "
    "N > d_s + 1 + d_s ((sigma2 + rho_w)(d_w - d_sw)/k + h)/G.",
    Iff(Compare(student_risk, "<", weak_risk), Compare(d_s + 1 + d_s * price / attainable_gain, "<", N)),
    with_(RISK, NOISY, GAIN),
    PAPER.at("when weak-to-strong helps, with approximation errors"),
    (Derivation.same_sign(), Precision()),
    rests_on=(WEAK, STUDENT),
    rivals=(
        Compare(2 * d_s + 1, "<", N),
        Compare(d_s + d_s * price / attainable_gain, "<", N),
    ),
)

# -- the synthetic experiment, and result 10 -----------------------------------------------------------------

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
    "In the synthetic experiment at d_sw = 10, n = 2000, N = 400 the student's population excess risk exceeds the "
    "in-sample form sigma2 A/(n - d_w - 1) + rho_w + rho_s.",
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
    "At sigma2 = 1/100 the zero function has a smaller excess risk, H_300/20000, than the student's population risk in "
    "each of the 120 cells of the two grids.",
    Compare(null_risk, "<", student_risk),
    Domain(RISK.symbols, RISK.conditions, CELLS),
    PAPER.at("synthetic experiment"),
    (Precision(),),
    rests_on=(STUDENT,),
    rivals=(weak_risk - student_risk, rho_s + q),
    remark="A high PGR does not mean a useful student. The least student risk on the grids is about 3.504e-4.",
)

CLAIMS = tuple(value for value in list(globals().values()) if isinstance(value, Claim))

# What a plan for one's own features predicts with.
PREDICTIONS = {
    "weak": WEAK,
    "student": STUDENT,
    "strong": STRONG,
    "ceiling": CEILING_RISK,
    "pgr": PGR,
    "opr": OPR,
    "pseudo_labels": PSEUDO_LABELS,
}

# -- the closed forms as functions of arrays -----------------------------------------------------------------

_FUNCTIONS = {
    "weak_excess": WEAK,
    "student_excess": STUDENT,
    "student_excess_in_sample": STUDENT_IN_SAMPLE,
    "strong_excess": STRONG,
    "ceiling_excess": CEILING_RISK,
    "performance_gap_recovery": PGR,
    "performance_gap_recovery_in_sample": PGR_IN_SAMPLE,
    "outperforming_ratio": OPR,
    "outperforming_ratio_in_sample": OPR_IN_SAMPLE,
    "optimal_n": OPTIMAL_N,
    "enough_pseudo_labels": PSEUDO_LABELS,
}


def __getattr__(name: str) -> Any:
    """FIGURES, and numpy functions generated from the claims, compiled when first used: dong2025.weak_excess(...)."""
    if name in _FUNCTIONS:
        return globals().setdefault(name, _FUNCTIONS[name].to_numpy())
    if name == "FIGURES":  # not at the top: the figures draw these claims
        from derivations.dong2025.figures import FIGURES

        return FIGURES
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *_FUNCTIONS, "FIGURES"})
