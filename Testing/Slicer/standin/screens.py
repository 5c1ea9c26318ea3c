"""Pictures of the window as a user would see it: the panel on the left, the views of the layout on the right.

The slices come from the real slice logic and the skin from real VTK rendering; the frame around them is ours.
"""

import slicer
import vtk
from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import Qt

WINDOW = (1280, 720)
PANEL_WIDTH = 440


def dark():
    """The colors of the application's dark theme."""
    palette = QtGui.QPalette()
    roles = QtGui.QPalette.ColorRole
    for role, color in (
        (roles.Window, "#353535"),
        (roles.WindowText, "#f0f0f0"),
        (roles.Base, "#232323"),
        (roles.AlternateBase, "#2b2b2b"),
        (roles.ToolTipBase, "#353535"),
        (roles.ToolTipText, "#f0f0f0"),
        (roles.Text, "#f0f0f0"),
        (roles.Button, "#424242"),
        (roles.ButtonText, "#f0f0f0"),
        (roles.Highlight, "#2a82da"),
        (roles.HighlightedText, "#ffffff"),
        (roles.PlaceholderText, "#8f8f8f"),
    ):
        palette.setColor(role, QtGui.QColor(color))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QtGui.QPalette.ColorGroup.Disabled, role, QtGui.QColor("#8a8a8a"))
    return palette


def light():
    """The colors that the style has by itself."""
    return QtWidgets.QApplication.style().standardPalette()


class Window(QtWidgets.QWidget):
    """A window of a small screen with the panel in a scroll area, as the application places it."""

    def __init__(self, panel_parent):
        super().__init__()
        self.resize(*WINDOW)
        layout = QtWidgets.QHBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 4)
        self.area = QtWidgets.QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFixedWidth(PANEL_WIDTH)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarAsNeeded)
        self.area.setWidget(panel_parent)
        layout.addWidget(self.area)
        self._views = QtWidgets.QGridLayout()
        self._views.setSpacing(3)
        layout.addLayout(self._views, 1)
        self.labels = []
        for row in range(2):
            for column in range(2):
                label = QtWidgets.QLabel()
                label.setStyleSheet("background: black; color: white")
                label.setAlignment(Qt.AlignCenter)
                self._views.addWidget(label, row, column)
                self.labels.append(label)

    def draw_views(self):
        """Draws what the layout shows at this moment."""
        manager = slicer.app.layoutManager()
        for index, side in enumerate(("Before", "After")):
            for label, kind, draw in (
                (self.labels[index], "vtkMRMLSliceNode", slice_picture),
                (self.labels[2 + index], "vtkMRMLViewNode", skin_picture),
            ):
                label.clear()
                node = slicer.mrmlScene.GetSingletonNode("HeadCTDeid" + side, kind)
                if node is not None and manager.layout != manager.FOUR_UP:
                    label.setPixmap(QtGui.QPixmap.fromImage(named(draw(node, label.size), node)))

    def save(self, path):
        """Writes the window as a picture, in full color."""
        self.draw_views()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not self.grab().save(str(path)):
            raise OSError("cannot write " + path.name)


def named(image, view):
    """The picture with the label of its view, which the application writes into a bar above it."""
    painter = QtGui.QPainter(image)
    painter.setPen(QtGui.QColor("white"))
    painter.drawText(8, 18, view.GetLayoutLabel())
    painter.end()
    return image


def slice_picture(node, size):
    """What the slice view of `node` shows."""
    node.SetDimensions(size.width(), size.height(), 1)
    logic = slicer.app.layoutManager().slice_logic(node)
    logic.FitSliceToBackground(size.width(), size.height())
    logic.GetBlend().Update()
    return to_image(logic.GetBlend().GetOutput())


def skin_picture(node, size):
    """What the 3D view of `node` shows: the models that are shown in it, from its camera."""
    renderer = vtk.vtkRenderer()
    renderer.SetBackground(0.65, 0.65, 0.8)
    shown = vtk.vtkRenderWindow()
    shown.SetOffScreenRendering(1)
    shown.SetSize(size.width(), size.height())
    shown.AddRenderer(renderer)
    models = slicer.mrmlScene.GetNodesByClass("vtkMRMLModelNode")
    models.UnRegister(None)
    for index in range(models.GetNumberOfItems()):
        model = models.GetItemAsObject(index)
        display = model.GetDisplayNode()
        if display is None or not display.GetVisibility() or not display.IsDisplayableInView(node.GetID()):
            continue
        mapper = vtk.vtkPolyDataMapper()
        mapper.SetInputData(model.GetPolyData())
        mapper.ScalarVisibilityOff()
        actor = vtk.vtkActor()
        actor.SetMapper(mapper)
        actor.GetProperty().SetColor(display.GetColor())
        renderer.AddActor(actor)
    camera = slicer.modules.cameras.nodes[node.GetID()].GetCamera()
    renderer.SetActiveCamera(camera)
    renderer.ResetCameraClippingRange()
    shown.Render()
    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(shown)
    grab.ReadFrontBufferOff()
    grab.Update()
    return to_image(grab.GetOutput())


def to_image(data):
    """A vtkImageData of colors, bottom row first, as a QImage."""
    from vtk.util.numpy_support import vtk_to_numpy

    columns, rows, _ = data.GetDimensions()
    colors = vtk_to_numpy(data.GetPointData().GetScalars()).reshape(rows, columns, -1)[::-1, :, :3].copy()
    image = QtGui.QImage(colors.tobytes(), columns, rows, 3 * columns, QtGui.QImage.Format_RGB888)
    return image.copy()


def clipped(top):
    """The labels, buttons and boxes below `top` whose text is wider than they are."""
    found = []
    for combo in top.findChildren(QtWidgets.QComboBox):
        if combo.isVisible() and not combo.editable:
            option = QtWidgets.QStyleOptionComboBox()
            combo.initStyleOption(option)
            field = combo.style().subControlRect(
                QtWidgets.QStyle.CC_ComboBox, option, QtWidgets.QStyle.SC_ComboBoxEditField, combo
            )
            for index in range(combo.count):
                text = combo.itemText(index)
                if combo.fontMetrics().horizontalAdvance(text) > field.width():
                    found.append(f"{combo.objectName}: {text}")
    for widget in top.findChildren(QtWidgets.QWidget):
        if not widget.isVisible() or not hasattr(widget, "text") or isinstance(widget, QtWidgets.QLineEdit):
            continue
        text = widget.property("text")
        if not isinstance(text, str) or not text or getattr(widget, "wordWrap", False):
            continue
        needed = widget.fontMetrics().horizontalAdvance(text)
        if needed > widget.width + 1:
            found.append(f"{widget.objectName}: {text}")
    return found


def scroll_to(window, widget):
    """Brings `widget` into sight."""
    window.area.ensureWidgetVisible(widget, 0, 0)
    QtCore.QCoreApplication.processEvents()
