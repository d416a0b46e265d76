"""Limits: an error that falls at the claimed order supports, closeness at one size does not."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from experiments import Book, claim

from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.statement import Asymptotic, ClaimError, Compare
from w2s_sym.evidence.simulation import growing_sizes
from w2s_sym.evidence.simulation.batches import Bench
from w2s_sym.evidence.simulation.growing_sizes import (
    LEAST_DRAWS_PER_SIZE,
    LimitQuestion,
    draws_per_batch,
    judged_law,
)
from w2s_sym.evidence.simulation.moments_of_draws import LEVEL, Law, fit_law
from w2s_sym.evidence.simulation.simulation import Simulation
from w2s_sym.evidence.simulation.trials import Trial
from w2s_sym.formula.conditions import Condition, DomainError
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import n
from w2s_sym.formula.notation import symbol

a = symbol("a", "the limit", positive=True)
g = symbol("g", "a risk", positive=True)
SIZES = (10, 20, 40, 80)


def experiment(order=1.0, coefficient=1.0, shift=0.0, noise=0.5, seen=None):
    def run(rng, point, size, draws):
        if seen is not None:
            seen.append((dict(point), size, draws))
        return point["a"] + shift + coefficient * size**-order + noise * size**-order * rng.standard_normal(draws)

    exact = [sp.Rational(str(v)) for v in (shift, coefficient, order)]
    # Its mean as a formula; without an error there is no formula in n.
    run.mean = a + exact[0] + exact[1] * n ** -exact[2] if coefficient else None
    return run


def check(made, stated=1, effort="quick", at=None, statement=None, rivals=(), seed=0, memory=None, **more):
    evidence = Simulation(made, at=at or {"a": 2}, sizes=SIZES, **more)
    mean = getattr(made, "mean", a + 1 / n)
    stated = Compare(g, "=", a) if mean is None else Asymptotic(mean, a, n, sp.Rational(stated))
    statement = statement or stated
    options = {} if memory is None else {"memory": memory}
    it = claim(statement, Domain((a, g, n)), evidence, rivals=rivals)
    return evidence.check(it, Run(effort=effort, seed=seed, **options).under(it.id, 0))


def test_an_error_of_the_claimed_order_agrees():
    f = check(experiment())
    assert f.verdict is Verdict.AGREES
    assert f.detail["order"] == 1
    low, high = f.detail["interval"]
    assert 0.5 < low < 1 < high < 2
    assert f.detail["fitted_order"] == pytest.approx(1, abs=0.1)
    assert f.summary.startswith("error falls at order ")
    assert " over sizes 10, 20, 40, 80, and at " in f.summary
    assert [(p["point"]["a"], p["point"]["n"]) for p in f.detail["points"]] == [(2.0, s) for s in SIZES]
    assert all(p["rhs"] == 2 for p in f.detail["points"])
    # The first size is 0.1 above; its noise is 0.05 a draw.
    assert f.detail["points"][0]["mean"] == pytest.approx(2.1, abs=0.02)
    # Eight times more draws at a size of an eighth.
    assert [p["draws"] for p in f.detail["points"]] == [8192, 4096, 2048, 1024]


@pytest.mark.parametrize("order", [2, sp.Rational(1, 2)])
def test_other_orders(order):
    f = check(experiment(float(order)), order)
    assert f.verdict is Verdict.AGREES
    assert f.detail["order"] == float(order)


def test_the_order_of_the_evidence_comes_before_the_statements():
    assert check(experiment(2.0), 1, order=2).verdict is Verdict.AGREES
    assert check(experiment(0.5), 1, order=sp.Rational(1, 2)).detail["order"] == 0.5
    assert check(experiment(0.5), 1, order="1/2").detail["order"] == 0.5


def test_a_faster_law_is_no_support():
    f = check(experiment(2.0))
    assert f.verdict is Verdict.INCONCLUSIVE
    assert f.summary.endswith("over sizes 10, 20, 40, 80; the claim says 1")


def test_a_wrong_limit_is_refuted():
    f = check(experiment(shift=0.02))
    assert f.verdict is Verdict.REFUTED
    assert f.summary.startswith("extrapolated at order 1, the limit is +1.")
    assert "of the right side away (z = +" in f.summary
    assert f.detail["limit_error"] == pytest.approx(0.02, rel=0.3)
    assert check(experiment(shift=-0.02)).detail["limit_error"] == pytest.approx(-0.02, rel=0.3)
    zero = Asymptotic(sp.Rational(1, 2) + 1 / n**2, sp.S.Zero, n)
    f = check(lambda rng, p, size, k: 0.5 + size**-2.0 + rng.standard_normal(k) / size, statement=zero)
    assert f.summary.startswith("extrapolated at order 1, the limit is +0.501 away (z = +")


def test_closeness_is_no_support():
    f = check(experiment(coefficient=0.0, noise=1e-3))
    assert f.verdict is Verdict.INCONCLUSIVE
    assert "does not exclude the orders 0, 0.5 and 2: take smaller sizes or more draws" in f.summary
    # The whole budget went into it.
    assert f.detail["points"][-1]["draws"] == 16 * 1024


def test_effort_buys_batches():
    quiet = experiment(coefficient=0.0, noise=1e-3)
    f = check(quiet, effort="standard", batch=32)
    assert f.detail["points"][-1]["draws"] == 64 * 32
    f = check(quiet, effort="deep", batch=16)
    assert f.detail["points"][-1]["draws"] == 256 * 16


def test_draws_below_the_least_are_not_judged():
    f = check(experiment(noise=1e-3), batch=100)
    assert f.verdict is Verdict.AGREES
    assert [p["draws"] for p in f.detail["points"]] == [3200, 1600, 800, 400]


def test_rivals_must_miss_the_limit():
    f = check(experiment(), rivals=(2 * a, a + 1 / n**2, "no formula"))
    # 1/n^2 vanishes too: as a limit it is no rival that these draws refute.
    assert f.refuted == (0,)
    assert f.verdict is Verdict.INCONCLUSIVE
    assert f.summary.endswith("; 1 rivals are not refuted")
    f = check(experiment(), rivals=(2 * a, a - sp.Rational(1, 10)))
    assert f.refuted == (0, 1)
    assert f.verdict is Verdict.AGREES
    # A rival that is undefined at these sizes is not refuted by them.
    assert check(experiment(), rivals=(sp.log(n - 20),)).refuted == ()


def test_an_equivalent_is_run_along_a_shape():
    seen = []

    def run(rng, point, size, draws):
        seen.append((point["n"], point["m"], size, draws))
        return point["m"] / point["n"] + (1 + rng.standard_normal(draws)) / size

    m = symbol("m", "another size", integer=True, positive=True)
    evidence = Simulation(run, sizes=SIZES, shape=lambda p, s: {"n": s, "m": 3 * s})
    it = claim(Compare(g, "=", m / n), Domain((g, m, n)), evidence, kind="equivalent")
    f = evidence.check(it, Run().under(it.id, 0))
    assert f.verdict is Verdict.AGREES
    # One size above the last is looked at, with one batch.
    assert {s[:3] for s in seen} == {(s, 3 * s, s) for s in (*SIZES, 81)}
    assert {s[2:] for s in seen} == {(10, 8192), (20, 4096), (40, 2048), (80, 1024), (81, 1024)}
    assert [s[2] for s in seen].count(81) == 1
    assert all(p["rhs"] == 3 for p in f.detail["points"])


def test_a_shape_adds_to_the_size_itself():
    seen = []
    f = check(experiment(seen=seen), shape=lambda p, s: {"extra": 2 * s})
    assert f.verdict is Verdict.AGREES
    assert {k: v for k, v in seen[1][0].items() if k != "g"} == {"a": 2.0, "n": 20, "extra": 40}
    assert seen[1][1:] == (20, 4096)


def test_points_are_the_same_for_every_seed_and_draws_are_not():
    evidence = Simulation(experiment(), sizes=SIZES)
    it = claim(Asymptotic(a + 1 / n, a, n), Domain((a, n)), evidence)
    one, same, other = (evidence.check(it, Run(seed=s).under(it.id, 0)) for s in (0, 0, 1))
    assert one == same
    assert one.detail["points"][0]["point"] == other.detail["points"][0]["point"]
    assert one.detail["points"][0]["mean"] != other.detail["points"][0]["mean"]


def test_a_resumed_series_has_the_same_digits():
    book = Book()
    whole = check(experiment(noise=20.0), memory=book, seed=3)
    half = Book(dict(list(book.items())[: len(book) // 2]))
    assert len(book) > 8
    assert check(experiment(noise=20.0), memory=half, seed=3) == whole
    assert half == book


@pytest.mark.parametrize(
    ("sizes", "message"),
    [((10, 20), "at least three sizes"), ((10, 20, 20), "at least three"), ((40, 20, 10), "growing")],
)
def test_sizes_must_grow(sizes, message):
    with pytest.raises(ClaimError, match=message):
        Simulation(experiment(), sizes=sizes)
    assert Simulation(experiment(), sizes=(10, 20, 40)).sizes == (10, 20, 40)


def test_bad_limits_are_refused():
    with pytest.raises(ClaimError, match=r"sizes without an experiment: give experiment\(rng, point, size, draws\)"):
        Simulation(sizes=SIZES)
    one_size = Simulation(lambda rng, p, k: rng.random(k))
    for statement, kind in ((Asymptotic(a + 1 / n, a, n), "theorem"), (Compare(g, "=", a), "equivalent")):
        it = claim(statement, Domain((a, g, n)), one_size, kind=kind)
        with pytest.raises(ClaimError, match="one size is no support for a limit"):
            one_size.check(it, Run())
    with pytest.raises(ClaimError, match="sizes fit the law of an equality, not of '<'"):
        check(experiment(), statement=Compare(g, "<", a + n))
    with pytest.raises(ClaimError, match=r"the right side is not finite at a=2, g=.*, n=10"):
        check(experiment(), statement=Asymptotic(a + 1 / n, 1 / (n - 10), n))
    with pytest.raises(DomainError, match="no symbol b"):
        check(experiment(), at={"b": 2})


# -- what is not of the author's choice -------------------------------------------------------------------------


def test_a_limit_that_is_right_at_the_named_point_alone_is_refuted():
    for wrong in (a + (a - 2) / 5, a**2 / 2, sp.Integer(2)):
        f = check(experiment(), statement=Asymptotic(experiment().mean, wrong, n))
        assert f.verdict is Verdict.REFUTED
        assert f.detail["points"][0]["point"]["a"] == 2
        assert f.detail["drawn"][0]["points"][0]["point"]["a"] != 2


def test_what_a_shape_holds_fast_is_not_the_domain():
    m = symbol("m", "another size", integer=True, positive=True)

    def run(rng, point, size, draws):
        return point["m"] / point["n"] + (1 + 0.3 * rng.standard_normal(draws)) / size

    def found(right, **more):
        def shape(point, size):
            return {"n": size, "m": int(point.get("ratio", 3)) * size}

        evidence = Simulation(run, sizes=SIZES, shape=shape, **more)
        it = claim(Compare(g, "=", right), Domain((g, m, n)), evidence, kind="equivalent")
        return evidence.check(it, Run().under(it.id, 0))

    for right in (m / n, m**2 / (3 * n**2), sp.Integer(3)):
        f = found(right)
        assert f.verdict is Verdict.AGREES
        assert f.within == ("where m is 30, 60, 120, 240",)
        assert not f.supports
    drawn = {"realise": lambda point, rng: {"ratio": rng.integers(2, 12)}}
    assert found(m / n, **drawn).supports
    assert found(m**2 / (3 * n**2), **drawn).verdict is Verdict.REFUTED
    assert found(sp.Integer(3), **drawn).verdict is Verdict.REFUTED


def test_a_shape_may_not_leave_the_domain():
    below = Domain((a, g, n), (Condition(a, "<", 5),))
    evidence = Simulation(experiment(), sizes=SIZES, shape=lambda p, s: {"a": 6})
    it = claim(Asymptotic(g, a + 1 / n**4, n), below, evidence)
    with pytest.raises(DomainError, match=r"the shape leaves the domain at a=6, .*: needs a < 5"):
        evidence.check(it, Run().under(it.id, 0))
    evidence = Simulation(
        experiment(), sizes=SIZES, shape=lambda p, s: {"a": p.get("b", 3)}, realise=lambda p, r: {"b": r.uniform(6, 7)}
    )
    f = evidence.check(it, Run().under(it.id, 0))
    assert f.verdict is Verdict.AGREES
    assert f.within[0].startswith("at a=3, ")


def test_rare_events_and_constant_draws_say_nothing_of_a_limit():
    rate = sp.Rational(1, 1000)
    for chance, factor in ((1e-3, 1), (1e-3, 2), (1e-7, 1), (1e-7, 0)):

        def rare(rng, point, size, draws, chance=chance):
            return point["a"] * (rng.random(draws) < chance * (1 + 1 / size))

        for seed in range(3):
            f = check(rare, statement=Asymptotic(g, a * factor * rate + 1 / n**9, n), seed=seed)
            assert f.verdict is Verdict.INCONCLUSIVE
    f = check(lambda rng, p, size, k: np.full(k, p["a"]))
    assert f.summary.startswith("all 131072 draws are 2 at a=2")


def test_skewed_draws_refute_when_they_are_many_enough():
    def skewed(rng, point, size, draws):
        return point["a"] + (1 + rng.exponential(size=draws)) / size

    assert check(skewed, statement=Asymptotic(g, a + 1 / n**4, n)).verdict is Verdict.AGREES
    f = check(skewed, statement=Asymptotic(g, a * sp.Rational(11, 10) + 1 / n**4, n))
    assert f.verdict is Verdict.REFUTED


# -- the left side ----------------------------------------------------------------------------------------------


def test_an_experiment_of_another_left_side_is_refuted_at_every_size():
    # Both tend to a at order 1: the fit alone could not part them.
    f = check(experiment(coefficient=2.0), statement=Asymptotic(a + 1 / n, a, n))
    assert f.verdict is Verdict.REFUTED
    assert f.summary.startswith("the experiment's mean is not the left side: simulated 2.")
    assert len(f.detail["left_z"]) == 4
    assert max(abs(z) for z in f.detail["left_z"]) > LEVEL
    f = check(experiment(), statement=Asymptotic(a + 1 / n, a, n))
    assert f.verdict is Verdict.AGREES
    assert max(abs(z) for z in f.detail["left_z"]) < LEVEL


def test_a_left_side_that_is_a_name_or_of_unknown_size_is_not_compared():
    f = check(experiment(), statement=Asymptotic(g, a + 1 / n**4, n))
    assert f.verdict is Verdict.AGREES
    assert "left_z" not in f.detail


def test_a_left_side_without_a_value_is_an_error():
    with pytest.raises(ClaimError, match=r"the left side is not finite at a=2, .*n=20"):
        check(experiment(), statement=Asymptotic(a + 1 / (n - 20), a, n))


def test_sizes_of_heavy_draws_are_not_judged():
    f = check(lambda rng, p, size, k: p["a"] + 1 / size + rng.standard_cauchy(k) / size)
    assert f.verdict is Verdict.INCONCLUSIVE
    assert f.summary.startswith("draws too heavy-tailed for a z-test: ")


# -- when a series stops, and the edges of its verdict --------------------------------------------------------

THREE_SIZES = (10, 20, 40)


def law(low: float, high: float, limit: float = 0.0) -> Law:
    return Law((low + high) / 2, low, high, limit, 1.0)


def steps(monkeypatch: pytest.MonkeyPatch, widths: list[float], wanted: float, batch: int = 1024) -> int:
    """How many batches are drawn when the fits have these widths, one after another."""
    left = iter(widths)
    monkeypatch.setattr(growing_sizes, "fitted_law", lambda *_: law(0.0, next(left)))
    benches = [Bench(Trial({}), lambda rng, k: rng.random(k), batch, 0.0, (s,), "") for s in THREE_SIZES]
    growing_sizes.drawn_law(Run(), benches, LimitQuestion(THREE_SIZES, np.zeros(3), None, wanted))
    assert len({b.batches for b in benches}) == 1
    return benches[0].batches


def test_sampling_stops_when_the_interval_is_half_as_wide_as_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert steps(monkeypatch, [2.0, 0.9, 0.51, 0.5, 0.1], 1.0) == 4
    assert steps(monkeypatch, [2.0, 0.9, 0.51, 0.5, 0.1], 2.0) == 2
    assert steps(monkeypatch, [3.0] * 16, 1.0) == 16
    # Few draws know neither the mean nor its error.
    assert steps(monkeypatch, [0.1] * 16, 1.0, batch=100) == -(-LEAST_DRAWS_PER_SIZE // 100)


@pytest.mark.parametrize(
    ("size", "largest", "draws"),
    [(80, 80, 100), (41, 80, 100), (40, 80, 200), (16, 48, 300), (10, 80, 800), (1, 80, 800)],
)
def test_small_sizes_have_more_draws_in_a_batch(size: int, largest: int, draws: int) -> None:
    assert draws_per_batch(100, size, largest) == draws


def batches_drawn(offset: float, drawn: bool, share: float = 1.0) -> int:
    """How many batches of 1,000 unit normals around this offset are drawn where the right side is 0."""
    sizes = THREE_SIZES
    benches = [
        Bench(Trial({}), lambda rng, k: offset + rng.standard_normal(k), 1000, 0.0, (s, offset), "") for s in sizes
    ]
    growing_sizes.drawn_law(Run(), benches, LimitQuestion(sizes, np.zeros(3), None, 1.0, drawn=drawn), share)
    return benches[0].batches


def test_a_drawn_course_without_a_law_is_given_up_early_and_an_authors_is_not() -> None:
    # The error is 0: no number of draws has an order.
    assert batches_drawn(0.0, drawn=False) == 16
    assert batches_drawn(0.0, drawn=True) == 4


def test_what_may_contradict_is_not_given_up() -> None:
    # After 16 batches the mean of three sizes is 5 standard errors of the extrapolated limit away, after 4 it is 2.5.
    limit_error = fit_law(THREE_SIZES, [0.0] * 3, [1 / 16000**0.5] * 3, 1.0).limit_error
    assert batches_drawn(5 * limit_error, drawn=True) > 4
    # So it is with a first part.
    assert batches_drawn(0.0, drawn=False, share=1 / 4) == 4
    assert batches_drawn(5 * limit_error, drawn=False, share=1 / 4) > 4


# What tells after 16 batches and not after 4 (between 45 and 60 it is so at each drawn course), and what never tells.
NOISY, TOO_NOISY = 50.0, 1000.0


def drawn_batches(noises: list[float]) -> list[list[int]]:
    """Of a limit whose drawn points have these noises in turn: the draws at each size of the courses that tell."""
    made = iter([1.0, *noises])

    def run(rng, point, size, draws):
        return point["a"] + (1 + 0.5 * point["noise"] * rng.standard_normal(draws)) / size

    evidence = Simulation(
        run,
        at={"a": 2},
        sizes=SIZES,
        shape=lambda point, size: {"noise": point.get("drawn", 1.0)},
        realise=lambda point, rng: {"drawn": next(made)},
    )
    next(made)
    it = claim(Asymptotic(a + 1 / n, a, n), Domain((a, n)), evidence)
    found = evidence.check(it, Run().under(it.id, 0))
    assert found.verdict is Verdict.AGREES
    return [[row["draws"] for row in course["points"]] for course in found.detail["drawn"]]


def test_a_noisy_course_waits_for_those_that_tell_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    stepped: list[tuple[object, ...]] = []
    whole = Bench.step

    def step(bench: Bench, run: Run) -> None:
        stepped.append(bench.words)
        whole(bench, run)

    monkeypatch.setattr(Bench, "step", step)
    assert [draws[-1] for draws in drawn_batches([NOISY, 1.0, 1.0])] == [1024, 1024]
    # The first drawn course had a quarter of 16 batches at the largest size, and no more.
    assert sum(words[1:] == (SIZES[-1], 1) for words in stepped) == 4


def test_noisy_courses_go_on_where_too_few_others_tell() -> None:
    assert [draws[-1] for draws in drawn_batches([NOISY, *[TOO_NOISY] * 3, 1.0])] == [1024, 16 * 1024]


@pytest.mark.parametrize(
    ("fitted", "verdict", "said"),
    [
        (law(0.9, 1.1), Verdict.AGREES, "over sizes 10, 20, 40"),
        (law(1.0, 1.1), Verdict.AGREES, "over sizes 10, 20, 40"),
        (law(0.9, 1.0), Verdict.AGREES, "over sizes 10, 20, 40"),
        (law(1.01, 1.1), Verdict.INCONCLUSIVE, "; the claim says 1"),
        (law(0.9, 0.99), Verdict.INCONCLUSIVE, "; the claim says 1"),
        (law(0.5, 1.1), Verdict.INCONCLUSIVE, "exclude the orders 0, 0.5 and 2: take smaller sizes or more draws"),
        (law(0.9, 2.0), Verdict.INCONCLUSIVE, "exclude the orders 0, 0.5 and 2: take smaller sizes or more draws"),
        (law(0.9, 1.1, 5.0), Verdict.REFUTED, "the limit is +250.00% of the right side away (z = +5.0)"),
        (law(0.9, 1.1, -5.0), Verdict.REFUTED, "the limit is -250.00% of the right side away (z = -5.0)"),
        (law(0.9, 1.1, 4.8), Verdict.AGREES, "over sizes 10, 20, 40"),
    ],
)
def test_verdicts_at_their_edges(fitted: Law, verdict: Verdict, said: str) -> None:
    found, text = judged_law(fitted, LimitQuestion(THREE_SIZES, np.full(3, -2.0), None, 1.0))
    assert found is verdict
    assert text.endswith(said)


def test_a_limit_away_from_zero_is_told_in_its_own_units() -> None:
    _, text = judged_law(law(0.9, 1.1, 0.5 * 10), LimitQuestion(THREE_SIZES, np.zeros(3), None, 1.0))
    assert text == "extrapolated at order 1, the limit is +5 away (z = +5.0)"
