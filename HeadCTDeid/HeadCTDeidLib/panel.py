"""What the buttons do: the states of the panel, from empty inputs to the summary of a run."""

import logging
import traceback
from html import escape
from pathlib import Path

import qt
import slicer
from slicer.i18n import tr as _

from . import inputs, options, sentences, tables, volumes, wheel
from . import plan as plan_words
from .jobs import Drawing, JobWatcher
from .looking import Look
from .preview import Preview

_CHECK = _("Shows what would be kept and what not, and why. Writes nothing.")
_PREVIEW = _("Shows the series before and after defacing, as slices and as skin in three dimensions. Writes nothing.")
_RELEASE = _("Releases this series as it is, at your responsibility. Its files do not claim what could not be shown.")
_DEFACE = _("Removes the face from a copy, with the options above. To share DICOM files, use the folders above.")


class Panel:
    """The widgets of the `.ui` file and the logic, joined."""

    def __init__(self, ui, logic):
        self.ui = ui
        self.logic = logic
        self.parameters = None
        self.paths = (ui.inputFolder, ui.linkageTable, ui.outputFolder, ui.privateFolder)
        self._watcher = JobWatcher()
        self._preview = Preview()
        self._plan = tables.PlanTable(ui.planTree)
        self._held = tables.HeldTable(ui.heldTree)
        self._planLook = Look(ui.planPicture)
        self._heldLook = Look(ui.heldPicture)
        self._report = None
        self._doing = ""
        for widget in (ui.progressBar, ui.statusLabel, ui.planSection, ui.resultSection):
            widget.visible = False
        ui.planTree.connect("itemSelectionChanged()", self._onSeriesChosen)
        ui.planTree.connect("itemDoubleClicked(QTreeWidgetItem*,int)", self._onSeriesOpened)
        ui.heldTree.connect("itemSelectionChanged()", self._onHeldChosen)
        ui.openOutputButton.connect("clicked(bool)", self._onOpenOutput)
        ui.openReportButton.connect("clicked(bool)", self._onOpenReport)
        self.showInstallation()

    # ---- state

    @property
    def busy(self):
        """Whether something is being worked on."""
        return self._watcher.busy

    def refresh(self):
        """Enables what can be done now, and says why not in the tooltip of what cannot."""
        ui, busy = self.ui, self.busy
        to_check = inputs.reason_to_wait(ui.inputFolder.currentPath, ui.linkageTable.currentPath)
        to_apply = inputs.reason_to_wait(*[path.currentPath for path in self.paths])
        self._allow(ui.checkButton, to_check, _CHECK)
        ui.applyButton.enabled = busy or to_apply is None
        ui.applyButton.text = _("Cancel") if busy else _("Apply")
        ui.applyButton.toolTip = self._applyToolTip(to_apply)
        ui.hintLabel.text = "" if busy or to_apply is None else to_apply
        # What was said last counts more than what a user who chose no folder would have to choose.
        said = bool(ui.statusLabel.text) and not any(path.currentPath for path in self.paths)
        ui.hintLabel.visible = bool(ui.hintLabel.text) and not said
        ui.previewButton.text = _("Close the preview") if self._preview.shown else _("Preview the selected series")
        self._allow(ui.previewButton, not self._preview.shown and self._reasonNotToPreview(), _PREVIEW)
        self._allow(ui.releaseButton, self._reasonNotToRelease(to_apply), _RELEASE)
        chosen = ui.volumeSelector.currentNode() is not None
        self._allow(ui.defaceButton, None if chosen else _("Choose a CT volume first."), _DEFACE)
        for section in (ui.inputsSection, ui.advancedSection):
            section.enabled = not busy
        if self.parameters is not None:
            ui.fillValue.enabled = self.parameters.fill is options.Fill.VALUE
            ui.dropTextSlices.enabled = self.parameters.removeText

    def _allow(self, button, reason, purpose):
        """A button that can be pressed says what it does, another one why it cannot."""
        if self.busy:
            reason = _("Something is being worked on. Wait, or cancel it.")
        button.enabled = not reason
        button.toolTip = reason or purpose

    def _applyToolTip(self, reason):
        if self.busy:
            return _("Stops within a second. Patients that are finished stay; no half patient is left.")
        return reason or _("De-identifies the patients of the list into the output folder.")

    def _reasonNotToPreview(self):
        return None if self._plan.chosen() is not None else _("Select a series in the table first.")

    def _reasonNotToRelease(self, to_apply):
        held = self._held.chosen()
        if held is None:
            return _("Select a series in the table first.")
        if held["reason"] == "too-large":
            return _("This series is too large to be worked on, and cannot be released.")
        return to_apply

    def leave(self):
        """Stops everything, for good."""
        for watched in (self._watcher, self._planLook, self._heldLook):
            watched.abandon()
        self.closePreview()

    def attempt(self, action):
        """Does something that may fail; what goes wrong becomes a sentence in the panel."""
        try:
            action()
        except Exception as error:
            self._showError(error)
        self.refresh()

    def cancel(self):
        """Asks what is running to stop."""
        self._watcher.cancel()
        self._say(_("Cancelling ..."))

    # ---- installation

    @staticmethod
    def wheels():
        """The folder of the bundled program."""
        return Path(slicer.util.modulePath("HeadCTDeid")).parent / "Resources" / "wheels"

    def showInstallation(self):
        """Shows the Install button while it is needed."""
        ready, text = (
            False,
            _("One step before the first use: the program that does the work comes with this module."),
        )
        try:
            ready = wheel.is_ready(self.wheels())
            if not ready and wheel.installed_version():
                text = _("This module comes with another version of the program than the one that is installed.")
        except wheel.NotInstalled as problem:
            text = str(problem)
        self.ui.installFrame.visible = not ready
        self.ui.installLabel.text = text

    def install(self):
        """Installs the bundled program; says what to do when it cannot."""
        slicer.app.setOverrideCursor(qt.Qt.WaitCursor)
        try:
            restart = wheel.install(self.wheels(), wheel.run_pip)
        finally:
            slicer.app.restoreOverrideCursor()
        self.showInstallation()
        if restart:
            self._say(_("Installed. Restart the application now: it still uses the version before."))
        else:
            self._say(_("Installed. Everything is ready."))

    def _agreed(self):
        """Whether the program is there, after asking once to install it."""
        if wheel.is_ready(self.wheels()):
            return True
        question = _("The program that comes with this module must be installed first. It takes seconds, no network.")
        if not slicer.util.confirmOkCancelDisplay(question, _("Install")):
            return False
        self.install()
        return wheel.is_ready(self.wheels())

    # ---- check and run

    def check(self):
        """Asks what a run would do."""
        if self._agreed():
            self._remember(self.paths[:2])
            job = self.logic.startCheck(*self._inputs()[:2], **self._settings())
            self._watch(job, _("Checking"), self._showPlan)

    def run(self, **release):
        """Starts the run."""
        if self._agreed():
            self.closePreview()
            self._remember(self.paths)
            source, table, output, private = self._inputs()
            how = dict(options.run_options_of(self.parameters), **release)
            job = self.logic.start(source, table, output, privateFolder=private, **how, **self._settings())
            self.ui.resultSection.visible = False
            self._watch(job, _("Working"), self._showReport)

    def releaseHeld(self):
        """Releases the series that is selected in the list of held ones, after one question."""
        held = self._held.chosen()
        question = _(
            "Safety could not be shown for series {number} of {patient}: {reason}\n\nRelease it all the same? "
            "Other held series stay held."
        ).format(number=held["series"], patient=held["new_id"], reason=sentences.sentence(held["sentence"]))
        if slicer.util.confirmOkCancelDisplay(question, _("Release")):
            self.run(releaseHeld=[held["name"]], resume=True, overwrite=False)

    def _inputs(self):
        return [path.currentPath for path in self.paths]

    def _settings(self):
        return options.settings_of(self.parameters)

    @staticmethod
    def _remember(paths):
        for path in paths:
            path.addCurrentPathToHistory()

    def _watch(self, job, doing, show):
        self._doing = doing
        self.ui.progressBar.visible = True
        self.ui.progressBar.setRange(0, 0)
        self._say(doing + " ...")
        self._watcher.watch(job, self._onProgress, lambda result, error: self._onEnd(result, error, show))
        self.refresh()

    def _onProgress(self, progress):
        known = progress.patients_total > 0
        self.ui.progressBar.setRange(0, 100 if known else 0)
        self.ui.progressBar.setValue(sentences.progress_percent(progress))
        if not self.ui.statusLabel.text.startswith(_("Cancelling")):
            self._say(f"{self._doing}. {sentences.progress_line(progress)}".strip())

    def _onEnd(self, result, error, show):
        self.ui.progressBar.visible = False
        if error is None:
            self.attempt(lambda: show(result))
        else:
            self._showError(error)
            self.refresh()

    def _showPlan(self, plan):
        self._plan.show(plan)
        self.ui.planSection.visible = True
        self.ui.planSection.collapsed = False
        self.ui.planLabel.visible = False
        self._planLook.hide()
        self._say(plan_words.summary(plan))

    def _showReport(self, report):
        self._report = report
        self._held.show(report.held)
        self._say(_("Finished."))
        self.ui.planSection.collapsed = True
        self.ui.resultSection.visible = True
        self.ui.resultSection.collapsed = False
        self.ui.resultLabel.text = "<br>".join(escape(line) for line in sentences.report_summary(report))
        self.ui.heldBox.visible = bool(report.held)
        self._heldLook.hide()

    # ---- preview and held series

    def togglePreview(self):
        """Shows the selected series before and after, or closes the preview."""
        if self._preview.shown:
            self.closePreview()
            return
        if not self._agreed():
            return
        new_id, number = self._plan.chosen()
        settings = self._settings()
        job = self.logic.startLoadSeries(*self._inputs()[:2], new_id, number, **settings)
        self._watch(job, _("Reading the series"), lambda series: self._defaceForPreview(new_id, series, settings))

    def _defaceForPreview(self, new_id, series, settings):
        job = self.logic.startDeface(series.hu, settings=settings, **volumes.series_geometry(series))
        self._watch(job, _("Removing the face"), lambda defaced: self._showPreview(new_id, series, defaced))

    def _showPreview(self, new_id, series, defaced):
        self._say("")
        if self.parameters is None:  # the user has left the module meanwhile
            return
        drawing = Drawing(self._preview.steps(new_id, series, defaced.hu))
        self._watch(drawing, _("Drawing the preview"), lambda done: self._explainPreview(done.cancelled, defaced.hold))

    def _explainPreview(self, cancelled, hold):
        self._say(_("Cancelled.") if cancelled else "")
        if cancelled:
            self._preview.close()
        elif not self._preview.shown:  # the user has left the module meanwhile
            return
        elif hold:
            self._say(_("Preview. A run would hold this series back: {reason}.").format(reason=sentences.words(hold)))
        else:
            self._say(
                _("Preview: before on the left, without face on the right. Nothing was written; Apply also masks text.")
            )

    def closePreview(self):
        """Takes the preview out of the scene."""
        if self._preview.shown:
            self._preview.close()
            self._say("")
            self.refresh()

    def _onSeriesChosen(self):
        self.ui.planLabel.text = self._plan.explanation()
        self.ui.planLabel.visible = bool(self.ui.planLabel.text)
        self._look(self._planLook, self._plan.chosen())
        self.refresh()

    def _onSeriesOpened(self, item=None, column=0):
        if self._plan.chosen() is not None and not self.busy:
            self.closePreview()
            self.attempt(self.togglePreview)

    def _onHeldChosen(self):
        held = self._held.chosen()
        self._look(self._heldLook, held and (held["new_id"], held["series"]))
        self.refresh()

    def _look(self, look, series):
        """Shows a small picture of a series, or of none; during a run the disk is left to the run."""
        look.hide()
        if series is not None and not self.busy:
            self.attempt(
                lambda: look.show(self.logic.startLoadSeries(*self._inputs()[:2], *series, **self._settings()))
            )

    # ---- loaded volume

    def defaceVolume(self):
        """Makes a defaced copy of the selected volume node."""
        if not self._agreed():
            return
        node = self.ui.volumeSelector.currentNode()
        arrays, geometry, place = volumes.hu_for(node)
        job = self.logic.startDeface(*arrays, settings=self._settings(), **geometry)
        self._watch(job, _("Removing the face"), lambda defaced: self._showDefaced(node, defaced, place))

    def _showDefaced(self, node, defaced, place):
        if not slicer.mrmlScene.IsNodePresent(node):
            self._say(_("The volume was deleted meanwhile; there is nothing to show."))
            return
        new = volumes.defaced_node(node, defaced, place)
        slicer.util.setSliceViewerLayers(background=new)
        self._say(_("Done: the new volume is called {name}. Delete it to undo.").format(name=new.GetName()))

    # ---- words

    def _say(self, text):
        """Shows a message; it may hold HTML, so that whoever calls escapes what comes from elsewhere."""
        self.ui.statusLabel.text = text
        self.ui.statusLabel.visible = bool(text)

    def _showError(self, error):
        """What went wrong as sentences in the panel; the log gets the place in the code and nothing else."""
        package = wheel.loaded_module()
        title, lines = _("This did not work."), None
        if isinstance(error, wheel.NotInstalled):
            lines = [
                str(error),
                error.log,
                error.command and _("By hand, in the Python console:"),
                error.command,
            ]
        elif isinstance(error, volumes.NotDefaced):
            lines = [str(error)]
        elif package is not None and isinstance(error, package.Cancelled):
            title = _("Cancelled.")
            lines = [_("Patients that were finished are complete; nothing half done is left.")]
            if self._doing == _("Working") and self.parameters is not None:
                self.parameters.existing = options.Existing.RESUME
                lines.append(_("Apply now continues where it stopped (Advanced, If already there)."))
        elif package is not None and isinstance(error, package.Error):
            if getattr(error, "problems", None):
                title = _("Nothing was started. Correct this and try again:")
            lines = sentences.problem_sentences(error)
        if lines is None:
            lines = [sentences.unexpected(error)]
            place = traceback.extract_tb(error.__traceback__)[-1]
            logging.error("HeadCTDeid: %s in %s, line %d", type(error).__name__, place.name, place.lineno)
        text = [escape(line).replace("\n", "<br>") for line in lines if line]
        self._say("<br>".join([f"<b>{title}</b>", *text]))

    def _onOpenOutput(self):
        qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(self._report.output_dir))

    def _onOpenReport(self):
        qt.QDesktopServices.openUrl(qt.QUrl.fromLocalFile(self._report.report_html))
