"""Names that read as formulas and LaTeX that no document holds are refused, and nothing prints like something else."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym import Claim, ClaimError, Compare, Derivation, Domain, Precision, Source, any_spectrum, symbol
from w2s_sym.formula.notation import latex
from w2s_sym.formula.spelling import SymbolError, top_level

SOURCE = Source("toy2026", "A. Theorist", "On toys", 2026)
p, q = symbol("p", "a number", positive=True), symbol("q", "another", positive=True)


def claim(left: sp.Expr, *symbols: sp.Symbol) -> Claim:
    return Claim("toy", "A toy.", Compare(left, "<", left + 1), Domain(symbols), SOURCE, (Precision(),))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("pi", "reads as a number"),
        ("E", "reads as a number"),
        ("I", "reads as a number"),
        ("oo", "reads as a number"),
        ("2", "reads as a number"),
        ("1.5", "reads as a number"),
        ("log", "reads as a function"),
        ("Max", "reads as a function"),
        ("a+b", "reads as a formula"),
        ("log(p)", "reads as a formula"),
        ("x^2", "reads as a formula"),
        ("{", "reads as a formula or as no word"),
        ("p q", "no word"),
        ("risk of w", "no word"),
        ("_x", "no word"),
        ("x#1", "no word"),
        ("", "no word"),
        ("x\n", "no word"),
        ("é", "no word"),
        ("x__2", "prints? as a power|would print as a power"),
        ("β", "spell them: 'beta'"),
        ("σ_w", "spell them: 'sigma_w'"),
        (None, "give its name as text"),
        (3, "give its name as text"),
    ],
)
def test_names_that_are_no_words_are_refused_when_declared_and_in_claims(name: object, told: str) -> None:
    with pytest.raises(SymbolError, match=told):
        symbol(name, "a number", positive=True)  # type: ignore[arg-type]
    with pytest.raises(SymbolError, match=told):
        any_spectrum(name, "a spectrum", p)  # type: ignore[arg-type]
    if isinstance(name, str) and name:
        undeclared = sp.Symbol(name, positive=True)
        with pytest.raises(ClaimError, match=told):
            claim(undeclared, undeclared)


@pytest.mark.parametrize(
    "name", ["x", "x_1", "alpha", "sigma2", "d_sw", "ER_w2s_in", "V_teacher", "gamma", "zeta", "x'"]
)
def test_words_are_names(name: str) -> None:
    assert symbol(name, "a number").name == name


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ("{", "do not close"),
        ("}{", "do not close"),
        (r"\left( x", "do not close"),
        ("x^2^3", "two superscripts"),
        ("x^2'", "two superscripts"),
        ("x_1_2", "two superscripts, two subscripts"),
        ("x^", "an empty one"),
        ("β", r"write \\beta"),
        ("x\n", "has the character"),
        ("a%", "LaTeX reads as a command"),
        ("$x$", "LaTeX reads as a command"),
        (r"x\\", "no mathematics"),
        (r"\input{x}", "no mathematics"),
        ("a=b", "reads as a statement"),
        ("2", "reads as a number"),
        ("-1.5", "reads as a number"),
        (r"\infty", "reads as a number"),
        (" ", "is empty"),
        ("x" * 401, "401 characters"),
        (5, "give a text"),
    ],
)
def test_what_is_no_latex_of_a_letter_is_refused(form: object, told: str) -> None:
    with pytest.raises(SymbolError, match=told):
        symbol("x", "a number", form)  # type: ignore[arg-type]


def test_a_symbol_has_a_meaning_in_words() -> None:
    with pytest.raises(SymbolError, match="say in words"):
        symbol("x", None)  # type: ignore[arg-type]


def test_letters_that_print_as_sums_and_quotients_stand_in_brackets() -> None:
    total = symbol("s", "a sum", "a+b", positive=True)
    assert latex(total**2 + total * p) == "p (a+b) + (a+b)^{2}"
    assert latex(p - total) == "p - (a+b)"
    ratio = symbol("r", "a ratio", "R/S", positive=True)
    assert latex(p * ratio**2) == "p (R/S)^{2}"
    assert latex(p * ratio) == "p (R/S)"
    assert latex(1 / ratio) == r"\frac{1}{R/S}"
    assert {top_level(f) for f in ("|a-b|", "x^{a+b}", "x_+", r"\frac{a}{b}", "(a+b)")} == {"", "product"}


def test_derivatives_that_are_multiplied_do_not_print_as_nested() -> None:
    product = sp.Derivative(p * q, p) * sp.Derivative(p**2 * q, p)
    shown = latex(product)
    assert shown == (
        r"\left(\frac{\partial}{\partial p} p q\right) \frac{\partial}{\partial p} p^{2} q"
        if shown.index("p q") < shown.index("p^{2} q")
        else r"\left(\frac{\partial}{\partial p} p^{2} q\right) \frac{\partial}{\partial p} p q"
    )


def test_a_word_is_upright_and_so_no_product_of_letters() -> None:
    noise, ab = symbol("noise", "a number"), symbol("ab", "a number", positive=True)
    assert latex(noise) == r"\mathrm{noise}"
    a, b = symbol("a", "a number", positive=True), symbol("b", "a number", positive=True)
    assert claim(ab + a * b, a, b, ab).latex() == r"a b + \mathrm{ab} < a b + \mathrm{ab} + 1"


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (("alpha", None), ("beta_2", r"\alpha"), "prints as the symbol"),
        (("x_1", None), ("w", "{x}_1"), "prints as the symbol"),
        (("sigma", None), ("sigma2", r"\sigma^2"), "prints as a formula in sigma"),
        (("x", None), ("y", "x x"), "prints as a formula in x"),
        (("x", None), ("y", "x + p"), "prints as a formula in x, p|prints as a formula in p, x"),
        (("x", None), ("y", r"\frac{x}{2}"), "prints as a formula in x"),
        (("x", None), ("y", r"\log(x)"), "prints as a formula in x"),
        (("pie", r"\pi"), ("c", None), r"prints as the number \\pi"),
        (("e", None), ("d", None), "prints as the number e"),
    ],
)
def test_two_symbols_of_a_claim_never_print_alike(one: tuple, other: tuple, told: str) -> None:
    x, y = (symbol(name, "a number", form, positive=True) for name, form in (one, other))
    with pytest.raises(ClaimError, match=told):
        claim(x + y + sp.pi + sp.exp(p), x, y, p)
    with_others = symbol("zeta", "another", positive=True)
    assert claim(x + with_others, x, with_others).domain.symbols == (x, with_others)


def test_a_chain_with_derivatives_prints_with_its_brackets() -> None:
    f = sp.Derivative(p * q, p) * sp.Derivative(p**2 * q, p)
    chain = Derivation(f).differentiate()
    made = Claim("toy", "A toy.", Compare(f, "=", 2 * p * q**2), Domain((p, q)), SOURCE, (chain,))
    assert made.latex().count(r"\left(\frac{\partial}{\partial p}") == 1


@pytest.mark.parametrize("key", ["", "a b", "k{", "k,", "é", "-k", "a/b", None, 3])
def test_a_key_is_one_that_bibtex_takes(key: object) -> None:
    with pytest.raises(ClaimError, match="key"):
        Source(key, "A. Author", "T", 2026)  # type: ignore[arg-type]


def test_what_latex_reads_as_commands_is_escaped_in_bibtex() -> None:
    entry = Source("k", "A. Author & B. Böhm", "Cats & dogs: 50% of R_2 {x} ∀ #1 ~ ^ $", 2026, "J_1", "1_2").cite(
        "bibtex"
    )
    assert (
        r"title = {{Cats \& dogs: 50\% of R\_2 \textbraceleft{}x\textbraceright{} \ensuremath{\forall} \#1 "
        r"\textasciitilde{} \textasciicircum{} \$}}" in entry
    )
    assert r"booktitle = {J\_1}" in entry
    assert r"eprint = {1\_2}" in entry
    assert "author = {A. Author and B. Böhm}" in entry
    assert entry.count("{") == entry.count("}")


def test_assumptions_are_known_words_that_are_true_or_false() -> None:
    assert symbol("x", "a number", positive=True, integer=None).is_positive
    for value in (5, 1, "yes", sp.true):
        with pytest.raises(SymbolError, match=r"^the symbol x has positive=.*; write True or False$"):
            symbol("x", "a number", positive=value)
    with pytest.raises(SymbolError, match=r"^the symbol x has postive=True: no such assumption; use real, integer, "):
        symbol("x", "a number", postive=True)
