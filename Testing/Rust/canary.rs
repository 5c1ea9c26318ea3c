//! Plants a unique identifier-shaped string in every attribute that can hold one and looks for it afterwards.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;
use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, Length, Tag, VR};
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries::EXPLICIT_VR_LITTLE_ENDIAN;
use headct_deid_core::gather::read::{Extent, read};
use headct_deid_core::header::{Identifiers, OriginalIdentity, Person, ScrubbedHeader, audit, scrub};
use headct_deid_core::{Identifying, Key, RawSettings, Settings};
use proptest::prelude::*;

const TABLE_E1_1: &str = include_str!("../../rust/core/src/header/rules/ps3_15_table_e1_1.csv");
const STUDY_LIST: &str = include_str!("../../rust/core/src/header/rules/study_list.csv");
const IOD: &str = include_str!("../../rust/core/src/header/rules/ct_image_iod_types.csv");
/// Referenced Series Sequence: it stays, its items are scrubbed.
const KEPT_SEQUENCE: Tag = Tag(0x0008, 0x1115);

fn settings(pairs: &[(&str, &str)]) -> Settings {
    let mut raw = RawSettings::default();
    for (name, value) in pairs {
        raw.set(name, value);
    }
    raw.check().unwrap()
}

fn person(identifiers: Identifiers) -> Person {
    let key = Key::from_hex(&"17".repeat(32)).unwrap();
    let original = OriginalIdentity { patient_id: Identifying::new("Q1".to_owned()), ..Default::default() };
    Person::new(&key, "SUBJ-0001", None, &original, identifiers)
}

/// Tags and VRs of a table, its patterns left out.
fn attributes(table: &str) -> Vec<(Tag, VR)> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(table.as_bytes());
    let columns = reader.headers().unwrap().clone();
    let column = |name: &str| columns.iter().position(|column| column == name).unwrap();
    let (tag, vr) = (column("tag"), column("VR"));
    reader
        .records()
        .filter_map(|row| {
            let row = row.unwrap();
            let text = row[tag].strip_prefix('(')?.strip_suffix(')')?.to_owned();
            let (group, element) = text.split_once(',')?;
            let tag = Tag(u16::from_str_radix(group, 16).ok()?, u16::from_str_radix(element, 16).ok()?);
            Some((tag, row[vr].get(..2)?.parse().ok()?))
        })
        .collect()
}

/// What to plant in an attribute: a code and a name nobody else has.
fn canaries(index: usize) -> [String; 2] {
    [format!("ZQ{index:04}KV{:03}", index * 7 % 1000), format!("Quillfeather{}", letters(index))]
}

fn letters(mut index: usize) -> String {
    (0..4)
        .map(|_| {
            let letter = char::from(b'a' + (index % 26) as u8);
            index /= 26;
            letter
        })
        .collect()
}

fn planted(tag: Tag, vr: VR, canary: &str) -> DataElement<InMemDicomObject> {
    match vr {
        VR::SQ => sequence(
            tag,
            vec![InMemDicomObject::from_element_iter([DataElement::new(
                Tag(0x0008, 0x103E),
                VR::LO,
                format!("HEAD {canary}"),
            )])],
        ),
        VR::PN => DataElement::new(tag, vr, format!("{canary}^{canary}")),
        VR::CS | VR::AE => DataElement::new(tag, vr, canary.to_uppercase()),
        VR::UI => DataElement::new(tag, vr, format!("1.2.826.0.1.3680043.{}", numbers(canary))),
        VR::OB
        | VR::OW
        | VR::UN
        | VR::OF
        | VR::OD
        | VR::OL
        | VR::OV
        | VR::US
        | VR::SS
        | VR::UL
        | VR::SL
        | VR::FL
        | VR::FD
        | VR::AT => DataElement::new(tag, vr, PrimitiveValue::U8(canary.bytes().collect())),
        _ => DataElement::new(tag, vr, canary),
    }
}

fn numbers(canary: &str) -> String {
    canary.bytes().fold(String::new(), |mut numbers, byte| {
        write!(numbers, "{byte}").unwrap();
        numbers
    })
}

fn sequence(tag: Tag, items: Vec<InMemDicomObject>) -> DataElement<InMemDicomObject> {
    DataElement::new(tag, VR::SQ, DataSetSequence::new(items, Length::UNDEFINED))
}

/// What no instance is without, and a scan of a head.
fn head_scan() -> InMemDicomObject {
    InMemDicomObject::from_element_iter([
        DataElement::new(
            Tag(0x0008, 0x0008),
            VR::CS,
            PrimitiveValue::Strs(["ORIGINAL", "PRIMARY", "AXIAL"].map(str::to_owned).into_iter().collect()),
        ),
        DataElement::new(Tag(0x0008, 0x0016), VR::UI, "1.2.840.10008.5.1.4.1.1.2"),
        DataElement::new(Tag(0x0008, 0x0018), VR::UI, "1.2.3.4"),
        DataElement::new(Tag(0x0008, 0x0020), VR::DA, "20240117"),
        DataElement::new(Tag(0x0008, 0x0060), VR::CS, "CT"),
        DataElement::new(Tag(0x0008, 0x1030), VR::LO, "CT HEAD W/O CONTRAST"),
        DataElement::new(Tag(0x0018, 0x1210), VR::SH, "H31s"),
        DataElement::new(Tag(0x0020, 0x000D), VR::UI, "1.2.3.5"),
        DataElement::new(Tag(0x0020, 0x000E), VR::UI, "1.2.3.6"),
        DataElement::new(Tag(0x0028, 0x1052), VR::DS, "-1024"),
    ])
}

fn written(header: &ScrubbedHeader) -> Vec<u8> {
    let mut bytes = Vec::new();
    let syntax = EXPLICIT_VR_LITTLE_ENDIAN.erased();
    header.object().write_dataset_with_ts(&mut bytes, &syntax).unwrap();
    bytes
}

/// Which of the strings stand in the bytes, blind to case, in UTF-8, Latin-1 or UTF-16.
fn held(bytes: &[u8], strings: &[String]) -> Vec<usize> {
    let wide =
        |text: &String, bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    let patterns: Vec<(usize, Vec<u8>)> = strings
        .iter()
        .enumerate()
        .flat_map(|(index, text)| {
            let latin: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
            [
                Some(text.clone().into_bytes()),
                latin,
                Some(wide(text, u16::to_le_bytes)),
                Some(wide(text, u16::to_be_bytes)),
            ]
            .into_iter()
            .flatten()
            .map(move |pattern| (index, pattern))
        })
        .collect();
    let search = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(patterns.iter().map(|(_, pattern)| pattern))
        .unwrap();
    let mut found: Vec<_> =
        search.find_overlapping_iter(bytes).map(|found| patterns[found.pattern().as_usize()].0).collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn findings(header: &ScrubbedHeader, settings: &Settings, person: &Person) -> Vec<String> {
    audit(header.object(), settings, Some(person.identifiers()))
        .iter()
        .map(|finding| format!("{finding:?}"))
        .collect()
}

/// Every setting that decides what becomes of a header.
fn every_setting() -> Vec<Settings> {
    let mut all = Vec::new();
    for list in ["anonymous", "ps3.15"] {
        for dates in ["shift", "remove", "keep"] {
            for characteristics in ["basic", "all", "none"] {
                all.push(settings(&[
                    ("study_list", list),
                    ("dates", dates),
                    ("characteristics", characteristics),
                ]));
            }
        }
    }
    all
}

static PROFILES: LazyLock<Vec<Settings>> = LazyLock::new(every_setting);

#[test]
fn no_canary_of_table_e1_1_survives_at_any_depth() {
    let mut attributes = attributes(TABLE_E1_1);
    attributes.extend(self::attributes(STUDY_LIST));
    attributes
        .extend([(0x0010, 0x0011), (0x0010, 0x0041), (0x0010, 0x0043)].map(|(g, e)| (Tag(g, e), VR::SQ)));
    attributes.extend(
        [(0x5012, 0x0010), (0x6004, 0x3000), (0x6000, 0x4000), (0x4000, 0x4000), (0xFFFC, 0xFFFC)]
            .map(|(g, e)| (Tag(g, e), VR::OB)),
    );
    attributes
        .extend([(0x0009, 0x0010), (0x0009, 0x1001), (0x00E1, 0x1040)].map(|(g, e)| (Tag(g, e), VR::LO)));
    assert!(attributes.len() > 700);
    for settings in PROFILES.iter() {
        for which in 0..2 {
            let plant = |offset: usize| {
                attributes
                    .iter()
                    .enumerate()
                    .filter(move |(_, (tag, _))| {
                        !matches!((tag.group(), tag.element()), (8, 0x18) | (0x20, 0x0D | 0x0E)) || offset > 0
                    })
                    .map(move |(index, (tag, vr))| planted(*tag, *vr, &canaries(index + offset)[which]))
            };
            let mut object = head_scan();
            object.extend(plant(0));
            let mut inner = InMemDicomObject::from_element_iter(plant(1000));
            inner.put(sequence(KEPT_SEQUENCE, vec![InMemDicomObject::from_element_iter(plant(2000))]));
            object.put(sequence(KEPT_SEQUENCE, vec![inner]));

            // Without telling anybody what to look for, and with the patient's own identifiers known.
            let mut gathered = Identifiers::default();
            gathered.add_header(&object);
            for identifiers in [Identifiers::default(), gathered] {
                let person = person(identifiers);
                let header = scrub(&object, &person, settings).unwrap();
                let bytes = written(&header);
                let planted: Vec<(usize, String)> = (0..3 * 1000)
                    .filter(|index| index % 1000 < attributes.len())
                    .flat_map(|index| {
                        let canary = canaries(index)[which].clone();
                        [(index % 1000, numbers(&canary)), (index % 1000, canary)]
                    })
                    .collect();
                let strings: Vec<_> = planted.iter().map(|(_, string)| string.clone()).collect();
                let survivors: Vec<_> =
                    held(&bytes, &strings).into_iter().map(|index| &attributes[planted[index].0].0).collect();
                assert_eq!(survivors, [] as [&Tag; 0]);
                assert_eq!(findings(&header, settings, &person), [] as [String; 0]);
            }
        }
    }
}

#[test]
fn what_research_needs_stays() {
    let person = person(Identifiers::default());
    let header = scrub(&head_scan(), &person, &Settings::default()).unwrap();
    let text =
        |group, element| header.object().get(Tag(group, element)).unwrap().to_str().unwrap().into_owned();
    assert_eq!(text(0x0008, 0x1030), "CT HEAD W/O CONTRAST");
    assert_eq!(text(0x0018, 0x1210), "H31s");
    assert_eq!(text(0x0028, 0x1052), "-1024");
    assert_eq!(text(0x0008, 0x0008), "ORIGINAL\\PRIMARY\\AXIAL");
    assert_eq!(text(0x0010, 0x0020), "SUBJ-0001");
    assert_eq!(text(0x0008, 0x0050), "SUBJ-0001");
}

#[test]
fn the_audit_sees_what_was_put_back() {
    let person = person(Identifiers::default());
    let settings = Settings::default();
    let header = scrub(&head_scan(), &person, &settings).unwrap();
    for (element, at) in [
        (DataElement::new(Tag(0x0009, 0x0010), VR::LO, "ACME"), "(0009,0010)"),
        (DataElement::new(Tag(0x0010, 0x0010), VR::PN, "Doe^John"), "(0010,0010)"),
        (DataElement::new(Tag(0x0010, 0x0030), VR::DA, "19570312"), "(0010,0030)"),
        (DataElement::new(Tag(0x0010, 0x1010), VR::AS, "095Y"), "(0010,1010)"),
        (DataElement::new(Tag(0x0008, 0x1030), VR::LO, "HEAD Lindqvist"), "(0008,1030)"),
        (DataElement::new(Tag(0x0008, 0x0018), VR::UI, "1.2.3.4"), "(0008,0018)"),
        (DataElement::new(Tag(0x0018, 0x0060), VR::DS, "12a"), "(0018,0060)"),
        (
            DataElement::new(
                Tag(0x0010, 0x2000),
                VR::OB,
                PrimitiveValue::U8([1, 2, 3, 4].into_iter().collect()),
            ),
            "(0010,2000)",
        ),
        (DataElement::new(Tag(0x0012, 0x0062), VR::CS, "NO"), "(0012,0062)"),
        (DataElement::new(Tag(0x0028, 0x0301), VR::CS, "NO"), "(0028,0301)"),
        (
            DataElement::new(Tag(0x6000, 0x3000), VR::OW, PrimitiveValue::U8([1; 4].into_iter().collect())),
            "(6000,3000)",
        ),
    ] {
        let mut object = header.object().clone();
        object.put(element);
        let found = audit(&object, &settings, None);
        assert_eq!(
            found.iter().map(|finding| finding.tag_path.as_str()).collect::<Vec<_>>(),
            [at],
            "{found:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_header_lets_an_unknown_string_through(
        plants in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..9000, 0_usize..4, any::<bool>(), any::<u32>()), 1..60),
        profile in any::<prop::sample::Index>(),
    ) {
        let settings = profile.get(&PROFILES);
        let mut attributes = attributes(TABLE_E1_1);
        attributes.extend(self::attributes(IOD));
        let mut objects = [head_scan(), InMemDicomObject::new_empty()];
        let mut strings = Vec::new();
        for (which, number, disguise, nested, random) in plants {
            let (mut tag, vr) = attributes[which.index(attributes.len())];
            let identity = matches!((tag.group(), tag.element()), (8, 0x08 | 0x18 | 0x60) | (0x20, 0x0D | 0x0E | 0x32 | 0x37) | (0x28, _));
            if identity || number % 5 == 0 {
                tag = Tag((random >> 16) as u16 & 0x7ffe | 8, random as u16 | 1);
            }
            let canary = canaries(number)[number % 2].clone();
            // A text attribute in the clothes of another VR hides nothing.
            let vr = [vr, VR::UN, VR::LO, VR::OB][disguise];
            objects[usize::from(nested)].put(planted(tag, vr, &canary));
            strings.push(canary);
        }
        let [mut object, inner] = objects;
        object.put(sequence(KEPT_SEQUENCE, vec![inner]));
        let person = person(Identifiers::default());
        if let Ok(header) = scrub(&object, &person, settings) {
            let bytes = written(&header);
            prop_assert_eq!(held(&bytes, &strings), [] as [usize; 0], "{:?}", strings);
            prop_assert_eq!(findings(&header, settings, &person), Vec::<String>::new());
        }
    }
}

/// The test data beside the repository, or a loud skip.
fn shared_data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if folder.join("phi.json").exists() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no test data at {}", folder.display());
    None
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

#[test]
fn no_planted_string_of_the_test_data_survives() {
    let Some(data) = shared_data() else { return };
    let truth: serde_json::Value =
        serde_json::from_slice(&std::fs::read(data.join("phi.json")).unwrap()).unwrap();
    let mut slices = 0;
    for (folder, patient) in truth["patients"].as_object().unwrap() {
        let headers: Vec<_> = files_below(&data.join("patients").join(folder))
            .iter()
            .filter_map(|path| read(&std::fs::read(path).unwrap(), Extent::Header).ok())
            .filter(|dataset| dataset.object.get(Tag(0x0020, 0x000E)).is_some())
            .collect();
        let mut identifiers = Identifiers::default();
        for dataset in &headers {
            identifiers.add_header(&dataset.object);
        }
        identifiers.add_list_row(folder);
        let person = person(identifiers);
        // A shifted date may be any date; the birth date and the strings must be gone.
        let planted = patient["identifiers"].as_array().unwrap().iter();
        let mut strings: Vec<String> = planted
            .filter(|planted| planted["kind"] != "study_date")
            .map(|planted| planted["value"].as_str().unwrap().to_owned())
            .filter(|value| value.chars().count() >= 5)
            .collect();
        for uids in patient["original_uids"].as_object().unwrap().values() {
            let uids = uids.as_array().unwrap().iter().map(|uid| uid.as_str().unwrap().to_owned());
            strings.extend(uids.filter(|uid| !uid.starts_with("1.2.840.10008.")));
        }
        for dataset in &headers {
            let header = scrub(&dataset.object, &person, &Settings::default()).unwrap();
            let bytes = written(&header);
            slices += 1;
            assert_eq!(held(&bytes, &strings), [] as [usize; 0], "{folder}");
            assert_eq!(person.identifiers().scan_bytes(&bytes), [], "{folder}");
            assert_eq!(findings(&header, &Settings::default(), &person), [] as [String; 0], "{folder}");
        }
    }
    assert!(slices > 200);
}
