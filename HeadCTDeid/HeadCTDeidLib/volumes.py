"""Volume nodes in and out: defacing a volume that is already in the scene, and making nodes from arrays."""

from .orientation import axial_order, from_axial, geometry_of, ras_matrix, to_axial

DEFACED_NAME = "Defaced head CT"


class NotDefaced(Exception):
    """The volume cannot be defaced; the message is a sentence for the user."""


def hu_for(volume_node):
    """The node for `headct_deid.deface`: `(arguments, keywords, place)`; `defaced_node` wants the last."""
    import numpy as np
    import slicer
    import vtk

    if volume_node is None or volume_node.GetImageData() is None:
        raise NotDefaced("The volume holds no image. Choose a CT volume.")
    if volume_node.GetImageData().GetNumberOfScalarComponents() != 1:
        raise NotDefaced("The volume has colors. Choose a CT volume.")
    array = slicer.util.arrayFromVolume(volume_node)
    low, high = float(array.min()), float(array.max())
    if low > -200 or low < -32767 or high > 32767:
        raise NotDefaced(
            f"The volume does not look like CT: its values run from {low:g} to {high:g}; air should be near -1000 HU."
        )
    matrix = vtk.vtkMatrix4x4()
    volume_node.GetIJKToRASMatrix(matrix)
    axes, flips, spacing_mm, vectors = axial_order(slicer.util.arrayFromVTKMatrix(matrix))
    hu = to_axial(np.rint(array).astype(np.int16) if array.dtype.kind == "f" else array.astype(np.int16), axes, flips)
    return (hu,), geometry_of(len(hu), spacing_mm, vectors), (axes, flips)


def defaced_node(volume_node, defaced, place):
    """A new node with the same geometry; voxels that were not removed keep their value exactly."""
    import numpy as np
    import slicer
    import vtk

    if defaced.hold:
        raise NotDefaced("Nothing was changed, because it is not safe here: {}.".format(defaced.hold.replace("-", " ")))
    array = np.array(slicer.util.arrayFromVolume(volume_node))
    removed = from_axial(np.asarray(defaced.removed), *place)
    array[removed] = from_axial(np.asarray(defaced.hu), *place)[removed]
    matrix = vtk.vtkMatrix4x4()
    volume_node.GetIJKToRASMatrix(matrix)
    node = add_volume(array, matrix, slicer.mrmlScene.GenerateUniqueName(DEFACED_NAME))
    node.SetAndObserveTransformNodeID(volume_node.GetTransformNodeID())
    return node


def add_volume(array, ijk_to_ras, name):
    """A scalar volume node that shows soft tissue; `ijk_to_ras` is a vtkMatrix4x4 or an array."""
    import slicer

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", name)
    if not hasattr(ijk_to_ras, "GetElement"):
        ijk_to_ras = slicer.util.vtkMatrixFromArray(ijk_to_ras)
    node.SetIJKToRASMatrix(ijk_to_ras)
    node.CreateDefaultDisplayNodes()
    display = node.GetDisplayNode()
    display.SetAutoWindowLevel(False)  # before the voxels come, or their histogram is made for nothing
    display.SetWindowLevel(400, 40)
    slicer.util.updateVolumeFromArray(node, array)
    return node


def series_matrix(series):
    """The 4x4 IJK-to-RAS matrix of a `headct_deid.SeriesVolume`."""
    return ras_matrix(series.spacing_mm, series.origin_mm, series.directions)


def series_geometry(series):
    """The keywords of `headct_deid.deface` for a `headct_deid.SeriesVolume`."""
    directions = series.directions
    return {
        "spacing_mm": series.spacing_mm,
        "positions_mm": series.positions_mm,
        "direction": [float(one) for one in (*directions[:, 0], *directions[:, 1])],
    }
