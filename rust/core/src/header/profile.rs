//! One action per attribute: the tables, the Type of the attribute and the settings, resolved.

use dicom_core::{Tag, VR};

use super::legal;
use super::rules::{Code, House, IodType, Own, Row, Rules, Standard};
use crate::settings::{Characteristics, Dates, Settings, StudyList};

/// What to do with an attribute that is present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action<'a> {
    /// It goes.
    Remove,
    /// Its value goes.
    Empty,
    /// A value that means nothing takes its place.
    Dummy,
    /// A UID takes its place.
    Remap,
    /// Dates and date times move, times stay.
    Shift,
    /// It stays when legal and free of identifiers; sequences are scrubbed item by item.
    Keep,
    /// Safe words stay; with none left, the second action is done.
    Clean(Fallback),
    /// This word takes its place.
    Word(&'a str),
    /// The age stays, capped.
    Age,
    /// A public code stays.
    PublicCode,
    /// The person's new identity.
    PatientId,
    /// The scan's new identity.
    Accession,
}

/// What remains of a text without a safe word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fallback {
    Remove,
    Empty,
    Dummy,
}

/// The action for an attribute.
///
/// `nested` attributes have no Type in the CT Image IOD and count as optional.
pub(super) fn action<'a>(
    rules: &'a Rules,
    settings: &Settings,
    tag: Tag,
    vr: VR,
    nested: bool,
) -> Action<'a> {
    if is_outside_the_tables(tag) {
        return Action::Remove;
    }
    let row = rules.row(tag);
    let iod_type = if nested { IodType::Optional } else { iod_type(row) };
    match row.and_then(|row| row.own) {
        Some(Own::Age) if settings.characteristics == Characteristics::None => return Action::Remove,
        Some(own) => return of_own(own, iod_type),
        None => {}
    }
    let house = row.and_then(|row| row.house.as_ref());
    let standard = row.and_then(|row| row.standard);
    match (settings.study_list, house, standard) {
        (StudyList::Anonymous, Some(house), _) => of_house(house, iod_type),
        (_, _, Some(standard)) => of_standard(standard, settings, vr, iod_type),
        // Letter of PS3.15: what only the study group lists is judged by its VR.
        _ if row.is_some_and(|row| row.iod_type.is_some()) => by_representation(vr, iod_type),
        _ => rules.pattern(tag).map_or_else(|| by_representation(vr, iod_type), |own| of_own(own, iod_type)),
    }
}

/// The attribute's Type; `Optional` outside the IOD.
pub(super) fn iod_type(row: Option<&Row>) -> IodType {
    row.and_then(|row| row.iod_type).unwrap_or_default()
}

/// Private attributes, group lengths, command and file meta groups, delimiters.
pub(super) fn is_outside_the_tables(tag: Tag) -> bool {
    tag.group() % 2 == 1 || tag.element() == 0 || tag.group() < 8 || tag.group() == 0xfffe
}

fn of_own(own: Own, iod_type: IodType) -> Action<'static> {
    match own {
        Own::Code(Code::X) => Action::Remove,
        Own::Code(code) => of_code(code, iod_type),
        Own::Age => Action::Age,
        Own::PublicCode => Action::PublicCode,
        Own::CleanOrDummy => Action::Clean(Fallback::Dummy),
        Own::PatientId => Action::PatientId,
        Own::Accession => Action::Accession,
    }
}

fn of_house(house: &House, iod_type: IodType) -> Action<'_> {
    match house {
        House::Word(word) => Action::Word(word),
        House::Code(code) => of_code(*code, iod_type),
        // The two attributes with a new identity stand in our own table, which comes first.
        House::NewId => Action::Empty,
    }
}

fn of_standard(standard: Standard, settings: &Settings, vr: VR, iod_type: IodType) -> Action<'static> {
    let dates = match settings.dates {
        Dates::Shift => standard.modified_dates.map(|_| Action::Shift),
        Dates::Keep => standard.full_dates.map(|_| Action::Keep),
        Dates::Remove => None,
    };
    if let Some(action) = dates.filter(|_| matches!(vr, VR::DA | VR::DT | VR::TM)) {
        return action;
    }
    let characteristic = match settings.characteristics {
        Characteristics::All => standard.patient_characteristics,
        // Sex, size and weight are kept, age has its own rule: the K rows that a CT header carries as codes
        // and numbers. The others (ethnic group, smoking, pregnancy ...) describe the person further.
        Characteristics::Basic => {
            standard.patient_characteristics.filter(|_| vr == VR::DS || is_sex(standard, vr))
        }
        Characteristics::None => None,
    };
    match (characteristic, standard.clean_descriptors) {
        (Some(Code::K), _) => Action::Keep,
        (Some(Code::C), _) | (None, Some(Code::C)) => match (vr, standard.basic) {
            (VR::SQ, _) => Action::Keep,
            (vr, _) if legal::is_opaque(vr) => of_code(standard.basic, iod_type),
            (_, basic) => Action::Clean(fallback(basic, iod_type)),
        },
        _ => of_code(standard.basic, iod_type),
    }
}

/// Patient's Sex is the one CS of the option whose basic action is Z.
fn is_sex(standard: Standard, vr: VR) -> bool {
    vr == VR::CS && standard.basic == Code::Z
}

fn fallback(basic: Code, iod_type: IodType) -> Fallback {
    match of_code(basic, iod_type) {
        Action::Dummy => Fallback::Dummy,
        Action::Empty => Fallback::Empty,
        _ => Fallback::Remove,
    }
}

/// A code of Table E.1-1a, compound ones resolved by the attribute's Type (PS3.15 Table E.1-1a).
pub(super) fn of_code(code: Code, iod_type: IodType) -> Action<'static> {
    match (code, iod_type) {
        (Code::K, _) | (Code::Xzu, IodType::MayBeEmpty | IodType::Required) => Action::Keep,
        (Code::U, _) => Action::Remap,
        (Code::C, IodType::Optional) => Action::Clean(Fallback::Remove),
        (Code::C, IodType::MayBeEmpty) => Action::Clean(Fallback::Empty),
        (Code::D | Code::XD, IodType::MayBeEmpty)
        | (Code::XD | Code::ZD | Code::Xzd, IodType::Required)
        | (Code::D, _) => Action::Dummy,
        (Code::C, IodType::Required) => Action::Clean(Fallback::Dummy),
        (Code::X, _) | (Code::XZ | Code::XD | Code::Xzd | Code::Xzu, IodType::Optional) => Action::Remove,
        (Code::Z | Code::XZ | Code::ZD | Code::Xzd, _) => Action::Empty,
    }
}

/// On no list: it stays only if its VR cannot carry free text, an identity or a date.
fn by_representation(vr: VR, iod_type: IodType) -> Action<'static> {
    match vr {
        VR::UI => Action::Remap,
        _ if legal::carries_text(vr)
            || legal::is_opaque(vr)
            || matches!(vr, VR::DA | VR::DT | VR::TM | VR::AS) =>
        {
            if iod_type == IodType::Optional {
                Action::Remove
            } else {
                Action::Empty
            }
        }
        _ => Action::Keep,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::RawSettings;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        let mut raw = RawSettings::default();
        for (name, value) in pairs {
            raw.set(name, value);
        }
        raw.check().unwrap()
    }

    fn resolved(settings: &Settings, group: u16, element: u16, vr: VR) -> Action<'static> {
        action(Rules::get().unwrap(), settings, Tag(group, element), vr, false)
    }

    #[test]
    fn compound_codes_follow_the_type() {
        let default = settings(&[("dates", "remove"), ("study_list", "ps3.15")]);
        // Study Date is Z, Content Date Z/D of Type 2C, Operators' Name X/Z/D of Type 3.
        assert_eq!(resolved(&default, 0x0008, 0x0020, VR::DA), Action::Empty);
        assert_eq!(resolved(&default, 0x0008, 0x1070, VR::PN), Action::Remove);
        assert_eq!(resolved(&default, 0x0008, 0x1111, VR::SQ), Action::Remove);
    }

    #[test]
    fn the_study_list_comes_before_the_standard() {
        assert_eq!(resolved(&settings(&[]), 0x0008, 0x0080, VR::LO), Action::Word("anonymous"));
        let letter = settings(&[("study_list", "ps3.15")]);
        assert_eq!(resolved(&letter, 0x0008, 0x0080, VR::LO), Action::Remove);
        assert_eq!(resolved(&letter, 0x0010, 0x0010, VR::PN), Action::Empty);
    }

    #[test]
    fn what_nobody_lists_is_judged_by_its_vr() {
        let default = settings(&[]);
        assert_eq!(resolved(&default, 0x0018, 0x0060, VR::DS), Action::Keep);
        assert_eq!(resolved(&default, 0x0018, 0x9998, VR::LO), Action::Remove);
        assert_eq!(resolved(&default, 0x0010, 0x0041, VR::SQ), Action::Remove);
        assert_eq!(resolved(&default, 0x0009, 0x0010, VR::LO), Action::Remove);
    }

    #[test]
    fn characteristics_follow_their_setting() {
        for (choice, size, smoking) in [
            ("basic", Action::Keep, Action::Remove),
            ("all", Action::Keep, Action::Keep),
            ("none", Action::Remove, Action::Remove),
        ] {
            let settings = settings(&[("characteristics", choice)]);
            assert_eq!(resolved(&settings, 0x0010, 0x1020, VR::DS), size, "{choice}");
            assert_eq!(resolved(&settings, 0x0010, 0x21A0, VR::CS), smoking, "{choice}");
        }
    }

    #[test]
    fn descriptions_are_cleaned_not_dropped() {
        assert_eq!(resolved(&settings(&[]), 0x0008, 0x103E, VR::LO), Action::Clean(Fallback::Remove));
        assert_eq!(resolved(&settings(&[]), 0x0018, 0x0010, VR::LO), Action::Clean(Fallback::Empty));
    }
}
