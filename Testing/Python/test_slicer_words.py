"""The parts of the Slicer module that need no Slicer: settings, inputs, sentences, axes, bundled wheel."""

import hashlib
import re
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY / "HeadCTDeid"))

from HeadCTDeidLib import inputs, options, orientation, plan, sections, sentences, wheel  # noqa: E402


def defaults():
    """The parameter node's defaults, read from its source, since the node itself needs the application."""
    text = (REPOSITORY / "HeadCTDeid/HeadCTDeidLib/parameters.py").read_text(encoding="ascii")
    found = re.findall(r"^    (\w+): .*? = (.+)$", text, re.M)
    return SimpleNamespace(**{name: eval(value, vars(options)) for name, value in found})


def program_settings():
    text = (REPOSITORY / "rust/core/src/settings.rs").read_text(encoding="utf-8")
    return dict(re.findall(r'name: "(.*?)",\s*default: "(.*?)"', text))


def test_the_panel_has_every_setting_of_the_program_with_its_default():
    assert options.settings_of(defaults()) == program_settings()


@pytest.mark.parametrize("choice", options.Choice.__subclasses__(), ids=lambda cls: cls.__name__)
def test_every_choice_has_a_label_and_the_first_is_the_default(choice):
    assert all(member.label() for member in choice)
    assert next(iter(choice)) in vars(defaults()).values()


def test_options_become_what_the_program_calls_them():
    values = defaults()
    values.kernelDiameter, values.kernelUnit = 12.5, options.KernelUnit.MILLIMETERS
    values.fill, values.fillValue = options.Fill.VALUE, -850
    values.dropTextSlices, values.includeContrast = True, False
    settings = options.settings_of(values)
    assert settings["kernel"] == "12.5mm" and settings["fill"] == "-850"
    assert settings["text"] == "drop-slice" and settings["contrast"] == "exclude"
    values.removeText = False
    assert options.settings_of(values)["text"] == "off"


@pytest.fixture
def places(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "list.xlsx").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(
    ("source", "table", "output", "private", "words"),
    [
        ("", "list.xlsx", "out", "", "Choose the DICOM folder"),
        ("nowhere", "list.xlsx", "out", "", "does not exist"),
        ("in", "", "out", "", "Choose the list"),
        ("in", "other.xlsx", "out", "", "does not exist"),
        ("in", "in", "out", "", "does not exist"),
        ("in", "list.xlsx", "", "", "Choose the output folder"),
        ("in", "list.xlsx", "in", "", "inside the DICOM folder"),
        ("in", "list.xlsx", "in/deep", "", "inside the DICOM folder"),
        ("in", "list.xlsx", ".", "", "lies inside the output folder"),
        ("in", "list.xlsx", "list.xlsx", "", "is a file"),
        ("in", "list.xlsx", "out", "out/key", "private folder lies inside"),
        ("in", "list.xlsx", "out", "", None),
    ],
)
def test_inputs_that_make_no_sense_are_named(places, source, table, output, private, words):
    given = [str(places / one) if one else "" for one in (source, table, output, private)]
    reason = inputs.reason_to_wait(*given)
    assert reason is None if words is None else words in reason


def progress(**values):
    base = dict(
        stage="processing", patients_done=0, patients_total=3, slices_done=0, slices_total=40,
        slices_per_second=0.0, seconds_left=None, finished=False,
    )  # fmt: skip
    return SimpleNamespace(**{**base, **values})


def test_progress_reads_like_a_sentence():
    assert sentences.progress_line(progress(patients_total=0, stage="scanning")) == "Scanning."
    assert sentences.progress_line(progress()) == "Patient 1 of 3"
    assert sentences.progress_line(progress(stage="scanning")) == "Looking through patient 1 of 3"
    line = sentences.progress_line(
        progress(patients_done=1, slices_done=50, slices_per_second=48.6, seconds_left=130.0)
    )
    assert line == "Patient 2 of 3, 49 slices per second, about 2 min left"


def test_the_bar_is_full_only_at_the_end():
    assert sentences.progress_percent(progress(patients_done=3, slices_done=40)) == 99
    assert sentences.progress_percent(progress(finished=True)) == 100
    assert sentences.progress_percent(progress(slices_done=20)) == 16
    assert sentences.progress_percent(progress(patients_total=0)) == 0


@pytest.mark.parametrize(("seconds", "text"), [(0.2, "1 s"), (59, "59 s"), (90, "2 min"), (7800, "2 h 10 min")])
def test_times_are_rounded_for_people(seconds, text):
    assert sentences.duration(seconds) == text


def test_the_summary_counts_by_reason():
    report = SimpleNamespace(released=80, excluded={"not-axial": 2, "not-ct": 5}, failed=1, held=[{}])
    assert sentences.report_summary(report) == [
        "Released: 80 slices.",
        "Left out: 7 files (5 not ct, 2 not axial).",
        "Failed: 1 file. The report says which and why.",
        "Held back: 1 series, listed below.",
    ]


PATIENT = {
    "row": 2,
    "new_id": "D1",
    "series": [
        {"number": 1, "slices": 40, "description": "256 x 256 pixels", "remarks": []},
        {"number": 2, "slices": 2, "description": "512 x 512 pixels", "remarks": ["gantry tilt 14 degrees"]},
    ],
    "left_out": {"not axial (localizer or reformat)": 2, "not CT": 1},
}


def test_a_plan_becomes_rows():
    (patient,) = plan.patients_of(SimpleNamespace(patients=[PATIENT], problems=[]))
    assert [one.name for one in patient.series] == ["Series 1", "Series 2"]
    assert [one.outcome for one in patient.series] == ["Kept", "Kept: gantry tilt 14 degrees"]
    assert patient.slices == 42 and patient.left_out == PATIENT["left_out"]


def test_a_plan_is_summed_up_in_one_sentence():
    problems = [{"place": "linkage table, row 3", "message": "no folder of this name in the input"}]
    text = plan.summary(SimpleNamespace(patients=[PATIENT], problems=problems))
    parts = ("1 patient, 2 series with 42 slices would be processed.", "3 files would be left out.")
    assert text == " ".join([*parts, "1 remark to look at."])


def test_a_refusal_is_told_row_by_row_and_not_without_end():
    rows = [{"place": f"linkage table, row {row}", "message": "New_ID is empty"} for row in range(2, 302)]
    lines = sentences.problem_sentences(SimpleNamespace(problems=rows))
    assert lines[0] == "List, row 2: New_ID is empty." and len(lines) == 11
    assert lines[-1] == "And 290 more problems; correct these first."
    there = [{"place": "output folder", "message": "holds New_ID `A` already; resume or overwrite to go on with it"}]
    assert "If already there" in sentences.problem_sentences(SimpleNamespace(problems=there))[-1]


def test_an_unexpected_error_says_nothing_about_the_patient():
    error = FileNotFoundError(2, "No such file or directory", "/data/DOE^JANE/IM1")
    assert "DOE" not in sentences.unexpected(error)
    assert "DOE" not in sentences.unexpected(ValueError("DOE^JANE"))


def test_sections_have_one_scale_stand_upright_and_fit():
    hu = np.full((10, 40, 20), -1000, np.int16)
    hu[9] = 1000  # the topmost slice, 5 mm thick
    picture = sections.montage(hu, (5.0, 1.0, 2.0), 380, 130)
    magic, columns, rows = picture.split(maxsplit=3)[0], *map(int, picture.split(maxsplit=3)[1:3])
    assert magic == b"P5" and columns <= 380 and rows <= 130
    gray = np.frombuffer(picture[-rows * columns :], np.uint8).reshape(rows, columns)
    scale = rows / 50  # the coronal and sagittal sections are 50 mm high and set the height
    assert abs(columns - 2 * sections.GAP - scale * (40 + 40 + 40)) < 4
    coronal = gray[:, columns // 2]
    assert (coronal[: int(4 * scale)] == 255).all() and (coronal[int(6 * scale) :] == 0).all()


DIRECTIONS = {
    "as DICOM loads": np.diag([-1, -1, 1]),
    "turned over": np.diag([1, 1, -1]),
    "sagittal": np.array([[0, 0, 1], [-1, 0, 0], [0, 1, 0]]),
    "coronal": np.array([[-1, 0, 0], [0, 0, 1], [0, -1, 0]]),
    "oblique": np.array([[-0.96, 0.28, 0], [-0.28, -0.96, 0], [0, 0, 1.0]]),
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_a_volume_of_any_orientation_becomes_axial_and_comes_back(name):
    spacing = np.array([0.5, 0.75, 4.0])
    matrix = np.eye(4)
    matrix[:3, :3] = DIRECTIONS[name] * spacing
    array = np.arange(2 * 3 * 4).reshape(2, 3, 4)
    axes, flips, spacing_mm, vectors = orientation.axial_order(matrix)
    axial = orientation.to_axial(array, axes, flips)
    assert np.array_equal(orientation.from_axial(axial, axes, flips), array)
    assert sorted(spacing_mm) == sorted(spacing)
    for row, axis in enumerate((2, 1, 0)):  # slices up, rows back, columns left
        assert vectors[row, axis] > 0.9


def test_a_matrix_made_from_a_series_gives_the_same_axes_back():
    directions = np.array([[1.0, 0, 0], [0, 0.98, -0.2], [0, 0.2, 0.98]])
    directions /= np.linalg.norm(directions, axis=0)
    matrix = orientation.ras_matrix((5.0, 0.5, 0.4), (-100.0, -90.0, 30.0), directions)
    axes, flips, spacing_mm, vectors = orientation.axial_order(matrix)
    assert axes == (0, 1, 2) and not any(flips)
    assert np.allclose(spacing_mm, (5.0, 0.5, 0.4)) and np.allclose(vectors, directions.T[::-1])
    assert np.allclose(matrix[:3, 3], (100.0, 90.0, 30.0))
    geometry = orientation.geometry_of(3, spacing_mm, vectors)
    assert np.allclose(geometry["direction"], [*directions[:, 0], *directions[:, 1]])
    assert np.allclose(geometry["positions_mm"], [0, 5, 10])


def test_slices_of_a_tilted_gantry_are_placed_along_their_normal():
    vectors = np.array([[0, np.sin(0.3), np.cos(0.3)], [0, 1.0, 0], [1.0, 0, 0]])
    geometry = orientation.geometry_of(2, (5.0, 0.5, 0.4), vectors)
    assert np.isclose(geometry["spacing_mm"][0], 5.0 * np.cos(0.3))
    assert np.allclose(geometry["direction"], [1, 0, 0, 0, 1, 0])


@pytest.mark.parametrize(
    ("tag", "platform", "machine", "fits"),
    [
        ("manylinux_2_17_x86_64.manylinux2014_x86_64", "linux", "x86_64", True),
        ("linux_x86_64", "linux", "x86_64", True),
        ("linux_x86_64", "linux", "aarch64", False),
        ("win_amd64", "win32", "AMD64", True),
        ("win_amd64", "darwin", "x86_64", False),
        ("macosx_11_0_arm64", "darwin", "arm64", True),
        ("macosx_10_12_x86_64", "darwin", "arm64", False),
        ("macosx_10_12_universal2", "darwin", "arm64", True),
        ("any", "win32", "AMD64", True),
    ],
)
def test_a_wheel_is_for_one_kind_of_computer(tag, platform, machine, fits):
    assert wheel.fits(f"headct_deid-1.0.0-cp39-abi3-{tag}.whl", platform, machine) is fits


@pytest.fixture
def wheels(tmp_path):
    path = tmp_path / "headct_deid-9.9.9-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("headct_deid_probe/__init__.py", "")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  {path.name}\n", encoding="ascii")
    return tmp_path


def test_a_changed_wheel_is_never_installed(wheels):
    with next(wheels.glob("*.whl")).open("ab") as file:
        file.write(b"x")
    with pytest.raises(wheel.NotInstalled, match="SHA-256"):
        wheel.install(wheels, lambda arguments: pytest.fail("pip was asked"))


def test_a_wheel_without_a_hash_is_never_installed(wheels):
    (wheels / "SHA256SUMS").unlink()
    with pytest.raises(wheel.NotInstalled, match="SHA-256"):
        wheel.install(wheels, lambda arguments: pytest.fail("pip was asked"))


def test_pip_is_asked_for_the_bundled_folder_and_no_index(wheels):
    asked = []
    with pytest.raises(wheel.NotInstalled) as problem:
        wheel.install(wheels, lambda arguments: (asked.append(arguments), (1, "pip's words"))[1])
    assert "--no-index" in asked[0] and "--no-deps" in asked[0] and str(wheels) in asked[0]
    assert asked[0][-1] == "headct-deid==9.9.9"
    assert problem.value.log == "pip's words"
    assert problem.value.command.startswith("slicer.util.pip_install(") and "--no-index" in problem.value.command


def test_a_module_without_wheels_says_what_to_do(tmp_path):
    with pytest.raises(wheel.NotInstalled, match="make slicer-zip"):
        wheel.bundled(tmp_path)


def test_an_older_program_in_use_asks_for_a_restart(wheels, monkeypatch):
    monkeypatch.setattr(wheel, "installed_version", lambda: "9.9.9")
    monkeypatch.setitem(sys.modules, "headct_deid", SimpleNamespace(__version__="1.0.0"))
    assert wheel.install(wheels, lambda arguments: pytest.fail("pip was asked")) is True
    assert not wheel.is_ready(wheels)
