//! The same slice in every form that is read comes out with the same HU.

use std::fs;

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use headct_deid_core::gather::decode::decode;
use headct_deid_core::gather::read::{Extent, read};

use crate::case::{new_id, put, request, run, tree};
use crate::slice::{BIG_ENDIAN, EDGE, Place, Slice, accession, hu};

type Make = fn(Slice) -> Vec<u8>;

const FORMS: [(&str, Make); 14] = [
    ("12 bits, unsigned", |slice| slice.bytes()),
    ("12 bits, signed", |mut slice| {
        slice.stored(16, 12, true, 0);
        slice.bytes()
    }),
    ("16 bits, unsigned", |mut slice| {
        slice.stored(16, 16, false, -8192);
        slice.bytes()
    }),
    ("16 bits, signed", |mut slice| {
        slice.stored(16, 16, true, 0);
        slice.bytes()
    }),
    ("8 bits, unsigned", |mut slice| {
        slice.stored(8, 8, false, -100);
        slice.bytes()
    }),
    ("32 bits, signed", |mut slice| {
        slice.stored(32, 32, true, -100);
        slice.bytes()
    }),
    ("32 bits, 20 stored, unsigned", |mut slice| {
        slice.stored(32, 20, false, -1024);
        slice.bytes()
    }),
    ("MONOCHROME1", |mut slice| {
        slice.text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME1");
        slice.bytes()
    }),
    ("implicit", |slice| slice.bytes_in(uids::IMPLICIT_VR_LITTLE_ENDIAN)),
    ("big endian", |slice| slice.bytes_in(BIG_ENDIAN)),
    ("deflated", |slice| slice.bytes_in(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)),
    ("JPEG-LS", |mut slice| {
        slice.stored(16, 16, false, -1024);
        let stream = slice.jpeg_ls();
        slice.encapsulated(uids::JPEGLS_LOSSLESS, &[&stream]);
        slice.bytes()
    }),
    ("RLE", |mut slice| {
        let stream = slice.rle();
        slice.encapsulated(uids::RLE_LOSSLESS, &[&stream]);
        slice.bytes()
    }),
    ("RLE in fragments", |mut slice| {
        let stream = slice.rle();
        let fragments: Vec<&[u8]> = stream.chunks(1000).collect();
        slice.encapsulated(uids::RLE_LOSSLESS, &fragments);
        slice.bytes()
    }),
];

/// The HU in the middle of the brain, where nothing is ever removed.
fn middle(hu: &[i16]) -> Vec<i16> {
    let side = EDGE * 3 / 8..EDGE * 5 / 8;
    side.clone().flat_map(|row| side.clone().map(move |column| hu[row * EDGE + column])).collect()
}

#[test]
fn the_middle_of_the_brain_comes_out_as_it_went_in_whatever_its_form() {
    let base = tempfile::tempdir().unwrap();
    let mut list = "Accession_number,New_ID\n".to_owned();
    for (patient, (_, make)) in FORMS.iter().enumerate() {
        list.extend([&accession(patient), ",", &new_id(patient), "\n"]);
        let bytes = make(Slice::good(Place { patient, series: 1, index: 1 }));
        put(&base.path().join("input").join(accession(patient)).join("1"), &bytes);
    }
    put(&base.path().join("list.csv"), list.as_bytes());
    assert_eq!(run(&request(base.path())).unwrap().totals().released, FORMS.len() as u64);
    let expected = middle(&hu(1));
    assert!(expected.iter().all(|hu| (-100..150).contains(hu)), "no brain: {expected:?}");
    for (patient, (name, _)) in FORMS.iter().enumerate() {
        let folder = base.path().join("output").join(new_id(patient));
        let (path, _) = tree(&folder).into_iter().find(|(path, _)| path.extension().is_some()).unwrap();
        let bytes = fs::read(folder.join(path)).unwrap();
        let stored = decode(&read(&bytes, Extent::Whole).unwrap(), &bytes).unwrap();
        let mut found = vec![0; EDGE * EDGE];
        stored.hu_into(&mut found);
        assert_eq!(middle(&found), expected, "{name}");
    }
}
