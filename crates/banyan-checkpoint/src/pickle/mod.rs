//! A reader of pickles that makes values and executes nothing.
//!
//! A pickle is a program for a machine with a stack. Its dangerous instructions are those that import a name (`GLOBAL`) and call it (`REDUCE`). Here
//! a name is looked up in a short table of what `torch.save` needs ([`classes`]), and a call of any other makes an object that holds the name alone.
//! The instructions are those of protocols 2 to 5 (`pickletools.py` of Python describes them).

mod classes;
mod machine;
mod value;

pub(crate) use classes::{Class, StorageType};
pub(crate) use value::{Id, Pickle, StorageReference, TensorReference, Value};

use crate::error::{DAMAGED, quote};
use crate::source::Cursor;
pub(crate) use machine::LONGEST_KEY;
use machine::{Machine, damaged};

/// The length of the longest name of a module or class.
const LONGEST_NAME: usize = 1000;

/// Reads a pickle, and leaves the cursor behind it.
///
/// # Errors
/// A pickle that is damaged, too large, or not of protocol 2 to 5.
pub(crate) fn read(cursor: &mut Cursor<'_>) -> Result<Pickle, String> {
    let mut machine = Machine::default();
    loop {
        let instruction = cursor.byte()?;
        if instruction == b'.' {
            let root = machine.pop()?;
            return Ok(Pickle { values: machine.values, root });
        }
        step(instruction, cursor, &mut machine)?;
    }
}

/// One instruction, under which stands its name in `pickletools`.
fn step(instruction: u8, cursor: &mut Cursor<'_>, machine: &mut Machine) -> Result<(), String> {
    match instruction {
        // PROTO, FRAME
        0x80 => protocol(cursor.byte()?),
        0x95 => cursor.skip(8),
        // NONE, NEWTRUE, NEWFALSE
        b'N' => machine.push(Value::None),
        0x88 => machine.push(Value::Bool(true)),
        0x89 => machine.push(Value::Bool(false)),
        // BININT, BININT1, BININT2, LONG1, LONG4, BINFLOAT
        b'J' => machine.push(Value::Int(i32::from_le_bytes(cursor.array()?).into())),
        b'K' => machine.push(Value::Int(cursor.byte()?.into())),
        b'M' => machine.push(Value::Int(u16::from_le_bytes(cursor.array()?).into())),
        0x8a => {
            let length = cursor.byte()?;
            integer(u32::from(length), cursor, machine)
        }
        0x8b => {
            let length = length4(cursor)?;
            integer(length, cursor, machine)
        }
        b'G' => {
            cursor.skip(8)?;
            machine.push(Value::Float)
        }
        // SHORT_BINUNICODE, BINUNICODE, BINUNICODE8, SHORT_BINSTRING, BINSTRING
        0x8c | b'U' => {
            let length = cursor.byte()?;
            text(length.into(), cursor, machine)
        }
        b'X' | b'T' => {
            let length = length4(cursor)?;
            text(length.into(), cursor, machine)
        }
        0x8d => {
            let length = u64::from_le_bytes(cursor.array()?);
            text(length, cursor, machine)
        }
        // SHORT_BINBYTES, BINBYTES, BINBYTES8, BYTEARRAY8
        b'C' => {
            let length = cursor.byte()?;
            bytes(length.into(), cursor, machine)
        }
        b'B' => {
            let length = length4(cursor)?;
            bytes(length.into(), cursor, machine)
        }
        0x8e | 0x96 => {
            let length = u64::from_le_bytes(cursor.array()?);
            bytes(length, cursor, machine)
        }
        // EMPTY_TUPLE, TUPLE1, TUPLE2, TUPLE3, TUPLE
        b')' => machine.push_tuple(Vec::new()),
        0x85..=0x87 => {
            let mut elements = (0x85..=instruction).map(|_| machine.pop()).collect::<Result<Vec<_>, _>>()?;
            elements.reverse();
            machine.push_tuple(elements)
        }
        b't' => {
            let elements = machine.pop_mark()?;
            machine.push_tuple(elements)
        }
        // EMPTY_LIST, APPEND, APPENDS, LIST
        b']' => machine.push(Value::List(Vec::new())),
        b'a' => {
            let element = machine.pop()?;
            machine.append(&[element])
        }
        b'e' => {
            let elements = machine.pop_mark()?;
            machine.append(&elements)
        }
        b'l' => {
            let elements = machine.pop_mark()?;
            machine.push(Value::List(Vec::new()))?;
            machine.append(&elements)
        }
        // EMPTY_DICT, SETITEM, SETITEMS, DICT
        b'}' => machine.push(Value::Dict(Vec::new())),
        b's' => {
            let (value, key) = (machine.pop()?, machine.pop()?);
            machine.set_items(&[key, value])
        }
        b'u' => {
            let elements = machine.pop_mark()?;
            machine.set_items(&elements)
        }
        b'd' => {
            let elements = machine.pop_mark()?;
            machine.push(Value::Dict(Vec::new()))?;
            machine.set_items(&elements)
        }
        // EMPTY_SET, ADDITEMS, FROZENSET
        0x8f => machine.push_object("set"),
        0x90 => {
            let elements = machine.pop_mark()?;
            machine.append(&elements)
        }
        0x91 => {
            machine.pop_mark()?;
            machine.push_object("frozenset")
        }
        // MARK, POP, POP_MARK, DUP
        b'(' => machine.mark(),
        b'0' => machine.drop_top(),
        b'1' => machine.pop_mark().map(|_| ()),
        b'2' => {
            let top = machine.top()?;
            machine.push_id(top)
        }
        // BINPUT, LONG_BINPUT, MEMOIZE, BINGET, LONG_BINGET
        b'q' => {
            let place = cursor.byte()?;
            machine.remember(Some(place.into()))
        }
        b'r' => {
            let place = length4(cursor)?;
            machine.remember(Some(place.into()))
        }
        0x94 => machine.remember(None),
        b'h' => {
            let place = cursor.byte()?;
            machine.recall(place.into())
        }
        b'j' => {
            let place = length4(cursor)?;
            machine.recall(place.into())
        }
        // GLOBAL, STACK_GLOBAL
        b'c' => {
            let (module, name) = (line(cursor)?, line(cursor)?);
            machine.push(Value::Class(classes::find(&module, &name)))
        }
        0x93 => {
            let (name, module) = (machine.pop()?, machine.pop()?);
            let class = match (machine.value(module), machine.value(name)) {
                (Value::Text(module), Value::Text(name)) if module.len().max(name.len()) <= LONGEST_NAME => classes::find(module, name),
                _ => return Err(damaged()),
            };
            machine.push(Value::Class(class))
        }
        // REDUCE, BUILD, NEWOBJ, NEWOBJ_EX, BINPERSID
        b'R' => {
            let (arguments, function) = (machine.pop()?, machine.pop()?);
            machine.reduce(function, arguments)
        }
        b'b' => machine.build(),
        0x81 => {
            let (_, class) = (machine.pop()?, machine.pop()?);
            machine.new_object(class)
        }
        0x92 => {
            let (_, _, class) = (machine.pop()?, machine.pop()?, machine.pop()?);
            machine.new_object(class)
        }
        b'Q' => {
            let id = machine.pop()?;
            machine.persistent(id)
        }
        _ => Err(format!("its pickle has the instruction {instruction:#04x}, which torch.save does not write; {DAMAGED}")),
    }
}

fn protocol(version: u8) -> Result<(), String> {
    match version {
        2..=5 => Ok(()),
        _ => Err(format!("its pickle is of protocol {version}, and 2 to 5 are read; save it with torch.save's default")),
    }
}

fn length4(cursor: &mut Cursor<'_>) -> Result<u32, String> {
    Ok(u32::from_le_bytes(cursor.array()?))
}

/// An integer of so many bytes, the lowest first, with a sign.
fn integer(length: u32, cursor: &mut Cursor<'_>, machine: &mut Machine) -> Result<(), String> {
    if length > 16 {
        cursor.skip(length.into())?;
        return machine.push_object("int");
    }
    let bytes = cursor.bytes(length.into())?;
    let sign = if bytes.last().is_some_and(|&byte| byte >= 0x80) { 0xff } else { 0 };
    let mut whole = [sign; 16];
    whole[..bytes.len()].copy_from_slice(&bytes);
    machine.push(Value::Int(i128::from_le_bytes(whole)))
}

/// A text; bytes of Python 2 that are none are an object.
fn text(length: u64, cursor: &mut Cursor<'_>, machine: &mut Machine) -> Result<(), String> {
    match String::from_utf8(cursor.bytes(length)?) {
        Ok(text) => machine.push(Value::Text(text.into())),
        Err(_) => machine.push_object("bytes"),
    }
}

/// Bytes, of which nothing is kept.
fn bytes(length: u64, cursor: &mut Cursor<'_>, machine: &mut Machine) -> Result<(), String> {
    cursor.skip(length)?;
    machine.push_object("bytes")
}

/// A name up to the end of its line.
fn line(cursor: &mut Cursor<'_>) -> Result<String, String> {
    let mut name = Vec::new();
    loop {
        match cursor.byte()? {
            b'\n' => break,
            _ if name.len() == LONGEST_NAME => {
                return Err(format!("its pickle names {}, longer than any class; {DAMAGED}", quote(&String::from_utf8_lossy(&name))));
            }
            byte => name.push(byte),
        }
    }
    String::from_utf8(name).map_err(|_| damaged())
}
