"""Scripts that show an equality: fields, sums over spectra, exponentials. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

import sympy as sp

from w2s_sym.coq.elementary import Elementary
from w2s_sym.coq.statement import Names, term
from w2s_sym.formula.totals import SpectrumSymbol, Total, summand_terms

ALGEBRA = "first [reflexivity | ring | solve [field; side] | lra]."


def equality(
    left: sp.Expr, right: sp.Expr, names: Names, values: Mapping[sp.Symbol, sp.Expr] | None = None
) -> list[str]:
    """A script for the goal ``left = right``, both as :func:`w2s_sym.coq.statement.term` writes them.

    ``values`` says what symbols stand for that ``names`` writes as formulas.
    """
    values = dict(values or {})
    lines: list[str] = []
    totals = outermost_totals(left) | outermost_totals(right)
    lines += Elementary(names, values).script(left, right)
    roots = sorted({a for e in (left, right) for a in e.atoms(sp.Pow) if a.exp.is_Rational and a.exp.q == 2}, key=str)
    number = count()
    found = []
    for t in sorted(totals, key=lambda t: term(t, names)):
        at = t.xreplace(values)
        assert isinstance(at, Total)
        pieces = summand_terms(at)
        if list(pieces.values()) == [sp.S.One]:
            continue
        name = f"W_t{next(number)}"
        text = " + ".join(_multiple(c, f, t.over, names) for f, c in pieces.items())
        lines += [f"assert ({name} : {term(t, names)} = {text}).", "{", "combine_totals.", "intros W_i W_in. at_level W_in."]
        lines += [ALGEBRA, "}"]
        found.append(name)
    if found:
        lines.append(f"rewrite ?{', ?'.join(found)}.")
    lines.append(ALGEBRA)
    return lines


def outermost_totals(e: sp.Expr) -> set[Total]:
    """The totals of a formula that are not inside another one."""
    if isinstance(e, Total):
        return {e}
    return {t for a in e.args for t in outermost_totals(a)}


def _multiple(c: sp.Expr, f: sp.Expr, over: SpectrumSymbol, names: Names) -> str:
    return f"{term(sp.sympify(c), names)} * {term(sp.Expr.__new__(Total, f, over), names)}"
