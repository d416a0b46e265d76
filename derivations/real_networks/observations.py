"""Observations: what runs on real data show, in settings that are named, and where nothing was found.

A bound of a claim was chosen after a look at some runs; the claim is about the mean over random draws of images, labels
and starts, and runs from other seeds may refute it. What was looked at beside it is in
:mod:`derivations.real_networks.settings`, and ``notebooks/real_networks.ipynb`` shows it all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from derivations.dong2025.setting import PAPER as DONG
from derivations.ildiz2025.letters import PAPER as ILDIZ
from derivations.nagarajan2023.linear import PAPER as NAGARAJAN
from derivations.real_networks.data import FILES
from derivations.real_networks.evidence import Experiment, RealRuns, Terms
from w2s_sym import Claim, Compare, Domain, Mean, Source, symbol

KEY = "real_networks"
HASHES = ", ".join(f"{pattern} {digest[:12]}" for pattern, digest, _ in FILES.values())


def _again(paper: Source, place: str) -> Source:
    """A paper's question, asked here again."""
    return replace(paper, key=KEY).at(place, "derived")


FIGURE_2A = _again(ILDIZ, "Figure 2a, asked of small networks on Fashion-MNIST")
SURROGATE = _again(ILDIZ, "the optimal surrogate, on frozen features of Fashion-MNIST")
LAG = _again(NAGARAJAN, "experiments, on images and texts")
RATIOS = _again(DONG, "experiments, on frozen features of images and texts")


@dataclass(frozen=True)
class Statistic:
    """A mean that observations are about, and how a run gives one value of it."""

    mean: Mean
    terms: Terms


def statistic(name: str, meaning: str, latex: str, **terms: float) -> Statistic:
    """The mean over runs of the sum of named values times these factors."""
    return Statistic(Mean(symbol(name, meaning, latex, real=True), meaning), tuple(terms.items()))


def difference(name: str, first: str, second: str, meaning: str) -> Statistic:
    """The mean of one value minus another of the same run."""
    return statistic(name, meaning, rf"\bar D_{{\mathrm{{{name.replace('_', ',')}}}}}", **{first: 1, second: -1})


def observed(
    name: str,
    sentence: str,
    what: Statistic,
    relation: str,
    bound: Any,
    *,
    of: Experiment,
    source: Source,
    rival: Any,
    remark: str = "",
) -> Claim:
    """An observation with its setting; the rival is a bound that the same runs must refute."""
    return Claim(
        name,
        sentence,
        Compare(what.mean, relation, sp.Rational(bound)),
        Domain(()),
        source,
        (RealRuns(of, what.terms),),
        kind="observation",
        rivals=(sp.Rational(rival),),
        remark=f"Setting: {of}. Data, with the start of their SHA-256: {HASHES}.{' ' if remark else ''}{remark}",
    )
