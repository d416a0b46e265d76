"""Principal coordinates: moments of all rows, which rows are held, and features without any refusal."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from w2s_sym.forecast import coordinates as module
from w2s_sym.forecast import moments
from w2s_sym.forecast.coordinates import coordinates


def test_moments_are_those_of_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moments, "BLOCK_ROWS", 7)
    rng = np.random.default_rng(0)
    strong = rng.standard_normal((100, 5)) + 1e5
    weak = strong[:, :3] * [1, 2, 3] + rng.standard_normal((100, 3))
    held = coordinates(weak, strong, 20)
    assert held.weak.lam == pytest.approx(np.linalg.eigvalsh(np.cov(weak.T, bias=True))[::-1], rel=1e-7)
    assert held.population.cross == pytest.approx(held.x_s.T @ held.x_w / 100, abs=1e-7)
    assert held.x_w.T @ held.x_w / 100 == pytest.approx(np.diag(held.population.lam_w), abs=1e-7)
    assert list(held.index) == list(range(100))


def test_labelled_rows_come_first_when_some_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "HELD_ROWS", 40)
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 3))
    for labelled, held_labels in ((10, 10), (100, 20), (195, 35), (200, 40)):
        held = coordinates(x, x, labelled)
        assert (held.labelled, len(held.index)) == (held_labels, 40)
        assert (held.index[:held_labels] < labelled).all()
        assert (held.index[held_labels:] >= labelled).all()
        assert len(set(held.index)) == 40


def test_leading_directions_carry_their_part() -> None:
    x = np.random.default_rng(0).standard_normal((5000, 3)) * [10, 1, 0.01]
    held = coordinates(x, x, 10)
    assert [held.weak.directions(part) for part in (0.5, 0.995, 0.99999, 1.0)] == [1, 2, 2, 3]
    few = held.leading(0.995)
    assert few.x_w.shape == (5000, 2)
    assert few.population.cross.shape == (2, 2)


def test_mapped_files_are_read(tmp_path: Path) -> None:
    x = np.random.default_rng(0).standard_normal((50, 4)).astype(np.float32)
    np.save(tmp_path / "x.npy", x)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    private = np.load(tmp_path / "x.npy", mmap_mode="c")
    private[0, 0] = 7.0
    assert coordinates(mapped, mapped, 10).x_w == pytest.approx(coordinates(x, x, 10).x_w)
    coordinates(private, private, 10)
    assert private[0, 0] == 7.0  # what was written to a private copy is not given back
