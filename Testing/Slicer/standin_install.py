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
    tests = ["standin_panel.py", "standin_volumes.py", "standin_held.py", "-q", "-p", "no:cacheprovider"]
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


def unpacked_release(wheels, folder):
    """The release file with these wheels inside, unpacked as a user does."""
    run(sys.executable, REPOSITORY / "scripts" / "slicer_zip.py", "--wheels", wheels, "--out", folder)
    (release,) = folder.glob("HeadCTDeid-*.zip")
    zipfile.ZipFile(release).extractall(folder / "dropped")
    return folder / "dropped" / "HeadCTDeid"


@pytest.fixture
def release(tmp_path):
    """An unpacked release file with a wheel of nearly nothing."""
    return unpacked_release(small_wheel(tmp_path / "wheels").parent, tmp_path)


@pytest.fixture
def real_release(tmp_path):
    """An unpacked release file with the program's own wheel: from `HEADCT_WHEELS`, or as `make wheel` built it."""
    wheels = Path(os.environ.get("HEADCT_WHEELS", REPOSITORY / "build" / "wheel"))
    if not list(wheels.glob("headct_deid-*.whl")):
        pytest.skip(f"no wheel in {wheels}: run make wheel, or name a folder in HEADCT_WHEELS")
    return unpacked_release(wheels, tmp_path)


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


INSTALL = HERE / "try_install.py"


def network_off():
    """The command that takes the network away; nothing where that is not possible, and then it says so."""
    if shutil.which("unshare") and subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0:
        return ["unshare", "-rn"]
    print("\nno network namespaces here: the network is not really off, pip is only told not to use it")
    return []


def install_into_a_bare_environment(release, bare, *flags, **environment):
    """Installs as the panel does, into an environment that has pip and nothing else; returns what it printed."""
    venv.create(bare, with_pip=True)
    command = [*network_off(), bare / "bin" / "python", INSTALL, release, *flags]
    printed = run(*command, env={**os.environ, **environment})
    print("\n" + printed)
    return dict(line.split(": ") for line in printed.splitlines())


def test_the_release_file_installs_into_a_bare_environment_with_the_network_off(release, tmp_path):
    found = install_into_a_bare_environment(release, tmp_path / "bare")
    assert found["version"] == "9.9.9" and (not network_off() or found["network"] == "off")


def test_the_program_itself_installs_and_works_with_the_network_off(real_release, tmp_path):
    import numpy

    brought = tmp_path / "brought"  # the application brings numpy; so does this folder, and nothing else
    brought.mkdir()
    for one in Path(numpy.__file__).parents[1].glob("numpy*"):
        (brought / one.name).symlink_to(one)
    found = install_into_a_bare_environment(real_release, tmp_path / "bare", "--use", PYTHONPATH=str(brought))
    (wheel,) = (real_release / "Resources" / "wheels").glob("*.whl")
    assert found["version"] == wheel.name.split("-")[1] and found["defaced"] == "True"


def test_a_wheel_that_was_changed_is_not_installed(release, tmp_path):
    (wheel,) = (release / "Resources" / "wheels").glob("*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"0")
    venv.create(tmp_path / "bare", with_pip=True)
    command = [str(tmp_path / "bare" / "bin" / "python"), str(INSTALL), str(release)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "SHA-256 differs" in done.stderr
    listed = run(tmp_path / "bare" / "bin" / "python", "-m", "pip", "list")
    assert "headct" not in listed
