"""Random matrices as words, and the exact Gaussian rules."""
