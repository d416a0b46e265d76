"""Names of claims as titles."""

from __future__ import annotations

import re

# What snake case hides: names of people, words with a hyphen, abbreviations.
_SPELT = {
    "steins": "Stein's",
    "wishart": "Wishart",
    "hermite": "Hermite",
    "riemann": "Riemann",
    "gaussianity": "Gaussianity",
    "pgr": "PGR",
    "opr": "OPR",
    "l2": "L2",
    "omega": "Omega",
    "chi square": "chi-square",
    "in sample": "in-sample",
    "pseudo labels": "pseudo-labels",
    "self distillation": "self-distillation",
    "self distilled": "self-distilled",
    "over regularised": "over-regularised",
    "long run": "long-run",
    "two stage": "two-stage",
    "cross covariance": "cross-covariance",
    "finite size": "finite-size",
    "log concave": "log-concave",
    "surrogate to target": "surrogate-to-target",
    "students risk": "student's risk",
    "students loss": "student's loss",
    "teachers slope": "teacher's slope",
    "teachers space": "teacher's space",
    "teachers direction": "teacher's direction",
    "golden ratios law": "golden ratio's law",
}
_FOUND = re.compile(rf"\b({'|'.join(map(re.escape, _SPELT))})\b")


def title_of(name: str) -> str:
    """The name of a claim as a title: words instead of snake case, names and abbreviations as they are spelt."""
    words = _FOUND.sub(lambda found: _SPELT[found[0]], name.strip("_").replace("_", " "))
    return words[:1].upper() + words[1:]
