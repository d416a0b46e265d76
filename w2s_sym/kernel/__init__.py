"""Re-checks proofs, and trusts nothing else of this package."""
