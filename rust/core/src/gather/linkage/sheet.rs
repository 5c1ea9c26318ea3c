//! A sheet as rows of cells, whatever file it came from.

use super::cell::Cell;

/// One row that holds at least one cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SheetRow {
    /// The row number that a spreadsheet program shows, from 1.
    pub(super) number: usize,
    /// (column from 0, cell); columns without a cell are not stored.
    pub(super) cells: Vec<(usize, Cell)>,
}

impl SheetRow {
    /// The cell of a column.
    pub(super) fn cell(&self, column: usize) -> &Cell {
        self.cells.iter().find(|(at, _)| *at == column).map_or(&Cell::Blank, |(_, cell)| cell)
    }

    /// Whether a person sees nothing in this row.
    pub(super) fn is_blank(&self) -> bool {
        self.cells.iter().all(|(_, cell)| matches!(cell, Cell::Blank))
    }
}

/// One sheet of a workbook, or a whole text file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sheet {
    /// Whether the workbook hides it.
    pub(super) hidden: bool,
    /// Ascending by number.
    pub(super) rows: Vec<SheetRow>,
}

impl Sheet {
    /// Adds a cell; cells may come in any order within a row, rows ascending.
    pub(super) fn push(&mut self, row: usize, column: usize, cell: Cell) {
        if cell == Cell::Blank {
            return;
        }
        match self.rows.last_mut() {
            Some(last) if last.number == row => last.cells.push((column, cell)),
            _ => self.rows.push(SheetRow { number: row, cells: vec![(column, cell)] }),
        }
    }

    /// Puts rows of an untidy file in order and joins those that share a number.
    pub(super) fn tidy(&mut self) {
        if self.rows.is_sorted_by(|a, b| a.number < b.number) {
            return;
        }
        self.rows.sort_by_key(|row| row.number);
        self.rows.dedup_by(|later, earlier| {
            let same = later.number == earlier.number;
            if same {
                earlier.cells.append(&mut later.cells);
            }
            same
        });
    }
}
