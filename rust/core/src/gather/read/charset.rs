//! Text in the character sets of DICOM (PS3.3 section C.12.1.1.2, PS3.5 section 6.1.2).
//!
//! Code extensions switch sets within a value by escape sequences (ISO 2022). What the sets have in common
//! is a seven-bit half G0, mostly ASCII, and an eight-bit half G1. Both return to what the first value of
//! (0008,0005) says at the end of a line, a value, a page, and of a component of a name.

use encoding_rs::{
    EUC_JP, EUC_KR, Encoding, GB18030, GBK, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_6,
    ISO_8859_7, ISO_8859_8, ISO_8859_15, SHIFT_JIS, UTF_8, WINDOWS_874,
};

const ESCAPE: u8 = 0x1B;

/// What the bytes below 0x80 stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lower {
    /// ASCII, or its twin JIS X 0201 Romaji, whose yen sign stands where the backslash separates values.
    Single,
    /// Pairs of bytes, JIS X 0208.
    Kanji,
    /// Pairs of bytes, JIS X 0212.
    SupplementaryKanji,
}

/// What the bytes from 0x80 on stand for.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Upper {
    /// ISO 8859-1; also what stands for "nothing", as other readers do.
    Latin1,
    /// ISO 8859-9: Latin 1 with six Turkish letters.
    Latin5,
    /// Anything a single encoding covers, ASCII below.
    Encoded(&'static Encoding),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Sets {
    lower: Lower,
    upper: Upper,
}

/// The character set of a data set: the sets that hold where no escape sequence said otherwise.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Charset {
    initial: Sets,
    /// Escape sequences switch sets; not so in UTF-8, GBK and GB18030.
    extensible: bool,
}

impl Default for Charset {
    /// The default repertoire, with ISO 8859-1 for bytes that do not belong there.
    fn default() -> Self {
        Self { initial: Sets { lower: Lower::Single, upper: Upper::Latin1 }, extensible: true }
    }
}

impl Charset {
    /// The character set that the value of (0008,0005) names. Unknown terms stand for the default repertoire.
    pub(super) fn from_value(value: &[u8]) -> Self {
        let first = value.split(|&byte| byte == b'\\').next().unwrap_or_default();
        // `ISO_IR 100`, `ISO 2022 IR 100`, `ISO-IR 100`, `iso ir100`: what counts are letters and digits.
        let name: Vec<u8> =
            first.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_uppercase).collect();
        let number = name
            .strip_prefix(b"ISO2022IR")
            .or_else(|| name.strip_prefix(b"ISO2022"))
            .or_else(|| name.strip_prefix(b"ISOIR"))
            .unwrap_or(&name);
        let alone = match number {
            b"192" | b"UTF8" => Some(UTF_8),
            b"GBK" => Some(GBK),
            b"GB18030" => Some(GB18030),
            _ => None,
        };
        let upper = alone.map_or_else(|| upper_of_registration(number), Upper::Encoded);
        Self { initial: Sets { lower: Lower::Single, upper }, extensible: alone.is_none() }
    }

    /// Decodes text in which `delimiters`, and the ends of lines and pages, end the reach of escape
    /// sequences. Bytes that stand for nothing become U+FFFD.
    pub(super) fn decode(&self, bytes: &[u8], delimiters: &[u8]) -> String {
        let switches = self.extensible && bytes.contains(&ESCAPE);
        if !switches {
            let mut text = String::with_capacity(bytes.len());
            push_single(&mut text, bytes, self.initial.upper);
            return text;
        }
        let mut text = String::new();
        let mut sets = self.initial;
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            if first == ESCAPE
                && let Some((length, switched)) = escape(rest, sets)
            {
                sets = switched;
                rest = rest.get(length..).unwrap_or_default();
                continue;
            }
            let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r' | 0x0C) || delimiters.contains(byte);
            let length = if sets.lower == Lower::Single {
                if is_end(&first) {
                    sets = self.initial;
                }
                let run = rest.get(1..).unwrap_or_default();
                1 + run.iter().position(|byte| *byte == ESCAPE || is_end(byte)).unwrap_or(run.len())
            } else if let [0x21..=0x7E, 0x21..=0x7E, ..] = rest {
                push_pair(&mut text, rest, sets.lower);
                rest = rest.get(2..).unwrap_or_default();
                continue;
            } else {
                if is_end(&first) {
                    sets = self.initial;
                }
                1
            };
            let (run, after) = rest.split_at_checked(length).unwrap_or((rest, &[]));
            push_single(&mut text, run, sets.upper);
            rest = after;
        }
        text
    }
}

/// The sets after an escape sequence (PS3.3 tables C.12-3 and C.12-4), and its length in bytes.
fn escape(bytes: &[u8], sets: Sets) -> Option<(usize, Sets)> {
    let lower = |lower| Sets { lower, ..sets };
    let upper = |upper| Sets { lower: Lower::Single, upper };
    Some(match bytes.get(1..)? {
        [b'(', b'B' | b'J', ..] => (3, lower(Lower::Single)),
        [b')', b'I', ..] => (3, upper(Upper::Encoded(SHIFT_JIS))),
        [b'$', b'B' | b'@', ..] => (3, lower(Lower::Kanji)),
        [b'$', b'(', b'D', ..] => (4, lower(Lower::SupplementaryKanji)),
        [b'$', b')', b'C', ..] => (4, upper(Upper::Encoded(EUC_KR))),
        [b'$', b')', b'A', ..] => (4, upper(Upper::Encoded(GBK))),
        [b'-', b'A', ..] => (3, upper(Upper::Latin1)),
        [b'-', b'B', ..] => (3, upper(Upper::Encoded(ISO_8859_2))),
        [b'-', b'C', ..] => (3, upper(Upper::Encoded(ISO_8859_3))),
        [b'-', b'D', ..] => (3, upper(Upper::Encoded(ISO_8859_4))),
        [b'-', b'F', ..] => (3, upper(Upper::Encoded(ISO_8859_7))),
        [b'-', b'G', ..] => (3, upper(Upper::Encoded(ISO_8859_6))),
        [b'-', b'H', ..] => (3, upper(Upper::Encoded(ISO_8859_8))),
        [b'-', b'L', ..] => (3, upper(Upper::Encoded(ISO_8859_5))),
        [b'-', b'M', ..] => (3, upper(Upper::Latin5)),
        [b'-', b'T', ..] => (3, upper(Upper::Encoded(WINDOWS_874))),
        [b'-', b'b', ..] => (3, upper(Upper::Encoded(ISO_8859_15))),
        _ => return None,
    })
}

/// The upper half that an ISO registration number names.
fn upper_of_registration(number: &[u8]) -> Upper {
    match number {
        b"101" => Upper::Encoded(ISO_8859_2),
        b"109" => Upper::Encoded(ISO_8859_3),
        b"110" => Upper::Encoded(ISO_8859_4),
        b"126" => Upper::Encoded(ISO_8859_7),
        b"127" => Upper::Encoded(ISO_8859_6),
        b"138" => Upper::Encoded(ISO_8859_8),
        b"144" => Upper::Encoded(ISO_8859_5),
        b"148" => Upper::Latin5,
        b"166" => Upper::Encoded(WINDOWS_874),
        b"203" => Upper::Encoded(ISO_8859_15),
        // JIS X 0201 is the single-byte part of Shift JIS, which some writers use whole.
        b"13" => Upper::Encoded(SHIFT_JIS),
        b"149" => Upper::Encoded(EUC_KR),
        b"58" => Upper::Encoded(GBK),
        _ => Upper::Latin1,
    }
}

/// Adds bytes whose lower half is ASCII.
fn push_single(text: &mut String, bytes: &[u8], upper: Upper) {
    if bytes.is_ascii() {
        text.extend(std::str::from_utf8(bytes));
        return;
    }
    match upper {
        Upper::Latin1 => text.extend(bytes.iter().map(|&byte| char::from(byte))),
        Upper::Latin5 => text.extend(bytes.iter().map(|&byte| match byte {
            0xD0 => '\u{11E}',
            0xDD => '\u{130}',
            0xDE => '\u{15E}',
            0xF0 => '\u{11F}',
            0xFD => '\u{131}',
            0xFE => '\u{15F}',
            other => char::from(other),
        })),
        Upper::Encoded(encoding) => text.push_str(&encoding.decode_without_bom_handling(bytes).0),
    }
}

/// Adds the character of a pair of seven-bit bytes, by way of EUC, which sets their eighth bit.
fn push_pair(text: &mut String, pair: &[u8], lower: Lower) {
    let [first, second, ..] = *pair else { return };
    let (first, second) = (first | 0x80, second | 0x80);
    let euc = [0x8F, first, second];
    let euc = if lower == Lower::SupplementaryKanji { &euc[..] } else { &euc[1..] };
    text.push_str(&EUC_JP.decode_without_bom_handling(euc).0);
}

#[cfg(test)]
mod tests {
    use super::Charset;

    /// Decodes a person's name, whose bytes above ASCII are written as Latin 1 characters.
    fn name(charset: &str, bytes: &str) -> String {
        let bytes: Vec<u8> = bytes.chars().map(|byte| byte as u8).collect();
        Charset::from_value(charset.as_bytes()).decode(&bytes, b"\\^=")
    }

    #[test]
    fn single_byte_sets_are_those_of_the_standard() {
        let sets = [
            ("ISO_IR 100", "\u{C4}\u{DF}", "Äß"),
            ("ISO_IR 101", "\u{B1}\u{F3}", "ąó"),
            ("ISO_IR 109", "\u{A1}\u{FE}", "Ħŝ"),
            ("ISO_IR 110", "\u{A3}\u{FE}", "Ŗū"),
            ("ISO_IR 144", "\u{BB}\u{EE}\u{DA}", "Люк"),
            ("ISO_IR 127", "\u{E2}\u{C8}", "قب"),
            ("ISO_IR 126", "\u{C4}\u{E9}", "Δι"),
            ("ISO_IR 138", "\u{F9}\u{F8}", "שר"),
            ("ISO_IR 148", "\u{DE}\u{FD}\u{E7}", "Şıç"),
            ("ISO_IR 166", "\u{A1}\u{D2}", "กา"),
            ("ISO_IR 203", "\u{A4}\u{BD}", "€œ"),
            ("ISO_IR 13", "\u{D4}\u{CF}\u{C0}\u{DE}", "ﾔﾏﾀﾞ"),
            ("ISO_IR 192", "\u{C3}\u{A4}", "ä"),
            ("", "\u{E4}", "ä"),
            ("ISO_IR 6", "A", "A"),
            ("no such set", "\u{E4}", "ä"),
        ];
        for (charset, bytes, text) in sets {
            assert_eq!(name(charset, bytes), text, "{charset}");
        }
        for spelling in
            ["ISO-IR 101", "iso_ir 101", "ISO IR101", "ISO_IR_101", "ISO 2022 IR 101", " ISO_IR 101"]
        {
            assert_eq!(name(spelling, "\u{B1}"), "ą", "{spelling}");
        }
    }

    /// PS3.5 annexes H.3.1 and H.3.2.
    #[test]
    fn japanese_names_switch_sets_and_return_at_delimiters() {
        let kanji = "Yamada^Tarou=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B=\x1B$B$d$^$@\x1B(B^\x1B$B$?$m$&\x1B(B";
        assert_eq!(name("\\ISO 2022 IR 87", kanji), "Yamada^Tarou=山田^太郎=やまだ^たろう");
        let katakana = "\u{D4}\u{CF}\u{C0}\u{DE}^\u{C0}\u{DB}\u{B3}=\x1B$B;3ED\x1B(J^\x1B$BB@O:\x1B(J";
        assert_eq!(name("ISO 2022 IR 13\\ISO 2022 IR 87", katakana), "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎");
        // JIS X 0212 has 0x3021 = U+4E02.
        assert_eq!(name("\\ISO 2022 IR 159", "a\x1B$(D0!\x1B(Bb"), "a丂b");
    }

    /// PS3.5 annex I.2, and K.2 for GB 2312.
    #[test]
    fn korean_and_chinese_return_to_the_first_set_after_each_delimiter() {
        let korean = "Hong^Gildong=\x1B$)C\u{FB}\u{F3}^\x1B$)C\u{D1}\u{CE}\u{D4}\u{D7}";
        assert_eq!(name("\\ISO 2022 IR 149", korean), "Hong^Gildong=洪^吉洞");
        let chinese = "Zhang^XiaoDong=\x1B$)A\u{D5}\u{C5}^\x1B$)A\u{D0}\u{A1}\u{B6}\u{AB}";
        assert_eq!(name("\\ISO 2022 IR 58", chinese), "Zhang^XiaoDong=张^小东");
        // Without a new escape sequence the bytes behind the delimiter are the first set's.
        assert_eq!(name("\\ISO 2022 IR 149", "\x1B$)C\u{FB}\u{F3}^\u{E4}"), "洪^ä");
    }

    #[test]
    fn single_byte_sets_are_switched_too() {
        let bytes = "Buc^J\u{E9}r\u{F4}me=\x1B-F\u{C4}\u{E9}=\x1B-L\u{BB}";
        let charset = "ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 126";
        assert_eq!(name(charset, bytes), "Buc^Jérôme=Δι=Л");
        let lines = Charset::from_value(b"\\ISO 2022 IR 144").decode(b"\x1B-L\xBB\r\n\xE4", b"");
        assert_eq!(lines, "Л\r\nä");
    }

    #[test]
    fn the_trail_byte_of_a_character_is_no_delimiter() {
        // U+4E57 ends with a backslash in GBK and GB18030.
        for charset in ["GB18030", "GBK"] {
            let decoded = Charset::from_value(charset.as_bytes()).decode(&[0x81, 0x5C, b'^'], b"\\^=");
            assert_eq!(decoded, "乗^", "{charset}");
        }
        // A kanji whose second byte is a caret, one with an equals sign and one with a backslash.
        assert_eq!(name("\\ISO 2022 IR 87", "\x1B$B0^0=0\\\x1B(B"), "緯綾移");
    }

    #[test]
    fn broken_text_is_marked_and_kept() {
        assert_eq!(name("ISO_IR 192", "a\u{FF}b"), "a\u{FFFD}b");
        assert_eq!(name("\\ISO 2022 IR 87", "\x1B$B;"), ";");
        assert_eq!(name("\\ISO 2022 IR 87", "a\x1Bzb\x1B"), "a\x1Bzb\x1B");
        assert_eq!(name("ISO_IR 192", "a\x1B-Ab"), "a\x1B-Ab");
    }
}
