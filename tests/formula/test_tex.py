"""TeX between dollars: what is read, what plain text it makes, and what is refused."""

from __future__ import annotations

import random
import re

import pytest
import sympy as sp

from w2s_sym import symbol
from w2s_sym.formula import tex
from w2s_sym.formula.tex import SentenceError, plain_sentence, plain_tex, sentence_pieces
from w2s_sym.report.html.mathml import pieces


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (r"x^{-3/2}", "x^(-3/2)"),
        (r"x^{-3}/2", "x^(-3)/2"),
        (r"\frac{a + b}{c d} x", "((a + b)/(c d)) x"),
        (r"\frac{a}{b}", "a/b"),
        (r"\frac{1}{2} x", "(1/2) x"),
        (r"a \frac{b}{c}/d", "a (b/c)/d"),
        (r"\frac{a}{(b + c)}", "a/(b + c)"),
        (r"\frac{a}{(b)(c)}", "a/((b)(c))"),
        (r"\frac{\frac{a}{b}}{c}", "(a/b)/c"),
        (r"n - d_w - 1", "n - d_w - 1"),
        (r"-x + (-y)", "-x + (-y)"),
        (r"a = -b", "a = -b"),
        (r"e^{-ct}", "e^(-c t)"),
        (r"(1 - (1-p)^r)", "(1 - (1 - p)^r)"),
        (r"\|L_s^\top L_w\|_F^2", "||L_s' L_w||_F^2"),
        (r"|a| |b|", "|a| |b|"),
        (r"\Sigma^{1/2} g", "Sigma^(1/2) g"),
        (r"\operatorname{tr}(A S)\operatorname{tr}(B)", "tr(A S) tr(B)"),
        (r"\log x \le x - 1", "log x <= x - 1"),
        (r"\sum_{i=1}^p \lambda_i b_i^2", "sum_(i=1)^p lambda_i b_i^2"),
        (r"x \to \infty \text{ and } n > 2", "x -> infinity and n > 2"),
        (r"\mathrm{ER}_w", "ER_w"),
        (r"H_{300}/20000", "H_300/20000"),
        (r"\phi'(x)", "phi'(x)"),
        (r"x_{t,i}", "x_(t,i)"),
        (r"d_{s\wedge w}", "d_sw"),
        (r"\tilde t", "t~"),
        (r"{\left(\frac{a}{b}\right)}^2", "(a/b)^2"),
        (r"\sqrt{a + b}/c", "sqrt(a + b)/c"),
        (r"2 \cdot 3", "2 * 3"),
        (r"10^{-6}", "10^(-6)"),
        (r"p q", "p q"),
        (r"pq", "p q"),
        (r"a, b", "a, b"),
        (r"n!", "n!"),
    ],
)
def test_a_formula_has_one_plain_form(source: str, told: str) -> None:
    assert plain_tex(source) == told
    assert pieces(source, False), "the report page sets it too"


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (r"\foo", r"\\foo is not known"),
        (r"x^", "something is missing"),
        (r"x^a^b", "a second"),
        (r"{x", "a brace is not closed"),
        (r"x}", "'}' is not known|} is not known"),
        (r"x^10", r"write \^\{10\}"),
        (r"\frac12", "something is missing"),
        (r"\frac{a}", "something is missing"),
        (r"^2", "is not known"),
        ("", "an empty formula"),
        (r"\text{a\$}", "words hold letters"),
        ("é", "is not known"),
        ("{" * 30 + "x" + "}" * 30, "levels of braces"),
        ("x" * 3000, "at most 2000"),
        (r"\begin{matrix} a \end{matrix}", "is not known"),
        (r"\href{javascript:x}{y}", "is not known"),
        (r"a & b", "& is not known"),
    ],
)
def test_what_is_not_read_is_refused(source: str, says: str) -> None:
    with pytest.raises(SentenceError, match=says):
        plain_tex(source)


def test_a_sentence_is_words_and_formulas() -> None:
    found = sentence_pieces(r"It costs \$5, and $x^2$ grows; $y$.")
    assert [(p.text, p.formula) for p in found] == [
        ("It costs $5, and ", False),
        ("x^2", True),
        (" grows; ", False),
        ("y", True),
        (".", False),
    ]
    with pytest.raises(SentenceError, match="a dollar without its partner"):
        sentence_pieces("one $x and no end")


def test_a_symbol_is_called_by_its_name() -> None:
    d_sw = symbol("d_sw", "overlap", r"d_{s \wedge w}")
    sigma2, lam = symbol("sigma2", "noise", r"\sigma^2"), symbol("lam", "eigenvalue", r"\lambda")
    said = r"$\sigma^2 d_{s\wedge w}^2 + \sigma^3 + \lambda + \lambda_i + \lambda^2$"
    assert plain_sentence(said, (d_sw, sigma2, lam)) == "sigma2 d_sw^2 + sigma^3 + lam + lambda_i + lam^2"
    assert plain_sentence(r"$\lambda (x + 1) + f(x)$", (lam,)) == "lam (x + 1) + f(x)"


# -- the plain form has the value of the formula -----------------------------------------------------------------

_LETTERS = ("a", "b", "c", "x_1", r"\lambda")


def _random_tex(rng: random.Random, depth: int) -> tuple[str, sp.Expr]:
    """A random formula, and what it means by its construction."""
    if depth == 0:
        if rng.random() < 0.3:
            k = rng.randrange(1, 12)
            return str(k), sp.Integer(k)
        letter = rng.choice(_LETTERS)
        return letter, sp.Symbol({"x_1": "x_1", r"\lambda": "lambda"}.get(letter, letter))
    (s, u), (t, v) = _random_tex(rng, depth - 1), _random_tex(rng, rng.randrange(depth))
    match rng.randrange(7):
        case 0:
            return f"({s} + {t})", u + v
        case 1:
            return f"({s} - {t})", u - v
        case 2:
            return rf"\frac{{{s}}}{{{t}}}", u / v
        case 3:
            return rf"({s}) \cdot ({t})", u * v
        case 4:
            return f"({s})^{{{t}}}", u**v
        case 5:
            return rf"\frac{{{s}}}{{2}} ({t})", u / 2 * v
        case _:
            return rf"(\sqrt{{{s}}} + {t})", sp.sqrt(u) + v


def _value(told: str, at: dict[str, float]) -> complex:
    """The plain text read as arithmetic is read: powers first, from the right; a space or nothing is a product."""
    source = told.replace("^", "**")
    out, last = "", ""
    for token in re.findall(r"[A-Za-z]\w*|\d+|\*\*|[-+*/()]", source):
        starts = token[0].isalnum() or token == "("
        ends = last and (last[0].isalnum() or last == ")")
        if starts and ends and last != "sqrt":
            out += "*"
        out += token
        last = token
    return complex(eval(out, {"__builtins__": {}, "sqrt": lambda z: complex(z) ** 0.5}, at))


def test_plain_text_has_the_value_of_its_formula() -> None:
    rng = random.Random(5)
    compared = 0
    while compared < 300:
        source, meant = _random_tex(rng, rng.randrange(1, 4))
        at = {name: rng.uniform(0.6, 1.7) for name in ("a", "b", "c", "x_1", "lambda_")}
        told = plain_tex(source).replace("lambda", "lambda_")
        exact = meant.subs({"lambda": sp.Symbol("lambda_")}).subs({k: sp.Float(v, 30) for k, v in at.items()})
        if not exact.is_finite or abs(sp.N(exact)) > 1e12:
            continue
        assert abs(_value(told, at) - complex(exact)) <= 1e-9 * (1 + abs(complex(exact))), (source, told)
        compared += 1


def test_random_text_is_read_or_refused_in_one_line() -> None:
    rng = random.Random(11)
    alphabet = [r"\frac", r"\sqrt", r"\text", r"\operatorname", "{", "}", "^", "_", "'", "x", "2", "+", "/", "|", "("]
    said = []
    for _ in range(3000):
        source = "".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 9)))
        try:
            said.append(tex.plain_tex(source))
        except SentenceError as problem:
            said.append(f"refused: {problem}")
    assert all(one and "\n" not in one for one in said)
    assert 100 < sum(one.startswith("refused") for one in said) < 2900
