//! What a header says of its pixels, checked.

use dicom_core::Tag;
use dicom_core::value::PrimitiveValue;
use dicom_object::InMemDicomObject;

use super::undecodable;
use crate::error::Failure;

/// Most rows or columns: sixteen times a large CT matrix.
const MAX_SIDE: usize = 16_384;
/// Most pixels of a slice: 256 MiB at 32 bits.
pub const MAX_PIXELS: usize = 1 << 26;

const NUMBER_OF_FRAMES: Tag = Tag(0x0028, 0x0008);
const SAMPLES_PER_PIXEL: Tag = Tag(0x0028, 0x0002);
const PHOTOMETRIC_INTERPRETATION: Tag = Tag(0x0028, 0x0004);
const ROWS: Tag = Tag(0x0028, 0x0010);
const COLUMNS: Tag = Tag(0x0028, 0x0011);
const BITS_ALLOCATED: Tag = Tag(0x0028, 0x0100);
const BITS_STORED: Tag = Tag(0x0028, 0x0101);
const HIGH_BIT: Tag = Tag(0x0028, 0x0102);
const PIXEL_REPRESENTATION: Tag = Tag(0x0028, 0x0103);
const PIXEL_PADDING_VALUE: Tag = Tag(0x0028, 0x0120);
const PIXEL_PADDING_RANGE_LIMIT: Tag = Tag(0x0028, 0x0121);
const RESCALE_INTERCEPT: Tag = Tag(0x0028, 0x1052);
const RESCALE_SLOPE: Tag = Tag(0x0028, 0x1053);
const LOSSY_IMAGE_COMPRESSION: Tag = Tag(0x0028, 0x2110);
const MODALITY_LUT_SEQUENCE: Tag = Tag(0x0028, 0x3000);

/// The form of one monochrome frame (PS3.3 section C.7.6.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// 8, 16 or 32.
    pub(super) bits_allocated: u16,
    pub(super) bits_stored: u16,
    pub(super) high_bit: u16,
    pub(super) signed: bool,
    /// Pixel Padding Value and Range Limit as stored values, lower first.
    pub(super) padding: Option<(i32, i32)>,
    /// MONOCHROME1.
    pub(super) inverted: bool,
    /// Declared as lossy compressed at some time.
    pub(super) lossy: bool,
}

impl Form {
    /// The form that a header describes.
    pub(super) fn of(object: &InMemDicomObject) -> Result<Self, Failure> {
        let frames = integer(object, NUMBER_OF_FRAMES)?.unwrap_or(1);
        if frames > 1 {
            return Err(undecodable(format!("{frames} frames in one file; one slice per file is expected")));
        }
        let samples = integer(object, SAMPLES_PER_PIXEL)?.unwrap_or(1);
        let photometric = text(object, PHOTOMETRIC_INTERPRETATION).unwrap_or_default();
        let inverted = photometric.eq_ignore_ascii_case("MONOCHROME1");
        let monochrome =
            inverted || photometric.is_empty() || photometric.eq_ignore_ascii_case("MONOCHROME2");
        if samples != 1 || !monochrome {
            return Err(undecodable("pixels are not monochrome"));
        }
        let rows = side(object, ROWS, "Rows")?;
        let columns = side(object, COLUMNS, "Columns")?;
        if rows * columns > MAX_PIXELS {
            return Err(undecodable(format!("{rows} x {columns} pixels are more than is allowed")));
        }
        let bits_allocated = small(object, BITS_ALLOCATED, "Bits Allocated")?;
        if !matches!(bits_allocated, 8 | 16 | 32) {
            return Err(undecodable(format!("{bits_allocated} bits allocated; 8, 16 or 32 are expected")));
        }
        let bits_stored = match integer(object, BITS_STORED)? {
            None => bits_allocated,
            Some(_) => small(object, BITS_STORED, "Bits Stored")?,
        };
        if bits_stored == 0 || bits_stored > bits_allocated {
            return Err(undecodable(format!("{bits_stored} bits stored of {bits_allocated} allocated")));
        }
        let high_bit = match integer(object, HIGH_BIT)? {
            None => bits_stored - 1,
            Some(_) => small(object, HIGH_BIT, "High Bit")?,
        };
        if high_bit >= bits_allocated || high_bit + 1 < bits_stored {
            return Err(undecodable(format!(
                "high bit {high_bit} with {bits_stored} bits stored of {bits_allocated} allocated"
            )));
        }
        let signed = match integer(object, PIXEL_REPRESENTATION)? {
            None | Some(0) => false,
            Some(1) => true,
            Some(other) => {
                return Err(undecodable(format!("Pixel Representation {other}; 0 or 1 is expected")));
            }
        };
        if bits_allocated == 32 && bits_stored == 32 && !signed {
            return Err(undecodable("32 unsigned bits stored are more than a CT image needs"));
        }
        let padding = padding(object, bits_stored, signed);
        let lossy = text(object, LOSSY_IMAGE_COMPRESSION).is_some_and(|value| value == "01");
        let form =
            Self { rows, columns, bits_allocated, bits_stored, high_bit, signed, padding, inverted, lossy };
        Ok(form)
    }

    pub(super) const fn pixels(&self) -> usize {
        self.rows * self.columns
    }

    pub(super) const fn bytes_per_pixel(&self) -> usize {
        self.bits_allocated as usize / 8
    }

    /// Bytes of the frame, at most 256 MiB.
    pub(super) const fn length(&self) -> usize {
        self.pixels() * self.bytes_per_pixel()
    }
}

/// How stored values become HU: HU = slope x stored + intercept (PS3.3 section C.11.1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rescale {
    pub(super) slope: f64,
    pub(super) intercept: f64,
    /// The header says so; otherwise slope 1 and intercept 0 are assumed.
    pub(super) declared: bool,
}

impl Rescale {
    /// The rescale that a header describes.
    pub(super) fn of(object: &InMemDicomObject) -> Result<Self, Failure> {
        let slope = decimal(object, RESCALE_SLOPE, "Rescale Slope")?;
        let intercept = decimal(object, RESCALE_INTERCEPT, "Rescale Intercept")?;
        if slope.is_none() && intercept.is_none() && object.get(MODALITY_LUT_SEQUENCE).is_some() {
            return Err(undecodable("a modality lookup table instead of slope and intercept"));
        }
        let declared = slope.is_some() && intercept.is_some();
        let (slope, intercept) = (slope.unwrap_or(1.0), intercept.unwrap_or(0.0));
        if slope == 0.0 {
            return Err(undecodable("Rescale Slope is 0"));
        }
        Ok(Self { slope, intercept, declared })
    }
}

fn text(object: &InMemDicomObject, tag: Tag) -> Option<String> {
    let value = object.get(tag)?.to_str().ok()?;
    Some(value.trim_matches([' ', '\0']).to_owned())
}

/// An integer; `None` where the attribute is absent or empty.
fn integer(object: &InMemDicomObject, tag: Tag) -> Result<Option<i64>, Failure> {
    let Some(element) = object.get(tag) else { return Ok(None) };
    match element.value().primitive() {
        Some(PrimitiveValue::Empty) => Ok(None),
        _ => match element.to_int::<i64>() {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(undecodable(format!("{tag} is not a whole number"))),
        },
    }
}

fn small(object: &InMemDicomObject, tag: Tag, name: &str) -> Result<u16, Failure> {
    let value = integer(object, tag)?.ok_or_else(|| undecodable(format!("no {name}")))?;
    u16::try_from(value).map_err(|_| undecodable(format!("{name} is {value}")))
}

fn side(object: &InMemDicomObject, tag: Tag, name: &str) -> Result<usize, Failure> {
    match usize::from(small(object, tag, name)?) {
        0 => Err(undecodable(format!("{name} is 0"))),
        value if value > MAX_SIDE => Err(undecodable(format!("{name} is {value}, more than {MAX_SIDE}"))),
        value => Ok(value),
    }
}

/// A decimal number; `None` where the attribute is absent or empty. Of several values the first.
fn decimal(object: &InMemDicomObject, tag: Tag, name: &str) -> Result<Option<f64>, Failure> {
    let Some(value) = text(object, tag) else { return Ok(None) };
    let first = value.split('\\').next().unwrap_or_default().trim();
    if first.is_empty() {
        return Ok(None);
    }
    match first.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Some(number)),
        _ => Err(undecodable(format!("{name} is not a finite number"))),
    }
}

/// The range of stored values that are padding (PS3.3 section C.7.5.1.1.2).
fn padding(object: &InMemDicomObject, bits_stored: u16, signed: bool) -> Option<(i32, i32)> {
    let stored = |tag| {
        let value = integer(object, tag).ok().flatten()?;
        // Writers confuse US and SS: what counts are the bits.
        let unused = 64 - u32::from(bits_stored);
        let value =
            if signed { (value << unused) >> unused } else { ((value as u64) << unused >> unused) as i64 };
        i32::try_from(value).ok()
    };
    let value = stored(PIXEL_PADDING_VALUE)?;
    let limit = stored(PIXEL_PADDING_RANGE_LIMIT).unwrap_or(value);
    Some((value.min(limit), value.max(limit)))
}
