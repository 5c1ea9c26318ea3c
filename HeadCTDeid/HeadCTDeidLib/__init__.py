"""What the module HeadCTDeid is made of; one idea per file.

Importable without Slicer: `options`, `inputs`, `sentences`, `plan`, `orientation`, `sections`, `wheel`.
Needs Slicer: `parameters`, `jobs`, `looking`, `tables`, `volumes`, `preview`, `panel`, `selftest`.
"""
