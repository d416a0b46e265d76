"""Inequalities proved box by box, with a list of boxes that ``w2s_sym.kernel.boxes`` checks alone.

``certificate`` is the evidence, ``problem`` what the boxes are to prove, ``branch_and_bound`` the search.
"""
