//! Tables of what is derived from several cells, the same for every format.

use crate::analysis::{Figure, OpenFigure, Scaling};

use super::format;
use super::view::{self, View};

/// A table with its title and a note below it.
pub struct Section {
    pub id: &'static str,
    pub title: &'static str,
    pub note: &'static str,
    pub header: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// When to use what, right after the verdict; `None` where nothing was compared.
pub fn choices(results: &View<'_>) -> Option<Section> {
    let rows = results.choices.iter().map(|choice| {
        let doubts = choice.doubts.join("; ");
        [&choice.workload, &choice.when, &choice.choose, &choice.evidence, &doubts]
            .map(String::clone)
            .to_vec()
    });
    section(
        "when",
        "When to use what",
        "Only what is settled is chosen.",
        &["workload", "when", "use", "evidence", "doubt"],
        rows.collect(),
    )
}

/// Everything else that has rows.
pub fn sections(results: &View<'_>) -> Vec<Section> {
    [single_thread(results), overall(results), scaling(results), break_even(results), memory(results)]
        .into_iter()
        .flatten()
        .collect()
}

fn section(
    id: &'static str,
    title: &'static str,
    note: &'static str,
    header: &[&'static str],
    rows: Vec<Vec<String>>,
) -> Option<Section> {
    // A column in which nobody has anything to say is left out.
    let says = |place: &usize| rows.iter().any(|row| !matches!(row[*place].as_str(), "" | format::NONE));
    let kept: Vec<usize> = (0..header.len()).filter(says).collect();
    let header = kept.iter().map(|place| header[*place]).collect();
    let pick = |row: &Vec<String>| kept.iter().map(|place| row[*place].clone()).collect();
    (!rows.is_empty()).then(|| Section { id, title, note, header, rows: rows.iter().map(pick).collect() })
}

fn single_thread(results: &View<'_>) -> Option<Section> {
    let rows = results.single_thread.iter().map(|one| {
        let mark = if one.settled { "" } else { view::UNSETTLED };
        let cost = one.cost.map_or_else(
            || format!("{} ({})", format::NONE, format::count(one.pairs as usize, "pair")),
            |cost| format!("{mark}{}", times(cost)),
        );
        vec![
            one.workload.clone(),
            format!("{} over {}", one.interpreter, one.twin),
            cost,
            one.differences.join("; "),
        ]
    });
    section(
        "one-thread",
        "What free threading costs one thread",
        "Time of the free-threaded single over its GIL twin's: 1.8× takes 1.8 times as long.",
        &["workload", "builds", "time, 95 %", "not alike in"],
        rows.collect(),
    )
}

fn overall(results: &View<'_>) -> Option<Section> {
    let rows = results.overall.iter().map(|one| {
        let mark = if one.settled { "" } else { view::UNSETTLED };
        let ratio = one.speedup.map_or(format::NONE.to_owned(), |found| format!("{mark}{}", times(found)));
        vec![one.cell.interpreter.clone(), view::how(results, &one.cell), ratio, one.missing.join(", ")]
    });
    section(
        "overall",
        "Over all workloads",
        "Geometric mean of the speedups over the baseline's single, of the same workloads in every row; sizes of a sweep are left out.",
        &["interpreter", "how", "speedup, 95 %", "lacks"],
        rows.collect(),
    )
}

fn scaling(results: &View<'_>) -> Option<Section> {
    let row = |one: &Scaling| {
        let serial = one.amdahl.or(one.gustafson).map_or(format::NONE.to_owned(), fraction);
        let (contention, coherency, knee) = match &one.usl {
            Some(usl) => (percent(usl.contention), percent(usl.coherency), workers(&usl.knee)),
            None => (format::NONE.to_owned(), format::NONE.to_owned(), format::NONE.to_owned()),
        };
        let last = one.points.iter().rev().find(|point| point.fitted).and_then(|point| point.karp_flatt);
        let karp_flatt = last.map_or(format::NONE.to_owned(), fraction);
        vec![
            one.cell.workload.clone(),
            one.cell.interpreter.clone(),
            view::how(results, &one.cell),
            serial,
            karp_flatt,
            contention,
            coherency,
            knee,
        ]
    };
    let fitted = |one: &&Scaling| one.amdahl.is_some() || one.gustafson.is_some();
    let rows = results.scaling.iter().filter(fitted).map(row).collect();
    section(
        "scaling",
        "How it scales",
        "How much of the work stays serial, and so how far more workers help. Fitted up to the CPUs, 95 % intervals in brackets. Serial: Amdahl's fraction (weak scaling: Gustafson's). Karp–Flatt: the serial fraction that the largest number of workers with a CPU each shows. Contention, coherency and knee: the Universal Scalability Law, where three numbers of workers have a CPU each.",
        &["workload", "interpreter", "mode", "serial", "Karp–Flatt", "contention", "coherency", "knee at"],
        rows,
    )
}

fn break_even(results: &View<'_>) -> Option<Section> {
    let rows = results.break_even.iter().map(|one| {
        vec![
            format!("{} on {}", one.family, one.cell.interpreter),
            view::how(results, &one.cell),
            one.against.clone(),
            task(&one.task_ns),
            one.slower_up_to_ns.map_or(format::NONE.to_owned(), format::ns),
            one.faster_from_ns.map_or(format::NONE.to_owned(), format::ns),
            format::ns_f64(one.overhead_ns.value),
            times(one.limit),
        ]
    });
    section(
        "break-even",
        "From which task size on it pays",
        "The size of a task, run inline, at which both are as fast, by a model of an overhead for each task and a limit for large ones; beside it what was measured.",
        &[
            "workload",
            "how",
            "against",
            "pays from",
            "slower up to",
            "faster from",
            "overhead a task",
            "limit",
        ],
        rows.collect(),
    )
}

fn memory(results: &View<'_>) -> Option<Section> {
    let rows = results.memory_growth.iter().map(|one| {
        vec![
            one.cell.workload.clone(),
            one.cell.interpreter.clone(),
            view::how(results, &one.cell),
            size(one.per_worker),
            size(one.base),
            one.measure.to_uppercase(),
        ]
    });
    section(
        "worker-memory",
        "Memory by worker",
        "A straight line through the peaks of all solo invocations; 95 % intervals in brackets.",
        &["workload", "interpreter", "mode", "each worker adds", "with none", "of"],
        rows.collect(),
    )
}

/// `1.82× (1.70–1.94)`.
pub(super) fn times(figure: Figure) -> String {
    let ends = figure.ci95.filter(|ends| ends[0] < ends[1]);
    let ends = ends.map_or_else(String::new, |ends| format!(" ({})", format::interval(ends)));
    format!("{}{ends}", format::ratio(figure.value))
}

/// A serial fraction. Beyond what a fraction can be stands what that means.
pub(super) fn fraction(figure: Figure) -> String {
    match figure.value {
        value if value > 1.0 => "all of it: slower than one worker".to_owned(),
        value if value < 0.0 => "none: faster than ideal".to_owned(),
        _ => percent(figure),
    }
}

/// `8.2 % (5.1–11.3)`.
pub(super) fn percent(figure: Figure) -> String {
    let ends = figure
        .ci95
        .map_or_else(String::new, |[low, high]| format!(" ({:.1}–{:.1})", low * 100.0, high * 100.0));
    format!("{:.1} %{ends}", figure.value * 100.0)
}

/// `5.4 workers (4.1–7.9)`, `none shown, if any beyond 4.1`.
pub(super) fn workers(knee: &OpenFigure) -> String {
    match (knee.value, knee.low, knee.high) {
        (Some(at), Some(low), Some(high)) => format!("{at:.1} workers ({low:.1}–{high:.1})"),
        (Some(at), Some(low), None) => format!("{at:.1} workers ({low:.1} or more)"),
        (Some(at), ..) => format!("{at:.1} workers"),
        (None, Some(low), _) => format!("none shown, if any beyond {low:.1}"),
        _ => "none shown".to_owned(),
    }
}

/// `52.1 µs (48.0 µs to 57.3 µs)`, `never`.
pub(super) fn task(size: &OpenFigure) -> String {
    match (size.value, size.low, size.high) {
        (Some(at), Some(low), Some(high)) => {
            format!("{} ({} to {})", format::ns_f64(at), format::ns_f64(low), format::ns_f64(high))
        }
        (Some(at), Some(low), None) => {
            format!("{} ({} or more, or never)", format::ns_f64(at), format::ns_f64(low))
        }
        (Some(at), ..) => format::ns_f64(at),
        (None, Some(low), _) => format!("never, or beyond {}", format::ns_f64(low)),
        _ => "never".to_owned(),
    }
}

/// `1.2 MiB (0.9 MiB to 1.5 MiB)`.
pub(super) fn size(figure: Figure) -> String {
    let signed = |bytes: f64| {
        let sign = if bytes < 0.0 { "−" } else { "" };
        format!("{sign}{}", format::bytes(bytes.abs().round() as u64))
    };
    let ends =
        figure.ci95.map_or_else(String::new, |[low, high]| format!(" ({} to {})", signed(low), signed(high)));
    format!("{}{ends}", signed(figure.value))
}
