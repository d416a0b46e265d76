"""Formulas that are an estimator's limit are proved, given the gate rule; false ones and wrong readings are not."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derivations.classics import resolvents
from derivations.classics.designs import designs as drawn
from derivations.classics.designs import target_risk
from derivations.ildiz2025.letters import BELOW_ONE, BELOW_RANK, GIVEN, Omega, S, b, lam, n, sigma2, tau
from derivations.ildiz2025.random_designs.estimators import DIAGONAL, standard
from derivations.ildiz2025.random_designs.one_stage import STANDARD, SURROGATE
from derivations.ildiz2025.random_designs.two_stages import ORDER
from w2s_sym import (
    Claim,
    ClaimError,
    Compare,
    Condition,
    Domain,
    Equation,
    Finding,
    Mean,
    Simulation,
    Verdict,
    any_spectrum,
    equivalents,
    symbol,
    total,
    verify,
)
from w2s_sym.claims.description import claim_digest
from w2s_sym.claims.run import Run
from w2s_sym.equivalents.claim_draws import ResidueDraws
from w2s_sym.equivalents.claim_points import Reading
from w2s_sym.equivalents.from_estimator import GATE_RULE, FromEstimator
from w2s_sym.equivalents.hypotheses import missing_hypotheses
from w2s_sym.equivalents.level_points import LevelPoint
from w2s_sym.equivalents.scalars import EngineError
from w2s_sym.equivalents.simulate import draws_of_risk
from w2s_sym.formula.mutants import candidates
from w2s_sym.formula.totals import Total

PAGE = Path(__file__).resolve().parents[2] / "docs" / "adding-evidence.md"
SIMULATED, DERIVED = STANDARD.evidence
assert isinstance(SIMULATED, Simulation)
assert isinstance(DERIVED, FromEstimator)
formula = STANDARD.statement.rhs


def stated(right: sp.Expr, **more: Any) -> Claim:
    """The claim on the standard risk with another right side, or other fields."""
    return replace(STANDARD, statement=Compare(STANDARD.statement.lhs, "=", right), rivals=(), **more)


def found(claim: Claim, evidence: FromEstimator = DERIVED) -> Finding:
    """What the evidence finds of the claim, which has it beside its own simulation."""
    return evidence.check(replace(claim, evidence=(claim.evidence[0], evidence)), Run())


def test_a_true_formula_is_proved_given_the_gate_rule() -> None:
    finding = found(STANDARD)
    assert finding.verdict is Verdict.PROVED
    assert finding.refuted == (0, 1, 2, 3)
    assert finding.needs == ()
    assert DERIVED.rules == (GATE_RULE,)
    # The equation that the core is read from is among the lines that are shown.
    assert any("tr(Sigma Q1)" in line for line in finding.detail["lines"])


@pytest.mark.parametrize(
    "wrong",
    [
        2 * formula,
        formula + sigma2,
        formula.xreplace({Omega: Omega**2}),
        formula.xreplace({tau: 2 * tau}),
        formula * n / (n + 1),
        # No number stands for the number of eigenvalues, and none for that of directions.
        *(formula + sigma2 * (total(1, S) - k) for k in range(5, 10)),
    ],
)
def test_a_false_formula_is_refuted(wrong: sp.Expr) -> None:
    assert found(stated(wrong)).verdict is Verdict.REFUTED


@pytest.mark.parametrize("claim", [STANDARD, resolvents.TWO_POINT], ids=lambda c: c.name)
def test_each_change_of_one_node_is_refuted(claim: Claim) -> None:
    (evidence,) = (item for item in claim.evidence if isinstance(item, FromEstimator))
    mutants = tuple(candidates(claim.statement.rhs))
    assert len(mutants) > 30
    for mutant in mutants:
        changed = replace(claim, statement=Compare(claim.statement.lhs, "=", mutant), rivals=())
        assert found(changed, evidence).verdict is Verdict.REFUTED, mutant


def other_estimators() -> dict[str, equivalents.Equivalent]:
    """Estimators whose risks are not the standard risk, in the same letters."""
    n_, p_ = equivalents.sizes("n p")
    Sigma, beta = equivalents.covariance("Sigma", p_), equivalents.truth("beta", p_)
    X, noise = equivalents.design("X", n_, Sigma), equivalents.noise("sigma2", n_)
    fit = equivalents.min_norm(X, X @ beta + noise)
    return {
        "another test covariance": equivalents.excess_risk(fit, beta, under=equivalents.identity(p_)),
        "twice the noise": equivalents.excess_risk(equivalents.min_norm(X, X @ beta + noise * 2), beta, under=Sigma),
        "half of the estimate": equivalents.excess_risk(fit / 2, beta, under=Sigma),
        "its own predictions": equivalents.excess_risk(
            equivalents.min_norm(X, X @ fit + equivalents.noise("sigma2", n_)), beta, under=Sigma
        ),
    }


@pytest.mark.parametrize("what", other_estimators())
def test_the_risk_of_another_estimator_is_not_the_formula(what: str) -> None:
    assert found(STANDARD, replace(DERIVED, risk=other_estimators()[what])).verdict is Verdict.REFUTED


@pytest.mark.parametrize("beta", [2 * b, lam * b, tau * b])
def test_a_truth_that_is_read_wrongly_is_refuted(beta: sp.Expr) -> None:
    assert found(STANDARD, replace(DERIVED, matrices={"Sigma": lam, "beta": beta})).verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"core": {"tr(Sigma Q1)": tau}}, "does not solve the equations of the estimator"),
        ({"matrices": {"Sigma": 2 * lam, "beta": b}}, "does not solve the equations of the estimator"),
        ({"core": {}}, "core does not determine the fixed point"),
        ({"core": {"tr(Sigma Q7)": n * tau}}, r"the equations have no tr\(Sigma Q7\); say what .* 1/m1 = 1 - n"),
        ({"matrices": {"Sigma": lam}}, "matrices says nothing of beta"),
        ({"matrices": {"Sigma": lam, "beta": sp.sin(b)}}, "is no sum, product or integer power"),
        ({"numbers": {"n": symbol("k", "a number", positive=True)}}, "k has no value"),
    ],
)
def test_a_reading_that_does_not_fit(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        found(STANDARD, replace(DERIVED, **change))


def test_numbers_may_have_other_names_in_the_claim() -> None:
    v = symbol("v", "a variance", nonnegative=True)
    shape = SIMULATED.shape
    assert shape is not None
    renamed = replace(SIMULATED, shape=lambda point, size: {**shape(point, size), "v": shape(point, size)["sigma2"]})
    domain = Domain((S, tau, n, Omega, v), (BELOW_RANK, BELOW_ONE))
    claim = stated(formula.xreplace({sigma2: v}), domain=domain, evidence=(renamed,))
    assert found(claim, replace(DERIVED, numbers={"sigma2": v})).verdict is Verdict.PROVED
    assert found(claim, replace(DERIVED, numbers={"sigma2": 2 * v})).verdict is Verdict.REFUTED


# -- the physical branch ------------------------------------------------------------------------------------------


def resolvent_of_a_spectrum(sign: int) -> tuple[Claim, FromEstimator]:
    """(1/p) tr (S + l I)^{-1}, stated by a root m = sign k of its equation; the physical one is positive."""
    n_, p_ = equivalents.sizes("n p")
    X = equivalents.design("X", n_, equivalents.covariance("Sigma", p_))
    inverse = equivalents.inverse(X.T @ X / n_ + equivalents.parameter("l") * equivalents.identity(p_))
    k, ridge = (symbol(name, name, positive=True) for name in "kl")
    spectrum = any_spectrum("S", "the spectrum", lam)
    m = sign * k
    inside = 1 / (ridge + m * lam)

    def shape(point: Any, size: int) -> dict[str, Any]:
        levels = np.repeat([2.0, 1.0], size)
        m = 0.5
        for _ in range(200):
            m = 1 / (1 + float(np.sum(levels / (1 + m * levels))) / size)
        return {"S": {"lam": levels}, "n": size, "k": sign * m, "l": 1.0}

    def experiment(rng: np.random.Generator, point: Any, size: int, draws: int) -> np.ndarray:
        x = rng.standard_normal((draws, size, 2 * size)) * np.sqrt(point["S"]["lam"])
        return np.trace(np.linalg.inv(x.swapaxes(1, 2) @ x / size + np.eye(2 * size)), axis1=1, axis2=2) / (2 * size)

    claim = replace(
        STANDARD,
        name="trace_of_a_resolvent",
        statement=Compare(
            Mean(symbol("G", "a mean", real=True), "a mean"), "=", total(inside, spectrum) / total(1, spectrum)
        ),
        domain=Domain((spectrum, k, ridge, n)),
        evidence=(Simulation(experiment, sizes=(4, 8, 16), shape=shape),),
        given=(Equation(k, m * (1 + total(lam * inside, spectrum) / n) - 1),),
        rivals=(),
    )
    return claim, FromEstimator(
        equivalents.mean_trace(equivalents.identity(p_) / p_, inverse), {"Sigma": lam}, {"m1": m}
    )


def test_another_root_of_the_same_equations_is_not_the_branch() -> None:
    """Modulo a prime all roots are one variety: only the numbers tell them apart."""
    assert found(*resolvent_of_a_spectrum(1)).verdict is Verdict.PROVED
    finding = found(*resolvent_of_a_spectrum(-1))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert not finding.supports


def test_a_root_that_is_not_physical_is_told_in_floats() -> None:
    claim, evidence = resolvent_of_a_spectrum(-1)
    assert "on the physical branch the formula is off by" in found(claim, evidence).summary


# -- what the mean is of ------------------------------------------------------------------------------------------


def risks_of(change: Callable[[np.ndarray], np.ndarray]) -> Claim:
    """The claim on the standard risk, beside a simulation whose draws are changed."""

    def experiment(rng: np.random.Generator, point: Any, size: int, draws: int) -> np.ndarray:
        held = point["S"]
        made = drawn(rng, held["lam"], size, draws)
        return change(target_risk(made, held["lam"], held["b"], held["b"], point["sigma2"]))

    return replace(STANDARD, evidence=(replace(SIMULATED, experiment=experiment),))


def test_a_mean_that_is_not_the_estimators_is_not_proved() -> None:
    assert found(risks_of(lambda risks: risks)).verdict is Verdict.PROVED
    finding = found(risks_of(lambda risks: 1.1 * risks))
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "the simulation draws the mean of another estimator" in finding.summary


def test_a_simulation_of_other_letters_is_not_this_one() -> None:
    shape = SIMULATED.shape
    assert shape is not None
    noisier = replace(SIMULATED, shape=lambda point, size: {**shape(point, size), "Omega": 0.5})
    assert noisier.shape is not None
    with pytest.raises(ClaimError, match="the shape misses"):
        found(replace(STANDARD, evidence=(noisier,)))
    # A point at which the estimator has another value than the formula.
    values = replace(
        ORDER.evidence[1], values=lambda point, size: {**ORDER.evidence[1].values(point, size), "sigma2": 9.0}
    )
    finding = found(ORDER, values)
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "where the simulation draws, the formula is" in finding.summary


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "theorem"}, "an estimator's equivalent is a limit"),
        ({"witness": {tau: 1}}, "an estimator's equivalent is a limit"),
        ({"statement": Compare(STANDARD.statement.lhs, "<=", formula)}, "a mean that equals a formula"),
        ({"statement": Compare(total(lam, S), "=", formula)}, "a mean that equals a formula"),
    ],
)
def test_statements_that_it_is_not_about(change: dict[str, Any], words: str) -> None:
    with pytest.raises(ClaimError, match=words):
        replace(STANDARD, **change)


def test_without_a_simulation_nothing_says_what_the_mean_is() -> None:
    with pytest.raises(ClaimError, match="nothing says which estimator the mean is of"):
        replace(STANDARD, evidence=(DERIVED,))
    with pytest.raises(ClaimError, match="give values=function"):
        replace(ORDER, evidence=(ORDER.evidence[0], replace(ORDER.evidence[1], values=None)))


# -- what the theorem needs ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "need"),
    [
        ({"domain": Domain((S, tau, n, Omega, sigma2), (BELOW_ONE,))}, "n < Total(1, S)"),
        (
            {"domain": Domain((S, tau, n, Omega, sigma2), (Condition(n, "<=", total(1, S)), BELOW_ONE))},
            "n < Total(1, S)",
        ),
    ],
)
def test_sizes_must_be_apart_on_the_domain(change: dict[str, Any], need: str) -> None:
    finding = found(replace(STANDARD, **change))
    assert finding.verdict is Verdict.PROVED
    assert [re.sub(r"total|Total", "Total", text) for text in finding.needs] == [need]
    assert not finding.supports


def with_letter(e: sp.Expr, old: sp.Symbol, new: sp.Symbol, over: sp.Symbol | None = None) -> sp.Expr:
    """The formula with another letter, inside of sums too, and with sums over another spectrum."""
    sums = {t: total(with_letter(t.summand, old, new), over or t.over) for t in e.atoms(Total)}
    return e.xreplace(sums).xreplace({old: new})


def test_eigenvalues_must_be_positive_where_there_is_no_ridge() -> None:
    """An eigenvalue that may be zero leaves a rank below the number of eigenvalues."""
    maybe = symbol("lam", "an eigenvalue", nonnegative=True)
    over = any_spectrum("S", "a spectrum", maybe, b)
    claim = stated(
        with_letter(formula, lam, maybe, over),
        domain=Domain((over, tau, n, Omega, sigma2), (Condition(n, "<", total(1, over)), BELOW_ONE)),
        given=tuple(Equation(e.unknown, with_letter(e.residual, lam, maybe, over)) for e in GIVEN),
    )
    assert found(claim, replace(DERIVED, matrices={"Sigma": maybe, "beta": b})).needs == ("lam > 0",)


def test_a_ridge_must_be_positive_and_a_size_must_grow() -> None:
    claim, evidence = resolvent_of_a_spectrum(1)
    assert found(claim, evidence).needs == ()
    ridge = next(s for s in claim.domain.symbols if s.name == "l")
    maybe = symbol("l", "a ridge", nonnegative=True)
    wider = replace(
        claim,
        statement=Compare(claim.statement.lhs, "=", with_letter(claim.statement.rhs, ridge, maybe)),
        domain=Domain(tuple(maybe if s == ridge else s for s in claim.domain.symbols)),
        given=tuple(Equation(e.unknown, with_letter(e.residual, ridge, maybe)) for e in claim.given),
    )
    assert found(wider, evidence).needs == ("l > 0",)
    fixed = Reading(evidence.risk.derived.book, {"Sigma": lam}, {"n": sp.Integer(7)})
    assert "n grows" in missing_hypotheses(claim, evidence.risk.derived, fixed)


@pytest.mark.parametrize(
    ("between", "need"), [(1, ()), (sp.Rational(3, 2), ("a joint covariance of a, b: -lam**2/4 >= 0",))]
)
def test_blocks_of_one_sample_need_a_joint_covariance(between: sp.Expr, need: tuple[str, ...]) -> None:
    n_, p_ = equivalents.sizes("n p")
    A, B, C = (equivalents.covariance(name, p_) for name in "ABC")
    X, Z = equivalents.designs(("a", "b"), n_, {("a", "a"): A, ("b", "b"): B, ("a", "b"): C})
    inner = equivalents.inverse(X.T @ X / n_ + equivalents.parameter("tau") * equivalents.identity(p_))
    risk = equivalents.mean_trace(equivalents.identity(p_), inner @ (X.T @ Z) / n_)
    reading = Reading(risk.derived.book, {"A": lam, "B": 2, "C": between * sp.S.One})
    there = Reading(risk.derived.book, {"A": lam, "B": 2 * lam, "C": between * lam})
    assert missing_hypotheses(STANDARD, risk.derived, there) == need
    assert missing_hypotheses(STANDARD, risk.derived, reading) != ()


# -- what an author cannot change ---------------------------------------------------------------------------------


def test_the_gate_rule_cannot_be_left_out() -> None:
    evidence = replace(DERIVED, rule="gaussian/steins_identity")
    assert evidence.rules == (GATE_RULE, "gaussian/steins_identity")
    claim = replace(STANDARD, evidence=(SIMULATED, evidence))
    assert set(claim.rests_on_ids) >= {GATE_RULE, "gaussian/steins_identity"}


def test_a_finding_may_be_kept_as_all_of_the_evidence_has_a_description() -> None:
    assert claim_digest(STANDARD) == claim_digest(replace(STANDARD))
    others = (
        replace(DERIVED, core={"tr(Sigma Q1)": tau}),
        replace(DERIVED, risk=other_estimators()["twice the noise"]),
    )
    digests = {claim_digest(replace(STANDARD, evidence=(SIMULATED, item))) for item in (DERIVED, *others)}
    assert len(digests) == 3


def test_a_changed_value_of_the_equivalent_is_derived_again() -> None:
    terms = tuple(replace(t, value={m: 2 * q for m, q in t.value.items()}) for t in standard.derived.terms)
    forged = equivalents.Equivalent(replace(standard.derived, terms=terms, needs=()))
    assert found(stated(2 * formula), replace(DERIVED, risk=forged)).verdict is Verdict.REFUTED
    assert found(STANDARD, replace(DERIVED, risk=forged)).verdict is Verdict.PROVED


# -- matrices that do not commute ---------------------------------------------------------------------------------


@pytest.mark.parametrize("claim", [ORDER, resolvents.TWO_POINT], ids=lambda c: c.name)
def test_each_swap_of_factors_is_refuted(claim: Claim) -> None:
    evidence = claim.evidence[1]
    assert isinstance(evidence, FromEstimator)
    assert found(claim, evidence).verdict is Verdict.PROVED
    for rival in claim.rivals:
        swapped = replace(claim, statement=Compare(claim.statement.lhs, "=", rival), rivals=())
        assert found(swapped, evidence).verdict is Verdict.REFUTED


def test_a_given_equation_must_hold_with_what_letters_are_traces_of() -> None:
    claim = replace(resolvents.ONE_POINT, given=(Equation(resolvents.mu1, resolvents.mu1 - resolvents.q),))
    evidence = claim.evidence[1]
    assert isinstance(evidence, FromEstimator)
    with pytest.raises(ClaimError, match="does not hold with what the derivation says"):
        found(claim, evidence)


def test_a_definite_covariance_has_an_inverse_and_no_eigenvalue_zero() -> None:
    n_, p_ = equivalents.sizes("n p")
    X = equivalents.design("X", n_, equivalents.identity(p_))
    M = equivalents.covariance("M", p_, definite=True)
    risk = equivalents.mean_trace(M, equivalents.inverse(X.T @ X / n_ + M))
    assert float(risk.on(M=[1.0, 2.0], n=4)) > 0
    with pytest.raises(EngineError, match="M has the eigenvalue 0: it was named as definite"):
        risk.on(M=[1.0, 0.0], n=4)
    with pytest.raises(EngineError, match="it was named as definite"):
        risk.at(M=np.diag([1.0, 0.0]), n=4)
    with pytest.raises(EngineError, match="has no definite term"):
        equivalents.inverse(X.T @ X / n_ + equivalents.covariance("N", p_))


# -- parts --------------------------------------------------------------------------------------------------------


def test_points_modulo_the_prime_are_on_the_given_equations() -> None:
    point = LevelPoint(SURROGATE, Reading(standard.derived.book, DIAGONAL), ResidueDraws("a seed"))
    for equation in SURROGATE.given:
        assert int(point.value(equation.residual)) == 0
    assert int(point.value(SURROGATE.statement.rhs)) != 0


def test_sums_modulo_the_prime_have_random_weights() -> None:
    point = LevelPoint(STANDARD, Reading(standard.derived.book, DIAGONAL), ResidueDraws("a seed"))
    (held,) = point.weights
    assert len(set(map(int, point.weights[held]))) == len(point.weights[held])
    assert int(point.value(total(1, S))) not in range(20)


def test_draws_of_an_estimator_have_its_mean() -> None:
    """Least squares with identity covariance: the variance is p/(n - p - 1), exactly."""
    n_, p_ = equivalents.sizes("n p")
    X, beta = equivalents.design("X", n_, equivalents.identity(p_)), equivalents.truth("beta", p_)
    labels = X @ beta + equivalents.noise("s", n_)
    risk = equivalents.excess_risk(equivalents.least_squares(X, labels), beta, under=equivalents.identity(p_))
    values = {"beta": np.ones(4), "n": 20, "s": 3.0}
    draws = draws_of_risk(risk.derived, values, 20_000, np.random.default_rng(3))
    assert draws.shape == (20_000,)
    error = draws.std() / len(draws) ** 0.5
    assert abs(draws.mean() - 3 * 4 / 15) < 4.9 * error
    assert error < 0.01


def test_a_course_has_a_point_for_each_size_and_the_right_side_there() -> None:
    course = SIMULATED.course(STANDARD, Run())
    assert [point["n"] for point, _ in course] == [4, 8, 16, 32]
    point, right = course[0]
    lam_, b_, t = point["S"]["lam"], point["S"]["b"], point["tau"]
    zeta = t / (lam_ + t)
    omega = np.sum((1 - zeta) ** 2) / 4
    expected = (np.sum(lam_ * zeta**2 * b_**2) + omega * point["sigma2"]) / (1 - omega)
    assert right == pytest.approx(expected, rel=1e-12)
    again = SIMULATED.course(STANDARD, Run(), 1)[0][0]
    assert not np.array_equal(again["S"]["lam"], lam_)
    with pytest.raises(ClaimError, match="a simulation at one size has no course"):
        Simulation(lambda rng, point, draws: rng.standard_normal(draws)).course(STANDARD, Run())


def test_the_example_for_authors_is_proved() -> None:
    names: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[1], names)
    result = verify(names["CLAIM"])
    assert [f.verdict for f in result.findings] == [Verdict.AGREES, Verdict.PROVED]
    assert result.holds
    assert result.standing.axioms == (GATE_RULE,)
