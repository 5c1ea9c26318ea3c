//! What selection and grouping read from a header.

use dicom_core::Tag;
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;

/// Where a slice lies, checked: every number finite, axes of unit length and at right angles.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Placement {
    /// Image Position (Patient), mm.
    pub(super) position_mm: [f64; 3],
    /// First triplet of Image Orientation (Patient).
    pub(super) along_row: [f64; 3],
    /// Second triplet of Image Orientation (Patient).
    pub(super) along_column: [f64; 3],
    /// Pixel Spacing: between rows, between columns, mm.
    pub(super) spacing_mm: [f64; 2],
    /// Rows and columns.
    pub(super) matrix: (usize, usize),
}

/// The attributes of one file that planning looks at; absent ones are empty.
#[derive(Debug, Clone, Default)]
pub(super) struct Facts {
    pub(super) sop_class: String,
    pub(super) sop_instance_uid: String,
    pub(super) study_instance_uid: String,
    pub(super) series_instance_uid: String,
    pub(super) frame_of_reference_uid: String,
    pub(super) modality: String,
    pub(super) image_type: String,
    pub(super) study_description: String,
    pub(super) series_description: String,
    pub(super) body_part: String,
    pub(super) filter_type: String,
    pub(super) contrast_agent: String,
    pub(super) contrast_items: bool,
    pub(super) photometric: String,
    pub(super) samples: Option<i64>,
    pub(super) frames: Option<i64>,
    pub(super) patient_id: String,
    pub(super) issuer: String,
    pub(super) birth_date: String,
    pub(super) accession: String,
    pub(super) series_number: Option<i64>,
    pub(super) acquisition_number: Option<i64>,
    pub(super) acquisition_time: String,
    /// What else may differ between images of one place: kernel, tube voltage, slice thickness, Image Type.
    pub(super) variant: String,
    pub(super) number: Option<i64>,
    pub(super) placement: Option<Placement>,
}

impl Facts {
    /// Reads them from a data set and its file meta information.
    pub(super) fn of(object: &InMemDicomObject, meta: &InMemDicomObject) -> Self {
        let mut sop_class = text(object, tags::SOP_CLASS_UID);
        if sop_class.is_empty() {
            sop_class = text(meta, tags::MEDIA_STORAGE_SOP_CLASS_UID);
        }
        if object.element(tags::DIRECTORY_RECORD_SEQUENCE).is_ok() {
            uids::MEDIA_STORAGE_DIRECTORY_STORAGE.clone_into(&mut sop_class);
        }
        Self {
            sop_class,
            sop_instance_uid: text(object, tags::SOP_INSTANCE_UID),
            study_instance_uid: text(object, tags::STUDY_INSTANCE_UID),
            series_instance_uid: text(object, tags::SERIES_INSTANCE_UID),
            frame_of_reference_uid: text(object, tags::FRAME_OF_REFERENCE_UID),
            modality: text(object, tags::MODALITY),
            image_type: text(object, tags::IMAGE_TYPE),
            study_description: text(object, tags::STUDY_DESCRIPTION),
            series_description: text(object, tags::SERIES_DESCRIPTION),
            body_part: text(object, tags::BODY_PART_EXAMINED),
            filter_type: text(object, tags::FILTER_TYPE),
            contrast_agent: text(object, tags::CONTRAST_BOLUS_AGENT),
            contrast_items: has_items(object, tags::CONTRAST_BOLUS_AGENT_SEQUENCE),
            photometric: text(object, tags::PHOTOMETRIC_INTERPRETATION),
            samples: whole(object, tags::SAMPLES_PER_PIXEL),
            frames: whole(object, tags::NUMBER_OF_FRAMES),
            patient_id: text(object, tags::PATIENT_ID),
            issuer: text(object, tags::ISSUER_OF_PATIENT_ID),
            birth_date: text(object, tags::PATIENT_BIRTH_DATE),
            accession: text(object, tags::ACCESSION_NUMBER),
            series_number: whole(object, tags::SERIES_NUMBER),
            acquisition_number: whole(object, tags::ACQUISITION_NUMBER),
            acquisition_time: [
                text(object, tags::ACQUISITION_DATE),
                text(object, tags::ACQUISITION_TIME),
                text(object, tags::ACQUISITION_DATE_TIME),
            ]
            .join(" ")
            .trim()
            .to_owned(),
            variant: [tags::CONVOLUTION_KERNEL, tags::KVP, tags::SLICE_THICKNESS, tags::IMAGE_TYPE]
                .map(|tag| text(object, tag))
                .join(" "),
            number: whole(object, tags::INSTANCE_NUMBER),
            placement: placement(object),
        }
    }
}

/// All values joined by backslashes, without blanks and padding around; empty when absent.
fn text(object: &InMemDicomObject, tag: Tag) -> String {
    let Ok(element) = object.element(tag) else { return String::new() };
    element
        .to_str()
        .map(|text| text.trim_matches(|c: char| c.is_whitespace() || c == '\0').to_owned())
        .unwrap_or_default()
}

fn has_items(object: &InMemDicomObject, tag: Tag) -> bool {
    object.element(tag).ok().and_then(|element| element.items()).is_some_and(|items| !items.is_empty())
}

fn whole(object: &InMemDicomObject, tag: Tag) -> Option<i64> {
    numbers(object, tag)?
        .first()
        .filter(|number| number.fract() == 0.0 && number.abs() < 1e15)
        .map(|n| *n as i64)
}

/// Every value as a finite number; `None` if one is not.
fn numbers(object: &InMemDicomObject, tag: Tag) -> Option<Vec<f64>> {
    let values = object.element(tag).ok()?.to_multi_float64().ok()?;
    values.iter().all(|value| value.is_finite()).then_some(values)
}

fn triplet(values: &[f64]) -> Option<[f64; 3]> {
    values.try_into().ok()
}

fn placement(object: &InMemDicomObject) -> Option<Placement> {
    let position_mm = triplet(&numbers(object, tags::IMAGE_POSITION_PATIENT)?)?;
    let orientation = numbers(object, tags::IMAGE_ORIENTATION_PATIENT)?;
    let (along_row, along_column) = axes(triplet(orientation.get(..3)?)?, triplet(orientation.get(3..)?)?)?;
    let spacing_mm: [f64; 2] = numbers(object, tags::PIXEL_SPACING)?.as_slice().try_into().ok()?;
    let matrix = (
        usize::try_from(whole(object, tags::ROWS)?).ok()?,
        usize::try_from(whole(object, tags::COLUMNS)?).ok()?,
    );
    let sensible = spacing_mm.iter().all(|spacing| (1e-3..=100.0).contains(spacing))
        && position_mm.iter().all(|coordinate| coordinate.abs() < 1e6)
        && matrix.0 > 0
        && matrix.1 > 0;
    sensible.then_some(Placement { position_mm, along_row, along_column, spacing_mm, matrix })
}

/// Rounding of written cosines and products of them stays below this.
const AXIS_TOLERANCE: f64 = 0.01;

/// The axes made exactly perpendicular and of unit length, if they nearly are.
fn axes(along_row: [f64; 3], along_column: [f64; 3]) -> Option<([f64; 3], [f64; 3])> {
    let nearly = |value: f64, expected: f64| (value - expected).abs() < AXIS_TOLERANCE;
    let square = dot(along_row, along_column);
    if !nearly(dot(along_row, along_row), 1.0)
        || !nearly(dot(along_column, along_column), 1.0)
        || !nearly(square, 0.0)
    {
        return None;
    }
    let along_row = unit(along_row);
    let share = dot(along_row, along_column);
    let along_column = unit(std::array::from_fn(|axis| along_column[axis] - share * along_row[axis]));
    Some((along_row, along_column))
}

fn unit(vector: [f64; 3]) -> [f64; 3] {
    let length = dot(vector, vector).sqrt();
    vector.map(|coordinate| coordinate / length)
}

/// Scalar product.
pub(super) fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// Vector product.
pub(super) fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

#[cfg(test)]
mod tests {
    use dicom_core::{PrimitiveValue, VR, dicom_value};
    use dicom_object::mem::InMemElement;

    use super::*;

    fn slice() -> InMemDicomObject {
        InMemDicomObject::from_element_iter([
            InMemElement::new(
                tags::IMAGE_POSITION_PATIENT,
                VR::DS,
                dicom_value!(Strs, ["-125", " -1.5e2 ", "7"]),
            ),
            InMemElement::new(
                tags::IMAGE_ORIENTATION_PATIENT,
                VR::DS,
                dicom_value!(Strs, ["1", "0", "0", "0", "0.9702957", "-0.2419219"]),
            ),
            InMemElement::new(tags::PIXEL_SPACING, VR::DS, dicom_value!(Strs, ["0.5", "0.4"])),
            InMemElement::new(tags::ROWS, VR::US, PrimitiveValue::from(512_u16)),
            InMemElement::new(tags::COLUMNS, VR::US, PrimitiveValue::from(256_u16)),
            InMemElement::new(tags::PATIENT_ID, VR::LO, PrimitiveValue::from(" P 1 \0")),
            InMemElement::new(tags::IMAGE_TYPE, VR::CS, dicom_value!(Strs, ["ORIGINAL", "PRIMARY"])),
        ])
    }

    fn facts(change: impl FnOnce(&mut InMemDicomObject)) -> Facts {
        let mut object = slice();
        change(&mut object);
        Facts::of(&object, &InMemDicomObject::new_empty())
    }

    #[test]
    fn values_are_read_without_padding() {
        let facts = facts(|_| {});
        assert_eq!((facts.patient_id.as_str(), facts.image_type.as_str()), ("P 1", "ORIGINAL\\PRIMARY"));
        let placement = facts.placement.unwrap();
        assert_eq!(placement.position_mm.map(f64::round).map(|mm| mm as i32), [-125, -150, 7]);
        assert_eq!((placement.spacing_mm, placement.matrix), ([0.5, 0.4], (512, 256)));
        assert!((dot(placement.along_column, placement.along_column) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_slice_without_a_whole_placement_has_none() {
        let set = |tag: Tag, values: &[&str]| {
            let values = values.iter().map(|value| (*value).to_owned()).collect();
            facts(|object| {
                object.put(InMemElement::new(tag, VR::DS, PrimitiveValue::Strs(values)));
            })
            .placement
        };
        assert_eq!(set(tags::IMAGE_POSITION_PATIENT, &["1", "2"]), None);
        assert_eq!(set(tags::IMAGE_POSITION_PATIENT, &["1", "2", "NaN"]), None);
        assert_eq!(set(tags::IMAGE_POSITION_PATIENT, &["1", "2", "1e300"]), None);
        assert_eq!(set(tags::IMAGE_ORIENTATION_PATIENT, &["1", "0", "0", "1", "0", "0"]), None);
        assert_eq!(set(tags::IMAGE_ORIENTATION_PATIENT, &["0", "0", "0", "0", "0", "0"]), None);
        assert_eq!(set(tags::PIXEL_SPACING, &["0", "0.5"]), None);
        assert_eq!(set(tags::PIXEL_SPACING, &["-0.5", "0.5"]), None);
        assert_eq!(set(tags::PIXEL_SPACING, &["wide", "0.5"]), None);
        assert_eq!(
            facts(|object| {
                object.remove_element(tags::ROWS);
            })
            .placement,
            None
        );
    }
}
