//! Bad files.

use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Length, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use headct_deid_core::Exclusion;

use crate::case::Expect::{Failed, LeftOut, NotReleased, Released};
use crate::case::{bytes, check, folder, put, slice};
use crate::slice::{BIG_ENDIAN, EDGE, Place, Slice, at, deflated_zeros, explicit, file};

const PIXELS: usize = EDGE * EDGE;

#[test]
fn cut_empty_and_foreign_files_are_left_out_or_fail() {
    let mut cases = Vec::new();
    for offset in [0, 1, 2, 100, 127, 128, 130, 131] {
        cases.push(bytes(&format!("cut to {offset} bytes"), LeftOut(Exclusion::NotDicom), move |slice| {
            slice.bytes()[..offset].to_vec()
        }));
    }
    for offset in [132, 133, 140, 144, 150, 200, 250, 300, 301, 400, 500, 600, 700, 800, 900, 1000] {
        cases.push(bytes(&format!("cut to {offset} bytes"), NotReleased, move |slice| {
            let mut bytes = slice.bytes();
            bytes.truncate(offset.min(bytes.len() - 1));
            bytes
        }));
    }
    for missing in [1, 2, 100, 2 * PIXELS - 1] {
        cases.push(bytes(&format!("{missing} bytes cut off the end"), Failed("parse: "), move |slice| {
            let bytes = slice.bytes();
            bytes[..bytes.len() - missing].to_vec()
        }));
    }
    cases.push(folder("cut at every seventh byte", NotReleased, 150, |patient, path| {
        let bytes = Slice::good(Place { patient, series: 2, index: 1 }).bytes();
        for part in 0..150 {
            put(&path.join(format!("SE2/{part:03}")), &bytes[..part * 7]);
        }
    }));
    let foreign: [(&str, &[u8]); 9] = [
        ("text named .dcm", b"dear colleague, the scan follows by courier"),
        ("web page", b"<!DOCTYPE html><html><body>session expired</body></html>"),
        ("zip archive", b"PK\x03\x04\x14\x00\x00\x00\x08\x00"),
        ("PNG", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"),
        ("JPEG", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
        ("NIfTI", b"\x5c\x01\x00\x00\x00\x00\x00\x00"),
        ("program", b"\x7fELF\x02\x01\x01\x00"),
        ("zeros", &[0; 5000]),
        ("DICM at the wrong place", b"DICM"),
    ];
    for (name, content) in foreign {
        cases.push(bytes(name, LeftOut(Exclusion::NotDicom), |_| content.to_vec()));
    }
    cases.push(bytes("prefix alone", Failed("parse: no data set"), |_| {
        [vec![0; 128], b"DICM".to_vec()].concat()
    }));
    cases.push(bytes("file meta information alone", Failed("parse: no data set"), |_| {
        file(uids::EXPLICIT_VR_LITTLE_ENDIAN, &[])
    }));
    cases.push(bytes("random bytes behind the prefix", NotReleased, |_| {
        let noise = (0..4000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        [vec![0; 128], b"DICM".to_vec(), noise].concat()
    }));
    cases.push(folder("three gigabytes of nothing", LeftOut(Exclusion::NotDicom), 1, |_, path| {
        put(&path.join("SE2/file.dcm"), b"");
        std::fs::OpenOptions::new()
            .write(true)
            .open(path.join("SE2/file.dcm"))
            .unwrap()
            .set_len(3 << 30)
            .unwrap();
    }));
    cases.push(folder("a slice with three gigabytes behind it", Failed("read: "), 1, |patient, path| {
        put(&path.join("SE2/file.dcm"), &Slice::good(Place { patient, series: 2, index: 1 }).bytes());
        std::fs::OpenOptions::new()
            .write(true)
            .open(path.join("SE2/file.dcm"))
            .unwrap()
            .set_len(3 << 30)
            .unwrap();
    }));
    check("cut, empty and foreign files", &cases);
}

/// A slice whose element `tag` declares another length.
fn with_length(tag: Tag, vr: VR, length: u32) -> impl Fn(&mut Slice) -> Vec<u8> {
    move |slice| {
        let mut bytes = slice.bytes();
        let at = at(&bytes, tag, vr);
        if matches!(vr, VR::OB | VR::OW | VR::SQ | VR::UN) {
            bytes[at + 8..at + 12].copy_from_slice(&length.to_le_bytes());
        } else {
            bytes[at + 6..at + 8].copy_from_slice(&(length as u16).to_le_bytes());
        }
        bytes
    }
}

/// A data set with so many sequences in each other.
fn nested(depth: usize, undefined: bool) -> impl Fn(&mut Slice) -> Vec<u8> {
    move |slice| {
        let item = |content: &[u8], length: u32| {
            [[0xFE, 0xFF, 0x00, 0xE0].as_slice(), &length.to_le_bytes(), content].concat()
        };
        let mut content = Vec::new();
        if undefined {
            for _ in 0..depth {
                content.extend([0x08, 0x00, 0x40, 0x11, b'S', b'Q', 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
                content.extend(item(&[], u32::MAX));
            }
        } else {
            for _ in 0..depth {
                let inside = item(&content, content.len() as u32);
                let length = (inside.len() as u32).to_le_bytes();
                content = [[0x08, 0x00, 0x40, 0x11, b'S', b'Q', 0, 0].as_slice(), &length, &inside].concat();
            }
        }
        let mut bytes = slice.bytes();
        // Before the group of the patient, so that the order of the tags stays.
        let place = at(&bytes, tags::PATIENT_NAME, VR::PN);
        bytes.splice(place..place, content);
        bytes
    }
}

#[test]
fn wrong_structures_are_read_rightly_or_fail() {
    let cases = vec![
        bytes("Pixel Data of 4 GiB", Released, with_length(tags::PIXEL_DATA, VR::OW, u32::MAX - 1)),
        bytes(
            "Pixel Data of undefined length without items",
            Failed("parse: "),
            with_length(tags::PIXEL_DATA, VR::OW, u32::MAX),
        ),
        bytes("Pixel Data of length 0", NotReleased, with_length(tags::PIXEL_DATA, VR::OW, 0)),
        bytes(
            "Pixel Data of odd length",
            NotReleased,
            with_length(tags::PIXEL_DATA, VR::OW, 2 * PIXELS as u32 - 1),
        ),
        bytes("Patient Name of 65,535 bytes", NotReleased, with_length(tags::PATIENT_NAME, VR::PN, 65_535)),
        bytes("Rows of length 0", NotReleased, with_length(tags::ROWS, VR::US, 0)),
        bytes("Rows of length 1", NotReleased, with_length(tags::ROWS, VR::US, 1)),
        bytes("Modality too long by two", NotReleased, with_length(tags::MODALITY, VR::CS, 4)),
        bytes("sequences nested 20 deep", Released, nested(20, false)),
        bytes("sequences nested 1,000 deep", Failed("parse: "), nested(1000, false)),
        bytes("sequences nested 1,000 deep and never closed", Failed("parse: "), nested(1000, true)),
        bytes("sequences nested 100,000 deep", Failed("parse: "), nested(100_000, true)),
        bytes("item outside of a sequence", NotReleased, |slice| {
            let mut bytes = slice.bytes();
            let place = at(&bytes, tags::PATIENT_NAME, VR::PN);
            bytes.splice(place..place, [0xFE, 0xFF, 0x00, 0xE0, 4, 0, 0, 0, 1, 2, 3, 4]);
            bytes
        }),
        bytes("the same attribute twice", Released, |slice| {
            let mut bytes = slice.bytes();
            let place = at(&bytes, tags::PATIENT_NAME, VR::PN);
            bytes.splice(place..place, explicit(0x0010, 0x0010, *b"PN", b"Somebody^Else "));
            bytes
        }),
        bytes("no preamble", Released, |slice| slice.bytes()[132..].to_vec()),
        bytes("data set alone", Released, |slice| slice.data_set(uids::EXPLICIT_VR_LITTLE_ENDIAN)),
        bytes("implicit data set alone", Released, |slice| slice.data_set(uids::IMPLICIT_VR_LITTLE_ENDIAN)),
        bytes("a program in the preamble", Released, |slice| {
            let mut bytes = slice.bytes();
            bytes[..4].copy_from_slice(b"MZ\x90\x00");
            bytes
        }),
        bytes("implicit", Released, |slice| slice.bytes_in(uids::IMPLICIT_VR_LITTLE_ENDIAN)),
        bytes("big endian", Released, |slice| slice.bytes_in(BIG_ENDIAN)),
        bytes("deflated", Released, |slice| slice.bytes_in(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)),
        bytes("deflated and cut", NotReleased, |slice| {
            let bytes = slice.bytes_in(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN);
            bytes[..bytes.len() / 2].to_vec()
        }),
        bytes("deflated bomb", Failed("parse: "), |_| {
            file(uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, &deflated_zeros(1 << 30))
        }),
        bytes("says implicit, is explicit", Released, |slice| {
            file(uids::IMPLICIT_VR_LITTLE_ENDIAN, &slice.data_set(uids::EXPLICIT_VR_LITTLE_ENDIAN))
        }),
        bytes("says explicit, is implicit", Released, |slice| {
            file(uids::EXPLICIT_VR_LITTLE_ENDIAN, &slice.data_set(uids::IMPLICIT_VR_LITTLE_ENDIAN))
        }),
        bytes("says little, is big endian", Released, |slice| {
            file(uids::EXPLICIT_VR_LITTLE_ENDIAN, &slice.data_set(BIG_ENDIAN))
        }),
        bytes("says JPEG-LS, is native", Released, |slice| {
            file(uids::JPEGLS_LOSSLESS, &slice.data_set(uids::EXPLICIT_VR_LITTLE_ENDIAN))
        }),
        bytes("private transfer syntax", Failed("decode: "), |slice| {
            file("1.3.46.670589.33.1.4.1", &slice.data_set(uids::EXPLICIT_VR_LITTLE_ENDIAN))
        }),
        bytes("no transfer syntax", Released, |slice| {
            file("", &slice.data_set(uids::EXPLICIT_VR_LITTLE_ENDIAN))
        }),
        bytes("trailing padding", Released, |slice| [slice.bytes(), vec![0; 999]].concat()),
        bytes("trailing text", Released, |slice| [slice.bytes(), b"Quillfeather Ottoline".to_vec()].concat()),
        slice("text in an OB element", Released, |slice| {
            let hidden = PrimitiveValue::U8(b"Quillfeather^Ottoline KX40001 19570304".to_vec().into());
            slice.object.put(DataElement::new(tags::ICC_PROFILE, VR::OB, hidden));
        }),
        slice("60,000 private elements", Released, |slice| {
            slice.text(Tag(0x0009, 0x0010), VR::LO, "QUILL 1.0");
            for element in 0x1000..0xFA00 {
                slice.text(Tag(0x0009, element), VR::LO, "Quillfeather");
            }
        }),
        slice("a hundred items with names", Released, |slice| {
            let item = InMemDicomObject::from_element_iter([DataElement::new(
                tags::PATIENT_NAME,
                VR::PN,
                "Quillfeather^Ottoline",
            )]);
            slice.object.put(DataElement::new(
                tags::REQUEST_ATTRIBUTES_SEQUENCE,
                VR::SQ,
                DataSetSequence::new(vec![item; 100], Length::UNDEFINED),
            ));
        }),
        slice("text in an unknown character set", Released, |slice| {
            slice.text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 9999");
            slice.text(tags::SERIES_DESCRIPTION, VR::LO, "Kopf");
        }),
        slice("a script in the description", Released, |slice| {
            slice.text(tags::SERIES_DESCRIPTION, VR::LO, "<script>alert(1)</script> head");
        }),
    ];
    check("structure", &cases);
}
