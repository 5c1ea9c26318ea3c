//! Connected strokes: candidates for glyphs.

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

/// Finds the runs of values of at least `level` in a plane of `width` columns.
pub(super) fn runs_of(plane: &[i16], width: usize, level: i16, runs: &mut Vec<Run>) {
    const BLOCK: usize = 32;
    runs.clear();
    for (row, line) in plane.chunks_exact(width).enumerate() {
        let mut start = None;
        for (block, values) in line.chunks(BLOCK).enumerate() {
            let most = values.iter().fold(i16::MIN, |most, &value| most.max(value));
            if start.is_none() && most < level {
                continue;
            }
            for (offset, &value) in values.iter().enumerate() {
                let column = (block * BLOCK + offset) as u16;
                match (start, value >= level) {
                    (None, true) => start = Some(column),
                    (Some(from), false) => {
                        runs.push(Run { row: row as u16, start: from, end: column });
                        start = None;
                    }
                    _ => {}
                }
            }
        }
        if let Some(from) = start {
            runs.push(Run { row: row as u16, start: from, end: width as u16 });
        }
    }
}

/// The parts of `wider` runs that reach a higher level.
pub(super) fn runs_within(plane: &[i16], width: usize, level: i16, wider: &[Run], runs: &mut Vec<Run>) {
    runs.clear();
    for run in wider {
        let line = &plane[run.row as usize * width..][run.start as usize..run.end as usize];
        let mut start = None;
        for (offset, &value) in line.iter().enumerate() {
            let column = run.start + offset as u16;
            match (start, value >= level) {
                (None, true) => start = Some(column),
                (Some(from), false) => {
                    runs.push(Run { row: run.row, start: from, end: column });
                    start = None;
                }
                _ => {}
            }
        }
        if let Some(from) = start {
            runs.push(Run { row: run.row, start: from, end: run.end });
        }
    }
}

/// Joins runs, sorted by row and column, that touch by edge or corner.
pub(super) fn components_of(runs: &[Run]) -> Components {
    let mut parents: Vec<u32> = (0..runs.len() as u32).collect();
    let mut above = 0;
    for (index, run) in runs.iter().enumerate() {
        while above < index && (runs[above].row + 1 < run.row || passed(runs[above], *run)) {
            above += 1;
        }
        let mut touching = above;
        while touching < index && runs[touching].row + 1 == run.row && runs[touching].start <= run.end {
            if runs[touching].end >= run.start {
                join(&mut parents, touching as u32, index as u32);
            }
            touching += 1;
        }
    }
    gather(runs, &mut parents)
}

/// Whether a run of the row above ends before `run` begins, corners included.
fn passed(above: Run, run: Run) -> bool {
    above.row + 1 == run.row && above.end < run.start
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

fn gather(runs: &[Run], parents: &mut [u32]) -> Components {
    let mut list: Vec<Component> = Vec::new();
    let mut labels = vec![0_u32; runs.len()];
    for (index, run) in runs.iter().enumerate() {
        let root = root(parents, index as u32) as usize;
        let (row, start, end) = (run.row as usize, run.start as usize, run.end as usize);
        if root == index {
            labels[index] = list.len() as u32;
            let window = Window { top: row, bottom: row + 1, left: start, right: end };
            list.push(Component { window, area: end - start, first: 0, run_count: 1 });
        } else {
            labels[index] = labels[root];
            let component = &mut list[labels[root] as usize];
            component.window.bottom = component.window.bottom.max(row + 1);
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
    }
    let mut next: Vec<usize> = list.iter().map(|component| component.first).collect();
    let mut sorted = vec![Run { row: 0, start: 0, end: 0 }; runs.len()];
    for (run, &label) in runs.iter().zip(&labels) {
        let place = &mut next[label as usize];
        sorted[*place] = *run;
        *place += 1;
    }
    Components { list, runs: sorted }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plane(drawing: &str) -> (Vec<i16>, usize) {
        let rows: Vec<&str> = drawing.split_whitespace().collect();
        let values =
            rows.iter().flat_map(|row| row.bytes().map(|byte| i16::from(byte == b'#') * 100)).collect();
        (values, rows[0].len())
    }

    fn boxes(drawing: &str) -> Vec<(usize, usize, usize, usize, usize)> {
        let (plane, width) = plane(drawing);
        let mut runs = Vec::new();
        runs_of(&plane, width, 50, &mut runs);
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
    fn a_higher_level_is_found_inside_the_lower() {
        let plane = [0, 60, 200, 60, 200, 0];
        let (mut wide, mut high) = (Vec::new(), Vec::new());
        runs_of(&plane, 6, 50, &mut wide);
        runs_within(&plane, 6, 150, &wide, &mut high);
        assert_eq!(wide, [Run { row: 0, start: 1, end: 5 }]);
        assert_eq!(high, [Run { row: 0, start: 2, end: 3 }, Run { row: 0, start: 4, end: 5 }]);
    }
}
