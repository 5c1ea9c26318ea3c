//! Whether a series was made with contrast medium, by its own evidence.

use super::super::facts::Facts;
use super::words::{plain, tokens};

/// What Contrast/Bolus Agent says when there was none.
const NO_AGENT: &[&str] = &[
    "",
    "0",
    "-",
    "n",
    "n/a",
    "na",
    "native",
    "nativ",
    "nein",
    "no",
    "nocontrast",
    "non",
    "none",
    "without",
    "w/o",
];

/// Beginnings of words of series that need contrast medium.
const EXAMINATIONS: &[&str] = &["angio", "cta", "ctp", "ctv", "perf"];

/// Words after which `contrast` means that there is some.
const AFFIRMATIONS: &[&str] = &["mit", "post", "with", "w", "iv"];

/// Whether this file shows that its series has contrast medium: an agent, or a description that says so. The
/// study's description does not count: it speaks of all series at once.
pub(in crate::gather) fn shows_contrast(facts: &Facts) -> bool {
    facts.contrast_items
        || !NO_AGENT.contains(&plain(&facts.contrast_agent).as_str())
        || says_contrast(&facts.series_description)
        || says_contrast(&facts.image_type)
}

fn says_contrast(description: &str) -> bool {
    let tokens = tokens(description);
    let affirmed =
        |pair: &[String]| AFFIRMATIONS.contains(&pair[0].as_str()) && pair[1].starts_with("contrast");
    tokens.iter().any(|token| EXAMINATIONS.iter().any(|beginning| token.starts_with(beginning)))
        || tokens.windows(2).any(affirmed)
        || description.split_whitespace().any(|word| matches!(word, "C+" | "+C" | "c+" | "+c"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_agent_is_contrast_and_the_word_none_is_not() {
        let agent =
            |agent: &str| shows_contrast(&Facts { contrast_agent: agent.to_owned(), ..Facts::default() });
        assert!(agent("Iohexol 300") && agent("APPLIED"));
        assert!(!agent("") && !agent("None") && !agent("NO CONTRAST") && !agent("W/O"));
    }

    #[test]
    fn a_series_description_may_say_so() {
        let series =
            |text: &str| shows_contrast(&Facts { series_description: text.to_owned(), ..Facts::default() });
        for text in ["CTA Head 1.0", "Angio", "ANGIOGRAPHY", "Perfusion 5.0", "HEAD W/ CONTRAST", "BRAIN C+"]
        {
            assert!(series(text), "{text}");
        }
        for text in ["HEAD W/O CONTRAST", "WITHOUT CONTRAST", "noncontrast", "H31s", "FC64", "CT ANATOMY"] {
            assert!(!series(text), "{text}");
        }
    }

    #[test]
    fn what_the_study_says_does_not_count() {
        let facts = Facts { study_description: "CTA HEAD AND NECK".to_owned(), ..Facts::default() };
        assert!(!shows_contrast(&facts));
    }
}
