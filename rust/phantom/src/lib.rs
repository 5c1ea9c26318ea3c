//! Generated head CT patients for demonstrations and tests.
