//! What can be read of the machine, in about a second.

use std::collections::HashMap;
use std::fs;
use std::time::{Duration, Instant};

use crate::measure::host::{self, Ticks, TurboSwitch};

/// How long busy processes and stolen time are watched.
const WATCHED: Duration = Duration::from_secs(1);
/// Sleeps of this length show how late the machine wakes a process.
const NAP: Duration = Duration::from_millis(2);
const NAPS: usize = 50;

/// Facts; `None`: the system doesn't tell.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    pub effective_cpus: f64,
    pub governor: Option<String>,
    pub turbo: Option<bool>,
    pub turbo_switch: Option<TurboSwitch>,
    pub smt: Option<bool>,
    pub aslr: Option<u8>,
    /// Of all CPUs' time, 0 to 1.
    pub steal: Option<f64>,
    /// Other processes that took at least a twentieth of a CPU: pid, name, CPUs; busiest first.
    pub busy: Vec<(u32, String, f64)>,
    pub busy_nice: f64,
    pub on_battery: Option<bool>,
    /// How often CPUs were throttled for heat while watched.
    pub throttled: Option<u64>,
    pub clock_source: Option<String>,
    /// How late a short sleep ended, median and worst, microseconds.
    pub late_us: (f64, f64),
    pub memory_bytes: u64,
    pub available_bytes: u64,
    pub swap_used_bytes: u64,
}

struct Process {
    name: String,
    nice: i64,
    ticks: u64,
}

pub fn look() -> Facts {
    let (before, throttled, since) = (processes(), host::throttle_count(), Instant::now());
    let ticks = Ticks::now();
    let late_us = lateness();
    std::thread::sleep(WATCHED.saturating_sub(since.elapsed()));
    let seconds = since.elapsed().as_secs_f64();
    let (busy, busy_nice) = busiest(&before, &processes(), seconds);
    Facts {
        effective_cpus: host::effective_cpus(None),
        governor: host::governor(),
        turbo: host::turbo_switch().and_then(TurboSwitch::is_on),
        turbo_switch: host::turbo_switch(),
        smt: host::smt(),
        aslr: host::aslr(),
        steal: ticks.zip(Ticks::now()).and_then(|(before, after)| after.since(before).steal_share()),
        busy,
        busy_nice,
        on_battery: host::on_battery(),
        throttled: host::throttle_count().zip(throttled).map(|(after, before)| after.saturating_sub(before)),
        clock_source: host::clock_source(),
        late_us,
        memory_bytes: host::meminfo("MemTotal:"),
        available_bytes: host::available_memory(),
        swap_used_bytes: host::meminfo("SwapTotal:").saturating_sub(host::meminfo("SwapFree:")),
    }
}

fn processes() -> HashMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| *pid != std::process::id())
        .filter_map(|pid| Some((pid, process(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?)))
        .collect()
}

/// Fields 2 (name), 14 and 15 (ticks), and 19 (nice) of `stat`.
fn process(stat: &str) -> Option<Process> {
    let (head, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
    let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Process {
        name: head.split_once('(')?.1.to_owned(),
        nice: fields.get(16)?.parse().ok()?,
        ticks: number(11)? + number(12)?,
    })
}

/// The busiest ones, and the CPUs that low-priority ones took together.
fn busiest(
    before: &HashMap<u32, Process>,
    after: &HashMap<u32, Process>,
    seconds: f64,
) -> (Vec<(u32, String, f64)>, f64) {
    let per_second = rustix::param::clock_ticks_per_second() as f64 * seconds;
    let (mut busy, mut nice) = (Vec::new(), 0.0);
    for (pid, process) in after {
        let earlier = before.get(pid).map_or(0, |earlier| earlier.ticks);
        let cpus = process.ticks.saturating_sub(earlier) as f64 / per_second.max(1.0);
        if process.nice > 0 {
            nice += cpus;
        } else if cpus >= 0.05 {
            busy.push((*pid, process.name.clone(), cpus));
        }
    }
    busy.sort_by(|a, b| b.2.total_cmp(&a.2));
    (busy, nice)
}

/// How much later than asked short sleeps end: median and worst, in microseconds.
fn lateness() -> (f64, f64) {
    let mut late: Vec<f64> = (0..NAPS)
        .map(|_| {
            let since = Instant::now();
            std::thread::sleep(NAP);
            since.elapsed().saturating_sub(NAP).as_secs_f64() * 1e6
        })
        .collect();
    late.sort_by(f64::total_cmp);
    (crate::stats::median(&late).unwrap_or(0.0), late.last().copied().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_busiest_are_named() {
        let stat = |ticks: u64, nice: i64| {
            let line = format!("7 (a (b) c) S 1 1 1 0 0 0 0 0 0 0 {ticks} 0 0 0 20 {nice} 1 0 9");
            process(&line).unwrap()
        };
        let ticks = rustix::param::clock_ticks_per_second();
        let before = HashMap::from([(7, stat(100, 0)), (8, stat(0, 19))]);
        let after = HashMap::from([(7, stat(100 + ticks / 2, 0)), (8, stat(ticks, 19)), (9, stat(1, 0))]);
        let (busy, nice) = busiest(&before, &after, 1.0);
        assert_eq!((busy, nice), (vec![(7, "a (b) c".to_owned(), 0.5)], 1.0));
    }

    #[test]
    fn this_machine_can_be_looked_at() {
        let facts = look();
        assert!(
            facts.effective_cpus > 0.0 && facts.memory_bytes > 0 && facts.late_us.1 >= facts.late_us.0,
            "{facts:?}"
        );
    }
}
