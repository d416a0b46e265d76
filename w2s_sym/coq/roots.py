"""Square roots in equalities: products of roots of factors, whose squares are known. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from w2s_sym.coq.statement import Scope, coq_term
from w2s_sym.formula.rational import factor_list


def roots(left: sp.Expr, right: sp.Expr, names: Scope, values: Mapping[sp.Symbol, sp.Expr]) -> list[str]:
    """Lines that close an equality with square roots in it; none when there are none.

    ``values`` says what symbols stand for that ``names`` writes as formulas.
    """
    found = sorted(
        {n.base for e in (left, right) for n in e.atoms(sp.Pow) if n.exp.is_Rational and n.exp.q == 2}, key=str
    )
    if not found:
        return []
    split: list[tuple[int, str, str]] = []
    basic: dict[sp.Expr, str] = {}
    for k, base in enumerate(found):
        product = []
        for part, direction in zip(sp.fraction(sp.together(base.xreplace(dict(values)))), (1, -1), strict=True):
            constant, factors = factor_list(part)
            whole = [(sp.sympify(constant), 1), *factors]
            for f, power in whole:
                if f == 1:
                    continue
                whole_root = sp.sqrt(f**power)
                if whole_root.is_Rational or (power % 2 == 0 and f.is_nonnegative):
                    text = coq_term(whole_root, names)
                    product.append(text if direction > 0 else f"(/ {text})")
                    continue
                basic.setdefault(f, f"W_q{len(basic)}")
                root = f"(sqrt {coq_term(f, names)})"
                power_text = root if power == 1 else f"({root} ^ {power})"
                product.append(power_text if direction > 0 else f"(/ {power_text})")
        text = " * ".join(product) or "1"
        split.append((k, coq_term(base, names), " * ".join(product) or "1"))
    lines = []
    for f, name in basic.items():
        text = coq_term(f, names)
        lines.append(f"assert ({name} : sqrt {text} ^ 2 = {text}) by (apply pow2_sqrt; root_nonneg).")
        lines.append(f"try assert ({name}p : sqrt {text} <> 0) by root_nonzero.")
    squares = " ".join(basic.values())
    algebra = (
        f"first [ring | ring [{squares}] | solve [field; side] | solve [field_simplify_eq; [ring [{squares}] | side]]]"
    )
    for k, base_text, product_text in split:
        lines.append(f"assert (W_r{k} : sqrt {base_text} = {product_text}).")
        lines += ["{", f"first [reflexivity | apply root_by; [solve [nonneg] | {algebra}]].", "}"]
        lines.append(f"rewrite ?W_r{k}.")
    return [*lines, f"{algebra}."]
