"""A cloned notebook is not trusted: Jupyter sanitises what it saved. No formula is lost, there or in objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
import sympy as sp
from untrusted import bare, formulas, sanitised, words

from derivations import dong2025, ildiz2025, nagarajan2023
from w2s_sym import plan
from w2s_sym.claims.chain import Chain
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import Result
from w2s_sym.claims.statement import Asymptotic, Compare, Equation, Iff
from w2s_sym.equivalents import covariance, design, excess_risk, noise, ridge, sizes, truth
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.letters import n
from w2s_sym.formula.notation import latex, symbol
from w2s_sym.papers.ledger import LedgerRun
from w2s_sym.papers.loading import resolve
from w2s_sym.report.html import markup

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CLAIM = dong2025.STUDENT
CHAIN = CLAIM.chains()[0]
x = symbol("x", "a number", positive=True)


def problems(fragment: str) -> list[str]:
    """What is wrong with a fragment: mathematics that Jupyter takes out, or does not typeset, once it has sanitised."""
    left = sanitised(fragment)
    found = []
    if re.search(r"<(?:math|svg)\b", fragment):
        found.append("mathematics that is no TeX")
    written = re.findall(r'class="w2s-tex"', fragment)
    if len(formulas(left)) != len(written) or formulas(left) != formulas(fragment):
        found.append("a formula that is not typeset")
    # TeX that no delimiters hold, and the letters that MathML leaves behind.
    if re.search(r"\\[A-Za-z]+|\w_\{|\^\{|[⟺≤∧\u2061]\w", bare(left)):
        found.append("a formula as bare text")
    return found


# -- objects --------------------------------------------------------------------------------------------------


def _claim(claim: Claim) -> Iterator[str]:
    yield claim.latex()
    yield from (line.latex for chain in claim.chains() for line in chain.lines)
    yield from (rival.latex() if hasattr(rival, "latex") else latex(rival) for rival in claim.rivals)
    yield from (condition.latex() for condition in claim.domain.conditions)


RESULT = Result(CLAIM, (Finding("precision", Verdict.AGREES, "equal at $3 points, \\(x\\)", {"n": [3, "$x$"]}),))
SURVIVED = Result(dong2025.VARIANCE_IN_SAMPLE, (Finding("precision", Verdict.PROVED, "proved"),))
EQUATION = Equation(x, x**2 - n, (sp.S.Zero, n + 1))
QUANTITY = dong2025.variance_in_sample
STATEMENTS = (
    Compare(x / n, "<=", sp.sqrt(n)),
    Iff(Compare(x, "<", n), Compare(x**2, "<", n**2)),
    Asymptotic(x / n, sp.S.Zero, n),
    Condition(x, "<", 5, "take less than $5"),
    nagarajan2023.CLAIMS[0].statement,
)

SIZE, DIMENSION = sizes("n p")
SIGMA = covariance("Sigma", DIMENSION)
DESIGN, BETA = design("X", SIZE, SIGMA), truth("beta", DIMENSION)
EQUIVALENT = excess_risk(ridge(DESIGN, DESIGN @ BETA + noise("s2", SIZE), "lam"), BETA, under=SIGMA)
POINT = {"Sigma": np.diag([3.0, 2.0, 1.0, 0.5]), "beta": np.ones(4), "n": 6, "lam": 0.5, "s2": 0.25}

OBJECTS: dict[str, tuple[Any, list[str]]] = {
    "claim": (CLAIM, list(_claim(CLAIM))),
    "claim with a fixed point": (ildiz2025.UNIQUE, [ildiz2025.UNIQUE.latex()]),
    "result": (RESULT, [CLAIM.latex()]),
    "result with surviving rivals": (SURVIVED, [latex(r) for r in dong2025.VARIANCE_IN_SAMPLE.rivals]),
    "finding": (RESULT.findings[0], []),
    "chain": (CHAIN, [line.latex for line in CHAIN.lines]),
    "chain that fails": (Chain("derivation", (), "$x$ is not $y$"), []),
    "line": (CHAIN.lines[0], [CHAIN.lines[0].latex]),
    **{f"statement {i}": (s, [s.latex()]) for i, s in enumerate(STATEMENTS)},
    "equation": (EQUATION, [EQUATION.latex(), latex(x)]),
    "domain": (CLAIM.domain, [c.latex() for c in CLAIM.domain.conditions]),
    "quantity": (QUANTITY, [f"{QUANTITY.latex()} = {QUANTITY.definition_latex()}"]),
    "source": (CLAIM.source, []),
    "equivalent": (
        EQUIVALENT,
        ["\\begin{aligned}\n" + " \\\\\n".join(x) + "\n\\end{aligned}" for x in EQUIVALENT.latex_lines()],
    ),
    "risk": (EQUIVALENT.at(**POINT), []),
    "proven risk": (EQUIVALENT.at(digits=9, **POINT), []),
    "simulation": (EQUIVALENT.simulate(POINT, copies=(1, 2), draws=3), []),
    "outcome": (LedgerRun((RESULT,), "quick", 0), []),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_every_formula_of_an_object_is_left(name: str) -> None:
    shown, wanted = OBJECTS[name]
    made = shown._repr_html_()
    assert "<pre>" not in made  # the fallback of a display that failed
    assert problems(made) == []
    left = formulas(sanitised(made))
    assert [w for w in wanted if w not in left] == []


@pytest.mark.parametrize("name", OBJECTS)
def test_no_word_is_lost_and_only_the_style_goes(name: str) -> None:
    made = OBJECTS[name][0]._repr_html_()
    assert words(sanitised(made)) == words(made)
    assert "<style" in made
    assert "<style" not in sanitised(made)
    assert "--w2s-" not in words(sanitised(made))


def test_a_plan_is_left() -> None:
    rng = np.random.default_rng(0)
    strong = rng.standard_normal((200, 6))
    weak = np.hstack([strong[:, :2], rng.standard_normal((200, 2))])
    found = plan(weak, strong, rng.standard_normal(200), n=50, N=80)
    made = found._repr_html_()
    assert problems(made) == []
    left = words(sanitised(made))
    assert found.verdict in left
    assert all(cell in left for row in found.rows_of_text() for cell in row)


def test_the_statement_of_every_claim_is_left() -> None:
    for entry in resolve([]):
        shown = entry.claim.statement._repr_html_()
        assert problems(shown) == []
        assert formulas(sanitised(shown)) == [entry.claim.statement.latex()]


# -- notebooks ------------------------------------------------------------------------------------------------


def _outputs(notebook: Any) -> Iterator[tuple[str, dict[str, str]]]:
    for number, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", ()):
            if "text/html" in output.get("data", {}):
                yield f"cell {number}", output.data


def lost(notebook: Any) -> list[str]:
    """What the outputs of a notebook lose when they are sanitised; a claim that is named is there with its formula."""
    known = {e.claim.id: e.claim for e in resolve([])}
    found = []
    for where, data in _outputs(notebook):
        shown = data["text/html"]
        found += [f"{where}: {p}" for p in problems(shown)]
        wanted = [known[i].latex() for i in re.findall(r'"w2s-head">(?:<span.*?</span>)? ?<code>([^<]*)</code>', shown)]
        if "text/latex" in data:
            wanted.append(data["text/latex"].removeprefix(r"$\displaystyle ").removesuffix("$"))
        left = formulas(sanitised(shown))
        found += [f"{where}: {latex} is lost" for latex in wanted if latex not in left]
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_no_formula_of_a_notebook_is_lost(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    assert list(_outputs(notebook))
    assert lost(notebook) == []


# -- the test's own test --------------------------------------------------------------------------------------


def _with_mathml(shown: str) -> str:
    return markup.with_mathml(shown)


def _without_dollars(shown: str) -> str:
    return shown.replace("$$", "")


def _in_code(shown: str) -> str:
    return re.sub(r'<span( class="w2s-tex")>(.*?)</span>', r"<code\1>\2</code>", shown)


def _split(shown: str) -> str:
    return re.sub(r"(\$\$[^$<]{3})", r"\1<b></b>", shown, count=1)


@pytest.mark.parametrize("fault", [_with_mathml, _without_dollars, _in_code, _split])
def test_a_planted_fault_is_caught(fault: Callable[[str], str]) -> None:
    shown = CLAIM._repr_html_()
    data = {"text/html": shown, "text/latex": CLAIM._repr_latex_()}

    def notebook(html: str) -> Any:
        output = nbformat.v4.new_output("execute_result", data={**data, "text/html": html}, execution_count=1)
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])])

    assert lost(notebook(shown)) == []
    found = lost(notebook(fault(shown)))
    assert any("is lost" in f for f in found)
    assert problems(fault(shown))


def test_what_the_sanitizer_takes_out_is_known() -> None:
    shown = (
        '<details class="w2s-more" open><summary>a</summary><style>b{}</style><script>c</script><br onclick="d">'
        '<math><mfrac><mi>e</mi><mi>f</mi></mfrac></math><div class="w2s-key" style="margin:0">g</div></details>'
    )
    left = sanitised(shown)
    assert '<details class="w2s-more" open' in left
    assert words(left) == "aefg"
    assert '<div class="w2s-key" style="margin:0"' in left
    assert "onclick" not in left
    assert "<m" not in left


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("a $b$ c $$d$$", ["b", "d"]),
        (r"a \$b$ c", []),
        (r"$\text{a $b$} c$", [r"\text{a $b$} c"]),
        (r"\(a\) \[b\] \begin{x}c\end{x}", ["a", "b", r"\begin{x}c\end{x}"]),
        ("<p>$a</p><p>b$</p>", []),
        ("<code>$a$</code> <pre>$b$</pre>", []),
        ("$a<wbr>b$", ["ab"]),
        ("$a &lt; b &amp; c$", ["a < b & c"]),
    ],
)
def test_formulas_are_found_as_mathjax_finds_them(text: str, wanted: list[str]) -> None:
    assert formulas(text) == wanted
