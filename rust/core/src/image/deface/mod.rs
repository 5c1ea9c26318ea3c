//! deface
