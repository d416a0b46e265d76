"""Scripts that show an equality: fields, sums over spectra, roots, exponentials. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from w2s_sym.coq.angles import double_angles, sines
from w2s_sym.coq.elementary import ALGEBRA, Elementary
from w2s_sym.coq.extremes import by_cases
from w2s_sym.coq.roots import roots
from w2s_sym.coq.statement import Scope, coq_term
from w2s_sym.formula.totals import SpectrumSymbol, Total, letters_along, summand_terms

ALGEBRA_OF_SUMS = "first [reflexivity | ring | solve [field; side] | lra | solve [field; multiples]]."


def equality(
    left: sp.Expr,
    right: sp.Expr,
    names: Scope,
    values: Mapping[sp.Symbol, sp.Expr] | None = None,
    *,
    kept: Mapping[sp.Expr, sp.Expr] | None = None,
) -> list[str]:
    """A script for the goal ``left = right``, both as :func:`w2s_sym.coq.statement.term` writes them.

    ``values`` says what symbols stand for that ``names`` writes as formulas; logarithms of ``kept`` formulas are left,
    as those of what ``kept`` says that they equal.
    """
    if coq_term(left, names) == coq_term(right, names):
        return [ALGEBRA]
    values = dict(values or {})
    kept = kept or whole_logarithms(left, right, values)
    written = (left, right, *values.values())
    totals = {t for e in written for t in closed_totals(e)}
    if any(not _is_rational(t.summand) for t in totals) or _better_at_levels(left, right, totals, values):
        level_wise = _at_levels(left, right, names, values)
        if level_wise:
            return level_wise
    elif not values and (cases := by_cases(left, right, names, equality)):
        return cases
    lines = [*sines(left, right, names, values), *double_angles((left, right), names)]
    lines += Elementary(names, values, kept=kept).script(left, right)
    found = []
    # The longest first: what stands inside another sum is rewritten after it.
    for k, t in enumerate(sorted(totals, key=lambda t: (-len(coq_term(t, names)), coq_term(t, names)))):
        at = t.xreplace(values)
        if not isinstance(at, Total):  # nothing is left of its terms
            lines += [f"assert (W_t{k} : {coq_term(t, names)} = 0).", "{", "apply total_vanishes."]
            lines += ["intros W_i W_in. at_level W_in.", ALGEBRA, "}"]
            found.append(f"W_t{k}")
            continue
        pieces = summand_terms(at)
        if list(pieces) == [at.summand]:
            continue
        text = " + ".join(_multiple(c, f, t.over, names) for f, c in pieces.items())
        index, inside = names.within(t.over)
        spread = " + ".join(
            f"{coq_term(sp.sympify(c, strict=True), names)} * {coq_term(f, inside)}" for f, c in pieces.items()
        )
        lines += [f"assert (W_t{k} : {coq_term(t, names)} = {text}).", "{"]
        lines += [f"apply (eq_eq _ (total (fun {index} => {spread}) {names[t.over]})).", "{", "apply total_ext."]
        lines += ["intros W_i W_in. at_level W_in.", ALGEBRA, "}", "spread_totals.", "}"]
        found.append(f"W_t{k}")
    if found:
        lines.append(f"rewrite ?{', ?'.join(found)}.")
    return [*lines, *(roots(left, right, names, values) or [ALGEBRA_OF_SUMS if found else ALGEBRA])]


def whole_logarithms(left: sp.Expr, right: sp.Expr, values: Mapping[sp.Symbol, sp.Expr]) -> dict[sp.Expr, sp.Expr]:
    """The arguments of logarithms of sums if the sides agree whatever these logarithms are: each with its form.

    If they agree only where arguments that look equal are one number, all of these have one form.
    """
    written = {n.xreplace(dict(values)) for n in left.atoms(sp.log) | right.atoms(sp.log)}
    nodes = [n for n in written if isinstance(n, sp.log) and n.args[0].is_Add]
    difference = left.xreplace(dict(values)) - right.xreplace(dict(values))
    if not nodes or difference.has(Total, sp.Derivative):
        return {}
    # The longest first: what stands inside another is replaced with it.
    nodes.sort(key=lambda n: (-sp.count_ops(n), str(n)))
    forms = {n.args[0]: n.args[0] for n in nodes}
    if _agree_beside(difference, forms):
        return forms
    for a in reversed(forms):
        forms[a] = next((b for b in reversed(forms) if b == forms[b] and looks_zero(a - b)), a)
    return forms if len({*forms.values()}) < len(forms) and _agree_beside(difference, forms) else {}


def _agree_beside(difference: sp.Expr, forms: Mapping[sp.Expr, sp.Expr]) -> bool:
    """Whether a difference is zero whatever the logarithms of these forms are."""
    places = {a: sp.Dummy("log") for a in {*forms.values()}}
    for a, form in forms.items():
        difference = difference.xreplace({sp.log(a, evaluate=False): places[form]})
    return looks_zero(difference)


def looks_zero(e: sp.Expr) -> bool:
    """Whether a formula is zero at a few points, to thirty digits: a guess that decides how a script is written."""
    symbols = sorted(e.free_symbols, key=lambda s: (s.name, str(s.sort_key())))
    for shift in (3, 7):
        at = {s: sp.Rational(2 * k + shift, 17) for k, s in enumerate(symbols)}
        value = e.xreplace(at).evalf(30, chop=False, maxn=200)
        if not value.is_number or not abs(value) < sp.Float("1e-20"):
            return False
    return True


def closed_totals(e: sp.Expr) -> set[Total]:
    """The totals of a formula whose terms do not vary along the level of an outer one."""
    return {t for t in e.atoms(Total) if not _inside_another(e, t)}


def _inside_another(e: sp.Expr, t: Total) -> bool:
    return any(
        outer != t and t in outer.atoms(Total) and t.free_symbols & set(outer.over.symbols) for outer in e.atoms(Total)
    )


def _better_at_levels(left: sp.Expr, right: sp.Expr, totals: set[Total], values: Mapping[sp.Symbol, sp.Expr]) -> bool:
    """Whether the sides agree at each level, and terms taken apart have denominators that a sum has not.

    So 1/((x + a)(x + b)) has parts over a - b, which may be zero.
    """
    found = [at for t in totals if isinstance(at := t.xreplace(dict(values)), Total)]
    if not any(isinstance(d, sp.Add) for t in found for c in summand_terms(t).values() for d in _denominators(c, t)):
        return False
    sides = [one_sum(e) for e in (left, right)]
    terms = [sp.Add(*(c * f for f, c in side[1])) for side in sides if side is not None]
    return len(terms) == 2 and looks_zero((terms[0] - terms[1]).xreplace(dict(values)))


def _denominators(c: sp.Expr, t: Total) -> list[sp.Expr]:
    """The factors below a coefficient that are no factors below the terms of a sum."""
    own = sp.Mul.make_args(sp.fraction(sp.together(t.summand))[1])
    below = sp.Mul.make_args(sp.fraction(sp.factor(sp.sympify(c, strict=True)))[1])
    bases = {f.as_base_exp()[0] for f in own}
    return [b for f in below if (b := f.as_base_exp()[0]) not in bases and -b not in bases]


def _is_rational(e: sp.Expr) -> bool:
    """Whether a formula is made of sums, products and integer powers."""
    return not any(
        isinstance(n, (sp.Function, sp.Min, sp.Max)) or (n.is_Pow and not n.exp.is_Integer)
        for n in sp.preorder_traversal(e)
    )


def _at_levels(left: sp.Expr, right: sp.Expr, names: Scope, values: Mapping[sp.Symbol, sp.Expr]) -> list[str]:
    """Two combinations of sums over one spectrum, compared level by level; nothing when they are none."""
    sides = [one_sum(e) for e in (left, right)]
    if any(s is None for s in sides) or len({over for over, _ in filter(None, sides)}) != 1:
        return []
    (over, _), *_ = (s for s in sides if s is not None)
    texts = []
    for side in sides:
        assert side is not None
        index, inside = names.within(over)
        texts.append(
            f"(fun {index} => {' + '.join(f'{coq_term(c, names)} * {coq_term(f, inside)}' for f, c in side[1])})"
        )
    level = f"level_{names[over]}"
    lines = [f"apply (total_equal {level} {texts[0]} {texts[1]} {names[over]}).", "{", "spread_totals.", "}", "{"]
    lines += ["spread_totals.", "}", "{", "intros W_i1 W_in1. at_level W_in1."]
    index_names = at_index(names, over, "W_i1")
    summands = [sp.Add(*(sp.Mul(c, f, evaluate=False) for f, c in s[1]), evaluate=False) for s in sides if s]
    return [*lines, *equality(summands[0], summands[1], index_names, values), "}"]


def at_index(names: Scope, over: SpectrumSymbol, level: str) -> Scope:
    """The names at one level of a spectrum."""
    _, inside = names.within(over)
    index = {v: f"{inside.letters[v].rsplit(' ', 1)[0]} {level})" for v in over.symbols}
    return Scope(names.of, {**names.letters, **index})


def one_sum(e: sp.Expr) -> tuple[SpectrumSymbol, list[tuple[sp.Expr, sp.Expr]]] | None:
    """A formula as a combination of sums over one spectrum: (summand, coefficient) of each."""
    places = {t: sp.Dummy("total") for t in sorted(closed_totals(e), key=lambda t: sp.default_sort_key(t))}
    plain = e.xreplace(places)
    found = {t: sp.diff(plain, place) for t, place in places.items() if plain.has(place)}
    spectra = {t.over for t in found}
    if len(spectra) != 1 or any(letters_along(over) is None for over in spectra):
        return None
    if plain.xreplace(dict.fromkeys(places.values(), sp.S.Zero)) != 0 or any(
        c.free_symbols & {*places.values()} for c in found.values()
    ):
        return None
    return spectra.pop(), [(t.summand, c) for t, c in found.items()]


def _multiple(c: sp.Expr, f: sp.Expr, over: SpectrumSymbol, names: Scope) -> str:
    return f"{coq_term(sp.sympify(c, strict=True), names)} * {coq_term(sp.Expr.__new__(Total, f, over), names)}"
