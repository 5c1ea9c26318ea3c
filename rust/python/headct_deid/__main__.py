"""The command ``headct-deid``."""

import signal
import sys

from . import _native


def main() -> int:
    """Run the command line and return its exit status."""
    # The native code runs outside the interpreter: let Ctrl-C end the process as in any program.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    return _native.main(["headct-deid", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
