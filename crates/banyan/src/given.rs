//! `--data FILE`, or `--data -` for standard input, and `--format`.

use std::io;
use std::path::Path;

use banyan::data::Error;
use banyan::data::table::{ReadOptions, Table, format_names};
use clap::Args;
use clap::builder::PossibleValuesParser;

/// The path that means standard input.
const STANDARD_INPUT: &str = "-";

/// In which format a table is.
#[derive(Debug, Args)]
pub(crate) struct Format {
    /// The table's format, where its name does not tell; without it, standard input is read as what its first bytes look like
    #[arg(long, value_name = "FORMAT", requires = "data", hide_possible_values = true, value_parser = PossibleValuesParser::new(format_names()))]
    format: Option<String>,
}

impl Format {
    /// Whether a path alone says what is to be read, and how.
    pub(crate) fn is_by_name(&self, path: &Path) -> bool {
        self.format.is_none() && !self.is_standard_input(path)
    }

    /// Whether a path is that of standard input, which can be read once.
    pub(crate) fn is_standard_input(&self, path: &Path) -> bool {
        path.as_os_str() == STANDARD_INPUT
    }

    /// Reads the table of a path, or of standard input.
    pub(crate) fn read(&self, path: &Path, options: &ReadOptions) -> Result<Table, Error> {
        let format = self.format.as_deref();
        if self.is_standard_input(path) {
            return Table::read_stream(io::stdin().lock(), "standard input", format, options);
        }
        match format {
            Some(format) => Table::read_as(path, format, options),
            None => Table::read(path, options),
        }
    }
}
