//! Generated patients are read back with dicom-object: they must be what the truth says.
#![expect(clippy::unwrap_used, reason = "these are tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, open_file};
use headct_deid_phantom::patients::{Demo, Detail, write_cohort, write_patients_in, write_truth};

const DETAIL: Detail = Detail { matrix: 64, spacing_mm: 20.0 };

/// The demonstration, written once for all tests.
fn demo() -> &'static Demo {
    static DEMO: LazyLock<(tempfile::TempDir, Demo)> = LazyLock::new(|| {
        let dir = tempfile::tempdir().unwrap();
        let demo = write_patients_in(dir.path(), DETAIL).unwrap();
        (dir, demo)
    });
    &DEMO.1
}

fn files_below(folder: &Path) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { open.push(path) } else { assert!(found.insert(path)) }
        }
    }
    found
}

fn text(object: &DefaultDicomObject, tag: dicom_core::Tag) -> String {
    object.element(tag).unwrap().to_str().unwrap().trim_end_matches(['\0', ' ']).to_owned()
}

#[test]
fn the_truth_names_every_file_once() {
    let demo = demo();
    let mut told = BTreeSet::new();
    for patient in &demo.truth {
        for path in patient.keep.iter().chain(patient.drop.iter().map(|file| &file.path)) {
            assert!(told.insert(demo.patients.join(path)), "{} twice", path.display());
        }
        assert!(!patient.keep.is_empty() && !patient.drop.is_empty());
    }
    assert_eq!(told, files_below(&demo.patients));
}

#[test]
fn kept_files_reopen_as_ct_images_with_rich_headers() {
    let demo = demo();
    for patient in &demo.truth {
        let mut person = None;
        for path in &patient.keep {
            let object = open_file(demo.patients.join(path)).unwrap();
            assert_eq!(text(&object, tags::MODALITY), "CT");
            assert_eq!(text(&object, tags::ACCESSION_NUMBER), patient.accession);
            assert!(object.iter().count() >= 180, "{}", object.iter().count());
            let stored = object.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap().len();
            assert_eq!(stored, 64 * 64 * 2);
            let name = text(&object, tags::PATIENT_NAME);
            let [family, given] = [&patient.identifying[0], &patient.identifying[1]];
            assert_eq!(name, format!("{family}^{given}"));
            assert!(person.replace(name.clone()).is_none_or(|before| before == name));
            assert!(object.iter().any(|element| element.header().tag.group() % 2 == 1));
        }
    }
}

#[test]
fn a_series_makes_one_regular_volume() {
    let demo = demo();
    for patient in &demo.truth {
        let mut series = std::collections::BTreeMap::<String, Vec<(Vec<f64>, Vec<f64>)>>::new();
        for path in &patient.keep {
            let object = open_file(demo.patients.join(path)).unwrap();
            let numbers = |tag| object.element(tag).unwrap().to_multi_float64().unwrap();
            let of_series = series.entry(text(&object, tags::SERIES_INSTANCE_UID)).or_default();
            of_series.push((numbers(tags::IMAGE_POSITION_PATIENT), numbers(tags::IMAGE_ORIENTATION_PATIENT)));
        }
        for slices in series.values() {
            assert_eq!(slices.len(), 13);
            let (first, orientation) = &slices[0];
            for (number, (position, same)) in slices.iter().enumerate() {
                assert_eq!(orientation, same);
                assert!((position[2] - first[2] - 20.0 * number as f64).abs() < 1e-6);
            }
        }
    }
}

#[test]
fn two_examinations_are_one_person_in_the_list() {
    let demo = demo();
    let people: BTreeSet<_> = demo.truth.iter().map(|patient| patient.new_patient_id.as_str()).collect();
    assert_eq!((demo.truth.len(), people.len()), (4, 3));
    assert!(std::fs::read(&demo.list).unwrap().starts_with(b"PK"));
    let folders: BTreeSet<_> = std::fs::read_dir(&demo.patients)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let accessions: BTreeSet<_> = demo.truth.iter().map(|patient| patient.accession.clone()).collect();
    assert_eq!(folders, accessions);
}

#[test]
fn the_same_demonstration_is_written_every_time() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = (demo(), write_patients_in(dir.path(), DETAIL).unwrap());
    for path in first.truth.iter().flat_map(|patient| &patient.keep) {
        let bytes = [first, &second].map(|demo| std::fs::read(demo.patients.join(path)).unwrap());
        assert!(bytes[0] == bytes[1], "{}", path.display());
    }
    let json = dir.path().join("truth.json");
    write_truth(first, &json).unwrap();
    let told: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    assert_eq!(told["patients"].as_array().unwrap().len(), 4);
}

#[test]
fn a_cohort_has_the_asked_for_patients_and_slices() {
    let dir = tempfile::tempdir().unwrap();
    let cohort = write_cohort(dir.path(), 5, 6, 32, 1).unwrap();
    assert_eq!(cohort.truth.len(), 5);
    assert!(cohort.truth.iter().all(|patient| patient.keep.len() == 6));
    let names: BTreeSet<_> = cohort.truth.iter().map(|patient| &patient.identifying[0]).collect();
    assert_eq!(names.len(), 5);
    assert_eq!(files_below(&cohort.patients).len(), 30);
}
