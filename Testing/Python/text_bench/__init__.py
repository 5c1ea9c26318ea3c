"""Benchmark of the text removal: scenes with drawn text, readers that try to read it, and the score."""
