//! Words in descriptions, however they are written.

/// Lower case, without blanks.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Whether a description contains one of the words, blind to case and blanks.
pub(super) fn contains_any<W: AsRef<str>>(description: &str, words: &[W]) -> bool {
    let description = plain(description);
    words.iter().map(|word| plain(word.as_ref())).any(|word| !word.is_empty() && description.contains(&word))
}

/// The description's words in lower case: runs of letters and digits.
pub(super) fn tokens(description: &str) -> Vec<String> {
    description
        .split(|c: char| !c.is_alphanumeric())
        .filter(|token| !token.is_empty())
        .map(str::to_lowercase)
        .collect()
}
