//! Header work on one slice, one thread: `cargo bench -p headct-deid-core --bench header`.
//!
//! The headers are those of generated examinations in the manner of three vendors and, where the test data lies
//! beside the repository, of a real scan; each is printed with the number of its attributes. The goal is 0.3 ms
//! for scrub and audit together. Reading is not counted.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement stops at the first trouble")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dicom_object::InMemDicomObject;
use divan::Bencher;
use headct_deid_core::gather::read::{Extent, read};
use headct_deid_core::header::{Identifiers, OriginalIdentity, Person, audit, scan_bytes, scrub};
use headct_deid_core::{Key, Settings};

fn main() {
    for (name, header) in names().iter().zip(HEADERS.iter()) {
        println!("{name}: {} attributes, {} with those in sequences", header.count(), nested(&header.object));
    }
    divan::main();
}

/// A header, and the patient it belongs to as a run knows them.
struct Header {
    object: InMemDicomObject,
    person: Person,
    bytes: Vec<u8>,
}

static HEADERS: LazyLock<Vec<Header>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    headct_deid_phantom::patients::write_cohort(folder.path(), 3, 4, 64, 1).unwrap();
    let patients = folder.path().join("patients");
    let mut folders: Vec<PathBuf> = entries(&patients);
    folders.extend(real().map(Path::to_owned));
    folders.iter().map(|folder| Header::of_patient(folder)).collect()
});

const REAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/patients/A0098231");

fn real() -> Option<&'static Path> {
    Some(Path::new(REAL)).filter(|folder| folder.is_dir())
}

fn names() -> Vec<&'static str> {
    ["GE", "Philips", "Siemens"].into_iter().chain(real().map(|_| "real")).collect()
}

impl Header {
    /// One header of the folder, with what all of them tell about the patient.
    fn of_patient(folder: &Path) -> Self {
        let mut identifiers = Identifiers::default();
        let mut object = None;
        for path in files(folder) {
            let Ok(dataset) = read(&std::fs::read(path).unwrap(), Extent::Header) else { continue };
            identifiers.add_header(&dataset.object);
            object = Some(dataset.object);
        }
        let key = Key::from_hex(&"4b".repeat(32)).unwrap();
        let person = Person::new(&key, "SUBJ-0001", None, &OriginalIdentity::default(), identifiers);
        let object = object.unwrap();
        let scrubbed = scrub(&object, &person, &Settings::default()).unwrap();
        let mut bytes = Vec::new();
        let syntax = dicom_transfer_syntax_registry::entries::EXPLICIT_VR_LITTLE_ENDIAN.erased();
        scrubbed.object().write_dataset_with_ts(&mut bytes, &syntax).unwrap();
        Self { object, person, bytes }
    }

    fn count(&self) -> usize {
        self.object.iter().count()
    }
}

fn nested(object: &InMemDicomObject) -> usize {
    object
        .iter()
        .map(|element| 1 + element.items().unwrap_or_default().iter().map(nested).sum::<usize>())
        .sum()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

/// Every file below the folder, in order.
fn files(folder: &Path) -> Vec<PathBuf> {
    entries(folder)
        .into_iter()
        .flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] })
        .collect()
}

fn named(name: &str) -> &'static Header {
    &HEADERS[names().iter().position(|known| *known == name).unwrap()]
}

/// What the goal is about: the tables applied, and what was written checked against them.
#[divan::bench(args = names())]
fn scrub_and_audit(bencher: Bencher, name: &str) {
    let (header, settings) = (named(name), Settings::default());
    bencher.bench_local(|| {
        let scrubbed = scrub(black_box(&header.object), &header.person, &settings).unwrap();
        audit(scrubbed.object(), &settings, Some(header.person.identifiers()))
    });
}

#[divan::bench(args = names())]
fn scrub_alone(bencher: Bencher, name: &str) {
    let (header, settings) = (named(name), Settings::default());
    bencher.bench_local(|| scrub(black_box(&header.object), &header.person, &settings).unwrap());
}

/// Identifiers searched for in the bytes that were written, their patterns compiled before.
#[divan::bench(args = names())]
fn scan_of_bytes(bencher: Bencher, name: &str) {
    let header = named(name);
    bencher.bench_local(|| scan_bytes(header.person.identifiers(), black_box(&header.bytes)));
}

/// The thousandth header of a patient tells nothing new.
#[divan::bench(args = names())]
fn gather_again(bencher: Bencher, name: &str) {
    let header = named(name);
    let mut identifiers = header.person.identifiers().clone();
    bencher.bench_local(|| identifiers.add_header(black_box(&header.object)));
}
