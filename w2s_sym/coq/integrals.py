"""Integrals up to their ends: by parts, by substitution, by a known one. Nothing here is trusted.

Each line of a derivation has one integral. Its convergence follows from that of the next line, so that the last step is
shown first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sympy as sp

from w2s_sym.claims.statement import Compare
from w2s_sym.coq.ends import finite_end, infinite_end, low_end, rising
from w2s_sym.coq.equalities import equality
from w2s_sym.coq.instances import applied, restated_places
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.signs import Signs
from w2s_sym.coq.statement import Need, Scope, coq_term, limits_of, span, symbols_of
from w2s_sym.evidence.derivation.formula_steps import Apply, ByParts, Rewrite, Substitute
from w2s_sym.formula.conditions import Condition
from w2s_sym.formula.domain import Domain

if TYPE_CHECKING:
    from w2s_sym.coq.proofs import Writer


class Integrand:
    """An integral of a line: its integrand in a variable of its own, which Coq calls ``W_x``, and its ends."""

    def __init__(self, writer: Writer, e: sp.Expr):
        function, x, self.low, self.high = limits_of(e)
        self.x = sp.Dummy("x", positive=True)
        self.function = function.xreplace({x: self.x})
        self.writer, self.expression = writer, e
        self.text = f"integral {span(e, writer.names)}"
        self.span = span(e, writer.names)
        conditions = [Condition(self.x, ">", self.low)]
        conditions += [Condition(self.x, "<", self.high)] if self.high != sp.oo else []
        known = writer.domain
        within = Domain((*known.symbols, self.x), (*known.conditions, *conditions), facts=known.facts)
        self.search = Signs(within, self.named("W_x"))

    def named(self, x: str) -> Scope:
        """The names where the variable is called ``x``."""
        names = self.writer.names
        return Scope(names.of, {**names.letters, self.x: x})

    def of(self, e: sp.Expr) -> str:
        """A formula in the variable as a function."""
        return f"(fun W_x => {coq_term(e, self.search.names)})"

    @property
    def own(self) -> str:
        """The integrand as a function, as the statement writes it."""
        return self.span.removesuffix(f" {self.ends}")

    @property
    def ends(self) -> str:
        """Both ends, as arguments."""
        return f"{coq_term(self.low, self.writer.names)} {self.top}"

    @property
    def top(self) -> str:
        """The upper end, as an argument."""
        return "p_infty" if self.high == sp.oo else f"(Finite {coq_term(self.high, self.writer.names)})"

    def ordered(self) -> list[str]:
        """A script for: the lower end is below the upper one."""
        if self.high == sp.oo:
            return ["exact I."]
        sign = self.writer.signs().goal(self.high - self.low, ">")
        low, high = (coq_term(end, self.writer.names) for end in (self.low, self.high))
        return [f"change ({low} < {high}). apply lt_by_difference.", *sign]

    def inside(self) -> list[str]:
        """Takes a number between the ends, and that it is positive."""
        return ["intros W_x W_low W_high. cbv [below Rbar_lt] in W_high.", *self.positive()]

    def positive(self) -> list[str]:
        """A number between the ends is positive."""
        if self.low == 0:
            return []
        low = coq_term(self.low, self.writer.names)
        lines = [f"assert (W_end : 0 < {low}).", "{", *self.writer.signs().goal(self.low, ">"), "}"]
        return [*lines, "assert (W_pos : 0 < W_x) by lra."]

    def equal(self, left: sp.Expr, right: sp.Expr) -> list[str]:
        """A script for two formulas that are equal at a number between the ends."""
        lines = ["cbv beta.", *self.writer.facts((left, right), self.search)]
        return [*lines, *equality(left, right, self.search.names)]

    def slope(self, f: sp.Expr, slope: sp.Expr) -> list[str]:
        """A script for a derivative between the ends."""
        lines = [*self.inside(), *self.writer.facts((f,), self.search), "eapply derive_eq.", "{", "derive; side.", "}"]
        return [*lines, "{", "plain.", *equality(f, slope, self.search.names), "}"]

    def continuous(self, f: sp.Expr) -> list[str]:
        """A script for continuity between the ends."""
        return [*self.inside(), *self.writer.facts((f,), self.search), "cbv beta. continuous; side."]


def integrals_of(e: sp.Expr) -> list[sp.Expr]:
    """The integrals of a formula, incomplete beta functions too."""
    return sorted(e.atoms(sp.Integral, sp.betainc), key=str)


def _one(e: sp.Expr) -> sp.Expr | None:
    found = integrals_of(e)
    if len(found) > 1:
        raise NoScript(f"{len(found)} integrals in {e}")
    return found[0] if found else None


def inside_script(writer: Writer, need: Need) -> list[str]:
    """A script for what must hold between the ends of an integral, so that its integrand has a value."""
    here, x = Integrand(writer, need.inside), limits_of(need.inside)[1]
    low, *high = ("W_low",) if here.high == sp.oo else ("W_low", "W_high")
    lines = [f"intros W_x {' '.join((low, *high))}."]
    try:
        tree = here.search.child().goal(need.expression.xreplace({x: here.x}), need.relation)
    except NoScript:
        tree = ["lra."]
    return [*lines, *here.positive(), *tree]


def integral_chain(writer: Writer, steps: Sequence[object], values: Sequence[sp.Expr]) -> list[str]:
    """Asserts the equality of each two lines of a derivation, as ``H_step``, and that integrals converge, ``H_c``."""
    lines = []
    if _one(values[-1]) is not None:
        lines += _last(writer, len(steps), steps[-1], values[-1])
    for k in reversed(range(len(steps))):
        before, after = values[k], values[k + 1]
        goal = f"assert (H_step{k} : {coq_term(before, writer.names)} = {coq_term(after, writer.names)})."
        if _one(before) is None:
            lines += [goal, "{", *writer.step(steps[k], before, after, "="), "}"]
            continue
        here = Integrand(writer, _one(before))
        value, script = _value(writer, k, steps[k], here, after)
        place = sp.Dummy("integral", real=True)
        following = _one(after)
        letters = {} if following is None else {place: f"({Integrand(writer, following).text})"}
        names = Scope(writer.names.of, {**writer.names.letters, **letters})
        lines += [
            f"assert (H_int{k} : has_integral {here.span} {coq_term(value.xreplace({following: place}), names)})."
        ]
        lines += ["{", *script, "}", f"pose proof (converges_to _ _ _ _ H_int{k}) as H_c{k}.", goal, "{"]
        lines += [f"try rewrite (value_of _ _ _ _ H_int{k})."]
        replaced = before.xreplace({here.expression: value})
        left, right = (e.xreplace({following: place}) for e in (replaced, after))
        lines += [*equality(left, right, names), "}"]
    return lines


def _value(writer: Writer, k: int, step: object, here: Integrand, after: sp.Expr) -> tuple[sp.Expr, list[str]]:
    """What the integral is, in terms of the next one, and a script for it."""
    following = _one(after)
    there = None if following is None else Integrand(writer, following)
    if isinstance(step, ByParts):
        return _by_parts(step, here, there, k)
    if isinstance(step, Substitute) and there is not None:
        return there.expression, _substituted(step, here, there, k)
    if isinstance(step, (Rewrite, Apply)) and there is not None:
        factor, script = _multiple(here, there, k)
        return factor * there.expression, script
    if isinstance(step, Apply):
        return _known(writer, step, here)
    raise NoScript(f"a {type(step).__name__} step on an integral")


def _multiple(here: Integrand, there: Integrand, k: int) -> tuple[sp.Expr, list[str]]:
    """A constant times an integral between the same ends."""
    other = there.function.xreplace({there.x: here.x})
    factor = _constant(here.function / other, here.x)
    lemma = "same_integrand" if factor == 1 else "multiple"
    by = "" if factor == 1 else f" {coq_term(factor, here.writer.names)}"
    lines = [f"apply ({lemma} _ {there.own}{by}).", "{", *here.ordered(), "}", "{"]
    lines += [
        *here.inside(),
        *here.equal(here.function, other if factor == 1 else sp.Mul(factor, other, evaluate=False)),
        "}",
    ]
    return factor, [*lines, f"exact (its_value _ _ _ H_c{k + 1})."]


def _constant(ratio: sp.Expr, x: sp.Symbol) -> sp.Expr:
    found = sp.powsimp(sp.simplify(sp.powsimp(ratio)))
    if found.has(x):
        raise NoScript(f"{found} is free of {x}")
    return found


def _by_parts(step: ByParts, here: Integrand, there: Integrand | None, k: int) -> tuple[sp.Expr, list[str]]:
    """What the antiderivative is at the ends, and what is left of the integral."""
    variable = limits_of(here.expression)[1]
    f = sp.powsimp(step.u * step.v).xreplace({variable: here.x})
    other = sp.S.Zero if there is None else there.function.xreplace({there.x: here.x})
    rest = sp.S.Zero
    if there is not None:
        rest = _constant((-sp.diff(step.u, variable) * step.v).xreplace({variable: here.x}) / other, here.x)
    slope = (
        here.function if there is None else sp.Add(here.function, sp.Mul(-rest, other, evaluate=False), evaluate=False)
    )
    low, low_script = low_end(here, f)
    high, high_script = finite_end(here, f) if here.high != sp.oo else infinite_end(here, f)
    names = here.writer.names
    at = f"{coq_term(low, names)} {coq_term(high, names)}"
    if there is None:
        lines = [f"apply (antiderivative_to {here.of(f)} _ {here.ends} {at})."]
    else:
        arguments = f"{there.own} {coq_term(rest, names)} {here.ends} {at} ({there.text})"
        lines = [f"apply (by_parts_to {here.of(f)} _ {arguments})."]
    goals = [here.ordered(), here.slope(f, slope), here.continuous(slope), low_script, high_script]
    value = high - low
    if there is not None:
        goals.append([f"exact (its_value _ _ _ H_c{k + 1})."])
        value = value + rest * there.expression
    place = sp.Dummy("integral")
    inside = names if there is None else Scope(names.of, {**names.letters, place: f"({there.text})"})
    whole = value if there is None else value.xreplace({there.expression: place})
    raw = high - low if there is None else sp.Add(high, -low, sp.Mul(rest, place, evaluate=False), evaluate=False)
    goals.append(["cbv beta.", *equality(raw, whole, inside)])
    return value, [*lines, *(line for goal in goals for line in ("{", *goal, "}"))]


def _substituted(step: Substitute, here: Integrand, there: Integrand, k: int) -> list[str]:
    """The new variable as a function of the old one."""
    new = limits_of(there.expression)[1]
    found = sp.solve(sp.Eq(step.image.xreplace({new: there.x}), here.x), there.x)
    if len(found) != 1:
        raise NoScript(f"the inverse of {step.image}")
    p = sp.factor(found[0])
    slope = sp.factor(sp.diff(p, here.x))
    put = there.function.xreplace({there.x: p})
    product = sp.Mul(slope, put, evaluate=False)
    lines = [f"apply (substitution _ {there.own} {here.of(p)} {here.of(slope)} {here.ends} {there.ends})."]
    function, names, values, shorter = _shorter_bases(there.function, there.x, p, here.search.names)
    moved = sp.Mul(slope, function, evaluate=False)
    equal = [*here.inside(), "cbv beta.", *here.writer.facts((here.function, p, product), here.search)]
    equal += [*shorter, *equality(here.function, moved, names, values)]
    above = [*here.inside(), "cbv beta. apply lt_by_difference.", *here.search.child().goal(p - there.low, ">")]
    below = ["intros; exact I."]
    if there.high != sp.oo:
        below = [*here.inside(), "cbv beta delta [below Rbar_lt] iota. apply lt_by_difference."]
        below += here.search.child().goal(sp.factor(there.high - p), ">")
    _, low_script = low_end(here, p)
    low_lines = [f"apply (from_above _ _ {here.top} _).", "{", *here.ordered(), "}", "{", *above, "}"]
    if there.high == sp.oo:
        if here.high != sp.oo:
            raise NoScript("a substitution from a finite end to infinity")
        high_lines = rising(here, p)
    else:
        _, high_script = finite_end(here, p, there.high) if here.high != sp.oo else infinite_end(here, p)
        high_lines = [
            f"apply (from_below _ {coq_term(here.low, here.writer.names)} {here.top}).",
            "{",
            *here.ordered(),
            "}",
        ]
        high_lines += ["{", *below, "}", "{", *high_script, "}"]
    goals = [
        here.ordered(),
        equal,
        here.slope(p, slope),
        here.continuous(slope),
        there.continuous(there.function),
        above,
        below,
        [*low_lines, "{", *low_script, "}"],
        high_lines,
        [f"exact (its_value _ _ _ H_c{k + 1})."],
    ]
    return [*lines, *(line for goal in goals for line in ("{", *goal, "}"))]


def _shorter_bases(
    f: sp.Expr, y: sp.Symbol, p: sp.Expr, names: Scope
) -> tuple[sp.Expr, Scope, dict[sp.Symbol, sp.Expr], list[str]]:
    """The new integrand with ``p`` put in, and places for the bases of its powers, each written as one quotient."""
    place = sp.Dummy("y", positive=True)
    put, values = {y: place}, {place: p}
    letters, lines = {**names.letters, place: coq_term(p, names)}, []
    for node in sorted(f.atoms(sp.Pow), key=str):
        if node.exp.is_Integer or not node.base.is_Add or node.base in put:
            continue
        short = sp.factor(node.base.xreplace({y: p}))
        written = coq_term(node.base.xreplace({y: place}), Scope(names.of, letters))
        lines.append(f"replace ({written}) with {coq_term(short, names)} by (field; side).")
        base = sp.Dummy("base", positive=True)
        put[node.base], values[base], letters[base] = base, short, coq_term(short, names)
    return f.xreplace(put), Scope(names.of, letters), values, lines


def _known(writer: Writer, step: Apply, here: Integrand) -> tuple[sp.Expr, list[str]]:
    """The value that another claim gives."""
    statement = _comparison(step)
    given = (
        "E : integral ?g ?a ?b = ?w, K : converges ?g ?a ?b |- _ => pose proof (converged g a b w K E) as H_known end."
    )
    lines, put, places, renaming, names = _told(writer, step, here, statement.lhs, given)
    value = statement.rhs.xreplace(renaming)
    return value, [*lines, "{", *equality(statement.rhs.xreplace(places), value, names, put), "}"]


def _last(writer: Writer, k: int, step: object, after: sp.Expr) -> list[str]:
    """The integral of the last line converges, as the claim that was applied says."""
    last = _one(after)
    if not isinstance(step, Apply) or last is None:
        raise NoScript(f"that {after} converges")
    there = Integrand(writer, last)
    given = "E : _ = integral ?g ?a ?b, K : converges ?g ?a ?b |- _ => pose proof (its_value g a b K) as H_known end."
    lines, *_ = _told(writer, step, there, _comparison(step).rhs, given)
    return [f"assert (H_c{k} : converges {there.span}).", "{", "eapply converges_to.", *lines, "reflexivity.", "}"]


def _comparison(step: Apply) -> Compare:
    assert isinstance(step.lemma.statement, Compare)
    return step.lemma.statement


def _told(
    writer: Writer, step: Apply, here: Integrand, side: object, given: str
) -> tuple[list[str], dict[sp.Symbol, sp.Expr], dict[sp.Symbol, sp.Symbol], dict[sp.Symbol, sp.Expr], Scope]:
    """A script that says an integral of a claim of one here, and what the claim's symbols stand for."""
    assert isinstance(side, sp.Expr)
    lines, renaming = applied(step.lemma, dict(step.where), "H_lemma", writer.signs())
    integral = _one(side)
    if integral is None:
        raise NoScript(f"an integral in {side}")
    function, x, _, _ = limits_of(integral)
    places, put, names = restated_places(symbols_of(step.lemma), renaming, writer.names)
    inside = Scope(names.of, {**names.letters, here.x: "W_x"})
    theirs = function.xreplace({**places, x: here.x})
    lines += ["decompose [and] H_lemma.", f"match goal with {given}"]
    lines += ["eapply (retold _ _ _ _ _ _).", "{", *here.ordered(), "}", "{", "exact H_known.", "}"]
    lines += ["{", *here.inside(), "cbv beta.", *writer.facts((here.function,), here.search)]
    return [*lines, *equality(here.function, theirs, inside, put), "}"], put, places, renaming, names
