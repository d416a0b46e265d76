"""Relations between two numbers."""

from __future__ import annotations

import json
import operator

import numpy as np
import pytest

from w2s_sym.formula.relations import Relation, is_inequality, relation_latex

MEANING = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "!=": operator.ne,
}
PAIRS = [(1, 2), (2, 2), (3, 2)]


@pytest.mark.parametrize("text", MEANING)
def test_a_relation_is_its_text_and_what_it_means(text: str) -> None:
    relation, means = Relation(text), MEANING[text]
    assert relation == text
    assert hash(relation) == hash(text)
    assert json.dumps({"relation": relation}) == json.dumps({"relation": text})
    assert f"{relation}" == text
    for left, right in PAIRS:
        assert relation(left - right) == means(left, right)
        assert relation.turned(right - left) == means(left, right)
        assert relation.negated(left - right) == (not means(left, right))
        assert relation.roughly(left - right, 0.0) == means(left, right)
    assert list(relation(np.array([-1.0, 0.0, 1.0]))) == [means(x, 0) for x in (-1, 0, 1)]
    assert relation.strict == (not means(0, 0))
    assert relation.direction == (means(1, 0) - means(-1, 0))


def test_every_relation_has_a_meaning() -> None:
    assert set(Relation) == set(MEANING)


@pytest.mark.parametrize(("text", "weak"), [("<", "<="), (">", ">="), ("<=", "<="), (">=", ">="), ("=", "=")])
def test_weak_allows_equality(text: str, weak: str) -> None:
    assert Relation(text).weak == weak


def test_rounding_speaks_neither_against_equality_nor_for_strictness() -> None:
    for gap in (-1e-12, 0.0, 1e-12):
        assert all(Relation(r).roughly(gap, 1e-9, 1e-9) for r in ("=", "<=", ">="))
        assert not any(Relation(r).roughly(gap, 1e-9, 1e-9) for r in ("<", ">", "!="))


@pytest.mark.parametrize(("text", "latex"), [("<=", r"\le"), (">=", r"\ge"), ("!=", r"\ne"), ("<", "<"), ("", "")])
def test_latex(text: str, latex: str) -> None:
    assert relation_latex(text) == latex


def test_an_unknown_relation_is_refused_in_one_line() -> None:
    with pytest.raises(ValueError, match=r"^unknown relation '=='; use one of =, <, <=, >, >=, !=$"):
        Relation("==")


# A relation says which signs the difference may have.
SIGNS = {"=": {0}, "<": {-1}, "<=": {-1, 0}, ">": {1}, ">=": {0, 1}, "!=": {-1, 1}}


@pytest.mark.parametrize("one", SIGNS)
@pytest.mark.parametrize("other", SIGNS)
def test_one_relation_implies_another_when_it_allows_no_other_sign(one: str, other: str) -> None:
    assert Relation(one).implies(Relation(other)) == (SIGNS[one] <= SIGNS[other])


@pytest.mark.parametrize("text", [*SIGNS, "=<", "", "iff"])
def test_inequalities_are_the_four_with_a_direction(text: str) -> None:
    assert is_inequality(text) == (text in ("<", "<=", ">", ">="))
