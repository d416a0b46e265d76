"""Letters, sums, domains, and what is exactly true of them."""
