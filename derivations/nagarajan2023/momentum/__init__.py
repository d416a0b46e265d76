"""Overdamped momentum exaggerates too: the theorem of Nagarajan et al. (2023) for heavy balls, in continuous time.

A ball from rest at zero follows a'' + 2c a' + lam (a - 1) = 0, with damping 2c. It is overdamped, lam < c^2, when
delta = sqrt(c^2 - lam) is real. Its progress a grows at the rate a' = lam b, b(t) = exp(-ct) sinh(delta t)/delta.
Direction 1 has the larger eigenvalue, hence the smaller delta: alpha for direction 1 and beta for direction 2,
0 < alpha < beta < c.

The argument. Let E = (log a_2)'/(log a_1)' be the elasticity of the progress on direction 2 in that on direction 1.

1. The ratio of the rates rho = b_2/b_1 grows, with log-slope L = beta coth(beta t) - alpha coth(alpha t) > 0, and L
   grows as well, because y/sinh y falls.
2. a_1/a_1' grows: the rate b_1 is log-concave, and so is its integral.
3. So R = L a_1/a_1' grows. R a_2 - rho a_1 lam_2/lam_1 + a_2 vanishes at zero and has the derivative R' a_2 > 0, which
   says that E grows.
4. With E growing, log a_2 gains less than E(T) times what log a_1 gains up to T, and more than that after T.
5. Let the teacher stop at T and its student at t~ >= T (the student's progress a(T) a(t~) is symmetric in both), and
   let t < T be the time at which a ball on the labels has made the student's progress on direction 1. From t to T
   log a_1 gains -log a_1(t~), which is what it gains after t~. So log a_2 gains less from t to T than after t~:
   log a_2(T) - log a_2(t) < -log a_2(t~).

Nothing else is used of the balls: the law holds for every method whose progress is, up to factors of its own, an
integral of rates b_1 and b_2 from zero to the time, when b_2/b_1 grows, its log-slope does not fall, and b_1 is
log-concave. Gradient flow, b = exp(-lam t), has a constant log-slope lam_1 - lam_2.

An underdamped ball, lam > c^2, has omega = sqrt(lam - c^2) and b(t) = exp(-ct) sin(omega t)/omega. With omega_2 <
omega_1 steps 1 to 4 hold until direction 1 turns at pi/omega_1, because y cot y falls and y/sin y grows on (0, pi).
Step 5 holds as long as teacher and student stop before direction 1 first reaches its least-squares value, which
direction 2 reaches later. That is not replayed here.

Everything is written with exponentials of times -delta t, since these have signs that the engine sees.
"""

from __future__ import annotations

from derivations.nagarajan2023.momentum.before_and_after import AFTER_T, BEFORE_T, FOREVER, POSITIVE_LATE, REST
from derivations.nagarajan2023.momentum.growth import ELASTICITY, GROWTH
from derivations.nagarajan2023.momentum.hyperbolic import (
    EQUATION,
    LOG_CONCAVE,
    POSITIVE,
    RATIO_CONVEX,
    RATIO_GROWS,
    SINH,
    TANH,
)
from derivations.nagarajan2023.momentum.law import LAW, ROOTS, THEOREM

CLAIMS = (
    EQUATION,
    SINH,
    TANH,
    RATIO_GROWS,
    RATIO_CONVEX,
    LOG_CONCAVE,
    POSITIVE,
    GROWTH,
    ELASTICITY,
    BEFORE_T,
    AFTER_T,
    POSITIVE_LATE,
    FOREVER,
    REST,
    LAW,
    ROOTS,
    THEOREM,
)
