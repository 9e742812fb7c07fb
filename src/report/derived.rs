//! Tables of what is derived from several cells, the same for every format.

use crate::analysis::metrics::Unit;
use crate::analysis::{Figure, Scaling};
use crate::cell::Cell;

use super::format;
use super::view::View;
use super::wording::mark;
use super::written::none;

/// A table with its title and a note below it.
pub(super) struct Section {
    pub id: &'static str,
    pub title: &'static str,
    pub note: &'static str,
    pub header: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// When to use what, right after the verdict; `None` where nothing was compared.
pub(super) fn choices(view: &View<'_>) -> Option<Section> {
    let rows = view.choices.iter().map(|choice| {
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
pub(super) fn sections(view: &View<'_>) -> Vec<Section> {
    [single_thread(view), overall(view), scaling(view), break_even(view), memory(view)]
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

fn single_thread(view: &View<'_>) -> Option<Section> {
    let rows = view.single_thread.iter().map(|one| {
        let mark = mark(one.settled);
        let cost = one.cost.map_or_else(
            || format!("{} ({})", format::NONE, format::count(one.pairs as usize, "pair")),
            |cost| format!("{mark}{}", Unit::Ratio.in_full(cost)),
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

fn overall(view: &View<'_>) -> Option<Section> {
    let rows = view.overall.iter().map(|one| {
        let mark = mark(one.settled);
        let ratio = one.speedup.map_or(none(), |found| format!("{mark}{}", Unit::Ratio.in_full(found)));
        vec![one.cell.interpreter.clone(), view.how(&one.cell), ratio, one.missing.join(", ")]
    });
    section(
        "overall",
        "Over all workloads",
        "Geometric mean of the speedups over the baseline's single, of the same workloads in every row; sizes of a sweep are left out.",
        &["interpreter", "how", "speedup, 95 %", "lacks"],
        rows.collect(),
    )
}

fn scaling(view: &View<'_>) -> Option<Section> {
    let serial = |figure: Option<Figure>| figure.map_or(none(), |found| Unit::SerialFraction.in_full(found));
    let row = |one: &Scaling| {
        let last = one.points.iter().rev().find(|point| point.fitted);
        let share = |figure: Figure| Unit::Share.in_full(figure);
        let usl = one.usl.as_ref().map_or([none(), none(), none()], |usl| {
            [share(usl.contention), share(usl.coherency), Unit::Workers.in_full(usl.knee)]
        });
        let laws = [serial(one.amdahl.or(one.gustafson)), serial(last.and_then(|point| point.karp_flatt))];
        curve(view, &one.cell).into_iter().chain(laws).chain(usl).collect()
    };
    let fitted = |one: &&Scaling| one.amdahl.is_some() || one.gustafson.is_some();
    let rows = view.scaling.iter().filter(fitted).map(row).collect();
    section(
        "scaling",
        "How it scales",
        "How much of the work stays serial, and so how far more workers help. Fitted up to the CPUs, 95 % intervals in brackets. Serial: Amdahl's fraction (weak scaling: Gustafson's). Karp–Flatt: the serial fraction that the largest number of workers with a CPU each shows. Contention, coherency and knee: the Universal Scalability Law, where three numbers of workers have a CPU each.",
        &["workload", "interpreter", "mode", "serial", "Karp–Flatt", "contention", "coherency", "knee at"],
        rows,
    )
}

fn break_even(view: &View<'_>) -> Option<Section> {
    let rows = view.break_even.iter().map(|one| {
        vec![
            format!("{} on {}", one.family, one.cell.interpreter),
            view.how(&one.cell),
            one.against.clone(),
            Unit::Nanoseconds.in_full(one.task_ns),
            one.slower_up_to_ns.map_or(none(), format::ns),
            one.faster_from_ns.map_or(none(), format::ns),
            format::ns_f64(one.overhead_ns.value),
            Unit::Ratio.in_full(one.limit),
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

fn memory(view: &View<'_>) -> Option<Section> {
    let rows = view.memory_growth.iter().map(|one| {
        let [each, base] = [one.per_worker, one.base].map(|figure| Unit::Bytes.in_full(figure));
        curve(view, &one.cell).into_iter().chain([each, base, one.measure.to_uppercase()]).collect()
    });
    section(
        "worker-memory",
        "Memory by worker",
        "A straight line through the peaks of all solo invocations; 95 % intervals in brackets.",
        &["workload", "interpreter", "mode", "each worker adds", "with none", "of"],
        rows.collect(),
    )
}

/// Workload, interpreter and mode.
fn curve(view: &View<'_>, cell: &Cell) -> [String; 3] {
    [cell.workload.clone(), cell.interpreter.clone(), view.how(cell)]
}
