"""``w2s-sym plan`` refuses bad files in one line and writes nothing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

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
