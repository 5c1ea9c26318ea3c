//! What a run is asked to do: the paths, the settings and what to do with an output that exists.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::error::Problem;
use crate::settings::Settings;

/// What to do when a `New_ID` of the list is already in the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Existing {
    /// Refuse the run.
    #[default]
    Refuse,
    /// Skip patients that are finished, try the rest again.
    Resume,
    /// Replace them.
    Overwrite,
}

/// Which held series are released all the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ReleaseHeld {
    /// None.
    #[default]
    None,
    /// All.
    All,
    /// Those of these patients, as `New_ID`, and single series, as `New_ID/2`: no `New_ID` has a `/`.
    Named(BTreeSet<String>),
}

impl ReleaseHeld {
    /// Reads `all` or names such as `SUBJ-0021,SUBJ-0022/2`: a patient, and the second series of another.
    #[must_use]
    pub fn from_text(text: &str) -> Self {
        let names: BTreeSet<String> =
            text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect();
        match names.first() {
            None => Self::None,
            Some(only) if names.len() == 1 && only.eq_ignore_ascii_case("all") => Self::All,
            Some(_) => Self::Named(names),
        }
    }

    /// Whether every held series of this patient is released.
    #[must_use]
    pub fn includes_all_of(&self, new_id: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Named(names) => names.contains(new_id),
        }
    }

    /// Whether this series is released, should it be held; series count from 1 as in check and report.
    #[must_use]
    pub fn includes(&self, new_id: &str, series: u32) -> bool {
        let by_number = match self {
            Self::Named(names) => names.contains(&format!("{new_id}/{series}")),
            Self::None | Self::All => false,
        };
        by_number || self.includes_all_of(new_id)
    }

    /// What is wrong with the names, by their place among them; `patients` has each `New_ID` and how many
    /// series of it would be kept. A name that fits nothing is not repeated: it may be anything.
    #[must_use]
    pub fn problems<'a>(&self, patients: impl Iterator<Item = (&'a str, usize)>) -> Vec<Problem> {
        let Self::Named(names) = self else { return Vec::new() };
        let mut known = BTreeSet::new();
        for (new_id, series) in patients {
            known.insert(new_id.to_owned());
            known.extend((1..=series).map(|number| format!("{new_id}/{number}")));
        }
        let unknown = names.iter().zip(1..).filter(|(name, _)| !known.contains(*name));
        unknown
            .map(|(_, place)| {
                Problem::new(
                    "held series to release",
                    format!(
                        "name {place} of {}, sorted, fits nothing; expected a New_ID that has a folder, or \
                         New_ID/number with the number of a series that would be kept",
                        names.len()
                    ),
                )
            })
            .collect()
    }
}

/// A run as asked for. Paths are as given; nothing is checked yet.
#[derive(Debug, Clone)]
pub struct Request {
    /// Folder with one folder per accession number.
    pub input: PathBuf,
    /// The linkage table.
    pub list: PathBuf,
    /// Where `New_ID` folders and the report go.
    pub output: PathBuf,
    /// Where key, audit, manifest and log go; beside the list when not given.
    pub private: Option<PathBuf>,
    /// A key file to use instead of the one in the private folder.
    pub key: Option<PathBuf>,
    /// Checked settings.
    pub settings: Settings,
    /// What to do when a `New_ID` is already in the output.
    pub existing: Existing,
    /// Held series to release.
    pub release_held: ReleaseHeld,
    /// Threads; 0 means one for each processor.
    pub jobs: usize,
}

impl Request {
    /// A request with default settings.
    #[must_use]
    pub fn new(input: PathBuf, list: PathBuf, output: PathBuf) -> Self {
        Self {
            input,
            list,
            output,
            private: None,
            key: None,
            settings: Settings::default(),
            existing: Existing::default(),
            release_held: ReleaseHeld::default(),
            jobs: 0,
        }
    }

    /// The private folder: the one given, else `<list name>.private` beside the list.
    #[must_use]
    pub fn private_folder(&self) -> PathBuf {
        self.private.clone().unwrap_or_else(|| {
            let mut name = self.list.file_stem().unwrap_or_default().to_os_string();
            name.push(".private");
            self.list.with_file_name(name)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn held_series_are_named_one_by_one_or_by_patient() {
        let release = ReleaseHeld::from_text("A, B/2");
        assert!(release.includes("A", 1) && release.includes("A", 7));
        assert!(release.includes("B", 2) && !release.includes("B", 1) && !release.includes("B", 22));
        assert!(release.includes_all_of("A") && !release.includes_all_of("B"));
        assert!(ReleaseHeld::from_text("ALL").includes("C", 3));
        assert!(!ReleaseHeld::from_text(" ").includes("C", 3));
    }

    #[test]
    fn a_name_that_fits_nothing_is_a_problem_and_is_not_repeated() {
        let patients = || [("P-1", 1), ("P-2", 2)].into_iter();
        assert!(ReleaseHeld::from_text("P-1,P-2/2").problems(patients()).is_empty());
        assert!(ReleaseHeld::All.problems(patients()).is_empty());
        for wrong in ["P-2/3", "P-2/0", "P-2/02", "P-2/", "p-2", "DOE^JANE"] {
            let problems = ReleaseHeld::from_text(wrong).problems(patients());
            assert_eq!(problems.len(), 1, "{wrong}");
            assert!(!problems[0].to_string().contains(wrong), "{wrong}");
        }
    }
}
