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
    polynomial = sp.factor(bottom.as_expr())
    tree = Signs(domain, here)
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


def _eventual(claim: Claim, statement: Asymptotic, moving: list[Condition], names: Scope) -> tuple[str, list[str]]:
    """What holds for all large values of the symbol, and a script for it."""
    s, name = statement.in_, names[statement.in_]
    needs = {n.text: n for side in (statement.lhs, statement.rhs) for n in value_needs(side, names)}
    conditions = [comparison(c.lhs, c.relation, c.rhs, names) for c in moving]
    inside = " /\\ ".join((*conditions, *needs)) or "True"
    bounds = []
    for c in moving:
        polynomial = sp.Poly(sp.expand(c.lhs - c.rhs), s)
        if polynomial.degree() != 1:
            raise NoScript(f"{c} for large {s}")
        bounds.append(sp.cancel(-polynomial.eval(0) / polynomial.LC()))
    together = " /\\ ".join(conditions) or "True"
    lines = [f"apply (from_there (fun {name} => {together}))."]
    lines += ["{", *_all_beyond(name, conditions, [coq_term(b, names) for b in bounds]), "}"]
    lines.append(f"intros {name} H_positive H_conditions. decompose [and] H_conditions.")
    lines += ["repeat (split; [assumption|])."] if conditions else []
    for k, need in enumerate(needs.values()):
        tree = Signs(claim.domain, names).goal(need.expression, need.relation)
        lines += [f"assert (H_n{k} : {need.text}).", "{", *tree, "}"]
    return f"eventually (fun {name} => {inside})", [*lines, "repeat split; first [assumption | exact I]."]


def _all_beyond(name: str, conditions: list[str], bounds: list[str]) -> list[str]:
    if not conditions:
        return ["apply always."]
    if len(conditions) == 1:
        return [f"apply (beyond {bounds[0]}). intros. lra."]
    first = f"(fun {name} => {conditions[0]})"
    others = " /\\ ".join(conditions[1:])
    rest = f"(fun {name} => {others})"
    return [
        f"apply (both {first} {rest}).",
        "{",
        f"apply (beyond {bounds[0]}). intros. lra.",
        "}",
        "{",
        *_all_beyond(name, conditions[1:], bounds[1:]),
        "}",
    ]
