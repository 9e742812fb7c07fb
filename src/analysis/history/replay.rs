//! Sixty synthetic nights, replayed one after the other: what was planted is found in time, and nothing else.

use std::collections::BTreeSet;

use super::Metric;
use super::night::NightCell;
use super::nights::*;
use crate::record::{Host, Outcome, Part};

/// `GILMATRIX_REPLAYS=100 cargo test --lib replay -- --nocapture` plays more of them.
#[test]
fn the_slowdown_is_found_within_three_nights_and_nothing_else_is() {
    let replays = std::env::var("GILMATRIX_REPLAYS").map_or(6, |text| text.parse().unwrap());
    let wanted = "3.13t nbody threads×2 Speedup";
    let (mut late, mut again) = (Vec::new(), Vec::new());
    for seed in 0..replays {
        let nights = sixty(seed);
        let woken = woken(&nights, 3);
        assert!(woken.values().all(|named| named == &[wanted]), "seed {seed}: {woken:?}");
        let first = *woken.keys().next().unwrap_or_else(|| panic!("seed {seed}: nobody was woken"));
        assert!(first >= SLOWER, "seed {seed}: {woken:?}");
        // Three nights in a row, then it is old news.
        assert!((first..first + 3).all(|night| woken.contains_key(&night)), "seed {seed}: {woken:?}");
        if first > SLOWER + 2 {
            late.push((seed, first));
        }
        if woken.len() > 3 {
            again.push((seed, woken.into_keys().collect::<Vec<_>>()));
        }
        let whole = after(&nights, NIGHTS);
        let (_, change) = whole.alarms()[0];
        assert!(change.run.abs_diff(SLOWER) <= 1, "seed {seed}: first bad run {}", change.run_id);
        assert!((change.ratio.ln() + 0.04).abs() < 0.015, "{}", change.ratio);
    }
    #[allow(clippy::disallowed_macros, reason = "what a longer replay found")]
    {
        println!(
            "{replays} replays; later than the third night: {late:?}; more than three nights: {again:?}"
        );
    }
    // A draw of three standard deviations hides it a night longer.
    assert!(late.len() <= 1 + replays as usize / 20 && late.iter().all(|(_, night)| *night <= SLOWER + 4));
    assert!(again.len() <= replays as usize / 20, "{again:?}");
}

#[test]
fn a_night_on_another_machine_delays_the_alarm_and_loses_it_not() {
    for seed in 0..5 {
        let mut nights = sixty(seed);
        nights[SLOWER + 1].host.cpu_model = "Elderly 1000".to_owned();
        let woken: Vec<usize> = woken(&nights, 3).into_keys().collect();
        // Three runs at the new level on that machine: one night later, give or take one by the noise.
        assert!((SLOWER + 2..=SLOWER + 4).contains(&woken[0]), "seed {seed}: {woken:?}");
        assert_eq!(woken, (woken[0]..woken[0] + 3).collect::<Vec<_>>(), "seed {seed}");
    }
}

#[test]
fn a_shard_on_another_machine_is_no_change_of_its_workload() {
    let mut nights = sixty(7);
    // From the thirtieth night on one workload is measured by an elderly machine that favours processes.
    for night in &mut nights[30..] {
        let host = Host { cpu_model: "Elderly 1000".to_owned(), ..night.host.clone() };
        let workloads = vec![WORKLOADS[0].to_owned()];
        night.parts = vec![Part { run_id: "shard".to_owned(), shard: None, host, workloads }];
        for cell in night.cells.iter_mut().filter(|cell| cell.cell.workload == WORKLOADS[0]) {
            cell.speedup.iter_mut().for_each(|speedup| speedup.ratio *= 0.8);
            cell.wall_ns.iter_mut().for_each(|wall| wall.median *= 3);
        }
    }
    let apart = after(&nights, SLOWER);
    assert!(apart.alarms().is_empty(), "{:?}", apart.alarms());
    assert_eq!(apart.runs[30].host_of(WORKLOADS[0]), "Elderly 1000, 2 CPUs");
    assert_ne!(apart.runs[30].host_of(WORKLOADS[1]), "Elderly 1000, 2 CPUs");
    // The same on one machine is a change.
    nights.iter_mut().for_each(|night| night.parts.clear());
    assert!(!after(&nights, SLOWER).alarms().is_empty());
}

#[test]
fn a_variant_of_the_baseline_is_followed_by_its_speedup() {
    let mut nights = sixty(5);
    for (number, night) in nights.iter_mut().enumerate() {
        let variants: Vec<NightCell> = night
            .cells
            .iter()
            .filter(|cell| night.is_baseline(cell))
            .map(|cell| {
                let mut cell = cell.clone();
                cell.cell.environment = "malloc".to_owned();
                // Twice the plain one's time in every second night: nobody may take it for that.
                let wall = cell.wall_ns.as_mut().unwrap();
                wall.median *= 1 + number as u64 % 2;
                cell.speedup.as_mut().unwrap().ratio = if number < 40 { 0.8 } else { 0.7 };
                cell
            })
            .collect();
        night.cells.extend(variants);
    }
    let whole = after(&nights, SLOWER);
    let slower =
        |trend: &super::Trend| trend.changes.iter().any(|change| change.alarms() && change.run == 40);
    let variants: Vec<_> = whole.trends.iter().filter(|trend| trend.cell.environment == "malloc").collect();
    assert!(variants.iter().all(|trend| trend.metric != Metric::Time), "only the plain one has no partner");
    assert_eq!(variants.iter().filter(|trend| slower(trend)).count(), WORKLOADS.len());
    // The plain one's time is its own.
    assert_eq!(whole.alarms().len(), WORKLOADS.len());
}

#[test]
fn what_touches_a_trend_is_marked_on_it() {
    let mut nights = sixty(6);
    for night in &mut nights[50..] {
        night.interpreters[0].facts.version = "3.13.9".to_owned();
    }
    let whole = after(&nights, NIGHTS);
    let marks = |metric: Metric, interpreter: &str| {
        let trend = whole
            .trends
            .iter()
            .find(|trend| trend.metric == metric && trend.cell.interpreter == interpreter)
            .unwrap();
        trend.events.iter().map(|&place| whole.events[place].text.as_str()).collect::<Vec<_>>()
    };
    let hosts = ["host: Elderly 1000, 2 CPUs", "host: Usual 5000, 2 CPUs"];
    let (own, baseline) = ("3.13t: 3.13.5 became 3.13.6", "3.13: 3.13.5 became 3.13.9");
    assert_eq!(marks(Metric::Speedup, "3.13t"), [hosts[0], hosts[1], own, baseline]);
    assert_eq!(marks(Metric::Memory, "3.13t"), [hosts[0], hosts[1], own]);
    assert_eq!(marks(Metric::Time, "3.13"), [hosts[0], hosts[1], baseline]);
}

#[test]
fn copies_of_a_run_are_one_run() {
    let nights = sixty(7);
    let copied = [&nights[..], &nights[50..51], &nights[50..51]].concat();
    assert_eq!(super::in_order(copied).len(), NIGHTS);
}

#[test]
fn what_the_newest_run_lacks_is_named() {
    use super::{Gone, gone};
    let mut nights = sixty(8);
    let newest = &mut nights[NIGHTS - 1];
    newest.cells[1].outcome = Outcome::Crashed;
    newest.cells.remove(2);
    newest.cells.retain(|cell| cell.cell.interpreter != "3.13t");
    newest.missing = vec![crate::interpreter::Missing {
        name: "3.13t".to_owned(),
        request: "3.13t".to_owned(),
        reason: "not here".to_owned(),
        hint: None,
    }];
    let python = Gone::Interpreter { name: "3.13t".to_owned(), reason: "not here".to_owned() };
    let cell = |name: &str, outcome| Gone::Cell { name: name.to_owned(), outcome };
    let cells = [cell("3.13 fib threads×2", Some(Outcome::Crashed)), cell("3.13 fib mp×2", None)];
    assert_eq!(gone(&nights, 1, |_| true), [&[python][..], &cells].concat());
    assert_eq!(gone(&nights, 1, |name| name.contains("mp")).len(), 2);
    // For as many runs as are looked back at.
    let mut later = nights[NIGHTS - 1].clone();
    later.started_unix_ns += 1;
    nights.push(later);
    assert_eq!((gone(&nights, 1, |_| true).len(), gone(&nights, 2, |_| true).len()), (0, 3));
    // Fewer CPUs, fewer cells: another matrix.
    nights[NIGHTS].host.effective_cpus = 1.0;
    assert_eq!(gone(&nights, 2, |_| true).len(), 1);
    assert!(gone(&[], 3, |_| true).is_empty());
}

#[test]
fn time_that_ran_out_is_weather_for_two_nights() {
    use super::gone;
    let mut nights = sixty(9);
    for night in &mut nights[50..] {
        night.cells[1].outcome = Outcome::NotReached;
    }
    let loud = |recent| {
        (45..=NIGHTS)
            .filter(|&count| !gone(&nights[..count], recent, |_| true).is_empty())
            .collect::<Vec<_>>()
    };
    // Nights 50 and 51 say nothing; 52, 53 and 54 do.
    assert_eq!(loud(3), [53, 54, 55]);
    assert_eq!(loud(1), [51]);
}

#[test]
fn a_release_explains_what_came_with_it() {
    let whole = after(&sixty(9), NIGHTS);
    let explained: BTreeSet<_> = whole
        .changes(|change| change.explained_by.is_some())
        .into_iter()
        .map(|(trend, change)| (trend.cell.interpreter.as_str(), change.run, change.explained_by.clone()))
        .collect();
    let text = Some("3.13t: 3.13.5 became 3.13.6".to_owned());
    assert_eq!(explained.into_iter().collect::<Vec<_>>(), [("3.13t", RELEASE, text)]);
}

#[test]
fn a_baseline_that_alone_becomes_slower_is_found_by_its_time() {
    let mut nights = sixty(3);
    for night in &mut nights[40..] {
        for cell in &mut night.cells {
            if (cell.cell.interpreter.as_str(), cell.cell.workload.as_str(), cell.cell.mode.as_str())
                == ("3.13", "json", "single")
            {
                let wall = cell.wall_ns.as_mut().unwrap();
                wall.median = (wall.median as f64 * 1.15) as u64;
            }
        }
    }
    let whole = after(&nights, 50);
    let alarms: Vec<_> =
        whole.alarms().into_iter().filter(|(trend, _)| trend.metric == Metric::Time).collect();
    assert_eq!(alarms.len(), 1);
    assert_eq!((alarms[0].0.cell.to_string().as_str(), alarms[0].1.run), ("3.13 json single", 40));
}

#[test]
fn a_slowdown_of_all_of_ones_own_code_is_found_by_the_fixed_reference() {
    for workloads in [1, 2] {
        // Four nights of it, and moods of the machine that alone would be twenty times what is worth a word.
        let whole = after(&with_references(workloads, 56), NIGHTS);
        let alarms: Vec<_> =
            whole.alarms().into_iter().filter(|(trend, _)| trend.metric == Metric::Time).collect();
        assert_eq!(alarms.len(), workloads, "{alarms:?}");
        assert!(alarms.iter().all(|(_, change)| change.run == 56 && change.ratio > 2.7), "{alarms:?}");
        let quiet = after(&with_references(workloads, NIGHTS), NIGHTS);
        assert!(quiet.trends.iter().all(|trend| trend.metric != Metric::Time || trend.changes.is_empty()));
        let time = quiet.trends.iter().find(|trend| trend.metric == Metric::Time).unwrap();
        assert!(time.smallest.is_some_and(|smallest| smallest < 1.2), "{:?}", time.smallest);
    }
}

#[test]
fn memory_that_grows_is_found_and_failures_are_kept() {
    let mut nights = sixty(4);
    for night in &mut nights[50..] {
        let cell = &mut night.cells[2];
        cell.peak_pss_bytes = cell.peak_pss_bytes.map(|bytes| bytes * 5 / 4);
        night.cells[1].outcome = Outcome::Crashed;
    }
    let whole = after(&nights, 56);
    let heavier: Vec<_> =
        whole.alarms().into_iter().filter(|(trend, _)| trend.metric == Metric::Memory).collect();
    assert_eq!(heavier.len(), 1);
    assert_eq!((heavier[0].0.cell.to_string().as_str(), heavier[0].1.run), ("3.13 fib mp×2", 50));
    let failures =
        &whole.trends.iter().find(|trend| trend.cell.to_string() == "3.13 fib threads×2").unwrap().failures;
    assert_eq!(failures.len(), 6);
}

#[test]
fn a_short_history_shows_what_is_large_and_says_how_large() {
    let mut nights = sixty(11);
    for (number, night) in nights[..13].iter_mut().enumerate() {
        let cell = &mut night.cells[4];
        if let Some(speedup) = cell.speedup.as_mut().filter(|_| number >= 8) {
            speedup.ratio /= 10.0;
            speedup.ci95 = speedup.ci95.map(|ci95| ci95.map(|end| end / 10.0));
        }
        if (6..10).contains(&number) {
            night.cells[2].peak_pss_bytes = night.cells[2].peak_pss_bytes.map(|bytes| bytes * 10);
        }
    }
    let whole = after(&nights, 13);
    let alarms: Vec<_> = whole
        .alarms()
        .into_iter()
        .map(|(trend, change)| (trend.cell.to_string(), trend.metric, change.run))
        .collect();
    assert_eq!(
        alarms,
        [
            ("3.13t fib threads×2".to_owned(), Metric::Speedup, 8),
            ("3.13 fib mp×2".to_owned(), Metric::Memory, 6)
        ]
    );
    for trend in &whole.trends {
        let smallest = trend.smallest.expect("13 runs can show something");
        assert!((1.02..1.3).contains(&smallest), "{}: {smallest}", trend.cell);
    }
    assert!(after(&nights, 5).trends.iter().all(|trend| trend.smallest.is_none()));
}

#[test]
fn nothing_and_one_night_are_histories_too() {
    assert!(after(&[], 0).trends.is_empty());
    let one = after(&sixty(1), 1);
    assert_eq!(one.runs.len(), 1);
    assert!(one.events.is_empty() && one.alarms().is_empty());
}
