"""The stand-in package of the Slicer tests has the interface of the real one: results carry over."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
REAL = REPOSITORY / "rust" / "python" / "headct_deid" / "_api.py"
FAKE = REPOSITORY / "Testing" / "Slicer" / "fakes" / "headct_deid" / "__init__.py"


def functions(path):
    """Name -> (positional names, keyword names with their defaults) of the functions in a file."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            keywords = {
                one.arg: ast.unparse(default) if default else None
                for one, default in zip(node.args.kwonlyargs, node.args.kw_defaults)
            }
            found[node.name] = ([one.arg for one in node.args.args], keywords)
    return found


def fields(name):
    """The attributes that a result class of the real package declares."""
    for node in ast.parse(REAL.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            return {one.target.id for one in node.body if isinstance(one, ast.AnnAssign)}
    raise AssertionError(name)


@pytest.mark.parametrize("name", sorted(functions(FAKE)))
def test_the_stand_in_takes_what_the_real_function_takes(name):
    assert functions(FAKE)[name] == functions(REAL)[name]


@pytest.mark.parametrize(
    ("result", "used"),
    [
        ("Progress", "stage patients_done patients_total slices_done slices_total finished"),
        ("Progress", "slices_per_second seconds_left"),
        ("Report", "released excluded failed held output_dir report_html"),
        ("Plan", "patients problems"),
        ("Defaced", "hu removed hold"),
        ("SeriesVolume", "hu spacing_mm origin_mm directions positions_mm"),
    ],
)
def test_results_have_what_the_panel_reads(result, used):
    assert set(used.split()) <= fields(result)
