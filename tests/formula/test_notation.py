"""Symbols have one home and print one way."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym.formula import letters
from w2s_sym.formula.notation import latex, meaning, plain_parentheses, superscript, symbol


def test_a_declared_symbol_is_sympys_own_with_its_assumptions() -> None:
    x = symbol("x_notation", "a length", positive=True)
    assert isinstance(x, sp.Symbol)
    assert x.assumptions0 == sp.Symbol("x_notation", positive=True).assumptions0
    assert x != sp.Symbol("x_notation")
    assert meaning(x) == "a length"


def test_default_latex_is_sympys_and_a_given_form_is_used_inside_expressions() -> None:
    plain = symbol("a_1", "an index")
    fancy = symbol("kappa_test", "a ridge", r"\varkappa")
    assert latex(plain) == "a_{1}"
    assert latex(fancy**2 + 1) == r"\varkappa^{2} + 1"


def test_redeclaring_gives_the_same_symbol_and_another_meaning_another() -> None:
    first = symbol("again", "first", "A")
    assert first == symbol("again", "first", "A")
    second = symbol("again", "second", "A")
    assert first != second
    assert (meaning(first), meaning(second)) == ("first", "second")


def test_another_form_makes_another_symbol() -> None:
    one, two = symbol("clash", "one", "C_1", positive=True), symbol("clash", "two", "C_2", positive=True)
    assert one != two
    assert one != sp.Symbol("clash", positive=True)
    assert (latex(one), latex(two)) == ("C_1", "C_2")
    assert (meaning(one), meaning(two)) == ("one", "two")
    assert one - two != 0
    assert (one - two).subs({one: 1, two: 3}) == -2
    assert str(one + sp.Symbol("a") + sp.Symbol("z")) == "a + clash + z"


def test_two_papers_may_print_one_name_in_two_ways_but_not_one_claim() -> None:
    from w2s_sym import Claim, ClaimError, Compare, Domain, Precision, Source

    one, two = symbol("clash", "one", "C_1"), symbol("clash", "two", "C_2")
    source = Source("toy", "A. Author", "Toy", 2025)
    with pytest.raises(ClaimError, match="two different symbols print as clash"):
        Claim("toy", "A toy.", Compare(one + two, ">", one), Domain((one, two)), source, (Precision(),))


def test_a_letter_survives_pickling() -> None:
    import pickle

    letter = symbol("pickled", "kept", r"\wp", integer=True)
    again = pickle.loads(pickle.dumps(letter**2 + 1))
    assert again == letter**2 + 1
    assert latex(again) == r"\wp^{2} + 1"
    assert next(iter(again.free_symbols)).is_integer


def test_nobody_declared_it_so_it_has_no_meaning() -> None:
    assert meaning(sp.Symbol("never_declared_anywhere")) == ""


@pytest.mark.parametrize("name", ["n", "N", "d_s", "d_w"])
def test_sizes_are_positive_integers(name: str) -> None:
    s = getattr(letters, name)
    assert s.is_integer
    assert s.is_positive
    assert meaning(s)


def test_correlation_dimension_and_noise_are_nonnegative_reals() -> None:
    for s in (letters.d_sw, letters.sigma2):
        assert s.is_nonnegative
        assert s.is_positive is None
        assert s.is_integer is None
    assert latex(letters.d_sw) == r"d_{s\wedge w}"
    assert latex(letters.sigma2) == r"\sigma^2"


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("it falls as i^-3/2,", ("i^-3/2", "i^(-3/2)", "(i^-3)/2")),
        ("a root, x^2/3", ("x^2/3", "x^(2/3)", "(x^2)/3")),
        ("n^-1/2 falls", ("n^-1/2", "n^(-1/2)", "(n^-1)/2")),
        ("(x^a^b)", ("x^a^b", "x^(a^b)", "(x^a)^b")),
        ("x^(1/2)^2", ("x^(1/2)^2", "x^((1/2)^2)", "(x^(1/2))^2")),
        ("of lam_i^alpha/c", ("lam_i^alpha/c", "lam_i^(alpha/c)", "(lam_i^alpha)/c")),
        ("u zeta_i^2/sqrt(n)", ("zeta_i^2/sqrt", "zeta_i^(2/sqrt)", "(zeta_i^2)/sqrt")),
        (
            "1/(1 + f(x - 1))^2/2",
            ("(1 + f(x - 1))^2/2", "(1 + f(x - 1))^(2/2)", "((1 + f(x - 1))^2)/2"),
        ),
        ("phi(p)^s/s", ("phi(p)^s/s", "phi(p)^(s/s)", "(phi(p)^s)/s")),
        ("n^s-1, n^2+1", ("n^s-1", "n^(s-1)", "(n^s)-1")),
        ("k^2*m", ("k^2*m", "k^(2*m)", "(k^2)*m")),
    ],
)
def test_a_power_that_reads_in_two_ways_is_found(text: str, ways: tuple[str, str, str]) -> None:
    from w2s_sym.formula.sentences import ambiguous_power

    assert ambiguous_power(text) == ways
    # What is said to be written instead reads in one way.
    assert [ambiguous_power(way) for way in ways[1:]] == [None, None]


@pytest.mark.parametrize(
    "text",
    [
        "i^(-3/2), (i^-3)/2, i^-2, x^2 / 3 and x^2 - 1",
        "b_i^2/(1 - Omega), (sum_i x_i^3)^2 / sum_i x_i^2, w^r: so n^(s-1)/s and (x^(1/r))^2",
        "L^2-norm, an L^2-penalty, e^-s, t/x^2, 1/2^k.",
        "no power: a/b/c, - 1/2",
    ],
)
def test_a_power_that_reads_in_one_way_is_left_alone(text: str) -> None:
    from w2s_sym.formula.sentences import ambiguous_power

    assert ambiguous_power(text) is None


def test_sums_print_what_is_added_first_and_numbers_last() -> None:
    from w2s_sym.formula.letters import N, d_s, d_sw, d_w, n

    assert latex(n - d_w - 1) == "n - d_w - 1"
    assert latex(-1 + d_s / N) == r"\frac{d_s}{N} - 1"
    assert latex(1 - d_s / N) == r"1 - \frac{d_s}{N}"
    assert latex(-d_sw + d_w) == r"d_w - d_{s\wedge w}"
    assert latex(-d_w - 1) == "- d_w - 1"


def test_a_minus_stands_before_the_whole_of_a_letter_that_prints_as_a_sum() -> None:
    both, p = symbol("d", "a number", r"\alpha+\beta", positive=True), symbol("p", "a number", positive=True)
    assert latex(-both) == r"- (\alpha+\beta)"
    assert latex(sp.exp(-both)) == r"e^{- (\alpha+\beta)}"
    assert latex(p ** (-both)) == r"p^{- (\alpha+\beta)}"
    assert latex(p - both) == r"p - (\alpha+\beta)"
    assert latex(-both / 2) == r"- \frac{\alpha+\beta}{2}"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (r"2 \left(n + 1\right)", "2 (n + 1)"),
        (r"\left(\frac{1}{n} + 1\right)", r"\left(\frac{1}{n} + 1\right)"),
        (r"\left(a \left(b + \frac{1}{n}\right)\right)", r"\left(a \left(b + \frac{1}{n}\right)\right)"),
        (r"\left(\left(a\right) b\right)", "((a) b)"),
        (r"\left|{x}\right| \left(x\right)", r"\left|{x}\right| (x)"),
        (r"\left[\left(x\right)\right]", r"\left[(x)\right]"),
        (r"\leftarrow \left(x\right)", r"\leftarrow (x)"),
    ],
)
def test_parentheses_grow_only_around_what_is_tall(text: str, plain: str) -> None:
    assert plain_parentheses(text) == plain


@pytest.mark.parametrize(
    ("base", "raised"),
    [
        ("X", r"X^{\top}"),
        (r"\Psi_s^{N}", r"\Psi_s^{N\top}"),
        ("x^2", r"x^{2\top}"),
        (r"{X^{n}}_{\perp Y^{n}}", r"{X^{n}}_{\perp Y^{n}}^{\top}"),
        ("X^{n}_a", r"{X^{n}_a}^{\top}"),
        (r"\hat\theta^\star", r"\hat\theta^{\star\top}"),
    ],
)
def test_a_superscript_is_never_doubled(base: str, raised: str) -> None:
    assert superscript(base, r"\top") == raised
