"""Proof scripts from derivations: each step as Coq follows it. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Asymptotic, Compare, Equation, Iff
from w2s_sym.coq.equalities import equality
from w2s_sym.coq.expansions import expansion
from w2s_sym.coq.instances import gap, instance
from w2s_sym.coq.signs import NoScript, Signs
from w2s_sym.coq.statement import Names, Need, Theorem, Untranslatable, comparison, defined, term, theorem
from w2s_sym.evidence.derivation.bounds import Bound, BoundStep, Slope, Using
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.derivation.equivalences import SameSign
from w2s_sym.evidence.derivation.formula_steps import Apply, Differentiate, Eliminate, Rewrite
from w2s_sym.evidence.derivation.surface import linear_solution, with_given
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.signs import proves
from w2s_sym.formula.totals import Total, letters_along

COMPOSED = {
    ("=", "="): "eq_eq",
    ("=", "<"): "eq_lt",
    ("=", "<="): "eq_le",
    ("<", "="): "lt_eq",
    ("<=", "="): "le_eq",
    ("<", "<"): "lt_lt",
    ("<", "<="): "lt_le",
    ("<=", "<"): "le_lt",
    ("<=", "<="): "le_le",
}


# Powers that may vanish, as Coq's own where their base is positive.
PLAIN_POWERS = "rewrite ?power_of_positive by known_positive."


@dataclass(frozen=True)
class Script:
    """A theorem with its proof."""

    theorem: Theorem
    lines: tuple[str, ...]

    def text(self) -> str:
        """The theorem and its proof as Coq reads them."""
        return "\n".join((self.theorem.text(), "Proof.", *(f"  {line}" for line in self.lines), "Qed."))


def proof(claim: Claim) -> Script:
    """The proof of a claim by its derivation. Raises ``Untranslatable`` or ``NoScript`` with what is missing."""
    made = theorem(claim)
    derivation = next((e for e in claim.evidence if isinstance(e, Derivation)), None)
    if derivation is None:
        raise Untranslatable("no derivation")
    writer = Writer(claim, made, with_given(claim))
    if isinstance(claim.statement, Asymptotic):
        return Script(made, ("intros.", *expansion(claim, claim.statement, made.names)))
    lines = ["intros.", *writer.solved(), *writer.needs(), *writer.split()]
    if isinstance(claim.statement, Iff):
        lines += writer.equivalence(derivation)
    else:
        lines += writer.chain(derivation)
    return Script(made, tuple(lines))


def solutions(claim: Claim) -> list[tuple[Equation, sp.Symbol, sp.Expr]]:
    """(equation, symbol, what it equals): the unknown where the equation is linear in it, else another symbol."""
    domain, found = with_given(claim), []
    for equation in reversed(claim.given):
        for s in (equation.unknown, *sorted(equation.free_symbols - {equation.unknown}, key=lambda s: s.name)):
            solution, _ = linear_solution(equation, s, domain) if letters_along(s) is None else (None, None)
            if solution is not None:
                found.append((equation, s, solution if solution.has(Total) else sp.factor(solution)))
                break
    return found


@dataclass
class Writer:
    """Writes the proof of one claim."""

    claim: Claim
    made: Theorem
    domain: Domain
    fresh: Iterator[int] = field(default_factory=count)

    @property
    def names(self) -> Names:
        """The identifiers of the statement."""
        return self.made.names

    def signs(self) -> Signs:
        """A search on the claim's domain."""
        return Signs(self.domain, self.names)

    # -- given equations ----------------------------------------------------------------------------------
    def solved(self) -> list[str]:
        """Asserts what the given equations determine: unknowns that are linear in them, else another symbol."""
        lines = []
        for k, (equation, s, solution) in enumerate(solutions(self.claim)):
            slope = (
                sp.cancel(sp.together(equation.residual / (s - solution)))
                if not equation.residual.has(Total)
                else sp.diff(equation.residual, s)
            )
            lines += [f"assert (H_g{k} : {self.names[s]} = {term(solution, self.names)}).", "{"]
            lines += [
                f"apply (solved {term(equation.residual, self.names)} {term(slope, self.names)}); [ | | assumption].",
                "{",
            ]
            product = sp.Mul(slope, _minus(s, solution), evaluate=False)
            lines += [
                *self.facts((equation.residual, product), self.signs()),
                *equality(equation.residual, product, self.names),
            ]
            lines += ["}", *self.signs().goal(slope, "!="), "}"]
        return lines

    def equal(self, left: sp.Expr, right: sp.Expr, names: Names | None = None) -> list[str]:
        """A script for ``left = right``, with what the given equations determine put in where that is needed."""
        names = self.names if names is None else names
        lines = self.facts((left, right), Signs(self.domain, names))
        if not self.claim.given or same_value(left, right, self.domain):
            return [*lines, *equality(left, right, names)]
        values: dict[sp.Symbol, sp.Expr] = {}
        used = []
        for k, (_, s, solution) in enumerate(solutions(self.claim)):
            if s in (left - right).free_symbols or any(s in v.free_symbols for v in values.values()):
                lines.append(f"rewrite ?H_g{k}.")
                used.append((s, solution))
                values = {**{t: v.xreplace({s: solution}) for t, v in values.items()}, s: solution}
        for s, solution in reversed(used):
            names = Names(names.of, {**names.letters, s: term(solution, names)})
        return [*lines, *equality(left, right, names, values)]

    def facts(self, formulas: Iterable[sp.Expr], search: Signs) -> list[str]:
        """Asserts what makes formulas of the proof have a value, as far as that is found."""
        lines = []
        needs = {need.text: need for e in formulas for need in defined(e, search.names) if need.relation}
        for need in tuple(needs.values()):
            if need.relation == ">" and not need.over:
                for part in sp.fraction(sp.together(need.expression)):
                    for f in sp.Mul.make_args(part):
                        if not f.is_Symbol and not f.is_number:
                            inner = Need(f"(0 < {term(f, search.names)})", ">", f)
                            needs.setdefault(inner.text, inner)
        for need in needs.values():
            if any(need.text == known.text for known in self.made.needs) or need.expression.is_Symbol:
                continue
            try:
                tree = self.need(need, search)
            except NoScript:
                continue
            lines += [f"assert (H_f{next(self.fresh)} : {need.text}).", "{", *tree, "}"]
        return lines

    # -- definedness --------------------------------------------------------------------------------------
    def needs(self) -> list[str]:
        """Every formula of the statement has a value, shown once and kept."""
        lines = []
        for k, need in enumerate(self.made.needs):
            lines += [f"assert (H_d{k} : {need.text}).", "{", *self.need(need, self.signs()), "}"]
        return lines

    def need(self, need: Need, search: Signs) -> list[str]:
        """A script for one of them."""
        if need.relation == "derivable":
            return ["eapply derivable. derive; side."]
        if not need.relation:
            raise NoScript(need.text)
        intro = []
        for over in need.over:
            search = search.at_level(over)
            intro.append(search.intro)
        return [*intro, *search.goal(need.expression, need.relation)]

    def split(self) -> list[str]:
        """The needs are put aside."""
        return [f"split; [exact H_d{k}|]." for k in range(len(self.made.needs))]

    # -- chains -------------------------------------------------------------------------------------------
    def chain(self, derivation: Derivation) -> list[str]:
        """The lines of a derivation, each from the one before, put together."""
        states = derivation.states(self.claim, proved=True)
        steps = [*derivation.steps, *([Rewrite(states[-1].value)] if len(states) - 1 > len(derivation.steps) else [])]
        lines: list[str] = []
        for k, (step, before, after) in enumerate(zip(steps, states, states[1:], strict=False)):
            assert isinstance(before.value, sp.Expr) and isinstance(after.value, sp.Expr)
            lines += [f"assert (H_step{k} : {comparison(before.value, after.relation, after.value, self.names)}).", "{"]
            lines += [*self.step(step, before.value, after.value, after.relation), "}"]
        return [*lines, self.composed([s.relation for s in states[1:]])]

    def composed(self, relations: list[str]) -> str:
        """The statement from its steps."""
        statement = self.claim.statement
        assert isinstance(statement, Compare)
        if not relations:
            return "reflexivity."
        down = any(r[0] == ">" for r in relations)
        steps = [(Relation(r).turned if down and r != "=" else r, f"H_step{k}") for k, r in enumerate(relations)]
        if down:
            steps = [(r, f"(eq_sym {h})" if r == "=" else h) for r, h in reversed(steps)]
        (relation, term_), *rest = steps
        for r, h in rest:
            term_ = f"({COMPOSED[relation, r]} _ _ _ {term_} {h})"
            relation = r if relation == "=" else relation if r == "=" else "<" if "<" in (relation, r) else "<="
        wanted = Relation(statement.relation).turned if down else statement.relation
        if wanted == relation:
            return f"exact {term_}."
        return f"exact ({ {('<', '<='): 'Rlt_le', ('=', '<='): 'Req_le', ('<', '!='): 'Rlt_not_eq'}[relation, str(wanted)] } _ _ {term_})."

    def step(self, step: object, before: sp.Expr, after: sp.Expr, relation: str) -> list[str]:
        """A script for ``before relation after``."""
        if isinstance(step, Bound):
            return self.bound(step, before, after)
        if isinstance(step, (Rewrite, Eliminate)):
            return self.equal(before, after)
        if isinstance(step, Using):
            return self.using(step, before, after)
        if isinstance(step, Slope):
            return self.slope(step, before, after)
        if isinstance(step, Apply):
            return self.apply(step, before, after)
        if isinstance(step, Differentiate):
            return self.differentiate(before, after)
        raise NoScript(f"a {type(step).__name__} step")

    def bound(self, step: Bound, before: sp.Expr, after: sp.Expr) -> list[str]:
        """By the sign of the difference."""
        up = step.relation[0] == "<"
        strict = len(step.relation) == 1
        low, high = (before, after) if up else (after, before)
        difference = (high - low) if step.by is None else (step.by if up else -step.by)
        lines = [
            f"apply {'lt' if strict else 'le'}_by_difference.",
            f"apply ({'pos' if strict else 'nonneg'}_by _ {term(difference, self.names)}).",
            "{",
        ]
        lines += self.equal(_minus(high, low), difference)
        return [*lines, "}", *self.signs().goal(difference, ">" if strict else ">=")]

    # -- other claims -------------------------------------------------------------------------------------
    def using(self, step: Using, before: sp.Expr, after: sp.Expr) -> list[str]:
        """By the sign of a factor and another inequality."""
        assert step.lemma is not None
        search = self.signs()
        found = instance(step.lemma, dict(step.where), "H_lemma", search)
        low, high = _ends(step, before, after)
        shown, strict = gap(found)
        lines = [*found.lines, *self._difference(step)]
        up = step.relation[0] == "<"
        return [
            *lines,
            *self._by_gap(_minus(high, low), step.factor if up else -step.factor, shown, strict, step, search),
        ]

    def _difference(self, step: BoundStep) -> list[str]:
        return [f"apply {'lt' if len(step.relation) == 1 else 'le'}_by_difference."]

    def _by_gap(
        self, difference: sp.Expr, factor: sp.Expr, shown: sp.Expr, strict: bool, step: BoundStep, search: Signs
    ) -> list[str]:
        """A script for the sign of ``difference``, which is ``factor`` times a gap of known sign."""
        wanted = len(step.relation) == 1
        held = sp.Dummy("gap", positive=True) if strict else sp.Dummy("gap", nonnegative=True)
        text = term(shown, search.names)
        inside = Signs(
            Domain((*search.domain.symbols, held), search.domain.conditions, facts=search.domain.facts),
            Names(search.names.of, {**search.names.letters, held: text}),
        )
        product = sp.Mul(factor, held, evaluate=False) if factor != 1 else held
        lines = [f"assert (H_gap : 0 {'<' if strict else '<='} {text}) by lra."]
        lines += [f"apply ({'pos' if wanted else 'nonneg'}_by _ {term(product, inside.names)}).", "{"]
        if factor == 1 and term(difference, search.names) == text:
            return [*lines, "reflexivity.", "}", "first [assumption | lra]."]
        lines += self.equal(difference, sp.Mul(factor, shown, evaluate=False) if factor != 1 else shown, search.names)
        return [*lines, "}", *inside.goal(product, ">" if wanted else ">=")]

    def apply(self, step: Apply, before: sp.Expr, after: sp.Expr) -> list[str]:
        """The left side of an equality replaced by its right side."""
        found = instance(step.lemma, dict(step.where), "H_lemma", self.signs())
        place = sp.Dummy("place")
        template = before.xreplace({found.left: place})
        at = {side: Names(self.names.of, {place: term(side, self.names)}) for side in (found.left, found.right)}
        lines = [*found.lines, f"apply (eq_eq _ {term(template, at[found.left])}).", "{"]
        lines += [*equality(before, template, at[found.left], {place: found.left}), "}"]
        lines += [f"rewrite {found.name}."] if found.left != found.right else []
        return [*lines, *equality(template, after, at[found.right], {place: found.right})]

    # -- derivatives --------------------------------------------------------------------------------------
    def differentiate(self, before: sp.Expr, after: sp.Expr) -> list[str]:
        """Derivatives carried out."""
        lines, values, names = [], {}, self.names
        for k, node in enumerate(sorted(before.atoms(sp.Derivative), key=str)):
            done = node.doit()
            name = f"W_D{k}"
            lines += [f"assert ({name} : {term(node, self.names)} = {term(done, self.names)}).", "{"]
            lines += ["apply derive_at. eapply derive_eq.", "{", "derive; side.", "}", "{", "plain."]
            lines += [*equality(node.expr, done, self.names), "}", "}", f"rewrite {name}."]
            place = sp.Dummy("derivative")
            names = Names(names.of, {**names.letters, place: term(done, self.names)})
            values[place] = done
            before = before.xreplace({node: place})
        return [*lines, *equality(before, after, names, values)]

    def slope(self, step: Slope, before: sp.Expr, after: sp.Expr) -> list[str]:
        """From the end where both sides agree, along a derivative of one sign (mean value theorem)."""
        s, end, strict = step.s, step.end, len(step.relation) == 1
        low, high = _ends(step, before, after)
        difference = _minus(high, low)
        above = proves(end - s, ">", self.domain)
        factor = step.factor if step.relation[0] == "<" else -step.factor
        along, there = ({**self.names.letters, s: text} for text in ("W_x", term(end, self.names)))
        search = Signs(self.domain, Names(self.names.of, along))
        lemma_lines: list[str] = []
        shown, gap_strict = sp.S.One, True
        if step.lemma is not None:
            found = instance(step.lemma, dict(step.where), "H_lemma", search)
            lemma_lines = found.lines
            shown, gap_strict = gap(found)
        slope = sp.Mul(factor, shown, evaluate=False) if step.lemma is not None else factor
        bent, vanishing = self._bent(difference, s, end)
        functions = [
            f"(fun W_x => {text})" for text in (self._bent_text(bent, vanishing, along), term(slope, search.names))
        ]
        start = ["intros W_x W_in.", *self._along(s, search.names)]
        lemma = f"slope_from_{'above' if above else 'below'}{'' if strict else '_weak'}"
        lines = [*self.facts((difference,), self.signs()), *self._difference(step)]
        lines += [
            f"apply ({'pos' if strict else 'nonneg'}_by _ ({functions[0]} {term(s, self.names)})).",
            "{",
            PLAIN_POWERS,
        ]
        lines += [*equality(difference, difference, self.names), "}"]
        lines += [f"apply ({lemma} {' '.join(functions)} {term(end, self.names)} {term(s, self.names)}).", "{"]
        lines += ["lra.", "}", "{", *start, *self.facts((difference,), search)]
        bases = [sp.log(p.base) for p in difference.atoms(sp.Pow) if p.exp.has(s)]
        lines += [
            "eapply derive_eq.",
            "{",
            "derive; rewrite ?power_of_positive by known_positive; side.",
            "}",
            "{",
            f"plain. {PLAIN_POWERS}",
        ]
        lines += [*self.equal(sp.Add(difference, *bases, evaluate=False), slope, search.names), "}", "}", "{"]
        at_end = self._at_end(difference, s, end, Names(self.names.of, there), vanishing)
        lines += [*at_end, "continuous; at_end.", "}", "{", "cbv beta.", *at_end, "rewrite ?power_of_zero by at_end."]
        zero = {**there, **{d: "0" for d in vanishing}}
        values = {s: end, **{d: sp.S.Zero for d in vanishing}}
        lines += [*equality(bent, sp.S.Zero, Names(self.names.of, zero), values), "}", "{", *start, *lemma_lines]
        sign = factor if not above else -factor
        if step.lemma is not None:
            product = sp.Mul(sign, shown, evaluate=False)
            return [*lines, *self._by_gap(product, sign, shown, gap_strict, step, search), "}"]
        return [*lines, *search.goal(sign, ">" if strict else ">="), "}"]

    def _along(self, s: sp.Symbol, names: Names) -> list[str]:
        """The conditions on ``s`` hold all along the segment."""
        numbers = Domain(tuple(x for x in self.domain.symbols if letters_along(x) is None))
        conditions = (c for c in (*self.domain.conditions, *numbers.assumptions()) if s in c.free_symbols)
        return [f"assert ({comparison(c.lhs, c.relation, c.rhs, names)}) by lra." for c in conditions]

    def _bent(self, e: sp.Expr, s: sp.Symbol, end: sp.Expr) -> tuple[sp.Expr, dict[sp.Symbol, sp.Pow]]:
        """Powers whose base vanishes at the end as symbols: there they are zero, which Coq's power does not say."""
        powers = (p for p in e.atoms(sp.Pow) if not p.exp.is_Rational and p.base.has(s))
        vanishing = {p: sp.Dummy("power") for p in powers if sp.expand(p.base.xreplace({s: end})) == 0}
        return e.xreplace(vanishing), {d: p for p, d in vanishing.items()}

    def _bent_text(self, e: sp.Expr, vanishing: Mapping[sp.Symbol, sp.Pow], letters: Mapping[sp.Symbol, str]) -> str:
        names = Names(self.names.of, letters)
        shown = {d: f"(power {term(p.base, names)} {term(p.exp, names)})" for d, p in vanishing.items()}
        return term(e, Names(self.names.of, {**letters, **shown}))

    def _at_end(
        self, e: sp.Expr, s: sp.Symbol, end: sp.Expr, there: Names, vanishing: Mapping[sp.Symbol, sp.Pow]
    ) -> list[str]:
        """Asserts what makes the formula have a value at the end, where the bases of some powers vanish."""
        rest = self.domain.restrict(set(self.domain.symbols) - {s})
        moved, lines = Signs(rest, there), []
        for need in {n.text: n for n in defined(e, there)}.values():
            if any(need.expression == p.base for p in vanishing.values()):
                continue
            if need.over or need.relation not in ("!=", ">", ">="):
                raise NoScript(f"{need.text} along a segment")
            expression = need.expression.xreplace({p: sp.S.Zero for p in vanishing.values()}).xreplace({s: end})
            if vanishing and expression == 1:
                continue
            lines += [
                f"assert (H_e{next(self.fresh)} : {need.text}).",
                "{",
                *moved.script(expression, need.relation),
                "}",
            ]
        for p in vanishing.values():
            tree = moved.script(p.exp, ">")
            lines += [f"assert (H_e{next(self.fresh)} : 0 < {term(p.exp, there)}).", "{", *tree, "}"]
        return lines

    # -- equivalences -------------------------------------------------------------------------------------
    def equivalence(self, derivation: Derivation) -> list[str]:
        """Two differences whose quotient has one sign."""
        statement = self.claim.statement
        assert isinstance(statement, Iff)
        (step,) = derivation.steps
        assert isinstance(step, SameSign)
        (a, b), (c, d) = (_upward(side) for side in (statement.left, statement.right))
        factor = sp.factor(sp.cancel(sp.together((a - b) / (c - d))))
        if step.factor is not None:
            factor = step.factor if sp.cancel(sp.together(factor - step.factor)) == 0 else -step.factor
        relation = Relation(statement.left.relation)
        lemma = "iff_lt" if relation.strict else "iff_le"
        if not relation.direction:
            lemma = "iff_zero" if relation == "=" else "iff_nonzero"
        lines = [f"apply ({lemma} _ _ _ _ {term(factor, self.names)}).", "{"]
        lines += [*self.equal(_minus(a, b), sp.Mul(factor, _minus(c, d), evaluate=False)), "}"]
        return [*lines, *self.signs().goal(factor, ">" if relation.direction else "!=")]


def _ends(step: BoundStep, before: sp.Expr, after: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The smaller and the larger line."""
    return (before, after) if step.relation[0] == "<" else (after, before)


def _upward(side: Compare) -> tuple[sp.Expr, sp.Expr]:
    """The sides of a comparison, what is larger on the right."""
    assert isinstance(side.lhs, sp.Expr)
    return (side.rhs, side.lhs) if Relation(side.relation).direction > 0 else (side.lhs, side.rhs)


def _minus(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    """The difference as it is written, not as it would be simplified."""
    return sp.Add(a, sp.Mul(-1, b, evaluate=False), evaluate=False)
