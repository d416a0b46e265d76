"""The sign of a smooth formula from its sign at one value of a symbol and the signs of its slope on the way there.

The rule: on a segment along one symbol, a formula that has the sign s at its start and a slope of the sign s has the
sign s on all of it. The slope is asked for, and is shown to exist, on all segments from the start to the points of the
domain, the start among them; its own sign may come from its slope in turn. Before that, a difference of a formula and a
logarithm is compared as exponentials, and roots of symbols, and a sum that is all that occurs, are taken for symbols.

It is slower than :func:`w2s_sym.formula.signs.sign` and is asked where that one does not know.
"""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.domain import Domain, linear_bound
from w2s_sym.formula.numbers import holds
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import proves, sign
from w2s_sym.formula.size import small
from w2s_sym.formula.symbol_bounds import bounds_of

# So many slopes of slopes are looked at.
SLOPES_OF_SLOPES = 3
# So many starts of segments are tried in all.
MOST_SEGMENTS = 16
# Functions that have a slope wherever the formula of their slope has a value.
_SMOOTH = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.sin, sp.cos, sp.sinh, sp.cosh, sp.tanh, sp.atan, sp.asinh, sp.erf)
# Values of a symbol at which a formula may touch zero inside the domain.
_TOUCHING = (sp.Integer(0), sp.Integer(1), sp.Integer(-1))


def weak_sign(expression: sp.Expr, domain: Domain) -> int | None:
    """1 where the expression is shown to be nowhere negative on the domain, -1 where nowhere positive, else None."""
    return _weak_sign(expression, domain, SLOPES_OF_SLOPES, iter(range(MOST_SEGMENTS)))


def _weak_sign(expression: sp.Expr, domain: Domain, slopes: int, left: Iterator[int]) -> int | None:
    known = _known(expression, domain)
    if known is not None or slopes == 0:
        return known
    if not small(expression) or not _smooth(expression):
        return None
    for e, where in (*_as_exponentials(expression, domain), *_in_roots(expression, domain)):
        found = _known(e, where)
        if found is not None:
            return found
    for e, where in _in_one(expression, domain):
        found = _weak_sign(e, where, slopes, left)
        if found is not None:
            return found
    for s in [s for s in domain.symbols if s in expression.free_symbols]:
        for start in _starts(expression, s, domain):
            pieces = list(_pieces(expression, s, start, domain))
            if next(left, None) is None:
                return None
            signs = {_along(*piece, slopes, left) for piece in pieces}
            if len(signs) == 1 and None not in signs:
                return signs.pop()
    return None


def _known(expression: sp.Expr, domain: Domain) -> int | None:
    """The weak sign that :func:`sign` shows; 1 for what is zero."""
    found = sign(expression, domain)
    return None if found is None else 1 if found[0] >= 0 else -1


def _smooth(expression: sp.Expr) -> bool:
    return all(
        node.is_Symbol or (node.is_number and not node.args) or isinstance(node, _SMOOTH)
        for node in sp.preorder_traversal(expression)
    )


def _as_exponentials(expression: sp.Expr, domain: Domain) -> Iterator[tuple[sp.Expr, Domain]]:
    """For a + log u and a - log u what has the same sign: u exp(a) - 1 and exp(a) - u."""
    logs = [t for t in sp.Add.make_args(expression) if isinstance(t, sp.log) or isinstance(-t, sp.log)]
    if len(logs) != 1 or defined(expression, domain) is not None:
        return
    (term,) = logs
    rest = sp.exp(expression - term)
    yield (rest * term.args[0] - 1 if isinstance(term, sp.log) else rest - (-term).args[0]), domain


def _in_roots(expression: sp.Expr, domain: Domain) -> Iterator[tuple[sp.Expr, Domain]]:
    """The expression in the roots of symbols that are nowhere negative, where such roots stand in it."""
    powers = [p for p in expression.atoms(sp.Pow) if p.base.is_Symbol and p.exp.is_Rational and p.exp.q == 2]
    squares = {
        s: sp.Dummy(s.name, positive=s.is_positive, nonnegative=True) ** 2
        for s in {p.base for p in powers}
        if s in domain.symbols and s.is_nonnegative and not s.is_integer
    }
    if squares:
        symbols = tuple(next(iter(squares[s].free_symbols)) if s in squares else s for s in domain.symbols)
        yield expression.xreplace(squares), Domain(symbols, _moved(domain.conditions, squares))


def _in_one(expression: sp.Expr, domain: Domain) -> Iterator[tuple[sp.Expr, Domain]]:
    """The expression as one in the argument of a function in it, where it depends on nothing else."""
    functions = sorted(expression.atoms(sp.Function), key=sp.default_sort_key)
    for node in dict.fromkeys(f.args[0] for f in functions if not f.args[0].is_Symbol):
        for s in [s for s in domain.symbols if s in node.free_symbols and node.is_polynomial(s)]:
            u = sp.Dummy("u", real=True, positive=proves(node, ">", domain) or None)
            slope = sp.diff(node, s)
            if s in slope.free_symbols or not proves(slope, "!=", domain):
                continue
            found = expression.xreplace({s: s + (u - node) / slope})
            found = found if found.free_symbols == {u} else sp.expand(found)
            # With one symbol before and after, only where no argument is left to be written so in turn.
            plain = all(f.args[0].is_Symbol for f in found.atoms(sp.Function))
            if found.free_symbols == {u} and (plain or len(expression.free_symbols) > 1):
                yield found, Domain((u,))
                return


def _moved(conditions: tuple[Condition, ...], rules: dict[sp.Symbol, sp.Expr]) -> tuple[Condition, ...]:
    return tuple(Condition(c.lhs.xreplace(rules), c.relation, c.rhs.xreplace(rules)) for c in conditions)


def _starts(expression: sp.Expr, s: sp.Symbol, domain: Domain) -> Iterator[sp.Expr]:
    """Values from which segments along a symbol may start: its bounds, and where the expression is zero inside."""
    lows, highs = bounds_of(s, domain)
    ends = [end for end, _ in (*lows, *highs)]
    others = [t for t in domain.symbols if t != s and t in expression.free_symbols]
    zeros = [c for c in (*_TOUCHING, *others) if expression.xreplace({s: c}).is_zero]
    yield from dict.fromkeys([*ends, *zeros])


def _pieces(
    expression: sp.Expr, s: sp.Symbol, start: sp.Expr, domain: Domain
) -> Iterator[tuple[sp.Expr, sp.Symbol, Domain]]:
    """On each side of the start where the domain has points: the expression in the distance from it, that, and where.

    Of the conditions on the symbol only those are kept that hold nearer to the start when they hold farther from it.
    """
    conditions = (*domain.conditions, *domain.assumptions())
    for side, nothing_there in ((1, "<="), (-1, ">=")):
        if proves(s - start, nothing_there, domain):
            continue
        t = sp.Dummy("t", nonnegative=True)
        rule = {s: start + side * t}
        kept = []
        for c in conditions:
            if s not in c.free_symbols:
                kept += [] if c in domain.assumptions() else [c]
            elif _nearer(moved := _moved((c,), rule)[0], t):
                kept.append(moved)
        symbols = (*(x for x in domain.symbols if x != s), t)
        yield expression.xreplace(rule), t, Domain(symbols, tuple(kept))


def _nearer(c: Condition, t: sp.Symbol) -> bool:
    """Whether a condition that holds at a distance holds at all smaller ones."""
    direction, linear = Relation(c.relation).direction, linear_bound(c, t) if t in c.free_symbols else None
    if linear is None or not direction:
        return False
    return holds(direction * linear[0], "<=") is True


def _along(expression: sp.Expr, t: sp.Symbol, domain: Domain, slopes: int, left: Iterator[int]) -> int | None:
    """The sign that the expression has where t = 0 and its slope in t has on the domain, when they agree."""
    slope = sp.diff(expression, t)
    if defined(expression, domain) is not None or defined(slope, domain) is not None:
        return None
    without = domain.restrict(set(domain.symbols) - {t})
    first = expression.xreplace({t: sp.Integer(0)})
    at_start = 0 if first.is_zero else _weak_sign(first, without, slopes - 1, left)
    if at_start is None:
        return None
    rising = _weak_sign(sp.factor_terms(slope), domain, slopes - 1, left)
    return rising if at_start in (0, rising) else None


__all__ = ["weak_sign"]
