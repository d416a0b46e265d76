"""Observations on PGR and OPR of least squares on frozen features: how far predictions are from what is measured."""

from __future__ import annotations

from derivations.real_networks.observations import RATIOS, observed, statistic
from derivations.real_networks.planned import Sizes
from derivations.real_networks.settings import PAIRS
from w2s_sym import Claim

PGR_OFF = statistic(
    "pgr_off", "mean absolute difference of predicted and measured PGR", r"\bar D_{\mathrm{PGR}}", pgr_off=1
)
OPR_OFF = statistic(
    "opr_off", "mean absolute difference of the logarithms of predicted and measured OPR", r"\bar D_{\mathrm{OPR}}",
    log_opr_off=1,
)  # fmt: skip
n, N = 200, 800


def _name(pair: str) -> str:
    return pair.replace(": ", "_").replace(",", "").replace(" ", "_").lower()


def _pgr(pair: str) -> Claim:
    return observed(
        f"pgr_is_foretold_on_{_name(pair)}",
        f"At n = {n} and N = {N} the PGR of least squares on {pair} is on average less than 1/5 off its prediction.",
        PGR_OFF,
        "<",
        "1/5",
        of=Sizes(pair, n, N),
        source=RATIOS,
        rival="1/1000",
    )


def _opr(pair: str) -> Claim:
    return observed(
        f"opr_is_foretold_on_{_name(pair)}",
        f"At n = {n} and N = {N} the OPR of least squares on {pair} is on average less than 1/5 off its prediction, in "
        "logarithms.",
        OPR_OFF,
        "<",
        "1/5",
        of=Sizes(pair, n, N),
        source=RATIOS,
        rival="1/1000",
    )


CLAIMS = tuple(claim for pair in PAIRS for claim in (_pgr(pair), _opr(pair)))
