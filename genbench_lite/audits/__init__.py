"""What an audit asks of coordinates and sequences, how it reports, and splits that pass it."""
