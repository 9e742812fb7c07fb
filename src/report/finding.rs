//! The sentence over each chart: what it shows, computed from the same cells, hedged where they are
//! not settled.

use crate::analysis::{CellResult, Speedup};

pub use super::finding_more::{distribution, efficiency, heat, lag, tradeoff};
use super::format;
use super::view;
use super::view::View;

/// How two or more claims are joined.
const JOIN: &str = "; ";
/// An interval whose ends lie further apart than this factor is told instead of its middle.
const TOO_WIDE: f64 = 1.5;

/// Modes whose workers share one interpreter, best known first: the ones that the GIL holds back.
const THREAD_MODES: [&str; 2] = ["threads", "executor"];

/// The thread mode that this run measured.
pub fn thread_mode<'a>(results: &'a View<'_>) -> Option<&'a str> {
    let measured =
        |mode: &&str| results.cells.iter().any(|cell| cell.mode == **mode && view::has_numbers(cell));
    THREAD_MODES.into_iter().find(|mode| measured(mode))
}

/// The workload that tells most about threads: the first one, unless another's threads gain clearly
/// more over their own `single`, settled figures only.
pub fn telling_workload<'a>(results: &'a View<'_>) -> Option<&'a str> {
    let best = |workload: &str| {
        thread_cells(results, workload)
            .into_iter()
            .filter_map(|cell| cell.speedup_self.as_ref().filter(|speedup| speedup.settled))
            .map(|speedup| speedup.ratio)
            .fold(0.0, f64::max)
    };
    let mut workloads = view::workloads(results).into_iter();
    let first = workloads.next()?;
    Some(workloads.fold(first, |kept, next| if best(next) > best(kept) * 1.1 { next } else { kept }))
}

/// Thread cells of a workload at the focus number of workers, in the matrix's order.
fn thread_cells<'a>(results: &'a View<'a>, workload: &str) -> Vec<&'a CellResult> {
    let workers = view::focus_workers(results);
    let Some(mode) = thread_mode(results) else { return Vec::new() };
    view::of(results, workload)
        .filter(|cell| cell.mode == mode && cell.workers == workers)
        .filter(|cell| view::has_numbers(cell) && cell.environment == crate::cell::PLAIN)
        .collect()
}

/// `3.13t threads reach 1.9× on 2 workers; 3.13 stays at 1.0×`, over their own `single`.
pub fn scaling(results: &View<'_>) -> Option<String> {
    let workload = telling_workload(results)?;
    let workers = view::focus_workers(results);
    let mut cells: Vec<(&CellResult, &Speedup)> = thread_cells(results, workload)
        .into_iter()
        .filter_map(|cell| Some((cell, cell.speedup_self.as_ref()?)))
        .collect();
    // The best first; of the rest only what tells the contrast.
    cells.sort_by(|a, b| b.1.ratio.total_cmp(&a.1.ratio));
    let (best, rest) = cells.split_first()?;
    let mode = &best.0.mode;
    let head = format!("{}: {} {mode} {} on {workers} workers", workload, best.0.interpreter, reach(best.1),);
    let worst = rest.iter().rev().find(|(cell, _)| cell.interpreter == results.baseline).or(rest.last());
    Some(match worst {
        Some((cell, speedup)) => format!("{head}{JOIN}{}'s {}", cell.interpreter, reach(speedup)),
        None => head,
    })
}

/// What the same cells are worth against the baseline interpreter: the other half of the truth.
pub fn against_baseline(results: &View<'_>) -> Option<String> {
    let workload = telling_workload(results)?;
    let best = thread_cells(results, workload)
        .into_iter()
        .filter_map(|cell| Some((cell, cell.speedup_self.as_ref()?.ratio)))
        .max_by(|a, b| a.1.total_cmp(&b.1))?
        .0;
    let over = best.speedup.as_ref()?;
    let name = &results.baseline;
    Some(format!(
        "Over {name}'s single instead of their own, {} {} make {}",
        best.interpreter,
        best.mode,
        figure(over)
    ))
}

/// `fib is fastest with 3.13 mp×2 at 197 ms; no clear winner on matmul (4 overlap)`.
pub fn time(results: &View<'_>) -> Option<String> {
    let workers = view::focus_workers(results);
    let mut claims = Vec::new();
    let mut open = Vec::new();
    for workload in view::workloads(results) {
        match fastest(results, workload, workers) {
            Some(Lead::Told(claim)) => claims.push(claim),
            Some(Lead::Open(level)) => open.push(format!("{workload} ({level} overlap)")),
            None => {}
        }
    }
    if !open.is_empty() {
        claims.push(format!("no clear winner on {}", open.join(", ")));
    }
    // The picture shows one number of workers: where another one is faster, the claim says so.
    let median = |cell: &CellResult| cell.wall_ns.as_ref().map(|wall| wall.median);
    let best = |workload: &str, wanted: &dyn Fn(&CellResult) -> bool| {
        let cells = view::of(results, workload).filter(|c| view::has_numbers(c));
        cells.filter(|cell| wanted(cell)).filter_map(median).min()
    };
    let shown = |cell: &CellResult| cell.workers == workers || !view::takes_workers(results, &cell.mode);
    let beaten = view::workloads(results).into_iter().any(|w| best(w, &|_| true) < best(w, &shown));
    let head = if beaten { format!("With pools of {workers}, ") } else { String::new() };
    (!claims.is_empty()).then(|| format!("{head}{}", claims.join(JOIN)))
}

/// Who is first on a workload.
enum Lead {
    Told(String),
    /// So many whose intervals overlap.
    Open(usize),
}

/// By the ratios, which are formed between neighbours in time, not by the times.
fn fastest(results: &View<'_>, workload: &str, workers: u32) -> Option<Lead> {
    let shown = |cell: &&CellResult| cell.workers == workers || !view::takes_workers(results, &cell.mode);
    let cells = view::of(results, workload).filter(|cell| view::has_numbers(cell)).filter(shown);
    // Without an interval nobody leads, and nobody is excluded.
    let mut rated: Vec<(&CellResult, f64, Option<[f64; 2]>)> = cells
        .filter_map(|cell| Some((cell, cell.speedup.as_ref()?.ratio, cell.speedup.as_ref()?.ci95)))
        .collect();
    rated.sort_by(|a, b| b.1.total_cmp(&a.1));
    let (best, _, ends) = *rated.iter().find(|(_, _, ends)| ends.is_some())?;
    let low = ends.map_or(0.0, |ends| ends[0]);
    let level: Vec<&CellResult> = rated
        .iter()
        .filter(|(cell, _, ends)| !std::ptr::eq(*cell, best) && ends.is_none_or(|ends| ends[1] >= low))
        .map(|(cell, ..)| *cell)
        .collect();
    let time = |cell: &CellResult| {
        let wall = cell.wall_ns.as_ref().map_or(format::NONE.to_owned(), |wall| format::ns(wall.median));
        format!("{} at {wall}", view::who(results, cell))
    };
    Some(match level.as_slice() {
        [] if view::settled(best) => Lead::Told(format!("{workload} is fastest with {}", time(best))),
        [] => Lead::Told(format!("{workload} looks fastest with {}", time(best))),
        [other] => {
            Lead::Told(format!("{workload}: {} and {} lead, not to be told apart", time(best), time(other)))
        }
        others => Lead::Open(others.len() + 1),
    })
}

/// `mp×2 takes 2.1× the memory of threads×2 on 3.13t (…)`.
pub fn memory(results: &View<'_>) -> Option<String> {
    let workers = view::focus_workers(results);
    let peak = |cell: &CellResult| cell.peak_pss_bytes.or(cell.peak_rss_bytes);
    let workload = *view::workloads(results).first()?;
    let mut names = view::present(results);
    names.sort_by_key(|name| !view::free_threaded(results, name));
    let pair = |name: &str| {
        let find = |mode: &str| {
            view::of(results, workload).find(|cell| {
                cell.interpreter == name
                    && cell.mode == mode
                    && cell.workers == workers
                    && view::has_numbers(cell)
            })
        };
        let (threads, mp) = (find(thread_mode(results)?)?, find("mp")?);
        Some((threads, peak(threads)?, mp, peak(mp)?))
    };
    if let Some((threads, low, mp, high)) = names.iter().find_map(|name| pair(name)) {
        let ratio = high as f64 / low.max(1) as f64;
        let sizes = format!("({} against {})", format::bytes(high), format::bytes(low));
        let (mp, threads, name) = (view::how(results, mp), view::how(results, threads), &mp.interpreter);
        return Some(if ratio >= 1.0 {
            format!(
                "{workload}: {mp} takes {} the memory of {threads} on {name} {sizes}",
                format::ratio_short(ratio)
            )
        } else {
            format!("{workload}: {mp} takes less memory than {threads} on {name} {sizes}")
        });
    }
    let shown = |cell: &&CellResult| cell.workers == workers || !view::takes_workers(results, &cell.mode);
    let measured = || results.cells.iter().filter(|cell| view::has_numbers(cell)).filter(shown);
    let all = || measured().filter_map(|cell| Some((cell, peak(cell)?)));
    let most = all().max_by_key(|(_, bytes)| *bytes)?;
    Some(format!("{} takes most memory, {}", view::who(results, most.0), format::bytes(most.1)))
}

/// `3.13t threads×2 keeps 1.9 of 2 CPUs busy; 3.13 threads×2 1.0`.
pub fn cpu(results: &View<'_>, cells: &[&CellResult]) -> Option<String> {
    let cpus = format::cpus(results.host.effective_cpus);
    let claims: Vec<String> = cells
        .iter()
        .filter_map(|cell| Some((cell, cell.cpu_cores_used.filter(|used| used.is_finite())?)))
        .enumerate()
        .map(|(index, (cell, used))| match index {
            0 => format!("{} keeps {used:.1} of {cpus} CPUs busy", view::who(results, cell)),
            _ => format!("{} {used:.1}", view::who(results, cell)),
        })
        .collect();
    if claims.is_empty() {
        return Some("CPUs in use over one invocation".to_owned());
    }
    Some(claims.join(JOIN))
}

/// `fib started cold on 3.13: mp×2 spends 124 ms of 149 ms around the work; …`.
pub fn phases(results: &View<'_>) -> Option<String> {
    let workers = view::focus_workers(results);
    let workload = *view::workloads(results).first()?;
    let costs = |interpreter: &str| -> Vec<(String, u64, u64)> {
        view::mode_variants(results)
            .into_iter()
            .filter(|(mode, _)| view::takes_workers(results, mode))
            .filter_map(|mode| {
                let cell = view::cell_at(results, interpreter, workload, mode, workers)?;
                let phases = cell.phases_ns.clone();
                let work = phases.first.filter(|_| view::has_numbers(cell))?;
                let before = [phases.start, phases.imports, phases.pool, phases.teardown];
                let rest = before.into_iter().flatten().sum();
                Some((view::how(results, cell), rest, rest + work))
            })
            .collect()
    };
    let mut names = view::present(results);
    names.sort_by_key(|name| *name != results.baseline);
    let (name, mut costs) =
        names.into_iter().map(|name| (name, costs(name))).find(|(_, costs)| !costs.is_empty())?;
    costs.sort_by_key(|cost| std::cmp::Reverse(cost.1));
    let list: Vec<String> = costs
        .iter()
        .take(2)
        .map(|(how, rest, total)| {
            format!("{how} spends {} of {} around the work", format::ns(*rest), format::ns(*total))
        })
        .collect();
    Some(format!("{workload} started cold on {name}: {}", list.join(JOIN)))
}

/// `1.9×`, or `about 1.9×` where it isn't settled.
pub fn figure(speedup: &Speedup) -> String {
    let about = if speedup.settled { "" } else { "about " };
    format!("{about}{}", format::ratio_short(speedup.ratio))
}

/// A gain is reached, its absence is where one stays, a loss is where one falls to; what is known too
/// badly to be called any of these is said as a range.
fn reach(speedup: &Speedup) -> String {
    let Some([low, high]) = speedup.ci95 else {
        let pairs = format::count(speedup.pairs as usize, "pair");
        return format!("are known from {pairs} only ({})", figure(speedup));
    };
    if !speedup.settled && high > low * TOO_WIDE {
        return format!("lie between {} and {}", format::ratio_short(low), format::ratio_short(high));
    }
    let verb = match speedup.ratio {
        r if r >= 1.1 && low > 1.0 => "reach",
        r if r < 0.9 && high < 1.0 => "fall to",
        _ => "stay at",
    };
    format!("{verb} {}", figure(speedup))
}
