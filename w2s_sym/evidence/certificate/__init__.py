"""Inequalities proved box by box."""
