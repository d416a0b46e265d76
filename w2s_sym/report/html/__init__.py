"""Pages, and what a notebook shows."""
