//! Where generated voxels lie: slices ascend, and the face is where the header says front is.

use headct_deid_phantom::{Case, Label, Phantom, head};

fn coarse(case: Case) -> Phantom {
    let mut parameters = case.parameters().with_matrix(64);
    parameters.scan.positions_mm = parameters.scan.positions_mm.into_iter().step_by(4).collect();
    parameters.scan.thickness_mm = 2.0;
    head(&parameters)
}

fn normal(phantom: &Phantom) -> [f64; 3] {
    let (a, b) = (phantom.along_row, phantom.along_column);
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Mean place of the voxels of a label, in patient coordinates.
fn middle(phantom: &Phantom, label: Label) -> [f64; 3] {
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for ((slice, row, column), found) in phantom.labels.indexed_iter() {
        if *found == label as u8 {
            let origin = phantom.origins_mm[slice];
            let (across, down) =
                (column as f64 * phantom.column_spacing_mm, row as f64 * phantom.row_spacing_mm);
            for (axis, total) in sum.iter_mut().enumerate() {
                *total += origin[axis] + across * phantom.along_row[axis] + down * phantom.along_column[axis];
            }
            count += 1.0;
        }
    }
    sum.map(|total| total / count)
}

#[test]
fn slices_ascend_along_the_normal_in_every_pose() {
    for case in [Case::Ordinary, Case::Prone, Case::FeetFirst, Case::ProneFeetFirst, Case::Tilt25] {
        let phantom = coarse(case);
        let n = normal(&phantom);
        let along: Vec<f64> =
            phantom.origins_mm.iter().map(|o| o[0] * n[0] + o[1] * n[1] + o[2] * n[2]).collect();
        assert!(along.is_sorted(), "{}", case.name());
        assert_eq!(phantom.origins_mm.len(), phantom.hu.dim().0);
    }
}

#[test]
fn the_face_is_in_front_of_the_brain_unless_the_header_lies() {
    for case in [Case::Ordinary, Case::Prone, Case::FeetFirst, Case::Oblique, Case::Tilt25, Case::LyingHeader]
    {
        let phantom = coarse(case);
        let (face, brain) = (middle(&phantom, Label::FaceSkin), middle(&phantom, Label::Brain));
        let is_in_front = face[1] < brain[1] - 30.0;
        assert_eq!(is_in_front, case != Case::LyingHeader, "{} {face:?} {brain:?}", case.name());
        assert!(face[2] < brain[2], "{}", case.name());
    }
}

#[test]
fn the_patient_lies_on_the_holder() {
    for case in [Case::Ordinary, Case::Prone, Case::FeetFirst, Case::ProneFeetFirst] {
        let phantom = coarse(case);
        let rows: Vec<usize> = [Label::Equipment, Label::Brain]
            .map(|label| {
                let found = phantom.labels.indexed_iter().filter(|(_, found)| **found == label as u8);
                found.map(|((_, row, _), _)| row).max().unwrap()
            })
            .to_vec();
        assert!(rows[0] > rows[1], "{}: the holder is below in the picture", case.name());
    }
}

#[test]
fn findings_put_into_the_head_what_they_say() {
    let count = |case: Case, label: Label| coarse(case).labels.iter().filter(|l| **l == label as u8).count();
    assert!(
        count(Case::AirPocket, Label::IntracranialOther)
            > 4 * count(Case::Ordinary, Label::IntracranialOther)
    );
    assert!(count(Case::DentalStreaks, Label::Metal) > 0);
    assert!(count(Case::LargeFrontalSinus, Label::Sinus) > count(Case::Ordinary, Label::Sinus));
    assert!(
        count(Case::Craniectomy110Bulging, Label::CranialBone) < count(Case::Ordinary, Label::CranialBone)
    );
    assert_eq!(count(Case::HollowSkull, Label::Brain), 0);
    assert_eq!(count(Case::WithoutSkin, Label::FaceSkin), 0);
    assert!(count(Case::Hair, Label::Hair) > 0);
}
