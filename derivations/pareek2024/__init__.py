r"""Self-distillation on the same sample: what is gained by training on one's own predictions?

Pareek, Du and Oh (NeurIPS 2024), *Understanding the Gains from Repeated Self-Distillation*, arXiv:2407.04600; Das and
Sanghavi (ICML 2023), arXiv:2301.13304; Dang, Patil and Rinaldo (2026), arXiv:2602.17565.

The question. A ridge regression is trained again, on the same inputs, on a mixture of the labels and its own
predictions. Which weight should the predictions have, may it be negative, and how much do further steps gain? The best
weight is $-R_1/(2 \lambda D)$, $R_1$ the slope of the teacher's risk in its penalty and $D$ the squared length of the
derivative of its predictions: negative where the penalty is too large. Several steps may gain up to a factor $r$ over
one, under hypotheses that are spelt out here.

Letters are in :mod:`derivations.pareek2024.letters`; random designs in :mod:`derivations.pareek2024.random_designs`.
"""

from __future__ import annotations

from derivations.pareek2024 import gains, many_steps, one_step, random_designs
from derivations.pareek2024.figures import FIGURES
from derivations.pareek2024.gains import FACTOR, LARGEST
from derivations.pareek2024.one_step import (
    ABOVE_ONE,
    DISTILLED,
    FLAT,
    MOVED,
    NEGATIVE,
    NEGATIVE_RULE,
    OUTSIDE,
    PARABOLA,
    RISK_SLOPE,
    SIGN,
    STRICT,
    WEIGHT,
)
from derivations.pareek2024.random_designs import STUDENT
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    ("One step, whatever the data", (MOVED, PARABOLA, SIGN, STRICT)),
    ("One step on a fixed design", (DISTILLED, RISK_SLOPE, WEIGHT, NEGATIVE_RULE, NEGATIVE, ABOVE_ONE, OUTSIDE, FLAT)),
    ("Several steps", many_steps.CLAIMS),
    ("How much several steps gain over one", gains.CLAIMS),
    ("Random designs", random_designs.CLAIMS),
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
HEADLINES = (SIGN, WEIGHT, FACTOR, LARGEST, STUDENT)
