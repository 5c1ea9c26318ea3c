//! Joins header and pixels, writes, verifies and reports. Only this stage puts files on disk.
