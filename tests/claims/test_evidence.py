"""What a kind of evidence declares, and what a claim asks of it when it is made."""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from w2s_sym.claims.chain import Chain, Line
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import ClaimError, Compare, Iff
from w2s_sym.evidence.certificate.certificate import Certificate
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain

x, y = sp.symbols("x y", positive=True)


class Agrees(Evidence):
    """Evidence that declares nothing but what it must."""

    kind = "toy"

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding(self.kind, Verdict.AGREES, "agrees")


def make(*evidence: Any, statement: Any = None, **more: Any) -> Claim:
    stated = Compare((x + y) ** 2, ">", x**2) if statement is None else statement
    return Claim("a_square", "A square grows.", stated, Domain((x, y)), Source("toy", "A", "T", 2024), evidence, **more)


def test_what_is_not_declared_has_a_default() -> None:
    made = make(Agrees())
    assert made.supports == ()
    assert made.rests_on_ids == ()
    assert made.chains() == ()
    assert Agrees().derived(made) is None


def test_a_class_that_does_not_inherit_is_refused_in_one_line() -> None:
    class Plain:
        kind = "toy"

        def check(self, claim: Claim, run: Run) -> Finding:
            raise AssertionError("never asked")

    with pytest.raises(ClaimError) as caught:
        make(Plain())
    assert str(caught.value) == (
        "claim toy/a_square: Plain is no evidence; inherit from w2s_sym.Evidence, "
        "name its kind and define check(claim, run)"
    )


def test_a_kind_and_a_check_are_owed() -> None:
    class Nameless(Agrees):
        kind = ""

    class Idle(Evidence):
        kind = "idle"

    with pytest.raises(ClaimError, match="toy/a_square: Nameless names no kind"):
        make(Nameless())
    with pytest.raises(TypeError, match="check"):
        Idle()  # type: ignore[abstract]


def test_what_does_not_accept_a_claim_is_told_when_the_claim_is_made() -> None:
    class Choosy(Agrees):
        def accepts(self, claim: Claim) -> str | None:
            return None if claim.remark else "it has no remark; add one"

    with pytest.raises(ClaimError, match=r"^toy/a_square: it has no remark; add one$"):
        make(Choosy())
    assert make(Choosy(), remark="A remark.").remark


@pytest.mark.parametrize(
    ("evidence", "more", "message"),
    [
        (Certificate(), {"statement": Iff(Compare(x, "<", y), Compare(x**2, "<", y**2))}, "proves an inequality"),
        (Certificate(), {"statement": Compare(x, "=", y)}, "proves an inequality"),
        (Certificate(), {"witness": {x: 1, y: 1}}, "proves an inequality"),
        (Derivation(x), {}, "the derivation's first line is not the claim's left side"),
        (Derivation.same_sign(), {}, "derives an equivalence, Iff; start a Derivation from the claim"),
        (Derivation((x + y) ** 2), {"witness": {x: 1, y: 1}}, "a claim about one witness"),
        (Precision(within=(Condition(x, ">", 1),)), {"witness": {x: 1, y: 1}}, "omit within"),
    ],
)
def test_each_kind_refuses_what_it_cannot_be_about(evidence: Evidence, more: dict[str, Any], message: str) -> None:
    with pytest.raises(ClaimError, match=message):
        make(evidence, **more)


def test_lines_are_asked_with_what_was_found_to_hold() -> None:
    class Shown(Agrees):
        def lines(self, claim: Claim, proved: bool = False) -> tuple[Line, ...]:
            if not proved:
                raise ValueError("a step\nfails")
            return (Line.of(x + y, "", "given"), Line("more", r"\text{more}", "<", "so", gap_text="x", gap_latex="x"))

    made = make(Shown())
    assert made.chains() == (Chain("toy", (), "a step fails"),)
    (chain,) = made.chains(proved={"toy"})
    assert chain.lines[0] == Line("x + y", "x + y", "", "given", frozenset({x, y}))
    assert repr(chain) == "toy:\n  x + y    [given]\n< more    [so]    (difference x)"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"verdict": "PROVED"}, "has the verdict 'PROVED'; give one of Verdict"),
        ({"kind": 3}, "has the kind 3; give a text"),
        ({"summary": None}, "has the summary None; give a text"),
        ({"detail": 3.5}, "has a detail that is a float; give a mapping"),
        ({"refuted": "x"}, "has refuted='x'; give positions"),
        ({"refuted": (-1,)}, "give positions of the claim's rivals, from 0"),
        ({"refuted": (True,)}, "give positions of the claim's rivals, from 0"),
        ({"within": "a part"}, "has within='a part'; give a tuple of texts"),
        ({"next_move": 3}, "has the next_move 3; give a text"),
    ],
)
def test_a_finding_with_a_field_of_another_type_is_refused(fields: dict[str, Any], message: str) -> None:
    good: dict[str, Any] = {"kind": "toy", "verdict": Verdict.AGREES, "summary": "agrees"}
    Finding(**good)
    with pytest.raises(ValueError, match="a finding of kind") as caught:
        Finding(**{**good, **fields})
    assert message in str(caught.value)


class Says(Agrees):
    """Evidence that returns the finding that it is given."""

    def __init__(self, finding: Any) -> None:
        self.finding = finding

    def check(self, claim: Claim, run: Run) -> Finding:
        found: Finding = self.finding
        return found


@pytest.mark.parametrize(
    ("finding", "message"),
    [
        (Finding("derivation", Verdict.PROVED, "by nobody"), "returned a finding of kind 'derivation'"),
        (Finding("toy", Verdict.AGREES, "x", {}, (1,)), "refutes rival 1, counted from 0; the claim has 1"),
        (None, "returned a NoneType, not a Finding"),
    ],
)
def test_a_finding_is_of_its_evidence_and_about_its_claim(finding: Any, message: str) -> None:
    with pytest.raises(ClaimError, match="the check of its toy") as caught:
        verify(make(Says(finding), rivals=(y,)))
    assert message in str(caught.value)
    assert verify(make(Says(Finding("toy", Verdict.AGREES, "x", {}, (0,))), rivals=(y,))).holds


@pytest.mark.parametrize("value", ["abc", (3,), [], 3])
def test_uses_and_rules_are_claims_and_ids(value: Any) -> None:
    class Uses(Agrees):
        uses = value

    class Rules(Agrees):
        rules = (3,) if value == "abc" else value

    with pytest.raises(ClaimError, match=r"uses of its toy is .*; give a tuple of claims"):
        make(Uses())
    with pytest.raises(ClaimError, match=r"rules of its toy is .*; give a tuple of ids of claims"):
        make(Rules())


@pytest.mark.parametrize("value", [True, 3, "", " "])
def test_accepts_returns_none_or_a_text(value: Any) -> None:
    class Odd(Agrees):
        def accepts(self, claim: Claim) -> str | None:
            answer: str | None = value
            return answer

    with pytest.raises(ClaimError, match=r"accepts of its toy returned .*; return None or a text"):
        make(Odd())


@pytest.mark.parametrize("value", [3, (3,), "abc"])
def test_lines_that_are_none_are_told_and_hide_nothing(value: Any) -> None:
    class Odd(Agrees):
        def lines(self, claim: Claim, proved: bool = False) -> tuple[Line, ...]:
            answer: tuple[Line, ...] = value
            return answer

    (chain,) = make(Odd()).chains()
    assert chain.lines == ()
    assert chain.problem


@pytest.mark.parametrize("nothing", [sp.nan, sp.zoo, sp.zoo + x])
def test_what_has_no_value_is_no_side_and_no_rival(nothing: sp.Expr) -> None:
    with pytest.raises(ClaimError, match="has no value"):
        Compare(x, "<", nothing)
    with pytest.raises(ClaimError, match="has no value"):
        make(Agrees(), rivals=(nothing,))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"rivals": 3}, "rivals is a int, not a tuple"),
        ({"given": 3}, "given is 3; give a tuple of equations"),
        ({"given": (x,)}, "give a tuple of equations"),
        ({"witness": 3}, "the witness is 3; give a value for each symbol"),
        ({"remark": None}, "the remark is None; give a text"),
    ],
)
def test_a_field_of_another_type_is_refused_in_words(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ClaimError, match="claim toy/a_square") as caught:
        make(Agrees(), **fields)
    assert message in str(caught.value)


def test_an_equivalence_is_between_two_comparisons() -> None:
    with pytest.raises(ClaimError, match="3 is no comparison"):
        Iff(Compare(x, "<", y), 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("line", ["x + 1", True, None, 0.5, sp.nan])
def test_a_line_that_is_no_formula_is_refused_when_it_is_written(line: Any) -> None:
    for write in (lambda: Derivation(x).rewrite(line), lambda: Derivation(x).bound("<", y, by=[line])):
        with pytest.raises(ClaimError):
            write()
