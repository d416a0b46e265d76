"""The script that compares two records of the ledger sees every difference but those of versions and commit."""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import same_findings

RECORD: dict[str, Any] = {
    "ok": True,
    "claims": [{"id": "p/a", "holds": True, "evidence": [{"detail": {"z": 1.5, "points": [1, 2]}, "refuted": [0]}]}],
    "versions": {"numpy": "1"},
    "commit": "abc",
}


def changed(**more: Any) -> dict[str, Any]:
    return {**copy.deepcopy(RECORD), **more}


def test_versions_and_commit_are_set_aside() -> None:
    assert list(same_findings.differences(RECORD, changed(versions={}, commit=None))) == []


@pytest.mark.parametrize("path", ["ok", "holds", "z", "points", "longer", "refuted", "missing", "claim", "type"])
def test_every_other_difference_is_seen(path: str) -> None:
    after = changed()
    claim = after["claims"][0]
    detail = claim["evidence"][0]["detail"]
    match path:
        case "ok":
            after["ok"] = False
        case "holds":
            claim["holds"] = False
        case "z":
            detail["z"] = 1.5000000000000002
        case "points":
            detail["points"][1] = 3
        case "longer":
            detail["points"].append(3)
        case "refuted":
            claim["evidence"][0]["refuted"] = []
        case "missing":
            del detail["z"]
        case "claim":
            after["claims"] = []
        case "type":
            detail["z"] = "1.5"
    assert len(list(same_findings.differences(RECORD, after))) == 1


def test_fewer_digits_let_roundings_pass_and_nothing_else() -> None:
    after = changed()
    after["claims"][0]["evidence"][0]["detail"]["z"] = 1.5 * (1 + 1e-12)
    assert list(same_findings.differences(RECORD, after, digits=9)) == []
    after["claims"][0]["evidence"][0]["detail"]["z"] = 1.5 * (1 + 1e-6)
    assert len(list(same_findings.differences(RECORD, after, digits=9))) == 1


def test_the_command_says_which(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text(json.dumps(RECORD))
    other.write_text(json.dumps(changed(ok=False)))
    assert same_findings.main([str(one), str(one)]) == 0
    assert same_findings.main([str(one), str(other)]) == 1
    assert "/ok: True before, False after" in capsys.readouterr().out
