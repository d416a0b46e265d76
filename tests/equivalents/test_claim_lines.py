"""The lines of a formula derived from its estimator, as a reader sees them."""

from __future__ import annotations

import re

import pytest
import sympy as sp
from reference import generations, plain_ridge, random_features, self_distillation, two_stages, weak_to_strong

from derivations.ildiz2025.random_designs.one_stage import STANDARD
from w2s_sym import Compare, Mean
from w2s_sym.claims.chain import Line
from w2s_sym.equivalents import Equivalent
from w2s_sym.equivalents.claim_lines import MOST_SUMMANDS, claim_lines, unknowns
from w2s_sym.equivalents.from_estimator import FromEstimator
from w2s_sym.equivalents.text import names_in_order

RISKS = {
    "ridge": plain_ridge,
    "two stages": two_stages,
    "weak to strong": weak_to_strong,
    "self-distillation": self_distillation,
    "generations": generations,
    "random features": random_features,
}
FIXED_POINT, LINEAR = "an equation of the fixed point", "linear: it follows from the unknowns"


def lines_of(risk: Equivalent, **core: sp.Expr) -> tuple[Line, ...]:
    return claim_lines(STANDARD, risk, core)


def reason_of(lines: tuple[Line, ...], start: str) -> str:
    (found,) = (line.reason for line in lines if line.text.startswith(start))
    return found


def test_ridge_line_by_line() -> None:
    """The mean, Q and m of the fixed point, m2 from them, each source's part, the claim's own formula."""
    told = [(line.text.partition(" = ")[0].partition(":")[0], line.reason) for line in lines_of(plain_ridge())]
    assert [text for text, _ in told[:-1]] == ["R", "Q1", "1/m1", "1/m2", "beta", "noise s2"]
    reasons = [reason for _, reason in told]
    assert reasons[0].endswith("here is its limit")
    assert reasons[1] == "a fixed matrix, by the unknowns in it"
    assert reasons[2].startswith(FIXED_POINT)
    assert reasons[3:6] == [LINEAR, "the part of the truth", "the part of the noise"]


def test_the_ends_are_those_of_the_claim() -> None:
    statement = STANDARD.statement
    assert isinstance(statement, Compare)
    assert isinstance(statement.lhs, Mean)
    first, *_, last = lines_of(plain_ridge())
    assert (first.text, first.relation) == (str(statement.lhs.symbol), "")
    assert (last.text, last.relation) == (str(statement.rhs), "=")
    assert last.symbols == statement.rhs.free_symbols


def test_where_a_letter_alone_is_unknown_its_line_is_the_fixed_point() -> None:
    """Min-norm: Q = (I + n/tr(Sigma Q) Sigma)^-1 is the one equation to be solved."""
    (derived,) = (e for e in STANDARD.evidence if isinstance(e, FromEstimator))
    lines = derived.lines(STANDARD)
    assert reason_of(lines, "Q1 = ").startswith(FIXED_POINT)
    assert reason_of(lines, "1/m1 = ") == LINEAR
    assert reason_of(lines, "tr(Sigma Q1) = n*tau") == "what this unknown is in the letters of the claim"


@pytest.mark.parametrize("name", RISKS)
def test_the_fixed_point_is_what_depends_on_itself(name: str) -> None:
    """Read from the printed lines alone: a name is an unknown where its line leads back to it."""
    risk = RISKS[name]()
    order, _ = names_in_order(risk.shown)
    heads, uses = [], {}
    for _, line in zip(order, risk.lines(), strict=False):
        head, _, body = line.partition(" = ")
        heads.append(head.removeprefix("1/"))
        uses[heads[-1]] = set(re.findall(r"\b[Qmg]\d+\b", body))

    def leads_back(start: str) -> bool:
        seen: set[str] = set()
        left = list(uses[start])
        while left:
            here = left.pop()
            if here not in seen:
                seen.add(here)
                left += uses.get(here, ())
        return start in seen

    wanted = {place for place, head in zip(order, heads, strict=True) if leads_back(head)}
    assert wanted
    assert unknowns(risk.shown) == wanted


@pytest.mark.parametrize("name", RISKS)
def test_each_line_is_shown_or_says_where_it_is(name: str) -> None:
    risk = RISKS[name]()
    shown, full = lines_of(risk)[1:-1], risk.lines()
    assert len(shown) == len(full)
    for line, text in zip(shown, full, strict=True):
        assert "&" not in line.latex
        assert r"\\" not in line.latex
        if line.text != text:
            assert line.text.endswith("= ...")
            assert text.startswith(line.text.removesuffix(" = ..."))
            count = int(re.search(r"a sum of (\d+) terms", line.reason)[1])  # type: ignore[index]
            assert count > MOST_SUMMANDS
            # Terms stand between plus and minus signs with blanks around them.
            assert len(re.findall(r" [+-] ", text)) + 1 == count


def test_what_an_unknown_is_stands_before_the_values_and_nothing_is_said_of_others() -> None:
    texts = [line.text for line in lines_of(plain_ridge(), m1=sp.Symbol("tau"), m9=sp.S.One)]
    assert texts.index("m1 = tau") == next(k for k, t in enumerate(texts) if t.startswith("beta:")) - 1
    assert not any("m9" in text for text in texts)
