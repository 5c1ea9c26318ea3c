"""A small picture of a series in a label, read in the background."""

import qt
from slicer.i18n import tr as _

from .jobs import JobWatcher
from .sections import montage

WIDTH, HEIGHT = 380, 130  # pixels; fits the panel on a small screen


class Look:
    """Shows three sections of one series in a `QLabel`; a newer look takes the place of an older one.

    Looking changes nothing and blocks nothing: buttons stay as they are while a series is read.
    """

    def __init__(self, label):
        self._label = label
        self._watcher = JobWatcher()
        self.hide()

    @property
    def reading(self):
        """Whether a series is being read."""
        return self._watcher.busy

    def show(self, job):
        """Shows the `SeriesVolume` that `job` reads, when it has been read."""
        self.abandon()
        self._write(_("Reading the series ..."))
        self._watcher.watch(job, lambda progress: None, self._onEnd)

    def abandon(self):
        """Stops what is being read."""
        self._watcher.abandon()

    def hide(self):
        """Takes the picture away and stops what is being read."""
        self.abandon()
        self._label.clear()
        self._label.visible = False

    def _onEnd(self, series, error):
        if error is not None:
            self._write(_("This series cannot be shown."))
            return
        pixmap = qt.QPixmap()
        pixmap.loadFromData(montage(series.hu, series.spacing_mm, WIDTH, HEIGHT))
        self._label.setPixmap(pixmap)

    def _write(self, text):
        self._label.text = text
        self._label.visible = True
