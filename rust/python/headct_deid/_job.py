"""Work on native threads that never touch Python: poll it, cancel it, or wait for its result."""

from __future__ import annotations

import contextlib
import functools
import inspect
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar

from . import _native
from ._results import Progress

Result = TypeVar("Result")
if TYPE_CHECKING:
    from typing import ParamSpec

    Arguments = ParamSpec("Arguments")


class Job(Generic[Result]):
    """Work that has begun. Its threads need no interpreter, so that whoever polls stays alive."""

    def __init__(self, native: _native.NativeJob, read: Callable[[Any], Result]) -> None:
        self._native = native
        self._read = read

    def poll(self) -> Progress:
        """Return the progress at once; never blocks."""
        return Progress(**self._native.poll())

    def cancel(self) -> None:
        """Ask the job to stop; it ends within a second and leaves no half-written patient."""
        self._native.cancel()

    def wait(self) -> Result:
        """Wait for the end and return the result. Ctrl-C cancels the job.

        Raises:
            Refused: nothing was written; ``problems`` names every reason.
            Cancelled: the job was cancelled.
            Error: the output could not be written.
        """
        try:
            while True:
                made = self._native.wait(0.1)
                if made is not None:
                    return self._read(made)
        except KeyboardInterrupt:
            self.cancel()
            # Ended is better than abandoned: what was staged is swept. A second Ctrl-C does not wait.
            with contextlib.suppress(_native.Error):
                while self._native.wait(0.1) is None:
                    pass
            raise


def waiting(name: str, begin: Callable[Arguments, Job[Result]], summary: str) -> Callable[Arguments, Result]:
    """Return the function ``name`` that begins a job with ``begin``, waits, and returns the job's result.

    It has the arguments of ``begin`` and its documentation, which begins with ``summary`` instead.
    """

    @functools.wraps(begin)
    def wait(*arguments: Arguments.args, **keywords: Arguments.kwargs) -> Result:
        return begin(*arguments, **keywords).wait()

    returned = str(inspect.signature(begin).return_annotation)
    result = returned[returned.index("[") + 1 : -1]
    wait.__signature__ = inspect.signature(begin).replace(return_annotation=result)  # type: ignore[attr-defined]
    wait.__annotations__ = {**begin.__annotations__, "return": result}
    wait.__name__ = wait.__qualname__ = name
    _, _, rest = (begin.__doc__ or "").partition("\n")
    wait.__doc__ = f"{summary}\n{rest}"
    return wait
