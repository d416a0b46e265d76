"""w2s-sym: sharp formulas of distillation and weak-to-strong generalization as objects that can be checked.

This is the only public list of names. Each is imported when it is first used, so that ``import w2s_sym`` and
``w2s-sym --help`` cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOME = {
    "w2s_sym.formula.notation": ("symbol",),
    "w2s_sym.formula.totals": ("any_spectrum", "total"),
    "w2s_sym.formula.domain": ("Condition", "Domain", "DomainError"),
    "w2s_sym.claims.statement": ("Asymptotic", "ClaimError", "Compare", "Equation", "Iff", "Mean", "Source"),
    "w2s_sym.claims.claim": (
        "Claim",
        "Finding",
        "Result",
        "Run",
        "Verdict",
        "verify",
    ),
    "w2s_sym.spectra.spectrum": ("Signal", "Spectrum", "SpectrumError"),
    "w2s_sym.spectra.enclosure": ("Enclosed", "FixedPoint"),
    "w2s_sym.spectra.effective_ridge": ("solve",),
    "w2s_sym.spectra.coordinates": ("RiskError",),
    "w2s_sym.spectra.risks": ("EquivalentWarning", "Risk", "evaluate_risk", "risk"),
    "w2s_sym.equivalents.stages": ("two_stage", "two_stage_matrix"),
    "w2s_sym.matrices.traces": ("Quantity", "Sample", "Setting", "fixed", "gaussian", "gram_inverse", "pinv", "tr"),
    "w2s_sym.evidence.derivation.derivation": ("Derivation",),
    "w2s_sym.evidence.precision.precision": ("Precision",),
    "w2s_sym.evidence.precision.extrapolation": ("Curve", "Extrapolation"),
    "w2s_sym.evidence.certificate.certificate": ("Certificate",),
    "w2s_sym.evidence.simulation.simulation": ("Simulation",),
    "w2s_sym.forecast.features": ("FeatureError",),
    "w2s_sym.forecast.correlation_dimension": ("Overlap", "overlap"),
    "w2s_sym.forecast.forecast": ("Plan", "plan"),
    "w2s_sym.papers.figures": ("Figure",),
}
_WHERE = {name: module for module, names in _HOME.items() for name in names}

__all__ = ["__version__", *sorted(_WHERE)]


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
