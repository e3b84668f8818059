//! Files damaged in thousands of ways: each is read, or refused by an error; none ends the program, and none makes it take memory that it does not need.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail the test")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder, StringDictionaryBuilder, StringViewBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, BooleanArray, Float64Array, Int64Array, NullArray, RecordBatch, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use banyan_columnar::{Batches, Error, read_ipc, read_parquet};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::schema::types::ColumnPath;

/// No mutation of files of a few kilobytes may take more at once.
const MOST: usize = 100 << 20;

/// The system's allocator, which remembers the largest request of each thread, as asked, whether it was granted or not.
struct Largest;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// Whole pages of memory are what a check asks for and gives back unused.
fn remember(layout: Layout, size: usize) {
    if layout.align() < 4096 {
        LARGEST.set(LARGEST.get().max(size));
    }
}

#[expect(unsafe_code, reason = "requests are counted where they are made")]
// SAFETY: every call goes to the system's allocator as it is; what is remembered is in a thread-local cell that allocates nothing.
unsafe impl GlobalAlloc for Largest {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        remember(layout, layout.size());
        // SAFETY: the caller's contract is the callee's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        remember(layout, layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        remember(layout, size);
        // SAFETY: as above.
        unsafe { System.realloc(pointer, layout, size) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Largest = Largest;

/// A table with each kind of layout that the formats have.
fn batch() -> RecordBatch {
    let rows = 60;
    let mut colors = StringDictionaryBuilder::<Int32Type>::new();
    let mut words = ListBuilder::new(StringBuilder::new());
    let mut views = StringViewBuilder::new();
    for row in 0..rows {
        colors.append_option((row % 7 > 0).then(|| ["red", "green", "blue"][row % 3]));
        words.append_value((0..row % 4).map(|word| Some(format!("w{word}"))));
        views.append_value(format!("a text of row {row}, too long to lie in its view"));
    }
    RecordBatch::try_from_iter_with_nullable([
        ("whole", Arc::new(Int64Array::from_iter((0..rows as i64).map(|row| (row % 5 > 0).then_some(row)))) as ArrayRef, true),
        ("float", Arc::new(Float64Array::from_iter_values((0..rows).map(|row| row as f64 / 3.0))), true),
        ("flag", Arc::new(BooleanArray::from_iter((0..rows).map(|row| Some(row % 2 == 0)))), true),
        ("text", Arc::new(StringArray::from_iter_values((0..rows).map(|row| format!("text {row}")))), true),
        ("color", Arc::new(colors.finish()), true),
        ("words", Arc::new(words.finish()), true),
        ("view", Arc::new(views.finish()), true),
        ("nothing", Arc::new(NullArray::new(rows)), true),
    ])
    .unwrap()
}

type Read = fn(Vec<u8>) -> Result<Batches, Error>;

/// A file of each format and compression, with its name and reader.
fn files() -> Vec<(&'static str, Vec<u8>, Read)> {
    let batch = batch();
    let mut files: Vec<(&'static str, Vec<u8>, Read)> = Vec::new();
    for (name, stream, compression) in [
        ("file", "stream", None),
        ("file, lz4", "stream, lz4", Some(CompressionType::LZ4_FRAME)),
        ("file, zstd", "stream, zstd", Some(CompressionType::ZSTD)),
    ] {
        let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
        let mut writer = FileWriter::try_new_with_options(Vec::new(), &batch.schema(), options.clone()).unwrap();
        writer.write(&batch).unwrap();
        files.push((name, writer.into_inner().unwrap(), read_ipc));
        let mut writer = StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options).unwrap();
        writer.write(&batch).unwrap();
        files.push((stream, writer.into_inner().unwrap(), read_ipc));
    }
    let properties = || WriterProperties::builder();
    let delta = properties().set_writer_version(WriterVersion::PARQUET_2_0).set_dictionary_enabled(false);
    for (name, properties) in [
        ("parquet", properties().set_compression(Compression::UNCOMPRESSED)),
        ("parquet, snappy", properties().set_compression(Compression::SNAPPY)),
        ("parquet, gzip", properties().set_compression(Compression::GZIP(Default::default()))),
        ("parquet, zstd", properties().set_compression(Compression::ZSTD(Default::default()))),
        ("parquet, lz4", properties().set_compression(Compression::LZ4_RAW)),
        ("parquet, delta", delta.clone()),
        ("parquet, delta lengths", delta.set_column_encoding(ColumnPath::from("text"), Encoding::DELTA_LENGTH_BYTE_ARRAY)),
    ] {
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties.build())).unwrap();
        writer.write(&batch).unwrap();
        files.push((name, writer.into_inner().unwrap(), read_parquet));
    }
    files
}

/// Numbers that look random and are the same each time (SplitMix64).
struct Random(u64);

impl Random {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % count.max(1) as u64) as usize
    }

    /// A file with one to three damages: bytes of any value, numbers at their ends, parts lost, doubled or exchanged.
    fn mutate(&mut self, whole: &[u8]) -> Vec<u8> {
        let mut bytes = whole.to_vec();
        for _ in 0..=self.below(3) {
            let place = self.below(bytes.len());
            match self.below(8) {
                0 => bytes[place] = self.below(256) as u8,
                1 => bytes[place] ^= 1 << self.below(8),
                2 | 3 => {
                    let fill = [0x00, 0xff, 0x7f, 0x80][self.below(4)];
                    let end = (place + [1, 2, 4, 8][self.below(4)]).min(bytes.len());
                    bytes[place..end].fill(fill);
                }
                // A large number, the lowest byte first.
                4 | 5 => {
                    let number = (1_u64 << self.below(63)).to_le_bytes();
                    let end = (place + [4, 8][self.below(2)]).min(bytes.len());
                    bytes[place..end].copy_from_slice(&number[..end - place]);
                }
                6 => {
                    let end = (place + self.below(16)).min(bytes.len());
                    bytes.drain(place..end);
                }
                _ if self.below(4) == 0 => bytes.truncate(place.max(1)),
                _ => {
                    let end = (place + self.below(64)).min(bytes.len());
                    let part = bytes[place..end].to_vec();
                    let to = self.below(bytes.len());
                    bytes.splice(to..to, part);
                }
            }
            if bytes.is_empty() {
                bytes.push(0);
            }
        }
        bytes
    }
}

/// The rows of a file, all batches of which are read.
fn rows(read: Read, bytes: Vec<u8>) -> Result<usize, Error> {
    let mut rows = 0;
    for batch in read(bytes)? {
        rows += batch?.num_rows();
    }
    Ok(rows)
}

/// `BANYAN_MUTATIONS=20000` makes more of them of each file.
#[test]
fn damaged_files_neither_panic_nor_take_memory() {
    let mutations = std::env::var("BANYAN_MUTATIONS").map_or(400, |count| count.parse().unwrap());
    for (place, (name, whole, read)) in files().into_iter().enumerate() {
        assert_eq!(rows(read, whole.clone()).unwrap(), 60, "{name}");
        let mut random = Random(place as u64);
        let (mut refused, mut panicked) = (0, 0);
        for mutation in 0..mutations {
            LARGEST.set(0);
            let outcome = rows(read, random.mutate(&whole));
            let largest = LARGEST.get();
            assert!(largest < MOST, "{name}, mutation {mutation}: {largest} bytes at once");
            if let Err(error) = outcome {
                let text = error.to_string();
                assert!(!text.is_empty() && text.chars().count() < 500 && !text.chars().any(char::is_control), "{name}: {text:?}");
                refused += 1;
                panicked += usize::from(text.contains("its reader failed"));
            }
        }
        println!("{name}: {} bytes, {refused} of {mutations} refused, {panicked} of these by a panic that was contained", whole.len());
        assert!((mutations / 10..mutations).contains(&refused), "{name}: {refused}");
    }
}

/// A length that stands in a file is believed only as far as the file is long: the four-byte lengths of a stream and of a footer, and the eight
/// bytes before a compressed column.
#[test]
fn stated_lengths_are_compared_with_the_file() {
    let files = files();
    let find = |name: &str| files.iter().find(|(found, ..)| *found == name).map(|(_, bytes, _)| bytes.clone()).unwrap();
    let refused = |bytes: Vec<u8>, read: Read| rows(read, bytes).unwrap_err().to_string();

    let mut stream = find("stream");
    stream[4..8].copy_from_slice(&i32::MAX.to_le_bytes());
    assert_eq!(refused(stream, read_ipc), "it is damaged: it is cut short; copy or write the file again");

    let mut file = find("file");
    let footer = file.len() - 10;
    file[footer..footer + 4].copy_from_slice(&0x7fff_ffff_u32.to_le_bytes());
    assert_eq!(refused(file, read_ipc), "it is damaged: its index is longer than the file; copy or write the file again");

    // The first column's validity is 8 bytes, its values 480.
    let mut packed = find("file, zstd");
    let length = 480_u64.to_le_bytes();
    let place = packed.windows(8).position(|window| window == length).unwrap();
    packed[place..place + 8].copy_from_slice(&549_755_813_904_u64.to_le_bytes());
    let expected = "it is damaged: a compressed column states a length that cannot come of it; copy or write the file again";
    assert_eq!(refused(packed, read_ipc), expected);
}
