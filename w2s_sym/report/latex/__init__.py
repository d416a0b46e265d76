"""LaTeX that compiles as it is: a document of a paper's claims, and macros for one's own."""
