"""Three sections through a series as one small gray picture; nothing here knows Slicer or Qt."""

AIR_HU = -1000
GAP = 6  # pixels between two sections


def montage(hu, spacing_mm, width, height, window=400, level=40):
    """Axial, coronal and sagittal middle sections of HU `[slice, row, column]`, all at one scale.

    `spacing_mm` is slice, row, column; slices go up, so that heads stand upright. The picture is at most
    `width` x `height` pixels, shows HU in a soft-tissue window, and comes as the bytes of a PGM file.
    """
    import numpy as np

    slices, rows, columns = hu.shape
    step, row, column = spacing_mm
    planes = (
        (hu[slices // 2], row, column),
        (hu[::-1, rows // 2], step, column),
        (hu[::-1, :, columns // 2], step, row),
    )
    wide = sum(plane.shape[1] * across for plane, _, across in planes)
    high = max(plane.shape[0] * down for plane, down, _ in planes)
    scale = min((width - 2 * GAP) / wide, height / high)  # pixels for each mm
    sampled = [_resampled(plane, down * scale, across * scale) for plane, down, across in planes]
    tallest = max(one.shape[0] for one in sampled)
    picture = np.full((tallest, sum(one.shape[1] for one in sampled) + 2 * GAP), AIR_HU, np.int16)
    left = 0
    for one in sampled:
        top = (tallest - one.shape[0]) // 2
        picture[top : top + one.shape[0], left : left + one.shape[1]] = one
        left += one.shape[1] + GAP
    low = level - window / 2
    gray = np.clip((picture - low) * (255.0 / window), 0, 255).astype(np.uint8)
    return b"P5 %d %d 255\n" % (gray.shape[1], gray.shape[0]) + gray.tobytes()


def _resampled(plane, down, across):
    """The plane with so many pixels for each row and column, from the nearest ones."""
    import numpy as np

    places = []
    for length, factor in zip(plane.shape, (down, across)):
        pixels = max(1, int(length * factor))
        places.append(np.minimum(((np.arange(pixels) + 0.5) / factor).astype(int), length - 1))
    return plane[np.ix_(*places)]
