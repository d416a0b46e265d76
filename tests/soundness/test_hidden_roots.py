"""No claim holds that fails at a root, a branch or a number of levels that draws do not meet."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp
from soundness import root_cases
from soundness.adversary import Outcome, measure, outcome
from soundness.root_cases import equivalent
from soundness.tie_cases import S, compared, lam, n, p, q, x

from w2s_sym import Claim, Compare, Condition, Domain, Iff, total, verify
from w2s_sym.claims.finding import Verdict
from w2s_sym.evidence.precision import boundary, equivalence, precision
from w2s_sym.evidence.precision.implications import unsolved
from w2s_sym.evidence.precision.meeting import Nearest

ZERO = sp.S.Zero
HALF = sp.Rational(1, 2)
EQUAL = Compare(p, "=", q)
FALSE = (
    # 2^4 = 4^2
    compared(p, "=", q, Condition(p**q, "=", q**p)),
    # the other root is 3.5128...
    compared(p, "<", 3 * HALF, Condition(2 * sp.log(p), "=", p - 1)),
    compared(n, "=", sp.Integer(1), Condition((n - 1) * (n - 577), "=", ZERO)),
    # x = -0.7666...
    compared(x, ">=", ZERO, Condition(2**x, "=", x**2)),
    # p = 2, or q = 1 and any p: the slope of the equation in p is zero there
    compared(p, "=", sp.Integer(2), Condition((q - 1) * p, "=", 2 * (q - 1))),
    # (1/4)^(1/4) = (1/2)^(1/2)
    equivalent(Compare(p**p, "=", sp.sqrt(HALF)), Compare(p, "=", HALF), p),
    # gamma(0.44287...) = 2
    equivalent(Compare(sp.gamma(p), "=", 2), Compare(p, "=", 3), p),
    # 12 and 28
    equivalent(Compare(sp.Abs(p - 20), "=", sp.Abs(q - 20)), EQUAL, p, q),
    # p = 1/25 and q = 16/25
    equivalent(Compare(sp.sqrt(p) - p, "=", sp.sqrt(q) - q), EQUAL, p, q),
)
TRUE = (
    compared(p + q, ">=", sp.Integer(2), Condition(p * q, "=", 1)),
    compared(p, "=", q, Condition(p**3 + p, "=", q**3 + q)),
    compared(p, "=", sp.Integer(2), Condition((q + 1) * p, "=", 2 * (q + 1))),
    equivalent(Compare(x**2, "=", 9), Compare(sp.Abs(x), "=", 3), x),
    equivalent(Compare(p**2, "=", q**2), EQUAL, p, q),
    equivalent(Compare(p * sp.exp(p), "=", q * sp.exp(q)), EQUAL, p, q),
    compared(total(lam**2, S) * total(1, S), ">=", total(lam, S) ** 2),
)


@pytest.mark.parametrize("claim", FALSE, ids=lambda c: str(c.statement)[:60])
def test_what_fails_at_another_root_does_not_hold(claim: Claim) -> None:
    assert not verify(claim).holds


@pytest.mark.parametrize("claim", TRUE, ids=lambda c: str(c.statement)[:60])
def test_true_neighbours_hold(claim: Claim) -> None:
    result = verify(claim)
    assert result.holds, result.why()


LITTLE = (
    # zeta(s) > 1 + 2^-s
    compared(sp.zeta(p + 1000), "=", sp.Integer(1)),
    # the squares differ by 10^-130
    compared(sp.sqrt(p**2 + 1 + sp.Rational(1, 10**130)), "=", sp.sqrt(p**2 + 1)),
    compared(total(lam * sp.tanh(1000 * (1 + lam)), S), "=", total(lam, S)),
    # erfc(100) is below 10^-4000
    compared(total(sp.erf(lam + 100), S), "=", total(1, S)),
)


def test_what_differs_by_little_everywhere_does_not_hold() -> None:
    assert not any(verify(claim).holds for claim in LITTLE)


def test_a_determinant_that_is_zero_on_spectra_of_five_levels_is_not_zero() -> None:
    names = sp.symbols("h0:11")
    found = sp.expand(sp.Matrix(6, 6, lambda i, j: names[i + j]).det(method="berkowitz"))
    found = found.subs({name: total(lam**k, S) for k, name in enumerate(names)})
    plus = sp.Add(*(term for term in sp.Add.make_args(found) if not term.could_extract_minus_sign()))
    (finding,) = verify(compared(plus, "<=", sp.expand(plus - found))).findings
    assert finding.verdict is Verdict.REFUTED


def test_an_equivalence_on_a_domain_with_roots_says_which_are_met() -> None:
    left, right = Compare(3 * p, ">", 3 * q), Compare(p, ">", q)
    branchy = equivalent(left, right, p, q)
    cut = Domain((p, q), (Condition((p - q) * (p - 2 * q) * (p - q / 2), "=", ZERO),))
    (finding,) = verify(Claim("cut", "A.", Iff(left, right), cut, branchy.source, branchy.evidence)).findings
    assert finding.verdict is Verdict.AGREES
    assert "draws meet" in finding.within[0]


def test_an_equation_is_solved_where_its_slope_is_shown_to_be_no_zero() -> None:
    solved = compared(p, "=", q, Condition((q + 1) * p, "=", q * (q + 1))).domain
    assert unsolved(solved) == ()
    several = compared(p, "=", q, Condition(p * q, "=", q**2 - q)).domain
    assert unsolved(several) == ()  # q > 0
    assert len(unsolved(compared(p, "=", q, Condition(p**2, "=", q**2)).domain)) == 1


def test_no_false_case_holds_and_the_true_ones_hold() -> None:
    found = measure(root_cases.cases, 61, 60)
    assert found.wrong == []
    assert not any(true and became is Outcome.REFUTED for _, true, became in found.counts)
    tried = sum(k for (_, true, _), k in found.counts.items() if true)
    assert sum(k for (_, true, o), k in found.counts.items() if true and o is Outcome.HOLDS) >= 0.9 * tried


@pytest.mark.parametrize("maker", root_cases.MAKERS, ids=lambda m: m.__name__)
def test_the_generator_has_teeth(
    monkeypatch: pytest.MonkeyPatch, maker: Callable[[np.random.Generator], root_cases.Case]
) -> None:
    monkeypatch.setattr(precision, "branches", lambda *_: Nearest([]))
    monkeypatch.setattr(equivalence, "parting", lambda *_: Nearest([]))
    monkeypatch.setattr(boundary, "MANY_LEVELS", 1)
    stream = np.random.Generator(np.random.PCG64(5))
    false = [case for case in (maker(stream) for _ in range(24)) if not case.true]
    assert any(outcome(case) is Outcome.HOLDS for case in false)
