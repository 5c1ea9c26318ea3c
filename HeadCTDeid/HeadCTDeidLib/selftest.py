"""The self-test of the module, on data that it makes itself; runs in the application and brings no file."""


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


NAME, ACCESSION, NEW_ID = "SELFTEST^INVENTED", "ACC-424242", "SELF-001"


def _write_patient(folder):
    """Writes `folder/patients/<accession>` and `folder/patients.csv`; every name and number is invented."""
    import pydicom
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    old = pydicom.__version__.startswith("2.")  # the application brings 2 or 3
    how = {"write_like_original": False} if old else {"enforce_file_format": True}
    series = folder / "patients" / ACCESSION
    series.mkdir(parents=True)
    for number, plane in enumerate(_head(), start=1):
        one, meta = Dataset(), FileMetaDataset()
        meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = CTImageStorage, ExplicitVRLittleEndian
        meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.8.498.424242.{number}"
        one.file_meta = meta
        if old:
            one.is_little_endian, one.is_implicit_VR = True, False
        one.SOPClassUID, one.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        one.StudyInstanceUID, one.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.4242", "1.2.826.0.1.3680043.8.498.4243"
        one.PatientName, one.PatientID, one.AccessionNumber = NAME, "PID-424242", ACCESSION
        one.Modality, one.ImageType, one.BodyPartExamined = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"], "HEAD"
        one.ImagePositionPatient, one.ImageOrientationPatient = [-95, -109, 4 * number], [1, 0, 0, 0, 1, 0]
        one.PixelSpacing, one.SliceThickness = [2, 2], 4
        one.Rows, one.Columns = plane.shape
        one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
        one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 1
        one.RescaleIntercept, one.RescaleSlope = 0, 1
        one.PixelData = plane.astype("<i2").tobytes()
        pydicom.dcmwrite(str(series / f"{number}.dcm"), one, **how)
    (folder / "patients.csv").write_text(f"Accession_number,New_ID\n{ACCESSION},{NEW_ID}\n", encoding="ascii")


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


def a_folder_is_deidentified(case, logic):
    """A patient on disk is checked and released; nothing of the header's name is left in any file."""
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        _write_patient(folder)
        source, table, output = folder / "patients", folder / "patients.csv", folder / "released"
        plan = logic.check(source, table)
        case.assertEqual([(one["new_id"], one["slices"]) for one in plan.patients], [(NEW_ID, 40)])
        report = logic.deidentify(source, table, output)
        case.assertEqual((report.released, report.failed, report.held), (40, 0, []))
        files = sorted(output.rglob("*.dcm"))
        case.assertEqual(len(files), 40)
        for file in files:
            data = file.read_bytes()
            case.assertNotIn(NAME.encode("ascii"), data)
            case.assertNotIn(ACCESSION.encode("ascii"), data)


ALL = (
    options_survive_the_scene,
    restoring_brings_the_defaults_back,
    a_loaded_volume_is_defaced,
    a_folder_is_deidentified,
)
