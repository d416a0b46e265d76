"""``w2s-sym derive``: what it prints and writes, and what it refuses."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from w2s_sym.cli.command_line import main
from w2s_sym.cli.derive_command import _hanging
from w2s_sym.cli.layout import fitted
from w2s_sym.cli.terminal import coloured

FILE = """
from w2s_sym.equivalents import covariance, design, excess_risk, min_norm, noise, ridge, sizes, truth

n, p = sizes("n p")
Sigma = covariance("Sigma", p)
X, beta = design("X", n, Sigma), truth("beta", p)
RIDGE = excess_risk(ridge(X, X @ beta + noise("sigma2", n), "lam"), beta, under=Sigma)
MIN_NORM = excess_risk(min_norm(X, X @ beta), beta, under=Sigma)
"""
VALUES: dict[str, Any] = {"Sigma": np.eye(12), "beta": np.ones(12), "n": 9, "lam": 0.25, "sigma2": 0.5}


@pytest.fixture
def risks(tmp_path: Path) -> str:
    (tmp_path / "risks.py").write_text(FILE)
    return str(tmp_path / "risks.py")


def values(tmp_path: Path, **change: Any) -> str:
    kept = {key: v for key, v in {**VALUES, **change}.items() if v is not None}
    np.savez(tmp_path / "values.npz", **kept)
    return str(tmp_path / "values.npz")


def test_equations_values_and_simulation(risks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With Sigma = I and gamma = p/n, m = 1/(1 + gamma q) and q = 1/(lam + m) have a root in closed form."""
    out, tex = tmp_path / "out.json", tmp_path / "out.tex"
    asked = [f"{risks}::RIDGE", "--at", values(tmp_path), "--draws", "40", "--json", str(out), "-o", str(tex)]
    assert main(["derive", *asked]) == 0
    printed = capsys.readouterr().out
    assert "1/m1 = 1 + tr(Sigma Q1)/n" in printed
    assert "all hold" in printed
    told = json.loads(out.read_text())["RIDGE"]
    gamma, lam = 12 / 9, 0.25
    b = lam + gamma - 1
    m = (-b + np.sqrt(b**2 + 4 * lam)) / 2  # of m^2 + (lam + gamma - 1) m - lam = 0
    omega = gamma * m**2 / (lam + m) ** 2
    wanted = 12 * (lam / (lam + m)) ** 2 / (1 - omega) + 0.5 * omega / (1 - omega)
    assert float(told["values"]["total"]) == pytest.approx(wanted, rel=1e-10)
    assert abs(told["worst_z"]) < 4.5
    assert r"\begin{align*}" in tex.read_text()
    assert main(["derive", *asked]) == 0, "files that it wrote are written again"


def test_later_rows_of_an_equation_are_indented_on_a_terminal() -> None:
    line = _hanging("g1 = N tr(A Q1) + m2 tr(B Q1) + tr(C Q1)")
    assert fitted(line, 36).split("\n") == ["g1 = N tr(A Q1) + m2 tr(B Q1)", "     + tr(C Q1)"]
    assert coloured("1/m1 = 1 + tr(Sigma Q1)/n") == "1/m1 = 1 + tr(Sigma Q1)/n", "no claim's id"


def test_one_file_of_values_serves_all_risks_of_a_file(
    risks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """MIN_NORM has neither a ridge nor noise: values for RIDGE are passed over, a name of neither is refused."""
    at = values(tmp_path)
    assert main(["derive", f"{risks}::MIN_NORM", "--at", at, "--draws", "0"]) == 0
    # |beta|^2 (1 - n/p) is 3.
    assert "total = 3\n" in capsys.readouterr().out
    assert main(["derive", risks, "--at", at, "--draws", "0"]) == 0
    assert capsys.readouterr().out.count("total = ") == 2
    assert main(["derive", risks, "--at", values(tmp_path, nu=1), "--draws", "0"]) == 2
    assert "nu is no name of this risk" in capsys.readouterr().err


def test_proven_digits(risks: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = values(tmp_path, lam=None, sigma2=None)
    assert main(["derive", f"{risks}::MIN_NORM", "--at", at, "--digits", "25", "--draws", "0"]) == 0
    total = re.search(r"^total = (\S+)", capsys.readouterr().out, flags=re.MULTILINE)
    assert total is not None
    # |beta|^2 (1 - n/p), exactly.
    assert abs(Decimal(total[1]) - 3) < Decimal("1e-24")


@pytest.mark.parametrize(
    ("arguments", "change", "words"),
    [
        (["nothing.py"], {}, "no file nothing.py; give the path of a Python file that defines a risk"),
        (["{file}::NONE"], {}, "has no risk NONE; it has RIDGE, MIN_NORM"),
        (["{file}", "--digits", "9"], {}, "--digits needs numbers"),
        (["{file}::RIDGE", "--at", "{file}"], {}, "is no .npz file; write one with numpy.savez"),
        (["{file}::RIDGE", "--at", "gone.npz"], {}, "no such file"),
        (["{file}::RIDGE", "--at", "{at}"], {"lam": None}, "no value for the parameter lam"),
        (["{file}::RIDGE", "--at", "{at}"], {"nu": 1}, "nu is no name of this risk"),
        (["{file}::RIDGE", "--at", "{at}"], {"lam": [1, 2]}, "lam in .* has 2 numbers"),
        (["{file}::RIDGE", "--at", "{at}"], {"sigma2": -1}, "sigma2 = -1: needs a number of at least zero"),
        (["{file}::RIDGE", "--at", "{at}"], {"Sigma": -np.eye(12)}, "has the eigenvalue -1"),
        (["{file}::MIN_NORM", "--at", "{at}"], {"lam": None, "sigma2": None, "n": 12}, "has full rank for n < p only"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str],
    change: dict[str, Any],
    words: str,
    risks: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    at = values(tmp_path, **change)
    assert main(["derive", *(a.replace("{file}", risks).replace("{at}", at) for a in arguments)]) == 2
    told = capsys.readouterr().err.strip()
    assert "\n" not in told
    assert re.search(words, told)


@pytest.mark.parametrize("line", ["raise SystemExit('done')", "class Away(BaseException): ...\nraise Away('done')"])
def test_a_file_that_leaves_is_refused_in_one_line(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "leaves.py").write_text(f"{line}\n")
    assert main(["derive", str(tmp_path / "leaves.py")]) == 2
    told = capsys.readouterr().err.strip()
    assert "\n" not in told
    assert "done; correct it and try again" in told


def test_an_interrupted_derivation_promises_nothing(
    risks: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing of it is in the store, so it does not say that it goes on from there."""

    def interrupted(self: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr("w2s_sym.equivalents.equivalent.Equivalent.lines", interrupted)
    assert main(["derive", risks]) == 130
    assert capsys.readouterr().err.strip() == "w2s-sym: interrupted; nothing was written"


def test_outputs_that_cannot_be_written_are_refused_before_the_work(
    risks: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at, one = values(tmp_path), str(tmp_path / "one")

    def worked(self: object) -> list[str]:
        raise AssertionError("worked before it refused")

    monkeypatch.setattr("w2s_sym.equivalents.equivalent.Equivalent.lines", worked)
    for asked, words in (
        (["--json", one, "-o", one], "are one file; choose two"),
        (["--json", at], "is a file that is read; choose another file"),
        (["-o", risks], "is a file that is read; choose another file"),
    ):
        assert main(["derive", risks, "--at", at, *asked]) == 2
        told = capsys.readouterr()
        assert (told.out, words in told.err, told.err.count("\n")) == ("", True, 1)


def test_what_was_written_is_written_again(risks: str, tmp_path: Path) -> None:
    out, tex = tmp_path / "out.json", tmp_path / "out.tex"
    for _ in range(2):
        assert main(["derive", f"{risks}::MIN_NORM", "--json", str(out), "-o", str(tex)]) == 0
    assert json.loads(out.read_text())["MIN_NORM"]["lines"]
