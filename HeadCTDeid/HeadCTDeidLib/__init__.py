"""What the module HeadCTDeid is made of; one idea per file.

Importable without Slicer: `options`, `inputs`, `sentences`, `plan`, `orientation`, `wheel`.
Needs Slicer: `parameters`, `jobs`, `tables`, `volumes`, `preview`.
"""
