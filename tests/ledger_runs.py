"""Runs of the ledger on a file of toy claims: what several test files ask of them."""

from __future__ import annotations

import json
from pathlib import Path

from w2s_sym.papers.ledger import LedgerRun, verify_all
from w2s_sym.papers.loading import resolve
from w2s_sym.report.ledger_text import ledger_json
from w2s_sym.store.disk import Store


def check(path: Path, **options: object) -> LedgerRun:
    """Verify a file of claims, with the test's own store."""
    return verify_all(resolve([str(path)]), memory=Store(), **options)  # type: ignore[arg-type]


def count(path: Path) -> int:
    """How often evidence really worked."""
    file = path.parent / "count"
    return len(file.read_text().splitlines()) if file.exists() else 0


def findings(outcome: LedgerRun) -> str:
    """All that is found, as one text."""
    return json.dumps(ledger_json(outcome)["claims"])
