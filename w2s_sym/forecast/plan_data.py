"""A plan: what to expect of weak-to-strong training on one's features, as numbers, as text and as a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from w2s_sym.forecast.correlation_dimension import Overlap
from w2s_sym.forecast.diagnosis import Note
from w2s_sym.forecast.risk_formulas import PARAMETERS, RISKS
from w2s_sym.formula import display

# The part of the attainable gain for which pseudo-labels are counted.
PART = 0.9
# A band goes from one of these quantiles to the other; a probability beyond them is said as a certainty.
QUANTILES = (0.025, 0.975)
UNLIKELY, LIKELY = QUANTILES


@dataclass(frozen=True)
class Band:
    """A predicted number with a 95 % band from ``low`` to ``high``; ``value`` is the formulas' at the estimates."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"

    def to_json(self) -> dict[str, float | None]:
        """Plain values; None where there is no finite number."""
        return {k: v if np.isfinite(v) else None for k, v in vars(self).items()}


@dataclass(frozen=True, repr=False)
class Plan:
    """What to expect of weak-to-strong training. Excess risks are mean squared distances to the noiseless target.

    ``parameters`` are sigma2, rho_w, rho_s, q and h; ``risks`` the excess risks by the names of :data:`RISKS`;
    ``errors`` the mean squared errors against labels, noise included, which can be measured; ``ratios`` PGR and OPR.
    Without labels all four are empty. ``variance_ratio`` is the student's variance over its teacher's, ``needed`` the
    number of pseudo-labels for :data:`PART` of the attainable gain, ``break_even`` the one at which the student draws
    level with its teacher (infinite where no number does), ``pays`` the probability, given how uncertain the estimates
    are, that the student beats its teacher at ``N``, ``outperforms`` that it beats the strong model trained on
    the same n labels (None where there is no such model, or no labels). ``narrows`` says whether more ``rows`` or more
    ``labels`` would narrow that most (empty without labels). ``doubts`` are reasons why neither values nor bands are to
    be trusted, each with its numbers. ``curve`` has the plan's picture: numbers of pseudo-labels ``N`` and, at each,
    the excess risks by name with the student's band ``low``, ``high``; without labels the variance ratio as
    ``student``.
    """

    overlap: Overlap
    n: int
    N: int
    labels: int
    parameters: Mapping[str, Band]
    risks: Mapping[str, Band]
    errors: Mapping[str, Band]
    ratios: Mapping[str, Band]
    variance_ratio: Band
    needed: Band
    break_even: Band
    pays: float
    narrows: str
    doubts: tuple[str, ...]
    notes: tuple[Note, ...]
    curve: Mapping[str, Sequence[float]]
    outperforms: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Plain values; None where there is no finite number. The curve is left out."""
        groups = {
            "parameters": self.parameters,
            "excess_risks": self.risks,
            "label_errors": self.errors,
            "ratios": self.ratios,
        }
        return {
            "overlap": self.overlap.to_json(),
            "n": self.n,
            "N": self.N,
            "labels": self.labels,
            **{name: {k: b.to_json() for k, b in group.items()} for name, group in groups.items()},
            "variance_ratio": self.variance_ratio.to_json(),
            "pseudo_labels_for_90_percent": self.needed.to_json(),
            "pseudo_labels_to_break_even": self.break_even.to_json(),
            "probability_that_it_pays": self.pays,
            "probability_that_it_beats_the_strong_baseline": self.outperforms,
            "narrowed_by_more": self.narrows or None,
            "doubts": list(self.doubts),
            "notes": [vars(n) for n in self.notes],
        }

    def rows(self) -> list[tuple[str, str, str]]:
        """The plan as rows of text: what, value, 95 % band (empty where the value has none)."""
        o = self.overlap
        body = [
            ("d_w, intrinsic dimension, weak", f"{o.d_w} of {o.columns_w}", f"{o.share_w:.2%} of trace"),
            ("d_s, intrinsic dimension, strong", f"{o.d_s} of {o.columns_s}", f"{o.share_s:.2%} of trace"),
            ("d_sw, correlation dimension", *_cells(Band(o.d_sw, *o.interval))),
        ]
        body += [(f"{name}, {PARAMETERS[name]}", *_cells(band)) for name, band in self.parameters.items()]
        body += [(f"excess risk: {RISKS[name]}", *_cells(band)) for name, band in self.risks.items()]
        body += [(f"label error: {RISKS[name]}", *_cells(band)) for name, band in self.errors.items()]
        body += [(name.upper(), *_cells(band)) for name, band in self.ratios.items()]
        body.append(("variance of the student over its teacher's", *_cells(self.variance_ratio)))
        alone = "" if self.risks else ", variance alone"
        even, part = "draw level with the teacher", f"{PART:.0%} of the attainable gain"
        body.append((f"N to {even}{alone}", *_cells(self.break_even, counts=True)))
        body.append((f"N for {part}{alone}", *_cells(self.needed, counts=True)))
        return body

    @property
    def verdict(self) -> str:
        """Whether weak-to-strong training pays at this n and N, in a few sentences, with the next move where unsure.

        It pays when the student beats its teacher; whether the strong model trained on the same labels beats the
        student is said after that. Doubts come first: what the formulas say is then said to be that only.
        """
        if self.doubts:
            return (
                f"Do not trust this prediction: {'; '.join(self.doubts)}. Put that right and plan again. The formulas "
                f"alone say: {self._prediction}"
            )
        unsure = self.risks and UNLIKELY < self.pays < LIKELY
        return f"{self._prediction} {self._next_move}" if unsure else self._prediction

    @property
    def _prediction(self) -> str:
        """What the formulas say, without doubts and next moves."""
        if not self.risks:
            pays = self.variance_ratio.value < 1
            state = "lowers" if pays else "does not lower"
            return f"At N = {self.N} weak-to-strong training {state} the teacher's variance; give labels for the rest."
        if self.pays >= LIKELY:
            word = "pays"
        elif self.pays <= UNLIKELY:
            word = "does not pay"
        else:
            word = "may pay"
        return (
            f"At n = {self.n}, N = {self.N} weak-to-strong training {word}: the student beats its teacher with "
            f"probability {self.pays:.2f}, given how uncertain the estimates are.{self._against_baseline}"
        )

    @property
    def _against_baseline(self) -> str:
        """How the student compares with the strong model trained on the teacher's labels; empty where there is none."""
        if self.outperforms is None:
            return ""
        weak, student, strong = (self.risks[name].value for name in ("weak", "student", "strong"))
        pays = self.pays >= LIKELY
        if self.outperforms >= LIKELY:
            better = f"the student beats it{' too' if pays else ''}"
        elif self.outperforms > UNLIKELY:
            better = "which of them is better is uncertain"
        elif strong < weak:
            better = "train that instead"
        else:
            better = f"it beats the student, and the teacher, at {weak:.4g}, beats both"
        start = "But the" if pays and self.outperforms <= UNLIKELY else "The"
        return (
            f" {start} strong model trained on the same {self.n} labels has excess risk {strong:.4g}, the student "
            f"{student:.4g}: {better}."
        )

    @property
    def _next_move(self) -> str:
        """What to do where the band of the gain holds zero."""
        low, high = (_in_points(x) for x in (self.break_even.low, self.break_even.high))
        narrow = {
            "rows": "more rows would narrow d_sw, which is most of this uncertainty",
            "labels": "more labels would narrow the approximation errors, which are most of this uncertainty",
        }[self.narrows]
        if not np.isfinite(self.break_even.low):
            return f"At no N does it draw level within the band; {narrow}."
        if not np.isfinite(self.break_even.high):
            return (
                f"It draws level at {low} pseudo-labels at one end of the band; at the other the student never beats "
                f"its teacher, and no number of pseudo-labels helps; {narrow}."
            )
        if self.break_even.high >= self.N:
            return f"It draws level between {low} and {high} pseudo-labels: take more than {high}; {narrow}."
        return f"It draws level between {low} and {high} pseudo-labels, and N is above; {narrow}."

    def __str__(self) -> str:
        body = self.rows()
        wide, middle = (max(len(r[i]) for r in body) for i in (0, 1))
        lines = [self.verdict, "", *(f"  {a:<{wide}}  {b:>{middle}}  {c}" for a, b, c in body)]
        lines += ["", *(f"  {note.name}: {note.text}" for note in self.notes)] if self.notes else []
        return "\n".join(lines)

    def __repr__(self) -> str:
        # A notebook or a prompt shows this: its reader wants the table, not sixty points of a curve.
        return str(self)

    def _repr_html_(self) -> str:
        return display.html("plan", self)

    def paint(self, _: Mapping[str, Any], canvas: Any) -> None:
        """Draw excess risks, without labels the variance ratio, on an empty ``matplotlib.figure.Figure``.

        The axis is the number of pseudo-labels; the first argument, data of a figure, is not used.
        """
        from w2s_sym.papers.figures import BLACK, BLUE, GREEN, ORANGE

        axes = canvas.subplots()
        x = self.curve["N"]
        if self.risks:
            axes.fill_between(x, self.curve["low"], self.curve["high"], color=BLUE.colour, alpha=0.2, linewidth=0)
            axes.plot(x, self.curve["student"], color=BLUE.colour, label=RISKS["student"])
            axes.plot(x, self.curve["weak"], color=BLACK.colour, linestyle="-.", label=RISKS["weak"])
            if "strong" in self.curve:
                axes.plot(x, self.curve["strong"], color=ORANGE.colour, linestyle=":", label=RISKS["strong"])
            axes.plot(x, self.curve["ceiling"], color=GREEN.colour, linestyle="--", label=RISKS["ceiling"])
            axes.set_ylabel(f"excess risk at n = {self.n}")
        else:
            axes.plot(x, self.curve["student"], color=BLUE.colour, label="student over teacher")
            axes.axhline(1.0, color=BLACK.colour, linestyle="-.", label="teacher")
            axes.set_ylabel("variance over the teacher's")
        axes.set(xscale="log", yscale="log", xlabel="pseudo-labels N")
        axes.axvline(self.N, color="#888888", linewidth=0.6)
        canvas.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)


def _cells(band: Band, counts: bool = False) -> tuple[str, str]:
    """A band in print, as value and interval; ``counts`` says that it is one of numbers of points."""

    def number(x: float) -> str:
        return _in_points(x) if counts else f"{x:.4g}" if np.isfinite(x) else "none"

    same = band.low == band.high == band.value
    return number(band.value), "" if same else f"[{number(band.low)}, {number(band.high)}]"


def _in_points(x: float) -> str:
    """A number of points in print, rounded up; "none" where there is no finite one."""
    if not np.isfinite(x):
        return "none"
    return f"{int(np.ceil(x))}" if x < 1e9 else f"{x:.4g}"
