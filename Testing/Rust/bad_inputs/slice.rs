//! Small CT slices as bytes, in any encoding, right or wrong.

use std::io::{Read, Write};
use std::sync::LazyLock;

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::InMemDicomObject;
use dicom_transfer_syntax_registry::entries;
use headct_deid_phantom::{HeadParameters, Phantom, VOID};

/// Edge of the matrix, pixels.
pub const EDGE: usize = 48;
/// Slices of the good series.
pub const SLICES: usize = 3;
/// Explicit VR Big Endian, which the standard retired.
pub const BIG_ENDIAN: &str = "1.2.840.10008.1.2.2";
const PREAMBLE: usize = 128;

/// Three slices through the head, between brows and vertex.
static HEAD: LazyLock<Phantom> = LazyLock::new(|| {
    headct_deid_phantom::head(&HeadParameters::default().with_matrix(EDGE).with_slices(20.0, 40.0, 10.0))
});

/// The HU of a slice of the head; what was not measured is air.
pub fn hu(index: usize) -> Vec<i16> {
    let plane = HEAD.hu.index_axis(ndarray::Axis(0), index % SLICES);
    plane.iter().map(|hu| if *hu == VOID { -1024 } else { *hu }).collect()
}

/// Who a slice belongs to and where it lies.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    /// The patient, counted over the whole matrix.
    pub patient: usize,
    /// The series of the patient; 1 is the good one.
    pub series: usize,
    /// The slice of the series.
    pub index: usize,
}

/// A slice that can still be changed: its data set and the transfer syntax that its file will declare.
#[derive(Debug, Clone)]
pub struct Slice {
    /// The data set with its Pixel Data.
    pub object: InMemDicomObject,
    /// What the file meta information says.
    pub syntax: &'static str,
    /// Which slice of the head it shows.
    pub index: usize,
}

impl Slice {
    /// A slice that a run releases: 16 bits allocated, 12 stored, unsigned, intercept -1024.
    pub fn good(place: Place) -> Self {
        let Place { patient, series, index } = place;
        let study = format!("2.999.7.{patient}");
        let mut slice =
            Self { object: InMemDicomObject::new_empty(), syntax: uids::EXPLICIT_VR_LITTLE_ENDIAN, index };
        for (tag, vr, value) in [
            (tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL".to_owned()),
            (tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.to_owned()),
            (tags::SOP_INSTANCE_UID, VR::UI, format!("{study}.{series}.{}", index + 1)),
            (tags::STUDY_DATE, VR::DA, "20230314".to_owned()),
            (tags::STUDY_TIME, VR::TM, "081437".to_owned()),
            (tags::ACCESSION_NUMBER, VR::SH, accession(patient)),
            (tags::MODALITY, VR::CS, "CT".to_owned()),
            (tags::MANUFACTURER, VR::LO, "SIEMENS".to_owned()),
            (tags::STUDY_DESCRIPTION, VR::LO, "CT HEAD".to_owned()),
            (tags::PATIENT_NAME, VR::PN, "Quillfeather^Ottoline".to_owned()),
            (tags::PATIENT_ID, VR::LO, format!("KX{:05}", 40_000 + patient)),
            (tags::PATIENT_BIRTH_DATE, VR::DA, "19570304".to_owned()),
            (tags::SLICE_THICKNESS, VR::DS, "10".to_owned()),
            (tags::KVP, VR::DS, "120".to_owned()),
            (tags::CONVOLUTION_KERNEL, VR::SH, "H31s".to_owned()),
            (tags::STUDY_INSTANCE_UID, VR::UI, study.clone()),
            (tags::SERIES_INSTANCE_UID, VR::UI, format!("{study}.{series}")),
            (tags::SERIES_NUMBER, VR::IS, series.to_string()),
            (tags::INSTANCE_NUMBER, VR::IS, (index + 1).to_string()),
            (tags::IMAGE_POSITION_PATIENT, VR::DS, format!("-125\\-133\\{}", 20 + 10 * index)),
            (tags::IMAGE_ORIENTATION_PATIENT, VR::DS, "1\\0\\0\\0\\1\\0".to_owned()),
            (tags::FRAME_OF_REFERENCE_UID, VR::UI, format!("{study}.9.{series}")),
            (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2".to_owned()),
            (tags::PIXEL_SPACING, VR::DS, "5.2083\\5.2083".to_owned()),
            (tags::RESCALE_INTERCEPT, VR::DS, "-1024".to_owned()),
            (tags::RESCALE_SLOPE, VR::DS, "1".to_owned()),
        ] {
            slice.text(tag, vr, &value);
        }
        slice.number(tags::SAMPLES_PER_PIXEL, 1);
        slice.number(tags::ROWS, EDGE as u16);
        slice.number(tags::COLUMNS, EDGE as u16);
        slice.stored(16, 12, false, -1024);
        slice
    }

    /// Sets a text attribute; values are parted by backslashes.
    pub fn text(&mut self, tag: Tag, vr: VR, value: &str) {
        let values = value.split('\\').map(str::to_owned).collect();
        self.object.put(DataElement::new(tag, vr, PrimitiveValue::Strs(values)));
    }

    /// Sets an attribute of VR US.
    pub fn number(&mut self, tag: Tag, value: u16) {
        self.object.put(DataElement::new(tag, VR::US, PrimitiveValue::from(value)));
    }

    /// Takes an attribute away.
    pub fn without(&mut self, tag: Tag) {
        self.object.remove_element(tag);
    }

    /// Replaces the Pixel Data.
    pub fn pixels(&mut self, vr: VR, bytes: Vec<u8>) {
        self.object.put(DataElement::new(tags::PIXEL_DATA, vr, PrimitiveValue::U8(bytes.into())));
    }

    /// Stores the head's HU in this form, with everything the header says of it.
    pub fn stored(&mut self, allocated: u16, bits: u16, signed: bool, intercept: i32) {
        let (low, high) = if signed {
            (-(1_i64 << (bits - 1)), (1_i64 << (bits - 1)) - 1)
        } else {
            (0, (1_i64 << bits) - 1)
        };
        let bytes = hu(self.index)
            .into_iter()
            .flat_map(|hu| {
                let value = i64::from(i32::from(hu) - intercept).clamp(low, high);
                value.to_le_bytes().into_iter().take(usize::from(allocated / 8)).collect::<Vec<_>>()
            })
            .collect();
        self.number(tags::BITS_ALLOCATED, allocated);
        self.number(tags::BITS_STORED, bits);
        self.number(tags::HIGH_BIT, bits - 1);
        self.number(tags::PIXEL_REPRESENTATION, u16::from(signed));
        self.text(tags::RESCALE_INTERCEPT, VR::DS, &intercept.to_string());
        self.pixels(if allocated == 8 { VR::OB } else { VR::OW }, bytes);
    }

    /// The native pixels as they are now.
    pub fn native(&self) -> Vec<u8> {
        self.object.element(tags::PIXEL_DATA).unwrap().to_bytes().unwrap().into_owned()
    }

    /// Declares a compressed syntax and puts these fragments in place of the pixels.
    pub fn encapsulated(&mut self, syntax: &'static str, fragments: &[&[u8]]) {
        self.syntax = syntax;
        let fragments: Vec<Vec<u8>> = fragments
            .iter()
            .map(|fragment| {
                let mut fragment = fragment.to_vec();
                fragment.resize(fragment.len().next_multiple_of(2), 0);
                fragment
            })
            .collect();
        let value = dicom_core::value::PixelFragmentSequence::new(Vec::new(), fragments);
        self.object.put(DataElement::new(tags::PIXEL_DATA, VR::OB, value));
    }

    /// The pixels as a JPEG-LS stream.
    pub fn jpeg_ls(&self) -> Vec<u8> {
        let frame = charls::FrameInfo {
            width: EDGE as u32,
            height: EDGE as u32,
            bits_per_sample: 16,
            component_count: 1,
        };
        let mut charls = charls::CharLS::default();
        charls.encode(frame, 0, &self.native()).unwrap()
    }

    /// The pixels as an RLE stream of literal runs.
    pub fn rle(&self) -> Vec<u8> {
        let native = self.native();
        let plane = |byte: usize| -> Vec<u8> {
            let values: Vec<u8> = native.iter().copied().skip(byte).step_by(2).collect();
            values
                .chunks(128)
                .flat_map(|run| std::iter::once(run.len() as u8 - 1).chain(run.iter().copied()))
                .collect()
        };
        let (high, low) = (plane(1), plane(0));
        let mut stream = vec![0; 64];
        for (place, value) in [2, 64, 64 + high.len() as u32].into_iter().enumerate() {
            stream[place * 4..place * 4 + 4].copy_from_slice(&value.to_le_bytes());
        }
        [stream, high, low].concat()
    }

    /// The file.
    pub fn bytes(&self) -> Vec<u8> {
        file(self.syntax, &self.data_set(uids::EXPLICIT_VR_LITTLE_ENDIAN))
    }

    /// The file with its data set really written in the syntax.
    pub fn bytes_in(&self, syntax: &'static str) -> Vec<u8> {
        file(syntax, &self.data_set(syntax))
    }

    /// The data set alone.
    pub fn data_set(&self, syntax: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let erased = match syntax {
            uids::IMPLICIT_VR_LITTLE_ENDIAN => entries::IMPLICIT_VR_LITTLE_ENDIAN.erased(),
            BIG_ENDIAN => entries::EXPLICIT_VR_BIG_ENDIAN.erased(),
            _ => entries::EXPLICIT_VR_LITTLE_ENDIAN.erased(),
        };
        let mut object = self.object.clone();
        if syntax == BIG_ENDIAN {
            // Numbers, so that the writer turns their bytes round.
            let words =
                self.native().chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
            object.put(DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(words)));
        }
        object.write_dataset_with_ts(&mut bytes, &erased).unwrap();
        if syntax == uids::DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN {
            return deflated(&bytes);
        }
        bytes
    }
}

/// The accession number of a patient of the matrix.
pub fn accession(patient: usize) -> String {
    format!("ACC{:06}", 710_000 + patient)
}

/// A file around a data set, with file meta information that declares `syntax`.
pub fn file(syntax: &str, data_set: &[u8]) -> Vec<u8> {
    let mut meta = Vec::new();
    for (element, value) in [(0x0002, uids::CT_IMAGE_STORAGE), (0x0003, "2.999.7.1.1.1"), (0x0010, syntax)] {
        let mut value = value.as_bytes().to_vec();
        value.resize(value.len().next_multiple_of(2), 0);
        meta.extend(explicit(0x0002, element, *b"UI", &value));
    }
    let length = explicit(0x0002, 0x0000, *b"UL", &(meta.len() as u32).to_le_bytes());
    [vec![0; PREAMBLE], b"DICM".to_vec(), length, meta, data_set.to_vec()].concat()
}

/// An element in explicit little endian with a short length.
pub fn explicit(group: u16, element: u16, vr: [u8; 2], value: &[u8]) -> Vec<u8> {
    let head = [group.to_le_bytes(), element.to_le_bytes(), vr, (value.len() as u16).to_le_bytes()].concat();
    [head.as_slice(), value].concat()
}

/// Raw deflate (RFC 1951), as DICOM wants it.
pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A few bytes that become so many zeros.
pub fn deflated_zeros(length: u64) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::copy(&mut std::io::repeat(0).take(length), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

/// Where an element of this tag begins in an explicit little endian file.
pub fn at(bytes: &[u8], tag: Tag, vr: VR) -> usize {
    let head = [tag.0.to_le_bytes(), tag.1.to_le_bytes(), vr.to_bytes()].concat();
    bytes.windows(head.len()).position(|window| window == head).unwrap()
}
