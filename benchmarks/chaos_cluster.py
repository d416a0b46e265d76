"""The ledger on a Dask cluster whose processes are killed meanwhile, beside the ledger on one process.

    OMP_NUM_THREADS=1 .venv/bin/python benchmarks/chaos_cluster.py [TARGET ...] [--effort quick] [--workers 3]
        [--every 20] [--plain FILE.json] [--folder DIR]

A scheduler and workers run on the loopback address, and ``w2s-sym verify --cluster`` on them, with an empty store.
Every 20 seconds a worker is killed (SIGKILL, with its cells) and another starts in its place; which one is drawn from a
seed. When half of the findings are there the scheduler is killed, too, and starts again with all its workers. Printed
are the kills and two comparisons:

1. The JSON, byte by byte but for the commit, beside that of ``verify --jobs 1`` with an empty store of its own.
   ``--plain`` names the JSON of such a run that was made before.
2. Findings that were made again after they were finished. The store is read ten times a second: a finding is a file, a
   file that is replaced was made again, and its record says how long that took. Only work that began after the first
   file was there counts; two workers that were at one finding at once, the first of them taken for dead, are counted
   apart.

Exit code 0 when both agree, 1 when one differs. An empty ``--folder`` keeps stores, JSON and logs for a look.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "executors"))
from clusters import LoopbackCluster

# Seconds between two looks at the store. File times and clocks differ by less than SLACK.
LOOK, SLACK = 0.1, 0.05


@dataclass
class Watch:
    """What appears in a store: for each finding when its file was first there, and what replaced it later."""

    store: Path
    seen: dict[Path, int] = field(default_factory=dict)
    others: set[Path] = field(default_factory=set)
    first: dict[Path, float] = field(default_factory=dict)
    again: list[str] = field(default_factory=list)
    at_once: list[str] = field(default_factory=list)

    def look(self) -> None:
        """Note the files that are new, and those that were replaced since the last look."""
        for folder in os.scandir(self.store):
            if not folder.is_dir():
                continue
            for file in os.scandir(folder.path):
                path = Path(file.path)
                if path not in self.others and file.name.endswith(".json"):
                    self._note(path, file.stat())

    def _note(self, path: Path, stat: os.stat_result) -> None:
        # A file is replaced in one step, by another one: the number of its inode or its time differs then.
        mark = hash((stat.st_ino, stat.st_mtime_ns))
        if self.seen.get(path) == mark:
            return
        record = json.loads(path.read_text())
        if not record["key"].endswith("/finding"):
            self.others.add(path)
            return
        self.seen[path] = mark
        if path not in self.first:
            self.first[path] = stat.st_mtime
            return
        took = float(record["value"]["seconds"])
        told = f"{path.parent.name}{path.name[:10]} ({record['value']['finding']['kind']}, {took:.1f} s)"
        (self.again if stat.st_mtime - took > self.first[path] + SLACK else self.at_once).append(told)


def verify(asked: argparse.Namespace, store: Path, out: Path, *how: str) -> subprocess.Popen[bytes]:
    """``w2s-sym verify`` of the targets, with a store of its own; what it says goes to a file beside ``out``."""
    store.mkdir()
    command = [sys.executable, "-m", "w2s_sym", "verify", *asked.target, "--effort", asked.effort, "--json", str(out)]
    with out.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(
            [*command, *how], env={**os.environ, "W2S_SYM_STORE": str(store)}, stdout=log, stderr=subprocess.STDOUT
        )


def chaos(asked: argparse.Namespace, folder: Path, out: Path) -> tuple[Watch, float]:
    """Run the ledger on a cluster and kill its processes; what the store saw, and the wall time in seconds."""
    store, draw = folder / "cluster-store", random.Random(asked.seed)
    # The cells of workers keep findings as soon as they are made: they have the store of the command.
    os.environ["W2S_SYM_STORE"] = str(store)
    started = time.monotonic()

    def tell(line: str) -> None:
        print(f"{time.monotonic() - started:7.1f} s  {line}", flush=True)

    (folder / "cluster").mkdir()
    with LoopbackCluster(folder / "cluster", workers=asked.workers, threads=1) as cluster:
        process = verify(asked, store, out, "--cluster", cluster.address)
        watch, due, whole = Watch(store), started + asked.every, True
        while process.poll() is None:
            time.sleep(LOOK)
            watch.look()
            if whole and 2 * len(watch.first) >= asked.findings:
                cluster.kill_scheduler()
                whole = False
                tell(f"the scheduler killed, with all workers, after {len(watch.first)} findings")
            elif time.monotonic() >= due:
                due += asked.every
                which = draw.randrange(asked.workers)
                cluster.kill_worker(which)
                tell(f"worker {which} killed, after {len(watch.first)} findings")
        watch.look()
    tell(f"verify ended with {process.returncode}, {len(watch.first)} findings in the store")
    if whole:
        sys.exit("the scheduler was not killed: there were fewer findings than --findings says; see the log")
    return watch, time.monotonic() - started


def findings_of(text: bytes) -> int:
    """The number of findings in the JSON of a run that are kept; those that were skipped are not."""
    ledger = json.loads(text)
    claims = [*ledger["claims"], *ledger["cited"]]
    return sum(finding["verdict"] != "SKIPPED" for claim in claims for finding in claim["evidence"])


def without_commit(text: bytes) -> bytes:
    """The JSON of a run without the name of the commit that it was made at: it names the checkout, and no finding."""
    return re.sub(rb'\n *"commit": [^\n]*', b"", text)


def main() -> int:
    parser = argparse.ArgumentParser(description="The ledger on a cluster whose processes are killed meanwhile.")
    parser.add_argument("target", nargs="*", help="what to verify (default: all papers)")
    parser.add_argument("--effort", default="quick")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--every", type=float, default=20.0, help="seconds from one killed worker to the next")
    parser.add_argument("--seed", type=int, default=0, help="of which worker is killed")
    parser.add_argument("--plain", type=Path, help="the JSON of verify --jobs 1 with the same targets and effort")
    parser.add_argument("--folder", type=Path, help="an empty folder that keeps stores, JSON and logs")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.folder or Path(temporary)
        folder.mkdir(exist_ok=True)
        plain = asked.plain or folder / "plain.json"
        if asked.plain is None:
            begun = time.monotonic()
            verify(asked, folder / "plain-store", plain, "--jobs", "1").wait()
            print(f"{time.monotonic() - begun:7.1f} s  one process ended")
        expected = plain.read_bytes()
        asked.findings = findings_of(expected)
        watch, wall = chaos(asked, folder, folder / "cluster.json")
        made = folder / "cluster.json"
        same = made.exists() and without_commit(made.read_bytes()) == without_commit(expected)
    print(f"JSON: {'the same bytes' if same else 'DIFFERS'} ({len(expected)} bytes, {wall:.0f} s on the cluster)")
    print(f"finished findings made again: {len(watch.again)} of {len(watch.first)} {'; '.join(watch.again[:5])}")
    print(f"findings that two workers were at, at once: {len(watch.at_once)} {'; '.join(watch.at_once[:5])}")
    return 0 if same and not watch.again and len(watch.first) == asked.findings else 1


if __name__ == "__main__":
    sys.exit(main())
