"""A generated cohort in the manner of MIDI-B, with its own answer key, and the score of a released folder against it.

The challenge (Medical Image De-Identification Benchmark, 2024) planted identifiers into images and asked ten things
of each: tag retained, text retained, text removed, text not null, dates shifted, UIDs changed, IDs changed,
consistency of patients and studies, pixels hidden, pixels retained. Here, too, the key is written down when the
identifiers are planted, and nobody asks the product what it meant to do.

``python -m midi FOLDER [PATIENTS]`` in ``Testing/Python`` makes a cohort of any size, runs ``headct-deid`` on it and
prints the score by action with every failure.
"""
