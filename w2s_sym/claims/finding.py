"""What one piece of evidence says of one claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from numbers import Integral
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


def _is_position(value: object) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 0


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
    needs
        Conditions that the evidence needs and that do not follow from the claim's domain. While one is missing the
        claim does not hold, whatever other evidence says: others may only have looked where the condition is met.

    Raises ``ValueError`` for a field of another type, and for a detail called ``within``, which is a field.
    """

    kind: str
    verdict: Verdict
    summary: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    refuted: tuple[int, ...] = ()
    within: tuple[str, ...] = field(default=(), kw_only=True)
    next_move: str = field(default="", kw_only=True)
    needs: tuple[str, ...] = field(default=(), kw_only=True)

    def __post_init__(self) -> None:
        here = f"a finding of kind {self.kind!r}"
        if not isinstance(self.verdict, Verdict):
            raise ValueError(f"{here} has the verdict {self.verdict!r}; give one of Verdict, such as Verdict.AGREES")
        for name, text in (("kind", self.kind), ("summary", self.summary), ("next_move", self.next_move)):
            if not isinstance(text, str):
                raise ValueError(f"{here} has the {name} {text!r}; give a text")
        if not isinstance(self.detail, Mapping):
            raise ValueError(f"{here} has a detail that is a {type(self.detail).__name__}; give a mapping")
        for name, texts in (("within", self.within), ("needs", self.needs)):
            if not isinstance(texts, (tuple, list)) or not all(isinstance(c, str) for c in texts):
                raise ValueError(f"{here} has {name}={texts!r}; give a tuple of texts")
        if not isinstance(self.refuted, (tuple, list)) or not all(_is_position(i) for i in self.refuted):
            raise ValueError(f"{here} has refuted={self.refuted!r}; give positions of the claim's rivals, from 0")
        if "within" in self.detail:
            raise ValueError(f"a {self.kind} finding has a detail called within; give it as Finding(..., within=...)")

    def _repr_html_(self) -> str:
        return display.html("finding", self, repr)

    @property
    def supports(self) -> bool:
        """Whether it speaks for the claim: PROVED or AGREES, on all of the domain and with no need unmet."""
        return self.verdict in SUPPORT and not self.within and not self.needs

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
            "needs": list(self.needs),
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
            needs=tuple(map(str, record["needs"])),
        )
