"""The lines of one derivation, to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from w2s_sym.formula import display


def _difference(line: Any) -> str:
    gap = getattr(line, "gap_text", "")
    return f"    (difference {gap})" if gap else ""


@dataclass(frozen=True)
class Chain:
    """The lines of one derivation (``text``, ``relation``, ``reason``, ``latex`` each), or why there are none."""

    kind: str
    lines: tuple[Any, ...]
    problem: str = ""

    def __repr__(self) -> str:
        try:
            shown = [f"{line.relation or ' '} {line.text}    [{line.reason}]{_difference(line)}" for line in self.lines]
        except Exception:  # a display must never hide what was computed
            shown = [f"{len(self.lines)} lines that do not print"]
        return "\n".join((f"{self.kind}:", *shown, *([self.problem] if self.problem else ())))

    def _repr_html_(self) -> str:
        return display.html("chain", self, repr)
