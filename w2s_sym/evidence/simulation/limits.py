"""Evidence for a limit: the error at several sizes of one shape must fall at the order that is claimed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import LEAST_DRAWN
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare
from w2s_sym.evidence.simulation.batches import Bench, digest, trial_key
from w2s_sym.evidence.simulation.growing_sizes import (
    EARLIEST,
    LimitQuestion,
    contradiction,
    drawn_law,
    draws_per_batch,
    fitted_law,
    judged_law,
    too_few_at,
    unvarying,
)
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL, Law
from w2s_sym.evidence.simulation.series import Series, course_trials, limit_parts
from w2s_sym.evidence.simulation.trials import Formulas, Trial
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.user_code import in_this_process

# Floating-point operations assumed behind one draw of a user's experiment.
OPERATIONS = 4096.0
# So many courses are drawn at the most; one that is too noisy for its order is passed over.
MOST_COURSES = 5
# So many other sizes are tried at the most, since shapes may be made for even ones, or for multiples of four.
TRIED = 4
# Values of a symbol that differ by less than this share are one value.
SAME_VALUE = 1e-6
_SIZES = "let the experiment and the shape be one course at all sizes, or state the sizes in the domain"
_VARY = "let shape and realise vary what stays the same, or state it in the domain"


@dataclass(frozen=True)
class Course:
    """A run along all sizes of one shape: what was drawn at each, all right sides there, and what it says.

    ``values`` are those of :meth:`Formulas.at`, ``left`` those of a left side that is a formula; ``refuted`` has the
    positions of the rivals that fall here. A ``noisy`` course neither agrees nor contradicts.
    """

    benches: Sequence[Bench]
    values: np.ndarray
    left: np.ndarray | None
    law: Law
    verdict: Verdict
    text: str
    refuted: frozenset[int]
    noisy: bool

    def detail(self) -> dict[str, Any]:
        """The numbers of this course, as plain values."""
        found: dict[str, Any] = {
            "points": [b.row(float(v)) for b, v in zip(self.benches, self.values[0], strict=True)],
            "fitted_order": self.law.order,
            "interval": [self.law.low, self.law.high],
            "limit_error": self.law.limit,
            "limit_standard_error": self.law.limit_error,
        }
        if self.left is not None:
            found["left_z"] = [b.z(float(v)) for b, v in zip(self.benches, self.left, strict=True)]
        return found


def check_limit(series: Series, claim: Claim, run: Run) -> Finding:
    """AGREES when the interval of the fitted order holds the claimed one and excludes 0, half and twice it.

    A limit's left side is a formula, so every size is a test of its own: a mean that is not the left side is REFUTED.
    A size above the author's is looked at as well: there the error must be near theirs, else INCONCLUSIVE.
    The rule: a limit supports its claim only if LEAST_DRAWN further courses say the same, whose points no author
    chose and in which every symbol of the statement differs. Else the finding is ``within`` what does not.
    """
    formula, order, grows = limit_parts(claim)
    wanted = float(sp.Rational(str(series.order))) if series.order is not None else order
    formulas = Formulas(formula, claim.rivals, False)
    author = _followed(_draws(series, claim, run, formulas, wanted), run, formulas)
    courses = [author]
    if author.verdict is Verdict.AGREES and _varies(series, claim, grows):
        courses += _drawn(series, claim, run, formulas, wanted)
    refuted = tuple(i for i, _ in formulas.authors if any(i in c.refuted for c in courses))
    detail = {"order": wanted, "level": LEVEL, **author.detail(), "drawn": [c.detail() for c in courses[1:]]}
    worst = next((c for c in courses if c.verdict is Verdict.REFUTED), None)
    worst = worst or next((c for c in courses if c.verdict is Verdict.INCONCLUSIVE), None)
    if worst is not None:
        return Finding("simulation", worst.verdict, worst.text, detail, refuted)
    text = author.text
    if courses[1:]:
        text += f", and at {', '.join(f'{c.law.order:.2f}' for c in courses[1:])} where points were drawn"
    if len(refuted) < len(formulas.authors):
        text += f"; {len(formulas.authors) - len(refuted)} rivals are not refuted"
        return Finding("simulation", Verdict.INCONCLUSIVE, text, detail, refuted)
    other = _elsewhere(series, claim, run, formulas, author)
    if other is not None:
        return Finding("simulation", Verdict.INCONCLUSIVE, other, detail, refuted, next_move=_SIZES)
    parts = _confined(series, claim, grows, courses)
    text = f"{text}, only {'; '.join(parts[:3])}" if parts else text
    return Finding("simulation", Verdict.AGREES, text, detail, refuted, within=parts, next_move=_VARY if parts else "")


def course_points(series: Series, claim: Claim, run: Run, number: int = 0) -> list[tuple[Mapping[str, Any], float]]:
    """The points of a course, one for each size, and the right side there. Number 0 is the author's course.

    Raises ``ClaimError`` or :class:`DomainError` where there is no such course.
    """
    formula = limit_parts(claim)[0]
    trials = course_trials(series, claim, run, number)
    values = Formulas(formula, (), False).at(trials)[0]
    return [(trial.point, float(value)) for trial, value in zip(trials, values, strict=True)]


@dataclass(frozen=True, eq=False)
class _Draws:
    """Benches at all sizes of one shape, and what is asked of their draws. ``values`` are as in :class:`Course`."""

    benches: Sequence[Bench]
    values: np.ndarray
    question: LimitQuestion


def _draws(series: Series, claim: Claim, run: Run, formulas: Formulas, wanted: float, number: int = 0) -> _Draws:
    """What is to be drawn for a course. Raises ``ClaimError`` where the right side has no value or there is none."""
    trials = course_trials(series, claim, run, number)
    values = formulas.at(trials)
    if not np.isfinite(values[0]).all():
        raise ClaimError(f"{claim.id}: the right side is not finite at {trials[int(np.isfinite(values[0]).argmin())]}")
    benches = [
        _bench(series, claim, run, (size, *([number] if number else [])), trial)
        for size, trial in zip(series.sizes, trials, strict=True)
    ]
    # The order belongs to the statement of a limit; an equivalent only says that the error falls.
    strict = number == 0 or isinstance(claim.statement, Asymptotic)
    left = _left_side(claim, trials)
    question = LimitQuestion(series.sizes, values[0], left, wanted, strict=strict, drawn=number > 0)
    return _Draws(benches, values, question)


def _followed(draws: _Draws, run: Run, formulas: Formulas, share: float = 1.0) -> Course:
    """Draw at all sizes, up to this share of the effort's batches, and judge."""
    benches, question = draws.benches, draws.question
    law = drawn_law(run, benches, question, share)
    refuted = set()
    for (i, _), row in zip(formulas.authors, draws.values[1:], strict=True):
        other = fitted_law(benches, question, row) if np.isfinite(row).all() else None
        if other is not None and abs(other.limit) > LEVEL * other.limit_error:
            refuted.add(i)
    verdict, text = judged_law(law, question)
    off = contradiction(law, benches, question)
    if off is not None and verdict is not Verdict.REFUTED:
        verdict, text = Verdict.REFUTED, off
    few = too_few_at(benches) if verdict is Verdict.REFUTED else None
    unfit = next((reason for b in benches if (reason := b.heavy or unvarying(b)) is not None), few)
    if unfit is not None:
        verdict, text = Verdict.INCONCLUSIVE, unfit
    within = law.low <= question.wanted <= law.high
    noisy = verdict is Verdict.INCONCLUSIVE and few is None and (unfit is not None or within)
    values, left = draws.values, question.left
    return Course(benches, values, left, law, verdict=verdict, text=text, refuted=frozenset(refuted), noisy=noisy)


# -- other sizes ----------------------------------------------------------------------------------------------


def _elsewhere(series: Series, claim: Claim, run: Run, formulas: Formulas, author: Course) -> str | None:
    """What is wrong at a size above the author's, the first that the shape takes; None when nothing is.

    Sizes that an author gives have something in common, such as powers of two, and a course may be another one at the
    others. One batch tells: the error is that at the two largest sizes, up to their difference and to noise. Between
    small sizes nothing is looked at: what shapes round to whole numbers moves true errors there by as much.
    """
    near = sorted(range(len(series.sizes)), key=lambda i: series.sizes[i])[-2:]
    last = series.sizes[near[-1]]
    tried = (_looked(series, claim, run, formulas, size) for size in range(last + 1, last + 1 + TRIED))
    looked = next(filter(None, tried), None)
    if looked is None:
        return None
    bench, value = looked
    ends = [float(author.benches[i].tally.mean - author.values[0][i]) for i in near]
    error, step = float(bench.tally.mean) - value, abs(ends[0] - ends[1])
    room = step + LEVEL * (bench.spread + max(author.benches[i].spread for i in near))
    if bench.heavy is not None or min(ends) - room <= error <= max(ends) + room:
        return None
    told = ", ".join(f"{e:.3g} at {series.sizes[i]}" for e, i in zip(ends, near, strict=True))
    return f"the error is {told}, and {error:.3g} at size {bench.words[1]}: other sizes have another course"


def _looked(series: Series, claim: Claim, run: Run, formulas: Formulas, size: int) -> tuple[Bench, float] | None:
    """One batch at the author's point and another size, and the right side there.

    None where the author's functions are not made for the size: what they raise is no verdict.
    """
    try:
        (trial,) = course_trials(series, claim, run, sizes=(size,))
        value = float(formulas.at([trial])[0, 0])
        bench = _bench(series, claim, run, (size,), trial)
        bench.step(run)
    except (ValueError, ArithmeticError, LookupError, TypeError):
        return None
    return (bench, value) if np.isfinite(value) else None


# -- the rest of the domain -----------------------------------------------------------------------------------


def _varies(series: Series, claim: Claim, grows: set[str]) -> bool:
    """Whether there is anything to draw beside the author's course."""
    if claim.witness is not None:
        return False
    return series.realise is not None or bool(_names(claim) - grows)


def _names(claim: Claim) -> set[str]:
    """The names of all that the claim leaves free: a mean may depend on symbols that no side shows."""
    left = claim.statement.lhs if isinstance(claim.statement, (Asymptotic, Compare)) else None
    named = {left} if isinstance(left, sp.Symbol) else set()
    return {s.name for s in claim.domain.symbols if s not in named}


def _drawn(series: Series, claim: Claim, run: Run, formulas: Formulas, wanted: float) -> list[Course]:
    """Courses at points of no author's choice: LEAST_DRAWN that agree, or as many of MOST_COURSES as do.

    A course that is too noisy for its order waits until all have had a first part of their batches: another may tell
    with fewer draws. It is passed over when all of its own leave it as noisy; one that contradicts ends it.
    """
    found: list[Course] = []
    noisy: dict[int, _Draws | None] = dict.fromkeys(range(1, MOST_COURSES + 1))
    for share in (EARLIEST, 1.0):
        for number, draws in list(noisy.items()):
            try:
                draws = draws or _draws(series, claim, run, formulas, wanted, number)
                course = _followed(draws, run, formulas, share)
            except (ClaimError, DomainError, ArithmeticError):
                del noisy[number]
                continue
            noisy[number] = draws
            if course.noisy:
                continue
            del noisy[number]
            found.append(course)
            if course.verdict is not Verdict.AGREES or len(found) == LEAST_DRAWN:
                return found
    return found


def _confined(series: Series, claim: Claim, grows: set[str], courses: Sequence[Course]) -> tuple[str, ...]:
    """In words, what no drawn course varies; empty when they stand for the whole domain."""
    if not _varies(series, claim, grows):
        return ()
    author, *drawn = courses
    if len(drawn) < LEAST_DRAWN:
        return (f"at {author.benches[-1].trial} and smaller sizes",)
    names = sorted(_names(claim) - grows)
    missing = [name for name in names if name not in author.benches[0].trial.point]
    values = {name: [[b.trial.point[name] for b in c.benches] for c in drawn] for name in names if name not in missing}
    still = [name for name, (first, *more) in values.items() if all(_same(first, other) for other in more)]
    # One letter may be the size itself, which grows to the limit.
    own = [name for name in still if not grows and _same(values[name][0], series.sizes)]
    parts = (f"where {name} is {_told(values[name][0])}" for name in still if name not in own[:1])
    return (*parts, *(f"where {name} is what the experiment makes it" for name in missing))


def _same(left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether the values of a symbol at growing sizes are the same twice: numbers, or the levels of spectra."""
    pairs = list(zip(left, right, strict=True))
    if any(isinstance(v, Mapping) for pair in pairs for v in pair):
        return all(a.keys() == b.keys() and _same(list(a.values()), [b[k] for k in a]) for a, b in pairs)
    arrays = ((np.asarray(a, dtype=float), np.asarray(b, dtype=float)) for a, b in pairs)
    return all(a.shape == b.shape and np.allclose(a, b, rtol=SAME_VALUE, atol=0.0) for a, b in arrays)


def _told(values: Sequence[Any]) -> str:
    """The values of a symbol at growing sizes, in a few words."""
    if any(isinstance(v, Mapping) for v in values):
        return "what the shape makes of it"
    return ", ".join(dict.fromkeys(f"{float(v):.6g}" for v in values))


# -- points ---------------------------------------------------------------------------------------------------


def _left_side(claim: Claim, trials: Sequence[Trial]) -> np.ndarray | None:
    """The left side of a limit at each size; None when it is a mere name, or a quantity, for what is sampled."""
    left = claim.statement.lhs if isinstance(claim.statement, Asymptotic) else None
    if not isinstance(left, sp.Expr) or left.is_Symbol:
        return None
    if not all(s.name in t.point for s in left.free_symbols for t in trials):
        return None
    values: np.ndarray = Formulas(left, (), False).at(trials)[0]
    if not np.isfinite(values).all():
        raise ClaimError(f"{claim.id}: the left side is not finite at {trials[int(np.isfinite(values).argmin())]}")
    return values


def _bench(series: Series, claim: Claim, run: Run, words: tuple[int, ...], trial: Trial) -> Bench:
    point, size = dict(trial.point), words[0]

    def draw(rng: np.random.Generator, draws: int) -> np.ndarray:
        with in_this_process():
            return series.experiment(rng, point, size, draws)

    batch = draws_per_batch(series.batch, size, max(series.sizes))
    what = digest(run, claim.statement, getattr(series.experiment, "__qualname__", ""), batch, trial_key(trial))
    return Bench(trial, draw, batch, OPERATIONS, ("size", *words), what)


__all__ = ["OPERATIONS", "check_limit", "course_points"]
