//! Which numbers stay: short ones that are no part of a date, a telephone number or somebody's number.

use super::super::cues::{Cue, cue};
use super::super::months::month;
use super::super::vocabulary::{Place, Vocabulary};
use super::token::Token;

/// The age from which on a number of years identifies: 45 CFR 164.514(b)(2)(i)(C) lets ages up to 89 stay.
const OLDEST: u32 = 90;

/// Decides each token by itself and with its neighbors: words by the vocabulary, numbers by their company.
pub(super) fn judge(text: &str, tokens: &mut [Token<'_>], place: Place) {
    for token in tokens.iter_mut() {
        token.stays =
            token.stays && (token.known || is_short_number(&token.folded, place)) && !is_age(&token.folded);
    }
    let mut at = 0;
    while at < tokens.len() {
        let run = number_run(text, tokens, at);
        if run > at + 1 && is_date_or_telephone(text, &tokens[at..run], place) {
            drop_all(&mut tokens[at..run]);
        }
        at = run.max(at + 1);
    }
    for at in 0..tokens.len() {
        beside_a_month(tokens, at);
        behind_a_label(text, tokens, at);
        beside_years(tokens, at);
    }
    glued_to_unknown_words(tokens);
    for at in 0..tokens.len() {
        if is_letter_of_the_scan(text, tokens, at) {
            tokens[at].stays = true;
        }
    }
}

fn drop_all(tokens: &mut [Token<'_>]) {
    for token in tokens {
        token.stays = false;
    }
}

/// One to three digits, or a decimal number that is no date: `5`, `0.625`, `4.1.2`.
fn is_short_number(folded: &str, place: Place) -> bool {
    let parts: Vec<_> = folded.split('.').collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(digits) {
        return false;
    }
    match parts.as_slice() {
        [number] => number.len() <= if place == Place::Device { 4 } else { 3 },
        [whole, fraction] => whole.len() <= 4 && fraction.len() <= 4,
        // A version; pairs of digits are a telephone number.
        parts => {
            let (longest, shortest) = if place == Place::Device { (5, 2) } else { (2, 1) };
            parts.len() <= 4
                && parts.iter().all(|part| part.len() <= longest)
                && !is_calendar_date(parts)
                && parts.iter().any(|part| part.len() <= shortest)
        }
    }
}

/// `92y`, `101F`: years of age, perhaps with the sex.
fn is_age(folded: &str) -> bool {
    let Some(suffix) = folded.find(|c: char| !c.is_ascii_digit()) else { return false };
    let (number, suffix) = folded.split_at(suffix);
    matches!(suffix, "f" | "m" | "y" | "yo" | "j" | "w") && is_old(number)
}

fn is_old(number: &str) -> bool {
    (2..=3).contains(&number.len()) && number.parse().is_ok_and(|years| (OLDEST..=130).contains(&years))
}

/// The end of the run of numbers that starts at `at`, joined by separators that dates and telephones use.
fn number_run(text: &str, tokens: &[Token<'_>], at: usize) -> usize {
    if !tokens[at].is_number() {
        return at;
    }
    let mut end = at + 1;
    while end < tokens.len()
        && tokens[end].is_number()
        && text[tokens[end - 1].end..tokens[end].start]
            .chars()
            .all(|c| matches!(c, ' ' | '-' | '/' | '.' | '(' | ')' | '+' | '_' | ',' | '\r' | '\n' | '\t'))
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
    let blanks = place == Place::Description && !decimals && !between.contains(',');
    dates
        || long_number
        || (international && digits >= 5)
        || (blanks && (digits >= 9 || (digits >= 7 && numbers.len() >= 4)))
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

/// The name of a month and the numbers beside it: `12 Mar 1957`, `12MAR57`. A month that is a safe word as well
/// (Italian `set`) counts beside a year only.
fn beside_a_month(tokens: &mut [Token<'_>], at: usize) {
    let letters = tokens[at].folded.trim_matches(|c: char| c.is_ascii_digit());
    if month(letters).is_none() {
        return;
    }
    let around = at.saturating_sub(1)..(at + 2).min(tokens.len());
    if Vocabulary::get().knows(&tokens[at].folded)
        && !around.clone().any(|index| is_year(&tokens[index].folded))
    {
        return;
    }
    let numeric = |token: &Token<'_>| token.folded.starts_with(|c: char| c.is_ascii_digit());
    if tokens[around.clone()].iter().any(numeric) {
        tokens[around].iter_mut().filter(|token| numeric(token)).for_each(|token| token.stays = false);
        tokens[at].stays = false;
    }
}

/// Four digits, or two that are no day.
fn is_year(number: &str) -> bool {
    matches!(number.len(), 2 | 4) && number.parse().is_ok_and(|number: u32| number > 31)
}

/// Whole numbers behind `MRN`, `room`, `tel.` or a `#` with three digits, however short.
fn behind_a_label(text: &str, tokens: &mut [Token<'_>], at: usize) {
    let before = &text[..tokens[at].start];
    if tokens[at].is_integer() && tokens[at].folded.len() >= 3 && before.trim_end().ends_with('#') {
        tokens[at].stays = false;
    }
    if cue(&tokens[at].folded) != Some(Cue::Number) {
        return;
    }
    let of_label = |token: &&mut Token<'_>| matches!(token.folded.as_ref(), "no" | "nr" | "num" | "number");
    tokens[at + 1..]
        .iter_mut()
        .skip_while(of_label)
        .take_while(|token| token.is_integer())
        .for_each(|token| token.stays = false);
}

/// `92 y/o`, `aged 101`.
fn beside_years(tokens: &mut [Token<'_>], at: usize) {
    if !is_old(&tokens[at].folded) {
        return;
    }
    let counts_years =
        |index: Option<usize>| index.and_then(|index| tokens.get(index)).and_then(|token| cue(&token.folded));
    if [counts_years(at.checked_sub(1)), counts_years(Some(at + 1))].contains(&Some(Cue::Age)) {
        tokens[at].stays = false;
    }
}

/// Numbers in one piece with a word that goes: `A-417-88` is one number of somebody.
fn glued_to_unknown_words(tokens: &mut [Token<'_>]) {
    for piece in tokens.chunk_by_mut(|one, next| one.piece == next.piece) {
        if piece.iter().any(|token| !token.stays && token.is_word()) {
            for token in piece.iter_mut().filter(|token| token.is_integer()) {
                token.stays = false;
            }
        }
    }
}

/// Single letters between words: `HEAD W CONTRAST`, `senza e con`, `I to S`, `A_80kV`. Elsewhere they are
/// somebody's initials.
fn is_letter_of_the_scan(text: &str, tokens: &[Token<'_>], at: usize) -> bool {
    let known = |index: Option<usize>| {
        index
            .and_then(|index| tokens.get(index))
            .filter(|token| token.known && token.stays && token.is_word())
    };
    let (before, after) = (known(at.checked_sub(1)), known(Some(at + 1)));
    let beside_to = [before, after].into_iter().flatten().any(|token| token.folded == "to");
    let glued_number = tokens.get(at + 1).is_some_and(|next| {
        next.stays
            && text[tokens[at].end..next.start] == *"_"
            && next.folded.starts_with(|c: char| c.is_ascii_digit())
    });
    match tokens[at].folded.as_ref() {
        "w" | "e" | "y" | "i" | "u" | "o" if before.is_some() && after.is_some() => true,
        "i" | "s" | "l" | "r" | "a" | "p" | "h" | "f" if beside_to => true,
        "a" | "b" | "f" | "m" => glued_number,
        _ => false,
    }
}
