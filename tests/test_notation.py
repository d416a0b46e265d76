"""Symbols have one home and print one way."""

from __future__ import annotations

import pytest
import sympy as sp

from w2s_sym import notation
from w2s_sym.notation import latex, meaning, symbol


def test_a_declared_symbol_is_sympys_own_with_its_assumptions() -> None:
    x = symbol("x_notation", "a length", positive=True)
    assert x == sp.Symbol("x_notation", positive=True)
    assert x != sp.Symbol("x_notation")
    assert meaning(x) == "a length"


def test_default_latex_is_sympys_and_a_given_form_is_used_inside_expressions() -> None:
    plain = symbol("a_1", "an index")
    fancy = symbol("kappa_test", "a ridge", r"\varkappa")
    assert latex(plain) == "a_{1}"
    assert latex(fancy**2 + 1) == r"\varkappa^{2} + 1"


def test_redeclaring_with_the_same_form_keeps_the_first_meaning() -> None:
    first = symbol("again", "first", "A")
    second = symbol("again", "second", "A")
    assert first == second
    assert meaning(first) == "first"


def test_redeclaring_with_another_form_is_refused_and_names_both() -> None:
    symbol("clash", "one", "C_1")
    with pytest.raises(ValueError, match="clash already prints as C_1, not C_2; use another name"):
        symbol("clash", "two", "C_2")
    assert latex(sp.Symbol("clash")) == "C_1"


def test_nobody_declared_it_so_it_has_no_meaning() -> None:
    assert meaning(sp.Symbol("never_declared_anywhere")) == ""


@pytest.mark.parametrize("name", ["n", "N", "d_s", "d_w"])
def test_sizes_are_positive_integers(name: str) -> None:
    s = getattr(notation, name)
    assert s.is_integer
    assert s.is_positive
    assert meaning(s)


def test_correlation_dimension_and_noise_are_nonnegative_reals() -> None:
    for s in (notation.d_sw, notation.sigma2):
        assert s.is_nonnegative
        assert s.is_positive is None
        assert s.is_integer is None
    assert latex(notation.d_sw) == r"d_{s\wedge w}"
    assert latex(notation.sigma2) == r"\sigma^2"


def test_a_sentence_is_cut_at_the_names_of_symbols() -> None:
    from w2s_sym.notation import d_w, n, segments, sigma2

    text = "A variance is sigma2 d_w/(n - d_w - 1); sigma20 and n' are others."
    cut = list(segments(text, (n, d_w, sigma2)))
    assert [t for t, is_math in cut if is_math] == [r"\sigma^2", "d_w", "n", "d_w"]
    back = {r"\sigma^2": "sigma2"}
    assert "".join(back.get(t, t) if is_math else t for t, is_math in cut) == text
    assert list(segments(text, ())) == [(text, False)]
