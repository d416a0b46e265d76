"""What a step is: it turns one line of a derivation into the next, and knows all about itself."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import sympy as sp

from w2s_sym.claims.chain import Line
from w2s_sym.claims.claim import Claim
from w2s_sym.formula.notation import latex
from w2s_sym.formula.number_text import abridged
from w2s_sym.matrices.experiment import Quantity, Sample
from w2s_sym.matrices.traces import TraceSum, expectation_latex
from w2s_sym.matrices.words import TraceError


class StepFailed(Exception):  # noqa: N818 - it names what happened
    """A step that does not hold (``refuted``, with a counter-example in ``detail``) or could not be shown.

    ``needs`` are conditions that the step needs and that do not follow from the domain: they keep the claim from
    holding until it states them.
    """

    def __init__(
        self, message: str, refuted: bool, detail: Mapping[str, Any] | None = None, needs: tuple[str, ...] = ()
    ):
        super().__init__(abridged(message))
        self.refuted = refuted
        self.detail = dict(detail or {})
        self.needs = needs


@dataclass(frozen=True)
class State:
    """Where the replay of a derivation stands.

    Parameters
    ----------
    value
        What the line says: a quantity, traces that are still to be averaged, or a formula of numbers.
    relation
        How it relates to the line before; empty in the first line.
    reason
        Why, in words.
    samples
        What is random in the value.
    gap
        Of a bound: this line minus the one before it, in the form whose sign was proved.
    """

    value: sp.Expr | Quantity | TraceSum
    relation: str
    reason: str
    samples: tuple[Sample, ...] = ()
    gap: sp.Expr | None = None

    @property
    def random_blocks(self) -> frozenset[str]:
        """Names of the blocks that are random."""
        return frozenset(name for sample in self.samples for name in sample.names())

    def block_latex(self, name: str) -> str:
        """How a random block is printed; by its name where no sample has it."""
        forms = {block.name: block.latex() for sample in self.samples for block in sample.blocks}
        return forms.get(name) or latex(sp.Symbol(name))

    @property
    def text(self) -> str:
        """The value as plain text; an expectation is written as one."""
        if isinstance(self.value, Quantity):
            return self.value.definition()
        return f"E[{self.value}]" if isinstance(self.value, TraceSum) else str(self.value)

    @property
    def latex(self) -> str:
        """The value as LaTeX."""
        if isinstance(self.value, Quantity):
            return self.value.definition_latex()
        if isinstance(self.value, TraceSum):
            # When all is averaged, the mean of a number is the number.
            averaged = not any(atom.base in self.random_blocks for atom in self.value.atoms)
            return self.value.latex() if averaged else expectation_latex(self.value)
        return latex(self.value)

    def line(self) -> Line:
        """The line as the reader sees it."""
        return Line(
            text=self.text,
            latex=self.latex,
            relation=self.relation,
            reason=self.reason,
            symbols=frozenset(self.value.free_symbols) if isinstance(self.value, sp.Basic) else frozenset(),
            gap_text="" if self.gap is None else str(self.gap),
            gap_latex="" if self.gap is None else latex(self.gap),
        )


@dataclass(frozen=True)
class Step(ABC):
    """One step. ``why`` is the author's reason; without one the step gives its usual :meth:`reason`."""

    # What messages call it: the name of the method of ``Derivation`` that adds it.
    name: ClassVar[str]
    # Ids of the claims that confirm the averaging rule that it uses.
    rules: ClassVar[tuple[str, ...]] = ()

    why: str = field(default="", kw_only=True)

    @property
    def uses(self) -> tuple[Claim, ...]:
        """The claims that it applies."""
        return ()

    @abstractmethod
    def reason(self, at: State, claim: Claim) -> str:
        """Why the next line follows, in words, where the author gives no reason."""

    @abstractmethod
    def after(self, at: State, claim: Claim) -> State:
        """The next line. A step that computes it raises :class:`StepFailed` where that cannot be justified.

        Raises ``ClaimError``, ``TraceError`` or ``DomainError`` for a step that makes no sense in this line.
        """

    def check(self, at: State, claim: Claim) -> None:
        """Raises :class:`StepFailed` where the next line does not follow, or is not shown to."""
        return None

    def words(self, at: State, claim: Claim) -> str:
        """The author's reason, else the usual one."""
        return self.why or self.reason(at, claim)


@dataclass(frozen=True)
class TypedStep(Step):
    """A step whose next line is the author's: the line before, ``relation``, ``target``."""

    target: sp.Expr
    relation: str

    def check(self, at: State, claim: Claim) -> None:
        self.require(formula_of(at), claim)

    @abstractmethod
    def require(self, value: sp.Expr, claim: Claim) -> None:
        """Raises :class:`StepFailed` unless ``value relation target`` is shown on the claim's domain."""

    def after(self, at: State, claim: Claim) -> State:
        formula_of(at)
        return State(self.target, self.relation, self.words(at, claim))


def formula_of(at: State) -> sp.Expr:
    """The line as a formula of numbers; raises ``TraceError`` while matrices are left."""
    value = at.value.value if isinstance(at.value, Quantity) else at.value
    if not isinstance(value, sp.Expr):
        raise TraceError("matrices are left; average them and state the rest with in_names() first")
    return value


def traces_of(at: State) -> TraceSum:
    """The line as a sum of products of traces; raises ``TraceError`` when it is a formula already."""
    value = at.value.value if isinstance(at.value, Quantity) else at.value
    if not isinstance(value, TraceSum):
        raise TraceError("no random matrix is left in the line")
    return value
