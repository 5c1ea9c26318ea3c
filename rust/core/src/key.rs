//! The secret that every mapping depends on: UIDs, date shifts, fill noise and the release manifest.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// 32 random bytes. Same key, same mappings, on any machine and in any order; without it nothing can be
/// reversed or linked.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// A new key from the operating system's random generator.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// A key of 32 bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads the 64 hexadecimal digits of a key file; blanks around them are ignored.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.trim().as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let high = (pair[0] as char).to_digit(16)?;
            let low = (pair[1] as char).to_digit(16)?;
            *byte = (high * 16 + low) as u8;
        }
        Some(Self(bytes))
    }

    /// The key as 64 hexadecimal digits, for the key file in the private folder.
    #[must_use]
    pub fn reveal_hex(&self) -> String {
        hex(&self.0)
    }

    /// HMAC-SHA-256 of the parts, for one purpose.
    ///
    /// The purpose and the length of every part enter the code, so different purposes or splits never meet.
    #[must_use]
    pub fn code(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.keyed();
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// What OUTPUT may store to recognize the key it was begun with.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        hex(&self.code("fingerprint", &[])[..16])
    }

    #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
    fn keyed(&self) -> Hmac<Sha256> {
        <Hmac<Sha256> as KeyInit>::new_from_slice(&self.0).expect("HMAC takes keys of any length")
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[key]")
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|digit| char::from(b"0123456789abcdef"[digit as usize]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_its_file() {
        let key = Key::generate().unwrap();
        assert_eq!(Key::from_hex(&format!(" {}\r\n", key.reveal_hex())), Some(key));
    }

    #[test]
    fn a_short_or_foreign_key_file_is_no_key() {
        assert_eq!(Key::from_hex("abc"), None);
        assert_eq!(Key::from_hex(&"g".repeat(64)), None);
    }

    #[test]
    fn purposes_and_splits_do_not_meet() {
        let key = Key::from_hex(&"5a".repeat(32)).unwrap();
        assert_ne!(key.code("uid", &[b"1.2"]), key.code("date", &[b"1.2"]));
        assert_ne!(key.code("uid", &[b"1.2", b"3"]), key.code("uid", &[b"1.", b"23"]));
    }
}
