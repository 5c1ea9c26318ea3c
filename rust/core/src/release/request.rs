//! What a run is asked to do: the paths, the settings and what to do with an output that exists.

use std::collections::BTreeSet;
use std::path::PathBuf;

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
    /// Those of these `New_ID`s.
    Named(BTreeSet<String>),
}

impl ReleaseHeld {
    /// Reads `all` or `NEW_ID,NEW_ID`.
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

    /// Whether the held series of this patient are released.
    #[must_use]
    pub fn includes(&self, new_id: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Named(names) => names.contains(new_id),
        }
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
