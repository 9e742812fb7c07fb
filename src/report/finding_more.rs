//! Titles of the charts beyond the first five; see [`super::finding`].

use crate::analysis::CellResult;

use super::charts::Choice;
use super::finding::figure;
use super::format;
use super::view::{self, View};

/// `The most over 3.13's single: fib 1.9× with 3.13 mp×2, …`: the best cell of each workload whose interval
/// lies above 1; hedged where it isn't settled.
pub fn heat(results: &View<'_>) -> Option<String> {
    let workers = view::focus_workers(results);
    let shown = |cell: &&CellResult| cell.workers == workers || !view::takes_workers(results, &cell.mode);
    let best = |workload: &str| {
        let cells = view::of(results, workload).filter(|c| view::has_numbers(c));
        let rated = cells.filter(shown).filter_map(|cell| Some((cell, cell.speedup.as_ref()?)));
        let faster = rated.filter(|(_, speedup)| {
            speedup.pairs > 0 && speedup.ci95.map_or(speedup.settled && speedup.ratio > 1.0, |ci| ci[0] > 1.0)
        });
        faster.max_by(|a, b| a.1.ratio.total_cmp(&b.1.ratio))
    };
    let claims: Vec<String> = view::workloads(results)
        .into_iter()
        .filter_map(|workload| {
            let (cell, speedup) = best(workload)?;
            Some(format!("{workload} {} with {}", figure(speedup), view::who(results, cell)))
        })
        .take(3)
        .collect();
    let baseline = &results.baseline;
    if claims.is_empty() {
        let measured = || results.cells.iter().filter(|cell| view::has_numbers(cell)).filter(shown);
        let compared = measured().filter(|cell| cell.speedup.as_ref().is_some_and(|one| one.ci95.is_some()));
        return Some(match 2 * compared.count() < measured().count() {
            true => format!("Too little was compared to say what is faster than {baseline}'s single"),
            false => format!("Nothing is shown to be faster than {baseline}'s single"),
        });
    }
    Some(format!("The most over {baseline}'s single: {}", claims.join(", ")))
}

/// `fib: 3.12 mp×2 is fastest (35.7 ms, 22.2 MiB), 3.13 single smallest (61.5 ms, 9.29 MiB)`, going by the
/// medians.
pub fn tradeoff(results: &View<'_>, panels: &[(&str, Vec<Choice<'_>>)]) -> Option<String> {
    let (workload, choices) = panels.first()?;
    let fastest = choices.iter().min_by_key(|choice| (choice.ns, choice.bytes))?;
    let smallest = choices.iter().min_by_key(|choice| (choice.bytes, choice.ns))?;
    let who = |choice: &Choice<'_>| view::who(results, choice.cell);
    let sizes = |choice: &Choice<'_>| format!("({}, {})", format::ns(choice.ns), format::bytes(choice.bytes));
    Some(if std::ptr::eq(fastest, smallest) {
        format!("{workload}: {} is fastest and smallest {}", who(fastest), sizes(fastest))
    } else {
        let (first, last) = (sizes(fastest), sizes(smallest));
        format!("{workload}: {} is fastest {first}, {} smallest {last}", who(fastest), who(smallest))
    })
}

/// `Widest apart are 6 processes of 3.13t asyncio on fib: 44.5 ms to 204 ms`.
pub fn distribution(results: &View<'_>) -> Option<String> {
    let workers = view::focus_workers(results);
    let spread = |cell: &CellResult| {
        let (least, most) = (cell.values_ns.iter().min()?, cell.values_ns.iter().max()?);
        (*least > 0 && cell.values_ns.len() > 1).then(|| (*most as f64 / *least as f64, *least, *most))
    };
    let shown = |cell: &&CellResult| cell.workers == workers || !view::takes_workers(results, &cell.mode);
    let cells = results.cells.iter().filter(|cell| view::has_numbers(cell)).filter(shown);
    let (cell, (_, least, most)) =
        cells.filter_map(|cell| Some((cell, spread(cell)?))).max_by(|a, b| a.1.0.total_cmp(&b.1.0))?;
    Some(format!(
        "Widest apart are {} processes of {} on {}: {} to {}",
        cell.values_ns.len(),
        view::who(results, cell),
        cell.workload,
        format::ns(least),
        format::ns(most)
    ))
}

/// `the event loop stands still longest with 3.13t asyncio on fib, 119 ms`.
pub fn lag(results: &View<'_>) -> Option<String> {
    // Those that the picture shows.
    let workers = view::focus_workers(results);
    let shown = |cell: &&CellResult| cell.workers == workers || !view::takes_workers(results, &cell.mode);
    let cells = results.cells.iter().filter(|cell| view::has_numbers(cell)).filter(shown);
    let mut lags: Vec<(&CellResult, u64)> = cells.filter_map(|c| Some((c, c.loop_lag_ns?))).collect();
    lags.sort_by_key(|lag| lag.1);
    let (longest, most) = lags.last()?;
    let head = format!(
        "{}'s event loop stands still for {} with {}",
        longest.workload,
        format::ns(*most),
        view::who(results, longest)
    );
    let same = lags.iter().find(|(cell, _)| cell.workload == longest.workload);
    Some(match same.filter(|(_, least)| *least < most / 2) {
        Some((cell, least)) => {
            format!("{head}, for {} with {}", format::ns(*least), view::who(results, cell))
        }
        None => head,
    })
}

/// `fib: a worker is worth 95 % of one alone with 3.13t threads×2, 50 % of one alone with 3.13 threads×2`.
pub fn efficiency(results: &View<'_>) -> Option<String> {
    let workers = view::focus_workers(results);
    let workload = *view::workloads(results).first()?;
    let mut shares: Vec<(&CellResult, f64)> = view::of(results, workload)
        .filter(|c| c.workers == workers && workers > 1 && view::has_numbers(c))
        .filter_map(|cell| Some((cell, cell.efficiency.filter(|share| share.is_finite())?)))
        .collect();
    shares.sort_by(|a, b| b.1.total_cmp(&a.1));
    let say = |(cell, share): &(&CellResult, f64)| {
        let about = if cell.speedup_self.as_ref().is_some_and(|s| s.settled) { "" } else { "about " };
        format!("{about}{:.0} % of one alone with {}", share * 100.0, view::who(results, cell))
    };
    match (shares.first()?, shares.last()?) {
        (best, worst) if shares.len() > 1 => {
            Some(format!("{workload}: a worker is worth {}, {}", say(best), say(worst)))
        }
        (only, _) => Some(format!("{workload}: a worker is worth {}", say(only))),
    }
}
