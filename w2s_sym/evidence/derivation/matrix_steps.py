"""Steps on random matrices: exact Gaussian averages, conditioning, and the names that are left."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import sympy as sp

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Iff
from w2s_sym.evidence.derivation.steps import State, Step, StepFailed, traces_of
from w2s_sym.evidence.derivation.surface import with_given
from w2s_sym.formula.definedness import defined
from w2s_sym.formula.notation import latex, superscript
from w2s_sym.formula.signs import follows
from w2s_sym.matrices import gaussian_rules
from w2s_sym.matrices.experiment import Quantity, Sample
from w2s_sym.matrices.gaussian_rules import Averaged
from w2s_sym.matrices.inverse_moments import has_inverse
from w2s_sym.matrices.stein import STEIN
from w2s_sym.matrices.traces import TraceSum
from w2s_sym.matrices.words import Atom, Factor, Mat, TraceError, gram_inverse, power


def named_blocks(at: State, *names: str) -> str:
    """Blocks as formulas of a sentence."""
    return ", ".join(f"${at.block_latex(name)}$" for name in names)


@dataclass(frozen=True)
class MatrixStep(Step):
    """A step by a rule for Gaussian matrices; what the rule needs of the sizes must follow from the domain."""

    rules: ClassVar[tuple[str, ...]] = (STEIN,)

    @abstractmethod
    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        """The line by the rule; raises ``TraceError`` where its hypotheses are not met."""

    def after(self, at: State, claim: Claim) -> State:
        done = self.averaged(traces_of(at), at.samples)
        domain = with_given(claim)
        for need in done.needs:
            if not follows(need, domain):
                text = f"needs {need} ({need.next_move}); it does not follow from the domain"
                raise StepFailed(text, False, needs=(str(need),))
        return State(done.value, "=", self.words(at, claim), done.samples)


@dataclass(frozen=True)
class Expect(MatrixStep):
    """Average over Gaussian blocks that enter polynomially: the sum over all pairings."""

    name: ClassVar[str] = "expect"

    blocks: tuple[str, ...]

    def reason(self, at: State, claim: Claim) -> str:
        """The blocks that are averaged."""
        return f"average over {named_blocks(at, *self.blocks)}, independent of what is left"

    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        return gaussian_rules.expect(value, samples, self.blocks)


@dataclass(frozen=True)
class ExpectGramInverse(MatrixStep):
    """The inverse Wishart mean of one block."""

    name: ClassVar[str] = "expect_gram_inverse"

    block: str

    def reason(self, at: State, claim: Claim) -> str:
        """The block whose inverse Gram matrix is averaged."""
        return f"inverse Wishart mean of {named_blocks(at, self.block)}"

    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        return gaussian_rules.expect_gram_inverse(value, samples, self.block)


@dataclass(frozen=True)
class ExpectPolar(MatrixStep):
    """Ratios of power sums of one Gaussian vector over powers of its squared length."""

    name: ClassVar[str] = "expect_polar"

    block: str

    def reason(self, at: State, claim: Claim) -> str:
        """Stein's identity along the vector."""
        form = at.block_latex(self.block)
        return f"Stein's identity along ${form}$: a factor $|{form}|^2$ multiplies a mean by size plus degree"

    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        return gaussian_rules.expect_polar(value, samples, self.block)


@dataclass(frozen=True)
class Conditioned(MatrixStep):
    """Blocks written as their regression on another one plus an independent residual."""

    name: ClassVar[str] = "condition"

    blocks: tuple[str, ...]
    on: str

    def reason(self, at: State, claim: Claim) -> str:
        """The blocks that are regressed, and on which."""
        blocks, on = named_blocks(at, *self.blocks), named_blocks(at, self.on)
        return f"write {blocks} as its regression on {on} plus an independent residual"

    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        return gaussian_rules.condition(value, samples, self.blocks, self.on)


@dataclass(frozen=True)
class Stein(MatrixStep):
    """The line plus ``times`` (``weight`` tr(X' F) - div(``weight`` F)), which has mean zero; F is the ``field``."""

    name: ClassVar[str] = "stein"

    block: str
    field: Mat
    times: sp.Expr
    weight: TraceSum

    @property
    def has_inverse(self) -> bool:
        """Whether the field or its weight has an inverse Gram matrix."""
        return has_inverse(letter.atom for letter in self._letters())

    def _letters(self) -> tuple[Factor, ...]:
        return (*(letter for word, _ in self.field.terms for letter in word), *self.weight.letters)

    def reason(self, at: State, claim: Claim) -> str:
        """The field, and by what Stein's identity is multiplied."""
        pieces = (f"({latex(c)}) {' '.join(f.latex() for f in w) or 'I'}" for w, c in self.field.terms)
        field = " + ".join(pieces).replace("(1) ", "") or "0"
        scaled = field if self.weight == TraceSum.scalar(1) else f"({self.weight.latex()}) ({field})"
        turned = superscript(at.block_latex(self.block), r"\top")
        zero = rf"\mathbb{{E}}[\operatorname{{tr}}({turned} F) - \operatorname{{div}} F] = 0"
        return f"add ${latex(self.times)}$ times ${zero}$, Stein's identity for $F = {scaled}$"

    def after(self, at: State, claim: Claim) -> State:
        """The next line; its numbers must be defined on the domain, its matrices be the experiment's."""
        for number in (self.times, *(c for _, c in (*self.field.terms, *self.weight.terms))):
            guilty = defined(number, with_given(claim))
            if guilty is not None:
                raise StepFailed(f"cannot show {guilty} on the domain; add it as a condition", False)
        for letter in self._letters():
            _require_known(letter.atom, at, claim)
        return super().after(at, claim)

    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        return gaussian_rules.stein(value, samples, self.block, self.field, self.weight, self.times)


def _require_known(atom: Atom, at: State, claim: Claim) -> None:
    """A matrix that a step brings is one of the experiment's, with the same shape and the same properties."""
    known = {block.name: block for sample in at.samples for block in sample.blocks}
    quantity = None if isinstance(claim.statement, Iff) else claim.statement.lhs
    if isinstance(quantity, Quantity):
        known |= {a.name: a for a in quantity.fixed_atoms}
    base = known.get(atom.base)
    same = base
    if base is not None and atom.form != "plain":
        block = Mat.build(base.rows, base.cols, [((Factor(base),), sp.Integer(1))])
        same = (gram_inverse(block) if atom.form == "gram_inverse" else power(block, atom.exponent)).atom
    if same is None:
        raise TraceError(f"the field has {atom.name}, which is no matrix of this experiment as it stands now")
    if same != atom:
        raise TraceError(f"the field's {atom.name} differs from the experiment's in shape or properties; use that one")


@dataclass(frozen=True)
class InNames(Step):
    """Traces of fixed matrices, stated in the scalars that the setting names."""

    name: ClassVar[str] = "in_names"

    def reason(self, at: State, claim: Claim) -> str:
        return "by definition of the scalars"

    def after(self, at: State, claim: Claim) -> State:
        value = at.value.value if isinstance(at.value, Quantity) else at.value
        quantity = None if isinstance(claim.statement, Iff) else claim.statement.lhs
        if not isinstance(value, TraceSum) or not isinstance(quantity, Quantity):
            raise TraceError("the line is a formula already")
        left = [atom.name for atom in value.atoms if atom.base in at.random_blocks]
        if left:
            raise TraceError(f"{left[0]} is random and not averaged yet")
        given = {e.unknown.name for e in claim.given} & {s.name for s, _ in quantity.setting.names}
        if given:
            raise TraceError(f"{min(given)} is defined by the setting and by a given equation; keep one definition")
        named = gaussian_rules.state_in_names(value, quantity.setting.names)
        return State(named, "=", self.words(at, claim))
