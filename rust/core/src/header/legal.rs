//! What a value representation may hold (PS3.5 section 6.2), and a value that means nothing for each.

use dicom_core::VR;
use dicom_core::value::PrimitiveValue;

use super::{dates, uids};

/// The most characters a value may have; `None` where the text is not split into short values.
pub(super) const fn longest(vr: VR) -> Option<usize> {
    match vr {
        VR::AE | VR::CS | VR::SH | VR::DS => Some(16),
        VR::LO | VR::PN => Some(64),
        VR::ST => Some(1024),
        VR::LT => Some(10_240),
        _ => None,
    }
}

/// Whether the whole value is one text, in which a backslash separates nothing.
pub(super) const fn is_one_text(vr: VR) -> bool {
    matches!(vr, VR::LT | VR::ST | VR::UT | VR::UR)
}

/// Whether the VR can carry free text, a name or an address.
pub(super) const fn carries_text(vr: VR) -> bool {
    matches!(vr, VR::LO | VR::SH | VR::LT | VR::ST | VR::UT | VR::UC | VR::PN | VR::AE | VR::UR)
}

/// Whether a value is written in characters: free text, a term, a number, a date, a UID.
pub(super) const fn is_text(vr: VR) -> bool {
    carries_text(vr) || matches!(vr, VR::CS | VR::UI | VR::IS | VR::DS | VR::AS | VR::DA | VR::DT | VR::TM)
}

/// Whether the bytes could hold anything at all.
pub(super) const fn is_opaque(vr: VR) -> bool {
    matches!(vr, VR::OB | VR::OW | VR::OD | VR::OF | VR::OL | VR::OV | VR::UN)
}

/// Whether one value is legal for its VR. An empty value is.
pub(super) fn is_legal(vr: VR, value: &str) -> bool {
    let plain = value.trim_matches([' ', '\0']);
    if plain.is_empty() {
        return true;
    }
    match vr {
        VR::CS => {
            plain.len() <= 16 && plain.bytes().all(|b| matches!(b, b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'_'))
        }
        VR::IS => is_integer(plain),
        VR::DS => is_decimal(plain),
        VR::UI => uids::is_legal(plain),
        VR::AS => is_age(plain),
        VR::DA => dates::is_date(plain),
        VR::TM => dates::legal_time(plain).is_some(),
        VR::DT => dates::is_date_time(plain),
        VR::AE => plain.len() <= 16 && plain.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'\\'),
        VR::LO | VR::SH | VR::UC => {
            longest(vr).is_none_or(|most| plain.chars().count() <= most)
                && !plain.chars().any(|c| c == '\\' || (c.is_control() && c != '\u{1b}'))
        }
        VR::PN => {
            plain.split('=').count() <= 3
                && plain.split('=').all(|group| group.chars().count() <= 64)
                && !plain.chars().any(|c| c == '\\' || c.is_control())
        }
        VR::LT | VR::ST | VR::UT => {
            longest(vr).is_none_or(|most| plain.chars().count() <= most)
                && !plain.chars().any(|c| c.is_control() && !matches!(c, '\r' | '\n' | '\t' | '\u{c}'))
        }
        VR::UR => plain.is_ascii() && !plain.contains(' '),
        _ => true,
    }
}

/// At most 12 characters: a sign and digits, within 32 bits.
fn is_integer(text: &str) -> bool {
    text.len() <= 12 && text.parse::<i32>().is_ok()
}

/// At most 16 characters: a decimal number, perhaps with an exponent.
fn is_decimal(text: &str) -> bool {
    text.len() <= 16 && decimal(text).is_some()
}

fn decimal(text: &str) -> Option<f64> {
    text.bytes()
        .all(|b| b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.' | b'e' | b'E'))
        .then(|| text.parse().ok())?
        .filter(|number: &f64| number.is_finite())
}

/// A decimal number of any length as the nearest one that 16 characters can write.
pub(super) fn rounded_decimal(text: &str) -> Option<String> {
    let number = decimal(text.trim_matches([' ', '\0']))?;
    (0..15)
        .flat_map(|digits| [format!("{number:.digits$}"), format!("{number:.digits$e}")])
        .filter(|short| is_decimal(short))
        .min_by(|one, other| {
            let [one, other] =
                [one, other].map(|short| decimal(short).map_or(f64::INFINITY, |near| (near - number).abs()));
            one.total_cmp(&other)
        })
}

fn is_age(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 4
        && bytes[..3].iter().all(u8::is_ascii_digit)
        && matches!(bytes[3], b'D' | b'W' | b'M' | b'Y')
}

/// Whether a number is as long as somebody's: six digits before the point, and not so round as a time or a current
/// in millionths is (`250000`).
pub(super) fn is_long_number(text: &str) -> bool {
    let whole = text.trim_matches([' ', '\0', '+', '-']).split('.').next().unwrap_or("");
    whole.trim_start_matches('0').len() >= 6 && !whole.ends_with("000")
}

/// Whether the bytes of numbers are letters, digits and what stands between names, six or more: no measurement is
/// written like that.
pub(super) fn spells_text(value: &PrimitiveValue) -> bool {
    let is_number =
        !matches!(value, PrimitiveValue::Str(_) | PrimitiveValue::Strs(_) | PrimitiveValue::Tags(_));
    let bytes = if is_number { value.to_bytes() } else { return false };
    bytes.len() >= 6 && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b" ^.,-_/=".contains(b))
}

/// A legal age, nobody's above 090Y: ages over 89 years are rare enough to identify.
pub(super) fn capped_age(text: &str) -> Option<String> {
    let plain = text.trim_matches([' ', '\0']).to_ascii_uppercase();
    is_age(&plain).then_some(())?;
    let count: u32 = plain[..3].parse().ok()?;
    let over = match plain.as_bytes()[3] {
        b'Y' => count > 89,
        // 999 months are 83 years, the longest that fits in three digits.
        _ => false,
    };
    Some(if over { "090Y".to_owned() } else { plain })
}

/// A value that is legal for the VR, means nothing and is the same for everybody; `None` for sequences and
/// UIDs, which have none.
pub(super) const fn dummy(vr: VR) -> Option<&'static str> {
    match vr {
        VR::DA => Some("19000101"),
        VR::DT => Some("19000101000000"),
        VR::TM => Some("000000"),
        VR::AS => Some("000Y"),
        VR::CS | VR::AE => Some("ANONYMOUS"),
        VR::IS | VR::DS => Some("0"),
        VR::UR => Some("urn:anonymous"),
        VR::LO | VR::SH | VR::LT | VR::ST | VR::UT | VR::UC | VR::PN => Some("anonymous"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dummy_is_legal() {
        for vr in [
            VR::DA,
            VR::DT,
            VR::TM,
            VR::AS,
            VR::CS,
            VR::AE,
            VR::IS,
            VR::DS,
            VR::UR,
            VR::LO,
            VR::SH,
            VR::LT,
            VR::ST,
            VR::UT,
            VR::UC,
            VR::PN,
        ] {
            assert!(is_legal(vr, dummy(vr).unwrap()), "{vr}");
        }
    }

    #[test]
    fn numbers_are_numbers() {
        for (value, legal) in
            [("12", true), ("-3 ", true), ("1.5", false), ("4294967296", false), ("12a", false)]
        {
            assert_eq!(is_legal(VR::IS, value), legal, "{value}");
        }
        for (value, legal) in
            [("1.5E-3", true), ("+0.25", true), ("inf", false), ("nan", false), ("12345678901234567", false)]
        {
            assert_eq!(is_legal(VR::DS, value), legal, "{value}");
        }
    }

    #[test]
    fn long_decimals_are_rounded() {
        for (long, short) in [
            ("0.5333333333333333", "0.53333333333333"),
            ("-123.45678901234567", "-123.45678901235"),
            (" 1.234567890123456789e-12", "1.2345678901e-12"),
            ("0.00000000012345678901234", "1.2345678901e-10"),
            ("1234567890123456789", "1.23456789012e18"),
            ("0.00000000000000000", "0"),
        ] {
            assert_eq!(rounded_decimal(long).as_deref(), Some(short), "{long}");
        }
        for wrong in ["1,5000000000000000", "nan", "1e999", "0x1234567890123456", ""] {
            assert_eq!(rounded_decimal(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn long_numbers_are_somebodys() {
        for (value, long) in [
            ("8812345", true),
            ("-881234.5", true),
            ("19570312", true),
            ("250000", false),
            ("0000512", false),
            ("1.8812345", false),
        ] {
            assert_eq!(is_long_number(value), long, "{value}");
        }
    }

    #[test]
    fn code_strings_are_upper_case() {
        assert!(is_legal(VR::CS, "HEAD_NECK 2"));
        assert!(!is_legal(VR::CS, "anonymous"));
        assert!(!is_legal(VR::CS, "A-B"));
    }

    #[test]
    fn ages_stop_at_ninety() {
        assert_eq!(capped_age("089Y").as_deref(), Some("089Y"));
        assert_eq!(capped_age("090Y").as_deref(), Some("090Y"));
        assert_eq!(capped_age("101y").as_deref(), Some("090Y"));
        assert_eq!(capped_age("999M").as_deref(), Some("999M"));
        assert_eq!(capped_age("67"), None);
    }
}
