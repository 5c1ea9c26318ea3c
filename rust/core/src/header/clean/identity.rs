//! Takes out what names the patient and people around them, spelled in whatever way.

use super::super::cues::{Cue, cue, is_also_name};
use super::super::fold::{fold_spelled_out, squeeze};
use super::super::identifiers::Identifiers;
use super::super::vocabulary::Place;
use super::token::Token;

/// The most tokens that one identifier is spread over: `12 - 03 - 1957`, an address, `W H I T F I E L D`.
const LONGEST_RUN: usize = 24;
/// The most letters and digits of an identifier that is searched for.
const LONGEST_IDENTIFIER: usize = 64;
/// From this many digits on, a number inside a word is compared by itself: `S40417` holds `40417`.
const SHORTEST_INNER_NUMBER: usize = 4;

/// Takes out every token that alone or with its neighbors spells one of the patient's identifiers.
pub(super) fn drop_identifiers(tokens: &mut [Token<'_>], identifiers: &Identifiers, place: Place) {
    if identifiers.is_empty() {
        return;
    }
    let forbids = |squeezed: &str| match place {
        Place::Folder => identifiers.forbids_in_path(squeezed),
        _ => identifiers.forbids(squeezed),
    };
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
            if run.len() > LONGEST_IDENTIFIER {
                break;
            }
            let spells = forbids(&run) || (differ && forbids(&run_out));
            if matters && spells && !(end == at && is_measure(&tokens[at].folded)) {
                for token in &mut tokens[at..=end] {
                    token.stays = false;
                }
            }
        }
        if tokens[at].stays && holds_part(&tokens[at].folded, &forbids) {
            tokens[at].stays = false;
        }
    }
}

/// A decimal number of up to four digits that is no day and month: a slice of 0.625 mm is not the 25th of June.
fn is_measure(folded: &str) -> bool {
    folded.split_once('.').is_some_and(|(whole, fraction)| {
        whole.len() + fraction.len() <= 4 && (whole.len(), fraction.len()) != (2, 2)
    })
}

/// A compound such as `w/smith` was known as a whole or cut already; its parts count as well, and so do the
/// numbers in it.
fn holds_part(folded: &str, forbids: &dyn Fn(&str) -> bool) -> bool {
    let is_forbidden = |part: &str| !part.is_empty() && forbids(part);
    folded.split(|c: char| !c.is_alphanumeric()).any(is_forbidden)
        || folded.split(|c: char| !c.is_ascii_digit()).any(|digits| {
            digits.len() >= SHORTEST_INNER_NUMBER
                && (is_forbidden(digits) || is_forbidden(digits.trim_start_matches('0')))
        })
}

/// Takes out safe words that stand where a name stands: behind a title, beside a word that is not safe.
///
/// `White` goes in `White, Gregory` and `Dr. White` and stays in `white matter`. In other places than
/// descriptions nobody writes names among words.
pub(super) fn drop_names(text: &str, tokens: &mut [Token<'_>], identifiers: &Identifiers, place: Place) {
    if place != Place::Description {
        return;
    }
    for at in 0..tokens.len() {
        if !tokens[at].stays || !tokens[at].is_word() {
            continue;
        }
        let word = tokens[at].folded.as_ref();
        let (also_name, around) = (is_also_name(word), word.len() >= 3 && identifiers.is_around(word));
        let before = at.checked_sub(1).filter(|before| are_neighbors(text, &tokens[*before], &tokens[at]));
        let after = Some(at + 1)
            .filter(|after| tokens.get(*after).is_some_and(|after| are_neighbors(text, &tokens[at], after)));
        let cue_at = |index: Option<usize>| index.and_then(|index| cue(&tokens[index].folded));
        let behind_title = match cue_at(before) {
            Some(Cue::Title) => true,
            Some(Cue::Honorific) => also_name || around,
            _ => false,
        };
        let beside_name = (also_name || around)
            && [before, after].into_iter().flatten().any(|index| {
                let token = &tokens[index];
                !token.stays && token.is_word() && (cue(&token.folded).is_none_or(|cue| cue == Cue::Suffix))
            });
        if behind_title || beside_name {
            tokens[at].stays = false;
        }
    }
}

/// Whether nothing stands between the two but what stands between the parts of a name.
fn are_neighbors(text: &str, one: &Token<'_>, next: &Token<'_>) -> bool {
    text[one.end..next.start]
        .chars()
        .all(|c| c.is_whitespace() || matches!(c, '^' | ',' | '.' | '-' | '\'' | '_' | ':' | '='))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::identifiers::IdentifierKind;

    #[test]
    fn a_number_inside_a_word_is_somebodys() {
        let mut identifiers = Identifiers::default();
        identifiers.add_own("40417", IdentifierKind::Id);
        let holds = |folded| holds_part(folded, &|part| identifiers.forbids(part));
        assert!(holds("s40417") && holds("im0040417"));
        assert!(!holds("s404170"));
    }
}
