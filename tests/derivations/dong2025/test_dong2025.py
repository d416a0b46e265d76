"""Dong et al. 2025: reference numbers worked out by hand, and words against the experiments written by hand."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from derivations import dong2025
from derivations.dong2025 import setting
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.simulation.sampling import draw_arrays
from w2s_sym.formula.conditions import DomainError
from w2s_sym.matrices.evaluation import evaluate_words
from w2s_sym.matrices.experiment import Quantity

QUANTITIES = [
    (claim.id.split("/")[1], claim.statement.lhs)
    for claim in dong2025.CLAIMS
    if isinstance(claim.statement, Compare) and isinstance(claim.statement.lhs, Quantity)
]


def named(cell: dict[sp.Symbol, sp.Expr]) -> dict[str, sp.Expr]:
    return {s.name: v for s, v in cell.items()}


def test_the_synthetic_setting_has_the_errors_of_its_coordinates() -> None:
    cell = dong2025.synthetic(90, 2000, 400)
    harmonic = [1 / i for i in range(1, 301)]
    assert float(cell[dong2025.rho_s]) == pytest.approx(sum(harmonic[100:]) / 20000, rel=1e-14)
    assert float(cell[dong2025.rho_w]) == pytest.approx((sum(harmonic[:90]) + sum(harmonic[290:])) / 20000, rel=1e-14)
    assert float(cell[dong2025.rho_s]) == pytest.approx(5.476e-5, rel=1e-4)
    assert float(cell[dong2025.rho_w]) == pytest.approx(2.558e-4, rel=2e-4)
    assert float(dong2025.synthetic(10, 2000, 400)[dong2025.rho_w]) == pytest.approx(1.642e-4, rel=3e-4)
    assert [int(dong2025.synthetic(skip, 2000, 400)[setting.d_sw]) for skip in (10, 50, 90)] == [90, 50, 10]


def test_reference_numbers_of_the_synthetic_experiment() -> None:
    cell = named(dong2025.synthetic(90, 2000, 400))
    exact = dong2025.STUDENT.at(**cell)
    assert exact.is_Rational
    assert float(exact) == pytest.approx(7.4591e-4, abs=5e-9)
    drawn = dong2025.SYNTHETIC_BOUND.statement.rhs.xreplace(dong2025.synthetic(90, 2000, 400))
    assert float(drawn) == pytest.approx(6.302e-4, abs=5e-8)
    assert float(dong2025.null_risk) == pytest.approx(3.1413e-4, abs=5e-9)
    least = min(dong2025.STUDENT.at(**named(c)) for c in dong2025.CELLS)
    assert float(least) == pytest.approx(3.504e-4, abs=5e-8)
    assert len(dong2025.CELLS) == 120


def test_reference_numbers_of_the_counter_examples() -> None:
    point = dong2025.ORTHOGONAL_TEACHER
    bias = dong2025.PRINTED_BIAS_FAILS.statement.lhs.xreplace({k: sp.Integer(v) for k, v in point.items()})
    assert float(bias) == pytest.approx(110.0, abs=0.05)
    values = {k: sp.Integer(v) for k, v in point.items()}
    assert float(dong2025.OPR_FAILS.statement.lhs.xreplace(values)) == pytest.approx(1.682e-4, abs=5e-8)
    assert float(dong2025.OPR_FAILS.statement.rhs.xreplace(values)) == pytest.approx(1.800e-4, abs=5e-8)


def test_functions_are_the_claims_formulas_on_arrays() -> None:
    cells = [dong2025.synthetic(skip, 2000, size) for skip in (10, 90) for size in (400, 4000)]
    arrays = {s.name: np.array([float(c[s]) for c in cells]) for s in cells[0]}
    got = dong2025.student_excess(**arrays)
    assert got.shape == (4,)
    assert got == pytest.approx([float(dong2025.STUDENT.at(**named(c))) for c in cells], rel=1e-12)
    weak = dong2025.weak_excess(**{k: arrays[k] for k in ("d_w", "n", "sigma2", "rho_w")})
    by_hand = (arrays["sigma2"] + arrays["rho_w"]) * 200 / (2000 - 200 - 1) + arrays["rho_w"]
    assert weak == pytest.approx(by_hand, rel=1e-14)
    best = dong2025.optimal_n(d_sw=10, d_s=100, d_w=200, N=4000, B=0.02)
    assert best == pytest.approx(201 + np.sqrt((10 + 100 / 4000 * 190) * 201 / 0.02), rel=1e-13)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"n": 201}, ("n=201", "d_w=200", "n > d_w + 1", "more labels")),
        ({"N": 101}, ("N=101", "d_s=100", "N > d_s + 1", "more pseudo-labels")),
        ({"d_sw": 101}, ("d_sw=101", "d_s=100", "d_s >= d_sw")),
        ({"sigma2": -1}, ("sigma2=-1", "sigma2 >= 0")),
        ({"n": 2000.5}, ("n=2000.5", "integer")),
        ({"rho_w": float("nan")}, ("rho_w=nan", "finite")),
        ({"q": 1}, ("q <= rho_w",)),
    ],
)
def test_functions_refuse_what_lies_outside_their_domain(change: dict[str, float], words: tuple[str, ...]) -> None:
    values = {k: float(v) for k, v in named(dong2025.synthetic(90, 2000, 400)).items()} | change
    with pytest.raises(DomainError) as refused:
        dong2025.student_excess(**values)
    assert all(word in str(refused.value) for word in words), refused.value
    assert "\n" not in str(refused.value)


def test_solving_for_the_number_of_pseudo_labels() -> None:
    (size,) = dong2025.VARIANCE_POPULATION.solve_for("N", "1/100", d_sw=10, d_s=100, d_w=200, n=2000, sigma2=1)
    # 10 + 100/(N - 101) 190 = 17.99  <=>  N = 101 + 19000/7.99
    assert size == 101 + sp.Rational(1900000, 799)


@pytest.mark.parametrize(("name", "quantity"), QUANTITIES, ids=[name for name, _ in QUANTITIES])
def test_words_and_the_experiment_by_hand_agree_path_by_path(name: str, quantity: Quantity) -> None:
    assert quantity.literal is not None, f"{name} has no experiment written by hand"
    rng = np.random.default_rng(20250207)
    draws = 5
    for point in ({"n": 17, "N": 19, "d_s": 3, "d_w": 4, "D": 6}, {"n": 30, "N": 12, "d_s": 4, "d_w": 2, "D": 5}):
        arrays, scalars = draw_arrays(quantity, point, rng, draws, full_rows=True)
        words = np.asarray(evaluate_words(quantity.value, arrays, scalars))
        for i in range(draws):
            one = {k: (a[i] if np.ndim(a) == 3 else a) for k, a in arrays.items()}
            by_hand = quantity.literal(one, scalars)
            # The words expand squares that cancel: a few hundred rounding errors of the largest term.
            assert words[i] == pytest.approx(by_hand, rel=1e-8, abs=1e-9)
