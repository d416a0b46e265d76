"""Findings on disk: what is kept comes back, what is damaged does not, and what cannot be kept is no drama."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy as sp

from w2s_sym.claims.run import Scoped
from w2s_sym.store import disk as module
from w2s_sym.store.disk import Fresh, Store, plain, store_root, write_atomically


def files(root: Path) -> list[Path]:
    return sorted(p for p in root.rglob("*") if p.is_file())


def test_what_was_put_comes_back(tmp_path: Path) -> None:
    Store(tmp_path).put("a", {"numbers": (1, 2.5, np.float64(0.25)), "flag": True, "none": None, "text": "é"})
    assert Store(tmp_path).get("a") == {"numbers": [1, 2.5, 0.25], "flag": True, "none": None, "text": "é"}
    assert Store(tmp_path).get("b") is None


def test_plain_values_survive_json_and_others_are_named() -> None:
    value = {1: float("inf"), "r": sp.Rational(1, 3), "i": sp.Integer(7), "a": np.arange(2), "b": np.bool_(True)}
    assert plain(value) == {"1": "inf", "r": "1/3", "i": 7, "a": [0, 1], "b": True}
    assert json.loads(json.dumps(plain(value), allow_nan=False)) == plain(value)
    with pytest.raises(TypeError, match="object is no plain JSON value"):
        plain({"a": [object()]})


def test_a_truncated_file_counts_as_absent_at_every_length(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("a", {"verdict": "PROVED", "n": 12})
    (path,) = files(tmp_path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        assert store.get("a") is None
    path.write_bytes(whole)
    assert store.get("a") == {"verdict": "PROVED", "n": 12}


def test_a_damaged_value_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("a", {"verdict": "REFUTED"})
    (path,) = files(tmp_path)
    path.write_text(path.read_text().replace("REFUTED", "AGREES"))
    assert store.get("a") is None
    for junk in (b"", b"\xff\xfe", b"[]", b"null", b'{"key": "a"}', b"[" * 100_000):
        path.write_bytes(junk)
        assert store.get("a") is None


def test_a_file_under_another_key_counts_as_absent(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("a", 1)
    (first,) = files(tmp_path)
    store.put("b", 2)
    (second,) = (p for p in files(tmp_path) if p != first)
    second.write_bytes(first.read_bytes())
    assert store.get("b") is None


def test_a_write_that_fails_leaves_the_old_value_and_no_debris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "value.json"
    write_atomically(path, "old")

    def refuse(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match="no space"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert files(tmp_path) == [path]


def test_an_unwritable_place_warns_once_and_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    said: list[str] = []
    store = Store(tmp_path / "file" / "store", warn=said.append)
    store.put("a", 1)
    store.put("b", 2)
    assert store.get("a") is None
    assert len(said) == 1
    assert "are not kept" in said[0]
    assert "W2S_SYM_STORE" in said[0]


def test_a_disk_that_fills_up_warns_once_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    store = Store(tmp_path, warn=said.append)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "write_atomically", refuse)
    store.put("a", 1)
    store.put("b", 2)
    assert len(said) == 1
    assert "no space left" in said[0]


def test_where_findings_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("W2S_SYM_STORE", str(tmp_path / "mine"))
    assert store_root() == tmp_path / "mine"
    monkeypatch.delenv("W2S_SYM_STORE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert store_root() == tmp_path / "cache" / "w2s-sym"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert store_root() == tmp_path / ".cache" / "w2s-sym"


def test_scopes_are_apart_and_fresh_reads_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    Scoped(store, "one").put("batch", 1)
    assert Scoped(store, "one").get("batch") == 1
    assert Scoped(store, "two").get("batch") is None
    fresh = Fresh(store)
    assert fresh.get("one/batch") is None
    fresh.put("one/batch", 3)
    assert Scoped(store, "one").get("batch") == 3


def test_a_tilde_in_the_chosen_folder_is_the_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("W2S_SYM_STORE", "~/kept")
    assert store_root() == tmp_path / "kept"
    Store().put("key", 1)
    assert [p.name for p in tmp_path.iterdir()] == ["kept"]


# -- object storage -------------------------------------------------------------------------------------------


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A store in a bucket that lives in memory; gives fsspec's file system."""
    fsspec = pytest.importorskip("fsspec", reason="needs the extra cluster: pip install 'w2s-sym[cluster]'")
    monkeypatch.setenv("W2S_SYM_STORE", "memory://findings/of/mine")
    files = fsspec.filesystem("memory")
    yield files
    files.rm("/findings", recursive=True)


def test_a_bucket_gives_back_what_was_put(bucket: Any) -> None:
    before = set(bucket.find("/"))
    Store().put("a", {"verdict": "PROVED", "text": "é"})
    assert Store().get("a") == {"verdict": "PROVED", "text": "é"}
    assert Store().get("b") is None
    put = set(bucket.find("/")) - before
    assert put
    assert all(name.startswith("/findings/of/mine") for name in put)


def test_what_is_damaged_in_a_bucket_counts_as_absent(bucket: Any) -> None:
    Store().put("a", {"verdict": "REFUTED"})
    (name,) = [n for n in bucket.find("/findings") if n.endswith(".json")]
    whole = bucket.cat_file(name)
    for length in range(len(whole)):
        bucket.pipe_file(name, whole[:length])
        assert Store().get("a") is None
    bucket.pipe_file(name, whole.replace(b"REFUTED", b"AGREES"))
    assert Store().get("a") is None


@pytest.mark.parametrize("address", ["nowhere://bucket", "file:///tmp/findings", "://"])
def test_a_bucket_that_cannot_be_used_is_said_once(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    pytest.importorskip("fsspec", reason="needs the extra cluster: pip install 'w2s-sym[cluster]'")
    monkeypatch.setenv("W2S_SYM_STORE", address)
    said: list[str] = []
    store = Store(warn=said.append)
    store.put("a", 1)
    assert store.get("a") is None
    assert len(said) == 1
    assert f"cannot write {address}" in said[0]
