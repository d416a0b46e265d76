"""Tests against random matrices."""
