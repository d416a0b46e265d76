"""A claim is plain data; evidence is anything that can check it and could have failed.

This module knows no kind of evidence and no paper. What is not well formed is refused when the claim is made.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.chain import Chain, Line
from w2s_sym.claims.definitions import require_defined_in_turn, require_unmoved
from w2s_sym.claims.evaluate import formula
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.names import require_names, require_readable
from w2s_sym.claims.source import Source, require_short
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare, Equation, Iff, Named, Statement
from w2s_sym.formula import display
from w2s_sym.formula.conditions import Condition, DomainError, exact_number
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import meaning
from w2s_sym.formula.numbers import holds, is_finite_real
from w2s_sym.formula.rational import identical
from w2s_sym.formula.tex import plain_sentence
from w2s_sym.formula.totals import Total, letters_along
from w2s_sym.formula.typed import typed

CLAIM_KINDS = ("theorem", "equivalent", "observation")
# How long a number may be that is put into a formula: Python prints no more than 4300 digits.
LONGEST_NUMBER = 1000
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


def _sides(stated: Any) -> tuple[Any, ...]:
    """The two sides of a comparison, all four of an equivalence, a formula itself; nothing of anything else."""
    if isinstance(stated, Iff):
        return (*_sides(stated.left), *_sides(stated.right))
    if isinstance(stated, (Compare, Asymptotic, Condition)):
        return stated.lhs, stated.rhs
    return (stated,) if isinstance(stated, sp.Expr) else ()


@typed
@dataclass(frozen=True, eq=False)
class Claim:
    """One statement of one paper, with everything needed to check it.

    Parameters
    ----------
    name
        A sentence in snake case, of 100 letters at most; the claim's id is ``source.key/name``.
    sentence
        The claim in one English sentence; every word of it is entailed by ``statement``. Formulas in it are TeX between
        dollars, ``$x^{-3/2} \\le 1$``: plain text, notebook, page and PDF are made from it. Outside of dollars a power
        must read in one way.
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
        Equations that define symbols (fixed points, optima), in the order in which they are made of each other.
        A claim holds only where each is shown to have exactly one root in its bracket on the whole domain.
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
        self._require_words(here)
        self._require_evidence(here)
        self._require_foundations(here)
        self._require_definitions(here)
        require_names(here, self.statement, self.domain, self.given, tuple(self.rivals))
        for s in self.letters:
            require_readable(f"{here}, meaning of {s}", meaning(s))
        self._require_sides(here)
        self._require_witness(here)
        for item in self.evidence:
            item.require_accepted(self)

    def _require_words(self, here: str) -> None:
        """A name in snake case, a known kind, and sentences that read in one way."""
        for place, text in (("name", self.name), ("sentence", self.sentence), ("remark", self.remark)):
            if not isinstance(text, str):
                raise ClaimError(f"{here}: the {place} is {text!r}; give a text")
        if not isinstance(self.given, (tuple, list)) or not all(isinstance(e, Equation) for e in self.given):
            raise ClaimError(f"{here}: given is {self.given!r}; give a tuple of equations, given=(Equation(...),)")
        object.__setattr__(self, "given", tuple(self.given))
        if not isinstance(self.rivals, (tuple, list)):
            raise ClaimError(f"{here}: rivals is a {type(self.rivals).__name__}, not a tuple; write rivals=(...,)")
        object.__setattr__(self, "rivals", tuple(self.rivals))
        if not _NAME.match(self.name):
            raise ClaimError(f"{here}: the name must be snake case, letters, digits and underscores")
        require_short(f"claim {self.source.key}/{self.name[:30]}...: the name", self.name)
        if self.kind not in CLAIM_KINDS:
            raise ClaimError(f"{here}: unknown kind {self.kind!r}; use {', '.join(CLAIM_KINDS)}")
        if not isinstance(self.evidence, (tuple, list)):
            kind = "class" if isinstance(self.evidence, type) else type(self.evidence).__name__
            raise ClaimError(f"{here}: evidence is a {kind}, not a tuple; write evidence=(Precision(),)")
        object.__setattr__(self, "evidence", tuple(self.evidence))
        if not self.evidence:
            raise ClaimError(f"{here}: no evidence; give it a Derivation, a Precision or a Simulation")
        if not self.sentence.strip():
            raise ClaimError(f"{here}: no sentence; say in English what it claims")
        for place, text in (("sentence", self.sentence), ("remark", self.remark)):
            require_readable(f"{here}, {place}", text)

    def _require_evidence(self, here: str) -> None:
        """Evidence is made by calls, and is of a declared kind."""
        for item in self.evidence:
            if isinstance(item, type):
                raise ClaimError(f"{here}: evidence is made by a call; write {item.__name__}(), not {item.__name__}")
            if not isinstance(item, Evidence):
                raise ClaimError(
                    f"{here}: {type(item).__name__} is no evidence; inherit from w2s_sym.Evidence, "
                    "name its kind and define check(claim, run)"
                )
            if not item.kind:
                raise ClaimError(f"{here}: {type(item).__name__} names no kind; write kind = 'simulation' or the like")
            if not isinstance(item.uses, tuple) or not all(isinstance(used, Claim) for used in item.uses):
                raise ClaimError(f"{here}: uses of its {item.kind} is {item.uses!r}; give a tuple of claims")
            if not isinstance(item.rules, tuple) or not all(isinstance(rule, str) for rule in item.rules):
                raise ClaimError(f"{here}: rules of its {item.kind} is {item.rules!r}; give a tuple of ids of claims")

    def _require_foundations(self, here: str) -> None:
        """What it rests on are claims, and no rule is confirmed by itself."""
        if not isinstance(self.rests_on, (tuple, list)) or not all(isinstance(c, Claim) for c in self.rests_on):
            raise ClaimError(f"{here}: rests_on is {self.rests_on!r}; give a tuple of claims, rests_on=(LEMMA,)")
        object.__setattr__(self, "rests_on", tuple(self.rests_on))
        if self.id in self.rules:
            raise ClaimError(f"{here}: its evidence uses the rule that it is to confirm; give it evidence without it")

    def _require_definitions(self, here: str) -> None:
        """Each given equation defines a new symbol, and nothing is differentiated along what moves one."""
        rivals = self.rivals if isinstance(self.rivals, (tuple, list)) else ()
        sides = [side for stated in (self.statement, *self.domain.conditions, *rivals) for side in _sides(stated)]
        sides += [side for e in self.given for side in (e.residual, *(e.bracket or ()))]
        try:
            require_defined_in_turn(self.given, self.domain)
            for side in sides:
                if isinstance(side, sp.Expr):
                    require_unmoved(side, self.given)
                elif any(side.symbol == e.unknown for e in self.given):
                    raise ClaimError(f"{side.symbol} names a quantity and is defined by an equation; use two symbols")
        except ClaimError as problem:
            raise ClaimError(f"{here}: {problem}") from None

    def _require_sides(self, here: str) -> None:
        """The two sides differ, and so do the right side and every rival."""
        iff = isinstance(self.statement, Iff)
        left, right = (
            (self.statement.left, self.statement.right)
            if isinstance(self.statement, Iff)
            else (self.statement.lhs, self.statement.rhs)
        )
        if left == right:
            raise ClaimError(f"{here}: both sides are the same {'condition' if iff else 'expression'}: no claim")
        nothing = [r for r in self.rivals if isinstance(r, sp.Expr) and r.has(sp.nan, sp.zoo)]
        if nothing:
            raise ClaimError(f"{here}: the rival {nothing[0]} has no value; write a formula that has one")
        if any(rival == right for rival in self.rivals):
            raise ClaimError(f"{here}: a rival equals the claim's right side; nothing can refute it")

    def _require_witness(self, here: str) -> None:
        """A witness gives values of symbols of the domain, or of what the given equations define."""
        if self.witness is None:
            return
        if not isinstance(self.witness, Mapping):
            raise ClaimError(f"{here}: the witness is {self.witness!r}; give a value for each symbol, {{x: 1}}")
        object.__setattr__(self, "witness", dict(self.witness))
        stray = set(self.witness) - set(self.domain.symbols) - {e.unknown for e in self.given}
        if stray:
            names = ", ".join(sorted(map(str, stray)))
            raise ClaimError(f"{here}: the witness gives {names}, not in the domain; list every symbol there")

    # -- names and printing --
    @property
    def id(self) -> str:
        """The key of its source and its name: ``dong2025/weak_teacher_variance``."""
        return f"{self.source.key}/{self.name}"

    def __repr__(self) -> str:
        return f"<Claim {self.id}>"

    def cite(self, style: str = "text") -> str:
        """The claim's source as text or, with style ``bibtex``, as an entry; ValueError for another style."""
        return self.source.cite(style)

    def latex(self) -> str:
        """The statement as LaTeX."""
        return self.statement.latex()

    def _repr_latex_(self) -> str:
        return display.tex(self.latex())

    def chains(self, proved: Collection[str] = ()) -> tuple[Chain, ...]:
        """The lines of all evidence that can show how it gets from one side of the claim to the other.

        ``proved`` names the kinds of evidence that were found to hold: their lines need no second check.
        """
        found = (self.chain(i, item.kind in proved) for i, item in enumerate(self.evidence))
        return tuple(chain for chain in found if chain is not None)

    def chain(self, index: int, proved: bool = False) -> Chain | None:
        """The lines of evidence ``index``, or why they cannot be shown; None for evidence without lines.

        ``proved`` says that this evidence was found to hold.
        """
        item = self.evidence[index]
        try:
            lines = tuple(item.lines(self, proved=proved))
            if not all(isinstance(line, Line) for line in lines):
                raise TypeError("its lines are not of w2s_sym.Line")
        except Exception as problem:  # whatever fails, the rest of the claim is still worth reading
            return Chain(item.kind, (), " ".join(str(problem).split()) or type(problem).__name__)
        return Chain(item.kind, lines) if lines else None

    def _repr_html_(self) -> str:
        return display.html("claim", self, repr)

    @property
    def letters(self) -> tuple[sp.Symbol, ...]:
        """All its symbols: of domain and statement, of the equations given, and the names of quantities."""
        found = [*self.domain.symbols, *sorted(self.statement.free_symbols, key=str)]
        found += [s for e in self.given for s in sorted(e.free_symbols, key=str)]
        found += [q.symbol for q in self.quantities]
        found += [v for s in found if (held := letters_along(s)) is not None for v in held.symbols]
        return tuple(dict.fromkeys(found))

    @property
    def quantities(self) -> tuple[Named, ...]:
        """The named quantities on the left of its comparisons, each once."""
        sides = [self.statement.left, self.statement.right] if isinstance(self.statement, Iff) else [self.statement]
        named = [s.lhs for s in sides if not isinstance(s.lhs, sp.Expr)]
        return tuple({id(q): q for q in named}.values())

    @property
    def words(self) -> str:
        """Its sentence as plain text."""
        return plain_sentence(self.sentence, self.letters)

    @property
    def supports(self) -> tuple[Claim, ...]:
        """All claims this one rests on directly: those named and those its evidence applies, each object once."""
        found = {id(c): c for c in (*self.rests_on, *(used for item in self.evidence for used in item.uses))}
        return tuple(sorted(found.values(), key=lambda c: c.id))

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that its evidence uses; claims of installed papers confirm them."""
        return tuple(sorted({rule for item in self.evidence for rule in item.rules}))

    @property
    def rests_on_ids(self) -> tuple[str, ...]:
        """Ids of all that this claim rests on: claims named or applied, and the rules that its evidence uses."""
        return tuple(sorted({c.id for c in self.supports} | set(self.rules)))

    # -- the formula as a tool --
    @property
    def rhs(self) -> sp.Expr:
        """The right side of a comparison or limit: the formula that the claim states. ClaimError for an ``Iff``."""
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
        return sp.sympify(expression.xreplace(point), strict=True)

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
        if len(exponent) > 3 or len(text) > LONGEST_NUMBER:
            raise DomainError(
                f"{self.id}: {name}={shown!r}: has more than {LONGEST_NUMBER} digits; choose a number with fewer"
            )
        try:
            return sp.Rational(Fraction(text))
        except (ValueError, ZeroDivisionError):
            raise DomainError(f"{self.id}: {name}={shown!r}: needs a number such as 3, 2.5, 1e-2 or 7/10") from None

    def _sized(self, value: object, name: str) -> object:
        """The value; refused when it is a number so long that Python would not print it."""
        if isinstance(value, Rational) and max(abs(int(value.numerator)), int(value.denominator)) >= 10**LONGEST_NUMBER:
            raise DomainError(f"{self.id}: {name} has more than {LONGEST_NUMBER} digits; choose a number with fewer")
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
            and all(c.undefined_at(at := {**point, s: r}) is None and c.at(at) is not False for c in conditions)
        ]
        return tuple(sorted(good, key=lambda r: float(r)))
