"""What is finished is kept: interruptions, killed workers, changed definitions, and no chunk worked out twice."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from swept import calls, same, write_claims, write_risks

from w2s_sym import Sweep, SweepError, read_sweep, sweep
from w2s_sym.papers.board import Event
from w2s_sym.sweeps import chunks, sweeping

CELLS = 24


@pytest.fixture(autouse=True)
def _one_cell_a_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "DRAWS_OF_CHUNK", 1)


def toml(folder: Path, draws: int = 6, seed: int = 0) -> Path:
    path = folder / "squares.toml"
    path.write_text(
        f"seed = {seed}\n[axes]\nk = {{ from = 1, to = {CELLS}, step = 1 }}\n[values]\ns = 2.5\n"
        f'[columns.mean]\nsimulation = "squares.py::mean_of_squares"\ndraws = {draws}\n'
        '[columns.law]\nformula = "squares.py::mean_of_squares"\n',
        encoding="utf-8",
    )
    return path


def swept(path: Path, folder: Path, **options: Any) -> tuple[Sweep, list[str]]:
    lines: list[str] = []
    return sweep(path, folder, **{"jobs": 1, "told": lines.append, **options}), lines


def interrupting(after: int) -> Callable[[Event], None]:
    def progress(event: Event) -> None:
        if event.done == after:
            raise KeyboardInterrupt

    return progress


def test_an_interrupted_sweep_goes_on_and_repeats_no_finished_chunk(tmp_path: Path) -> None:
    write_claims(tmp_path)
    whole, _ = swept(toml(tmp_path), tmp_path / "whole")
    made = calls(tmp_path)
    assert len(made) == len(set(made)) == CELLS
    with pytest.raises(KeyboardInterrupt):
        swept(toml(tmp_path), tmp_path / "out", progress=interrupting(10))
    with pytest.raises(SweepError, match="is not finished; run the same command again"):
        read_sweep(tmp_path / "out")
    before = len(calls(tmp_path)) - CELLS
    assert before >= 10
    resumed, lines = swept(toml(tmp_path), tmp_path / "out")
    # One chunk may have been at work, and unfinished, when it was interrupted.
    assert CELLS <= len(calls(tmp_path)) - CELLS <= CELLS + 1
    assert lines == []
    same(resumed, whole)
    same(read_sweep(tmp_path / "out"), whole)


def test_a_finished_sweep_is_read_and_not_made_again(tmp_path: Path) -> None:
    write_claims(tmp_path)
    one, _ = swept(toml(tmp_path), tmp_path / "out")
    events: list[Event] = []
    same(swept(toml(tmp_path), tmp_path / "out", progress=events.append)[0], one)
    assert len(calls(tmp_path)) == CELLS
    assert all(event.recalled for event in events)
    assert events[-1].done == events[-1].total == CELLS + 1
    same(swept(toml(tmp_path), tmp_path / "out", fresh=True)[0], one)
    assert len(calls(tmp_path)) == 2 * CELLS


@pytest.mark.parametrize("change", ["draws", "seed", "source"])
def test_what_changed_starts_afresh_and_says_so(tmp_path: Path, change: str) -> None:
    claims = write_claims(tmp_path)
    one, _ = swept(toml(tmp_path), tmp_path / "out")
    options = {"draws": {"draws": 7}, "seed": {"seed": 1}}.get(change, {})
    if change == "source":
        claims.write_text(claims.read_text().replace('return point["s"]', 'return 2 * point["s"]'))
    other, lines = swept(toml(tmp_path, **options), tmp_path / "out")
    assert len(calls(tmp_path)) == 2 * CELLS
    (line,) = lines
    assert "starts afresh" in line
    assert (other.columns["mean"] != one.columns["mean"]).all()
    # What was kept of the first definition still stands.
    claims = write_claims(tmp_path)
    same(swept(toml(tmp_path), tmp_path / "out")[0], one)
    assert len(calls(tmp_path)) == 2 * CELLS


def test_titles_change_no_digit_and_nothing_is_made_again(tmp_path: Path) -> None:
    write_claims(tmp_path)
    path = toml(tmp_path)
    one, _ = swept(path, tmp_path / "out")
    path.write_text('title = "Squares"\n' + path.read_text() + 'unit = "bits"\n')
    other, lines = swept(path, tmp_path / "out")
    same(other, one)
    assert (other.about["title"], lines, len(calls(tmp_path))) == ("Squares", [], CELLS)


def test_a_damaged_chunk_is_made_again(tmp_path: Path) -> None:
    write_claims(tmp_path)
    one, _ = swept(toml(tmp_path), tmp_path / "out")
    kept = sorted((tmp_path / "out" / "chunks").rglob("*.json"))
    assert len(kept) == CELLS + 1
    kept[0].write_text(kept[0].read_text()[:-20])
    same(swept(toml(tmp_path), tmp_path / "out")[0], one)
    assert len(calls(tmp_path)) <= CELLS + 1


def test_killed_workers_cost_no_cell_and_change_no_digit(tmp_path: Path) -> None:
    write_claims(tmp_path, pause=0.02)
    whole, _ = swept(toml(tmp_path), tmp_path / "whole")
    made, killed = len(calls(tmp_path)), []

    def progress(event: Event) -> None:
        if event.done in (5, 9, 14):
            victim = multiprocessing.active_children()[0]
            os.kill(victim.pid or 0, signal.SIGKILL)
            killed.append(victim.pid)

    found, lines = swept(toml(tmp_path), tmp_path / "out", jobs=2, progress=progress)
    assert len(killed) == 3
    assert lines == []
    same(found, whole)
    assert len(calls(tmp_path)) - made <= CELLS + 3


def test_a_chunk_that_dies_each_time_is_missing_with_the_reason(tmp_path: Path) -> None:
    claims = write_claims(tmp_path)
    text = claims.read_text().replace(
        "    time.sleep", "    if point['k'] == 3:\n        import os\n        os.kill(os.getpid(), 9)\n    time.sleep"
    )
    claims.write_text(text)
    found, lines = swept(toml(tmp_path), tmp_path / "out")
    assert calls(tmp_path).count("3 2.5") == sweeping.TRIES_OF_CHUNK
    assert [i for i, why in enumerate(found.missing) if why] == [2]
    assert "signal 9" in found.missing[2]
    assert lines == [f"1 chunks gave no values: {found.missing[2].removeprefix('mean: ')}"]
    assert not found.about["complete"]
    write_claims(tmp_path)


def test_a_chunk_beyond_its_budget_is_tried_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One cell takes all the time there is: the others of its chunk have their values, and it has the reason."""
    from w2s_sym.claims.budget import BUDGETS, Budget

    monkeypatch.setattr(chunks, "DRAWS_OF_CHUNK", 12 * 6)
    monkeypatch.setitem(BUDGETS, "quick", Budget(2, 1500))
    claims = write_claims(tmp_path)
    text = claims.read_text().replace("    time.sleep", "    while point['k'] == 3:\n        pass\n    time.sleep")
    claims.write_text(text)
    found, _ = swept(toml(tmp_path), tmp_path / "out")
    assert [i for i, why in enumerate(found.missing) if why] == [2]
    assert found.missing[2].startswith("mean: ran out of its 2 s of processor time; give a larger effort")


def test_two_sweeps_in_one_folder_are_never_taken_for_one(tmp_path: Path) -> None:
    """A second sweep is started and ends while the first is at work: the first says so, and the second stands."""
    write_claims(tmp_path)
    one, other = toml(tmp_path), tmp_path / "other"
    other.mkdir()
    write_claims(other)
    second: list[Sweep] = []

    def progress(event: Event) -> None:
        if event.done == 3:
            second.append(swept(toml(other, seed=1), tmp_path / "out")[0])

    with pytest.raises(SweepError, match="another sweep was started in it meanwhile; choose another folder"):
        swept(one, tmp_path / "out", progress=progress)
    same(read_sweep(tmp_path / "out"), second[0])
    assert swept(one, tmp_path / "out")[0].about["seed"] == 0


def test_a_table_beside_the_sidecar_of_another_is_refused(tmp_path: Path) -> None:
    """Two commands that end at the same time may leave the table of one and the sidecar of the other."""
    write_claims(tmp_path)
    swept(toml(tmp_path), tmp_path / "out")
    name = swept(toml(tmp_path, seed=1), tmp_path / "two")[0].about["table"]
    (tmp_path / "out" / name).write_bytes((tmp_path / "two" / name).read_bytes())
    with pytest.raises(SweepError, match=r"it is not the one that sweep.json speaks of\); remove it"):
        read_sweep(tmp_path / "out")


def test_a_folder_that_is_full_says_what_it_means(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from w2s_sym.store import disk

    write_claims(tmp_path)

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    disk.complain.cache_clear()
    monkeypatch.setattr(disk, "write_atomically", full)
    made = swept(toml(tmp_path), tmp_path / "out")[0]
    assert np.isfinite(made.columns["mean"]).all()
    said = capsys.readouterr().err
    assert "finished chunks are not kept any more; make room" in said
    assert "W2S_SYM_STORE" not in said


# -- the command ----------------------------------------------------------------------------------------------


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path, command: Callable[..., subprocess.Popen[str]]) -> None:
    write_claims(tmp_path, pause=0.4)
    write_risks(tmp_path)
    path = toml(tmp_path, draws=2000)
    process = command("sweep", path, "-o", "out", "--workers", 1, OMP_NUM_THREADS="1")
    end = time.monotonic() + 120
    while len(calls(tmp_path)) < 4 and time.monotonic() < end:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 130, said
    assert "what is finished is kept, and the same command goes on from there" in said
    assert "Traceback" not in said
    before = calls(tmp_path)
    assert 4 <= len(before) < 2 * CELLS
    write_claims(tmp_path, pause=0.4)  # the same text: the sources count by content, not by time
    found, lines = swept(path, tmp_path / "out", jobs=2)
    assert lines == []
    # 2000 draws are two calls; those of the cell that was at work when it was interrupted come again.
    assert 2 * CELLS <= len(calls(tmp_path)) <= 2 * CELLS + 2
    assert found.about["complete"]


def test_chunks_are_kept_by_their_content_in_any_process(tmp_path: Path) -> None:
    """The key of a chunk is the same whatever the hash seed of the process: a new process repeats nothing."""
    write_risks(tmp_path)
    (tmp_path / "r.toml").write_text(
        '[axes]\nlam = [0.1, 1]\n[values]\nn = 4\nsigma2 = 1\nSigma = { spectrum = "isotropic:p=3" }\n'
        'beta = { each = 1 }\n[columns.risk]\nequivalent = "risks.py::RIDGE"\n'
    )
    names = []
    for seed in ("1", "2"):
        code = "import sys; from w2s_sym import sweep; sweep('r.toml', 'out', jobs=1)"
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[2])},
            check=True,
        )
        names.append(sorted(p.name for p in (tmp_path / "out" / "chunks").rglob("*.json")))
    assert names[0] == names[1]
    assert len(names[0]) == 1


@pytest.mark.slow
def test_a_cluster_whose_workers_are_killed_gives_the_same_table(tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="needs the extra cluster: pip install 'w2s-sym[cluster]'")
    import threading

    sys.path.insert(0, str(Path(__file__).parents[1] / "executors"))
    from clusters import LoopbackCluster

    from w2s_sym.executors.cluster import Cluster

    write_claims(tmp_path, pause=0.5)
    whole, _ = swept(toml(tmp_path), tmp_path / "whole", jobs=2)
    with LoopbackCluster(tmp_path, workers=2, threads=1) as cluster:
        killers: list[threading.Thread] = []

        def progress(event: Event) -> None:
            if event.done in (5, 12):
                killers.append(threading.Thread(target=cluster.kill_worker, args=(len(killers) % 2,)))
                killers[-1].start()

        found, _ = swept(toml(tmp_path), tmp_path / "out", executor=Cluster(cluster.address), progress=progress)
        for killer in killers:
            killer.join()
    assert len(killers) == 2
    same(found, whole)
    assert 2 * CELLS <= len(calls(tmp_path)) <= 2 * CELLS + 4
