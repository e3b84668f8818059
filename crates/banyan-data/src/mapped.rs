//! Arrays in a file, of which the system keeps in memory what is used.

use std::fs::{self, File};
use std::io::{self, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use memmap2::{Mmap, MmapOptions, UncheckedAdvice};

/// Arrays in files begin at multiples of it, and so do the parts of a file that are mapped.
const PAGE: usize = 4096;
/// Arrays within a part begin at multiples of it.
const ALIGNMENT: usize = 8;

/// An array of plain numbers in a file.
#[derive(Debug, Clone)]
pub(crate) struct Mapped<T> {
    map: Arc<Map>,
    bytes: Range<usize>,
    kind: PhantomData<T>,
}

/// A part of a file as memory.
#[derive(Debug)]
pub(crate) struct Map(Mmap);

impl<T: bytemuck::Pod> Deref for Mapped<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        bytemuck::cast_slice(&self.map.0[self.bytes.clone()])
    }
}

impl<T> Mapped<T> {
    /// An array of a mapped part of a file, from bytes that [`Spill::write`] told.
    pub(crate) fn new(map: &Arc<Map>, bytes: Range<usize>) -> Self {
        Self { map: map.clone(), bytes, kind: PhantomData }
    }

    /// Lets the system take back the memory of the array until it is read again.
    pub(crate) fn release(&self) {
        self.map.release(self.bytes.clone());
    }
}

impl Map {
    #[expect(unsafe_code, reason = "a file as memory")]
    fn of(file: &File, start: u64, length: usize) -> io::Result<Arc<Self>> {
        // SAFETY: what is mapped must not shrink or change while it is read. The file has no name by which anything else could reach it, and
        // what was written of it is not written again.
        let map = unsafe { MmapOptions::new().offset(start).len(length).map(file)? };
        Ok(Arc::new(Self(map)))
    }

    #[expect(unsafe_code, reason = "advice that drops pages")]
    fn release(&self, bytes: Range<usize>) {
        // Whole pages within; neighbors on the others may be in use.
        let (start, end) = (bytes.start.next_multiple_of(PAGE), bytes.end / PAGE * PAGE);
        if start < end {
            // SAFETY: the mapping is of a file and read only, so that dropped pages come back as they were. An error leaves them in memory.
            let _ = unsafe { self.0.unchecked_advise_range(UncheckedAdvice::DontNeed, start, end - start) };
        }
    }
}

/// A file for arrays that memory has no room for. It has no name, so that it goes with the program however that ends.
#[derive(Debug)]
pub(crate) struct Spill {
    file: File,
    end: u64,
}

impl Spill {
    /// A file in a folder, which is made where it is not there.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        fs::create_dir_all(folder)?;
        let path = folder.join(format!(".table.{}.{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        fs::remove_file(&path)?;
        Ok(Self { file, end: 0 })
    }

    /// Writes arrays as one part of the file, and maps it. Gives the bytes of each array in the map.
    ///
    /// # Errors
    /// What the system says, such as a full disk.
    pub(crate) fn write(&mut self, arrays: &[&[u8]]) -> io::Result<(Arc<Map>, Vec<Range<usize>>)> {
        self.file.seek(SeekFrom::Start(self.end))?;
        let mut out = io::BufWriter::with_capacity(1 << 20, &self.file);
        let mut written = 0;
        let mut places = Vec::with_capacity(arrays.len());
        for array in arrays {
            out.write_all(array)?;
            places.push(written..written + array.len());
            let padding = array.len().next_multiple_of(ALIGNMENT) - array.len();
            out.write_all(&[0; ALIGNMENT][..padding])?;
            written += array.len() + padding;
        }
        let length = written.max(1).next_multiple_of(PAGE);
        out.write_all(&vec![0; length - written])?;
        out.flush()?;
        drop(out);
        let map = Map::of(&self.file, self.end, length)?;
        self.end += length as u64;
        Ok((map, places))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_come_back_from_a_file_that_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut spill = Spill::new(&folder.path().join("new")).unwrap();
        let numbers: Vec<u64> = (0..3000).collect();
        for _ in 0..2 {
            let (map, places) = spill.write(&[b"abc", bytemuck::cast_slice(&numbers), b""]).unwrap();
            let mapped: Mapped<u64> = Mapped::new(&map, places[1].clone());
            assert_eq!(*mapped, *numbers);
            mapped.release();
            assert_eq!(mapped[2999], 2999);
            assert_eq!(*Mapped::<u8>::new(&map, places[0].clone()), *b"abc");
            assert!(Mapped::<u8>::new(&map, places[2].clone()).is_empty());
        }
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 0);
    }
}
