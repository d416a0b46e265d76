"""How many points, what standard error and how many batches each level of effort buys."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    """Points, relative standard error, and batches per point of one level of effort."""

    points: int
    error: float
    batches: int


EFFORT = {"quick": Effort(2, 0.02, 48), "standard": Effort(3, 0.005, 256), "deep": Effort(4, 0.002, 1536)}
