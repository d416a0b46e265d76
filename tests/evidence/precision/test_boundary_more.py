"""What findings about limits report when several fits or several rivals compete."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.run import Run
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Asymptotic, Compare, Iff
from w2s_sym.evidence.precision import boundary
from w2s_sym.evidence.precision.boundary import boundary_points
from w2s_sym.evidence.precision.orders import FittedOrder
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.evidence.precision.session import Session
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import n


def check(rivals: Iterable[sp.Expr] = ()) -> Finding:
    made = Claim(
        "c",
        "A sentence.",
        Asymptotic(1 + 1 / n, sp.S.One, n, 1),
        Domain((n,)),
        Source("toy", "A", "T", 2024),
        (Precision(),),
        rivals=tuple(rivals),
    )
    return Precision().check(made, Run().under(made.id, 0))


@pytest.mark.parametrize("turned", [False, True])
def test_the_widest_fit_is_reported(monkeypatch: pytest.MonkeyPatch, turned: bool) -> None:
    fits = [FittedOrder(1.3, 0.99, 1.4), FittedOrder(1.0, 0.7, 1.2)]
    monkeypatch.setattr(boundary, "order_fits", lambda *_: fits[::-1] if turned else fits)
    finding = check()
    assert finding.verdict is Verdict.AGREES
    assert finding.summary == "order 1.0000 in [0.7000, 1.2000] at 2 points"


def test_the_first_rival_that_stands_is_named() -> None:
    finding = check((sp.Integer(2), 1 + 2 / n, 1 + 3 / n))
    assert finding.refuted == (0,)
    assert finding.detail["surviving"] == ["the rival 1 + 2/n", "the rival 1 + 3/n"]
    assert "the error of the rival 1 + 2/n has" in finding.summary


@pytest.mark.parametrize("count", [2, 5, 8])
def test_every_zero_has_its_neighbours_and_all_factors_their_share(count: int) -> None:
    x, y = sp.symbols("x y", real=True)
    made = Claim(
        "c",
        "A sentence.",
        Iff(Compare(x, ">", 3), Compare(x, ">", 4)),
        Domain((x, y)),
        Source("toy", "A", "T", 2024),
        (Precision(),),
    )
    session = Session(made, Run(), 50, count)
    points = list(boundary_points(session, Compare(x, ">", 4), Run().rng("b")))
    assert [p[x] - 4 for p in points] == [0, -sp.Rational(4, 97), sp.Rational(4, 97)] * count
    points = list(boundary_points(session, Compare(x * (y - 2), ">", 0), Run().rng("b")))
    share = max(2, -(-count // 2))
    assert sum(p[x] == 0 for p in points) == sum(p[y] == 2 for p in points) == share
    assert len(points) == 6 * share
