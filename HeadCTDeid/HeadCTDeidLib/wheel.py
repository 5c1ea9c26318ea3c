"""The bundled package `headct_deid`: which wheel fits this computer, is it unharmed, how is it installed.

The wheels lie in `Resources/wheels` with a file SHA256SUMS. Nothing is ever taken from a package index: the
project's name is registered on none, so anyone could offer something under it.
"""

import hashlib
import sys
from pathlib import Path

PACKAGE = "headct_deid"
DISTRIBUTION = "headct-deid"
SUMS = "SHA256SUMS"


class NotInstalled(Exception):
    """The package cannot be installed or used; the message is a sentence, `log` is pip's output."""

    def __init__(self, message, log="", command=""):
        super().__init__(message)
        self.log = log
        self.command = command


def fits(file_name, platform=None, machine=None):
    """Whether a wheel's file name is one for this operating system and processor."""
    platform = platform or sys.platform
    machine = (machine or _machine()).lower()
    tag = file_name[: -len(".whl")].split("-")[-1]
    if tag == "any":
        return True
    processor = {"amd64": "x86_64", "aarch64": "arm64"}.get(machine, machine)
    processors = {"x86_64": ("x86_64", "amd64"), "arm64": ("arm64", "aarch64")}.get(processor, (processor,))
    system = {"linux": "linux", "darwin": "macosx", "win32": "win"}.get(platform, platform)
    universal = platform == "darwin" and tag.endswith("universal2")
    return (system in tag.split("_")[0]) and (universal or tag.endswith(processors))


def _machine():
    import platform

    return platform.machine()


def bundled(folder):
    """The wheel for this computer in `folder`, or NotInstalled with a sentence."""
    wheels = sorted(Path(folder).glob(PACKAGE + "-*.whl"))
    if not wheels:
        raise NotInstalled(
            "This copy of the module has no program inside. Use the release file HeadCTDeid-<version>.zip, "
            "or build one with make slicer-zip."
        )
    fitting = [wheel for wheel in wheels if fits(wheel.name)]
    if not fitting:
        raise NotInstalled("This copy of the module has no program for this operating system and processor.")
    return fitting[-1]


def version_of(wheel):
    """The version in a wheel's file name."""
    return Path(wheel).name.split("-")[1]


def check_hash(wheel):
    """Raises NotInstalled unless SHA256SUMS beside the wheel names it with its SHA-256."""
    sums = Path(wheel).parent / SUMS
    lines = sums.read_text(encoding="ascii").splitlines() if sums.is_file() else []
    expected = {name.lstrip("*"): value for value, name in (line.split() for line in lines if line.strip())}
    found = hashlib.sha256(Path(wheel).read_bytes()).hexdigest()
    if expected.get(Path(wheel).name) != found:
        raise NotInstalled(
            "The program inside this copy of the module is not the one of the release: its SHA-256 differs. "
            "Unpack the release file again; nothing was installed."
        )


def installed_version():
    """The version on disk, or None. Reads the package's metadata and does not import it."""
    import importlib
    from importlib import metadata

    importlib.invalidate_caches()
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return None


def loaded_module():
    """The package if it is in use, or None; never imports it."""
    return sys.modules.get(PACKAGE)


def loaded_version():
    """The version that is in use since the application started, or None."""
    return getattr(loaded_module(), "__version__", None)


def pip_arguments(wheel):
    """What follows `python -m pip` to install this wheel and nothing else, with no network."""
    return [
        "install",
        "--no-index",
        "--find-links",
        str(Path(wheel).parent),
        "--no-deps",
        "--upgrade",
        "--disable-pip-version-check",
        f"{DISTRIBUTION}=={version_of(wheel)}",
    ]


def manual_line(wheel):
    """The line to paste into the Python console when the button does not work."""
    return f"slicer.util.pip_install({pip_arguments(wheel)[1:]!r})"


def is_ready(folder):
    """Whether the package that this module came with is installed and not hidden by an older one in use.

    Without bundled wheels, any installed package serves: that is the developer's case.
    """
    installed = installed_version()
    if installed is None:
        return False
    if not list(Path(folder).glob(PACKAGE + "-*.whl")):
        return True
    return installed == version_of(bundled(folder)) and loaded_version() in (None, installed)


def install(folder, run_pip):
    """Installs the bundled wheel with `run_pip(arguments) -> (exit status, output)`.

    Returns True when the application must be restarted because an older version is in use.
    """
    wheel = bundled(folder)
    check_hash(wheel)
    if installed_version() != version_of(wheel):
        status, log = run_pip(pip_arguments(wheel))
        if status != 0 or installed_version() != version_of(wheel):
            raise NotInstalled(
                "The program could not be installed. pip's own words are below.", log, manual_line(wheel)
            )
    return loaded_version() not in (None, version_of(wheel))


def run_pip(arguments):
    """Runs pip in Slicer's own Python and returns its exit status and output. Blocks for a few seconds."""
    import shutil

    import slicer

    python = shutil.which("PythonSlicer")
    if python is None:
        return 1, "PythonSlicer was not found on the application's path."
    process = slicer.util.launchConsoleProcess([python, "-m", "pip", *arguments], useStartupEnvironment=False)
    output, _ = process.communicate()
    return process.returncode, output
