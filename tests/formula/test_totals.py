"""Sums over every spectrum: what is equal, what is not, signs, points, text and LaTeX."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest
import sympy as sp

from w2s_sym import (
    Claim,
    ClaimError,
    Compare,
    Condition,
    Derivation,
    Domain,
    DomainError,
    Equation,
    Precision,
    Source,
    verify,
)
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import Result
from w2s_sym.evidence.simulation.trials import summed
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.mutants import mutants
from w2s_sym.formula.notation import latex, symbol
from w2s_sym.formula.rational import identical
from w2s_sym.formula.signs import proves, sign
from w2s_sym.formula.totals import LevelTable, Total, any_spectrum, total
from w2s_sym.report.formula_grammar import FormulaError
from w2s_sym.report.formula_reader import read_formula
from w2s_sym.report.formula_text import write_formula
from w2s_sym.report.latex.macros import macros, read_back

lam = symbol("lam_t", "an eigenvalue", r"\lambda_i", positive=True)
b = symbol("b_t", "a coefficient", r"b_i", real=True)
m = symbol("m_t", "kept", r"m_i", nonnegative=True)
tau = symbol("tau_t", "effective ridge", r"\tau", positive=True)
n = symbol("n_t", "samples", positive=True)
S = any_spectrum("S_t", "the spectrum", lam, b)
KEEP = any_spectrum("K_t", "the spectrum with a mask", lam, m, conditions=(Condition(m, "<=", 1),))
u, zeta = lam / (lam + tau), tau / (lam + tau)
FIXED = Equation(tau, total(u, S) - n)
SOURCE = Source("toy", "A. Author", "Toy", 2025)


def check(lhs: sp.Expr, relation: str, rhs: sp.Expr, *steps: Derivation, given: tuple[Equation, ...] = ()) -> Result:
    # With fewer samples than eigenvalues the ridge is defined.
    few = (Condition(n, "<", total(1, S)),) if given else ()
    claim = Claim(
        "toy",
        "A toy.",
        Compare(lhs, relation, rhs),
        Domain((S, tau, n), few),
        SOURCE,
        (*steps, Precision()),
        given=given,
    )
    return verify(claim)


# -- equality for every spectrum ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (total(u + zeta, S), total(1, S)),
        (total(lam * (u * b - b) ** 2, S), total(lam * zeta**2 * b**2, S)),
        (total(tau * b, S), tau * total(b, S)),
        (total(u * zeta, S), tau * total(lam / (lam + tau) ** 2, S)),
        (total((u - n / total(1, S)) ** 2, S), total(u**2, S) - 2 * n * total(u, S) / total(1, S) + n**2 / total(1, S)),
        (total(sp.Min(1, lam), S), total(1, S) - total(sp.Max(0, 1 - lam), S)),
        (total(sp.Abs(lam - tau), S), total(sp.Abs(tau - lam), S)),
    ],
)
def test_equal_for_every_spectrum(left: sp.Expr, right: sp.Expr) -> None:
    assert identical(left, right)
    assert not identical(left, right + total(lam, S))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (total(lam, S) ** 2, total(lam**2, S)),
        (total(lam * b, S), total(lam, S) * total(b, S)),
        (total(lam, S), total(lam, KEEP)),
        (total(sp.Abs(lam - 1) * lam, S) * total(1, S), total(sp.Abs(lam - 1), S) * total(lam, S)),
        (total(sp.Max(0, lam - tau), S), total(lam - tau, S)),
        (total(u, S), total(zeta, S)),
    ],
)
def test_unequal_sums_are_not_identified(left: sp.Expr, right: sp.Expr) -> None:
    assert not identical(left, right)
    domain = Domain((S, KEEP, tau))
    rng = np.random.default_rng(1)
    seen = set()
    for _ in range(20):
        point = domain.sample(rng)
        seen.add(bool((left - right).xreplace(point) == 0))
    assert False in seen


def test_canonical_forms_agree_with_explicit_sums() -> None:
    rng = np.random.default_rng(3)
    domain = Domain((S, tau))
    pieces = [u, zeta**2, lam * b**2, b / (lam + 2 * tau), lam**2 * u]
    for _ in range(30):
        chosen = [pieces[int(i)] for i in rng.integers(0, len(pieces), 3)]
        product, parts = sp.expand(chosen[0] * (chosen[1] + tau * chosen[2])), (chosen[0], chosen[1], chosen[2])
        left = total(product, S)
        right = total(parts[0] * parts[1], S) + tau * total(parts[0] * parts[2], S)
        assert identical(left, right)
        point = domain.sample(rng)
        assert left.xreplace(point) == right.xreplace(point)


# -- signs ----------------------------------------------------------------------------------------------------


def test_the_sign_of_a_sum_is_that_of_its_terms() -> None:
    domain = Domain((S, KEEP, tau))
    assert sign(total(u, S), domain) == (1, True)
    assert sign(total(b**2, S), domain) == (1, False)
    assert sign(-total(lam * zeta, S), domain) == (-1, True)
    assert sign(total(b, S), domain) is None
    assert sign(total(lam - tau, S), domain) is None
    assert sign(total(lam * (1 - m), KEEP), domain) == (1, False)
    assert sign(total(m - 2, KEEP), domain) == (-1, True)
    assert sign(total(sp.Max(0, lam - tau), S), domain) == (1, False)


def test_sums_over_one_spectrum_are_compared_term_by_term() -> None:
    domain = Domain((S, KEEP, tau))
    assert sign(total(u, S) - total(u**2, S), domain, True) == (1, True)
    assert sign(2 * total(u**2, S) - 2 * tau * total(u**2 / tau, S), domain) in ((0, False), None)
    assert sign(total(u, S) - 2 * total(u**2, S), domain) is None
    # Sums over two spectra share no terms.
    assert sign(total(u, S) - total(u**2, KEEP), domain) is None
    assert sign(total(u, S) * total(zeta, S) - total(u**2, S), domain) is None


def test_conditions_on_sums_are_used() -> None:
    domain = Domain((S, n), (Condition(n, "<", total(1, S)),))
    assert proves(total(1, S) - n, ">", domain)
    assert not proves(total(1, S) - 2 * n, ">", domain)


def test_divisions_inside_of_sums_are_looked_at() -> None:
    assert defined(total(1 / (lam + tau), S), Domain((S, tau))) is None
    guilty = defined(total(1 / (lam - tau), S), Domain((S, tau)))
    assert guilty is not None
    assert guilty.lhs == lam - tau


# -- claims ---------------------------------------------------------------------------------------------------


def test_a_sum_bound_is_proved_term_by_term() -> None:
    result = check(
        tau * total(1 / lam, S),
        ">",
        total(1, S) - n,
        Derivation(tau * total(1 / lam, S)).bound(">", total(1, S) - n, by=-total(tau**2 / lam / (lam + tau), S)),
        given=(FIXED,),
    )
    assert [f.verdict for f in result.findings] == [Verdict.PROVED, Verdict.AGREES], result


def test_a_false_sum_bound_is_refuted_with_a_spectrum() -> None:
    result = check(
        tau * total(1 / lam, S), "<", total(1, S), Derivation(tau * total(1 / lam, S)).bound("<", total(1, S))
    )
    assert [f.verdict for f in result.findings] == [Verdict.REFUTED, Verdict.REFUTED]
    assert "lam_t=" in result.findings[1].summary


def test_derivatives_pass_under_the_sum() -> None:
    left = sp.Derivative(total(u, S), tau)
    right = -total(lam / (lam + tau) ** 2, S)
    result = check(left, "=", right, Derivation(left).differentiate())
    assert [f.verdict for f in result.findings] == [Verdict.PROVED, Verdict.AGREES], result


def test_mutants_reach_into_the_summand() -> None:
    found = mutants(total(lam * zeta**2, S))
    assert total(lam * tau**3 / (lam + tau) ** 2, S) in found
    assert len(found) > 8
    assert all(isinstance(f, (Total, sp.Mul, sp.Add)) for f in found)


# -- points, text, LaTeX, numbers -----------------------------------------------------------------------------


def test_a_spectrum_is_given_as_levels() -> None:
    domain = Domain((S, tau))
    point = domain.check({S: [(1, 3, 0), (8, sp.Rational(5, 3), 1)], tau: 1})
    assert total(u, S).xreplace(point) == sp.Rational(3, 4) + 5
    for bad in ("1x2", 3, [], [(0, 1, 1)], [(1, 1)], [(1, -1, 1)]):
        with pytest.raises(DomainError, match="S_t"):
            domain.check({S: bad, tau: 1})


def test_drawn_levels_are_admissible() -> None:
    domain = Domain((KEEP,))
    rng = np.random.default_rng(0)
    for scale in (1, 12, 10**6):
        for _ in range(40):
            levels = domain.sample(rng, scale)[KEEP]
            assert isinstance(levels, LevelTable)
            assert domain.contains({KEEP: levels})
            assert all(0 <= p[m] <= 1 and p[lam] > 0 for p in levels.points())


def test_text_is_read_back() -> None:
    line = n * total(lam * zeta**2 * b**2, S) / (1 + total(sp.Min(1, u), S))
    assert read_formula(write_formula(line), (S, n, tau)) == line
    with pytest.raises(FormulaError, match="no spectrum"):
        read_formula("total(n_t, n_t)", (S, n))
    with pytest.raises(FormulaError, match="number of arguments"):
        read_formula("total(n_t)", (S, n))


def test_latex_sums_over_i() -> None:
    assert latex(total(lam * b**2, S)) == r"\sum_i b_i^{2} \lambda_i"
    assert latex(2 * total(lam + b, S)).startswith(r"2 ")
    assert r"\sum_i \left(" in latex(total(lam + b, S)) or r"\sum_i (" in latex(total(lam + b, S))


def test_numbers_of_a_float_spectrum() -> None:
    levels = {"lam_t": np.array([1.0, 2.0]), "b_t": np.array([3.0, 1.0])}
    assert summed(total(lam * b**2, S), {"S_t": levels}) == 11.0
    assert summed(total(1, S), {"S_t": levels}) == 2.0
    assert summed(total(u, S), {"S_t": levels, "tau_t": 1.0}) == pytest.approx(0.5 + 2 / 3, rel=1e-15)


def test_what_is_no_spectrum_is_refused() -> None:
    with pytest.raises(ValueError, match="no spectrum"):
        total(lam, tau)
    with pytest.raises(ValueError, match="vary"):
        any_spectrum("empty_t", "nothing")


def test_macros_of_sums_are_read_back_where_the_paper_is_unknown() -> None:
    code = (
        "from w2s_sym.report.latex.macros import read_back; import sys;"
        "print(next(iter(read_back(sys.stdin.read()).values())))"
    )
    claim = Claim("toy", "A toy.", Compare(total(u, S), "<", total(1, S)), Domain((S, tau)), SOURCE, (Precision(),))
    ran = subprocess.run(
        [sys.executable, "-c", code], input=macros("toy", [claim]), capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == str(claim.statement)
    assert read_back(macros("toy", [claim])) == {"toy/toy": claim.statement}


def test_a_letter_cannot_vary_and_be_a_number_at_once() -> None:
    stated = Compare(total(u, S), "<", total(1, S) + lam)
    with pytest.raises(ClaimError, match="another letter"):
        Claim("toy", "A toy.", stated, Domain((S, tau, lam)), SOURCE, (Precision(),))
    with pytest.raises(ClaimError, match="not in the domain"):
        Claim("toy", "A toy.", stated, Domain((S, tau)), SOURCE, (Precision(),))


def test_spectra_of_one_name_and_other_letters_are_not_the_same() -> None:
    other = any_spectrum("S_t", "the spectrum", lam)
    assert other != S
    assert any_spectrum("S_t", "the spectrum", lam, b) == S
    assert hash(any_spectrum("S_t", "the spectrum", lam, b)) == hash(S)
    assert not identical(total(lam, other), total(lam, S))
    bounded = any_spectrum("K_t", "the spectrum with a mask", lam, m)
    assert bounded != KEEP


def test_a_spectrum_survives_pickling() -> None:
    line = total(u, KEEP) + total(b, S)
    again = pickle.loads(pickle.dumps(line))
    assert again == line
    assert again.xreplace({tau: 1}).free_symbols == {KEEP, S}


z = symbol("z_t", "a real number", real=True)


@pytest.mark.parametrize(
    ("lhs", "rhs"),
    [
        (z**2, sp.Integer(0)),
        ((z - 7 * tau) ** 2 / (z**2 + tau**2), sp.Integer(0)),
        (total(lam * b**2, S), sp.Integer(0)),
        (total((lam - tau) ** 2, S), sp.Integer(0)),
        (total((lam - 7 * tau) ** 2 / (lam + tau) ** 2, S), sp.Integer(0)),
        (total(1, S) / 4, total(lam * tau / (lam + tau) ** 2, S)),
    ],
)
def test_a_strict_bound_that_is_touched_is_refuted(lhs: sp.Expr, rhs: sp.Expr) -> None:
    made = Claim("toy", "A toy.", Compare(lhs, ">", rhs), Domain((S, z, tau)), SOURCE, (Precision(),))
    assert verify(made).findings[0].verdict is Verdict.REFUTED
    weak = Claim("toy", "A toy.", Compare(lhs, ">=", rhs), Domain((S, z, tau)), SOURCE, (Precision(),))
    assert verify(weak).findings[0].verdict is Verdict.AGREES


def test_the_number_of_eigenvalues_prints_as_one() -> None:
    assert latex(total(1, S) - n).startswith(r"|S_{t}| - ") or latex(total(1, S) - n).startswith("|S_t| - ")
