"""What a ridge plan's reader must know beside its numbers: rows in order, nested features, other ways of training."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from w2s_sym.forecast import given_rows, hidden_columns
from w2s_sym.forecast.coordinates import Coordinates
from w2s_sym.forecast.decision import CHOICES, OPPONENTS
from w2s_sym.forecast.diagnosis import ALARM, FACTOR, LEVERAGE, Note, Remarks, chi_square_score
from w2s_sym.forecast.filled_rows import PlacedRows, fill_remarks
from w2s_sym.forecast.label_marks import mark_remarks
from w2s_sym.forecast.labelled_rows import TwoSamples, means_apart, scale_doubts
from w2s_sym.forecast.outlook import Outlook, Question
from w2s_sym.forecast.related_rows import parted_doubts, relation_remarks
from w2s_sym.forecast.ridge_equivalents import CEILING, NAMES, STRONG, STUDENT, WEAK, Equivalents, Population
from w2s_sym.forecast.ridge_fits import Penalty
from w2s_sym.forecast.ridge_refits import RefitErrors

# Features are nested when the strong ones leave no more than this part of the weak ones' variance.
NESTED = 1e-6
# Errors closer than this (relative) are alike: no choice is said to change between them.
ALIKE = 0.02
# A model explains nothing of labels where its error is not so much (relative) below that of their mean.
EXPLAINS = 0.05
# Parts of the variance at which the choice is looked at.
KEPT_PARTS = (0.95, 0.99, 0.999, 1.0)
# The part at which least squares is compared: the intrinsic dimension of Dong et al. (2025).
INTRINSIC = 0.99
# Errors below this part of the variance of labels are those of a fit without noise.
NOISELESS = 1e-8
# So many times the labels at hand are far to extrapolate.
FAR_AHEAD = 3
# The fewest labels at which plans were compared with training.
COMPARED_FROM = 60


def row_doubts(held: Coordinates) -> list[str]:
    """Why labelled rows, the first ones, are no random sample of all rows; empty where chance explains the distance.

    The squared distance of the means along leading directions is compared with a chi-squared law; squares by
    :func:`~w2s_sym.forecast.labelled_rows.scale_doubts` where the means tell nothing.
    """
    labelled, rows = held.labelled, held.rows
    if labelled >= rows or labelled < 2:
        return []
    for name, x, lam in (
        ("weak", held.x_w, held.population.lam_w),
        ("strong", held.x_s, held.population.lam_s),
    ):
        k = max(min(given_rows.COMPARED, labelled // 5, len(lam)), 1)
        scaled = x[:labelled, :k].mean(0) ** 2 / (lam[:k] * (1 / labelled - 1 / rows))
        if chi_square_score(float(scaled.mean()), k) > ALARM and means_apart(x[:, :k], labelled):
            return [given_rows.sorted_doubt(labelled, rows, name, float(np.sqrt(scaled.mean())))]
    sides = (TwoSamples(name, x[:labelled], x[labelled:]) for name, x in (("weak", held.x_w), ("strong", held.x_s)))
    return scale_doubts(tuple(sides), labelled, rows)


def leverage_doubts(held: Coordinates) -> list[str]:
    """A doubt for each side on which one row is most of the variance."""
    doubts = []
    for name, x in (("weak", held.x_w), ("strong", held.x_s)):
        lengths = np.einsum("ij,ij->i", x, x)
        share = float(lengths.max() / max(lengths.sum(), np.finfo(float).tiny))
        if share > LEVERAGE and len(x) > 2:
            doubts.append(
                f"one of {held.rows} rows carries {share:.0%} of the variance of the {name} features: bound or rank "
                "them, or leave such points out"
            )
    return doubts


def unexplained(held: Coordinates) -> float | None:
    """The part of the weak features' variance that is not linear in the strong ones; None where rows are too few."""
    population = held.population
    seen = held.rows
    free = seen - 1 - len(population.lam_s)
    if free < max(5, seen / 20):
        return None
    inside = float((population.cross**2 / population.lam_s[:, None]).sum())
    return max(1 - inside / float(population.lam_w.sum()), 0.0) * (seen - 1) / free


def reproduces(held: Coordinates, measured: RefitErrors) -> bool:
    """Whether the student reproduces its teacher: weak features are linear in strong ones, and refits agree."""
    left = unexplained(held)
    weak, student = measured.errors[WEAK], measured.errors[STUDENT]
    return left is not None and left < NESTED and bool(abs(student / weak - 1) < ALIKE)


def best_by_explained(held: Coordinates, ask: Question, found: Outlook) -> dict[float, str]:
    """Which choice is best with the directions that carry these parts of the variance.

    The plan's errors are moved by what the equivalents say that leaving directions out does.
    """
    whole = _logarithms(held.population, ask, found, ask.penalty)
    first = int(np.argmin(found.centre[: len(CHOICES)]))
    best: dict[float, str] = {}
    for part in KEPT_PARTS:
        kept = (held.weak.directions(part), held.strong.directions(part))
        few = whole
        if kept != (len(held.population.lam_w), len(held.population.lam_s)):
            few = _logarithms(held.population.leading(*kept), ask, found, ask.penalty)
        moved = (found.centre + (few - whole).mean(0))[: len(CHOICES)]
        least = int(moved.argmin())
        best[part] = NAMES[first if moved[first] <= moved[least] + ALIKE else least]
    return best


def _logarithms(population: Population, ask: Question, found: Outlook, penalty: Penalty) -> np.ndarray:
    """Logarithms of errors by equivalents at the drawn targets, shape (draws, 5), with a population's directions."""
    at = Equivalents.of(population, ask.n, ask.N, penalty)
    k_w, k_s = len(population.lam_w), len(population.lam_s)
    targets = (replace(d.truth, c_w=d.truth.c_w[:k_w], c_s=d.truth.c_s[:k_s]) for d in found.draws)
    return np.log(np.maximum([at.errors(truth) for truth in targets], 1e-300))


@dataclass(frozen=True)
class LeastSquares:
    """What least squares on the intrinsic dimensions ``d_w`` and ``d_s`` gains: teacher's, student's and ceiling's
    errors, and whether its gain has the other sign than ridge's."""

    d_w: int
    d_s: int
    weak: float
    student: float
    ceiling: float
    differs: bool

    def __str__(self) -> str:
        if not self.differs:
            return ""
        gains = self.student < self.weak
        gap = self.weak - self.ceiling
        ratio = f", PGR {(self.weak - self.student) / gap:.2f}" if gap > 0 else ""
        word, other = ("gains", "loses") if gains else ("loses", "gains")
        return (
            f"Least squares and ridge disagree: by least squares on {self.d_w} and {self.d_s} directions the student "
            f"{word} ({self.weak:.3g} to {self.student:.3g}{ratio}), by ridge it {other}."
        )


def by_least_squares(held: Coordinates, ask: Question, found: Outlook) -> LeastSquares | None:
    """Least squares beside ridge, by equivalents; None where a model has too few rows for it."""
    few = held.leading(INTRINSIC).population
    d_w, d_s = len(few.lam_w), len(few.lam_s)
    if ask.n <= d_w + 2 or d_s + 2 >= ask.N:
        return None
    logs = _logarithms(few, ask, found, 0.0)
    c = found.mean
    error = np.sqrt(max(c[WEAK, WEAK] + c[STUDENT, STUDENT] - 2 * c[WEAK, STUDENT], 0.0))
    gains = logs[:, WEAK] - logs[:, STUDENT]
    signs = (_sign(gains.mean(), gains.std(ddof=1)), _sign(found.centre[WEAK] - found.centre[STUDENT], error))
    weak, student, ceiling = (float(np.exp(logs[:, k].mean())) for k in (WEAK, STUDENT, CEILING))
    return LeastSquares(d_w, d_s, weak, student, ceiling, signs[0] * signs[1] < 0)


def _sign(value: float, error: float) -> int:
    """The sign of a value; 0 within two standard errors."""
    return 0 if abs(value) <= 2 * error else int(np.sign(value))


def fit_doubts(found: Outlook, y: np.ndarray) -> list[str]:
    """Where labels are a function of the features, and where refits and equivalents are further apart than a factor
    that chance does not explain; ``y``, shape (labelled, outputs), are the labels."""
    measured, doubts = found.measured, []
    exact = NOISELESS * float(((y - y.mean(0)) ** 2).sum(1).mean())
    known = [side for k, side in ((WEAK, "weak"), (STRONG, "strong")) if measured.errors[k] < exact]
    doubts += [
        f"the labels are a linear function of the {side} features without any noise: are they among these features, or "
        "made of them? The errors of models on them are rounding errors"
        for side in known
    ]
    for k, name in enumerate(NAMES):
        if measured.errors[k] < exact:
            continue
        seen, said = float(measured.errors[k]), float(found.predicted[k])
        off = abs(float(np.log(max(seen, 1e-300) / max(said, 1e-300))))
        if off > np.log(FACTOR) and off > ALARM * found.unsure[k]:
            size = measured.sizes.most if name == "ceiling" else measured.sizes.m
            doubts.append(
                f"the error of the {OPPONENTS[name]}, measured at {size} labels, is {seen:.3g}; the equivalents say "
                f"{said:.3g} (standard error {found.unsure[k]:.0%})"
            )
    return doubts


def notes(held: Coordinates, y: np.ndarray, ask: Question, found: Outlook, raw: np.ndarray) -> tuple[Note, ...]:
    """All notes: how the numbers were checked, sizes that are far away, labels that may be meant otherwise."""
    sizes = found.measured.sizes
    against = ", ".join(
        f"{OPPONENTS[NAMES[k]].split(',')[0]} {found.measured.errors[k]:.3g} ({found.predicted[k]:.3g})"
        for k in range(1, len(NAMES))
    )
    weight = float(found.weight[1:].mean())
    text = (
        f"{found.measured.refits} refits with {sizes.m} labels, {sizes.M} pseudo-labels and {sizes.most} labels of the "
        f"ceiling gave, with the equivalents' value in brackets, {against}; refits count for {weight:.0%}"
    )
    said = [Note("checked", text), *_unit_notes(held, ask)]
    said += [*given_rows.order_notes(y), *_label_notes(raw), *_foreign_notes(found)]
    if ask.n > FAR_AHEAD * len(y) or FAR_AHEAD * held.rows < ask.N:
        text = f"{len(y)} labels and {held.rows} rows were seen, n = {ask.n} and N = {ask.N} are asked for"
        said.append(Note("far", f"{text}: bands allow for that, and are wide"))
    if len(y) < COMPARED_FROM:
        text = (
            f"{len(y)} labels: plans were compared with training at {COMPARED_FROM} labels and more; with fewer, "
            "probabilities may be too high and bands too narrow"
        )
        said.append(Note("few labels", text))
    if len(held.index) < held.rows:
        text = (
            f"second moments are those of all {held.rows} rows; {len(held.index)} of them train and measure, "
            f"{held.labelled} with labels, drawn with seed {ask.seed} and read by number"
        )
        said.append(Note("rows", text))
    left = unexplained(held)
    if left is not None and left < NESTED and not reproduces(held, found.measured):
        text = "weak features are linear in the strong ones: what the student changes is shrinkage alone"
        said.append(Note("nested", text))
    return tuple(said)


def _unit_notes(held: Coordinates, ask: Question) -> list[Note]:
    """Notes on one column, or one direction, that is nearly all of a side's variance."""
    penalty = None if ask.penalty is None else ask.penalty / ask.n
    return [*given_rows.unit_notes(held, penalty), *hidden_columns.direction_notes(held)]


def _label_notes(raw: np.ndarray) -> list[Note]:
    """A note for labels that look like numbers of classes and are fitted as numbers."""
    table = raw.reshape(len(raw), -1)
    if table.shape[1] > 1 or not (table == np.round(table)).all():
        return []
    values = np.unique(table)
    if not 2 < len(values) <= 20 or len(values) > len(raw) / 5:
        return []
    text = f"labels are {len(values)} integers and are fitted as numbers; for classes give one column per class"
    return [Note("labels", f"{text} (--classes does)")]


def _foreign_notes(found: Outlook) -> list[Note]:
    """A note where no model has a smaller error than the mean of the labels."""
    mean, *others = (float(np.exp(found.centre[k])) for k in (NAMES.index("mean"), WEAK, STRONG, CEILING))
    if min(others) < (1 - EXPLAINS) * mean:
        return []
    text = (
        f"neither model explains the labels: the mean's error is {mean:.3g}, the least of the models' "
        f"{min(others):.3g}; they are noise for these features, or their order or their part of the points is not that "
        "of the features"
    )
    return [Note("not explained", text)]


def remarks(
    held: Coordinates, y: np.ndarray, ask: Question, found: Outlook, raw: np.ndarray, table: np.ndarray
) -> Remarks:
    """Doubts and notes; ``y`` are the labels of the rows that are held, ``raw`` those of all labelled rows, and
    ``table`` these as they are given: other ones where each class has got a column."""
    first = given_rows.FirstRows.held(held)
    shifted = given_rows.shift_doubts(first, y)
    marks = [axes.mark.doubt(name) for name, axes in (("weak", held.weak), ("strong", held.strong)) if axes.mark]
    # A shift, and marks that hide what varies, are reasons of their own for features that seem unrelated.
    related = relation_remarks(first.weak, first.strong) if not (shifted or marks) else Remarks()
    sides = (("weak", held.weak, held.x_w), ("strong", held.strong, held.x_s))
    rows = (PlacedRows(name, x, -axes.mean @ axes.vectors, axes.vectors.T) for name, axes, x in sides)
    filled = fill_remarks(tuple(rows), held.index, held.rows)
    unlike = row_doubts(held) if not filled.doubts else []  # rows that are filled in are no sample of the others
    if not (shifted or marks or unlike) and related + filled == Remarks():
        related = Remarks((), tuple(parted_doubts(held.x_w, held.x_s, held.index, held.labelled)))
    doubts = [
        *given_rows.repeat_doubts(held, y),
        *given_rows.label_doubts(raw),
        *unlike,
        *leverage_doubts(held),
        *hidden_columns.rounding_doubts(held),
        *fit_doubts(found, y),
    ]
    above = Remarks((), (*shifted, *marks)) + related + filled + given_rows.table_remarks(raw)
    above += mark_remarks(table, numbers=table is raw)
    said = notes(held, y, ask, found, raw)
    return Remarks((said[0], *above.notes, *said[1:]), (*above.doubts, *doubts))
