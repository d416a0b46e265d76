"""Proofs as chains of checked steps."""
