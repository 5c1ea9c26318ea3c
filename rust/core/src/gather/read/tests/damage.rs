//! Damage, and limits that no file may drive the reader beyond.

use std::io::Write;

use super::super::{Extent, PixelData, ReadError, read, read_header};
use super::draw::{DEFLATED, Draw, EXPLICIT, JPEG_LS, UNDEFINED, text};

#[test]
fn other_files_are_not_dicom() {
    let long = vec![b'a'; 1000];
    let others: [&[u8]; 6] = [b"", b"DICM", b"\x08\x00", b"Accession_number,New_ID\n", &[0; 500], &long];
    for other in others {
        assert_eq!(read(other, Extent::Whole).unwrap_err(), ReadError::NotDicom);
    }
}

#[test]
fn padding_behind_the_data_set_is_not_damage() {
    let image = Draw::file(EXPLICIT).explicit(0x0008, 0x0060, *b"CS", b"CT").explicit(
        0x7FE0,
        0x0010,
        *b"OB",
        &[1, 2],
    );
    let paddings: [&[u8]; 5] = [&[0], &[0; 300], b"DOE", b"trailing words of no meaning", &[0xFF; 40]];
    for padding in paddings {
        let dataset = image.clone().raw(padding).read().unwrap();
        assert_eq!(dataset.trailing_bytes, padding.len());
        assert!(matches!(dataset.pixels, PixelData::Native { .. }));
    }
    let no_pixels = Draw::file(EXPLICIT).explicit(0x0008, 0x0060, *b"CS", b"CT").raw(&[0; 64]);
    assert_eq!(no_pixels.read().unwrap().trailing_bytes, 64);
    let within = no_pixels.explicit(0x0010, 0x0020, *b"LO", b"ID");
    assert!(within.damage().contains("zeros within the data set"));
}

#[test]
fn a_cut_at_any_byte_is_a_failure_unless_whole_elements_are_left() {
    let inner = Draw::default().explicit(0x0008, 0x0100, *b"SH", b"CODE");
    let header = Draw::file(EXPLICIT)
        .explicit(0x0008, 0x0060, *b"CS", b"CT")
        .open(0x0008, 0x2112, *b"SQ", UNDEFINED)
        .item(inner.0.len() as u32)
        .raw(&inner.0)
        .sequence_end()
        .explicit(0x0028, 0x0010, *b"US", &[1, 0])
        .explicit(0x0028, 0x0011, *b"US", &[2, 0])
        .explicit(0x0028, 0x0100, *b"US", &[16, 0]);
    let file = header.clone().explicit(0x7FE0, 0x0010, *b"OW", &[1, 2, 3, 4]);
    let whole = file.read().unwrap();
    for length in 132..file.0.len() {
        let Ok(cut) = read(&file.0[..length], Extent::Whole) else { continue };
        assert_eq!(cut.pixels, PixelData::Absent, "cut at {length}");
        for element in &cut.object {
            let same = whole.object.get(element.header().tag);
            assert_eq!(format!("{:?}", Some(element)), format!("{same:?}"), "cut at {length}");
        }
    }
    let cut_pixels = read(&file.0[..file.0.len() - 1], Extent::Header);
    assert!(cut_pixels.is_err(), "the header's reader knows how long the file is");
    assert!(Draw::file(EXPLICIT).damage().contains("no data set"));
    // Declared two bytes more than there are, but all pixels are there.
    let wrong = header.open(0x7FE0, 0x0010, *b"OW", 6).raw(&[1, 2, 3, 4]);
    let end = wrong.0.len();
    assert_eq!(wrong.read().unwrap().pixels, PixelData::Native { range: end - 4..end, words: true });
}

#[test]
fn absurd_lengths_are_failures_and_reserve_nothing() {
    let absurd = [
        Draw::file(EXPLICIT).open(0x0008, 0x2112, *b"SQ", 0xFFFF_FFF0).raw(&[0; 64]),
        Draw::file(EXPLICIT).open(0x0009, 0x1001, *b"OB", 0xFFFF_FFF0).raw(&[0; 64]),
        Draw::file(EXPLICIT).open(0x7FE0, 0x0010, *b"OW", 0xFFFF_FFF0).raw(&[0; 64]),
        Draw::file(JPEG_LS).open(0x7FE0, 0x0010, *b"OB", UNDEFINED).item(0x7FFF_FFFF).raw(&[0; 64]),
        Draw::file(EXPLICIT).open(0x0008, 0x2112, *b"SQ", UNDEFINED).item(0x7FFF_FFFF).raw(&[0; 64]),
        Draw::file(EXPLICIT).open(0x0040, 0xA160, *b"UT", UNDEFINED).raw(&[0; 64]),
    ];
    for file in absurd {
        assert!(!file.damage().is_empty());
    }
}

#[test]
fn nesting_of_thousands_of_levels_is_a_failure() {
    for levels in [1_000, 100_000] {
        let mut undefined = Draw::file(EXPLICIT);
        for _ in 0..levels {
            undefined = undefined.open(0x0008, 0x2112, *b"SQ", UNDEFINED).item(UNDEFINED);
        }
        assert_eq!(undefined.damage(), "sequences are nested more than 100 deep");
    }
    let mut deep = Draw::file(EXPLICIT);
    for _ in 0..100 {
        deep = deep.open(0x0008, 0x2112, *b"SQ", UNDEFINED).item(UNDEFINED);
    }
    for _ in 0..100 {
        deep = deep.item_end().sequence_end();
    }
    assert_eq!(deep.read().unwrap().object.iter().count(), 1);
}

#[test]
fn endless_small_elements_are_a_failure() {
    let many = Draw::file(EXPLICIT)
        .open(0x0008, 0x2112, *b"SQ", UNDEFINED)
        .raw(&Draw::default().item(0).0.repeat(260_000));
    assert!(many.damage().contains("more elements and values"));
}

#[test]
fn deflated_data_sets_are_inflated_and_bounded() {
    let deflate = |bytes: &[u8]| {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    };
    let image = Draw::default().explicit(0x0008, 0x0060, *b"CS", b"CT").explicit(
        0x7FE0,
        0x0010,
        *b"OW",
        &vec![7; 60_000],
    );
    let file = Draw::file(DEFLATED).raw(&deflate(&image.0));
    let dataset = file.read().unwrap();
    let PixelData::Native { range, .. } = dataset.pixels.clone() else { panic!("no pixels") };
    assert_eq!(dataset.data(&file.0)[range], vec![7; 60_000]);
    assert_eq!(text(&dataset, 0x0008, 0x0060), "CT");
    let header = read(&file.0, Extent::Header).unwrap();
    assert_eq!(header.object, dataset.object);
    for length in Draw::file(DEFLATED).0.len() + 1..file.0.len() {
        assert!(read(&file.0[..length], Extent::Whole).is_err(), "cut at {length}");
    }
    let bomb = Draw::default().open(0x0009, 0x1001, *b"OB", 400 << 20).raw(&vec![0; 400 << 20]);
    let bomb = Draw::file(DEFLATED).raw(&deflate(&bomb.0));
    assert_eq!(bomb.damage(), "the deflated data set inflates to more than is allowed");
}

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_without_waiting_for_its_other_end() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(read_header(&pipe).unwrap_err().to_string(), "read: not a regular file");
}
