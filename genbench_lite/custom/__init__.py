"""Your own dataset: from BED, FASTA or a table to a benchmark that can be shared."""
