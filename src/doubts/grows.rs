//! Memory that grows with every pass: what the cell takes says how often it ran.

use super::Suspect;
use crate::record::Value;
use crate::stats::median;

/// A process must have grown by so much while its passes were counted, in bytes: heaps that settle, and pages that a
/// forked worker touches for the first time, stay below or come to rest.
const LEAST: f64 = (4 << 20) as f64;
/// And it must grow at its end at least so fast, beside how fast it grew before: what fills a cache comes to rest.
const STEADY: f64 = 0.5;
/// Of all processes so many must have grown so.
const SHARE: f64 = 2.0 / 3.0;
/// In one process alone it is believed from so many bytes on.
const AT_ONCE: f64 = (16 << 20) as f64;

pub(super) fn doubt(suspect: &Suspect<'_>) -> Option<String> {
    let (own, single) = (&suspect.facts.growth, suspect.single.map(|single| &single.growth));
    // Without the GIL several threads that leave garbage behind grow for a while by themselves: then the loop tells.
    let of_the_function = !suspect.facts.free_threaded || single.is_some_and(|of_single| grows(of_single));
    let bytes = median(&own.iter().map(|it| it.each).collect::<Vec<_>>())?;
    (grows(own) && of_the_function).then(|| format!(
        "it takes {:.2} MiB more with every pass, so its memory says how often it ran, and its time what it takes to get \
         more: something is kept from call to call",
        bytes / f64::from(1 << 20)
    ))
}

/// By how many bytes a process grew while its passes were counted.
#[derive(Debug, Clone, Copy)]
pub(super) struct ProcessGrowth {
    /// From each pass to the next.
    each: f64,
    /// In all; 0: it came to rest.
    whole: f64,
}

fn grows(all: &[ProcessGrowth]) -> bool {
    let grew = all.iter().filter(|it| it.whole > 0.0);
    let least = grew.clone().map(|it| it.whole).fold(f64::INFINITY, f64::min);
    let count = grew.count();
    count as f64 >= SHARE * all.len() as f64 && (count > 1 || (count == 1 && least >= AT_ONCE))
}

/// Returns how a process grew; `None`: it was seen too rarely.
pub(super) fn growth(values: &[Value]) -> Option<ProcessGrowth> {
    let seen = values
        .iter()
        .filter_map(|value| Some((f64::from(value.sweep), value.after.as_ref()?.rss_bytes as f64)));
    let seen: Vec<(f64, f64)> = seen.collect();
    let [first, .., before, last] = seen.as_slice() else { return None };
    let slope = |(x, from): (f64, f64), (y, to): (f64, f64)| (to - from) / (y - x).max(1.0);
    let (early, late) = (slope(*first, *before), slope(*before, *last));
    let steady = last.1 - first.1 >= LEAST && early > 0.0 && late >= STEADY * early;
    Some(ProcessGrowth { each: slope(*first, *last), whole: if steady { last.1 - first.1 } else { 0.0 } })
}
