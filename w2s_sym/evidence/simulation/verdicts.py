"""Verdicts from draws: when a mean refutes a formula, agrees with it, or cannot tell.

Every point is a test of its own at the fixed level; points are never pooled. A formula agrees only if the draws that
do not reject it reject all of its rivals, each at a point that can tell it from the formula. Of a user's experiment
nothing else is known than its draws. There a formula agrees only if at some point they leave it no room to be off by
more than WITHIN: a formula that is wrong by so much everywhere agrees once in a million times. What is sampled from the
statement itself is also told from its rivals; the finding says which errors its draws would have seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.evidence.simulation.batches import Bench
from w2s_sym.evidence.simulation.moments_of_draws import DETECT, LEVEL
from w2s_sym.evidence.simulation.trials import Formulas, separations
from w2s_sym.formula.rational import identical
from w2s_sym.formula.relations import Relation

# A rival this close to the formula at every point may be the same formula in another form.
SAME = 1e-9
# Words and literal experiment must agree on the same draws up to this relative error.
PATH = 1e-6

# A mean that agrees with a user's experiment is known to this share of it, with room of LEVEL standard errors.
WITHIN = 0.01

Elsewhere = Callable[[Sequence[sp.Expr]], dict[str, Any] | None]


@dataclass(frozen=True)
class DrawnPoints:
    """The draws of one test: a bench and a column of ``values`` per point, and what ran with nothing averaged.

    ``values`` are those of :meth:`Formulas.at`: first the right side, then the author's rivals, then the mutants.
    ``extra`` is a further bench with the right side there. ``literal`` has the literal experiment's draws, mean and
    path_gap, and z when the draws are many enough for it. ``error`` is the relative standard error asked for.
    """

    formulas: Formulas
    benches: Sequence[Bench]
    values: np.ndarray
    error: float
    rules: Sequence[str] = ()
    extra: tuple[Bench, float] | None = None
    literal: Mapping[str, Any] = field(default_factory=dict)

    @property
    def tested(self) -> list[tuple[Bench, float]]:
        """Every bench with the right side at its point."""
        main = [(b, float(v)) for b, v in zip(self.benches, self.values[0], strict=True)]
        return main if self.extra is None else [*main, self.extra]

    def detail(self) -> dict[str, Any]:
        """The numbers of all points, as plain values."""
        found: dict[str, Any] = {
            "points": [b.row(float(v)) for b, v in zip(self.benches, self.values[0], strict=True)],
            "level": LEVEL,
            "rules": list(self.rules),
        }
        if self.extra is not None:
            found["nothing_averaged"] = self.extra[0].row(self.extra[1])
        if self.literal:
            found["literal"] = dict(self.literal)
        return found


def rejected(benches: Sequence[Bench], values: np.ndarray) -> np.ndarray:
    """Rivals (rows, after the first) against points: whether the draws there reject the rival at the level."""
    means, spreads = _moments(benches)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.isfinite(values[1:]) & (np.abs(means - values[1:]) > LEVEL * spreads))


def settled(benches: Sequence[Bench], values: np.ndarray) -> np.ndarray:
    """For each rival, whether a point that can tell it from the right side (DETECT) also rejects it."""
    _, spreads = _moments(benches)
    with np.errstate(invalid="ignore"):
        apart = np.abs(values[1:] - values[0]) >= DETECT * spreads
    return np.asarray(np.any(apart & rejected(benches, values), axis=1))


def within(bench: Bench, value: float) -> bool:
    """Whether the draws of a bench leave a formula's value no room to be off by more than WITHIN, relative to it."""
    scale = abs(value) if value != 0 else bench.tally.sd
    return abs(bench.tally.mean - value) + LEVEL * bench.spread <= WITHIN * scale


def unfit(evidence: DrawnPoints) -> Finding | None:
    """What comes before any z-test: words that are not the literal experiment, then draws without a variance."""
    literal, detail = evidence.literal, evidence.detail()
    if literal and not literal["path_gap"] <= PATH:
        return Finding("simulation", Verdict.REFUTED, _literally(literal), detail)
    heavy = [reason for bench, _ in evidence.tested if (reason := bench.heavy) is not None]
    return Finding("simulation", Verdict.INCONCLUSIVE, heavy[0], detail) if heavy else None


def _literally(literal: Mapping[str, Any]) -> str:
    z = f" (z = {literal['z']:+.1f})" if "z" in literal else ""
    return (
        f"the literal experiment gives {literal['mean']:.6g}{z} and differs from the words "
        f"by up to {literal['path_gap']:.1e} of their value on the same draws"
    )


def _moments(benches: Sequence[Bench]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([b.tally.mean for b in benches]), np.array([b.spread for b in benches])


def judge_equality(evidence: DrawnPoints, elsewhere: Elsewhere) -> Finding:
    """The verdict on ``mean = rhs``; ``elsewhere`` names a point that would decide between rivals left standing."""
    formulas, benches, values = evidence.formulas, evidence.benches, evidence.values
    authors, detail = len(formulas.authors), evidence.detail()
    out = np.asarray(np.any(rejected(benches, values), axis=1))
    refuted = tuple(i for (i, _), gone in zip(formulas.authors, out[:authors], strict=True) if gone)
    worst, rhs = max(evidence.tested, key=lambda t: abs(t[0].z(t[1])))
    if abs(worst.z(rhs)) > LEVEL:
        return Finding("simulation", Verdict.REFUTED, worst.off(rhs), detail, refuted)
    literal = evidence.literal
    if literal and not (abs(literal.get("z", 0.0)) <= LEVEL and literal["path_gap"] <= PATH):
        return Finding("simulation", Verdict.REFUTED, _literally(literal), detail, refuted)
    done = settled(benches, values)[authors:]
    near = np.asarray(separations(values).max(axis=1, initial=0.0) < SAME)[authors:]
    # A mutant that is the formula in another form is no rival. Only survivors are worth the algebra.
    standing = [
        m
        for m, gone, close in zip(formulas.mutants, done, near, strict=True)
        if not gone and not (close and identical(m, formulas.rhs))
    ]
    alive = [r for i, r in formulas.authors if i not in refuted]
    total, error = int(np.sum(done)) + len(standing), max(row["relative_error"] for row in detail["points"])
    smallest = DETECT * min(row["relative_error"] for row in detail["points"])
    detail.update(
        mutants=total,
        resolved=total - len(standing),
        unresolved=[str(m) for m in standing],
        smallest_detectable=smallest,
    )
    resolves = f"resolves {total - len(standing)} of {total} mutants"
    near_enough = not benches[0].unknown or any(within(b, v) for b, v in evidence.tested)
    if error <= evidence.error and not standing and not alive and near_enough:
        most = max(abs(b.z(v)) for b, v in evidence.tested)
        points = f"{len(benches)} point{'s' if len(benches) > 1 else ''}"
        seen = f"{smallest:.2%}"
        if benches[0].unknown:
            seen = f"{WITHIN:.2%} at one of them" if benches[1:] else f"{WITHIN:.2%}"
        text = f"|z| <= {most:.1f} at {points}, standard error {error:.2%}, {resolves} and errors of {seen}"
        return Finding("simulation", Verdict.AGREES, text, detail, refuted)
    reasons = [f"standard error {error:.2%} > {evidence.error:.2%}"] if error > evidence.error else []
    reasons += [] if near_enough else [f"at no point the draws exclude an error of {WITHIN:.0%}; give more, or others"]
    reasons += [resolves, f"smallest detectable error {smallest:.2%}"]
    if alive:
        reasons.append(f"does not refute the rival {alive[0]}")
    detail["decide"] = decide = elsewhere((*alive, *standing))
    if decide is not None:
        reasons.append(f"decide at {decide['text']}" if "point" in decide else decide["text"])
    move = decide["text"] if decide is not None else ""
    return Finding("simulation", Verdict.INCONCLUSIVE, "; ".join(reasons), detail, refuted, next_move=move)


def side(z: float, relation: str) -> bool | None:
    """Whether a mean ``z`` standard errors above a bound is on the side stated; None when the draws do not tell."""
    if relation == "!=":
        return True if abs(z) > LEVEL else None
    inside = Relation(relation).direction * z
    return True if inside > LEVEL else False if inside < -LEVEL else None


def judge_inequality(evidence: DrawnPoints, relation: str) -> Finding:
    """The verdict on ``mean relation rhs``: one-sided tests at every point; rivals are bounds that must fail."""
    detail, tested = evidence.detail(), evidence.tested
    sides = [side(b.z(v), relation) for b, v in tested]
    refuted = tuple(
        i
        for (i, _), row in zip(evidence.formulas.authors, evidence.values[1:], strict=True)
        if any(np.isfinite(v) and side(b.z(v), relation) is False for b, v in zip(evidence.benches, row, strict=True))
    )
    if False in sides:
        bench, rhs = tested[sides.index(False)]
        text = f"the mean is not {relation} the right side: {bench.off(rhs)}"
        return Finding("simulation", Verdict.REFUTED, text, detail, refuted)
    shown = ", ".join(f"{b.z(v):+.1f}" for b, v in tested)
    if None in sides:
        text = f"the side of the bound is not settled at every point: z = {shown}, needs {LEVEL:.2f}"
        return Finding("simulation", Verdict.INCONCLUSIVE, text, detail, refuted)
    alive = [r for i, r in evidence.formulas.authors if i not in refuted]
    if alive:
        text = f"z = {shown}, but does not refute the rival bound {alive[0]}; name a point where it fails"
        return Finding("simulation", Verdict.INCONCLUSIVE, text, detail, refuted)
    text = f"the mean is {relation} the right side at {len(tested)} points, z = {shown}"
    return Finding("simulation", Verdict.AGREES, text, detail, refuted)


__all__ = ["PATH", "DrawnPoints", "judge_equality", "judge_inequality", "rejected", "settled", "side", "within"]
