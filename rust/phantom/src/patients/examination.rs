//! One examination of a person, written as a scanner would store it: folders, headers, pixels.

use std::io;
use std::path::{Path, PathBuf};

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::uids;
use ndarray::{Array3, Axis};

use super::identity::Identity;
use super::pixels::{Stored, page};
use super::put::{put, put_dicom};
use super::template::{Blanks, data_set};
use super::truth::{Dropped, PatientTruth};
use crate::Phantom;

const COMMON: &str = include_str!("headers/common.txt");
const SECONDARY_CAPTURE: &str = include_str!("headers/secondary_capture.txt");
const DOSE_REPORT: &str = include_str!("headers/dose_report.txt");
const PIXEL_DATA: Tag = Tag(0x7FE0, 0x0010);

/// Whose scanner a header looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vendor {
    Siemens,
    Ge,
    Philips,
}

impl Vendor {
    const fn private_groups(self) -> &'static str {
        match self {
            Self::Siemens => include_str!("headers/siemens.txt"),
            Self::Ge => include_str!("headers/ge.txt"),
            Self::Philips => include_str!("headers/philips.txt"),
        }
    }

    const fn names(self) -> [&'static str; 5] {
        match self {
            Self::Siemens => {
                ["SIEMENS", "SOMATOM Phantom AS", "syngo CT VB10A", "CTAWP99001", "HEAD_ROUTINE"]
            }
            Self::Ge => {
                ["GE MEDICAL SYSTEMS", "Phantom CT 64", "sles_hde.99", "CT99_OC0", "1.1 ROUTINE HEAD"]
            }
            Self::Philips => ["Philips", "iPhantom CT", "4.1.7.10001", "HOST-9901", "Brain routine/Head"],
        }
    }

    /// How this vendor's files hold HU.
    pub(crate) const fn stored(self) -> Stored {
        match self {
            Self::Siemens => Stored { signed: false, intercept: -1024, outside: 0, declares_padding: false },
            Self::Ge => Stored { signed: true, intercept: -1024, outside: -2000, declares_padding: true },
            Self::Philips => Stored { signed: true, intercept: 0, outside: -2000, declares_padding: true },
        }
    }

    /// Where the file of an instance lies.
    fn path(self, series: u32, instance: usize) -> PathBuf {
        match self {
            Self::Siemens => format!("SER{series:05}/IMG{instance:05}.dcm").into(),
            Self::Ge => format!("S{}/I{instance}", series * 100).into(),
            Self::Philips => format!("DICOM/PA000000/ST000000/SE{series:06}/IM{instance:06}").into(),
        }
    }
}

/// A series as its description in the header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeriesWords<'a> {
    pub number: u32,
    pub description: &'a str,
    pub kernel: &'a str,
    pub body_part: &'a str,
    pub image_type: &'a str,
    pub thickness_mm: f64,
}

/// An examination that is being written.
pub(crate) struct Examination<'a> {
    folder: PathBuf,
    identity: &'a Identity,
    vendor: Vendor,
    implicit: bool,
    blanks: Blanks,
    uid_root: String,
    truth: PatientTruth,
}

impl<'a> Examination<'a> {
    /// Begins an examination below `patients`; `number` tells it from all others.
    pub(crate) fn new(
        patients: &Path,
        identity: &'a Identity,
        vendor: Vendor,
        [accession, date, time]: [&str; 3],
        number: u32,
    ) -> Self {
        let uid_root = format!("2.999.5.1.4.{}.{date}{}", 68_000 + number, time.get(..6).unwrap_or("080000"));
        let mut blanks = Blanks::default();
        identity.fill(&mut blanks, date.get(..4).and_then(|year| year.parse().ok()).unwrap_or(2023));
        let [manufacturer, model, software, station, protocol] = vendor.names();
        for (blank, value) in [
            ("manufacturer", manufacturer),
            ("model", model),
            ("software", software),
            ("station", station),
            ("protocol", protocol),
            ("accession", accession),
            ("study_date", date),
            ("study_time", time),
            ("study_description", "CT Schaedel nativ / head"),
            ("institution", "Klinikum Wolkenkuckucksheim"),
            ("institution_address", "Luftschlossallee 7, 99999 Wolkenkuckucksheim"),
            ("department", "Neuroradiologie Haus C"),
            ("ward", "Station 4B"),
            ("aet", "CTPHANTOM9"),
            ("charset", "ISO_IR 100"),
            ("modality", "CT"),
            ("landmark", "OM"),
            ("patient_position", "HFS"),
            ("image_comment", ""),
            ("burned_in", "-"),
        ] {
            blanks.set(blank, value);
        }
        blanks.set("study_id", format!("{}", 30_000 + number));
        blanks.set("requested_id", format!("RQ{:07}", 4_410_000 + number));
        blanks.set("admission", format!("FALL-{:08}", 20_240_000 + number));
        blanks.set("serial", format!("{}", 68_000 + number));
        for (blank, tail) in [
            ("study_uid", "1"),
            ("device_uid", "9.1"),
            ("study_component_uid", "9.2"),
            ("procedure_step_uid", "9.3"),
            ("patient_uid", "9.4"),
            ("localizer_uid", "1.1.1"),
            ("source_uid", "9.5"),
            ("storage_uid", "9.6"),
            ("frame_uid", "9.7"),
        ] {
            blanks.set(blank, format!("{uid_root}.{tail}"));
        }
        let truth = PatientTruth {
            accession: accession.to_owned(),
            identifying: identity.strings(),
            ..Default::default()
        };
        let folder = patients.join(accession);
        let mut examination = Self { folder, identity, vendor, implicit: false, blanks, uid_root, truth };
        examination.truth.identifying.push(accession.to_owned());
        examination.truth.uids.push(format!("{}.1", examination.uid_root));
        examination.technique();
        examination
    }

    /// From here on in Implicit VR Little Endian.
    pub(crate) fn implicit(mut self) -> Self {
        self.implicit = true;
        self
    }

    /// How the scanner was set.
    fn technique(&mut self) {
        for (blank, value) in [
            ("scan_options", "HELICAL MODE"),
            ("kvp", "120"),
            ("source_detector_mm", "1085.6"),
            ("source_patient_mm", "595"),
            ("table_height", "142.5"),
            ("exposure_ms", "1000"),
            ("current_ma", "285"),
            ("exposure_mas", "285"),
            ("filter", "WEDGE_2"),
            ("power_kw", "34"),
            ("focal_spot", "1.2"),
            ("algorithm", "FBP"),
            ("rotation_s", "1"),
            ("collimation_mm", "0.6"),
            ("total_collimation_mm", "38.4"),
            ("table_speed", "21.1"),
            ("table_feed", "21.1"),
            ("pitch", "0.55"),
            ("dose_per_mas", "0.17"),
            ("ctdi", "48.6"),
        ] {
            self.blanks.set(blank, value);
        }
    }

    /// Fills the blanks of a series and returns its UID.
    fn begin_series(&mut self, words: &SeriesWords<'_>, images: usize) -> String {
        let uid = format!("{}.1.{}", self.uid_root, words.number);
        self.truth.uids.push(uid.clone());
        for (blank, value) in [
            ("series_uid", uid.clone()),
            ("series_number", words.number.to_string()),
            ("acquisition_number", words.number.to_string()),
            ("series_description", words.description.to_owned()),
            ("kernel", words.kernel.to_owned()),
            ("body_part", words.body_part.to_owned()),
            ("image_type", words.image_type.to_owned()),
            ("thickness", decimal(words.thickness_mm)),
            ("images", images.to_string()),
            ("series_time", format!("08{:02}10.250000", 10 + words.number % 40)),
        ] {
            self.blanks.set(blank, value);
        }
        uid
    }

    /// Fills the blanks of an instance and returns its path below the accession's folder.
    fn begin_instance(
        &mut self,
        words: &SeriesWords<'_>,
        series_uid: &str,
        instance: usize,
        sop_class: &str,
    ) -> PathBuf {
        let uid = format!("{series_uid}.{instance}");
        self.truth.uids.push(uid.clone());
        self.blanks.set("sop_uid", uid);
        self.blanks.set("sop_class", sop_class);
        self.blanks.set("instance", instance.to_string());
        self.blanks.set(
            "content_time",
            format!("08{:02}{:02}.{:06}", 10 + instance / 60 % 50, instance % 60, 125_000),
        );
        self.vendor.path(words.number, instance)
    }

    /// Writes a CT series; `keep` says why it is no head scan, if it is none.
    pub(crate) fn series(
        &mut self,
        words: &SeriesWords<'_>,
        phantom: &Phantom,
        hu: &Array3<i16>,
        why_drop: Option<&'static str>,
    ) -> io::Result<()> {
        let stored = self.vendor.stored();
        let count = hu.len_of(Axis(0));
        let series_uid = self.begin_series(words, count);
        self.fill_geometry(phantom, hu, stored);
        for (slice, plane) in hu.axis_iter(Axis(0)).enumerate() {
            let path = self.begin_instance(words, &series_uid, slice + 1, uids::CT_IMAGE_STORAGE);
            let origin = phantom.origins_mm[slice];
            self.blanks.set("position", decimals(&origin));
            self.blanks.set("location", decimal(origin[2]));
            let (bytes, smallest, largest) = stored.encode(&plane);
            self.blanks.set("smallest", smallest.to_string());
            self.blanks.set("largest", largest.to_string());
            self.write_image(&path, bytes)?;
            self.account(path, why_drop);
        }
        Ok(())
    }

    fn fill_geometry(&mut self, phantom: &Phantom, hu: &Array3<i16>, stored: Stored) {
        let (_, rows, columns) = hu.dim();
        let spacing = match phantom.origins_mm.as_slice() {
            [first, second, ..] => (0..3).map(|i| (second[i] - first[i]).powi(2)).sum::<f64>().sqrt(),
            _ => 1.0,
        };
        let orientation: Vec<f64> = phantom.along_row.into_iter().chain(phantom.along_column).collect();
        let tilt = phantom.along_column[2].asin().to_degrees();
        let padding = if stored.declares_padding { stored.outside.to_string() } else { "-".to_owned() };
        for (blank, value) in [
            ("rows", rows.to_string()),
            ("columns", columns.to_string()),
            ("spacing", decimals(&[phantom.row_spacing_mm, phantom.column_spacing_mm])),
            ("field_mm", decimal(phantom.column_spacing_mm * columns as f64)),
            ("slice_spacing", decimal(spacing)),
            ("orientation", decimals(&orientation)),
            ("patient_axes", "L\\P".to_owned()),
            ("tilt", decimal(tilt)),
            ("padding", padding),
            ("pixel_vr", if stored.signed { "SS" } else { "US" }.to_owned()),
            ("signed", u8::from(stored.signed).to_string()),
            ("bits_allocated", "16".to_owned()),
            ("bits_stored", if stored.signed { "16" } else { "12" }.to_owned()),
            ("high_bit", if stored.signed { "15" } else { "11" }.to_owned()),
            ("intercept", stored.intercept.to_string()),
            ("slope", "1".to_owned()),
            ("window_center", "40\\600".to_owned()),
            ("window_width", "80\\2800".to_owned()),
        ] {
            self.blanks.set(blank, value);
        }
    }

    fn write_image(&self, path: &Path, pixels: Vec<u8>) -> io::Result<()> {
        let mut object = data_set(&[COMMON, self.vendor.private_groups()], &self.blanks)?;
        object.put(DataElement::new(PIXEL_DATA, VR::OW, PrimitiveValue::U8(pixels.into())));
        put_dicom(&self.folder.join(path), object, self.implicit)
    }

    /// Writes the page with the dose, as a picture of text.
    pub(crate) fn dose_page(&mut self, number: u32, edge: usize) -> io::Result<()> {
        let words = SeriesWords {
            number,
            description: "Patient Protocol",
            kernel: "",
            body_part: "HEAD",
            image_type: "",
            thickness_mm: 0.0,
        };
        let series_uid = self.begin_series(&words, 1);
        let path = self.begin_instance(&words, &series_uid, 1, uids::SECONDARY_CAPTURE_IMAGE_STORAGE);
        self.blanks.set("rows", edge.to_string());
        self.blanks.set("columns", edge.to_string());
        let mut object = data_set(&[SECONDARY_CAPTURE], &self.blanks)?;
        let lines = [
            self.identity.name().replace('^', ", "),
            format!("ID {}  BORN {}", self.identity.id, self.identity.birth),
            format!("ACC {}", self.truth.accession),
            "TOTAL MAS 3420  TOTAL DLP 812.4".to_owned(),
            "HEAD   120 KV  285 MAS  48.6 MGY".to_owned(),
        ];
        object.put(DataElement::new(PIXEL_DATA, VR::OW, PrimitiveValue::U8(page(&lines, edge).into())));
        put_dicom(&self.folder.join(&path), object, self.implicit)?;
        self.account(path, Some("dose page"));
        Ok(())
    }

    /// Writes the structured report of the dose.
    pub(crate) fn dose_report(&mut self, number: u32) -> io::Result<()> {
        let words = SeriesWords {
            number,
            description: "Dose Report",
            kernel: "",
            body_part: "HEAD",
            image_type: "",
            thickness_mm: 0.0,
        };
        let series_uid = self.begin_series(&words, 1);
        let path = self.begin_instance(&words, &series_uid, 1, uids::X_RAY_RADIATION_DOSE_SR_STORAGE);
        put_dicom(&self.folder.join(&path), data_set(&[DOSE_REPORT], &self.blanks)?, self.implicit)?;
        self.account(path, Some("dose report"));
        Ok(())
    }

    /// Writes a note that is no DICOM file.
    pub(crate) fn note(&mut self) -> io::Result<()> {
        let text = format!("Export of {} for the research group\n", self.identity.name());
        put(&self.folder.join("README.txt"), text.as_bytes())?;
        self.account("README.txt".into(), Some("no DICOM file"));
        Ok(())
    }

    fn account(&mut self, path: PathBuf, why_drop: Option<&'static str>) {
        let path = Path::new(&self.truth.accession).join(path);
        match why_drop {
            Some(why) => self.truth.drop.push(Dropped { path, why }),
            None => self.truth.keep.push(path),
        }
    }

    /// Says that the kept files so far carry text in their pixels.
    pub(crate) fn remember_text(&mut self) {
        self.truth.with_text = self.truth.keep.clone();
    }

    /// The truth about what was written.
    pub(crate) fn finish(self, new_id: &str, new_patient_id: &str) -> PatientTruth {
        PatientTruth { new_id: new_id.to_owned(), new_patient_id: new_patient_id.to_owned(), ..self.truth }
    }
}

/// A decimal string of at most 16 characters.
fn decimal(value: f64) -> String {
    let text = format!("{value:.5}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

fn decimals(values: &[f64]) -> String {
    values.iter().map(|value| decimal(*value)).collect::<Vec<_>>().join("\\")
}
