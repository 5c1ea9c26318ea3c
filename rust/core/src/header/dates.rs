//! Dates move by whole weeks per person, so intervals, weekdays and times of day stay.

use crate::key::Key;

/// What makes two scans those of one person, the surest first.
#[derive(Clone, Copy)]
pub(super) enum KnownBy<'a> {
    /// The linkage table says so: rows with one `New_Patient_ID`.
    NewPatientId(&'a str),
    /// The original Patient ID. Its issuer does not count: one scanner of a hospital writes it, the next does not.
    PatientId(&'a str),
    /// Nothing: a scan stands alone.
    Accession(&'a str),
}

/// How far the dates of one person move back: 52 to 520 whole weeks, from the key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DateShift {
    days: i64,
}

impl std::fmt::Debug for DateShift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[date shift]")
    }
}

impl DateShift {
    /// The shift of a person. Blanks around what they are known by and case do not make another person.
    pub(super) fn of(key: &Key, known_by: KnownBy<'_>) -> Self {
        let (purpose, name) = match known_by {
            KnownBy::NewPatientId(id) => ("date-shift-list", id),
            KnownBy::PatientId(id) => ("date-shift", id),
            KnownBy::Accession(accession) => ("date-shift-accession", accession),
        };
        let code = key.code(purpose, &[name.trim().to_uppercase().as_bytes()]);
        let number = code[..8].iter().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
        Self { days: 7 * (52 + i64::try_from(number % 469).unwrap_or(0)) }
    }

    /// A DA value or range `A-B` moved; `None` when it is no legal date, or leaves the years 0001 to 9999.
    /// The form `YYYY.MM.DD` of ACR-NEMA is read and written without its dots.
    #[must_use]
    pub fn date(self, value: &str) -> Option<String> {
        let value = value.trim_matches(|c: char| c == ' ' || c == '\0');
        if let Some((from, to)) = value.split_once('-') {
            let moved = |text: &str| if text.is_empty() { Some(String::new()) } else { self.day(text) };
            return (!(from.is_empty() && to.is_empty()))
                .then(|| Some(format!("{}-{}", moved(from)?, moved(to)?)))
                .flatten();
        }
        self.day(value)
    }

    fn day(self, value: &str) -> Option<String> {
        let [year, month, day] = parse_date(value)?;
        let [year, month, day] = civil(days(year, month, day) - self.days);
        (1..=9999).contains(&year).then(|| format!("{year:04}{month:02}{day:02}"))
    }

    /// A DT value moved; time of day, fraction and offset stay as they are.
    ///
    /// `YYYY` and `YYYYMM` are moved from the middle of their year or month, and stay that coarse.
    #[must_use]
    pub fn date_time(self, value: &str) -> Option<String> {
        let value = value.trim_matches(|c: char| c == ' ' || c == '\0');
        let parts = parse_date_time(value)?;
        match parts.date.len() {
            4 => self.day(&format!("{}0701", parts.date)).map(|date| date[..4].to_owned()),
            6 => self.day(&format!("{}15", parts.date)).map(|date| date[..6].to_owned()),
            _ => self.day(parts.date),
        }
        .map(|date| date + parts.time + parts.offset)
    }
}

/// A legal TM value or range (PS3.5 table 6.2-1), or ACR-NEMA's `HH:MM:SS`; rewritten without colons.
pub(super) fn legal_time(value: &str) -> Option<String> {
    let value = value.trim_matches(|c: char| c == ' ' || c == '\0');
    let plain = if value.contains(':') { value.replace(':', "") } else { value.to_owned() };
    plain.split('-').count().le(&2).then_some(())?;
    plain.split('-').all(is_time).then_some(plain)
}

fn is_time(value: &str) -> bool {
    let (clock, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let in_range = clock
        .as_bytes()
        .chunks(2)
        .zip([b"23", b"59", b"60"])
        .all(|(pair, limit)| pair.len() == 2 && pair <= limit.as_slice());
    digits(clock)
        && matches!(clock.len(), 2 | 4 | 6)
        && digits(fraction)
        && fraction.len() <= 6
        && (clock.len() == 6 || !value.contains('.'))
        && in_range
}

/// Whether the value is a legal DA value.
pub(super) fn is_date(value: &str) -> bool {
    value.len() == 8 && parse_date(value).is_some()
}

/// Whether the value is a legal DT value.
pub(super) fn is_date_time(value: &str) -> bool {
    parse_date_time(value).is_some()
}

struct DateTime<'a> {
    date: &'a str,
    time: &'a str,
    offset: &'a str,
}

fn parse_date_time(value: &str) -> Option<DateTime<'_>> {
    if !value.is_ascii() {
        return None;
    }
    let (clock, offset) = value.find(['+', '-']).map_or((value, ""), |at| (&value[..at], &value[at..]));
    let legal_offset = offset.is_empty()
        || (offset.len() == 5
            && offset[1..].bytes().all(|b| b.is_ascii_digit())
            && &offset[1..] <= "1400"
            && &offset[3..] <= "59");
    let (date, time) = clock.split_at(clock.len().min(8));
    let complete = match date.len() {
        4 => parse_date(&format!("{date}0101")),
        6 => parse_date(&format!("{date}01")),
        8 => parse_date(date),
        _ => None,
    };
    (complete.is_some() && legal_offset && (time.is_empty() || is_time(time))).then_some(DateTime {
        date,
        time,
        offset,
    })
}

/// Year, month and day of `YYYYMMDD` or `YYYY.MM.DD`, when the calendar has such a day.
pub(super) fn parse_date(value: &str) -> Option<[i64; 3]> {
    let bytes = value.as_bytes();
    let digits: [u8; 8] = match bytes.len() {
        8 => bytes.try_into().ok()?,
        10 if bytes[4] == b'.' && bytes[7] == b'.' => {
            let mut digits = [0; 8];
            for (digit, byte) in digits.iter_mut().zip(bytes.iter().filter(|byte| **byte != b'.')) {
                *digit = *byte;
            }
            digits
        }
        _ => return None,
    };
    digits.iter().all(u8::is_ascii_digit).then_some(())?;
    let number = |part: &[u8]| part.iter().fold(0_i64, |n, digit| n * 10 + i64::from(digit - b'0'));
    let date = [number(&digits[..4]), number(&digits[4..6]), number(&digits[6..])];
    let [year, month, day] = date;
    (year >= 1 && (1..=12).contains(&month) && day >= 1 && civil(days(year, month, day)) == date)
        .then_some(date)
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level
/// date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// The date of a day counted from 1970-01-01; the inverse of [`days`].
fn civil(days: i64) -> [i64; 3] {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    [year, month, day_of_year - (153 * shifted_month + 2) / 5 + 1]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const YEAR: DateShift = DateShift { days: 52 * 7 };

    fn key() -> Key {
        Key::from_hex(&"3c".repeat(32)).unwrap()
    }

    #[test]
    fn dates_move_by_whole_weeks_over_leap_days() {
        assert_eq!(YEAR.date("20240229").as_deref(), Some("20230302"));
        assert_eq!(YEAR.date("2024.03.01").as_deref(), Some("20230303"));
        assert_eq!(YEAR.date("20240101-20240108").as_deref(), Some("20230102-20230109"));
        assert_eq!(YEAR.date("-20240108").as_deref(), Some("-20230109"));
    }

    #[test]
    fn what_no_calendar_has_is_no_date() {
        for value in ["20230229", "20231301", "2023", "00000101", "00010101", "-", "DOE^JOHN", "2023 101"] {
            assert_eq!(YEAR.date(value), None, "{value}");
        }
    }

    #[test]
    fn date_times_keep_clock_fraction_and_offset() {
        assert_eq!(YEAR.date_time("20240117091702.125000").as_deref(), Some("20230118091702.125000"));
        assert_eq!(YEAR.date_time("20240117091702-0530").as_deref(), Some("20230118091702-0530"));
        assert_eq!(YEAR.date_time("2024").as_deref(), Some("2023"));
        assert_eq!(YEAR.date_time("202403+0100").as_deref(), Some("202303+0100"));
        for value in ["2024011", "20240117256199", "20240117+9", "20240117091702+2500", "2024é"] {
            assert_eq!(YEAR.date_time(value), None, "{value}");
        }
    }

    #[test]
    fn times_are_checked() {
        assert_eq!(legal_time("09:15:12").as_deref(), Some("091512"));
        assert_eq!(legal_time("091512.1250 ").as_deref(), Some("091512.1250"));
        for value in ["9", "0960", "25", "0915.5", "091512.", "DOE", "", "1-2-3"] {
            assert_eq!(legal_time(value), None, "{value}");
        }
    }

    #[test]
    fn a_person_is_one_whatever_the_blanks_and_nobody_else() {
        let shift = |known_by| DateShift::of(&key(), known_by).days;
        assert_eq!(shift(KnownBy::PatientId("a1 ")), shift(KnownBy::PatientId("A1")));
        assert_ne!(shift(KnownBy::PatientId("a1")), shift(KnownBy::PatientId("a2")));
        assert_ne!(shift(KnownBy::Accession("1")), shift(KnownBy::Accession("2")));
        assert_ne!(shift(KnownBy::NewPatientId("a1")), shift(KnownBy::PatientId("a1")));
    }

    proptest! {
        #[test]
        fn shifting_is_injective_and_keeps_intervals(a in 400_000_i64..700_000, b in 0_i64..4000, id in "[A-Z0-9]{1,8}") {
            let shift = DateShift::of(&key(), KnownBy::PatientId(&id));
            prop_assert!(shift.days % 7 == 0 && (364..=3640).contains(&shift.days));
            let text = |day| { let [y, m, d] = civil(day); format!("{y:04}{m:02}{d:02}") };
            let back = |value: String| { let [y, m, d] = parse_date(&value).unwrap(); days(y, m, d) };
            let (a, b) = (a - 719_468, a + b - 719_468);
            let moved = (back(shift.date(&text(a)).unwrap()), back(shift.date(&text(b)).unwrap()));
            prop_assert_eq!(moved.1 - moved.0, b - a);
            prop_assert_eq!(a - moved.0, shift.days);
        }
    }
}
