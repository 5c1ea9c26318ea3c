use proptest::prelude::*;

use super::*;

fn slice(uid: &str, z: f64) -> Selected {
    Selected {
        relative: PathBuf::from(uid),
        sop_instance_uid: uid.to_owned(),
        study_instance_uid: "1".to_owned(),
        series_instance_uid: "1.2".to_owned(),
        frame_of_reference_uid: "1.3".to_owned(),
        series_number: Some(2),
        acquisition_number: Some(1),
        acquisition_time: String::new(),
        variant: String::new(),
        number: None,
        placement: Placement {
            position_mm: [-125.0, -125.0, z],
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            spacing_mm: [0.5, 0.5],
            matrix: (512, 512),
        },
    }
}

/// Each series as its slices' UIDs in order.
fn grouped(slices: Vec<Selected>) -> Vec<String> {
    let (series, _) = group(Path::new("/in"), slices);
    series.iter().map(drawing).collect()
}

fn drawing(series: &Series) -> String {
    assert_eq!(series.instances.len(), series.geometry.origins_mm.len());
    let positions = series.geometry.positions_mm();
    assert!(positions.is_sorted_by(|a, b| a < b), "{positions:?}");
    let uids: Vec<_> = series.instances.iter().map(|one| one.sop_instance_uid.reveal().as_str()).collect();
    uids.join(" ")
}

#[test]
fn slices_are_sorted_along_the_normal_whatever_their_names() {
    assert_eq!(grouped(vec![slice("a", 10.0), slice("b", -5.0), slice("c", 2.5)]), ["b c a"]);
}

#[test]
fn slices_scanned_feet_first_are_sorted_along_their_own_normal() {
    let turned = |uid, z| {
        let mut slice = slice(uid, z);
        slice.placement.along_row = [-1.0, 0.0, 0.0];
        slice
    };
    assert_eq!(grouped(vec![turned("a", 10.0), turned("b", -5.0), turned("c", 2.5)]), ["a c b"]);
}

#[test]
fn a_tilted_stack_is_one_series_with_a_remark() {
    let (sin, cos) = 14_f64.to_radians().sin_cos();
    let tilted = (0..5).map(|index| {
        let mut slice = slice(&index.to_string(), 5.0 * f64::from(index));
        slice.placement.along_column = [0.0, cos, -sin];
        slice
    });
    let (series, _) = group(Path::new("/in"), tilted.collect());
    assert_eq!(drawing(&series[0]), "0 1 2 3 4");
    assert_eq!(series[0].remarks, ["gantry tilt: the stack leans 14.0 degrees"]);
}

#[test]
fn one_slice_is_a_series_too() {
    let (series, left_out) = group(Path::new("/in"), vec![slice("a", 1.0)]);
    assert_eq!((series.len(), left_out.len()), (1, 0));
    assert_eq!(series[0].instances[0].path.reveal(), Path::new("/in/a"));
    assert_eq!(series[0].remarks, Vec::<String>::new());
}

#[test]
fn matrix_spacing_orientation_and_frame_of_reference_part_a_series() {
    type Change = fn(&mut Selected);
    let changes: [Change; 5] = [
        |slice| slice.placement.matrix = (256, 512),
        |slice| slice.placement.spacing_mm = [0.4, 0.4],
        |slice| slice.placement.along_column = [0.0, 0.999, -0.044_71],
        |slice| slice.frame_of_reference_uid.clear(),
        |slice| slice.series_instance_uid.push('4'),
    ];
    for change in changes {
        let mut other = slice("b", 5.0);
        change(&mut other);
        assert_eq!(grouped(vec![slice("a", 0.0), other, slice("c", 10.0)]).len(), 2);
    }
}

#[test]
fn rounding_of_cosines_and_spacing_parts_no_series() {
    let mut other = slice("b", 5.0);
    other.placement.along_column = [0.0, 1.0, 0.001];
    other.placement.spacing_mm = [0.500_1, 0.5];
    assert_eq!(grouped(vec![slice("a", 0.0), other]), ["a b"]);
}

#[test]
fn of_files_with_one_uid_the_first_by_path_is_kept() {
    let copy = |path: &str| Selected { relative: PathBuf::from(path), ..slice("a", 0.0) };
    let (series, left_out) = group(Path::new("/in"), vec![copy("z"), copy("b"), copy("c")]);
    assert_eq!(series[0].instances[0].relative.reveal(), Path::new("b"));
    let others: Vec<_> = left_out.iter().map(|one| one.relative.reveal().to_str().unwrap()).collect();
    assert_eq!(others, ["c", "z"]);
    assert!(left_out.iter().all(|one| one.reason == NotKept::Excluded(Exclusion::Duplicate)));
}

#[test]
fn time_points_become_volumes() {
    let at = |uid, z, acquisition| Selected { acquisition_number: Some(acquisition), ..slice(uid, z) };
    let slices = vec![at("a", 0.0, 1), at("b", 5.0, 1), at("c", 5.0, 2), at("d", 10.0, 2)];
    let (series, _) = group(Path::new("/in"), slices);
    assert_eq!(series.iter().map(drawing).collect::<Vec<_>>(), ["a b", "c d"]);
    assert_eq!(series[1].remarks, ["positions repeat within the series: this is volume 2 of 2"]);
}

#[test]
fn kernels_within_one_series_become_volumes() {
    let at = |uid, z, number, kernel: &str| Selected {
        number: Some(number),
        variant: kernel.to_owned(),
        ..slice(uid, z)
    };
    // Numbered so that the order of time alone would mix them.
    let slices = vec![
        at("a", 0.0, 1, "H31s"),
        at("b", 0.0, 2, "H60s"),
        at("c", 5.0, 3, "H60s"),
        at("d", 5.0, 4, "H31s"),
    ];
    assert_eq!(grouped(slices), ["a d", "b c"]);
}

#[test]
fn time_points_in_two_kernels_become_four_volumes() {
    let at = |uid: &str, z, acquisition, kernel: &str| Selected {
        acquisition_number: Some(acquisition),
        variant: kernel.to_owned(),
        ..slice(uid, z)
    };
    let mut slices = Vec::new();
    for (acquisition, kernel) in [(1, "H31s"), (2, "H31s"), (1, "H60s"), (2, "H60s")] {
        for z in 0..2_u8 {
            slices.push(at(&format!("{kernel}.{acquisition}.{z}"), f64::from(z), acquisition, kernel));
        }
    }
    assert_eq!(
        grouped(slices),
        ["H31s.1.0 H31s.1.1", "H31s.2.0 H31s.2.1", "H60s.1.0 H60s.1.1", "H60s.2.0 H60s.2.1"]
    );
}

#[test]
fn repeated_positions_without_an_explanation_are_split_by_number() {
    let at = |uid, z, number| Selected { number: Some(number), ..slice(uid, z) };
    let slices = vec![at("a", 0.0, 4), at("b", 0.0, 1), at("c", 5.0, 2), at("d", 5.0, 3)];
    assert_eq!(grouped(slices), ["b c", "a d"]);
}

#[test]
fn step_and_shoot_with_one_acquisition_per_slice_stays_one_series() {
    let at = |uid, z, acquisition| Selected { acquisition_number: Some(acquisition), ..slice(uid, z) };
    assert_eq!(grouped(vec![at("a", 0.0, 1), at("b", 5.0, 2), at("c", 10.0, 3)]), ["a b c"]);
    let twice = vec![at("a", 0.0, 1), at("b", 5.0, 2), at("c", 0.0, 3), at("d", 5.0, 4)];
    assert_eq!(grouped(twice), ["a b", "c d"]);
}

#[test]
fn kernels_numbered_apart_share_the_time_of_their_acquisition() {
    let of = |number, time: &str| {
        acquisition(&[Selected {
            acquisition_number: Some(number),
            acquisition_time: time.to_owned(),
            ..slice("a", 0.0)
        }])
    };
    assert_eq!(of(2, "20230314 081001.125"), of(3, "20230314 081001.125"));
    assert_ne!(of(2, "20230314 081001.125"), of(2, "20230314 081501.125"));
    assert_ne!(of(2, "20230314"), of(3, "20230314"));
    assert_eq!(of(2, "20230314"), of(2, "20230314"));
}

#[test]
fn a_slice_aside_of_the_others_is_remarked() {
    let mut aside = slice("b", 5.0);
    aside.placement.position_mm[0] += 3.0;
    let (series, _) = group(Path::new("/in"), vec![slice("a", 0.0), aside, slice("c", 10.0)]);
    assert_eq!(series[0].remarks, ["slices that lie aside of the others by more than a pixel: 1"]);
}

proptest! {
    #[test]
    fn grouping_does_not_depend_on_the_order_of_the_files(
        (slices, shuffled) in prop::collection::vec((0..6_u8, 0..3_u8, 0..3_i64, 0..2_u8), 1..40).prop_flat_map(|all| {
            let slices: Vec<Selected> = all.iter().enumerate().map(|(index, (z, series, acquisition, twin))| {
                let mut slice = slice(&format!("f{index}"), f64::from(*z) * 2.5);
                slice.series_instance_uid = format!("1.{series}");
                slice.acquisition_number = Some(*acquisition);
                if *twin == 1 { slice.sop_instance_uid = format!("u{z}"); }
                slice
            }).collect();
            (Just(slices.clone()), Just(slices).prop_shuffle())
        })
    ) {
        let count = slices.len();
        let (series, left_out) = group(Path::new("/in"), slices.clone());
        let kept: usize = series.iter().map(|one| one.instances.len()).sum();
        prop_assert_eq!(kept + left_out.len(), count);
        prop_assert_eq!(grouped(slices), grouped(shuffled));
    }
}
