"""The self-test of the module, on data that it makes itself; runs in the application and needs no file."""


def _head():
    """HU of a simple head `[k, j, i]`: skin, skull, brain and a nose; 2 mm in-plane, slices 4 mm apart."""
    import numpy as np

    z, y, x = np.meshgrid(*[np.arange(n) - (n - 1) / 2 for n in (40, 110, 96)], indexing="ij")
    z, y, x = z * 4.0, y * 2.0, x * 2.0

    def inside(half_x, half_y, half_z):
        return (x / half_x) ** 2 + (y / half_y) ** 2 + (z / half_z) ** 2 < 1

    hu = np.full(x.shape, -1000, np.int16)
    nose = (abs(x) < 12) & (y > -102) & (y < -80) & (z > -40) & (z < -8)
    hu[nose | inside(76, 92, 75)] = 40
    hu[inside(72, 88, 72)] = 900
    hu[inside(65, 81, 65)] = 32
    return hu


def options_survive_the_scene(case, logic):
    """Options are stored in the scene by their names."""
    from .options import Face

    logic.getParameterNode().face = Face.ERODE
    case.assertEqual(logic.getParameterNode().face, Face.ERODE)


def restoring_brings_the_defaults_back(case, logic):
    """Restore defaults undoes every change."""
    from .options import settings_of
    from .parameters import restore_defaults

    parameters = logic.getParameterNode()
    before = settings_of(parameters)
    parameters.kernelDiameter, parameters.removeText = 3.0, False
    case.assertNotEqual(settings_of(parameters), before)
    restore_defaults(parameters)
    case.assertEqual(settings_of(parameters), before)


def a_loaded_volume_is_defaced(case, logic):
    """A volume node becomes a new node with the same geometry, without a nose and with the same brain."""
    import numpy as np
    import slicer

    from .volumes import add_volume

    hu = _head()
    matrix = np.diag([-2.0, -2.0, 4.0, 1.0])  # columns go left, rows go back, slices go up
    matrix[:3, 3] = (95, 109, -78)
    node = add_volume(hu, matrix, "Head")
    new = logic.defaceVolume(node)
    after = slicer.util.arrayFromVolume(new)
    case.assertEqual(after.shape, hu.shape)
    case.assertEqual(new.GetSpacing(), node.GetSpacing())
    case.assertEqual(new.GetOrigin(), node.GetOrigin())
    brain = hu == 32
    case.assertTrue(np.array_equal(after[brain], hu[brain]))
    case.assertLess(int(after[15, 8, 48]), -500)  # the tip of the nose
    case.assertTrue(np.array_equal(slicer.util.arrayFromVolume(node), hu))


ALL = (options_survive_the_scene, restoring_brings_the_defaults_back, a_loaded_volume_is_defaced)
