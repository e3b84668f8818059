//! Rows with their files decoded, made ready beside the training.
//!
//! Memory keeps as many decoded images and recordings as `data.media_megabytes` allows. What the next few steps need beyond that
//! is decoded by threads of the feed's own while the step at hand runs. The order of the steps is given beforehand and files
//! decode to the same values whenever it is done, so timing has no say in a result. A data set that memory holds as a whole
//! needs no threads. Gathering and varying a batch stay with the threads that train on it: they read it next.

use crate::error::TrainError;
use banyan_data::dataset::{Dataset, Loaded};
use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Steps that are made ready beyond one for each thread.
const AHEAD: usize = 2;

/// The rows of a step, with what they need and memory does not keep.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) rows: Vec<usize>,
    pub(crate) loaded: Arc<Loaded>,
}

impl Ready {
    /// The same in so many parts of about one size. Of a batch of fewer rows than parts, some rows are in several.
    pub(crate) fn divide(self, parts: usize) -> Vec<Self> {
        if parts == 1 {
            return vec![self];
        }
        let Self { rows, loaded } = self;
        let own = |part: usize| -> Vec<usize> {
            match rows.get(part) {
                Some(_) => rows.iter().copied().skip(part).step_by(parts).collect(),
                None => vec![rows[part % rows.len()]],
            }
        };
        (0..parts).map(|part| Self { rows: own(part), loaded: Arc::clone(&loaded) }).collect()
    }
}

/// The rows of each step, in order.
pub(crate) type Steps<'a> = Box<dyn Iterator<Item = Vec<usize>> + Send + 'a>;

/// Gives one step after the other, and measures how long the training waited for them.
pub(crate) struct Feed<'q, 'a> {
    source: Source<'q, 'a>,
    waited: Duration,
}

enum Source<'q, 'a> {
    /// Nothing has to be decoded.
    Memory(Steps<'a>),
    /// Threads decode ahead.
    Threads(&'q Queue<'a>),
}

impl Feed<'_, '_> {
    /// The next step; `None` after the last.
    ///
    /// # Errors
    /// A file that can no longer be read.
    pub(crate) fn next(&mut self) -> Result<Option<Ready>, TrainError> {
        let begun = Instant::now();
        let ready = match &mut self.source {
            Source::Memory(steps) => Ok(steps.next().map(|rows| Ready { rows, loaded: Arc::default() })),
            Source::Threads(queue) => queue.take(),
        };
        self.waited += begun.elapsed();
        ready
    }

    /// The time that was spent in [`next`](Self::next).
    pub(crate) fn waited(&self) -> Duration {
        self.waited
    }
}

/// Calls `body` with a feed of the steps of a data set; `threads` as in the configuration.
pub(crate) fn with_feed<T>(
    data: &Dataset,
    steps: Steps<'_>,
    threads: Option<usize>,
    body: impl FnOnce(&mut Feed<'_, '_>) -> Result<T, TrainError>,
) -> Result<T, TrainError> {
    if data.is_whole() {
        return body(&mut Feed { source: Source::Memory(steps), waited: Duration::ZERO });
    }
    let threads = threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, NonZero::get));
    let state = State { steps, begun: 0, taken: 0, ready: BTreeMap::new(), ending: Ending::NotYet };
    let queue = Queue { data, ahead: threads + AHEAD, state: Mutex::new(state), changed: Condvar::new() };
    std::thread::scope(|scope| {
        // However the body is left, the threads are told before the scope waits for them.
        let _stopping = Stopping(&queue);
        for _ in 0..threads {
            std::thread::Builder::new()
                .name("decode".to_owned())
                .spawn_scoped(scope, || queue.work())
                .map_err(|cause| TrainError::System(format!("the threads that decode files could not be started: {cause}")))?;
        }
        body(&mut Feed { source: Source::Threads(&queue), waited: Duration::ZERO })
    })
}

/// What the feed and its threads share.
struct Queue<'a> {
    data: &'a Dataset,
    ahead: usize,
    state: Mutex<State<'a>>,
    changed: Condvar,
}

struct State<'a> {
    steps: Steps<'a>,
    /// Steps that a thread has begun with.
    begun: usize,
    /// Steps that the training has taken.
    taken: usize,
    ready: BTreeMap<usize, Result<Ready, TrainError>>,
    ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    NotYet,
    /// There are no more steps than those begun.
    LastBegun,
    /// No more steps are wanted.
    Stopped,
    /// A thread came to grief.
    Failed,
}

impl<'a> Queue<'a> {
    fn lock(&self) -> MutexGuard<'_, State<'a>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end(&self, ending: Ending) {
        self.lock().ending = ending;
        self.changed.notify_all();
    }

    /// The next step to make ready, once there is room for it.
    fn begin(&self) -> Option<(usize, Vec<usize>)> {
        let mut state = self.lock();
        while state.ending == Ending::NotYet && state.begun >= state.taken + self.ahead {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.ending != Ending::NotYet {
            return None;
        }
        let Some(rows) = state.steps.next() else {
            drop(state);
            self.end(Ending::LastBegun);
            return None;
        };
        state.begun += 1;
        Some((state.begun - 1, rows))
    }

    /// What each thread does.
    fn work(&self) {
        let guard = OnPanic(self);
        while let Some((number, rows)) = self.begin() {
            let loaded = self.data.load(&rows).map_err(TrainError::from);
            self.lock().ready.insert(number, loaded.map(|loaded| Ready { rows, loaded: Arc::new(loaded) }));
            self.changed.notify_all();
        }
        drop(guard);
    }

    /// The next step in order, once it is ready.
    fn take(&self) -> Result<Option<Ready>, TrainError> {
        let mut state = self.lock();
        loop {
            let number = state.taken;
            if let Some(ready) = state.ready.remove(&number) {
                state.taken += 1;
                drop(state);
                self.changed.notify_all();
                return ready.map(Some);
            }
            match state.ending {
                Ending::Failed => return Err(TrainError::System("a thread that decodes files failed".to_owned())),
                Ending::LastBegun if state.taken == state.begun => return Ok(None),
                _ => state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}

/// A training that waits for a thread which is gone would wait for ever.
struct OnPanic<'q, 'a>(&'q Queue<'a>);

impl Drop for OnPanic<'_, '_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.end(Ending::Failed);
        }
    }
}

struct Stopping<'q, 'a>(&'q Queue<'a>);

impl Drop for Stopping<'_, '_> {
    fn drop(&mut self) {
        self.0.end(Ending::Stopped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use banyan_data::config::OnBadRow;
    use banyan_data::dataset::{EncodeOptions, MediaMemory};
    use banyan_data::inputs::{InputConfig, InputKind};
    use banyan_data::schema::Schema;
    use banyan_data::table::{ReadOptions, Table};

    /// Twelve images, none of which memory keeps.
    fn pictures() -> (tempfile::TempDir, Dataset) {
        let folder = tempfile::tempdir().unwrap();
        let mut text = "picture\n".to_owned();
        for row in 0..12u8 {
            image::GrayImage::from_pixel(4, 4, image::Luma([row * 20])).save(folder.path().join(format!("{row}.png"))).unwrap();
            text += &format!("{row}.png\n");
        }
        let path = folder.path().join("t.csv");
        std::fs::write(&path, text).unwrap();
        let table = Table::read(&path, &ReadOptions::default()).unwrap();
        let rows: Vec<usize> = (0..12).collect();
        let inputs = [("picture".to_owned(), InputConfig::from(InputKind::Image))];
        let schema = Schema::fit(&table, &rows, &inputs, &[], OnBadRow::Error).unwrap();
        let memory = MediaMemory::new(0);
        let options = EncodeOptions { memory: Some(&memory), ..EncodeOptions::default() };
        let (data, _) = Dataset::encode(&table, &rows, &schema, options).unwrap();
        (folder, data)
    }

    fn plan(steps: usize) -> Steps<'static> {
        Box::new((0..steps).map(|step| vec![step % 12, (step * 5 + 1) % 12]))
    }

    #[test]
    fn steps_come_in_order_whatever_the_number_of_threads() {
        let (_folder, data) = pictures();
        for threads in [1, 2, 5] {
            let batches = with_feed(&data, plan(40), Some(threads), |feed| {
                let mut batches = Vec::new();
                while let Some(ready) = feed.next()? {
                    batches.push((data.gather(&ready.rows, &ready.loaded), ready.rows));
                }
                Ok(batches)
            })
            .unwrap();
            assert_eq!(batches.iter().map(|(_, rows)| rows.clone()).collect::<Vec<_>>(), plan(40).collect::<Vec<_>>());
            for (batch, rows) in batches {
                assert_eq!(format!("{:?}", batch.inputs), format!("{:?}", data.batch(&rows).unwrap().inputs));
            }
        }
    }

    #[test]
    fn a_feed_that_is_left_early_ends_its_threads() {
        let (_folder, data) = pictures();
        let rows = with_feed(&data, plan(1_000_000), Some(3), |feed| Ok(feed.next()?.map(|ready| ready.rows))).unwrap();
        assert_eq!(rows, Some(vec![0, 1]));
    }

    #[test]
    fn a_file_that_went_away_is_told_at_its_step_and_not_before() {
        let (folder, data) = pictures();
        std::fs::remove_file(folder.path().join("7.png")).unwrap();
        let (good, error) = with_feed(&data, Box::new((0..12).map(|row| vec![row])), Some(2), |feed| {
            let mut good = 0;
            loop {
                match feed.next() {
                    Ok(Some(_)) => good += 1,
                    Ok(None) => return Ok((good, None)),
                    Err(error) => return Ok((good, Some(error))),
                }
            }
        })
        .unwrap();
        assert_eq!(good, 7);
        assert!(error.is_some_and(|error| error.to_string().contains("line 9, column \"picture\": 7.png does not exist")));
    }
}
