"""What one piece of evidence says of one claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from w2s_sym.formula import display


class Verdict(StrEnum):
    """What evidence may say: it proves, agrees, refutes, decides nothing, or was skipped for a missing extra."""

    PROVED = "PROVED"
    AGREES = "AGREES"
    REFUTED = "REFUTED"
    INCONCLUSIVE = "INCONCLUSIVE"
    SKIPPED = "SKIPPED"


SUPPORT = frozenset({Verdict.PROVED, Verdict.AGREES})


@dataclass(frozen=True)
class Finding:
    """What one piece of evidence says of one claim.

    Parameters
    ----------
    kind
        The kind of the evidence, such as ``derivation``.
    verdict
        What it says.
    summary
        The telling number in one line.
    detail
        The numbers behind it, as plain JSON values.
    refuted
        The positions of the claim's rivals that this evidence refuted.
    within
        Conditions that left a part of the domain out; such a finding may refute, and supports nothing.
    next_move
        What would decide an INCONCLUSIVE finding, where the evidence can name it.

    Raises ``ValueError`` for a detail called ``within``, which is a field.
    """

    kind: str
    verdict: Verdict
    summary: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    refuted: tuple[int, ...] = ()
    within: tuple[str, ...] = field(default=(), kw_only=True)
    next_move: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if "within" in self.detail:
            raise ValueError(f"a {self.kind} finding has a detail called within; give it as Finding(..., within=...)")

    def _repr_html_(self) -> str:
        return display.html("finding", self, repr)

    @property
    def supports(self) -> bool:
        """Whether it speaks for the claim: PROVED or AGREES, and looked at all of the domain."""
        return self.verdict in SUPPORT and not self.within

    def all_detail(self) -> dict[str, Any]:
        """The detail with the conditions of ``within``, where there are any, before it."""
        return {"within": list(self.within), **self.detail} if self.within else dict(self.detail)

    def to_json(self) -> dict[str, Any]:
        """The finding as plain JSON values, as ``w2s-sym verify --json`` writes it: all fields but ``next_move``."""
        return {
            "kind": self.kind,
            "verdict": str(self.verdict),
            "summary": self.summary,
            "detail": self.all_detail(),
            "refuted": list(self.refuted),
        }

    def to_record(self) -> dict[str, Any]:
        """All fields as plain JSON values: :meth:`from_record` gives the finding back."""
        return {**self.to_json(), "next_move": self.next_move}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Finding:
        """The finding of a record. Raises ``KeyError``, ``TypeError`` or ``ValueError`` for anything else."""
        detail = dict(record["detail"])
        within = tuple(map(str, detail.pop("within", ())))
        return cls(
            str(record["kind"]),
            Verdict(record["verdict"]),
            str(record["summary"]),
            detail,
            tuple(int(i) for i in record["refuted"]),
            within=within,
            next_move=str(record["next_move"]),
        )
