//! Every form in which a sound file comes.

use std::io::Write;

use dicom_core::{Tag, VR};

use super::super::{Extent, PixelData, read, read_header};
use super::draw::{BIG, DEFLATED, Draw, EXPLICIT, IMPLICIT, JPEG_LS, UNDEFINED, text};

#[test]
fn an_explicit_file_yields_its_elements_and_the_place_of_its_pixels() {
    let file = Draw::file(EXPLICIT)
        .explicit(0x0008, 0x0060, *b"CS", b"CT")
        .explicit(0x0028, 0x0010, *b"US", &[2, 0])
        .explicit(0x7FE0, 0x0010, *b"OW", &[1, 2, 3, 4]);
    let dataset = file.read().unwrap();
    assert_eq!(text(&dataset, 0x0008, 0x0060), "CT");
    assert_eq!(dataset.object.get(Tag(0x0028, 0x0010)).unwrap().to_int::<u16>().unwrap(), 2);
    assert!(dataset.object.get(Tag(0x7FE0, 0x0010)).is_none());
    assert!(dataset.object.get(Tag(0x0002, 0x0010)).is_none());
    let end = file.0.len();
    assert_eq!(dataset.pixels, PixelData::Native { range: end - 4..end, words: true });
    assert_eq!(dataset.transfer_syntax, EXPLICIT);
    assert!(dataset.remarks.is_empty());
}

#[test]
fn files_without_preamble_meta_or_transfer_syntax_are_read() {
    let explicit = Draw::default().explicit(0x0008, 0x0060, *b"CS", b"CT").read().unwrap();
    assert_eq!((explicit.transfer_syntax.as_str(), text(&explicit, 0x0008, 0x0060)), (EXPLICIT, "CT".into()));
    let implicit = Draw::default().implicit(0x0008, 0x0060, b"CT").read().unwrap();
    assert_eq!((implicit.transfer_syntax.as_str(), text(&implicit, 0x0008, 0x0060)), (IMPLICIT, "CT".into()));
    let big = Draw::default().big(0x0008, 0x0060, *b"CS", b"CT").read().unwrap();
    assert_eq!((big.transfer_syntax.as_str(), text(&big, 0x0008, 0x0060)), (BIG, "CT".into()));
    let no_syntax = Draw(vec![0; 128]).raw(b"DICM").explicit(0x0002, 0x0002, *b"UI", b"1.2\0");
    let no_syntax = no_syntax.explicit(0x0008, 0x0060, *b"CS", b"CT").read().unwrap();
    assert_eq!(text(&no_syntax, 0x0008, 0x0060), "CT");
    assert_eq!(no_syntax.meta.get(Tag(0x0002, 0x0002)).unwrap().to_str().unwrap(), "1.2");
}

#[test]
fn a_lying_transfer_syntax_is_found_out() {
    let file = Draw::file(EXPLICIT).implicit(0x0008, 0x0060, b"CT").implicit(0x0010, 0x0020, b"ID").read();
    let file = file.unwrap();
    assert_eq!((text(&file, 0x0010, 0x0020), file.transfer_syntax.as_str()), ("ID".into(), IMPLICIT));
    let file = Draw::file(IMPLICIT).explicit(0x0008, 0x0060, *b"CS", b"CT").read().unwrap();
    assert_eq!((text(&file, 0x0008, 0x0060), file.transfer_syntax.as_str()), ("CT".into(), EXPLICIT));
    let file = Draw::file(EXPLICIT).big(0x0008, 0x0060, *b"CS", b"CT").read().unwrap();
    assert!(file.big_endian && file.transfer_syntax == BIG);
    let file = Draw::file(DEFLATED).explicit(0x0008, 0x0060, *b"CS", b"CT").read().unwrap();
    assert_eq!(file.transfer_syntax, EXPLICIT);
    assert_eq!(file.remarks, ["another encoding than the transfer syntax says"]);
}

#[test]
fn a_group_length_that_lies_swallows_nothing() {
    let file = Draw(vec![0; 128])
        .raw(b"DICM")
        .explicit(0x0002, 0x0000, *b"UL", &[0xFF, 0, 0, 0])
        .explicit(0x0002, 0x0010, *b"UI", b"1.2.840.10008.1.2.1\0")
        .explicit(0x0008, 0x0000, *b"UL", &[0xFF, 0xFF, 0, 0])
        .explicit(0x0008, 0x0060, *b"CS", b"CT");
    assert_eq!(text(&file.read().unwrap(), 0x0008, 0x0060), "CT");
}

#[test]
fn sequences_of_any_length_form_are_read() {
    let inner = Draw::default().explicit(0x0008, 0x0100, *b"SH", b"CODE");
    let defined = Draw::default().item(inner.0.len() as u32).raw(&inner.0);
    let undefined = Draw::default().item(UNDEFINED).raw(&inner.0).item_end();
    for items in [&defined, &undefined] {
        let closed = Draw::file(EXPLICIT).explicit(0x0008, 0x2112, *b"SQ", &items.0);
        let open = Draw::file(EXPLICIT).open(0x0008, 0x2112, *b"SQ", UNDEFINED).raw(&items.0).sequence_end();
        for file in [closed, open] {
            let dataset = file.explicit(0x0010, 0x0020, *b"LO", b"ID").read().unwrap();
            let items = dataset.object.get(Tag(0x0008, 0x2112)).unwrap().items().unwrap();
            assert_eq!(items[0].get(Tag(0x0008, 0x0100)).unwrap().to_str().unwrap(), "CODE");
            assert_eq!(text(&dataset, 0x0010, 0x0020), "ID");
        }
    }
}

#[test]
fn unknown_of_undefined_length_holds_implicit_items_in_any_syntax() {
    let items = Draw::default().item(UNDEFINED).implicit(0x0010, 0x0020, b"ID").item_end().sequence_end();
    let little = Draw::file(EXPLICIT).open(0x0029, 0x1010, *b"UN", UNDEFINED).raw(&items.0);
    let mut big = Draw::file(BIG).big(0x0008, 0x0060, *b"CS", b"CT");
    big = big.raw(&[0, 0x29, 0x10, 0x10]).raw(b"UN\0\0").raw(&[0xFF; 4]).raw(&items.0);
    for file in [little, big] {
        let dataset = file.read().unwrap();
        let items = dataset.object.get(Tag(0x0029, 0x1010)).unwrap().items().unwrap();
        assert_eq!(items[0].get(Tag(0x0010, 0x0020)).unwrap().to_str().unwrap(), "ID");
    }
}

#[test]
fn known_attributes_written_as_unknown_get_their_representation() {
    let dataset = Draw::file(EXPLICIT).explicit(0x0010, 0x0010, *b"UN", b"DOE^JOHN").read().unwrap();
    let name = dataset.object.get(Tag(0x0010, 0x0010)).unwrap();
    assert_eq!((name.vr(), name.to_str().unwrap().as_ref()), (VR::PN, "DOE^JOHN"));
}

#[test]
fn unknown_value_representations_have_a_short_or_a_long_length() {
    let short =
        Draw::file(EXPLICIT).explicit(0x0009, 0x1010, *b"ZZ", b"ab").explicit(0x0010, 0x0020, *b"LO", b"ID");
    let long = Draw::file(EXPLICIT)
        .open(0x0009, 0x1010, *b"ZZ", 2)
        .raw(b"ab")
        .explicit(0x0010, 0x0020, *b"LO", b"ID");
    for file in [short, long] {
        let dataset = file.read().unwrap();
        assert_eq!(text(&dataset, 0x0010, 0x0020), "ID");
        assert_eq!(dataset.object.get(Tag(0x0009, 0x1010)).unwrap().to_bytes().unwrap().as_ref(), b"ab");
    }
}

#[test]
fn elements_behind_the_pixels_are_read() {
    let file = Draw::file(EXPLICIT)
        .explicit(0x7FE0, 0x0010, *b"OB", &[1, 2])
        .explicit(0xFFFC, 0xFFFC, *b"OB", b"pads");
    assert!(file.read().unwrap().object.get(Tag(0xFFFC, 0xFFFC)).is_some());
    let cut = Draw(file.0[..file.0.len() - 1].to_vec());
    assert!(cut.damage().contains("declares 4 bytes, 3 are left"));
}

#[test]
fn encapsulated_pixels_are_ranges_without_the_offset_table() {
    let file = Draw::file(JPEG_LS)
        .open(0x7FE0, 0x0010, *b"OB", UNDEFINED)
        .item(4)
        .raw(&[0; 4])
        .item(6)
        .raw(b"stream")
        .item(2)
        .raw(b"!!");
    let whole = file.clone().sequence_end();
    let PixelData::Encapsulated { fragments } = whole.read().unwrap().pixels else { panic!("no fragments") };
    let streams: Vec<&[u8]> = fragments.into_iter().map(|range| &whole.0[range]).collect();
    assert_eq!(streams, [&b"stream"[..], b"!!"]);
    assert!(!file.damage().is_empty());
    let header = read(&file.0, Extent::Header).unwrap();
    assert_eq!(header.pixels, PixelData::Encapsulated { fragments: Vec::new() });
}

#[test]
fn a_header_on_disk_is_read_in_parts() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slice");
    for bulk in [10, 16_300, 20_000, 700_000] {
        let file = Draw::file(EXPLICIT)
            .explicit(0x0009, 0x1001, *b"OB", &vec![5; bulk])
            .explicit(0x0010, 0x0020, *b"LO", b"ID")
            .explicit(0x7FE0, 0x0010, *b"OW", &vec![1; 200_000]);
        std::fs::OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .open(&path)
            .unwrap()
            .write_all(&file.0)
            .unwrap();
        let header = read_header(&path).unwrap();
        let whole = file.read().unwrap();
        assert_eq!(header.object, whole.object);
        assert_eq!(header.pixels, whole.pixels);
        assert_eq!(header.file_length, file.0.len() as u64);
    }
    assert!(read_header(folder.path()).is_err());
    let missing = read_header(&folder.path().join("JOHN DOE")).unwrap_err().to_string();
    assert!(!missing.contains("DOE"));
}
