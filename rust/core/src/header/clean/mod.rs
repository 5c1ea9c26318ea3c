//! Free text that is kept: safe words stay, everything else goes.
//!
//! A name that nobody told us about (a relative's, a doctor's) looks like any other word, so a word stays only
//! when it is on the list of safe words or has a safe shape; numbers stay when they are short and no part of a
//! date or telephone number. The patient's own identifiers go even when they are safe words.

mod identity;
mod number;
#[cfg(test)]
mod tests;
mod token;

use std::borrow::Cow;

use identity::{drop_identifiers, drop_names};
use number::judge;
use token::{Token, tokens};

use super::fold::{fold, squeeze};
use super::identifiers::Identifiers;
use super::vocabulary::Place;

/// The text without what is not known to be safe; borrowed when nothing had to go.
///
/// `None` when no word or number remains.
pub(super) fn cleaned<'a>(text: &'a str, place: Place, identifiers: &Identifiers) -> Option<Cow<'a, str>> {
    let tokens = judged(text, place, identifiers);
    let needs_word = place == Place::Description;
    let has_word =
        tokens.iter().any(|t| t.stays && (!needs_word || t.folded.chars().any(char::is_alphabetic)));
    if !has_word {
        return None;
    }
    if tokens.iter().all(|token| token.stays) && is_plain(text) {
        return Some(Cow::Borrowed(text));
    }
    // What goes may bring numbers together that look like a date: until nothing goes any more.
    let joined = joined(text, &tokens);
    if joined == text {
        return Some(Cow::Owned(joined));
    }
    cleaned(&joined, place, identifiers).map(|text| Cow::Owned(text.into_owned()))
}

/// Whether all of the text may stay where it stands.
pub(super) fn is_safe(text: &str, place: Place, identifiers: &Identifiers) -> bool {
    judged(text, place, identifiers).iter().all(|token| token.stays)
}

fn judged<'a>(text: &'a str, place: Place, identifiers: &Identifiers) -> Vec<Token<'a>> {
    let mut tokens = tokens(text, place);
    judge(text, &mut tokens, place);
    drop_identifiers(&mut tokens, identifiers, place);
    drop_names(text, &mut tokens, identifiers, place);
    tokens
}

/// Whether the text spells one of the patient's identifiers, alone or inside a longer word, or a date.
pub(super) fn holds_identifier(text: &str, identifiers: &Identifiers) -> bool {
    let mut tokens = tokens(text, Place::Folder);
    // Words stay unless they are the patient's; numbers are judged as ever.
    for token in &mut tokens {
        token.known |= token.folded.contains(char::is_alphabetic);
    }
    judge(text, &mut tokens, Place::Folder);
    drop_identifiers(&mut tokens, identifiers, Place::Folder);
    tokens.iter().any(|token| !token.stays) || identifiers.lie_within(&squeeze(&fold(text)))
}

/// Nothing that only a terminal or another value reads: controls, backslashes, and symbols outside ASCII.
fn is_plain(text: &str) -> bool {
    text.chars().all(|c| {
        if c.is_ascii() {
            !c.is_ascii_control() && c != '\\'
        } else {
            c.is_alphanumeric() || "µ°±×–".contains(c)
        }
    })
}

/// The tokens that stay, with what stood between neighbors, or one blank where something went.
fn joined(text: &str, tokens: &[Token<'_>]) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut last: Option<usize> = None;
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.stays) {
        match last {
            Some(before) if before + 1 == index => {
                joined.extend(text[tokens[before].end..token.start].chars().map(separator));
            }
            Some(_) => joined.push(' '),
            None => {}
        }
        joined.push_str(&text[token.start..token.end]);
        last = Some(index);
    }
    joined
}

fn separator(c: char) -> char {
    if c.is_control() || c == '\\' || !c.is_ascii() { ' ' } else { c }
}
