"""What 3D Slicer demands of a module folder: drop rules, Python 3.9, listed files, the `.ui` file."""

import ast
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
MODULE = REPOSITORY / "HeadCTDeid"
MAIN = MODULE / "HeadCTDeid.py"
SOURCES = [MAIN, *sorted((MODULE / "HeadCTDeidLib").glob("*.py"))]
PANEL_FILE = MODULE / "Resources" / "UI" / "HeadCTDeid.ui"
FACTS = json.loads((REPOSITORY / "Testing" / "Slicer" / "facts.json").read_text(encoding="utf-8"))["classes"]

# What the application itself brings and what the language brings; everything else is a third party.
OWN = {"slicer", "vtk", "qt", "ctk", "HeadCTDeidLib", ""}
STANDARD = {"enum", "hashlib", "html", "logging", "pathlib", "sys", "traceback", "typing"}

each_source = pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)


def tree_of(path):
    return ast.parse(path.read_text(encoding="ascii"), feature_version=(3, 9))


@each_source
def test_sources_are_ascii_and_in_the_grammar_of_python_3_9(source):
    source.read_bytes().decode("ascii")
    tree_of(source)


@each_source
def test_sources_avoid_what_python_3_9_does_at_run_time_only(source):
    text = source.read_text(encoding="ascii")
    assert "match " not in re.sub(r"#.*|\"\"\".*?\"\"\"", "", text, flags=re.S).split()
    for node in ast.walk(tree_of(source)):
        for hint in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            assert not isinstance(hint, ast.BinOp), "X | None needs Python 3.10"


def test_only_one_python_file_lies_in_the_module_folder_and_no_package():
    assert [path.name for path in MODULE.glob("*.py")] == ["HeadCTDeid.py"]
    assert (MODULE / "HeadCTDeidLib" / "__init__.py").is_file()


def test_the_drop_rule_finds_the_module():
    classes = {node.name: node for node in tree_of(MAIN).body if isinstance(node, ast.ClassDef)}
    assert [base.id for base in classes["HeadCTDeid"].bases] == ["ScriptedLoadableModule"]
    assert {"HeadCTDeidWidget", "HeadCTDeidLogic", "HeadCTDeidTest"} < set(classes)
    assert len(MAIN.read_text(encoding="ascii").splitlines()) < 350


@each_source
def test_nothing_foreign_is_imported_when_the_module_loads(source):
    for node in tree_of(source).body:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""] if node.level == 0 else []
        for name in names:
            assert name.split(".")[0] in OWN | STANDARD, f"{name} is imported at file scope"


@each_source
def test_nothing_runs_on_a_python_thread_and_nothing_spins(source):
    forbidden = r"\b(threading|QThread|processEvents|concurrent|multiprocessing|asyncio)\b"
    code = "\n".join(line.split("#")[0] for line in source.read_text(encoding="ascii").splitlines())
    assert not re.search(forbidden, code)


@each_source
def test_texts_for_translation_are_plain(source):
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_":
            assert all(isinstance(one, ast.Constant) for one in node.args), "no f-string inside _()"


def test_every_file_is_listed_for_installation():
    text = (MODULE / "CMakeLists.txt").read_text(encoding="ascii").replace("${MODULE_NAME}", "HeadCTDeid")
    listed = set(re.findall(r"^\s+((?:HeadCTDeid|Resources)\S*)$", text, re.M))
    there = {
        path.relative_to(MODULE).as_posix()
        for path in MODULE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "CMakeLists.txt"
    }
    wheels = {name for name in there if name.endswith((".whl", "SHA256SUMS"))}
    assert there - wheels == {name for name in listed if "*" not in name and not name.endswith("SHA256SUMS")}


def test_files_end_lines_as_the_extension_index_demands():
    for path in MODULE.rglob("*"):
        if path.suffix in (".py", ".ui", ".txt", ".md", ".svg"):
            assert b"\r" not in path.read_bytes(), path.name
    assert not [path for path in MODULE.rglob("*") if path.name in (".DS_Store", "Thumbs.db")]


def panel_widgets():
    return list(ElementTree.parse(PANEL_FILE).getroot().iter("widget"))


def test_the_panel_uses_only_properties_that_its_widgets_have():
    qt_widget = {"geometry", "toolTip", "sizePolicy", "minimumSize", "maximumSize", "enabled", "text"}
    for widget in panel_widgets():
        facts = FACTS.get(widget.get("class"))
        if facts is None:
            assert widget.get("class").startswith("Q"), widget.get("class")
            continue
        for one in widget.findall("property"):
            name = one.get("name")
            assert name in facts["properties"] or name in qt_widget, f"{widget.get('name')}: {name}"
            for value in (one.findtext("set"), one.findtext("enum")):
                for flag in (value or "").split("|"):
                    known = [member for members in facts["enums"].values() for member in members]
                    assert not flag or flag.split("::")[-1] in known, flag


def test_the_panel_wires_the_scene_with_a_signal_and_a_slot_that_exist():
    connections = ElementTree.parse(PANEL_FILE).getroot().findall("connections/connection")
    receivers = {one.findtext("receiver") for one in connections}
    choosers = {one.get("name") for one in panel_widgets() if one.get("class") == "qMRMLNodeComboBox"}
    assert receivers == choosers
    for one in connections:
        assert one.findtext("signal") in FACTS["qMRMLWidget"]["signals"]


def test_every_input_explains_itself():
    for widget in panel_widgets():
        if widget.get("class") in (
            "QComboBox",
            "QSpinBox",
            "QDoubleSpinBox",
            "QCheckBox",
            "QLineEdit",
            "ctkPathLineEdit",
        ):
            texts = [one.findtext("string") for one in widget.findall("property") if one.get("name") == "toolTip"]
            assert texts and texts[0].endswith("."), widget.get("name")


def test_every_option_of_the_panel_is_a_parameter_and_the_other_way_round():
    bound = {
        one.findtext("string")
        for widget in panel_widgets()
        for one in widget.findall("property")
        if one.get("name") == "SlicerParameterName"
    }
    wrapper = next(
        node for node in tree_of(MODULE / "HeadCTDeidLib" / "parameters.py").body if isinstance(node, ast.ClassDef)
    )
    names = {node.target.id for node in wrapper.body if isinstance(node, ast.AnnAssign)}
    assert bound == names
    reserved = {"default", "parameterNode", "dataType", "getValue", "setValue", "isCached", "allParameters"}
    assert not names & reserved


def test_no_folder_is_a_parameter():
    text = (MODULE / "HeadCTDeidLib" / "parameters.py").read_text(encoding="ascii")
    assert "Path" not in text and "older:" not in text.replace("folders:", "")
    keyed = [w for w in panel_widgets() if w.get("class") == "ctkPathLineEdit"]
    keys = [one.findtext("string") for w in keyed for one in w.findall("property") if one.get("name") == "settingKey"]
    assert len(keys) == len(keyed) and all(key.startswith("HeadCTDeid/") for key in keys)


def test_every_widget_that_the_code_names_is_in_the_panel():
    names = {widget.get("name") for widget in panel_widgets()}
    for source in SOURCES:
        text = source.read_text(encoding="ascii")
        for name in re.findall(r"\bui\.(\w+)", text):
            assert name in names, f"{source.name}: {name}"
