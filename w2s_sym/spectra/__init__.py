"""Eigenvalues, effective ridges and risks, each with its radius."""
