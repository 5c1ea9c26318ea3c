//! The settings of a run: one table from which the flags, the TOML file and its comments come.
//!
//! [`RawSettings`] is what a person typed; [`Settings`] is checked and ready to use. Nothing downstream of
//! [`RawSettings::check`] sees the first.

use std::collections::BTreeMap;

use crate::error::{Problem, Refusal};

/// One setting as people meet it. The first of `values` is the default.
#[derive(Debug)]
pub struct Setting {
    /// Name in the TOML file and in Python; the flag is the same with hyphens.
    pub name: &'static str,
    /// The default, as typed.
    pub default: &'static str,
    /// What may be given, for help and error messages.
    pub values: &'static str,
    /// One sentence for the person who sets it.
    pub help: &'static str,
}

/// Every setting, in the order in which it is documented.
pub const SETTINGS: &[Setting] = &[
    Setting {
        name: "kernel",
        default: "20px",
        values: "a diameter such as 20px or 10mm, or 0 for none",
        help: "Skin and subcutaneous fat removed from the whole head: half of this diameter, from the surface inward. Pixels as the study group defined it, or millimeters; 0 keeps the scalp.",
    },
    Setting {
        name: "shape",
        default: "ball",
        values: "ball or disk",
        help: "ball removes in three dimensions; disk reproduces the study group's slice-by-slice ellipse.",
    },
    Setting {
        name: "face",
        default: "bone",
        values: "bone, erode or off",
        help: "bone reduces the face to what the bare skull shows; erode applies the kernel alone; off defaces nothing.",
    },
    Setting {
        name: "fill",
        default: "air",
        values: "air, face or a number of HU",
        help: "What replaces removed voxels: air is -1000 HU; face is noise in the range of facial tissue.",
    },
    Setting {
        name: "air_threshold",
        default: "-800",
        values: "HU from -1000 to -200",
        help: "Below this value a voxel is air.",
    },
    Setting {
        name: "text",
        default: "redact",
        values: "redact, drop-slice or off",
        help: "Burned-in text over the head: masked, the slice left out, or not looked for.",
    },
    Setting {
        name: "min_object",
        default: "1000",
        values: "pixels from 0 to 1000000",
        help: "With defacing off, objects in a slice smaller than this are removed.",
    },
    Setting {
        name: "dates",
        default: "shift",
        values: "shift, remove or keep",
        help: "Dates are moved by whole weeks, the same for all scans of a person; or removed; or kept.",
    },
    Setting {
        name: "patient_id",
        default: "new-id",
        values: "new-id or anonymous",
        help: "What Patient ID becomes: New_Patient_ID (else New_ID), or the word anonymous for everybody.",
    },
    Setting {
        name: "study_list",
        default: "anonymous",
        values: "anonymous or ps3.15",
        help: "Attributes of the study group's list: replaced by the word anonymous where that is legal, or handled to the letter of PS3.15.",
    },
    Setting {
        name: "characteristics",
        default: "basic",
        values: "basic, all or none",
        help: "Patient characteristics kept: sex, age, size and weight; all of the PS3.15 option; or none.",
    },
    Setting {
        name: "contrast",
        default: "include",
        values: "include or exclude",
        help: "Whether series with contrast medium are released.",
    },
    Setting {
        name: "other_regions",
        default: "exclude",
        values: "exclude or include",
        help: "Whether a series of another body region is released when only the study names the head.",
    },
    Setting {
        name: "folders",
        default: "safe",
        values: "safe or keep",
        help: "Subfolder names: only known-safe words are kept, others become folder_01; keep leaves every name without an identifier.",
    },
    Setting {
        name: "compress",
        default: "none",
        values: "none, rle or jpeg-ls",
        help: "Lossless compression of the released pixels.",
    },
    Setting {
        name: "dciodvfy",
        default: "off",
        values: "off or on",
        help: "Whether the report says, for every series, which errors against the standard the installed program dciodvfy finds in released files and not in their originals.",
    },
    Setting {
        name: "original_pictures",
        default: "off",
        values: "off or on",
        help: "Whether the private folder keeps pictures of every series as it came, face included.",
    },
    Setting {
        name: "head_words",
        default: "head, brain, skull",
        values: "words separated by commas",
        help: "A series is a head scan when one of four descriptions contains one of these words.",
    },
];

/// The depth setting before the pixel spacing is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kernel {
    /// Diameter in in-plane pixels.
    Pixels(f64),
    /// Diameter in millimeters.
    Millimeters(f64),
}

impl Kernel {
    /// Depth removed from the surface, in mm: half the diameter.
    #[must_use]
    pub fn depth_mm(self, pixel_spacing_mm: f64) -> f64 {
        match self {
            Self::Pixels(diameter) => diameter / 2.0 * pixel_spacing_mm,
            Self::Millimeters(diameter) => diameter / 2.0,
        }
    }
}

/// What replaces a removed voxel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fill {
    /// -1000 HU.
    Air,
    /// Keyed noise in the range of facial tissue.
    Face,
    /// A value in HU chosen by the user.
    Hu(i16),
}

macro_rules! choices {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$vdoc])* $variant,)+ }

        impl $name {
            /// Reads the value as typed; blind to case.
            #[must_use]
            pub fn from_text(text: &str) -> Option<Self> {
                match text.to_ascii_lowercase().as_str() { $($text => Some(Self::$variant),)+ _ => None }
            }

            /// The value as typed.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    )+};
}

choices! {
    /// How far into the head the kernel reaches.
    Shape {
        /// A ball in millimeters.
        Ball = "ball",
        /// The study group's ellipse, slice by slice.
        Disk = "disk",
    }
    /// What happens to the face.
    Face {
        /// Reduced to what the bare skull shows.
        Bone = "bone",
        /// The kernel alone.
        Erode = "erode",
        /// No defacing at all.
        Off = "off",
    }
    /// What happens to burned-in text over the head.
    Text {
        /// Masked with a constant.
        Redact = "redact",
        /// The slice is left out.
        DropSlice = "drop-slice",
        /// Not looked for.
        Off = "off",
    }
    /// What happens to dates.
    Dates {
        /// Moved by whole weeks per person.
        Shift = "shift",
        /// Removed or replaced by a dummy.
        Remove = "remove",
        /// Kept.
        Keep = "keep",
    }
    /// What Patient ID becomes.
    PatientIdRule {
        /// `New_Patient_ID` or `New_ID`.
        NewId = "new-id",
        /// The same word for everybody.
        Anonymous = "anonymous",
    }
    /// How the study group's attribute list is applied.
    StudyList {
        /// The word `anonymous` where the VR allows it.
        Anonymous = "anonymous",
        /// Table E.1-1 alone.
        Ps315 = "ps3.15",
    }
    /// Which patient characteristics are kept.
    Characteristics {
        /// Sex, age, size and weight.
        Basic = "basic",
        /// The whole Retain Patient Characteristics Option.
        All = "all",
        /// None.
        None = "none",
    }
    /// Whether something is released.
    Include {
        /// Released.
        Include = "include",
        /// Left out.
        Exclude = "exclude",
    }
    /// How subfolders are named.
    Folders {
        /// Known-safe words only.
        Safe = "safe",
        /// Every name without an identifier.
        Keep = "keep",
    }
    /// Whether something is done that nobody gets unasked.
    Switch {
        /// Not done.
        Off = "off",
        /// Done.
        On = "on",
    }
    /// Compression of the released pixels.
    Compress {
        /// Explicit VR Little Endian.
        None = "none",
        /// RLE Lossless.
        Rle = "rle",
        /// JPEG-LS Lossless.
        JpegLs = "jpeg-ls",
    }
}

/// Settings as typed: flags, TOML and Python meet here.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawSettings(BTreeMap<String, String>);

/// Checked settings, ready to use.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each field is described in SETTINGS")]
pub struct Settings {
    pub kernel: Kernel,
    pub shape: Shape,
    pub face: Face,
    pub fill: Fill,
    pub air_threshold_hu: i16,
    pub text: Text,
    pub min_object: u32,
    pub dates: Dates,
    pub patient_id: PatientIdRule,
    pub study_list: StudyList,
    pub characteristics: Characteristics,
    pub contrast: Include,
    pub other_regions: Include,
    pub folders: Folders,
    pub compress: Compress,
    pub dciodvfy: Switch,
    pub original_pictures: Switch,
    pub head_words: Vec<String>,
    texts: BTreeMap<String, String>,
}

impl Default for Settings {
    #[expect(clippy::expect_used, reason = "a test checks the defaults")]
    fn default() -> Self {
        RawSettings::default().check().expect("the defaults are legal")
    }
}

impl Settings {
    /// Every setting in use as (name, value as typed), in the order of [`SETTINGS`].
    pub fn in_use(&self) -> impl Iterator<Item = (&'static str, &str)> {
        SETTINGS.iter().map(|setting| (setting.name, self.texts[setting.name].as_str()))
    }
}

impl RawSettings {
    /// Reads a TOML file's text. Values may be strings, numbers or lists of strings.
    pub fn from_toml(text: &str) -> Result<Self, Refusal> {
        let table: toml::Table = text
            .parse()
            .map_err(|error: toml::de::Error| Refusal::one("settings file", error.message().to_owned()))?;
        let mut raw = Self::default();
        let mut problems = Vec::new();
        for (name, value) in &table {
            match as_typed(value) {
                Some(value) => raw.set(name, &value),
                None => problems.push(Problem::new(
                    format!("setting {name}"),
                    format!("found a {}, expected a string or a number", value.type_str()),
                )),
            }
        }
        Refusal::unless_empty(problems).map(|()| raw)
    }

    /// Sets one value as typed; a later call wins. Hyphens in the name count as underscores.
    pub fn set(&mut self, name: &str, value: &str) {
        self.0.insert(name.replace('-', "_"), value.trim().to_owned());
    }

    /// Checks everything at once.
    pub fn check(&self) -> Result<Settings, Refusal> {
        let mut reader = Reader { raw: &self.0, problems: Vec::new() };
        for name in self.0.keys() {
            if !SETTINGS.iter().any(|setting| setting.name == name) {
                reader.problems.push(Problem::new(
                    format!("setting {name}"),
                    format!("not a setting; expected one of {}", names()),
                ));
            }
        }
        let settings = Settings {
            kernel: reader.read("kernel", kernel).unwrap_or(Kernel::Pixels(20.0)),
            shape: reader.read("shape", Shape::from_text).unwrap_or(Shape::Ball),
            face: reader.read("face", Face::from_text).unwrap_or(Face::Bone),
            fill: reader.read("fill", fill).unwrap_or(Fill::Air),
            air_threshold_hu: reader.read("air_threshold", |t| number(t, &(-1000..=-200))).unwrap_or(-800),
            text: reader.read("text", Text::from_text).unwrap_or(Text::Redact),
            min_object: reader.read("min_object", |t| number(t, &(0..=1_000_000))).unwrap_or(1000),
            dates: reader.read("dates", Dates::from_text).unwrap_or(Dates::Shift),
            patient_id: reader.read("patient_id", PatientIdRule::from_text).unwrap_or(PatientIdRule::NewId),
            study_list: reader.read("study_list", StudyList::from_text).unwrap_or(StudyList::Anonymous),
            characteristics: reader
                .read("characteristics", Characteristics::from_text)
                .unwrap_or(Characteristics::Basic),
            contrast: reader.read("contrast", Include::from_text).unwrap_or(Include::Include),
            other_regions: reader.read("other_regions", Include::from_text).unwrap_or(Include::Exclude),
            folders: reader.read("folders", Folders::from_text).unwrap_or(Folders::Safe),
            compress: reader.read("compress", Compress::from_text).unwrap_or(Compress::None),
            dciodvfy: reader.read("dciodvfy", Switch::from_text).unwrap_or(Switch::Off),
            original_pictures: reader.read("original_pictures", Switch::from_text).unwrap_or(Switch::Off),
            head_words: reader.read("head_words", words).unwrap_or_default(),
            texts: SETTINGS.iter().map(|setting| (setting.name.to_owned(), reader.text(setting))).collect(),
        };
        Refusal::unless_empty(reader.problems).map(|()| settings)
    }
}

/// The default settings as a commented TOML file.
#[must_use]
pub fn default_toml() -> String {
    let mut text = String::from("# Settings of headct-deid. Each line shows the default.\n");
    for setting in SETTINGS {
        let Setting { name, default, values, help } = setting;
        text.push_str("\n# ");
        text.push_str(&[help, "\n# Values: ", values, "\n", name, " = \"", default, "\"\n"].concat());
    }
    text
}

struct Reader<'a> {
    raw: &'a BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn text(&self, setting: &Setting) -> String {
        self.raw.get(setting.name).map_or(setting.default, String::as_str).to_owned()
    }

    fn read<T>(&mut self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let setting = SETTINGS.iter().find(|setting| setting.name == name)?;
        let text = self.text(setting);
        let value = parse(&text);
        if value.is_none() {
            self.problems.push(Problem::new(
                format!("setting {name}"),
                format!("found `{text}`, expected {}", setting.values),
            ));
        }
        value
    }
}

fn as_typed(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Array(items) => {
            items.iter().map(|item| item.as_str()).collect::<Option<Vec<_>>>().map(|items| items.join(", "))
        }
        _ => None,
    }
}

fn names() -> String {
    SETTINGS.iter().map(|setting| setting.name).collect::<Vec<_>>().join(", ")
}

fn kernel(text: &str) -> Option<Kernel> {
    let text = text.to_ascii_lowercase();
    let (digits, unit): (&str, fn(f64) -> Kernel) = if let Some(digits) = text.strip_suffix("px") {
        (digits, Kernel::Pixels)
    } else if let Some(digits) = text.strip_suffix("mm") {
        (digits, Kernel::Millimeters)
    } else if text.trim() == "0" {
        ("0", Kernel::Millimeters)
    } else {
        return None;
    };
    let diameter: f64 = digits.trim().parse().ok()?;
    (0.0..=200.0).contains(&diameter).then(|| unit(diameter))
}

fn fill(text: &str) -> Option<Fill> {
    match text.to_ascii_lowercase().as_str() {
        "air" => Some(Fill::Air),
        "face" => Some(Fill::Face),
        number => {
            let number: i16 = number.strip_suffix("hu").unwrap_or(number).trim().parse().ok()?;
            (-2000..=4000).contains(&number).then_some(Fill::Hu(number))
        }
    }
}

fn number<T: std::str::FromStr + PartialOrd>(text: &str, range: &std::ops::RangeInclusive<T>) -> Option<T> {
    text.parse().ok().filter(|number| range.contains(number))
}

fn words(text: &str) -> Option<Vec<String>> {
    let words: Vec<String> =
        text.split(',').map(|word| word.trim().to_lowercase()).filter(|word| !word.is_empty()).collect();
    (!words.is_empty()).then_some(words)
}

#[cfg(test)]
mod tests;
