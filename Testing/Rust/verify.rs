//! Tampers with a released folder in every way that a careless or hostile hand may, and looks whether `verify`
//! finds it with what it has at hand.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]
#![expect(clippy::disallowed_methods, reason = "the test plays the hand that tampers")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dicom_core::{DataElement, PrimitiveValue, Tag, VR};
use dicom_dictionary_std::tags;
use dicom_object::{DefaultDicomObject, open_file};
use headct_deid_core::RawSettings;
use headct_deid_core::gather::read::{Extent, PixelData, read};
use headct_deid_core::pipeline;
use headct_deid_core::progress::Progress;
use headct_deid_core::release::request::{ReleaseHeld, Request};
use headct_deid_core::verify::{Finding, Original, Verification, VerifyRequest, verify};
use headct_deid_phantom::patients::{Demo, write_cohort};

/// Two released patients and what they came from.
struct Released {
    _folder: tempfile::TempDir,
    demo: Demo,
    output: PathBuf,
    private: PathBuf,
}

fn released(settings: &[(&str, &str)]) -> Released {
    let folder = tempfile::tempdir().unwrap();
    let demo = write_cohort(folder.path(), 2, 24, 128, 5).unwrap();
    let mut raw = RawSettings::default();
    for (name, value) in settings {
        raw.set(name, value);
    }
    let (output, private) = (folder.path().join("released"), folder.path().join("private"));
    let request = Request {
        private: Some(private.clone()),
        settings: raw.check().unwrap(),
        release_held: ReleaseHeld::All,
        ..Request::new(demo.patients.clone(), demo.list.clone(), output.clone())
    };
    let report = pipeline::run(&request, &Progress::default()).unwrap();
    assert_eq!(report.totals().released, 48, "{:?}", report.patients);
    Released { _folder: folder, demo, output, private }
}

/// Released with the default settings, once for all tests.
fn usual() -> &'static Released {
    static RELEASED: LazyLock<Released> = LazyLock::new(|| released(&[]));
    &RELEASED
}

/// What a verification has at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum With {
    TheFolderAlone,
    TheInput,
    TheKey,
    Both,
}

fn verified(released: &Released, output: &Path, with: With) -> Verification {
    let original = Original { input: released.demo.patients.clone(), list: released.demo.list.clone() };
    let request = VerifyRequest {
        output: output.to_owned(),
        original: matches!(with, With::TheInput | With::Both).then_some(original),
        private: matches!(with, With::TheKey | With::Both).then(|| released.private.clone()),
    };
    verify(&request, &Progress::default()).unwrap()
}

/// A copy that may be tampered with.
fn copy(from: &Path) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for path in files(from) {
        let to = folder.path().join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(path, to).unwrap();
    }
    folder
}

/// A slice through the brain, in whatever folder of its patient.
fn slice(output: &Path) -> PathBuf {
    files(&output.join("COHORT-0001"))
        .into_iter()
        .find(|path| path.ends_with("COHORT-0001_00015.dcm"))
        .unwrap()
}

/// Every file below a folder, as paths with the folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found
}

fn edited(output: &Path, edit: impl FnOnce(&mut DefaultDicomObject)) {
    let path = slice(output);
    let mut object = open_file(&path).unwrap();
    edit(&mut object);
    object.write_to_file(&path).unwrap();
}

fn put(output: &Path, tag: Tag, vr: VR, value: &str) {
    edited(output, |object| {
        object.put(DataElement::new(tag, vr, value));
    });
}

fn bytes_edited(output: &Path, edit: impl FnOnce(&mut Vec<u8>)) {
    let path = slice(output);
    let mut bytes = fs::read(&path).unwrap();
    edit(&mut bytes);
    fs::write(&path, bytes).unwrap();
}

/// Offset of a pixel's two bytes.
fn pixel(bytes: &[u8], row: usize, column: usize) -> usize {
    let pixels = read(bytes, Extent::Whole).unwrap().pixels;
    assert!(matches!(pixels, PixelData::Native { .. }));
    let PixelData::Native { range, .. } = pixels else { return 0 };
    range.start + (row * 128 + column) * 2
}

/// What is done to the folder, the least that finds it, and the check that does.
type Tampering = (&'static str, fn(&Path, &Released), With, &'static str);

const TAMPERINGS: [Tampering; 14] = [
    (
        "the name is put back",
        |output, released| {
            let name = released.demo.truth[0].identifying[..2].join("^");
            put(output, tags::PATIENT_NAME, VR::PN, &name);
        },
        With::TheFolderAlone,
        "not-replaced",
    ),
    (
        "the accession number is put into a description",
        |output, released| {
            let text = format!("Head {}", released.demo.truth[0].accession);
            put(output, tags::SERIES_DESCRIPTION, VR::LO, &text);
        },
        With::TheFolderAlone,
        "unsafe-text",
    ),
    (
        "a voxel of the brain is changed",
        |output, _| {
            bytes_edited(output, |bytes| {
                let at = pixel(bytes, 64, 64);
                bytes[at] = bytes[at].wrapping_add(9);
            });
        },
        With::TheInput,
        "brain",
    ),
    (
        "one bit is flipped outside the head",
        |output, _| {
            bytes_edited(output, |bytes| {
                let at = pixel(bytes, 2, 2);
                bytes[at] ^= 1;
            });
        },
        With::TheKey,
        "manifest",
    ),
    (
        "a slice is missing",
        |output, _| fs::remove_file(slice(output)).unwrap(),
        With::TheFolderAlone,
        "complete",
    ),
    (
        "a slice is there twice",
        |output, _| {
            let from = slice(output);
            fs::copy(&from, from.with_file_name("COHORT-0001_00099.dcm")).unwrap();
        },
        With::TheFolderAlone,
        "duplicate",
    ),
    (
        "a private attribute is added",
        |output, _| put(output, Tag(0x0009, 0x0010), VR::LO, "SOMEBODY"),
        With::TheFolderAlone,
        "private",
    ),
    (
        "a study UID is changed",
        |output, _| put(output, tags::STUDY_INSTANCE_UID, VR::UI, "2.25.1234567890"),
        With::TheFolderAlone,
        "consistent",
    ),
    (
        "the original UID is put back",
        |output, _| put(output, tags::SERIES_INSTANCE_UID, VR::UI, "1.2.840.113619.2.55.3"),
        With::TheFolderAlone,
        "not-mapped",
    ),
    (
        "a date is changed",
        |output, _| put(output, tags::STUDY_DATE, VR::DA, "20230314"),
        With::TheFolderAlone,
        "consistent",
    ),
    (
        "a date of one file alone is changed",
        |output, _| put(output, tags::CONTENT_DATE, VR::DA, "20230314"),
        With::Both,
        "header",
    ),
    (
        "a file is added",
        |output, released| {
            let name = format!("{}.txt", released.demo.truth[0].identifying[0]);
            fs::write(output.join("COHORT-0001").join(name), "a note").unwrap();
        },
        With::TheFolderAlone,
        "extra-file",
    ),
    (
        "a figure of the report is changed",
        |output, _| {
            let path = output.join("report.csv");
            let text = fs::read_to_string(&path).unwrap().replacen(",48,", ",47,", 1);
            fs::write(&path, text).unwrap();
        },
        With::TheFolderAlone,
        "report",
    ),
    (
        "text hides in the preamble",
        |output, _| bytes_edited(output, |bytes| bytes[..9].copy_from_slice(b"Musterix^")),
        With::TheFolderAlone,
        "preamble",
    ),
];

#[test]
fn an_untouched_folder_holds_with_whatever_is_at_hand() {
    for with in [With::TheFolderAlone, With::TheInput, With::TheKey, With::Both] {
        let answer = verified(usual(), &usual().output, with);
        assert!(answer.holds(), "{with:?}\n{answer}");
        assert_eq!((answer.files, answer.exit_status()), (48, 0));
    }
}

#[test]
fn every_tampering_is_found_by_the_check_that_can_see_it() {
    let released = usual();
    for (what, tamper, with, check) in TAMPERINGS {
        let output = copy(&released.output);
        tamper(output.path(), released);
        let answer = verified(released, output.path(), with);
        assert!(answer.findings.iter().any(|found| found.check == check), "{what}: {answer}");
        assert_eq!(answer.exit_status(), 1);
        for found in &answer.findings {
            silent(found, released);
        }
        // The manifest sees every change of a released file without the input.
        assert!(!verified(released, output.path(), With::TheKey).holds(), "{what}");
    }
}

/// A finding tells nothing of the patient.
fn silent(found: &Finding, released: &Released) {
    let text = format!("{found} {found:?}").to_lowercase();
    for truth in &released.demo.truth {
        for secret in truth.identifying.iter().chain(&truth.uids) {
            assert!(!text.contains(&secret.to_lowercase()), "{found}");
        }
    }
}

#[test]
fn a_claim_that_was_not_shown_is_found() {
    let released = released(&[("text", "off"), ("face", "off")]);
    assert!(verified(&released, &released.output, With::Both).holds());
    for tag in [tags::BURNED_IN_ANNOTATION, tags::RECOGNIZABLE_VISUAL_FEATURES] {
        let output = copy(&released.output);
        put(output.path(), tag, VR::CS, "NO");
        let answer = verified(&released, output.path(), With::TheFolderAlone);
        assert!(answer.findings.iter().any(|found| found.check == "marker"), "{answer}");
    }
}

#[test]
fn text_that_is_drawn_over_the_brain_is_found() {
    // "HALT 21" in five by seven dots, each of them one pixel wide and two high.
    const LETTERS: [&str; 7] = [
        "#...#..###..#.....#####..###....#..",
        "#...#.#...#.#.......#...#...#..##..",
        "#...#.#...#.#.......#.......#...#..",
        "#####.#####.#.......#......#....#..",
        "#...#.#...#.#.......#.....#.....#..",
        "#...#.#...#.#.......#....#......#..",
        "#...#.#...#.#####...#...#####..###.",
    ];
    let released = usual();
    let output = copy(&released.output);
    bytes_edited(output.path(), |bytes| {
        let start = pixel(bytes, 56, 46);
        for (row, line) in LETTERS.iter().enumerate() {
            for (column, _) in line.bytes().enumerate().filter(|(_, dot)| *dot == b'#') {
                for down in [0, 1] {
                    let at = start + ((2 * row + down) * 128 + column) * 2;
                    bytes[at..at + 2].copy_from_slice(&3000_u16.to_le_bytes());
                }
            }
        }
    });
    let answer = verified(released, output.path(), With::TheFolderAlone);
    assert!(answer.findings.iter().any(|found| found.check == "text"), "{answer}");
}

/// What an edit of a header is, and how it is made.
type Edit = (&'static str, fn(&mut DefaultDicomObject));

#[test]
fn bytes_hide_nowhere() {
    let released = usual();
    let edits: [Edit; 2] = [
        ("opaque", |object| {
            object.put(DataElement::new(
                Tag(0x0028, 0x1201),
                VR::OW,
                PrimitiveValue::U8(vec![65; 64].into()),
            ));
            object.put(DataElement::new(
                Tag(0x0008, 0x2112),
                VR::OB,
                PrimitiveValue::U8(vec![65; 64].into()),
            ));
        }),
        ("forbidden", |object| {
            object.put(DataElement::new(Tag(0x6000, 0x0022), VR::LO, "HEAD"));
        }),
    ];
    for (what, edit) in edits {
        let output = copy(&released.output);
        edited(output.path(), edit);
        assert!(!verified(released, output.path(), With::TheFolderAlone).holds(), "{what}");
    }
    let output = copy(&released.output);
    bytes_edited(output.path(), |bytes| bytes.extend_from_slice(b"Whitfield"));
    assert!(!verified(released, output.path(), With::TheFolderAlone).holds());
}

#[test]
fn the_report_and_its_pictures_name_nobody() {
    let released = usual();
    let page = fs::read_to_string(released.output.join("report.html")).unwrap();
    assert!(page.contains("COHORT-0002") && page.contains("data:image/png;base64,"));
    assert!(!page.contains("<script") && !page.contains("http://") && !page.contains("https://"));
    let all = files(&released.output);
    assert!(all.len() > 48);
    for path in all {
        let bytes = fs::read(&path).unwrap().to_ascii_lowercase();
        for truth in &released.demo.truth {
            for secret in truth.identifying.iter().chain(&truth.uids) {
                let secret = secret.to_lowercase();
                let held = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
                // Base64 has no separators: short words occur in pictures by chance.
                assert!(!held || secret.len() < 6, "{}", path.display());
            }
        }
    }
}

#[test]
fn resuming_writes_the_same_report() {
    let released = usual();
    let output = copy(&released.output);
    let before = fs::read(output.path().join("report.html")).unwrap();
    let request = Request {
        private: Some(released.private.clone()),
        existing: headct_deid_core::release::request::Existing::Resume,
        release_held: ReleaseHeld::None,
        ..Request::new(released.demo.patients.clone(), released.demo.list.clone(), output.path().to_owned())
    };
    pipeline::run(&request, &Progress::default()).unwrap();
    assert!(fs::read(output.path().join("report.html")).unwrap() == before);
}
