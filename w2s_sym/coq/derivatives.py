"""Derivatives of sums over spectra, each shown level by level. Nothing here is trusted."""

from __future__ import annotations

import sympy as sp

from w2s_sym.coq.equalities import at_index, closed_totals, equality
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.statement import Scope, coq_term, value_needs
from w2s_sym.formula.totals import Total


def derivative(e: sp.Expr, s: sp.Symbol) -> sp.Expr:
    """The derivative of a formula, in which that of a sum over a spectrum is the sum of those of its terms."""
    moving = {t: sp.Dummy("total") for t in _moving(e, s)}
    plain = e.xreplace(moving)
    parts = [sp.diff(plain, s)]
    for t, place in moving.items():
        parts.append(sp.Mul(sp.diff(plain, place), sum_of_derivatives(t, s)))
    return sp.Add(*parts).xreplace({place: t for t, place in moving.items()})


def in_one_sum(e: sp.Expr, s: sp.Symbol) -> sp.Expr:
    """The derivative of a formula, with the terms of each sum over a spectrum as one quotient."""
    found = derivative(e, s)
    return found.xreplace({t: sp.Expr.__new__(Total, sp.factor(t.summand), t.over) for t in closed_totals(found)})


def sum_of_derivatives(t: Total, s: sp.Symbol) -> Total:
    """The sum of the derivatives of the terms, as it is written."""
    made: Total = sp.Expr.__new__(Total, derivative(t.summand, s), t.over)
    return made


def derived_totals(e: sp.Expr, s: sp.Symbol, names: Scope) -> list[str]:
    """Asserts the derivative of each sum of a formula in ``s``, where ``s`` is what ``names`` writes for it."""
    lines = []
    along = Scope(names.of, {**names.letters, s: "W_y"})
    # The shortest first: what stands inside another sum is used there.
    for t in sorted(_moving(e, s), key=lambda t: (len(coq_term(t, names)), coq_term(t, names))):
        slope = sum_of_derivatives(t, s)
        term, _ = _function(t, along, "W_y")
        change, over = _function(slope, names)
        lines += [f"assert (is_derive (fun W_y => {coq_term(t, along)}) {names[s]} {coq_term(slope, names)}).", "{"]
        lines += [f"apply (d_total _ {term} {change} {over} {names[s]}).", "intros W_i W_in. at_level W_in."]
        lines += ["eapply derive_eq.", "{", "derive; side.", "}", "{", "plain."]
        lines += [*equality(t.summand, slope.summand, at_index(names, t.over, "W_i")), "}", "}"]
    return lines


def _moving(e: sp.Expr, s: sp.Symbol) -> list[Total]:
    return [t for t in closed_totals(e) if s in t.free_symbols]


def _function(t: Total, names: Scope, *more: str) -> tuple[str, str]:
    """The terms of a sum as a function of the level, and of ``more``; and the list of levels."""
    index, inside = names.within(t.over)
    return f"(fun {' '.join((index, *more))} => {coq_term(t.summand, inside)})", names[t.over]


def close_to(e: sp.Expr, s: sp.Symbol, names: Scope, script: list[str]) -> list[str]:
    """A script that something holds for all numbers close to ``s``, by ``script`` for any number ``W_y`` at which the
    formula has a value as it has at ``s``. Raises ``NoScript`` for sums over spectra that depend on ``s``.
    """
    if _moving(e, s):
        raise NoScript(f"the second derivative of {e}")
    along = Scope(names.of, {**names.letters, s: "W_y"})
    needs = {n.text: n for n in value_needs(e, along, True) if s in n.expression.free_symbols}
    said = " /\\ ".join((*needs, "True"))
    known = "".join(f"[W_n{k} " for k in range(len(needs))) + "_" + "]" * len(needs)
    lines = [f"apply (filter_imp (fun W_y => {said})).", "{", f"intros W_y {known}."]
    lines += ["cbv beta.", *script, "}"]
    for n in needs.values():
        kind = {"!=": "nonzero", ">": "pos"}[n.relation]
        lines += ["apply filter_and; [|].", "{", f"apply (near_{kind} (fun W_y => {coq_term(n.expression, along)}))."]
        lines += ["{", "eapply continuous_by. derive; side.", "}", "{", "side.", "}", "}"]
    return [*lines, "apply filter_forall. trivial."]


def second_derivative(e: sp.Expr, s: sp.Symbol, names: Scope) -> list[str]:
    """A script for ``is_derive (Derive f) s ?d``: the rules' derivative of the formula's own."""
    first, along = sp.diff(e, s), Scope(names.of, {**names.letters, s: "W_y"})
    shown = ["eapply derive_eq.", "{", "derive; side.", "}", "{", "plain.", *equality(e, first, along), "}"]
    lines = [f"apply (derive_of_derive _ (fun W_y => {coq_term(first, along)})).", "{"]
    return [*lines, *close_to(e, s, names, shown), "}", "{", "derive; side.", "}"]


def derivable(e: sp.Derivative, names: Scope, nearby: bool) -> list[str]:
    """A script that a derivative exists; ``nearby`` asks for that of a second one's function, close to the symbol."""
    s = e.variables[0]
    if nearby:
        return close_to(e.expr, s, names, ["eapply derivable. derive; side."])
    rules = ["derive; side."] if len(e.variables) == 1 else second_derivative(e.expr, s, names)
    return ["eapply derivable.", *rules]


def carried_out(
    e: sp.Expr, names: Scope, whole: bool = False
) -> tuple[list[str], sp.Expr, Scope, dict[sp.Symbol, sp.Expr]]:
    """Rewrites the derivatives of a formula of the goal: the lines, the formula with a symbol for each, what
    ``names`` writes for it, and its value; ``whole`` leaves sums over spectra in one piece.
    """
    lines: list[str] = []
    values: dict[sp.Symbol, sp.Expr] = {}
    plain = names
    for k, node in enumerate(sorted(e.atoms(sp.Derivative), key=str)):
        first = len(node.variables) == 1
        done = in_one_sum(node.expr, node.variables[0]) if whole and first else node.doit()
        name = f"W_D{k}"
        lines += [f"assert ({name} : {coq_term(node, plain)} = {coq_term(done, plain)}).", "{"]
        lines += [*derived_totals(node.expr, node.variables[0], plain), "apply derive_at. eapply derive_eq."]
        rules = ["derive; side."] if first else second_derivative(node.expr, node.variables[0], plain)
        lines += ["{", *rules, "}", "{", "plain."]
        shown = derivative(node.expr, node.variables[0]) if node.expr.has(Total) else node.expr
        lines += [*equality(shown, done, plain), "}", "}", f"rewrite {name}."]
        place = sp.Dummy("derivative")
        names = Scope(names.of, {**names.letters, place: coq_term(done, plain)})
        values[place] = done
        e = e.xreplace({node: place})
    return lines, e, names, values
