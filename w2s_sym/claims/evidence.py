"""What every kind of evidence declares."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import sympy as sp

from w2s_sym.claims.statement import ClaimError

if TYPE_CHECKING:
    from w2s_sym.claims.chain import Line
    from w2s_sym.claims.claim import Claim
    from w2s_sym.claims.finding import Finding
    from w2s_sym.claims.run import Run


class Evidence(ABC):
    """Anything that can check a claim and could have failed.

    A kind of evidence is a class that inherits from this one, names its ``kind`` and defines :meth:`check`. All else
    has a default that says: nothing to declare.
    """

    # The word under which findings are listed, such as "derivation" or "simulation".
    kind: ClassVar[str] = ""

    @property
    def uses(self) -> tuple[Claim, ...]:
        """The claims that this evidence applies; the claim rests on them."""
        return ()

    @property
    def rules(self) -> tuple[str, ...]:
        """Ids of the claims that confirm the rules (of averaging) that this evidence uses."""
        return ()

    def accepts(self, claim: Claim) -> str | None:
        """Why this evidence cannot be about the claim, in one line; None when it can. Asked when the claim is made."""
        return None

    def require_accepted(self, claim: Claim) -> None:
        """Raises ``ClaimError`` with what :meth:`accepts` says; for a check that is called with a claim of others."""
        refusal = self.accepts(claim)
        if refusal is not None and (not isinstance(refusal, str) or not refusal.strip()):
            raise ClaimError(f"{claim.id}: accepts of its {self.kind} returned {refusal!r}; return None or a text")
        if refusal is not None:
            raise ClaimError(f"{claim.id}: {' '.join(refusal.split())}")

    @abstractmethod
    def check(self, claim: Claim, run: Run) -> Finding:
        """What this evidence says of the claim. Raises ``ClaimError`` when nothing can be said."""

    def lines(self, claim: Claim, proved: bool = False) -> tuple[Line, ...]:
        """From one side of the claim to the other, for the reader; empty when there is nothing to show.

        ``proved`` says that the evidence was found to hold, so that its lines need no second check. May raise
        whatever keeps the lines from being shown; the reader is told.
        """
        return ()

    def derived(self, claim: Claim) -> sp.Expr | None:
        """The left side as an expression that this evidence computed, for others to evaluate; None if there is none."""
        return None
