"""HTML fragments: formulas as TeX, and as MathML Core on pages, sentences, escaping, and what shows itself."""

from __future__ import annotations

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import sympy as sp
from untrusted import formulas

from w2s_sym.claims.chain import Chain, Line
from w2s_sym.claims.claim import Claim
from w2s_sym.claims.evidence import Evidence
from w2s_sym.claims.finding import Finding, Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.source import Source
from w2s_sym.claims.statement import Asymptotic, Compare, Equation, Iff
from w2s_sym.formula import display
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.letters import n, sigma2
from w2s_sym.formula.notation import symbol
from w2s_sym.report.html import cards, markup, mathml

VOID = {"meta", "br", "img", "input", "wbr", "link", "hr"}
x = symbol("x", "a number", positive=True)


class Reader(HTMLParser):
    """Reads a fragment and asserts that its tags are balanced; keeps text, ids, links and tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(k, v or "") for k, v in attrs]
        assert len({k for k, _ in attrs}) == len(attrs), attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open[-1:] != ["style"]:
            self.words += data

    def values(self, name: str) -> list[str]:
        return [v for k, v in self.attributes if k == name]


def read(fragment: str) -> Reader:
    return Reader(fragment)


def mathml_of(latex: str, display: bool = False) -> str:
    """The formula as a page shows it."""
    return markup.with_mathml(markup.math(latex, display))


# -- formulas -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("latex", "wanted"),
    [
        (r"\mathrm{ER}_w", "<mi>ER</mi>"),
        (r"\widehat{\mathrm{ER}}_{\mathrm{w2s}}", "<mi>w2s</mi>"),
        (r"\widehat{\mathrm{ER}}", '<mo stretchy="true">&#x302;</mo></mover>'),
        (r"\operatorname{tr}\!\left(A\right)", "<mi>tr</mi><mo>&#x2061;</mo><mrow><mo"),
        (r"\operatorname{Var} f", '<mi>Var</mi><mo>&#x2061;</mo><mspace width="0.167em"></mspace><mi>f</mi>'),
        (r"a \iff b", "<mo>⟺</mo>"),
        (r"d_{s\wedge w}", '<mo lspace="0" rspace="0">∧</mo>'),
    ],
)
def test_what_the_converter_writes_for_tex_is_mended(latex: str, wanted: str) -> None:
    assert wanted in mathml_of(latex)


def test_no_width_is_a_word() -> None:
    made = mathml_of(r"\mathbb{E}\!\left[x\right]\,y\quad z")
    assert all(re.fullmatch(r"[\d.]+em", w) for w in read(made).values("width"))
    assert "negative" not in made


@pytest.mark.parametrize("latex", [r"\href{javascript:alert(1)}{x}", r"\text{<script>alert(1)</script>}", "x^a^b"])
def test_what_is_no_plain_formula_stays_latex_and_inert(latex: str) -> None:
    reader = read(mathml_of(latex))
    assert reader.tags == ["span"]
    assert reader.words == f"${latex}$"


def test_a_long_formula_may_be_broken_before_its_operators_and_keeps_every_character() -> None:
    latex = " + ".join(rf"\frac{{a_{{{i}}}}}{{b_{{{i}}}}}" for i in range(20)) + r" \le c"
    whole, display = mathml_of(latex), mathml_of(latex, display=True)
    assert whole.count("<math") == display.count("<math") == 21
    assert "displaystyle" in display
    assert "displaystyle" not in whole
    assert read(whole).words == read(display).words
    inside = mathml_of(r"\mathbb{E}\!\left[" + latex + r"\right]", display=True)
    assert inside.count("<math") == 21
    assert mathml_of("- a - b", display=True).count("<math") == 1


def test_a_sign_does_not_begin_a_piece() -> None:
    display = mathml_of("a = - " + " - ".join(f"b_{{{i}}}" for i in range(20)), display=True)
    assert display.count("<math") == 21  # a, = -b_0, and nineteen more
    assert "=" in display.split("<wbr>")[1]
    assert "−" in display.split("<wbr>")[1]


def test_a_formula_is_tex_between_dollars_and_mathml_on_a_page_only(monkeypatch: pytest.MonkeyPatch) -> None:
    line, box = markup.math("a < b"), markup.math("a", display=True)
    assert line == '<span class="w2s-tex">$a &lt; b$</span>'
    assert box.endswith('"><span class="w2s-tex">$$a$$</span></span>')
    page = markup.with_mathml(f"<p>{line} and {box}</p>")
    assert page.count("<math") == 2
    assert read(page).words == "a<b and a"
    monkeypatch.setitem(sys.modules, "latex2mathml.converter", None)
    mathml.has_mathml.cache_clear()
    try:
        assert markup.with_mathml(line + box) == line + box
    finally:
        mathml.has_mathml.cache_clear()


def test_words_are_never_taken_for_a_formula() -> None:
    for text in ("costs $3", r"$\foo$ and $x$", r"\(x\) \[y\] \begin{x}\end{x}", r'<span class="w2s-tex">\$x\$</span>'):
        made = markup.prose(text)
        assert formulas(made) == []
        assert read(made).words == text.replace(r"\$", "$")
        assert markup.with_mathml(made) == made


def test_a_sentence_shows_the_formulas_in_its_dollars() -> None:
    made = markup.prose(r"<b> $\lambda < x^{-3/2}$, not $x^2$")
    assert formulas(made) == [r"\lambda < x^{-3/2}", "x^2"]
    assert "<b>" not in made


@pytest.mark.parametrize("latex", [r"a $ b", r"a \$ b", r"\text{for $x$, \& } y", r"x < y & z > \\ w", "a'b\"c"])
def test_a_formula_ends_where_it_ends(latex: str) -> None:
    """A bare dollar is a character; inside braces it is a formula in a text, which TeX reads itself."""
    wanted = latex.replace("a $ b", r"a \$ b")
    assert formulas(f"<p>It is {markup.math(latex)}, not {markup.math(latex, True)}.</p>") == [wanted, wanted]


# -- text -----------------------------------------------------------------------------------------------------


def test_a_sentence_sets_its_formulas_and_shows_its_words_as_typed() -> None:
    made = markup.with_mathml(
        markup.prose("The factor $d_s/n$ is <b> at most $d_{sw} - 1$, and $n^2 \\le 4$; i^-2 <= 1.")
    )
    assert made.count("<math") == 3
    assert "&lt;b&gt;" in made
    assert "<msup>" in made
    assert "i^-2 &lt;= 1." in made


def test_a_line_does_not_begin_with_what_ends_a_formula() -> None:
    made = markup.prose("(minus $d_s$), or $d_s$ - 1")
    assert made.startswith('(minus <span class="w2s-tie"><span class="w2s-tex">$d_s$</span>),</span> or ')
    assert markup.prose("). no formula") == "). no formula"


def test_text_is_escaped_wherever_it_goes() -> None:
    evil = "<script>alert('x')</script>"
    line = Line("x", "x", "", evil)
    for made in (
        markup.prose(evil),
        markup.value({evil: [evil, {evil: evil}]}),
        markup.badge(evil),
        markup.soft(evil),
        markup.steps(evil, [line, line]),
        markup.steps("derivation", (), evil),
    ):
        assert "script" not in read(made).tags
        assert evil in read(made).words


def test_values_nest_and_what_is_flat_stays_in_a_line() -> None:
    made = markup.value({"points": [{"point": {"n": 3, "d": 2}, "z": 0.5}, {"n": 4}], "none": [], "exact": True})
    words = read(made).words
    for told in ("n = 3, d = 2", "0.5", "n = 4", "exactTrue", "nonenone"):
        assert told in words, words
    assert "<code>[[0, null], [1, 2]]</code>" in markup.value({"box": [[0, None], [1, 2]]})
    assert markup.value("a<b") == "a&lt;b"


def test_floats_show_the_digits_that_mean_something() -> None:
    made = markup.value(
        {
            "mean": 0.1315628581108464,
            "large": 5120.0,
            "points": [{"rho_w": 0.7744022419408303, "N": 1234567890}],
            "few": [1.1600000000000001, 7.349403194858882e-05],
            "box": [[0.45404135613078594, None], [1, "0.45404135613078594"]],
        }
    )
    words = read(made).words
    for told in ("mean0.131563", "large5120", "rho_w = 0.774402, N = 1234567890", "1.16, 7.3494e-05"):
        assert told in words, words
    assert "[[0.454041, null], [1, &quot;0.45404135613078594&quot;]]" in made


def test_a_gap_that_is_rounding_says_so_and_another_is_shown() -> None:
    def told(gap: float) -> str:
        found = Finding("simulation", Verdict.AGREES, "it agrees", {"literal": {"draws": 4, "path_gap": gap}})
        return str(read(cards.finding(found)).words)

    assert "draws = 4, path_gap = below 1e-12" in told(1.9133927934394918e-16)
    assert "draws = 4, path_gap = 0.0123457" in told(0.0123456789)


def test_verdicts_differ_by_more_than_colour() -> None:
    texts = [read(markup.badge(v)).words for v in Verdict]
    assert len({t[0] for t in texts}) == len(texts)
    assert all(str(v) in t for v, t in zip(Verdict, texts, strict=True))


def test_every_colour_has_a_dark_one() -> None:
    from w2s_sym.report.html import style
    from w2s_sym.report.html.style import _DARK, _LIGHT

    names = re.findall(r"(--[\w-]+):", _LIGHT)
    assert names == re.findall(r"(--[\w-]+):", _DARK)
    assert set(re.findall(r"var\((--[\w-]+)\)", style.STYLE)) <= set(names)


# -- what shows itself ----------------------------------------------------------------------------------------


class Chained(Evidence):
    kind = "derivation"

    def lines(self, claim: Claim, proved: bool = False) -> tuple[Line, ...]:
        raise ValueError("<i>no</i> chain")

    def check(self, claim: Claim, run: object) -> Finding:
        return Finding("derivation", Verdict.REFUTED, "<i>refuted</i>", {"at": {"x": "1"}})


SOURCE = Source("toy", "A. <b>", "On <i>toys</i>", 2024, arxiv="2401.00001")
EQUATION = Equation(x, x**2 - n, (sp.S.Zero, n + 1))
CLAIM = Claim(
    "evil",
    "x is <script>alert(1)</script> at most n.",
    Compare(x, "<=", n),
    Domain((x, n), (Condition(x, "<", 5, "take <b>less</b>"),)),
    SOURCE,
    (Chained(),),
    given=(EQUATION,),
    rivals=(n + 1,),
    remark="<script>",
)


@pytest.mark.parametrize(
    "shown",
    [
        CLAIM,
        CLAIM.statement,
        Iff(Compare(x, "<", n), Compare(x**2, "<", n**2)),
        Asymptotic(x / n, sp.S.Zero, n),
        EQUATION,
        CLAIM.domain,
        CLAIM.domain.conditions[0],
        SOURCE,
        verify(CLAIM),
        verify(CLAIM).findings[0],
        CLAIM.chains()[0],
        Chain("derivation", (Line("x", "x", "<=", "<b>"),)),
    ],
    ids=lambda v: type(v).__name__,
)
def test_everything_shows_itself_and_is_inert(shown: object) -> None:
    made = shown._repr_html_()  # type: ignore[attr-defined]
    reader = read(made)
    assert not {"script", "b", "i", "link", "img"} & set(reader.tags)
    assert "<pre>" not in made  # the fallback of a display that failed
    assert "<math" not in made
    assert all(v.startswith("https://arxiv.org/abs/") for v in reader.values("href"))
    assert reader.values("src") == []
    assert all(c.startswith("w2s") for v in reader.values("class") for c in v.split())
    assert made.count("<style>") == 1


def test_a_card_says_all_that_the_claim_says() -> None:
    words = read(CLAIM._repr_html_()).words
    for text in (
        "toy/evil",
        "a step fails: <i>no</i> chain",
        "else: take <b>less</b>",
        "no other claim",
        "arXiv:2401.00001",
        "defines",
    ):
        assert text in words, text


def test_a_display_never_raises() -> None:
    """What has no view, and a view that fails, are shown as plain text."""
    for kind in ("no such view", "chain"):
        assert display.html(kind, "what <was> computed") == "<pre>what &lt;was&gt; computed</pre>"


def test_a_quantity_and_a_real_derivation_show_themselves() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from derivations import dong2025

    made = dong2025.VARIANCE_IN_SAMPLE._repr_html_()
    reader = read(made)
    assert made.count('<li><span class="w2s-rel">') == 8  # the left side and seven steps
    assert "carries the factor $d_s/N$" in reader.words
    assert "mean square" in read(dong2025.variance_in_sample._repr_html_()).words
    assert sigma2.name not in reader.words.split()
