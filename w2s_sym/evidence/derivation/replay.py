"""The replay of a derivation: every line from the one before, and what the whole chain shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import require_unmoved
from w2s_sym.claims.names import require_line
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare, Iff
from w2s_sym.evidence.derivation.equivalences import SameSign, first_difference
from w2s_sym.evidence.derivation.formula_steps import Rewrite
from w2s_sym.evidence.derivation.lemmas import Where, fact
from w2s_sym.evidence.derivation.limits_at_infinity import Limit, require_order
from w2s_sym.evidence.derivation.recheck import require_existence
from w2s_sym.evidence.derivation.steps import State, Step, StepFailed, TypedStep
from w2s_sym.evidence.derivation.surface import Informed, definitions_of, put_in, with_given
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.convergence import CalculusError, without_integrals
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.instantiate import CaptureError
from w2s_sym.formula.notation import latex
from w2s_sym.formula.number_text import too_long
from w2s_sym.formula.rational import NotRational
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.smoothness import underivable
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.words import TraceError

Known = tuple[tuple[Claim, Where], ...]


def with_facts(claim: Claim, known: Known) -> Claim:
    """The claim with what the known claims say on it, as facts; those before help to show that the next applies."""
    for lemma, where in known:
        before = claim.facts if isinstance(claim, Informed) else ()
        own = {f.name: vars(claim)[f.name] for f in fields(Claim)}
        claim = Informed(**own, facts=(*before, fact(claim, lemma, where)))
    return claim


def replayed_equivalence(step: SameSign, claim: Claim, statement: Iff, proved: bool) -> tuple[State, ...]:
    """The two lines of an equivalence; checked unless it was ``proved`` before."""
    first = first_difference(claim, statement)
    if not proved:
        step.check(first, claim)
    return first, step.after(first, claim)


def replayed(start: sp.Expr | Quantity, steps: Sequence[Step], claim: Claim, proved: bool) -> tuple[State, ...]:
    """The lines of the steps, from ``start`` on; each is checked unless the chain was ``proved`` before.

    Raises :class:`StepFailed` at the first step that does not hold or is not shown, ``ClaimError`` at one that makes
    no sense.
    """
    samples = start.setting.samples if isinstance(start, Quantity) else ()
    if isinstance(start, Quantity) and not proved:
        _require_existence(start, claim)
    states = [State(start, "", "the claim's left side", samples)]
    for number, step in enumerate(steps, 1):
        where = f"step {number} ({step.name})"
        try:
            states.append(_take(step, states[-1], claim, proved))
            _require_own(states[-1], claim)
        except (TraceError, DomainError) as problem:
            raise ClaimError(f"{claim.id}: {where}: {problem}") from problem
        except StepFailed as failure:
            refuted = failure.refuted and _decides(states, step, claim)
            raise StepFailed(f"{where}: {failure}", refuted, failure.detail, failure.needs) from failure
        except CaptureError as problem:
            raise StepFailed(f"{where}: {problem}", False) from problem
        except (sp.PolynomialError, NotRational, ZeroDivisionError) as problem:
            raise StepFailed(f"{where}: no algebra for {states[-1].text}: {problem}", False) from problem
    return tuple(states)


def _require_existence(start: Quantity, claim: Claim) -> None:
    try:
        require_existence(start, claim)
    except (TraceError, DomainError) as problem:
        raise ClaimError(f"{claim.id}: the first line: {problem}") from problem
    except StepFailed as failure:
        raise StepFailed(f"the first line {failure}", False, needs=failure.needs) from failure


def closed(states: tuple[State, ...], steps: Sequence[Step], claim: Claim, proved: bool) -> tuple[State, ...]:
    """The lines with a closing one that is the claim's right side, and the whole found to show the claim."""
    statement = claim.statement
    assert not isinstance(statement, Iff)
    last = states[-1].value
    if not isinstance(last, sp.Expr):
        raise ClaimError(f"{claim.id}: the derivation stops while matrices are left; end it with in_names()")
    if isinstance(statement, Asymptotic) and not any(isinstance(step, Limit) for step in steps):
        reason = f"leave out what falls as ${latex(statement.in_)}^{{-{latex(statement.order)}}}$"
        states = (*states, State(statement.rhs, "=", reason))
    elif last != statement.rhs:
        states = (*states, _closing_line(states, claim, statement.rhs, proved))
    if proved:
        return states
    _require_defined(states[1:] if isinstance(states[0].value, Quantity) else states, claim)
    chained = _composed([state.relation for state in states[1:]], claim)
    wanted = statement.relation if isinstance(statement, Compare) else "="
    if not Relation(chained).implies(Relation(wanted)):
        raise ClaimError(f"{claim.id}: the steps compose to {chained!r}, the claim says {wanted!r}")
    if isinstance(statement, Asymptotic):
        require_order(claim, statement)
    return states


def _require_own(state: State, claim: Claim) -> None:
    """A line is made of the claim's symbols, none of which it binds; so nothing of the claim is captured in it."""
    try:
        for formula in (state.value, state.gap):
            if isinstance(formula, sp.Expr):
                require_line(formula, with_given(claim).symbols)
    except ClaimError as problem:
        raise StepFailed(str(problem), False) from problem


def _take(step: Step, at: State, claim: Claim, proved: bool) -> State:
    """The next line. None of its derivatives, integrals or limits runs along what moves a defined symbol."""
    if isinstance(step, TypedStep):
        _require_unmoved(step.target, claim)
    try:
        if not proved:
            step.check(at, claim)
        after = step.after(at, claim)
    except ValueError as error:
        if not too_long(error):
            raise
        text = "a number of more than 4300 digits comes up; write large numbers as symbols with conditions"
        raise StepFailed(text, False) from error
    _require_unmoved(after.value, claim)
    return after


def _require_unmoved(value: object, claim: Claim) -> None:
    try:
        if isinstance(value, sp.Expr):
            require_unmoved(value, claim.given)
    except ClaimError as problem:
        raise StepFailed(str(problem), False) from None


def _closing_line(states: tuple[State, ...], claim: Claim, right: sp.Expr, proved: bool) -> State:
    closing = Rewrite(right, why="the claim's right side")
    try:
        return _take(closing, states[-1], claim, proved)
    except StepFailed as failure:
        if failure.refuted and not _decides(states, closing, claim):
            hint = f"the chain does not reach {right}; end it with a step that states the last relation"
            raise StepFailed(hint, False, failure.detail) from failure
        raise StepFailed(f"closing step: {failure}", failure.refuted, failure.detail, failure.needs) from failure


def _decides(states: Sequence[State], step: Step, claim: Claim) -> bool:
    """Whether a typed line that fails refutes the claim itself, and not only a step of its author."""
    statement = claim.statement
    if isinstance(statement, Iff) or not isinstance(step, TypedStep):
        return False
    if any(state.relation not in ("", "=") for state in states):
        return False
    relation = statement.relation if isinstance(statement, Compare) else "="
    return step.relation == relation and bool(step.target == statement.rhs)


def _composed(relations: list[str], claim: Claim) -> str:
    """The relation of the first line to the last one; ClaimError for a chain that goes up and down."""
    strict, direction = False, ""
    for relation in relations:
        if relation == "=":
            continue
        if direction and relation[0] != direction:
            raise ClaimError(f"{claim.id}: the chain goes both up and down; split it")
        direction, strict = relation[0], strict or relation in ("<", ">")
    return "=" if not direction else direction + ("" if strict else "=")


def _require_defined(states: Sequence[State], claim: Claim) -> None:
    """Every formula has a value everywhere on the domain.

    A symbol that is given by an explicit definition stands for its formula: denominators are read in that.
    """
    domain, explicit = with_given(claim), definitions_of(claim)
    for state in states:
        if not isinstance(state.value, sp.Expr):
            continue
        try:
            value = without_integrals(state.value, domain)
        except CalculusError as problem:
            raise StepFailed(str(problem), False) from problem
        guilty = underivable(state.value, domain, lambda e: put_in(e, explicit))
        if guilty is not None:
            text = f"cannot show {guilty}, which a derivative needs; add it as a condition"
            raise StepFailed(text, False, needs=(str(guilty),))
        value = value.doit() if value.has(sp.Derivative) else value
        guilty = defined(value, domain)
        if guilty is not None and explicit:
            guilty = defined(put_in(value, explicit), domain)
        if guilty is not None:
            raise StepFailed(f"cannot show {guilty} on the domain; add it as a condition", False, needs=(str(guilty),))
