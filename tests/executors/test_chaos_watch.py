"""The watch of ``benchmarks/chaos_cluster.py`` sees findings that are made again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from w2s_sym.store.disk import Store

sys.path.insert(0, str(Path(__file__).parents[2] / "benchmarks"))
from chaos_cluster import Watch, findings_of, without_commit


def keep(store: Store, name: str, seconds: float, at: float) -> None:
    """Keep a finding that took so long and was ready at a time."""
    store.put(f"{name}/finding", {"finding": {"kind": "simulation"}, "seconds": seconds, "run": "r"})
    (path,) = (p for p in store.root.rglob("*.json") if f'"{name}/finding"' in p.read_text())  # type: ignore[union-attr]
    os.utime(path, (at, at))


def test_what_is_made_again_is_seen(tmp_path: Path) -> None:
    store = Store(tmp_path)
    watch = Watch(tmp_path)
    store.put("seconds/a", 3.0)  # no finding
    keep(store, "a", 5.0, at=1000)
    keep(store, "b", 5.0, at=1000)
    watch.look()
    watch.look()
    assert (len(watch.first), watch.again, watch.at_once) == (2, [], [])
    keep(store, "a", 5.0, at=1003)  # begun at 998: another worker was at it when the first was ready
    keep(store, "b", 5.0, at=1006)  # begun at 1001
    watch.look()
    assert len(watch.at_once) == len(watch.again) == 1
    assert "simulation, 5.0 s" in watch.again[0]


def test_only_the_commit_may_differ() -> None:
    text = b'{\n  "claims": [{"evidence": [{"verdict": "AGREES"}, {"verdict": "SKIPPED"}]}],\n  "cited": [],'
    one, other = (text + b'\n  "commit": "%b"\n}\n' % name for name in (b"a", b"b-dirty"))
    assert without_commit(one) == without_commit(other)
    assert without_commit(one) != without_commit(other.replace(b"AGREES", b"REFUTED"))
    assert findings_of(one) == 1
