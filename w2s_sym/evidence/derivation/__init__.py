"""Proofs as chains of checked steps: no number stands in for a proof.

``derivation`` is the evidence, ``steps`` says what a step is, ``replay`` checks a whole chain.
"""
