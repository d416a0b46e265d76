"""Named faults, each one small edit of a source file, and the commands that catch it without knowing of it.

A fault is planted in a copy of the checkout and a command is run there in a process that has loaded nothing of the
package before: the ledger on some claims, or one ordinary test. Caught means exit code 1, a claim that does not hold or
a test that fails; any other code (a file that does not import, a test that is not there) is a fault of the fault.

    python tests/faults/planted.py              plant all, print who caught what, and how long it took
    python tests/faults/planted.py NAME...      plant these
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from server import Server


def is_test(command: str) -> bool:
    return command.startswith("tests/")


@dataclass(frozen=True)
class Fault:
    """In ``file``, ``old`` (which occurs there once) becomes ``new``; one of the commands ``catch`` must fail.

    A command is one test, as in ``tests/test_x.py::test_name[case]``, or the id of a claim to verify, at quick effort.
    """

    name: str
    area: str
    file: str
    old: str
    new: str
    catch: tuple[str, ...]

    def __post_init__(self) -> None:
        for command in self.catch:
            if is_test(command) and "::" not in command:
                raise ValueError(f"{self.name}: {command} is a whole file; name one test of it, {command}::test_name")


RULES, IDENTITY, EXISTENCE, MODELS, SAMPLING = (
    "w2s_sym/matrices/gaussian_rules.py",
    "w2s_sym/matrices/stein.py",
    "w2s_sym/matrices/inverse_moments.py",
    "w2s_sym/matrices/samplers.py",
    "w2s_sym/evidence/simulation/sampling.py",
)
RISKS, STAGES = "w2s_sym/spectra/risks.py", "w2s_sym/equivalents/stages.py"
POINTS, RESULTS, FINDING = "w2s_sym/claims/points.py", "w2s_sym/claims/results.py", "w2s_sym/claims/finding.py"
STORE, DONG = "w2s_sym/store/disk.py", "derivations/dong2025/setting.py"

LIMITS_OF_CURVES = "tests/evidence/precision/test_extrapolation.py"
DRAWN = "tests/soundness/test_drawn.py"
LEMMAS, LEMMA_TESTS = "w2s_sym/evidence/derivation/lemmas.py", "tests/soundness/test_lemmas.py"
INTEGRALS, SUMS, CALCULUS = (
    "w2s_sym/formula/ball_integrals.py",
    "w2s_sym/spectra/power_law_sums.py",
    "w2s_sym/evidence/derivation/calculus.py",
)
EXTRAPOLATION, SCALING = "w2s_sym/evidence/precision/extrapolation.py", "derivations/ildiz2025/scaling/curves.py"
NUMERIC, SERIES = "w2s_sym/spectra/ridge_in_floats.py", "w2s_sym/spectra/sums_in_balls.py"

FAULTS = (
    # -- rules
    Fault(
        "wick_drops_the_crossed_pairing",
        "rules",
        IDENTITY,
        "            yield tr(left.T @ right @ cov) * sign",
        "            yield TraceSum.scalar(0)",
        ("tests/matrices/test_gaussian_rules.py::test_pairings_agree_with_entries[(2,)-2]",),
    ),
    Fault(
        "wick_forgets_pairings_across_traces",
        "rules",
        IDENTITY,
        "    for index, word in enumerate(monomial):\n        others",
        "    for index, word in enumerate(monomial[:0]):\n        others",
        ("tests/matrices/test_gaussian_rules.py::test_pairings_agree_with_entries",),
    ),
    Fault(
        "wick_transposes_the_covariance",
        "rules",
        IDENTITY,
        "yield tr(left) * tr(cov @ right) * sign",
        "yield tr(left) * tr(cov.T @ right) * sign",
        ("tests/matrices/test_gaussian_rules.py::test_pairings_agree_with_entries[(2,)-0]",),
    ),
    Fault(
        "half_of_the_derivative_of_an_inverse_is_lost",
        "rules",
        IDENTITY,
        "            yield (*before, letter), y.T, (y, letter, *after), -1\n",
        "",
        ("tests/matrices/test_stein.py::test_divergences_by_hand",),
    ),
    Fault(
        "a_field_may_flow_into_singular_matrices",
        "rules",
        IDENTITY,
        "(*no_flux(field, weight, block, samples), *existence(value, samples))",
        "existence(value, samples)",
        ("tests/soundness/test_gaussian.py::test_one_is_not_zero_in_the_plane",),
    ),
    Fault(
        "every_end_of_a_field_is_small",
        "rules",
        EXISTENCE,
        "if len(word) > 1 and word[0].key == key and not _inverse_of(word[1], block):",
        "if word[0].key == key:",
        ("tests/matrices/test_stein.py::test_the_order_of_a_field_at_singular_matrices",),
    ),
    Fault(
        "a_field_brings_matrices_of_its_own",
        "rules",
        "w2s_sym/evidence/derivation/matrix_steps.py",
        "    if same != atom:\n",
        "    if same is None:\n",
        ("tests/soundness/test_gaussian.py::test_a_field_cannot_bring_matrices_of_its_own",),
    ),
    Fault(
        "a_residual_takes_the_name_of_a_fixed_matrix",
        "rules",
        RULES,
        "    clash = sorted(names & taken)\n",
        "    clash: list[str] = []\n",
        ("tests/soundness/test_gaussian.py::test_a_residual_has_a_name_of_its_own",),
    ),
    Fault(
        "inverse_wishart_excess_is_one_too_large",
        "rules",
        RULES,
        "term + zero * (coefficient / excess)",
        "term + zero * (coefficient / (excess + 1))",
        ("tests/matrices/test_gaussian_rules.py::test_the_inverse_wishart_mean",),
    ),
    Fault(
        "conditional_residual_keeps_the_whole_covariance",
        "rules",
        RULES,
        "cov = cov - sample.cov(a.name, on) @ sample.cov(on, b.name)",
        "cov = cov + sample.cov(a.name, on) @ sample.cov(on, b.name) * 0",
        ("dong2025/variance_inherited_in_overlap",),
    ),
    Fault(
        "polar_lengths_grow_by_one",
        "rules",
        RULES,
        "1 / (block.rows + degree - 2 * k)",
        "1 / (block.rows + degree - k)",
        ("dong2025/uncorrelated_hermite_pair_keeps_its_own_factor",),
    ),
    Fault(
        "even_moments_are_one_factor_off",
        "rules",
        RULES,
        "total += (a - 1) * power_sum_moment",
        "total += a * power_sum_moment",
        ("dong2025/uncorrelated_hermite_pair_keeps_its_own_factor",),
    ),
    Fault(
        "inverse_mean_without_enough_rows",
        "rules",
        RULES,
        'need = Condition(block.rows, ">", block.cols + 1, f"the mean of',
        'need = Condition(block.rows, ">=", block.cols, f"the mean of',
        ("tests/matrices/test_gaussian_rules.py::test_the_inverse_wishart_mean",),
    ),
    # -- sampler
    Fault(
        "chi_degrees_are_one_too_many",
        "sampler",
        MODELS,
        "(rows - diagonal) / 2",
        "(rows - diagonal + 1) / 2",
        ("dong2025/weak_teacher_variance",),
    ),
    Fault(
        "wishart_factor_is_lower_triangular",
        "sampler",
        MODELS,
        "out[:, above[0], above[1]]",
        "out[:, above[1], above[0]]",
        ("tests/matrices/test_samplers.py::test_a_factor_is_upper_trapezoidal_with_a_positive_diagonal[9-3]",),
    ),
    Fault(
        "covariance_stands_for_its_root",
        "sampler",
        MODELS,
        "(vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T",
        "(vectors * np.clip(values, 0, None)) @ vectors.T",
        ("dong2025/weak_teacher_excess_risk",),
    ),
    Fault(
        "root_is_left_unturned",
        "sampler",
        MODELS,
        "(vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T",
        "vectors * np.sqrt(np.clip(values, 0, None))",
        ("tests/matrices/test_samplers.py::test_a_root_squares_to_the_covariance",),
    ),
    Fault(
        "cross_covariances_are_not_drawn",
        "sampler",
        SAMPLING,
        "part = Sample(sample.rows, kept, sample.covariance)",
        "part = Sample(sample.rows, kept, {k: v for k, v in sample.covariance.items() if k[0] == k[1]})",
        ("dong2025/variance_inherited_in_overlap",),
    ),
    Fault(
        "noise_is_not_scaled",
        "sampler",
        SAMPLING,
        "            if self.root is not None:\n                matrix = matrix @ self.root",
        "            if self.root is None:\n                matrix = matrix @ np.eye(self.width)",
        ("dong2025/student_excess_risk_population",),
    ),
    Fault(
        "all_batches_share_a_stream",
        "sampler",
        "w2s_sym/evidence/simulation/batches.py",
        'run.rng("simulation", *self.words, self.batches)',
        'run.rng("simulation", *self.words)',
        ("tests/evidence/simulation/test_simulation.py::test_a_transposed_covariance_is_refuted",),
    ),
    # -- points and draws of a simulation, ties of digits
    Fault(
        "named_points_stand_for_the_domain",
        "simulation",
        "w2s_sym/claims/points.py",
        "LEAST_DRAWN = 2",
        "LEAST_DRAWN = 0",
        (f"{DRAWN}::test_named_points_support_nothing_by_themselves",),
    ),
    Fault(
        "a_setting_may_fix_what_the_domain_leaves_free",
        "simulation",
        "w2s_sym/evidence/simulation/coverage.py",
        "*self._by_choice(named, trials), *self._made(named, trials)]",
        "*self._by_choice(named, trials)]",
        (f"{DRAWN}::test_what_is_right_where_its_author_looks_does_not_hold",),
    ),
    Fault(
        "a_witness_is_where_points_are_named",
        "simulation",
        "w2s_sym/evidence/simulation/point_test.py",
        "{**_by_name(p), **_by_name(self.claim.witness)}",
        "{**_by_name(self.claim.witness), **_by_name(p)}",
        ("tests/evidence/simulation/test_simulation.py::test_a_witness_is_where_it_is_simulated",),
    ),
    Fault(
        "a_limit_is_followed_at_the_authors_point_alone",
        "simulation",
        "w2s_sym/evidence/simulation/limits.py",
        "if author.verdict is Verdict.AGREES and _varies(",
        "if author.verdict is Verdict.REFUTED and _varies(",
        ("tests/evidence/simulation/test_limits.py::test_a_limit_that_is_right_at_the_named_point_alone_is_refuted",),
    ),
    Fault(
        "what_a_shape_holds_fast_stands_for_the_domain",
        "simulation",
        "w2s_sym/evidence/simulation/limits.py",
        "return (*parts, *(f",
        "return (*(), *(f",
        ("tests/evidence/simulation/test_limits.py::test_what_a_shape_holds_fast_is_not_the_domain",),
    ),
    Fault(
        "limits_are_refuted_by_draws_that_do_not_vary",
        "simulation",
        "w2s_sym/evidence/simulation/limits.py",
        "(reason := b.heavy or _constant(b))",
        "(reason := b.heavy)",
        ("tests/evidence/simulation/test_limits.py::test_rare_events_and_constant_draws_say_nothing_of_a_limit",),
    ),
    Fault(
        "an_extrapolation_stands_for_the_domain_without_drawn_points",
        "precision",
        "w2s_sym/evidence/precision/extrapolation.py",
        "return () if len(drawn) >= LEAST_DRAWN else",
        "return () if len(named) > 0 else",
        (f"{LIMITS_OF_CURVES}::test_what_reaches_at_the_named_points_alone_supports_nothing",),
    ),
    Fault(
        "an_extrapolation_draws_no_points",
        "precision",
        "w2s_sym/evidence/precision/extrapolation.py",
        "seen.append(one)\n                if one.judged[0]",
        "if one.judged[0]",
        (f"{LIMITS_OF_CURVES}::test_a_limit_that_is_right_at_the_named_points_alone_is_refuted",),
    ),
    Fault(
        "draws_that_do_not_vary_are_a_mean",
        "simulation",
        "w2s_sym/evidence/simulation/batches.py",
        "return said if self.unknown else None",
        "return None",
        (f"{DRAWN}::test_draws_that_cannot_tell_are_inconclusive_for_true_and_false[constant]",),
    ),
    Fault(
        "draws_that_repeat_are_independent",
        "simulation",
        "w2s_sym/evidence/simulation/batches.py",
        "if linked is not None:",
        "if linked is not None and not self.unknown:",
        (f"{DRAWN}::test_draws_that_cannot_tell_are_inconclusive_for_true_and_false[runs]",),
    ),
    Fault(
        "a_tie_speaks_for_inequalities",
        "precision",
        "w2s_sym/formula/balls.py",
        'return True if relation == "=" else None',
        "return True if Relation(relation)(0) else None",
        ("tests/evidence/precision/test_precision.py::test_an_inequality_of_agreeing_balls_is_undecided",),
    ),
    Fault(
        "a_tie_needs_no_more_digits",
        "precision",
        "w2s_sym/formula/balls.py",
        "while (needed := place.high.span(left, right)) > digits:",
        "while (needed := place.high.span(left, right)) > 10**9:",
        (f"{DRAWN}::test_a_tie_to_fifty_digits_is_no_inequality_no_equality_and_no_witness",),
    ),
    Fault(
        "student_never_hears_the_noise",
        "sampler",
        SAMPLING,
        "return {name: matrix[..., start:stop] for name, start, stop in self.blocks}",
        'return {name: matrix[..., start:stop] * (name[:1] != "z") for name, start, stop in self.blocks}',
        ("tests/evidence/simulation/test_sampling.py::test_full_rows_have_the_declared_covariance",),
    ),
    # -- solver
    Fault(
        "linear_equations_lose_a_sign",
        "solver",
        "w2s_sym/claims/statement.py",
        "sp.cancel(-polynomial.eval(s, 0) / polynomial.LC())",
        "sp.cancel(polynomial.eval(s, 0) / polynomial.LC())",
        ("tests/claims/test_claim.py::test_equation_prints_and_solves_for_what_is_linear",),
    ),
    Fault(
        "roots_leave_their_bracket",
        "solver",
        POINTS,
        "        *(c for e in claim.given for c in bracket_conditions(e)),",
        "",
        ("tests/claims/test_claim.py::test_a_bracket_excludes_the_other_branch_and_may_be_infinite",),
    ),
    Fault(
        "equations_count_without_a_proof",
        "definitions",
        "w2s_sym/claims/results.py",
        "    if reason is not None:",
        "    if False:",
        ("tests/soundness/test_given.py::test_a_bracket_and_a_sign_say_nothing_of_the_parameters[below one]",),
    ),
    Fault(
        "roots_at_an_end_are_inside",
        "definitions",
        "w2s_sym/formula/unique_root.py",
        '[] if low == -sp.oo else [Condition(value, ">", low)]',
        '[] if low == -sp.oo else [Condition(value, ">=", low)]',
        ("tests/soundness/test_given.py::test_a_root_at_the_lower_end_is_not_inside",),
    ),
    Fault(
        "coefficients_may_change_sign_thrice",
        "definitions",
        "w2s_sym/formula/unique_root.py",
        "    return all(k is not None and k <= 0 for k in rest)",
        "    return True",
        ("tests/formula/test_unique_root.py::test_one_change_of_sign[+-+-]",),
    ),
    Fault(
        "derivatives_are_partial",
        "definitions",
        "w2s_sym/claims/definitions.py",
        "            along = runs & ({s} | moved_by[s]) if s in moved_by else set()",
        "            along = set()",
        ("tests/soundness/test_given.py::test_a_derivative_along_what_moves_a_defined_symbol_is_refused",),
    ),
    Fault(
        "witnesses_leave_their_bracket",
        "definitions",
        "w2s_sym/evidence/precision/precision.py",
        'for condition in (Condition(equation.residual, "=", sp.S.Zero), *bracket_conditions(equation)):',
        'for condition in (Condition(equation.residual, "=", sp.S.Zero),):',
        ("tests/evidence/precision/test_precision.py::test_a_witness_must_satisfy_the_given_equations",),
    ),
    Fault(
        "boundary_is_met_from_one_side",
        "solver",
        "w2s_sym/evidence/precision/boundary.py",
        "for moved in (value, value - step, value + step)[:most]:",
        "for moved in (value, value + step, value + step)[:most]:",
        ("tests/evidence/precision/test_boundary.py::test_boundary_points_come_in_threes_inside_the_domain",),
    ),
    Fault(
        "orders_are_refined_the_wrong_way",
        "solver",
        "w2s_sym/evidence/precision/orders.py",
        "[2 * b - a for a, b in pairwise(slopes)]",
        "[2 * a - b for a, b in pairwise(slopes)]",
        ("tests/evidence/precision/test_orders.py::test_the_interval_covers_square_root_corrections[2]",),
    ),
    Fault(
        "products_of_fractions_lose_a_denominator",
        "solver",
        "w2s_sym/formula/rational.py",
        "bottom[d] = bottom.get(d, 0) + power",
        "bottom[d] = power",
        ("tests/formula/test_rational.py::test_products_keep_every_denominator",),
    ),
    Fault(
        "opposite_signs_add_up_to_the_first",
        "solver",
        "w2s_sym/formula/sign_algebra.py",
        "    if len({s[0] for s in known}) > 1:\n        return None\n",
        "",
        ("tests/formula/test_signs.py::test_signs_that_are_proved",),
    ),
    Fault(
        "a_cut_between_eigenvalues_is_one_off",
        "fixed points",
        NUMERIC,
        'np.searchsorted(self.lam[::-1], t, side="left"))\n',
        'np.searchsorted(self.lam[::-1], t, side="left")) // 2\n',
        ("tests/spectra/test_effective_ridge.py::test_isotropic[1000000000000000-7-3-None]",),
    ),
    Fault(
        "float_roots_are_enclosed_too_tightly",
        "fixed points",
        NUMERIC,
        "q = (abs(r) + error) / steep * (1 + 8 * UNIT)",
        "q = (abs(r) + error) / steep / 64",
        ("tests/spectra/test_effective_ridge.py::test_isotropic[500-200-1.7-None]",),
    ),
    Fault(
        "rounded_eigenvalues_count_as_exact",
        "fixed points",
        NUMERIC,
        "_certify(problem, t, at, spectrum.rounding, ridge, factor)",
        "_certify(problem, t, at, 0.0, ridge, factor)",
        ("tests/spectra/test_effective_ridge.py::test_a_long_law_is_enclosed_in_floats",),
    ),
    Fault(
        "multiplicities_are_left_out_of_squares",
        "fixed points",
        NUMERIC,
        "                square *= self.weights[chunk]\n",
        "",
        ("tests/spectra/test_effective_ridge.py::test_isotropic[500-200-1.7-None]",),
    ),
    Fault(
        "the_integral_of_squares_has_the_wrong_factor",
        "fixed points",
        SERIES,
        "area += (product - area) / (plan.alpha * k)",
        "area += (product - area) / plan.alpha",
        ("tests/spectra/test_effective_ridge.py::test_the_inverse_squares[0.001-50]",),
    ),
    Fault(
        "the_far_end_of_a_law_has_the_wrong_sign",
        "fixed points",
        SERIES,
        "start[k - 1] - stop[k - 1]",
        "start[k - 1] + stop[k - 1]",
        ("tests/spectra/test_effective_ridge.py::test_a_law_by_its_tail_is_the_sum_term_by_term",),
    ),
    Fault(
        "the_certificate_moves_the_root_the_wrong_way",
        "fixed points",
        "w2s_sym/spectra/ridge_in_balls.py",
        "root = t * x.exp()",
        "root = t / x.exp()",
        ("tests/spectra/test_effective_ridge.py::test_isotropic[500-200-1.7-30]",),
    ),
    Fault(
        "a_ridge_is_not_multiplied_by_n",
        "fixed points",
        NUMERIC,
        "float(n * ridge * factor))",
        "float(ridge * factor))",
        ("tests/spectra/test_effective_ridge.py::test_isotropic_with_a_ridge[1e-12-None]",),
    ),
    Fault(
        "written_digits_are_not_rounded",
        "fixed points",
        "w2s_sym/spectra/enclosure.py",
        "scaled = round(middle / Fraction(10) ** unit)",
        "scaled = int(middle / Fraction(10) ** unit) + 1",
        ("tests/spectra/test_effective_ridge.py::test_how_numbers_are_written",),
    ),
    Fault(
        "signals_ignore_the_order_given",
        "fixed points",
        "w2s_sym/spectra/grouping.py",
        "return Grouped(size, lam, counts, places=np.array([place[v] for v in numbers]))",
        "return Grouped(size, lam, counts, places=None)",
        ("tests/spectra/test_spectrum.py::test_a_signal_follows_the_order_given",),
    ),
    # -- verdicts
    Fault(
        "all_evidence_must_support",
        "verdict",
        RESULTS,
        "supported = any(f.supports for f in self.findings)",
        "supported = all(f.supports for f in self.findings)",
        ("tests/claims/test_claim.py::test_truth_table_of_holds",),
    ),
    Fault(
        "a_part_of_the_domain_supports_the_whole",
        "verdict",
        FINDING,
        "return self.verdict in SUPPORT and not self.within",
        "return self.verdict in SUPPORT",
        ("tests/evidence/precision/test_precision.py::test_a_part_of_the_domain_refutes_and_supports_nothing",),
    ),
    Fault(
        "small_differences_are_zero",
        "verdict",
        "w2s_sym/formula/numbers.py",
        "return 0 if found and certain is None and _is_zero(number) else certain",
        "return 0 if found and certain is None else certain",
        ("tests/formula/test_numbers.py::test_what_balls_cannot_tell_from_zero_has_no_sign",),
    ),
    Fault(
        "parts_of_a_condition_may_be_complex",
        "verdict",
        "w2s_sym/formula/conditions.py",
        "        if self.undefined_at(point) is not None:\n            return None\n",
        "",
        ("tests/formula/test_domain.py::test_a_point_where_a_part_of_a_condition_has_no_value_is_outside",),
    ),
    Fault(
        "terms_of_a_sum_may_be_complex",
        "verdict",
        "w2s_sym/formula/numbers.py",
        "    if isinstance(formula, Total) and isinstance(table := point.get(formula.over), LevelTable):\n",
        "    if False and isinstance(table := point.get(formula.over), LevelTable):\n",
        ("tests/formula/test_domain.py::test_the_terms_of_a_sum_have_a_value_at_each_level",),
    ),
    Fault(
        "coq_takes_given_equations_for_definitions",
        "verdict",
        "w2s_sym/coq/development.py",
        "(*root_proofs(claim), proof(claim), ",
        "(proof(claim), ",
        ("tests/soundness/test_coq.py::test_a_claim_whose_equation_has_no_root_or_two_is_not_accepted",),
    ),
    Fault(
        "coq_accepts_what_is_said_of_nothing",
        "verdict",
        "w2s_sym/coq/development.py",
        "proof(claim), *inhabited_proof(claim))",
        "proof(claim))",
        ("tests/coq/test_points.py::test_a_claim_about_nothing_is_not_accepted",),
    ),
    Fault(
        "waves_turn_the_wrong_way",
        "verdict",
        "w2s_sym/formula/elementary.py",
        "sin_n = sin_n if times > 0 else -sin_n",
        "sin_n = -sin_n if times > 0 else -sin_n",
        ("tests/formula/test_elementary.py::test_what_is_equal_is_shown_and_what_is_close_is_not",),
    ),
    Fault(
        "sums_of_roots_are_far_from_zero",
        "verdict",
        "w2s_sym/formula/numbers.py",
        "((math.prod(degrees.values()) - 1) * upper + lower)",
        "(upper + lower)",
        ("tests/formula/test_numbers.py::test_the_separation_bound_is_below_every_nonzero_sum_of_its_kind",),
    ),
    Fault(
        "assumptions_tell_signs_of_numbers",
        "verdict",
        "w2s_sym/formula/signs.py",
        "known = number_sign(expression)",
        "known = 0 if expression.is_zero else 1",
        ("tests/formula/test_signs.py::test_signs_that_are_proved",),
    ),
    Fault(
        "filters_take_senseless_numbers",
        "verdict",
        "w2s_sym/spectra/filter_arguments.py",
        "        if known is False:\n            raise DomainError(_refusal(name, value, condition))",
        "        if known is False:\n            continue",
        ("tests/spectra/test_filters.py::test_progress_that_no_training_has[0]",),
    ),
    Fault(
        "inconclusive_is_support",
        "verdict",
        FINDING,
        "SUPPORT = frozenset({Verdict.PROVED, Verdict.AGREES})",
        "SUPPORT = frozenset({Verdict.PROVED, Verdict.AGREES, Verdict.INCONCLUSIVE})",
        ("tests/claims/test_claim.py::test_truth_table_of_holds",),
    ),
    Fault(
        "surviving_rivals_do_not_count",
        "verdict",
        RESULTS,
        "not self.needs and not self.surviving_rivals",
        "not self.needs",
        ("tests/claims/test_claim.py::test_a_claim_holds_only_if_every_rival_is_refuted_by_some_evidence",),
    ),
    Fault(
        "a_refutation_does_not_count",
        "verdict",
        RESULTS,
        "and Verdict.REFUTED not in verdicts and",
        "and",
        ("tests/claims/test_claim.py::test_truth_table_of_holds",),
    ),
    Fault(
        "skipped_evidence_stays_skipped",
        "verdict",
        RESULTS,
        "return replace(finding, verdict=Verdict.INCONCLUSIVE)",
        "return finding",
        ("tests/claims/test_claim.py::test_truth_table_of_holds",),
    ),
    Fault(
        "simulation_level_is_widened",
        "verdict",
        "w2s_sym/evidence/simulation/moments_of_draws.py",
        "ALPHA = 1e-3 / 1024",
        "ALPHA = 1e-3 / 1024**4",
        ("tests/evidence/simulation/test_moments_of_draws.py::test_the_level_is_the_quantile_of_its_false_alarms",),
    ),
    Fault(
        "points_are_judged_by_the_best",
        "verdict",
        "w2s_sym/evidence/simulation/verdicts.py",
        "worst, rhs = max(evidence.tested",
        "worst, rhs = min(evidence.tested",
        ("tests/evidence/simulation/test_verdicts.py::test_a_refutation_names_the_worst_point_and_by_how_much",),
    ),
    Fault(
        "unresolved_mutants_do_not_count",
        "verdict",
        "w2s_sym/evidence/simulation/verdicts.py",
        "if error <= evidence.error and not standing and not alive:",
        "if error <= evidence.error and not alive:",
        ("tests/evidence/simulation/test_verdicts.py::test_a_mutant_must_be_resolved_and_rejected",),
    ),
    Fault(
        "a_claim_is_known_by_its_id",
        "verdict",
        "w2s_sym/claims/description.py",
        "return kinds[0] == kinds[1] and claim_digest(one) == claim_digest(other)",
        "return one.id == other.id",
        ("tests/soundness/test_standing_claims.py::test_a_false_lemma_with_the_id_of_a_true_one_is_refused",),
    ),
    Fault(
        "what_falls_brings_nothing_down",
        "verdict",
        RESULTS,
        "self.findings_suffice and not self.fallen and not",
        "self.findings_suffice and not",
        ("tests/soundness/test_standing_claims.py::test_a_false_lemma_that_no_list_has_is_found_out",),
    ),
    Fault(
        "what_was_not_checked_does_not_count",
        "verdict",
        RESULTS,
        "not self.fallen and not self.unchecked",
        "not self.fallen",
        (
            "tests/soundness/test_standing_claims.py::test_a_result_of_another_claim_with_the_id_of_a_lemma_supports_nothing",
        ),
    ),
    Fault(
        "an_unmet_need_is_forgotten",
        "verdict",
        RESULTS,
        "Verdict.REFUTED not in verdicts and not self.needs and",
        "Verdict.REFUTED not in verdicts and",
        ("tests/soundness/test_standing_claims.py::test_an_unmet_need_outweighs_what_agrees",),
    ),
    Fault(
        "what_agrees_is_no_axiom",
        "verdict",
        "w2s_sym/claims/standing.py",
        "axioms = (missing | weak)",
        "axioms = missing",
        ("tests/soundness/test_standing_claims.py::test_a_theorem_from_a_lemma_that_agrees_is_proved_given_a_fact",),
    ),
    Fault(
        "axioms_below_are_forgotten",
        "verdict",
        "w2s_sym/claims/standing.py",
        ".union(*(below.axioms for below in rests.values()))",
        "",
        ("tests/soundness/test_standing_claims.py::test_axioms_go_through_what_is_proved",),
    ),
    Fault(
        "a_circle_supports_itself",
        "verdict",
        "w2s_sym/claims/foundations.py",
        "if claim.id in path:",
        "if claim.id in path:\n            continue\n        if False:",
        ("tests/soundness/test_standing_claims.py::test_a_circle_is_refused",),
    ),
    Fault(
        "a_part_of_the_evidence_is_enough",
        "verdict",
        RESULTS,
        "complete = len(self.findings) == len(self.claim.evidence) and not self.failures",
        "complete = not self.failures",
        ("tests/soundness/test_standing_claims.py::test_a_result_with_a_part_of_the_findings_does_not_hold",),
    ),
    Fault(
        "the_letters_of_a_spectrum_are_not_described",
        "verdict",
        "w2s_sym/claims/description.py",
        "sp.srepr(value)) + _letters(value)",
        "sp.srepr(value))",
        ("tests/soundness/test_standing_claims.py::test_spectra_with_other_conditions_make_other_claims",),
    ),
    Fault(
        "any_claim_confirms_a_rule",
        "verdict",
        RESULTS,
        "rules = tuple(made[name] for name in result.claim.rules) if confirmed else ()",
        "rules = tuple(made[name] for name in result.claim.rules if name in made)",
        ("tests/soundness/test_standing_claims.py::test_no_claim_of_a_user_confirms_a_rule",),
    ),
    # -- store
    Fault(
        "key_misses_the_source_of_the_package",
        "store",
        "w2s_sym/store/fingerprints.py",
        "return sha256_of(package_digest() +",
        "return sha256_of(",
        ("tests/papers/test_ledger.py::test_an_edited_rule_does_not_bring_the_old_verdict_back",),
    ),
    Fault(
        "key_misses_the_seed",
        "store",
        "w2s_sym/store/fingerprints.py",
        "str(index), effort, str(seed), sources",
        "str(index), effort, sources",
        ("tests/store/test_fingerprints.py::test_equal_claims_have_one_key_and_every_difference_another",),
    ),
    Fault(
        "key_misses_the_effort",
        "store",
        "w2s_sym/store/fingerprints.py",
        "str(index), effort, str(seed), sources",
        "str(index), str(seed), sources",
        ("tests/store/test_fingerprints.py::test_equal_claims_have_one_key_and_every_difference_another",),
    ),
    Fault(
        "the_overlap_keeps_its_bias",
        "features",
        "w2s_sym/forecast/correlation_dimension.py",
        "return (plug_in - (rows - 1) * change) / (1 - change)",
        "return plug_in",
        (
            "tests/forecast/test_correlation_dimension.py::test_bias_that_falls_as_one_over_rows_less_overlap_is_removed_exactly",
        ),
    ),
    Fault(
        "leaving_out_a_row_forgets_its_leverage",
        "features",
        "w2s_sym/forecast/correlation_dimension.py",
        "+ inner**2 / ((1 - a) * (1 - b))",
        "+ inner**2",
        ("tests/forecast/test_correlation_dimension.py::test_leaving_out_a_row_is_what_it_says[3-4]",),
    ),
    Fault(
        "labels_are_flattered_by_their_own_fit",
        "features",
        "w2s_sym/forecast/residuals.py",
        "error = residuals / (1 - leverage)[:, None]",
        "error = residuals",
        ("tests/forecast/test_residuals.py::test_what_labels_tell_is_unbiased_and_its_errors_are_its_spread[60]",),
    ),
    Fault(
        "ridge_chooses_its_penalty_on_rows_that_it_was_fitted_to",
        "features",
        "w2s_sym/forecast/ridge_fits.py",
        "rest = np.maximum(1 - leverage, 1e-9)",
        "rest = np.ones_like(leverage)",
        ("tests/forecast/test_ridge_fits.py::test_leave_one_out_is_leaving_one_out[15-6]",),
    ),
    Fault(
        "refits_are_measured_on_their_own_rows",
        "features",
        "w2s_sym/forecast/ridge_refits.py",
        "test, train = turned[: sizes.test], turned[sizes.test : sizes.test + sizes.m]",
        "test, train = turned[: sizes.test], turned[: sizes.m]",
        ("tests/forecast/test_ridge_refits.py::test_no_row_has_two_roles",),
    ),
    Fault(
        "a_student_does_not_inherit_its_teachers_variance",
        "features",
        "w2s_sym/forecast/ridge_equivalents.py",
        "energy = (through**2).sum(1) + self.squares @ spread",
        "energy = (through**2).sum(1)",
        ("tests/forecast/test_ridge_equivalents.py::test_a_student_with_its_teachers_features_reproduces_it",),
    ),
    Fault(
        "sorted_files_are_not_seen",
        "features",
        "w2s_sym/forecast/ridge_remarks.py",
        "if root > ALARM:",
        "if root > 1e9:",
        ("tests/forecast/test_ridge_plan.py::test_labelled_rows_that_are_no_random_sample_are_named",),
    ),
    Fault(
        "what_was_written_to_a_private_copy_is_given_back",
        "features",
        "w2s_sym/forecast/coordinates.py",
        'isinstance(array, np.memmap) and array.mode == "r" and',
        "isinstance(array, np.memmap) and",
        ("tests/forecast/test_coordinates.py::test_mapped_files_are_read",),
    ),
    Fault(
        "findings_are_written_in_place",
        "store",
        STORE,
        '        with temporary.open("xb") as stream:',
        '        temporary = path\n        with temporary.open("wb") as stream:',
        ("tests/store/test_disk.py::test_a_write_that_fails_leaves_the_old_value_and_no_debris",),
    ),
    Fault(
        "damaged_findings_come_back",
        "store",
        STORE,
        'return record["value"] if intact else None',
        'return record["value"]',
        ("tests/store/test_disk.py::test_a_damaged_value_counts_as_absent",),
    ),
    Fault(
        "a_skipped_finding_is_kept",
        "store",
        "w2s_sym/papers/workers.py",
        "if finding.verdict is not Verdict.SKIPPED:",
        "if finding is not None:",
        ("tests/papers/test_ledger.py::test_failures_and_skips_are_not_kept",),
    ),
    # -- papers
    Fault(
        "student_risk_without_the_minus_one",
        "paper",
        DONG,
        "student_risk = teacher_noise * A_pop",
        "student_risk = (sigma2 + rho_w) / (n - d_w) * A_pop",
        ("dong2025/student_excess_risk_population",),
    ),
    Fault(
        "student_risk_with_the_in_sample_factor",
        "paper",
        DONG,
        "student_risk = teacher_noise * A_pop + rho_s + q + d_s / (N - d_s - 1) * h",
        "student_risk = teacher_noise * A_pop + rho_s + q + d_s / N * h",
        ("dong2025/student_excess_risk_population",),
    ),
    Fault(
        "variance_on_too_wide_a_domain",
        "paper",
        DONG,
        'STUDENT_MEAN = Condition(N, ">", d_s + 1,',
        'STUDENT_MEAN = Condition(N, ">=", d_s,',
        ("dong2025/in_sample_variance_is_below_population_variance",),
    ),
    Fault(
        "hermite_factor_with_a_wrong_sign",
        "paper",
        "derivations/dong2025/variance.py",
        "15 * N / (N + 4) - 6 * N / (N + 2) + 1",
        "15 * N / (N + 4) + 6 * N / (N + 2) + 1",
        ("dong2025/uncorrelated_hermite_pair_keeps_its_own_factor",),
    ),
    # -- risk curves
    Fault(
        "standard_risk_loses_one_minus_omega",
        "risks",
        RISKS,
        'bias[over] = part / rest if name == "truth" else part',
        "bias[over] = part",
        ("tests/spectra/test_risks.py::test_the_figure_of_the_paper_has_its_numbers",),
    ),
    Fault(
        "gain_divides_by_omega_alone",
        "risks",
        RISKS,
        "return np.asarray(u / (u * u + Omega / rest * zeta * zeta))",
        "return np.asarray(u / (u * u + Omega * zeta * zeta))",
        ("tests/spectra/test_risks.py::test_the_figure_of_the_paper_has_its_numbers",),
    ),
    Fault(
        "mask_keeps_by_zeta_and_not_by_its_square",
        "risks",
        RISKS,
        "return np.asarray(zeta * zeta < rest, dtype=float)",
        "return np.asarray(zeta < rest, dtype=float)",
        ("tests/spectra/test_risks.py::test_the_figure_of_the_paper_has_its_numbers",),
    ),
    Fault(
        "inverse_wishart_of_the_risk_is_one_too_large",
        "risks",
        RISKS,
        "excess = np.maximum(self.n - rank - 1, 0.0)",
        "excess = np.maximum(self.n - rank, 0.0)",
        ("tests/spectra/test_risks.py::test_with_many_samples_the_formula_is_exact_and_the_truth_optimal",),
    ),
    Fault(
        "surrogate_noise_has_no_effective_part",
        "risks",
        STAGES,
        "V = (noise + float((self.lam * (self.zeta * b) ** 2).sum())) / self.rest",
        "V = noise / self.rest",
        ("tests/equivalents/test_stages.py::test_random_eigenbases_by_simulation[40-30]",),
    ),
    Fault(
        "overlaps_are_transposed",
        "risks",
        STAGES,
        "spread = squared @ spread",
        "spread = squared.T @ spread",
        ("tests/equivalents/test_stages.py::test_random_eigenbases_by_simulation[120-110]",),
    ),
    Fault(
        "bins_are_too_wide_for_their_nodes",
        "risks",
        "w2s_sym/spectra/compression.py",
        "low, high = (middle, high) if interpolation_error(middle, count) <= TARGET else (low, middle)",
        "low, high = (middle, high) if interpolation_error(middle, count) <= 1e3 * TARGET else (low, middle)",
        ("tests/spectra/test_compression.py::test_widths_are_what_the_target_allows",),
    ),
    Fault(
        "midpoint_rule_without_its_correction",
        "risks",
        "w2s_sym/spectra/compressed_power_laws.py",
        "weight = np.concatenate([[end / (self.a - 1)], width, [1 / MIDPOINT_DIVISOR, -1 / MIDPOINT_DIVISOR]])",
        "weight = np.concatenate([[end / (self.a - 1)], width, [0.0, 0.0]])",
        ("tests/spectra/test_compressed_power_laws.py::test_alpha_two_has_a_hyperbolic_cotangent[1000]",),
    ),
    Fault(
        "signs_are_averaged_off_the_diagonal_alone",
        "risks",
        MODELS,
        "+ energy @ (gains * on - 1) ** 2",
        "+ energy @ (gains * on) ** 2",
        (
            "tests/matrices/test_samplers.py::test_averaged_risks_have_the_mean_of_the_plain_loop_and_vary_less[True-0.0]",
        ),
    ),
    # -- integrals and sums
    Fault(
        "what_is_left_out_at_an_end_is_too_large",
        "integrals",
        INTEGRALS,
        "(-arb(decay) * far).exp() / arb(decay)",
        "(-arb(decay) * far).exp()",
        ("tests/formula/test_ball_integrals.py::test_the_ball_contains_the_value_and_is_small",),
    ),
    Fault(
        "a_divergent_end_passes",
        "integrals",
        INTEGRALS,
        "        if not decay > 0:\n",
        "        if decay == 0:\n",
        ("tests/formula/test_ball_integrals.py::test_a_divergent_integral_has_no_value",),
    ),
    Fault(
        "corrections_of_a_sum_are_not_divided",
        "integrals",
        "w2s_sym/spectra/euler_maclaurin.py",
        "return fmpq.bernoulli(k) / k",
        "return fmpq.bernoulli(k)",
        ("tests/spectra/test_power_law_sums.py::test_at_alpha_two_it_is_a_hyperbolic_cotangent[20-3]",),
    ),
    Fault(
        "the_remainder_of_a_sum_is_not_bounded",
        "integrals",
        SUMS,
        "return total + arb(0, bound.upper())",
        "return total",
        ("tests/spectra/test_power_law_sums.py::test_the_bound_on_the_remainder_is_one_and_not_much_too_wide",),
    ),
    Fault(
        "parts_swap_their_ends",
        "integrals",
        CALCULUS,
        "ends[1] - ends[0] - rest",
        "ends[0] - ends[1] - rest",
        ("tests/evidence/derivation/test_calculus.py::test_parts_and_substitution_do_what_they_say",),
    ),
    Fault(
        "parts_ignore_what_is_infinite_at_an_end",
        "integrals",
        CALCULUS,
        "    if sp.oo in ends:\n",
        "    if False:\n",
        ("tests/evidence/derivation/test_calculus.py::test_wrong_parts_are_refused",),
    ),
    Fault(
        "a_substitution_forgets_its_slope",
        "integrals",
        CALCULUS,
        "instantiate(old.function, {x: image}) * (slope if rising else -slope)",
        "instantiate(old.function, {x: image})",
        ("tests/evidence/derivation/test_calculus.py::test_parts_and_substitution_do_what_they_say",),
    ),
    Fault(
        "a_substitution_forgets_its_limits",
        "integrals",
        CALCULUS,
        "        if reached != wanted and (",
        "        if False and (",
        ("tests/evidence/derivation/test_calculus.py::test_wrong_substitutions_are_refused",),
    ),
    # -- limits
    Fault(
        "powers_are_not_eliminated",
        "limits",
        EXTRAPOLATION,
        "(factor * b - a) / (factor - 1)",
        "(factor * b - a) / factor",
        ("tests/evidence/precision/test_extrapolation.py::test_a_limit_is_reached_to_the_digits_asked_for",),
    ),
    Fault(
        "an_extrapolation_trusts_itself",
        "limits",
        EXTRAPOLATION,
        "for part in (values[1:], values[:-1])]",
        "for part in (values[1:],)]",
        ("tests/evidence/precision/test_extrapolation.py::test_wrong_orders_never_give_a_wrong_verdict",),
    ),
    Fault(
        "a_coarse_extrapolation_agrees",
        "limits",
        EXTRAPOLATION,
        "if error < wanted and gap.upper() < wanted",
        "if gap.lower() < SAFETY * error",
        ("tests/evidence/precision/test_extrapolation.py::test_wrong_orders_never_give_a_wrong_verdict",),
    ),
    Fault(
        "the_standard_risk_loses_its_factor",
        "limits",
        SCALING,
        "    return power_sum(ZETA_SQUARED, exponent, beta, tau, digits) / (1 - share)",
        "    return power_sum(ZETA_SQUARED, exponent, beta, tau, digits)",
        ("tests/derivations/ildiz2025/test_scaling.py::test_risks_are_those_of_plain_sums",),
    ),
    # -- certificates and slopes
    Fault(
        "bounds_by_slope_forget_on_which_side_the_end_lies",
        "certificates",
        "w2s_sym/evidence/derivation/slopes.py",
        "    return -side * found[0], found[1]",
        "    return -found[0], found[1]",
        ("tests/evidence/derivation/test_slopes.py::test_from_the_other_side",),
    ),
    Fault(
        "bounds_by_slope_do_not_look_at_the_end",
        "certificates",
        "w2s_sym/evidence/derivation/slopes.py",
        "    if not same_value(instantiate(difference, {s: end}), sp.Integer(0), domain):",
        "    if False:",
        ("tests/evidence/derivation/test_slopes.py::test_what_is_missing_is_told",),
    ),
    Fault(
        "bounds_by_slope_leave_the_domain",
        "certificates",
        "w2s_sym/evidence/derivation/slopes.py",
        "        if not relation.direction or not linear or not follows(",
        "        if not linear and not follows(",
        ("tests/evidence/derivation/test_slopes.py::test_what_is_missing_is_told",),
    ),
    Fault(
        "quotients_vanish_whatever_their_numerators",
        "certificates",
        "w2s_sym/evidence/derivation/slopes.py",
        "        if not same_value(zero, sp.Integer(0), rest):",
        "        if False:",
        ("tests/evidence/derivation/test_slopes.py::test_the_difference_must_be_continuous_up_to_the_end",),
    ),
    Fault(
        "facts_hold_beyond_the_domain_of_their_claim",
        "certificates",
        "w2s_sym/evidence/derivation/lemmas.py",
        "        if not follows(moved, domain):",
        "        if False:",
        ("tests/evidence/derivation/test_slopes.py::test_outside_of_the_other_claims_domain_it_says_nothing",),
    ),
    Fault(
        "lemmas_forget_the_levels_of_their_spectrum",
        "lemmas",
        LEMMAS,
        "        if not follows(c, level):",
        "        if False:",
        (f"{LEMMA_TESTS}::test_a_lemma_on_a_spectrum_asks_its_level_conditions_of_the_other",),
    ),
    Fault(
        "lemmas_take_what_is_not_real",
        "lemmas",
        LEMMAS,
        "    guilty = defined(put, domain)",
        "    guilty = None",
        (f"{LEMMA_TESTS}::test_what_a_number_of_a_lemma_stands_for_is_real",),
    ),
    Fault(
        "lemmas_ignore_brackets",
        "lemmas",
        LEMMAS,
        "    own = {(e.unknown, e.residual, e.bracket) for e in claim.given}",
        "    own = {(e.unknown, e.residual, b.bracket) for e in claim.given for b in lemma.given}",
        (f"{LEMMA_TESTS}::test_a_lemma_about_another_root_says_nothing",),
    ),
    Fault(
        "quantities_are_their_symbols",
        "lemmas",
        LEMMAS,
        "    if not any(map(says_so, claim.given)):",
        "    if False:",
        (f"{LEMMA_TESTS}::test_a_claim_about_a_quantity_says_nothing_of_its_symbol",),
    ),
    Fault(
        "letters_are_captured",
        "lemmas",
        "w2s_sym/formula/instantiate.py",
        "    if both:",
        "    if False:",
        ("tests/formula/test_instantiate.py::test_what_would_be_captured_is_refused",),
    ),
    Fault(
        "inner_totals_inherit_the_levels_of_outer_ones",
        "lemmas",
        "w2s_sym/formula/domain.py",
        "    kept = (c for c in domain.conditions if not c.free_symbols & letters and",
        "    kept = (c for c in domain.conditions if",
        (f"{LEMMA_TESTS}::test_each_total_is_read_with_the_conditions_of_its_own_spectrum",),
    ),
    Fault(
        "inner_totals_never_vary",
        "lemmas",
        "w2s_sym/formula/totals.py",
        "    _INSIDE[dummy] = _varies_with(f) - set(over.symbols)",
        "    _INSIDE[dummy] = frozenset()",
        (f"{LEMMA_TESTS}::test_an_inner_total_that_varies_stays_inside",),
    ),
    Fault(
        "assumptions_that_nobody_reads",
        "lemmas",
        "w2s_sym/formula/domain.py",
        "    hidden = unchecked(s)",
        "    hidden = ()",
        (f"{LEMMA_TESTS}::test_assumptions_that_no_domain_checks_are_refused",),
    ),
    Fault(
        "new_variables_of_certificates_are_what_they_are_called",
        "lemmas",
        "w2s_sym/evidence/certificate/problem.py",
        "    if lies is not None:",
        "    if False:",
        (f"{LEMMA_TESTS}::test_a_new_variable_of_a_certificate_is_what_its_range_says",),
    ),
    Fault(
        "scalars_are_defined_twice",
        "lemmas",
        "w2s_sym/matrices/experiment.py",
        "        if twice:\n            raise TraceError(f\"{', '.join(twice)} is defined twice",
        "        if False:\n            raise TraceError(f\"{', '.join(twice)} is defined twice",
        (f"{LEMMA_TESTS}::test_scalars_sizes_and_quantities_are_different_letters",),
    ),
    Fault(
        "strict_bounds_rest_on_weak_ones",
        "certificates",
        "w2s_sym/evidence/derivation/bounds.py",
        "            strict = found[1] and strict_gap",
        "            strict = found[1]",
        ("tests/evidence/derivation/test_slopes.py::test_a_weak_inequality_gives_no_strict_bound",),
    ),
    Fault(
        "powers_below_one_whatever_their_exponent",
        "certificates",
        "w2s_sym/formula/signs.py",
        "            return product_of_signs([sign(1 - x.base, domain, True), exponent])",
        "            return sign(1 - x.base, domain, True)",
        ("tests/evidence/derivation/test_slopes.py::test_a_difference_that_vanishes_at_the_end_and_falls_to_it",),
    ),
    Fault(
        "certificates_trust_the_order_of_a_zero",
        "certificates",
        "w2s_sym/evidence/certificate/problem.py",
        "                if not same(sp.diff(function, s, order).subs(s, c), sp.Integer(0)):",
        "                if False:",
        ("tests/evidence/certificate/test_certificate.py::test_what_the_replayer_takes_on_trust_is_checked",),
    ),
    Fault(
        "certificates_trust_the_change_of_variables",
        "certificates",
        "w2s_sym/evidence/certificate/problem.py",
        "if guilty is not None or limits != {low, high}:",
        "if guilty is not None:",
        ("tests/evidence/certificate/test_certificate.py::test_what_the_replayer_takes_on_trust_is_checked",),
    ),
    Fault(
        "the_replayer_sees_no_gap",
        "certificates",
        "w2s_sym/kernel/boxes.py",
        "        if edge is None:\n            return False",
        "        if edge is None:\n            continue",
        ("tests/kernel/test_boxes.py::test_a_dropped_box_is_caught_whichever_it_is",),
    ),
    Fault(
        "the_replayer_forgets_the_sign_of_a_factor",
        "certificates",
        "w2s_sym/kernel/boxes.py",
        "return -1 if above % 2 == 1 else 1",
        "return 1",
        ("tests/kernel/test_boxes.py::test_zeros_are_shown_and_counted",),
    ),
    Fault(
        "the_replayer_takes_any_positive_bound",
        "certificates",
        "w2s_sym/kernel/boxes.py",
        "return None if low >= bound",
        "return None if low > 0",
        ("tests/kernel/test_boxes.py::test_a_wrong_bound_is_caught[values]",),
    ),
    Fault(
        "series_of_the_logarithm_lose_their_denominators",
        "certificates",
        "w2s_sym/kernel/enclosures.py",
        "Fraction(-((-1) ** k), k) if head",
        "Fraction(-((-1) ** k), 1) if head",
        ("tests/evidence/certificate/test_certificate.py::test_zeros_at_the_upper_end_count_their_signs[2]",),
    ),
    Fault(
        "the_replayer_tries_no_zero",
        "certificates",
        "w2s_sym/kernel/boxes.py",
        "return zeros <= shown and",
        "return",
        ("tests/kernel/test_boxes.py::test_a_remainder_of_the_wrong_order_is_caught",),
    ),
    Fault(
        "a_zero_of_odd_order_may_lie_inside",
        "certificates",
        "w2s_sym/kernel/records.py",
        "numbers.count(c) % 2 == 0",
        "numbers.count(c) > 0",
        ("tests/kernel/test_records.py::test_malformed_records_are_told_in_words",),
    ),
    Fault(
        "boxes_may_lie_beyond_a_zero",
        "certificates",
        "w2s_sym/kernel/records.py",
        "demand(least <= low and high <= most,",
        "demand(least <= high,",
        ("tests/kernel/test_boxes.py::test_a_box_beyond_a_zero_takes_no_sign_with_it",),
    ),
    Fault(
        "faces_between_boxes_are_not_looked_at",
        "certificates",
        "w2s_sym/kernel/boxes.py",
        "for e in (low, high) if least < e < most",
        "for e in () if least < e < most",
        ("tests/kernel/test_boxes.py::test_a_function_is_defined_on_the_faces_between_boxes",),
    ),
    Fault(
        "a_logarithm_may_reach_zero_inside",
        "certificates",
        "w2s_sym/kernel/enclosures.py",
        "if not strict and not apart(found):",
        "if False:",
        ("tests/kernel/test_enclosures.py::test_an_argument_that_may_be_zero_is_refused",),
    ),
    Fault(
        "the_exponential_of_a_sum_is_a_sum",
        "certificates",
        "w2s_sym/kernel/zeros.py",
        "found = self.times(found, single((",
        "found = self.plus(found, single((",
        ("tests/kernel/test_zeros.py::test_orders_of_zeros",),
    ),
    Fault(
        "certificates_look_for_no_counter_example_near_a_face",
        "certificates",
        "w2s_sym/evidence/certificate/branch_and_bound.py",
        "rng.integers(0, min(40, 2 + tried // 25))",
        "rng.integers(0, 2)",
        ("tests/evidence/certificate/test_certificate.py::test_a_millionth_beside_a_zero_is_found",),
    ),
    Fault(
        "factors_of_a_strict_claim_may_vanish_at_its_ends",
        "certificates",
        "w2s_sym/evidence/certificate/problem.py",
        "where = inside if len(statement.relation) == 2 else _closed(ranges, old)",
        "where = inside",
        (
            "tests/evidence/certificate/test_certificate.py::test_factors_of_a_strict_claim_are_positive_at_its_closed_ends",
        ),
    ),
    Fault(
        "boxes_know_whole_numbers",
        "certificates",
        "w2s_sym/evidence/certificate/problem.py",
        "for s in claim.domain.symbols if s.is_integer}",
        "for s in claim.domain.symbols if False}",
        ("tests/evidence/certificate/test_certificate.py::test_whole_numbers_are_no_excuse_for_a_closed_end",),
    ),
    Fault(
        "certificates_forget_the_closed_ends",
        "certificates",
        "w2s_sym/evidence/certificate/problem.py",
        "defined(difference, inside) or first_undefined((statement.lhs, statement.rhs), claim.domain)",
        "defined(difference, inside)",
        ("tests/evidence/certificate/test_certificate.py::test_a_closed_end_where_a_side_has_no_value",),
    ),
    Fault(
        "functions_that_nobody_knows_are_defined",
        "certificates",
        "w2s_sym/formula/definedness.py",
        "        yield Unshown(node)\n\n\ndef _power",
        "        return\n\n\ndef _power",
        ("tests/soundness/test_defined.py::test_what_has_no_value_or_says_nothing_does_not_hold",),
    ),
    Fault(
        "zero_to_the_power_zero_is_one",
        "certificates",
        "w2s_sym/formula/definedness.py",
        '    elif proves(exponent, ">", domain):',
        '    elif proves(exponent, ">=", domain):',
        ("tests/formula/test_definedness.py::test_what_is_missing_is_named",),
    ),
    Fault(
        "an_order_is_exact_where_its_coefficient_vanishes",
        "certificates",
        "w2s_sym/evidence/derivation/limits_at_infinity.py",
        "    _require_nonzero(error_coefficient(statement.lhs - statement.rhs, s), claim)\n",
        "",
        ("tests/soundness/test_defined.py::test_no_false_case_holds",),
    ),
    Fault(
        "negative_sizes_grow",
        "certificates",
        "w2s_sym/evidence/derivation/limits_at_infinity.py",
        "    if s.is_nonpositive:\n",
        "    if False:\n",
        ("tests/soundness/test_defined.py::test_what_has_no_value_or_says_nothing_does_not_hold",),
    ),
    Fault(
        "random_points_are_the_whole_domain",
        "certificates",
        "w2s_sym/evidence/precision/precision.py",
        "    guilty = undefined_side(claim)\n",
        "    guilty = None\n",
        ("tests/soundness/test_defined.py::test_what_has_no_value_or_says_nothing_does_not_hold",),
    ),
    Fault(
        "what_underflows_is_no_error",
        "solver",
        "w2s_sym/spectra/rounding.py",
        "UNDERFLOW = 2.0**-1020",
        "UNDERFLOW = 0.0",
        ("tests/spectra/test_risks.py::test_a_risk_of_numbers_of_any_size_is_enclosed_or_refused",),
    ),
    Fault(
        "poles_are_roots",
        "solver",
        "w2s_sym/spectra/matching.py",
        "    while not _narrow(low, high, digits) or not match.continuous(low, high):",
        "    while not _narrow(low, high, digits):",
        ("tests/spectra/test_filters.py::test_a_pole_or_a_jump_is_no_root",),
    ),
    Fault(
        "what_waits_has_no_clock",
        "solver",
        "w2s_sym/claims/confined.py",
        "        if not ours.poll(run.allowed.clock):",
        "        if not ours.poll(60):",
        ("tests/claims/test_budget.py::test_what_runs_out_is_named_and_the_next_evidence_is_checked",),
    ),
)


@dataclass(frozen=True)
class Outcome:
    """The exit code of a command, what it said, and how long it took."""

    command: str
    code: int
    said: str
    seconds: float


def planted(text: str, fault: Fault) -> str:
    """The text of a file with the fault in it; raises ``ValueError`` unless the old text occurs there once."""
    if text.count(fault.old) != 1:
        raise ValueError(f"{fault.name}: its old text occurs {text.count(fault.old)} times in {fault.file}")
    return text.replace(fault.old, fault.new)


def run(server: Server, *commands: str) -> Outcome:
    """Run tests, or verify claims, in the copy of a server."""
    code, said, seconds = server.tests(commands) if is_test(commands[0]) else server.claims(commands)
    return Outcome(" ".join(commands), code, said, seconds)


def catch(server: Server, fault: Fault) -> Outcome:
    """Plant one fault in the copy of a server, run its commands until one fails, and take the fault out again."""
    text = (server.tree / fault.file).read_text(encoding="utf-8")
    server.write(fault.file, planted(text, fault))
    try:
        for command in fault.catch:
            last = run(server, command)
            if last.code != 0:
                break
        return last
    finally:
        server.write(fault.file, text)


def commands() -> tuple[str, ...]:
    """All commands that catch something, each once."""
    return tuple(dict.fromkeys(c for f in FAULTS for c in f.catch))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="faults to plant (default: all)")
    wanted = parser.parse_args(arguments).names
    unknown = sorted(set(wanted) - {f.name for f in FAULTS})
    if unknown:
        parser.error(f"no fault {', '.join(unknown)}; see FAULTS in {Path(__file__).name}")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        for fault in (f for f in FAULTS if not wanted or f.name in wanted):
            last = catch(server, fault)
            missed += last.code != 1
            mark = "caught" if last.code == 1 else f"NOT CAUGHT (exit code {last.code})"
            print(f"{fault.area:8} {fault.name:50} {mark:8} {last.seconds:5.1f} s  {last.command}", flush=True)
            if last.code not in (0, 1):
                print(last.said)
        server.close()
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
