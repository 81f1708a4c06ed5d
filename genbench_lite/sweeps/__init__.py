"""The parts of ``genbench_lite.leaderboard``: the grid of runs, one run, records, results."""
