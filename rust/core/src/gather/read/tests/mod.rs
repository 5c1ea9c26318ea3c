//! Files drawn by hand and by chance.

mod arbitrary;
mod damage;
mod draw;
mod form;
mod text;
