use super::*;

#[test]
fn the_printed_defaults_are_the_defaults() {
    let from_file = RawSettings::from_toml(&default_toml()).unwrap().check().unwrap();
    assert_eq!(from_file, Settings::default());
}

#[test]
fn every_problem_is_named_at_once() {
    let raw = RawSettings::from_toml("kernel = \"wide\"\nshape = \"cube\"\ncolour = 1").unwrap();
    let refusal = raw.check().unwrap_err();
    let places: Vec<_> = refusal.problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(places, ["setting colour", "setting kernel", "setting shape"]);
    assert_eq!(refusal.problems[2].message, "found `cube`, expected ball or disk");
}

#[test]
fn the_kernel_is_a_diameter() {
    let kernel = |text: &str| {
        let mut raw = RawSettings::default();
        raw.set("kernel", text);
        raw.check().unwrap().kernel
    };
    assert!((kernel("20px").depth_mm(0.5) - 5.0).abs() < 1e-9);
    assert!((kernel("12 mm").depth_mm(0.5) - 6.0).abs() < 1e-9);
    assert!(kernel("0").depth_mm(0.5).abs() < 1e-9);
}

#[test]
fn a_flag_with_hyphens_sets_the_same_setting() {
    let mut raw = RawSettings::default();
    raw.set("air-threshold", "-700");
    assert_eq!(raw.check().unwrap().air_threshold_hu, -700);
}
