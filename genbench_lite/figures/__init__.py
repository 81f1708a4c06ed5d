"""Figures: pure functions, each returns a picture that carries its own alternative text."""
