//! The attribute tables as compiled in: one row per attribute, every column that decides something.
//!
//! A bad row is a refusal that says where, before the first file is opened.

use std::collections::HashMap;
use std::sync::LazyLock;

use dicom_core::Tag;

use crate::error::{Failure, Problem, Refusal, Stage};

const TABLE_E1_1: &str = include_str!("rules/ps3_15_table_e1_1.csv");
const STUDY_LIST: &str = include_str!("rules/study_list.csv");
const HEAD_CT: &str = include_str!("rules/head_ct.csv");
const IOD_TYPES: &str = include_str!("rules/ct_image_iod_types.csv");
const CODING_SCHEMES: &str = include_str!("rules/coding_schemes.csv");
const IDENTIFYING: &str = include_str!("rules/identifying.csv");

/// An action code of Table E.1-1a, simple or compound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Code {
    X,
    Z,
    D,
    U,
    K,
    C,
    XZ,
    XD,
    ZD,
    Xzd,
    Xzu,
}

/// What stands in the study group's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum House {
    /// A word in place of a present value.
    Word(String),
    /// A code of Table E.1-1a.
    Code(Code),
    /// The new identity.
    NewId,
}

/// An action of this project's own table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Own {
    Code(Code),
    Age,
    PublicCode,
    CleanOrDummy,
    PatientId,
    Accession,
}

/// The Type of an attribute in the CT Image IOD, conditions left out; stricter is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum IodType {
    #[default]
    Optional,
    MayBeEmpty,
    Required,
}

/// A row of Table E.1-1: the basic profile and the options this project uses.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standard {
    pub(super) basic: Code,
    pub(super) patient_characteristics: Option<Code>,
    pub(super) full_dates: Option<Code>,
    pub(super) modified_dates: Option<Code>,
    pub(super) clean_descriptors: Option<Code>,
}

/// Everything the tables say about one attribute.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) own: Option<Own>,
    pub(super) house: Option<House>,
    pub(super) standard: Option<Standard>,
    pub(super) iod_type: Option<IodType>,
    /// Type 1 in a module of the image itself: no image without it.
    pub(super) essential: bool,
}

/// What an attribute tells about whom, for gathering identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tells {
    Id,
    Contact,
    Place,
}

/// How much of a public code's characters are checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CodingScheme {
    pub(super) designator: String,
    pub(super) characters: String,
}

/// All tables.
#[derive(Debug, Default)]
pub(super) struct Rules {
    rows: HashMap<Tag, Row>,
    /// Patterns of this project's table: digits to compare and what they must be, most specific first.
    patterns: Vec<(u32, u32, Own)>,
    pub(super) coding_schemes: Vec<CodingScheme>,
    /// Attributes whose values identify; `true` when they are the patient's own.
    pub(super) identifying: HashMap<Tag, (Tells, bool)>,
}

impl Rules {
    /// The compiled-in tables, read once.
    pub(super) fn get() -> Result<&'static Self, Failure> {
        static RULES: LazyLock<Result<Rules, Refusal>> = LazyLock::new(Rules::load);
        RULES.as_ref().map_err(|refusal| Failure::new(Stage::Header, refusal.to_string()))
    }

    /// What the tables say about the attribute; patterns speak only where nothing else does.
    pub(super) fn row(&self, tag: Tag) -> Option<&Row> {
        self.rows.get(&tag)
    }

    /// Whether any table or the CT Image IOD names the attribute.
    pub(super) fn names(&self, tag: Tag) -> bool {
        self.rows.contains_key(&tag)
    }

    /// The action of the pattern that the attribute falls under, if any.
    pub(super) fn pattern(&self, tag: Tag) -> Option<Own> {
        let number = (u32::from(tag.group()) << 16) | u32::from(tag.element());
        self.patterns.iter().find(|(mask, digits, _)| number & mask == *digits).map(|(_, _, own)| *own)
    }

    fn load() -> Result<Self, Refusal> {
        let mut rules = Self::default();
        let mut problems = Vec::new();
        for line in lines("table E.1-1", TABLE_E1_1, &mut problems) {
            rules.add_standard(&line).unwrap_or_else(|problem| problems.push(problem));
        }
        for line in lines("study list", STUDY_LIST, &mut problems) {
            rules.add_house(&line).unwrap_or_else(|problem| problems.push(problem));
        }
        for line in lines("head CT table", HEAD_CT, &mut problems) {
            rules.add_own(&line).unwrap_or_else(|problem| problems.push(problem));
        }
        for line in lines("CT Image IOD", IOD_TYPES, &mut problems) {
            rules.add_type(&line).unwrap_or_else(|problem| problems.push(problem));
        }
        for line in lines("coding schemes", CODING_SCHEMES, &mut problems) {
            rules.coding_schemes.push(CodingScheme {
                designator: line.get("designator").to_owned(),
                characters: line.get("code_characters").to_owned(),
            });
        }
        for line in lines("identifying attributes", IDENTIFYING, &mut problems) {
            rules.add_identifying(&line).unwrap_or_else(|problem| problems.push(problem));
        }
        rules.patterns.sort_by_key(|(mask, _, _)| std::cmp::Reverse(mask.count_ones()));
        Refusal::unless_empty(problems).map(|()| rules)
    }

    fn add_standard(&mut self, line: &Line) -> Result<(), Problem> {
        let option = |column: &str| match line.get(column) {
            "" => Ok(None),
            code => line.code(code).map(Some),
        };
        let standard = Standard {
            basic: line.code(line.get("basicProfile"))?,
            patient_characteristics: option("rtnPatCharsOpt")?,
            full_dates: option("rtnLongFullDatesOpt")?,
            modified_dates: option("rtnLongModifDatesOpt")?,
            clean_descriptors: option("cleanDescOpt")?,
        };
        // The four patterns of the standard (private, curves, two overlays) are X in our table, too.
        match tag(line.get("tag")) {
            Some(tag) => self.rows.entry(tag).or_default().standard = Some(standard),
            None if standard.basic == Code::X => {}
            None => return Err(line.problem("tag", "a tag or a pattern that goes")),
        }
        Ok(())
    }

    fn add_house(&mut self, line: &Line) -> Result<(), Problem> {
        let house = match line.get("house_action") {
            "New_ID" => House::NewId,
            word if word.len() > 3 => House::Word(word.to_owned()),
            code => House::Code(line.code(code)?),
        };
        self.rows.entry(line.tag()?).or_default().house = Some(house);
        Ok(())
    }

    fn add_own(&mut self, line: &Line) -> Result<(), Problem> {
        let own = match line.get("action") {
            "age" => Own::Age,
            "code" => Own::PublicCode,
            "C/D" => Own::CleanOrDummy,
            "patient-id" => Own::PatientId,
            "accession" => Own::Accession,
            code => Own::Code(line.code(code)?),
        };
        if line.get("reason").is_empty() {
            return Err(line.problem("reason", "a reason"));
        }
        if let Some(tag) = tag(line.get("tag")) {
            self.rows.entry(tag).or_default().own = Some(own);
        } else {
            let (mask, digits) =
                pattern(line.get("tag")).ok_or_else(|| line.problem("tag", "a tag or a pattern"))?;
            self.patterns.push((mask, digits, own));
        }
        Ok(())
    }

    fn add_type(&mut self, line: &Line) -> Result<(), Problem> {
        let iod_type = match line.get("type").trim_end_matches('C') {
            "1" => IodType::Required,
            "2" => IodType::MayBeEmpty,
            "3" => IodType::Optional,
            _ => return Err(line.problem("type", "1, 1C, 2, 2C or 3")),
        };
        // Overlays are the one repeating group of the IOD; all of it goes.
        if let Some(tag) = tag(line.get("tag")) {
            let row = self.rows.entry(tag).or_default();
            row.iod_type = row.iod_type.max(Some(iod_type));
            row.essential |= line.get("type") == "1"
                && matches!(line.get("module"), "CT Image" | "Image Plane" | "Image Pixel");
        }
        Ok(())
    }

    fn add_identifying(&mut self, line: &Line) -> Result<(), Problem> {
        let tells = match line.get("tells") {
            "id" => Tells::Id,
            "contact" => Tells::Contact,
            "place" => Tells::Place,
            _ => return Err(line.problem("tells", "id, contact or place")),
        };
        let own = match line.get("whose") {
            "patient" => true,
            "others" => false,
            _ => return Err(line.problem("whose", "patient or others")),
        };
        self.identifying.insert(line.tag()?, (tells, own));
        Ok(())
    }
}

/// One row of a table with the names of its columns.
struct Line {
    table: &'static str,
    number: u64,
    columns: csv::StringRecord,
    fields: csv::StringRecord,
}

impl Line {
    fn get(&self, column: &str) -> &str {
        self.columns
            .iter()
            .position(|name| name == column)
            .and_then(|at| self.fields.get(at))
            .unwrap_or("")
            .trim()
    }

    fn tag(&self) -> Result<Tag, Problem> {
        tag(self.get("tag")).ok_or_else(|| self.problem("tag", "a tag"))
    }

    fn code(&self, text: &str) -> Result<Code, Problem> {
        Ok(match text {
            "X" => Code::X,
            "Z" => Code::Z,
            "D" => Code::D,
            "U" => Code::U,
            "K" => Code::K,
            "C" => Code::C,
            "X/Z" => Code::XZ,
            "X/D" => Code::XD,
            "Z/D" => Code::ZD,
            "X/Z/D" => Code::Xzd,
            "X/Z/U*" => Code::Xzu,
            _ => {
                return Err(Problem::new(
                    format!("{}, line {}", self.table, self.number),
                    format!("`{text}` is not an action code of Table E.1-1a"),
                ));
            }
        })
    }

    fn problem(&self, column: &str, expected: &str) -> Problem {
        Problem::new(
            format!("{}, line {}", self.table, self.number),
            format!("{column}: found `{}`, expected {expected}", self.get(column)),
        )
    }
}

fn lines(table: &'static str, text: &str, problems: &mut Vec<Problem>) -> Vec<Line> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let columns = reader.headers().cloned().unwrap_or_default();
    let mut lines = Vec::new();
    for record in reader.records() {
        match record {
            Ok(fields) => {
                let number = fields.position().map_or(0, csv::Position::line);
                lines.push(Line { table, number, columns: columns.clone(), fields });
            }
            Err(error) => problems.push(Problem::new(table, error.to_string())),
        }
    }
    lines
}

/// The tag of `(gggg,eeee)`.
pub(super) fn tag(text: &str) -> Option<Tag> {
    let (mask, digits) = pattern(text)?;
    (mask == u32::MAX).then_some(Tag((digits >> 16) as u16, (digits & 0xffff) as u16))
}

/// The mask and digits of `(gggg,eeee)` in which `x` stands for any digit.
fn pattern(text: &str) -> Option<(u32, u32)> {
    let (group, element) = text.strip_prefix('(')?.strip_suffix(')')?.split_once(',')?;
    let digits = [group, element].concat();
    (group.len() == 4 && element.len() == 4).then_some(())?;
    digits.chars().try_fold((0, 0), |(mask, number), c| match c {
        'x' => Some((mask << 4, number << 4)),
        _ => c.to_digit(16).map(|digit| ((mask << 4) | 15, (number << 4) | digit)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
    use dicom_dictionary_std::StandardDataDictionary;

    #[test]
    fn the_tables_are_legal_and_complete() {
        let rules = Rules::load().unwrap();
        let standard = rules.rows.values().filter(|row| row.standard.is_some()).count();
        assert_eq!(standard, 621 - 4, "all rows of Table E.1-1 but its four patterns");
        assert_eq!(rules.rows.values().filter(|row| row.house.is_some()).count(), 101);
    }

    #[test]
    fn keywords_belong_to_their_tags() {
        for (name, text) in
            [("e1-1", TABLE_E1_1), ("study", STUDY_LIST), ("own", HEAD_CT), ("identifying", IDENTIFYING)]
        {
            let mut problems = Vec::new();
            for line in lines("test", text, &mut problems) {
                let (Some(tag), keyword) = (tag(line.get("tag")), line.get("keyword")) else { continue };
                if keyword.is_empty() {
                    continue;
                }
                let entry = StandardDataDictionary.by_tag(tag);
                assert_eq!(entry.map(DataDictionaryEntry::alias), Some(keyword), "{name} {tag}");
            }
            assert_eq!(problems, []);
        }
    }

    #[test]
    fn a_bad_row_says_where() {
        let mut problems = Vec::new();
        let text = "# comment\ntag,action,reason\n\"(0008,0050)\",Q,because\n";
        let lines = lines("head CT table", text, &mut problems);
        let problem = Rules::default().add_own(&lines[0]).unwrap_err();
        assert_eq!(problem.to_string(), "head CT table, line 3: `Q` is not an action code of Table E.1-1a");
    }

    #[test]
    fn a_pattern_covers_its_group_only() {
        let rules = Rules::load().unwrap();
        assert_eq!(rules.pattern(Tag(0x0010, 0x0011)), Some(Own::Code(Code::X)));
        assert_eq!(rules.pattern(Tag(0x6012, 0x3000)), Some(Own::Code(Code::X)));
        assert_eq!(rules.pattern(Tag(0x0018, 0x0060)), None);
    }

    #[test]
    fn the_strictest_type_counts() {
        let rules = Rules::load().unwrap();
        assert_eq!(rules.row(Tag(0x0008, 0x0008)).and_then(|row| row.iod_type), Some(IodType::Required));
    }
}
