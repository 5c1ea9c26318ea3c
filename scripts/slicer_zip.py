"""Builds `HeadCTDeid-<version>.zip`: the Slicer module with the program's wheels inside.

    python scripts/slicer_zip.py --wheels build/wheel dist/*.whl --out dist

Takes whatever wheels it is given, one for each operating system, or folders that hold `headct_deid-*.whl`.
All must have one version. Dropped onto the application, the unpacked folder installs with no network.
The same inputs give the same bytes.
"""

import argparse
import hashlib
import sys
import zipfile
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
MODULE = REPOSITORY / "HeadCTDeid"
WHEELS = "HeadCTDeid/Resources/wheels/"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip can hold
LEFT_OUT = {"__pycache__", ".DS_Store", "CMakeLists.txt"}


def wheels_in(places):
    """The wheels among files and folders, by name; a name given twice must be the same file."""
    found = {}
    for place in map(Path, places):
        for path in sorted(place.glob("headct_deid-*.whl")) if place.is_dir() else [place]:
            if not path.name.startswith("headct_deid-") or path.suffix != ".whl" or not path.is_file():
                raise SystemExit(f"not a wheel of headct_deid: {path}")
            if path.name in found and found[path.name].read_bytes() != path.read_bytes():
                raise SystemExit(f"two different files are called {path.name}")
            found[path.name] = path
    if not found:
        raise SystemExit("no wheel was found; build one first, for example with make wheel")
    versions = {name.split("-")[1] for name in found}
    if len(versions) > 1:
        raise SystemExit("wheels of different versions: " + ", ".join(sorted(versions)))
    return found, versions.pop()


def module_files():
    """Every file of the module that a user needs, as (name in the zip, bytes)."""
    for path in sorted(MODULE.rglob("*")):
        if path.is_file() and not LEFT_OUT & set(path.parts) and path.suffix != ".whl" and path.name != "SHA256SUMS":
            yield path.relative_to(REPOSITORY).as_posix(), path.read_bytes()
    yield "HeadCTDeid/LICENSE", (REPOSITORY / "LICENSE").read_bytes()


def build(wheels, version, out):
    """Writes the zip and returns its path."""
    contents = dict(module_files())
    sums = ""
    for name, path in sorted(wheels.items()):
        data = path.read_bytes()
        contents[WHEELS + name] = data
        sums += f"{hashlib.sha256(data).hexdigest()}  {name}\n"
    contents[WHEELS + "SHA256SUMS"] = sums.encode("ascii")
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"HeadCTDeid-{version}.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(contents.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".whl") else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return target


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheels", nargs="+", required=True, help="wheels, or folders that hold them")
    parser.add_argument("--out", type=Path, default=REPOSITORY / "dist", help="where the zip goes (default: dist)")
    options = parser.parse_args()
    wheels, version = wheels_in(options.wheels)
    target = build(wheels, version, options.out)
    print(f"{target} ({target.stat().st_size / 1e6:.1f} MB), with:")
    for name in wheels:
        print("  " + name)


if __name__ == "__main__":
    sys.exit(main())
