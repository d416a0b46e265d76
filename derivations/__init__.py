"""One file per paper. Each defines ``CLAIMS``, a tuple of claims; see CLAIMS of any of them for an example."""
