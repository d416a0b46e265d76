"""What one piece of evidence says of one claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from w2s_sym.formula import display


class Verdict(StrEnum):
    PROVED = "PROVED"
    AGREES = "AGREES"
    REFUTED = "REFUTED"
    INCONCLUSIVE = "INCONCLUSIVE"
    SKIPPED = "SKIPPED"


SUPPORT = frozenset({Verdict.PROVED, Verdict.AGREES})


@dataclass(frozen=True)
class Finding:
    """What one piece of evidence says of one claim.

    ``summary`` is the telling number in one line; ``detail`` holds plain JSON values, and under ``within`` the
    conditions that left a part of the domain out; ``refuted`` lists the positions of the claim's rivals that this
    evidence refuted.
    """

    kind: str
    verdict: Verdict
    summary: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    refuted: tuple[int, ...] = ()

    def _repr_html_(self) -> str:
        return display.html("finding", self, repr)

    @property
    def supports(self) -> bool:
        """Whether it speaks for the claim: PROVED or AGREES, and looked at all of the domain."""
        return self.verdict in SUPPORT and not self.detail.get("within")

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "verdict": str(self.verdict),
            "summary": self.summary,
            "detail": dict(self.detail),
            "refuted": list(self.refuted),
        }

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Finding:
        return cls(
            str(record["kind"]),
            Verdict(record["verdict"]),
            str(record["summary"]),
            dict(record["detail"]),
            tuple(int(i) for i in record["refuted"]),
        )
