r"""Macros of formulas that a paper of one's own can ``\input``, each with its exact text form beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Compare, Iff, Statement
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.notation import Letter, latex
from w2s_sym.formula.totals import SpectrumSymbol, letters_along
from w2s_sym.report.formula_grammar import FormulaError
from w2s_sym.report.formula_reader import read_statement
from w2s_sym.report.formula_text import write_formula, write_statement
from w2s_sym.store.marks import LATEX

_DIGITS = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")

_HEADER = r"""% Formulas of {name}, one \newcommand each; for math mode, with amsmath and amssymb.
%
% \input this file in the preamble. A formula's macro is named after its claim: the letters of the paper's key, then
% the name with its words capitalised. So that no two names meet, a digit is Z and its word, a z that starts a word is
% Zz, and an underscore that starts no word is Zu. Where the keys of two papers have the same letters, the second of two
% equal names ends in ZcTwo. \state... is the whole statement, \... its right-hand side.
%
% The comment lines hold the statement in a form that w2s_sym.report.latex.macros.read_back reads exactly: "reads" is
% its text, "where" the assumptions of its symbols, how they print and what they stand for, "over" a spectrum and the
% letters that vary along it.
"""


def macro_name(claim: Claim) -> str:
    """The name of the macro of a claim's formula, without the backslash: letters only, one-to-one for one paper."""
    key = "".join(c for c in claim.source.key if c.isascii() and c.isalpha()) or "Paper"
    out = []
    for match in re.finditer(r"_?[a-z]|_|\d", f"_{claim.name}"):
        token = match[0]
        if token.isdigit():
            out.append("Z" + _DIGITS[int(token)])
        elif token == "_":
            out.append("Zu")
        else:
            out.append(token if len(token) == 1 else "Zz" if token == "_z" else token[1].upper())
    return key[0].upper() + key[1:].lower() + "".join(out)


def macro_names(claims: Sequence[Claim]) -> list[str]:
    """The names of the macros of claims, in order, no two of them the same: letters of keys need not tell papers apart.

    A name that an earlier claim has is counted, in words that no name has of itself.
    """
    found: list[str] = []
    for claim in claims:
        first, count = macro_name(claim), 1
        name = first
        while name in found:
            count += 1
            name = f"{first}Zc{''.join(_DIGITS[int(digit)] for digit in str(count))}"
        found.append(name)
    return found


def macros(name: str, claims: Sequence[Claim]) -> str:
    """The macro file of a paper's claims."""
    lines = [LATEX, _HEADER.replace("{name}", name)]
    for claim, macro in zip(claims, macro_names(claims), strict=True):
        lines.append(f"% claim {claim.id}")
        try:
            lines.append(f"% reads {write_statement(claim.statement)}")
            lines += [line for s in _involved(claim) for line in _told(s)]
        except FormulaError as problem:
            lines.append(f"% has no exact text: {problem}")
        if not isinstance(claim.statement, Iff):
            lines.append(rf"\newcommand{{\{macro}}}{{{latex(claim.statement.rhs)}}}")
        lines.append(rf"\newcommand{{\state{macro}}}{{{claim.latex()}}}")
        lines.append("")
    return "\n".join(lines)


def _involved(claim: Claim) -> list[sp.Symbol]:
    stated = claim.statement
    own = set() if isinstance(stated, Iff) or isinstance(stated.lhs, sp.Expr) else {stated.lhs.symbol}
    return sorted(claim.statement.free_symbols | own, key=lambda s: str(s.name))


def _told(s: sp.Symbol) -> list[str]:
    """The comment lines that restore a symbol, and the letters that vary when it is a spectrum."""
    held = letters_along(s)
    if held is None:
        return [f"% where {_assumptions(s)}"]
    limits = [f"{write_formula(c.lhs)} {c.relation} {write_formula(c.rhs)}" for c in held.conditions]
    varying = ", ".join(map(_assumptions, held.symbols))
    return [f"% over [{json.dumps(s.name)}, {json.dumps(limits)}, {varying}]"]


def _assumptions(s: sp.Symbol) -> str:
    told = s._assumptions_orig if hasattr(s, "_assumptions_orig") else s.assumptions0
    form = [s.form, s.meaning] if isinstance(s, Letter) else []
    return json.dumps([s.name, {k: v for k, v in sorted(told.items()) if v is not None}, *form], ensure_ascii=True)


def read_back(text: str) -> dict[str, Statement]:
    """The statements of a macro file by claim id, rebuilt from its comment lines; quantities are plain symbols.

    Raises :class:`FormulaError` when a line is no formula.
    """
    found: dict[str, Statement] = {}
    claim, reads = "", ""
    symbols: list[sp.Symbol] = []
    for line in [*text.splitlines(), "% claim "]:
        if line.startswith("% claim "):
            if reads:
                found[claim] = read_statement(reads, symbols)
            claim, reads, symbols = line.removeprefix("% claim "), "", []
        elif line.startswith("% reads "):
            reads = line.removeprefix("% reads ")
        elif line.startswith("% where "):
            symbols.append(_symbol(*json.loads(line.removeprefix("% where "))))
        elif line.startswith("% over "):
            symbols.append(_spectrum(*json.loads(line.removeprefix("% over "))))
    return found


def _symbol(name: str, told: dict[str, bool], *known: str) -> sp.Symbol:
    return Letter(name, known[0], known[1], **told) if known else sp.Symbol(name, **told)


def _spectrum(name: str, limits: Sequence[str], *varying: Any) -> SpectrumSymbol:
    letters = tuple(_symbol(*each) for each in varying)
    stated = (read_statement(limit, letters) for limit in limits)
    conditions = tuple(Condition(c.lhs, c.relation, c.rhs) for c in stated if isinstance(c, Compare))
    return SpectrumSymbol(name, letters, conditions)
