"""A paper's formulas at one pair's dimensions: risks, their ratios, and the pseudo-labels that they ask for.

The formulas are those of claims that an installed paper lists as ``PREDICTIONS``; nothing is retyped here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from w2s_sym.claims.claim import Claim
from w2s_sym.formula.compiled import compiled

# Whose excess risks are planned, and what they are called in print.
RISKS: Mapping[str, str] = {
    "weak": "weak teacher",
    "student": "strong student (W2S)",
    "strong": "strong baseline, n true labels",
    "ceiling": "strong ceiling, n + N true labels",
}
# The formulas' parameters that are estimated from labels, and what they are called in print.
PARAMETERS: Mapping[str, str] = {
    "sigma2": "noise, at most",
    "rho_w": "approximation error, weak",
    "rho_s": "approximation error, strong",
    "q": "student's bias beyond rho_s",
    "h": "teacher's signal outside the student",
}
# The letters of the claims on ratios, and the risks that they stand for.
LETTERS: Mapping[str, str] = {"ER_w": "weak", "ER_s": "strong", "ER_c": "ceiling", "ER_w2s_pop": "student"}
# Without approximation errors and at unit noise a risk is a variance.
PURE_VARIANCE: Mapping[str, int] = {"sigma2": 1, "rho_w": 0, "rho_s": 0, "q": 0, "h": 0}
# More pseudo-labels than anybody has: the student's risk there is its limit.
MOST_PSEUDO_LABELS = 1e15


@dataclass(frozen=True)
class Draws:
    """Values of the parameters that the data allow, in arrays of shape (draws,).

    ``parameters`` has an array for each of :data:`PARAMETERS` and one for ``d_sw``. ``factors`` has one for each of
    :data:`RISKS`, of shape (draws,) or (1,): what multiplies the part of that risk that vanishes with infinite data,
    1 where the formula is taken as it is.
    """

    parameters: Mapping[str, np.ndarray]
    factors: Mapping[str, np.ndarray] = field(default_factory=lambda: {name: np.ones(1) for name in RISKS})


@dataclass(frozen=True)
class RiskFormulas:
    """The formulas of claims at the dimensions ``d_w`` and ``d_s``; risks sum over the outputs of the labels.

    ``claims`` are named as the risks are, and "pgr", "opr", "pseudo_labels"; ``compiled`` are their right sides as
    numpy functions. All methods raise :class:`~w2s_sym.formula.conditions.DomainError` outside a claim's domain.
    """

    claims: Mapping[str, Claim]
    compiled: Mapping[str, Callable[..., np.ndarray]]
    d_w: int
    d_s: int

    @classmethod
    def of(cls, claims: Mapping[str, Claim], d_w: int, d_s: int) -> RiskFormulas:
        """The formulas of a paper's ``PREDICTIONS`` at these dimensions."""
        used = (*RISKS, "pseudo_labels")
        return cls(claims, {name: claim.to_numpy() for name, claim in claims.items() if name in used}, d_w, d_s)

    def _value(self, name: str, **letters: Any) -> np.ndarray:
        """One formula at those of these letters that it has."""
        known = {"d_w": self.d_w, "d_s": self.d_s, **letters}
        wanted = {symbol.name for symbol in self.claims[name].rhs.free_symbols}
        return np.asarray(self.compiled[name](**{k: v for k, v in known.items() if k in wanted}))

    def limits(self, parameters: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Excess risks with infinitely many labels and pseudo-labels, shape (draws,) each."""
        rho_w, rho_s = parameters["rho_w"], parameters["rho_s"]
        return {"weak": rho_w, "student": rho_s + parameters["q"], "strong": rho_s, "ceiling": rho_s}

    def excess_risks(
        self, draws: Draws, n: int, N: float | np.ndarray, names: Sequence[str] = tuple(RISKS)
    ) -> dict[str, np.ndarray]:
        """The excess risks ``names`` at n labels and N pseudo-labels, shape (draws,) each."""
        left = self.limits(draws.parameters)
        return {
            name: left[name] + draws.factors[name] * (self._value(name, n=n, N=N, **draws.parameters) - left[name])
            for name in names
        }

    def variance_ratio(self, d_sw: np.ndarray, N: int | float) -> np.ndarray:
        """The student's variance over its teacher's at correlation dimensions ``d_sw``, of the same shape.

        It does not depend on n: any n at which the teacher's variance is finite will do.
        """
        any_n = self.d_w + 3
        student = self._value("student", d_sw=d_sw, N=N, n=any_n, **PURE_VARIANCE)
        return np.asarray(student / self._value("weak", n=any_n, **PURE_VARIANCE))

    def pseudo_labels_for_variance(self, d_sw: float, n: int, part: float) -> float:
        """Pseudo-labels for a part of the gain, without approximation errors; infinite where there is no gain."""
        if d_sw >= self.d_w:
            return float("inf")
        return float(self._value("pseudo_labels", d_sw=d_sw, n=n, share=part, **PURE_VARIANCE))

    def pseudo_labels(self, draws: Draws, n: int, part: float) -> np.ndarray:
        """The least number of pseudo-labels for a part of the attainable gain, shape (draws,).

        By bisection on the student's risk, which falls with N; infinite where the student never beats its teacher.
        """
        far = self.excess_risks(draws, n, MOST_PSEUDO_LABELS, ("weak", "student"))
        gain = far["weak"] - far["student"]
        target = far["weak"] - part * gain
        count = len(draws.parameters["sigma2"])
        low, high = np.full(count, self.d_s + 2.0), np.full(count, MOST_PSEUDO_LABELS)
        for _ in range(60):
            middle = np.floor(np.sqrt(low * high))
            enough = self.excess_risks(draws, n, middle, ("student",))["student"] <= target
            high, low = np.where(enough, middle, high), np.where(enough, low, middle)
        return np.where(gain > 0, high, np.inf)

    def ratio(self, name: str, risks: Mapping[str, np.ndarray]) -> np.ndarray:
        """PGR or OPR ("pgr", "opr") of excess risks by its definition, the left side of its claim; shape (draws,)."""
        statement: Any = self.claims[name].statement
        symbols = sorted(statement.lhs.free_symbols, key=str)
        function = compiled(symbols, statement.lhs)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(function(*(risks[LETTERS[str(s)]] for s in symbols)))
