"""Scripts that show that a given equation has exactly one root. Nothing here is trusted.

Linear equations have their root as a formula. Of others it is shown that the left side is continuous at the lower end
of the bracket, where it has one sign, that its slope has one sign beyond, and that it has the other sign at the upper
end, or tends to it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.definitions import bracket_conditions
from w2s_sym.coq.computations import root_there
from w2s_sym.coq.equalities import equality
from w2s_sym.coq.given import factored_slope
from w2s_sym.coq.one_root import OneRoot, bounded, one_root_theorems, root_at_witness, singled_out, sorts
from w2s_sym.coq.proofs import Writer
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.signs import Signs
from w2s_sym.coq.statement import Need, Scope, Theorem, coq_term, value_needs
from w2s_sym.evidence.derivation.surface import with_given
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import sign
from w2s_sym.formula.totals import Total

# A formula that has a higher pole at an end of its bracket, or grows faster, is not looked at.
_ORDERS = 7


@dataclass(frozen=True)
class RootScript:
    """The theorem that an equation has exactly one root, with its proof."""

    theorem: OneRoot
    lines: tuple[str, ...]

    def text(self) -> str:
        """The theorem and its proof as Coq reads them."""
        return "\n".join((self.theorem.text(), "Proof.", *(f"  {line}" for line in self.lines), "Qed."))


def root_proofs(claim: Claim) -> Iterator[RootScript]:
    """The theorem of each given equation, with its proof. Raises ``NoScript`` with what is not found."""
    for k, made in enumerate(one_root_theorems(claim)):
        try:
            yield _root_proof(claim, k, made)
        except NoScript as problem:
            raise NoScript(f"one root of {made.equation.residual} = 0: {problem}") from None


def _root_proof(claim: Claim, k: int, made: OneRoot) -> RootScript:
    """On the whole domain, or where a claim's witness is."""
    try:
        return RootScript(made, tuple(_script(claim, k, made)))
    except NoScript:
        if claim.witness is None:
            raise
    there = root_at_witness(claim, k)
    return RootScript(there, tuple(root_there(claim, there)))


def _script(claim: Claim, k: int, made: OneRoot) -> list[str]:
    s = made.equation.unknown
    later = {e.unknown for e in claim.given[k:]}
    before = copy.copy(claim)  # not a claim that anybody makes: its statement is not looked at
    known = {x for x in claim.domain.symbols if x not in later}
    object.__setattr__(before, "domain", claim.domain.restrict(known))
    object.__setattr__(before, "given", claim.given[:k])
    theorem = Theorem(made.name, made.binders, made.hypotheses, (), "", made.names)
    at = _Root(Writer(before, theorem, with_given(before)), made)
    start = ["intros.", *at.writer.solved()]
    root = made.equation.solve_linear(s)
    return [*start, *(at.linear(root) if root is not None else at.beyond())]


@dataclass
class _Root:
    """Writes the proof for one equation."""

    writer: Writer
    made: OneRoot

    @property
    def s(self) -> sp.Symbol:
        return self.made.equation.unknown

    def where(self, text: str) -> Scope:
        """The names where the unknown stands for a formula or a number of the script."""
        return Scope(self.made.names.of, {**self.made.names.letters, self.s: text})

    def moving(self, text: str) -> Signs:
        """A search where the unknown is any number between its ends."""
        own = self.writer.domain
        inside = tuple(bracket_conditions(bounded(self.made.equation)))
        domain = Domain((*own.symbols, self.s), (*own.conditions, *inside), facts=own.facts)
        return Signs(domain, self.where(text))

    # -- a linear equation --------------------------------------------------------------------------------
    def linear(self, root: sp.Expr) -> list[str]:
        """By the formula for the root."""
        low, _ = bounded(self.made.equation).bracket or (-sp.oo, sp.oo)
        if not root.has(Total) and low.is_finite is not False:
            root = low + sp.factor(sp.cancel(sp.together(root - low)))
        text = coq_term(root, self.made.names)
        lines = [*self.writer.facts((root,), self.writer.signs()), f"exists {text}."]
        needs = self.needs(text)
        for k, need in enumerate(needs):
            lines += [f"assert (W_r{k} : {need.text}).", "{", *self.at(need, root, text), "}"]
        lines += _conjunction(len(needs))
        residual, other = self.made.equation.residual, self.made.other
        slope = factored_slope(residual, self.s, root)
        names = self.where(other)
        lines += [f"intros {other}{''.join(f' W_o{k}' for k in range(len(self.made.there)))}."]
        lines += [f"apply (solved {coq_term(residual, names)} {coq_term(slope, names)}); [ | | assumption].", "{"]
        search = self.moving(other)
        product = sp.Mul(slope, sp.Add(self.s, sp.Mul(-1, root, evaluate=False), evaluate=False), evaluate=False)
        lines += [*self.writer.facts((residual, product), search), *equality(residual, product, names), "}"]
        return [*lines, *search.goal(slope, "!=")]

    def needs(self, text: str) -> tuple[Need, ...]:
        """What is to be shown of a formula or number as the root."""
        names = self.where(text)
        return (*singled_out(self.made.equation, names), *sorts(self.made.equation, names))

    def at(self, need: Need, value: sp.Expr, text: str) -> list[str]:
        """A script for what is true of the unknown at a formula."""
        if not need.relation:
            return ["integers."]
        search = Signs(self.writer.domain, self.where(text))
        lines = []
        for over in need.over:
            search = search.at_level(over)
            lines.append(search.intro)
        e, relation = need.expression, Relation(need.relation)
        if need.relation == "=":
            return [*lines, *self.writer.facts((e,), search), *equality(e, sp.S.Zero, search.names, {self.s: value})]
        upward = e if relation.direction >= 0 else -e
        found = upward.xreplace({self.s: value})
        lemma = {"!=": "nonzero_by", True: "pos_by", False: "nonneg_by"}[
            need.relation if not relation.direction else relation.strict
        ]
        wanted = need.relation if not relation.direction else ">" if relation.strict else ">="
        if relation.direction:
            lines.append(f"apply {'lt' if relation.strict else 'le'}_by_difference.")
        found, tree = _shown(found, wanted, search)
        lines += [f"apply ({lemma} _ {coq_term(found, search.names)}).", "{"]
        lines += [*self.writer.facts((found,), search), *equality(upward, found, search.names, {self.s: value}), "}"]
        return [*lines, *tree]

    # -- an equation that rises, or falls, from the lower end on ------------------------------------------
    def beyond(self) -> list[str]:
        """By the sign of the slope, the value at the lower end, and the limit or the value at the upper end."""
        low, high = bounded(self.made.equation).bracket or (-sp.oo, sp.oo)
        if low == -sp.oo:
            raise NoScript("a bracket without a lower end")
        search = self.moving("W_x")
        rising, slope = self.rising(search)
        if high != sp.oo:
            return self.between(rising, slope, low, high)
        x = sp.Dummy("x", positive=True)
        head, tail = _scaled(-rising, self.s, low + x, x), _scaled(rising, self.s, low + 1 / x, x)
        return self.on_a_ray(rising, slope, low, x, head, tail)

    def on_a_ray(
        self, rising: sp.Expr, slope: sp.Expr, low: sp.Expr, x: sp.Symbol, head: _Scaled, tail: _Scaled
    ) -> list[str]:
        """By the slope, and the signs next to the lower end and far out, times powers that take poles away."""
        search, end, bounded_ = self.moving("W_x"), coq_term(low, self.made.names), head.order == tail.order == 0
        functions = [rising, slope, *(() if bounded_ else (head.formula,)), tail.formula]
        names = [search.names, search.names, *(self.afar(x, "W_x") for _ in functions[2:])]
        texts = [f"(fun W_x => {coq_term(e, n)})" for e, n in zip(functions, names, strict=True)]
        lemma = "one_root_beyond" if bounded_ else "one_root_on_a_ray"
        orders = "" if bounded_ else f" {head.order} {tail.order}"
        lines = [f"destruct ({lemma} {' '.join(texts)} {end}{orders}) as [W_u [W_beyond [W_zero W_only]]].", "{"]
        lines += ["intros W_x W_beyond.", *self.writer.facts((rising,), search), "eapply derive_eq.", "{"]
        lines += ["derive; side.", "}", "{", "plain. same_totals.", "}", "}", "{", "intros W_x W_beyond. cbv beta."]
        lines += [*search.goal(slope, ">"), "}"]
        if bounded_:
            lines += ["{", *self.values(rising, {self.s: low}, self.where(end)), "continuous_total; at_end.", "}"]
            lines += ["{", "cbv beta.", *self.positive(-rising, {self.s: low}, self.where(end)), "}"]
        for e in (tail.formula,) if bounded_ else (head.formula, tail.formula):
            lines += ["{", "intros W_x W_beyond. cbv beta.", "same_totals.", "}", "{"]
            lines += [*self.values(e, {x: sp.S.Zero}, self.afar(x, "0")), "continuous_total; at_end.", "}"]
            lines += ["{", "cbv beta.", *self.positive(e, {x: sp.S.Zero}, self.afar(x, "0")), "}"]
        return [*lines, "cbv beta in *.", *self.concluded()]

    def rising(self, search: Signs) -> tuple[sp.Expr, sp.Expr]:
        """The left side of the equation or its negative, which rises, and its slope."""
        residual = self.made.equation.residual
        slope = sp.diff(residual, self.s)
        found = sign(slope, search.domain, True)
        if found is None or not found[0]:
            raise NoScript(f"the sign of {slope}")
        return (residual, slope) if found[0] > 0 else (-residual, -slope)

    def between(self, rising: sp.Expr, slope: sp.Expr, low: sp.Expr, high: sp.Expr) -> list[str]:
        """By the sign of the slope and the values at both ends."""
        search, names = self.moving("W_x"), self.made.names
        functions = " ".join(f"(fun W_x => {coq_term(e, search.names)})" for e in (rising, slope))
        ends = [coq_term(end, names) for end in (low, high)]
        found = "[W_u [[W_beyond W_before] [W_zero W_only]]]"
        lines = [f"destruct (one_root_between {functions} {' '.join(ends)}) as {found}.", "{"]
        lines += self.writer.signs().goal(high - low, ">") if not (high - low).is_number else ["lra."]
        lines += ["}", "{", "intros W_x [W_beyond W_before].", *self.writer.facts((rising,), search)]
        lines += ["eapply derive_eq.", "{", "derive; side.", "}", "{", "plain. same_totals.", "}", "}"]
        lines += ["{", "intros W_x [W_beyond W_before]. cbv beta.", *search.goal(slope, ">"), "}"]
        for end, text in zip((low, high), ends, strict=True):
            lines += ["{", *self.values(rising, {self.s: end}, self.where(text)), "continuous_total; at_end.", "}"]
        for e, end, text in ((-rising, low, ends[0]), (rising, high, ends[1])):
            lines += ["{", "cbv beta.", *self.positive(e, {self.s: end}, self.where(text)), "}"]
        return [*lines, "cbv beta in *.", *self.concluded()]

    def afar(self, x: sp.Symbol, text: str) -> Scope:
        """The names where the inverse of the distance from the end is a number of the script."""
        return Scope(self.made.names.of, {**self.made.names.letters, x: text})

    def values(self, e: sp.Expr, at: dict[sp.Symbol, sp.Expr], names: Scope) -> list[str]:
        """Asserts what makes a formula have a value at an end."""
        lines = []
        for need in {n.text: n for n in value_needs(e, names)}.values():
            search, intro = Signs(self.writer.domain, names), []
            for over in need.over:
                search = search.at_level(over)
                intro.append(search.intro)
            found = need.expression.xreplace(at)
            lines += [f"assert (H_f{next(self.writer.fresh)} : {need.text}).", "{", *intro]
            if need.relation not in ("!=", ">"):
                raise NoScript(f"{need.text} at an end")
            lemma = "nonzero_by" if need.relation == "!=" else "pos_by"
            lines += [f"apply ({lemma} _ {coq_term(found, search.names)}).", "{"]
            lines += [*equality(need.expression, found, search.names, at), "}", *search.goal(found, need.relation), "}"]
        return lines

    def positive(self, e: sp.Expr, at: dict[sp.Symbol, sp.Expr], names: Scope) -> list[str]:
        """A script for ``0 < e``, or ``-e < 0``, at an end."""
        found, search = e.xreplace(at), Signs(self.writer.domain, names)
        lines = ["apply lt_by_difference.", f"apply (pos_by _ {coq_term(found, names)}).", "{"]
        equal = ["same_totals."] if found.has(Total) else equality(e, found, names, at)
        return [*lines, *self.values(e, at, names), *equal, "}", *search.goal(found, ">")]

    def concluded(self) -> list[str]:
        """The root has what its theorem says."""
        lines, needs = ["exists W_u."], self.needs("W_u")
        search = self.moving("W_u")
        for k, need in enumerate(needs):
            lines += [f"assert (W_r{k} : {need.text}).", "{"]
            if not need.relation:
                raise NoScript(f"that the root is an {need.text}")
            inner, intro = search, []
            for over in need.over:
                inner = inner.at_level(over)
                intro.append(inner.intro)
            if need.expression.has(self.s) and not need.over and need.relation != "!=":
                lines += ["lra.", "}"]
            else:
                lines += [*intro, *inner.goal(need.expression, need.relation), "}"]
        other = self.made.other
        intros = "".join(f" W_o{k}" for k in range(len(self.made.there)))
        return [*lines, *_conjunction(len(needs)), f"intros {other}{intros}. apply W_only; lra."]


def _shown(e: sp.Expr, relation: str, search: Signs) -> tuple[sp.Expr, list[str]]:
    """A form of a formula whose sign is found, with the script."""
    try:
        return e, search.script(e, relation)
    except NoScript:
        if e.has(Total):
            raise
    factored = sp.factor(sp.cancel(sp.together(e)))
    return factored, search.script(factored, relation)


def _conjunction(count: int) -> list[str]:
    """What was asserted is put together, and what is left is that there is no other root."""
    first = "".join(f"(conj W_r{k} " for k in range(count - 1)) + f"W_r{count - 1}" + ")" * (count - 1)
    return [f"split; [exact {first if count > 1 else 'W_r0'}|]."]


@dataclass(frozen=True)
class _Scaled:
    """A formula at a point that depends on a small number, times a power of that number which takes away its pole."""

    formula: sp.Expr
    order: int


def _scaled(e: sp.Expr, s: sp.Symbol, at: sp.Expr, x: sp.Symbol) -> _Scaled:
    """The formula at ``s = at``, times the least power of ``x`` with which it has a value at ``x = 0``."""
    for order in range(_ORDERS):
        found = _times_power(e, s, at, x**order)
        below = (p.base for p in found.atoms(sp.Pow) if p.exp.is_negative)
        if all(sp.expand(b.xreplace({x: sp.S.Zero})) != 0 for b in below):
            return _Scaled(found, order)
    raise NoScript(f"{e} close to an end")


def _times_power(e: sp.Expr, s: sp.Symbol, at: sp.Expr, power: sp.Expr) -> sp.Expr:
    """The formula at ``s = at``, times a power; terms with sums over spectra one by one."""
    if isinstance(e, Total):
        return power * Total(sp.cancel(sp.together(e.summand.xreplace({s: at}))), e.over)
    if e.is_Add and e.has(Total):
        return sp.Add(*(_times_power(a, s, at, power) for a in e.args))
    if e.has(Total):
        others = sp.Mul(*(a for a in sp.Mul.make_args(e) if not a.has(Total)))
        totals = (_times_power(a, s, at, sp.S.One) for a in sp.Mul.make_args(e) if a.has(Total))
        return sp.Mul(_times_power(others, s, at, power), *totals)
    return sp.cancel(sp.together(e.xreplace({s: at}) * power)) if e.has(s) or power != 1 else e
