//! A cell as a person sees it.

/// The content of one cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell {
    /// Nothing to see.
    Blank,
    /// Text, without the blanks around it.
    Text(String),
    /// A number, and its number format where the file tells it.
    Number(f64, Option<String>),
    /// Something that is no identity: what it is, with its article.
    Unusable(&'static str),
}

/// Numbers beyond this lose digits in a spreadsheet program, which keeps 15 of them.
const LARGEST_NUMBER: f64 = 999_999_999_999_999.0;

impl Cell {
    /// Text as typed; blanks around it, the no-break space among them, do not count.
    pub(super) fn text(typed: &str) -> Self {
        let seen = typed.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}');
        if seen.is_empty() { Self::Blank } else { Self::Text(seen.to_owned()) }
    }

    /// The identity in this cell; `None` when blank.
    ///
    /// A number becomes its digits, as its number format shows them: 12345.0 is `12345`, and 123 shown as
    /// 00123 is `00123`. The error says what was found instead of an identity.
    pub(super) fn identity(&self) -> Result<Option<String>, &'static str> {
        match self {
            Self::Blank => Ok(None),
            Self::Text(text) => Ok(Some(text.clone())),
            Self::Unusable(what) => Err(what),
            Self::Number(number, _) if number.fract() != 0.0 || !number.is_finite() => {
                Err("a number with a fraction")
            }
            Self::Number(number, _) if *number < 0.0 => Err("a negative number"),
            Self::Number(number, _) if *number > LARGEST_NUMBER => {
                Err("a number of more than 15 digits, whose last digits are lost")
            }
            Self::Number(number, format) => {
                let digits = format!("{number:.0}");
                Ok(Some(format.as_deref().and_then(|format| shown(&digits, format)).unwrap_or(digits)))
            }
        }
    }
}

/// Digits as a number format of digit places and literal characters shows them; `None` for any other format
/// (thousands separators, decimals, percent, scientific), where the plain digits are the identity.
fn shown(digits: &str, format: &str) -> Option<String> {
    let places = places(format)?;
    let count = places.iter().filter(|place| !matches!(place, Place::Literal(_))).count();
    let zeros = places.iter().position(|place| matches!(place, Place::Zero));
    if count == 0 {
        return None;
    }
    let padding = count.saturating_sub(digits.len());
    let mut text = String::new();
    let mut digits = digits.chars();
    let mut surplus = digits.as_str().len().saturating_sub(count);
    let mut place_number = 0;
    for (index, place) in places.iter().enumerate() {
        if let Place::Literal(literal) = place {
            text.push(*literal);
            continue;
        }
        while surplus > 0 {
            text.extend(digits.next());
            surplus -= 1;
        }
        if place_number >= padding {
            text.extend(digits.next());
        } else if zeros.is_some_and(|first| first <= index) {
            text.push('0');
        }
        place_number += 1;
    }
    Some(text)
}

enum Place {
    Zero,
    Optional,
    Literal(char),
}

/// The first section of a number format, if it is made of digit places and literals alone.
fn places(format: &str) -> Option<Vec<Place>> {
    let mut places = Vec::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        match character {
            ';' => break,
            '0' => places.push(Place::Zero),
            '#' | '?' => places.push(Place::Optional),
            '\\' => places.push(Place::Literal(characters.next()?)),
            '"' => places.extend(characters.by_ref().take_while(|c| *c != '"').map(Place::Literal)),
            '_' | '*' => {
                characters.next();
            }
            '-' | '/' | ' ' | '(' | ')' | ':' | '+' => places.push(Place::Literal(character)),
            _ => return None,
        }
    }
    Some(places)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(value: f64, format: &str) -> Result<Option<String>, &'static str> {
        Cell::Number(value, Some(format.to_owned())).identity()
    }

    #[test]
    fn a_whole_number_is_its_digits() {
        assert_eq!(Cell::Number(12345.0, None).identity(), Ok(Some("12345".to_owned())));
        assert_eq!(number(2_024_000_117.0, "General"), Ok(Some("2024000117".to_owned())));
        assert_eq!(number(2_024_000_117.0, "#,##0"), Ok(Some("2024000117".to_owned())));
        assert_eq!(number(7.0, "0.00"), Ok(Some("7".to_owned())));
        assert_eq!(number(0.0, "0"), Ok(Some("0".to_owned())));
    }

    #[test]
    fn leading_zeros_come_back_from_the_number_format() {
        assert_eq!(number(123.0, "00000"), Ok(Some("00123".to_owned())));
        assert_eq!(number(123_456.0, "00000"), Ok(Some("123456".to_owned())));
        assert_eq!(number(123.0, "00000;-00000"), Ok(Some("00123".to_owned())));
        assert_eq!(number(5.0, "#00"), Ok(Some("05".to_owned())));
    }

    #[test]
    fn literals_of_the_number_format_are_seen() {
        assert_eq!(number(2_400_418.0, "00\\-00000"), Ok(Some("24-00418".to_owned())));
        assert_eq!(number(3.0, "\"DEID_\"0000"), Ok(Some("DEID_0003".to_owned())));
        assert_eq!(number(12_345.0, "0-00"), Ok(Some("123-45".to_owned())));
    }

    #[test]
    fn a_number_that_lost_digits_is_no_identity() {
        assert!(Cell::Number(9_007_199_254_740_993.0, None).identity().is_err());
        assert!(Cell::Number(1e15, None).identity().is_err());
        assert_eq!(
            Cell::Number(999_999_999_999_999.0, None).identity(),
            Ok(Some("999999999999999".to_owned()))
        );
    }

    #[test]
    fn fractions_negatives_and_no_numbers_are_no_identity() {
        for value in [1.5, -3.0, f64::NAN, f64::INFINITY] {
            assert!(Cell::Number(value, None).identity().is_err(), "{value}");
        }
        assert_eq!(Cell::Unusable("a date").identity(), Err("a date"));
    }

    #[test]
    fn blanks_around_text_do_not_count() {
        assert_eq!(Cell::text("\u{feff} \u{a0}CT24-00418\u{a0}\t"), Cell::Text("CT24-00418".to_owned()));
        assert_eq!(Cell::text(" \u{a0} "), Cell::Blank);
    }
}
