"""The script of the guide makes the job that it says, where dask-jobqueue is installed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "guide" / "cluster.md").read_text(encoding="utf-8")


def script() -> str:
    (code,) = re.findall(r"```py\n(.*?)```", PAGE, flags=re.DOTALL)
    return str(code)


def test_the_script_is_python() -> None:
    compile(script(), "slurm_plan.py", "exec")


@pytest.mark.filterwarnings("ignore")  # what Dask says of ports and of its own parts
def test_slurm_gets_the_job_that_the_guide_describes() -> None:
    pytest.importorskip("dask_jobqueue", reason="needs dask-jobqueue: pip install dask-jobqueue")
    page: dict[str, Any] = {"__name__": "slurm_plan"}
    exec(compile(script(), "slurm_plan.py", "exec"), page)
    import dask

    with dask.config.set({"distributed.scheduler.dashboard.active": False}):
        cluster = page["slurm"]()
    with cluster:
        job = cluster.job_script()
    for line in ("#SBATCH -p normal", "#SBATCH -A my_project", "#SBATCH --cpus-per-task=4", "#SBATCH -t 04:00:00"):
        assert line in job.splitlines()
    assert "export W2S_SYM_STORE=$SCRATCH/w2s OMP_NUM_THREADS=1" in job.splitlines()
    assert "--nthreads 4" in job
    assert "--lifetime 230m" in job
