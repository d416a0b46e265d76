"""Observations on PGR and OPR of least squares on frozen features: how far predictions are from what is measured."""

from __future__ import annotations

from derivations.real_networks.observations import RATIOS, difference, observed, statistic
from derivations.real_networks.planned import Sizes
from derivations.real_networks.settings import PAIRS
from w2s_sym import Claim

PGR = difference("pgr", "measured_pgr", "predicted_pgr", "mean of measured minus predicted PGR")
OPR = difference(
    "opr", "measured_log_opr", "predicted_log_opr", "mean of the logarithms of measured OPR over predicted"
)
n, N = 200, 800


def _name(pair: str) -> str:
    return pair.replace(": ", "_").replace(",", "").replace(" ", "_").lower()


def _pgr(pair: str) -> Claim:
    return observed(
        f"pgr_is_foretold_on_{_name(pair)}",
        f"On the pair ({pair}) at n = {n} and N = {N} the measured PGR of least squares is on average less than 1/5 "
        "below the predicted one.",
        PGR,
        ">",
        "-1/5",
        of=Sizes(pair, n, N),
        source=RATIOS,
        rival="1/5",
        remark="That it is more than the predicted one plus 1/5 is the rival, and refuted.",
    )


def _opr(pair: str) -> Claim:
    return observed(
        f"opr_is_foretold_on_{_name(pair)}",
        f"On the pair ({pair}) at n = {n} and N = {N} the logarithm of the measured OPR of least squares is on average "
        "less than 1/2 below that of the predicted one.",
        OPR,
        ">",
        "-1/2",
        of=Sizes(pair, n, N),
        source=RATIOS,
        rival="1/2",
        remark="That it is more than the predicted one plus 1/2 is the rival, and refuted.",
    )


TWEETS = "tweets: GloVe to MiniLM layer 6"
OPR_LEVEL = statistic(
    "log_opr", "mean logarithm of the measured OPR", r"\overline{\log \mathrm{OPR}}", measured_log_opr=1
)
CLAIMS = (
    *map(_pgr, PAIRS[:2]),
    *map(_opr, PAIRS[:3]),
    observed(
        "student_beats_the_strong_model_on_tweets",
        f"On the pair ({TWEETS}) at n = {n} and N = {N} the logarithm of the measured OPR of least squares is on "
        "average above 1/2.",
        OPR_LEVEL,
        ">",
        "1/2",
        of=Sizes(TWEETS, n, N),
        source=RATIOS,
        rival=4,
        remark="The strong model has hardly more labels than directions there, and ridge would be the better opponent.",
    ),
)
