"""Re-checks proofs, and trusts nothing else of this package."""

from w2s_sym.kernel.boxes import replay
from w2s_sym.kernel.words import replay_words

__all__ = ["replay", "replay_words"]
