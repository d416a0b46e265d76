"""What the runs of all settings measured, as the essay reads it; made by

    python -m derivations.real_networks.record [--effort quick|standard|deep] [--jobs N] [-o FILE]

What is made is kept in the store, so that an interrupted run goes on. Settings whose data or library is
missing are written as skipped, with the reason.
"""

from __future__ import annotations

import argparse
import json
from multiprocessing import Process
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from derivations.real_networks.data import FILES, MissingDataError
from derivations.real_networks.evidence import RUNS, Experiment, measured, runs_of
from derivations.real_networks.settings import SETTINGS
from w2s_sym import Run, mean_and_error

RECORD = Path(__file__).with_name("record.json")


def recorded() -> dict[str, Any]:
    """The record that is shipped: seed, effort, hashes, and by subject what each setting measured."""
    found: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def rows(experiment: Experiment, run: Run) -> dict[str, Any]:
    """What one setting measured: for each name the mean over runs and its standard error, None where a run has none."""
    count = runs_of(experiment, run.effort)
    try:
        found = measured(experiment, count, run)
    except MissingDataError as problem:
        return {"setting": str(experiment), "skipped": str(problem)}
    means: dict[str, list[float | None]] = {}
    for name, values in found.items():
        mean, error = (float(v) for v in mean_and_error(values.astype(float)))
        means[name] = [round(v, 6) if np.isfinite(v) else None for v in (mean, error)]
    return {"setting": str(experiment), "runs": count, "means": means} | _differences(found)


def _differences(found: Any) -> dict[str, Any]:
    """Means of differences from training on the labels, which runs share: their errors are smaller than the means'."""
    base = next((name for name in ("truth", "labels") if name in found), None)
    if base is None:
        return {}
    out = {}
    for name in found:
        if name != base and not name.startswith(("excess", "predicted")):
            mean, error = (float(v) for v in mean_and_error(found[name] - found[base]))
            out[name] = [round(mean, 6), round(error, 6)]
    return {"differences": out}


def record(run: Run, jobs: int = 1) -> dict[str, Any]:
    """All settings by subject, with the seed and the hashes of the data; ``jobs`` processes make the runs."""
    every = [e for experiments in SETTINGS.values() for e in experiments]
    # Each goes through all settings from another one on. What is made is kept, and nobody waits for another but to end.
    starts = [len(every) * k // jobs for k in range(1, jobs)]
    helpers = [Process(target=_made, args=(every[at:] + every[:at], run)) for at in starts]
    for helper in helpers:
        helper.start()
    try:
        subjects = {subject: [rows(e, run) for e in experiments] for subject, experiments in SETTINGS.items()}
    finally:
        for helper in helpers:
            helper.kill()
            helper.join()
    data = {name: digest for name, (_, digest, _) in FILES.items()}
    return {"seed": run.seed, "effort": run.effort, "sha256": data, "subjects": subjects}


def _made(experiments: list[Experiment], run: Run) -> None:
    for experiment in experiments:
        rows(experiment, run)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--effort", choices=list(RUNS), default="quick")
    parser.add_argument(
        "--jobs", type=int, choices=range(1, 65), default=2, metavar="N", help="processes, 2 by default"
    )
    parser.add_argument("-o", type=Path, default=RECORD)
    options = parser.parse_args()
    with threadpool_limits(1):
        found = record(Run(options.effort, progress=print), options.jobs)
    options.o.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
