//! Text and numbers: character sets, several values, lengths that do not fit.

use dicom_core::value::{PrimitiveValue, Value};
use dicom_core::{Tag, VR};

use super::draw::{Draw, EXPLICIT, text};

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
