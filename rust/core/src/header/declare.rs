//! A scrubbed header, and the declaration in it of what was done.

use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Length, VR};
use dicom_dictionary_std::tags;
use dicom_object::InMemDicomObject;

use super::codes::{CODE_VALUE, CODING_SCHEME};
use crate::settings::{Characteristics, Dates, Settings};

/// The most characters of one value of De-identification Method (LO).
const LONG_STRING: usize = 64;

/// How many attributes of a file, at any depth, met which fate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[expect(missing_docs, reason = "the names are the contract: one for each fate")]
pub struct ActionCounts {
    pub removed: u64,
    pub emptied: u64,
    pub replaced: u64,
    pub cleaned: u64,
    pub remapped: u64,
    pub shifted: u64,
    pub kept: u64,
}

impl std::ops::AddAssign for ActionCounts {
    fn add_assign(&mut self, other: Self) {
        self.removed += other.removed;
        self.emptied += other.emptied;
        self.replaced += other.replaced;
        self.cleaned += other.cleaned;
        self.remapped += other.remapped;
        self.shifted += other.shifted;
        self.kept += other.kept;
    }
}

/// The new UIDs of an instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedUids {
    /// SOP Instance UID.
    pub sop_instance: String,
    /// Series Instance UID.
    pub series_instance: String,
    /// Study Instance UID.
    pub study_instance: String,
    /// Frame of Reference UID, where the input has one.
    pub frame_of_reference: Option<String>,
}

/// What was shown about the pixels of an instance; each claim is made only when its evidence exists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeclaredOptions {
    /// The face was removed and the removal checked: Clean Recognizable Visual Features, (0028,0302) NO.
    pub face_removed: bool,
    /// Burned-in text was looked for and masked: Clean Pixel Data, (0028,0301) NO.
    pub text_checked: bool,
}

/// A header that the attribute tables were applied to. Made by [`scrub`](super::scrub()) alone.
///
/// ```compile_fail
/// let header = headct_deid_core::header::ScrubbedHeader { object: dicom_object::InMemDicomObject::new_empty() };
/// ```
#[derive(Debug, Clone)]
pub struct ScrubbedHeader {
    object: InMemDicomObject,
    counts: ActionCounts,
    uids: MappedUids,
    dates: Dates,
    characteristics: Characteristics,
}

impl ScrubbedHeader {
    pub(super) fn new(
        object: InMemDicomObject,
        counts: ActionCounts,
        uids: MappedUids,
        settings: &Settings,
    ) -> Self {
        let mut header =
            Self { object, counts, uids, dates: settings.dates, characteristics: settings.characteristics };
        header.object.put(DataElement::new(tags::DEIDENTIFICATION_METHOD, VR::LO, method(settings)));
        header.declare(&DeclaredOptions::default());
        header
    }

    /// The data set, without file meta group and Pixel Data.
    #[must_use]
    pub const fn object(&self) -> &InMemDicomObject {
        &self.object
    }

    /// The data set for joining with its pixels.
    #[must_use]
    pub fn into_object(self) -> InMemDicomObject {
        self.object
    }

    /// What was done to how many attributes.
    #[must_use]
    pub const fn counts(&self) -> ActionCounts {
        self.counts
    }

    /// The new UIDs.
    #[must_use]
    pub const fn uids(&self) -> &MappedUids {
        &self.uids
    }

    /// Writes into the file what was done to it: (0012,0062), (0012,0064) with the codes of CID 7050,
    /// (0028,0303), and where the evidence exists (0028,0301) and (0028,0302). A later call replaces an earlier one.
    pub fn declare(&mut self, options: &DeclaredOptions) {
        let mut codes = vec![
            ("113100", "Basic Application Confidentiality Profile"),
            ("113105", "Clean Descriptors Option"),
        ];
        if options.text_checked {
            codes.push(("113101", "Clean Pixel Data Option"));
        }
        if options.face_removed {
            codes.push(("113102", "Clean Recognizable Visual Features Option"));
        }
        let temporal = match self.dates {
            Dates::Shift => {
                codes.push(("113107", "Retain Longitudinal Temporal Information Modified Dates Option"));
                "MODIFIED"
            }
            Dates::Keep => {
                codes.push(("113106", "Retain Longitudinal Temporal Information Full Dates Option"));
                "UNMODIFIED"
            }
            Dates::Remove => "REMOVED",
        };
        if self.characteristics != Characteristics::None {
            codes.push(("113108", "Retain Patient Characteristics Option"));
        }
        codes.sort_unstable();
        let items: Vec<_> = codes.into_iter().map(|(value, meaning)| coded(value, meaning)).collect();
        self.object.put(DataElement::new(tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES"));
        self.object.put(DataElement::new(
            tags::DEIDENTIFICATION_METHOD_CODE_SEQUENCE,
            VR::SQ,
            DataSetSequence::new(items, Length::UNDEFINED),
        ));
        self.object.put(DataElement::new(tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED, VR::CS, temporal));
        for (tag, shown) in [
            (tags::BURNED_IN_ANNOTATION, options.text_checked),
            (tags::RECOGNIZABLE_VISUAL_FEATURES, options.face_removed),
        ] {
            if shown {
                self.object.put(DataElement::new(tag, VR::CS, "NO"));
            } else {
                self.object.remove_element(tag);
            }
        }
    }
}

fn coded(value: &str, meaning: &str) -> InMemDicomObject {
    InMemDicomObject::from_element_iter([
        DataElement::new(CODE_VALUE, VR::SH, value),
        DataElement::new(CODING_SCHEME, VR::SH, "DCM"),
        DataElement::new(tags::CODE_MEANING, VR::LO, meaning),
    ])
}

/// Product, version and settings, in values of at most 64 characters.
fn method(settings: &Settings) -> PrimitiveValue {
    let mut values = vec![format!("Head CT Deidentification {}", env!("CARGO_PKG_VERSION"))];
    let mut line = String::new();
    for (name, value) in settings.in_use() {
        let setting: String = format!("{name}={value}")
            .chars()
            .filter(|c| *c != '\\' && !c.is_control())
            .take(LONG_STRING)
            .collect();
        if !line.is_empty() && line.chars().count() + 2 + setting.chars().count() > LONG_STRING {
            values.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push_str("; ");
        }
        line.push_str(&setting);
    }
    values.push(line);
    PrimitiveValue::Strs(values.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_method_names_every_setting_in_short_values() {
        let settings = Settings::default();
        let values = method(&settings).to_multi_str().to_vec();
        assert!(values.iter().all(|value| value.chars().count() <= LONG_STRING));
        let text = values.join("; ");
        assert!(settings.in_use().all(|(name, value)| text.contains(&format!("{name}={value}"))));
    }
}
