"""Training on the rows at hand: its parts are separate, and it agrees with the exact variance."""

from __future__ import annotations

import numpy as np
from feature_pairs import D_S, D_W, draw_pair

from derivations import dong2025
from w2s_sym.forecast import refits
from w2s_sym.forecast.features import whitened_pair


def test_parts_of_a_refit_do_not_overlap_and_measure_on_labels() -> None:
    rng = np.random.default_rng(0)
    for rows, labelled in ((90, 90), (90, 45)):
        n, N = refits.feasible_sizes(rows, labelled, 5, 6, 15, 25) or (0, 0)
        train, fresh, test = refits._parts(rows, labelled, n, N, rng)
        assert (len(train), len(fresh), len(test)) == (n, N, labelled // 3)
        assert len({*train, *fresh, *test}) == n + N + labelled // 3
        assert max(*train, *test) < labelled
    assert refits.feasible_sizes(90, 90, 60, 6, 20, 20) is None
    assert refits.feasible_sizes(90, 20, 5, 6, 500, 500) == (14, 70)
    # Plans too near to interpolation to be trained at are measured at the least sizes that can be.
    assert refits.feasible_sizes(90, 90, 10, 20, 12, 22) == (18, 33)


def test_refits_agree_with_the_exact_variance_on_gaussian_features() -> None:
    weak, strong, _ = draw_pair(6000, 1)
    found = whitened_pair(weak, strong, explained=1)
    seen = refits.measured_variance(found.psi_w, found.psi_s, 100, 200, 0)
    known = dong2025.VARIANCE_POPULATION.at(d_sw="2.94", d_s=D_S, d_w=D_W, N=200, n=100, sigma2=1)
    assert abs(seen.means["student"] - float(known)) < 4.9 * seen.errors["student"]
    assert abs(seen.means["weak"] - D_W / (100 - D_W - 1)) < 4.9 * seen.errors["weak"]
    in_sample = dong2025.VARIANCE_IN_SAMPLE.at(d_sw="2.94", d_s=D_S, d_w=D_W, N=40, n=100, sigma2=1)
    few = refits.measured_variance(found.psi_w, found.psi_s, 100, 40, 0)
    assert abs(few.means["student"] - float(in_sample)) > 4.9 * few.errors["student"]
