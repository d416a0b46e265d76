"""Feature matrices: what is read, what is kept of it, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from w2s_sym import overlap
from w2s_sym.forecast import features, moments
from w2s_sym.forecast.features import whitened_pair
from w2s_sym.forecast.reading import FeatureError, as_rows


def draw(rows: int = 400, d_w: int = 6, d_s: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((rows, d_w)) * np.arange(1, d_w + 1), rng.standard_normal((rows, d_s)) + 1


def test_kept_directions_are_whitened_on_all_rows() -> None:
    weak, strong = draw()
    found = whitened_pair(weak, strong, explained=1)
    for psi in (found.psi_w, found.psi_s):
        assert np.allclose(psi.T @ psi / len(weak), np.eye(psi.shape[1]), atol=1e-10)
    assert np.allclose(found.psi_s.T @ found.psi_w / len(weak), found.cross, atol=1e-12)


def test_chunks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    weak, strong = draw()
    whole = whitened_pair(weak, strong)
    monkeypatch.setattr(moments, "BLOCK_ROWS", 7)
    parts = whitened_pair(weak, strong)
    assert np.allclose(np.abs(whole.cross), np.abs(parts.cross), atol=1e-10)
    monkeypatch.setattr(features, "SAMPLE", 100)
    some = whitened_pair(weak, strong)
    assert len(some.index) == len(some.psi_w) == 100
    assert np.allclose(some.psi_w, whole.psi_w[some.index])


@pytest.mark.parametrize(("explained", "dim"), [(0.5, 1), (0.79, 2), (0.81, 3), (1, 3)])
def test_the_intrinsic_dimension_is_the_least_that_carries_the_trace(explained: float, dim: int) -> None:
    """Orthogonal columns with second moments 50, 30 and 20: one carries half, two 80 %."""
    columns = np.linalg.qr(np.random.default_rng(1).standard_normal((200, 3)))[0] * np.sqrt([50, 30, 20])
    found = whitened_pair(columns, draw(200)[1], explained=explained)
    assert found.weak.dim == dim
    assert found.weak.share == pytest.approx([0.5, 0.8, 1.0][dim - 1])


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.int64, bool])
def test_real_numbers_of_any_kind_are_read(kind: type) -> None:
    weak = np.random.default_rng(0).integers(0, 2, (300, 4)).astype(kind)
    assert whitened_pair(np.asfortranarray(weak), draw(300)[1]).weak.dim == 4


def refused(weak: object, strong: object, **options: object) -> str:
    with pytest.raises(FeatureError) as caught:
        whitened_pair(weak, strong, **options)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_bad_features_are_refused_with_the_place_and_the_next_move() -> None:
    weak, strong = draw()
    assert "400 rows, strong features 399" in refused(weak, strong[1:])
    for bad in (np.nan, np.inf):
        spoiled = strong.copy()
        spoiled[37, 2] = bad
        assert "at row 37, column 2" in refused(weak, spoiled)
    constant = weak.copy()
    constant[:, 3] = 2
    assert "column 3 is constant" in refused(constant, strong)
    dependent = weak.copy()
    dependent[:, 0] = dependent[:, 1] - 3 * dependent[:, 2]
    assert "rank 5 of 6" in refused(dependent, strong)
    for message in (refused(constant, strong), refused(dependent, strong)):
        assert "pass drop" in message
    assert "shape (400,)" in refused(weak[:, 0], strong)
    assert "complex" in refused(weak * 1j, strong)
    assert "needs more rows" in refused(weak[:10], strong[:10])
    assert "explained=0" in refused(weak, strong, explained=0)
    assert "scale them down" in refused(weak * 1e200, strong)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("once", [1.0, 1e-9, 1e30])
def test_a_row_that_is_a_direction_alone_is_refused(once: float) -> None:
    """Without it the direction is gone, and with it the plug-in of the others: no jackknife has a value there."""
    weak, strong = draw()
    for side in ("weak", "strong"):
        pair = {"weak": weak, "strong": strong}
        pair[side] = np.hstack([pair[side], np.where(np.arange(400) == 123, once, 0.0)[:, None]])
        assert f"{side} features: row 123 alone carries a direction" in refused(**pair, explained=1)
        with pytest.raises(FeatureError, match="row 123 alone"):
            overlap(*pair.values(), explained=1)
    spread = np.hstack([weak, np.where(np.arange(400) < 2, once, 0.0)[:, None]])
    assert overlap(spread, strong, explained=1).d_w == 7


def test_what_is_dropped_leaves_the_rest_as_it_is() -> None:
    weak, strong = draw()
    more = np.hstack([weak, np.ones((400, 1)), weak[:, :1] + weak[:, 1:2]])
    kept = whitened_pair(more, strong, explained=1, drop=True)
    assert (kept.weak.rank, kept.weak.dim, kept.weak.columns) == (6, 6, 8)
    plain = whitened_pair(weak, strong, explained=1)
    values = [np.linalg.svd(p.cross, compute_uv=False) for p in (kept, plain)]
    assert np.allclose(*values, atol=1e-8)


def test_files_that_are_no_arrays_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "good.npy", draw()[0])
    assert as_rows(str(tmp_path / "good.npy"), "weak features").shape == (400, 6)
    (tmp_path / "text.npy").write_text("1 2 3")
    (tmp_path / "cut.npy").write_bytes((tmp_path / "good.npy").read_bytes()[:300])
    (tmp_path / "empty.npy").write_bytes(b"")
    np.save(tmp_path / "pickle.npy", np.array([{}], dtype=object), allow_pickle=True)
    np.savez(tmp_path / "several.npz", a=draw()[0], b=draw()[1])
    np.savez(tmp_path / "one.npz", a=draw()[0])
    assert (as_rows(tmp_path / "one.npz", "weak features").take(np.arange(400)) == draw()[0]).all()
    for name in ("text.npy", "cut.npy", "empty.npy", "pickle.npy", "several.npz", "absent.npy", "."):
        with pytest.raises(FeatureError, match="weak features: "):
            as_rows(str(tmp_path / name), "weak features")


def shared() -> tuple[np.ndarray, np.ndarray]:
    """Strong features, and weak ones that share three columns with them."""
    rng = np.random.default_rng(0)
    strong = rng.standard_normal((2000, 12))
    return np.hstack([strong[:, :3], rng.standard_normal((2000, 4))]), strong


@pytest.mark.parametrize("scale", [1e-6, 1e-9, 1.0, 1e9])
def test_every_direction_is_kept_when_all_are_to_be_whatever_its_units(scale: float) -> None:
    weak, strong = shared()
    pair = whitened_pair(weak * np.r_[scale, np.ones(6)], strong, explained=1)
    assert pair.weak.dim == 7
    assert pair.weak.share == 1
    assert abs((pair.psi_w.T @ pair.psi_w / 2000 - np.eye(7)).max()) < 1e-9
    # Whitened features span what raw ones do, so that units change no overlap.
    plain = whitened_pair(weak, strong, explained=1)
    assert np.linalg.norm(pair.cross) == pytest.approx(np.linalg.norm(plain.cross), rel=1e-9)


def test_a_column_of_large_numbers_hides_no_other() -> None:
    weak, strong = shared()
    stamped = np.hstack([weak, 1.7e9 + np.arange(2000)[:, None]])
    assert whitened_pair(stamped, strong, explained=1).weak.dim == 8


def test_means_that_hide_directions_are_named() -> None:
    weak, strong = shared()
    with pytest.raises(FeatureError, match="weak features: 7 columns vary by less than a thousandth of their means"):
        whitened_pair(weak + 1e6, strong, explained=1)
    assert whitened_pair(weak + 10, strong, explained=1).weak.dim == 7


def test_too_many_columns_are_refused_before_their_second_moments_are_made() -> None:
    wide = np.broadcast_to(np.arange(200.0)[:, None], (200, 10**5)) + np.zeros(1)  # 160 GB of second moments
    with pytest.raises(FeatureError, match="weak features: 200 rows for 100000 columns; needs more rows than columns"):
        whitened_pair(wide, shared()[1][:200])
    tall = np.broadcast_to(np.float32(1), (10**5, 30_000))
    with pytest.raises(FeatureError, match=r"their second moments take 6\.71 GiB, above 4"):
        whitened_pair(tall, tall[:, :1])


def test_all_directions_are_kept_whatever_their_units() -> None:
    x = np.random.default_rng(0).standard_normal((400, 4))
    for units in (1.0, np.array([1e9, 1.0, 1e-9, 1e-3])):
        pair = whitened_pair(x * units, x[:, :2], explained=1)
        assert (pair.weak.dim, pair.weak.share) == (4, 1.0)
        assert pair.psi_w.T @ pair.psi_w / 400 == pytest.approx(np.eye(4), abs=1e-9)
        assert (pair.cross**2).sum() == pytest.approx(2)
