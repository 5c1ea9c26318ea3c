//! What became of a file that was seen: the closed lists of reasons.

/// Declares a reason enum whose variants carry a stable code and a sentence for people.
macro_rules! reasons {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $sentence:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* #[doc = $sentence] $variant,)+ }

        impl $name {
            /// Every reason, in the order of the checks.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Stable code used in `report.csv`, `report.json` and `audit.csv`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The reason as a person reads it.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.sentence())
            }
        }
    };
}

reasons! {
    /// A readable file that is not one of the slices to share.
    Exclusion {
        NotDicom = "not-dicom", "not a DICOM file";
        NotRegular = "not-regular", "not a regular file (link, pipe, socket or device)";
        Dicomdir = "dicomdir", "a DICOM directory, not an image";
        NotCt = "not-ct", "modality is not CT";
        NotCtImage = "not-ct-image", "not a CT image (screen capture, dose report or other object)";
        MultiFrame = "multi-frame", "several slices in one file (multi-frame or enhanced CT)";
        NotOriginal = "not-original", "Image Type is not ORIGINAL";
        NotPrimary = "not-primary", "Image Type is not PRIMARY";
        NotAxial = "not-axial", "not axial (localizer or reformat)";
        NotHead = "not-head", "no description names the head";
        OtherRegion = "other-region", "series shows another body region";
        Contrast = "contrast", "contrast series left out by setting";
        AnotherPatient = "another-patient", "Patient ID differs from the folder's majority";
        NotMonochrome = "not-monochrome", "pixels are not monochrome";
        NoGeometry = "no-geometry", "position, orientation or pixel spacing is missing";
        Duplicate = "duplicate", "same instance as another file";
        TextSlice = "text-slice", "slice with burned-in text left out by setting";
    }
}

reasons! {
    /// A series whose safety could not be shown: not released unless released by name.
    Hold {
        NoSkull = "no-skull", "no skull found";
        ImplausibleCavity = "implausible-cavity", "the cranial cavity is implausible for a head";
        OrientationContradicted = "orientation-contradicted", "the anatomy contradicts the header's orientation";
        TripwireDisagrees = "tripwire-disagrees", "the second check of the brain disagrees with the first";
        TextRemains = "text-remains", "text is still found after masking";
        NoSkin = "no-skin", "no soft tissue over the skull";
        TooLarge = "too-large", "the series needs more memory than is allowed";
    }
}
