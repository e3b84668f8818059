//! What a training begins with: its encoded rows, from its tables or from the cache.

use std::path::Path;

use banyan_data::schema::Schema;
use banyan_guard::return_memory;
use banyan_model::Methods;

use crate::config::Config;
use crate::error::TrainError;
use crate::kept::{self, Fingerprints};
use crate::observer::{Event, Observer};
use crate::pipeline::{Prepared, Tables};
use crate::remembered;
use crate::run::{RunData, RunWriter};

/// The encoded rows of a run that begins, or of one that is resumed (with what it learned and remembers of its data); and the data's fingerprints
/// and splits, which a run of an earlier version lacks.
pub(crate) fn prepare(
    config: &Config,
    folder: &Path,
    methods: &Methods,
    (resumed, stored, data): (Option<&RunWriter>, Option<Schema>, Option<RunData>),
    observer: &mut dyn Observer,
) -> Result<(Prepared, Option<RunData>), TrainError> {
    let mut fingerprints = Fingerprints::default();
    let key = kept::key(config, folder, &mut fingerprints)?;
    let is_same = |(prepared, of_rows): &(Prepared, RunData)| match (resumed, &stored, &data) {
        (None, ..) => true,
        (Some(_), Some(stored), Some(data)) => *stored == prepared.schema && data == of_rows,
        (Some(_), ..) => false,
    };
    if let Some((prepared, of_rows)) = key.as_deref().and_then(kept::recall).filter(is_same) {
        observer.event(&Event::Note { text: "the rows are those that an earlier training on the same data kept in the cache" });
        return Ok((prepared, Some(of_rows)));
    }
    let (tables, data) = match (resumed, data) {
        (Some(run), Some(data)) => (remembered::recall(run.folder(), &data, config, folder, observer)?, Some(data)),
        (Some(_), None) => {
            observer.event(&Event::Note { text: remembered::OF_EARLIER_VERSION });
            (Tables::read(config, folder, observer)?, None)
        }
        (None, _) => {
            let tables = Tables::read(config, folder, observer)?;
            let data = remembered::remember(&tables, config, folder, &mut fingerprints)?;
            (tables, Some(data))
        }
    };
    return_memory();
    let to_keep = key.as_deref().map(|key| (key, data.as_ref()));
    let prepared = tables.encode(config, methods, (stored, to_keep), observer)?;
    return_memory();
    Ok((prepared, data))
}
