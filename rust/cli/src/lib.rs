//! Command line of Head CT Deidentification.
