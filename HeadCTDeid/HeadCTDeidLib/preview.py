"""One series before and after, side by side: linked slice views above, the skin in three dimensions below.

The nodes are named by New_ID, are never saved with a scene and go when the preview is closed.
"""

import slicer
import vtk

from .volumes import add_volume, series_matrix

LAYOUT = 20241  # any number that no built-in layout has
SIDES = ("Before", "After")
SKIN_HU = -300  # between air and fat
SKIN_COLOR = (0.85, 0.70, 0.60)
WHOLE_SKIN_GRID = 256  # up to so many voxels along an axis the surface takes all of them
LARGEST_SKIN_GRID = 192  # of more, so many at most; enough to recognize a face

_VIEW = (
    '<item><view class="{kind}" singletontag="HeadCTDeid{side}">'
    '<property name="viewlabel" action="default">{side}</property>{more}</view></item>'
)


def layout_description():
    """The layout as the application reads it: two slice views above two 3D views."""
    orientation = '<property name="orientation" action="default">Axial</property>'
    rows = []
    for kind, more in (("vtkMRMLSliceNode", orientation), ("vtkMRMLViewNode", "")):
        views = "".join(_VIEW.format(kind=kind, side=side, more=more) for side in SIDES)
        rows.append(f'<item><layout type="horizontal">{views}</layout></item>')
    return '<layout type="vertical">{}</layout>'.format("".join(rows))


class Preview:
    """The nodes of at most one preview and the layout that was there before it."""

    def __init__(self):
        self._nodes = []
        self._layout_before = None
        self._drawing = None  # what is being drawn; another object as soon as that is not wanted any more

    @property
    def shown(self):
        """Whether a preview is in the scene."""
        return bool(self._nodes)

    def steps(self, new_id, series, hu_after):
        """Shows `series` (a `headct_deid.SeriesVolume`) beside the array `hu_after` of the same shape.

        A generator: after each piece of the work it yields, so that the window can live on.
        """
        self.close()
        drawing = self._drawing = object()
        matrix = slicer.util.vtkMatrixFromArray(series_matrix(series))
        self._switch_layout()
        slice_nodes = []
        for side, hu in zip(SIDES, (series.hu, hu_after)):
            name = f"{new_id} {side.lower()}"
            volume = self._keep(add_volume(hu, matrix, name))
            slice_nodes.append(self._show_slices(side, volume))
            yield
            if self._drawing is not drawing:
                return
            self._show_skin(side, volume, name)
            yield
            if self._drawing is not drawing:
                return
        for node in slice_nodes:
            if node is not None:
                node.SetSliceOffset(slice_nodes[0].GetSliceOffset())

    def close(self):
        """Removes every node of the preview and brings the layout before it back."""
        self._drawing = None
        nodes, self._nodes = self._nodes, []
        for node in reversed(nodes):
            if slicer.mrmlScene.IsNodePresent(node):
                slicer.mrmlScene.RemoveNode(node)
        manager = slicer.app.layoutManager()
        if self._layout_before is not None and manager is not None:
            manager.setLayout(self._layout_before)
        self._layout_before = None

    def _keep(self, node):
        """Remembers a node and its display and storage, and keeps them out of saved scenes."""
        for one in (node, node.GetDisplayNode(), node.GetStorageNode()):
            if one is not None:
                one.SetSaveWithScene(False)
        self._nodes.extend(one for one in (node.GetDisplayNode(), node) if one is not None)
        return node

    def _switch_layout(self):
        manager = slicer.app.layoutManager()
        if manager is None:  # no main window: the nodes are all there is
            return
        self._layout_before = manager.layout
        node = manager.layoutLogic().GetLayoutNode()
        if not node.IsLayoutDescription(LAYOUT):
            node.AddLayoutDescription(LAYOUT, layout_description())
        manager.setLayout(LAYOUT)

    def _show_slices(self, side, volume):
        node = slicer.mrmlScene.GetSingletonNode("HeadCTDeid" + side, "vtkMRMLSliceNode")
        logic = slicer.app.applicationLogic().GetSliceLogic(node) if node else None
        if logic is None:
            return None
        composite = logic.GetSliceCompositeNode()
        composite.SetLinkedControl(True)
        composite.SetHotLinkedControl(True)
        composite.SetBackgroundVolumeID(volume.GetID())
        node.SetOrientationToAxial()
        logic.FitSliceToBackground()
        return node

    def _show_skin(self, side, volume, name):
        view = slicer.mrmlScene.GetSingletonNode("HeadCTDeid" + side, "vtkMRMLViewNode")
        model = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLModelNode", name + " skin")
        model.SetAndObservePolyData(skin(volume))
        model.CreateDefaultDisplayNodes()
        display = model.GetDisplayNode()
        display.SetColor(*SKIN_COLOR)
        display.SetBackfaceCulling(False)
        self._keep(model)
        if view is None:
            display.SetVisibility(False)
            return
        display.AddViewNodeID(view.GetID())
        view.SetBoxVisible(False)
        view.SetAxisLabelsVisible(False)
        view.SetLinkedControl(True)
        look_at_face(view, volume)


def skin(volume):
    """The surface between air and tissue, in RAS, on a grid that is thinned to be quick."""
    image = volume.GetImageData()
    thin = vtk.vtkExtractVOI()  # every second voxel, or third ...: quick, and enough for a surface
    thin.SetInputData(image)
    thin.SetVOI(image.GetExtent())
    thin.SetSampleRate(
        [1 if size <= WHOLE_SKIN_GRID else -(-size // LARGEST_SKIN_GRID) for size in image.GetDimensions()]
    )
    thin.Update()
    extent = thin.GetOutput().GetExtent()
    closed = vtk.vtkImageConstantPad()  # air around it, or a head that touches the border has a hole
    closed.SetInputConnection(thin.GetOutputPort())
    closed.SetOutputWholeExtent(*(end + (1 if axis % 2 else -1) for axis, end in enumerate(extent)))
    closed.SetConstant(-1000)
    surface = vtk.vtkFlyingEdges3D()
    surface.SetInputConnection(closed.GetOutputPort())
    surface.SetValue(0, SKIN_HU)
    surface.ComputeNormalsOn()  # from the image: quicker and smoother than from the triangles
    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    to_ras = vtk.vtkTransform()
    to_ras.SetMatrix(matrix)
    placed = vtk.vtkTransformPolyDataFilter()
    placed.SetTransform(to_ras)
    placed.SetInputConnection(surface.GetOutputPort())
    placed.Update()
    return placed.GetOutput()


def look_at_face(view, volume):
    """Points the view's camera at the face from the front, a little from the left."""
    cameras = getattr(slicer.modules, "cameras", None)
    camera = cameras.logic().GetViewActiveCameraNode(view) if cameras is not None else None
    if camera is None:
        return
    bounds = [0.0] * 6
    volume.GetRASBounds(bounds)
    center = [(bounds[axis] + bounds[axis + 1]) / 2 for axis in (0, 2, 4)]
    size = max(bounds[1] - bounds[0], bounds[3] - bounds[2], bounds[5] - bounds[4])
    camera.SetFocalPoint(*center)
    camera.SetPosition(center[0] - 0.75 * size, center[1] + 2.1 * size, center[2] + 0.2 * size)
    camera.SetViewUp(0, 0, 1)
    camera.ResetClippingRange()
