//! Text and numbers as the page shows them.

use std::fmt;

/// Text that HTML cannot take for anything else.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in self.0.split_inclusive(['&', '<', '>', '"', '\'']) {
            let (text, last) = match part.char_indices().next_back() {
                Some((at, '&')) => (&part[..at], "&amp;"),
                Some((at, '<')) => (&part[..at], "&lt;"),
                Some((at, '>')) => (&part[..at], "&gt;"),
                Some((at, '"')) => (&part[..at], "&quot;"),
                Some((at, '\'')) => (&part[..at], "&#39;"),
                _ => (part, ""),
            };
            f.write_str(text)?;
            f.write_str(last)?;
        }
        Ok(())
    }
}

/// A count with thin spaces between thousands.
pub(super) struct Count(pub(super) u64);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.0.to_string();
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                f.write_str("\u{202f}")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// A count and its noun: `1 slice`, `2 slices`.
pub(super) fn counted(count: u64, noun: &str) -> String {
    let plural = if count == 1 || noun.ends_with("series") { "" } else { "s" };
    format!("{} {noun}{plural}", Count(count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        assert_eq!(Escaped("a<b>&\"c' é").to_string(), "a&lt;b&gt;&amp;&quot;c&#39; é");
        assert_eq!(Escaped("plain").to_string(), "plain");
    }

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(Count(7).to_string(), "7");
        assert_eq!(Count(1_234_567).to_string(), "1\u{202f}234\u{202f}567");
        assert_eq!(counted(1, "slice"), "1 slice");
        assert_eq!(counted(2, "series"), "2 series");
    }
}
