"""Runs on real data: each part on small stand-ins, and what happens without the data. Nothing here needs a network."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from derivations import real_networks
from derivations.real_networks import convolutional, data, evidence, frozen, lag, networks, planned, record, settings
from derivations.real_networks.observations import SURROGATE, observed, statistic
from w2s_sym.claims.finding import Verdict
from w2s_sym.claims.results import verify
from w2s_sym.claims.run import Run


@dataclass(frozen=True)
class Toy:
    """Runs whose values alternate around ``middle``."""

    middle: float
    missing: bool = False

    dear: ClassVar[bool] = False
    modules: ClassVar[tuple[str, ...]] = ()

    def rows(self, seed: int, numbers: Sequence[int]) -> Mapping[str, np.ndarray]:
        if self.missing:
            raise data.MissingDataError("no such file; bring it")
        return {"a": np.array([self.middle + 0.1 * (-1) ** i for i in numbers])}


@pytest.fixture(autouse=True)
def no_data(monkeypatch, tmp_path):
    """A store of this test's own, and a folder of data that is empty."""
    monkeypatch.setenv("W2S_SYM_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("W2S_SYM_DATA", str(tmp_path / "nothing"))
    data.file_of.cache_clear()
    yield
    data.file_of.cache_clear()


def claim(of, relation=">", bound=0, rival=2):
    what = statistic("toy", "a mean", "t", a=1)
    return observed("toy", "A toy.", what, relation, bound, of=of, source=SURROGATE, rival=rival)


# -- evidence ---------------------------------------------------------------------------------------------------


def test_the_side_of_the_mean_decides_and_the_rival_is_refuted():
    # Sixteen values 1 +- 0.1: the standard error is 0.1 sqrt(16/15)/4, the distance to 0 is 39 of it.
    found = verify(claim(Toy(1.0))).findings[0]
    assert (found.verdict, found.refuted) == (Verdict.AGREES, (0,))
    assert found.detail["standard_error"] == pytest.approx(0.1 / np.sqrt(15))
    assert verify(claim(Toy(1.0), "<")).findings[0].verdict is Verdict.REFUTED
    assert verify(claim(Toy(0.01))).findings[0].verdict is Verdict.INCONCLUSIVE


def test_runs_are_kept_in_blocks_and_not_made_again(monkeypatch):
    made = []
    monkeypatch.setattr(Toy, "rows", lambda self, seed, numbers: made.append(list(numbers)) or {"a": np.arange(8.0)})
    for _ in range(2):
        found = evidence.measured(Toy(1.0), 16, Run())
        assert found["a"].tolist() == [*range(8), *range(8)]
    assert made == [list(range(8)), list(range(8, 16))]
    evidence.measured(Toy(1.0), 16, Run(seed=1))
    assert len(made) == 4


def test_dear_runs_are_kept_in_smaller_blocks(monkeypatch):
    made = []
    monkeypatch.setattr(Toy, "dear", True)
    monkeypatch.setattr(Toy, "rows", lambda self, seed, numbers: made.append(list(numbers)) or {"a": np.arange(4.0)})
    assert evidence.measured(Toy(1.0), evidence.runs_of(Toy(1.0), "quick"), Run())["a"].tolist() == [
        *range(4),
        *range(4),
    ]
    assert made == [[0, 1, 2, 3], [4, 5, 6, 7]]


def test_a_damaged_file_of_runs_is_made_again(tmp_path):
    evidence.measured(Toy(1.0), 8, Run())
    for path in (tmp_path / "store").rglob("*.npz"):
        path.write_bytes(path.read_bytes()[:40])
    assert evidence.measured(Toy(1.0), 8, Run())["a"][0] == 1.1


def parts(made, count=3):
    return data.kept_parts([("part", i) for i in range(count)], made)


def test_parts_that_another_process_makes_are_left_to_it():
    order = []
    place = data._places([("part", 0)], ())[0]
    place.parent.mkdir(parents=True)
    other = place.with_suffix(".lock").open("w")
    fcntl.flock(other, fcntl.LOCK_EX)

    def make(i):
        order.append(i)
        if i == 2:  # meanwhile the other one is done
            data._write(place, {"a": np.array([10])})
            other.close()
        return {"a": np.array([i])}

    assert [part["a"][0] for part in parts(make)] == [10, 1, 2]
    assert order == [1, 2]


def test_a_part_whose_maker_died_is_made_in_the_end():
    order = []
    place = data._places([("part", 0)], ())[0]
    place.parent.mkdir(parents=True)
    other = place.with_suffix(".lock").open("w")
    fcntl.flock(other, fcntl.LOCK_EX)

    def make(i):
        order.append(i)
        if i == 2:
            other.close()
        return {"a": np.array([i])}

    assert [part["a"][0] for part in parts(make)] == [0, 1, 2]
    assert order == [1, 2, 0]


def test_where_the_store_cannot_be_written_parts_are_made_every_time(tmp_path):
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "real_networks").write_text("a file where the folder should be")
    made = []
    for _ in range(2):
        assert len(parts(lambda i: made.append(i) or {"a": np.array([i])})) == 3
    assert made == [0, 1, 2, 0, 1, 2]


def test_without_data_every_observation_is_skipped_with_the_next_move():
    for made in real_networks.CLAIMS:
        result = verify(made)
        assert result.findings[0].verdict is Verdict.SKIPPED
        assert result.skipped
        assert not result.holds
        assert "W2S_SYM_DATA" in result.findings[0].summary or "pip install" in result.findings[0].summary


def test_another_version_of_a_file_is_not_read(monkeypatch, tmp_path):
    monkeypatch.setenv("W2S_SYM_DATA", str(tmp_path))
    (tmp_path / "vaderSentiment-9.tar.gz").write_bytes(b"something else")
    with pytest.raises(data.MissingDataError, match="another version"):
        data.file_of("texts")
    # No evidence of texts reads it.
    assert (
        verify(claim(planned.Sizes("tweets: GloVe to MiniLM layer 6", 200, 400))).findings[0].verdict is Verdict.SKIPPED
    )


def test_the_record_says_what_was_skipped():
    found = record.rows(Toy(0, missing=True), Run())
    assert found == {"setting": "Toy(middle=0, missing=True)", "skipped": "no such file; bring it"}
    assert record.rows(Toy(1.0), Run())["means"]["a"] == [1.0, round(0.1 / np.sqrt(15), 6)]


def test_the_record_that_is_shipped_is_of_all_settings_and_of_these_data():
    shipped = record.recorded()
    assert shipped["sha256"] == {name: digest for name, (_, digest, _) in data.FILES.items()}
    assert set(shipped["subjects"]) == set(settings.SETTINGS)
    for subject, experiments in settings.SETTINGS.items():
        runs = {str(e): evidence.runs_of(e, shipped["effort"]) for e in experiments}
        assert {row["setting"]: row.get("runs") for row in shipped["subjects"][subject]} == runs


@dataclass(frozen=True)
class Signed(Toy):
    """Values of 1, and a line in a file for each block that is made."""

    log: str = ""

    def rows(self, seed: int, numbers: Sequence[int]) -> Mapping[str, np.ndarray]:
        with open(self.log, "a") as stream:
            stream.write(f"{self.middle:g} {numbers[0]} {os.getpid()}\n")
        time.sleep(0.1)
        return {"a": np.ones(len(numbers))}


def test_processes_share_the_runs_of_a_record(monkeypatch, tmp_path):
    log = str(tmp_path / "log")
    toys = tuple(Signed(float(k), log=log) for k in range(6))
    monkeypatch.setattr(record, "SETTINGS", {"toys": toys})
    found = record.record(Run(), jobs=3)
    assert [row["setting"] for row in found["subjects"]["toys"]] == [str(toy) for toy in toys]
    lines = [line.split() for line in Path(log).read_text().splitlines()]
    # Every block once, and not all by one process.
    assert sorted((one, block) for one, block, _ in lines) == [(str(k), b) for k in range(6) for b in ("0", "8")]
    assert len({process for _, _, process in lines}) > 1
    record.record(Run(), jobs=2)
    assert len(Path(log).read_text().splitlines()) == len(lines)


def test_every_observation_is_of_a_setting_that_is_looked_at():
    known = {e for experiments in settings.SETTINGS.values() for e in experiments}
    for made in real_networks.CLAIMS:
        assert made.kind == "observation"
        assert made.evidence[0].experiment in known
        assert str(made.evidence[0].experiment) in made.remark
    # The sentences name it.
    assert settings.NOISE == 0.4


# -- networks ---------------------------------------------------------------------------------------------------


def images(rng, rows):
    """Stand-ins: each class lights a row of pixels, with noise."""
    classes = rng.integers(0, 10, rows)
    x = rng.random((rows, 14, 14), dtype=np.float32) * np.float32(0.2)
    x[np.arange(rows), classes] += np.float32(0.5)
    return x, classes


@pytest.fixture
def stand_in(monkeypatch):
    rng = np.random.default_rng(3)
    (train, one), (test, two) = images(rng, 700), images(rng, 200)
    held = {"train": train, "train_classes": one, "test": test, "test_classes": two}
    for module in (networks, convolutional, frozen, lag):
        monkeypatch.setattr(module, "small_fashion", lambda: held)
    for name, value in {"IMAGES": 96, "MORE": 320, "EPOCHS": 10}.items():
        monkeypatch.setattr(networks, name, value)
    return held


@pytest.mark.parametrize("width", [0, 5])
def test_the_gradient_is_that_of_the_mean_cross_entropy(width):
    rng = np.random.default_rng(1)
    shapes = [(7, width), (1, width), (width, 3), (1, 3)] if width else [(7, 3), (1, 3)]
    weights = [rng.standard_normal(s) for s in shapes]
    x, target = rng.standard_normal((6, 7)), rng.dirichlet(np.ones(3), 6)

    def loss(w):
        h = np.maximum(x @ w[0] + w[1], 0) if width else x
        z = h @ w[-2] + w[-1]
        return float(np.mean(np.log(np.exp(z).sum(1)) - (target * z).sum(1)))

    found = networks.slopes(weights, x, target)
    for k, w in enumerate(weights):
        step = np.zeros_like(w)
        step.flat[0] = 1e-6
        up, down = ([v + s * step if i == k else v for i, v in enumerate(weights)] for s in (1, -1))
        assert found[k].flat[0] == pytest.approx((loss(up) - loss(down)) / 2e-6, rel=1e-5)


def test_networks_that_are_trained_together_are_those_that_are_trained_alone():
    rngs = [np.random.default_rng(i) for i in (1, 2)]
    begin = networks.start(rngs, 4)
    x = np.stack([r.standard_normal((64, networks.PIXELS), np.float32) for r in rngs])
    target = np.stack([[np.eye(10, dtype=np.float32)[r.integers(0, 10, 64)] for r in rngs] for _ in range(3)])
    orders = np.stack([[r.permutation(64) for _ in range(3)] for r in rngs])
    both = networks.trained(begin, x, target, orders, 0.1)
    alone = networks.trained([w[1:] for w in begin], x[1:], target[2:, 1:], orders[1:], 0.1)
    for a, b in zip(both, alone, strict=True):
        # The same sums in single precision, in another order: 2^-23 over 6 steps of at most 64 terms.
        np.testing.assert_allclose(a[2, 1], b[0, 0], atol=6 * 64 * 2.0**-23)


def test_a_run_depends_on_its_seed_and_number_alone(stand_in):
    group = networks.Labels(0.4, step=networks.LONG)
    three, one = group.rows(5, range(3)), group.rows(5, [2])
    for name, values in three.items():
        # One test image in 200 may fall on the other side of a tie by rounding.
        assert abs(values[2] - one[name][0]) <= 1 / 200
    assert set(three) >= {"truth", "truth_short", "linear_soft", "narrow_hard", "equal"}
    clean = networks.Labels(step=networks.LONG).rows(5, range(3))
    assert clean["truth"].mean() > 0.9  # the classes are easy to tell
    assert clean["truth"].mean() > three["truth"].mean()


def test_noise_replaces_its_share_of_labels(stand_in):
    clean, noisy = (networks.sample(stand_in, noise, np.random.default_rng(7)) for noise in (0.0, 1.0))
    assert (clean.y.argmax(1) == stand_in["train_classes"][np.random.default_rng(7).permutation(700)[:96]]).all()
    # Labels that are drawn from ten classes agree in a tenth: four standard deviations are 0.13 of 96.
    assert abs((clean.y.argmax(1) == noisy.y.argmax(1)).mean() - 0.1) < 0.13


def test_a_convolutional_student_learns(stand_in, monkeypatch):
    pytest.importorskip("torch", reason="PyTorch is missing; pip install 'w2s-sym[experiments-torch]'")
    monkeypatch.setattr(convolutional, "IMAGES", 96)
    found = convolutional.Convolution(networks.Labels(step=networks.LONG)).rows(0, [0])
    assert set(found) == {"linear", "truth", "soft"}
    assert found["truth"][0] > 0.3  # three times chance


def test_without_pytorch_a_convolutional_student_is_skipped(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    found = verify(claim(convolutional.Convolution(networks.Labels()))).findings[0]
    assert found.verdict is Verdict.SKIPPED
    assert "experiments-torch" in found.summary


# -- frozen features, plans, texts ------------------------------------------------------------------------------


def test_the_interpolator_has_the_least_norm():
    rng = np.random.default_rng(2)
    x, y = rng.standard_normal((5, 9)), rng.standard_normal((2, 5, 3))
    found = frozen.interpolated(x, y)
    for k in range(2):
        np.testing.assert_allclose(found[k], np.linalg.pinv(x) @ y[k], atol=1e-12)


def test_ridge_is_a_ridge_regression_of_the_grid():
    rng = np.random.default_rng(2)
    x = rng.standard_normal((30, 6))
    y = x @ rng.standard_normal((6, 2)) + 0.5 * rng.standard_normal((30, 2))
    penalties = frozen.GRID * (x**2).sum()
    scores, fits = [], []
    for penalty in penalties:
        hat = x @ np.linalg.solve(x.T @ x + penalty * np.eye(6), x.T)
        scores.append(((y - hat @ y) ** 2).sum() / (30 - np.trace(hat)) ** 2)
        fits.append(np.linalg.solve(x.T @ x + penalty * np.eye(6), x.T @ y))
    np.testing.assert_allclose(frozen.ridge(x, y), fits[int(np.argmin(scores))], atol=1e-12)


def test_interpolators_on_frozen_features(stand_in, monkeypatch):
    for name, value in {"POPULATION": 400, "POOL": 300, "TEST": 200, "WIDTH": 60, "MORE": 100}.items():
        monkeypatch.setattr(frozen, name, value)
    frozen._theory.cache_clear()
    found = frozen.Interpolation(30, 0.4).rows(0, range(4))
    frozen._theory.cache_clear()
    # The target that interpolates ridge's predictions on its own rows is that ridge.
    np.testing.assert_allclose(found["own"], found["ridge"], atol=1e-6)
    assert found["predicted_known_optimal"][0] < found["predicted_known"][0]
    assert found["known"].mean() < found["labels"].mean()


def test_least_squares_without_more_rows_than_columns_is_no_number():
    x = np.eye(4)
    assert np.isnan(planned.least_squares(x, np.ones((4, 1)), x)).all()
    tall, y = np.vstack([x, x]), np.arange(8.0)[:, None]
    np.testing.assert_allclose(planned.least_squares(tall, y, x)[:, 0], [2, 3, 4, 5])


def test_predicted_and_measured_ratios_of_a_linear_pair(monkeypatch):
    rng = np.random.default_rng(4)
    strong = rng.standard_normal((1200, 12))
    weak = np.hstack([strong[:, :4], rng.standard_normal((1200, 8))])
    y = strong[:, :4].sum(1) + rng.standard_normal(1200)
    monkeypatch.setattr(planned, "load", lambda name: (weak, strong, y))
    found = planned.Sizes("toy", 60, 300, explained=0.999).rows(0, range(2))
    assert (found["d_w"] == 12).all()
    assert (abs(found["d_sw"] - 4) < 1).all()
    assert (found["pgr_off"] == abs(found["predicted_pgr"] - found["measured_pgr"])).all()
    # Theory and runs agree that the student recovers more than half of the gap.
    assert (found["predicted_pgr"] > 0.5).all()
    assert (found["measured_pgr"] > 0.5).all()


def test_points_of_the_lag_have_the_variance_of_the_digits(stand_in, monkeypatch):
    monkeypatch.setattr(lag, "POINTS", 200)
    lag.points.cache_clear()
    x, classes = lag.points("fashion")
    lag.points.cache_clear()
    assert (x**2).sum(1).mean() == pytest.approx(lag.VARIANCE, rel=1e-5)
    assert (classes == stand_in["test_classes"]).all()
