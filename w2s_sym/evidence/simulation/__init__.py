"""Tests against draws of random matrices, at a fixed level: it refutes, or agrees.

``simulation`` is the evidence, ``sampling`` draws, ``verdicts`` judges, ``moments_of_draws`` holds the test level.
"""
