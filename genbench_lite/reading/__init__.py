"""From published files to sequences: archives, interval lists, references, exports."""
