# ruff: noqa: N801 - the classes have the names of those they stand for
"""Stand-ins for the ctk and qMRML widgets that the panel uses, and the loader that knows them.

Properties, signals and enums are those that `facts.json` lists from the real headers; a test checks the `.ui`
file against the same facts.
"""

import enum
import xml.etree.ElementTree as ElementTree

from PySide6 import QtCore, QtUiTools, QtWidgets
from PySide6.QtCore import Property, Qt, Signal

from .pythonqt import ctk, qt

CLOSED_HEIGHT = 28


class ctkCollapsibleButton(QtWidgets.QWidget):
    contentsCollapsed = Signal(bool)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._title = QtWidgets.QToolButton(self)
        self._title.setCheckable(True)
        self._title.setChecked(True)
        self._title.setToolButtonStyle(Qt.ToolButtonTextBesideIcon)
        self._title.setArrowType(Qt.DownArrow)
        self._title.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Fixed)
        font = self._title.font
        font.setBold(True)
        self._title.setFont(font)
        self._title.toggled.connect(self._on_toggled)
        self.setContentsMargins(0, CLOSED_HEIGHT, 0, 0)

    def resizeEvent(self, event):
        self._title.setGeometry(0, 0, self.width, CLOSED_HEIGHT - 2)
        super().resizeEvent(event)

    def sizeHint(self):
        hint = super().sizeHint()
        return hint if self._title.isChecked() else QtCore.QSize(hint.width(), CLOSED_HEIGHT)

    def show_contents(self):
        for child in self.children():
            if isinstance(child, QtWidgets.QWidget) and child is not self._title:
                child.setVisible(self._title.isChecked())

    def _on_toggled(self, opened):
        self._title.setArrowType(Qt.DownArrow if opened else Qt.RightArrow)
        self.show_contents()
        self.setMaximumHeight(16777215 if opened else CLOSED_HEIGHT)
        self.updateGeometry()
        self.contentsCollapsed.emit(not opened)

    text = Property(str, lambda self: self._title.text, lambda self, value: self._title.setText(value))
    collapsed = Property(
        bool, lambda self: not self._title.isChecked(), lambda self, value: self._title.setChecked(not value)
    )


class ctkPathLineEdit(QtWidgets.QWidget):
    class Filter(enum.Flag):
        Dirs = 1
        Files = 2
        Drives = 4
        NoSymLinks = 8
        Readable = 0x10
        Writable = 0x20
        Executable = 0x40
        NoDot = 0x2000
        NoDotDot = 0x4000
        NoDotAndDotDot = 0x6000

    class SizeAdjustPolicy(enum.Enum):
        AdjustToContents = 0
        AdjustToContentsOnFirstShow = 1
        AdjustToMinimumContentsLength = 2

    currentPathChanged = Signal(str)
    validInputChanged = Signal(bool)
    LONGEST_HISTORY = 5

    def __init__(self, parent=None):
        super().__init__(parent)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self._combo = QtWidgets.QComboBox(self)
        self._combo.setEditable(True)
        self._combo.setInsertPolicy(QtWidgets.QComboBox.NoInsert)
        self._combo.setSizeAdjustPolicy(QtWidgets.QComboBox.AdjustToMinimumContentsLengthWithIcon)
        layout.addWidget(self._combo, 1)
        browse = QtWidgets.QToolButton(self)
        browse.setText("...")
        layout.addWidget(browse)
        self._key, self._label, self._patterns, self._length = "", "", [], 0
        self.filters, self.sizeAdjustPolicy = (
            self.Filter.Dirs,
            self.SizeAdjustPolicy.AdjustToContentsOnFirstShow,
        )
        self._was_valid = False
        self._combo.lineEdit().textChanged.connect(self._on_text)

    def _on_text(self, text):
        """As in ctk: an entry that does not match the name filters is not announced."""
        suffixes = [part.strip("*() ") for pattern in self._patterns for part in pattern.split("(")[-1].split()]
        valid = not suffixes or any(text.endswith(suffix) for suffix in suffixes)
        if valid:
            self.currentPathChanged.emit(text)
        if valid != self._was_valid:
            self._was_valid = valid
            self.validInputChanged.emit(valid)

    def _setting(self):
        return "ctkPathLineEdit/" + (self._key or self.objectName)

    def _history(self):
        value = QtCore.QSettings().value(self._setting()) or []
        return [value] if isinstance(value, str) else list(value)

    def _set_key(self, key):
        self._key = key
        path = self.currentPath
        self._combo.clear()
        self._combo.addItems(self._history()[: self.LONGEST_HISTORY])
        if path:
            self._combo.lineEdit().setText(path)

    def addCurrentPathToHistory(self):
        path = self.currentPath
        if not path:
            return
        history = [path] + [one for one in self._history() if one != path]
        QtCore.QSettings().setValue(self._setting(), history)
        index = self._combo.findText(path)
        if index >= 0:
            self._combo.removeItem(index)
        self._combo.insertItem(0, path)
        self._combo.setCurrentIndex(0)

    currentPath = Property(
        str,
        lambda self: self._combo.lineEdit().text,
        lambda self, value: self._combo.lineEdit().setText(value),
    )
    settingKey = Property(str, lambda self: self._key, _set_key)
    label = Property(str, lambda self: self._label, lambda self, value: setattr(self, "_label", value))
    nameFilters = Property(
        "QStringList", lambda self: self._patterns, lambda self, value: setattr(self, "_patterns", value)
    )
    minimumContentsLength = Property(
        int,
        lambda self: self._combo.minimumContentsLength,
        lambda self, value: self._combo.setMinimumContentsLength(value),
    )


class qMRMLWidget(QtWidgets.QWidget):
    mrmlSceneChanged = Signal(object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self._receivers = []

    def setMRMLScene(self, scene):
        """Hands the scene to the children that the `.ui` file wires to it, and to no other."""
        for name in self._receivers:
            self.findChild(QtWidgets.QWidget, name).setMRMLScene(scene)


class qMRMLNodeComboBox(QtWidgets.QComboBox):
    currentNodeChanged = Signal(object)
    nodeAdded = Signal(object)

    def __init__(self, parent=None):
        super().__init__(parent)
        self.setSizePolicy(QtWidgets.QSizePolicy.Expanding, QtWidgets.QSizePolicy.Fixed)
        self._scene, self._types, self._none, self._nodes, self._tags = None, [], False, [], []
        self._flags = dict.fromkeys(("showChildNodeTypes", "addEnabled", "removeEnabled"), True)
        self.currentIndexChanged.connect(lambda _index: self.currentNodeChanged.emit(self.currentNode()))

    def setMRMLScene(self, scene):
        for tag in self._tags:
            self._scene.RemoveObserver(tag)
        self._scene, self._tags = scene, []
        if scene is not None:
            events = (scene.NodeAddedEvent, scene.NodeRemovedEvent)
            self._tags = [scene.AddObserver(event, lambda *_: self._refill()) for event in events]
        self._refill()

    def _refill(self):
        current = self.currentNode()
        self._nodes = [None] if self._none else []
        for kind in self._types if self._scene is not None else []:
            for index in range(self._scene.GetNumberOfNodesByClass(kind)):
                self._nodes.append(self._scene.GetNthNodeByClass(index, kind))
        blocked = self.blockSignals(True)
        self.clear()
        self.addItems(["None" if node is None else node.GetName() for node in self._nodes])
        self.blockSignals(blocked)
        self.setCurrentNode(current)
        if self.currentNode() is not current:
            self.currentNodeChanged.emit(self.currentNode())

    def currentNode(self):
        index = self.property("currentIndex")
        return self._nodes[index] if 0 <= index < len(self._nodes) else None

    def setCurrentNode(self, node):
        for index, candidate in enumerate(self._nodes):
            if candidate is node:
                self.setCurrentIndex(index)

    nodeTypes = Property(
        "QStringList", lambda self: self._types, lambda self, value: setattr(self, "_types", list(value))
    )
    noneEnabled = Property(bool, lambda self: self._none, lambda self, value: setattr(self, "_none", value))


def _flag(name):
    return Property(bool, lambda self: self._flags[name], lambda self, value: self._flags.__setitem__(name, value))


for _name in ("showChildNodeTypes", "addEnabled", "removeEnabled"):
    setattr(qMRMLNodeComboBox, _name, _flag(_name))

STANDINS = {cls.__name__: cls for cls in (ctkCollapsibleButton, ctkPathLineEdit, qMRMLWidget, qMRMLNodeComboBox)}
ctk.ctkCollapsibleButton, ctk.ctkPathLineEdit = ctkCollapsibleButton, ctkPathLineEdit


class QUiLoader(QtUiTools.QUiLoader):
    """Loads a `.ui` file with the stand-ins in it; a widget class that it does not know is an error."""

    def __init__(self):
        super().__init__()
        self._kept = []

    def createWidget(self, class_name, parent=None, name=""):
        cls = STANDINS.get(class_name)
        if cls is None:
            if class_name.startswith(("ctk", "qMRML", "qSlicer")):
                raise RuntimeError("no stand-in for " + class_name)
            return super().createWidget(class_name, parent, name)
        widget = cls()  # made without a parent, or the half that lives in Python is lost
        if parent is not None:
            widget.setParent(parent)
        widget.setObjectName(name)
        self._kept.append(widget)
        return widget

    def load(self, file):
        tree = ElementTree.parse(file.fileName())
        later = list(self._take_enums(tree))
        receivers = self._take_receivers(tree)
        buffer = QtCore.QBuffer()
        buffer.setData(ElementTree.tostring(tree.getroot()))
        buffer.open(QtCore.QIODevice.ReadOnly)
        top = super().load(buffer)
        for widget_name, property_name, kind, values in later:
            cls = getattr(ctkPathLineEdit, kind)
            value = cls[values[0]]
            for more in values[1:]:
                value |= cls[more]
            setattr(top.findChild(QtWidgets.QWidget, widget_name), property_name, value)
        top._receivers = receivers
        for widget in self._kept:
            if isinstance(widget, ctkCollapsibleButton):
                widget.show_contents()
        top._kept = self._kept
        return top

    @staticmethod
    def _take_receivers(tree):
        """The widgets that the file wires to the scene; the wiring itself is `qMRMLWidget.setMRMLScene`."""
        connections = tree.getroot().find("connections")
        names = [
            one.findtext("receiver")
            for one in connections
            if one.findtext("signal") == "mrmlSceneChanged(vtkMRMLScene*)"
            and one.findtext("slot") == "setMRMLScene(vtkMRMLScene*)"
        ]
        tree.getroot().remove(connections)
        return names

    @staticmethod
    def _take_enums(tree):
        """Qt cannot set an enum of a class made in Python: these are taken out and set afterwards."""
        for widget in tree.iter("widget"):
            if widget.get("class") != "ctkPathLineEdit":
                continue
            for one in list(widget.findall("property")):
                value = one.findtext("set") or one.findtext("enum")
                if value:
                    widget.remove(one)
                    kind = "Filter" if one.get("name") == "filters" else "SizeAdjustPolicy"
                    yield (
                        widget.get("name"),
                        one.get("name"),
                        kind,
                        [v.split("::")[-1] for v in value.split("|")],
                    )


qt.QUiLoader = QUiLoader
