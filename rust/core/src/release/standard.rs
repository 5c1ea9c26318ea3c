//! Asks David Clunie's `dciodvfy`, where it is installed, whether a released file breaks the standard in a way that
//! its original did not.
//!
//! An independent opinion for the report, asked for by a setting; it decides nothing. What the program prints may
//! quote values and is never kept: only the number of new errors is.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// The program of Debian's `dicom3tools`.
const PROGRAM: &str = "dciodvfy";

/// Whether the program can be started.
pub(crate) fn is_installed() -> bool {
    Command::new(PROGRAM)
        .arg("-version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok()
}

/// Errors of the released file that the original does not have.
pub(super) fn new_errors(original: &Path, released: &Path) -> io::Result<u64> {
    let before = errors(original)?;
    Ok(errors(released)?.difference(&before).count() as u64)
}

/// The kinds of errors in a file: the messages without the values that they quote.
fn errors(path: &Path) -> io::Result<BTreeSet<String>> {
    // An absolute path is no option of the program, whatever the file is called.
    let answer = Command::new(PROGRAM).arg(std::path::absolute(path)?).stdin(Stdio::null()).output()?;
    let messages = [answer.stdout, answer.stderr].concat();
    Ok(String::from_utf8_lossy(&messages)
        .lines()
        .filter(|line| line.starts_with("Error"))
        .map(without_values)
        .collect())
}

/// `Error - Value invalid for this VR - (0x0010,0x0010) PN Patient's Name  PN [1] = <Doe^J> - Length invalid ...`
/// without `<Doe^J>` and the length that depends on it.
fn without_values(message: &str) -> String {
    let mut kind = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once("= <") {
        kind.push_str(before);
        rest = after.split_once('>').map_or("", |(_, after)| after);
    }
    kind.push_str(rest.split_once("Length invalid").map_or(rest, |(before, _)| before));
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_keeps_its_kind_and_loses_its_value() {
        let kind = without_values(
            "Error - Value invalid for this VR - (0x0010,0x0010) PN Patient's Name  PN [1] = <Doe^J> - Length invalid = 65",
        );
        assert!(kind.contains("(0x0010,0x0010)") && kind.ends_with("PN [1]  - "), "{kind}");
        assert!(!kind.contains("Doe"));
        let missing =
            "Error - Missing attribute Type 1C Conditional Element=<ResponsiblePersonRole> Module=<Patient>";
        assert_eq!(without_values(missing), missing);
    }
}
