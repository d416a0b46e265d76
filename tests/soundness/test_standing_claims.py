"""No claim holds on the strength of one that does not, and PROVED is said only beside what the proof is given."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

sys.path.insert(0, str(Path(__file__).parent))
import verdicts_cases
from adversary import Measured, Outcome, measure

from w2s_sym import (
    Claim,
    Compare,
    Condition,
    Derivation,
    Domain,
    Evidence,
    Finding,
    Precision,
    Quantity,
    Sample,
    Setting,
    Simulation,
    Source,
    Verdict,
    any_spectrum,
    gaussian,
    identity,
    letters,
    pinv,
    symbol,
    total,
    tr,
    verify,
)
from w2s_sym.claims import foundations, results
from w2s_sym.claims.description import same_claim
from w2s_sym.claims.results import Result
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import ClaimError, Mean
from w2s_sym.papers.ledger import LedgerRun, verify_all
from w2s_sym.papers.loading import Entry, Paper, UsageError

pytest_plugins = ["pytester"]
COUNT = 450
x = symbol("x", "a number", positive=True)
SOURCE = Source("toy", "A. Author", "Toys", 2026)


def less(name: str, left: sp.Expr, right: sp.Expr, *evidence: Evidence, **more: Any) -> Claim:
    """The claim left < right for all x > 0, by the sign of the difference unless it has other evidence."""
    given = evidence or (Derivation(left).bound("<", right),)
    return Claim(name, f"{left} < {right}.", Compare(left, "<", right), Domain((x,)), SOURCE, given, **more)


TRUE = less("lemma", x, x + 1)
FALSE = less("lemma", x, x / 2)
FROM_FALSE = less("false", x, x / 2, Derivation(x).using(FALSE, "<", x / 2))
AGREED = less("agreed", x, x + 2, Precision())
FROM_AGREED = less("from_agreed", x, 2 * x + 4, Derivation(x).using(AGREED, "<", x + 2).bound("<", 2 * x + 4))


def ledger(*claims: Claim, listed: tuple[Claim, ...] | None = None, **options: Any) -> LedgerRun:
    paper = Paper("toy.py", listed if listed is not None else claims, "toy", None)
    return verify_all([Entry(paper, c) for c in claims], jobs=1, **options)


# -- the generator --------------------------------------------------------------------------------------------


def test_no_claim_of_a_random_graph_holds_on_the_strength_of_a_false_one() -> None:
    found = measure(verdicts_cases.cases, 20261128, COUNT)
    assert found.wrong == []
    assert found.tried == COUNT
    true = sum(n for (_, true, _), n in found.counts.items() if true)
    held = sum(n for (_, true, became), n in found.counts.items() if true and became is Outcome.HOLDS)
    assert held == true > COUNT / 5
    for rule in ("one id", "circle"):
        assert {became for (name, _, became) in found.counts if name == rule} == {Outcome.REFUSED}
    assert sum(n for (name, _, _), n in found.counts.items() if name == "false beneath") > COUNT / 10


@pytest.mark.parametrize("seed", range(40))
def test_the_word_and_the_axioms_are_those_of_the_graph(seed: int) -> None:
    graph = verdicts_cases.graph(np.random.default_rng(seed), 0)
    result, last = verify(graph.last()), graph.nodes[-1]
    assert result.holds
    assert result.standing.verdict == ("PROVED" if last.proves else "AGREES")
    assert result.standing.axioms == graph.axioms
    assert result.standing.unseen == ()


@pytest.mark.parametrize("seed", range(12))
def test_the_ledger_says_the_same_as_verify(seed: int) -> None:
    """Only the last claim of the graph is listed: what it rests on is found and checked all the same."""
    graph = verdicts_cases.graph(np.random.default_rng(100 + seed), seed % 2)
    alone, run = verify(graph.last()), ledger(graph.last())
    assert run.results[0].to_json() == alone.to_json()
    assert (run.exit_code == 0) is graph.sound
    reached = {f"graph/{graph.name(i)}" for i in graph.reached()}
    assert {r.claim.id for r in (*run.results, *run.cited)} == reached


def wrong(monkeypatch: pytest.MonkeyPatch, target: Any, name: str, value: Any) -> Measured:
    monkeypatch.setattr(target, name, value)
    found = measure(verdicts_cases.cases, 7, 80)
    monkeypatch.undo()
    return found


def test_the_generator_sees_each_guard_that_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wrong(monkeypatch, Result, "holds", property(lambda r: r.findings_suffice)).wrong
    monkeypatch.setattr(foundations, "same_claim", lambda one, other: one.id == other.id)
    by_id = wrong(monkeypatch, results, "same_claim", lambda one, other: one.id == other.id)
    assert {case.rule for case in by_id.wrong} == {"one id"}

    def alone(claims: Any) -> tuple[Claim, ...]:
        return tuple(claims)

    monkeypatch.setattr(results, "resting", lambda result, made, confirmed=False: result)
    monkeypatch.setattr(results, "_memory_of", lambda claim, memory: memory)
    monkeypatch.setattr(Result, "unchecked", ())
    assert {c.rule for c in wrong(monkeypatch, results, "foundations", alone).wrong} >= {"false beneath", "circle"}


# -- the very claim -------------------------------------------------------------------------------------------


def test_a_false_lemma_with_the_id_of_a_true_one_is_refused() -> None:
    words = r"two different claims have the id toy/lemma: x < x \+ 1 .*, and x < x/2 .*; they differ in .*; rename one"
    with pytest.raises(UsageError, match=words):
        ledger(TRUE, FROM_FALSE)
    both = less("both", x, x + 3, rests_on=(TRUE, FALSE))
    assert both.supports in ((TRUE, FALSE), (FALSE, TRUE))
    with pytest.raises(ClaimError, match=words.replace("x < x/2 ", "x < x/2 ")):
        verify(both)


def test_the_same_claim_made_twice_is_one_claim() -> None:
    again = less("lemma", x, x + 1)
    assert again is not TRUE
    assert same_claim(again, TRUE)
    result = verify(less("both", x, x + 3, Derivation(x).using(again, "<", x + 1).bound("<", x + 3), rests_on=(TRUE,)))
    assert result.holds
    assert [s.claim.id for s in result.supports] == ["toy/lemma"]


def test_a_result_of_another_claim_with_the_id_of_a_lemma_supports_nothing() -> None:
    own = verify(FROM_FALSE).findings
    posed = Result(FROM_FALSE, own, supports=(verify(TRUE),))
    assert posed.unchecked == ("toy/lemma",)
    assert not posed.holds
    assert posed.why() == "it rests on toy/lemma, which was not checked"
    assert not Result(FROM_FALSE, own).holds


def test_a_result_with_a_part_of_the_findings_does_not_hold() -> None:
    made = less("two", x, x + 1, Derivation(x).bound("<", x + 1), Precision())
    findings = verify(made).findings
    assert Result(made, findings).holds
    assert not Result(made, findings[:1]).holds
    assert Result(made, findings[:1]).why() == "1 of its 2 pieces of evidence were checked"


def test_a_claim_that_cites_an_older_self_is_refused() -> None:
    with pytest.raises(ClaimError, match="two different claims have the id toy/lemma"):
        verify(replace(FALSE, rests_on=(FALSE,)))


def test_a_circle_is_refused() -> None:
    made = verdicts_cases.circle(np.random.default_rng(3))
    with pytest.raises(ClaimError, match=r"graph/c0 rests on itself: graph/c0 -> .*graph/c0; give one of them"):
        verify(made)
    with pytest.raises(UsageError, match="rests on itself"):
        ledger(made)


def test_spectra_with_other_conditions_make_other_claims() -> None:
    lam = symbol("lam", "an eigenvalue", positive=True)

    def lemma(bound: int) -> Claim:
        S = any_spectrum("S", "the spectrum", lam, conditions=(Condition(lam, "<", bound, "scale it"),))
        left = total(lam, S)
        return Claim("sums", "It sums.", Compare(left, "<", 2 * left), Domain((S,)), SOURCE, (Precision(),))

    assert same_claim(lemma(1), lemma(1))
    assert not same_claim(lemma(1), lemma(2))


def test_what_is_remembered_of_another_claim_of_the_same_id_does_not_come_back() -> None:
    """An older experiment under the same statement left draws in the memory; the new one is drawn."""

    class Kept:
        def __init__(self) -> None:
            self.values: dict[str, Any] = {}

        def get(self, key: str) -> Any:
            return self.values.get(key)

        def put(self, key: str, value: Any) -> None:
            self.values[key] = value

    q = Mean(symbol("Q", "a mean", positive=True), "a mean")

    def made(scale: float) -> Claim:
        evidence = Simulation(experiment=lambda rng, point, draws: scale + rng.standard_normal(draws))
        return Claim("mean", "The mean is 1.", Compare(q, "=", sp.Integer(1)), Domain(()), SOURCE, (evidence,))

    memory = Kept()
    assert verify(made(1.0), memory=memory).holds
    assert not verify(made(3.0), memory=memory).holds


def test_facts_of_a_domain_are_no_hypotheses() -> None:
    domain = Domain((x,), facts=(Condition(x, ">", sp.Integer(5), ""),))
    with pytest.raises(ClaimError, match="its domain states facts; let a derivation use another claim"):
        Claim("five", "x > 5.", Compare(x, ">", sp.Integer(5)), domain, SOURCE, (Derivation(x).bound(">", 5),))


# -- what is not listed ---------------------------------------------------------------------------------------


def test_verify_checks_what_a_claim_rests_on() -> None:
    result = verify(FROM_FALSE)
    assert [f.verdict for f in result.findings] == [Verdict.PROVED]
    assert not result.holds
    assert result.fallen == ("toy/lemma",)
    assert "rests on    toy/lemma: DOES NOT HOLD" in str(result)
    far = less("far", x, 2 * x, rests_on=(FROM_FALSE,))
    assert not verify(far).holds


def test_a_false_lemma_that_no_list_has_is_found_out() -> None:
    run = ledger(FROM_FALSE)
    assert run.exit_code == 1
    assert [r.claim.id for r in run.cited] == ["toy/lemma"]
    assert not run.results[0].holds


def test_a_long_chain_of_lemmas_is_followed_to_its_end() -> None:
    made = FALSE
    for i in range(300):
        made = less(f"c{i}", x, (i + 2) * x, rests_on=(made,))
    result = verify(made)
    assert not result.holds
    assert result.findings_suffice


def test_each_lemma_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    # In this process, so that what is seen is kept.
    monkeypatch.setattr(results, "confined", lambda check, kinds, run: tuple(check(i, run) for i in range(len(kinds))))

    class Counted(Evidence):
        kind = "precision"

        def check(self, claim: Claim, run: Run) -> Finding:
            seen.append(claim.name)
            return Finding(self.kind, Verdict.AGREES, "it does")

    # Each rests on the two before it: 2^24 paths lead to the first.
    made = [less("c0", x, 2 * x, Counted()), less("c1", x, 3 * x, Counted())]
    for i in range(2, 26):
        made.append(less(f"c{i}", x, (i + 2) * x, Counted(), rests_on=tuple(made[-2:])))
    assert verify(made[-1]).holds
    assert sorted(seen) == sorted(c.name for c in made)


FILE = """
import sympy as sp
from w2s_sym import Claim, Compare, Derivation, Domain, Source, symbol

x = symbol("x", "a number", positive=True)
SOURCE = Source("toy", "A. Author", "Toys", 2026)
TRUE = Claim("lemma", "x < x + 1", Compare(x, "<", x + 1), Domain((x,)), SOURCE, (Derivation(x).bound("<", x + 1),))
FALSE = Claim("{name}", "x < x/2", Compare(x, "<", x / 2), Domain((x,)), SOURCE, (Derivation(x).bound("<", x / 2),))
BAD = Claim(
    "bad", "x < x/2", Compare(x, "<", x / 2), Domain((x,)), SOURCE, (Derivation(x).using(FALSE, "<", x / 2),)
)
CLAIMS = {listed}
"""


def test_the_command_line_refuses_one_id_for_two_claims(w2s: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "same.py").write_text(FILE.format(name="lemma", listed="(TRUE, BAD)"))
    for target in ("same.py", "same.py::bad", "same.py::lemma"):
        ran = w2s("verify", target)
        assert "two different claims have the id toy/lemma" in ran.error
    assert "two different claims have the id toy/lemma" in w2s("list", "same.py").error


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_the_command_line_checks_a_lemma_that_is_not_listed(
    w2s: Callable[..., Any], tmp_path: Path, method: str
) -> None:
    path = tmp_path / "unlisted.py"
    path.write_text(FILE.format(name="hidden", listed="(BAD,)"))
    if method == "spawn":
        from w2s_sym.executors.running import Local
        from w2s_sym.papers.loading import resolve

        run = verify_all(resolve([str(path)]), executor=Local(1, "spawn"))
        assert (run.exit_code, [r.claim.id for r in run.cited]) == (1, ["toy/hidden"])
        return
    ran = w2s("verify", "unlisted.py", "--json", "-")
    assert ran.code == 1
    found = json.loads(ran.out)
    assert [(c["id"], c["holds"], c["standing"]) for c in (*found["claims"], *found["cited"])] == [
        ("toy/bad", False, "INCONCLUSIVE"),
        ("toy/hidden", False, "REFUTED"),
    ]
    assert "it rests on 1 more, checked too: toy/hidden (does not hold)" in ran.err
    again = w2s("verify", "unlisted.py")  # what the store has says no more
    assert again.code == 1
    assert "DOES NOT HOLD" in w2s("show", "--why", "unlisted.py::bad").out


# -- rules ----------------------------------------------------------------------------------------------------


n = letters.n
d = symbol("d", "number of features", integer=True, positive=True)
noise = symbol("s2", "variance of the label noise", positive=True)
X, z = gaussian("X", n, d), gaussian("z", n, 1)
VARIANCE = Quantity(
    symbol("V", "mean squared length", positive=True),
    "mean squared length of (X'X)^{-1} X'z",
    tr((pinv(X) @ z).T @ (pinv(X) @ z)),
    Setting(
        (Sample.of(n, (X, z), {(z, z): noise * identity(sp.Integer(1))}),),
        realise=lambda point, rng: {"s2": rng.uniform(0.5, 2)},
        rounded=True,
    ),
)
RULES = (
    "gaussian/inverse_quadratic_form_is_reciprocal_chi_square",
    "gaussian/steins_identity",
    "gaussian/steins_identity_of_inverses",
)


def variance(*conditions: Condition, **more: Any) -> Claim:
    return Claim(
        "variance",
        "The variance is s2 d/(n - d - 1).",
        Compare(VARIANCE, "=", noise * d / (n - d - 1)),
        Domain((d, n, noise), conditions),
        SOURCE,
        (Derivation(VARIANCE).expect(z).expect_gram_inverse(X).in_names(), Simulation(average=("z",))),
        **more,
    )


ENOUGH = Condition(n, ">", d + 1, "take more samples")


def test_rules_are_axioms_where_no_paper_is_known_and_are_checked_in_a_run() -> None:
    alone = verify(variance(ENOUGH)).standing
    assert alone.word == "PROVED, given 3 facts that are not checked here"
    assert alone.axioms == alone.unseen == RULES
    run = ledger(variance(ENOUGH))
    assert run.results[0].standing.word == "PROVED, given 3 facts that are checked numerically"
    assert run.results[0].standing.axioms == RULES
    assert tuple(sorted(r.claim.id for r in run.cited)) == RULES


def posing(name: str) -> Claim:
    """A trifle under the id of a rule."""
    own = Source("gaussian", "A. Author", "Not the rules", 2026)
    return Claim(name, "A trifle.", Compare(x, "<", x + 1), Domain((x,)), own, (Derivation(x).bound("<", x + 1),))


def test_no_claim_of_a_user_confirms_a_rule() -> None:
    posed = variance(ENOUGH, rests_on=(posing("steins_identity"), posing("steins_identity_of_inverses")))
    assert verify(posed).standing.axioms == RULES
    with pytest.raises(UsageError, match="two different claims have the id gaussian/"):
        ledger(posed)
    with pytest.raises(UsageError, match="two different claims have the id gaussian/"):
        ledger(variance(ENOUGH), posing("steins_identity"))


class Ruled(Evidence):
    """Evidence that uses a rule of any name."""

    kind = "precision"

    def __init__(self, *rules: str) -> None:
        self.named = rules

    @property
    def rules(self) -> tuple[str, ...]:
        return self.named

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding(self.kind, Verdict.AGREES, "by the rule")


def test_a_rule_that_no_paper_confirms_is_refused() -> None:
    made = less("ruled", x, 2 * x, Ruled("gaussian/no_such_rule"))
    with pytest.raises(UsageError, match="the rule gaussian/no_such_rule is used, and no installed paper has a claim"):
        ledger(made)
    with pytest.raises(ClaimError, match="its evidence uses the rule that it is to confirm"):
        less("itself", x, 2 * x, Ruled("toy/itself"))


# -- words ----------------------------------------------------------------------------------------------------


def test_a_theorem_from_a_lemma_that_agrees_is_proved_given_a_fact() -> None:
    result = verify(FROM_AGREED)
    assert result.holds
    assert result.standing.word == "PROVED, given 1 fact that is checked numerically"
    assert result.standing.axioms == ("toy/agreed",)
    assert result.to_json()["standing"] == result.standing.word
    assert verify(TRUE).standing.word == "PROVED"
    assert verify(AGREED).standing.word == "AGREES"


def test_axioms_go_through_what_is_proved() -> None:
    far = less("far", x, 3 * x + 4, Derivation(x).using(FROM_AGREED, "<", 2 * x + 4).bound("<", 3 * x + 4))
    assert verify(far).standing.axioms == ("toy/agreed",)
    named = less("named", x, 2 * x, rests_on=(FROM_AGREED,))
    assert verify(named).standing.axioms == ("toy/agreed",)


def test_the_pages_say_proved_only_with_what_it_is_given() -> None:
    from w2s_sym.report import ledger_text, plain_text
    from w2s_sym.report.html import cards
    from w2s_sym.report.latex.document import latex_document
    from w2s_sym.report.site.site import site

    run = ledger(AGREED, FROM_AGREED)
    result, given = run.results[1], "PROVED, given 1 fact that is checked numerically"
    assert "PROVED, given 1 " in ledger_text.verdict_table(run).splitlines()[3]
    assert f"1 {given}: toy/agreed" in ledger_text.verdict_table(run)
    assert f"{given}:\n" in str(result)
    assert f"{given}:\n" in plain_text.why(result)
    chains = {c.id: c.chains() for c in (AGREED, FROM_AGREED)}
    for page in (cards.result(result), site(run, (), chains)["claims/toy/from_agreed.html"]):
        assert f"<p>{given}: " in page
    tex = latex_document("toy", (AGREED, FROM_AGREED), run, chains)
    assert r"roved, given 1 fact that is checked numerically: \texttt{toy/agreed}." in tex
    record = ledger_text.ledger_json(run)["claims"][1]
    assert (record["standing"], record["axioms"]) == (given, ["toy/agreed"])


def test_a_lemma_that_was_skipped_supports_nothing() -> None:
    class Skips(Evidence):
        kind = "runs"

        def check(self, claim: Claim, run: Run) -> Finding:
            return Finding(self.kind, Verdict.SKIPPED, "an extra is missing")

    seen = less("seen", x, x / 2, Skips(), kind="observation")
    run = ledger(seen)
    assert (run.results[0].holds, run.results[0].skipped, run.exit_code) == (False, True, 0)
    resting = ledger(less("user", x, 2 * x, rests_on=(seen,)))
    assert resting.results[0].unchecked == ("toy/seen",)
    assert resting.exit_code == 1


# -- needs and parts ------------------------------------------------------------------------------------------


def test_a_condition_that_a_derivation_misses_outweighs_a_simulation_where_it_holds() -> None:
    """At n = 3, d = 5 the right side is negative, and the left is a mean of squares: no simulation looks there."""
    result = verify(variance())
    assert result.needs == ("n >= d",)
    assert not any(f.supports for f in result.findings)
    assert not result.holds
    assert result.why() == "derivation needs what does not follow from the domain: n >= d"
    inverted = verify(variance(Condition(n, ">=", d)))
    assert (inverted.needs, inverted.holds) == (("n > d + 1",), False)
    assert verify(variance(ENOUGH)).holds


class Says(Evidence):
    """Evidence with a finding that is given."""

    kind = "precision"

    def __init__(self, verdict: Verdict, *needs: str) -> None:
        self.finding = Finding(self.kind, verdict, "it says so", needs=needs)

    def check(self, claim: Claim, run: Run) -> Finding:
        return self.finding


def test_an_unmet_need_outweighs_what_agrees() -> None:
    agrees, misses = Says(Verdict.AGREES), Says(Verdict.INCONCLUSIVE, "x > 1")
    assert verify(less("agreed", x, 2 * x, agrees, Says(Verdict.INCONCLUSIVE))).holds
    assert not verify(less("missed", x, 2 * x, agrees, misses)).holds


class Part(Evidence):
    """Evidence that looked at a part of the domain."""

    kind = "simulation"

    def check(self, claim: Claim, run: Run) -> Finding:
        return Finding(self.kind, Verdict.PROVED, "true there", {}, (0,), within=("x > 5",))


def test_a_part_of_the_domain_supports_nothing() -> None:
    made = less("part", sp.Integer(5), x, Part(), rivals=(x - 7,))
    result = verify(made)
    assert result.surviving_rivals == ()
    assert not result.holds
    assert result.standing.word == "INCONCLUSIVE"
    assert verify(less("whole", x, x + 1, Part(), Precision(), rivals=(x - 7,))).standing.word == "AGREES"


PLUGIN = """
import sympy as sp
from w2s_sym import Claim, Compare, Derivation, Domain, Evidence, Finding, Precision, Source, Verdict, symbol
x = symbol("x", "a number", positive=True)
SOURCE = Source("toy", "A. Author", "Toys", 2026)
class Part(Evidence):
    kind = "simulation"
    def check(self, claim, run):
        return Finding(self.kind, Verdict.AGREES, "true there", within=("x > 5",))
def less(name, right, *evidence):
    return Claim(name, "It is less.", Compare(x, "<", right), Domain((x,)), SOURCE, evidence)
hidden = less("hidden", x / 2, Derivation(x).bound("<", x / 2))
agreed = less("agreed", 2 * x, Precision())
CLAIMS = (
    less("false", x / 2, Derivation(x).using(hidden, "<", x / 2)),
    less("given", 3 * x, Derivation(x).using(agreed, "<", 2 * x).bound("<", 3 * x)),
    less("part", x + 1, Part(), Precision()),
)
"""


def test_pytest_checks_what_a_claim_rests_on(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(my_claims=PLUGIN)
    ran = pytester.runpytest("-v", "-rA", "my_claims.py")
    ran.assert_outcomes(passed=5, failed=1, skipped=1)
    ran.stdout.fnmatch_lines(["my_claims.py::false::verdict FAILED*", "*rests on    toy/hidden: DOES NOT HOLD"])
    ran.stdout.fnmatch_lines(["PROVED, given 1 fact that is checked numerically", "toy/agreed"])
    ran.stdout.fnmatch_lines(["SKIPPED*AGREES within x > 5: true there"])
