"""What the evidence of every claim costs in two checkouts, side by side.

    python benchmarks/bench_verify.py BEFORE AFTER [--effort quick] [--every 1] [--most 20] [TEXT ...]

BEFORE and AFTER are folders of checkouts, each with its own ``.venv``. Both load the ledger once, in one process each;
then the claims that both have are checked in turn, first here and then there, and nothing is stored or read. Printed
are the seconds of user time, the claims that changed most, and the ratio. A TEXT keeps the claims whose id has it;
``--every 5`` takes every fifth claim.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

# The worker reads an id a line, and answers with the user time of all evidence of that claim. It uses nothing of the
# package but what both checkouts have.
WORKER = """
import importlib, json, os, pkgutil, sys
import derivations
from w2s_sym import Claim, Run
loaded = (importlib.import_module(m.name) for m in pkgutil.walk_packages(derivations.__path__, "derivations."))
claims = {c.id: c for module in loaded for c in vars(module).values() if isinstance(c, Claim)}
print(json.dumps([sorted(claims), os.times().user]), flush=True)
for line in sys.stdin:
    claim, start = claims[line.strip()], os.times().user
    for k, evidence in enumerate(claim.evidence):
        try:
            evidence.check(claim, Run(effort=sys.argv[1]).under(claim.id, k))
        except Exception as problem:
            print(f"{claim.id}: {problem}", file=sys.stderr)
    print(json.dumps(os.times().user - start), flush=True)
"""


class Checkout:
    """A process that checks claims of one checkout: ``claims`` are their ids, ``loading`` the seconds to load them."""

    def __init__(self, folder: Path, effort: str) -> None:
        python = folder / ".venv" / "bin" / "python"
        if not python.exists():
            sys.exit(f"{folder}: no .venv/bin/python; run make there first")
        alone = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(folder)}
        self._process = subprocess.Popen(
            [python, "-c", WORKER, effort], cwd=folder, env=alone, stdin=-1, stdout=-1, text=True
        )
        self.claims, self.loading = self._answer()

    def seconds(self, claim: str) -> float:
        """User time of all evidence of one claim."""
        assert self._process.stdin is not None
        print(claim, file=self._process.stdin, flush=True)
        return float(self._answer())

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


def main() -> None:
    parser = argparse.ArgumentParser(description="Seconds of user time of the evidence of every claim, side by side.")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("text", nargs="*")
    parser.add_argument("--effort", default="quick")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--most", type=int, default=20)
    asked = parser.parse_args()
    one, two = (Checkout(folder.resolve(), asked.effort) for folder in (asked.before, asked.after))
    shared = [c for c in one.claims if c in set(two.claims) and all(text in c for text in asked.text)]
    times = {c: (one.seconds(c), two.seconds(c)) for c in shared[:: asked.every]}
    for c in sorted(times, key=lambda c: -abs(times[c][1] - times[c][0]))[: asked.most]:
        print(f"{times[c][0]:8.2f} {times[c][1]:8.2f}  {c}")
    before, after = (sum(t[k] for t in times.values()) for k in (0, 1))
    print(f"{one.loading:8.2f} {two.loading:8.2f}  loading all papers")
    print(f"{before:8.2f} {after:8.2f}  {len(times)} claims, ratio {after / before:.3f}")


if __name__ == "__main__":
    main()
