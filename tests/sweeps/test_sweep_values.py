"""The numbers of sweeps against closed forms written by hand, and the same digits whoever works them out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp
from swept import calls, ridge_risk, same, write_claims, write_risks

from w2s_sym import Sweep, SweepError, sweep, symbol
from w2s_sym.executors.running import Local
from w2s_sym.sweeps import chunks


def swept(tables: dict[str, Any], folder: Path, **options: Any) -> Sweep:
    return sweep(tables, folder, **{"jobs": 1, "told": lambda line: None, **options})


# -- formulas -------------------------------------------------------------------------------------------------


def test_a_formula_of_a_claim_is_the_formula_of_the_paper(tmp_path: Path) -> None:
    """sigma2 d_w/(n - d_w - 1) for n > d_w + 1, and outside of that a reason."""
    n, d_w = np.array([-3, 4, 11, 12, 13, 40]), np.array([3, 10])
    tables = {
        "axes": {"n": n, "d_w": d_w.tolist()},
        "values": {"sigma2": 0.25},
        "columns": {"variance": {"formula": "dong2025/weak_teacher_variance"}},
    }
    found = swept(tables, tmp_path / "out")
    rows, columns = np.meshgrid(n, d_w, indexing="ij")
    inside = rows > columns + 1
    wanted = 0.25 * columns[inside] / (rows[inside] - columns[inside] - 1)
    np.testing.assert_allclose(found.columns["variance"][inside], wanted, rtol=1e-15)
    assert np.isnan(found.columns["variance"][~inside]).all()
    assert [bool(text) for text in found.missing.ravel()] == (~inside).ravel().tolist()
    assert found.missing[2, 1] == (
        "variance: d_w=10, n=11: needs n > d_w + 1; give the weak teacher more labels or fewer features"
    )
    assert "n=-3" in found.missing[0, 0]


def test_an_expression_from_python(tmp_path: Path) -> None:
    a, k = symbol("a", "a number", real=True), symbol("k", "an integer", integer=True)
    tables = {
        "axes": {"a": {"from": -1, "to": 1, "count": 5}, "k": [0, 1, 2, 0.5]},
        "columns": {"f": {"formula": sp.sqrt(a) * k + sp.exp(-k)}},
    }
    found = swept(tables, tmp_path / "out")
    points = np.array([-1, -0.5, 0, 0.5, 1])
    wanted = np.sqrt(points[2:, None]) * np.arange(3) + np.exp(-np.arange(3.0))
    np.testing.assert_allclose(found.columns["f"][2:, :3], wanted, rtol=1e-15)
    assert found.missing[0, 1] == "f: the formula is not finite here"
    assert found.missing[3, 3] == "f: k=0.5: needs an integer"


def test_a_definition_of_a_claim_has_its_formula(tmp_path: Path) -> None:
    path = write_claims(tmp_path)
    path.write_text(path.read_text().replace("CLAIMS = (SQUARES,)", "CLAIMS = (SQUARES, TWICE)"))
    tables = {
        "axes": {"s": [0.5, 3]},
        "columns": {"u": {"formula": f"{path}::with_a_definition", "definition": "u"}},
    }
    assert swept(tables, tmp_path / "out").columns["u"].tolist() == [1, 6]


def test_products_and_names_are_exact(tmp_path: Path) -> None:
    """0.1 * 3 in floats is no integer multiple; here it is 3/10, and 10 times it an integer."""
    k = symbol("k", "an integer", integer=True)
    tables = {
        "axes": {"ratio": {"from": 0.1, "to": 0.9, "step": 0.1}},
        "values": {"tenfold": {"times": ["ratio", 10]}},
        "columns": {"k": {"formula": k + 1, "values": {"k": "tenfold"}}},
    }
    assert swept(tables, tmp_path / "out").columns["k"].tolist() == list(range(2, 11))


# -- estimators -----------------------------------------------------------------------------------------------

RIDGE = {
    "axes": {"lam": {"from": 0.01, "to": 1, "count": 7, "spacing": "geometric"}, "ratio": [0.5, 1, 1.5, 2, 4]},
    "values": {
        "n": {"times": ["ratio", 8]},
        "Sigma": {"spectrum": "isotropic:p=8"},
        "beta": {"each": 0.5},
        "sigma2": 0.75,
    },
    "columns": {"risk": {"equivalent": "risks.py::RIDGE"}, "drawn": {"simulation": "risks.py::RIDGE", "draws": 60}},
}


def test_an_equivalent_is_its_closed_form(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_risks(tmp_path).parent)
    found = swept({**RIDGE, "columns": {"risk": RIDGE["columns"]["risk"]}}, tmp_path / "out")
    lam, ratio = np.geomspace(0.01, 1, 7)[:, None], np.array([0.5, 1, 1.5, 2, 4])
    np.testing.assert_allclose(found.columns["risk"], ridge_risk(lam, 1 / ratio, 0.75, 8 * 0.25), rtol=1e-10)


def test_matrices_that_do_not_commute_and_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A matrix from a file, a truth from a list: the same as an isotropic spectrum, turned."""
    monkeypatch.chdir(write_risks(tmp_path).parent)
    np.save(tmp_path / "sigma.npy", np.eye(8))
    values = {**RIDGE["values"], "Sigma": {"file": "sigma.npy"}, "beta": [2.0**0.5, 0, 0, 0, 0, 0, 0, 0]}
    columns = {"noise": {"equivalent": "risks.py::RIDGE", "part": "noise sigma2"}}
    found = swept({**RIDGE, "values": values, "columns": columns}, tmp_path / "out")
    lam, ratio = np.geomspace(0.01, 1, 7)[:, None], np.array([0.5, 1, 1.5, 2, 4])
    np.testing.assert_allclose(found.columns["noise"], ridge_risk(lam, 1 / ratio, 0.75, 0), rtol=1e-10)


def test_the_side_without_full_rank_is_missing_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For Sigma = I the risk of min-norm interpolation without noise is energy (1 - n/p), for n < p only."""
    monkeypatch.chdir(write_risks(tmp_path).parent)
    tables = {
        "axes": {"n": [4, 9, 10, 11, -1]},
        "values": {"Sigma": {"spectrum": "isotropic:p=10"}, "beta": {"each": 1}},
        "columns": {
            "risk": {"equivalent": "risks.py::MIN_NORM"},
            "drawn": {"simulation": "risks.py::MIN_NORM", "draws": 4},
        },
    }
    found = swept(tables, tmp_path / "out")
    np.testing.assert_allclose(found.columns["risk"][:2], [6, 1], rtol=1e-10)
    assert np.isnan(found.columns["risk"][2:]).all()
    assert np.isnan(found.columns["drawn"][2:]).all()
    assert found.missing[:2].tolist() == ["", ""]
    assert "n = 10 and p = 10" in found.missing[2]
    assert "n = -1" in found.missing[4]
    assert found.missing[4].count("drawn:") == 1


def test_a_spectrum_that_is_none_is_missing_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_risks(tmp_path).parent)
    tables = {
        "axes": {"alpha": [1, -1]},
        "values": {"Sigma": {"spectrum": "power:alpha={alpha},p=1"}, "beta": [1], "n": 1, "sigma2": 1, "lam": 1},
        "columns": {"risk": {"equivalent": "risks.py::RIDGE"}},
    }
    found = swept(tables, tmp_path / "out")
    np.testing.assert_allclose(found.columns["risk"][0], ridge_risk(1, 1, 1, 1), rtol=1e-10)
    assert found.missing[1] == "risk: alpha=-1: needs a positive exponent, at most 1000"


# -- simulations ----------------------------------------------------------------------------------------------


def test_draws_of_a_claim_have_its_mean_and_their_standard_error(tmp_path: Path) -> None:
    """Means of k s chi^2 laws: z values are nearly normal, and their squares sum to a chi^2 of so many degrees."""
    path = write_claims(tmp_path)
    tables = {
        "seed": 5,
        "axes": {"k": {"from": 1, "to": 20, "step": 1}, "s": [1, 0.5, 4]},
        "columns": {"mean": {"simulation": f"{path}::mean_of_squares", "draws": 2000}},
    }
    found = swept(tables, tmp_path / "out")
    k, s = np.arange(1, 21)[:, None], np.array([1, 0.5, 4])
    z = (found.columns["mean"] - k * s) / found.errors["mean"]
    assert np.abs(z).max() < 5
    # 60 degrees of freedom: mean 60, standard deviation 11.
    assert 60 - 4 * 11 < (z**2).sum() < 60 + 4 * 11
    exact = s * np.sqrt(2 * k / 2000)
    np.testing.assert_allclose(found.errors["mean"], exact, rtol=0.3)
    assert len(np.unique(z)) == z.size  # no two cells share their draws


def test_draws_of_a_paper_have_the_mean_of_its_formula(tmp_path: Path) -> None:
    tables = {
        "axes": {"n": [20, 30], "d_w": [4, 9]},
        "values": {"sigma2": 2, "d_s": 5},
        "columns": {"mean": {"simulation": "dong2025/weak_teacher_variance", "draws": 400}},
    }
    found = swept(tables, tmp_path / "out")
    n, d_w = np.array([20, 30])[:, None], np.array([4, 9])
    assert np.abs((found.columns["mean"] - 2 * d_w / (n - d_w - 1)) / found.errors["mean"]).max() < 5
    assert found.about["notes"] == []


def test_a_tail_that_is_too_heavy_for_a_standard_error_is_noted(tmp_path: Path) -> None:
    """1/chi^2 with n - d_w + 1 = 3 degrees of freedom has a mean and no variance."""
    tables = {
        "axes": {"n": [6, 40]},
        "values": {"sigma2": 1, "d_w": 4, "d_s": 2},
        "columns": {"mean": {"simulation": "dong2025/weak_teacher_variance", "draws": 10}},
    }
    (note,) = swept(tables, tmp_path / "out").about["notes"]
    assert note.startswith("dong2025/weak_teacher_variance at d_s=2, d_w=4, n=6")
    assert "too heavy a tail" in note


@pytest.mark.parametrize(("claim", "size"), [("limit_of_a_mean", "n"), ("equivalent_of_a_mean", "size")])
def test_a_limit_is_drawn_at_its_sizes(tmp_path: Path, claim: str, size: str) -> None:
    """The mean is s (1 + 1/size), which neither the limit nor the sizes of the evidence say."""
    path = write_claims(tmp_path)
    path.write_text(path.read_text().replace("CLAIMS = (SQUARES,)", "CLAIMS = (LIMIT, EQUIVALENT)"))
    tables = {
        "axes": {size: [2, 5, 20, 2.5, -3], "s": [1, 3]},
        "columns": {"mean": {"simulation": f"{path}::{claim}", "draws": 100}},
    }
    found = swept(tables, tmp_path / "out")
    wanted = np.array([1, 3]) * (1 + 1 / np.array([2, 5, 20]))[:, None]
    assert np.abs((found.columns["mean"][:3] - wanted) / found.errors["mean"][:3]).max() < 5
    assert found.missing[3, 0] == f"mean: toy/{claim}: {size}=2.5: needs a positive integer"
    assert found.missing[4, 1] == f"mean: toy/{claim}: {size}=-3: needs a positive integer"
    with pytest.raises(SweepError, match=f"columns.mean: no value for {size}; add it to"):
        swept({**tables, "axes": {"s": [1, 3]}}, tmp_path / "out")


def test_draws_of_an_estimator_have_its_mean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Min-norm interpolation without noise, Sigma = I: the mean is energy (1 - n/p) exactly, at any size."""
    monkeypatch.chdir(write_risks(tmp_path).parent)
    tables = {
        "axes": {"n": [2, 5, 9]},
        "values": {"Sigma": {"spectrum": "isotropic:p=10"}, "beta": {"each": 1}},
        "columns": {"drawn": {"simulation": "risks.py::MIN_NORM", "draws": 400}},
    }
    found = swept(tables, tmp_path / "out")
    assert np.abs((found.columns["drawn"] - [8, 5, 1]) / found.errors["drawn"]).max() < 5


def test_a_point_that_leaves_a_symbol_open_is_missing_with_its_name(tmp_path: Path) -> None:
    tables = {
        "axes": {"k": [2, 3]},
        "columns": {
            "mean": {"simulation": f"{write_claims(tmp_path)}::mean_of_squares", "draws": 10},
            "other": {"formula": symbol("k", "a number")},
        },
    }
    found = swept(tables, tmp_path / "out")
    assert found.missing[0] == "mean: toy/mean_of_squares: no value for s; name every symbol of its domain"
    assert calls(tmp_path) == []


# -- whoever works it out -------------------------------------------------------------------------------------


@pytest.fixture
def mixed(tmp_path: Path) -> dict[str, Any]:
    """Formulas, equivalents and both kinds of simulation on a grid with cells outside of all domains."""
    risks, claims = write_risks(tmp_path), write_claims(tmp_path)
    return {
        "seed": 7,
        "axes": {"ratio": {"from": -0.5, "to": 2, "step": 0.25}, "alpha": [1, 1.5, 2], "lam": [0.1, 1]},
        "values": {
            "n": {"times": ["ratio", 8]},
            "Sigma": {"spectrum": "power:alpha={alpha},p=8"},
            "beta": {"signal": 1.5},
            "sigma2": 0.5,
            "s": "lam",
        },
        "columns": {
            "risk": {"equivalent": f"{risks}::RIDGE"},
            "drawn": {"simulation": f"{risks}::RIDGE", "draws": 8},
            "law": {"formula": f"{claims}::mean_of_squares", "values": {"k": "n"}},
            "mean": {"simulation": f"{claims}::mean_of_squares", "draws": 8, "values": {"k": "n"}},
        },
    }


def test_processes_chunks_and_the_order_of_axes_change_no_digit(
    mixed: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = swept(mixed, tmp_path / "one")
    assert all(0 < np.isnan(values).sum() < values.size for values in one.columns.values())
    same(swept(mixed, tmp_path / "two", jobs=2), one)
    with ProcessPoolExecutor(2) as pool:
        same(swept(mixed, tmp_path / "pool", executor=pool), one)
    same(swept(mixed, tmp_path / "spawned", executor=Local(2, "spawn")), one)
    monkeypatch.setattr(chunks, "BLOCKS", 1)
    monkeypatch.setattr(chunks, "DRAWS_OF_CHUNK", 8 * 5)
    same(swept(mixed, tmp_path / "small", jobs=2), one)
    turned = {**mixed, "axes": dict(reversed(mixed["axes"].items()))}
    other = swept(turned, tmp_path / "turned")
    for name, values in one.columns.items():
        np.testing.assert_allclose(other.columns[name].T, values, rtol=1e-12)
    assert other.columns["drawn"].T.tobytes() == one.columns["drawn"].tobytes()


def test_another_seed_draws_again_and_changes_nothing_else(mixed: dict[str, Any], tmp_path: Path) -> None:
    one, other = swept(mixed, tmp_path / "one"), swept({**mixed, "seed": 8}, tmp_path / "other")
    good = np.isfinite(one.columns["drawn"])
    assert (one.columns["drawn"][good] != other.columns["drawn"][good]).all()
    assert one.columns["risk"].tobytes() == other.columns["risk"].tobytes()


def test_a_cluster_gives_the_same_digits(mixed: dict[str, Any], tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="needs the extra cluster: pip install 'w2s-sym[cluster]'")
    from w2s_sym.executors.cluster import Cluster

    one = swept(mixed, tmp_path / "one")
    same(swept(mixed, tmp_path / "cluster", executor=Cluster("local:2")), one)


def test_a_grid_without_any_value_is_refused(w2s: Callable[..., Any]) -> None:
    """The command says in one line what a grid without any value lacks."""
    Path("bad.toml").write_text(
        '[axes]\nn = [3, 4]\n[values]\nd_w = 7\nsigma2 = 1\n[columns.v]\nformula = "dong2025/weak_teacher_variance"\n'
    )
    ran = w2s("sweep", "bad.toml", "-o", "out", "--workers", 1)
    assert "no cell has a value; the first: v: d_w=7, n=3: needs n > d_w + 1" in ran.error


def test_a_spectrum_without_an_end_is_the_limit_of_long_ones(tmp_path: Path) -> None:
    """Power laws of 10^3, 10^5 and infinitely many eigenvalues; what cannot be drawn or paired says why."""
    risks = str(write_risks(tmp_path))

    def tables(p: str, **values: Any) -> dict[str, Any]:
        spectrum = {"spectrum": f"power:alpha=1.5,p={p}"}
        given = {"n": 40, "sigma2": 0.25, "Sigma": spectrum, "beta": {"signal": 1.8}, **values}
        return {
            "axes": {"lam": [0.01, 0.1]},
            "values": given,
            "columns": {"risk": {"equivalent": f"{risks}::RIDGE"}},
        }

    found = {p: swept(tables(p), tmp_path / p).columns["risk"] for p in ("1000", "100000", "inf")}
    gaps = [abs(found[p] / found["inf"] - 1) for p in ("1000", "100000")]
    assert (gaps[1] < 0.002).all()
    assert (gaps[1] < gaps[0] / 5).all()
    drawn = tables("inf")
    drawn["columns"]["drawn"] = {"simulation": f"{risks}::RIDGE", "draws": 2}
    missing = swept(drawn, tmp_path / "drawn").missing
    assert set(missing) == {"drawn: infinitely many eigenvalues cannot be drawn; give a spectrum with a finite p"}
    with pytest.raises(SweepError, match=r"beta is the same in each direction, .* give \{ signal = 1.5 \}"):
        swept(tables("inf", beta={"each": 1}), tmp_path / "each")
