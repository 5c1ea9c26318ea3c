//! Links the rows of the list to the patient folders of the input.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsString;

use super::rows::folded;
use super::{Row, row_problem};
use crate::error::Problem;

/// Which folder belongs to which row.
#[derive(Debug, Default)]
pub struct Linked {
    /// (index of the row, index of the folder), in the order of the list.
    pub pairs: Vec<(usize, usize)>,
    /// Indices of rows without a folder.
    pub rows_alone: Vec<usize>,
    /// Indices of folders without a row, ascending.
    pub folders_alone: Vec<usize>,
    /// Rows that were linked although their text is not the folder's name, and rows that several folders fit;
    /// by row number.
    pub remarks: Vec<(usize, Problem)>,
}

/// What two names share that belong together.
type Form = fn(&str) -> Option<String>;

/// How a row may be linked that no folder is named after, in the order of trial.
const KINSHIPS: [(Form, &str); 2] = [
    (|name| Some(folded(name.trim())), "folder whose name differs in case, accents or blanks around it"),
    (without_zeros, "folder whose name has leading zeros that the list has lost"),
];

/// Links by name; then, for what is left, by name without case and outer blanks; then by digits without
/// leading zeros. A looser link is made only between one row and one folder, and is remarked.
#[must_use]
pub fn link(rows: &[Row], folders: &[OsString]) -> Linked {
    let by_name: HashMap<&str, usize> =
        folders.iter().enumerate().filter_map(|(index, name)| Some((name.to_str()?, index))).collect();
    let mut folder_of: BTreeMap<usize, usize> = rows
        .iter()
        .enumerate()
        .filter_map(|(index, row)| Some((index, *by_name.get(row.accession.reveal().as_str())?)))
        .collect();
    let mut taken = vec![false; folders.len()];
    for folder in folder_of.values() {
        taken[*folder] = true;
    }
    let mut remarks = Vec::new();

    for (form, description) in KINSHIPS {
        let mut folders_by_form: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, name) in folders.iter().enumerate().filter(|(index, _)| !taken[*index]) {
            if let Some(key) = name.to_str().and_then(form) {
                folders_by_form.entry(key).or_default().push(index);
            }
        }
        let mut rows_by_form: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, row) in rows.iter().enumerate().filter(|(index, _)| !folder_of.contains_key(index)) {
            if let Some(key) = form(row.accession.reveal()).filter(|key| folders_by_form.contains_key(key)) {
                rows_by_form.entry(key).or_default().push(index);
            }
        }
        for (key, fitting_rows) in rows_by_form {
            match (fitting_rows.as_slice(), folders_by_form[&key].as_slice()) {
                ([row], [folder]) => {
                    folder_of.insert(*row, *folder);
                    taken[*folder] = true;
                    remarks.push((rows[*row].number, format!("linked to the {description}")));
                }
                (fitting, _) => remarks.extend(fitting.iter().map(|row| {
                    (
                        rows[*row].number,
                        format!("not linked: more than one row or folder fits a {description}"),
                    )
                })),
            }
        }
    }
    remarks.sort();
    Linked {
        rows_alone: (0..rows.len()).filter(|row| !folder_of.contains_key(row)).collect(),
        folders_alone: (0..folders.len()).filter(|folder| !taken[*folder]).collect(),
        pairs: folder_of.into_iter().collect(),
        remarks: remarks
            .into_iter()
            .map(|(number, message)| (number, row_problem(number, message)))
            .collect(),
    }
}

/// Digits without their leading zeros; `None` for what is not a number.
fn without_zeros(name: &str) -> Option<String> {
    let digits = name.trim();
    let number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    number.then(|| digits.trim_start_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identifying::Identifying;

    fn linked(accessions: &[&str], folders: &[&str]) -> (Vec<(usize, usize)>, Vec<String>) {
        let rows: Vec<Row> = accessions
            .iter()
            .enumerate()
            .map(|(index, accession)| Row {
                number: index + 2,
                accession: Identifying::new((*accession).to_owned()),
                new_id: format!("D{index}"),
                new_patient_id: None,
            })
            .collect();
        let folders: Vec<OsString> = folders.iter().map(OsString::from).collect();
        let linked = link(&rows, &folders);
        assert_eq!(linked.pairs.len() + linked.rows_alone.len(), rows.len());
        assert_eq!(linked.pairs.len() + linked.folders_alone.len(), folders.len());
        (linked.pairs, linked.remarks.iter().map(|(_, problem)| problem.to_string()).collect())
    }

    #[test]
    fn a_row_and_the_folder_of_its_name_belong_together() {
        assert_eq!(linked(&["B", "A"], &["A", "B", "C"]), (vec![(0, 1), (1, 0)], vec![]));
    }

    #[test]
    fn lost_leading_zeros_are_found_and_remarked() {
        let (pairs, remarks) = linked(&["123"], &["00123", "00124"]);
        assert_eq!(pairs, [(0, 0)]);
        assert_eq!(
            remarks,
            [
                "linkage table, row 2: linked to the folder whose name has leading zeros that the list has lost"
            ]
        );
    }

    #[test]
    fn lost_leading_zeros_that_fit_two_folders_link_to_none() {
        let (pairs, remarks) = linked(&["123"], &["00123", "0123"]);
        assert_eq!(pairs, []);
        assert!(remarks[0].contains("more than one"));
        assert_eq!(linked(&["123", "0123"], &["00123"]).0, []);
    }

    #[test]
    fn the_exact_name_wins_over_any_kinship() {
        assert_eq!(linked(&["123", "0123"], &["0123", "123"]).0, [(0, 1), (1, 0)]);
        assert_eq!(linked(&["a", "A"], &["A"]).0, [(1, 0)]);
    }

    #[test]
    fn case_outer_blanks_and_the_writing_of_accents_are_forgiven() {
        let (pairs, remarks) = linked(&["ct24-1"], &["CT24-1 "]);
        assert_eq!((pairs, remarks.len()), (vec![(0, 0)], 1));
        assert_eq!(linked(&["M\u{fc}ller"], &["Mu\u{308}ller"]).0, [(0, 0)]);
    }

    #[test]
    fn zeros_alone_are_a_number_too() {
        assert_eq!(linked(&["0"], &["000"]).0, [(0, 0)]);
    }
}
