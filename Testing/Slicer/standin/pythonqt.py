"""PySide6 dressed up as PythonQt: Q_PROPERTYs are attributes, signals connect by their signature as text."""

import os
import sys
import types

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6 import QtCore, QtGui, QtUiTools, QtWidgets
from PySide6.QtCore import QObject

# Virtual methods that are also properties: turning them into attributes recurses or hides the method.
METHODS = {"sizeHint", "minimumSizeHint", "contentsMargins"}
METHODS_OF = {("QProgressBar", "text")} | {
    (name, "spacing") for name in ("QLayout", "QBoxLayout", "QFormLayout", "QGridLayout")
}


class PropertyAttribute:
    """A Q_PROPERTY as an attribute of the instance; on the class, whatever was there before."""

    def __init__(self, name, before):
        self.name, self.before = name, before

    def __get__(self, instance, owner=None):
        if instance is None:
            return self.before.__get__(None, owner) if hasattr(self.before, "__get__") else self.before
        return QObject.property(instance, self.name)

    def __set__(self, instance, value):
        if not QObject.setProperty(instance, self.name, value):
            raise AttributeError(f"{type(instance).__name__} has no property {self.name} for {value!r}")


def dress(cls):
    """Makes the properties that `cls` itself declares into attributes."""
    meta = cls.staticMetaObject
    for index in range(meta.propertyOffset(), meta.propertyCount()):
        name = meta.property(index).name()
        if name in METHODS or (cls.__name__, name) in METHODS_OF:
            continue
        before = cls.__dict__.get(name)
        if not isinstance(before, QtCore.Property):
            setattr(cls, name, PropertyAttribute(name, before))


def _connect(self, *arguments):
    if len(arguments) == 2 and isinstance(arguments[0], str):
        name = arguments[0].split("(")[0]
        meta = self.metaObject()
        if not any(meta.method(i).name().data().decode() == name for i in range(meta.methodCount())):
            raise RuntimeError(f"signal {arguments[0]} does not exist on {type(self).__name__}")
        getattr(self, name).connect(arguments[1])
        return True
    return _getattribute(self, "connect")(*arguments)


def _dressed_getattribute(self, name):
    if name == "connect":  # Shiboken handles connect on instances by itself
        return types.MethodType(_connect, self)
    return _getattribute(self, name)


qt = types.ModuleType("qt")
for module in (QtCore, QtGui, QtWidgets, QtUiTools):
    for name in dir(module):
        if not name.startswith("_"):
            setattr(qt, name, getattr(module, name))
sys.modules["qt"] = qt
sys.modules["ctk"] = ctk = types.ModuleType("ctk")

for module in (QtCore, QtGui, QtWidgets):
    for name in dir(module):
        candidate = getattr(module, name)
        if isinstance(candidate, type) and issubclass(candidate, QObject):
            dress(candidate)

_getattribute = QObject.__getattribute__
QObject.__getattribute__ = _dressed_getattribute
QObject.name = property(lambda self: QObject.property(self, "objectName"))
for cls in (QtWidgets.QDialog, QtWidgets.QMessageBox):
    cls.exec_ = cls.exec
