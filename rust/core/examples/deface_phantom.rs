//! Defaces the named phantoms and counts what must not change, for experiments.
//!
//! ```text
//! deface_phantom [CASE ...] [name=value ...]       settings as on the command line; without a case, all of them
//! ```

use std::error::Error;

use headct_deid_core::RawSettings;
use headct_deid_core::image::deface::{DefaceSettings, deface};
use headct_deid_core::image::tripwire::enclosed_ml;
use headct_deid_core::image::{Geometry, HuVolume};
use headct_deid_core::stop::Stop;
use headct_deid_phantom::{Case, Label, head};

fn main() -> Result<(), Box<dyn Error>> {
    let mut raw = RawSettings::default();
    let mut cases = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.split_once('=') {
            Some((name, value)) => raw.set(name, value),
            None => cases.push(Case::from_name(&argument).ok_or("no such case")?),
        }
    }
    if cases.is_empty() {
        cases = Case::all().to_vec();
    }
    let settings = raw.check().map_err(|refusal| format!("{refusal:?}"))?;
    println!(
        "case: removed/all of brain, cranial bone, other bone, orbit, face skin, scalp, ear | hold, evidence"
    );
    for case in cases {
        let phantom = head(&case.parameters());
        let volume = HuVolume {
            hu: phantom.hu,
            geometry: Geometry {
                origins_mm: phantom.origins_mm,
                along_row: phantom.along_row,
                along_column: phantom.along_column,
                row_spacing_mm: phantom.row_spacing_mm,
                column_spacing_mm: phantom.column_spacing_mm,
            },
        };
        let result = deface(&volume, &DefaceSettings::from(&settings), [7; 32], Stop::never())?;
        let count = |wanted: &[Label], from_hu: i16| {
            let (mut gone, mut all) = (0_u64, 0_u64);
            for ((label, removed), hu) in phantom.labels.iter().zip(&result.removal.mask).zip(&volume.hu) {
                if *hu > from_hu && wanted.iter().any(|wanted| *wanted as u8 == *label) {
                    all += 1;
                    gone += u64::from(*removed);
                }
            }
            format!("{gone}/{all}")
        };
        println!(
            "{:24} brain {} cranial {} bone {} orbit {} face {} scalp {} ear {} | {:?} trip {:.2} cavity {:.0} ml{}{}{}",
            case.name(),
            count(&[Label::Brain, Label::Csf, Label::IntracranialOther], i16::MIN),
            count(&[Label::CranialBone], 300),
            count(&[Label::OtherBone], 300),
            count(&[Label::Orbit], i16::MIN),
            count(&[Label::FaceSkin], i16::MIN),
            count(&[Label::Scalp], i16::MIN),
            count(&[Label::Ear], i16::MIN),
            result.hold,
            enclosed_ml(&volume, &result.removal.mask),
            result.evidence.cavity_ml,
            if result.evidence.defect { " defect" } else { "" },
            if result.evidence.flat { " flat" } else { "" },
            if result.evidence.front_from_anatomy { " front" } else { "" },
        );
    }
    Ok(())
}
