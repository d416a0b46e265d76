"""Will weak-to-strong training pay on these features, and how many pseudo-labels does it need?

The formulas are those of an installed paper that defines ``PREDICTIONS``; nothing is retyped here. What they need is
estimated from features (:mod:`w2s_sym.forecast.correlation_dimension`) and labels (:mod:`w2s_sym.forecast.residuals`);
what the data break of their assumptions is measured by training on the rows at hand (:mod:`w2s_sym.forecast.refits`),
and widens the bands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.forecast import diagnosis, features, refits, residuals
from w2s_sym.forecast.correlation_dimension import Overlap, measure
from w2s_sym.forecast.diagnosis import ALARM, Note
from w2s_sym.forecast.features import SAMPLE, FeatureError, Pair
from w2s_sym.forecast.refits import Measured
from w2s_sym.formula import display

DRAWS = 2000
# The part of the attainable gain for which pseudo-labels are counted.
PART = 0.9
RISKS = ("weak", "student", "strong", "ceiling")
WORDS = {
    "weak": "weak teacher",
    "student": "strong student (W2S)",
    "strong": "strong baseline, n true labels",
    "ceiling": "strong ceiling, n + N true labels",
}


@dataclass(frozen=True)
class Band:
    """A predicted number with a 95 % band; ``value`` comes from the formulas at the estimates."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.4g} [{self.low:.4g}, {self.high:.4g}]"

    def to_json(self) -> dict[str, float | None]:
        """Plain values; null where there is no finite number."""
        return {k: v if np.isfinite(v) else None for k, v in vars(self).items()}


@dataclass(frozen=True, repr=False)
class Plan:
    """What to expect of weak-to-strong training. Excess risks are mean squared distances to the noiseless target.

    ``parameters`` are sigma2, rho_w, rho_s, q and h; ``risks`` the excess risks by the names of :data:`RISKS`;
    ``errors`` the mean squared errors against labels, noise included, which can be measured; ``ratios`` PGR and OPR.
    Without labels all four are empty. ``variance_ratio`` is the student's variance over its teacher's, ``needed`` the
    number of pseudo-labels for :data:`PART` of the attainable gain, ``break_even`` the one at which the student draws
    level with its teacher (infinite where no number does), ``pays`` the probability, as far as the estimates are
    uncertain, that the student beats its teacher at ``N``, ``outperforms`` that it beats the strong model trained on
    the same n labels (None where there is no such model, or no labels). ``narrows`` says whether more ``rows`` or more
    ``labels`` would narrow that most (empty without labels). ``doubts`` are reasons why neither values nor bands are to
    be trusted, each with its numbers.
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
        from w2s_sym.forecast.correlation_dimension import describe

        groups = {
            "parameters": self.parameters,
            "excess_risks": self.risks,
            "label_errors": self.errors,
            "ratios": self.ratios,
        }
        return {
            "overlap": describe(self.overlap),
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
        """The plan as rows: what, value, 95 % band."""
        o = self.overlap
        body = [
            ("d_w, intrinsic dimension of the weak features", f"{o.d_w} of {o.columns_w}", f"{o.share_w:.2%} of trace"),
            (
                "d_s, intrinsic dimension of the strong features",
                f"{o.d_s} of {o.columns_s}",
                f"{o.share_s:.2%} of trace",
            ),
            ("d_sw, correlation dimension", *_cells(Band(o.d_sw, *o.interval))),
        ]
        body += [(f"{name}, {MEANING[name]}", *_cells(band)) for name, band in self.parameters.items()]
        body += [(f"excess risk: {WORDS[name]}", *_cells(band)) for name, band in self.risks.items()]
        body += [(f"error against labels: {WORDS[name]}", *_cells(band)) for name, band in self.errors.items()]
        body += [(name.upper(), *_cells(band)) for name, band in self.ratios.items()]
        body.append(("variance of the student over its teacher's", *_cells(self.variance_ratio)))
        alone = "" if self.risks else ", variance alone"
        even, part = "draw level with the teacher", f"{PART:.0%} of the attainable gain"
        body.append((f"pseudo-labels to {even}{alone}", *_cells(self.break_even, whole=True)))
        body.append((f"pseudo-labels for {part}{alone}", *_cells(self.needed, whole=True)))
        return body

    @property
    def verdict(self) -> str:
        """Whether weak-to-strong training pays at this n and N, in a few sentences, with the next move where unsure.

        It pays when the student beats its teacher; whether the strong model trained on the same labels beats the
        student is said after that. Doubts come first: what the formulas say is then said to be that only.
        """
        if self.doubts:
            return (
                f"Do not trust this prediction: {'; '.join(self.doubts)}. Bound or rank the features or leave out "
                f"such points, and plan again. The formulas alone say: {self._said}"
            )
        unsure = self.risks and 0.025 < self.pays < 0.975
        return f"{self._said} {self._move}" if unsure else self._said

    @property
    def _said(self) -> str:
        if not self.risks:
            pays = self.variance_ratio.value < 1
            state = "lowers" if pays else "does not lower"
            return f"At N = {self.N} weak-to-strong training {state} the teacher's variance; give labels for the rest."
        if self.pays >= 0.975:
            word = "pays"
        elif self.pays <= 0.025:
            word = "does not pay"
        else:
            word = "may pay"
        return (
            f"At n = {self.n}, N = {self.N} weak-to-strong training {word}: the student beats its teacher with "
            f"probability {self.pays:.2f}, as far as the estimates are uncertain.{self._opponent}"
        )

    @property
    def _opponent(self) -> str:
        """How the student compares with the strong model trained on the teacher's labels; empty where there is none."""
        if self.outperforms is None:
            return ""
        weak, student, strong = (self.risks[name].value for name in ("weak", "student", "strong"))
        pays = self.pays >= 0.975
        if self.outperforms >= 0.975:
            better = f"the student beats it{' too' if pays else ''}"
        elif self.outperforms > 0.025:
            better = "which of them is better is uncertain"
        elif strong < weak:
            better = "train that instead"
        else:
            better = f"it beats the student, and the teacher, at {weak:.4g}, beats both"
        start = "But the" if pays and self.outperforms <= 0.025 else "The"
        return (
            f" {start} strong model trained on the same {self.n} labels has excess risk {strong:.4g}, the student "
            f"{student:.4g}: {better}."
        )

    @property
    def _move(self) -> str:
        """What to do where the band of the gain holds zero."""
        low, high = (_whole(x) for x in (self.break_even.low, self.break_even.high))
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
        # What a notebook or a prompt shows: its reader wants the table, not sixty points of a curve.
        return str(self)

    def _repr_html_(self) -> str:
        return display.html("plan", self)

    def paint(self, _: Mapping[str, Any], canvas: Any) -> None:
        """Draw excess risks against the number of pseudo-labels on an empty ``matplotlib.figure.Figure``."""
        from w2s_sym.papers.figures import BLACK, BLUE, GREEN, ORANGE

        axes = canvas.subplots()
        x = self.curve["N"]
        if self.risks:
            axes.fill_between(x, self.curve["low"], self.curve["high"], color=BLUE.colour, alpha=0.2, linewidth=0)
            axes.plot(x, self.curve["student"], color=BLUE.colour, label=WORDS["student"])
            axes.plot(x, self.curve["weak"], color=BLACK.colour, linestyle="-.", label=WORDS["weak"])
            if "strong" in self.curve:
                axes.plot(x, self.curve["strong"], color=ORANGE.colour, linestyle=":", label=WORDS["strong"])
            axes.plot(x, self.curve["ceiling"], color=GREEN.colour, linestyle="--", label=WORDS["ceiling"])
            axes.set_ylabel(f"excess risk at n = {self.n}")
        else:
            axes.plot(x, self.curve["student"], color=BLUE.colour, label="student over teacher")
            axes.axhline(1.0, color=BLACK.colour, linestyle="-.", label="teacher")
            axes.set_ylabel("variance over the teacher's")
        axes.set(xscale="log", yscale="log", xlabel="pseudo-labels N")
        axes.axvline(self.N, color="#888888", linewidth=0.6)
        canvas.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=2)


MEANING = {
    "sigma2": "noise, at most",
    "rho_w": "approximation error, weak",
    "rho_s": "approximation error, strong",
    "q": "student's bias beyond rho_s",
    "h": "teacher's signal outside the student",
}


def _cells(band: Band, whole: bool = False) -> tuple[str, str]:
    def number(x: float) -> str:
        return _whole(x) if whole else f"{x:.4g}" if np.isfinite(x) else "none"

    same = band.low == band.high == band.value
    return number(band.value), "" if same else f"[{number(band.low)}, {number(band.high)}]"


def _whole(x: float) -> str:
    """A number of points in print; none where there is no finite one."""
    if not np.isfinite(x):
        return "none"
    return f"{int(np.ceil(x))}" if x < 1e9 else f"{x:.4g}"


# -- planning -------------------------------------------------------------------------------------------------


def plan(
    psi_w: np.ndarray,
    psi_s: np.ndarray,
    y: np.ndarray | None = None,
    *,
    predictions: Mapping[str, Claim] | None = None,
    n: int | None = None,
    N: int | None = None,
    sigma2: float | None = None,
    held_out: int | None = None,
    explained: float = 0.99,
    drop: bool = False,
    seed: int = 0,
    tell: Callable[[str], None] | None = None,
) -> Plan:
    """Predict weak-to-strong training on two models' features of the same points.

    Parameters
    ----------
    psi_w, psi_s
        Raw features of the weak and the strong model, shapes (rows, columns).
    y
        Labels of the first points, shape (labelled,) or (labelled, outputs); risks sum over outputs.
    predictions
        Claims that state the risks; by default those of the installed paper that defines them.
    n, N
        Labels of the teacher and pseudo-labels to plan for. By default the labels at hand (else twice the teacher's
        directions) and the rows at hand.
    sigma2
        Variance of the label noise, where it is known; by default all that both models leave counts as noise.
    held_out
        The number of points that risks will be measured on: bands are widened for what those points vary. By default
        bands are for means over the whole population.
    explained, drop, seed, tell
        See :func:`w2s_sym.forecast.features.pair`.

    Raises :class:`~w2s_sym.forecast.features.FeatureError` for bad features or labels, and for sizes that are too
    small.
    """
    if predictions is None:
        from w2s_sym.papers.loading import predictions as installed

        predictions = installed()
    pair = features.pair(psi_w, psi_s, explained=explained, drop=drop, seed=seed, tell=tell)
    found = measure(pair, seed=seed)
    table = residuals.read(y, pair.rows) if y is not None else None
    # Covariances of squares hold fourth powers of labels.
    if table is not None and not 1e-60 < np.abs(table).max() < 1e60:
        raise FeatureError("labels are too large or too small to be squared; scale them")
    n = n if n is not None else (len(table) if table is not None else 2 * pair.weak.dim + 2)
    N = N if N is not None else pair.rows
    if n <= pair.weak.dim + 1:
        raise FeatureError(f"n={n}: needs n > d_w + 1 = {pair.weak.dim + 1}; give the teacher more labels")
    if pair.strong.dim + 1 >= N:
        raise FeatureError(f"N={N}: needs N > d_s + 1 = {pair.strong.dim + 1}; give the student more pseudo-labels")
    if sigma2 is not None and not (np.isfinite(sigma2) and sigma2 >= 0):
        raise FeatureError(f"sigma2={sigma2}: needs a variance, a finite number that is not negative")
    if held_out is not None and held_out < 1:
        raise FeatureError(f"held_out={held_out}: needs a number of points, at least 1")
    formulas = {name: claim.to_numpy() for name, claim in predictions.items() if name in (*RISKS, "pseudo_labels")}
    model = _Model(formulas, predictions, pair.weak.dim, pair.strong.dim)
    notes, doubts = diagnosis.shape_notes(pair, found), diagnosis.shape_doubts(pair, found)
    spread = _spread(found, held_out, seed)
    ratio = model.variance_ratio(spread, N)
    point_ratio = model.variance_ratio(np.array([found.d_sw]), N)[0]
    measured, note, doubt = _variance_refits(pair, found, model, n, N, seed)
    notes += note
    doubts += doubt
    if table is None:
        scaled = np.concatenate([ratio, ratio * measured])
        needed, even = (model.pseudo_labels(found.d_sw, n, part) for part in (PART, 0.0))
        grid = _grid(pair.strong.dim, N)
        curve: dict[str, list[float]] = {
            "N": [float(g) for g in grid],
            "student": [float(model.variance_ratio(np.array([found.d_sw]), g)[0]) for g in grid],
        }
        return Plan(
            found,
            n,
            N,
            labels=0,
            parameters={},
            risks={},
            errors={},
            ratios={},
            variance_ratio=_band(point_ratio, scaled),
            needed=Band(needed, needed, needed),
            break_even=Band(even, even, even),
            pays=float((scaled < 1).mean()),
            narrows="",
            doubts=tuple(doubts),
            notes=tuple(notes),
            curve=curve,
        )
    return _with_labels(
        found,
        n,
        N,
        pair,
        psi_w,
        psi_s,
        table,
        model,
        spread,
        ratio,
        point_ratio,
        measured,
        sigma2,
        held_out,
        notes,
        doubts,
        seed,
    )


class _Model:
    """The paper's formulas at this pair's dimensions, for arrays of parameters."""

    def __init__(
        self, formulas: Mapping[str, Callable[..., np.ndarray]], claims: Mapping[str, Claim], d_w: int, d_s: int
    ) -> None:
        self.formulas, self.claims = formulas, claims
        self.dims = {"d_w": d_w, "d_s": d_s}

    def __call__(self, name: str, **values: Any) -> np.ndarray:
        known = {**self.dims, **values}
        claim = self.claims[name]
        wanted = {s.name for s in claim.rhs.free_symbols}
        return np.asarray(self.formulas[name](**{k: v for k, v in known.items() if k in wanted}))

    def variance_ratio(self, d_sw: np.ndarray, N: int | float) -> np.ndarray:
        """The student's variance over its teacher's: risks at unit noise, without approximation errors."""
        zero = {"sigma2": 1, "rho_w": 0, "rho_s": 0, "q": 0, "h": 0, "n": self.dims["d_w"] + 3}
        return np.asarray(self("student", d_sw=d_sw, N=N, **zero) / self("weak", **zero))

    def pseudo_labels(self, d_sw: float, n: int, part: float) -> float:
        """Pseudo-labels for a part of the gain, without approximation errors; infinite where there is no gain."""
        if d_sw >= self.dims["d_w"]:
            return float("inf")
        zero = {"sigma2": 1, "rho_w": 0, "rho_s": 0, "q": 0, "h": 0}
        return float(self("pseudo_labels", d_sw=d_sw, n=n, share=part, **zero))

    def ratio(self, name: str, risks: Mapping[str, np.ndarray]) -> np.ndarray:
        """PGR or OPR by its definition, the left side of its claim."""
        statement: Any = self.claims[name].statement
        symbols = {str(s): s for s in statement.lhs.free_symbols}
        put = {"ER_w": "weak", "ER_s": "strong", "ER_c": "ceiling", "ER_w2s_pop": "student"}
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(
                sp.lambdify(tuple(symbols.values()), statement.lhs, "numpy")(*(risks[put[s]] for s in symbols))
            )


def _band(value: float, draws: np.ndarray) -> Band:
    """95 % of the draws, widened to hold the value itself."""
    low, high = np.quantile(draws, [0.025, 0.975], method="inverted_cdf") if len(draws) else (value, value)
    return Band(float(value), float(min(low, value)), float(max(high, value)))


def _grid(d_s: int, N: int) -> list[int]:
    return sorted({round(float(g)) for g in np.geomspace(d_s + 2, max(10 * N, 100 * d_s), 60)})


def _spread(found: Overlap, held_out: int | None, seed: int) -> np.ndarray:
    rng = np.random.default_rng([seed, 5])
    error = found.standard_error * np.sqrt(_again(found.rows, held_out))
    drawn = found.d_sw + error * rng.standard_normal(DRAWS)
    return np.asarray(np.clip(drawn, 0, min(found.d_w, found.d_s)))


def _again(rows: int, held_out: int | None) -> float:
    """How much more an estimate from these rows differs from one on other points than from its mean, in variance."""
    return 1.0 if held_out is None else 1.0 + rows / held_out


def _variance_refits(
    pair: Pair, found: Overlap, model: _Model, n: int, N: int, seed: int
) -> tuple[float, list[Note], list[str]]:
    """The student's variance ratio on the rows at hand over the formula's, at sizes that the rows allow."""
    rows = len(pair.index)
    size = refits.sizes(rows, rows, found.d_w, found.d_s, n, N)
    if size is None:
        return 1.0, [Note("few rows", f"{rows} rows leave no room to measure the variance law on these features")], []
    seen = refits.variance(pair.psi_w, pair.psi_s, *size, seed)
    ratio = seen.means["student"] / seen.means["teacher"]
    predicted = float(model.variance_ratio(np.array([found.d_sw]), size[1])[0])
    departure = ratio / predicted
    error = departure * seen.errors["student"] / seen.means["student"]
    text = (
        f"measured on these features at n = {size[0]}, N = {size[1]}: the student keeps {ratio:.4g} of its teacher's "
        f"variance, the formula says {predicted:.4g} ({departure - 1:+.1%}, standard error {error:.1%})"
    )
    return departure, [Note("variance law", text)], diagnosis.law_doubts(departure, error, seen)


# -- with labels ----------------------------------------------------------------------------------------------


def _with_labels(
    found: Overlap,
    n: int,
    N: int,
    pair: Pair,
    psi_w: np.ndarray,
    psi_s: np.ndarray,
    table: np.ndarray,
    model: _Model,
    spread: np.ndarray,
    ratio: np.ndarray,
    point_ratio: float,
    measured: float,
    sigma2: float | None,
    held_out: int | None,
    notes: list[Note],
    doubts: list[str],
    seed: int,
) -> Plan:
    index = residuals.chosen(len(table), seed)
    white_w, white_s = pair.weak.whiten(np.asarray(psi_w), index), pair.strong.whiten(np.asarray(psi_s), index)
    seen = residuals.estimate(pair, white_w, white_s, table[index])
    _refuse_impossible(seen, sigma2)
    rng = np.random.default_rng([seed, 6])
    # Heavy tails spread the covariance over so many orders of magnitude that rounding makes it indefinite.
    drawn = rng.multivariate_normal(
        seen.values, seen.covariance * _again(seen.rows, held_out), DRAWS, method="svd", check_valid="ignore"
    )
    if sigma2 is None:
        notes.append(
            Note("noise", "sigma2 is all that both models leave: labels cannot tell noise from signal outside of both")
        )
    point = _parameters(seen.values[None, :], np.array([found.d_sw]), sigma2)
    many = _parameters(drawn, spread, sigma2)
    scales, note, doubt = _risk_refits(pair, white_w, white_s, index, table, model, seen, point, n, N, seed)
    notes += note
    doubts += doubt
    mean = table.mean(0)
    error = table.std(0) / np.sqrt(len(table))
    if (np.abs(mean) > ALARM * np.maximum(error, 1e-300)).any():
        notes.append(Note("intercept", "labels do not average to zero, and the fits have no intercept: centre them"))
    strong_fits = n > found.d_s + 1
    if not strong_fits:
        notes.append(Note("baseline", f"n={n} <= d_s + 1 = {found.d_s + 1}: the strong baseline and OPR do not exist"))
    ones = {name: np.ones(1) for name in RISKS}
    draws = {name: np.concatenate([np.ones(DRAWS), _factor(scales.get(name), rng)]) for name in RISKS}
    twice = {k: np.concatenate([v, v]) for k, v in many.items()}
    names = tuple(r for r in RISKS if r != "strong" or strong_fits)
    at = _risks(model, point, ones, n, N, names)
    around = _risks(model, twice, draws, n, N, names)
    ratios = {}
    if at["weak"][0] > at["ceiling"][0]:
        good = around["weak"] > around["ceiling"]
        ratios["pgr"] = _band(
            float(model.ratio("pgr", at)[0]), model.ratio("pgr", {k: v[good] for k, v in around.items()})
        )
    else:
        notes.append(Note("PGR", "the strong ceiling is no better than the weak teacher: there is no gap to recover"))
    if strong_fits and at["student"][0] > 0:
        good = around["student"] > 0
        ratios["opr"] = _band(
            float(model.ratio("opr", at)[0]), model.ratio("opr", {k: v[good] for k, v in around.items()})
        )
    grid = _grid(found.d_s, N)
    along = [_risks(model, point, ones, n, g, names) for g in grid]
    bands = [np.quantile(_risks(model, twice, draws, n, g, ("student",))["student"], [0.025, 0.975]) for g in grid]
    curve: dict[str, list[float]] = {
        "N": [float(g) for g in grid],
        **{k: [float(r[k][0]) for r in along] for k in names},
    }
    curve |= {"low": [float(b[0]) for b in bands], "high": [float(b[1]) for b in bands]}
    return Plan(
        found,
        n,
        N,
        labels=len(table),
        parameters={
            k: Band(float(point[k][0]), *map(float, np.quantile(many[k], [0.025, 0.975])))
            for k in ("sigma2", "rho_w", "rho_s", "q", "h")
        },
        risks={k: _band(float(at[k][0]), around[k]) for k in names},
        errors={k: _band(float((at[k] + point["sigma2"])[0]), around[k] + twice["sigma2"]) for k in names},
        ratios=ratios,
        variance_ratio=_band(point_ratio, np.concatenate([ratio, ratio * measured])),
        needed=_count(model, point, ones, twice, draws, n, PART),
        break_even=_count(model, point, ones, twice, draws, n, 0.0),
        pays=float((around["student"] < around["weak"]).mean()),
        narrows=_narrows(model, point, many, n, N),
        doubts=tuple(doubts),
        notes=tuple(notes),
        curve=curve,
        outperforms=float((around["student"] < around["strong"]).mean()) if strong_fits else None,
    )


def _refuse_impossible(seen: residuals.Residuals, sigma2: float | None) -> None:
    """Noise above what the models leave, and labels that a model fits exactly, would give numbers without meaning."""
    for name, side in (("residual_w", "weak"), ("residual_s", "strong")):
        left, error = seen.value(name), seen.error(name)
        if left <= 1e-20 * seen.second_moment:
            raise FeatureError(f"labels: linear in the {side} features up to rounding; there is no risk to plan for")
        if sigma2 is not None and sigma2 > left + ALARM * error:
            raise FeatureError(
                f"sigma2={sigma2:g}: the {side} features leave only {left:.4g} +- {error:.2g} of the labels; "
                "give at most that, or leave it out"
            )


def _parameters(values: np.ndarray, d_sw: np.ndarray, sigma2: float | None) -> dict[str, np.ndarray]:
    """Admissible parameters from estimated second moments, shape (draws, 5): noise within residuals, q within rho_w."""
    left_w, left_s, left_both, q, h = np.maximum(values, 0).T
    most = np.minimum(left_w, left_s)
    noise = np.minimum(most, left_both if sigma2 is None else sigma2)
    return {
        "sigma2": noise,
        "rho_w": left_w - noise,
        "rho_s": left_s - noise,
        "q": np.minimum(q, left_w - noise),
        "h": h,
        "d_sw": d_sw,
    }


def _risks(
    model: _Model,
    parameters: Mapping[str, np.ndarray],
    factors: Mapping[str, np.ndarray],
    n: int,
    N: float | np.ndarray,
    names: Sequence[str] = RISKS,
) -> dict[str, np.ndarray]:
    """Excess risks, the part that vanishes with infinite data multiplied by a factor."""
    left = {
        "weak": parameters["rho_w"],
        "student": parameters["rho_s"] + parameters["q"],
        "strong": parameters["rho_s"],
        "ceiling": parameters["rho_s"],
    }
    return {name: left[name] + factors[name] * (model(name, n=n, N=N, **parameters) - left[name]) for name in names}


def _narrows(model: _Model, point: Mapping[str, np.ndarray], many: Mapping[str, np.ndarray], n: int, N: int) -> str:
    """Whether the gain varies more with d_sw, which more rows narrow, or with what more labels narrow."""
    fixed = {k: np.repeat(v, DRAWS) for k, v in point.items()}
    ones = {name: np.ones(1) for name in RISKS}
    spreads = {}
    for name, drawn in (("rows", {**fixed, "d_sw": many["d_sw"]}), ("labels", {**many, "d_sw": fixed["d_sw"]})):
        risks = _risks(model, drawn, ones, n, N, ("weak", "student"))
        spreads[name] = float((risks["weak"] - risks["student"]).var())
    return max(spreads, key=lambda k: spreads[k])


def _factor(scale: tuple[float, float] | None, rng: np.random.Generator) -> np.ndarray:
    mean, error = scale if scale is not None else (1.0, 0.0)
    return np.asarray(np.maximum(mean + error * rng.standard_normal(DRAWS), 0))


def _risk_refits(
    pair: Pair,
    white_w: np.ndarray,
    white_s: np.ndarray,
    index: np.ndarray,
    table: np.ndarray,
    model: _Model,
    estimated: residuals.Residuals,
    point: Mapping[str, np.ndarray],
    n: int,
    N: int,
    seed: int,
) -> tuple[dict[str, tuple[float, float]], list[Note], list[str]]:
    """How the finite-data part of each risk on the rows at hand compares with the formula's: (factor, its error).

    ``white_w`` and ``white_s`` are the whitened features of the labelled rows ``index``. The rest of the rows are those
    that the pair holds: no row is read and whitened again.
    """
    index = index[: SAMPLE // 2]
    labelled = len(index)
    others = np.flatnonzero(~np.isin(pair.index, index))[: SAMPLE - labelled]
    size = refits.sizes(labelled + len(others), labelled, pair.weak.dim, pair.strong.dim, n, N)
    if size is None:
        text = f"{labelled} labels leave no room to measure the risks; the bands assume the formulas"
        return {}, [Note("few labels", text)], []
    seen: Measured = refits.risk(
        np.concatenate([white_w[:labelled], pair.psi_w[others]]),
        np.concatenate([white_s[:labelled], pair.psi_s[others]]),
        table[index],
        *size,
        seed,
    )
    noise = float(point["sigma2"][0])
    kinds = {"weak": "teacher", "student": "student", "strong": "strong"}
    names = tuple(k for k, v in kinds.items() if v in seen.means)
    ones = {name: np.ones(1) for name in RISKS}
    expected = {k: float(v[0]) for k, v in _risks(model, point, ones, size[0], size[1], names).items()}
    none = {name: np.zeros(1) for name in RISKS}
    left = {k: float(v[0]) for k, v in _risks(model, point, none, size[0], size[1], names).items()}
    factors, texts, doubts = {}, [], []
    for name in names:
        mean, error = seen.means[kinds[name]] - noise, seen.errors[kinds[name]]
        vanishing = expected[name] - left[name]
        if vanishing > 0:
            factors[name] = ((mean - left[name]) / vanishing, error / vanishing)
        # What the models leave was estimated from the same labels, and its error is in both sides.
        apart = float(np.hypot(error, estimated.error("residual_w" if name == "weak" else "residual_s")))
        doubts += diagnosis.risk_doubt(WORDS[name].split(",")[0], mean, expected[name], apart, seen)
        texts.append(f"{WORDS[name].split(',')[0]} {mean:.4g} against {expected[name]:.4g}")
    if "strong" in factors:
        factors["ceiling"] = factors["strong"]
    text = f"measured on these rows at n = {size[0]}, N = {size[1]}, excess risk against the formula: " + "; ".join(
        texts
    )
    return factors, [Note("risks", text)], doubts


def _count(
    model: _Model,
    point: Mapping[str, np.ndarray],
    ones: Mapping[str, np.ndarray],
    many: Mapping[str, np.ndarray],
    factors: Mapping[str, np.ndarray],
    n: int,
    part: float,
) -> Band:
    """The number of pseudo-labels for a part of the attainable gain, by bisection on the student's risk."""
    value = _enough(model, point, ones, n, part)
    return _band(float(value[0]), _enough(model, many, factors, n, part))


def _enough(
    model: _Model, parameters: Mapping[str, np.ndarray], factors: Mapping[str, np.ndarray], n: int, part: float
) -> np.ndarray:
    count = len(parameters["sigma2"])
    far = _risks(model, parameters, factors, n, 1e15, ("weak", "student"))
    gain = far["weak"] - far["student"]
    target = far["weak"] - part * gain
    low, high = np.full(count, model.dims["d_s"] + 2.0), np.full(count, 1e15)
    for _ in range(60):
        middle = np.floor(np.sqrt(low * high))
        enough = _risks(model, parameters, factors, n, middle, ("student",))["student"] <= target
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.where(gain > 0, high, np.inf)
