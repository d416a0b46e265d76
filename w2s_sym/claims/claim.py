"""A claim is plain data; evidence is anything that can check it and could have failed.

This module holds the vocabulary that all others share: statements, claims, verdicts, findings, the protocol that
evidence follows, and :func:`verify`. It knows no kind of evidence and no paper.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from numbers import Rational
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np
import sympy as sp

from w2s_sym.claims.statement import (
    Asymptotic,
    ClaimError,
    Compare,
    Equation,
    Iff,
    Named,
    Side,
    Source,
    Statement,
    side_latex,
)
from w2s_sym.formula.domain import Condition, Domain, DomainError, Point, exact_number
from w2s_sym.formula.notation import ambiguous_power, latex, meaning
from w2s_sym.formula.numbers import holds, is_finite_real
from w2s_sym.formula.rational import identical
from w2s_sym.formula.totals import Total, letters
from w2s_sym.report.html import cards, markup

KINDS = ("theorem", "equivalent", "observation")
EFFORTS = ("quick", "standard", "deep")
OPTIONS = ("effort", "seed", "memory", "progress")
# How long a number may be that is put into a formula: Python prints no more than 4300 digits.
DIGITS = 1000


class Verdict(StrEnum):
    PROVED = "PROVED"
    AGREES = "AGREES"
    REFUTED = "REFUTED"
    INCONCLUSIVE = "INCONCLUSIVE"
    SKIPPED = "SKIPPED"


SUPPORT = frozenset({Verdict.PROVED, Verdict.AGREES})


# -- evidence -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Finding:
    """What one piece of evidence says of one claim.

    ``summary`` is the telling number in one line; ``detail`` holds plain JSON values, and under ``within`` the
    conditions that left a part of the domain out; ``refuted`` lists the positions of the claim's rivals that this
    evidence refuted.
    """

    kind: str
    verdict: Verdict
    summary: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    refuted: tuple[int, ...] = ()

    def _repr_html_(self) -> str:
        return markup.shown(lambda: cards.findings((self,)), self.__repr__)

    @property
    def supports(self) -> bool:
        """Whether it speaks for the claim: PROVED or AGREES, and looked at all of the domain."""
        return self.verdict in SUPPORT and not self.detail.get("within")

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "verdict": str(self.verdict),
            "summary": self.summary,
            "detail": dict(self.detail),
            "refuted": list(self.refuted),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Finding:
        return cls(
            str(record["kind"]),
            Verdict(record["verdict"]),
            str(record["summary"]),
            dict(record["detail"]),
            tuple(int(i) for i in record["refuted"]),
        )


class Memory(Protocol):
    """Finished pieces of long work, keyed by content."""

    def get(self, key: str) -> Any | None: ...

    def put(self, key: str, value: Any) -> None: ...


class NoMemory:
    """Remembers nothing: every run is fresh."""

    def get(self, key: str) -> Any | None:
        return None

    def put(self, key: str, value: Any) -> None:
        return None


@dataclass(frozen=True)
class Run:
    """How hard to look, from which seed, and where finished pieces go. It knows no claim."""

    effort: str = "quick"
    seed: int = 0
    memory: Memory = field(default_factory=NoMemory)
    progress: Callable[[str], None] | None = None
    key: tuple[object, ...] = ()

    def __post_init__(self) -> None:
        if self.effort not in EFFORTS:
            raise ValueError(f"unknown effort {self.effort!r}; use {', '.join(EFFORTS)}")
        if not isinstance(self.seed, int) or isinstance(self.seed, bool) or self.seed < 0:
            raise ValueError(f"seed={self.seed}: needs a nonnegative whole number")

    def under(self, *words: object) -> Run:
        """The same run with its random streams keyed by these words too."""
        return replace(self, key=(*self.key, *words))

    def rng(self, *words: object) -> np.random.Generator:
        """The generator of this run's key and these words: independent of workers, order and resumption."""
        text = "\x1f".join(str(w) for w in (*self.key, *words))
        digest = hashlib.sha256(text.encode()).digest()
        spawn_key = tuple(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 32, 4))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=spawn_key)))

    def tell(self, message: str) -> None:
        if self.progress is not None:
            self.progress(message)


@runtime_checkable
class Evidence(Protocol):
    """Anything that can check a claim and could have failed."""

    @property
    def kind(self) -> str: ...

    def check(self, claim: Claim, run: Run) -> Finding: ...


def _difference(line: Any) -> str:
    gap = getattr(line, "gap_text", "")
    return f"    (difference {gap})" if gap else ""


@dataclass(frozen=True)
class Chain:
    """The lines of one derivation (``text``, ``relation``, ``reason``, ``latex`` each), or why there are none."""

    kind: str
    lines: tuple[Any, ...]
    problem: str = ""

    def __repr__(self) -> str:
        try:
            shown = [f"{line.relation or ' '} {line.text}    [{line.reason}]{_difference(line)}" for line in self.lines]
        except Exception:  # a display must never hide what was computed
            shown = [f"{len(self.lines)} lines that do not print"]
        return "\n".join((f"{self.kind}:", *shown, *([self.problem] if self.problem else ())))

    def _repr_html_(self) -> str:
        return markup.shown(lambda: markup.steps(self.kind, self.lines, self.problem, unfolded=True), self.__repr__)


# -- the claim ------------------------------------------------------------------------------------------------

_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, eq=False)
class Claim:
    """One statement of one paper, with everything needed to check it.

    Parameters
    ----------
    name
        A sentence in snake case; the claim's id is ``source.key/name``.
    sentence
        The claim in one English sentence; every word of it is entailed by ``statement``. Powers must read in one way:
        ``i^(-3/2)`` or ``(i^-3)/2``.
    statement
        :class:`Compare`, :class:`Iff` or :class:`Asymptotic`.
    domain
        Where it holds: for all points of the domain or, when ``witness`` is given, at that point of it.
    source
        The paper and the place in it.
    evidence
        Checkers of this very statement; at least one.
    kind
        ``theorem`` (exact), ``equivalent`` (holds in a limit that simulations only approach) or ``observation``.
    given
        Equations that define symbols of the left side (fixed points, optima).
    rests_on
        Claims that this one uses; those that a derivation uses are added to it.
    rivals
        Wrong right-hand sides that evidence must refute (for an ``Iff``: wrong right conditions).
    remark
        What the reader should know and the statement does not say.
    witness
        For "there is": one exact point at which the statement is true.
    """

    name: str
    sentence: str
    statement: Statement
    domain: Domain
    source: Source
    evidence: tuple[Evidence, ...]
    kind: str = "theorem"
    given: tuple[Equation, ...] = ()
    rests_on: tuple[Claim, ...] = ()
    rivals: tuple[Any, ...] = ()
    remark: str = ""
    witness: Mapping[sp.Symbol, Any] | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.source, Source):
            raise ClaimError(
                f"claim {self.name}: the source is a {type(self.source).__name__}, not a Source; "
                "write Source(key, authors, title, year)"
            )
        here = f"claim {self.source.key}/{self.name}"
        if not _NAME.match(self.name):
            raise ClaimError(f"{here}: the name must be snake case, letters, digits and underscores")
        if self.kind not in KINDS:
            raise ClaimError(f"{here}: unknown kind {self.kind!r}; use {', '.join(KINDS)}")
        if not isinstance(self.evidence, (tuple, list)):
            kind = type(self.evidence).__name__
            raise ClaimError(f"{here}: evidence is a {kind}, not a tuple; write evidence=(Precision(),)")
        object.__setattr__(self, "evidence", tuple(self.evidence))
        if not self.evidence:
            raise ClaimError(f"{here}: no evidence; give it a Derivation, a Precision or a Simulation")
        if not self.sentence.strip():
            raise ClaimError(f"{here}: no sentence; say in English what it claims")
        for place, text in (("sentence", self.sentence), ("remark", self.remark)):
            if (power := ambiguous_power(text)) is not None:
                typed, one, other = power
                raise ClaimError(f"{here}: {typed} in its {place} reads in two ways; write {one} or {other}")
        for item in self.evidence:
            if isinstance(item, type):
                raise ClaimError(f"{here}: evidence is made by a call; write {item.__name__}(), not {item.__name__}")
            if not isinstance(item, Evidence):
                raise ClaimError(f"{here}: {type(item).__name__} is no evidence; it needs kind and check(claim, run)")
        free = self.statement.free_symbols
        by_name: dict[str, sp.Symbol] = {}
        involved = free | set(self.domain.symbols) | {s for e in self.given for s in e.free_symbols}
        for s in sorted(involved, key=str):
            if by_name.setdefault(s.name, s) != s:
                raise ClaimError(f"{here}: two different symbols print as {s}; take both from notation.py")
        defined = {e.unknown for e in self.given}
        stray = free - set(self.domain.symbols) - defined
        if stray:
            raise ClaimError(f"{here}: {', '.join(sorted(map(str, stray)))} not in the domain; list every symbol there")
        varying = {v: s for s in self.domain.symbols if (held := letters(s)) is not None for v in held.symbols}
        for s in self.domain.symbols:
            if s in varying:
                raise ClaimError(
                    f"{here}: {s} varies along the spectrum {varying[s]} and is a number of the domain too; "
                    "use another letter for one of them"
                )
        iff = isinstance(self.statement, Iff)
        left, right = (
            (self.statement.left, self.statement.right)
            if isinstance(self.statement, Iff)
            else (self.statement.lhs, self.statement.rhs)
        )
        if left == right:
            raise ClaimError(f"{here}: both sides are the same {'condition' if iff else 'expression'}: no claim")
        if any(rival == right for rival in self.rivals):
            raise ClaimError(f"{here}: a rival equals the claim's right side; nothing can refute it")
        if self.witness is not None:
            object.__setattr__(self, "witness", dict(self.witness))
            stray = set(self.witness) - set(self.domain.symbols) - defined
            if stray:
                names = ", ".join(sorted(map(str, stray)))
                raise ClaimError(f"{here}: the witness gives {names}, not in the domain; list every symbol there")

    # -- names and printing --
    @property
    def id(self) -> str:
        return f"{self.source.key}/{self.name}"

    def __repr__(self) -> str:
        return f"<Claim {self.id}>"

    def cite(self, style: str = "text") -> str:
        """The claim's source as text or BibTeX."""
        return self.source.cite(style)

    def latex(self) -> str:
        return self.statement.latex()

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def chains(self, proved: Collection[str] = ()) -> tuple[Chain, ...]:
        """The lines of all evidence that can show how it gets from one side of the claim to the other.

        ``proved`` names the kinds of evidence that were found to hold: their lines need no second check.
        """
        found = []
        for item in self.evidence:
            lines = getattr(item, "lines", None)
            if item.kind in proved:
                lines = getattr(item, "written", lines)
            if callable(lines):
                try:
                    found.append(Chain(item.kind, tuple(lines(self))))
                except Exception as problem:  # whatever fails, the rest of the claim is still worth reading
                    found.append(Chain(item.kind, (), " ".join(str(problem).split()) or type(problem).__name__))
        return tuple(found)

    def _repr_html_(self) -> str:
        return markup.shown(lambda: cards.claim(self, self.chains()), self.__repr__)

    @property
    def supports(self) -> tuple[Claim, ...]:
        """All claims this one rests on directly: those named and those its evidence applies, without repeats."""
        found: dict[str, Claim] = {c.id: c for c in self.rests_on}
        for item in self.evidence:
            for used in getattr(item, "uses", ()):
                found.setdefault(used.id, used)
        return tuple(found[k] for k in sorted(found))

    @property
    def rests_on_ids(self) -> tuple[str, ...]:
        """Ids of all that this claim rests on: claims named or applied, and the rules its derivations use."""
        rules = {rule for item in self.evidence for rule in getattr(item, "rules", ())}
        return tuple(sorted({c.id for c in self.supports} | (rules - {self.id})))

    # -- the formula as a tool --
    @property
    def rhs(self) -> sp.Expr:
        """The right side of a comparison or limit: the closed form that the claim states."""
        if isinstance(self.statement, Iff):
            raise ClaimError(f"{self.id} is an equivalence of two conditions: it has no right-hand formula")
        return self.statement.rhs

    def _formula(self, expression: sp.Expr) -> tuple[sp.Expr, Domain]:
        free = set(expression.free_symbols)
        hidden = sorted(str(s) for s in free - set(self.domain.symbols))
        if hidden:
            raise ClaimError(f"{self.id}: {', '.join(hidden)} is defined by an equation only; list it in the domain")
        return expression, self.domain.restrict(free)

    def at(self, **values: object) -> sp.Expr:
        """The right side at exact values: ``claim.at(n=100, d_w=10, sigma2="1/2")``; raises DomainError outside.

        Integers, fractions and decimal strings are exact; a float counts as its shortest decimal form.
        """
        expression, domain = self._formula(self.rhs)
        point = domain.check(self._point(values, domain), self.id)
        return sp.sympify(expression.xreplace(point))

    def _point(self, values: Mapping[str, object], domain: Domain) -> dict[sp.Symbol, object]:
        names = {s.name: s for s in domain.symbols}
        unknown = sorted(set(values) - set(names))
        if unknown:
            raise DomainError(f"{self.id}: no symbol {', '.join(unknown)}; it has {', '.join(names)}")
        return {names[k]: self._number(v, k) if isinstance(v, str) else self._sized(v, k) for k, v in values.items()}

    def _number(self, text: str, name: str) -> sp.Rational:
        """The rational that a text such as 3, 2.5, 1e-2 or 7/10 states; it is parsed, never evaluated."""
        exponent = re.sub(r"\D", "", text.lower().partition("e")[2]).lstrip("0")
        shown = text if len(text) <= 40 else f"{text[:30]}..."
        if len(exponent) > 3 or len(text) > 1000:
            raise DomainError(f"{self.id}: {name}={shown!r}: has more than {DIGITS} digits; choose a number with fewer")
        try:
            return sp.Rational(Fraction(text))
        except (ValueError, ZeroDivisionError):
            raise DomainError(f"{self.id}: {name}={shown!r}: needs a number such as 3, 2.5, 1e-2 or 7/10") from None

    def _sized(self, value: object, name: str) -> object:
        """The value; refused when it is a number so long that Python would not print it."""
        if isinstance(value, Rational) and max(abs(int(value.numerator)), int(value.denominator)) >= 10**DIGITS:
            raise DomainError(f"{self.id}: {name} has more than {DIGITS} digits; choose a number with fewer")
        return value

    def to_numpy(self) -> Callable[..., np.ndarray]:
        """The right side as a vectorised numpy function of keyword arguments; its domain is enforced.

        Arrays broadcast. Outside the domain it raises :class:`DomainError` naming the first offending values.
        """
        expression, domain = self._formula(self.rhs)
        if expression.has(Total):
            raise ClaimError(
                f"{self.id}: sums over a spectrum; use .at(...) with its levels, or w2s_sym.risk for risks"
            )
        return formula(expression, domain, self.id, self.sentence)

    def solve_for(self, unknown: str | sp.Symbol, equals: object, **values: object) -> tuple[sp.Expr, ...]:
        """All values of one symbol, inside the domain, at which the right side equals a number.

        ``()`` says that there is none; when every value will do, :class:`DomainError` says so.
        An integer symbol is solved over the reals (round up or down as the question asks); the rest of its
        conditions are enforced.
        """
        expression, domain = self._formula(self.rhs)
        names = {s.name: s for s in domain.symbols}
        unknown = unknown.name if isinstance(unknown, sp.Symbol) else unknown
        if unknown in values:
            raise DomainError(f"{self.id}: {unknown} is what is solved for; give no value for it")
        if unknown not in names:
            raise DomainError(f"{self.id}: no symbol {unknown}; it has {', '.join(names)}")
        s = names[unknown]
        rest = self._point(values, domain)
        missing = [str(x) for x in domain.symbols if x != s and x not in rest]
        if missing:
            raise DomainError(f"{self.id}: no value for {', '.join(missing)}; give a number for each")
        point = {k: exact_number(v, str(k)) for k, v in rest.items()}
        target = (
            self._number(equals, "equals")
            if isinstance(equals, str)
            else exact_number(self._sized(equals, "equals"), "equals")
        )
        free = sp.Dummy(unknown, real=True)
        numerator, denominator = sp.fraction(sp.together(expression.xreplace({**point, s: free}) - target))
        if identical(numerator, sp.S.Zero):
            raise DomainError(f"{self.id}: every {unknown} gives that value; choose another symbol or number")
        if free not in numerator.free_symbols:
            return ()
        # Radicals of a cubic with three real roots look complex; isolated real roots do not.
        rational = numerator.is_polynomial(free) and all(a.is_Rational for a in sp.Poly(numerator, free).coeffs())
        roots = set(sp.real_roots(sp.Poly(numerator, free)) if rational else sp.solve(numerator, free))
        conditions = (*domain.assumptions(), *domain.conditions)
        good = [
            r
            for r in roots
            if is_finite_real(r)
            and holds(denominator.xreplace({free: r}), "!=")
            and all(c.at({**point, s: r}) is not False for c in conditions)
        ]
        return tuple(sorted(good, key=lambda r: float(r)))


def formula(expression: sp.Expr, domain: Domain, label: str, summary: str) -> Callable[..., np.ndarray]:
    """A vectorised numpy function of ``expression`` whose keyword arguments are checked against ``domain``."""
    symbols = domain.symbols
    compiled = sp.lambdify(symbols, expression, modules="numpy")
    checks = [
        (c, sp.lambdify(symbols, c.lhs - c.rhs, modules="numpy")) for c in (*domain.assumptions(), *domain.conditions)
    ]
    tests: dict[str, Callable[[np.ndarray], np.ndarray]] = {
        "=": lambda x: x == 0,
        "!=": lambda x: x != 0,
        "<": lambda x: x < 0,
        "<=": lambda x: x <= 0,
        ">": lambda x: x > 0,
        ">=": lambda x: x >= 0,
    }

    def evaluate(**values: Any) -> np.ndarray:
        names = {s.name: s for s in symbols}
        if set(values) != set(names):
            wrong = sorted(set(values) ^ set(names))
            raise DomainError(f"{label}: takes exactly {', '.join(names)}; missing or unknown: {', '.join(wrong)}")
        arrays = []
        for s in symbols:
            array = np.asarray(values[s.name])
            if array.dtype.kind not in "iuf":
                raise DomainError(f"{label}: {s}={values[s.name]!r}: needs real numbers")
            array = array.astype(float)
            bad = ~np.isfinite(array)
            if bad.any():
                raise DomainError(f"{label}: {s}={array[bad].flat[0]}: needs finite numbers")
            if s.is_integer and (array != np.floor(array)).any():
                raise DomainError(f"{label}: {s}={array[array != np.floor(array)].flat[0]}: needs whole numbers")
            arrays.append(array)
        grid = np.broadcast_arrays(*arrays) if arrays else []
        for condition, difference in checks:
            ok = np.broadcast_to(tests[condition.relation](np.asarray(difference(*grid))), np.shape(grid[0]))
            if not ok.all():
                where = np.unravel_index(int(np.argmin(ok)), ok.shape)
                used = [
                    f"{s}={a[where]:.12g}" for s, a in zip(symbols, grid, strict=True) if s in condition.free_symbols
                ]
                advice = condition.advice or f"choose values with {condition}"
                raise DomainError(f"{label}: {', '.join(used)}: needs {condition}; {advice}")
        if domain.points and symbols:
            listed = [np.all([a == float(p[s]) for s, a in zip(symbols, grid, strict=True)], 0) for p in domain.points]
            if not np.any(listed, 0).all():
                raise DomainError(f"{label}: holds at {len(domain.points)} listed points only; evaluate it at those")
        return np.asarray(np.broadcast_to(compiled(*grid), np.shape(grid[0]) if grid else ()), dtype=float)

    terms = "".join(f"\n    {s}: {meaning(s) or 'a real number'}" for s in symbols)
    evaluate.__doc__ = f"{summary}\n\nKeyword arguments (scalars or arrays that broadcast):{terms}\n"
    evaluate.__name__ = label.split("/")[-1]
    return evaluate


# -- verdicts -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Result:
    """A claim with the findings of all its evidence."""

    claim: Claim
    findings: tuple[Finding, ...]

    @property
    def surviving_rivals(self) -> tuple[int, ...]:
        killed = {i for f in self.findings for i in f.refuted}
        return tuple(i for i in range(len(self.claim.rivals)) if i not in killed)

    @property
    def holds(self) -> bool:
        """At least one PROVED or AGREES on the whole domain, no REFUTED, and no rival left standing.

        An observation whose only evidence was skipped for a missing extra does not count against the ledger.
        """
        verdicts = [f.verdict for f in self.findings]
        if self.claim.kind == "observation" and verdicts and all(v is Verdict.SKIPPED for v in verdicts):
            return True
        supported = any(f.supports for f in self.findings)
        return supported and Verdict.REFUTED not in verdicts and not self.surviving_rivals

    def why(self) -> str:
        """One line on why the claim holds or does not."""
        refuted = [f for f in self.findings if f.verdict is Verdict.REFUTED]
        if refuted:
            return f"{refuted[0].kind} refutes it: {refuted[0].summary}"
        if not any(f.supports for f in self.findings):
            return "nothing supports it: " + "; ".join(f"{f.kind}: {f.summary}" for f in self.findings)
        if self.surviving_rivals:
            rival = self.claim.rivals[self.surviving_rivals[0]]
            return f"no evidence refutes the rival {rival}"
        best = [f for f in self.findings if f.supports]
        return f"{best[0].kind}: {best[0].summary}"

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.claim.id,
            "holds": self.holds,
            "evidence": [f.to_json() for f in self.findings],
            "rivals": [
                {
                    "latex": r.latex() if hasattr(r, "latex") else latex(r),
                    "refuted": i not in self.surviving_rivals,
                }
                for i, r in enumerate(self.claim.rivals)
            ],
            "rests_on": list(self.claim.rests_on_ids),
        }

    def __str__(self) -> str:
        mark = "holds" if self.holds else "DOES NOT HOLD"
        lines = [f"{self.claim.id}: {mark}", f"  {self.claim.sentence}"]
        lines += [f"  {f.kind:<11} {f.verdict:<13} {f.summary}" for f in self.findings]
        lines += [f"  rival not refuted: {self.claim.rivals[i]}" for i in self.surviving_rivals]
        return "\n".join(lines)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return markup.shown(lambda: cards.result(self), self.__str__)


def check_evidence(claim: Claim, index: int, run: Run) -> Finding:
    """Check one piece of a claim's evidence; its random streams depend on the claim's id and the index only."""
    evidence = claim.evidence[index]
    finding = evidence.check(claim, run.under(claim.id, index))
    if not isinstance(finding, Finding):
        given = type(finding).__name__
        raise ClaimError(f"{claim.id}: the check of its {evidence.kind} returned a {given}, not a Finding")
    if finding.verdict is Verdict.SKIPPED and claim.kind != "observation":
        return replace(finding, verdict=Verdict.INCONCLUSIVE)
    return finding


def verify(claim: Claim, run: Run | None = None, **options: Any) -> Result:
    """Check all evidence of one claim: ``verify(claim)``, ``verify(claim, effort="deep", seed=1)``.

    Parameters
    ----------
    claim
        What to check.
    run
        How hard to look, as a :class:`Run`; or give its fields as options instead.
    effort
        ``quick`` (the default), ``standard`` or ``deep``.
    seed
        The seed of all random draws, a nonnegative whole number (default 0).
    memory
        Where finished pieces of long work go (default: nowhere).
    progress
        A function that is called with messages while evidence is at work.
    """
    if not isinstance(claim, Claim):
        raise TypeError(f"verify takes a Claim, not {type(claim).__name__}")
    if run is not None and not isinstance(run, Run):
        raise TypeError(f"run must be a Run, not {type(run).__name__}; an effort is given as effort='deep'")
    for name in options:
        if name not in OPTIONS:
            raise TypeError(f"unknown option {name}; options are {', '.join(OPTIONS)}")
    if run is not None and options:
        raise TypeError("give a run or its options, not both")
    chosen = run if run is not None else Run(**options)
    return Result(claim, tuple(check_evidence(claim, i, chosen) for i in range(len(claim.evidence))))


def find_rivals(claim: Claim) -> Sequence[tuple[int, Any]]:
    """The claim's own rivals with their positions."""
    return tuple(enumerate(claim.rivals))


def admissible_points(
    claim: Claim, rng: np.random.Generator, count: int, scale: int | tuple[int, ...] = 12
) -> Iterator[Point]:
    """Exact random points of the domain that satisfy the claim's ``given`` equations too.

    A ``given`` equation is met exactly by solving it for a symbol that enters it linearly: its unknown if it can
    be, else a random rational root is chosen and a parameter follows, so that both sides stay rational.
    ``scale`` is that of :meth:`Domain.sample`. Raises :class:`DomainError` when no point is found and
    :class:`ClaimError` when no symbol enters linearly.
    """
    base, chain = point_plan(claim)
    produced = 0
    for _ in range(400 * count):
        point = complete_point(claim, chain, base.sample(rng, scale))
        if point is None:
            continue
        yield point
        produced += 1
        if produced == count:
            return
    raise DomainError(f"{claim.id}: no random point satisfies both its domain and its given equations")


Plan: TypeAlias = tuple[tuple[sp.Symbol, sp.Expr], ...]


def point_plan(claim: Claim) -> tuple[Domain, Plan]:
    """What is drawn freely, and the symbols that follow from it by the ``given`` equations, in order."""
    chain = _solve_given(claim)
    targets = {s for s, _ in chain}
    kept = tuple(s for s in claim.domain.symbols if s not in targets)
    extra = {s for e in claim.given for s in e.free_symbols} - targets - set(kept)
    conditions = tuple(c for c in claim.domain.conditions if not c.free_symbols & targets)
    points = () if extra else claim.domain.points
    return Domain((*kept, *sorted(extra, key=lambda s: str(s.name))), conditions, points), chain


def complete_point(claim: Claim, chain: Plan, base: Point) -> Point | None:
    """The base point with the symbols of the chain added, or None when the claim does not admit it."""
    if not chain:
        return base
    point = dict(base)
    for s, expression in chain:
        point[s] = sp.sympify(expression.xreplace(point))
        if point[s].is_finite is not True:
            return None
    everything = (
        *Domain(tuple(point)).assumptions(),
        *claim.domain.conditions,
        *(Condition(e.residual, "=", sp.S.Zero) for e in claim.given),
        *(Condition(e.unknown, ">", e.bracket[0]) for e in claim.given if e.bracket and e.bracket[0] != -sp.oo),
        *(Condition(e.unknown, "<", e.bracket[1]) for e in claim.given if e.bracket and e.bracket[1] != sp.oo),
    )
    listed = claim.domain.points
    inside = not listed or any(all(point[s] == p[s] for s in claim.domain.symbols) for p in listed)
    return point if inside and all(c.at(point) is True for c in everything) else None


def _solve_given(claim: Claim) -> Plan:
    chain: list[tuple[sp.Symbol, sp.Expr]] = []
    solved: set[sp.Symbol] = set()
    for equation in claim.given:
        # An explicit definition gives its unknown; a fixed point gives a parameter for a chosen root.
        options = sorted(equation.free_symbols - solved, key=lambda s: (s != equation.unknown, s.name))
        for s in options:
            expression = equation.solve_linear(s)
            uses_later = expression is not None and any(s in e.free_symbols for _, e in chain)
            if expression is not None and not uses_later and not s.is_integer:
                chain.append((s, expression))
                solved.add(s)
                break
        else:
            raise ClaimError(f"{claim.id}: cannot choose exact points on {equation}; make it linear in one symbol")
    return tuple(chain)


__all__ = [
    "Asymptotic",
    "Chain",
    "Claim",
    "ClaimError",
    "Compare",
    "Condition",
    "Domain",
    "DomainError",
    "Equation",
    "Evidence",
    "Finding",
    "Iff",
    "Named",
    "Result",
    "Run",
    "Side",
    "Source",
    "Statement",
    "Verdict",
    "identical",
    "side_latex",
    "verify",
]
