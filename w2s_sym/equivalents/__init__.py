"""From an estimator to its fixed point, its risk, and the claims about it."""
