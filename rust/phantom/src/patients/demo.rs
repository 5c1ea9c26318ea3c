//! The demonstration: three people, four examinations, as three vendors' scanners would store them.

use std::io;
use std::path::Path;

use super::examination::{Examination, SeriesWords, Vendor};
use super::identity::Identity;
use super::list;
use super::pixels::{burn_in, localizer, sharper};
use super::truth::{Demo, PatientTruth};
use crate::parameters::{Equipment, Finding, HeadParameters, Scan};
use crate::{FaceShape, Phantom, chest, head};

const AXIAL: &str = "ORIGINAL\\PRIMARY\\AXIAL";

/// How finely the demonstration is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Detail {
    /// Edge of the matrix.
    pub matrix: usize,
    /// Thickness and distance of the slices.
    pub spacing_mm: f64,
}

impl Default for Detail {
    fn default() -> Self {
        Self { matrix: 256, spacing_mm: 3.0 }
    }
}

/// Writes the demonstration's patients and their list into `dir`: `patients/<accession>/` and `patients.xlsx`.
pub fn write_patients(dir: &Path) -> io::Result<Demo> {
    write_patients_in(dir, Detail::default())
}

/// The same in another detail.
pub fn write_patients_in(dir: &Path, detail: Detail) -> io::Result<Demo> {
    let patients = dir.join("patients");
    let people = Identity::demonstration();
    let [first, second, third] = &people;
    let truth = vec![
        first_examination(&patients, first, detail)?,
        follow_up(&patients, first, detail)?,
        with_text_in_the_corner(&patients, second, detail)?,
        implicit_and_contrast(&patients, third, detail)?,
    ];
    let rows: Vec<list::Row> = truth
        .iter()
        .map(|patient| [patient.accession.clone(), patient.new_id.clone(), patient.new_patient_id.clone()])
        .collect();
    let list = dir.join("patients.xlsx");
    list::write(&list, &rows)?;
    Ok(Demo { patients, list, truth })
}

/// A head scan of a face, in the demonstration's detail.
fn scan(face: FaceShape, detail: Detail, seed: u64) -> HeadParameters {
    let parameters = HeadParameters::default().with_face(face).with_seed(seed).with_matrix(detail.matrix);
    let mut parameters = parameters.with_slices(-146.0, 100.0, detail.spacing_mm);
    parameters.scan.origin_mm = [1.5, -142.0, -612.25];
    parameters
}

fn axial<'a>(number: u32, description: &'a str, kernel: &'a str, detail: Detail) -> SeriesWords<'a> {
    SeriesWords {
        number,
        description,
        kernel,
        body_part: "HEAD",
        image_type: AXIAL,
        thickness_mm: detail.spacing_mm,
    }
}

fn write_localizer(examination: &mut Examination<'_>, phantom: &Phantom) -> io::Result<()> {
    let words = SeriesWords {
        number: 1,
        description: "Topogram 0.6 T20s",
        kernel: "T20s",
        body_part: "HEAD",
        image_type: "ORIGINAL\\PRIMARY\\LOCALIZER",
        thickness_mm: 0.6,
    };
    let picture = localizer(&phantom.hu).insert_axis(ndarray::Axis(0));
    let mut place = phantom.clone();
    (place.along_row, place.along_column) = ([0.0, 1.0, 0.0], [0.0, 0.0, -1.0]);
    examination.series(&words, &place, &picture, Some("localizer"))
}

/// Topogram, two kernels, dose page and report, a chest series, and a note that is no DICOM file.
fn first_examination(patients: &Path, person: &Identity, detail: Detail) -> io::Result<PatientTruth> {
    let words = ["2023091147", "20230314", "081437.281000"];
    let mut examination = Examination::new(patients, person, Vendor::Siemens, words, 11);
    let mut parameters = scan(FaceShape::default(), detail, 11).with(Finding::Hemorrhage);
    parameters.equipment = Equipment { blanket: true, ..Equipment::default() };
    let phantom = head(&parameters);
    write_localizer(&mut examination, &phantom)?;
    examination.series(&axial(2, "Schaedel 3.0 H31s", "H31s", detail), &phantom, &phantom.hu, None)?;
    let sharp = sharper(&phantom.hu, 22.0, 12);
    examination.series(&axial(3, "Schaedel 3.0 H60s", "H60s", detail), &phantom, &sharp, None)?;
    let words = SeriesWords { body_part: "CHEST", ..axial(4, "Thorax 5.0 B31f", "B31f", detail) };
    let chest = chest(detail.matrix, 6);
    examination.series(&words, &chest, &chest.hu, Some("another body region"))?;
    examination.dose_page(501, 512)?;
    examination.dose_report(502)?;
    examination.note()?;
    Ok(examination.finish("DEMO-0001", "PERSON-A"))
}

/// The same person half a year later, head turned, on the same scanner.
fn follow_up(patients: &Path, person: &Identity, detail: Detail) -> io::Result<PatientTruth> {
    let words = ["2023104420", "20230902", "171002.500000"];
    let mut examination = Examination::new(patients, person, Vendor::Siemens, words, 12);
    let mut parameters = scan(FaceShape::default(), detail, 21).with_tilt(12.0);
    parameters.pose.turn_degrees = 6.0;
    parameters.pose.nod_degrees = 4.0;
    let phantom = head(&parameters);
    write_localizer(&mut examination, &phantom)?;
    examination.series(
        &axial(2, "Schaedel Kontrolle 3.0 H31s", "H31s", detail),
        &phantom,
        &phantom.hu,
        None,
    )?;
    Ok(examination.finish("DEMO-0002", "PERSON-A"))
}

/// Another person, whose name stands in the corner of every slice and in a folder's name.
fn with_text_in_the_corner(patients: &Path, person: &Identity, detail: Detail) -> io::Result<PatientTruth> {
    let words = ["A0077310", "20231121", "235512"];
    let mut examination = Examination::new(patients, person, Vendor::Ge, words, 13);
    let mut parameters = scan(FaceShape::long(), detail, 31).with(Finding::DentalMetal);
    parameters.equipment = Equipment { straps: true, tube: true, ..Equipment::default() };
    let mut phantom = head(&parameters);
    let scout = phantom.clone();
    burn_in(
        &mut phantom.hu,
        &[person.name().replace('^', " "), person.id.clone(), format!("{} {}", person.birth, person.sex)],
        1500,
    );
    examination.series(&axial(2, "HEAD W/O 2.5 STD", "STANDARD", detail), &phantom, &phantom.hu, None)?;
    examination.remember_text();
    write_localizer(&mut examination, &scout)?;
    examination.dose_page(999, 512)?;
    Ok(examination.finish("DEMO-0003", "PERSON-B"))
}

/// A third person: Implicit VR Little Endian, contrast medium, a hair-covered head.
fn implicit_and_contrast(patients: &Path, person: &Identity, detail: Detail) -> io::Result<PatientTruth> {
    let words = ["0000481516", "20240607", "093000.000"];
    let mut examination = Examination::new(patients, person, Vendor::Philips, words, 14).implicit();
    let parameters = scan(FaceShape::round(), detail, 41).with(Finding::Hair { length_mm: 9.0 });
    let phantom = head(&parameters);
    write_localizer(&mut examination, &phantom)?;
    examination.series(&axial(2, "Brain UB", "UB", detail), &phantom, &phantom.hu, None)?;
    let enhanced = HeadParameters {
        scan: Scan { seed: 42, ..parameters.scan.clone() },
        ..parameters.with(Finding::Contrast)
    };
    let enhanced = head(&enhanced);
    examination.series(&axial(3, "Brain C+ UB", "UB", detail), &enhanced, &enhanced.hu, None)?;
    examination.dose_report(4)?;
    Ok(examination.finish("DEMO-0004", "PERSON-C"))
}
