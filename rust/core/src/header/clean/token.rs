//! Cuts text into words, numbers and known compounds.

use std::borrow::Cow;
use std::ops::Range;

use super::super::cues::is_also_name;
use super::super::fold::fold;
use super::super::vocabulary::{Place, Vocabulary};

/// A word, a number or a known compound (`w/o`), and whether it stays.
pub(super) struct Token<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: &'a str,
    pub(super) folded: Cow<'a, str>,
    /// Where the piece between blanks or brackets begins that the token belongs to.
    pub(super) piece: usize,
    /// On the list of safe words, or of a safe shape.
    pub(super) known: bool,
    pub(super) stays: bool,
}

impl Token<'_> {
    /// Digits, perhaps with decimal points.
    pub(super) fn is_number(&self) -> bool {
        self.folded.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    }

    /// Digits alone.
    pub(super) fn is_integer(&self) -> bool {
        self.folded.bytes().all(|b| b.is_ascii_digit())
    }

    /// Holds a letter.
    pub(super) fn is_word(&self) -> bool {
        self.folded.chars().any(char::is_alphabetic)
    }
}

/// Cuts the text into tokens. A piece between blanks or brackets that is a known compound is one token.
pub(super) fn tokens(text: &str, place: Place) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let is_edge = |c: char| {
        c.is_whitespace()
            || c.is_control()
            || matches!(c, ',' | ';' | ':' | '(' | ')' | '[' | ']' | '^' | '=' | '_' | '"' | '\\')
    };
    let mut start = 0;
    for end in text.char_indices().filter(|(_, c)| is_edge(*c)).map(|(at, _)| at).chain([text.len()]) {
        if end < start {
            continue;
        }
        let piece = text[start..end].trim_end_matches(['.', '!', '?']);
        let folded = folded(piece);
        if !folded.is_empty() && folded.chars().any(char::is_alphanumeric) {
            if is_known(&folded, place) {
                let end = start + piece.len();
                tokens.push(Token {
                    start,
                    end,
                    text: piece,
                    folded,
                    piece: start,
                    known: true,
                    stays: true,
                });
            } else {
                Piece::new(piece, start, place).split(&mut tokens);
            }
        }
        start = end + text[end..].chars().next().map_or(0, char::len_utf8);
    }
    tokens
}

fn is_known(folded: &str, place: Place) -> bool {
    Vocabulary::get().has_word(folded, place) || Vocabulary::get().has_shape(folded, place)
}

fn folded(piece: &str) -> Cow<'_, str> {
    if piece.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(piece)
    } else {
        Cow::Owned(fold(piece))
    }
}

/// What stands between blanks or brackets.
struct Piece<'a> {
    text: &'a str,
    start: usize,
    place: Place,
    /// A mail or web address has nothing safe in it.
    is_address: bool,
}

impl<'a> Piece<'a> {
    fn new(text: &'a str, start: usize, place: Place) -> Self {
        let is_address = ["@", "//", "www."].iter().any(|sign| text.contains(sign));
        Self { text, start, place, is_address }
    }

    /// Cuts into runs of letters and digits; a decimal point between digits belongs to its number.
    fn split(&self, tokens: &mut Vec<Token<'a>>) {
        let bytes = self.text.as_bytes();
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut start = None;
        for (at, c) in self.text.char_indices().chain([(self.text.len(), ' ')]) {
            let joins = c == '.' && at > 0 && digit(at - 1) && digit(at + 1);
            let is_word = c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) || joins;
            match (is_word, start) {
                (true, None) => start = Some(at),
                (false, Some(from)) => {
                    self.run(from, at, tokens);
                    start = None;
                }
                _ => {}
            }
        }
    }

    fn run(&self, from: usize, to: usize, tokens: &mut Vec<Token<'a>>) {
        let text = &self.text[from..to];
        if is_known(&folded(text), self.place) {
            self.push(from, to, tokens);
            return;
        }
        if let Some(parts) = compound(text, self.place) {
            for part in parts {
                self.push(from + part.start, from + part.end, tokens);
            }
            return;
        }
        if !text.chars().any(is_written_without_blanks) {
            self.push(from, to, tokens);
            return;
        }
        let mut from = from;
        while from < to {
            let rest = &self.text[from..to];
            let length = word_without_blanks(rest, self.place).unwrap_or_else(|| {
                // Up to where the next known word begins, or the script changes.
                let next = rest.char_indices().skip(1).map(|(at, _)| at).find(|at| {
                    is_script_change(rest, *at) || word_without_blanks(&rest[*at..], self.place).is_some()
                });
                next.unwrap_or(rest.len())
            });
            self.push(from, from + length, tokens);
            from += length;
        }
    }

    fn push(&self, from: usize, to: usize, tokens: &mut Vec<Token<'a>>) {
        let text = &self.text[from..to];
        let folded = folded(text);
        let known = !self.is_address && is_known(&folded, self.place);
        tokens.push(Token {
            start: self.start + from,
            end: self.start + to,
            text,
            folded,
            piece: self.start,
            known,
            stays: !self.is_address,
        });
    }
}

/// The parts of a compound that scanners write in one word, all of them safe and none a family name:
/// `HeadRoutineSeq`.
fn compound(text: &str, place: Place) -> Option<Vec<Range<usize>>> {
    if !text.is_ascii() {
        return None;
    }
    let bytes = text.as_bytes();
    let is_begin = |at: &usize| {
        bytes[*at].is_ascii_uppercase()
            && (bytes[*at - 1].is_ascii_lowercase() || bytes.get(*at + 1).is_some_and(u8::is_ascii_lowercase))
    };
    let begins: Vec<usize> = std::iter::once(0).chain((1..text.len()).filter(is_begin)).collect();
    let ends = begins.iter().skip(1).copied().chain([text.len()]);
    let parts: Vec<Range<usize>> = begins.iter().zip(ends).map(|(begin, end)| *begin..end).collect();
    let is_safe = |part: &Range<usize>| {
        let folded = fold(&text[part.clone()]);
        folded.len() >= 3 && is_known(&folded, place) && !is_also_name(&folded)
    };
    (parts.len() > 1 && parts.iter().all(is_safe)).then_some(parts)
}

/// Ideographs, kana and Hangul: words stand side by side.
fn is_written_without_blanks(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

fn is_script_change(text: &str, at: usize) -> bool {
    let before = text[..at].chars().next_back().is_some_and(is_written_without_blanks);
    let after = text[at..].chars().next().is_some_and(is_written_without_blanks);
    before != after
}

/// The length of the longest known word of two characters or more at the beginning of the text: a single
/// ideograph is part of too many names.
fn word_without_blanks(text: &str, place: Place) -> Option<usize> {
    if !text.starts_with(is_written_without_blanks) {
        return None;
    }
    let ends: Vec<usize> =
        text.char_indices().map(|(at, _)| at).skip(2).take(6).chain([text.len()]).collect();
    ends.into_iter()
        .rev()
        .filter(|end| text[..*end].chars().nth(1).is_some() && text[..*end].chars().count() <= 8)
        .find(|end| is_known(&folded(&text[..*end]), place))
}
