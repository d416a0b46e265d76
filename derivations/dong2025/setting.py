"""The setting of Dong et al. 2025: letters, the experiment, its literal reading in numpy, closed forms and domains.

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
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym import (
    Condition,
    Domain,
    Mat,
    Sample,
    Setting,
    Source,
    fixed,
    gaussian,
    identity,
    letters,
    samplers,
    symbol,
    tr,
)

N, d_s, d_sw, d_w, n, sigma2 = letters.N, letters.d_s, letters.d_sw, letters.d_w, letters.n, letters.sigma2

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
q = symbol("q", "$|b_s - C b_w|^2$, the student's bias with infinite data on both sides", nonnegative=True)
h = symbol(
    "h",
    r"$b_w^\top (I - C^\top C) b_w$, the part of the teacher's signal outside the student's space",
    nonnegative=True,
)
var_f = symbol("var_f", "variance of the target $f$", r"\operatorname{Var} f", nonnegative=True)

ER_w = symbol("ER_w", "excess risk of the weak teacher", r"\mathrm{ER}_w", nonnegative=True)
ER_s = symbol(
    "ER_s", "excess risk of the strong baseline, trained on the $n$ true labels", r"\mathrm{ER}_s", nonnegative=True
)
ER_c = symbol(
    "ER_c", "excess risk of the strong ceiling, trained on $n + N$ true labels", r"\mathrm{ER}_c", nonnegative=True
)
ER_pop = symbol("ER_w2s_pop", "population excess risk of the student", r"\mathrm{ER}_{\mathrm{w2s}}", nonnegative=True)
ER_in = symbol(
    "ER_w2s_in", "in-sample excess risk of the student", r"\widehat{\mathrm{ER}}_{\mathrm{w2s}}", nonnegative=True
)

# -- the experiment ------------------------------------------------------------------------------------------

C = fixed("C", d_s, d_w)
b_s = fixed("b_s", d_s, 1)
b_w = fixed("b_w", d_w, 1)
ONE = identity(sp.Integer(1))


def points(rows: sp.Expr, tag: str) -> tuple[Mat, Mat, Mat, Mat, Sample]:
    """A sample of points: (Psi_s, Psi_w, f, z, their joint law)."""
    strong = gaussian(f"Psi_s{tag}", rows, d_s, rf"\Psi_s^{{{tag}}}")
    weak = gaussian(f"Psi_w{tag}", rows, d_w, rf"\Psi_w^{{{tag}}}")
    f = gaussian(f"f{tag}", rows, 1, rf"f^{{{tag}}}")
    z = gaussian(f"z{tag}", rows, 1, rf"z^{{{tag}}}")
    law = {(strong, weak): C, (strong, f): b_s, (weak, f): b_w, (f, f): var_f * ONE, (z, z): sigma2 * ONE}
    return strong, weak, f, z, Sample.of(rows, (strong, weak, f, z), law)


def realise(point: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Fixed matrices at given sizes: cosines between the subspaces, and f = a'psi_s + b'psi_w + independent rest."""
    rows, cols = int(point["d_s"]), int(point["d_w"])
    wanted = point.get("d_sw", min(rows, cols) * rng.uniform(0.2, 0.8))
    cross = samplers.cross_covariance(rows, cols, float(wanted), rng)
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


def least_squares_fit(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The least-squares coefficients of y on the rows of x."""
    return np.asarray(np.linalg.lstsq(x, y, rcond=None)[0])


def _teacher(a: Mapping[str, np.ndarray]) -> np.ndarray:
    return least_squares_fit(a["Psi_wn"], a["fn"] + a["zn"])


def literal_weak(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared error of the weak teacher at a fresh point."""
    return float(((a["Psi_w0"] @ _teacher(a) - a["f0"]) ** 2).sum())


def literal_strong(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared error at a fresh point of the strong model trained on true labels."""
    return float(((a["Psi_s0"] @ least_squares_fit(a["Psi_sn"], a["fn"] + a["zn"]) - a["f0"]) ** 2).sum())


def literal_student(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared error of the student at a fresh point."""
    student = least_squares_fit(a["Psi_sN"], a["Psi_wN"] @ _teacher(a))
    return float(((a["Psi_s0"] @ student - a["f0"]) ** 2).sum())


def literal_student_in_sample(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Mean squared error of the student at the N pseudo-labelled points."""
    student = least_squares_fit(a["Psi_sN"], a["Psi_wN"] @ _teacher(a))
    return float(((a["Psi_sN"] @ student - a["fN"]) ** 2).mean())


def literal_teacher_noise(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared length of the teacher's response to label noise."""
    return float((least_squares_fit(a["Psi_wn"], a["zn"]) ** 2).sum())


def literal_student_noise(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """Squared length of the student's response to the teacher's label noise."""
    return float((least_squares_fit(a["Psi_sN"], a["Psi_wN"] @ least_squares_fit(a["Psi_wn"], a["zn"])) ** 2).sum())


def literal_student_noise_in_sample(a: Mapping[str, np.ndarray], _: Mapping[str, float]) -> float:
    """The same response, as a mean square over the N points."""
    student = least_squares_fit(a["Psi_sN"], a["Psi_wN"] @ least_squares_fit(a["Psi_wn"], a["zn"]))
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
IN_STRONG = Condition(d_s, ">=", d_sw, r"the correlation dimension is at most $\min(d_s, d_w)$")
IN_WEAK = Condition(d_w, ">=", d_sw, r"the correlation dimension is at most $\min(d_s, d_w)$")
GAP = Condition(q, "<=", rho_w, r"$q$ is at most $\rho_w$ for jointly Gaussian features")
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
