//! Texts as they come from scanners and people, and what may be left of them.

use super::*;
use crate::header::identifiers::IdentifierKind;
use crate::header::vocabulary::Vocabulary;

fn clean(text: &str, own: &[&str]) -> String {
    let mut identifiers = Identifiers::default();
    for name in own {
        identifiers.add_own(name, IdentifierKind::Name);
    }
    cleaned(text, Place::Description, &identifiers).unwrap_or_default().into_owned()
}

#[test]
fn a_description_without_identifiers_stays_to_the_letter() {
    for text in [
        "CT HEAD W/O CONTRAST",
        "Head 5.0 H31s",
        "SCHÄDEL nativ 1.0 Hr40f",
        "1A TRAUMA/PLAIN HEAD",
        "Head^Routine (Adult)",
        "頭部 単純",
        "AX 0.625 BONE+",
        "Cerebro sin contraste 5 mm",
    ] {
        assert_eq!(clean(text, &["Doe", "John"]), text);
    }
}

#[test]
fn names_dates_and_numbers_go_and_the_rest_stays() {
    assert_eq!(clean("CT HEAD DOE^JOHN 12/03/1957", &["DOE", "JOHN"]), "CT HEAD");
    assert_eq!(clean("6.1 ROUTINE HEAD WHITFIELD", &["Whitfield"]), "6.1 ROUTINE HEAD");
    assert_eq!(clean("KOPF 5.0 H31s Müller", &["Müller"]), "KOPF 5.0 H31s");
    assert_eq!(clean("HEAD MRN40417793 BRAIN", &[]), "HEAD BRAIN");
}

#[test]
fn strangers_go_without_being_known() {
    assert_eq!(clean("Fall at home, lives with Harold", &[]), "Fall at with");
    assert_eq!(clean("HEAD for Dr. Lindqvist", &[]), "HEAD for");
    assert_eq!(clean("HEAD jane.doe@example.org AXIAL", &[]), "HEAD AXIAL");
}

#[test]
fn dates_of_any_common_form_go() {
    for date in [
        "12/03/1957",
        "03.12.1957",
        "1957-03-12",
        "12 Mar 1957",
        "Mar 12, 1957",
        "12MAR57",
        "19570312",
        "570312",
        "12-03-57",
        "3/12/57",
        "12. März 1957",
        "1957/3/12",
        "12 03 1957",
    ] {
        assert_eq!(clean(&format!("CT HEAD {date}"), &[]), "CT HEAD", "{date}");
        assert_eq!(clean(&format!("HEAD {date} AXIAL"), &[]), "HEAD AXIAL", "{date}");
    }
}

#[test]
fn telephones_go_and_measures_stay() {
    for phone in ["+99 555 0142", "(555) 014-2299", "555-014-2299", "030/1234567", "+49 30 12345"] {
        assert_eq!(clean(&format!("HEAD {phone}"), &[]), "HEAD", "{phone}");
    }
    for text in ["HEAD 5 120 kV 0.6mm", "HEAD 512x512", "Head 64x0.6", "HEAD 120kV 40keV 3D"] {
        assert_eq!(clean(text, &[]), text);
    }
}

#[test]
fn own_identifiers_win_over_safe_words() {
    assert_eq!(clean("CT HEAD PHILIPS", &["Philips"]), "CT HEAD");
    assert_eq!(clean("CT HEAD", &["Head"]), "CT");
    assert_eq!(clean("HEAD W/O", &["W", "O"]), "HEAD W/O");
}

#[test]
fn spelling_order_and_punctuation_do_not_hide_a_name() {
    for text in
        ["HEAD MUELLER", "HEAD müller", "HEAD Müller,Jürgen", "HEAD JUERGEN_MUELLER", "HEAD M-U-L-L-E-R"]
    {
        assert_eq!(clean(text, &["Müller", "Jürgen"]), "HEAD", "{text}");
    }
}

#[test]
fn nothing_safe_leaves_nothing() {
    assert_eq!(clean("DOE 5", &["Doe"]), "");
    assert_eq!(clean("", &[]), "");
}

#[test]
fn every_safe_word_stays() {
    let words = Vocabulary::get().words().filter(|word| Vocabulary::get().has_word(word, Place::Description));
    let mut count = 0;
    for word in words {
        let text = format!("HEAD {word} AXIAL");
        assert_eq!(clean(&text, &["Doe", "John"]), text);
        assert_eq!(clean(&text.to_uppercase(), &["Doe"]), text.to_uppercase());
        count += 1;
    }
    assert!(count > 1000);
}

#[test]
fn cleaning_twice_changes_nothing() {
    for text in [
        "CT HEAD DOE^JOHN 12/03/1957 (W/O)",
        "HEAD 1 Smith 2 Jones 1957",
        "AX (x) BONE",
        "12 HEAD 3 Smith 57",
    ] {
        let once = clean(text, &["Doe"]);
        assert_eq!(clean(&once, &["Doe"]), once, "{text}");
    }
}
