//! Connected strokes: candidates for glyphs.

use super::block::{BLOCK, reaching};
use super::stroke::{Lit, Plane};
use super::window::Window;

/// A piece of a row that stands out: columns `start..end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) row: u16,
    pub(super) start: u16,
    pub(super) end: u16,
}

/// Pixels that touch by edge or corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) window: Window,
    pub(super) area: usize,
    /// Where its runs are in [`Components::runs`].
    first: usize,
    pub(super) run_count: usize,
}

/// The components of one contrast level, with their runs.
#[derive(Debug, Default)]
pub(super) struct Components {
    pub(super) list: Vec<Component>,
    runs: Vec<Run>,
}

impl Components {
    /// The runs of a component, by row and column.
    pub(super) fn runs(&self, component: &Component) -> &[Run] {
        &self.runs[component.first..][..component.run_count]
    }
}

/// Finds the runs of at least `level` HU in a plane of `width` columns; below the contrast of a stroke there are none.
pub(super) fn runs_of(plane: &Plane, width: usize, level: i16, runs: &mut Vec<Run>) {
    runs.clear();
    for &Lit { row, first, peak } in &plane.lit {
        if peak < level {
            continue;
        }
        let columns = first as usize..(first as usize + BLOCK).min(width);
        let mut bits = reaching(&plane.hu[row as usize * width..][columns], level);
        if let Some(run) = runs.last_mut().filter(|run| run.row == row && run.end == first) {
            let more = bits.trailing_ones();
            run.end += more as u16;
            bits = bits.checked_shr(more).unwrap_or(0).checked_shl(more).unwrap_or(0);
        }
        while bits != 0 {
            let start = bits.trailing_zeros();
            let end = start + (bits >> start).trailing_ones();
            runs.push(Run { row, start: first + start as u16, end: first + end as u16 });
            bits = bits.checked_shr(end).unwrap_or(0).checked_shl(end).unwrap_or(0);
        }
    }
}

/// Joins runs, sorted by row and column, that touch by edge or corner.
pub(super) fn components_of(runs: &[Run]) -> Components {
    let mut parents: Vec<u32> = (0..runs.len() as u32).collect();
    // The runs of the row above from the first that may touch, and their first index.
    let mut above: &[Run] = &[];
    let mut first = 0;
    let mut index = 0;
    for line in runs.chunk_by(|a, b| a.row == b.row) {
        if above.first().is_some_and(|above| above.row + 1 != line[0].row) {
            above = &[];
        }
        let start = index;
        for run in line {
            let passed = above.iter().take_while(|above| above.end < run.start).count();
            above = &above[passed..];
            first += passed as u32;
            let touching = above.iter().take_while(|above| above.start <= run.end);
            for (other, _) in (first..).zip(touching) {
                join(&mut parents, other, index);
            }
            index += 1;
        }
        (above, first) = (line, start);
    }
    gather(runs, parents)
}

fn root(parents: &mut [u32], mut index: u32) -> u32 {
    while parents[index as usize] != index {
        let next = parents[parents[index as usize] as usize];
        parents[index as usize] = next;
        index = next;
    }
    index
}

/// The lower index becomes the root, so that a root comes before its members.
fn join(parents: &mut [u32], a: u32, b: u32) {
    let (a, b) = (root(parents, a), root(parents, b));
    parents[a.max(b) as usize] = a.min(b);
}

/// The components from the parent of each run, which does not come after it.
fn gather(runs: &[Run], mut parents: Vec<u32>) -> Components {
    let mut list: Vec<Component> = Vec::with_capacity(runs.len() / 8);
    for (index, run) in runs.iter().enumerate() {
        let (row, start, end) = (run.row as usize, run.start as usize, run.end as usize);
        // From here on the entry is no longer the parent but the number of the component.
        if parents[index] as usize == index {
            parents[index] = list.len() as u32;
            let window = Window { top: row, bottom: row + 1, left: start, right: end };
            list.push(Component { window, area: end - start, first: 0, run_count: 1 });
        } else {
            let label = parents[parents[index] as usize];
            parents[index] = label;
            let component = &mut list[label as usize];
            component.window.bottom = row + 1;
            component.window.left = component.window.left.min(start);
            component.window.right = component.window.right.max(end);
            component.area += end - start;
            component.run_count += 1;
        }
    }
    let mut first = 0;
    for component in &mut list {
        component.first = first;
        first += component.run_count;
        component.run_count = 0;
    }
    let mut sorted = vec![Run { row: 0, start: 0, end: 0 }; runs.len()];
    for (run, &label) in runs.iter().zip(&parents) {
        let component = &mut list[label as usize];
        sorted[component.first + component.run_count] = *run;
        component.run_count += 1;
    }
    Components { list, runs: sorted }
}

#[cfg(test)]
mod tests {
    use super::super::block::highest;
    use super::*;

    fn plane(drawing: &str) -> (Vec<i16>, usize) {
        let rows: Vec<&str> = drawing.split_whitespace().collect();
        let values =
            rows.iter().flat_map(|row| row.bytes().map(|byte| i16::from(byte == b'#') * 100)).collect();
        (values, rows[0].len())
    }

    fn lit(hu: &[i16], width: usize) -> Plane {
        let blocks = hu.chunks(width).enumerate().flat_map(|(row, line)| {
            let lit = move |(block, values): (usize, &[i16])| {
                let (row, first) = (row as u16, (block * BLOCK) as u16);
                Lit { row, first, peak: highest(values) }
            };
            line.chunks(BLOCK).enumerate().map(lit)
        });
        Plane { hu: hu.to_vec(), lit: blocks.collect() }
    }

    fn boxes(drawing: &str) -> Vec<(usize, usize, usize, usize, usize)> {
        let (plane, width) = plane(drawing);
        let mut runs = Vec::new();
        runs_of(&lit(&plane, width), width, 50, &mut runs);
        let components = components_of(&runs);
        let describe = |component: &Component| {
            let Window { top, bottom, left, right } = component.window;
            (top, bottom, left, right, component.area)
        };
        components.list.iter().map(describe).collect()
    }

    #[test]
    fn corners_join_and_a_gap_parts() {
        let found = boxes(
            "#...#..##
             .#.#...##
             ..#......
             .......#.",
        );
        assert_eq!(found, [(0, 3, 0, 5, 5), (0, 2, 7, 9, 4), (3, 4, 7, 8, 1)]);
    }

    #[test]
    fn arms_that_meet_below_are_one() {
        assert_eq!(boxes("#.#.# #.#.# #####"), [(0, 3, 0, 5, 11)]);
    }

    #[test]
    fn runs_go_on_across_blocks() {
        for width in [31, 32, 33, 64, 70, 100] {
            for seed in 0..40_usize {
                let value = |at: usize| ((at * (seed + 3) / 7) % 5) as i16 * 30;
                let plane: Vec<i16> = (0..2 * width).map(value).collect();
                let mut runs = Vec::new();
                runs_of(&lit(&plane, width), width, 50, &mut runs);
                let mut lit = vec![false; plane.len()];
                for run in &runs {
                    let columns = run.start as usize..run.end as usize;
                    assert!(columns.end == width || plane[run.row as usize * width + columns.end] < 50);
                    lit[run.row as usize * width..][columns].fill(true);
                }
                assert!(lit.iter().zip(&plane).all(|(&lit, &value)| lit == (value >= 50)));
                assert!(runs.is_sorted_by_key(|run| (run.row, run.start)));
            }
        }
    }
}
