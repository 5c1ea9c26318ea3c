"""The ways into the application: CMake with a stub, and the release file with no network."""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from conftest import HERE, REPOSITORY


def run(*command, **options):
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def installed(tmp_path):
    """The module as CMake installs it."""
    cmake = shutil.which("cmake", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    assert cmake, "cmake is in Testing/Slicer/requirements.txt"
    stub = HERE / "cmake_stub"
    compilers = ["-DCMAKE_C_COMPILER_WORKS=1", "-DCMAKE_CXX_COMPILER_WORKS=1", "-DBUILD_TESTING=ON"]
    run(cmake, "-S", REPOSITORY, "-B", tmp_path / "build", f"-DSlicer_DIR={stub}", *compilers)
    run(cmake, "--install", tmp_path / "build", "--prefix", tmp_path / "installed")
    return tmp_path / "installed" / "lib" / "Slicer" / "qt-scripted-modules"


def test_cmake_installs_every_file_and_the_panel_opens_from_there(installed):
    source = {
        path.relative_to(REPOSITORY / "HeadCTDeid")
        for path in (REPOSITORY / "HeadCTDeid").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "CMakeLists.txt"
    }
    assert {path.relative_to(installed) for path in installed.rglob("*") if path.is_file()} == source
    environment = dict(os.environ, HEADCT_MODULE=str(installed))
    tests = ["standin_panel.py", "standin_volumes.py", "-q", "-p", "no:cacheprovider"]
    run(sys.executable, "-m", "pytest", *tests, cwd=HERE, env=environment)


def small_wheel(folder, version="9.9.9"):
    """A wheel of nearly nothing, with the program's name."""
    folder.mkdir()
    path = folder / f"headct_deid-{version}-py3-none-any.whl"
    about = f"headct_deid-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("headct_deid/__init__.py", f'__version__ = "{version}"\n')
        archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: headct-deid\nVersion: {version}\n")
        archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{about}/RECORD", "")
    return path


@pytest.fixture
def release(tmp_path):
    """The release file, with the wheels of `HEADCT_WHEELS` or with one made here, unpacked."""
    given = os.environ.get("HEADCT_WHEELS")
    wheels = given or small_wheel(tmp_path / "wheels").parent
    run(sys.executable, REPOSITORY / "scripts" / "slicer_zip.py", "--wheels", wheels, "--out", tmp_path)
    (release,) = tmp_path.glob("HeadCTDeid-*.zip")
    zipfile.ZipFile(release).extractall(tmp_path / "dropped")
    return tmp_path / "dropped" / "HeadCTDeid"


def test_the_release_file_is_what_a_drop_finds(release):
    assert (release / "HeadCTDeid.py").is_file() and [p.name for p in release.glob("*.py")] == ["HeadCTDeid.py"]
    sums = (release / "Resources" / "wheels" / "SHA256SUMS").read_text().split()
    for digest, name in zip(sums[::2], sums[1::2]):
        assert hashlib.sha256((release / "Resources" / "wheels" / name).read_bytes()).hexdigest() == digest


def test_the_release_file_is_the_same_every_time(tmp_path):
    wheels = small_wheel(tmp_path / "wheels").parent
    for out in ("one", "two"):
        run(
            sys.executable,
            REPOSITORY / "scripts" / "slicer_zip.py",
            "--wheels",
            wheels,
            "--out",
            tmp_path / out,
        )
    one, two = (next((tmp_path / out).glob("*.zip")).read_bytes() for out in ("one", "two"))
    assert one == two


INSTALL = """
import importlib, subprocess, sys
sys.path.insert(0, sys.argv[1])
from HeadCTDeidLib import wheel

def run_pip(arguments):
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr

folder = sys.argv[1] + "/Resources/wheels"
assert not wheel.is_ready(folder)
try:
    restart = wheel.install(folder, run_pip)
except wheel.NotInstalled as problem:
    sys.exit(str(problem) + problem.log)
assert restart is False and wheel.is_ready(folder)
import headct_deid
print(headct_deid.__version__)
"""


def test_the_release_file_installs_into_a_bare_environment_with_the_network_off(release, tmp_path):
    bare = tmp_path / "bare"
    venv.create(bare, with_pip=True)
    command = [bare / "bin" / "python", "-c", INSTALL, release]
    if os.environ.get("HEADCT_WHEELS"):  # the program needs numpy, which the application brings
        run(bare / "bin" / "python", "-m", "pip", "install", "-q", "numpy")
    isolated = shutil.which("unshare") and subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0
    if not isolated:
        print("no network namespaces here: the network is not really off, pip is only told not to use it")
    version = run(*(["unshare", "-rn"] if isolated else []), *command)
    (wheel,) = {path.name.split("-")[1] for path in (release / "Resources" / "wheels").glob("*.whl")}
    assert version.strip() == wheel
