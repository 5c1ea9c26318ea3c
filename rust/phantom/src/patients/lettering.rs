//! Small letters for text that is burned into pixels: 5 columns by 7 rows each.

/// Rows of a letter, the left column in the highest of five bits. Unknown characters are drawn as a box.
fn rows(letter: char) -> [u8; 7] {
    match letter.to_ascii_uppercase() {
        'A' => [14, 17, 17, 31, 17, 17, 17],
        'B' => [30, 17, 17, 30, 17, 17, 30],
        'C' => [14, 17, 16, 16, 16, 17, 14],
        'D' => [30, 17, 17, 17, 17, 17, 30],
        'E' => [31, 16, 16, 30, 16, 16, 31],
        'F' => [31, 16, 16, 30, 16, 16, 16],
        'G' => [14, 17, 16, 23, 17, 17, 14],
        'H' => [17, 17, 17, 31, 17, 17, 17],
        'I' => [14, 4, 4, 4, 4, 4, 14],
        'J' => [7, 2, 2, 2, 2, 18, 12],
        'K' => [17, 18, 20, 24, 20, 18, 17],
        'L' => [16, 16, 16, 16, 16, 16, 31],
        'M' => [17, 27, 21, 21, 17, 17, 17],
        'N' => [17, 25, 21, 19, 17, 17, 17],
        'O' | '0' => [14, 17, 17, 17, 17, 17, 14],
        'P' => [30, 17, 17, 30, 16, 16, 16],
        'Q' => [14, 17, 17, 17, 21, 18, 13],
        'R' => [30, 17, 17, 30, 20, 18, 17],
        'S' => [15, 16, 16, 14, 1, 1, 30],
        'T' => [31, 4, 4, 4, 4, 4, 4],
        'U' => [17, 17, 17, 17, 17, 17, 14],
        'V' => [17, 17, 17, 17, 17, 10, 4],
        'W' => [17, 17, 17, 21, 21, 27, 17],
        'X' => [17, 17, 10, 4, 10, 17, 17],
        'Y' => [17, 17, 10, 4, 4, 4, 4],
        'Z' => [31, 1, 2, 4, 8, 16, 31],
        '1' => [4, 12, 4, 4, 4, 4, 14],
        '2' => [14, 17, 1, 6, 8, 16, 31],
        '3' => [31, 2, 4, 2, 1, 17, 14],
        '4' => [2, 6, 10, 18, 31, 2, 2],
        '5' => [31, 16, 30, 1, 1, 17, 14],
        '6' => [6, 8, 16, 30, 17, 17, 14],
        '7' => [31, 1, 2, 4, 8, 8, 8],
        '8' => [14, 17, 17, 14, 17, 17, 14],
        '9' => [14, 17, 17, 15, 1, 2, 12],
        '-' => [0, 0, 0, 14, 0, 0, 0],
        '.' => [0, 0, 0, 0, 0, 4, 4],
        ':' => [0, 4, 4, 0, 4, 4, 0],
        '/' => [1, 1, 2, 4, 8, 16, 16],
        ',' => [0, 0, 0, 0, 4, 4, 8],
        '+' => [0, 4, 4, 31, 4, 4, 0],
        ' ' => [0; 7],
        _ => [31, 17, 17, 17, 17, 17, 31],
    }
}

/// Rows and columns of the pixels of a line of text whose first pixel is at `top`, `left`.
pub(crate) fn pixels(text: &str, top: usize, left: usize, scale: usize) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for (place, letter) in text.chars().enumerate() {
        for (row, bits) in rows(letter).into_iter().enumerate() {
            for column in (0..5).filter(|column| bits >> (4 - column) & 1 == 1) {
                let (y, x) = (top + row * scale, left + (place * 6 + column) * scale);
                found.extend((0..scale * scale).map(|i| (y + i / scale, x + i % scale)));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn letters_can_be_read() {
        let mut drawing = vec![vec!['.'; 11]; 7];
        for (row, column) in super::pixels("T1", 0, 0, 1) {
            drawing[row][column] = '#';
        }
        let lines: Vec<String> = drawing.into_iter().map(String::from_iter).collect();
        assert_eq!(
            lines.join("\n"),
            "#####...#..\n..#....##..\n..#.....#..\n..#.....#..\n..#.....#..\n..#.....#..\n..#....###."
        );
    }
}
