"""Bounds by the sign of a derivative along a segment, up to an end where both sides agree (mean value theorem)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import sympy as sp

from w2s_sym.coq.derivatives import derivative, derived_totals
from w2s_sym.coq.equalities import equality, whole_logarithms
from w2s_sym.coq.instances import gap_of, known_here, lemma_here
from w2s_sym.coq.secants import approach, secants
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.signs import Signs
from w2s_sym.coq.statement import Need, Scope, comparison, coq_term, value_needs
from w2s_sym.evidence.derivation.bounds import BoundStep, Slope
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.signs import proves
from w2s_sym.formula.totals import Total, letters_along

if TYPE_CHECKING:
    from w2s_sym.coq.proofs import Writer

# Powers that may vanish, as Coq's own where their base is positive.
PLAIN_POWERS = "plain_powers."


def slope_script(writer: Writer, step: Slope, before: sp.Expr, after: sp.Expr) -> list[str]:
    """From the end where both sides agree, along a derivative of one sign (mean value theorem)."""
    s, end, strict = step.s, step.end, len(step.relation) == 1
    low, high = ends(step, before, after)
    difference = minus(high, low)
    above = proves(end - s, ">", writer.domain)
    factor = step.factor if step.relation[0] == "<" else -step.factor
    along = {**writer.names.letters, s: "W_x"}
    search = Signs(writer.domain, Scope(writer.names.of, along))
    lemma_lines: list[str] = []
    shown, gap_strict = sp.S.One, True
    if step.lemma is not None:
        found = lemma_here(step.lemma, dict(step.where), "H_lemma", search)
        lemma_lines = found.lines
        shown, gap_strict = gap_of(found)
    slope = sp.Mul(factor, shown, evaluate=False) if step.lemma is not None else factor
    bent, vanishing = set_apart(writer, difference, s, end)
    powers = {p: d for d, p in vanishing.items()}
    sides = (text_towards_end(writer, e.xreplace(powers), vanishing, along) for e in (high, low))
    functions = [f"(fun W_x => {text})" for text in (" - ".join(sides), coq_term(slope, search.names))]
    start = ["intros W_x W_in.", *conditions_along(writer, s, search.names)]
    start += known_here(writer.known, search, "H_x", s)
    poles = secants(difference, s, end)
    lemma = f"slope_from_{'above' if above else 'below'}{'' if strict else '_weak'}{'_limit' if poles else ''}"
    along_secants = [f"(fun W_x => {coq_term(poles.formula, poles.names(writer.names, 'W_x'))})"] if poles else []
    lines = [*writer.facts((difference,), writer.signs()), *writer.difference(step)]
    lines += [
        f"apply ({'pos' if strict else 'nonneg'}_by _ ({functions[0]} {coq_term(s, writer.names)})).",
        "{",
        PLAIN_POWERS,
        "first [same_number | lra].",
        "}",
    ]
    both = " ".join([functions[0], *along_secants, functions[1]])
    lines += [f"apply ({lemma} {both} {coq_term(end, writer.names)} {coq_term(s, writer.names)}).", "{"]
    lines += ["lra.", "}", "{", *start, *writer.facts((difference,), search)]
    lines += [*derivative_script(writer, difference, slope, s, search), "}"]
    if poles:
        lines += approach(writer, difference, poles, start, search)
    else:
        lines += value_at_end(writer, bent, s, end, vanishing)
    # What the lemma says is read with powers of bases that are positive along the segment.
    lines += ["{", *start, *(writer.facts((shown,), search) if step.lemma is not None else ()), *lemma_lines]
    sign = factor if not above else -factor
    if step.lemma is not None:
        product = sp.Mul(sign, shown, evaluate=False)
        return [*lines, *writer.by_gap(product, sign, shown, gap_strict, step, search), "}"]
    return [*lines, *search.goal(sign, ">" if strict else ">="), "}"]


def derivative_script(writer: Writer, difference: sp.Expr, slope: sp.Expr, s: sp.Symbol, search: Signs) -> list[str]:
    """A script that the difference has that derivative along the segment."""
    bases = [sp.log(p.base) for p in difference.atoms(sp.Pow) if p.exp.has(s)]
    # What stands inside of logarithms stands in quotients once they are differentiated.
    inside = {n for log in difference.atoms(sp.log) for n in log.args[0].atoms(sp.exp, sp.Pow)}
    bases += sorted((n for n in inside if not n.exp.is_Rational), key=str)
    lines = [
        *derived_totals(difference, s, search.names),
        "eapply derive_eq.",
        "{",
        "derive; plain_powers; side.",
        "}",
        "{",
        f"plain. {PLAIN_POWERS}",
    ]
    logs = sp.Add(*difference.atoms(sp.log))
    plain = logs != 0 and not difference.has(Total)
    kept = whole_logarithms(sp.diff(difference, s) + logs, slope + logs, {}) if plain else {}
    left = derivative(difference, s) if difference.has(Total) else sp.Add(difference, *bases, evaluate=False)
    return [*lines, *writer.equal(left, slope, search.names, kept), "}"]


def value_at_end(
    writer: Writer, bent: sp.Expr, s: sp.Symbol, end: sp.Expr, vanishing: Mapping[sp.Symbol, sp.Pow]
) -> list[str]:
    """Scripts that the difference is continuous at the end, and zero there."""
    there = {**writer.names.letters, s: coq_term(end, writer.names)}
    at_end = facts_at_end(writer, bent, s, end, vanishing)
    zero = {**there, **{d: "0" for d in vanishing}}
    values = {s: end, **{d: sp.S.Zero for d in vanishing}}
    lines = ["{", *at_end, "continuous; at_end.", "}", "{", "cbv beta.", *at_end, "zero_powers."]
    return [*lines, *equality(bent, sp.S.Zero, Scope(writer.names.of, zero), values), "}"]


def conditions_along(writer: Writer, s: sp.Symbol, names: Scope) -> list[str]:
    """The conditions on ``s`` hold all along the segment."""
    numbers = Domain(tuple(x for x in writer.domain.symbols if letters_along(x) is None))
    conditions = (c for c in (*writer.domain.conditions, *numbers.assumptions()) if s in c.free_symbols)
    return [f"assert ({comparison(c.lhs, c.relation, c.rhs, names)}) by lra." for c in conditions]


def set_apart(writer: Writer, e: sp.Expr, s: sp.Symbol, end: sp.Expr) -> tuple[sp.Expr, dict[sp.Symbol, sp.Pow]]:
    """Powers whose base vanishes at the end as symbols: there they are zero, which Coq's power does not say."""
    powers = (p for p in e.atoms(sp.Pow) if not p.exp.is_Rational and p.base.has(s))
    vanishing = {p: sp.Dummy("power") for p in powers if sp.expand(p.base.xreplace({s: end})) == 0}
    return e.xreplace(vanishing), {d: p for p, d in vanishing.items()}


def text_towards_end(
    writer: Writer, e: sp.Expr, vanishing: Mapping[sp.Symbol, sp.Pow], letters: Mapping[sp.Symbol, str]
) -> str:
    """The formula as text, with powers that may vanish where it has symbols for them."""
    return coq_term(e, with_powers(Scope(writer.names.of, letters), vanishing))


def with_powers(names: Scope, vanishing: Mapping[sp.Symbol, sp.Pow]) -> Scope:
    """The names with the texts of powers that may vanish."""
    shown = {d: with_power(coq_term(p, names), names, vanishing) for d, p in vanishing.items()}
    return Scope(names.of, {**names.letters, **shown})


def with_power(text: str, names: Scope, vanishing: Mapping[sp.Symbol, sp.Pow]) -> str:
    """A text with powers that may vanish in place of Coq's own; one may stand in the base of another.

    The order of terms stays, so that what is known of a base is found again.
    """
    arguments = (coq_term(p, names).removeprefix("(Rpower").removesuffix(")") for p in vanishing.values())
    for plain in sorted(arguments, key=len, reverse=True):  # from the outside in
        text = re.sub(rf"\bRpower{re.escape(plain)}(?![\w.])", f"power{plain}", text)
    return text


def with_symbols(e: sp.Expr, vanishing: Mapping[sp.Symbol, sp.Pow]) -> sp.Expr:
    """A formula with symbols for powers that may vanish."""
    return e.xreplace({p: d for d, p in vanishing.items()})


def facts_at_end(
    writer: Writer, bent: sp.Expr, s: sp.Symbol, end: sp.Expr, vanishing: Mapping[sp.Symbol, sp.Pow]
) -> list[str]:
    """Asserts what makes the formula have a value at the end, where the bases of some powers vanish."""
    rest = writer.domain.restrict(set(writer.domain.symbols) - {s})
    there = Scope(writer.names.of, {**writer.names.letters, s: coq_term(end, writer.names)})
    named = with_powers(there, vanishing)
    zero = {s: end, **{d: sp.S.Zero for d in vanishing}}
    lines: list[str] = []
    for p in vanishing.values():
        tree = Signs(rest, there).script(p.exp, ">")
        lines += [f"assert (H_e{next(writer.fresh)} : 0 < {coq_term(p.exp, there)}).", "{", *tree, "}"]
    found = [*value_needs(bent, named), *(n for p in vanishing.values() for n in value_needs(p.base, there))]
    for need in {n.text: n for n in found}.values():
        if any(need.expression == p.base for p in vanishing.values()):
            continue
        if need.over or need.relation not in ("!=", ">", ">="):
            raise NoScript(f"{need.text} along a segment")
        expression = with_symbols(need.expression, vanishing).xreplace(zero)
        if vanishing and expression == 1:
            continue
        moved = Signs(rest, Scope(there.of, {**there.letters, **{d: "0" for d in vanishing}}))
        text = with_power(need.text, there, vanishing)
        lines += [f"assert (H_e{next(writer.fresh)} : {text}).", "{"]
        lines += ["zero_powers."] if "power" in text.split() or "(power" in text else []
        need = replace(need, expression=with_symbols(need.expression, vanishing))
        lines += [*need_at_end(need, expression, moved, zero), "}"]
    return lines


def need_at_end(need: Need, there: sp.Expr, moved: Signs, values: Mapping[sp.Symbol, sp.Expr]) -> list[str]:
    """A script for a need at the end, where its formula is ``there``, which may be written in another order."""
    text = coq_term(there, moved.names)
    script = moved.script(there, need.relation)
    if text == coq_term(need.expression, moved.names):
        return script
    same = equality(need.expression, there, moved.names, values)
    kind = {"!=": "nonzero", ">": "pos", ">=": "nonneg"}[need.relation]
    return [f"apply ({kind}_by _ {text}).", "{", *same, "}", *script]


def ends(step: BoundStep, before: sp.Expr, after: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The smaller and the larger line."""
    return (before, after) if step.relation[0] == "<" else (after, before)


def minus(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """The difference as it is written, not as it would be simplified."""
    return sp.Add(a, sp.Mul(-1, b, evaluate=False), evaluate=False)
