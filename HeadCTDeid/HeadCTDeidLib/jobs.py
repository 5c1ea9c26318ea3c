"""Work of the program, watched by a timer.

The program works on threads of its own that never touch Python. Python threads would starve here, because the
application holds the interpreter lock while its event loop is idle; a timer that asks ten times a second
costs nothing and keeps the window alive.
"""

import qt

POLL_MILLISECONDS = 100


class Drawing:
    """Work that only the window's own thread can do, a piece at each poll, so that the window lives on in between.

    `pieces` is a generator that does one piece before each `yield`.
    """

    patients_total = 0
    stage = ""

    def __init__(self, pieces):
        self._pieces = pieces
        self.finished = self.cancelled = False

    def poll(self):
        """Does the next piece; this object tells whether it was the last one."""
        self.finished = self.cancelled or next(self._pieces, self) is self
        return self

    def cancel(self):
        """Leaves the other pieces undone."""
        self.cancelled = True
        self._pieces.close()

    def wait(self):
        """The drawing itself, which knows whether it was cancelled."""
        return self


class JobWatcher:
    """Watches one job at a time.

    `on_progress(progress)` is called while the job works; `on_end(result, error)` once, when it has ended.
    Exactly one of the two is None.
    """

    def __init__(self):
        self._job = None
        self._timer = qt.QTimer()
        self._timer.setInterval(POLL_MILLISECONDS)
        self._timer.connect("timeout()", self.poll)

    @property
    def busy(self):
        """Whether a job is being watched."""
        return self._job is not None

    def watch(self, job, on_progress, on_end):
        """Begins to watch; the job before must have ended."""
        if self.busy:
            raise RuntimeError("a job is still being watched")
        self._job, self._on_progress, self._on_end = job, on_progress, on_end
        self._timer.start()
        self.poll()

    def cancel(self):
        """Asks the job to stop; `on_end` is called when it has."""
        if self.busy:
            self._job.cancel()

    def abandon(self):
        """Stops job and timer without calling anybody: for the moment when the panel goes away."""
        self._timer.stop()
        if self.busy:
            self._job.cancel()
            self._job = None

    def poll(self):
        """Asks once how far the job is."""
        if not self.busy:
            self._timer.stop()
            return
        try:
            progress = self._job.poll()
            if not progress.finished:
                self._on_progress(progress)
                return
            result, error = self._job.wait(), None
        except Exception as problem:  # every kind of end goes to on_end, which tells the user
            result, error = None, problem
        self._timer.stop()
        self._job = None
        self._on_end(result, error)
