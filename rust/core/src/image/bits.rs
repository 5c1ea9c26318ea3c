//! Sets of grid nodes, 64 to a word.
//!
//! A set of a head at 2 mm fits into 200 kilobytes, so unions, floods and dilations stay inside the processor's
//! cache. Each row starts a word of its own; bits past the last column are 0.

use super::grid::Grid;

/// A set of nodes, `[plane, row, column]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    shape: [usize; 3],
    stride: usize,
    words: Vec<u64>,
}

impl Bits {
    /// The empty set.
    #[must_use]
    pub fn none(shape: [usize; 3]) -> Self {
        let stride = shape[2].div_ceil(64);
        Self { shape, stride, words: vec![0; shape[0] * shape[1] * stride] }
    }

    /// The nodes whose value passes; `values` has one per node.
    #[must_use]
    pub fn of<T: Copy>(shape: [usize; 3], values: &[T], passes: impl Fn(T) -> bool) -> Self {
        let mut bits = Self::none(shape);
        let columns = shape[2].max(1);
        for (row, values) in values.chunks(columns).take(shape[0] * shape[1]).enumerate() {
            let words = &mut bits.words[row * bits.stride..(row + 1) * bits.stride];
            for (word, values) in words.iter_mut().zip(values.chunks(64)) {
                let mut members = [0; 64];
                members.iter_mut().zip(values).for_each(|(member, &value)| *member = u8::from(passes(value)));
                *word = packed(&members);
            }
        }
        bits
    }

    /// Nodes along planes, rows and columns.
    #[must_use]
    pub const fn shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Words of each row.
    #[must_use]
    pub const fn stride(&self) -> usize {
        self.stride
    }

    /// All words, row after row.
    #[must_use]
    pub fn words(&self) -> &[u64] {
        &self.words
    }

    /// All words, row after row. Bits past the last column must stay 0.
    pub(in crate::image) fn words_mut(&mut self) -> &mut [u64] {
        &mut self.words
    }

    /// The words of one row.
    #[must_use]
    pub fn row(&self, plane: usize, row: usize) -> &[u64] {
        let start = (plane * self.shape[1] + row) * self.stride;
        &self.words[start..start + self.stride]
    }

    /// Whether a node is a member.
    #[must_use]
    pub fn has(&self, [plane, row, column]: [usize; 3]) -> bool {
        self.row(plane, row)[column / 64] >> (column % 64) & 1 == 1
    }

    /// Adds a node.
    pub fn insert(&mut self, [plane, row, column]: [usize; 3]) {
        let start = (plane * self.shape[1] + row) * self.stride;
        self.words[start + column / 64] |= 1 << (column % 64);
    }

    /// Adds the columns `from..to` of a row.
    pub fn insert_run(&mut self, row: usize, from: usize, to: usize) {
        let words = &mut self.words[row * self.stride..(row + 1) * self.stride];
        for (index, word) in words.iter_mut().enumerate() {
            let (low, high) = (from.max(64 * index) - 64 * index, to.min(64 * index + 64));
            if low < 64 && high > 64 * index + low {
                *word |= (u64::MAX >> (64 - (high - 64 * index - low))) << low;
            }
        }
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// Number of members.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The members, in order.
    pub fn nodes(&self) -> impl Iterator<Item = [usize; 3]> + '_ {
        let (rows, stride) = (self.shape[1], self.stride);
        self.words.iter().enumerate().flat_map(move |(index, &word)| {
            let (line, first) = (index / stride, index % stride * 64);
            std::iter::successors((word != 0).then_some(word), |rest| {
                let rest = rest & (rest - 1);
                (rest != 0).then_some(rest)
            })
            .map(move |rest| [line / rows, line % rows, first + rest.trailing_zeros() as usize])
        })
    }

    /// The members of both.
    #[must_use]
    pub fn and(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= other);
        self
    }

    /// The members of either.
    #[must_use]
    pub fn or(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word |= other);
        self
    }

    /// The members that are none of the other's.
    #[must_use]
    pub fn without(mut self, other: &Self) -> Self {
        self.words.iter_mut().zip(&other.words).for_each(|(word, other)| *word &= !other);
        self
    }

    /// All nodes that are no members.
    #[must_use]
    pub fn inverted(&self) -> Self {
        let mut out = self.clone();
        let last = u64::MAX >> (64 * self.stride - self.shape[2]);
        for line in out.words.chunks_mut(self.stride.max(1)) {
            for word in line.iter_mut() {
                *word = !*word;
            }
            if let Some(word) = line.last_mut() {
                *word &= last;
            }
        }
        out
    }

    /// The part within a box that starts at (row, column) `first`; planes are all kept.
    #[must_use]
    pub fn cropped(&self, first: [usize; 2], shape: [usize; 3]) -> Self {
        let mut out = Self::none(shape);
        for plane in 0..shape[0] {
            for row in 0..shape[1] {
                let from = self.row(plane, row + first[0]);
                let start = (plane * shape[1] + row) * out.stride;
                for (index, word) in out.words[start..start + out.stride].iter_mut().enumerate() {
                    let at = first[1] + 64 * index;
                    let take = |index: usize| from.get(index).copied().unwrap_or(0);
                    *word = take(at / 64) >> (at % 64);
                    if !at.is_multiple_of(64) {
                        *word |= take(at / 64 + 1) << (64 - at % 64);
                    }
                    let left = shape[2] - 64 * index;
                    if left < 64 {
                        *word &= u64::MAX >> (64 - left);
                    }
                }
            }
        }
        out
    }

    /// The nodes within `radius_mm` of a member: dilation by a ball.
    #[must_use]
    pub fn dilated(&self, grid: &Grid, radius_mm: f32) -> Self {
        let limit = radius_mm * radius_mm * 1.0001;
        let within = |rest: f32, pitch: f32| (rest.max(0.0).sqrt() / pitch + 1e-4) as usize;
        let [planes, rows, _] = self.shape;
        // The set widened along the rows by 0, 1, 2 ... nodes.
        let mut wide = vec![self.clone()];
        for step in 0..within(limit, grid.pitch_mm[1]).min(self.shape[2]) {
            let next = wide[step].widened();
            wide.push(next);
        }
        let plane_len = rows * self.stride;
        let used: Vec<bool> = (0..planes)
            .map(|p| self.words[p * plane_len..(p + 1) * plane_len].iter().any(|w| *w != 0))
            .collect();
        let mut out = Self::none(self.shape);
        for (plane, out) in out.words.chunks_mut(plane_len.max(1)).enumerate() {
            for source in (0..planes).filter(|source| used[*source]) {
                let dz = grid.plane_mm[source] - grid.plane_mm[plane];
                if dz * dz > limit {
                    continue;
                }
                for down in 0..=within(limit - dz * dz, grid.pitch_mm[0]).min(rows - 1) {
                    let dy = down as f32 * grid.pitch_mm[0];
                    let width = within(limit - dz * dz - dy * dy, grid.pitch_mm[1]).min(wide.len() - 1);
                    let from = &wide[width].words[source * plane_len..(source + 1) * plane_len];
                    let shift = down * self.stride;
                    unite(&mut out[shift..], from);
                    unite(out, &from[shift..]);
                }
            }
        }
        out
    }

    /// The nodes farther than `radius_mm` from everything outside. The ends of the grid are not outside.
    #[must_use]
    pub fn eroded(&self, grid: &Grid, radius_mm: f32) -> Self {
        self.inverted().dilated(grid, radius_mm).inverted()
    }

    /// The union of all balls of `radius_mm` that fit in.
    #[must_use]
    pub fn opened(&self, grid: &Grid, radius_mm: f32) -> Self {
        self.eroded(grid, radius_mm).dilated(grid, radius_mm)
    }

    /// The members and their neighbors along the rows.
    #[must_use]
    pub fn widened(&self) -> Self {
        let mut out = Self::none(self.shape);
        let stride = self.stride.max(1);
        let last = u64::MAX >> (64 * self.stride - self.shape[2]);
        for (out, line) in out.words.chunks_exact_mut(stride).zip(self.words.chunks_exact(stride)) {
            let mut before = 0;
            for (index, (out, &word)) in out.iter_mut().zip(line).enumerate() {
                let next = line.get(index + 1).copied().unwrap_or(0);
                *out = word | word << 1 | before >> 63 | word >> 1 | next << 63;
                before = word;
            }
            out[stride - 1] &= last;
        }
        out
    }
}

/// 64 bytes that are 0 or 1 as the bits of a word. The product brings the eight bytes of a chunk side by side; no two of
/// its terms meet in one bit.
fn packed(bytes: &[u8; 64]) -> u64 {
    bytes.as_chunks::<8>().0.iter().enumerate().fold(0, |word, (at, chunk)| {
        let eight = u64::from_le_bytes(*chunk).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word | eight << (8 * at)
    })
}

fn unite(out: &mut [u64], other: &[u64]) {
    out.iter_mut().zip(other).for_each(|(word, other)| *word |= other);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::image::Geometry;

    fn grid(planes_mm: &[f64], rows: usize, columns: usize) -> Grid {
        let geometry = Geometry {
            origins_mm: planes_mm.iter().map(|&z| [0.0, 0.0, z]).collect(),
            along_row: [1.0, 0.0, 0.0],
            along_column: [0.0, 1.0, 0.0],
            row_spacing_mm: 2.0,
            column_spacing_mm: 3.0,
        };
        Grid::new(&geometry, [rows - 2, columns - 2])
    }

    fn drawn(rows: &[&str]) -> Bits {
        let values: Vec<u8> = rows.concat().into_bytes();
        Bits::of([1, rows.len(), rows[0].len()], &values, |c| c == b'#')
    }

    proptest! {
        #[test]
        fn the_fast_dilation_is_the_slow_one(
            members in prop::collection::vec(prop::bool::weighted(0.02), 5 * 6 * 71),
            radius in 1.0_f32..20.0,
        ) {
            let grid = grid(&[0.0, 2.0, 4.5, 9.5, 11.5], 6, 71);
            let set = Bits::of([5, 6, 71], &members, |member| member);
            let fast = set.dilated(&grid, radius);
            let all = Bits::none([5, 6, 71]).inverted();
            for node in all.nodes() {
                let here = grid.frame_mm(node);
                let nearest = set.nodes().map(|other| {
                    let there = grid.frame_mm(other);
                    (0..3).map(|i| (here[i] - there[i]).powi(2)).sum::<f32>()
                }).fold(f32::INFINITY, f32::min).sqrt();
                prop_assert!((nearest - radius).abs() < 0.01 || fast.has(node) == (nearest <= radius), "{node:?}");
            }
        }

        #[test]
        fn a_set_holds_the_nodes_whose_value_passes(values in prop::collection::vec(any::<i16>(), 3 * 71)) {
            let set = Bits::of([1, 3, 71], &values, |value| value > 0);
            for (index, value) in values.iter().enumerate() {
                prop_assert_eq!(set.has([0, index / 71, index % 71]), *value > 0);
            }
            prop_assert_eq!(set.count(), values.iter().filter(|value| **value > 0).count(), "no bit past the last column");
        }

        #[test]
        fn runs_and_crops_are_what_single_nodes_give(from in 0_usize..150, length in 0_usize..150, first in 0_usize..90) {
            let mut runs = Bits::none([1, 2, 150]);
            let to = (from + length).min(150);
            runs.insert_run(1, from, to);
            let mut single = Bits::none([1, 2, 150]);
            (from..to).for_each(|column| single.insert([0, 1, column]));
            prop_assert_eq!(&runs, &single);
            prop_assert_eq!(runs.count(), to - from.min(to));
            let cut = runs.cropped([1, first], [1, 1, 60]);
            prop_assert_eq!(
                cut.nodes().collect::<Vec<_>>(),
                (from..to).filter(|c| (first..first + 60).contains(c)).map(|c| [0, 0, c - first]).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn an_opening_drops_what_is_thinner_than_the_ball() {
        let grid = grid(&[0.0], 7, 9);
        let set = drawn(&[
            ".........",
            ".#####...",
            ".#####...",
            "#########",
            ".#####...",
            ".#####...",
            ".........",
        ]);
        let open = set.opened(&grid, 2.5);
        assert!(open.has([0, 3, 3]) && !open.has([0, 3, 8]));
    }

    #[test]
    fn neighbors_along_a_row_cross_words_and_stop_at_its_end() {
        let set = drawn(&["#..##"]);
        assert_eq!(set.widened(), drawn(&["#####"]));
        assert_eq!(set.inverted(), drawn(&[".##.."]));
        let mut long = Bits::none([1, 1, 128]);
        long.insert([0, 0, 63]);
        long.insert([0, 0, 127]);
        assert_eq!(long.widened().nodes().map(|node| node[2]).collect::<Vec<_>>(), [62, 63, 64, 126, 127]);
    }
}
