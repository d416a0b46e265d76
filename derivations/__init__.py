"""One folder for each paper, and ``classics`` for what is no paper.

A folder's ``__init__`` is its table of contents: SECTIONS (pairs of a title and claims), CLAIMS (all of them, in that
order), HEADLINES, FIGURES. Everything here imports from ``w2s_sym`` itself, as a user's file does.
"""
