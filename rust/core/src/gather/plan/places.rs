//! Whether the places of input, list, output and private folder keep out of each other's way.

use std::path::{Component, Path, PathBuf};

use crate::error::Problem;

/// Checks where a run would read and write; nothing is created.
///
/// The input must not be written to, and nothing that links back may lie in OUTPUT: neither list nor private
/// folder. Links are resolved; a path that does not exist yet is judged by its nearest existing parent.
#[must_use]
pub fn check_places(input: &Path, list: &Path, output: &Path, private: &Path) -> Vec<Problem> {
    let mut problems = Vec::new();
    if !input.is_dir() {
        problems.push(Problem::new("input folder", "is not a folder"));
    }
    for (path, place) in [(output, "output folder"), (private, "private folder")] {
        if path.exists() && !path.is_dir() {
            problems.push(Problem::new(place, "exists and is not a folder"));
        }
    }
    let [input, list, output, private] = [input, list, output, private].map(resolved);
    for (inner, outer, place, message) in [
        (&output, &input, "output folder", "lies in the input folder or is the same; choose another place"),
        (&input, &output, "output folder", "contains the input folder; choose another place"),
        (
            &list,
            &output,
            "linkage table",
            "lies in the output folder, which is to be shared; move it elsewhere",
        ),
        (
            &private,
            &output,
            "private folder",
            "lies in the output folder, which is to be shared; choose another place",
        ),
        (
            &private,
            &input,
            "private folder",
            "lies in the input folder, which is not written to; choose another place",
        ),
    ] {
        if is_within(inner, outer) {
            problems.push(Problem::new(place, message));
        }
    }
    if input == output {
        problems.retain(|problem| problem.message != "contains the input folder; choose another place");
    }
    problems
}

fn is_within(inner: &[String], outer: &[String]) -> bool {
    inner.starts_with(outer)
}

/// The path's components without links, `.` and `..`, compared as the system compares names.
fn resolved(path: &Path) -> Vec<String> {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut real = PathBuf::new();
    for component in absolute.components() {
        match component {
            Component::CurDir => {}
            // After resolving what comes before it, so that `link/..` is the parent of where the link leads.
            Component::ParentDir => {
                real.pop();
            }
            other => {
                real.push(other);
                if let Ok(canonical) = real.canonicalize() {
                    real = canonical;
                }
            }
        }
    }
    real.components().map(|component| as_compared(&component.as_os_str().to_string_lossy())).collect()
}

fn as_compared(name: &str) -> String {
    if cfg!(any(windows, target_os = "macos")) {
        super::super::linkage::rows::folded(name)
    } else {
        name.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// A folder with `in/A`, and a check of paths below it.
    fn problems(output: &str, private: &str, list: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        fs::create_dir_all(path.join("in/A")).unwrap();
        fs::create_dir_all(path.join("out")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(path.join("in"), path.join("link")).unwrap();
        check_places(&path.join("in"), &path.join(list), &path.join(output), &path.join(private))
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn places_beside_each_other_are_fine() {
        assert_eq!(problems("out", "private", "list.xlsx"), Vec::<String>::new());
        assert_eq!(problems("new/deep/out", "private", "in/list.xlsx"), Vec::<String>::new());
        assert_eq!(problems("input", "in-private", "list.xlsx"), Vec::<String>::new());
    }

    #[test]
    fn output_and_input_keep_apart() {
        let in_input = "output folder: lies in the input folder or is the same; choose another place";
        for output in ["in", "in/out", "in/A/new/out", "out/../in/x", "new/../in"] {
            assert_eq!(problems(output, "private", "list.xlsx"), [in_input], "{output}");
        }
        assert_eq!(
            problems("", "../private", "../list.xlsx"),
            ["output folder: contains the input folder; choose another place"]
        );
        #[cfg(unix)]
        for output in ["link", "link/out", "link/new/out"] {
            assert_eq!(problems(output, "private", "list.xlsx"), [in_input], "{output}");
        }
    }

    #[test]
    fn nothing_that_links_back_lies_in_the_output() {
        assert_eq!(problems("out", "out/private", "out/list.xlsx").len(), 2);
        assert_eq!(problems("out", "out", "list.xlsx").len(), 1);
        assert_eq!(problems("out", "in/private", "list.xlsx").len(), 1);
    }

    #[test]
    fn a_file_is_no_place_for_folders() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let problems = check_places(&folder.path().join("absent"), Path::new("l"), file.path(), file.path());
        assert_eq!(problems.len(), 4);
    }
}
