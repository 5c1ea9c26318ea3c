"""Stand-ins for what a scripted module is made of: base classes, translation, parameterNodeWrapper, loading.

The wrapper knows what this module uses: bool, int, float, str and enums with a default, ranges, and the
widgets that the real one accepts for them. Anything else is an error, as it is there.
"""

import enum
import importlib.util
import sys
import types
import typing
import unittest
from pathlib import Path

import slicer
import vtk
from PySide6 import QtWidgets

from .widgets import qMRMLWidget


def _module(name, **members):
    module = types.ModuleType("slicer." + name)
    module.__dict__.update(members)
    sys.modules["slicer." + name] = module
    setattr(slicer, name, module)


class WithinRange:
    def __init__(self, minimum, maximum):
        self.minimum, self.maximum = minimum, maximum


class _Default:
    def __init__(self, value):
        self.value = value


def _connect(widget, kind, span, changed):
    """Joins one widget to one value: returns a function that reads it and one that writes it."""
    known = {
        bool: (QtWidgets.QCheckBox, "stateChanged", "checked"),
        int: (QtWidgets.QSpinBox, "valueChanged", "value"),
        float: (QtWidgets.QDoubleSpinBox, "valueChanged", "value"),
        str: (QtWidgets.QLineEdit, "textChanged", "text"),
    }
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        if type(widget) is not QtWidgets.QComboBox:
            raise RuntimeError("an enum needs a QComboBox")
        members = list(kind)
        widget.clear()
        widget.addItems([kind.label(member) for member in members])
        widget.currentIndexChanged.connect(changed)
        return (
            lambda: members[widget.currentIndex],
            lambda value: setattr(widget, "currentIndex", members.index(value)),
            lambda: widget.currentIndexChanged.disconnect(changed),
        )
    cls, signal, attribute = known[kind]
    if type(widget) is not cls:
        raise RuntimeError(f"a {kind.__name__} needs a {cls.__name__}, not a {type(widget).__name__}")
    if span is not None:
        widget.setRange(span.minimum, span.maximum)
    getattr(widget, signal).connect(changed)
    return (
        lambda: getattr(widget, attribute),
        lambda value: setattr(widget, attribute, value),
        lambda: getattr(widget, signal).disconnect(changed),
    )


def parameterNodeWrapper(cls):
    """Typed attributes over a parameter node, and their connection with widgets."""
    hints = typing.get_type_hints(cls, include_extras=True)
    kinds, spans, defaults = {}, {}, {}
    for name, hint in hints.items():
        kinds[name] = typing.get_args(hint)[0] if typing.get_args(hint) else hint
        spans[name] = typing.get_args(hint)[1] if typing.get_args(hint) else None
        defaults[name] = getattr(cls, name)

    def init(self, node):
        self.parameterNode, self._guis, self._writing = node, {}, False
        for name, default in defaults.items():
            if not node.GetParameter(name):
                self.setValue(name, default)

    def get(self, name):
        kind, text = kinds[name], self.parameterNode.GetParameter(name)
        if issubclass(kind, enum.Enum):
            return kind[text]
        return text == "True" if kind is bool else kind(text)

    def put(self, name, value):
        kind = kinds[name]
        if issubclass(kind, enum.Enum):
            value = value.name
        elif spans[name] is not None and not spans[name].minimum <= value <= spans[name].maximum:
            raise ValueError(f"{name} is out of range")
        self.parameterNode.SetParameter(name, str(value))

    def show(self, *_event):
        if self._writing:
            return
        self._writing = True
        try:
            for connectors in self._guis.values():
                for name, (_read, write, _cut) in connectors.items():
                    write(self.getValue(name))
        finally:
            self._writing = False

    def connect_gui(self, gui):
        connectors = {}
        for widget in gui.__dict__.values():
            name = widget.property("SlicerParameterName")
            if not name:
                continue

            def changed(*_value, name=name):
                if not self._writing:
                    self.setValue(name, connectors[name][0]())

            self._writing = True
            connectors[name] = _connect(widget, kinds[name], spans[name], changed)
            self._writing = False
        tag = len(self._guis)
        self._guis[tag] = connectors
        self._observer = self.parameterNode.AddObserver(vtk.vtkCommand.ModifiedEvent, self._show)
        self._show()
        return tag

    def disconnect_gui(self, tag):
        self.parameterNode.RemoveObserver(self._observer)
        for _read, _write, cut in self._guis.pop(tag).values():
            cut()

    cls.__init__, cls.getValue, cls.setValue, cls._show = init, get, put, show
    cls.connectGui, cls.disconnectGui = connect_gui, disconnect_gui
    cls.allParameters = dict.fromkeys(hints)
    cls.default = lambda self, name: _Default(defaults[name])
    cls.StartModify = lambda self: self.parameterNode.StartModify()
    cls.EndModify = lambda self, was: self.parameterNode.EndModify(was)
    for name in hints:
        setattr(
            cls,
            name,
            property(lambda self, n=name: self.getValue(n), lambda self, v, n=name: self.setValue(n, v)),
        )
    return cls


class ScriptedLoadableModule:
    def __init__(self, parent):
        self.parent = parent


class ScriptedLoadableModuleWidget:
    def __init__(self, parent=None):
        self.parent, self.layout, self.logic = parent, parent.layout(), None

    def resourcePath(self, name):
        return str(Path(slicer.modules.headctdeid.path).parent / "Resources" / name)

    def setup(self):
        pass


class ScriptedLoadableModuleLogic:
    def __init__(self, parent=None):
        self.moduleName = "HeadCTDeid"

    def getParameterNode(self):
        node = slicer.mrmlScene.GetSingletonNode(self.moduleName, "vtkMRMLScriptedModuleNode")
        if node is None:
            node = slicer.mrmlScene.CreateNodeByClass("vtkMRMLScriptedModuleNode")
            node.UnRegister(None)
            node.SetSingletonTag(self.moduleName)
            node.SetModuleName(self.moduleName)
            node.SetName(self.moduleName)
            node = slicer.mrmlScene.AddNode(node)
        return node


class ScriptedLoadableModuleTest(unittest.TestCase):
    def delayDisplay(self, message, milliseconds=0):
        pass

    def runTest(self):
        pass


_bases = (
    ScriptedLoadableModule,
    ScriptedLoadableModuleWidget,
    ScriptedLoadableModuleLogic,
    ScriptedLoadableModuleTest,
)
_module(
    "ScriptedLoadableModule",
    __all__=[one.__name__ for one in _bases],
    **{one.__name__: one for one in _bases},
)
_module("i18n", tr=lambda text: text, translate=lambda _context, text: text)
_module("parameterNodeWrapper", parameterNodeWrapper=parameterNodeWrapper, WithinRange=WithinRange)


class ModuleParent:
    """What the module's own class writes its title and texts into."""

    def __init__(self, path):
        self.path = str(path)


class PanelParent(qMRMLWidget):
    """The place in the main window where the panel appears."""

    def __init__(self):
        super().__init__()
        self.setLayout(QtWidgets.QVBoxLayout())
        self.isEntered = False


def load(path):
    """Loads the module as the application does: its folder on the path, its class called by its file name."""
    path = Path(path)
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    parent = ModuleParent(path)
    parent.module = getattr(module, path.stem)(parent)
    setattr(slicer.modules, path.stem.lower(), parent)
    return module


def open_panel(module):
    """A new panel, entered, as when a user chooses the module."""
    parent = PanelParent()
    parent.setMRMLScene(slicer.mrmlScene)
    panel = module.HeadCTDeidWidget(parent)
    panel.setup()
    parent.isEntered = True
    panel.enter()
    return panel


def close_panel(panel):
    """Takes a panel away, as when the application closes."""
    panel.cleanup()
    for widget in panel.parent.findChildren(qMRMLWidget):
        widget.setMRMLScene(None)
    panel.parent.close()
