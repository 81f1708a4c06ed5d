"""The parts of :mod:`genbench_lite.widgets`: one module a widget, and what they share."""
