"""The command ``headct-deid``."""

from __future__ import annotations

import signal
import sys

from . import _native


def main() -> int:
    """Run the command line and return its exit status."""
    arguments = ["headct-deid", *sys.argv[1:]]
    place, address = _cluster_of(arguments)
    if place:
        return _on_cluster(address, arguments[: place[0]] + arguments[place[1] :])
    # The native code runs outside the interpreter: let Ctrl-C end the process as in any program.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if arguments[1:2] == ["verify"] and "--ocr" in arguments:
        from . import ocr

        return ocr.verify(arguments[1:])
    return _native.main(arguments)


def _cluster_of(arguments: list[str]) -> tuple[tuple[int, int] | None, str]:
    """Find ``--dask ADDRESS`` or ``--dask=ADDRESS``: its place, from and to, and the address."""
    for place, argument in enumerate(arguments):
        if argument == "--dask":
            return (place, place + 2), "".join(arguments[place + 1 : place + 2])
        if argument.startswith("--dask="):
            return (place, place + 1), argument[len("--dask=") :]
    return None, ""


def _on_cluster(address: str, arguments: list[str]) -> int:
    """Do the run of these arguments on the cluster with this address."""
    if not address:
        print("--dask: expected the address of a scheduler, or local", file=sys.stderr)
        return 2
    try:
        from . import cluster
    except ImportError:
        print("--dask needs the package distributed: pip install 'headct-deid[dask]'", file=sys.stderr)
        return 2
    return cluster.main(address, arguments)


if __name__ == "__main__":
    sys.exit(main())
