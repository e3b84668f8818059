//! `[data]`.

use banyan_data::config::{DataConfig, OneOrMany, SplitRule};

use super::{Problem, SHARE_BELOW_ONE, count, distinct, number};

/// A petabyte: more is a slip of the pen.
const MOST_MEGABYTES: usize = 1_000_000_000;

pub(super) fn check(data: &DataConfig) -> Result<(), Problem> {
    files("train", &data.train)?;
    for (key, paths) in [("valid", &data.valid), ("test", &data.test)] {
        if let Some(paths) = paths {
            files(key, paths)?;
        }
    }
    if data.media_root.as_deref() == Some("") {
        let message = "the folder of media files has no name; leave media_root out where they are relative to the table's folder";
        return Err(Problem::new(&["data", "media_root"], message));
    }
    count(&["data", "media_megabytes"], data.media_megabytes, 0, MOST_MEGABYTES)?;
    marks(data)?;
    let Some(split) = &data.split else {
        return Ok(());
    };
    if data.valid.is_some() && data.test.is_some() {
        let message = "the split has nothing to cut: \"valid\" and \"test\" in [data] name files; remove the split (--set data.split=), or one of the files";
        return Err(Problem::new(&["data", "split"], message));
    }
    let path = |key| ["data", "split", key];
    number(&path("valid"), split.valid, SHARE_BELOW_ONE)?;
    number(&path("test"), split.test, SHARE_BELOW_ONE)?;
    if split.valid + split.test >= 1.0 {
        let message =
            format!("the split leaves no rows for training: valid = {} and test = {} together must be below 1", split.valid, split.test);
        return Err(Problem::new(&["data", "split"], message));
    }
    let rule = match split.by {
        SplitRule::Grouped => "grouped",
        SplitRule::Time => "time",
        _ => return Ok(()),
    };
    if split.column.is_none() {
        let message = format!("a split by \"{rule}\" needs a column; add column = \"NAME\"");
        return Err(Problem::new(&["data", "split"], message));
    }
    Ok(())
}

/// Which characters a mark may be.
type Allowed = fn(char) -> bool;

/// Whether the marks of numbers and cells are some, and different ones.
fn marks(data: &DataConfig) -> Result<(), Problem> {
    let decimal: Allowed = |mark| matches!(mark, '.' | ',');
    let thousands: Allowed = |mark| matches!(mark, ',' | '.' | ' ' | '\'' | '_');
    let delimiter: Allowed = |mark| mark.is_ascii() && !mark.is_ascii_alphanumeric() && !matches!(mark, '"' | '\n' | '\r');
    let known = [
        ("decimal", data.decimal, decimal, "must be \".\" or \",\""),
        ("thousands", data.thousands, thousands, "must be \",\", \".\", \" \", \"'\" or \"_\""),
        ("delimiter", data.delimiter, delimiter, "must be one ASCII character that is no letter, digit, quote or end of a line"),
    ];
    for (key, mark, is_right, rule) in known {
        if mark.is_some_and(|mark| !is_right(mark)) {
            return Err(Problem::new(&["data", key], format!("\"{key}\" in [data] {rule}")));
        }
    }
    if data.decimal.is_some() && data.decimal == data.thousands {
        return Err(Problem::new(&["data", "thousands"], "\"thousands\" in [data] is the decimal mark too; they must differ"));
    }
    Ok(())
}

fn files(key: &str, paths: &OneOrMany) -> Result<(), Problem> {
    let place = ["data", key];
    let paths = paths.paths();
    if paths.is_empty() {
        return Err(Problem::new(&place, format!("\"{key}\" in [data] is an empty list; name at least one file")));
    }
    if paths.iter().any(|path| path.trim().is_empty()) {
        return Err(Problem::new(&place, format!("\"{key}\" in [data] has an empty path; name a file")));
    }
    distinct(&place, paths)
}
