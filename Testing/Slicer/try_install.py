"""Installs the program of a release folder as the panel does, into the Python that runs this.

    python try_install.py HeadCTDeid [--use]

With `--use` it then defaces a generated head, for which numpy must be there.
"""

import socket
import subprocess
import sys
from pathlib import Path


def run_pip(arguments):
    """Runs pip in this Python."""
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def network():
    """`on` where a packet can leave this machine at all; nobody is at the address (RFC 5737)."""
    try:
        socket.create_connection(("192.0.2.1", 443), timeout=1).close()
    except socket.timeout:
        return "on"
    except OSError:
        return "off"
    return "on"


def main(release, use):
    sys.path.insert(0, release)
    from HeadCTDeidLib import wheel

    print("network:", network())
    folder = Path(release) / "Resources" / "wheels"
    if wheel.is_ready(folder):
        sys.exit("the program is installed here already; use a fresh environment")
    try:
        restart = wheel.install(folder, run_pip)
    except wheel.NotInstalled as problem:
        sys.exit("\n".join([str(problem), problem.log]))
    if restart or not wheel.is_ready(folder):
        sys.exit("the program was installed and is not ready")
    print("version:", wheel.installed_version())
    if use:
        from headct_deid import deface, phantom

        head = phantom.head("matrix_128")
        defaced = deface(head.hu, spacing_mm=head.spacing_mm, direction=head.direction)
        print("defaced:", bool(defaced.removed.any()))


main(sys.argv[1], "--use" in sys.argv)
