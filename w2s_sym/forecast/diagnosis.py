"""What features say of the formulas' assumptions: notes for the reader, and doubts that overrule a prediction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from w2s_sym.forecast.correlation_dimension import Overlap
from w2s_sym.forecast.features import FeatureSpace, Pair
from w2s_sym.forecast.refits import Measured

# A departure from the Gaussian value counts beyond this many standard errors: the false alarm level of all z-tests.
ALARM = 4.9
# Beyond this factor between what is measured and what a formula says, wider bands are no answer.
FACTOR = 1.5
# One point that carries more than this part of a direction's second moment decides what that direction is.
LEVERAGE = 0.5
# Above this part of the second moments the means are most of what the features are.
MEANS = 0.5
# What to do about a point or a tail that the formulas do not know of.
MOVE = "bound or rank the features or leave out such points"


def chi_square_score(mean: float, count: int) -> float:
    """How far the mean of so many squares of standard normals is above 1, in standard errors, by the cube root of
    Wilson and Hilferty."""
    return float((mean ** (1 / 3) - (1 - 2 / (9 * count))) / np.sqrt(2 / (9 * count)))


@dataclass(frozen=True)
class Note:
    """Something the reader of a plan has to know: which assumption, and how much it matters here."""

    name: str
    text: str


@dataclass(frozen=True)
class Remarks:
    """What the reader of a plan is told: notes, and doubts, which are reasons not to trust the prediction."""

    notes: tuple[Note, ...] = ()
    doubts: tuple[str, ...] = ()

    def __add__(self, other: Remarks) -> Remarks:
        return Remarks(self.notes + other.notes, self.doubts + other.doubts)


def shape_remarks(pair: Pair, found: Overlap) -> Remarks:
    """What the features alone say of the formulas' assumptions, which are Gaussian features."""
    return Remarks(tuple(_shape_notes(pair, found)), tuple(_shape_doubts(pair, found)))


def _shape_notes(pair: Pair, found: Overlap) -> list[Note]:
    """What the features alone say of the formulas' assumptions."""
    notes = _uncentred(pair)
    for name, dim, kurtosis in (("weak", found.d_w, found.kurtosis_w), ("strong", found.d_s, found.kurtosis_s)):
        error = np.sqrt(8 / (dim * (dim + 2) * len(pair.index)))
        if abs(kurtosis - 1) > ALARM * error:
            shape = "heavier" if kurtosis > 1 else "lighter"
            notes.append(
                Note(
                    "not Gaussian",
                    f"{name} features have {shape} tails: the fourth moment of their length is {kurtosis:.3g} of the "
                    "Gaussian one",
                )
            )
    if found.calibrated:
        notes.append(
            Note(
                "few rows",
                f"{found.rows} rows for {found.d_w + found.d_s} directions: the interval of d_sw is calibrated by "
                "Gaussian simulation",
            )
        )
    for name, space in (("weak", pair.weak), ("strong", pair.strong)):
        if space.rank < space.columns:
            notes.append(Note("rank", f"{name} features have rank {space.rank} of {space.columns} columns"))
    return notes


def _uncentred(pair: Pair) -> list[Note]:
    """A note where the columns' means are most of the second moment of one side or both; at most one.

    The means are those of the rows that are looked at singly.
    """
    means = {"weak": (pair.weak, pair.psi_w.mean(0)), "strong": (pair.strong, pair.psi_s.mean(0))}
    shares = {name: share_of_means(space, mean) for name, (space, mean) in means.items()}
    large = [name for name, share in shares.items() if share > MEANS]
    if not large:
        return []
    carried = " and ".join(f"{shares[name]:.4%} of the second moment of the {name} features" for name in large)
    sizes = " and ".join(f"d_{name[0]} = {means[name][0].dim}" for name in large)
    text = f"the columns' means carry {carried}: {sizes} count this constant direction first and hide what varies"
    if len(large) == 2:
        weak, strong = (mean / np.linalg.norm(mean) for _, mean in means.values())
        cosine = float(strong @ pair.cross @ weak)
        text += f", and d_sw counts it as one shared dimension (cosine {cosine:.4f})"
    return [Note("not centred", f"{text}; subtract the columns' means of features and labels, as an intercept does")]


def share_of_means(space: FeatureSpace, mean: np.ndarray) -> float:
    """The part of the kept second moment that a mean in whitened coordinates carries."""
    moments = 1 / (space.basis**2).sum(0)
    return float((mean**2 * moments).sum() / moments.sum())


def _shape_doubts(pair: Pair, found: Overlap) -> list[str]:
    """Why second moments of these rows are no guide to the next rows; empty where they are."""
    doubts = []
    for name, dim, kurtosis, psi in (
        ("weak", found.d_w, found.kurtosis_w, pair.psi_w),
        ("strong", found.d_s, found.kurtosis_s, pair.psi_s),
    ):
        lengths = (psi**2).sum(1)
        most, mean = float(lengths.max() / pair.rows), float(lengths.mean() / dim)
        # Many directions, of which one belongs to one point, are no reason; kurtosis weighs all of them.
        if kurtosis > 2 and most > LEVERAGE:
            doubts.append(
                f"tails of the {name} features are too heavy: one of {pair.rows} points carries {min(most, 1):.0%} of "
                f"a direction, and the fourth moment of their length is {kurtosis:.3g} of the Gaussian one; {MOVE}"
            )
        elif not 1 / FACTOR < mean < FACTOR:
            doubts.append(
                f"tails of the {name} features are too heavy: {len(lengths)} random points of {pair.rows} have "
                f"{mean:.2g} of the second moment of all; {MOVE}"
            )
    return doubts


def law_doubts(ratio: float, error: float, seen: Measured) -> list[str]:
    """Why the variance law is no guide: it is off by a large factor that chance does not explain; else none.

    ``ratio`` is what was measured over what the formula says, ``error`` its standard error.
    """
    if 1 / FACTOR < ratio < FACTOR or abs(ratio - 1) <= ALARM * error:
        return []
    return [
        f"the student's variance, measured on these features at n = {seen.n}, N = {seen.N}, is {ratio:.3g} times what "
        f"the formula says (standard error {error:.2g}); {MOVE}"
    ]


def risk_doubt(what: str, measured: float, expected: float, error: float, seen: Measured) -> list[str]:
    """The same for the excess risk of ``what``; ``error`` is the standard error of measured - expected."""
    if expected / FACTOR < measured < expected * FACTOR or abs(measured - expected) <= ALARM * error:
        return []
    return [
        f"the excess risk of the {what}, measured on these rows at n = {seen.n}, N = {seen.N}, is {measured:.3g}; "
        f"the formula says {expected:.3g} (standard error {error:.2g}); {MOVE}"
    ]
