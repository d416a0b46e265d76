"""``w2s-sym plan`` writes what it predicts; bad files it refuses in one line, and writes nothing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from feature_pairs import draw_pair

from w2s_sym.cli.command_line import main


@pytest.mark.parametrize(
    ("weak", "labels", "word"),
    [
        (1e-200, 1.0, "weak features are too small"),
        (1e200, 1.0, ": features are too large to be squared"),
        (1.0, 1e200, "y.npy are too large or too small to be squared: the largest is 2.22739e+200, at row 48"),
        (1.0, 1e-200, "y.npy are too large or too small to be squared: the largest is 2.22739e-200, at row 48"),
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


def test_sizes_may_have_a_power_of_ten(w2s: Callable[..., object], tmp_path: Path) -> None:
    weak, strong, y = draw_pair(400, 0)
    for name, array in (("w", weak), ("s", strong), ("y", y[:100])):
        np.save(tmp_path / f"{name}.npy", array)
    for text, value in (("2e2", 200), ("1.5e2", 150), ("1E+06", 10**6)):
        ran = w2s("plan", "w.npy", "s.npy", "--labels", "y.npy", "--N", text, "--json", "-")
        assert json.loads(ran.out)["N"] == value  # type: ignore[attr-defined]


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
    hole, across = y[:300].copy(), np.random.default_rng(0).standard_normal((6, 200))
    hole[7] = np.nan
    tail = np.concatenate([y[:300], np.full(700, np.nan)])
    for name, array in (("hole", hole), ("tail", tail), ("one", y[:1]), ("across", across)):
        np.save(tmp_path / f"{name}.npy", array)
    (tmp_path / "parts").mkdir()
    for name in ("a", "b"):
        np.save(tmp_path / "parts" / f"{name}.npy", weak)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty.npy").touch()
    (tmp_path / "folder").mkdir()
    for arguments, message in (
        (("w.npy", "bad.npy"), "strong features: bad.npy: nan at row 700, column 2"),
        (("w.npy", "bad.npy", "--workers", 2), "strong features: bad.npy: nan at row 700, column 2"),
        (("w.npy", "bad.npy", "--least-squares"), "nan at row 700"),
        (("w.npy", "empty.npy"), "empty.npy is empty"),
        (("z.npy", "s.npy"), "needs real numbers"),
        (("folder", "s.npy"), "without a Zarr array or Parquet files"),
        (("parts", "s.npy"), "is a folder with 2 .npy files; give one file: join them by numpy.concatenate"),
        (("pipe", "s.npy"), "pipe is a pipe or a device, which cannot be read twice; save it to a file"),
        (("/dev/zero", "s.npy"), "is a pipe or a device"),
        (("w.npy", "s.npy", "--labels", "tail.npy"), "tail.npy: nan from row 300 to the last one, 999; needs finite"),
        (("w.npy", "s.npy", "--labels", "tail.npy"), "give the first 300 labels alone"),
        (("w.npy", "s.npy", "--labels", "hole.npy"), "labels: hole.npy: nan at row 7; needs finite numbers: leave"),
        (("w.npy", "s.npy", "--labels", "hole.npy", "--least-squares"), "labels: hole.npy: nan at row 7"),
        (("w.npy", "s.npy", "--labels", "one.npy"), "one label is too few"),
        (
            ("w.npy", "s.npy", "--labels", "across.npy"),
            "shape (6, 200) is 6 points of 200 outputs, and looks transposed",
        ),
        (("w.npy", "s.npy", "--drop"), "drop belongs to method"),
        (("w.npy", "s.npy", "--N", "1e6.5"), "'1e6.5' is no integer"),
        (("w.npy", "s.npy", "--N", "1.25e1"), "'1.25e1' is no integer"),
        (("w.npy", "s.npy", "--n", "1.5"), "'1.5' is no integer"),
        (("nowhere://x/w.npy", "s.npy"), "no kind that fsspec knows"),
        (("w.npy", "s.npy", "--labels", "nowhere://x/y.npy"), "no kind that fsspec knows"),
        (("w.npy", "s.npy", "--workers", 0), "below 1"),
        (("w.npy", "s.npy", "--cluster", "host"), "tcp://HOST:8786"),
        (("w.npy", "s.npy", "--cluster", "local:2", "--workers", 2), "give one of them"),
    ):
        labels = () if "--labels" in arguments else ("--labels", "y.npy")
        assert message in w2s("plan", *arguments, *labels).error  # type: ignore[attr-defined]


def test_a_signalling_nan_is_refused_in_one_line(w2s: Callable[..., object], tmp_path: Path) -> None:
    """Other files' bytes, read as float32, hold such numbers; numpy warns where they become a float64."""
    weak, strong, y = draw_pair(400, 0)
    spoiled, labels = strong.astype(np.float32), y[:100].astype(np.float32)
    spoiled.view(np.uint32)[7, 2] = labels.view(np.uint32)[7] = 0x7F800001
    for name, array in (("w", weak), ("s", strong), ("bad", spoiled), ("y", y[:100]), ("ybad", labels)):
        np.save(tmp_path / f"{name}.npy", array)
    for arguments, message in (
        (("w.npy", "bad.npy", "--labels", "y.npy"), "bad.npy: nan at row 7, column 2; needs finite numbers"),
        (("w.npy", "bad.npy", "--least-squares"), "bad.npy: nan at row 7, column 2; needs finite numbers"),
        (("w.npy", "s.npy", "--labels", "ybad.npy"), "ybad.npy: nan at row 7; needs finite numbers"),
    ):
        assert message in w2s("plan", *arguments).error  # type: ignore[attr-defined]


@pytest.mark.filterwarnings("default")
def test_a_warning_is_one_line_without_a_place_in_the_source(
    w2s: Callable[..., object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from w2s_sym.forecast import forecast

    planned = forecast.planned

    def warns(*given: Any) -> Any:
        assert np.isnan(np.sqrt(np.float64(-1.0)))
        return planned(*given)

    monkeypatch.setattr(forecast, "planned", warns)
    weak, strong, y = draw_pair(400, 0)
    for name, array in (("w", weak), ("s", strong), ("y", y[:100])):
        np.save(tmp_path / f"{name}.npy", array)
    ran = w2s("plan", "w.npy", "s.npy", "--labels", "y.npy")
    assert ran.code == 0  # type: ignore[attr-defined]
    assert ran.err == "w2s-sym: warning: invalid value encountered in sqrt\n"  # type: ignore[attr-defined]
