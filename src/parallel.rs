//! Work on all CPUs while its results are used one by one, in the order of its items, as if one thread had done it.
//! What is all there at once goes through rayon.

use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// The number of threads beyond which whoever takes the results is what is waited for.
const MOST_AHEAD: usize = 8;

/// Returns the number of CPUs that this process may use.
fn cpus() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Does `work` for each item while the results before it are used. Of what is ready, or being worked on, there are at
/// most two items a CPU. Whoever drops the iterator early ends the work.
pub(crate) fn ahead<I, U>(
    items: I,
    work: impl Fn(I::Item) -> U + Clone + Send + 'static,
) -> Box<dyn Iterator<Item = U>>
where
    I: Iterator + Send + 'static,
    U: Send + 'static,
{
    let threads = cpus().min(MOST_AHEAD);
    if threads < 2 {
        return Box::new(items.map(work));
    }
    let (queue, results) = sync_channel(threads);
    let source = Arc::new(Mutex::new((items, queue)));
    for _ in 0..threads {
        let (source, work) = (Arc::clone(&source), work.clone());
        thread::spawn(move || {
            while let Some((item, result)) = next(&source) {
                // Nobody may want it any more.
                let _ = result.send(work(item));
            }
        });
    }
    // An item without a result is one whose thread panicked: what follows it must not pass for the whole.
    Box::new(results.into_iter().map(|result: Receiver<U>| result.recv().expect("the work didn't panic")))
}

/// Returns an item and where its result goes; the queue has the places of results in the items' order.
fn next<I: Iterator, U>(source: &Mutex<(I, SyncSender<Receiver<U>>)>) -> Option<(I::Item, SyncSender<U>)> {
    let mut source = source.lock().ok()?;
    let item = source.0.next()?;
    let (result, place) = sync_channel(1);
    source.1.send(place).ok()?;
    Some((item, result))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_the_order_of_their_items() {
        let items: Vec<u64> = (0..500).collect();
        let slow = |n: u64| {
            // The earlier of two neighbours takes longer.
            thread::sleep(std::time::Duration::from_micros(if n.is_multiple_of(2) { 200 } else { 0 }));
            n * n
        };
        let expected: Vec<u64> = items.iter().map(|n| n * n).collect();
        assert_eq!(ahead(items.into_iter(), slow).collect::<Vec<_>>(), expected);
        assert!(ahead(std::iter::empty(), slow).next().is_none());
    }

    #[test]
    fn who_stops_taking_stops_the_work() {
        let taken = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&taken);
        let items = (0..1_000_000_usize).inspect(move |_| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let first: Vec<usize> = ahead(items, |n| n).take(3).collect();
        assert_eq!(first, [0, 1, 2]);
        // The last reference is gone with the last thread.
        while Arc::strong_count(&taken) > 1 {
            thread::yield_now();
        }
        assert!(taken.load(Ordering::Relaxed) <= 3 + 3 * MOST_AHEAD, "{taken:?}");
    }
}
