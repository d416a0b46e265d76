"""Proof scripts for expansions at infinity of rational functions. Nothing here is trusted."""

from __future__ import annotations

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Asymptotic
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.signs import Signs
from w2s_sym.coq.statement import Scope, comparison, coq_term, value_needs
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.relations import Relation


def expansion_script(claim: Claim, statement: Asymptotic, names: Scope) -> list[str]:
    """The difference times a power of the symbol is, for large values, a quotient of polynomials in its inverse."""
    s, order = statement.in_, statement.order
    if not order.is_Integer:
        raise NoScript(f"an expansion of order {order}")
    top, bottom = (
        sp.Poly(e, s) for e in sp.fraction(sp.cancel(sp.together(s**order * (statement.lhs - statement.rhs))))
    )
    degree = bottom.degree()
    if top.degree() != degree:
        raise NoScript("the difference falls with another power")
    limit = sp.factor(sp.cancel(top.LC() / bottom.LC()))
    domain = claim.domain
    rest = domain.restrict(set(domain.symbols) - {s})
    outer = Signs(rest, names)
    moving = [c for c in (*domain.conditions, *Domain((s,)).assumptions()) if s in c.free_symbols]
    inside, eventual = _eventual(claim, statement, moving, names)
    x = sp.Dummy("x")
    numerator, denominator = (
        sp.Add(*(_factored(c) * x ** (degree - k) for (k,), c in p.terms()), evaluate=False) for p in (top, bottom)
    )
    at = Scope(names.of, {**names.letters, x: "W_x"})
    g = f"(fun W_x => ({coq_term(numerator, at)}) / ({coq_term(denominator, at)}))"
    lines = [f"assert (H_ev : {inside}).", "{", *eventual, "}", "split; [exact H_ev|]."]
    lines += [f"exists {coq_term(limit, names)}.", "split.", "{", *outer.goal(limit, "!="), "}"]
    lead = bottom.LC()
    lines += [
        f"assert (H_lead : {coq_term(_factored(lead), names)} <> 0).",
        "{",
        *outer.child().goal(_factored(lead), "!="),
        "}",
    ]
    lines += [
        f"apply (limit_at_infinity _ {g}).",
        "{",
        "destruct H_ev as [M [H_M H_all]]. exists M. split; [assumption|].",
    ]
    lines += ["intros W_s W_large. specialize (H_all W_s W_large). cbv beta in H_all. decompose [and] H_all."]
    lines += ["assert (W_s <> 0) by lra."]
    here = Scope(names.of, {**names.letters, s: "W_s"})
    real, far = _at_reals(domain, s)
    tree = Signs(far, Scope(names.of, {**names.letters, real: "W_s"}))
    polynomial = sp.factor(bottom.as_expr().xreplace({s: real}))
    try:
        lines += [
            f"assert (H_bottom : {coq_term(bottom.as_expr(), here)} <> 0).",
            "{",
            *tree.goal(polynomial, "!="),
            "}",
        ]
    except NoScript:
        lines = lines[:-1] if lines[-1].startswith("assert (H_bottom") else lines
    lines += ["cbv beta. field; side.", "}", "{", "continuous; at_zero.", "}", "{", "cbv beta. field; at_zero.", "}"]
    return lines


def _factored(c: sp.Expr) -> sp.Expr:
    return sp.factor(c)


def _at_reals(domain: Domain, s: sp.Symbol) -> tuple[sp.Symbol, Domain]:
    """A positive real number in the place of ``s``, and the domain there: a limit runs over all of them."""
    real = sp.Dummy(s.name, positive=True)
    conditions = (*domain.conditions, *Domain((s,)).assumptions())
    put = tuple(Condition(c.lhs.xreplace({s: real}), c.relation, c.rhs.xreplace({s: real})) for c in conditions)
    return real, Domain(tuple(real if x == s else x for x in domain.symbols), put)


def _eventual(claim: Claim, statement: Asymptotic, moving: list[Condition], names: Scope) -> tuple[str, list[str]]:
    """What holds for all large values of the symbol, and a script for it."""
    s, name = statement.in_, names[statement.in_]
    needs = {n.text: n for side in (statement.lhs, statement.rhs) for n in value_needs(side, names)}
    conditions = [comparison(c.lhs, c.relation, c.rhs, names) for c in moving]
    inside = " /\\ ".join((*conditions, *needs)) or "True"
    fixed = claim.domain.restrict(set(claim.domain.symbols) - {s})
    beyond = [_beyond(c, s, names, fixed) for c in moving]
    together = " /\\ ".join(conditions) or "True"
    lines = [f"apply (from_there (fun {name} => {together}))."]
    lines += ["{", *_all_beyond(name, conditions, beyond), "}"]
    lines.append(f"intros {name} H_positive H_conditions. decompose [and] H_conditions.")
    lines += ["repeat (split; [assumption|])."] if conditions else []
    real, far = _at_reals(claim.domain, s)
    for k, need in enumerate(needs.values()):
        search = Signs(far, Scope(names.of, {**names.letters, real: name}))
        tree = search.goal(need.expression.xreplace({s: real}), need.relation)
        lines += [f"assert (H_n{k} : {need.text}).", "{", *tree, "}"]
    return f"eventually (fun {name} => {inside})", [*lines, "repeat split; first [assumption | exact I]."]


def _beyond(c: Condition, s: sp.Symbol, names: Scope, fixed: Domain) -> list[str]:
    """A script for a condition that is linear in the symbol: it holds beyond its zero."""
    polynomial = sp.Poly(sp.expand(c.lhs - c.rhs), s)
    if polynomial.degree() != 1:
        raise NoScript(f"{c} for large {s}")
    slope = sp.factor(polynomial.LC())
    zero = coq_term(sp.cancel(-polynomial.eval(0) / slope), names)
    if slope.is_Rational:
        return [f"apply (beyond {zero}). intros. lra."]
    relation = Relation(c.relation)
    if not relation.direction:
        raise NoScript(f"{c} for large {s}")
    rise = relation.direction * slope
    factor = coq_term(rise, names)
    compared = "lt_by_difference." if relation.strict else "le_by_difference. left."
    return [
        f"assert (H_rise : 0 < {factor}).",
        "{",
        *Signs(fixed, names).goal(rise, ">"),
        "}",
        f"apply (beyond {zero}). intros {names[s]} H_positive H_beyond.",
        f"apply {compared} apply (pos_by _ ({factor} * ({names[s]} - {zero}))).",
        "{ field; side. }",
        "{ apply Rmult_lt_0_compat; lra. }",
    ]


def _all_beyond(name: str, conditions: list[str], beyond: list[list[str]]) -> list[str]:
    if not conditions:
        return ["apply always."]
    if len(conditions) == 1:
        return beyond[0]
    first = f"(fun {name} => {conditions[0]})"
    others = " /\\ ".join(conditions[1:])
    rest = f"(fun {name} => {others})"
    tail = _all_beyond(name, conditions[1:], beyond[1:])
    return [f"apply (both {first} {rest}).", "{", *beyond[0], "}", "{", *tail, "}"]
