//! The decoder against the encoder of `CharLS`, which is another implementation, and against hostile streams.

use proptest::prelude::*;

use super::super::codestream;
use crate::error::Failure;

/// A picture of `rows` x `columns` smooth, flat and noisy pixels, and its stream.
fn encoded(rows: u32, columns: u32, bits: u16, near: i32, seed: u32) -> (Vec<u16>, Vec<u8>) {
    let maximum = (1_u32 << bits) - 1;
    let pixels: Vec<u16> = (0..rows * columns)
        .map(|at| {
            let (row, column) = (at / columns, at % columns);
            let noise = (at ^ seed).wrapping_mul(2_654_435_761) >> 7;
            let value = match (row / 8 + column / 8 + seed) % 4 {
                0 => seed,
                1 => row * 3 + column * 5 + noise % 4,
                2 => noise,
                _ => [0, maximum][(noise % 2) as usize],
            };
            (value % (maximum + 1)) as u16
        })
        .collect();
    let frame = charls::FrameInfo {
        width: columns,
        height: rows,
        bits_per_sample: i32::from(bits),
        component_count: 1,
    };
    let samples: Vec<u8> = match bits {
        0..=8 => pixels.iter().map(|value| *value as u8).collect(),
        _ => pixels.iter().flat_map(|value| value.to_ne_bytes()).collect(),
    };
    let stream = charls::CharLS::default().encode(frame, near, &samples).unwrap();
    (pixels, stream)
}

fn decoded(stream: &[u8]) -> Result<Vec<u16>, Failure> {
    let frame = codestream::inspect(stream)?;
    let bytes = super::decode(stream, &frame)?;
    Ok(match frame.precision {
        0..=8 => bytes.into_iter().map(u16::from).collect(),
        _ => bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect(),
    })
}

/// A stream of `rows` x `columns` pixels of 16 bits with preset parameters and the given scan.
fn stream(rows: u16, columns: u16, preset: Option<[u16; 5]>, scan: &[u8]) -> Vec<u8> {
    let mut stream = vec![0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 16];
    stream.extend(rows.to_be_bytes());
    stream.extend(columns.to_be_bytes());
    stream.extend([1, 1, 0x11, 0]);
    if let Some(words) = preset {
        stream.extend([0xFF, 0xF8, 0, 13, 1]);
        stream.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    }
    stream.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]);
    stream.extend(scan);
    stream
}

proptest! {
    #[test]
    fn lossless_streams_are_decoded_exactly(
        (rows, columns) in (1..70_u32, 1..70_u32), bits in 2..=16_u16, seed in any::<u32>()
    ) {
        let (pixels, stream) = encoded(rows, columns, bits, 0, seed);
        prop_assert_eq!(decoded(&stream).unwrap(), pixels);
    }

    #[test]
    fn near_lossless_streams_are_decoded_as_charls_does(
        (rows, columns) in (1..40_u32, 1..40_u32), bits in 2..=16_u16, near in 1..=255_i32, seed in any::<u32>()
    ) {
        let near = near.min(((1 << bits) - 1) / 2);
        let (pixels, stream) = encoded(rows, columns, bits, near, seed);
        let ours = decoded(&stream).unwrap();
        let theirs = charls::CharLS::default().decode(&stream).unwrap();
        let theirs: Vec<u16> = match bits {
            0..=8 => theirs.into_iter().map(u16::from).collect(),
            _ => theirs.chunks_exact(2).map(|pair| u16::from_ne_bytes([pair[0], pair[1]])).collect(),
        };
        prop_assert_eq!(&ours, &theirs);
        prop_assert!(ours.iter().zip(&pixels).all(|(is, was)| i32::from(*is).abs_diff(i32::from(*was)) <= near as u32));
    }

    #[test]
    fn damaged_streams_neither_panic_nor_grow(
        bits in 2..=16_u16, seed in any::<u32>(), at in 0..2000_usize, with in any::<u8>(), cut in 0..2000_usize
    ) {
        let (pixels, mut stream) = encoded(24, 31, bits, 0, seed);
        let at = at % stream.len();
        stream[at] ^= with;
        stream.truncate(stream.len() - cut % stream.len());
        if let Ok(decoded) = decoded(&stream) && codestream::inspect(&stream).unwrap().rows == 24 {
            prop_assert!(decoded.len() % 24 == 0 && (with != 0 || decoded == pixels));
        }
    }

    #[test]
    fn arbitrary_scans_end(
        scan in prop::collection::vec(any::<u8>(), 0..200), reset in 3..=65_535_u16, threshold in 1..=65_535_u16
    ) {
        let _ = decoded(&stream(64, 64, Some([65_535, threshold, threshold, threshold, reset]), &scan));
    }
}

/// The first costs the decoder of `CharLS` 11 s.
#[test]
fn streams_without_an_end_are_failures_at_once() {
    for (what, stream) in [
        ("a byte of zeros without a marker", stream(512, 512, None, &[0])),
        ("zeros to the end without a marker", stream(512, 512, None, &[0; 400])),
        ("RESET of 256", stream(512, 512, Some([65_535, 0, 0, 0, 256]), &[0x55; 4000])),
        ("nothing", stream(512, 512, None, &[])),
        ("a marker at once", stream(512, 512, None, &[0xFF, 0xD9])),
    ] {
        let begun = std::time::Instant::now();
        let message = decoded(&stream).unwrap_err().message;
        assert!(message.contains("damaged"), "{what}: {message}");
        assert!(begun.elapsed().as_secs() < 2, "{what}");
    }
}

#[test]
fn restart_markers_are_kept_to() {
    // Two lines of one pixel each; the run that begins a line is ended at once by a pixel that differs.
    let (_, whole) = encoded(1, 1, 8, 0, 77);
    let scan = whole.windows(4).position(|bytes| bytes == [0xFF, 0xDA, 0, 8]).unwrap() + 10;
    let line = &whole[scan..whole.len() - 2];
    let make = |marker: u8| {
        let mut stream =
            vec![0xFF, 0xD8, 0xFF, 0xF7, 0, 11, 8, 0, 3, 0, 1, 1, 1, 0x11, 0, 0xFF, 0xDD, 0, 4, 0, 1];
        stream.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 0, 0]);
        [stream.as_slice(), line, &[0xFF, 0xD0], line, &[0xFF, marker], line, &[0xFF, 0xD9]].concat()
    };
    let one = decoded(&whole).unwrap()[0];
    assert_eq!(decoded(&make(0xD1)).unwrap(), [one; 3]);
    assert!(decoded(&make(0xD2)).is_err());
}
