"""Volumes in a real MRML scene: defacing a loaded one, and what the preview leaves behind (nothing)."""

import numpy as np
import pytest
import slicer

import generated
from standin import click
from standin_panel import fill, finish


def nodes():
    """Names and classes of everything a user can see in the scene."""
    kinds = ("vtkMRMLVolumeNode", "vtkMRMLModelNode", "vtkMRMLStorageNode")
    return sorted(
        node.GetName() for kind in kinds for node in slicer.util.getNodesByClass(kind) if not node.GetHideFromEditors()
    )


def scene_xml():
    slicer.mrmlScene.SetSaveToXMLString(1)
    slicer.mrmlScene.Commit()
    return slicer.mrmlScene.GetSceneXMLString()


@pytest.fixture
def ct(panel):
    """A head as DICOM loads it, turned by a transform, with a name that nobody should see again."""
    from HeadCTDeidLib.volumes import add_volume

    matrix = np.diag([-1.5, -1.5, 4.0, 1.0])
    matrix[:3, 3] = (96, 96, -78)
    node = add_volume(generated.head(), matrix, generated.CANARIES[0])
    turn = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode")
    node.SetAndObserveTransformNodeID(turn.GetID())
    return node


def deface(panel, node):
    panel.ui.volumeSelector.setCurrentNode(node)
    before = {one.GetID() for one in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")}
    click(panel.ui.defaceButton)
    finish(panel)
    new = [one for one in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode") if one.GetID() not in before]
    return new[0] if new else None


def test_a_loaded_volume_is_defaced_into_a_new_node_of_the_same_geometry(panel, ct):
    original = np.array(slicer.util.arrayFromVolume(ct))
    new = deface(panel, ct)
    after = slicer.util.arrayFromVolume(new)
    assert np.array_equal(slicer.util.arrayFromVolume(ct), original)
    assert new.GetSpacing() == ct.GetSpacing() and new.GetOrigin() == ct.GetOrigin()
    assert new.GetTransformNodeID() == ct.GetTransformNodeID()
    assert after.dtype == original.dtype
    changed = after != original
    assert changed.any() and not changed[original > 600].all()
    inside = generated.head() > 600
    assert not changed[20, 64, 64], "the brain's middle"
    assert inside.any() and generated.CANARIES[0] not in new.GetName()


def test_defacing_in_any_orientation_gives_the_same_voxels(panel, ct):
    from HeadCTDeidLib.volumes import add_volume

    hu = generated.head()
    straight = slicer.util.arrayFromVolume(deface(panel, ct))
    matrix = np.zeros((4, 4))
    matrix[0, 1], matrix[1, 2], matrix[2, 0], matrix[3, 3] = 1.5, -1.5, 4.0, 1  # i up, j right, k back
    turned = add_volume(np.ascontiguousarray(hu.transpose(1, 2, 0)[:, ::-1, :]), matrix, "turned")
    result = slicer.util.arrayFromVolume(deface(panel, turned))
    assert np.array_equal(result[:, ::-1, :].transpose(2, 0, 1), straight)


def test_a_float_volume_keeps_its_fractions_where_nothing_was_removed(panel):
    from HeadCTDeidLib.volumes import add_volume

    hu = generated.head().astype(np.float32) + np.float32(0.25)
    new = deface(panel, add_volume(hu, np.diag([-1.5, -1.5, 4.0, 1.0]), "float"))
    after = slicer.util.arrayFromVolume(new)
    assert after.dtype == np.float32 and after[20, 64, 64] == hu[20, 64, 64]


@pytest.mark.parametrize(("low", "words"), [(0, "does not look like CT"), (-30, "does not look like CT")])
def test_what_is_no_ct_is_refused_in_words(panel, low, words):
    from HeadCTDeidLib.volumes import add_volume

    node = add_volume(np.full((4, 8, 8), low, np.int16), np.eye(4), "other")
    assert deface(panel, node) is None
    assert words in panel.ui.statusLabel.text


def test_a_volume_without_a_skull_is_held_and_says_so(panel):
    from HeadCTDeidLib.volumes import add_volume

    hu = np.minimum(generated.head(), 200)
    assert deface(panel, add_volume(hu, np.diag([-1.5, -1.5, 4.0, 1.0]), "soft")) is None
    assert "Nothing was changed" in panel.ui.statusLabel.text


def show_preview(panel, folders):
    fill(panel, folders)
    click(panel.ui.checkButton)
    finish(panel)
    panel.ui.planTree.setCurrentItem(panel.ui.planTree.topLevelItem(0).child(0))
    click(panel.ui.previewButton)
    finish(panel)


def test_the_preview_shows_both_sides_linked_and_is_named_by_new_id(panel, folders):
    before = nodes()
    show_preview(panel, folders)
    added = [name for name in nodes() if name not in before and "Slice" not in name]
    assert added == ["STUDY-001 after", "STUDY-001 after skin", "STUDY-001 before", "STUDY-001 before skin"]
    assert slicer.app.layoutManager().layout != 3
    composites = slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")
    assert len(composites) == 2 and all(one.GetLinkedControl() for one in composites)
    shown = {slicer.mrmlScene.GetNodeByID(one.GetBackgroundVolumeID()).GetName() for one in composites}
    assert shown == {"STUDY-001 before", "STUDY-001 after"}
    assert not folders[2].exists()


def test_the_preview_is_never_saved_with_the_scene(panel, folders):
    show_preview(panel, folders)
    xml = scene_xml()
    assert "STUDY-001" not in xml
    for text in (str(folders[0].parent), *generated.CANARIES):
        assert text not in xml


def test_a_double_click_shows_the_series(panel, folders):
    fill(panel, folders)
    click(panel.ui.checkButton)
    finish(panel)
    patient = panel.ui.planTree.topLevelItem(1)
    for item in (patient, patient.child(0)):
        panel.ui.planTree.setCurrentItem(item)
        panel.ui.planTree.itemDoubleClicked.emit(item, 0)
        finish(panel)
    assert "STUDY-002 before" in nodes()


@pytest.mark.parametrize("how", ["button", "leave", "scene", "apply"])
def test_the_preview_goes(panel, folders, how):
    show_preview(panel, folders)
    if how == "button":
        click(panel.ui.previewButton)
    elif how == "leave":
        panel.exit()
    elif how == "scene":
        slicer.mrmlScene.Clear(0)
    else:
        click(panel.ui.applyButton)
        finish(panel)
    assert not [name for name in nodes() if name.startswith("STUDY")]
    assert slicer.app.layoutManager().layout == 3
    assert not panel.panel._preview.shown


def test_the_surface_is_that_of_the_skin(panel, ct):
    from HeadCTDeidLib.preview import skin

    bounds = skin(ct).GetBounds()
    assert 140 < bounds[1] - bounds[0] < 165  # from ear to ear, mm
    assert 130 < bounds[5] - bounds[4] < 160  # from neck to vertex, mm


def test_a_thinned_surface_lies_where_the_full_one_lies(panel, ct, monkeypatch):
    from HeadCTDeidLib import preview

    full = preview.skin(ct)
    monkeypatch.setattr(preview, "WHOLE_SKIN_GRID", 64)
    monkeypatch.setattr(preview, "LARGEST_SKIN_GRID", 64)
    thinned = preview.skin(ct)
    assert thinned.GetNumberOfPoints() < full.GetNumberOfPoints() / 2
    assert np.allclose(thinned.GetBounds(), full.GetBounds(), atol=2 * max(generated.SPACING_MM[1:]))
