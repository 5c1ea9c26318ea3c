//! Names of months in the languages of the safe words, as data.

use std::collections::HashMap;
use std::sync::LazyLock;

const MONTHS: &str = include_str!("rules/months.csv");

static NAMES: LazyLock<HashMap<&str, i64>> = LazyLock::new(|| {
    let rows = MONTHS.lines().filter_map(|line| line.split_once(','));
    rows.filter_map(|(month, names)| Some((month.parse().ok()?, names)))
        .flat_map(|(month, names)| names.split_whitespace().map(move |name| (name, month)))
        .collect()
});

/// The number of the month, from 1, that the folded word names or abbreviates.
pub(super) fn month(folded: &str) -> Option<i64> {
    NAMES.get(folded).copied()
}

/// Every name of a month, from 1.
pub(super) fn names(month: i64) -> impl Iterator<Item = &'static str> {
    NAMES.iter().filter(move |(_, number)| **number == month).map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_means_one_month() {
        assert_eq!(month("marz"), Some(3));
        assert_eq!(month("dezember"), Some(12));
        assert_eq!(month("head"), None);
        let all: usize = MONTHS
            .lines()
            .filter(|line| !line.starts_with(['#', 'm']))
            .map(|line| line.split(' ').count())
            .sum();
        assert_eq!(NAMES.len(), all, "a name stands twice");
        assert_eq!((1..=12).map(|month| names(month).count()).sum::<usize>(), all);
    }
}
