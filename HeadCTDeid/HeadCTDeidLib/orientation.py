"""Array axes and patient axes: a volume of any orientation as [slice, row, column] of axial slices and back.

Axes are named in DICOM's LPS: slices go up (S), rows go back (P), columns go left (L).
"""


def axial_order(ijk_to_ras):
    """How to turn a `[k, j, i]` array into axial `[slice, row, column]`, from the 4x4 IJK-to-RAS matrix.

    Returns `(axes, flips, spacing_mm, vectors)`: the transposition, whether each new axis is reversed, the
    spacing and the three unit vectors in LPS, one row for each axis, all in the order slice, row, column.
    """
    import numpy as np

    columns = np.asarray(ijk_to_ras, dtype=float)[:3, :3].copy()
    columns[:2] *= -1  # RAS to LPS
    vectors = columns.T[::-1]  # array order: k, j, i
    spacing = np.linalg.norm(vectors, axis=1)
    if not np.all(spacing > 0):
        raise ValueError("the volume has no spacing along one axis")
    unit = vectors / spacing[:, None]
    axes = _nearest_axes(np.abs(unit))
    signs = np.array([np.sign(unit[axis, 2 - place]) or 1.0 for place, axis in enumerate(axes)])
    flips = [bool(sign < 0) for sign in signs]
    return axes, flips, tuple(float(one) for one in spacing[list(axes)]), unit[list(axes)] * signs[:, None]


def geometry_of(slices, spacing_mm, vectors):
    """The keywords of `headct_deid.deface` for axes as `axial_order` gives them.

    `direction` is Image Orientation (Patient). With a tilted gantry slices do not step along their normal, so
    that their positions are measured along it.
    """
    import numpy as np

    across_rows, across_columns = vectors[2], vectors[1]  # where column and row numbers grow
    step = spacing_mm[0] * float(np.dot(vectors[0], np.cross(across_rows, across_columns)))
    return {
        "spacing_mm": (step, spacing_mm[1], spacing_mm[2]),
        "positions_mm": [step * index for index in range(slices)],
        "direction": [float(one) for one in (*across_rows, *across_columns)],
    }


def _nearest_axes(weights):
    """The transposition whose axes lie closest to S, P and L together."""
    import itertools

    return max(
        itertools.permutations(range(3)),
        key=lambda axes: weights[axes[0], 2] + weights[axes[1], 1] + weights[axes[2], 0],
    )


def to_axial(array, axes, flips):
    """The array as axial `[slice, row, column]`, contiguous."""
    import numpy as np

    return np.ascontiguousarray(np.transpose(array, axes)[_steps(flips)])


def from_axial(array, axes, flips):
    """The inverse of `to_axial`."""
    import numpy as np

    return np.transpose(array[_steps(flips)], np.argsort(axes))


def _steps(flips):
    return tuple(slice(None, None, -1) if flip else slice(None) for flip in flips)


def ras_matrix(spacing_mm, origin_mm, directions):
    """The 4x4 IJK-to-RAS matrix of a `[slice, row, column]` array, from fields of `headct_deid.SeriesVolume`.

    `directions` holds in its columns the LPS vectors along which column, row and slice numbers grow.
    """
    import numpy as np

    matrix = np.eye(4)
    matrix[:3, :3] = np.asarray(directions, dtype=float) * np.asarray(spacing_mm, dtype=float)[::-1]
    matrix[:3, 3] = origin_mm
    matrix[:2] *= -1  # LPS to RAS
    return matrix
