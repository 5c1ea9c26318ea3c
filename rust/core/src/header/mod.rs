//! Applies the attribute tables: what may stay in a header, what is replaced, what goes.
