"""The equivalent of a risk: its lines, its value by source, and its numbers.

>>> from w2s_sym.equivalents import covariance, design, excess_risk, noise, ridge, sizes, truth
>>> n, p = sizes("n p")
>>> X, beta = design("X", n, covariance("Sigma", p)), truth("beta", p)
>>> student = ridge(X, X @ beta + noise("sigma2", n), "lam")
>>> risk = excess_risk(student, beta, under=covariance("Sigma", p))
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from w2s_sym.equivalents.derived import Derived, derive_terms
from w2s_sym.equivalents.eigenvalue_sums import EigenvalueSums, eigenvalue_sums
from w2s_sym.equivalents.enclosures import EnclosedRisk, enclosed_at
from w2s_sym.equivalents.exact_checks import Checked, exact_checks
from w2s_sym.equivalents.expressions import Fixed, Identity, Matrix, product, shape
from w2s_sym.equivalents.inputs import names
from w2s_sym.equivalents.language import LinearVector, stack
from w2s_sym.equivalents.nonlinear import FeatureMap
from w2s_sym.equivalents.numbers_at import RiskValue, numbers_at
from w2s_sym.equivalents.optimum import Best, least_risk, risk_derivative, risk_exponent
from w2s_sym.equivalents.reduced import Reduced, reduced
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.equivalents.scaling import Scaling, risk_scaling
from w2s_sym.equivalents.simulate import Simulated, simulate_risk
from w2s_sym.equivalents.spectral_values import spelled_out
from w2s_sym.equivalents.text import latex_lines, text_lines
from w2s_sym.formula import display


@dataclass(frozen=True)
class Equivalent:
    """The limit of a mean risk: its equations, its value by source, its numbers, and checks of all of it."""

    derived: Derived

    @cached_property
    def shown(self) -> Reduced:
        """The lines as people write them, with gains eliminated."""
        return reduced(self.derived)

    @property
    def names(self) -> dict[str, str]:
        """What it is a function of: each name with "matrix", "truth", "size" or "number"."""
        return names(self.derived)

    def at(self, /, *, digits: int | None = None, **values: Any) -> RiskValue | EnclosedRisk:
        """The risk at matrices and numbers.

        Matrices are given as arrays, the truth as a vector (or as its second moment, a matrix); sizes and other numbers
        as numbers, or as arrays that broadcast. A size of which there is a matrix may be left out. Returns a
        :class:`~w2s_sym.equivalents.numbers_at.RiskValue`, or one of arrays; with ``digits`` an
        :class:`~w2s_sym.equivalents.enclosures.EnclosedRisk` with so many proven digits.
        Raises :class:`EngineError` for values that are missing or do not fit, for the side without full rank, and where
        the fixed point has no physical root.
        """
        if digits is not None:
            return enclosed_at(self.derived, values, digits, joint=False)
        return numbers_at(self.derived, values, joint=False)

    def on(self, /, *, digits: int | None = None, **values: Any) -> RiskValue | EnclosedRisk:
        """The risk where all matrices commute: as :meth:`at`, with vectors of joint eigenvalues in place of matrices.

        A truth is given by its coefficients in the common eigenbasis. Memory and time per step are linear in them.
        A :class:`~w2s_sym.spectra.spectrum.Spectrum` may stand for a vector of eigenvalues, and a
        :class:`~w2s_sym.spectra.signals.Signal` for the coefficients, if there is one spectrum only. Power laws may
        have infinitely many: then no theorem is claimed, and the value says so in its ``note``.
        """
        values = spelled_out(values)
        if digits is not None:
            return enclosed_at(self.derived, values, digits, joint=True)
        return numbers_at(self.derived, values, joint=True)

    def derivative(self, name: str, /, *, joint: bool = False, **values: Any) -> float:
        """The derivative of the total in a ridge, a weight, a noise or a size.

        At values as :meth:`at` takes them, or with ``joint`` as :meth:`on` does.
        """
        return risk_derivative(self.derived, name, spelled_out(values) if joint else values, joint=joint)

    def exponent(self, name: str, /, *, joint: bool = False, **values: Any) -> float:
        """The derivative of log total in the logarithm of a number, with all others fixed.

        Where the total is a power of a size or a ridge this is the exponent; otherwise it is the local one. Values are
        as :meth:`derivative` takes them, and ``name`` is one of them and positive.
        """
        return risk_exponent(self.derived, name, spelled_out(values) if joint else values, joint=joint)

    def scaling(self, name: str, /, **values: Any) -> Scaling:
        """The power of a size that each source's part becomes, on power laws of infinitely many eigenvalues.

        Values are as :meth:`on` takes them. ``name`` may be left out, or be an array that grows by one factor; others
        may then be arrays beside it, such as a ridge that falls with a size. Slopes are extrapolated: a fit, and no
        proof. Returns a :class:`~w2s_sym.equivalents.scaling.Scaling`; raises :class:`EngineError` for finitely many
        eigenvalues.
        """
        return risk_scaling(self.derived, name, spelled_out(values))

    def best(self, name: str, low: float, high: float, /, *, joint: bool = False, **values: Any) -> Best:
        """The least risk over a number between two ends; a :class:`~w2s_sym.equivalents.optimum.Best`.

        The values are as :meth:`at` takes them, or with ``joint`` as :meth:`on` does.
        """
        return least_risk(self.derived, name, low, high, spelled_out(values) if joint else values, joint=joint)

    def simulate(
        self,
        values: Mapping[str, Any] | None = None,
        /,
        copies: Sequence[int] | None = None,
        draws: int = 200,
        seed: int = 0,
        **named: Any,
    ) -> Simulated:
        """Means of the expression itself at growing sizes, beside the equivalent.

        Values are given by name as for :meth:`at`, or as a dictionary, which may have any name. See
        :func:`w2s_sym.equivalents.simulate.simulate_risk` for ``copies``, ``draws`` and errors.
        """
        return simulate_risk(self.derived, {**(values or {}), **named}, copies, draws, seed)

    def lines(self) -> list[str]:
        """The equations and each term's value, as text."""
        return text_lines(self.shown)

    def latex(self) -> str:
        """The equations and each term's value, as an ``align*`` of LaTeX; long sums have one term in each row."""
        equations, values = self.latex_lines()
        body = " \\\\\n".join(equations + values)
        return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"

    def latex_lines(self) -> tuple[list[str], list[str]]:
        """The equations, and the values by source, as lines of an ``align``."""
        return latex_lines(self.shown)

    def sums(self, spectrum: str = "S") -> EigenvalueSums:
        """The equations and values where all matrices commute, as sums over a spectrum of that name, for claims.

        An :class:`~w2s_sym.equivalents.eigenvalue_sums.EigenvalueSums`. Raises :class:`EngineError` for matrices of
        several sizes, and for a name that is taken.
        """
        return eigenvalue_sums(self.derived, spectrum)

    def check(self, seed: int = 0) -> tuple[Checked, ...]:
        """Exact checks of the derivation, see :mod:`w2s_sym.equivalents.exact_checks`."""
        return exact_checks(self.derived, seed)

    def __str__(self) -> str:
        return "\n".join(self.lines())

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return display.html("equivalent", self)


def excess_risk(
    estimator: LinearVector, truth: LinearVector, under: Matrix, features: FeatureMap | None = None
) -> Equivalent:
    """The mean of (w - beta)' Sigma_x (w - beta) for an estimator w of beta, where ``under`` is Sigma_x.

    With ``features``, made by :func:`~w2s_sym.equivalents.nonlinear.nonlinear_features`, the estimator a is one of
    coefficients on them: the mean of (phi(x)'a - x'beta)^2 over fresh points x of covariance Sigma_x.

    One term for each source: the truth (squared bias) and each noise (variance), which are independent. Raises
    :class:`EngineError` for sizes that do not fit and for what the engine cannot say.
    """
    if not (isinstance(estimator, LinearVector) and isinstance(truth, LinearVector) and isinstance(under, Matrix)):
        raise EngineError(
            "a risk is that of an estimator, of a truth, under a covariance: excess_risk(w, beta, under=Sigma)"
        )
    if features is None:
        if estimator.rows != truth.rows:
            raise EngineError(
                f"the estimator has {estimator.rows} coefficients and the truth {truth.rows}: bring both to one side, "
                "or for an estimator on nonlinear features give them as features=phi"
            )
        known = isinstance(under, Identity) or (isinstance(under, Fixed) and under.psd)
        return Equivalent(derive_terms(squared(estimator - truth, under), squares=known))
    if not isinstance(features, FeatureMap) or estimator.rows != features.count:
        raise EngineError(
            f"the estimator has {estimator.rows} coefficients: features=phi needs one for each feature of phi, which "
            "nonlinear_features() makes"
        )
    return Equivalent(derive_terms(squared(stack(estimator, -truth), features.fresh(under)), squares=True))


def squared(error: LinearVector, under: Matrix) -> dict[str, tuple[Matrix, Matrix]]:
    """For each source of an error e = K source its second moment M and K' under K: the risk is tr(M K' under K)."""
    if error.rows != under.rows or under.rows != under.cols:
        raise EngineError(f"the error has {error.rows} rows and {under} is {shape(under)}: they do not fit")
    truths = [source.name for source in error.of if not source.call]
    if len(truths) > 1:
        raise EngineError(f"two truths, {' and '.join(truths)}: write the second as a fixed matrix times the first")
    found: dict[str, tuple[Matrix, Matrix]] = {}
    for source, K in error.of.items():
        name, k = source.name, 2
        while name in found:
            name, k = f"{source.name} ({k})", k + 1
        found[name] = (source.moment, product(product(K.T, under), K))
    return found


def mean_trace(moment: Matrix, expression: Matrix) -> Equivalent:
    """The mean of tr(moment expression), for a fixed matrix and an expression in designs."""
    return Equivalent(derive_terms({"trace": (moment, expression)}))


def derive(terms: Mapping[str, tuple[Matrix, Matrix]]) -> Equivalent:
    """The equivalent of a sum of E tr(moment expression), each term by its name."""
    return Equivalent(derive_terms(terms))
