"""Head CT Deidentification: the panel, the logic for the Python console, and the self-test.

The work is done by the package `headct_deid`; this module moves values to it and shows what it says.
"""

# ruff: noqa: F403, F405 - the application finds a module by this import and these bare names of base classes
import slicer
import vtk
from slicer.i18n import tr as _
from slicer.i18n import translate
from slicer.ScriptedLoadableModule import *
from slicer.util import VTKObservationMixin

from HeadCTDeidLib import wheel


class HeadCTDeid(ScriptedLoadableModule):
    """Name, place and texts of the module."""

    def __init__(self, parent):
        ScriptedLoadableModule.__init__(self, parent)
        self.parent.title = _("Head CT Deidentification")
        self.parent.categories = [translate("qSlicerAbstractCoreModule", "Utilities")]
        self.parent.dependencies = []
        self.parent.contributors = ["The Head CT Deidentification contributors"]
        self.parent.helpText = _(
            "Prepares head CT scans for sharing: replaces what identifies the patient in the DICOM header, "
            "removes the face and masks text in the picture. Brain and skull stay as they are.<br><br>"
            "Choose a DICOM folder (one subfolder for each accession number), a list with the columns "
            "Accession_number and New_ID, and an output folder. <i>Check</i> shows what would be released, "
            "<i>Preview</i> shows a series before and after, <i>Apply</i> does the work."
        )
        self.parent.acknowledgementText = _(
            "The method follows Collins et al. 2020 on recognizing faces in head CT, Clunie et al. 2023 on "
            "de-identification of medical images (MIDI Task Group), DICOM PS3.15 Annex E, and the "
            "attribute list and kernel of the head CT study group that this module was made for."
        )


class HeadCTDeidWidget(ScriptedLoadableModuleWidget, VTKObservationMixin):
    """The panel: reads inputs, starts the logic, shows what it answers."""

    def __init__(self, parent=None):
        ScriptedLoadableModuleWidget.__init__(self, parent)
        VTKObservationMixin.__init__(self)
        self._parameterNode = None
        self._guiTag = None

    def setup(self):
        """Called once, when the panel is first opened."""
        from HeadCTDeidLib.panel import Panel

        ScriptedLoadableModuleWidget.setup(self)
        uiWidget = slicer.util.loadUI(self.resourcePath("UI/HeadCTDeid.ui"))
        self.layout.addWidget(uiWidget)
        self.ui = slicer.util.childWidgetVariables(uiWidget)
        uiWidget.setMRMLScene(slicer.mrmlScene)
        self.logic = HeadCTDeidLogic()
        self.panel = Panel(self.ui, self.logic)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.StartCloseEvent, self.onSceneStartClose)
        self.addObserver(slicer.mrmlScene, slicer.mrmlScene.EndCloseEvent, self.onSceneEndClose)
        for path in self.panel.paths:
            path.connect("currentPathChanged(QString)", self._checkCanApply)
            path.connect("validInputChanged(bool)", self._checkCanApply)
        self.ui.applyButton.connect("clicked(bool)", self.onApplyButton)
        self.ui.checkButton.connect("clicked(bool)", self.onCheckButton)
        self.ui.previewButton.connect("clicked(bool)", self.onPreviewButton)
        self.ui.releaseButton.connect("clicked(bool)", self.onReleaseButton)
        self.ui.defaceButton.connect("clicked(bool)", self.onDefaceButton)
        self.ui.installButton.connect("clicked(bool)", self.onInstallButton)
        self.ui.restoreButton.connect("clicked(bool)", self.onRestoreButton)
        self.ui.volumeSelector.connect("currentNodeChanged(vtkMRMLNode*)", self._checkCanApply)
        self.initializeParameterNode()

    def cleanup(self):
        """Called when the application closes or the module is reloaded."""
        self.panel.leave()
        self.setParameterNode(None)
        self.removeObservers()

    def enter(self):
        """Called each time the panel is opened."""
        self.initializeParameterNode()
        self.panel.showInstallation()

    def exit(self):
        """Called each time another module is opened. A run goes on; the preview goes."""
        self.panel.closePreview()
        self.setParameterNode(None)

    def onSceneStartClose(self, caller=None, event=None):
        self.panel.closePreview()
        self.setParameterNode(None)

    def onSceneEndClose(self, caller=None, event=None):
        if self.parent.isEntered:
            self.initializeParameterNode()

    def initializeParameterNode(self):
        """Makes sure that the scene has the options and that the panel shows them."""
        self.setParameterNode(self.logic.getParameterNode())

    def setParameterNode(self, parameterNode):
        """Binds the panel to the options of a scene, or to none."""
        if self._parameterNode is not None:
            self._parameterNode.disconnectGui(self._guiTag)
            self.removeObserver(self._parameterNode.parameterNode, vtk.vtkCommand.ModifiedEvent, self._checkCanApply)
        self._parameterNode = parameterNode
        self.panel.parameters = parameterNode
        if parameterNode is not None:
            self._guiTag = parameterNode.connectGui(self.ui)
            self.addObserver(parameterNode.parameterNode, vtk.vtkCommand.ModifiedEvent, self._checkCanApply)
            self._checkCanApply()

    def _checkCanApply(self, caller=None, event=None):
        """Enables what can be done now; a disabled button says why in its tooltip."""
        self.panel.refresh()

    def onApplyButton(self):
        """Starts the run, or cancels what is running."""
        if self.panel.busy:
            self.panel.cancel()
        else:
            self.panel.attempt(self.panel.run)

    def onCheckButton(self):
        self.panel.attempt(self.panel.check)

    def onPreviewButton(self):
        self.panel.attempt(self.panel.togglePreview)

    def onReleaseButton(self):
        self.panel.attempt(self.panel.releaseHeld)

    def onDefaceButton(self):
        self.panel.attempt(self.panel.defaceVolume)

    def onInstallButton(self):
        self.panel.attempt(self.panel.install)

    def onRestoreButton(self):
        from HeadCTDeidLib.parameters import restore_defaults

        restore_defaults(self._parameterNode)


class HeadCTDeidLogic(ScriptedLoadableModuleLogic):
    """The same work without a panel, for the Python console and for batches.

    Settings are keyword arguments by the names that `headct_deid.settings()` lists, such as `kernel="20px"`.
    """

    def getParameterNode(self):
        from HeadCTDeidLib.parameters import HeadCTDeidParameterNode

        return HeadCTDeidParameterNode(ScriptedLoadableModuleLogic.getParameterNode(self))

    @staticmethod
    def package():
        """The package `headct_deid`, or `wheel.NotInstalled` with a sentence."""
        if wheel.installed_version() is None:
            raise wheel.NotInstalled(_("The program is not installed yet. Open the module and press Install."))
        import headct_deid

        return headct_deid

    def deidentify(self, inputFolder, linkageTable, outputFolder, **keywords):
        """Does the whole run and returns its `Report`. The window stands still until it is done.

        `releaseHeld` names held series that are released all the same: "all", or a list such as
        `["SUBJ-0021/2"]`, the second series of that patient.
        """
        return self.start(inputFolder, linkageTable, outputFolder, **keywords).wait()

    def start(
        self,
        inputFolder,
        linkageTable,
        outputFolder,
        privateFolder=None,
        key=None,
        jobs=None,
        resume=False,
        overwrite=False,
        releaseHeld=None,
        **settings,
    ):
        """Begins a run and returns its job at once: `poll()`, `cancel()`, `wait()`."""
        return self.package().start(
            str(inputFolder),
            str(linkageTable),
            str(outputFolder),
            settings=settings or None,
            private_dir=str(privateFolder) if privateFolder else None,
            key=key,
            jobs=jobs,
            resume=resume,
            overwrite=overwrite,
            release_held=releaseHeld,
        )

    def check(self, inputFolder, linkageTable, **settings):
        """What a run would keep and leave out, as a `Plan`. Writes nothing."""
        return self.startCheck(inputFolder, linkageTable, **settings).wait()

    def startCheck(self, inputFolder, linkageTable, **settings):
        """Begins a check and returns its job, whose `wait()` is the `Plan`."""
        return self.package().start_check(str(inputFolder), str(linkageTable), settings=settings or None)

    def startLoadSeries(self, inputFolder, linkageTable, newId, seriesNumber, **settings):
        """Begins to read one series; `wait()` is a `SeriesVolume`."""
        return self.package().start_load_series(
            str(inputFolder), str(linkageTable), newId, seriesNumber, settings=settings or None
        )

    def startDeface(self, hu, settings=None, **geometry):
        """Begins to deface HU `[slice, row, column]`; `wait()` is a `Defaced`."""
        return self.package().start_deface(hu, settings=settings or None, **geometry)

    def defaceVolume(self, volumeNode, **settings):
        """Removes the face from a CT volume node into a new node, which is returned."""
        from HeadCTDeidLib import volumes

        arrays, geometry, place = volumes.hu_for(volumeNode)
        defaced = self.startDeface(*arrays, settings=settings, **geometry).wait()
        return volumes.defaced_node(volumeNode, defaced, place)


class HeadCTDeidTest(ScriptedLoadableModuleTest):
    """The self-test: runs inside the application, on data that it makes itself."""

    def setUp(self):
        slicer.mrmlScene.Clear()

    def runTest(self):
        from HeadCTDeidLib import selftest

        for test in selftest.ALL:
            self.setUp()
            self.delayDisplay(test.__doc__.splitlines()[0], 50)
            test(self, HeadCTDeidLogic())
        self.delayDisplay(_("The self-test passed."), 50)
