//! Files drawn by hand, byte by byte.

use std::io::Write;

use dicom_core::value::{DataSetSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Length, Tag, VR};
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries;
use proptest::prelude::*;

use super::{Dataset, Extent, PixelData, ReadError, read, read_header};

/// Bytes under construction.
#[derive(Default, Clone)]
struct Draw(Vec<u8>);

const UNDEFINED: u32 = u32::MAX;

impl Draw {
    /// Preamble, prefix and the transfer syntax.
    fn file(syntax: &str) -> Self {
        let mut uid = syntax.as_bytes().to_vec();
        uid.resize(uid.len().next_multiple_of(2), 0);
        let mut drawn = Self(vec![0; 128]);
        drawn.0.extend(b"DICM");
        drawn.explicit(0x0002, 0x0010, *b"UI", &uid)
    }

    fn explicit(mut self, group: u16, element: u16, vr: [u8; 2], value: &[u8]) -> Self {
        self.0.extend(group.to_le_bytes());
        self.0.extend(element.to_le_bytes());
        self.0.extend(vr);
        if [b"OB", b"OW", b"SQ", b"UN", b"UT", b"UC"].contains(&&vr) {
            self.0.extend([0, 0]);
            self.0.extend((value.len() as u32).to_le_bytes());
        } else {
            self.0.extend((value.len() as u16).to_le_bytes());
        }
        self.0.extend(value);
        self
    }

    /// A long explicit element header that declares `length`.
    fn open(mut self, group: u16, element: u16, vr: [u8; 2], length: u32) -> Self {
        self.0.extend(group.to_le_bytes());
        self.0.extend(element.to_le_bytes());
        self.0.extend(vr);
        self.0.extend([0, 0]);
        self.0.extend(length.to_le_bytes());
        self
    }

    /// An implicit element, item or delimiter.
    fn implicit(self, group: u16, element: u16, value: &[u8]) -> Self {
        self.implicit_header(group, element, value.len() as u32).raw(value)
    }

    fn implicit_header(mut self, group: u16, element: u16, length: u32) -> Self {
        self.0.extend(group.to_le_bytes());
        self.0.extend(element.to_le_bytes());
        self.0.extend(length.to_le_bytes());
        self
    }

    fn big(mut self, group: u16, element: u16, vr: [u8; 2], value: &[u8]) -> Self {
        self.0.extend(group.to_be_bytes());
        self.0.extend(element.to_be_bytes());
        self.0.extend(vr);
        self.0.extend((value.len() as u16).to_be_bytes());
        self.raw(value)
    }

    fn item(self, length: u32) -> Self {
        self.implicit_header(0xFFFE, 0xE000, length)
    }

    fn item_end(self) -> Self {
        self.implicit_header(0xFFFE, 0xE00D, 0)
    }

    fn sequence_end(self) -> Self {
        self.implicit_header(0xFFFE, 0xE0DD, 0)
    }

    fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    fn read(&self) -> Result<Dataset, ReadError> {
        read(&self.0, Extent::Whole)
    }

    /// The reason why the file is damaged.
    fn damage(&self) -> String {
        match self.read() {
            Err(ReadError::Failed(failure)) => failure.message,
            other => panic!("not a failure: {:?}", other.map(|dataset| dataset.remarks)),
        }
    }
}

const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const IMPLICIT: &str = "1.2.840.10008.1.2";
const BIG: &str = "1.2.840.10008.1.2.2";
const DEFLATED: &str = "1.2.840.10008.1.2.1.99";
const JPEG_LS: &str = "1.2.840.10008.1.2.4.80";

fn text(dataset: &Dataset, group: u16, element: u16) -> String {
    dataset.object.get(Tag(group, element)).unwrap().to_str().unwrap().into_owned()
}

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
fn other_files_are_not_dicom() {
    let long = vec![b'a'; 1000];
    let others: [&[u8]; 6] = [b"", b"DICM", b"\x08\x00", b"Accession_number,New_ID\n", &[0; 500], &long];
    for other in others {
        assert_eq!(read(other, Extent::Whole).unwrap_err(), ReadError::NotDicom);
    }
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
fn elements_behind_the_pixels_are_read() {
    let file = Draw::file(EXPLICIT)
        .explicit(0x7FE0, 0x0010, *b"OB", &[1, 2])
        .explicit(0xFFFC, 0xFFFC, *b"OB", b"pads");
    assert!(file.read().unwrap().object.get(Tag(0xFFFC, 0xFFFC)).is_some());
    let cut = Draw(file.0[..file.0.len() - 1].to_vec());
    assert!(cut.damage().contains("declares 4 bytes, 3 are left"));
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

#[cfg(unix)]
#[test]
fn a_pipe_is_refused_without_waiting_for_its_other_end() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(read_header(&pipe).unwrap_err().to_string(), "read: not a regular file");
}

#[test]
fn an_item_may_have_its_own_character_set() {
    let item = Draw::default().explicit(0x0008, 0x0005, *b"CS", b"ISO_IR 192").explicit(
        0x0008,
        0x0104,
        *b"LO",
        "Größe".as_bytes(),
    );
    let dataset = Draw::file(EXPLICIT)
        .explicit(0x0008, 0x0005, *b"CS", b"ISO_IR 100")
        .explicit(0x0008, 0x2112, *b"SQ", &Draw::default().item(item.0.len() as u32).raw(&item.0).0)
        .explicit(0x0010, 0x0010, *b"PN", b"M\xFCller^J\xF6rg ")
        .read()
        .unwrap();
    assert_eq!(text(&dataset, 0x0010, 0x0010), "Müller^Jörg");
    let items = dataset.object.get(Tag(0x0008, 0x2112)).unwrap().items().unwrap();
    assert_eq!(items[0].get(Tag(0x0008, 0x0104)).unwrap().to_str().unwrap(), "Größe");
}

#[test]
fn a_character_set_behind_the_text_counts_too() {
    let dataset = Draw::file(EXPLICIT)
        .explicit(0x0010, 0x0010, *b"PN", "Größe".as_bytes())
        .explicit(0x0008, 0x0005, *b"CS", b"ISO_IR 192")
        .read()
        .unwrap();
    assert_eq!(text(&dataset, 0x0010, 0x0010), "Größe");
}

#[test]
fn text_is_split_into_values_by_its_representation() {
    let dataset = Draw::file(EXPLICIT)
        .explicit(0x0008, 0x0008, *b"CS", b"ORIGINAL\\PRIMARY \\AXIAL ")
        .explicit(0x0010, 0x4000, *b"LT", b"a\\b\\c ")
        .explicit(0x0020, 0x0032, *b"DS", b"-1.5\\2\\3")
        .read()
        .unwrap();
    let values = |group, element| match dataset.object.get(Tag(group, element)).unwrap().value() {
        Value::Primitive(PrimitiveValue::Strs(values)) => values.to_vec(),
        Value::Primitive(PrimitiveValue::Str(value)) => vec![value.clone()],
        other => panic!("{other:?}"),
    };
    assert_eq!(values(0x0008, 0x0008), ["ORIGINAL", "PRIMARY", "AXIAL"]);
    assert_eq!(values(0x0010, 0x4000), ["a\\b\\c"]);
    assert_eq!(values(0x0020, 0x0032), ["-1.5", "2", "3"]);
}

#[test]
fn numbers_of_a_wrong_length_become_bytes() {
    let dataset = Draw::file(EXPLICIT).explicit(0x0028, 0x0010, *b"US", &[1, 2, 3]).read().unwrap();
    let element = dataset.object.get(Tag(0x0028, 0x0010)).unwrap();
    assert_eq!((element.vr(), element.to_bytes().unwrap().as_ref()), (VR::UN, &[1_u8, 2, 3][..]));
}

/// A text value that any explicit representation used below may hold.
fn value_text() -> impl Strategy<Value = String> {
    "[A-Za-z0-9_.äöüß一-十]{1,12}"
}

fn any_object(depth: u32) -> impl Strategy<Value = InMemDicomObject> {
    let bytes = prop::collection::vec(any::<u8>(), 0..40).prop_map(|mut bytes| {
        bytes.truncate(bytes.len() / 2 * 2);
        bytes
    });
    let element = (any::<u16>(), value_text(), any::<u16>(), any::<f64>(), bytes, 0..7_u8).prop_map(
        |(number, text, short, real, bytes, kind)| {
            // A private group: no dictionary knows better.
            let tag = Tag(0x0011, 0x1000 | number);
            match kind {
                0 => DataElement::new(tag, VR::LO, PrimitiveValue::from(text)),
                1 => DataElement::new(tag, VR::UT, PrimitiveValue::from(text)),
                2 => DataElement::new(tag, VR::US, PrimitiveValue::from(short)),
                3 => DataElement::new(tag, VR::FD, PrimitiveValue::from(real)),
                4 => DataElement::new(tag, VR::OB, PrimitiveValue::from(bytes)),
                5 => DataElement::new(tag, VR::PN, PrimitiveValue::from(format!("{text}^{text}"))),
                _ => DataElement::new(tag, VR::SL, PrimitiveValue::from(i32::from(short) - 40_000)),
            }
        },
    );
    let leaf = prop::collection::vec(element, 0..12).prop_map(InMemDicomObject::from_element_iter);
    leaf.prop_recursive(depth, 24, 3, |inner| {
        (prop::collection::vec(inner, 1..3), any::<u16>()).prop_map(|(items, number)| {
            let tag = Tag(0x0013, 0x1000 | number);
            let sequence = DataSetSequence::new(items, Length::UNDEFINED);
            InMemDicomObject::from_element_iter([DataElement::new(tag, VR::SQ, sequence)])
        })
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), syntax in 0..4_usize) {
        let syntax = [EXPLICIT, IMPLICIT, BIG, DEFLATED][syntax];
        let file = Draw::file(syntax).raw(&bytes);
        let _ = read(&bytes, Extent::Whole);
        let _ = read(&file.0, Extent::Whole);
        let _ = read(&file.0, Extent::Header);
    }

    #[test]
    fn damaged_bytes_never_panic(object in any_object(3), place in any::<prop::sample::Index>(), byte: u8) {
        let mut object = object;
        object.put_str(Tag(0x0008, 0x0005), VR::CS, "ISO_IR 192");
        let mut bytes = Draw::file(EXPLICIT).0;
        object.write_dataset_with_ts(&mut bytes, &entries::EXPLICIT_VR_LITTLE_ENDIAN.erased()).unwrap();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let _ = read(&bytes, Extent::Whole);
        let _ = read(&bytes[..place], Extent::Whole);
    }

    #[test]
    fn what_another_writer_writes_is_read_back(object in any_object(3)) {
        let mut object = object;
        object.put_str(Tag(0x0008, 0x0005), VR::CS, "ISO_IR 192");
        let syntaxes = [
            (EXPLICIT, entries::EXPLICIT_VR_LITTLE_ENDIAN.erased()),
            (BIG, entries::EXPLICIT_VR_BIG_ENDIAN.erased()),
        ];
        for (uid, syntax) in syntaxes {
            let mut file = Draw::file(uid).0;
            object.write_dataset_with_ts(&mut file, &syntax).unwrap();
            let dataset = read(&file, Extent::Whole).unwrap();
            prop_assert_eq!(dataset.transfer_syntax, uid);
            let mut again = Vec::new();
            dataset.object.write_dataset_with_ts(&mut again, &syntax).unwrap();
            prop_assert_eq!(&again, &file[Draw::file(uid).0.len()..]);
        }
    }
}
