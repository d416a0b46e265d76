"""HTML that needs no script and no network: the page of ``verify --report``, and what a notebook shows."""
