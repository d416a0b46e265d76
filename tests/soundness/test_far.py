"""Claims that fail beyond a switch, off a lattice, far out or between powers of two: none of them holds."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from soundness import far_cases
from soundness.adversary import Outcome, measure, outcome
from soundness.tie_cases import SOURCE, S, compared, lam, n, p, q

from w2s_sym import Asymptotic, Claim, Compare, Condition, Domain, Iff, Precision, Verdict, symbol, total, verify
from w2s_sym.evidence.precision import asymptotics, precision
from w2s_sym.evidence.precision.meeting import Nearest
from w2s_sym.formula.spelling import SymbolError

FAR = 10**9
REFUTED = (
    compared(sp.Abs(p - FAR), "=", FAR - p),
    compared(sp.Abs(p - sp.Rational(1, 10**12)), "=", p - sp.Rational(1, 10**12)),
    compared(sp.Max(p, 10**7), "=", sp.Integer(10**7)),
    compared(sp.Min(p, 10**11), "=", p),
    compared(sp.sqrt(p**2 - 2 * FAR * p + FAR**2), "=", FAR - p),
    compared(((p - FAR) ** 6) ** sp.Rational(1, 2), "=", (FAR - p) ** 3),
    compared(total(sp.Abs(lam - 10**7), S), "=", 10**7 * total(1, S) - total(lam, S)),
    compared(sp.sin(1191936 * sp.pi * p) * sp.sin(100027008 * sp.pi * p), "=", sp.S.Zero),
    compared(sp.cos(2 * sp.pi * sp.factorial(20) * p), "=", sp.S.One),
    compared(sp.cos(p) + sp.cos(sp.pi * p), ">", -2 + sp.Rational(1, 10**8)),
    compared(sp.sin(sp.pi * n / 10**12) * 10**12, ">", sp.S.Zero),
    compared(sp.exp(-(10**30) * (p - sp.Rational(22, 7)) ** 2), "<", sp.Rational(1, 2)),
    compared((p - 7654321) ** 2 * (p - 9876543) ** 2, ">", sp.S.One),
    compared(sp.log(p), "<", sp.Integer(200)),
    compared(sp.log(sp.log(p + 3)), "<", sp.Integer(5)),
    compared(total(lam, S), ">=", sp.Rational(1, 10**6)),
    compared(total(lam / (lam + p), S), "<=", sp.Integer(10**8)),
    compared(total(sp.exp(-(10**6) * lam), S), "<", total(1, S) * sp.Rational(99, 100)),
)


@pytest.mark.parametrize("claim", REFUTED, ids=lambda c: str(c.statement)[:60])
def test_examples_are_refuted(claim: Claim) -> None:
    (finding,) = verify(claim).findings
    assert finding.verdict is Verdict.REFUTED, finding.summary


@pytest.mark.parametrize("error", [1 - (-1) ** n, sp.sin(sp.pi * n / 4), 1 - sp.cos(sp.pi * n / 1024)])
def test_an_error_that_is_small_at_powers_of_two_has_no_order(error: sp.Expr) -> None:
    stated = Asymptotic(error + 1 / n, sp.S.Zero, n)
    (finding,) = verify(Claim("limit", "A.", stated, Domain((n,)), SOURCE, (Precision(),))).findings
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "waves" in finding.summary


def test_conditions_that_part_at_a_large_number_and_a_small_one() -> None:
    stated = Iff(Compare(p * q, "<", 1), Compare(p * q * (p - FAR) ** 2, "<", (p - FAR) ** 2))
    (finding,) = verify(Claim("iff", "A.", stated, Domain((p, q)), SOURCE, (Precision(),))).findings
    assert finding.verdict is Verdict.REFUTED


def test_one_side_of_a_switch_is_not_enough() -> None:
    # p^2 < q^2 keeps p - q negative, which no proof of sign sees: the other branch is not looked at.
    (finding,) = verify(compared(sp.Abs(p - q), "=", q - p, Condition(p**2, "<", q**2))).findings
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "p - q is positive" in finding.summary
    assert verify(compared(sp.Abs(p - q), "=", q - p, Condition(p, "<", q))).holds


@pytest.mark.parametrize("f", [sp.tanh, sp.erf])
def test_what_no_digits_tell_from_one_is_not_one(f: type[sp.Function]) -> None:
    (finding,) = verify(compared(p * f(10**5 * (1 + p)), "=", p)).findings
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert verify(compared(sp.tanh(p) * sp.cosh(p), "=", sp.sinh(p))).holds


@pytest.mark.parametrize("form", [r"\color{white} z", r"x\phantom{y}", r"\mathrlap{x}y", r"\kern-1em x", r"{\tiny y}x"])
def test_a_letter_that_hides_a_part_of_itself_is_refused(form: str) -> None:
    with pytest.raises(SymbolError, match="may print as less than it says"):
        symbol("z", "a number", form, positive=True)


@pytest.mark.parametrize("seed", [31, 32])
def test_no_false_case_holds_and_the_true_ones_hold(seed: int) -> None:
    found = measure(far_cases.cases, seed, 80)
    assert found.wrong == []
    assert not any(true and became is Outcome.REFUTED for _, true, became in found.counts)
    tried = sum(k for (_, true, _), k in found.counts.items() if true)
    assert sum(k for (_, true, o), k in found.counts.items() if true and o is Outcome.HOLDS) >= 0.9 * tried


def test_the_generator_has_teeth(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "nearest", lambda *_: Nearest([]))
    monkeypatch.setattr(precision, "both_sides", lambda *_: [])
    monkeypatch.setattr(precision, "unseen", lambda *_: "")
    monkeypatch.setattr(asymptotics, "_uneven", lambda *_: "")
    stream = np.random.Generator(np.random.PCG64(5))
    for maker in far_cases.MAKERS:
        false = [case for case in (maker(stream) for _ in range(16)) if not case.true]
        assert any(outcome(case) is Outcome.HOLDS for case in false), maker.__name__
