//! UIDs become codes of the key: the same everywhere, in any order, for every file that refers to them.

use crate::key::Key;

/// Root of UIDs made from 128 bits (PS3.5 section B.2).
const UUID_ROOT: &str = "2.25.";
/// Root of the UIDs that DICOM itself defines: SOP classes, transfer syntaxes, well-known frames of reference.
const DICOM_ROOT: &str = "1.2.840.10008.";

/// The UID that stands for `uid`: `2.25.` and 128 bits of HMAC-SHA-256(key, UID).
///
/// Blanks and NULs around the UID do not count. The result is legal whatever the input is.
#[must_use]
pub fn remap_uid(key: &Key, uid: &str) -> String {
    let code = key.code("uid", &[trimmed(uid).as_bytes()]);
    let number = code[..16].iter().fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    format!("{UUID_ROOT}{number}")
}

/// The UID without the padding of its value.
pub(super) fn trimmed(uid: &str) -> &str {
    uid.trim_matches(|c: char| c.is_whitespace() || c == '\0')
}

/// Whether the UID has the form of those that the standard defines (PS3.6 annex A): legal, and below the root a
/// branch up to 16 and numbers of at most four digits. Somebody's number under that root is none of them.
pub(super) fn is_standard(uid: &str) -> bool {
    let Some(rest) = uid.strip_prefix(DICOM_ROOT).filter(|_| is_legal(uid)) else { return false };
    let mut parts = rest.split('.');
    parts.next().and_then(|branch| branch.parse().ok()).is_some_and(|branch: u32| (1..=16).contains(&branch))
        && rest.split('.').count() <= 10
        && parts.all(|part| part.len() <= 4)
}

/// Whether the UID was made here.
pub(super) fn is_remapped(uid: &str) -> bool {
    is_legal(uid) && uid.starts_with(UUID_ROOT)
}

/// PS3.5 section 9.1: digits and dots, no empty component, no leading zero, at most 64 characters.
pub(super) fn is_legal(uid: &str) -> bool {
    !uid.is_empty()
        && uid.len() <= 64
        && uid.split('.').all(|part| {
            !part.is_empty()
                && part.bytes().all(|b| b.is_ascii_digit())
                && (part.len() == 1 || !part.starts_with('0'))
        })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(digit: &str) -> Key {
        Key::from_hex(&digit.repeat(64)).unwrap()
    }

    #[test]
    fn every_uid_becomes_a_legal_one_of_its_own() {
        let inputs = ["1.2.3", "1.2.4", "", "ABC not a uid", "1.2.840.113619.2.55"];
        let outputs: std::collections::BTreeSet<_> =
            inputs.iter().map(|uid| remap_uid(&key("a"), uid)).collect();
        assert_eq!(outputs.len(), inputs.len());
        assert!(outputs.iter().all(|uid| is_remapped(uid)));
    }

    #[test]
    fn padding_does_not_make_another_uid_and_another_key_does() {
        assert_eq!(remap_uid(&key("a"), "1.2.3\0"), remap_uid(&key("a"), " 1.2.3 "));
        assert_ne!(remap_uid(&key("a"), "1.2.3"), remap_uid(&key("b"), "1.2.3"));
    }

    #[test]
    fn only_what_the_standard_may_define_is_standard() {
        for uid in [
            "1.2.840.10008.5.1.4.1.1.2",
            "1.2.840.10008.1.2.4.100",
            "1.2.840.10008.1.4.1.1",
            "1.2.840.10008.6.1.1234",
            "1.2.840.10008.15.0.3.1",
            "1.2.840.10008.1.2.1",
        ] {
            assert!(is_standard(uid), "{uid}");
        }
        for uid in
            ["1.2.840.10008.40417793", "1.2.840.10008.5.1.40417", "1.2.840.10008.1957.3.12", "1.2.840.10008."]
        {
            assert!(!is_standard(uid), "{uid}");
        }
    }

    #[test]
    fn legality_is_that_of_the_standard() {
        assert!(is_legal("1.2.840.10008.1.2"));
        for uid in ["", "1..2", "1.02", "1.a", ".1", &"1".repeat(65)] {
            assert!(!is_legal(uid), "{uid}");
        }
    }

    proptest! {
        #[test]
        fn the_map_is_stable_injective_and_says_nothing_of_the_original(
            a in "[0-9]{1,9}(\\.[0-9]{1,9}){1,5}", b in "[0-9]{1,9}(\\.[0-9]{1,9}){1,5}", key in any::<[u8; 32]>()
        ) {
            let key = Key::from_bytes(&key).unwrap();
            let [from_a, again, from_b] = [&a, &a, &b].map(|uid| remap_uid(&key, uid));
            prop_assert_eq!(&from_a, &again);
            prop_assert_eq!(a == b, from_a == from_b);
            prop_assert!(is_legal(&from_a) && is_remapped(&from_a) && !is_standard(&from_a));
            prop_assert!(a.len() < 12 || !from_a.contains(&a));
        }
    }
}
