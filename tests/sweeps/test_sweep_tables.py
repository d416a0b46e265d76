"""The table of a sweep: what is written is read back to the last digit, with units, meanings and provenance."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from swept import same, write_risks

from w2s_sym import Sweep, SweepError, read_sweep, sweep, symbol
from w2s_sym.papers.board import Event
from w2s_sym.papers.figures import numbers
from w2s_sym.store.fingerprints import versions
from w2s_sym.sweeps import table_files

TOML = """
title = "Risk of ridge regression"
seed = 4
[axes]
ratio = { values = [0.25, 0.75, 1.1], title = "$n/p$" }
alpha = { values = [1, 2], unit = "nats" }
[values]
n = { times = ["ratio", 8] }
Sigma = { spectrum = "power:alpha={alpha},p=8" }
beta = { each = 1 }
sigma2 = 1
lam = 0.5
[columns.risk]
equivalent = "risks.py::RIDGE"
title = "excess risk"
unit = "squared units"
[columns.drawn]
simulation = "risks.py::RIDGE"
draws = 12
"""


@pytest.fixture(params=["csv", "parquet", "netcdf"])
def found(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sweep:
    """The sweep above, written in one of the kinds of table; n = 8.8 is no size of a simulation."""
    if request.param == "parquet":
        pytest.importorskip("pyarrow", reason="needs the extra sweep: pip install 'w2s-sym[sweep]'")
    if request.param == "csv":
        monkeypatch.setitem(sys.modules, "pyarrow", None)
    if request.param == "netcdf":
        pytest.importorskip("h5netcdf", reason="needs the extra netcdf: pip install 'w2s-sym[netcdf]'")
    write_risks(tmp_path)
    (tmp_path / "r.toml").write_text(TOML)
    asked = "netcdf" if request.param == "netcdf" else ""  # of the others one is chosen by what is installed
    made = sweep(tmp_path / "r.toml", tmp_path / "out", jobs=1, table=asked)
    assert made.about["table"] == {"netcdf": "table.nc"}.get(request.param, f"table.{request.param}")
    return made


def test_it_is_read_back_to_the_last_digit(found: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = read_sweep(tmp_path / "out")
    same(again, found)
    monkeypatch.setattr(table_files, "ROWS_AT_ONCE", 4)  # 6 rows: a part that is not full
    table_files.write_table(tmp_path / "out", found)
    same(read_sweep(tmp_path / "out"), found)
    assert again.about == json.loads(json.dumps(found.about))
    assert repr(again) == repr(found)
    assert found.axes["alpha"].dtype == np.int64
    assert np.isnan(found.columns["drawn"]).tolist() == [[False] * 2, [False] * 2, [True] * 2]
    assert "needs integers" in found.missing[2, 0]


def test_the_sidecar_says_what_everything_is(found: Sweep, tmp_path: Path) -> None:
    about = json.loads((tmp_path / "out" / "sweep.json").read_text())
    assert about["made_by"] == "w2s-sym"
    assert (about["title"], about["seed"], about["effort"], about["cells"]) == (
        "Risk of ridge regression",
        4,
        "quick",
        6,
    )
    assert about["definition"] == TOML
    assert about["versions"] == versions()
    assert len(about["digest"]) == 64
    assert about["axes"][0] == {"name": "ratio", "title": "$n/p$", "unit": "", "count": 3}
    risk, drawn = about["columns"]
    assert (risk["kind"], risk["of"], risk["unit"]) == ("equivalent", "risks.py::RIDGE", "squared units")
    assert r"\begin{align*}" in risk["latex"]
    assert "1/m1 = 1 + tr(Sigma Q1)/n" in risk["text"]
    assert (drawn["kind"], drawn["draws"]) == ("simulation", 12)


def test_pandas_and_xarray_have_the_same_numbers(found: Sweep) -> None:
    pytest.importorskip("pandas", reason="needs pandas")
    xarray = pytest.importorskip("xarray", reason="needs xarray")
    frame = found.to_pandas()
    assert list(frame.columns) == ["ratio", "alpha", "risk", "drawn", "drawn_error", "missing"]
    np.testing.assert_array_equal(frame["risk"], found.columns["risk"].ravel())
    assert frame["alpha"].tolist() == [1, 2] * 3
    grid = found.to_xarray()
    assert isinstance(grid, xarray.Dataset)
    np.testing.assert_array_equal(grid["drawn"].sel(alpha=2), found.columns["drawn"][:, 1])
    assert (grid["risk"].attrs["units"], grid["risk"].attrs["long_name"]) == ("squared units", "excess risk")
    assert (grid["alpha"].attrs["units"], grid["alpha"].attrs["long_name"]) == ("nats", "alpha")
    assert grid["drawn_error"].attrs["long_name"] == "standard error of drawn"


def test_netcdf_is_read_by_anybody_with_units_and_provenance(found: Sweep, tmp_path: Path) -> None:
    """Written through xarray, read through h5py alone: no library of ours or of labels is needed for the numbers."""
    h5py = pytest.importorskip("h5py", reason="needs the extra netcdf: pip install 'w2s-sym[netcdf]'")
    sweep(tmp_path / "r.toml", tmp_path / "out", jobs=1, table="netcdf")
    with h5py.File(tmp_path / "out" / "table.nc") as file:
        assert file["risk"][()].tobytes() == found.columns["risk"].tobytes()
        assert file["drawn_error"][()].tobytes() == found.errors["drawn"].tobytes()
        assert file["alpha"][()].tolist() == [1, 2]
        assert (file["risk"].attrs["units"], file["alpha"].attrs["units"]) == ("squared units", "nats")
        assert "needs integers" in file["missing"].asstr()[2, 0]
        about = {k: v for k, v in file.attrs.items() if not k.startswith("_")}
        assert (about["made_by"], about["seed"], about["definition"]) == ("w2s-sym", 4, TOML)
        assert (about["digest"], json.loads(about["versions"])) == (found.about["digest"], versions())


def test_another_kind_of_table_is_written_without_work(found: Sweep, tmp_path: Path) -> None:
    pytest.importorskip("h5netcdf", reason="needs the extra netcdf: pip install 'w2s-sym[netcdf]'")
    for kind, name in table_files.TABLES.items():
        if kind == "parquet":
            continue  # half of the runs of this test hide pyarrow
        events: list[Event] = []
        sweep(tmp_path / "r.toml", tmp_path / "out", jobs=1, table=kind, progress=events.append)
        assert all(event.recalled for event in events)
        assert sorted(p.name for p in (tmp_path / "out").glob("table.*")) == [name]
        same(read_sweep(tmp_path / "out"), found)


def test_numbers_and_units_that_netcdf_could_misread_are_read_as_they_are(tmp_path: Path) -> None:
    """Integers beyond 2^53, the least float, "days" as a unit, long texts, empty cells and other scripts."""
    pytest.importorskip("h5netcdf", reason="needs the extra netcdf: pip install 'w2s-sym[netcdf]'")
    a, b = symbol("a", "a number"), symbol("b", "a positive number", positive=True)
    axes = {"a": {"values": [2**53 + 1, -(2**62)], "unit": "days"}, "b": {"values": [5e-324, -1], "title": "β ≥ 0"}}
    columns = {"f": {"formula": a + b, "unit": "seconds since 1970-01-01", "title": "Ω" * 70_000}}
    made = sweep({"axes": axes, "columns": columns}, tmp_path / "out", jobs=1, table="netcdf")
    assert made.axes["a"].dtype == np.int64
    again = read_sweep(tmp_path / "out")
    same(again, made)
    assert again.about == json.loads(json.dumps(made.about))
    assert repr(again) == repr(made)


def test_a_kind_of_table_that_cannot_be_written_is_refused_before_any_work(
    w2s: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_risks(tmp_path)
    Path("r.toml").write_text(TOML)
    for library, kind, extra in (("h5netcdf", "netcdf", "netcdf"), ("pyarrow", "parquet", "sweep")):
        with monkeypatch.context() as without:
            without.setitem(sys.modules, library, None)
            said = w2s("sweep", "r.toml", "-o", "out", "--table", kind).error
            assert f"pip install 'w2s-sym[{extra}]'" in said
    with pytest.raises(SweepError, match="'xls' is no kind of table; give parquet, csv, netcdf"):
        sweep("r.toml", "out", table="xls")
    assert not Path("out").exists()


def test_without_pandas_and_xarray_the_message_says_so(found: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(SweepError, match=r"pandas is missing; pip install pandas, or take flat\(\)"):
        found.to_pandas()
    with pytest.raises(SweepError, match="xarray is missing"):
        found.to_xarray()
    assert list(found.flat()) == ["ratio", "alpha", "risk", "drawn", "drawn_error", "missing"]


def test_a_csv_is_read_by_anybody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing number is empty and its reason is beside it; the last axis runs fastest."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    a = symbol("a", "a positive number", positive=True)
    columns = {"f": {"formula": 1 / a}, "g": {"formula": symbol("b", "b")}}
    sweep({"axes": {"b": [1, 2], "a": [-1, 0.5]}, "columns": columns}, tmp_path / "out", jobs=1)
    with (tmp_path / "out" / "table.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["b", "a", "f", "g", "missing"]
    assert rows[1] == ["1", "-1.0", "", "1.0", "f: a=-1: needs a > 0"]
    assert rows[2] == ["1", "0.5", "2.0", "1.0", ""]
    assert [row[0] for row in rows[1:]] == ["1", "1", "2", "2"]


@pytest.mark.parametrize("damage", ["table", "sidecar", "nothing", "rows"])
def test_what_is_damaged_is_refused_in_one_line(found: Sweep, tmp_path: Path, damage: str) -> None:
    out = tmp_path / "out"
    table = out / found.about["table"]
    match damage:
        case "table":
            table.unlink()
        case "sidecar":
            (out / "sweep.json").write_text("{")
        case "nothing":
            out = tmp_path / "elsewhere"
        case "rows":
            table.write_bytes(table.read_bytes()[: table.stat().st_size // 2])
    with pytest.raises(SweepError) as problem:
        read_sweep(out)
    assert "\n" not in str(problem.value)
    assert ("holds no sweep" in str(problem.value)) == (damage in ("sidecar", "nothing"))


def test_a_table_of_another_kind_is_removed(found: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = table_files.PARQUET if found.about["table"] == table_files.CSV else table_files.CSV
    (tmp_path / "out" / other).write_text("old")
    sweep(tmp_path / "r.toml", tmp_path / "out", jobs=1)
    assert not (tmp_path / "out" / other).exists()


# -- figures --------------------------------------------------------------------------------------------------


def test_the_figure_has_lines_and_bars_of_the_table(found: Sweep) -> None:
    data = numbers(found.plot("ratio", "alpha"))
    assert (data["x"], data["y"]) == ("$n/p$", "Risk of ridge regression")
    lines = [s for s in data["series"] if s["error"] is None]
    bars = [s for s in data["series"] if s["error"] is not None]
    assert [s["label"] for s in lines] == ["risk, alpha = 1", "risk, alpha = 2"]
    assert lines[1]["y"] == found.columns["risk"][:, 1].tolist()
    # The cell without draws is left out.
    assert bars[0]["x"] == [0.25, 0.75]
    assert bars[0]["y"] == found.columns["drawn"][:2, 0].tolist()
    assert bars[0]["error"] == found.errors["drawn"][:2, 0].tolist()
    assert [s["look"] for s in data["series"]] == [0, 1, 0, 1]


def test_axes_that_are_left_are_fixed(found: Sweep) -> None:
    figure = found.plot("ratio", at={"alpha": 2})
    assert figure.caption.startswith("At alpha = 2. Lines: ")
    assert numbers(figure)["series"][0]["y"] == found.columns["risk"][:, 1].tolist()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"x": "n"}, "n is no axis of this sweep; it has ratio, alpha"),
        ({"x": "ratio", "hue": "ratio"}, "ratio is used twice"),
        ({"x": "ratio", "at": {"alpha": 3}}, "alpha = 3 is no value of that axis; it has 1, 2"),
        ({"x": "ratio", "at": {"z": 3}}, "z is no axis"),
    ],
)
def test_another_axis_is_refused(found: Sweep, options: dict[str, Any], says: str) -> None:
    with pytest.raises(SweepError, match=says):
        found.plot(**options)


def test_more_values_than_colours_are_refused(tmp_path: Path) -> None:
    a = symbol("a", "a number")
    columns = {"f": {"formula": a + symbol("b", "b")}}
    made = sweep({"axes": {"a": range(9), "b": range(9)}, "columns": columns}, tmp_path / "out", jobs=1)
    with pytest.raises(SweepError, match="b has 9 values, and there are 7 colours; fix it with at"):
        made.plot("a", "b")
    assert numbers(made.plot("a"))["series"][0]["y"] == list(range(9))


def test_the_command_draws_it(w2s: Callable[..., Any], tmp_path: Path) -> None:
    write_risks(tmp_path)
    Path("r.toml").write_text(TOML + '[figure]\nx = "ratio"\nhue = "alpha"\nlog = ["x"]\n')
    ran = w2s("sweep", "r.toml", "-o", "out", "--workers", 1, "--figure")
    assert ran.code == 0
    assert Path("out", "figure.png").read_bytes().startswith(b"\x89PNG")
    ran = w2s("sweep", "r.toml", "-o", "out", "--workers", 1, "--figure", "f.pdf")
    assert Path("f.pdf").read_bytes().startswith(b"%PDF")
    assert "Risk of ridge regression: 3 ratio x 2 alpha" in ran.out
    Path("mine.png").write_text("mine")
    assert "w2s-sym did not write it" in w2s("sweep", "r.toml", "-o", "out", "--figure", "mine.png").error


def test_the_files_of_the_guide_make_its_table(w2s: Callable[..., Any]) -> None:
    page = (Path(__file__).parents[2] / "docs" / "guide" / "sweep.md").read_text(encoding="utf-8")
    Path("risks.py").write_text(page.split("```python\n")[1].split("```")[0])
    Path("risk.toml").write_text(page.split("```toml\n")[1].split("```")[0].replace("draws = 100", "draws = 2"))
    ran = w2s("sweep", "risk.toml", "-o", "risk", "--figure")
    assert ran.code == 0
    assert ran.out.startswith("Excess risk of ridge regression: 3 alpha x 20 ratio\n")
    assert Path("risk", "figure.png").exists()
    assert (read_sweep("risk").missing == "").all()
