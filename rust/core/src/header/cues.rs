//! Words that tell what stands beside them, as data: labels of numbers, titles of persons.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

const CUES: &str = include_str!("rules/cues.csv");
const ALSO_NAMES: &str = include_str!("rules/also_names.csv");

/// What a word says about its neighbors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cue {
    /// The numbers after it are somebody's.
    Number,
    /// The number beside it counts years.
    Age,
    /// A name follows.
    Title,
    /// A name may follow; the word has other meanings.
    Honorific,
    /// A name stands before it.
    Suffix,
}

/// What the folded word says about its neighbors.
pub(super) fn cue(folded: &str) -> Option<Cue> {
    static CUES_BY_WORD: LazyLock<HashMap<&str, Cue>> =
        LazyLock::new(|| fields(CUES).filter_map(|(word, kind)| Some((word, kind_of(kind)?))).collect());
    CUES_BY_WORD.get(folded).copied()
}

/// Whether the folded safe word is as common as a family name.
pub(super) fn is_also_name(folded: &str) -> bool {
    static NAMES: LazyLock<HashSet<&str>> =
        LazyLock::new(|| fields(ALSO_NAMES).map(|(word, _)| word).collect());
    NAMES.contains(folded)
}

fn kind_of(kind: &str) -> Option<Cue> {
    Some(match kind {
        "number" => Cue::Number,
        "age" => Cue::Age,
        "title" => Cue::Title,
        "honorific" => Cue::Honorific,
        "suffix" => Cue::Suffix,
        _ => return None,
    })
}

/// The first two columns of every row.
fn fields(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).filter_map(|line| {
        let mut columns = line.split(',');
        Some((columns.next()?, columns.next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::super::vocabulary::Vocabulary;
    use super::*;

    #[test]
    fn every_row_means_something() {
        for (word, kind) in fields(CUES) {
            assert_eq!(fold(word), word);
            assert!(kind_of(kind).is_some() && cue(word) == kind_of(kind), "{word} stands twice");
        }
        for (word, _) in fields(ALSO_NAMES) {
            assert!(Vocabulary::get().knows(word), "{word} is not safe, so it needs no row");
        }
    }
}
