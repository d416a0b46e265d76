"""What Coq accepts of a user's claims, and that it accepts no false one when nothing else looks."""

from __future__ import annotations

import pickle
from dataclasses import replace

import pytest
import sympy as sp

from tests.coq.coq_files import COQ, needs_coq
from w2s_sym import (
    Asymptotic,
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Equation,
    Iff,
    Precision,
    Quantity,
    Sample,
    Setting,
    Source,
    any_spectrum,
    fixed,
    gaussian,
    letters,
    symbol,
    total,
    tr,
)
from w2s_sym.claims.run import NoMemory
from w2s_sym.coq.axioms import ALLOWED
from w2s_sym.coq.development import files_of, given_facts
from w2s_sym.coq.judge import Opinion, Reply, assumptions, opinions, told_assumptions, write
from w2s_sym.papers.judging import judged
from w2s_sym.papers.ledger import verify_all
from w2s_sym.papers.loading import Entry, Paper
from w2s_sym.report.ledger_text import closing_line

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
x, y, r = symbol("x", "a number", positive=True), symbol("y", "a number"), symbol("r", "an exponent", positive=True)
lam = symbol("lam", "an eigenvalue", r"\lambda_i", positive=True)
S = any_spectrum("S", "a spectrum below one", lam, conditions=(Condition(lam, "<", 1),))
T = any_spectrum("T", "a spectrum", lam)


def claim(
    name: str,
    statement: Compare | Iff | Asymptotic,
    domain: Domain,
    chain: Derivation,
    given: tuple[Equation, ...] = (),
) -> Claim:
    return Claim(name, "A toy.", statement, domain, SOURCE, (chain,), given=given)


def bound(name: str, left: sp.Expr, relation: str, right: sp.Expr, domain: Domain, by: sp.Expr | None = None) -> Claim:
    return claim(name, Compare(left, relation, right), domain, Derivation(left).bound(relation, right, by=by))


# Powers of 1 - x/top, for x below top, and of a quotient in whose parts there are powers.
top = symbol("top", "a larger number", positive=True)
BELOW = Domain((x, top, r), (Condition(x, "<", top),))
NESTED = (1 + x) ** r / (1 + (1 + x) ** r)
# A number that an equation defines, and one that is the mean of a random quantity.
z = symbol("z", "a number that an equation defines", positive=True)
X, sigma = gaussian("X", letters.n, letters.d_w), fixed("Sigma", letters.d_w, letters.d_w, symmetric=True)
SECOND_MOMENT = Quantity(z, "a mean", tr(X.T @ X), Setting((Sample.of(letters.n, (X,), {(X, X): sigma}),), ()))
MEAN = Claim("mean", "A toy.", Compare(SECOND_MOMENT, "=", x + 1), Domain((x,)), SOURCE, (Precision(),))


def inverse_before(t: sp.Symbol) -> Claim:
    shifted = Equation(z, z - t - 1)
    return claim(f"inverse_{t}", Compare(1 / (z - 1), "=", 1 / t), Domain((t,)), Derivation(1 / (z - 1)), (shifted,))


def over_the_mean(name: str, right: sp.Expr) -> Claim:
    chain = Derivation(1 / z).apply(MEAN)
    return claim(name, Compare(1 / z, "=", right), Domain((x,)), chain, (Equation(z, z - x - 1),))


def root_of_a_square(*conditions: Condition) -> Claim:
    line = sp.sqrt(z)
    square = Equation(z, z - x * (x - 2) ** 2)
    end = (2 - x) * sp.sqrt(x)
    return claim(
        f"root_{len(conditions)}", Compare(line, "=", end), Domain((x,), conditions), Derivation(line), (square,)
    )


m = symbol("m", "a large integer", integer=True, positive=True)


def far_out(t: sp.Symbol, limit: sp.Expr) -> Claim:
    line = (x * m + 1) / (x * m - 2)
    domain = Domain((x, t, m) if t != x else (x, m), (Condition(x * m, ">", 2), Condition(t * m, ">", 3 * x)))
    return claim(f"far_out_{t}_{limit}", Asymptotic(line, limit, m), domain, Derivation(line).limit(m))


c, b = symbol("c", "a number", nonnegative=True), symbol("b", "a number", nonnegative=True)


def between(*conditions: Condition) -> Claim:
    domain = Domain((c, b, x), (Condition(c, "<=", b), Condition(b, "<=", 1), *conditions))
    return bound(f"between_{len(conditions)}", sp.Integer(0), "<", c + x * (b - c), domain, c + x * (b - c))


# An equation whose root lies between two ends; a sum over a spectrum whose terms, taken apart, have poles of their own.
share, level_lam, level_nu = (
    symbol("share", "a share", positive=True),
    symbol("l_1", "", positive=True),
    symbol("l_2", "", positive=True),
)
BOTH = total(1 / ((lam + level_lam) * (lam + level_nu)), T)
APART = total(1 / (lam + level_lam) ** 2, T)


def root_between(name: str, residual: sp.Expr, right: sp.Expr) -> Claim:
    """What an equation says of its root between zero and one."""
    square = Equation(share, residual, bracket=(sp.Integer(0), sp.Integer(1)))
    return claim(name, Compare(share**2, "=", right), Domain((x,)), Derivation(share**2), (square,))


def same_sign_of_sums(name: str, right: sp.Expr) -> Claim:
    """A sum over a spectrum is of one sign with a number that its terms have in common."""
    left = total(x * lam - y * lam, T)
    return claim(
        name,
        Iff(Compare(left, "<", 0), Compare(x, "<", right)),
        Domain((T, x, y)),
        Derivation.same_sign(factor=total(lam, T)),
    )


SENTENCES = ('A "toy.', "A (* toy.", "A toy *) Axiom no : False. (*", '"*) Axiom no : False. (*"')
FALLING = sp.Derivative(total(sp.exp(-y * lam), T), y)
SQUARES = bound("squares_below", total(lam**2, S), "<", total(lam, S), Domain((S,)), total(lam * (1 - lam), S))
q = symbol("q", "a number below one", positive=True)
BELOW_ONE = Condition(q, "<", 1)
CUT, REST = total(lam * sp.Min(1, x / lam), T), total(lam * sp.Max(0, 1 - x / lam), T)
LEARNT, SQUARES_LEARNT = total(lam / (lam + x), T), total((lam / (lam + x)) ** 2, T)
k, w = symbol("k", "the sum of the shares", positive=True), symbol("w", "the sum of their squares", positive=True)
LESS = Condition(w, "<", k)
ONE_MORE, ITS_SQUARE = LEARNT + q / (q + x), SQUARES_LEARNT + (q / (q + x)) ** 2


def rate(name: str, value: sp.Expr) -> Claim:
    """One over the derivative of a sum, in terms of what given equations define along with it."""
    slope = 1 / sp.Derivative(ONE_MORE, x)
    made = claim(name, Compare(slope, "=", value), Domain((T, q, x, k, w), (LESS,)), Derivation(slope).differentiate())
    return replace(made, given=(Equation(k, ONE_MORE - k), Equation(w, ITS_SQUARE - w)))


TRUE = (
    SQUARES,
    bound("larger", x, "<", x + 1, Domain((x,))),
    bound("mean_of_squares", 2 * x * y, "<=", x**2 + y**2, Domain((x, y)), (x - y) ** 2),
    claim("quotient", Compare((x**2 - 1) / (x + 1), "=", x - 1), Domain((x,)), Derivation((x**2 - 1) / (x + 1))),
    claim("powers", Compare(x**r * x, "=", x ** (r + 1)), Domain((x, r)), Derivation(x**r * x)),
    claim(
        "falling",
        Compare(FALLING, "=", -total(lam * sp.exp(-y * lam), T)),
        Domain((T, y)),
        Derivation(FALLING).differentiate(),
    ),
    bound("sine", q, "<", q + sp.sin(sp.pi * q), Domain((q,), (BELOW_ONE,))),
    claim("double", Compare(sp.sin(2 * y), "=", 2 * sp.sin(y) * sp.cos(y)), Domain((y,)), Derivation(sp.sin(2 * y))),
    claim("cut", Compare(CUT, "=", total(lam, T) - REST), Domain((T, x)), Derivation(CUT)),
    bound("larger_part", x, "<", x + sp.Max(x * y, x), Domain((x, y))),
    bound("one_sum", SQUARES_LEARNT, "<", LEARNT, Domain((T, x))),
    rate("rate", -x / (k - w)),
    claim(
        "share",
        Compare((1 - x / top) ** r * top**r, "=", (top - x) ** r),
        BELOW,
        Derivation((1 - x / top) ** r * top**r),
    ),
    claim("nested", Compare(NESTED ** (r + 1), "=", NESTED**r * NESTED), Domain((x, r)), Derivation(NESTED ** (r + 1))),
    claim("same_sign", Iff(Compare(x * y, "<", 0), Compare(y, "<", 0)), Domain((x, y)), Derivation.same_sign()),
    inverse_before(x),
    over_the_mean("over_mean", 1 / (x + 1)),
    root_of_a_square(Condition(x, "<", 2)),
    far_out(x, sp.Integer(1)),
    between(Condition(b, ">", 0)),
    root_between("root_between", share**2 + x * share - x, x - x * share),
    same_sign_of_sums("sums_of_one_sign", y),
    bound("at_levels", BOTH, "<=", BOTH + APART, Domain((T, level_lam, level_nu)), APART),
    *(replace(bound(f"said_{k}", x, "<", x + 1, Domain((x,))), sentence=said) for k, said in enumerate(SENTENCES)),
)
LINEAR = claim(
    "linear", Compare(total(x * lam, T), "=", x * total(lam, T)), Domain((T, x)), Derivation(total(x * lam, T))
)
CUBES = Compare(total(lam**2, T) ** 2 / total(lam**3, T), "=", total(lam, T))
# Written without any check of ours: the statement is false, or has no value somewhere.
FALSE = (
    bound("squares_below_everywhere", total(lam**2, T), "<", total(lam, T), Domain((T,)), total(lam * (1 - lam), T)),
    claim(
        "renamed_spectrum",
        Compare(total(lam**2, T), "<", total(lam, T)),
        Domain((T,)),
        Derivation(total(lam**2, T)).using(SQUARES, "<", total(lam, T), S=T),
    ),
    claim("captured", CUBES, Domain((T,)), Derivation(CUBES.lhs).apply(LINEAR, x=lam).apply(LINEAR, x=lam**2)),
    bound("smaller", x, "<", x / 2, Domain((x,))),
    claim("no_value_at_one", Compare((x**2 - 1) / (x - 1), "=", x + 1), Domain((x,)), Derivation((x**2 - 1) / (x - 1))),
    claim("roots", Compare(sp.sqrt(y**2), "=", y), Domain((y,)), Derivation(sp.sqrt(y**2))),
    claim(
        "rising",
        Compare(FALLING, "=", total(lam * sp.exp(-y * lam), T)),
        Domain((T, y)),
        Derivation(FALLING).differentiate(),
    ),
    bound("sine_everywhere", x, "<", x + sp.sin(sp.pi * x), Domain((x,))),
    claim("double", Compare(sp.sin(2 * y), "=", sp.sin(y) * sp.cos(y)), Domain((y,)), Derivation(sp.sin(2 * y))),
    claim("cut", Compare(CUT, "=", total(lam, T) + REST), Domain((T, x)), Derivation(CUT)),
    bound("larger_part", x, "<", x + sp.Max(x * y, y), Domain((x, y))),
    bound("one_sum", LEARNT, "<", SQUARES_LEARNT, Domain((T, x))),
    rate("rate", -x / k),
    claim(
        "wrong_share",
        Compare((1 - x / top) ** r * top**r, "=", (top + x) ** r),
        BELOW,
        Derivation((1 - x / top) ** r * top**r),
    ),
    claim("one_way", Iff(Compare(y**2, ">", 0), Compare(y, ">", 0)), Domain((y,)), Derivation.same_sign()),
    inverse_before(y),
    over_the_mean("over_another", 1 / x),
    root_of_a_square(),
    far_out(y, sp.Integer(1)),
    far_out(x, sp.Integer(2)),
    between(),
    root_between("no_root_between", share**2 + x * share + x, -x - x * share),
    root_between("another_root_between", share**2 + x * share - x, x + x * share),
    same_sign_of_sums("sums_of_another_sign", -y),
    bound("not_at_levels", BOTH, "<=", BOTH - APART, Domain((T, level_lam, level_nu)), -APART),
    claim("logarithms", Compare(sp.log(y**2), "=", 2 * sp.log(y)), Domain((y,)), Derivation(sp.log(y**2))),
)


@needs_coq
def test_true_claims_are_accepted_with_the_axioms_of_the_reals_alone() -> None:
    assert COQ is not None
    found = opinions(TRUE, COQ, NoMemory())
    assert {name: (o.answer, o.reason) for name, o in found.items() if not o.accepted} == {}
    assert all(o.judge == COQ.name and len(o.digest) == 64 for o in found.values())


@needs_coq
def test_no_false_claim_is_accepted_when_nothing_else_looks() -> None:
    assert COQ is not None
    found = opinions(FALSE, COQ, NoMemory())
    assert len(found) == len(FALSE)
    assert not any(o.accepted for o in found.values())
    assert all(o.reason for o in found.values())


@needs_coq
def test_a_claim_that_rests_on_what_no_worker_can_be_sent_is_judged() -> None:
    class OfThisTest(Precision):
        pass

    below = Claim("below", "A toy.", Compare(x, "<", x + 2), Domain((x,)), SOURCE, (OfThisTest(),))
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(below)
    assert COQ is not None
    (opinion,) = opinions((replace(TRUE[1], rests_on=(below,)),), COQ, NoMemory()).values()
    assert opinion.accepted


@needs_coq
def test_an_assumption_of_ours_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    assert COQ is not None
    from w2s_sym.coq import judge

    honest = judge.file_text

    def cheating(each: Claim) -> str:
        head, statement = honest(each).split("Theorem", 1)
        name = statement.split(" :", 1)[0].strip()
        stated = statement.split("Proof.", 1)[0].rstrip().removesuffix(".")
        return f"{head}Axiom{stated.replace(name, name, 1)}.\nPrint Assumptions {name}.\n"

    monkeypatch.setattr(judge, "file_text", cheating)
    (opinion,) = opinions(TRUE[1:2], COQ, NoMemory()).values()
    assert opinion.answer is Reply.REJECTED
    assert "the theorem assumes toy2026__larger" in opinion.reason


@needs_coq
def test_a_theorem_is_not_accepted_before_coq_says_what_it_assumes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert COQ is not None
    from w2s_sym.coq import judge

    honest = judge.file_text
    ends = {"toy2026/larger": "", "toy2026/mean_of_squares": "(* Print Assumptions toy2026__mean_of_squares. *)"}

    def silent(each: Claim) -> str:
        return f"{honest(each).split('Print Assumptions')[0]}{ends[each.id]}\n"

    monkeypatch.setattr(judge, "file_text", silent)
    found = opinions(TRUE[1:3], COQ, NoMemory())
    assert {name: o.answer for name, o in found.items()} == dict.fromkeys(ends, Reply.REJECTED)
    assert {o.reason for o in found.values()} == {"Coq did not say what the theorem assumes"}


def test_whether_coq_said_what_a_theorem_assumes_is_read_from_what_it_prints() -> None:
    assert told_assumptions("Closed under the global context\n")
    assert told_assumptions("Axioms:\nmine : False\n")
    assert told_assumptions("find_witness Control.TimeoutAxioms:\nmine : False\n")
    assert not told_assumptions("")
    assert not told_assumptions("(* no Axioms: here *)\n")


def test_what_a_theorem_assumes_is_read_from_what_coq_prints() -> None:
    printed = "Axioms:\nClassicalDedekindReals.sig_not_dec : forall P : Prop, {~ ~ P} + {~ P}\nmine\n  : False\n"
    assert assumptions("Closed under the global context\n") == ()
    assert assumptions(printed) == ("ClassicalDedekindReals.sig_not_dec", "mine")
    assert set(assumptions(printed)) - ALLOWED == {"mine"}


def test_what_has_no_words_in_coq_is_told() -> None:
    refused = write(
        claim("g", Compare(sp.gamma(x) + 0 * x, "=", sp.gamma(x + 1) / x), Domain((x,)), Derivation(sp.gamma(x)))
    )
    assert refused.refusal is not None
    assert (refused.refusal.answer, refused.refusal.reason) == (Reply.UNSAID, "gamma is not translated")


def resting_on_a_fact() -> tuple[Claim, Claim, Claim]:
    """A false fact for which only numbers speak, a theorem that rests on it, and one that rests on that theorem."""
    square, small = (x**2 - 2) ** 2, sp.Rational(1, 10**6)  # false close to the root of two, where no number is tried
    fact = Claim("fact", "A toy.", Compare(square, ">", small), Domain((x,)), SOURCE, (Precision(),))
    chain = Derivation(square).using(fact, ">", small, factor=-1).bound(">", 0)
    lemma = claim("lemma", Compare(square, ">", 0), Domain((x,)), chain)
    chain = Derivation(square + x).using(lemma, ">", x, factor=1)  # of rhs - lhs; above, of lhs - rhs
    above = claim("above", Compare(square + x, ">", x), Domain((x,)), chain)
    return fact, lemma, above


@needs_coq
def test_every_page_that_tells_what_coq_accepts_says_what_it_is_given() -> None:
    fact, lemma, above = resting_on_a_fact()
    run = verify_all([Entry(Paper("toys", (lemma, above), "toys", None), c) for c in (lemma, above)], jobs=1)
    told = judged(run, NoMemory())
    for result in told.results:
        assert result.opinion["answer"] == "accepted"
        assert result.opinion["given"] == result.to_json()["coq"]["given"] == [fact.id]
        assert result.opinion["words"] == f"checked by {COQ.name} given toy2026/fact"
        assert "given toy2026/fact" in result.standing.judge
    assert f"{COQ.name} accepts 2 of 2 proofs, 2 of them given toy2026/fact" in closing_line(told)


def test_the_files_of_a_development_say_what_they_are_given() -> None:
    fact, lemma, above = resting_on_a_fact()
    assert "(* given toy2026/fact, which is not proved here *)" in write(above).text
    assert "given" not in write(TRUE[1]).text
    given = given_facts((TRUE[1], lemma, above), {lemma.id: "not tried"})
    assert given == {above.id: fact.id}
    assert "- toy2026/above: given toy2026/fact\n" in files_of({}, {}, given)["README.md"]
    assert "not proved here" not in files_of({}, {}, {})["README.md"]


@needs_coq
def test_what_is_taken_from_a_claim_about_random_matrices_is_told() -> None:
    assert COQ is not None
    (opinion,) = opinions((over_the_mean("over_one_more", 1 / (x + 1)),), COQ, NoMemory()).values()
    assert opinion.accepted
    assert opinion.given == (MEAN.id,)


def test_an_opinion_is_read_back_with_what_it_is_given() -> None:
    opinion = Opinion(Reply.ACCEPTED, "", "Coq 8.16.1", "0" * 64, ("toy2026/fact",))
    assert Opinion.from_record(opinion.to_record()) == opinion
    with pytest.raises(KeyError):  # an answer of a version that did not say it is asked again
        Opinion.from_record({k: v for k, v in opinion.to_record().items() if k != "given"})
