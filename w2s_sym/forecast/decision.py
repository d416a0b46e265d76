"""What to train, and what to expect of it: the ridge planner's answer as numbers, as text and as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.forecast.diagnosis import Note
from w2s_sym.forecast.plan_data import Band
from w2s_sym.formula import display

# The predictors, and what they are called in print. The ceiling has labels that nobody has: it is no choice.
OPPONENTS: Mapping[str, str] = {
    "mean": "mean of the labels",
    "weak": "weak teacher",
    "student": "strong student (W2S)",
    "strong": "strong model on the n labels",
    "ceiling": "strong ceiling, n + N labels",
}
CHOICES = ("mean", "weak", "student", "strong")
# From this probability on, the best predictor is named without "probably".
SURE = 0.95
# Below this one no choice is named alone: more runs have another best than this one.
CLEAR = 0.5
# Errors closer than this (relative) are of one model under two names.
TIED = 1e-9


@dataclass(frozen=True)
class Forecast:
    """One predictor's error: mean squared error against labels, summed over outputs, noise included.

    ``mean`` has the 95 % band of the average over training runs, ``run`` that of one run, both with the same value.
    ``best`` is the probability that, in one run, it is the best of the four choices (None for the ceiling).
    ``accuracy`` is measured by refits at the sizes that the plan names; None for labels that are no classes.
    """

    mean: Band
    run: Band
    best: float | None
    accuracy: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "error": self.mean.value,
            "mean_band": [self.mean.low, self.mean.high],
            "one_run_band": [self.run.low, self.run.high],
            "probability_best": self.best,
            "accuracy": self.accuracy,
        }


@dataclass(frozen=True)
class RefitSummary:
    """The refits behind a plan: their number and sizes, the part that they count for (the rest is the equivalents'),
    and the errors by refits and by equivalents at the refits' sizes, by the names of OPPONENTS."""

    refits: int
    n: int
    N: int
    ceiling: int
    weight: float
    measured: Mapping[str, float]
    equivalents: Mapping[str, float]


@dataclass(frozen=True, repr=False)
class RidgePlan:
    """What to expect of weak-to-strong training with ridge, beside training on the labels themselves.

    ``errors`` has a :class:`Forecast` for each of OPPONENTS. ``gain`` is the student's error below its teacher's, in
    the label's units, ``pgr`` the part of the gap from teacher to ceiling that it recovers (None where there is no
    gap); ``pays`` is the probability that one student beats its teacher. ``explained`` has, for parts of the variance
    that are kept, which predictor is best; ``least_squares`` says what least squares gains instead, empty where it says
    the same. ``doubts`` are reasons not to trust the plan, ``notes`` what its reader should know. ``curve`` has errors
    by name along numbers of labels ``n``.
    """

    n: int
    N: int
    labels: int
    rows: int
    columns: tuple[int, int]
    penalty: float | None
    errors: Mapping[str, Forecast]
    gain: Band
    pgr: Band | None
    pays: float
    nested: bool
    checked: RefitSummary
    explained: Mapping[float, str]
    least_squares: str
    doubts: tuple[str, ...]
    notes: tuple[Note, ...]
    curve: Mapping[str, Sequence[float]]

    @property
    def best(self) -> str:
        """The choice of least expected error: "mean", "weak", "student" or "strong"."""
        return self._ranked[0]

    @property
    def _ranked(self) -> list[str]:
        """The choices, the least error first; a student that reproduces its teacher is none."""
        names = [name for name in CHOICES if not (self.nested and name == "student")]
        return sorted(names, key=lambda name: self.errors[name].mean.value)

    def to_json(self) -> dict[str, Any]:
        """Plain values; the curve is left out."""
        return {
            "method": "ridge",
            "n": self.n,
            "N": self.N,
            "labels": self.labels,
            "rows": self.rows,
            "columns": {"weak": self.columns[0], "strong": self.columns[1]},
            "penalty": "best" if self.penalty is None else self.penalty,
            "best": self.best,
            "errors": {name: forecast.to_json() for name, forecast in self.errors.items()},
            "gain_of_the_student": self.gain.to_json(),
            "pgr": self.pgr.to_json() if self.pgr is not None else None,
            "why_no_pgr": self.why_no_pgr or None,
            "probability_that_it_pays": self.pays,
            "nested": self.nested,
            "refits": {**vars(self.checked)},
            "best_by_explained": {str(part): name for part, name in self.explained.items()},
            "least_squares": self.least_squares or None,
            "doubts": list(self.doubts),
            "notes": [vars(n) for n in self.notes],
        }

    @property
    def why_no_pgr(self) -> str:
        """Why there is no part of the gap that the student recovers; empty where there is one."""
        if self.pgr is not None:
            return ""
        teacher, ceiling = (self.errors[name].mean for name in ("weak", "ceiling"))
        if teacher.value <= ceiling.value:
            return f"the ceiling's error, {ceiling.value:.3g}, is not below the teacher's, {teacher.value:.3g}"
        return (
            f"the ceiling's error, {ceiling.value:.3g}, is not below the teacher's, {teacher.value:.3g}, beyond "
            "chance; more labels would tell them apart"
        )

    @property
    def verdict(self) -> str:
        """What to train, in a few sentences. Doubts come first: the rest is then said to be the numbers' word only."""
        said = " ".join(part for part in (self._choice, self._student, self.least_squares, self._by_explained) if part)
        if self.doubts:
            return f"Do not trust this plan: {'; '.join(self.doubts)}. The numbers alone say: {said}"
        return said

    @property
    def _choice(self) -> str:
        """The best choice, or the two that it lies between."""
        first, second = self._ranked[:2]
        start = f"At n = {self.n} labels and N = {self.N} pseudo-labels,"
        probability = self.errors[first].best or 0.0
        here = f"error {self.errors[first].mean.value:.3g}"
        if abs(self.errors[second].mean.value / self.errors[first].mean.value - 1) < TIED:
            return f"{start} {_USE[first]}: {here}; the {OPPONENTS[second]} is the same to all digits."
        if probability >= SURE:
            return f"{start} {_USE[first]}: {here}, the best of four in one run with probability {probability:.2f}."
        if probability < CLEAR:
            likely = max(self._ranked[1:], key=lambda name: self.errors[name].best or 0.0)
            return (
                f"{start} no choice stands out: the {OPPONENTS[first]} has the least error expected, "
                f"{self.errors[first].mean.value:.3g}, and is the best of four in one run with probability "
                f"{probability:.2f} only; the {OPPONENTS[likely]} has {self.errors[likely].mean.value:.3g} and is best "
                f"with probability {self.errors[likely].best or 0.0:.2f}. More labels would tell them apart."
            )
        return (
            f"{start} {_USE[first]}, probably: {here}, the best of four in one run with probability {probability:.2f}; "
            f"the {OPPONENTS[second]} has {self.errors[second].mean.value:.3g} and is best with probability "
            f"{self.errors[second].best or 0.0:.2f}. More labels would tell them apart."
        )

    @property
    def _student(self) -> str:
        """How the student compares with its teacher, and with the strong model on the same labels."""
        if self.nested:
            return (
                "The weak features are linear in the strong ones: the student reproduces its teacher; nothing to gain "
                "from weak-to-strong training."
            )
        weak, student, strong = (self.errors[name].mean.value for name in ("weak", "student", "strong"))
        word = "pays" if self.pays >= SURE else "does not pay" if self.pays <= 1 - SURE else "may pay"
        against = "beats" if strong < student else "does not beat"
        return (
            f"Against its teacher the student {word}: its error is {student:.3g}, its teacher's {weak:.3g}, and it is "
            f"better in one run with probability {self.pays:.2f}. The strong model on the same {self.n} labels has the "
            f"error {strong:.3g} and {against} the student."
        )

    @property
    def _by_explained(self) -> str:
        """Which part of the variance makes which choice best; empty where all say the same."""
        if len(set(self.explained.values())) < 2:
            return ""
        said = ", ".join(f"{part:g}: {OPPONENTS[name]}" for part, name in self.explained.items())
        return f"The choice depends on the part of the variance that is kept ({said})."

    def rows_of_text(self) -> list[tuple[str, ...]]:
        """The table: predictor, error, band of the mean, band of one run, probability to be best, accuracy."""
        body: list[tuple[str, ...]] = [("", "error", "95 % of the mean", "95 % of one run", "best")]
        for name, forecast in self.errors.items():
            best = "" if forecast.best is None else f"{forecast.best:.2f}"
            body.append(
                (OPPONENTS[name], f"{forecast.mean.value:.4g}", *map(_interval, (forecast.mean, forecast.run)), best)
            )
        if any(forecast.accuracy is not None for forecast in self.errors.values()):
            accuracies = [f.accuracy for f in self.errors.values()]
            cells = ["accuracy", *("" if a is None else f"{a:.3f}" for a in accuracies)]
            body = [(*row, cell) for row, cell in zip(body, cells, strict=True)]
        return body

    def __str__(self) -> str:
        body = self.rows_of_text()
        wide = [max(len(row[i]) for row in body) for i in range(len(body[0]))]
        table = ["  " + "  ".join(cell.ljust(w) for cell, w in zip(row, wide, strict=True)).rstrip() for row in body]
        lines = [self.verdict, "", *table, ""]
        lines.append(f"  student's gain over its teacher  {self.gain}")
        if self.pgr is not None:
            lines.append(f"  PGR, part of the gap recovered   {self.pgr}")
        else:
            lines.append(f"  PGR, part of the gap recovered   not defined: {self.why_no_pgr}")
        lines += [f"  {note.name}: {note.text}" for note in self.notes]
        return "\n".join(lines)

    def __repr__(self) -> str:
        # A notebook or a prompt shows this: its reader wants the table.
        return str(self)

    def _repr_html_(self) -> str:
        return display.html("ridge plan", self)

    def paint(self, _: Mapping[str, Any], canvas: Any) -> None:
        """Draw the decision on an empty ``matplotlib.figure.Figure``: bands beside each other, and errors along n.

        The first argument, data of a figure, is not used.
        """
        from w2s_sym.papers.figures import BLACK, BLUE, GREEN, ORANGE

        colours = dict(zip(OPPONENTS, ("#888888", BLACK.colour, BLUE.colour, ORANGE.colour, GREEN.colour), strict=True))
        left, right = canvas.subplots(1, 2, width_ratios=(3, 2))
        for place, (name, forecast) in enumerate(reversed(list(self.errors.items()))):
            colour = colours[name]
            left.plot([forecast.run.low, forecast.run.high], [place, place], color=colour, linewidth=1)
            left.plot([forecast.mean.low, forecast.mean.high], [place, place], color=colour, linewidth=4)
            left.plot([forecast.mean.value], [place], "o", color=colour)
            if forecast.best is not None:
                text = f"best with {forecast.best:.2f}"
                left.annotate(text, (forecast.mean.value, place), (0, 7), textcoords="offset points", ha="center")
        left.set_yticks(range(len(self.errors)), [OPPONENTS[name] for name in reversed(list(self.errors))])
        left.set_title("thick: 95 % of the mean over runs; thin: of one run", fontsize="small", loc="left")
        left.set(xlabel=f"mean squared error at n = {self.n}, N = {self.N}", ylim=(-0.5, len(self.errors) - 0.2))
        for name in self.errors:
            dashed = "--" if name == "student" else "-"  # its teacher's curve may lie under it
            right.plot(self.curve["n"], self.curve[name], dashed, color=colours[name], label=OPPONENTS[name])
        right.axvline(self.n, color="#888888", linewidth=0.6)
        right.set(xscale="log", xlabel="labels n", ylabel="mean squared error")
        ticks = [self.curve["n"][k] for k in (0, len(self.curve["n"]) // 2, -1)]
        right.set_xticks(ticks, [f"{int(tick)}" for tick in ticks])
        right.minorticks_off()
        left.margins(x=0.15)


_USE = {
    "mean": "predict the mean of the labels",
    "weak": "use the weak teacher",
    "student": "train the strong student on the teacher's labels",
    "strong": "train the strong model on the labels",
}


def _interval(band: Band) -> str:
    return f"[{band.low:.4g}, {band.high:.4g}]"


def band(logarithm: float, draws: np.ndarray) -> Band:
    """95 % of draws of a logarithm, shape (draws,), around its centre."""
    low, high = np.quantile(draws, (0.025, 0.975))
    return Band(float(np.exp(logarithm)), float(np.exp(low)), float(np.exp(high)))
