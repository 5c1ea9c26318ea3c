//! Whatever the bytes are, and whatever another writer writes.

use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Length, Tag, VR};
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries;
use proptest::prelude::*;

use super::super::{Extent, read};
use super::draw::{BIG, DEFLATED, Draw, EXPLICIT, IMPLICIT};

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
