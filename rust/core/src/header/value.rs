//! Values of elements: their texts, their kind, and what an empty one looks like.

use dicom_core::dictionary::VirtualVr;
use dicom_core::value::{DataSetSequence, PrimitiveValue, Value};
use dicom_core::{DataElement, Length, Tag, VR};
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

use super::legal;
use super::uids;

/// The VR of the dictionary; where it leaves a choice, the file's when that is one of them.
pub(super) fn representation(known: VirtualVr, found: VR) -> VR {
    match (known, found) {
        (VirtualVr::Exact(vr), _) => vr,
        (VirtualVr::Xs | VirtualVr::Lt, VR::US | VR::SS)
        | (VirtualVr::Lt | VirtualVr::Ox | VirtualVr::Px, VR::OW)
        | (VirtualVr::Ox | VirtualVr::Px, VR::OB) => found,
        (VirtualVr::Xs, _) => VR::US,
        _ => VR::OW,
    }
}

/// Whether a binary value is one of its VR.
pub(super) fn has_kind(value: &PrimitiveValue, vr: VR) -> bool {
    matches!(
        (vr, value),
        (VR::US, PrimitiveValue::U16(_))
            | (VR::SS, PrimitiveValue::I16(_))
            | (VR::UL, PrimitiveValue::U32(_))
            | (VR::SL, PrimitiveValue::I32(_))
            | (VR::UV, PrimitiveValue::U64(_))
            | (VR::SV, PrimitiveValue::I64(_))
            | (VR::FL, PrimitiveValue::F32(_))
            | (VR::FD, PrimitiveValue::F64(_))
            | (VR::AT, PrimitiveValue::Tags(_))
            | (VR::OW, PrimitiveValue::U16(_) | PrimitiveValue::U8(_) | PrimitiveValue::I16(_))
            | (VR::OB, PrimitiveValue::U8(_))
    )
}

/// Whether a value as it stands is one that a VR may have; of numbers and sequences, whether the VR is no text.
pub(super) fn holds_legal(vr: VR, element: &InMemElement) -> bool {
    match element.value() {
        Value::Primitive(PrimitiveValue::Empty) => true,
        Value::Primitive(value @ (PrimitiveValue::Str(_) | PrimitiveValue::Strs(_)))
            if legal::is_one_text(vr) =>
        {
            legal::is_legal(vr, &value.to_str())
        }
        Value::Primitive(value @ (PrimitiveValue::Str(_) | PrimitiveValue::Strs(_))) => value
            .to_multi_str()
            .iter()
            .flat_map(|text| text.split('\\'))
            .all(|text| legal::is_legal(vr, text)),
        _ => !legal::is_text(vr),
    }
}

pub(super) fn is_empty(element: &InMemElement) -> bool {
    match element.value() {
        Value::Primitive(PrimitiveValue::Empty) => true,
        Value::Primitive(PrimitiveValue::Str(text)) => uids::trimmed(text).is_empty(),
        Value::Primitive(PrimitiveValue::Strs(texts)) => {
            texts.iter().all(|text| uids::trimmed(text).is_empty())
        }
        Value::Primitive(value) => value.multiplicity() == 0,
        Value::Sequence(sequence) => sequence.items().is_empty(),
        Value::PixelSequence(_) => false,
    }
}

/// The texts of a value; bytes count as text when they are UTF-8. `None` for sequences and numbers.
pub(super) fn values(element: &InMemElement) -> Option<Vec<String>> {
    match element.value() {
        Value::Primitive(PrimitiveValue::Empty) => Some(Vec::new()),
        Value::Primitive(PrimitiveValue::Str(text)) if legal::is_one_text(element.vr()) => {
            Some(vec![text.clone()])
        }
        Value::Primitive(PrimitiveValue::Str(text)) => Some(text.split('\\').map(str::to_owned).collect()),
        Value::Primitive(PrimitiveValue::Strs(texts)) => Some(texts.to_vec()),
        Value::Primitive(PrimitiveValue::U8(bytes)) => {
            let text = std::str::from_utf8(bytes).ok()?;
            Some(text.split('\\').map(str::to_owned).collect())
        }
        Value::Primitive(
            value @ (PrimitiveValue::Date(_) | PrimitiveValue::DateTime(_) | PrimitiveValue::Time(_)),
        ) => Some(value.to_multi_str().to_vec()),
        _ => None,
    }
}

pub(super) fn strings(values: impl IntoIterator<Item = String>) -> PrimitiveValue {
    PrimitiveValue::Strs(values.into_iter().collect())
}

pub(super) fn empty(tag: Tag, vr: VR) -> InMemElement {
    if vr == VR::SQ {
        DataElement::new(tag, vr, DataSetSequence::<InMemDicomObject>::new(Vec::new(), Length(0)))
    } else {
        DataElement::new(tag, vr, PrimitiveValue::Empty)
    }
}
