"""Every package of the dependency tree has a license on the list of `deny.toml`, and comes from the registry."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

tomllib = pytest.importorskip("tomllib")

ROOT = Path(__file__).resolve().parents[2]
RULES = tomllib.loads((ROOT / "deny.toml").read_text(encoding="utf-8"))
ALLOWED = set(RULES["licenses"]["allow"])


@pytest.fixture(scope="module")
def packages() -> list[dict[str, Any]]:
    cargo = shutil.which("cargo")
    if cargo is None:
        pytest.skip("NOT CHECKED: no cargo")
    command = [cargo, "metadata", "--format-version", "1", "--locked", "--offline", "--all-features"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"NOT CHECKED: the dependency tree is not on this machine: {done.stderr[-200:]}")
    return json.loads(done.stdout)["packages"]  # type: ignore[no-any-return]


def is_allowed(expression: str) -> bool:
    """Whether an SPDX expression can be met with the allowed licenses; `/` is an old spelling of OR."""
    tokens = re.findall(r"\(|\)|/|[^\s()/]+(?: WITH [^\s()/]+)?", expression)
    words = {"AND": "and", "OR": "or", "/": "or", "(": "(", ")": ")"}
    meaning = [words.get(token, str(token in ALLOWED)) for token in tokens]
    assert all(re.fullmatch(r"and|or|True|False|[()]", word) for word in meaning)
    return bool(eval(" ".join(meaning)))


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only AND MIT", False),
        ("(MIT OR Apache-2.0) AND IJG", True),
        ("Unlicense/MIT", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("LGPL-2.1-or-later", False),
    ],
)
def test_expressions_are_understood(expression: str, allowed: bool) -> None:
    assert is_allowed(expression) is allowed


def test_every_license_is_on_the_list(packages: list[dict[str, Any]]) -> None:
    assert len(packages) > 100
    outside = {package["name"]: package["license"] for package in packages if not is_allowed(package["license"] or "")}
    assert outside == {}


def test_every_package_comes_from_the_registry(packages: list[dict[str, Any]]) -> None:
    ours = {package["name"] for package in packages if package["source"] is None}
    assert ours and all(name.startswith("headct-deid") for name in ours)
    assert {package["source"].split("+")[0] for package in packages if package["source"]} == {"registry"}


def test_no_banned_package_is_in_the_tree(packages: list[dict[str, Any]]) -> None:
    banned = {entry["crate"] for entry in RULES["bans"]["deny"]}
    assert banned & {package["name"] for package in packages} == set()
