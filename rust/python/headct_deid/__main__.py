"""The command ``headct-deid``."""

import signal
import sys

from . import _native


def main() -> int:
    """Run the command line and return its exit status."""
    # The native code runs outside the interpreter: let Ctrl-C end the process as in any program.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    arguments = ["headct-deid", *sys.argv[1:]]
    if "--dask" in arguments:
        return _on_cluster(arguments)
    if arguments[1:2] == ["verify"] and "--ocr" in arguments:
        from . import ocr

        return ocr.verify(arguments[1:])
    return _native.main(arguments)


def _on_cluster(arguments: list[str]) -> int:
    """Take ``--dask ADDRESS`` out of the arguments and do the run on that cluster."""
    place = arguments.index("--dask")
    if place + 1 == len(arguments):
        print("--dask: expected the address of a scheduler, or local", file=sys.stderr)
        return 2
    try:
        from . import cluster
    except ImportError:
        print("--dask needs the package distributed: pip install 'headct-deid[dask]'", file=sys.stderr)
        return 2
    return cluster.main(arguments[place + 1], arguments[:place] + arguments[place + 2 :])


if __name__ == "__main__":
    sys.exit(main())
