"""Arguments of the wrong kind: every public function, class and step of a derivation says so in one line of our own."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp

import w2s_sym
from w2s_sym import (
    Asymptotic,
    Budget,
    Certificate,
    Claim,
    Compare,
    Condition,
    Curve,
    Derivation,
    Domain,
    Equation,
    Evidence,
    Extrapolation,
    Figure,
    Iff,
    Mean,
    Precision,
    Quantity,
    Run,
    Sample,
    Setting,
    Signal,
    Simulation,
    Source,
    Spectrum,
    any_spectrum,
    equivalents,
    filters,
    fixed,
    gaussian,
    gram_inverse,
    identity,
    letters,
    matching,
    pinv,
    power,
    projector,
    replay,
    risk,
    solve,
    symbol,
    total,
    tr,
    verify,
)
from w2s_sym.claims.results import check_evidence
from w2s_sym.coq.judge import write
from w2s_sym.equivalents.language import truth
from w2s_sym.formula.typed import ArgumentError, typed

n, d = letters.n, letters.d_w
p, q = symbol("p", "a number", positive=True), symbol("q", "another", positive=True)
SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
LEMMA = Claim("lemma", "A toy.", Compare(p, "<", p + 1), Domain((p,)), SOURCE, (Precision(),))
GIVEN = Equation(q, q - p)
X, A = gaussian("X", n, d), fixed("A", d, d)
LAW = Sample.of(n, (X,))
SETTING = Setting((LAW,))
S = any_spectrum("S", "a spectrum", p)
START = Derivation(p)
INTEGRAL = sp.Integral(q, (q, 0, p))
SPECTRUM, SIGNAL = Spectrum.isotropic(9), Signal.of(np.ones(9))
k, m = equivalents.sizes("k m")
SIGMA = equivalents.covariance("Sigma", m)
DESIGN, TRUTH = equivalents.design("Z", k, SIGMA), truth("beta", m)

# Each callable with arguments that it takes, by name; a star is for arguments that it takes in any number.
CALLS: dict[str, tuple[Callable[..., Any], dict[str, Any]]] = {
    "Claim": (
        Claim,
        {
            "name": "toy", "sentence": "A toy.", "statement": Compare(p, "<", p + 1), "domain": Domain((p,)),
            "source": SOURCE, "evidence": (Precision(),), "kind": "theorem", "given": (), "rests_on": (LEMMA,),
            "rivals": (p / 2,), "remark": "none", "witness": {p: 1},
        },
    ),
    "Compare": (Compare, {"lhs": p, "relation": "<", "rhs": p + 1}),
    "Iff": (Iff, {"left": Compare(p, "<", 1), "right": Compare(2 * p, "<", 2)}),
    "Asymptotic": (Asymptotic, {"lhs": 1 / p, "rhs": sp.S.Zero, "in_": p, "order": 1}),
    "Equation": (Equation, {"unknown": q, "residual": q - p, "bracket": (0, 2 * p)}),
    "Mean": (Mean, {"symbol": q, "meaning": "a mean"}),
    "Source": (
        Source,
        {
            "key": "k", "authors": "A", "title": "T", "year": 2026, "venue": "J", "arxiv": "1", "locator": "2",
            "trust": "derived",
        },
    ),
    "Domain": (Domain, {"symbols": (p,), "conditions": (Condition(p, ">", 1),), "points": ({p: sp.Integer(2)},)}),
    "Condition": (Condition, {"lhs": p, "relation": "<", "rhs": 1, "advice": "take less"}),
    "symbol": (symbol, {"name": "x", "meaning": "a number", "latex": "x"}),
    "any_spectrum": (any_spectrum, {"name": "S", "meaning": "a spectrum", "*letters": (p,), "conditions": ()}),
    "total": (total, {"summand": p, "spectrum": S}),
    "Derivation": (Derivation, {"start": p, "steps": (), "known": ()}),
    "Derivation.expect": (START.expect, {"*blocks": (X,), "why": "so"}),
    "Derivation.expect_residual": (START.expect_residual, {"block": X, "given": X, "why": "so"}),
    "Derivation.expect_gram_inverse": (START.expect_gram_inverse, {"block": X, "why": "so"}),
    "Derivation.expect_polar": (START.expect_polar, {"block": X, "why": "so"}),
    "Derivation.condition": (START.condition, {"*blocks": (X,), "on": X, "why": "so"}),
    "Derivation.stein": (START.stein, {"block": X, "field": X, "times": 1, "weight": tr(X.T @ X), "why": "so"}),
    "Derivation.in_names": (START.in_names, {"why": "so"}),
    "Derivation.rewrite": (START.rewrite, {"line": p, "why": "so"}),
    "Derivation.bound": (START.bound, {"relation": "<", "line": p + 1, "by": sp.S.One, "why": "so"}),
    "Derivation.using": (START.using, {"claim": LEMMA, "relation": "<", "line": p + 1, "factor": 1, "why": "so"}),
    "Derivation.slope": (
        START.slope,
        {"relation": "<", "line": p + 1, "s": p, "end": 0, "slope": sp.S.One, "using": LEMMA, "why": "so"},
    ),
    "Derivation.knowing": (START.knowing, {"claim": LEMMA}),
    "Derivation.eliminate": (START.eliminate, {"s": q, "using": GIVEN, "why": "so"}),
    "Derivation.apply": (START.apply, {"claim": LEMMA, "why": "so"}),
    "Derivation.differentiate": (START.differentiate, {"why": "so"}),
    "Derivation.limit": (START.limit, {"s": p, "why": "so"}),
    "Derivation.substitute": (START.substitute, {"integral": INTEGRAL, "image": q, "why": "so"}),
    "Derivation.by_parts": (START.by_parts, {"u": q, "v": q, "why": "so"}),
    "Derivation.same_sign": (Derivation.same_sign, {"factor": p, "why": "so"}),
    "Precision": (Precision, {"digits": 50, "points": 3, "within": (Condition(p, ">", 1),)}),
    "Certificate": (
        Certificate,
        {"substitute": {p: q}, "ranges": {q: (0, 1)}, "factors": (q,), "function": q, "budget": 9, "bits": 64},
    ),
    "Simulation": (
        Simulation,
        {
            "experiment": lambda rng, point, draws: rng.random(draws), "at": ({"p": 1},), "average": ("X",),
            "deep_at": ({"p": 1},), "sizes": (10, 20, 40), "order": 1, "shape": lambda point, size: {},
            "realise": lambda point, rng: {}, "batch": 100,
        },
    ),
    "Extrapolation": (
        Extrapolation,
        {"points": ({"p": 1},), "orders": (sp.S.One,), "sizes": (10, 100, 1000), "digits": 9, "repeat": 1},
    ),
    "Curve": (Curve, {"symbol": q, "form": "q", "size": n, "value": lambda point, size, digits: None}),
    "Sample.of": (Sample.of, {"size": n, "atoms": (X,), "covariance": {(X, X): A @ A.T}}),
    "Setting": (
        Setting,
        {"samples": (LAW,), "names": ((p, tr(A)),), "realise": lambda point, rng: {}, "rounded": True},
    ),
    "Quantity": (
        Quantity,
        {"symbol": q, "meaning": "a mean", "value": tr(X.T @ X), "setting": SETTING, "literal": lambda a, s: 0.0},
    ),
    "tr": (tr, {"matrix": A}),
    "fixed": (fixed, {"name": "A", "rows": d, "cols": d, "print_as": "A", "symmetric": True, "orthonormal": False}),
    "gaussian": (gaussian, {"name": "X", "rows": n, "cols": d, "print_as": "X"}),
    "gram_inverse": (gram_inverse, {"block": X}),
    "identity": (identity, {"size": n}),
    "pinv": (pinv, {"block": X}),
    "power": (power, {"block": X, "exponent": 2}),
    "projector": (projector, {"block": X}),
    "verify": (verify, {"claim": LEMMA, "effort": "quick", "seed": 0}),
    "Run": (Run, {"effort": "quick", "seed": 0, "progress": lambda text: None, "key": ("k",)}),
    "Budget": (Budget, {"seconds": 9, "megabytes": 9, "patience": 2.0}),
    "Figure": (
        Figure,
        {
            "name": "a", "title": "T", "caption": "C", "data": lambda run: {}, "draw": lambda found, figure: None,
            "size": (3.0, 2.0),
        },
    ),
    "Spectrum.isotropic": (Spectrum.isotropic, {"p": 9, "lam": 1}),
    "Spectrum.levels": (Spectrum.levels, {"weights": {1: 9}}),
    "Spectrum.power_law": (Spectrum.power_law, {"alpha": 2, "p": 9}),
    "Spectrum.explicit": (Spectrum.explicit, {"values": [1.0, 2.0]}),
    "Spectrum.of_covariance": (Spectrum.of_covariance, {"matrix": np.eye(3)}),
    "Spectrum.read": (Spectrum.read, {"path": "a.csv"}),
    "Spectrum.parse": (Spectrum.parse, {"text": "isotropic:p=9"}),
    "Signal.of": (Signal.of, {"coefficients": [1.0, 2.0]}),
    "Signal.power_law": (Signal.power_law, {"beta": 2}),
    "solve": (solve, {"spectrum": SPECTRUM, "n": 3, "ridge": 1, "digits": 20}),
    "risk": (
        risk,
        {"spectrum": SPECTRUM, "signal": SIGNAL, "n": 3, "noise": 0, "surrogate": "truth", "ridge": 1.0, "gain": 1.0},
    ),
    "filters.flow": (filters.flow, {"time": 1}),
    "filters.descent": (filters.descent, {"step": "1/10", "steps": 3}),
    "filters.ridge": (filters.ridge, {"penalty": 1}),
    "matching.flow_time": (matching.flow_time, {"lam": 1, "progress": "1/2"}),
    "equivalents.design": (equivalents.design, {"name": "Z", "n": k, "Sigma": SIGMA}),
    "equivalents.covariance": (equivalents.covariance, {"name": "Sigma", "p": m}),
    "equivalents.truth": (equivalents.truth, {"name": "beta", "p": m}),
    "equivalents.noise": (equivalents.noise, {"variance": "sigma2", "n": k}),
    "equivalents.ridge": (equivalents.ridge, {"X": DESIGN, "labels": DESIGN @ TRUTH, "lam": "lam"}),
    "equivalents.min_norm": (equivalents.min_norm, {"X": DESIGN, "labels": DESIGN @ TRUTH}),
    "equivalents.excess_risk": (
        equivalents.excess_risk,
        {"estimator": equivalents.min_norm(DESIGN, DESIGN @ TRUTH), "truth": TRUTH, "under": SIGMA},
    ),
    "replay": (replay, {"record": {}}),
}  # fmt: skip
WRONG: dict[str, Any] = {
    "None": None, "text": "a + b", "code": "__import__('sys').evaluated(1)", "integer": 7, "float": 2.5,
    "nan": float("nan"),
    "list": [1], "texts": ["a"], "tuple": (None,), "mapping": {"a": None}, "class": Precision, "object": object(),
}  # fmt: skip


def called(call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    """What a call returns; a star is for arguments in any number."""
    star = next((v for name, v in arguments.items() if name.startswith("*")), ())
    before = list(inspect.signature(call).parameters)
    named = {name: value for name, value in arguments.items() if not name.startswith("*")}
    first = [named.pop(name) for name in before[: before.index(_starred(arguments))]] if star != () else []
    return call(*first, *star, **named)


def outcome(call: Callable[..., Any], arguments: dict[str, Any]) -> str:
    """What is wrong with the way in which arguments are refused; empty when nothing is, or they are taken."""
    try:
        made = called(call, arguments)
        _used(made)
    except Exception as problem:
        told = str(problem)
        if not told.strip() or "\n" in told:
            return f"{type(problem).__name__} with {len(told)} characters in {told.count(chr(10)) + 1} lines"
        return "" if _ours(problem) else f"{type(problem).__name__}: {told}"
    return ""


def _starred(arguments: dict[str, Any]) -> str:
    return next(name.removeprefix("*") for name in arguments if name.startswith("*"))


def _ours(problem: Exception) -> bool:
    """An error of this package, or one of the two kinds that Python has for arguments, raised by a line of it."""
    if type(problem).__module__.startswith("w2s_sym"):
        return True
    last = inspect.getinnerframes(problem.__traceback__)[-1] if problem.__traceback__ else None
    context = "".join(last.code_context or ()) if last else ""
    return (
        isinstance(problem, (TypeError, ValueError))
        and last is not None
        and "w2s_sym" in last.filename
        and "raise" in context
    )


def _used(made: Any) -> None:
    """Evidence is asked about a claim, in this process: what it says is a finding or an error of ours."""
    if not isinstance(made, Evidence):
        return
    claim = Claim("toy", "A toy.", Compare(p, "<", p + 1), Domain((p,)), SOURCE, (made,))
    if not isinstance(made, Certificate):
        check_evidence(claim, 0, Run("quick"))
    write(claim)


@pytest.mark.parametrize("name", CALLS)
def test_wrong_arguments_are_refused_in_our_words(name: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    call, good = CALLS[name]
    faults = {}
    for argument in good:
        for kind, value in WRONG.items():
            given = (value,) if argument.startswith("*") else value
            fault = outcome(call, {**good, argument: given})
            if fault:
                faults[argument, kind] = fault
    assert faults == {}
    assert outcome(call, good) == "" or name == "Spectrum.read"


def test_every_step_and_every_constructor_is_among_them() -> None:
    steps = {f"Derivation.{name}" for name, held in vars(Derivation).items() if name[0] != "_" and callable(held)}
    asked = {f"Derivation.{name}" for name in ("accepts", "states", "lines", "derived", "check")}
    assert steps - asked <= set(CALLS)
    classes = {name for name in dir(w2s_sym) if isinstance(getattr(w2s_sym, name, None), type)}
    kinds = {name for name in classes if issubclass(getattr(w2s_sym, name), Evidence)} - {"Evidence"}
    assert kinds <= set(CALLS)


@typed
def scaled(x: sp.Expr, times: int = 1, *rest: str, why: str | None = None, **where: sp.Expr) -> str:
    if times == 99:
        raise ValueError("99 is too many; take 98")
    return str(x * times)


@pytest.mark.parametrize(
    ("arguments", "named", "told"),
    [
        ((None,), {}, "scaled: x is None; give a formula of symbols and exact numbers"),
        ((p, 1.5), {}, "scaled: times is 1.5; give an integer"),
        ((p, True), {}, "scaled: times is True; give an integer"),
        ((p, 1, "a", 3), {}, "scaled: rest is 3; give a text"),
        ((p,), {"why": 3}, "scaled: why is 3; give a text or None"),
        ((p,), {"y": "text"}, "scaled: y is|scaled: where is 'text'; give a formula"),
        ((), {}, "scaled: missing a required argument: 'x'"),
        ((p, 99), {}, "99 is too many; take 98"),
    ],
)
def test_an_argument_is_named_with_what_to_give(arguments: tuple, named: dict, told: str) -> None:
    with pytest.raises(ValueError, match=told) as found:
        scaled(*arguments, **named)
    assert isinstance(found.value, ArgumentError) == (arguments[1:] != (99,))
    assert scaled(p, 2, "a", why=None, y=q) == "2*p"


@pytest.mark.parametrize("name", [name for name in CALLS if name.startswith("Derivation.")])
def test_a_step_refuses_what_is_of_no_kind_when_it_is_written(name: str) -> None:
    call, good = CALLS[name]
    for argument in good:
        for strange in (object(), {"a": None}):
            given = (strange,) if argument.startswith("*") else strange
            with pytest.raises((TypeError, ValueError)) as found:
                called(call, {**good, argument: given})
            assert _ours(found.value)
