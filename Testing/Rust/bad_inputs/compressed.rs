//! Compressed streams, damaged or hostile.

use dicom_dictionary_std::{tags, uids};

use crate::case::Expect::{Failed, NotReleased, Released};
use crate::case::{check, slice};
use crate::slice::Slice;

#[test]
fn compressed_streams_are_decoded_under_limits() {
    let jpeg_ls = |slice: &Slice| {
        let mut slice = slice.clone();
        slice.stored(16, 16, false, -1024);
        slice.jpeg_ls()
    };
    let compressed = |name: &str, expect, make: fn(Vec<u8>) -> Vec<u8>| {
        slice(name, expect, move |slice| {
            let stream = make(jpeg_ls(slice));
            slice.stored(16, 16, false, -1024);
            slice.encapsulated(uids::JPEGLS_LOSSLESS, &[&stream]);
        })
    };
    let rle = |name: &str, expect, make: fn(Vec<u8>) -> Vec<u8>| {
        slice(name, expect, move |slice| {
            let stream = make(slice.rle());
            slice.encapsulated(uids::RLE_LOSSLESS, &[&stream]);
        })
    };
    let mut cases = vec![
        compressed("JPEG-LS", Released, |stream| stream),
        compressed("JPEG-LS with the name in a comment", Released, |stream| {
            let text = b"Quillfeather^Ottoline 19570304";
            let comment = [b"\xFF\xFE".as_slice(), &(text.len() as u16 + 2).to_be_bytes(), text].concat();
            [&stream[..2], &comment, &stream[2..]].concat()
        }),
        compressed("JPEG-LS cut in half", Failed("decode: "), |stream| stream[..stream.len() / 2].to_vec()),
        compressed("JPEG-LS cut in its header", Failed("decode: "), |stream| stream[..7].to_vec()),
        compressed("JPEG-LS that claims another size", Failed("decode: "), |mut stream| {
            let frame = stream.windows(2).position(|pair| pair == [0xFF, 0xF7]).unwrap();
            stream[frame + 5..frame + 9].copy_from_slice(&[0xFF; 4]);
            stream
        }),
        compressed("JPEG-LS with turned bits", NotReleased, |mut stream| {
            let middle = stream.len() / 2;
            stream[middle..middle + 40].iter_mut().for_each(|byte| *byte ^= 0x5A);
            stream.truncate(middle + 60);
            stream
        }),
        compressed("JPEG-LS whose scan is one byte of zeros", Failed("decode: "), |mut stream| {
            let scan = stream.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
            stream.truncate(scan + 10);
            stream.extend([0, 0]);
            stream
        }),
        compressed("JPEG-LS with parameters that no standard allows", Failed("decode: "), |stream| {
            let preset = [0xFF, 0xF8, 0, 13, 1, 0, 3, 0xFF, 0xFF, 0, 0, 0, 0, 0xFF, 0xFF];
            let scan = stream.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
            [&stream[..scan], &preset, &stream[scan..]].concat()
        }),
        compressed("empty stream", Failed("decode: "), |_| Vec::new()),
        compressed("text for a stream", Failed("decode: "), |_| b"no pixels today".to_vec()),
        rle("RLE", Released, |stream| stream),
        rle("RLE cut", Failed("decode: "), |stream| stream[..stream.len() / 2].to_vec()),
        rle("RLE without header", Failed("decode: "), |stream| stream[..20].to_vec()),
        rle("RLE with 16 segments", Failed("decode: "), |mut stream| {
            stream[0] = 16;
            stream
        }),
        rle("RLE segments out of the stream", Failed("decode: "), |mut stream| {
            stream[8..12].copy_from_slice(&[0xFF; 4]);
            stream
        }),
        slice("RLE in five fragments", Released, |slice| {
            let stream = slice.rle();
            let fragments: Vec<&[u8]> = stream.chunks(stream.len().div_ceil(5).next_multiple_of(2)).collect();
            slice.encapsulated(uids::RLE_LOSSLESS, &fragments);
        }),
        slice("no fragments", NotReleased, |slice| slice.encapsulated(uids::RLE_LOSSLESS, &[])),
        slice("video", Failed("decode: "), |slice| {
            slice.encapsulated("1.2.840.10008.1.2.4.102", &[b"\x00\x00\x01\xB3"]);
        }),
        slice("an RLE bomb of 16,384 x 16,384 pixels", Failed("more than is allowed"), |slice| {
            slice.number(tags::ROWS, 16_384);
            slice.number(tags::COLUMNS, 16_384);
            let run = [129_u8, 0].repeat(1 << 10);
            let mut stream = vec![0; 64];
            for (place, value) in [2_u32, 64, 64 + run.len() as u32].into_iter().enumerate() {
                stream[place * 4..place * 4 + 4].copy_from_slice(&value.to_le_bytes());
            }
            slice.encapsulated(uids::RLE_LOSSLESS, &[&[stream, run.clone(), run].concat()]);
        }),
    ];
    for (name, syntax) in [
        ("JPEG baseline", uids::JPEG_BASELINE8_BIT),
        ("JPEG lossless", uids::JPEG_LOSSLESS_SV1),
        ("JPEG-LS", uids::JPEGLS_LOSSLESS),
        ("JPEG 2000", uids::JPEG2000_LOSSLESS),
        ("HTJ2K", "1.2.840.10008.1.2.4.201"),
        ("JPEG XL", "1.2.840.10008.1.2.4.110"),
    ] {
        cases.push(slice(&format!("{name} of noise"), Failed("decode: "), move |slice| {
            let noise: Vec<u8> =
                (0..3000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
            slice.encapsulated(syntax, &[&noise]);
        }));
        cases.push(slice(
            &format!("{name} of a start marker and a comment"),
            Failed("decode: "),
            move |slice| {
                let stream = b"\xFF\xD8\xFF\xFE\x00\x17Quillfeather Ottoline\xFF\xD9";
                slice.encapsulated(syntax, &[stream]);
            },
        ));
        cases.push(slice(&format!("{name} of a JPEG 2000 head"), Failed("decode: "), move |slice| {
            let stream = b"\xFF\x4F\xFF\x51\x00\x29\x00\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x0F\x01\x01";
            slice.encapsulated(syntax, &[stream]);
        }));
    }
    check("compressed streams", &cases);
}
