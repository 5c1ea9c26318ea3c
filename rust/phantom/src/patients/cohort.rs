//! Many patients quickly: one computed head, other noise and another identity for each.

use std::io;
use std::path::Path;

use super::examination::{Examination, SeriesWords, Vendor};
use super::identity::Identity;
use super::list;
use super::pixels::sharper;
use super::truth::Demo;
use crate::head;
use crate::noise::mix;
use crate::parameters::HeadParameters;

/// Writes `patients` patients with one series of `slices` slices each, and their list, into `dir`.
///
/// All have the same anatomy and differ in noise and identity: for measuring speed, not for looking at.
pub fn write_cohort(
    dir: &Path,
    patients: usize,
    slices: usize,
    matrix: usize,
    seed: u64,
) -> io::Result<Demo> {
    let spacing_mm = 248.0 / slices.max(1) as f64;
    let mut parameters = HeadParameters::default().with_matrix(matrix).with_seed(seed);
    parameters.scan.noise_hu = 3.0;
    parameters.scan.thickness_mm = spacing_mm;
    parameters.scan.positions_mm = (0..slices).map(|slice| -148.0 + spacing_mm * slice as f64).collect();
    let phantom = head(&parameters);
    let folder = dir.join("patients");
    let mut demo = Demo { patients: folder.clone(), list: dir.join("patients.xlsx"), truth: Vec::new() };
    let mut rows: Vec<list::Row> = Vec::new();
    for number in 1..=u32::try_from(patients).map_err(io::Error::other)? {
        let identity = Identity::numbered(number);
        let vendor = [Vendor::Siemens, Vendor::Ge, Vendor::Philips][number as usize % 3];
        let accession = format!("ACC{:09}", 310_000_000 + number);
        let date = format!("2023{:02}{:02}", 1 + number % 12, 1 + number % 28);
        let mut examination =
            Examination::new(&folder, &identity, vendor, [&accession, &date, "101500"], 100 + number);
        let words = SeriesWords {
            number: 2,
            description: "Head routine",
            kernel: "H31s",
            body_part: "HEAD",
            image_type: "ORIGINAL\\PRIMARY\\AXIAL",
            thickness_mm: spacing_mm,
        };
        let hu = sharper(&phantom.hu, 3.0, mix(seed ^ mix(u64::from(number))));
        examination.series(&words, &phantom, &hu, None)?;
        let (new_id, person) = (format!("COHORT-{number:04}"), format!("PERSON-{number:04}"));
        rows.push([accession, new_id.clone(), person.clone()]);
        demo.truth.push(examination.finish(&new_id, &person));
    }
    list::write(&demo.list, &rows)?;
    Ok(demo)
}
