//! Generated head CT patients for demonstrations and tests.
//!
//! A head is a scene of smooth solids with tissues ([`HeadParameters`] say which), painted into voxels with
//! partial volume, noise and streaks, together with the true tissue of every voxel. Nothing in it comes from a
//! person.

mod anatomy;
mod cases;
mod noise;
mod parameters;
pub mod patients;
mod shape;
mod tissue;
mod volume;

pub use anatomy::face_shape::FaceShape;
pub use cases::Case;
pub use parameters::{Build, Equipment, Finding, HeadParameters, Holder, Pose, Scan, VOID};
pub use tissue::{Label, Tissue};

use ndarray::Array3;

/// A generated scan with its ground truth. Arrays are `[slice, row, column]`; places in DICOM patient
/// coordinates (left, backward, up), slices ascending along the normal.
#[derive(Debug, Clone, PartialEq)]
pub struct Phantom {
    /// CT numbers; [`VOID`] (or [`Scan::padding_hu`]) outside the reconstructed circle.
    pub hu: Array3<i16>,
    /// The [`Label`] of every voxel.
    pub labels: Array3<u8>,
    /// Center of the first voxel of every slice.
    pub origins_mm: Vec<[f64; 3]>,
    /// Unit vector along increasing column index.
    pub along_row: [f64; 3],
    /// Unit vector along increasing row index.
    pub along_column: [f64; 3],
    /// Distance between adjacent rows.
    pub row_spacing_mm: f64,
    /// Distance between adjacent columns.
    pub column_spacing_mm: f64,
}

/// Generates the scan that the parameters describe.
#[must_use]
pub fn head(parameters: &HeadParameters) -> Phantom {
    drawn(&anatomy::scene(parameters), parameters)
}

fn drawn(scene: &anatomy::scene::Scene, parameters: &HeadParameters) -> Phantom {
    let grid = volume::grid::Grid::of(parameters);
    let (hu, labels) = volume::paint(scene, &grid, &parameters.scan);
    let spacing = grid.spacing_mm;
    let claimed = volume::grid::claimed(&grid, parameters);
    Phantom {
        hu,
        labels,
        origins_mm: claimed.origins_mm,
        along_row: claimed.along_row,
        along_column: claimed.along_column,
        row_spacing_mm: spacing,
        column_spacing_mm: spacing,
    }
}

/// A plain chest of `slices` slices 8 mm apart, for series that are no head scans.
fn chest(matrix: usize, slices: usize) -> Phantom {
    let mut parameters = HeadParameters::default().with_matrix(matrix);
    parameters.scan.field_mm = 380.0;
    parameters.scan.middle_mm = [0.0, 0.0];
    parameters.scan.thickness_mm = 8.0;
    parameters.scan.positions_mm = (0..slices).map(|slice| -24.0 + 8.0 * slice as f64).collect();
    parameters.scan.origin_mm = [1.5, -142.0, -912.25];
    drawn(&anatomy::chest::chest(), &parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coarse() -> Phantom {
        head(&HeadParameters::default().with_matrix(96).with_slices(-120.0, 96.0, 6.0))
    }

    fn share(phantom: &Phantom, label: Label, hu: std::ops::RangeInclusive<i16>) -> f64 {
        let of_label = || phantom.hu.iter().zip(&phantom.labels).filter(|(_, l)| **l == label as u8);
        of_label().filter(|(value, _)| hu.contains(value)).count() as f64 / of_label().count().max(1) as f64
    }

    #[test]
    fn labels_agree_with_ct_numbers() {
        let phantom = head(&HeadParameters::default().with_matrix(128).with_slices(-60.0, 90.0, 3.0));
        assert!(share(&phantom, Label::Brain, -40..=120) > 0.97);
        assert!(share(&phantom, Label::Orbit, -160..=160) > 0.85);
        assert!(share(&phantom, Label::CranialBone, 300..=2000) > 0.85);
        assert!(share(&phantom, Label::Outside, i16::MIN..=-700) > 0.97);
        assert!(share(&phantom, Label::Scalp, -500..=150) > 0.9);
    }

    #[test]
    fn every_tissue_of_a_head_is_there() {
        let phantom = head(&HeadParameters::default().with_matrix(160).with_slices(-140.0, 90.0, 2.5));
        for label in Label::ALL {
            let expected = !matches!(label, Label::Metal | Label::Hair);
            let found = phantom.labels.iter().any(|l| *l == label as u8);
            assert_eq!(found, expected, "{}", label.name());
        }
    }

    #[test]
    fn the_brain_never_touches_the_scalp() {
        let phantom = coarse();
        let intracranial: Vec<u8> =
            Label::ALL.into_iter().filter(|l| l.is_intracranial()).map(|l| l as u8).collect();
        let skin = [Label::Scalp, Label::FaceSkin, Label::Ear, Label::Outside].map(|l| l as u8);
        for pair in phantom.labels.windows((1, 2, 2)) {
            let inside = pair.iter().any(|l| intracranial.contains(l));
            let outside = pair.iter().any(|l| skin.contains(l));
            assert!(!(inside && outside));
        }
    }

    #[test]
    fn the_same_parameters_give_the_same_voxels_on_any_number_of_threads() {
        let on =
            |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap().install(coarse);
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn another_seed_changes_the_noise_and_nothing_else() {
        let parameters = HeadParameters::default().with_matrix(64).with_slices(0.0, 20.0, 10.0);
        let (one, two) = (head(&parameters), head(&parameters.clone().with_seed(9)));
        assert_ne!(one.hu, two.hu);
        assert_eq!(one.labels, two.labels);
        let far = one.hu.iter().zip(&two.hu).filter(|(a, b)| a.abs_diff(**b) > 60).count();
        assert!(far * 20 < one.hu.len(), "{far}");
    }
}
