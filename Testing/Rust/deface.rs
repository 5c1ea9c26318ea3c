//! Defacing on generated heads: every fault that earlier tools have is a test here.

#![expect(clippy::expect_used, reason = "a test may stop where it stands")]

use headct_deid_core::Hold;
use headct_deid_core::image::deface::{DefaceSettings, Defacing, deface};
use headct_deid_core::image::tripwire::tripwire;
use headct_deid_core::image::{Geometry, HuVolume};
use headct_deid_core::settings::RawSettings;
use headct_deid_core::stop::Stop;
use headct_deid_phantom::{Case, Label, Phantom, head};

const BRAIN: &[Label] = &[Label::Brain, Label::Csf, Label::IntracranialOther];

struct Defaced {
    labels: ndarray::Array3<u8>,
    volume: HuVolume,
    result: Defacing,
}

impl Defaced {
    fn new(case: Case, settings: &[(&str, &str)]) -> Self {
        // Slices of 6 mm in a small matrix: quick in unoptimized builds.
        let mut parameters = case.parameters();
        if parameters.scan.rows == 256 && parameters.scan.positions_mm.len() > 60 {
            parameters = parameters.with_matrix(128);
        }
        Self::of(head(&parameters), settings)
    }

    fn of(phantom: Phantom, settings: &[(&str, &str)]) -> Self {
        let mut raw = RawSettings::default();
        raw.set("kernel", "10mm");
        for (name, value) in settings {
            raw.set(name, value);
        }
        let volume = HuVolume {
            hu: phantom.hu,
            geometry: Geometry {
                origins_mm: phantom.origins_mm,
                along_row: phantom.along_row,
                along_column: phantom.along_column,
                row_spacing_mm: phantom.row_spacing_mm,
                column_spacing_mm: phantom.column_spacing_mm,
            },
        };
        let how = DefaceSettings::from(&raw.check().expect("the settings of this test are legal"));
        let result = deface(&volume, &how, [3; 32], Stop::never()).expect("nobody asks to stop");
        Self { labels: phantom.labels, volume, result }
    }

    /// Removed and all voxels of some tissues.
    fn count(&self, labels: &[Label]) -> (u64, u64) {
        let voxels = self.labels.iter().zip(&self.result.removal.mask);
        voxels
            .filter(|(label, _)| labels.iter().any(|wanted| *wanted as u8 == **label))
            .fold((0, 0), |(gone, all), (_, removed)| (gone + u64::from(*removed), all + 1))
    }

    fn share(&self, label: Label) -> f64 {
        let (gone, all) = self.count(&[label]);
        gone as f64 / all.max(1) as f64
    }

    fn assert_brain_untouched(&self, case: Case) {
        let (gone, all) = self.count(BRAIN);
        assert_eq!(gone, 0, "{}: {gone} of {all} voxels inside the skull", case.name());
        assert_eq!(self.result.evidence.cavity_voxels_removed, 0, "{}", case.name());
        assert_eq!(tripwire(&self.volume, &self.result.removal.mask), Ok(()), "{}", case.name());
    }
}

#[test]
fn the_face_and_the_ears_go_and_the_brain_stays() {
    let defaced = Defaced::new(Case::Ordinary, &[]);
    defaced.assert_brain_untouched(Case::Ordinary);
    assert_eq!(defaced.result.hold, None);
    assert!(defaced.share(Label::FaceSkin) > 0.99);
    assert!(defaced.share(Label::Ear) > 0.95);
    assert!(defaced.result.evidence.front_from_anatomy && !defaced.result.evidence.defect);
}

#[test]
fn a_sinus_or_air_under_the_skull_is_not_outside() {
    for case in [Case::LargeFrontalSinus, Case::AirPocket] {
        Defaced::new(case, &[("kernel", "40mm"), ("face", "erode")]).assert_brain_untouched(case);
    }
}

#[test]
fn growth_does_not_run_through_holes_of_the_skull() {
    for case in [Case::BurrHoles, Case::OpenSutures, Case::Craniectomy70Sunken, Case::Craniectomy110Bulging] {
        Defaced::new(case, &[("kernel", "40mm"), ("face", "erode")]).assert_brain_untouched(case);
    }
    let defaced = Defaced::new(Case::Craniectomy150Sunken, &[]);
    defaced.assert_brain_untouched(Case::Craniectomy150Sunken);
    assert!(defaced.result.evidence.defect, "reported");
}

#[test]
fn a_holder_that_touches_the_skin_does_not_hide_it() {
    for case in [Case::TouchingHolder, Case::VertexBesideHolder] {
        let defaced = Defaced::new(case, &[]);
        defaced.assert_brain_untouched(case);
        assert!(defaced.share(Label::Scalp) > 0.9, "{}", case.name());
    }
}

#[test]
fn a_face_cut_by_the_field_of_view_goes_without_air_before_it() {
    let defaced = Defaced::new(Case::CutByField, &[]);
    defaced.assert_brain_untouched(Case::CutByField);
    assert!(defaced.share(Label::FaceSkin) > 0.99);
}

#[test]
fn pose_and_tilt_change_nothing() {
    for case in [Case::Tilt25, Case::ProneFeetFirst, Case::Oblique] {
        let defaced = Defaced::new(case, &[]);
        defaced.assert_brain_untouched(case);
        assert_eq!(defaced.result.hold, None, "{}", case.name());
        assert!(defaced.share(Label::FaceSkin) > 0.98, "{}", case.name());
    }
}

#[test]
fn what_cannot_be_shown_to_be_safe_is_held() {
    let lying = Defaced::new(Case::LyingHeader, &[]);
    assert_eq!(lying.result.hold, Some(Hold::OrientationContradicted));
    lying.assert_brain_untouched(Case::LyingHeader);
    let hollow = Defaced::new(Case::HollowSkull, &[]);
    assert!(hollow.result.hold.is_some());
    assert!(hollow.share(Label::Outside) > 0.9, "the outside is filled all the same");
}

#[test]
fn a_single_slice_keeps_its_brain_or_is_held() {
    for (edge, kernel) in [(48, "20px"), (48, "10mm"), (256, "20px"), (256, "10mm")] {
        for height_mm in [-20.0, 20.0, 30.0, 40.0, 70.0] {
            let mut parameters = Case::SingleSlice.parameters().with_matrix(edge);
            parameters.scan.positions_mm = vec![height_mm];
            let defaced = Defaced::of(head(&parameters), &[("kernel", kernel)]);
            let (gone, all) = defaced.count(BRAIN);
            let what = format!("{edge} pixels, {kernel}, at {height_mm} mm: {gone} of {all}");
            // 20 of 48 pixels are a hand's breadth: through the open base they reach anything.
            assert!(gone == 0 || height_mm < 0.0 && defaced.result.hold.is_some(), "{what}");
            assert!(defaced.result.evidence.flat && all > 0, "{what}");
        }
    }
}

#[test]
fn where_no_cavity_is_found_what_lies_behind_bone_stays() {
    let mut parameters = Case::Ordinary.parameters().with_matrix(128);
    parameters.scan.positions_mm = vec![30.0, 36.0, 42.0];
    let mut phantom = head(&parameters);
    let brain = phantom.labels.mapv(|label| BRAIN.iter().any(|wanted| *wanted as u8 == label));
    // Filled with something that no brain measures, as a phantom for calibration is.
    ndarray::Zip::from(&mut phantom.hu).and(&brain).for_each(|hu, &brain| {
        if brain {
            *hu = 240;
        }
    });
    let defaced = Defaced::of(phantom, &[("kernel", "60mm")]);
    assert_eq!(defaced.result.hold, Some(Hold::ImplausibleCavity));
    assert_eq!(defaced.count(BRAIN).0, 0);
}

#[test]
fn padding_is_never_tissue() {
    let mut parameters = Case::Ordinary.parameters().with_matrix(128);
    let reference = Defaced::of(head(&parameters), &[]);
    for padding in [-3024, -2000, -1500, 0] {
        parameters.scan.padding_hu = Some(padding);
        let defaced = Defaced::of(head(&parameters), &[]);
        assert_eq!(defaced.result.removal.mask, reference.result.removal.mask, "padding {padding}");
    }
}

#[test]
fn without_a_kernel_the_scalp_stays() {
    let defaced = Defaced::new(Case::Ordinary, &[("kernel", "0"), ("face", "erode")]);
    assert!(defaced.share(Label::Scalp) < 0.05, "{}", defaced.share(Label::Scalp));
    assert!(defaced.share(Label::Outside) > 0.98);
}

/// Air of a slice that is connected to its border, dilated by OpenCV's ellipse: all pixels against all offsets.
/// `None` when several pieces of air touch the border.
fn slow_disk(slice: &ndarray::ArrayView2<'_, i16>, diameter: isize) -> Option<ndarray::Array2<bool>> {
    let (rows, columns) = slice.dim();
    let mut piece = ndarray::Array2::<u32>::zeros(slice.dim());
    let mut pieces = 0;
    for row in 0..rows {
        for column in 0..columns {
            let border = row == 0 || column == 0 || row + 1 == rows || column + 1 == columns;
            if border && slice[[row, column]] <= -800 && piece[[row, column]] == 0 {
                pieces += 1;
                let mut open = vec![(row, column)];
                while let Some((r, c)) = open.pop() {
                    if r < rows && c < columns && slice[[r, c]] <= -800 && piece[[r, c]] == 0 {
                        piece[[r, c]] = pieces;
                        open.extend([(r + 1, c), (r.wrapping_sub(1), c), (r, c + 1), (r, c.wrapping_sub(1))]);
                    }
                }
            }
        }
    }
    let radius = diameter / 2;
    let half = |offset: isize| {
        let squared = (radius * radius - offset * offset).max(0) as f64 / ((radius * radius).max(1)) as f64;
        (radius as f64 * squared.sqrt()).round_ties_even() as isize
    };
    let element: Vec<(isize, isize)> = (-radius..diameter - radius)
        .flat_map(|y| (-radius..diameter - radius).filter(move |x| x.abs() <= half(y)).map(move |x| (y, x)))
        .collect();
    (pieces == 1).then(|| {
        ndarray::Array2::from_shape_fn(slice.dim(), |(row, column)| {
            element.iter().any(|(y, x)| {
                let at = (row.wrapping_add_signed(*y), column.wrapping_add_signed(*x));
                piece.get(at).is_some_and(|piece| *piece == 1)
            })
        })
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(6))]
    #[test]
    fn the_disk_is_the_study_groups_dilation_voxel_for_voxel(
        edge in 96_usize..150,
        diameter in 1_isize..24,
        // Above ears and sinuses, where no second piece of air lies in a slice.
        bottom_mm in 20.0_f64..50.0,
        tilt in -20.0_f64..20.0,
    ) {
        let mut parameters = Case::Ordinary.parameters().with_matrix(edge).with_tilt(tilt);
        parameters = parameters.with_slices(bottom_mm, bottom_mm + 40.0, 5.0);
        parameters.equipment.table = false;
        parameters.equipment.holder = headct_deid_phantom::Holder::None;
        let kernel = format!("{diameter}px");
        let settings = [("shape", "disk"), ("face", "erode"), ("kernel", kernel.as_str())];
        let defaced = Defaced::of(head(&parameters), &settings);
        let mut compared = 0;
        for (slice, hu) in defaced.volume.hu.outer_iter().enumerate() {
            let Some(expected) = slow_disk(&hu, diameter) else { continue };
            for ((row, column), expected) in expected.indexed_iter() {
                let kept = defaced.result.protected.contains(slice, row, column) || hu[[row, column]] > 300;
                // What is no part of the head goes, whatever the ellipse.
                if !kept && defaced.result.head.contains(slice, row, column) {
                    compared += 1;
                    let found = defaced.result.removal.mask[[slice, row, column]];
                    proptest::prop_assert_eq!(found, *expected, "slice {} at {}, {}", slice, row, column);
                }
            }
        }
        proptest::prop_assert!(compared > 0);
    }
}

#[test]
fn the_same_seed_gives_the_same_result_on_any_number_of_threads() {
    let phantom = || head(&Case::Ordinary.parameters().with_matrix(128));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
    let a = one.install(|| Defaced::of(phantom(), &[("fill", "face")]));
    let b = three.install(|| Defaced::of(phantom(), &[("fill", "face")]));
    assert_eq!(a.result, b.result);
}
