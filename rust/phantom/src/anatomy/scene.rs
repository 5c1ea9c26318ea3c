//! A head as layers of paint: shapes filled with tissue, later layers over earlier ones.

use crate::shape::Shape;
use crate::tissue::{Label, Tissue};

/// The coordinates a shape is drawn in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    /// Head: x to the left, y backward, z up, origin in the middle of the brain.
    Head,
    /// Table: the same axes for a patient on the back, whatever the pose of the head.
    Table,
}

/// A distance field that layers share.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub frame: Frame,
    pub shape: Shape,
}

/// Where a field, grown by some millimeters, is filled with a tissue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Layer {
    pub field: usize,
    pub grow_mm: f32,
    pub tissue: Tissue,
    pub label: Label,
    /// Only voxels of this label get the new one; nothing else changes.
    pub renames: Option<Label>,
}

/// All layers, from the bottom to the top.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scene {
    pub fields: Vec<Field>,
    pub layers: Vec<Layer>,
}

impl Scene {
    /// Adds a shape of the head without painting it.
    pub(crate) fn field(&mut self, shape: Shape) -> usize {
        self.fields.push(Field { frame: Frame::Head, shape });
        self.fields.len() - 1
    }

    /// Paints a field, grown by `grow_mm`.
    pub(crate) fn paint_field(&mut self, field: usize, grow_mm: f32, tissue: Tissue) {
        self.layers.push(Layer { field, grow_mm, tissue, label: tissue.label(), renames: None });
    }

    /// Paints a shape of the head.
    pub(crate) fn paint(&mut self, shape: Shape, tissue: Tissue) {
        let field = self.field(shape);
        self.paint_field(field, 0.0, tissue);
    }

    /// Paints a shape of the head under a label that its tissue alone does not tell.
    pub(crate) fn paint_as(&mut self, shape: Shape, tissue: Tissue, label: Label) {
        let field = self.field(shape);
        self.layers.push(Layer { field, grow_mm: 0.0, tissue, label, renames: None });
    }

    /// Gives voxels of one tissue another label where a shape is.
    pub(crate) fn rename(&mut self, shape: Shape, tissue: Tissue, label: Label) {
        let field = self.field(shape);
        self.layers.push(Layer { field, grow_mm: 0.0, tissue, label, renames: Some(tissue.label()) });
    }

    /// Paints a shape that belongs to the table.
    pub(crate) fn paint_on_table(&mut self, shape: Shape, tissue: Tissue) {
        self.fields.push(Field { frame: Frame::Table, shape });
        self.paint_field(self.fields.len() - 1, 0.0, tissue);
    }
}
