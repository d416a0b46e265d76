"""``w2s-sym plan`` writes what it predicts; bad files it refuses in one line, and writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from feature_pairs import draw_pair

from w2s_sym.cli.command_line import main


@pytest.mark.parametrize(
    ("weak", "labels", "word"),
    [
        (1e-200, 1.0, "weak features are too small"),
        (1e200, 1.0, "too large to be squared"),
        (1.0, 1e200, "labels are too large or too small"),
        (1.0, 1e-200, "labels are too large or too small"),
    ],
)
def test_values_that_cannot_be_squared_are_refused(
    weak: float, labels: float, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(0)
    names = [str(tmp_path / f"{name}.npy") for name in "wsy"]
    for name, shape, scale in zip(names, ((100, 3), (100, 5), (100,)), (weak, 1.0, labels), strict=True):
        np.save(name, scale * rng.standard_normal(shape))
    figure = tmp_path / "plan.png"
    assert main(["plan", names[0], names[1], "--labels", names[2], "-o", str(figure)]) == 2
    out, err = capsys.readouterr()
    assert word in err
    assert err.startswith("w2s-sym: error: ")
    assert err.count("\n") == 1
    assert out == ""
    assert not figure.exists()


def test_the_command_plans_writes_and_refuses(w2s: Callable[..., object], tmp_path: Path) -> None:
    weak, strong, y = draw_pair(1000, 0)
    for name, array in (("w", weak), ("s", strong), ("y", y[:300]), ("short", weak[:9])):
        np.save(tmp_path / f"{name}.npy", array)
    ran = w2s("plan", "w.npy", "s.npy", "--labels", "y.npy", "--n", 100, "--N", 400, "--json", "p.json", "-o", "p.png")
    assert ran.code == 0, ran.err  # type: ignore[attr-defined]
    assert "strong model on the n labels" in ran.out  # type: ignore[attr-defined]
    kept = json.loads((tmp_path / "p.json").read_text())
    assert kept["method"] == "ridge"
    assert kept["errors"]["student"]["one_run_band"][0] < kept["errors"]["student"]["error"]
    assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")
    ran = w2s("plan", "w.npy", "s.npy", "--labels", "y.npy", "--least-squares", "--n", 100, "--N", 400, "--json", "-")
    assert ran.code == 0, ran.err  # type: ignore[attr-defined]
    kept = json.loads(ran.out)  # type: ignore[attr-defined]
    assert kept["excess_risks"]["student"]["low"] < kept["excess_risks"]["student"]["high"]
    for arguments, message in (
        (("short.npy", "s.npy"), "9 rows"),
        (("absent.npy", "s.npy"), "no file"),
        (("w.npy", "s.npy", "-o", "s.npy"), "choose"),
        (("w.npy", "s.npy", "-o", "x.gif"), ".png"),
        (("w.npy", "s.npy", "--n", 0), "below 1"),
        (("w.npy", "s.npy", "--N", 10**23), "is above"),
        (("w.npy", "s.npy", "--sigma2", "x"), "no number"),
        (("w.npy", "s.npy", "--explained", "nan"), "explained=nan"),
        (("w.npy", "s.npy", "--labels", "y.npy", "--explained", "nan"), "explained=nan"),
        (("w.npy", "s.npy", "--labels", "y.npy", "--penalty", "nan"), "penalty=nan"),
        (("w.npy", "s.npy", "--labels", "y.npy", "--classes"), "different labels"),
        (("w.npy", "s.npy", "--penalty", 1), "give labels"),
    ):
        assert message in w2s("plan", *arguments).error  # type: ignore[attr-defined]


def test_processes_and_a_second_plan_change_no_number(w2s: Callable[..., object], tmp_path: Path, store: Path) -> None:
    rng = np.random.default_rng(0)
    strong = rng.standard_normal((70_000, 3), dtype=np.float32)
    np.save(tmp_path / "s.npy", strong)
    np.save(tmp_path / "w.npy", strong[:, :2] + rng.standard_normal((70_000, 2), dtype=np.float32))
    np.save(tmp_path / "y.npy", strong[:200] @ np.ones(3) + rng.standard_normal(200))
    asked = ("plan", "w.npy", "s.npy", "--labels", "y.npy", "--n", 100, "--N", 400, "--json", "-")
    first = w2s(*asked)
    assert first.code == 0, first.err  # type: ignore[attr-defined]
    assert "3200 of them train and measure, 200 with labels" in first.out  # type: ignore[attr-defined]
    kept = sorted(store.rglob("*.json"))
    assert kept
    for more in (("--workers", 2), ("--fresh",), ("--workers", 2, "--fresh")):
        assert w2s(*asked, *more).out == first.out  # type: ignore[attr-defined]
    assert set(kept) <= set(store.rglob("*.json"))


def test_bad_files_and_workers_are_refused_in_one_line(w2s: Callable[..., object], tmp_path: Path) -> None:
    weak, strong, y = draw_pair(1000, 0)
    spoiled = strong.copy()
    spoiled[700, 2] = np.nan
    for name, array in (("w", weak), ("s", strong), ("y", y[:300]), ("bad", spoiled), ("z", weak.astype(complex))):
        np.save(tmp_path / f"{name}.npy", array)
    (tmp_path / "empty.npy").touch()
    (tmp_path / "folder").mkdir()
    for arguments, message in (
        (("w.npy", "bad.npy"), "strong features: bad.npy: nan at row 700, column 2"),
        (("w.npy", "bad.npy", "--workers", 2), "strong features: bad.npy: nan at row 700, column 2"),
        (("w.npy", "bad.npy", "--least-squares"), "nan at row 700"),
        (("w.npy", "empty.npy"), "empty.npy is empty"),
        (("z.npy", "s.npy"), "needs real numbers"),
        (("folder", "s.npy"), "without a Zarr array or Parquet files"),
        (("nowhere://x/w.npy", "s.npy"), "no kind that fsspec knows"),
        (("w.npy", "s.npy", "--labels", "nowhere://x/y.npy"), "no kind that fsspec knows"),
        (("w.npy", "s.npy", "--workers", 0), "below 1"),
        (("w.npy", "s.npy", "--cluster", "host"), "tcp://HOST:8786"),
        (("w.npy", "s.npy", "--cluster", "local:2", "--workers", 2), "give one of them"),
    ):
        labels = () if "--labels" in arguments else ("--labels", "y.npy")
        assert message in w2s("plan", *arguments, *labels).error  # type: ignore[attr-defined]
