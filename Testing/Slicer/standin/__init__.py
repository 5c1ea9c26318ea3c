"""A stand-in for the application, good enough to load the module, click through it and look at it.

Real here: the MRML scene, volumes, slice logic and `slicer/util.py` (PyPI `slicer-core`), VTK, Qt widgets,
`.ui` parsing, mouse clicks and the event loop. Stood in for: PythonQt, every ctk and qMRML widget,
`slicer.app`, ScriptedLoadableModule, `slicer.i18n`, parameterNodeWrapper, the main window and its layouts. A
test that passes here has not run in 3D Slicer.

Import order matters: `pythonqt` dresses PySide6 up before anything imports `qt`.
"""

from . import pythonqt, widgets, application, scripted  # noqa: F401, I001
from .loop import click, spin, spin_until

__all__ = ["click", "spin", "spin_until"]
