//! Free text that is kept: safe words stay, everything else goes.
//!
//! A name that nobody told us about (a relative's, a doctor's) looks like any other word, so a word stays only
//! when it is on the list of safe words or has a safe shape; numbers stay when they are short and no part of a
//! date or telephone number. The patient's own identifiers go even when they are safe words.

use std::borrow::Cow;

use super::fold::{fold, fold_spelled_out, squeeze};
use super::identifiers::Identifiers;
use super::vocabulary::{Place, Vocabulary};

/// The most tokens that one identifier is spread over: `12 - 03 - 1957`, an address.
const LONGEST_RUN: usize = 6;

/// A word, a number or a known compound (`w/o`), and whether it stays.
struct Token<'a> {
    start: usize,
    end: usize,
    text: &'a str,
    folded: Cow<'a, str>,
    known: bool,
    stays: bool,
}

/// The text without what is not known to be safe; borrowed when nothing had to go.
///
/// `None` when no word or number remains.
pub(super) fn cleaned<'a>(text: &'a str, place: Place, identifiers: &Identifiers) -> Option<Cow<'a, str>> {
    let mut tokens = tokens(text, place);
    judge(text, &mut tokens, place);
    drop_identifiers(&mut tokens, identifiers);
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
    let mut tokens = tokens(text, place);
    judge(text, &mut tokens, place);
    drop_identifiers(&mut tokens, identifiers);
    tokens.iter().all(|token| token.stays)
}

/// Whether the text spells one of the patient's identifiers, or a date.
pub(super) fn holds_identifier(text: &str, identifiers: &Identifiers) -> bool {
    let mut tokens = tokens(text, Place::Folder);
    // Words stay unless they are the patient's; numbers are judged as ever.
    for token in &mut tokens {
        token.known |= token.folded.contains(char::is_alphabetic);
    }
    judge(text, &mut tokens, Place::Folder);
    drop_identifiers(&mut tokens, identifiers);
    tokens.iter().any(|token| !token.stays)
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

/// Cuts the text into tokens. A piece between blanks or brackets that is a known compound is one token.
fn tokens(text: &str, place: Place) -> Vec<Token<'_>> {
    let vocabulary = Vocabulary::get();
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
            if vocabulary.has_word(&folded, place) || vocabulary.has_shape(&folded, place) {
                tokens.push(Token {
                    start,
                    end: start + piece.len(),
                    text: piece,
                    folded,
                    known: true,
                    stays: true,
                });
            } else {
                split(piece, start, place, &mut tokens);
            }
        }
        start = end + text[end..].chars().next().map_or(0, char::len_utf8);
    }
    tokens
}

fn folded(piece: &str) -> Cow<'_, str> {
    if piece.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(piece)
    } else {
        Cow::Owned(fold(piece))
    }
}

/// Cuts a piece into runs of letters and digits; a decimal point between digits belongs to its number.
fn split<'a>(piece: &'a str, offset: usize, place: Place, tokens: &mut Vec<Token<'a>>) {
    // A mail address has nothing safe in it.
    let is_mail = piece.contains('@');
    let bytes = piece.as_bytes();
    let mut start = None;
    for (at, c) in piece.char_indices().chain([(piece.len(), ' ')]) {
        let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
        let joins = matches!(c, '.') && at > 0 && digit(at - 1) && digit(at + 1);
        let is_word = c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c) || joins;
        match (is_word, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let folded = folded(&piece[from..at]);
                let known = !is_mail
                    && (Vocabulary::get().has_word(&folded, place)
                        || Vocabulary::get().has_shape(&folded, place));
                let text = &piece[from..at];
                tokens.push(Token {
                    start: offset + from,
                    end: offset + at,
                    text,
                    folded,
                    known,
                    stays: !is_mail,
                });
                start = None;
            }
            _ => {}
        }
    }
}

/// Decides each token by itself and with its neighbors: words by the vocabulary, numbers by their company.
fn judge(text: &str, tokens: &mut [Token<'_>], place: Place) {
    for token in tokens.iter_mut() {
        token.stays = token.stays && (token.known || is_short_number(&token.folded));
    }
    let mut at = 0;
    while at < tokens.len() {
        let run = number_run(text, tokens, at);
        if run > at + 1 && is_date_or_telephone(text, &tokens[at..run], place) {
            tokens[at..run].iter_mut().for_each(|token| token.stays = false);
        }
        at = run.max(at + 1);
    }
    for at in 0..tokens.len() {
        if is_month(&tokens[at].folded) {
            let around = at.saturating_sub(1)..(at + 2).min(tokens.len());
            let numeric = |token: &Token<'_>| token.folded.starts_with(|c: char| c.is_ascii_digit());
            if tokens[around.clone()].iter().any(numeric) {
                tokens[around]
                    .iter_mut()
                    .filter(|token| numeric(token))
                    .for_each(|token| token.stays = false);
                tokens[at].stays = false;
            }
        }
    }
}

/// One to three digits, or a decimal number that is no date: `5`, `0.625`, `4.1.2`.
fn is_short_number(folded: &str) -> bool {
    let parts: Vec<_> = folded.split('.').collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(digits) {
        return false;
    }
    match parts.as_slice() {
        [number] => number.len() <= 3,
        [whole, fraction] => whole.len() <= 4 && fraction.len() <= 4,
        parts => parts.len() <= 4 && parts.iter().all(|part| part.len() <= 2) && !is_calendar_date(parts),
    }
}

/// The end of the run of numbers that starts at `at`, joined by separators that dates and telephones use.
fn number_run(text: &str, tokens: &[Token<'_>], at: usize) -> usize {
    let numeric = |token: &Token<'_>| token.folded.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if !numeric(&tokens[at]) {
        return at;
    }
    let mut end = at + 1;
    while end < tokens.len()
        && numeric(&tokens[end])
        && text[tokens[end - 1].end..tokens[end].start]
            .chars()
            .all(|c| matches!(c, ' ' | '-' | '/' | '.' | '(' | ')' | '+' | '_'))
        && tokens[end].start - tokens[end - 1].end <= 3
    {
        end += 1;
    }
    end
}

fn is_date_or_telephone(text: &str, run: &[Token<'_>], place: Place) -> bool {
    let numbers: Vec<&str> = run.iter().map(|token| token.folded.as_ref()).collect();
    let digits: usize = numbers.iter().map(|number| number.bytes().filter(u8::is_ascii_digit).count()).sum();
    let decimals = numbers.iter().any(|number| number.contains('.'));
    let between = &text[run[0].end..run[run.len() - 1].start];
    let dashed = between.contains(['-', '/']);
    let international = text[..run[0].start].trim_end_matches(['(', ' ']).ends_with('+');
    let dates = numbers.windows(3).any(is_calendar_date) && (dashed || numbers.iter().any(|n| n.len() == 4));
    let long_number = !decimals && digits >= 7 && (dashed || numbers.iter().any(|number| number.len() > 3));
    dates
        || long_number
        || (international && digits >= 5)
        || (place == Place::Description && !decimals && digits >= 9)
}

/// Whether three numbers are day, month and year in any common order.
fn is_calendar_date(numbers: &[&str]) -> bool {
    let [a, b, c] = numbers else { return false };
    let value = |text: &str| text.parse::<u32>().unwrap_or(u32::MAX);
    let day = |text: &str| (1..=2).contains(&text.len()) && (1..=31).contains(&value(text));
    let month = |text: &str| (1..=2).contains(&text.len()) && (1..=12).contains(&value(text));
    let year = |text: &str| text.len() == 2 || (text.len() == 4 && (1850..=2150).contains(&value(text)));
    (year(c) && ((day(a) && month(b)) || (month(a) && day(b))))
        || (a.len() == 4 && year(a) && month(b) && day(c))
}

/// Names of months, abbreviated or not, in the languages of the safe words.
fn is_month(folded: &str) -> bool {
    const MONTHS: &[&str] = &[
        "jan",
        "feb",
        "mar",
        "apr",
        "may",
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "mrz",
        "mai",
        "okt",
        "dez",
        "janv",
        "fevr",
        "avr",
        "juin",
        "juil",
        "aout",
        "ene",
        "abr",
        "ago",
        "dic",
        "gen",
        "mag",
        "giu",
        "lug",
        "set",
        "ott",
        "january",
        "february",
        "march",
        "april",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "januar",
        "februar",
        "marz",
        "juni",
        "juli",
        "oktober",
        "dezember",
        "janvier",
        "fevrier",
        "mars",
        "avril",
        "juillet",
        "septembre",
        "octobre",
        "novembre",
        "decembre",
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ];
    let letters = folded.trim_matches(|c: char| c.is_ascii_digit());
    MONTHS.contains(&letters)
}

/// Takes out every token that alone or with its neighbors spells one of the patient's identifiers.
fn drop_identifiers(tokens: &mut [Token<'_>], identifiers: &Identifiers) {
    if identifiers.is_empty() {
        return;
    }
    let spelled: Vec<String> = tokens.iter().map(|token| squeeze(&token.folded)).collect();
    let spelled_out: Vec<String> =
        tokens.iter().map(|token| squeeze(&fold_spelled_out(token.text))).collect();
    let differ = spelled != spelled_out;
    let (mut run, mut run_out) = (String::new(), String::new());
    for at in 0..tokens.len() {
        run.clear();
        run_out.clear();
        let mut matters = false;
        for end in at..tokens.len().min(at + LONGEST_RUN) {
            run.push_str(&spelled[end]);
            run_out.push_str(&spelled_out[end]);
            matters |= tokens[end].stays;
            if run.len() > 64 {
                break;
            }
            if matters && (identifiers.forbids(&run) || (differ && identifiers.forbids(&run_out))) {
                tokens[at..=end].iter_mut().for_each(|token| token.stays = false);
            }
        }
        // A compound such as `w/smith` was known as a whole or cut already; its parts count as well.
        let mut parts = tokens[at].folded.split(|c: char| !c.is_alphanumeric());
        if tokens[at].stays && parts.any(|part| identifiers.forbids(part)) {
            tokens[at].stays = false;
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::identifiers::IdentifierKind;

    fn clean(text: &str, own: &[&str]) -> String {
        let mut identifiers = Identifiers::default();
        for name in own {
            identifiers.add_own(name, IdentifierKind::Name);
        }
        cleaned(text, Place::Description, &identifiers).unwrap_or_default().into_owned()
    }

    #[test]
    fn a_description_without_identifiers_stays_to_the_letter() {
        for text in [
            "CT HEAD W/O CONTRAST",
            "Head 5.0 H31s",
            "SCHÄDEL nativ 1.0 Hr40f",
            "1A TRAUMA/PLAIN HEAD",
            "Head^Routine (Adult)",
            "頭部 単純",
            "AX 0.625 BONE+",
            "Cerebro sin contraste 5 mm",
        ] {
            assert_eq!(clean(text, &["Doe", "John"]), text);
        }
    }

    #[test]
    fn names_dates_and_numbers_go_and_the_rest_stays() {
        assert_eq!(clean("CT HEAD DOE^JOHN 12/03/1957", &["DOE", "JOHN"]), "CT HEAD");
        assert_eq!(clean("6.1 ROUTINE HEAD WHITFIELD", &["Whitfield"]), "6.1 ROUTINE HEAD");
        assert_eq!(clean("KOPF 5.0 H31s Müller", &["Müller"]), "KOPF 5.0 H31s");
        assert_eq!(clean("HEAD MRN40417793 BRAIN", &[]), "HEAD BRAIN");
    }

    #[test]
    fn strangers_go_without_being_known() {
        assert_eq!(clean("Fall at home, lives with Harold", &[]), "Fall at with");
        assert_eq!(clean("HEAD for Dr. Lindqvist", &[]), "HEAD for");
        assert_eq!(clean("HEAD jane.doe@example.org AXIAL", &[]), "HEAD AXIAL");
    }

    #[test]
    fn dates_of_any_common_form_go() {
        for date in [
            "12/03/1957",
            "03.12.1957",
            "1957-03-12",
            "12 Mar 1957",
            "Mar 12, 1957",
            "12MAR57",
            "19570312",
            "570312",
            "12-03-57",
            "3/12/57",
            "12. März 1957",
            "1957/3/12",
            "12 03 1957",
        ] {
            assert_eq!(clean(&format!("CT HEAD {date}"), &[]), "CT HEAD", "{date}");
            assert_eq!(clean(&format!("HEAD {date} AXIAL"), &[]), "HEAD AXIAL", "{date}");
        }
    }

    #[test]
    fn telephones_go_and_measures_stay() {
        for phone in ["+99 555 0142", "(555) 014-2299", "555-014-2299", "030/1234567", "+49 30 12345"] {
            assert_eq!(clean(&format!("HEAD {phone}"), &[]), "HEAD", "{phone}");
        }
        for text in ["HEAD 5 120 kV 0.6mm", "HEAD 512x512", "Head 64x0.6", "HEAD 120kV 40keV 3D"] {
            assert_eq!(clean(text, &[]), text);
        }
    }

    #[test]
    fn own_identifiers_win_over_safe_words() {
        assert_eq!(clean("CT HEAD PHILIPS", &["Philips"]), "CT HEAD");
        assert_eq!(clean("CT HEAD", &["Head"]), "CT");
        assert_eq!(clean("HEAD W/O", &["W", "O"]), "HEAD W/O");
    }

    #[test]
    fn spelling_order_and_punctuation_do_not_hide_a_name() {
        for text in
            ["HEAD MUELLER", "HEAD müller", "HEAD Müller,Jürgen", "HEAD JUERGEN_MUELLER", "HEAD M-U-L-L-E-R"]
        {
            assert_eq!(clean(text, &["Müller", "Jürgen"]), "HEAD", "{text}");
        }
    }

    #[test]
    fn nothing_safe_leaves_nothing() {
        assert_eq!(clean("DOE 5", &["Doe"]), "");
        assert_eq!(clean("", &[]), "");
    }

    #[test]
    fn every_safe_word_stays() {
        let words =
            Vocabulary::get().words().filter(|word| Vocabulary::get().has_word(word, Place::Description));
        let mut count = 0;
        for word in words {
            let text = format!("HEAD {word} AXIAL");
            assert_eq!(clean(&text, &["Doe", "John"]), text);
            assert_eq!(clean(&text.to_uppercase(), &["Doe"]), text.to_uppercase());
            count += 1;
        }
        assert!(count > 1000);
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        for text in [
            "CT HEAD DOE^JOHN 12/03/1957 (W/O)",
            "HEAD 1 Smith 2 Jones 1957",
            "AX (x) BONE",
            "12 HEAD 3 Smith 57",
        ] {
            let once = clean(text, &["Doe"]);
            assert_eq!(clean(&once, &["Doe"]), once, "{text}");
        }
    }
}
