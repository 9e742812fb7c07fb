//! When to use what: for each workload a line for each situation that decides differently. A line names
//! only what is settled; where nothing is, it says so.

use crate::analysis::Speedup;
use crate::analysis::figures::Choice;

use crate::cell::ModeKind;

use super::words::{AdviceView, SpeedupOf, WARM, interval};

/// From launch to exit.
const COLD: SpeedupOf = |cell| cell.speedup_total.as_ref();

/// Most doubts that a line carries.
const DOUBTS: usize = 2;
/// What is chosen where nothing can be.
const OPEN: &str = "open";

pub(super) fn all(view: &AdviceView<'_>) -> Vec<Choice> {
    let mut choices = Vec::new();
    for workload in &view.results.workloads {
        let situations = [warm, stay, cold, small, answering];
        choices.extend(situations.iter().filter_map(|situation| situation(view, &workload.name)));
    }
    choices
}

fn measured(speedup: Option<&Speedup>) -> Option<&Speedup> {
    speedup.filter(|speedup| speedup.settled && speedup.pairs > 0)
}

fn over(speedup: &Speedup, what: &str) -> String {
    let interval = speedup.ci95.map_or_else(String::new, |ci95| format!(" ({})", interval(ci95)));
    format!("{:.2}× as fast as {what}{interval}", speedup.ratio)
}

/// The highest settled ratio of a kind, if it is a gain beyond doubt.
fn best(
    view: &AdviceView<'_>,
    cells: &[usize],
    ratio: fn(&AdviceView<'_>, usize) -> Option<Speedup>,
) -> Option<usize> {
    let rated = cells.iter().filter_map(|cell| Some((*cell, ratio(view, *cell)?)));
    let gains = rated.filter(|(_, speedup)| speedup.ci95.is_some_and(|[low, _]| low > 1.0));
    gains.max_by(|a, b| a.1.ratio.total_cmp(&b.1.ratio)).map(|(cell, _)| cell)
}

fn warm_ratio(view: &AdviceView<'_>, cell: usize) -> Option<Speedup> {
    measured(view.cell(cell).speedup.as_ref()).cloned()
}

fn cold_ratio(view: &AdviceView<'_>, cell: usize) -> Option<Speedup> {
    // A cell starts cold a few times only, too few to settle: its direction must be clear, and the cell itself
    // settled.
    let total = view.cell(cell).speedup_total.as_ref().filter(|total| total.pairs > 0);
    total.filter(|_| warm_ratio(view, cell).is_some()).cloned()
}

fn baseline(view: &AdviceView<'_>) -> String {
    format!("single on {}", view.results.baseline)
}

/// A line for `cell`, compared with the best of another kind where that is known.
fn line(
    view: &AdviceView<'_>,
    (workload, when): (&str, &str),
    cell: usize,
    all: &[usize],
    speedup: &Speedup,
) -> Choice {
    let mut evidence = over(speedup, &baseline(view));
    let other = |other: &usize| {
        view.kind(*other) != view.kind(cell) || view.cell(*other).interpreter != view.cell(cell).interpreter
    };
    let others: Vec<usize> = all.iter().copied().filter(other).collect();
    let rival =
        view.best_settled(&others).filter(|rival| measured(view.cell(*rival).speedup.as_ref()).is_some());
    let met = rival.and_then(|rival| Some((rival, view.compare(cell, rival)?)));
    let mut doubts = Vec::new();
    if let Some((rival, found)) = &met {
        let memory = view.memory(cell, *rival).unwrap_or_default();
        let name = view.name(*rival);
        if found.settled || found.differs() {
            let (ratio, interval) = (found.ratio, interval(found.ci95));
            evidence.push_str(&format!("; {ratio:.2}× as fast as {name} ({interval}){memory}"));
        }
        if !found.differs() {
            doubts.push(format!("no difference shown from {name}"));
        }
    }
    let hidden = view.may_be_faster(all, cell);
    if !hidden.is_empty() {
        doubts.push(format!("unsettled and perhaps faster: {}", view.unsettled_list(&hidden)));
    }
    doubts.extend(view.unlike(workload, &view.cell(cell).interpreter, &view.results.baseline));
    doubts.truncate(DOUBTS);
    Choice {
        workload: workload.to_owned(),
        when: when.to_owned(),
        cell: Some(cell),
        against: met.map(|(rival, _)| rival),
        choose: view.name(cell),
        evidence,
        doubts,
    }
}

fn open(view: &AdviceView<'_>, at: (&str, &str), all: &[usize]) -> Option<Choice> {
    if all.len() < 2 {
        return None;
    }
    let maybe = view.may_exceed(all, 1.0);
    Some(match maybe.is_empty() {
        true => undecided(at, &baseline(view), format!("nothing measured is faster than {}", baseline(view))),
        false => undecided(at, OPEN, format!("can't say; unsettled: {}", view.unsettled_list(&maybe))),
    })
}

/// In place of `cell`, the best of what is settled, where an unsettled one is faster than it: to name it would
/// tell the wrong story.
fn beaten(
    view: &AdviceView<'_>,
    at: (&str, &str),
    cell: usize,
    all: &[usize],
    of: SpeedupOf,
) -> Option<Choice> {
    let text = view.beyond_the_settled(&view.surely_faster(all, cell, of), of)?;
    Some(undecided(at, OPEN, format!("can't say; {text}")))
}

fn undecided((workload, when): (&str, &str), choose: &str, evidence: String) -> Choice {
    Choice {
        workload: workload.to_owned(),
        when: when.to_owned(),
        cell: None,
        against: None,
        choose: choose.to_owned(),
        evidence,
        doubts: Vec::new(),
    }
}

/// A long-lived process that does the work again and again.
fn warm(view: &AdviceView<'_>, workload: &str) -> Option<Choice> {
    const WHEN: &str = "again and again, pool kept alive";
    choose_warm(view, (workload, WHEN), &view.candidates(workload, |_| true))
}

fn choose_warm(view: &AdviceView<'_>, at: (&str, &str), all: &[usize]) -> Option<Choice> {
    let Some(cell) = best(view, all, warm_ratio) else { return open(view, at, all) };
    beaten(view, at, cell, all, WARM).or_else(|| Some(line(view, at, cell, all, &warm_ratio(view, cell)?)))
}

/// No new interpreter; only said where another one is the fastest.
fn stay(view: &AdviceView<'_>, workload: &str) -> Option<Choice> {
    let home = &view.results.baseline;
    let all = view.candidates(workload, |_| true);
    best(view, &all, warm_ratio).filter(|cell| view.cell(*cell).interpreter != *home)?;
    let all = view.candidates(workload, |cell| view.cell(cell).interpreter == *home);
    let when = format!("staying on {home}");
    choose_warm(view, (workload, &when), &all)
}

/// From launch to exit, once.
fn cold(view: &AdviceView<'_>, workload: &str) -> Option<Choice> {
    const WHEN: &str = "once, started cold";
    let all = view.candidates(workload, |cell| view.cell(cell).speedup_total.is_some());
    let cell = best(view, &all, cold_ratio)?;
    if let Some(open) = beaten(view, (workload, WHEN), cell, &all, COLD) {
        return Some(open);
    }
    let speedup = cold_ratio(view, cell)?;
    let size = format!("the direction is clear, its size is not settled after {} starts", speedup.pairs);
    let mut doubts: Vec<String> = (!speedup.settled).then_some(size).into_iter().collect();
    doubts.extend(view.unlike(workload, &view.cell(cell).interpreter, &view.results.baseline));
    Some(Choice {
        workload: workload.to_owned(),
        when: WHEN.to_owned(),
        cell: Some(cell),
        against: None,
        choose: view.name(cell),
        evidence: format!("from launch to exit {}", over(&speedup, &baseline(view))),
        doubts,
    })
}

/// The smallest of those that are faster than the baseline; only said where that isn't the fastest.
fn small(view: &AdviceView<'_>, workload: &str) -> Option<Choice> {
    let all = view.candidates(workload, |_| true);
    let fastest = best(view, &all, warm_ratio)?;
    let size = |cell: usize| view.cell(cell).peak_pss_bytes;
    let gains = all.iter().copied().filter(|cell| {
        warm_ratio(view, *cell).is_some_and(|found| found.ci95.is_some_and(|[low, _]| low > 1.0))
    });
    let cell = gains.filter(|cell| size(*cell).is_some()).min_by_key(|cell| size(*cell))?;
    if cell == fastest {
        return None;
    }
    let memory = view.memory(cell, fastest).unwrap_or_default();
    let mut choice = line(view, (workload, "memory is short"), cell, &[], &warm_ratio(view, cell)?);
    choice.evidence.push_str(&format!(";{memory} of {}", view.name(fastest)));
    choice.against = Some(fastest);
    Some(choice)
}

/// An application with an event loop: what surely stalls least, by the upper end of its interval, against a
/// plain coroutine on the same interpreter.
fn answering(view: &AdviceView<'_>, workload: &str) -> Option<Choice> {
    let all = view.candidates(workload, |cell| {
        view.cell(cell).loop_lag_ci95.is_some() && !view.cell(cell).oversubscribed
    });
    let lag = |cell: usize| view.cell(cell).loop_lag_ns.unwrap_or(u64::MAX);
    let upper = |cell: usize| view.cell(cell).loop_lag_ci95.map_or(u64::MAX, |ci95| ci95[1]);
    let cell = all.iter().copied().min_by_key(|cell| upper(*cell))?;
    let same = |other: &usize| view.cell(*other).interpreter == view.cell(cell).interpreter;
    let coroutines = all.iter().copied().filter(|other| view.kind(*other) == Some(ModeKind::Loop)).find(same);
    let worst = coroutines
        .or_else(|| all.iter().copied().max_by_key(|cell| lag(*cell)))
        .filter(|worst| *worst != cell)?;
    let (ours, theirs) = (view.cell(cell).loop_lag_ci95?, view.cell(worst).loop_lag_ci95?);
    let ms = |[low, high]: [u64; 2]| format!("{:.1} to {:.1} ms", low as f64 / 1e6, high as f64 / 1e6);
    if ours[1] >= theirs[0] {
        return None;
    }
    let close: Vec<String> = all
        .iter()
        .filter(|other| **other != cell)
        .filter(|other| view.cell(**other).loop_lag_ci95.is_some_and(|ci95| ci95[0] <= ours[1]))
        .map(|other| view.name(*other))
        .collect();
    let doubts = match close.as_slice() {
        [] => Vec::new(),
        [first] => vec![format!("no difference shown from {first}")],
        [first, rest @ ..] => vec![format!("no difference shown from {first} and {} more", rest.len())],
    };
    Some(Choice {
        workload: workload.to_owned(),
        when: "an event loop must keep answering".to_owned(),
        cell: Some(cell),
        against: Some(worst),
        choose: view.name(cell),
        evidence: format!(
            "it stands still for {:.1} ms in a pass (95 % {}), with {} for {:.1} ms ({})",
            lag(cell) as f64 / 1e6,
            ms(ours),
            view.name(worst),
            lag(worst) as f64 / 1e6,
            ms(theirs)
        ),
        doubts,
    })
}

#[cfg(test)]
mod tests {
    use crate::analysis::analyse;
    use crate::analysis::synthetic::{World, cell};

    fn world(seed: u64, between: f64) -> World {
        let modes = ["single", "executor", "threads", "mp"];
        let mut world = World::new(seed, &["3.13", "3.13t"], &["fib"], &modes, &[2]);
        world.between = between;
        for (name, mode, speed) in
            [("3.13", "mp", 1.5), ("3.13t", "threads", 1.8), ("3.13t", "mp", 1.2), ("3.13t", "executor", 1.6)]
        {
            world.plant(&cell(name, "fib", mode, 2), speed);
        }
        world.plant(&cell("3.13t", "fib", "single", 1), 0.9);
        world.fill(14, 8);
        world
    }

    #[test]
    fn every_line_rests_on_settled_cells_and_has_its_interval() {
        let world = world(41, 0.02);
        let results = analyse(&world.run, world.records.clone());
        let find = |when: &str| results.choices.iter().find(|choice| choice.when.starts_with(when));
        let warm = find("again").unwrap();
        assert_eq!(warm.choose, "threads×2 on 3.13t");
        assert!(warm.evidence.contains("95 %") && warm.against.is_some(), "{warm:?}");
        assert_eq!(find("staying").unwrap().choose, "mp×2 on 3.13");
        assert_eq!(find("once").map(|choice| choice.choose.as_str()), Some("threads×2 on 3.13t"));
        let settled = |index: usize| results.cells[index].speedup.as_ref().is_some_and(|it| it.settled);
        assert!(results.choices.iter().filter_map(|choice| choice.cell).all(settled));
    }

    #[test]
    fn what_is_settled_is_not_called_the_best_where_something_unsettled_surely_beats_it() {
        let told = |rounds: u32| {
            let mut world = World::new(43, &["3.13"], &["fib"], &["single", "threads", "mp"], &[2]);
            world.plant(&cell("3.13", "fib", "threads", 2), 1.2);
            world.plant(&cell("3.13", "fib", "mp", 2), 3.0);
            world.fill(14, 8);
            world.records.retain(|record| record.cell.mode != "mp" || record.round <= rounds);
            let results = analyse(&world.run, world.records.clone());
            let warm = results.choices.iter().find(|choice| choice.when.starts_with("again")).unwrap();
            let fastest = results.advice.iter().find(|line| line.text.contains("fastest")).unwrap();
            (warm.choose.clone(), format!("{}. {}", warm.evidence, fastest.text))
        };
        assert_eq!(told(14).0, "mp×2 on 3.13");
        let (choose, text) = told(4);
        assert_eq!(choose, "open", "{text}");
        assert_eq!(text.matches("mp×2 on 3.13 (2.").count(), 2, "{text}");
        assert!(text.contains("can't say what is fastest"), "{text}");
    }

    #[test]
    fn nothing_is_chosen_from_what_is_not_settled() {
        let world = world(42, 0.5);
        let results = analyse(&world.run, world.records.clone());
        let warm = results.choices.iter().find(|choice| choice.when.starts_with("again")).unwrap();
        assert_eq!((warm.cell, warm.choose.as_str()), (None, "open"));
        assert!(warm.evidence.starts_with("can't say; unsettled:"), "{warm:?}");
    }
}
