"""Equations that define numbers, in Coq: poles at an end, growth without bound, and roots where a witness is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sympy as sp

from tests.coq.coq_files import COQ, compiled, needs_coq
from w2s_sym import Claim, Compare, Derivation, Domain, Equation, Precision, Source, any_spectrum, symbol, total
from w2s_sym.coq.axioms import OF_THE_REALS
from w2s_sym.coq.computations import root_there
from w2s_sym.coq.development import HEADER, LIBRARY
from w2s_sym.coq.judge import assumptions, write
from w2s_sym.coq.one_root import root_at_witness
from w2s_sym.coq.root_scripts import RootScript
from w2s_sym.coq.toolchain import compile_file

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, y = symbol("x", "a number", positive=True), symbol("y", "a number", positive=True)
z = symbol("z", "a number that an equation defines", positive=True)
lam = symbol("lam", "an eigenvalue", positive=True)
S = any_spectrum("Sp", "a spectrum", lam)
SHARES = total(lam / (lam + z), S)


def solved(name: str, residual: sp.Expr, left: sp.Expr, right: sp.Expr, *symbols: sp.Symbol) -> Claim:
    """What an equation says of its root."""
    chain = (Derivation(left),)
    return Claim(
        name, "A toy.", Compare(left, "=", right), Domain(symbols), SOURCE, chain, given=(Equation(z, residual),)
    )


def there(name: str, residual: sp.Expr, relation: str, right: sp.Expr, **at: object) -> Claim:
    """What is said of the root of an equation where a witness is."""
    values = {s: at[s.name] for s in (x, y, z)}
    said = Compare(z, relation, right)
    given = (Equation(z, residual),)
    return Claim(name, "A toy.", said, Domain((x, y, z)), SOURCE, (Precision(),), given=given, witness=values)


TRUE = (
    solved("pole", x / z**2 + 1 / z - y, y * z**2, x + z, x, y),
    solved("pole_of_sums", SHARES + x * y / z - y, SHARES, y - x * y / z, S, x, y),
    solved("growth", z**3 + z - x, z**3 + z, x, x),
    # Its root x - y is positive only for some of the numbers x and y.
    there("witness", z - x + y, "<", x, x=2, y=1, z=1),
)
# Of these equations the first has no root, the second two or none, the third none where y is large.
FALSE = (
    solved("no_root", x / z**2 + 1 / z + y, -y * z**2, x + z, x, y),
    solved("two_roots", x / z**2 - 1 / z + y, y * z**2, z - x, x, y),
    solved("not_always", z**3 + z - x + y, z**3 + z, x - y, x, y),
    there("not_the_root", z - x + y, ">", x, x=2, y=1, z=3),
    there("no_positive_root", z - x + y, "<", x, x=1, y=2, z=-1),
    there("another_root", z**2 - x * z + y - 1, "<", x, x=2, y=1, z=2),
)


@needs_coq
@pytest.mark.parametrize("claim", TRUE, ids=lambda c: c.name)
def test_an_equation_with_one_root_is_accepted(claim: Claim, place: Path) -> None:
    done = compiled(place, claim)
    assert done.problem == ""
    assert set(assumptions(done.printed)) <= OF_THE_REALS


@needs_coq
@pytest.mark.parametrize("claim", FALSE, ids=lambda c: c.name)
def test_an_equation_without_a_root_or_with_two_is_not(claim: Claim, place: Path) -> None:
    assert write(claim).refusal is not None or compiled(place, claim).problem


def test_a_root_where_a_witness_is_says_where_that_is() -> None:
    assert root_at_witness(TRUE[-1], 0).text().splitlines() == [
        "Theorem toy2026__witness__root_0 : exists (x : R) (y : R),",
        "  x = 2 /\\",
        "  y = 1 /\\",
        "  exists z, (0 < z /\\ - x + y + z = 0) /\\",
        "    forall z_2, 0 < z_2 -> - x + y + z_2 = 0 -> z_2 = z.",
    ]


@needs_coq
def test_a_root_that_is_not_in_its_bracket_where_a_witness_is_is_not_accepted(place: Path) -> None:
    assert COQ is not None
    made = root_at_witness(TRUE[-1], 0)
    elsewhere = replace(made, places=("x = 1", "y = 2"), point={x: sp.Integer(1), y: sp.Integer(2)})
    for each, accepted in ((made, True), (elsewhere, False)):
        text = RootScript(each, tuple(root_there(TRUE[-1], each))).text()
        head = f"{HEADER}From W2S Require Import {' '.join(LIBRARY)}.\nOpen Scope R_scope.\n"
        (place / "root.v").write_text(f"{head}{text}\n", encoding="utf-8")
        assert (compile_file(COQ, place, "root.v").problem == "") is accepted
