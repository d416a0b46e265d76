"""Maps of cores in steps: against the lines looked up one by one, and whole risks against dense arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from random_expressions import Maker
from reference import spd, targets, weak_to_strong
from test_large_derivations import rounds

from w2s_sym.equivalents import Equivalent, eigenvalue_maps, mean_trace
from w2s_sym.equivalents.arithmetic import Array, Diagonal
from w2s_sym.equivalents.evaluation import Evaluation, PointValues
from w2s_sym.equivalents.joint import joint_values
from w2s_sym.equivalents.solving import Fixpoint, core_map, fixpoints

ENTRIES = 7
RISKS = {t.name: t.make for t in targets()} | {"rounds on one sample": lambda: rounds(2)}
# Seeds of expressions with a fixed point.
EXPRESSIONS = (0, 1, 3, 4, 5, 7, 8, 9, 10)


def expression(seed: int) -> Equivalent:
    """A random expression with nested inverses and shared samples."""
    made = Maker(seed, 24).make(4)
    return mean_trace(made.moment, made.expression)


def some_values(risk: Equivalent, rng: np.random.Generator, *, compressed: bool) -> PointValues:
    """Random numbers for all that is given, joint eigenvalues for all letters."""
    book = risk.derived.book
    count = 3000 if compressed else ENTRIES
    numbers = {k: float(rng.uniform(0.5, 9)) for k, x in enumerate(book.numbers) if x.given is not None}
    letters = {k: rng.uniform(0.1, 3, count) for k, x in enumerate(book.letters) if x.definition is None}
    dimensions = dict.fromkeys(range(len(book.numbers)), count)
    if not compressed or not letters:
        return PointValues(numbers, letters, dimensions, Diagonal())
    # Powers of one vector, so that they are functions of each other.
    letters = {k: np.arange(1, count + 1.0) ** -rng.uniform(0.2, 1.5) for k in letters}
    arithmetic, nodes = joint_values(letters, sorted(letters))[0]
    return PointValues(numbers, nodes, dimensions, arithmetic)


def looked_up(core: Fixpoint, values: PointValues, s: Array, d: float, along: int | None) -> tuple[Array, Array]:
    """The right sides of a core and their slopes, line by line."""
    places = [*core.own, *([] if along is None else [along])]
    seeds = dict(zip(places, np.eye(len(places)), strict=True))
    run = Evaluation(core.book, values, {**dict(zip(core.own, s, strict=True)), core.shift: d}, seeds)
    found = [run.polynomial(core.book.core[u]) for u in core.own]
    return np.array([v for v, _ in found]), np.array([slope for _, slope in found])


@pytest.mark.parametrize("compressed", [False, True], ids=["all", "nodes"])
@pytest.mark.parametrize("name", [*RISKS, *EXPRESSIONS])
def test_steps_have_the_values_and_slopes_of_lines(name: str | int, compressed: bool) -> None:
    risk = expression(name) if isinstance(name, int) else RISKS[name]()
    rng = np.random.default_rng([3, len(str(name))])
    values = some_values(risk, rng, compressed=compressed)
    cores = fixpoints(risk.derived)
    assert cores
    for core in cores:
        given = [k for k, x in enumerate(core.book.numbers) if x.given is not None]
        for along in (None, given[0], given[-1]):
            s, d = rng.uniform(-1, 1, len(core.own)), float(rng.uniform(0.1, 2))
            value, slope = core_map(core, values, values.numbers, along)(s[None], np.array([d]), np.array([0]))
            wanted, along_it = looked_up(core, values, s, d, along)
            np.testing.assert_allclose(value[0], wanted, rtol=0, atol=1e-10 * np.abs(wanted).max())
            np.testing.assert_allclose(slope[0], along_it, rtol=0, atol=1e-10 * np.abs(along_it).max())


def test_one_point_is_one_of_two() -> None:
    """Where there are several points the lines are looked up: both ways have the same values."""
    risk = weak_to_strong()
    values = some_values(risk, np.random.default_rng(4), compressed=False)
    numbers = {k: np.array([v, v + 1]) for k, v in values.numbers.items()}
    for core in fixpoints(risk.derived):
        f, s = core_map(core, values, numbers), np.array([[0.3, 0.2], [0.1, 0.4]])
        both = f(s, np.array([0.5, 0.7]), np.arange(2))
        for k in range(2):
            alone = f(s[k : k + 1], np.array([0.5 + 0.2 * k]), np.array([k]))
            for one, several in zip(alone, both, strict=True):
                np.testing.assert_allclose(one[0], several[k], rtol=1e-12)


def test_a_slope_that_is_wrong_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    right = eigenvalue_maps._polynomial

    def wrong(*given: Any) -> tuple[float, Array]:
        value, slope = right(*given)
        return value, slope * (1 + 1e-6)

    monkeypatch.setattr(eigenvalue_maps, "_polynomial", wrong)
    with pytest.raises(AssertionError):
        test_steps_have_the_values_and_slopes_of_lines("self-distillation", compressed=False)


def hard(kind: str, p: int, rng: np.random.Generator) -> tuple[dict[str, Array], dict[str, float]]:
    """Matrices that do not commute, and numbers, of one kind of difficulty."""
    i = np.arange(1, p + 1.0)
    levels = {
        "random": rng.uniform(0.1, 3, p), "powers": i**-2.0, "exponential": 2.0**-i, "flat": np.ones(p),
        "steps": np.where(i < p / 3, 1.0, 1e-6), "huge": 1e8 * i**-1.0,
    }[kind.split(",")[0]]  # fmt: skip
    made: dict[str, Array] = {}
    for name in ("Sigma", "Sigma2", "Sigma_x"):
        made[name] = spd(int(rng.integers(10**6)), tuple(rng.permutation(levels)), p)
    made["beta"] = rng.standard_normal(p) / np.sqrt(p)
    scale = float(levels.mean())
    tiny = 1e-6 if "tiny ridge" in kind else 1e-2
    return made, {"lam": tiny * scale, "lam_s": 3 * tiny * scale, "s2": 0.5}


KINDS = ("random", "powers", "exponential", "flat", "steps", "huge", "random, tiny ridge", "powers, tiny ridge")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "N"), [(9, 30), (30, 9), (50, 70)])
def test_a_point_is_what_plain_arrays_give(kind: str, n: int, N: int) -> None:
    """Ridge on a ridge teacher from its formula, written out by hand, at effective ridges found by bisection."""
    p = 24
    m, numbers = hard(kind, p, np.random.default_rng([len(kind), n, N]))
    values: dict[str, Any] = {**m, **numbers, "n": n, "N": N}
    found = weak_to_strong().at(**values)
    wanted = by_hand(m, numbers["lam"], numbers["lam_s"], n, N)
    for part, value in zip(found.parts.values(), (wanted[0], numbers["s2"] * wanted[1]), strict=True):
        assert part == pytest.approx(value, rel=1e-7 if "tiny" in kind else 1e-10)


def pivot(levels: Array, lam: float, n: int) -> float:
    """m with 1/m = 1 + tr(Sigma (lam + m Sigma)^-1)/n, by bisection in its logarithm."""
    low, high = -80.0, 0.0
    for _ in range(200):
        at = (low + high) / 2
        m = np.exp(at)
        # m (1 + sum) grows in m.
        low, high = (at, high) if m * (1 + np.sum(levels / (lam + m * levels)) / n) < 1 else (low, at)
    return float(np.exp((low + high) / 2))


def by_hand(m: dict[str, Array], lam: float, lam_s: float, n: int, N: int) -> tuple[float, float]:
    """Bias and variance of a ridge student of a ridge teacher, as two conditional averages.

    Given a matrix D, the student's error is (I - K) beta + K D with K = Q2 m2 Sigma2 on average, and
    E (u - K' w)(u - K' w)' adds what the student's own sample varies by.
    """
    one, two, test = m["Sigma"], m["Sigma2"], m["Sigma_x"]
    unit = np.eye(len(one))
    m1 = pivot(np.clip(np.linalg.eigvalsh(one), 0, None), lam, n)
    m2 = pivot(np.clip(np.linalg.eigvalsh(two), 0, None), lam_s, N)
    q1, q2 = np.linalg.inv(lam * unit + m1 * one), np.linalg.inv(lam_s * unit + m2 * two)
    m3 = 1 / (1 - m2**2 * np.trace(q2 @ two @ q2 @ two) / N)
    m4 = 1 / (1 - m1**2 * np.trace(q1 @ one @ q1 @ one) / n)
    k2 = m2 * q2 @ two
    # E K2' Sigma_x K2 and E K2: the student maps the teacher w to K2 w.
    varies = m2**2 * m3 * np.trace(q2 @ two @ q2 @ test) / N
    rest = lam_s * q2
    second = k2.T @ test @ k2 + varies * rest.T @ two @ rest
    mean = test @ k2
    moment = np.outer(m["beta"], m["beta"])
    # The teacher is K1 beta + noise; A = (K1 - 1) beta, and E of quadratic forms in it by the same rule.
    k1, left = m1 * q1 @ one, lam * q1

    def quadratic(a: Array) -> float:
        """E beta' K1' A K1 beta for a symmetric A."""
        kept = np.trace(moment @ k1.T @ a @ k1)
        return float(kept + m1**2 * m4 * np.trace(q1 @ one @ q1 @ a) / n * np.trace(moment @ left.T @ one @ left))

    bias = quadratic(second) - 2 * np.trace(moment @ mean @ k1) + np.trace(moment @ test)
    variance = m1**2 * m4 * np.trace(q1 @ one @ q1 @ second) / n
    return float(bias), float(variance)
