"""The replay of a derivation: every line from the one before, and what the whole chain shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare, Iff
from w2s_sym.evidence.derivation import calculus
from w2s_sym.evidence.derivation.equivalences import SameSign, first_difference
from w2s_sym.evidence.derivation.formula_steps import Rewrite
from w2s_sym.evidence.derivation.lemmas import Where, fact
from w2s_sym.evidence.derivation.limits_at_infinity import Limit, require_order
from w2s_sym.evidence.derivation.steps import State, Step, StepFailed, TypedStep
from w2s_sym.evidence.derivation.surface import definitions_of, put_in, with_given
from w2s_sym.formula.conditions import DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.rational import NotRational
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import defined
from w2s_sym.matrices.experiment import Quantity
from w2s_sym.matrices.words import TraceError

Known = tuple[tuple[Claim, Where], ...]


def with_facts(claim: Claim, known: Known) -> Claim:
    """The claim whose domain states, as facts, what the known claims say on it."""
    for lemma, where in known:
        claim = replace(claim, domain=replace(claim.domain, facts=(*claim.domain.facts, fact(claim, lemma, where))))
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
    states = [State(start, "", "the claim's left side", samples)]
    for number, step in enumerate(steps, 1):
        where = f"step {number} ({step.name})"
        try:
            states.append(_take(step, states[-1], claim, proved))
        except (TraceError, DomainError) as problem:
            raise ClaimError(f"{claim.id}: {where}: {problem}") from problem
        except StepFailed as failure:
            refuted = failure.refuted and _decides(states, step, claim)
            raise StepFailed(f"{where}: {failure}", refuted, failure.detail, failure.needs) from failure
        except (sp.PolynomialError, NotRational, ZeroDivisionError) as problem:
            raise StepFailed(f"{where}: no algebra for {states[-1].text}: {problem}", False) from problem
    return tuple(states)


def closed(states: tuple[State, ...], steps: Sequence[Step], claim: Claim, proved: bool) -> tuple[State, ...]:
    """The lines with a closing one that is the claim's right side, and the whole found to show the claim."""
    statement = claim.statement
    assert not isinstance(statement, Iff)
    last = states[-1].value
    if not isinstance(last, sp.Expr):
        raise ClaimError(f"{claim.id}: the derivation stops while matrices are left; end it with in_names()")
    if isinstance(statement, Asymptotic) and not any(isinstance(step, Limit) for step in steps):
        reason = f"leave out what falls as {statement.in_}^-{statement.order}"
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


def _take(step: Step, at: State, claim: Claim, proved: bool) -> State:
    if not proved:
        step.check(at, claim)
    return step.after(at, claim)


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
        value = _without_integrals(state.value, domain)
        value = value.doit() if value.has(sp.Derivative) else value
        guilty = defined(value, domain)
        if guilty is not None and explicit:
            guilty = defined(put_in(value, explicit), domain)
        if guilty is not None:
            raise StepFailed(f"cannot show {guilty} on the domain; add it as a condition", False, needs=(str(guilty),))


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
