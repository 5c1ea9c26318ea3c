"""The processing options as a parameter node: saved with the scene, therefore without any folder or name."""

from typing import Annotated

from slicer.parameterNodeWrapper import WithinRange, parameterNodeWrapper

from .options import (
    Characteristics,
    Compress,
    Dates,
    Existing,
    Face,
    Fill,
    Folders,
    KernelUnit,
    PatientId,
    Shape,
    StudyList,
)


@parameterNodeWrapper
class HeadCTDeidParameterNode:
    """One attribute per widget of the panel that has a `SlicerParameterName`; defaults are the program's."""

    face: Face = Face.BONE
    kernelDiameter: Annotated[float, WithinRange(0, 200)] = 20.0
    kernelUnit: KernelUnit = KernelUnit.PIXELS
    shape: Shape = Shape.BALL
    fill: Fill = Fill.AIR
    fillValue: Annotated[int, WithinRange(-2000, 4000)] = -1000
    airThreshold: Annotated[int, WithinRange(-1000, -200)] = -800
    minObject: Annotated[int, WithinRange(0, 1000000)] = 1000
    removeText: bool = True
    dropTextSlices: bool = False
    dates: Dates = Dates.SHIFT
    patientId: PatientId = PatientId.NEW_ID
    studyList: StudyList = StudyList.ANONYMOUS
    characteristics: Characteristics = Characteristics.BASIC
    includeContrast: bool = True
    includeOtherRegions: bool = False
    headWords: str = "head, brain, skull"
    folders: Folders = Folders.SAFE
    compress: Compress = Compress.NONE
    originalPictures: bool = False
    countStandardErrors: bool = False
    existing: Existing = Existing.STOP
    jobs: Annotated[int, WithinRange(0, 64)] = 0


def restore_defaults(parameters):
    """Sets every option back to its default, in one step for the panel."""
    import slicer

    with slicer.util.NodeModify(parameters):
        for name in parameters.allParameters:
            parameters.setValue(name, parameters.default(name).value)
