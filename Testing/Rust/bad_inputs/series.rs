//! Slices that do not fit together.

use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};

use crate::case::Expect::{Failed, Held, Mixed, Released};
use crate::case::{check, folder, put};
use crate::slice::{BIG_ENDIAN, EDGE, Place, Slice};

/// Writes slices 0 to 2 of series 2 after a change.
fn series(patient: usize, path: &std::path::Path, change: impl Fn(&mut Slice)) {
    for index in 0..3 {
        let mut slice = Slice::good(Place { patient, series: 2, index });
        change(&mut slice);
        put(&path.join(format!("SE2/{index}")), &slice.bytes());
    }
}

#[test]
fn series_that_do_not_fit_together_are_parted_and_duplicates_left_out() {
    let cases = vec![
        folder("mixed matrix sizes", Released, 3, |patient, path| {
            series(patient, path, |slice| {
                if slice.index == 1 {
                    slice.number(tags::ROWS, EDGE as u16 / 2);
                }
            });
        }),
        folder("mixed orientations", Mixed(2, "not-axial"), 3, |patient, path| {
            series(patient, path, |slice| {
                if slice.index == 1 {
                    slice.text(tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "0\\1\\0\\0\\0\\-1");
                }
            });
        }),
        folder("mixed pixel spacing", Released, 3, |patient, path| {
            series(patient, path, |slice| {
                if slice.index == 1 {
                    slice.text(tags::PIXEL_SPACING, VR::DS, "0.3\\0.3");
                }
            });
        }),
        folder("mixed slice spacing", Released, 3, |patient, path| {
            series(patient, path, |slice| {
                if slice.index == 2 {
                    slice.text(tags::IMAGE_POSITION_PATIENT, VR::DS, "-125\\-133\\90");
                }
            });
        }),
        folder("all slices at one place", Released, 3, |patient, path| {
            series(patient, path, |slice| slice.text(tags::IMAGE_POSITION_PATIENT, VR::DS, "-125\\-133\\20"));
        }),
        folder("slices a hair apart", Released, 3, |patient, path| {
            series(patient, path, |slice| {
                let position = format!("-125\\-133\\{}", 20.0 + 0.011 * slice.index as f64);
                slice.text(tags::IMAGE_POSITION_PATIENT, VR::DS, &position);
            });
        }),
        folder("slices a kilometer apart", Released, 3, |patient, path| {
            series(patient, path, |slice| {
                let position = format!("-125\\-133\\{}", 300_000 * slice.index);
                slice.text(tags::IMAGE_POSITION_PATIENT, VR::DS, &position);
            });
        }),
        folder("one SOP Instance UID for three slices", Mixed(1, "duplicate"), 3, |patient, path| {
            series(patient, path, |slice| slice.text(tags::SOP_INSTANCE_UID, VR::UI, "2.999.7.1.1.77"));
        }),
        folder("the same file three times", Mixed(1, "duplicate"), 3, |patient, path| {
            let bytes = Slice::good(Place { patient, series: 2, index: 0 }).bytes();
            for name in ["SE2/a", "SE2/b", "SE3/c"] {
                put(&path.join(name), &bytes);
            }
        }),
        folder("mixed bits and signs", Released, 3, |patient, path| {
            series(patient, path, |slice| match slice.index {
                0 => slice.stored(8, 8, false, -100),
                1 => slice.stored(32, 32, true, 0),
                _ => {}
            });
        }),
        folder("mixed transfer syntaxes", Released, 3, |patient, path| {
            for (index, syntax) in
                [uids::IMPLICIT_VR_LITTLE_ENDIAN, BIG_ENDIAN, uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN]
                    .into_iter()
                    .enumerate()
            {
                put(
                    &path.join(format!("SE2/{index}")),
                    &Slice::good(Place { patient, series: 2, index }).bytes_in(syntax),
                );
            }
        }),
        folder("a damaged slice in the middle", Mixed(2, "parse: "), 3, |patient, path| {
            series(patient, path, |_| {});
            let bytes = Slice::good(Place { patient, series: 2, index: 1 }).bytes();
            put(&path.join("SE2/1"), &bytes[..bytes.len() - 9]);
        }),
        folder("every slice damaged", Failed("decode: "), 3, |patient, path| {
            series(patient, path, |slice| slice.text(tags::RESCALE_SLOPE, VR::DS, "0"));
        }),
        folder("more pixels than memory is allowed for", Held("too-large"), 6, |patient, path| {
            for index in 0..6 {
                let mut slice = Slice::good(Place { patient, series: 2, index });
                slice.number(tags::ROWS, 8192);
                slice.number(tags::COLUMNS, 8192);
                put(&path.join(format!("SE2/{index}")), &slice.bytes());
            }
        }),
        folder("time points without a sign", Released, 4, |patient, path| {
            for copy in 0..4 {
                let mut slice = Slice::good(Place { patient, series: 2, index: 0 });
                slice.text(tags::SOP_INSTANCE_UID, VR::UI, &format!("2.999.7.{patient}.2.{copy}"));
                put(&path.join(format!("SE2/{copy}")), &slice.bytes());
            }
        }),
    ];
    check("series", &cases);
}
