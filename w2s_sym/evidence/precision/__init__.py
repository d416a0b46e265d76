"""Evaluation at exact points, in exact rationals or in balls: it refutes, or agrees.

``precision`` is the evidence for most statements, ``extrapolation`` that for the limit of a curve.
"""
