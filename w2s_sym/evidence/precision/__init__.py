"""Evaluation at exact points and in balls."""
