//! The forms in which an identifier may be spelled.

use super::super::dates::parse_date;
use super::super::fold::{fold, fold_spelled_out, squeeze};
use super::super::months;
use super::IdentifierKind;

/// Words that stand in identifying attributes and identify nobody.
pub(super) fn is_placeholder(folded: &str) -> bool {
    matches!(
        squeeze(folded).as_str(),
        "" | "anonymous"
            | "anonymized"
            | "anonymised"
            | "anon"
            | "unknown"
            | "none"
            | "na"
            | "nil"
            | "null"
            | "default"
            | "processedforanonymization"
    )
}

/// Letters and digits of the value as kept text may spell them: folded, without separators. A number of three
/// digits counts when it is the patient's own.
pub(super) fn squeezed(text: &str, kind: IdentifierKind, own: bool) -> Vec<String> {
    let mut forms = Vec::new();
    match kind {
        IdentifierKind::BirthDate | IdentifierKind::Date => {
            forms.extend(date_forms(text).iter().map(|form| squeeze(form)));
            if kind == IdentifierKind::BirthDate {
                forms.extend(partial_forms(text));
            }
        }
        _ => {
            let plain = squeeze(&fold(text));
            let spelled_out = squeeze(&fold_spelled_out(text));
            if kind == IdentifierKind::Name {
                forms.push(contracted(&plain));
            } else {
                let digits: String = plain.chars().filter(char::is_ascii_digit).collect();
                let significant = digits.trim_start_matches('0');
                if significant.len() >= if own && kind == IdentifierKind::Id { 3 } else { 5 } {
                    forms.push(significant.to_owned());
                    forms.push(digits);
                }
            }
            forms.push(plain);
            forms.push(spelled_out);
        }
    }
    let fewest_digits = if own && kind == IdentifierKind::Id { 3 } else { 4 };
    let least = |form: &String| {
        let letters = form.chars().filter(|c| c.is_alphabetic()).count();
        // One letter is an initial; two digits are any number.
        if letters == 0 { form.len() >= fewest_digits } else { form.chars().count() >= 2 || !form.is_ascii() }
    };
    forms.retain(least);
    forms.sort_unstable();
    forms.dedup();
    forms
}

/// `mueller` as people also write it: `muller`.
fn contracted(folded: &str) -> String {
    folded.replace("ue", "u").replace("oe", "o").replace("ae", "a")
}

/// A date in the forms that people and devices write; empty when the value is no date.
pub(super) fn date_forms(value: &str) -> Vec<String> {
    let Some([year, month, day]) = parse_date(value) else { return Vec::new() };
    let short = year % 100;
    let mut forms = vec![format!("{year:04}{month:02}{day:02}")];
    for separator in ["-", "/", ".", " "] {
        for (a, b, c) in [
            (format!("{year:04}"), format!("{month:02}"), format!("{day:02}")),
            (format!("{day:02}"), format!("{month:02}"), format!("{year:04}")),
            (format!("{month:02}"), format!("{day:02}"), format!("{year:04}")),
            (format!("{day}"), format!("{month}"), format!("{year:04}")),
            (format!("{month}"), format!("{day}"), format!("{year:04}")),
        ] {
            forms.push([a.as_str(), separator, &b, separator, &c].concat());
        }
    }
    for (a, b, c) in [(short, month, day), (day, month, short), (month, day, short)] {
        forms.push(format!("{a:02}{b:02}{c:02}"));
    }
    for name in months::names(month) {
        forms.push(format!("{day} {name} {year:04}"));
        forms.push(format!("{day:02} {name} {year:04}"));
        forms.push(format!("{name} {day} {year:04}"));
        forms.push(format!("{day:02}{name}{short:02}"));
    }
    forms
}

/// Day and month, month and year of a date, squeezed.
fn partial_forms(value: &str) -> Vec<String> {
    let Some([year, month, day]) = parse_date(value) else { return Vec::new() };
    vec![
        format!("{day:02}{month:02}"),
        format!("{month:02}{day:02}"),
        format!("{month:02}{:02}", year % 100),
        format!("{month:02}{year:04}"),
        format!("{year:04}{month:02}"),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_have_three_spellings() {
        let forms = squeezed("Müller", IdentifierKind::Name, true);
        assert_eq!(forms, ["mueller", "muller"]);
        assert!(squeezed("Mueller", IdentifierKind::Name, true).contains(&"muller".to_owned()));
    }

    #[test]
    fn initials_and_small_numbers_identify_nobody() {
        assert!(squeezed("J", IdentifierKind::Name, true).is_empty());
        assert!(squeezed("12", IdentifierKind::Id, true).is_empty());
        assert_eq!(squeezed("Li", IdentifierKind::Name, true), ["li"]);
        assert_eq!(squeezed("王", IdentifierKind::Name, true), ["王"]);
    }

    #[test]
    fn a_date_has_many_forms() {
        let forms = date_forms("19570312");
        for form in ["19570312", "12.03.1957", "03/12/1957", "570312", "12 mar 1957", "12-3-1957"] {
            assert!(forms.iter().any(|known| known == form), "{form}");
        }
        assert!(date_forms("DOE").is_empty());
    }
}
