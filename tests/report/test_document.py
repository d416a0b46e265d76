"""Documents and macros of claims compile with a real pdfLaTeX, fit on the page, and are read back exactly."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sympy as sp
from conftest import Ran
from hypothesis import given, settings
from hypothesis import strategies as st
from test_formula_text import SYMBOLS, finite, grow, leaves

from derivations import dong2025
from derivations.classics import gaussian
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import Result
from w2s_sym.claims.statement import Compare
from w2s_sym.evidence.precision.precision import Precision
from w2s_sym.formula.latex_text import escape_latex
from w2s_sym.report.formula_grammar import FormulaError
from w2s_sym.report.latex.breaking import breakable
from w2s_sym.report.latex.document import _verdicts
from w2s_sym.report.latex.macros import macro_name, macros, read_back
from w2s_sym.report.latex.prose import latex_sentence
from w2s_sym.report.titles import title_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "write.md").read_text(encoding="utf-8")
needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed (Debian: texlive-latex-recommended, lmodern)"
)


def compile_twice(path: Path) -> str:
    """The log of the second run; asserts that nothing is wrong in it."""
    for _ in range(2):
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", path.name],
            cwd=path.parent,
            capture_output=True,
            check=False,
            timeout=3600,
        )
        assert done.returncode == 0, done.stdout.decode(errors="replace")[-3000:]
    log = path.with_suffix(".log").read_text(errors="replace")
    for trouble in ("Overfull \\hbox", "undefined", "Missing character", "multiply defined", "\n!"):
        assert trouble not in log, log[max(0, log.index(trouble) - 300) : log.index(trouble) + 600]
    return log


def use_of_all_macros(path: Path) -> str:
    names = re.findall(r"\\newcommand\{(\\\w+)\}", path.read_text(encoding="utf-8"))
    assert len(set(names)) == len(names) > 0
    body = "\n\n".join(f"$\\displaystyle {name}$, {name[1:]}" for name in names)
    return (
        "\\documentclass{article}\\usepackage{amsmath,amssymb}\\hbadness=10000\\hfuzz=\\maxdimen\n"
        f"\\input{{{path.name}}}\n\\begin{{document}}\n{body}\n\\end{{document}}\n"
    )


@pytest.mark.slow
@needs_latex
@pytest.mark.parametrize("paper", ["gaussian", "dong2025"])
def test_the_papers_compile_and_fit(w2s: Callable[..., Ran], tmp_path: Path, paper: str) -> None:
    ran = w2s("export", paper, "-o", "tex")
    assert ran.code == 0, ran.err
    assert ran.out.split() == [f"tex/{paper}.tex", f"tex/{paper}_macros.tex"]
    compile_twice(tmp_path / "tex" / f"{paper}.tex")
    second = tmp_path / "tex" / "second.tex"
    second.write_text(use_of_all_macros(tmp_path / "tex" / f"{paper}_macros.tex"), encoding="utf-8")
    compile_twice(second)


# ruff: noqa: E501
HARD = r'''
"""Everything that LaTeX dislikes."""
import sympy as sp
from w2s_sym import Claim, Compare, Domain, Precision, Source, symbol
x = symbol("x", "100 % of $x_1$ & #2, {~^\\} \"quoted\" naïve α ≤ β 漢", positive=True)
S = Source("hard", "José Ñandú & Groß, Ž. Łukasz", "On $ & % # _ { } ~ ^ \\ and Émile's λ → ∞ — “x”", 2026, "J. #1", "1_2", "Thm. 1 & 2_b")
ys = [symbol(f"y_{i}", f"number {i}", positive=True) for i in range(40)]
LONG = sum(ys[i] * ys[i + 1] ** 2 / (1 + ys[i]) for i in range(9))
CLAIMS = (
    Claim("z_x2__a_", "A_b 50% & #1 {x} \\input{/etc/passwd} ~ ^ \\$ " + "w" * 200,
          Compare((x + 1) ** 2, "=", x**2 + 2 * x + 1), Domain((x,)), S, (Precision(),), rivals=(x,), remark="\\end{document} é ü ß"),
    Claim("long_sum", "A long sum.", Compare(LONG, "=", sp.together(LONG)), Domain(tuple(ys)), S, (Precision(),)),
    Claim("long_root", "Long root.", Compare(sp.sqrt(sum(ys)) * sp.exp(-sum(ys)), ">", sp.Integer(0)), Domain(tuple(ys)), S, (Precision(),)),
    Claim("big_number", "Big.", Compare(x + 10**200, ">", x + sp.Rational(7, 3**300)), Domain((x,)), S, (Precision(),)),
)
'''


@needs_latex
def test_what_latex_dislikes_compiles_and_fits(w2s: Callable[..., Ran], tmp_path: Path) -> None:
    path = tmp_path / "hard file.py"
    path.write_text(HARD, encoding="utf-8")
    ran = w2s("export", path, "-o", "a/b")
    assert ran.code in (0, 1), ran.err  # whether they hold is not the question here
    folder = tmp_path / "a" / "b"
    compile_twice(folder / "hard-file.tex")
    second = folder / "second.tex"
    second.write_text(use_of_all_macros(folder / "hard-file_macros.tex"), encoding="utf-8")
    compile_twice(second)


@needs_latex
def test_the_examples_of_the_guide_compile_and_fit(w2s: Callable[..., Ran], tmp_path: Path) -> None:
    blocks = [b for b in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL) if "CLAIMS = (" in b]
    assert len(blocks) == 2
    for number, code in enumerate(blocks):
        (tmp_path / f"example{number}.py").write_text(code, encoding="utf-8")
        assert w2s("export", f"example{number}.py", "-o", "tex").code == 0
        text = (tmp_path / "tex" / f"example{number}.tex").read_text(encoding="utf-8")
        assert "(\\texttt{quick} effort, seed 0)" in text
        compile_twice(tmp_path / "tex" / f"example{number}.tex")


def test_macros_of_the_papers_are_read_back_exactly() -> None:
    for name, claims in (("gaussian", gaussian.CLAIMS), ("dong2025", dong2025.CLAIMS)):
        found = read_back(macros(name, claims))
        assert list(found) == [c.id for c in claims]
        for claim in claims:
            lhs: Any = getattr(claim.statement, "lhs", None)
            named = lhs is not None and not isinstance(lhs, sp.Expr)
            expected = replace(claim.statement, lhs=lhs.symbol) if named else claim.statement  # type: ignore[call-arg]
            assert found[claim.id] == expected


def test_a_damaged_macro_file_is_refused() -> None:
    text = macros("dong2025", dong2025.CLAIMS[:1])
    with pytest.raises(FormulaError):
        read_back(text.replace("% reads ", "% reads )"))


def decode(name: str) -> str:
    """The inverse of the rule in the header of the macro files, written from its words."""
    digits = dict(zip(re.findall("[A-Z][a-z]+", "ZeroOneTwoThreeFourFiveSixSevenEightNine"), "0123456789", strict=True))
    out = re.sub("Z(z|u|" + "|".join(digits) + ")|([A-Z])", lambda m: decode_one(m, digits), name)
    return out.removeprefix("_")


def decode_one(match: re.Match[str], digits: dict[str, str]) -> str:
    if match[2]:
        return "_" + match[2].lower()
    return {"z": "_z", "u": "_"}.get(match[1]) or digits[match[1]]


def test_names_of_macros_are_letters_and_one_to_one() -> None:
    made = dong2025.VARIANCE_IN_SAMPLE
    assert macro_name(made) == "DongVarianceInheritedInOverlap"
    for name in ("x2", "x_2", "x_two", "x__a", "x_", "z", "zz_z", "a_zero", "a_0", "ab", "a_b", "z_x2__a_"):
        claim = Claim(name, "s.", made.statement, made.domain, replace(made.source, key="k"), made.evidence)
        macro = macro_name(claim)
        assert re.fullmatch("[A-Za-z]+", macro)
        assert decode(macro.removeprefix("K")) == name


def test_names_of_macros_in_one_file_are_told_apart_whatever_their_keys_are() -> None:
    made = dong2025.VARIANCE_IN_SAMPLE

    def of(key: str) -> Claim:
        return Claim("foo", "s.", made.statement, made.domain, replace(made.source, key=key), made.evidence)

    keys = ("k-x", "k_x", "Kx", "kx2", "kx2024", *(f"kx3{i}" for i in range(10)))
    text = macros("both", [of(key) for key in keys])
    names = re.findall(r"\\newcommand\{\\(\w+)\}", text)
    assert len(set(names)) == len(names) == 2 * len(keys)
    assert names[:5:2] == ["KxFoo", "KxFooZcTwo", "KxFooZcThree"]
    assert set(read_back(text)) == {f"{key}/foo" for key in keys}
    assert all(re.fullmatch("[A-Za-z]+", name) for name in names)


def test_text_is_inert() -> None:
    assert escape_latex(r"50% & #1 \input{x}") == r"50\% \& \#1 \textbackslash{}input\{x\}"
    assert escape_latex("λ ≤ é 漢") == r"\ensuremath{\lambda} \ensuremath{\le} é [U+6F22]"
    assert latex_sentence("name_1 is x - 1") == r"name\_1 is x - 1"
    assert latex_sentence(r"at \$5, $x^2 < 1$; 3 % of $\lambda$") == r"at \$5, $x^2 < 1$; 3 \% of $\lambda$"
    assert escape_latex("∀ x⁴ ∈ ℝ, x₂ = ⅓") == (
        r"\ensuremath{\forall} x\textsuperscript{4} \ensuremath{\in} \ensuremath{\mathbb{R}}, "
        r"x\textsubscript{2} = 1/3"
    )


def test_only_long_formulas_are_broken_and_before_their_signs() -> None:
    short = r"\frac{a}{b} + \left(\frac{c}{d} + 1\right)"
    assert breakable(short) == short
    long = " + ".join(["\\alpha x_{1}"] * 30)
    shown = breakable(long)
    assert shown.count(r"\wbreak{60}+") == 29
    assert re.sub(r"\\wbreak\{\d+\}", "", shown).replace(" ", "") == long.replace(" ", "")
    assert breakable(rf"\frac{{{long}}}{{2}}").startswith(r"\frac{1}{2}")


def test_the_document_says_what_does_not_hold(
    w2s: Callable[..., Ran], claims_file: Callable[..., Path], tmp_path: Path
) -> None:
    path = claims_file(
        "from w2s_sym import Precision\n"
        'CLAIMS = (Claim("wrong", "A wrong square.", Compare((x + 1) ** 2, "=", x**2 + 1), Domain((x,)),'
        ' Source("toy", "A. Author", "Toys", 2024), (Precision(),)),)'
    )
    ran = w2s("export", path, "-o", tmp_path / "tex", "--effort", "quick", "--seed", "3")
    assert ran.code == 1
    text = (tmp_path / "tex" / "my_claims.tex").read_text(encoding="utf-8")
    assert r"\wverdict{wbad}{refuted}{precision: " in text
    assert "seed 3" in text
    assert r"(x + 1)^{2} = x^{2} + 1" in text


def test_names_become_titles() -> None:
    assert title_of("steins_identity_of_inverses") == "Stein's identity of inverses"
    assert title_of("printed_pgr_bound_holds_in_sample") == "Printed PGR bound holds in-sample"
    assert title_of("_mixing_") == "Mixing"  # no word inside another is touched


def test_the_document_is_a_paper(w2s: Callable[..., Ran], claims_file: Callable[..., Path], tmp_path: Path) -> None:
    path = claims_file(
        "lemma = claim('pgr_lemma', Fake('derivation', Verdict.PROVED))\n"
        "main = claim('main', Fake('derivation', Verdict.PROVED, refuted=(0,)), rivals=(x**2,), rests_on=(lemma,))\n"
        "other = claim('other')\n"
        "CLAIMS = (lemma, main, other)\nHEADLINES = (main,)\nSECTIONS = (('First steps', (lemma, main, other)),)"
    )
    assert w2s("export", path, "-o", tmp_path / "tex", "--jobs", "1").code == 0
    text = (tmp_path / "tex" / "my_claims.tex").read_text(encoding="utf-8")
    assert r"What holds in \emph{A toy paper}" in text
    parts = [
        r"\section{Notation}",
        r"\section{Main theorems}",
        r"\begin{theorem}[Main]\label{c1}",
        r"\wfact{Requires}",
        r"\wfact{Refuted alternatives}",
        r"\wfact{Rests on}\hyperref[c2]{Lemma \ref*{c2}}",
        r"\appendix",
        r"\section{First steps}",
        r"\begin{lemma}[PGR lemma]\label{c2}",
        r"\begin{proposition}[Other]\label{c3}",
        r"\begin{thebibliography}",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    # A letter is explained once, in the notation.
    assert text.count("a number") == 1


def test_refusals_write_nothing(w2s: Callable[..., Ran], claims_file: Callable[..., Path], tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("mine")
    assert "is no folder" in w2s("export", "gaussian", "-o", occupied).error
    assert "is no folder" in w2s("export", "gaussian", "-o", occupied / "below").error
    assert "is empty" in w2s("export", "gaussian", "-o", "").error
    assert "unknown paper" in w2s("export", "nothing", "-o", tmp_path / "new").error
    assert occupied.read_text() == "mine"
    assert not (tmp_path / "new").exists()


def test_other_files_are_left_alone_and_two_runs_write_the_same(w2s: Callable[..., Ran], tmp_path: Path) -> None:
    folder = tmp_path / "tex"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    target = "dong2025/weak_teacher_variance"
    assert w2s("export", target, "-o", folder).code == 0
    first = {p.name: p.read_bytes() for p in folder.iterdir()}
    assert set(first) == {"mine.txt", "dong2025.tex", "dong2025_macros.tex"}
    assert w2s("export", target, "-o", folder).code == 0
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == first


def test_a_statement_without_text_is_said_and_its_macro_still_made() -> None:
    made = dong2025.VARIANCE_IN_SAMPLE
    x = sp.Symbol("x", positive=True)
    odd = Claim(
        "odd",
        "s.",
        Compare(sp.besselj(0, x), "=", x),
        replace(made.domain, symbols=(x,), conditions=()),
        made.source,
        (Precision(),),
    )
    text = macros("p", (odd,))
    assert "% has no exact text" in text
    assert r"\newcommand{\DongOdd}{x}" in text
    assert read_back(text) == {}


@settings(max_examples=100, deadline=None)
@given(
    st.recursive(leaves, grow, max_leaves=6).filter(finite),
    st.recursive(leaves, grow, max_leaves=6).filter(finite),
    st.sampled_from(["=", "<", "<=", "!=", ">", ">="]),
)
def test_random_claims_are_read_back_exactly(lhs: sp.Expr, rhs: sp.Expr, relation: str) -> None:
    # A claim takes no name that is not a word.
    odd, word = SYMBOLS[-1], sp.Symbol("x'", real=True)
    lhs, rhs = lhs.xreplace({odd: word}), rhs.xreplace({odd: word})
    if lhs == rhs:
        return
    made = dong2025.VARIANCE_IN_SAMPLE
    domain = replace(made.domain, symbols=(*SYMBOLS[:-1], word), conditions=())
    claim = Claim("random", "s.", Compare(lhs, relation, rhs), domain, made.source, (Precision(),))
    assert read_back(macros("p", (claim,))) == {claim.id: claim.statement}


@pytest.mark.parametrize(
    ("counted", "words"),
    [
        ("1 of 1 rivals refuted", "the wrong alternative is refuted"),
        ("0 of 1 rivals refuted", "the wrong alternative is not refuted"),
        ("5 of 5 rivals refuted", "all 5 wrong alternatives are refuted"),
        ("3 of 5 rivals refuted", "3 of 5 wrong alternatives are refuted"),
        ("37 of 38 mutants refuted", "37 of 38 formulas changed in one place are refuted"),
    ],
)
def test_counts_of_what_was_refuted_are_words(counted: str, words: str) -> None:
    said = Finding("precision", Verdict.AGREES, f"equal at 8 points; {counted}", {})
    text = "\n".join(_verdicts(Result(dong2025.VARIANCE_IN_SAMPLE, (said,))))
    assert f"equal at 8 points; {words}" in text
    assert "rivals" not in text
    assert "mutants" not in text
