"""Medvedev, Lyu, Yu, Arora, Li, Srebro (ICML 2025): a student gains by its size alone, and how much it can gain.

*Weak-to-Strong Generalization Even in Random Feature Networks, Provably.* arXiv:2503.02877.

The question. A teacher with few random features labels points for a student with many: when is the student better, and
by how much at most? Here are the quadratic lower bound on any student's loss, with its hypotheses; the risks of teacher
and student with linear random features, derived from the estimators; the same two risks with ReLU features, by Gaussian
equivalence; when a population teacher's student gains; the square law of a spiked target; and the teacher's double
descent. The theorems of the paper are as restated here, from its abstract; they were not checked against the printed
text. Deterministic equivalents of students with random features are also in Wu, Chen, Misiakiewicz and Mondelli (ICML
2026).
"""

from __future__ import annotations

from derivations.medvedev2025.bounds import (
    AMPLIFIES,
    ATTAINED,
    NO_PROJECTION,
    QUADRATIC,
    SHARP,
    STRONGER,
    WEIGHTED,
)
from derivations.medvedev2025.descent import FAR, FEATURES_HURT, FEW, MANY
from derivations.medvedev2025.features import FEATURE_STUDENT, RIDGE_STUDENT, SQUARES, TEACHER
from derivations.medvedev2025.figures import FIGURES
from derivations.medvedev2025.nonlinear import NONLINEAR_STUDENT, NONLINEAR_TEACHER
from derivations.medvedev2025.population import (
    GAINS,
    LOSES,
    LOSS,
    ON_ONE_LEVEL,
    PROJECTS,
    RATE,
    SQUARE_BOUND,
    SQUARE_LAW,
    STUDENT,
)
from w2s_sym import Claim

SECTIONS: tuple[tuple[str, tuple[Claim, ...]], ...] = (
    (
        "How much any student can gain",
        (
            WEIGHTED,
            QUADRATIC,
            SHARP,
            STRONGER,
            ATTAINED,
            NO_PROJECTION,
            AMPLIFIES,
        ),
    ),
    (
        "A teacher that is trained on the population",
        (
            STUDENT,
            PROJECTS,
            LOSS,
            RATE,
            GAINS,
            ON_ONE_LEVEL,
            LOSES,
            SQUARE_LAW,
            SQUARE_BOUND,
        ),
    ),
    (
        "Linear random features and finitely many samples",
        (
            TEACHER,
            SQUARES,
            RIDGE_STUDENT,
            FEATURE_STUDENT,
        ),
    ),
    (
        "Nonlinear random features",
        (
            NONLINEAR_TEACHER,
            NONLINEAR_STUDENT,
        ),
    ),
    (
        "The teacher's double descent",
        (
            FEW,
            MANY,
            FEATURES_HURT,
            FAR,
        ),
    ),
)
CLAIMS = tuple(claim for _, claims in SECTIONS for claim in claims)
HEADLINES = (
    QUADRATIC,
    GAINS,
    SQUARE_LAW,
    RIDGE_STUDENT,
    FEATURES_HURT,
)
