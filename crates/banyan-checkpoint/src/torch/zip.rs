//! The members of a zip file that are stored as they are.
//!
//! PyTorch compresses nothing, so that a tensor is a range of the file's bytes, and that range is all that is asked for here. A reader of zip files
//! in general would bring decompressors, and hand out streams where ranges are needed. The format is that of PKWARE's APPNOTE.TXT 6.3.9.

use crate::error::{DAMAGED, quote};
use crate::source::{Cursor, Source};
use std::collections::HashMap;

/// The longest end of central directory: 22 bytes, and a comment.
const LONGEST_END: u64 = 22 + 0xffff;
/// How many members a file may have.
const MOST_MEMBERS: usize = 1 << 22;

/// A zip file's directory.
#[derive(Debug)]
pub(super) struct Archive {
    members: HashMap<String, Member>,
}

#[derive(Debug, Clone, Copy)]
struct Member {
    /// Where its own header is, behind which its bytes are.
    header: u64,
    /// Its bytes in the file, and unpacked.
    packed: u64,
    size: u64,
    is_plain: bool,
}

impl Archive {
    pub(super) fn open(source: &Source) -> Result<Self, String> {
        let (begin, length) = directory(source)?;
        let mut cursor = Cursor::new(source, begin, length);
        let mut members = HashMap::new();
        while cursor.position() < begin + length {
            if members.len() == MOST_MEMBERS {
                return Err(format!("the zip file has more than {MOST_MEMBERS} members, which no checkpoint has"));
            }
            let (name, member) = member(&mut cursor)?;
            members.insert(name, member);
        }
        Ok(Self { members })
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    /// The first byte and the number of bytes of a member; `None` if there is none of this name.
    pub(super) fn locate(&self, source: &Source, name: &str) -> Result<Option<(u64, u64)>, String> {
        let Some(member) = self.members.get(name) else { return Ok(None) };
        if !member.is_plain || member.packed != member.size {
            return Err(format!("its part {} is compressed or encrypted; save it with torch.save, which does neither", quote(name)));
        }
        let mut header = [0; 30];
        source.read(member.header, &mut header)?;
        if !header.starts_with(b"PK\x03\x04") {
            return Err(damaged());
        }
        let [.., name0, name1, extra0, extra1] = header;
        let lengths = [[name0, name1], [extra0, extra1]].map(|bytes| u64::from(u16::from_le_bytes(bytes)));
        let begin = member.header + 30 + lengths[0] + lengths[1];
        match begin.checked_add(member.size) {
            Some(end) if end <= source.length() => Ok(Some((begin, member.size))),
            _ => Err(format!("its part {} reaches beyond the end of the file, which is cut short; {DAMAGED}", quote(name))),
        }
    }
}

fn damaged() -> String {
    format!("the zip file is damaged; {DAMAGED}")
}

/// Where the central directory begins, and its length.
fn directory(source: &Source) -> Result<(u64, u64), String> {
    let begin = source.length() - source.length().min(LONGEST_END);
    let mut tail = vec![0; (source.length() - begin) as usize];
    source.read(begin, &mut tail)?;
    let last = (0..tail.len().saturating_sub(21)).rev().find(|&place| tail[place..].starts_with(b"PK\x05\x06"));
    let at = last.ok_or_else(|| format!("the zip file has no directory, because it is cut short; {DAMAGED}"))?;
    let at = begin + at as u64;
    let mut cursor = Cursor::new(source, at, LONGEST_END);
    cursor.skip(12)?;
    let mut length = u64::from(u32::from_le_bytes(cursor.array()?));
    let mut begin = u64::from(u32::from_le_bytes(cursor.array()?));
    // Large files have a second end, whose place stands right before the first.
    if let Some(locator) = at.checked_sub(20) {
        let mut cursor = Cursor::new(source, locator, 20);
        if &cursor.array::<4>()? == b"PK\x06\x07" {
            cursor.skip(4)?;
            let end = u64::from_le_bytes(cursor.array()?);
            let mut cursor = Cursor::new(source, end, 56);
            if &cursor.array::<4>()? != b"PK\x06\x06" {
                return Err(damaged());
            }
            cursor.skip(36)?;
            length = u64::from_le_bytes(cursor.array()?);
            begin = u64::from_le_bytes(cursor.array()?);
        }
    }
    if begin.checked_add(length).is_none_or(|end| end > source.length()) { Err(damaged()) } else { Ok((begin, length)) }
}

/// An entry of the central directory.
fn member(cursor: &mut Cursor<'_>) -> Result<(String, Member), String> {
    if &cursor.array::<4>()? != b"PK\x01\x02" {
        return Err(damaged());
    }
    cursor.skip(4)?;
    let flags = u16::from_le_bytes(cursor.array()?);
    let method = u16::from_le_bytes(cursor.array()?);
    cursor.skip(8)?;
    let mut packed = u64::from(u32::from_le_bytes(cursor.array()?));
    let mut size = u64::from(u32::from_le_bytes(cursor.array()?));
    let [name, extra, comment] =
        [u16::from_le_bytes(cursor.array()?), u16::from_le_bytes(cursor.array()?), u16::from_le_bytes(cursor.array()?)];
    cursor.skip(8)?;
    let mut header = u64::from(u32::from_le_bytes(cursor.array()?));
    let name = String::from_utf8_lossy(&cursor.bytes(name.into())?).into_owned();
    let extra = cursor.bytes(extra.into())?;
    cursor.skip(comment.into())?;
    // Numbers that need 64 bits stand in an extra field, in this order.
    let mut wide = zip64(&extra).as_chunks::<8>().0.iter().map(|&bytes| u64::from_le_bytes(bytes));
    for number in [&mut size, &mut packed, &mut header] {
        if *number == u64::from(u32::MAX) {
            *number = wide.next().ok_or_else(damaged)?;
        }
    }
    Ok((name, Member { header, packed, size, is_plain: method == 0 && flags & 1 == 0 }))
}

/// The extra field of the 64-bit extension, empty if there is none.
fn zip64(mut extra: &[u8]) -> &[u8] {
    while let [kind0, kind1, length0, length1, rest @ ..] = extra {
        let length = usize::from(u16::from_le_bytes([*length0, *length1])).min(rest.len());
        let (field, others) = rest.split_at(length);
        if [*kind0, *kind1] == [1, 0] {
            return field;
        }
        extra = others;
    }
    &[]
}
