"""Finds papers and figures, and runs the ledger."""
