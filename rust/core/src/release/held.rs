//! Which series of a patient are released although their safety cannot be shown.

use std::collections::BTreeSet;

use super::record::PatientRecord;
use super::request::ReleaseHeld;
use crate::gather::instance::Series;
use crate::gather::plan::PatientPlan;
use crate::header::remap_uid;
use crate::key::Key;

/// The numbers of the series asked for, and of those that the run which is resumed has released.
///
/// `earlier` is what that run did with the patient. A number means the series that had it then: where the
/// folder has changed, another one is not released by it.
pub(crate) fn to_release(
    asked: &ReleaseHeld,
    key: &Key,
    patient: &PatientPlan,
    earlier: Option<&PatientRecord>,
) -> BTreeSet<u32> {
    let new_id = &patient.new_id;
    let released = |(series, number): &(&Series, u32)| {
        let asked_for = asked.includes(new_id, *number);
        let before = earlier.and_then(|record| record.series.iter().find(|one| one.number == *number));
        asked.includes_all_of(new_id)
            || before.map_or(asked_for, |record| {
                let uid = remap_uid(key, series.series_instance_uid.reveal());
                record.series_uid.as_ref() == Some(&uid) && (asked_for || record.released_by_name())
            })
    };
    patient.series.iter().zip(1..).filter(released).map(|(_, number)| number).collect()
}
