//! Stages of one 512 x 512 slice of a generated head, one thread each: `cargo bench -p headct-deid-core --bench slice`.
//!
//! Divide 1000 by the milliseconds for slices per second and thread. What the whole comes to, disk included, is
//! the business of `make bench`.

#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a measurement stops at the first trouble"
)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use divan::Bencher;
use headct_deid_core::gather::decode::{StoredSlice, decode, decode_file};
use headct_deid_core::gather::read::{Dataset, Extent, read, read_file, read_header};
use headct_deid_core::header::{
    DeclaredOptions, Identifiers, OriginalIdentity, Person, ScrubbedHeader, audit, scan_bytes, scrub,
};
use headct_deid_core::image::{FillValue, Geometry, Mask, Removal};
use headct_deid_core::release::{Deidentified, Expected, SliceChange, clear, to_bytes, verify};
use headct_deid_core::settings::Compress;
use headct_deid_core::{Key, Settings};

fn main() {
    divan::main();
}

const SLICES: usize = 8;
const MATRIX: usize = 512;

/// One slice of a series on disk, and everything that its stages need.
struct Slice {
    folder: tempfile::TempDir,
    path: PathBuf,
    dataset: Dataset,
    stored: StoredSlice,
    person: Person,
    settings: Settings,
    key: Key,
    removal: Removal,
    geometry: Geometry,
    released: Vec<u8>,
}

static SLICE: LazyLock<Slice> = LazyLock::new(Slice::new);

impl Slice {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        headct_deid_phantom::patients::write_cohort(folder.path(), 1, SLICES, MATRIX, 1).unwrap();
        let path = first_file(&folder.path().join("patients"));
        let file = read_file(&path).unwrap();
        let dataset = read(&file, Extent::Whole).unwrap();
        let stored = decode(&dataset, &file).unwrap();
        let mut identifiers = Identifiers::default();
        identifiers.add_header(&dataset.object);
        let key = Key::generate().unwrap();
        let person = Person::new(&key, "BENCH-0001", None, &OriginalIdentity::default(), identifiers);
        // The outer half of the slice goes, as around a head.
        let inside = MATRIX / 7..MATRIX - MATRIX / 7;
        let mask = Mask::from_shape_fn((1, MATRIX, MATRIX), |(_, row, column)| {
            !(inside.contains(&row) && inside.contains(&column))
        });
        let removal = Removal { mask, fill: FillValue::Constant(-1000) };
        let numbers = |keyword| -> Vec<f64> {
            dataset.object.element_by_name(keyword).unwrap().to_multi_float64().unwrap()
        };
        let orientation = numbers("ImageOrientationPatient");
        let geometry = Geometry {
            origins_mm: vec![numbers("ImagePositionPatient").try_into().unwrap()],
            along_row: orientation[..3].try_into().unwrap(),
            along_column: orientation[3..].try_into().unwrap(),
            row_spacing_mm: numbers("PixelSpacing")[0],
            column_spacing_mm: numbers("PixelSpacing")[1],
        };
        let mut slice = Self {
            path,
            dataset,
            stored,
            person,
            settings: Settings::default(),
            key,
            removal,
            geometry,
            released: Vec::new(),
            folder,
        };
        slice.released = to_bytes(&slice.joined(Compress::None)).unwrap();
        slice
    }

    fn change(&self) -> SliceChange<'_> {
        SliceChange { removal: &self.removal, slice: 0, text: &[], exact_fill: false }
    }

    fn scrubbed(&self) -> ScrubbedHeader {
        let mut header = scrub(&self.dataset.object, &self.person, &self.settings).unwrap();
        header.declare(&DeclaredOptions { face_removed: true, text_checked: true });
        header
    }

    fn joined(&self, compress: Compress) -> Deidentified {
        Deidentified::join(self.scrubbed(), clear(&self.stored, self.change()).unwrap(), compress).unwrap()
    }
}

fn first_file(folder: &Path) -> PathBuf {
    let first = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    if first.is_dir() { first_file(&first) } else { first }
}

#[divan::bench]
fn read_header_of_file(bencher: Bencher<'_, '_>) {
    bencher.bench(|| read_header(black_box(&SLICE.path)).unwrap());
}

#[divan::bench]
fn read_file_and_its_data_set(bencher: Bencher<'_, '_>) {
    bencher.bench(|| {
        let file = read_file(black_box(&SLICE.path)).unwrap();
        let dataset = read(&file, Extent::Whole).unwrap();
        decode_file(&dataset, file).unwrap()
    });
}

#[divan::bench]
fn rescale_to_hu(bencher: Bencher<'_, '_>) {
    let mut hu = vec![0; MATRIX * MATRIX];
    bencher.bench_local(|| black_box(&SLICE.stored).hu_into(black_box(&mut hu)));
}

#[divan::bench]
fn scrub_header(bencher: Bencher<'_, '_>) {
    bencher.bench(|| black_box(&SLICE).scrubbed());
}

#[divan::bench]
fn clear_pixels(bencher: Bencher<'_, '_>) {
    bencher.bench(|| clear(black_box(&SLICE.stored), SLICE.change()).unwrap());
}

#[divan::bench(args = [Compress::None, Compress::Rle, Compress::JpegLs])]
fn encode(bencher: Bencher<'_, '_>, compress: Compress) {
    bencher.with_inputs(|| (SLICE.scrubbed(), clear(&SLICE.stored, SLICE.change()).unwrap())).bench_values(
        |(header, pixels)| to_bytes(&Deidentified::join(header, pixels, compress).unwrap()).unwrap(),
    );
}

#[divan::bench]
fn write_and_check(bencher: Bencher<'_, '_>) {
    let path = SLICE.folder.path().join("released.dcm");
    let expected = Expected {
        original: &SLICE.stored,
        change: SLICE.change(),
        geometry: &SLICE.geometry,
        slice: 0,
        identifiers: SLICE.person.identifiers(),
        settings: &SLICE.settings,
    };
    bencher.bench_local(|| {
        std::fs::write(&path, &SLICE.released).unwrap();
        verify(&path, expected, &SLICE.key, Vec::new()).unwrap()
    });
}

#[divan::bench]
fn audit_header(bencher: Bencher<'_, '_>) {
    let written = read(&SLICE.released, Extent::Header).unwrap().object;
    bencher.bench_local(|| audit(black_box(&written), &SLICE.settings, Some(SLICE.person.identifiers())));
}

#[divan::bench]
fn search_header_for_identifiers(bencher: Bencher<'_, '_>) {
    let header = &SLICE.released[..SLICE.released.len() - 2 * MATRIX * MATRIX];
    bencher.bench_local(|| scan_bytes(SLICE.person.identifiers(), black_box(header)));
}

#[divan::bench]
fn digest(bencher: Bencher<'_, '_>) {
    bencher.bench(|| SLICE.key.code("released file", &[black_box(&SLICE.released)]));
}
