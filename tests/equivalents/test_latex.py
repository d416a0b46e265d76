"""The LaTeX of an equivalent compiles, each of its rows is aligned once, and what is long is broken between terms."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from reference import MATRICES, plain_ridge, targets, two_stages, weak_to_strong

from w2s_sym.equivalents import (
    EngineError,
    Equivalent,
    covariance,
    design,
    excess_risk,
    fixed_matrix,
    identity,
    noise,
    parameter,
    ridge,
    sizes,
    truth,
)
from w2s_sym.equivalents.equivalent import derive

needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed (Debian: texlive-latex-recommended, lmodern)"
)
n, p = sizes("n p")


def odd_names() -> Equivalent:
    """Names that LaTeX reads otherwise: superscripts, squares, words for sources with signs of its own."""
    A, Sigma = fixed_matrix("A__b", p, p), covariance("Sigma_in_1", p)
    X, beta = design("X", n, Sigma), truth("beta__c", p)
    found = A.T @ A.T @ A @ ridge(X, X @ beta + noise(2 * parameter("sigma2_w") ** 2, n), "lam_1")
    return excess_risk(found, beta, under=identity(p))


def odd_sources() -> Equivalent:
    """Sources that are called anything."""
    square = (identity(p) / p, covariance("Sigma", p) @ covariance("Sigma", p))
    return derive({r"50% of a_b \ {x} ^ ~ & # $": square})


MADE = {**{t.name: t.make for t in targets()}, "odd names": odd_names, "odd sources": odd_sources}


@needs_latex
def test_it_compiles_and_fits_on_a_page(tmp_path: Path) -> None:
    parts = "\n".join(rf"\section{{{name}}}" + "\n" + make().latex() for name, make in MADE.items())
    head = (
        r"\documentclass{article}\usepackage[a4paper,margin=2.5cm]{geometry}"
        r"\usepackage{amsmath}\allowdisplaybreaks\begin{document}"
    )
    (tmp_path / "risks.tex").write_text(f"{head}\n{parts}\n\\end{{document}}\n")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "risks.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=600,
    )
    log = (tmp_path / "risks.log").read_text(errors="replace")
    assert done.returncode == 0, log[-3000:]
    assert "Overfull \\hbox" not in log
    assert "Missing character" not in log


@pytest.mark.parametrize("name", MADE)
def test_each_row_is_aligned_once(name: str) -> None:
    lines = MADE[name]().latex().split("\n")
    assert (lines[0], lines[-1]) == (r"\begin{align*}", r"\end{align*}")
    assert all(row.count("&") - row.count(r"\&") == 1 for row in lines[1:-1])
    assert [row.endswith(r" \\") for row in lines[1:-1]] == [True] * (len(lines) - 3) + [False]


def test_lines_are_those_of_the_text() -> None:
    """What is written as text has the same lines, and the same terms in each."""
    for risk in (plain_ridge(), two_stages(), weak_to_strong()):
        equations, values = risk.latex_lines()
        assert len(values) == len(risk.derived.terms)
        for text, line in zip(risk.lines(), equations + values, strict=True):
            assert len(re.findall(r" [+-] ", text)) == len(re.findall(r" [+-] ", line))


def test_a_short_line_is_one_row_and_a_long_one_has_a_term_in_each() -> None:
    equations, values = plain_ridge().latex_lines()
    assert equations[:2] == [
        r"Q_{1} &= \bigl(\lambda I + m_{1} \Sigma\bigr)^{-1}",
        r"\frac{1}{m_{1}} &= 1 + \frac{1}{n} \operatorname{tr}\bigl(\Sigma Q_{1}\bigr)",
    ]
    rows = values[0].split(" \\\\\n")
    assert rows[0] == r"\text{from } \beta &= \operatorname{tr}\bigl(\Sigma_{x} \beta\beta^{\top}\bigr)"
    assert rows[1] == r"&\quad - 2 m_{1} \operatorname{tr}\bigl(\Sigma_{x} \Sigma Q_{1} \beta\beta^{\top}\bigr)"
    assert len(rows) == 6
    assert values[1].startswith(r"\text{from noise } s_{2} &= \frac{s_{2} m_{1}^{2} m_{2}}{n} ")


def test_a_variance_called_sigma2_is_a_square() -> None:
    X = design("X", n, identity(p))
    risk = excess_risk(ridge(X, X @ truth("b", p) + noise("sigma2", n), "lam"), truth("b", p), under=identity(p))
    assert r"\text{from noise } \sigma^{2} &= " in risk.latex()
    assert r"(\sigma_{w}^{2})^{2}" in odd_names().latex()


# -- what a notebook shows ------------------------------------------------------------------------------------


def values(risk: Equivalent) -> dict[str, object]:
    return {**{k: v for k, v in MATRICES.items() if k in risk.names}, "n": 9, "lam": "1/5", "s2": "1/2"}


def test_an_equivalent_shows_equations_and_values_in_rows() -> None:
    shown = plain_ridge()._repr_html_()
    assert shown.count(r"$$\begin{aligned}") == 2
    assert "Sigma (matrix)" in shown
    assert "<pre>" not in shown
    assert repr(plain_ridge()) == "\n".join(plain_ridge().lines())


def test_a_risk_is_a_table_of_its_sources() -> None:
    risk = plain_ridge()
    exact = values(risk)
    found = risk.at(**{**exact, "lam": 0.2, "s2": 0.5})
    assert found.rows() == [("beta", "0.277986"), ("noise s2", "0.510928"), ("total", "0.788914")]
    assert repr(found).splitlines()[-1] == "total: 0.788914"
    assert "<td" in found._repr_html_()
    many = risk.at(**{**exact, "lam": 0.2, "s2": [0.5, 1.0]})
    assert many.rows()[1] == ("noise s2", "0.510928 to 1.02186, shape (2,)")
    proven = risk.at(digits=10, **exact)
    assert proven.rows()[-1][1].startswith("0.788913")
    assert "&quot;" not in proven._repr_html_()
    assert "<td" in proven._repr_html_()


def test_a_simulation_is_a_table_of_its_sizes() -> None:
    risk = plain_ridge()
    found = risk.simulate({**values(risk), "lam": 0.2, "s2": 0.5}, copies=(1, 2), draws=4)
    assert [row[0] for row in found.table()] == ["1", "2"]
    assert found.law in found._repr_html_()
    assert str(found).splitlines()[0].split() == ["copies", "simulated", "error", "equivalent", "excess"]


def test_best_and_derivative_take_joint_eigenvalues() -> None:
    Sigma = covariance("Sigma", p)
    X, beta = design("X", n, Sigma), truth("beta", p)
    risk = excess_risk(ridge(X, X @ beta + noise("s2", n), "lam"), beta, under=Sigma)
    lam, b = MATRICES["beta"] ** 2 + 0.1, MATRICES["beta"]
    dense = {"Sigma": [[x * (i == j) for j in range(12)] for i, x in enumerate(lam)], "beta": b, "n": 9, "s2": 0.5}
    joint = {**dense, "Sigma": lam}
    one, other = risk.best("lam", 1e-3, 10, **dense), risk.best("lam", 1e-3, 10, joint=True, **joint)
    assert one.value == pytest.approx(other.value, rel=1e-6)
    assert one.risk == pytest.approx(other.risk, rel=1e-10)
    slopes = risk.derivative("lam", lam=0.2, **dense), risk.derivative("lam", joint=True, lam=0.2, **joint)
    assert slopes[0] == pytest.approx(slopes[1], rel=1e-9)


@pytest.mark.parametrize("name", ["digits", "joint"])
def test_names_of_arguments_are_no_names_of_numbers(name: str) -> None:
    with pytest.raises(EngineError, match="is no name"):
        parameter(name)
    with pytest.raises(EngineError, match="is no name"):
        sizes(name)
