//! Decides which files are head CT slices: the study group's rules, and what they leave open.
//!
//! Every file left out gets the first reason of [`Exclusion`] that applies to it.

mod contrast;
mod regions;
mod words;

use dicom_dictionary_std::uids;

pub(super) use contrast::shows_contrast;

use super::facts::{Facts, Placement, cross};
use crate::outcome::Exclusion;
use crate::settings::{Include, Settings};
use words::{contains_any, plain};

const CT_IMAGES: [&str; 3] = [
    uids::CT_IMAGE_STORAGE,
    uids::ENHANCED_CT_IMAGE_STORAGE,
    uids::LEGACY_CONVERTED_ENHANCED_CT_IMAGE_STORAGE,
];

/// What Modality may contain: the standard's code and the study group's spellings.
const CT_WORDS: [&str; 3] = ["ct", "computedtomography", "ctprotocal"];

/// Slices leaning more than this from the patient's long axis are no axial slices; gantries tilt up to 30.
const MOST_TILT_DEGREES: f64 = 45.0;

/// Why a file is no head CT slice by what it is called; `None` when it is one.
pub(super) fn no_head_ct(facts: &Facts, settings: &Settings) -> Option<Exclusion> {
    let image_type = plain(&facts.image_type);
    if facts.sop_class == uids::MEDIA_STORAGE_DIRECTORY_STORAGE {
        Some(Exclusion::Dicomdir)
    } else if !contains_any(&facts.modality, &CT_WORDS) {
        Some(Exclusion::NotCt)
    } else if !CT_IMAGES.contains(&facts.sop_class.as_str()) {
        Some(Exclusion::NotCtImage)
    } else if facts.sop_class != uids::CT_IMAGE_STORAGE || facts.frames.is_some_and(|frames| frames != 1) {
        Some(Exclusion::MultiFrame)
    } else if !image_type.contains("original") {
        Some(Exclusion::NotOriginal)
    } else if !image_type.contains("primary") {
        Some(Exclusion::NotPrimary)
    } else if !image_type.contains("axial") || image_type.contains("localizer") {
        Some(Exclusion::NotAxial)
    } else if !names_the_head(
        &[&facts.study_description, &facts.series_description, &facts.body_part, &facts.filter_type],
        settings,
    ) {
        Some(Exclusion::NotHead)
    } else if settings.other_regions == Include::Exclude && shows_another_region(facts, settings) {
        Some(Exclusion::OtherRegion)
    } else {
        None
    }
}

/// Why the pixels of a head CT slice cannot be worked on; `None` when they can.
pub(super) fn no_slice(facts: &Facts) -> Option<Exclusion> {
    let monochrome = matches!(plain(&facts.photometric).as_str(), "monochrome1" | "monochrome2")
        && facts.samples.is_none_or(|samples| samples == 1);
    match &facts.placement {
        _ if !monochrome => Some(Exclusion::NotMonochrome),
        None => Some(Exclusion::NoGeometry),
        Some(placement) if !is_axial(placement) => Some(Exclusion::NotAxial),
        Some(_) => None,
    }
}

fn is_axial(placement: &Placement) -> bool {
    cross(placement.along_row, placement.along_column)[2].abs() >= MOST_TILT_DEGREES.to_radians().cos()
}

fn names_the_head(descriptions: &[&str], settings: &Settings) -> bool {
    descriptions.iter().any(|description| contains_any(description, &settings.head_words))
}

fn shows_another_region(facts: &Facts, settings: &Settings) -> bool {
    let own = [facts.body_part.as_str(), facts.series_description.as_str()];
    !names_the_head(&own, settings)
        && own.iter().any(|description| regions::names_another_region(description))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::RawSettings;

    fn head() -> Facts {
        Facts {
            sop_class: uids::CT_IMAGE_STORAGE.to_owned(),
            modality: "CT".to_owned(),
            image_type: "ORIGINAL\\PRIMARY\\AXIAL".to_owned(),
            study_description: "CT HEAD W/O CONTRAST".to_owned(),
            photometric: "MONOCHROME2".to_owned(),
            samples: Some(1),
            placement: Some(Placement {
                position_mm: [0.0; 3],
                along_row: [1.0, 0.0, 0.0],
                along_column: [0.0, 1.0, 0.0],
                spacing_mm: [0.5; 2],
                matrix: (512, 512),
            }),
            ..Facts::default()
        }
    }

    fn with(change: impl FnOnce(&mut Facts)) -> Facts {
        let mut facts = head();
        change(&mut facts);
        facts
    }

    fn why(facts: &Facts) -> Option<Exclusion> {
        no_head_ct(facts, &Settings::default()).or_else(|| no_slice(facts))
    }

    fn set(name: &str, value: &str) -> Settings {
        let mut raw = RawSettings::default();
        raw.set(name, value);
        raw.check().unwrap()
    }

    #[test]
    fn an_axial_head_ct_slice_is_kept() {
        assert_eq!(why(&head()), None);
    }

    #[test]
    fn case_and_blanks_do_not_matter() {
        let facts = with(|facts| {
            facts.modality = "Computed  Tomography".to_owned();
            facts.image_type = "Original\\ Primary \\axial\\CT_SOM5 SPI".to_owned();
            facts.study_description = "Sch\u{e4}del".to_owned();
            facts.filter_type = "b r a i n".to_owned();
            facts.photometric = "monochrome2 ".to_owned();
        });
        assert_eq!(why(&facts), None);
    }

    #[test]
    fn each_of_the_four_descriptions_may_name_the_head() {
        let places: [fn(&mut Facts) -> &mut String; 4] = [
            |facts| &mut facts.study_description,
            |facts| &mut facts.series_description,
            |facts| &mut facts.body_part,
            |facts| &mut facts.filter_type,
        ];
        for place in places {
            let facts = with(|facts| {
                facts.study_description.clear();
                *place(facts) = "SKULL ROUTINE".to_owned();
            });
            assert_eq!(why(&facts), None);
        }
        assert_eq!(why(&with(|facts| facts.study_description.clear())), Some(Exclusion::NotHead));
    }

    #[test]
    fn the_words_for_the_head_are_a_setting() {
        let facts = with(|facts| facts.study_description = "Kopf nativ".to_owned());
        assert_eq!(no_head_ct(&facts, &Settings::default()), Some(Exclusion::NotHead));
        assert_eq!(no_head_ct(&facts, &set("head_words", "kopf, crane")), None);
    }

    #[test]
    fn what_is_no_original_axial_ct_image_is_left_out_with_its_reason() {
        type Change = fn(&mut Facts);
        let cases: [(Change, Exclusion); 11] = [
            (|f| f.modality = "MR".to_owned(), Exclusion::NotCt),
            (|f| f.modality.clear(), Exclusion::NotCt),
            (|f| f.sop_class = uids::SECONDARY_CAPTURE_IMAGE_STORAGE.to_owned(), Exclusion::NotCtImage),
            (|f| f.sop_class = uids::ENHANCED_CT_IMAGE_STORAGE.to_owned(), Exclusion::MultiFrame),
            (|f| f.frames = Some(3), Exclusion::MultiFrame),
            (|f| f.image_type = "DERIVED\\SECONDARY\\REFORMATTED".to_owned(), Exclusion::NotOriginal),
            (|f| f.image_type = "ORIGINAL\\SECONDARY\\AXIAL".to_owned(), Exclusion::NotPrimary),
            (|f| f.image_type = "ORIGINAL\\PRIMARY\\LOCALIZER".to_owned(), Exclusion::NotAxial),
            (|f| f.photometric = "RGB".to_owned(), Exclusion::NotMonochrome),
            (|f| f.samples = Some(3), Exclusion::NotMonochrome),
            (|f| f.placement = None, Exclusion::NoGeometry),
        ];
        for (change, expected) in cases {
            assert_eq!(why(&with(change)), Some(expected));
        }
    }

    #[test]
    fn slices_across_the_long_axis_are_axial_and_others_are_not() {
        let tilted = |degrees: f64| {
            with(|facts| {
                if let Some(placement) = &mut facts.placement {
                    placement.along_column = [0.0, degrees.to_radians().cos(), degrees.to_radians().sin()];
                }
            })
        };
        assert_eq!([0.0, 30.0, -30.0, 180.0].map(|degrees| why(&tilted(degrees))), [None; 4]);
        assert_eq!([60.0, 90.0].map(|degrees| why(&tilted(degrees))), [Some(Exclusion::NotAxial); 2]);
    }

    #[test]
    fn a_chest_series_of_a_head_study_is_left_out_unless_asked_for() {
        let facts = with(|facts| facts.body_part = "CHEST".to_owned());
        assert_eq!(why(&facts), Some(Exclusion::OtherRegion));
        assert_eq!(no_head_ct(&facts, &set("other_regions", "include")), None);
        let both = with(|facts| {
            facts.body_part = "CHEST".to_owned();
            facts.series_description = "Head 5.0 H31s".to_owned();
        });
        assert_eq!(why(&both), None);
    }
}
