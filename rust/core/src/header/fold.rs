//! Text in the form in which it is compared: lower case, without accents, widths and ligatures.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Lower case without accents: `Müller` and `MULLER` both become `muller`, `Ｋｏｐｆ` becomes `kopf`.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'þ' => folded.push_str("th"),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            _ => folded.push(c),
        }
    }
    folded
}

/// As [`fold`], with the vowels that German and the Nordic languages spell with two letters spelled so:
/// `Müller` becomes `mueller`.
pub(super) fn fold_spelled_out(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut spelled = String::with_capacity(text.len() + 4);
    for c in text.nfc().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'æ' => spelled.push_str("ae"),
            'ö' | 'ø' | 'œ' => spelled.push_str("oe"),
            'ü' => spelled.push_str("ue"),
            'å' => spelled.push_str("aa"),
            _ => spelled.push(c),
        }
    }
    fold(&spelled)
}

/// The letters and digits of a folded text, without what separates them.
pub(super) fn squeeze(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_widths_and_case_do_not_matter() {
        assert_eq!(fold("MÜLLER"), "muller");
        assert_eq!(fold("Łukasz Ærø"), "lukasz aero");
        assert_eq!(fold("Ｋｏｐｆ"), "kopf");
        assert_eq!(fold("Ἑλένη"), "ελενη");
    }

    #[test]
    fn spelled_out_vowels_meet_their_spelling() {
        assert_eq!(fold_spelled_out("Müller"), "mueller");
        assert_eq!(fold_spelled_out("Bergström"), "bergstroem");
    }
}
