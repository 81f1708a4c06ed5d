"""Parts of :mod:`genbench_lite.simulate`: backgrounds, elements, planting."""
