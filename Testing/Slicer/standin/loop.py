"""The event loop as the application runs it: with the interpreter lock held.

PySide6 frees the lock while its loop idles and the application does not. A test of progress or cancelling in
PySide6's own loop would pass with a Python thread that starves in the application.
"""

import ctypes
import time
from pathlib import Path

import PySide6
from PySide6 import QtCore, QtTest
from PySide6.QtCore import Qt


def _exec_function():
    library = next((Path(PySide6.__file__).parent / "Qt" / "lib").glob("libQt6Core.so.6"))
    function = ctypes.PyDLL(str(library))["_ZN16QCoreApplication4execEv"]  # PyDLL keeps the lock
    function.restype = ctypes.c_int
    return function


_exec_holding_lock = _exec_function()


def spin_until(condition, seconds=20.0):
    """Runs the loop until `condition()` is true; returns how long it took, or fails after `seconds`."""
    begin = time.monotonic()
    outcome = []

    def look():
        try:
            if condition():
                outcome.append(None)
            elif time.monotonic() - begin > seconds:
                outcome.append(AssertionError(f"waited {seconds:g} s in vain"))
        except BaseException as error:  # a failing condition ends the loop, not the process
            outcome.append(error)
        if outcome:
            timer.stop()
            QtCore.QCoreApplication.exit(0)  # quit() would close every window first

    timer = QtCore.QTimer()
    timer.setInterval(5)
    timer.timeout.connect(look)
    timer.start()
    _exec_holding_lock()
    if outcome and outcome[0] is not None:
        raise outcome[0]
    return time.monotonic() - begin


def spin(seconds):
    """Runs the loop for a while."""
    end = time.monotonic() + seconds
    spin_until(lambda: time.monotonic() >= end, seconds + 5)


def click(widget):
    """Clicks with the mouse inside the running loop, where dialogs behave as they do for a user."""
    done = []

    def go():
        try:
            QtTest.QTest.mouseClick(widget, Qt.LeftButton)
        finally:
            done.append(True)

    QtCore.QTimer.singleShot(0, go)
    spin_until(lambda: done)
