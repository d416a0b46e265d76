"""Derivations: chains of steps, each one checked, none believed.

Building a derivation only records data. Checking it replays the steps from the claim's left side: computing steps
(averages, eliminations, limits) produce the next line, typed steps (``rewrite``, ``bound``) state it and are
verified. A closing rewrite to the claim's right side is always part of the chain, so that a derivation can end
nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.points import admissible_points
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare, Equation, Iff
from w2s_sym.evidence.derivation import calculus, slopes
from w2s_sym.formula.conditions import Condition, DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.notation import latex
from w2s_sym.formula.rational import NotRational, identical, limit_at_infinity, polynomials
from w2s_sym.formula.signs import Sign, defined, follows, proves, same_value, sign
from w2s_sym.formula.totals import Total
from w2s_sym.matrices import gaussian_rules
from w2s_sym.matrices.experiment import Quantity, Sample
from w2s_sym.matrices.instances import missing_instance
from w2s_sym.matrices.traces import TraceSum, expectation_latex
from w2s_sym.matrices.words import TraceError
from w2s_sym.report.html import markup

# Inside these a symbol does not stand for one number, so that nothing may be put in for it.
_BINDERS = (sp.Derivative, sp.Integral, sp.Limit, sp.Product, sp.Subs, sp.Sum)

# Steps whose next line is the author's, and steps that rest on another claim.
_TYPED = ("rewrite", "bound", "using", "slope")
_CITING = ("apply", "using", "slope")

_RULE_OF = {
    "expect": gaussian_rules.WICK,
    "expect_gram_inverse": gaussian_rules.GRAM_INVERSE,
    "condition": gaussian_rules.CONDITION,
    "expect_polar": gaussian_rules.POLAR,
}


class StepFailed(Exception):  # noqa: N818 - it names what happened
    """A step that does not hold (``refuted``, with a counter-example) or could not be shown."""

    def __init__(self, message: str, refuted: bool, detail: Mapping[str, Any] | None = None):
        super().__init__(message)
        self.refuted = refuted
        self.detail = dict(detail or {})


@dataclass(frozen=True)
class Step:
    op: str
    args: tuple[Any, ...] = ()
    why: str = ""


@dataclass(frozen=True)
class Line:
    """One line of a replayed derivation. ``typed`` tells an author's line from one that the machine computed."""

    value: Any
    relation: str
    reason: str
    typed: bool
    samples: tuple[Sample, ...] = ()
    # Of a bound: this line minus the one before it, in the form whose sign was proved.
    gap: sp.Expr | None = None

    @property
    def text(self) -> str:
        if isinstance(self.value, Quantity):
            return self.value.definition()
        return f"E[{self.value}]" if isinstance(self.value, TraceSum) else str(self.value)

    @property
    def symbols(self) -> frozenset[sp.Symbol]:
        """The symbols in it, where it is a formula of numbers; those of random matrices are told by their blocks."""
        return frozenset(self.value.free_symbols) if isinstance(self.value, sp.Basic) else frozenset()

    @property
    def gap_text(self) -> str:
        """This line minus the one before it as text; empty where nobody wrote it down."""
        return "" if self.gap is None else str(self.gap)

    @property
    def gap_latex(self) -> str:
        return "" if self.gap is None else latex(self.gap)

    @property
    def latex(self) -> str:
        if isinstance(self.value, Quantity):
            return self.value.definition_latex()
        if isinstance(self.value, TraceSum):
            random = {block for sample in self.samples for block in sample.names()}
            # When all is averaged, the mean of a number is the number.
            averaged = not any(atom.base in random for atom in self.value.atoms)
            return self.value.latex() if averaged else expectation_latex(self.value)
        return latex(self.value)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex}$"

    def _repr_html_(self) -> str:
        return markup.shown(lambda: markup.math(self.latex, display=True), lambda: self.text)


@dataclass(frozen=True, eq=False)
class Derivation:
    """Evidence: a proof of the claim's statement as a chain of checked steps.

    ``start`` must be the left side of the claim (for an :class:`Iff`: None, see :meth:`same_sign`). Every method
    returns a longer derivation; nothing is computed until it is checked.
    """

    start: sp.Expr | Quantity | None
    steps: tuple[Step, ...] = ()
    known: tuple[tuple[Claim, tuple[tuple[str, Any], ...]], ...] = ()

    kind = "derivation"

    def _then(self, op: str, *args: Any, why: str = "") -> Derivation:
        return replace(self, steps=(*self.steps, Step(op, args, why)))

    # -- steps on random matrices --
    def expect(self, *blocks: Any, why: str = "") -> Derivation:
        """Average over Gaussian blocks that enter polynomially and are independent of all else that is left."""
        return self._then("expect", *(b.atom.name for b in map(_as_matrix, blocks)), why=why)

    def expect_residual(self, block: Any, given: Any, why: str = "") -> Derivation:
        """Average over what :meth:`condition` left of ``block``; several blocks may be given as a tuple."""
        names = block if isinstance(block, tuple) else (block,)
        return self._then("expect", *(f"{b.atom.name}|{given.atom.name}" for b in names), why=why)

    def expect_gram_inverse(self, block: Any, why: str = "") -> Derivation:
        """Average (X'X)^{-1}, the last trace of X in the line."""
        return self._then("expect_gram_inverse", block.atom.name, why=why)

    def expect_polar(self, block: Any, why: str = "") -> Derivation:
        """Average ratios of power sums of a Gaussian vector over powers of its squared length."""
        return self._then("expect_polar", block.atom.name, why=why)

    def condition(self, *blocks: Any, on: Any, why: str = "") -> Derivation:
        """Write each block as its regression on ``on`` plus an independent residual."""
        return self._then("condition", tuple(b.atom.name for b in blocks), on.atom.name, why=why)

    def in_names(self, why: str = "") -> Derivation:
        """State what is left, traces of fixed matrices, in the scalars that the setting names."""
        return self._then("in_names", why=why)

    # -- steps on formulas --
    def rewrite(self, line: sp.Expr, why: str = "") -> Derivation:
        """The same value, written as ``line``."""
        return self._then("rewrite", sp.sympify(line, strict=True), why=why)

    def bound(self, relation: str, line: sp.Expr, by: sp.Expr | None = None, why: str = "") -> Derivation:
        """The next line is larger (``<=``, ``<``) or smaller (``>=``, ``>``).

        ``by``, when given, is next minus current line as a sum of products whose signs are provable.
        """
        shown = None if by is None else sp.sympify(by, strict=True)
        return self._then("bound", relation, sp.sympify(line, strict=True), shown, why=why)

    def using(
        self, claim: Claim, relation: str, line: sp.Expr, factor: sp.Expr | int = 1, why: str = "", **where: sp.Expr
    ) -> Derivation:
        """A bound by another claim, an inequality: next minus current line is ``factor`` times (its rhs - its lhs).

        The sign of the factor must be provable; ``where`` says what the other claim's symbols stand for.
        """
        factor, line = (sp.sympify(e, strict=True) for e in (factor, line))
        return self._then("using", relation, line, factor, claim, tuple(sorted(where.items())), why=why)

    def slope(
        self,
        relation: str,
        line: sp.Expr,
        s: sp.Symbol,
        end: sp.Expr | int,
        slope: sp.Expr,
        using: Claim | None = None,
        why: str = "",
        **where: sp.Expr,
    ) -> Derivation:
        """A bound by monotonicity: next minus current line vanishes at ``s = end`` and has a derivative of one sign.

        The derivative in ``s`` is ``slope``, or ``slope`` times (rhs - lhs) of the inequality ``using``.
        """
        line, end, slope = (sp.sympify(e, strict=True) for e in (line, end, slope))
        return self._then("slope", relation, line, slope, using, tuple(sorted(where.items())), s, end, why=why)

    def knowing(self, claim: Claim, **where: sp.Expr) -> Derivation:
        """Let every proof of sign in this derivation use another claim, an inequality between formulas.

        ``where`` says what the other claim's symbols stand for. It adds no line.
        """
        return replace(self, known=(*self.known, (claim, tuple(sorted(where.items())))))

    def eliminate(self, s: sp.Symbol, using: Equation, why: str = "") -> Derivation:
        """Replace a symbol by its solution of a given equation that is linear in it."""
        return self._then("eliminate", s, using, why=why)

    def apply(self, claim: Claim, why: str = "", **where: sp.Expr) -> Derivation:
        """Replace the left side of another claim (an equality) by its right side; ``where`` renames its symbols."""
        return self._then("apply", claim, tuple(sorted(where.items())), why=why)

    def differentiate(self, why: str = "") -> Derivation:
        """Carry out the derivatives written in the line."""
        return self._then("differentiate", why=why)

    def limit(self, s: sp.Symbol, why: str = "") -> Derivation:
        """The limit of a rational function as the symbol tends to infinity, for a claim that is Asymptotic in it."""
        return self._then("limit", s, why=why)

    # -- steps on the one integral of the line --
    def substitute(self, integral: sp.Integral, image: sp.Expr, why: str = "") -> Derivation:
        """The integral as ``integral``, over another variable; the old variable is ``image``, monotone in the new."""
        return self._then("substitute", integral, sp.sympify(image, strict=True), why=why)

    def by_parts(self, u: sp.Expr, v: sp.Expr, why: str = "") -> Derivation:
        """The integral of u v' as the ends of u v less the integral of u' v."""
        return self._then("by_parts", *(sp.sympify(e, strict=True) for e in (u, v)), why=why)

    @classmethod
    def same_sign(cls, factor: sp.Expr | None = None, why: str = "") -> Derivation:
        """For an ``Iff``: the two differences have a quotient of proved sign, which gives both directions.

        ``factor`` is that quotient in a shape that shows its sign; worked out when None.
        """
        return cls(None, (Step("same_sign", (factor,), why),))

    # -- evidence --
    @property
    def uses(self) -> tuple[Claim, ...]:
        named = (step.args[3 if step.op in ("using", "slope") else 0] for step in self.steps if step.op in _CITING)
        return (*(claim for claim, _ in self.known), *(claim for claim in named if claim is not None))

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the claims that confirm the averaging rules this derivation uses."""
        return tuple(sorted({_RULE_OF[s.op] for s in self.steps if s.op in _RULE_OF}))

    def lines(self, claim: Claim) -> tuple[Line, ...]:
        """The lines of the chain, closing line included; raises :class:`StepFailed` at a step that fails."""
        return _replay(self, claim, True)

    def written(self, claim: Claim) -> tuple[Line, ...]:
        """The same lines, only written down: for the reader of a chain that was found to hold."""
        return _replay(self, claim, True, True)

    def derived(self, claim: Claim) -> sp.Expr | None:
        """The last line that the machine computed before the author typed any, as an expression; None if none."""
        computed = [s for s in self.steps if s.op not in _TYPED]
        first_typed = next((i for i, s in enumerate(self.steps) if s.op in _TYPED), len(self.steps))
        if not computed or first_typed == 0 or self.start is None:
            return None
        try:
            lines = _replay(replace(self, steps=self.steps[:first_typed]), claim, False)
        except StepFailed:
            return None  # the derivation's own finding says why
        value = lines[-1].value
        return value if isinstance(value, sp.Expr) else None

    def check(self, claim: Claim, run: Run) -> Finding:
        try:
            lines = self.lines(claim)
            _require_something(self, claim)
        except StepFailed as failure:
            verdict = Verdict.REFUTED if failure.refuted else Verdict.INCONCLUSIVE
            move = "" if failure.refuted else "give the step its factors (by=) or state the missing condition"
            return Finding(self.kind, verdict, str(failure), failure.detail, (), next_move=move)
        detail = {
            "steps": len(lines) - 1,
            "rules": list(self.rules),
            "applies": [c.id for c in self.uses],
        }
        count = len(lines) - 1
        return Finding(self.kind, Verdict.PROVED, f"{count} checked step{'' if count == 1 else 's'}", detail, ())


def _require_something(derivation: Derivation, claim: Claim) -> None:
    """A proof counts only of something: one admissible point, and one instance of the experiment, are exhibited."""
    try:
        next(iter(admissible_points(claim, np.random.Generator(np.random.PCG64(20250210)), 1)))
        if isinstance(derivation.start, Quantity):
            missing = missing_instance(derivation.start, claim.domain)
            if missing:
                raise StepFailed(missing, False)
    except TraceError as problem:
        raise ClaimError(f"{claim.id}: {problem}") from problem
    except (ClaimError, DomainError) as problem:
        raise StepFailed(f"no point is shown to be admissible: {problem}", False) from problem


def _decides(lines: list[Line], step: Step, statement: Compare | Asymptotic) -> bool:
    """Whether a typed line that fails refutes the claim itself, and not only a step of its author."""
    if any(line.relation not in ("", "=") for line in lines):
        return False
    relation = statement.relation if isinstance(statement, Compare) else "="
    if step.op == "rewrite":
        return bool(relation == "=" and step.args[0] == statement.rhs)
    return step.op in _TYPED and step.args[:2] == (relation, statement.rhs)


def _as_matrix(block: Any) -> Any:
    if not hasattr(block, "atom"):
        raise TypeError(f"name a block (a matrix made by gaussian(...)), not {type(block).__name__}")
    return block


# -- replay ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def _replay(derivation: Derivation, claim: Claim, close: bool, proved: bool = False) -> tuple[Line, ...]:
    statement = claim.statement
    if claim.witness is not None:
        raise ClaimError(f"{claim.id}: a claim about one witness is decided there exactly; use Precision")
    for lemma, where in derivation.known:
        fact = _fact(claim, lemma, where)
        claim = replace(claim, domain=replace(claim.domain, facts=(*claim.domain.facts, fact)))
    if isinstance(statement, Iff):
        if derivation.start is not None or [s.op for s in derivation.steps] != ["same_sign"]:
            raise ClaimError(f"{claim.id}: an equivalence is derived by Derivation.same_sign()")
        return _same_sign(claim, statement, derivation.steps[0].args[0])
    if derivation.start is None:
        raise ClaimError(f"{claim.id}: the derivation has no first line; start from the claim's left side")
    if derivation.start != statement.lhs:
        raise ClaimError(f"{claim.id}: the derivation's first line is not the claim's left side")
    first = Line(derivation.start, "", "the claim's left side", False)
    if isinstance(derivation.start, Quantity):
        first = replace(first, samples=derivation.start.setting.samples)
    lines = [first]
    for number, step in enumerate(derivation.steps, 1):
        try:
            line = _take(step, lines[-1], derivation, claim, proved)
        except (TraceError, DomainError) as problem:
            raise ClaimError(f"{claim.id}: step {number} ({step.op}): {problem}") from problem
        except StepFailed as failure:
            refuted = failure.refuted and _decides(lines, step, statement)
            raise StepFailed(f"step {number} ({step.op}): {failure}", refuted, failure.detail) from failure
        except (sp.PolynomialError, NotRational, ZeroDivisionError) as problem:
            raise StepFailed(
                f"step {number} ({step.op}): no algebra for {lines[-1].text}: {problem}", False
            ) from problem
        lines.append(line)
    if not close:
        return tuple(lines)
    last = lines[-1].value
    if not isinstance(last, sp.Expr):
        raise ClaimError(f"{claim.id}: the derivation stops while matrices are left; end it with in_names()")
    if isinstance(statement, Asymptotic) and not any(s.op == "limit" for s in derivation.steps):
        reason = f"leave out what falls as {statement.in_}^-{statement.order}"
        lines.append(Line(statement.rhs, "=", reason, True))
    elif last != statement.rhs:
        try:
            closing = Step("rewrite", (statement.rhs,), "the claim's right side")
            lines.append(_take(closing, lines[-1], derivation, claim, proved))
        except StepFailed as failure:
            if failure.refuted and not _decides(lines, closing, statement):
                hint = f"the chain does not reach {statement.rhs}; end it with a step that states the last relation"
                raise StepFailed(hint, False, failure.detail) from failure
            raise StepFailed(f"closing step: {failure}", failure.refuted, failure.detail) from failure
    if proved:
        return tuple(lines)
    _require_defined(lines[1:] if isinstance(first.value, Quantity) else lines, claim)
    chained = _compose([line.relation for line in lines[1:]], claim)
    wanted = statement.relation if isinstance(statement, Compare) else "="
    if not _implies(chained, wanted):
        raise ClaimError(f"{claim.id}: the steps compose to {chained!r}, the claim says {wanted!r}")
    if isinstance(statement, Asymptotic):
        _check_order(claim, statement)
    return tuple(lines)


def _compose(relations: list[str], claim: Claim) -> str:
    strict, direction = False, ""
    for relation in relations:
        if relation == "=":
            continue
        if direction and relation[0] != direction:
            raise ClaimError(f"{claim.id}: the chain goes both up and down; split it")
        direction, strict = relation[0], strict or relation in ("<", ">")
    return "=" if not direction else direction + ("" if strict else "=")


def _implies(chained: str, wanted: str) -> bool:
    return wanted == chained or {
        "<=": chained in ("=", "<"),
        ">=": chained in ("=", ">"),
        "!=": chained in ("<", ">"),
    }.get(wanted, False)


def _require_defined(lines: list[Line], claim: Claim) -> None:
    # A symbol that is given by an explicit definition stands for its formula: denominators are read in that.
    domain = _with_given(claim)
    definitions = {e.unknown: _solution(e, e.unknown, domain)[0] for e in claim.given}
    explicit = {s: v for s, v in definitions.items() if v is not None}
    for line in lines:
        if isinstance(line.value, sp.Expr):
            value = _without_integrals(line.value, domain)
            value = value.doit() if value.has(sp.Derivative) else value
            guilty = defined(value, domain)
            if guilty is not None and explicit:
                guilty = defined(_put_in(value, explicit), domain)
            if guilty is not None:
                raise StepFailed(f"cannot show {guilty} on the domain; add it as a condition", False)


def _without_integrals(value: sp.Expr, domain: Domain) -> sp.Expr:
    """The value with a symbol for every integral, each of which is shown to be finite."""
    names = {}
    for node in sorted(value.atoms(sp.Integral), key=str):
        try:
            calculus.require_finite(node, domain)
        except calculus.CalculusError as problem:
            raise StepFailed(str(problem), False) from problem
        names[node] = sp.Dummy(real=True)
    return value.xreplace(names)


def _put_in(value: sp.Expr, explicit: Mapping[sp.Symbol, sp.Expr]) -> sp.Expr:
    """The value with symbols replaced, but for those that a derivative or a sum runs over."""
    running = {s for node in value.atoms(*_BINDERS) for s in node.atoms(sp.Symbol)}
    return value.xreplace({s: v for s, v in explicit.items() if s not in running})


def _solution(equation: Equation, s: sp.Symbol, domain: Domain) -> tuple[sp.Expr | None, sp.Expr | None]:
    """(solution, coefficient): linear in ``s`` with a coefficient that is proved nonzero, else no solution.

    Where the coefficient vanishes the equation says nothing of ``s``; then it is returned as the reason.
    """
    solution = equation.solve_linear(s)
    if solution is None:
        return None, None
    coefficient = sp.Poly(sp.fraction(sp.together(equation.residual))[0], s).LC()
    return (solution, coefficient) if proves(coefficient, "!=", domain) else (None, coefficient)


def _fact(claim: Claim, lemma: Claim, where: tuple[tuple[str, Any], ...]) -> Condition:
    """What another claim says at every point of this claim's domain; raises when it is no inequality of formulas."""
    left, relation, right = _inequality(claim, lemma)
    renaming = _instance(claim, lemma, where)
    return Condition(left.xreplace(renaming), relation, right.xreplace(renaming))


def _inequality(claim: Claim, lemma: Any) -> tuple[sp.Expr, str, sp.Expr]:
    """The two formulas that a claim on which a bound may rest compares, and how."""
    if not isinstance(lemma, Claim) or not isinstance(lemma.statement, Compare) or lemma.witness is not None:
        raise ClaimError(f"{claim.id}: a bound rests on a claim that compares two formulas everywhere")
    stated = lemma.statement
    if stated.relation not in ("<", "<=", ">", ">=") or not isinstance(stated.lhs, sp.Expr):
        raise ClaimError(f"{claim.id}: {lemma.id} is no inequality between formulas")
    return stated.lhs, stated.relation, stated.rhs


def _with_given(claim: Claim) -> Domain:
    """The claim's domain with the unknowns of its given equations, their assumptions and the ends of brackets."""
    extra = sorted({s for e in claim.given for s in e.free_symbols} - set(claim.domain.symbols), key=lambda s: s.name)
    ends = []
    for equation in claim.given:
        low, high = equation.bracket or (None, None)
        if low is not None and low.is_finite is not False:
            ends.append(Condition(equation.unknown, ">", low))
        if high is not None and high.is_finite is not False:
            ends.append(Condition(equation.unknown, "<", high))
    own = claim.domain
    return Domain((*own.symbols, *extra), (*own.conditions, *ends), own.points, own.facts)


def _on_given(claim: Claim, value: sp.Expr) -> sp.Expr:
    """The value on the surface of the given equations: symbols that enter them linearly are put in.

    Explicit definitions go first, the last of them before those that it may be made of.
    """
    domain = _with_given(claim)
    definitions = [(e, _solution(e, e.unknown, domain)[0]) for e in reversed(claim.given)]
    for equation, solution in definitions:
        if solution is not None:
            value = _put_in(value, {equation.unknown: solution})
    for equation in (e for e, solution in definitions[::-1] if solution is None):
        for s in sorted(equation.free_symbols - {equation.unknown}, key=lambda s: s.name):
            solution, _ = _solution(equation, s, domain)
            if solution is not None:
                value = _put_in(value, {s: solution})
                break
    return value


def _take(step: Step, line: Line, derivation: Derivation, claim: Claim, proved: bool) -> Line:
    value = line.value.value if isinstance(line.value, Quantity) else line.value
    if step.op in ("expect", "expect_gram_inverse", "expect_polar", "condition"):
        if not isinstance(value, TraceSum):
            raise TraceError("no random matrix is left in the line")
        return _average(step, value, line.samples, claim)
    if step.op == "in_names":
        if not isinstance(value, TraceSum) or not isinstance(derivation.start, Quantity):
            raise TraceError("the line is a formula already")
        random = {b for s in line.samples for b in s.names()}
        left = [a.name for a in value.atoms if a.base in random]
        if left:
            raise TraceError(f"{left[0]} is random and not averaged yet")
        named = gaussian_rules.state_in_names(value, derivation.start.setting.names)
        return Line(named, "=", step.why or "by definition of the scalars", False)
    if not isinstance(value, sp.Expr):
        raise TraceError("matrices are left; average them and state the rest with in_names() first")
    if step.op not in _TYPED:
        return _compute(step, value, claim)
    if not proved:
        _CHECKS[step.op](value, step, claim)
    return _typed(step, line)


def _typed(step: Step, line: Line) -> Line:
    """The line that an author wrote, with the reason given or the usual one."""
    if step.op == "rewrite":
        return Line(step.args[0], "=", step.why or "algebra", True, line.samples)
    relation, target, *rest = step.args
    if step.op == "bound":
        return Line(target, relation, step.why or "its difference has that sign on the domain", True, gap=rest[0])
    _, lemma, _, *segment = rest
    reasons = [] if lemma is None else [f"by {lemma.id}"]
    if segment:
        s, end = segment
        reasons.insert(0, f"equal at {s} = {end}, and the derivative in {s} has one sign")
    return Line(target, relation, step.why or ", ".join(reasons), True)


def _average(step: Step, value: TraceSum, samples: tuple[Sample, ...], claim: Claim) -> Line:
    if step.op == "expect":
        done = gaussian_rules.expect(value, samples, step.args)
        reason = f"average over {', '.join(step.args)}, independent of what is left"
    elif step.op == "condition":
        done = gaussian_rules.condition(value, samples, *step.args)
        reason = f"write {', '.join(step.args[0])} as its regression on {step.args[1]} plus an independent residual"
    elif step.op == "expect_polar":
        done = gaussian_rules.expect_polar(value, samples, *step.args)
        reason = f"the length of {step.args[0]} is independent of its direction"
    else:
        done = gaussian_rules.expect_gram_inverse(value, samples, *step.args)
        reason = f"inverse Wishart mean of {step.args[0]}"
    for need in done.needs:
        if not follows(need, _with_given(claim)):
            raise StepFailed(f"needs {need} ({need.advice}); it does not follow from the domain", False)
    return Line(done.value, "=", step.why or reason, False, done.samples)


def _require_equal(value: sp.Expr, step: Step, claim: Claim) -> None:
    """A rewritten line has the value of the one before; raises StepFailed."""
    (target,) = step.args
    if value.has(sp.Integral) or target.has(sp.Integral):
        known: dict[sp.Integral, sp.Symbol] = {}
        try:
            left, right = (calculus.normal(side, _with_given(claim), known) for side in (value, target))
        except calculus.CalculusError as problem:
            raise StepFailed(str(problem), False) from problem
        if not same_value(left, right, _with_given(claim)):
            raise StepFailed(f"could not show that {value} equals {target}", False)
        return
    value, target = (side.doit() if side.has(sp.Derivative) else side for side in (value, target))
    if not same_value(value, target, _with_given(claim)):
        counter = _counter_example(claim, value - target, "!=")
        if counter is not None:
            raise StepFailed(
                f"{value} is not {target}: at {_show(counter)} they are "
                f"{value.xreplace(counter)} and {target.xreplace(counter)}",
                True,
                {"point": {str(k): str(v) for k, v in counter.items()}},
            )
        if not same_value(_on_given(claim, value), _on_given(claim, target), _with_given(claim)):
            raise StepFailed(f"could not show that {value} equals {target}", False)


def _require_bound(value: sp.Expr, step: Step, claim: Claim) -> None:
    """The next line minus this one has the stated sign; raises StepFailed."""
    relation, target, by = step.args
    if relation not in ("<", "<=", ">", ">="):
        raise ClaimError(f"{claim.id}: a bound is one of <, <=, >, >=, not {relation!r}")
    difference = target - value
    wanted = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[relation]
    domain = _with_given(claim)
    if by is not None:
        on_surface = (_on_given(claim, difference), _on_given(claim, by))
        if not same_value(difference, by, domain) and not same_value(*on_surface, domain):
            counter = _counter_example(claim, difference - by, "!=")
            where = "" if counter is None else f": at {_show(counter)} it is {difference.xreplace(counter)}"
            raise StepFailed(f"next minus current line is not {by}{where}", False)
        difference = by
    if not proves(difference, wanted, domain):
        _require_no_counter_example(claim, value, relation, target)
        raise StepFailed(f"the sign of {sp.factor(difference)} is not proved; give its factors with by=", False)


def _require_no_counter_example(claim: Claim, value: sp.Expr, relation: str, target: sp.Expr) -> None:
    opposite = {">": "<=", ">=": "<", "<": ">=", "<=": ">"}[relation]
    counter = _counter_example(claim, value - target, opposite)
    if counter is not None:
        raise StepFailed(
            f"{value} {relation} {target} fails at {_show(counter)}",
            True,
            {"point": {str(k): str(v) for k, v in counter.items()}},
        )


def _require_bound_by(value: sp.Expr, step: Step, claim: Claim) -> None:
    """A bound by another inequality, or by the sign of a derivative along one symbol; raises StepFailed."""
    relation, target, factor, lemma, where, *segment = step.args
    if relation not in ("<", "<=", ">", ">="):
        raise ClaimError(f"{claim.id}: a bound is one of <, <=, >, >=, not {relation!r}")
    domain = _with_given(claim)
    gap, strict_gap = sp.Integer(1), True
    if lemma is not None:
        left, stated, right = _inequality(claim, lemma)
        renaming = _instance(claim, lemma, where)
        gap = (right - left).xreplace(renaming) * (1 if stated[0] == "<" else -1)
        strict_gap = len(stated) == 1
    try:
        if segment:
            s, end = segment
            tied = next((e for e in claim.given if s in e.free_symbols), None)
            if tied is not None:
                raise slopes.NotShownError(f"{tied.unknown} varies with {s} by {tied}; eliminate it first")
            found: Sign | None = slopes.along(target - value, s, end, factor, gap, domain)
        elif not same_value(target - value, factor * gap, domain):
            raise slopes.NotShownError(f"next minus current line is not {factor} times the gap of {lemma.id}")
        else:
            found = sign(factor, domain, True)
        if found is None or defined(factor, domain) is not None:
            raise slopes.NotShownError(f"the sign of {factor} is not proved")
        wanted = 1 if relation[0] == "<" else -1
        strict = found[1] and strict_gap
        if found[0] not in (wanted, 0) or (len(relation) == 1 and not (strict and found[0])):
            raise slopes.NotShownError(f"this shows {'=' if not found[0] else '<' if found[0] > 0 else '>'}")
    except slopes.NotShownError as problem:
        _require_no_counter_example(claim, value, relation, target)
        raise StepFailed(str(problem), False) from None


_CHECKS = {
    "rewrite": _require_equal,
    "bound": _require_bound,
    "using": _require_bound_by,
    "slope": _require_bound_by,
}


def _compute(step: Step, value: sp.Expr, claim: Claim) -> Line:
    if step.op == "eliminate":
        s, equation = step.args
        if equation not in claim.given:
            raise ClaimError(f"{claim.id}: {equation} is not among the claim's given equations")
        if s not in value.free_symbols:
            raise StepFailed(f"{s} does not occur in the line", False)
        _require_carried_out(value)
        solution, coefficient = _solution(equation, s, _with_given(claim))
        if solution is None:
            if coefficient is None:
                raise StepFailed(f"{equation} is not linear in {s}; eliminate another symbol", False)
            raise StepFailed(f"cannot show {coefficient} != 0, the coefficient of {s}; add it as a condition", False)
        put = value.xreplace({s: solution})
        # Lowest terms would multiply out what is summed.
        done = put if put.has(Total) else sp.cancel(sp.together(put))
        return Line(done, "=", step.why or f"put in {s}", False)
    if step.op == "apply":
        return _apply(step, value, claim)
    if step.op in ("substitute", "by_parts"):
        return _integral_step(step, value, claim)
    if step.op == "differentiate":
        done = value.doit()
        return Line(done if done.has(Total) else sp.cancel(done), "=", step.why or "differentiate", False)
    if step.op == "limit":
        (s,) = step.args
        if not isinstance(claim.statement, Asymptotic) or s != claim.statement.in_:
            raise ClaimError(
                f"{claim.id}: a limit in {s} is not the value itself; state the claim as Asymptotic in {s}"
            )
        return Line(_limit(value, s, claim), "=", step.why or f"let {s} tend to infinity", False)
    raise ClaimError(f"{claim.id}: unknown step {step.op}")


def _integral_step(step: Step, value: sp.Expr, claim: Claim) -> Line:
    move = calculus.substitute if step.op == "substitute" else calculus.by_parts
    first, second = step.args
    try:
        x = calculus.integral_of(value).variables[0]
        reason = f"substitute {x} = {second}" if step.op == "substitute" else "by parts"
        return Line(move(value, first, second, _with_given(claim)), "=", step.why or reason, False)
    except calculus.CalculusError as problem:
        raise StepFailed(str(problem), False) from problem


def _apply(step: Step, value: sp.Expr, claim: Claim) -> Line:
    lemma, where = step.args
    if not isinstance(lemma, Claim):
        raise ClaimError(f"{claim.id}: apply takes a claim, not {type(lemma).__name__}")
    if not isinstance(lemma.statement, Compare) or lemma.statement.relation != "=" or lemma.witness is not None:
        raise ClaimError(f"{claim.id}: only an equality for all points can be applied; {lemma.id} is none")
    renaming = _instance(claim, lemma, where)
    left = lemma.statement.lhs
    pattern = (left if isinstance(left, sp.Expr) else left.symbol).xreplace(renaming)
    _require_whole(pattern, value)
    replaced = value.xreplace({pattern: lemma.statement.rhs.xreplace(renaming)})
    if replaced == value:
        raise StepFailed(f"{pattern} does not occur in the line", False)
    return Line(replaced, "=", step.why or f"by {lemma.id}", False)


def _instance(claim: Claim, lemma: Claim, where: tuple[tuple[str, Any], ...]) -> dict[sp.Symbol, sp.Expr]:
    """What the symbols of another claim stand for; its conditions are shown to follow from this claim's domain."""
    if lemma.kind not in ("theorem", claim.kind):
        raise ClaimError(f"{claim.id}: {lemma.id} is an {lemma.kind}; a {claim.kind} cannot rest on it as a theorem")
    if lemma.domain.points:
        raise ClaimError(f"{claim.id}: {lemma.id} holds at {len(lemma.domain.points)} listed points only")
    renaming = _renaming(claim, lemma, where)
    for s, put in renaming.items():
        if s.is_integer and not put.is_integer:
            raise StepFailed(f"{lemma.id} needs a whole number for {s}; {put} is not shown to be one", False)
    for c in (*lemma.domain.assumptions(), *lemma.domain.conditions):
        moved = Condition(c.lhs.xreplace(renaming), c.relation, c.rhs.xreplace(renaming), c.advice)
        if not follows(moved, _with_given(claim)):
            raise StepFailed(f"{lemma.id} needs {moved}, which does not follow from the domain", False)
    for e in lemma.given:
        residual = e.residual.xreplace(renaming)
        if not any(residual == own.residual for own in claim.given):
            raise StepFailed(f"{lemma.id} is given {residual} = 0, which this claim is not", False)
    return renaming


def _renaming(claim: Claim, lemma: Claim, where: tuple[tuple[str, Any], ...]) -> dict[sp.Symbol, sp.Expr]:
    names = {s.name: s for s in lemma.domain.symbols}
    unknown = [k for k, _ in where if k not in names]
    if unknown:
        raise ClaimError(f"{claim.id}: {lemma.id} has no symbol {', '.join(unknown)}; it has {', '.join(names)}")
    left = lemma.statement.lhs  # type: ignore[union-attr]
    if where and not isinstance(left, sp.Expr):
        raise ClaimError(
            f"{claim.id}: {lemma.id} is about one experiment; state a claim about the other one instead of renaming"
        )
    renaming = {names[k]: sp.sympify(v, strict=True) for k, v in where}
    bound = {s for node in left.atoms(sp.Integral) for s in node.variables} if isinstance(left, sp.Expr) else set()
    caught = bound & {s for put in renaming.values() for s in put.free_symbols}
    if caught:
        raise ClaimError(f"{claim.id}: {lemma.id} integrates over {min(map(str, caught))}; put in other letters")
    return renaming


def _require_carried_out(value: sp.Expr) -> None:
    if value.has(*_BINDERS):
        raise StepFailed("a derivative, limit or sum is left in the line; carry it out first", False)


def _require_whole(pattern: sp.Expr, value: sp.Expr) -> None:
    """What is replaced in the line must mean the same wherever it stands: an integral does, as a whole."""
    running = {s for node in value.atoms(*_BINDERS) for limit in getattr(node, "limits", ()) for s in limit[:1]}
    if (
        not isinstance(pattern, sp.Integral)
        or pattern.free_symbols & running
        or not value.atoms(*_BINDERS) <= {pattern}
    ):
        _require_carried_out(value)


def _same_sign(claim: Claim, statement: Iff, shown: sp.Expr | None) -> tuple[Line, ...]:
    left, right = statement.left, statement.right
    if not isinstance(left.lhs, sp.Expr) or not isinstance(right.lhs, sp.Expr):
        raise ClaimError(f"{claim.id}: state the equivalence between formulas")
    difference, other = left.lhs - left.rhs, right.lhs - right.rhs
    factor = sp.factor(sp.cancel(sp.together(difference / other))) if shown is None else shown
    same = left.relation == right.relation
    mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(left.relation) == right.relation
    wanted = ">" if same else "<" if mirrored else ""
    if left.relation in ("=", "!=") and same:
        wanted = "!="
    if not wanted:
        raise ClaimError(f"{claim.id}: {left.relation!r} iff {right.relation!r} is not a question of one sign")
    domain = _with_given(claim)
    if shown is not None and not same_value(difference, shown * other, domain):
        raise StepFailed(f"the quotient of the two differences is not {shown}", False)
    if not proves(factor, wanted, domain):
        counter = _one_sided(claim, statement)
        if counter is not None:
            raise StepFailed(
                f"at {_show(counter)} one condition holds and the other does not",
                True,
                {"point": {str(k): str(v) for k, v in counter.items()}},
            )
        raise StepFailed(f"the factor {factor} between the two differences is not proved {wanted} 0", False)
    for expression in (difference, other, factor):
        guilty = defined(expression, domain)
        if guilty is not None:
            raise StepFailed(f"cannot show {guilty} on the domain; add it as a condition", False)
    first = Line(difference, "", "left side minus right side of the first condition", False)
    product = sp.Mul(factor, other, evaluate=False)
    return first, Line(product, "=", f"a factor that is {wanted} 0 times the second condition's difference", False)


def _limit(value: sp.Expr, s: sp.Symbol, claim: Claim) -> sp.Expr:
    try:
        limit, _, leading = limit_at_infinity(value, s)
    except (NotRational, sp.PolynomialError):
        raise StepFailed(f"{value} is not rational in {s}", False) from None
    if limit is None:
        raise StepFailed(f"{value} is unbounded as {s} grows", False)
    if not leading.is_number and defined(1 / leading, _with_given(claim)) is not None:
        raise StepFailed(f"cannot show that the leading coefficient {leading} is nonzero on the domain", False)
    return limit


def _check_order(claim: Claim, statement: Asymptotic) -> None:
    """The difference must fall exactly as in_^-order: read off the degrees of its numerator and denominator."""
    s = statement.in_
    tied = next((e for e in claim.given if s in e.free_symbols), None)
    if tied is not None:
        raise StepFailed(f"{tied.unknown} varies with {s} by {tied}; eliminate it from the statement", False)
    _require_growth(claim, s)
    if identical(statement.lhs, statement.rhs):
        raise StepFailed("the two sides are equal; state it as an equality", False)
    try:
        _, order, leading = limit_at_infinity(statement.lhs - statement.rhs, s)
    except (NotRational, sp.PolynomialError):
        raise StepFailed(f"the difference is not rational in {s}", False) from None
    if order != statement.order:
        raise StepFailed(f"the difference falls as {s}^-{order}, not {s}^-{statement.order}", True)
    if not leading.is_number and defined(1 / leading, _with_given(claim)) is not None:
        raise StepFailed(f"cannot show that the leading coefficient {leading} is nonzero on the domain", False)


def _points(claim: Claim) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """A dozen exact admissible points from a fixed stream; none where they cannot be chosen."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(20250207)))
    symbols = claim.domain.symbols
    try:
        for point in admissible_points(claim, rng, 12):
            yield {s: point[s] for s in symbols} | {k: v for k, v in point.items() if k not in symbols}
    except (ClaimError, DomainError):
        return


def _require_growth(claim: Claim, s: sp.Symbol) -> None:
    """With the other symbols held fixed, ``s`` must be free to grow: each condition holds once it is large."""
    if claim.domain.points:
        raise StepFailed(f"{s} cannot tend to infinity on {len(claim.domain.points)} listed points", False)
    domain = _with_given(claim)
    for condition in claim.domain.conditions:
        if s not in condition.free_symbols:
            continue
        blocked = StepFailed(f"{s} cannot tend to infinity here: needs {condition} with all else fixed", False)
        try:
            top, bottom = polynomials(condition.lhs - condition.rhs)
        except (NotRational, ZeroDivisionError):
            raise blocked from None
        ahead = sp.Poly(top, s).LC() / sp.Poly(bottom, s).LC()
        eventual = {">": ">", ">=": ">", "<": "<", "<=": "<", "!=": "!="}.get(condition.relation)
        if eventual is None or not proves(ahead, eventual, domain):
            raise blocked


def _counter_example(claim: Claim, difference: sp.Expr, relation: str) -> dict[sp.Symbol, sp.Expr] | None:
    """An exact admissible point at which ``difference relation 0`` is certain; None if none is met."""
    condition = Condition(difference, relation, sp.Integer(0))
    return next((point for point in _points(claim) if condition.at(point) is True), None)


def _one_sided(claim: Claim, statement: Iff) -> dict[sp.Symbol, sp.Expr] | None:
    """An exact admissible point at which exactly one of the two conditions holds; None if none is met."""
    left, right = (Condition(c.lhs, c.relation, c.rhs) for c in (statement.left, statement.right))
    for point in _points(claim):
        if {left.at(point), right.at(point)} == {True, False}:
            return point
    return None


def _show(point: Mapping[sp.Symbol, sp.Expr]) -> str:
    return ", ".join(f"{k}={v}" for k, v in point.items())
