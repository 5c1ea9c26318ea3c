"""The examples for the Python console in `docs/slicer.md` are executed as they stand, with other folders."""

import re

import pytest
import slicer

import generated
from conftest import REPOSITORY

TEXT = (REPOSITORY / "docs" / "slicer.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", TEXT, re.S)


@pytest.fixture
def run(module, folders, capsys):
    """Executes an example as a user pastes it and returns its names and what it prints."""

    def go(number):
        code = EXAMPLES[number - 1]
        for written, real in zip(("/data/patients", "/data/patients.xlsx", "/data/released"), folders):
            code = code.replace(f'"{written}"', repr(str(real)))
        assert '"/data/' not in code
        names = {"slicer": slicer}
        exec(compile(code, f"example {number} of docs/slicer.md", "exec"), names)
        return names, capsys.readouterr().out

    return go


def test_there_are_three_of_them():
    assert len(EXAMPLES) == 3


def test_a_folder_is_deidentified(run, folders):
    names, printed = run(1)
    assert names["report"].released == 80 and printed.startswith("80 ")
    assert (folders[2] / "STUDY-001").is_dir()


def test_a_check_shows_what_would_be_released(run, folders):
    _, printed = run(2)
    assert printed.splitlines() == ["STUDY-001 [40]", "STUDY-002 [40]"]
    assert not folders[2].exists()


def test_a_loaded_volume_is_defaced(run):
    import numpy as np

    from HeadCTDeidLib.volumes import add_volume

    slicer.mrmlScene.Clear(0)
    before = add_volume(generated.head(), np.diag([-1.5, -1.5, 4.0, 1.0]), "CT")
    names, _ = run(3)
    changed = slicer.util.arrayFromVolume(names["defaced"]) != slicer.util.arrayFromVolume(before)
    assert 0.01 < changed.mean() < 0.5
