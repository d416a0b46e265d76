"""What a sweep refuses: one line that names the key and the next move, exit code 2, and nothing is worked out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from swept import calls, write_claims, write_risks

from w2s_sym import SweepError, sweep, symbol

AXES = "[axes]\nn = [20, 30]\n"
VALUES = "[values]\nd_w = 3\nsigma2 = 1\n"
COLUMN = '[columns.v]\nformula = "dong2025/weak_teacher_variance"\n'
GOOD = AXES + VALUES + COLUMN

# (text of the file, the key that is named, and what to do)
WRONG = {
    "no toml": ("n = [", "bad.toml", "give a TOML file"),
    "unknown table": (GOOD + "[colums]\n", "colums", "the keys here are title, seed, axes"),
    "unknown key": (GOOD + "colour = 1\n", "columns.v.colour", "formula, equivalent or simulation"),
    "unknown key of an axis": (GOOD.replace("[20, 30]", "{ values = [20], stop = 3 }"), "axes.n.stop", "the keys here"),
    "no axes": (VALUES + COLUMN, "axes", "give an axis"),
    "empty axis": (GOOD.replace("[20, 30]", "[]"), "axes.n", "at least one value"),
    "no columns": (AXES, "columns", "give one"),
    "axis twice": ("[axes]\nn = [1]\nn = [2]\n" + VALUES + COLUMN, "bad.toml", "give a TOML file"),
    "value twice": (GOOD.replace("[20, 30]", "[20, 30, 2e1]"), "axes.n", "20 twice"),
    "value twice as floats": (GOOD.replace("[20, 30]", "[0.1, 0.10000000000000000001]"), "axes.n", "0.1 twice"),
    "range finer than floats": (
        GOOD.replace("[20, 30]", "{ from = 10, to = 10.000000000000001, count = 9 }"),
        "axes.n.from",
        "widen the range",
    ),
    "steps finer than floats": (
        GOOD.replace("[20, 30]", "{ from = 1e9, to = 1000000000.0000001, step = 1e-8 }"),
        "axes.n.from",
        "floats near 1000000000 are not",
    ),
    "axis and value": (GOOD.replace("d_w = 3", "d_w = 3\nn = 4"), "values.n", "another name"),
    "column like an axis": (GOOD.replace("columns.v", "columns.n"), "columns.n", "choose another name"),
    "column of reasons": (GOOD.replace("columns.v", "columns.missing"), "columns.missing", "choose another name"),
    "no name": (GOOD.replace("d_w = 3", '"d w" = 3'), "values.d w", "use a letter"),
    "text in an axis": (GOOD.replace("[20, 30]", '[20, "30"]'), "axes.n[1]", "give a number"),
    "truth in an axis": (GOOD.replace("[20, 30]", "[20, true]"), "axes.n[1]", "give a number"),
    "nan": (GOOD.replace("30", "nan"), "axes.n[1]", "give a finite one"),
    "infinity": (GOOD.replace("30", "-inf"), "axes.n[1]", "give a finite one"),
    "beyond floats": (GOOD.replace("30", "1e999999999999"), "axes.n[1]", "give a finite one"),
    "long integer": (GOOD.replace("30", "1" + "0" * 400), "axes.n[1]", "give a finite one"),
    "endless integer": (GOOD.replace("30", "9" * 5000), "bad.toml", "an integer of thousands of digits"),
    "beyond floats by a little": (GOOD.replace("30", "1e-400"), "axes.n[1]", "1e-400 is no number that floats hold"),
    "a day": (GOOD.replace("30", "1979-05-27"), "axes.n[1]", "1979-05-27 is of type date"),
    "list in a list": (GOOD.replace("[20, 30]", "[[20.5]]"), "axes.n[0]", "it is a list; give a number"),
    "control characters": (GOOD + 'title = "a\\u0000b"\n', "columns.v.title", "control character '\\x00'"),
    "one for true": (
        GOOD.replace("[20, 30]", "{ from = 1, to = 3, count = 3, integer = 1 }"),
        "axes.n.integer",
        "neither true nor false",
    ),
    "endless steps": (
        GOOD.replace("[20, 30]", "{ from = 1, to = 3, step = 1e-300 }"),
        "axes.n",
        "has 2e+300 values",
    ),
    "axis of text": (GOOD.replace("[20, 30]", '"20"'), "axes.n", "give a table"),
    "half a range": (GOOD.replace("[20, 30]", "{ from = 20, count = 3 }"), "axes.n.to", "is missing"),
    "count and step": (
        GOOD.replace("[20, 30]", "{ from = 1, to = 3, step = 1, count = 3}"),
        "axes.n.count",
        "not both",
    ),
    "count of a half": (
        GOOD.replace("[20, 30]", "{ from = 1, to = 3, count = 2.5 }"),
        "axes.n.count",
        "2.5 is no integer",
    ),
    "step away": (GOOD.replace("[20, 30]", "{ from = 1, to = 3, step = -1 }"), "axes.n.step", "change its sign"),
    "step of zero": (GOOD.replace("[20, 30]", "{ from = 1, to = 3, step = 0 }"), "axes.n.step", "change its sign"),
    "geometric from zero": (
        GOOD.replace("[20, 30]", '{ from = 0, to = 3, count = 4, spacing = "geometric" }'),
        "axes.n.from",
        "two positive ends",
    ),
    "rounded to one": (
        GOOD.replace("[20, 30]", '{ from = 1, to = 3, count = 9, spacing = "geometric", integer = true }'),
        "axes.n.count",
        "smaller count",
    ),
    "too many in one axis": (
        GOOD.replace("[20, 30]", "{ from = 1, to = 3, step = 1e-9 }"),
        "axes.n",
        "at most 10000000 cells",
    ),
    "too many cells": (
        GOOD.replace("n = [20, 30]", "n = { from = 1, to = 9, count = 4000 }\nm = { from = 1, to = 9, count = 4000 }"),
        "axes",
        "4000 x 4000 = 16000000 cells",
    ),
    "no number": (GOOD.replace("sigma2 = 1", "sigma2 = true"), "values.sigma2", "give a number"),
    "no value": (GOOD.replace("sigma2 = 1", ""), "columns.v", "no value for sigma2"),
    "unused value": (GOOD.replace("d_w = 3", "d_w = 3\nd_z = 3"), "values.d_z", "correct the name"),
    "unused axis": (GOOD.replace("n = [20", "z = [1]\nn = [20"), "axes.z", "correct the name"),
    "name of nothing": (GOOD.replace("d_w = 3", 'd_w = "p"'), "values.d_w", "p is no axis and no value above it"),
    "name below": (GOOD.replace("d_w = 3", 'd_w = "q"\nq = 2'), "values.d_w", "above it"),
    "typed formula for a value": (GOOD.replace("d_w = 3", 'd_w = "n/4"'), "values.d_w", "is not evaluated"),
    "code for a value": (GOOD.replace("d_w = 3", "d_w = \"__import__('os')\""), "values.d_w", "is not evaluated"),
    "typed formula": (
        GOOD.replace("dong2025/weak_teacher_variance", "sigma2*d_w/n"),
        "columns.v.formula",
        "not evaluated",
    ),
    "unknown claim": (GOOD.replace("teacher_variance", "teacher_varianc"), "columns.v.formula", "did you mean"),
    "unknown paper": (GOOD.replace("dong2025", "dong2026"), "columns.v.formula", "unknown claim"),
    "claim of a missing file": (
        GOOD.replace("dong2025/weak_teacher_variance", "no.py::c"),
        "columns.v.formula",
        "give the path of a Python file",
    ),
    "column of nothing": (AXES + VALUES + "[columns.v]\n", "columns.v", "nothing to compute"),
    "column of two": (GOOD + 'simulation = "dong2025/weak_teacher_variance"\n', "columns.v", "give one of"),
    "draws of a formula": (GOOD + "draws = 3\n", "columns.v.draws", "leave it out"),
    "one draw": (
        GOOD.replace("formula =", "simulation =").replace("[columns.v]", "[columns.v]\ndraws = 1"),
        "columns.v.draws",
        "an integer from 2",
    ),
    "claim without a formula": (
        GOOD.replace("weak_teacher_variance", "student_beats_teacher_iff_twice_as_many_pseudo_labels"),
        "columns.v.formula",
        "has no right-hand formula",
    ),
    "own value of no name": (GOOD + "values = { z = 3 }\n", "columns.v.values.z", "is no name of this column"),
    "array for a number": (GOOD.replace("d_w = 3", "d_w = [3, 4]"), "columns.v", "give a number"),
    "unknown definition": (GOOD + 'definition = "tau"\n', "columns.v.formula", "defines no tau"),
    "negative seed": ("seed = -1\n" + GOOD, "seed", "an integer from 0"),
    "title of a number": ("title = 1\n" + GOOD, "title", "a text in quotes"),
    "figure along nothing": (GOOD + '[figure]\nx = "m"\n', "figure.x", "there are n"),
    "figure twice along one": (GOOD + '[figure]\nx = "n"\nhue = "n"\n', "figure.hue", "choose another"),
    "logarithm of nothing": (GOOD + '[figure]\nlog = "x"\n', "figure.log", 'write log = ["x"]'),
}


@pytest.mark.parametrize("what", WRONG)
def test_it_is_one_line_that_names_the_key(w2s: Callable[..., Any], what: str) -> None:
    text, key, move = WRONG[what]
    Path("bad.toml").write_text(text, encoding="utf-8")
    said = w2s("sweep", "bad.toml", "-o", "out", "--workers", 1).error
    assert said.startswith("w2s-sym: error: bad.toml: ")
    assert f"{key}:" in said
    assert move in said
    assert not Path("out").exists()


def test_the_file_that_was_varied_is_good(w2s: Callable[..., Any]) -> None:
    Path("good.toml").write_text(GOOD, encoding="utf-8")
    ran = w2s("sweep", "good.toml", "-o", "out", "--workers", 1)
    assert ran.code == 0
    assert ran.out.startswith("sweep: 2 n\n  v: 0.115385 to 0.1875\n")


def test_a_mark_before_utf_8_is_no_fault(w2s: Callable[..., Any]) -> None:
    """Some editors write it."""
    Path("good.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.encode())
    assert w2s("sweep", "good.toml", "-o", "out", "--workers", 1).code == 0


def test_close_integers_are_told_apart_exactly(tmp_path: Path) -> None:
    x = symbol("x", "a number")
    axis = [2**53, 2**53 + 1, 2**62, 2**62 + 1]
    found = sweep({"axes": {"x": axis}, "columns": {"f": {"formula": x}}}, tmp_path / "out", jobs=1)
    assert found.axes["x"].tolist() == axis


def test_a_product_that_floats_do_not_hold_is_missing_and_the_other_cells_are_not(tmp_path: Path) -> None:
    """Not infinite, not zero, and no failure of the cells around it."""
    x = symbol("x", "a number")
    tables = {
        "axes": {"a": [1, 1e300, 1e-300]},
        "values": {"x": {"times": ["a", "a", 2]}},
        "columns": {"f": {"formula": x}},
    }
    found = sweep(tables, tmp_path / "out", jobs=1)
    assert found.columns["f"][0] == 2
    assert np.isnan(found.columns["f"][1:]).all()
    assert found.missing.tolist()[1:] == [
        "f: the product 2e+600 is no number that floats hold",
        "f: the product 2e-600 is no number that floats hold",
    ]
    assert found.about["complete"]


RISK = {
    "axes": {"lam": [0.1, 1]},
    "values": {"n": 4, "sigma2": 1, "Sigma": {"spectrum": "isotropic:p=3"}, "beta": {"each": 1}},
    "columns": {"risk": {"equivalent": "risks.py::RIDGE"}},
}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"values": {**RISK["values"], "Sigma": 3}}, "columns.risk: Sigma is a matrix or a vector there"),
        ({"values": {**RISK["values"], "Sigma": {"spectrum": "file:x.npy"}}}, "values.Sigma.spectrum: reads no file"),
        ({"values": {**RISK["values"], "Sigma": {"spectrum": 3}}}, "values.Sigma.spectrum: 3 is of type int"),
        ({"values": {**RISK["values"], "Sigma": {"spectrum": "isotropic:p={q}"}}}, "values.Sigma: q is no axis"),
        ({"values": {**RISK["values"], "Sigma": {"file": "no.npy"}}}, "values.Sigma.file: "),
        (
            {"values": {**RISK["values"], "Sigma": {"file": "x.npy", "each": 1}}},
            "values.Sigma: has the keys file, each",
        ),
        ({"values": {**RISK["values"], "Sigma": {"file": "objects.npy"}}}, "values.Sigma.file: "),
        ({"values": {**RISK["values"], "beta": np.zeros((2, 2, 2))}}, "values.beta: an array of shape (2, 2, 2)"),
        ({"values": {**RISK["values"], "beta": [1, float("nan"), 1]}}, "values.beta[1]: nan is no number"),
        ({"columns": {"risk": {"equivalent": "risks.py::RIDG"}}}, "columns.risk.equivalent: 'risks.py::RIDG' holds no"),
        ({"columns": {"risk": {"equivalent": "risks.py::RIDGE", "part": "x"}}}, "has no part 'x'; it has beta"),
        ({"columns": {"risk": {"equivalent": 3}}}, "columns.risk.equivalent: 3 holds no risk"),
        ({"columns": {"risk": {"formula": 3}}}, "columns.risk.formula: is 3; give a claim id"),
    ],
)
def test_estimators_and_their_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], says: str
) -> None:
    monkeypatch.chdir(write_risks(tmp_path).parent)
    np.save("objects.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(SweepError) as problem:
        sweep({**RISK, **change}, "out", jobs=1)
    assert says in str(problem.value)
    assert "\n" not in str(problem.value)
    assert not Path("out").exists()


def test_a_file_that_fails_is_named_with_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_risks(tmp_path)
    path.write_text(path.read_text() + "1 / 0\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SweepError, match=r"columns.risk.equivalent: .*risks.py, line 9: ZeroDivisionError"):
        sweep(RISK, "out", jobs=1)


@pytest.mark.parametrize("name", ["table.csv", "table.parquet", "sweep.json"])
def test_files_of_others_are_not_replaced(w2s: Callable[..., Any], name: str) -> None:
    Path("good.toml").write_text(GOOD, encoding="utf-8")
    Path("mine").mkdir()
    Path("mine", name).write_text("my own\n")
    said = w2s("sweep", "good.toml", "-o", "mine").error
    assert f"{name} exists, and no sweep wrote it; choose another folder" in said
    assert Path("mine", name).read_text() == "my own\n"


def test_a_folder_that_is_a_file_and_a_missing_file(w2s: Callable[..., Any]) -> None:
    Path("good.toml").write_text(GOOD, encoding="utf-8")
    Path("taken").write_text("")
    assert "choose a folder that can be written" in w2s("sweep", "good.toml", "-o", "taken").error
    assert "empty name; give a folder" in w2s("sweep", "good.toml", "-o", "").error
    Path("half").mkdir()
    Path("half", "chunks").write_text("")
    assert "choose a folder that can be written" in w2s("sweep", "good.toml", "-o", "half").error
    assert "no such file or directory" in w2s("sweep", "no.toml", "-o", "out").error
    assert "is a directory" in w2s("sweep", ".", "-o", "out").error
    Path("bytes.toml").write_bytes(b"\xff\xfe")
    assert "give a TOML file" in w2s("sweep", "bytes.toml", "-o", "out").error


def test_options_are_checked_before_any_work(w2s: Callable[..., Any], tmp_path: Path) -> None:
    write_claims(tmp_path)
    Path("s.toml").write_text(
        '[axes]\nk = [1, 2]\n[values]\ns = 1\n[columns.m]\nsimulation = "squares.py::mean_of_squares"\n'
    )
    assert "leave it out to use all processors" in w2s("sweep", "s.toml", "-o", "out", "--workers", 0).error
    assert "tcp://HOST:8786" in w2s("sweep", "s.toml", "-o", "out", "--cluster", "nowhere").error
    assert "choose a name that ends in" in w2s("sweep", "s.toml", "-o", "out", "--figure", "f.txt").error
    assert calls(tmp_path) == []
    with pytest.raises(SweepError, match="unknown effort 'hard'; use quick, standard, deep"):
        sweep("s.toml", "out", effort="hard")
