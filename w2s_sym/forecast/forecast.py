"""Will weak-to-strong training pay on these features? By ridge, which people train, or by the formulas of a paper.

With labels the answer is a :class:`~w2s_sym.forecast.decision.RidgePlan` by
:func:`~w2s_sym.forecast.ridge_plan.ridge_plan`. Least squares on whitened directions is the paper's setting; without
labels it is all that can be said. There the way goes from features (:mod:`~w2s_sym.forecast.features`) over their
overlap (:mod:`~w2s_sym.forecast.correlation_dimension`) to a :class:`~w2s_sym.forecast.study.Study`, from there to
estimates (:mod:`~w2s_sym.forecast.estimates`), which training on the rows at hand widens where the data break the
formulas' assumptions (:mod:`~w2s_sym.forecast.departures`), and to the bands of a plan
(:mod:`~w2s_sym.forecast.bands`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from typing import Any, Literal, TypedDict, Unpack, get_args, overload

from threadpoolctl import threadpool_limits

from w2s_sym.claims.claim import Claim
from w2s_sym.claims.run import Memory
from w2s_sym.executors.running import Crew
from w2s_sym.forecast import bands, features
from w2s_sym.forecast.correlation_dimension import measure
from w2s_sym.forecast.decision import RidgePlan
from w2s_sym.forecast.gathering import Readers
from w2s_sym.forecast.plan_data import Plan
from w2s_sym.forecast.reading import FeatureError, Features, checked_pair, label_array, label_file
from w2s_sym.forecast.ridge_plan import ridge_plan
from w2s_sym.forecast.risk_formulas import RiskFormulas
from w2s_sym.forecast.study import Labels, Study
from w2s_sym.papers import loading

Method = Literal["ridge", "least squares"]


class Options(TypedDict, total=False):
    """The keywords of :func:`plan` beside ``method``."""

    n: int | None
    N: int | None
    penalty: float | None
    classes: bool
    predictions: Mapping[str, Claim] | None
    sigma2: float | None
    held_out: int | None
    explained: float | None
    drop: bool
    seed: int
    tell: Callable[[str], None] | None
    workers: int
    executor: Executor | Crew | None
    memory: Memory | None


@overload
def plan(
    psi_w: Features, psi_s: Features, y: None = None, *, method: Method = "ridge", **options: Unpack[Options]
) -> Plan: ...
@overload
def plan(
    psi_w: Features,
    psi_s: Features,
    y: Features,
    *,
    method: Literal["ridge"] = "ridge",
    **options: Unpack[Options],
) -> RidgePlan: ...
@overload
def plan(
    psi_w: Features,
    psi_s: Features,
    y: Features,
    *,
    method: Literal["least squares"],
    **options: Unpack[Options],
) -> Plan: ...
def plan(
    psi_w: Features,
    psi_s: Features,
    y: Features | None = None,
    *,
    method: Method = "ridge",
    **options: Unpack[Options],
) -> RidgePlan | Plan:
    """Predict weak-to-strong training on two models' features of the same points, and what it competes with.

    With labels: ridge with an intercept, for the mean of the labels, the weak teacher, the strong student, the strong
    model on the same labels and the strong ceiling. No number of labels, rank or constant column is refused. Without
    labels, or by ``method="least squares"``: the plan of Dong et al. (2025), which needs n > d_w + 1 and N > d_s + 1.

    Parameters
    ----------
    psi_w, psi_s
        Raw features of the weak and the strong model, shapes (rows, columns): arrays, or paths and addresses
        (``s3://bucket/weak.zarr``) of ``.npy`` files, Zarr arrays or Parquet files, which are read a few rows at a
        time, or :class:`~w2s_sym.FeatureRows` of a kind of your own.
    y
        Labels of the first points, shape (labelled,) or (labelled, outputs), given likewise; errors sum over outputs.
    method
        "ridge" or "least squares".
    n, N
        Labels of the teacher and pseudo-labels to plan for. By default the labels at hand (without labels twice the
        teacher's directions) and, for ridge, the other rows at hand, else all rows.
    penalty
        Ridge: alpha of |y - X b|^2 + alpha |b|^2, the same for all models; by default each model's best, by
        leave-one-out on the labels that it is trained on.
    classes
        Ridge: one column of labels names classes, and is fitted as one column for each.
    predictions, sigma2, drop
        Least squares: claims that state the risks (by default the installed paper's), the variance of the noise where
        it is known, and whether to accept constant and dependent columns, as ridge always does.
    held_out
        The number of points that errors will be measured on: bands are widened for what those points vary. By default
        errors are means over the whole population.
    explained
        The part of each model's variance (least squares: of its second moment) that the kept directions carry; 1 keeps
        all. By default 1 for ridge, 0.99 for least squares.
    seed, tell
        Of all draws; and called with a line of text on the progress of reading.
    workers, executor, memory
        Who reads all rows and sums their products: so many processes of this machine (one is this process), or any
        executor whose workers have this package and see the files. No digit depends on it. Sums of large files are kept
        in ``memory``, by default the store; a plan that is killed goes on from there.

    Raises :class:`~w2s_sym.forecast.reading.FeatureError` for bad features or labels, and for sizes that are too
    small; :class:`~w2s_sym.executors.running.ExecutorError` for workers that are lost.
    """
    return planned(psi_w, psi_s, y, method, options)


def planned(psi_w: Features, psi_s: Features, y: Features | None, method: Method, options: Options) -> RidgePlan | Plan:
    """As :func:`plan`, for labels and a method that are not known beforehand."""
    # Matrices are small: more threads wait for each other, and round products otherwise. Workers share the large sums.
    with threadpool_limits(limits=1):
        return _planned(psi_w, psi_s, y, method, options)


def _planned(
    psi_w: Features, psi_s: Features, y: Features | None, method: Method, options: Options
) -> RidgePlan | Plan:
    readers = Readers(options.get("workers", 1), options.get("executor"), options.get("memory"), options.get("tell"))
    if method not in get_args(Method):
        raise FeatureError(f"method={method!r}: needs one of {', '.join(get_args(Method))}")
    if y is not None and method == "ridge":
        if options.get("sigma2") is not None or options.get("predictions") is not None:
            raise FeatureError('sigma2 and predictions belong to method="least squares" (--least-squares)')
        if options.get("drop"):
            raise FeatureError('drop belongs to method="least squares" (--least-squares); ridge takes all columns')
        part = options.get("explained")
        return ridge_plan(
            psi_w,
            psi_s,
            y,
            n=options.get("n"),
            N=options.get("N"),
            penalty=options.get("penalty"),
            held_out=options.get("held_out"),
            explained=1.0 if part is None else part,
            classes=options.get("classes", False),
            seed=options.get("seed", 0),
            readers=readers,
        )
    if options.get("penalty") is not None or options.get("classes"):
        move = "which needs labels; give labels" if y is None else 'not to method="least squares" (--least-squares)'
        raise FeatureError(f"a penalty and classes belong to ridge, {move}")
    return _least_squares(psi_w, psi_s, y, readers, **options)


def _least_squares(
    psi_w: Features,
    psi_s: Features,
    y: Features | None,
    readers: Readers,
    *,
    predictions: Mapping[str, Claim] | None = None,
    n: int | None = None,
    N: int | None = None,
    sigma2: float | None = None,
    held_out: int | None = None,
    explained: float | None = None,
    drop: bool = False,
    seed: int = 0,
    **_: Any,
) -> Plan:
    """The plan of a paper's formulas; its arguments are those of :func:`plan`."""
    part = 0.99 if explained is None else explained
    claims = loading.predictions() if predictions is None else predictions
    raw = checked_pair(psi_w, psi_s)
    pair = features.whitened_pair(*raw, explained=part, drop=drop, seed=seed, readers=readers)
    d_w, d_s = pair.weak.dim, pair.strong.dim
    overlap = measure(pair, seed=seed)
    labels = Labels.of(label_array(y), pair, raw, seed, label_file(y)) if y is not None else None
    study = Study(
        pair=pair,
        overlap=overlap,
        formulas=RiskFormulas.of(claims, d_w, d_s),
        n=n if n is not None else len(labels.table) if labels is not None else 2 * d_w + 2,
        N=N if N is not None else pair.rows,
        sigma2=sigma2,
        held_out=held_out,
        seed=seed,
    )
    return bands.variance_plan(study) if labels is None else bands.risk_plan(study, labels)
