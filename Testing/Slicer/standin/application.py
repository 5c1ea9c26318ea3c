"""Stand-ins for `slicer.app`, its layout manager, the modules the panel asks for, and the main window."""

import sys
import tempfile
import types
import xml.etree.ElementTree as ElementTree

import slicer
import slicer.util
from PySide6 import QtCore, QtWidgets

from . import pythonqt  # noqa: F401
from .widgets import STANDINS


class LayoutManager:
    """Makes the view nodes that a layout description names, with real slice logics behind the slice views."""

    FOUR_UP = 3

    def __init__(self):
        self.layout = self.FOUR_UP
        self._logics = {}

    def layoutLogic(self):
        return types.SimpleNamespace(GetLayoutNode=self._layout_node)

    @staticmethod
    def _layout_node():
        scene = slicer.mrmlScene
        node = scene.GetFirstNodeByClass("vtkMRMLLayoutNode")
        return node or scene.AddNewNodeByClass("vtkMRMLLayoutNode")

    def setLayout(self, number):
        self.layout = number
        if not self._layout_node().IsLayoutDescription(number):
            return
        for view in ElementTree.fromstring(self._layout_node().GetLayoutDescription(number)).iter("view"):
            tag, kind = view.get("singletontag"), view.get("class")
            if slicer.mrmlScene.GetSingletonNode(tag, kind) is None:
                if kind == "vtkMRMLSliceNode":
                    self._add_slices(tag)
                else:
                    self._add_view(tag, kind)
            node = slicer.mrmlScene.GetSingletonNode(tag, kind)
            node.SetLayoutLabel(view.findtext("property[@name='viewlabel']"))

    @staticmethod
    def _add_view(tag, kind):
        node = slicer.mrmlScene.CreateNodeByClass(kind)
        node.UnRegister(None)
        node.SetSingletonTag(tag)
        node.SetName(tag)
        CAMERAS.add(slicer.mrmlScene.AddNode(node))

    def _add_slices(self, tag):
        logic = slicer.vtkMRMLSliceLogic()
        logic.SetMRMLApplicationLogic(APPLICATION_LOGIC)
        logic.SetMRMLScene(slicer.mrmlScene)
        node = logic.AddSliceNode(tag)
        node.SetDimensions(300, 250, 1)
        node.SetFieldOfView(300, 250, 1)
        self._logics[tag] = logic

    def slice_logic(self, node):
        return self._logics.get(node.GetSingletonTag()) if node is not None else None


class Cameras:
    """One camera node for each 3D view node."""

    def __init__(self):
        self.nodes = {}

    def logic(self):
        return types.SimpleNamespace(GetViewActiveCameraNode=lambda view: self.nodes.get(view.GetID()))

    def add(self, view):
        self.nodes[view.GetID()] = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLCameraNode", view.GetName() + " camera")


class Application(QtWidgets.QApplication):
    def __init__(self):
        super().__init__(["standin"])
        self.setOrganizationName("headct-standin")
        self.setApplicationName("Slicer")
        self._layouts = LayoutManager()

    def testingEnabled(self):
        return False

    def mrmlScene(self):
        return slicer.mrmlScene

    def layoutManager(self):
        return self._layouts

    def applicationLogic(self):
        return types.SimpleNamespace(GetSliceLogic=self._layouts.slice_logic)


def settings_in(folder):
    """Keeps remembered folders in `folder` instead of the home of whoever runs the tests."""
    QtCore.QSettings.setDefaultFormat(QtCore.QSettings.IniFormat)
    QtCore.QSettings.setPath(QtCore.QSettings.IniFormat, QtCore.QSettings.UserScope, str(folder))


settings_in(tempfile.mkdtemp(prefix="headct-settings-"))
slicer.app = Application()
slicer.app.setStyle("Fusion")
MAIN_WINDOW = QtWidgets.QMainWindow()
MAIN_WINDOW.setObjectName("qSlicerMainWindow")  # slicer.util only logs when there is none
slicer.mrmlScene = slicer.vtkMRMLScene()
APPLICATION_LOGIC = slicer.vtkSlicerApplicationLogic()
APPLICATION_LOGIC.SetMRMLScene(slicer.mrmlScene)
_colors = slicer.vtkSlicerColorLogic()  # slice display asks for it by this name
_colors.SetMRMLApplicationLogic(APPLICATION_LOGIC)
_colors.SetMRMLScene(slicer.mrmlScene)
APPLICATION_LOGIC.SetModuleLogic("Colors", _colors)
CAMERAS = Cameras()
slicer.modules = types.ModuleType("slicer.modules")
slicer.modules.cameras = CAMERAS
sys.modules["slicer.modules"] = slicer.modules
for _name, _cls in STANDINS.items():
    if _name.startswith("qMRML"):
        setattr(slicer, _name, _cls)
