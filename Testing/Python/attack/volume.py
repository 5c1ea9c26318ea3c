"""A CT series as HU values with its place in the patient, and a regular grid of millimetres laid through it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
Scalar = TypeVar("Scalar", bound=np.generic)

AIR_HU = -1000.0
IMPLAUSIBLE_HU = -1100  # below any air and its noise: padding, or outside the field of view


@dataclass(frozen=True)
class Volume:
    """HU values `[slice, row, column]`; slices ascend along the normal and may be uneven or sheared (gantry tilt)."""

    hu: NDArray[np.int16]
    origins_mm: NDArray[
        np.float64
    ]  # center of the first voxel of each slice, DICOM patient space (left, posterior, superior)
    along_row: NDArray[np.float64]  # unit vector of increasing column
    along_column: NDArray[np.float64]  # unit vector of increasing row
    pixel_mm: tuple[float, float]  # distance between rows, between columns

    @classmethod
    def of(
        cls,
        hu: NDArray[np.generic],
        spacing_mm: Sequence[float],
        positions_mm: Sequence[float] | None = None,
        direction: NDArray[np.float64] | None = None,
    ) -> Volume:
        """Wraps an array; without `direction` rows run to the back, columns to the left, slices upwards.

        `spacing_mm` is (slice, row, column); `positions_mm`, when given, replaces the even slice spacing. The columns
        of `direction` are the patient-space unit vectors along column index, row index and slice index.
        """
        axes = np.eye(3) if direction is None else np.asarray(direction, dtype=float)
        along = (
            np.arange(len(hu)) * float(spacing_mm[0]) if positions_mm is None else np.asarray(positions_mm, dtype=float)
        )
        if len(along) != len(hu):
            raise ValueError(f"{len(along)} positions for {len(hu)} slices")
        if hu.ndim != 3 or min(spacing_mm) <= 0:
            raise ValueError("expected [slice, row, column] and spacings above 0 mm")
        values = np.clip(np.rint(hu) if hu.dtype.kind == "f" else hu, -32767, 32767).astype(np.int16)
        return cls(
            values, along[:, None] * axes[:, 2], axes[:, 0], axes[:, 1], (float(spacing_mm[1]), float(spacing_mm[2]))
        )

    def with_hu(self, hu: NDArray[np.generic]) -> Volume:
        """The same place with other values."""
        if hu.shape != self.hu.shape:
            raise ValueError(f"shape {hu.shape} differs from {self.hu.shape}")
        return Volume(hu.astype(np.int16), self.origins_mm, self.along_row, self.along_column, self.pixel_mm)

    @property
    def normal(self) -> NDArray[np.float64]:
        """Unit vector at right angles to the slices."""
        return np.cross(self.along_row, self.along_column)

    @property
    def positions_mm(self) -> NDArray[np.float64]:
        """Position of each slice along the normal."""
        return self.origins_mm @ self.normal

    @property
    def slice_mm(self) -> float:
        """Median distance between slices; 1 mm for a single one."""
        steps = np.abs(np.diff(self.positions_mm))
        return float(np.median(steps)) if len(steps) else 1.0

    @property
    def voxel_ml(self) -> float:
        """Volume of a voxel (median slice distance)."""
        return self.slice_mm * self.pixel_mm[0] * self.pixel_mm[1] / 1000.0

    def corners_mm(self) -> NDArray[np.float64]:
        """The eight corner voxels in patient space."""
        rows, columns = self.hu.shape[1:]
        down = self.along_column * self.pixel_mm[0] * (rows - 1)
        right = self.along_row * self.pixel_mm[1] * (columns - 1)
        return np.array(
            [o + a + b for o in self.origins_mm[[0, -1]] for a in (0 * down, down) for b in (0 * right, right)]
        )


@dataclass
class Grid:
    """Points a fixed step apart along the patient axes, indexed `[up, back, left]`, laid through a volume."""

    volume: Volume
    low_mm: NDArray[np.float64]  # patient position (left, posterior, superior) of index 0
    shape: tuple[int, int, int]
    step_mm: float
    _window: tuple[slice, ...] = field(init=False)
    _index: NDArray[np.float32] = field(init=False)

    @classmethod
    def whole(cls, volume: Volume, step_mm: float) -> Grid:
        """The grid over all of a volume."""
        corners = volume.corners_mm()
        return cls.box(volume, corners.min(axis=0), corners.max(axis=0), step_mm)

    @classmethod
    def box(cls, volume: Volume, low_mm: NDArray[np.float64], high_mm: NDArray[np.float64], step_mm: float) -> Grid:
        """The grid over a box in patient space, cut to the volume."""
        corners = volume.corners_mm()
        low = np.maximum(low_mm, corners.min(axis=0))
        high = np.minimum(high_mm, corners.max(axis=0))
        count = np.maximum(np.floor((high - low) / step_mm).astype(int) + 1, 1)
        return cls(volume, low, (int(count[2]), int(count[1]), int(count[0])), step_mm)

    def __post_init__(self) -> None:
        v = self.volume
        up, back, left = (np.arange(n) * self.step_mm + o for n, o in zip(self.shape, self.low_mm[::-1], strict=True))
        point = np.empty((3, *self.shape), np.float32)
        point[0], point[1], point[2] = left[None, None, :], back[None, :, None], up[:, None, None]
        along = np.tensordot(v.normal.astype(np.float32), point, 1)
        positions = v.positions_mm
        ascending = np.argsort(positions)
        index = np.empty_like(point)
        index[0] = np.interp(along, positions[ascending], ascending.astype(float))
        for axis in range(3):
            point[axis] -= np.interp(along, positions[ascending], v.origins_mm[ascending, axis])
        index[1] = np.tensordot((v.along_column / v.pixel_mm[0]).astype(np.float32), point, 1)
        index[2] = np.tensordot((v.along_row / v.pixel_mm[1]).astype(np.float32), point, 1)
        window = []
        for axis, size in enumerate(v.hu.shape):
            first = int(np.clip(np.floor(index[axis].min()) - 6, 0, size - 1))
            last = int(np.clip(np.ceil(index[axis].max()) + 7, first + 1, size))
            window.append(slice(first, last))
            index[axis] -= first
        self._window, self._index = tuple(window), index

    def cut(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """The part of a voxel array that this grid needs."""
        return values[self._window]

    def sample(self, cut: NDArray[np.generic], outside: float = AIR_HU) -> Array:
        """Linear interpolation of a cut voxel array at every grid point."""
        out: Array = ndimage.map_coordinates(
            cut.astype(np.float32, copy=False), self._index, order=1, mode="constant", cval=outside
        )
        return out

    def sample_volume(self, volume: Volume) -> Array:
        """HU of a volume of the same geometry at every grid point; unmeasured voxels count as air."""
        cut = volume.hu[self._window]
        return self.sample(np.where(cut < IMPLAUSIBLE_HU, np.int16(AIR_HU), cut))

    def to_voxels(self, values: NDArray[Scalar]) -> NDArray[Scalar]:
        """A value per grid point brought back to the voxels of the volume (nearest point); 0 beyond the grid."""
        v = self.volume
        down = (np.arange(v.hu.shape[1]) * v.pixel_mm[0])[:, None]
        right = (np.arange(v.hu.shape[2]) * v.pixel_mm[1])[None, :]
        # An axis of the patient that only rows or only columns follow needs one line of positions, not a plane.
        plane = [
            (down * a if a else 0.0) + (right * b if b else 0.0)
            for a, b in zip(v.along_column, v.along_row, strict=True)
        ]
        out = np.zeros(v.hu.shape, values.dtype)
        for i, origin in enumerate(v.origins_mm):
            at, inside = [], np.True_
            for part, offset, size in zip(plane, origin - self.low_mm, self.shape[::-1], strict=True):
                nearest = np.rint((part + offset) / self.step_mm).astype(np.int32)
                valid = (nearest >= 0) & (nearest < size)
                at.append(np.where(valid, nearest, 0))
                inside = inside & valid
            out[i] = np.where(inside, values[at[2], at[1], at[0]], values.dtype.type(0))
        return out

    def patient_mm(self, index: NDArray[np.int64]) -> NDArray[np.float64]:
        """Patient positions (left, posterior, superior) of grid indices `[n, 3]`."""
        return index[:, ::-1] * self.step_mm + self.low_mm
