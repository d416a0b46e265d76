"""What every kind of evidence offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from w2s_sym.claims.claim import Claim
    from w2s_sym.claims.finding import Finding
    from w2s_sym.claims.run import Run


@runtime_checkable
class Evidence(Protocol):
    """Anything that can check a claim and could have failed."""

    @property
    def kind(self) -> str: ...

    def check(self, claim: Claim, run: Run) -> Finding: ...
