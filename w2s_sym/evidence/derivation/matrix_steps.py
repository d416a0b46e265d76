"""Steps on random matrices: exact Gaussian averages, conditioning, and the names that are left."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.statement import Iff
from w2s_sym.evidence.derivation.steps import State, Step, StepFailed, traces_of
from w2s_sym.evidence.derivation.surface import with_given
from w2s_sym.formula.signs import follows
from w2s_sym.matrices import gaussian_rules
from w2s_sym.matrices.experiment import Quantity, Sample
from w2s_sym.matrices.gaussian_rules import Averaged
from w2s_sym.matrices.traces import TraceSum
from w2s_sym.matrices.words import TraceError


@dataclass(frozen=True)
class MatrixStep(Step):
    """A step by a rule for Gaussian matrices; what the rule needs of the sizes must follow from the domain."""

    @abstractmethod
    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        """The line by the rule; raises ``TraceError`` where its hypotheses are not met."""

    def after(self, at: State, claim: Claim) -> State:
        done = self.averaged(traces_of(at), at.samples)
        domain = with_given(claim)
        for need in done.needs:
            if not follows(need, domain):
                raise StepFailed(f"needs {need} ({need.advice}); it does not follow from the domain", False)
        return State(done.value, "=", self.words(at, claim), done.samples)


@dataclass(frozen=True)
class Expect(MatrixStep):
    """Average over Gaussian blocks that enter polynomially: the sum over all pairings."""

    name: ClassVar[str] = "expect"
    rules: ClassVar[tuple[str, ...]] = (gaussian_rules.WICK,)

    blocks: tuple[str, ...]

    def reason(self, at: State, claim: Claim) -> str:
        """The blocks that are averaged."""
        return f"average over {', '.join(self.blocks)}, independent of what is left"

    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        return gaussian_rules.expect(value, samples, self.blocks)


@dataclass(frozen=True)
class ExpectGramInverse(MatrixStep):
    """The inverse Wishart mean of one block."""

    name: ClassVar[str] = "expect_gram_inverse"
    rules: ClassVar[tuple[str, ...]] = (gaussian_rules.GRAM_INVERSE,)

    block: str

    def reason(self, at: State, claim: Claim) -> str:
        """The block whose inverse Gram matrix is averaged."""
        return f"inverse Wishart mean of {self.block}"

    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        return gaussian_rules.expect_gram_inverse(value, samples, self.block)


@dataclass(frozen=True)
class ExpectPolar(MatrixStep):
    """Ratios of power sums of one Gaussian vector over powers of its squared length."""

    name: ClassVar[str] = "expect_polar"
    rules: ClassVar[tuple[str, ...]] = (gaussian_rules.POLAR,)

    block: str

    def reason(self, at: State, claim: Claim) -> str:
        """That length and direction of the vector are independent."""
        return f"the length of {self.block} is independent of its direction"

    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        return gaussian_rules.expect_polar(value, samples, self.block)


@dataclass(frozen=True)
class Conditioned(MatrixStep):
    """Blocks written as their regression on another one plus an independent residual."""

    name: ClassVar[str] = "condition"
    rules: ClassVar[tuple[str, ...]] = (gaussian_rules.CONDITION,)

    blocks: tuple[str, ...]
    on: str

    def reason(self, at: State, claim: Claim) -> str:
        """The blocks that are regressed, and on which."""
        return f"write {', '.join(self.blocks)} as its regression on {self.on} plus an independent residual"

    def averaged(self, value: TraceSum, samples: tuple[Sample, ...]) -> Averaged:
        return gaussian_rules.condition(value, samples, self.blocks, self.on)


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
