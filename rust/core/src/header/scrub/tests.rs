use super::*;
use crate::header::{IdentifierKind, OriginalIdentity};
use crate::key::Key;

fn scrubbed(tag: Tag, vr: VR, value: &str, name: &str) -> Option<String> {
    let kept = scrubbed_element(DataElement::new(tag, vr, value), name);
    kept.map(|element| element.to_str().unwrap().into_owned())
}

fn scrubbed_element(element: InMemElement, name: &str) -> Option<InMemElement> {
    let tag = element.header().tag;
    let mut identifiers = Identifiers::default();
    identifiers.add_own(name, IdentifierKind::Name);
    let key = Key::from_hex(&"5e".repeat(32)).unwrap();
    let person = Person::new(&key, "SUBJ-0001", None, &OriginalIdentity::default(), identifiers);
    let uids = [tags::SOP_INSTANCE_UID, tags::STUDY_INSTANCE_UID, tags::SERIES_INSTANCE_UID];
    let mut object =
        InMemDicomObject::from_element_iter(uids.map(|tag| DataElement::new(tag, VR::UI, "1.2.3")));
    object.put(element);
    let header = scrub(&object, &person, &Settings::default()).unwrap();
    header.object().get(tag).cloned()
}

#[test]
fn terms_of_the_image_stay() {
    for (tag, term) in [
        (tags::PHOTOMETRIC_INTERPRETATION, "YBR_FULL_422"),
        (tags::LOSSY_IMAGE_COMPRESSION_METHOD, "ISO_15444_1"),
        (tags::SCAN_OPTIONS, "HELICAL_CT"),
        (tags::ACQUISITION_TYPE, "CONSTANT_ANGLE"),
        (tags::BODY_PART_EXAMINED, "HEAD"),
    ] {
        assert_eq!(scrubbed(tag, VR::CS, term, "Doe").as_deref(), Some(term));
    }
}

#[test]
fn a_patient_called_head_keeps_what_the_image_needs_and_no_more() {
    assert_eq!(scrubbed(tags::BODY_PART_EXAMINED, VR::CS, "HEAD", "Head"), None);
    assert_eq!(scrubbed(tags::MODALITY, VR::CS, "CT", "Ct").as_deref(), Some("CT"));
    assert_eq!(scrubbed(tags::STUDY_DESCRIPTION, VR::LO, "CT HEAD", "Head").as_deref(), Some("CT"));
    assert_eq!(scrubbed(tags::STUDY_DESCRIPTION, VR::LO, "CT HEAD", "Doe").as_deref(), Some("CT HEAD"));
}

#[test]
fn names_disguised_as_terms_or_numbers_go() {
    assert_eq!(scrubbed(tags::SCAN_OPTIONS, VR::CS, "LINDQVIST", "Doe"), None);
    assert_eq!(scrubbed(tags::KVP, VR::DS, "DOE", "Doe").as_deref(), Some(""));
    assert_eq!(scrubbed(tags::EXPOSURE, VR::IS, "12 Doe", "Doe"), None);
}

/// The patient's own number as a fraction, and bytes of text as tags or as values of a table.
#[test]
fn line_feeds_around_a_value_do_not_stay() {
    assert_eq!(scrubbed(tags::CONVOLUTION_KERNEL, VR::SH, "\nH31s", "Doe").as_deref(), Some("H31s"));
    assert_eq!(scrubbed(tags::SERIES_NUMBER, VR::IS, "\t", "Doe").as_deref(), Some(""));
    let code = |value: &str| {
        let item = InMemDicomObject::from_element_iter([
            DataElement::new(tags::CODE_VALUE, VR::SH, value),
            DataElement::new(tags::CODING_SCHEME_DESIGNATOR, VR::SH, "DCM"),
        ]);
        let items = DataSetSequence::new(vec![item], Length::UNDEFINED);
        let kept =
            scrubbed_element(DataElement::new(tags::PROCEDURE_CODE_SEQUENCE, VR::SQ, items), "Doe").unwrap();
        kept.items().unwrap()[0].get(tags::CODE_VALUE).is_some()
    };
    assert!(code("113100") && !code("\n13100") && !code("11310\u{b}"));
}

#[test]
fn numbers_and_bytes_that_are_no_measurements_go() {
    let number = "44556677";
    assert_eq!(scrubbed(tags::KVP, VR::DS, "120.44556677", number).as_deref(), Some(""));
    assert_eq!(scrubbed(tags::EXPOSURE_TIME, VR::DS, "1E1.44556677", number), None);
    assert_eq!(scrubbed(tags::KVP, VR::DS, "120.44556678", number).as_deref(), Some("120.44556678"));
    // Also in what is too long for a DS, and rounded.
    assert_eq!(scrubbed(tags::KVP, VR::DS, "120.44556677000000000000", number).as_deref(), Some(""));
    assert_eq!(scrubbed(tags::KVP, VR::DS, "44556677.0000000000000000", number).as_deref(), Some(""));
    assert_eq!(scrubbed(tags::KVP, VR::DS, "4.45566770000000000000e7", number).as_deref(), Some(""));
    assert_eq!(scrubbed(tags::KVP, VR::DS, "120.00000000000000000000", number).as_deref(), Some("120"));
    let kept = |element| scrubbed_element(element, "Doe").is_some();
    let pointer = |tag: Tag| {
        kept(DataElement::new(
            tags::FRAME_INCREMENT_POINTER,
            VR::AT,
            PrimitiveValue::Tags([tag].into_iter().collect()),
        ))
    };
    assert!(pointer(tags::FRAME_TIME));
    // `Pfef` as four bytes.
    assert!(!pointer(Tag(0x6650, 0x6665)));
    let numbers = |text: &[u8]| {
        let values = text.as_chunks::<2>().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        kept(DataElement::new(tags::REPRESENTATIVE_FRAME_NUMBER, VR::US, PrimitiveValue::U16(values)))
    };
    assert!(numbers(&[1, 0]) && numbers(b"Pfef") && !numbers(b"Pfefferkorn ") && !numbers(b"19570304"));
    let table = InMemDicomObject::from_element_iter([
        DataElement::new(tags::LUT_DESCRIPTOR, VR::US, PrimitiveValue::U16([6, 0, 16].into_iter().collect())),
        DataElement::new(
            tags::LUT_DATA,
            VR::OW,
            PrimitiveValue::U8(b"Pfefferkorn ".iter().copied().collect()),
        ),
    ]);
    assert!(!kept(DataElement::new(
        tags::VOILUT_SEQUENCE,
        VR::SQ,
        DataSetSequence::new(vec![table], Length::UNDEFINED)
    )));
}

#[test]
fn a_header_without_its_uids_is_a_failure() {
    let key = Key::from_hex(&"5e".repeat(32)).unwrap();
    let person = Person::new(&key, "S", None, &OriginalIdentity::default(), Identifiers::default());
    let failure = scrub(&InMemDicomObject::new_empty(), &person, &Settings::default()).unwrap_err();
    assert_eq!(failure.to_string(), "header: (0008,0018) is empty, expected a UID");
}
