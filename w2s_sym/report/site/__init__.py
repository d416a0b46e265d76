"""The ledger as a site: an index, a page for each paper and each claim, a graph, a glossary; no network is needed."""
