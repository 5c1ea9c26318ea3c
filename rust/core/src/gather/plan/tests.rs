//! Plans of generated folders.

use std::collections::BTreeMap;
use std::fs;

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};

use super::super::instance::NotKept;
use super::super::listing::Listing;
use super::*;
use crate::outcome::Exclusion;
use crate::settings::RawSettings;

/// An input folder with patients `A` and `B`, and a list of both.
struct Input {
    folder: tempfile::TempDir,
}

impl Input {
    fn new() -> Self {
        let input = Self { folder: tempfile::tempdir().unwrap() };
        input.list("Accession_number,New_ID\nA,D1\nB,D2\n");
        for patient in ["A", "B"] {
            fs::create_dir_all(input.path().join(patient)).unwrap();
        }
        input
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("in")
    }

    #[expect(clippy::disallowed_methods, reason = "tests make their own input")]
    fn list(&self, text: &str) {
        fs::write(self.folder.path().join("list.csv"), text).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "tests make their own input")]
    fn text(&self, path: &str) {
        fs::write(self.path().join(path), "not DICOM").unwrap();
    }

    /// Writes an axial head slice of patient P1 at z, with other values for some attributes.
    #[expect(clippy::disallowed_methods, reason = "tests make their own input")]
    fn slice(&self, path: &str, z: i32, changes: &[(Tag, VR, &str)]) {
        let uid =
            format!("1.2.3.{}", path.bytes().fold(7_u64, |sum, byte| sum * 31 % 1_000_003 + u64::from(byte)));
        let position = format!("-125\\-125\\{z}");
        let mut object = InMemDicomObject::new_empty();
        for (tag, vr, value) in [
            (tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE),
            (tags::SOP_INSTANCE_UID, VR::UI, &uid),
            (tags::STUDY_INSTANCE_UID, VR::UI, "1.2.1"),
            (tags::SERIES_INSTANCE_UID, VR::UI, "1.2.2"),
            (tags::MODALITY, VR::CS, "CT"),
            (tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL"),
            (tags::STUDY_DESCRIPTION, VR::LO, "CT HEAD"),
            (tags::PATIENT_ID, VR::LO, "MRN-P1"),
            (tags::PATIENT_BIRTH_DATE, VR::DA, "19570304"),
            (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
            (tags::IMAGE_POSITION_PATIENT, VR::DS, &position),
            (tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0"),
            (tags::PIXEL_SPACING, VR::DS, "0.5\\0.5"),
        ]
        .iter()
        .chain(changes)
        {
            let values = value.split('\\').map(str::to_owned).collect();
            object.put(DataElement::new(*tag, *vr, PrimitiveValue::Strs(values)));
        }
        for tag in [tags::ROWS, tags::COLUMNS] {
            object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(512_u16)));
        }
        let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        object.with_meta(meta).unwrap().write_to_file(path).unwrap();
    }

    fn plan_with(&self, settings: &Settings) -> Result<Plan, NoPlan> {
        plan(&self.path(), &self.folder.path().join("list.csv"), settings, &Progress::default())
    }

    fn plan(&self) -> Plan {
        self.plan_with(&Settings::default()).unwrap()
    }

    fn refusal(&self) -> String {
        self.plan_with(&Settings::default()).unwrap_err().to_string()
    }
}

/// Each file below the folder and what became of it; panics if a file is accounted for twice.
fn outcomes(patient: &PatientPlan) -> BTreeMap<String, String> {
    let kept = patient.series.iter().enumerate().flat_map(|(index, series)| {
        series.instances.iter().map(move |one| (one.relative.reveal(), format!("series {index}")))
    });
    let left_out = patient.left_out.iter().map(|file| {
        let reason = match &file.reason {
            NotKept::Excluded(exclusion) => exclusion.code().to_owned(),
            NotKept::Failed(failure) => failure.to_string(),
        };
        (file.relative.reveal(), reason)
    });
    let all: BTreeMap<_, _> =
        kept.chain(left_out).map(|(path, outcome)| (path.to_string_lossy().into_owned(), outcome)).collect();
    assert_eq!(all.len(), patient.files());
    all
}

#[test]
fn every_file_of_a_folder_has_exactly_one_outcome() {
    let input = Input::new();
    for z in 0..4 {
        input.slice(&format!("A/CT/{z}"), z * 5, &[]);
    }
    input.slice(
        "A/copy",
        0,
        &[(tags::SOP_INSTANCE_UID, VR::UI, "1.9"), (tags::IMAGE_TYPE, VR::CS, "DERIVED")],
    );
    input.slice("A/CT2/a", 0, &[(tags::SOP_INSTANCE_UID, VR::UI, "1.8")]);
    input.slice("A/CT2/b", 0, &[(tags::SOP_INSTANCE_UID, VR::UI, "1.8")]);
    input.slice("A/no uid", 0, &[(tags::SOP_INSTANCE_UID, VR::UI, "")]);
    input.slice("A/other", 0, &[(tags::PATIENT_ID, VR::LO, "MRN-P2")]);
    input.slice("A/chest", 0, &[(tags::SERIES_DESCRIPTION, VR::LO, "Thorax 5.0")]);
    input.slice("A/flat", 0, &[(tags::PIXEL_SPACING, VR::DS, "0\\0")]);
    input.text("A/readme.txt");
    #[cfg(unix)]
    std::os::unix::fs::symlink("/etc/hostname", input.path().join("A/link")).unwrap();
    let outcomes = outcomes(&input.plan().patients[0]);
    let expected = [
        ("CT/0", "series 0"),
        ("CT/1", "series 0"),
        ("CT/2", "series 0"),
        ("CT/3", "series 0"),
        ("CT2/a", "series 1"),
        ("CT2/b", "duplicate"),
        ("chest", "other-region"),
        ("copy", "not-original"),
        ("flat", "no-geometry"),
        ("link", "not-regular"),
        ("no uid", "parse: the UID of the study, the series or the instance is missing"),
        ("other", "another-patient"),
        ("readme.txt", "not-dicom"),
    ];
    let expected: BTreeMap<_, _> =
        expected.iter().map(|(path, outcome)| ((*path).to_owned(), (*outcome).to_owned())).collect();
    assert_eq!(outcomes, expected);
}

#[test]
fn a_damaged_file_is_a_failure_and_its_neighbors_are_kept() {
    let input = Input::new();
    input.slice("A/1", 0, &[]);
    input.slice("A/2", 5, &[]);
    let path = input.path().join("A/2");
    let length = fs::metadata(&path).unwrap().len();
    fs::OpenOptions::new().write(true).open(&path).unwrap().set_len(length - 3).unwrap();
    let plan = input.plan();
    assert_eq!(plan.patients[0].slices(), 1);
    assert!(matches!(&plan.patients[0].left_out[0].reason, NotKept::Failed(_)));
}

#[test]
fn every_header_is_shown_to_the_visitor_also_of_files_left_out() {
    let input = Input::new();
    input.slice("A/b", 0, &[]);
    input.slice("A/a", 0, &[(tags::MODALITY, VR::CS, "SR"), (tags::PATIENT_ID, VR::LO, "ALIAS")]);
    input.text("A/c");
    let tasks = tasks(&input.path(), &input.folder.path().join("list.csv"), Stop::never()).unwrap();
    let mut seen = Vec::new();
    let task = &tasks.tasks[0];
    let plan = plan_patient(
        &task.row,
        task.folder.reveal(),
        &Settings::default(),
        &Progress::default(),
        &mut |object| seen.push(object.element(tags::PATIENT_ID).unwrap().to_str().unwrap().into_owned()),
    )
    .unwrap();
    assert_eq!(seen, ["ALIAS", "MRN-P1"]);
    assert_eq!(plan.patient_ids.len(), 2);
}

#[test]
fn contrast_in_one_slice_is_contrast_of_its_series() {
    let input = Input::new();
    input.slice("A/1", 0, &[]);
    input.slice("A/2", 5, &[(tags::CONTRAST_BOLUS_AGENT, VR::LO, "Iohexol")]);
    input.slice("A/3", 5, &[(tags::SERIES_INSTANCE_UID, VR::UI, "1.2.9")]);
    assert_eq!(input.plan().patients[0].slices(), 3);
    let mut raw = RawSettings::default();
    raw.set("contrast", "exclude");
    let plan = input.plan_with(&raw.check().unwrap()).unwrap();
    let patient = &plan.patients[0];
    assert_eq!(patient.slices(), 1);
    assert!(patient.left_out.iter().all(|file| file.reason == NotKept::Excluded(Exclusion::Contrast)));
}

#[test]
fn a_file_without_patient_id_belongs_to_the_patient_of_its_study() {
    let input = Input::new();
    input.slice("A/1", 0, &[]);
    input.slice("A/2", 5, &[(tags::PATIENT_ID, VR::LO, "")]);
    input.slice("A/3", 10, &[(tags::PATIENT_ID, VR::LO, ""), (tags::STUDY_INSTANCE_UID, VR::UI, "1.2.7")]);
    let outcomes = outcomes(&input.plan().patients[0]);
    let outcomes: Vec<_> = outcomes.values().map(String::as_str).collect();
    assert_eq!(outcomes, ["series 0", "series 0", "another-patient"]);
}

#[test]
fn of_two_patients_with_equally_many_files_the_one_with_the_accession_number_is_kept() {
    let input = Input::new();
    input.slice("A/1", 0, &[(tags::PATIENT_ID, VR::LO, "X")]);
    input.slice("A/2", 0, &[(tags::PATIENT_ID, VR::LO, "Y"), (tags::ACCESSION_NUMBER, VR::SH, "A")]);
    let patient = &input.plan().patients[0];
    assert_eq!(patient.patient_id, Some(Identifying::new("Y".to_owned())));
    assert_eq!(patient.series[0].instances[0].relative.reveal(), Path::new("2"));
}

#[test]
fn a_new_identity_that_gives_an_old_one_away_is_refused() {
    let input = Input::new();
    input.slice("B/1", 0, &[]);
    input.list("Accession_number,New_ID,New_Patient_ID\nA,x_mrn-p1,P\nB,D2,P1957-03-04\n");
    assert_eq!(
        input.refusal(),
        "linkage table, row 2: New_ID contains a Patient ID in the folder of row 3\n\
         linkage table, row 3: New_Patient_ID contains a birth date in the folder of row 3"
    );
}

#[test]
fn rows_and_folders_that_do_not_meet_are_reported_with_their_rows() {
    let input = Input::new();
    fs::create_dir_all(input.path().join("Z")).unwrap();
    input.text("loose.txt");
    input.list("Accession_number,New_ID\nb,D2\nC,D3\nA,\nloose.txt,D4\n");
    let plan = input.plan();
    assert_eq!(plan.patients.len(), 1);
    assert_eq!(plan.rows_not_processed, 3);
    let listing = Listing::from(&plan).to_string();
    assert_eq!(
        listing,
        "row 2: b -> D2: 0 of 0 files\n\
         \n\
         patients: 1, slices that would be worked on: 0, files left out: 0\n\
         \n\
         Remarks\n\
         \x20 linkage table, row 2: linked to the folder whose name differs in case, accents or blanks around it\n\
         \x20 linkage table, row 2: none of the 0 files in its folder is a head CT slice to release\n\
         \x20 linkage table, row 3: no folder of this name in the input; not processed\n\
         \x20 linkage table, row 4: New_ID is missing; the row is not processed (of merged cells only the first \
         holds the value)\n\
         \x20 linkage table, row 5: a file or a link of this name in the input; not processed\n\
         \x20 input folder: folders without a row in the list: 2; not processed\n\
         \x20 input folder: files beside the patient folders: 1; not processed\n\
         \n\
         Folders without a row in the list\n\
         \x20 A\n\
         \x20 Z\n\
         \n\
         Beside the patient folders\n\
         \x20 loose.txt\n"
    );
}

#[test]
fn persons_that_the_list_merges_or_parts_are_remarked() {
    let input = Input::new();
    input.slice("A/1", 0, &[]);
    input.slice("B/1", 0, &[]);
    assert_eq!(
        input.plan().remarks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "linkage table, row 3: its folder has the Patient ID of row 2 and becomes another patient; give both \
          rows one New_Patient_ID if they are one person"
        ]
    );
    input.list("Accession_number,New_ID,New_Patient_ID\nA,D1,P\nB,D2,P\n");
    assert_eq!(input.plan().remarks, []);
    input.slice("B/1", 0, &[(tags::PATIENT_ID, VR::LO, "MRN-P2")]);
    assert_eq!(
        input.plan().remarks.iter().map(ToString::to_string).collect::<Vec<_>>(),
        [
            "linkage table, row 3: its folder has another Patient ID than row 2 and becomes the same patient; is \
          it one person?"
        ]
    );
}

#[test]
fn all_problems_of_input_and_list_come_at_once() {
    let input = Input::new();
    let nowhere = input.folder.path().join("nowhere");
    let refusal =
        plan(&nowhere, &nowhere, &Settings::default(), &Progress::default()).unwrap_err().to_string();
    assert_eq!(
        refusal,
        "input folder: cannot be read: entity not found\nlinkage table: cannot be read: entity not found"
    );
    input.list("Accession_number,New_ID\nQ,D1\n");
    assert_eq!(input.refusal(), "linkage table: none of its 1 usable rows has a folder in the input");
}

#[test]
fn a_request_to_stop_is_seen() {
    let input = Input::new();
    input.slice("A/1", 0, &[]);
    let progress = Progress::default();
    progress.cancel();
    let result = plan(&input.path(), &input.folder.path().join("list.csv"), &Settings::default(), &progress);
    assert_eq!(result.unwrap_err(), NoPlan::Cancelled(Cancelled));
}

#[test]
fn a_folder_of_100_000_files_is_planned_in_seconds() {
    let input = Input::new();
    for folder in 0..100 {
        fs::create_dir(input.path().join(format!("A/{folder}"))).unwrap();
        for file in 0..1000 {
            input.text(&format!("A/{folder}/{file}"));
        }
    }
    let start = std::time::Instant::now();
    let plan = input.plan();
    eprintln!("100,000 files: planned in {:?}", start.elapsed());
    assert_eq!(plan.patients[0].files(), 100_000);
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
