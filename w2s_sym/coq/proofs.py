"""Proof scripts from derivations: each step as Coq follows it. Nothing here is trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Asymptotic, Compare, Iff
from w2s_sym.coq.boxes import box_script
from w2s_sym.coq.computations import point_script
from w2s_sym.coq.derivatives import carried_out, derivable
from w2s_sym.coq.equalities import equality
from w2s_sym.coq.expansions import expansion_script
from w2s_sym.coq.given import factored_slope, solutions
from w2s_sym.coq.instances import gap_of, known_here, lemma_here
from w2s_sym.coq.integrals import inside_script, integral_chain, integrals_of
from w2s_sym.coq.points import PointTheorem, point_theorem
from w2s_sym.coq.segments import ends, minus, slope_script
from w2s_sym.coq.shapes import NoScript
from w2s_sym.coq.signs import Signs
from w2s_sym.coq.statement import Need, Scope, Theorem, Untranslatable, comparison, coq_term, theorem, value_needs
from w2s_sym.coq.zero_bases import zero_base_script
from w2s_sym.evidence.certificate.certificate import Certificate
from w2s_sym.evidence.derivation.bounds import Bound, BoundStep, Slope, Using
from w2s_sym.evidence.derivation.derivation import Derivation
from w2s_sym.evidence.derivation.equivalences import SameSign
from w2s_sym.evidence.derivation.formula_steps import Apply, Differentiate, Eliminate, Rewrite
from w2s_sym.evidence.derivation.replay import Known, with_facts
from w2s_sym.evidence.derivation.surface import with_given
from w2s_sym.formula.domain import Domain
from w2s_sym.formula.equality import same_value
from w2s_sym.formula.relations import Relation
from w2s_sym.formula.totals import Total

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


@dataclass(frozen=True)
class Script:
    """A theorem with its proof."""

    theorem: Theorem | PointTheorem
    lines: tuple[str, ...]

    def text(self) -> str:
        """The theorem and its proof as Coq reads them."""
        return "\n".join((self.theorem.text(), "Proof.", *(f"  {line}" for line in self.lines), "Qed."))


def proof(claim: Claim) -> Script:
    """The proof of a claim: at single points by computation, else by its derivation.

    Raises ``Untranslatable`` or ``NoScript`` with what is missing.
    """
    if claim.witness is not None or claim.domain.points:
        there = point_theorem(claim)
        return Script(there, tuple(point_script(claim, there)))
    made = theorem(claim)
    derivation = next((e for e in claim.evidence if isinstance(e, Derivation)), None)
    certificate = next((e for e in claim.evidence if isinstance(e, Certificate)), None)
    if derivation is None and certificate is not None:
        writer = Writer(claim, made, with_given(claim))
        return Script(made, ("intros.", *writer.needs(), *writer.split(), *box_script(writer, certificate)))
    if derivation is None:
        raise Untranslatable("no derivation")
    if made.names.vanishing:
        return Script(made, ("intros.", *zero_base_script(claim, made, _case)))
    writer = Writer(claim, made, with_given(with_facts(claim, derivation.known)), derivation.known)
    if isinstance(claim.statement, Asymptotic):
        return Script(made, ("intros.", *expansion_script(claim, claim.statement, made.names)))
    lines = ["intros.", *writer.solved(), *writer.told(), *writer.needs()]
    if isinstance(claim.statement, Iff):
        lines += [*writer.split(), *writer.equivalence(derivation)]
    else:
        lines += writer.chain(derivation)
    return Script(made, tuple(lines))


def _case(claim: Claim) -> tuple[Theorem, tuple[str, ...]]:
    """The theorem of a case of a claim, and its proof where all is introduced."""
    found = proof(claim)
    assert isinstance(found.theorem, Theorem)
    return found.theorem, found.lines[1:]


@dataclass
class Writer:
    """Writes the proof of one claim."""

    claim: Claim
    made: Theorem
    domain: Domain
    known: Known = ()
    fresh: Iterator[int] = field(default_factory=count)

    @property
    def names(self) -> Scope:
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
            slope = factored_slope(equation.residual, s, solution)
            lines += [f"assert (H_g{k} : {self.names[s]} = {coq_term(solution, self.names)}).", "{"]
            lines += [
                f"apply (solved {coq_term(equation.residual, self.names)} {coq_term(slope, self.names)});",
                "[ | | assumption].",
                "{",
            ]
            product = sp.Mul(slope, minus(s, solution), evaluate=False)
            lines += [
                *self.facts((equation.residual, product), self.signs()),
                *equality(equation.residual, product, self.names),
            ]
            lines += ["}", *self.signs().goal(slope, "!="), "}"]
        return lines

    def told(self) -> list[str]:
        """Asserts what the derivation knows from other claims."""
        return known_here(self.known, self.signs(), "H_k")

    def equal(
        self, left: sp.Expr, right: sp.Expr, names: Scope | None = None, kept: Mapping[sp.Expr, sp.Expr] | None = None
    ) -> list[str]:
        """A script for ``left = right``, with what the given equations determine put in where that is needed."""
        names = self.names if names is None else names
        lines = self.facts((left, right), Signs(self.domain, names))
        if not self.claim.given or same_value(left, right, self.domain):
            return [*lines, *equality(left, right, names, kept=kept)]
        values: dict[sp.Symbol, sp.Expr] = {}
        used = []
        for k, (_, s, solution) in enumerate(solutions(self.claim)):
            if s in (left - right).free_symbols or any(s in v.free_symbols for v in values.values()):
                lines.append(f"rewrite ?H_g{k}.")
                used.append((s, solution))
                values = {**{t: v.xreplace({s: solution}) for t, v in values.items()}, s: solution}
        for s, solution in reversed(used):
            names = Scope(names.of, {**names.letters, s: coq_term(solution, names)})
        return [*lines, *equality(left, right, names, values, kept=kept)]

    def facts(self, formulas: Iterable[sp.Expr], search: Signs) -> list[str]:
        """Asserts what makes formulas of the proof have a value, as far as that is found."""
        lines = []
        every = (need for e in formulas for need in value_needs(e, search.names))
        needs = {need.text: need for need in every if need.relation and need.relation != "converges"}
        for need in tuple(needs.values()):
            if need.relation == ">" and not need.over and need.inside is None:
                for part in sp.fraction(sp.together(need.expression)):
                    for f in sp.Mul.make_args(part):
                        if not f.is_Symbol and not f.is_number:
                            inner = Need(f"(0 < {coq_term(f, search.names)})", ">", f)
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
        """Every formula of the statement has a value, shown once and kept; that integrals converge, only later."""
        lines = []
        for k, need in enumerate(self.made.needs):
            if need.relation == "converges":
                continue
            lines += [f"assert (H_d{k} : {need.text}).", "{", *self.need(need, self.signs()), "}"]
        return lines

    def need(self, need: Need, search: Signs) -> list[str]:
        """A script for one of them."""
        if need.relation.startswith("derivable"):
            return derivable(need.expression, search.names, nearby=need.relation.endswith("nearby"))
        if not need.relation:
            raise NoScript(need.text)
        if need.inside is not None:
            return inside_script(self, need)
        if need.expression.has(sp.Derivative) and not need.over:
            return self.sign_of_derivatives(need)
        intro = []
        for over in need.over:
            search = search.at_level(over)
            intro.append(search.intro)
        lines, put_in = self.put_in(need.expression) if not need.over else ([], need.expression)
        if not lines:
            return [*intro, *search.goal(need.expression, need.relation)]
        try:
            return Signs(search.domain, search.names).goal(need.expression, need.relation)
        except NoScript:
            return [*lines, *search.goal(put_in, need.relation)]

    def put_in(self, e: sp.Expr) -> tuple[list[str], sp.Expr]:
        """A formula with what the given equations determine put in, as they write it, and the lines that do so."""
        lines = []
        for k, (equation, s, solution) in enumerate(solutions(self.claim)):
            if s in e.free_symbols and not e.has(Total):
                written = s - equation.residual / sp.diff(equation.residual, s)
                e = e.xreplace({s: solution if written.has(s) else written})
                lines.append(f"rewrite ?H_g{k}.")
        return lines, e

    def split(self) -> list[str]:
        """The needs are put aside."""
        needs = enumerate(self.made.needs)
        return [f"split; [{'assumption' if n.relation == 'converges' else f'exact H_d{k}'}|]." for k, n in needs]

    # -- chains -------------------------------------------------------------------------------------------
    def chain(self, derivation: Derivation) -> list[str]:
        """The lines of a derivation, each from the one before, put together."""
        states = derivation.states(self.claim, proved=True)
        steps = [*derivation.steps, *([Rewrite(states[-1].value)] if len(states) - 1 > len(derivation.steps) else [])]
        lines: list[str] = []
        if any(integrals_of(s.value) for s in states if isinstance(s.value, sp.Expr)):
            lines = integral_chain(self, steps, [s.value for s in states])
            return [*lines, *self.split(), self.composed([s.relation for s in states[1:]])]
        for k, (step, before, after) in enumerate(zip(steps, states, states[1:], strict=False)):
            assert isinstance(before.value, sp.Expr)
            assert isinstance(after.value, sp.Expr)
            lines += [f"assert (H_step{k} : {comparison(before.value, after.relation, after.value, self.names)}).", "{"]
            lines += [*self.step(step, before.value, after.value, after.relation), "}"]
        return [*self.split(), *lines, self.composed([s.relation for s in states[1:]])]

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
        weaker = {("<", "<="): "Rlt_le", ("=", "<="): "Req_le", ("<", "!="): "Rlt_not_eq"}[relation, str(wanted)]
        return f"exact ({weaker} _ _ {term_})."

    def step(self, step: object, before: sp.Expr, after: sp.Expr, relation: str) -> list[str]:
        """A script for ``before relation after``."""
        if isinstance(step, Bound):
            return self.bound(step, before, after)
        if isinstance(step, (Rewrite, Eliminate)):
            return self.equal(before, after)
        if isinstance(step, Using):
            return self.using(step.of_gap(before, self.claim), before, after)
        if isinstance(step, Slope):
            return slope_script(self, step.of_gap(before, self.claim), before, after)
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
            f"apply ({'pos' if strict else 'nonneg'}_by _ {coq_term(difference, self.names)}).",
            "{",
        ]
        lines += self.equal(minus(high, low), difference)
        return [*lines, "}", *self.signs().goal(difference, ">" if strict else ">=")]

    # -- other claims -------------------------------------------------------------------------------------
    def using(self, step: Using, before: sp.Expr, after: sp.Expr) -> list[str]:
        """By the sign of a factor and another inequality."""
        assert step.lemma is not None
        search = self.signs()
        found = lemma_here(step.lemma, dict(step.where), "H_lemma", search)
        low, high = ends(step, before, after)
        shown, strict = gap_of(found)
        lines = [*found.lines, *self.difference(step)]
        up = step.relation[0] == "<"
        return [
            *lines,
            *self.by_gap(minus(high, low), step.factor if up else -step.factor, shown, strict, step, search),
        ]

    def difference(self, step: BoundStep) -> list[str]:
        """A comparison becomes the sign of a difference."""
        return [f"apply {'lt' if len(step.relation) == 1 else 'le'}_by_difference."]

    def by_gap(
        self, difference: sp.Expr, factor: sp.Expr, shown: sp.Expr, strict: bool, step: BoundStep, search: Signs
    ) -> list[str]:
        """A script for the sign of ``difference``, which is ``factor`` times a gap of known sign."""
        wanted = len(step.relation) == 1
        held = sp.Dummy("gap", positive=True) if strict else sp.Dummy("gap", nonnegative=True)
        text = coq_term(shown, search.names)
        inside = Signs(
            Domain((*search.domain.symbols, held), search.domain.conditions, facts=search.domain.facts),
            Scope(search.names.of, {**search.names.letters, held: "W_gap"}),
        )
        product = sp.Mul(factor, held, evaluate=False) if factor != 1 else held
        written = Scope(search.names.of, {**search.names.letters, held: text})
        lines = [f"assert (H_gap : 0 {'<' if strict else '<='} {text}) by lra."]
        lines += [f"apply ({'pos' if wanted else 'nonneg'}_by _ {coq_term(product, written)}).", "{"]
        if factor == 1 and coq_term(difference, search.names) == text:
            return [*lines, "reflexivity.", "}", "first [assumption | lra]."]
        lines += self.equal(difference, sp.Mul(factor, shown, evaluate=False) if factor != 1 else shown, search.names)
        # From here on the gap is any number of its sign: fields need not look into it.
        named = Scope(search.names.of, {**search.names.letters, held: "W_gap"})
        lines += ["}", "revert H_gap.", f"generalize {text}.", "intros W_gap H_gap."]
        return [*lines, *Signs(inside.domain, named).goal(product, ">" if wanted else ">=")]

    def apply(self, step: Apply, before: sp.Expr, after: sp.Expr) -> list[str]:
        """The left side of an equality replaced by its right side; what a quantity equals, a given equation says."""
        statement = step.lemma.statement
        if isinstance(statement, Compare) and not isinstance(statement.lhs, sp.Expr):
            return self.equal(before, after)
        found = lemma_here(step.lemma, dict(step.where), "H_lemma", self.signs())
        place = sp.Dummy("place")
        template = before.xreplace({found.left: place})
        at = {side: Scope(self.names.of, {place: coq_term(side, self.names)}) for side in (found.left, found.right)}
        lines = [*found.lines, f"apply (eq_eq _ {coq_term(template, at[found.left])}).", "{"]
        lines += [*equality(before, template, at[found.left], {place: found.left}), "}"]
        lines += [f"rewrite {found.name}."] if found.left != found.right else []
        return [*lines, *equality(template, after, at[found.right], {place: found.right})]

    # -- derivatives --------------------------------------------------------------------------------------
    def differentiate(self, before: sp.Expr, after: sp.Expr) -> list[str]:
        """Derivatives carried out."""
        lines, before, names, values = carried_out(before, self.names)
        before = before.xreplace({s: v for s, v in values.items() if not v.has(Total)})
        return [*lines, *equality(before, after, names, values)]

    def sign_of_derivatives(self, need: Need) -> list[str]:
        """A script for the sign of a formula with derivatives: they are carried out first."""
        lines, e, names, values = carried_out(need.expression, self.names, whole=True)
        done = e.xreplace(values)
        lemma = {">": "pos_by", ">=": "nonneg_by", "!=": "nonzero_by"}[need.relation]
        lines += [f"apply ({lemma} _ {coq_term(done, self.names)}).", "{", *equality(e, done, names, values), "}"]
        return [*lines, *self.signs().goal(done, need.relation)]

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
            # Upwards the author's factor may have the other sign; of sums over spectra the positive one is right.
            shape = self.signs().shape(step.factor, True)
            same = sp.cancel(sp.together(factor - step.factor)) == 0
            factor = step.factor if same or (shape is not None and shape.sign > 0) else -step.factor
        relation = Relation(statement.left.relation)
        lemma = "iff_lt" if relation.strict else "iff_le"
        if not relation.direction:
            lemma = "iff_zero" if relation == "=" else "iff_nonzero"
        lines = [f"apply ({lemma} _ _ _ _ {coq_term(factor, self.names)}).", "{"]
        lines += [*self.equal(minus(a, b), sp.Mul(factor, minus(c, d), evaluate=False)), "}"]
        return [*lines, *self.signs().goal(factor, ">" if relation.direction else "!=")]


def _upward(side: Compare) -> tuple[sp.Expr, sp.Expr]:
    """The sides of a comparison, what is larger on the right."""
    assert isinstance(side.lhs, sp.Expr)
    return (side.rhs, side.lhs) if Relation(side.relation).direction > 0 else (side.lhs, side.rhs)
