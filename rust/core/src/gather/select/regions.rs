//! Names of body regions other than the head.

use super::words::tokens;

/// Words that must stand alone. DICOM codes of Body Part Examined (PS3.16, Annex L) and what technologists
/// write in English, German, French, Spanish, Portuguese and Italian.
const WHOLE: &[&str] = &[
    "arm", "bein", "bws", "colon", "cou", "cspine", "ctap", "elbow", "foot", "fuss", "genou", "hals", "hand",
    "heart", "hip", "hws", "knee", "knie", "leg", "liver", "lspine", "lung", "lungs", "lunge", "lws", "neck",
    "ribs", "sspine", "tap", "torax", "tspine", "wrist",
];

/// Words that may be continued: `thorac` is in thoracic, `abdom` in abdomen and abdominal.
const BEGUN: &[&str] = &[
    "abdom",
    "addome",
    "ankle",
    "aorta",
    "bassin",
    "bauch",
    "becken",
    "bacino",
    "bladder",
    "cardiac",
    "cervic",
    "chest",
    "collo",
    "colonna",
    "coluna",
    "columna",
    "coronary",
    "cuello",
    "epaule",
    "extremity",
    "femur",
    "ginocchio",
    "herz",
    "humerus",
    "joelho",
    "kidney",
    "lumbal",
    "lumbar",
    "ombro",
    "pelv",
    "pescoço",
    "pescoco",
    "poumon",
    "pulmo",
    "rachis",
    "renal",
    "rodilla",
    "sacrum",
    "schulter",
    "shoulder",
    "spine",
    "spinal",
    "thigh",
    "thora",
    "tibia",
    "torace",
    "tórax",
    "ureter",
    "wirbels",
    "épaule",
];

/// Whether a description names a region that is not the head.
pub(super) fn names_another_region(description: &str) -> bool {
    tokens(description).iter().any(|token| {
        WHOLE.contains(&token.as_str()) || BEGUN.iter().any(|beginning| token.starts_with(beginning))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_regions_are_named_in_many_ways() {
        for description in [
            "CHEST",
            "CSPINE",
            "C-SPINE 2.0",
            "Thorax/Abdomen",
            "HWS nativ",
            "neck_soft",
            "HIP LEFT",
            "CT Lumbar",
        ] {
            assert!(names_another_region(description), "{description}");
        }
    }

    #[test]
    fn vendors_kernels_and_parts_of_the_head_are_no_other_region() {
        for description in [
            "Philips",
            "COR REFORMAT",
            "CORONAL",
            "SINUS",
            "ORBIT",
            "FACE",
            "TEMPORAL BONE",
            "H31s",
            "STEREOTAXIS",
            "UB",
            "",
            "Alarm",
            "CHIP",
            "HANDLED",
        ] {
            assert!(!names_another_region(description), "{description}");
        }
    }
}
