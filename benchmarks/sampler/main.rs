//! CPU of the sampler per sample, sysinfo's backend and the lean one, on trees of several sizes.
//!
//!     cargo run --release --example sampler-cost
//!     … sampler-cost follow PID HZ    # samples while its standard input said "on" last, for sampler.py

#![allow(
    clippy::disallowed_macros,
    clippy::disallowed_methods,
    reason = "a program for one table may print, and panic"
)]

use std::io::BufRead;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use gilmatrix::internals::{LinuxReader, PortableReader, Sampler, TreeReader};

const SAMPLES: u32 = 400;

fn main() {
    let words: Vec<String> = std::env::args().collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>()[1..] {
        ["follow", pid, hz] => match (pid.parse(), hz.parse()) {
            (Ok(pid), Ok(hz)) => follow(pid, Duration::from_secs(1) / std::cmp::max(1, hz)),
            _ => eprintln!("follow takes a pid and a rate"),
        },
        _ => compare(),
    }
}

/// The product's sampler, on and off as standard input says; what it cost goes to standard output at the end.
fn follow(root: u32, interval: Duration) {
    let (mut sampler, mut cpu_ns, mut wall_ns, mut ticks) = (None, 0, 0, 0);
    let mut stop = |sampler: Option<Sampler>| {
        if let Some(sampler) = sampler {
            let cost = sampler.stop().cost;
            cpu_ns += cost.cpu_ns;
            wall_ns += cost.wall_ns;
            ticks += cost.ticks;
        }
    };
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        stop(sampler.take());
        if line == "on" {
            let reader = Box::new(LinuxReader::default());
            sampler = Sampler::start(root, Instant::now(), interval, reader).ok();
        }
    }
    stop(sampler.take());
    println!("{cpu_ns} {wall_ns} {ticks}");
}

fn compare() {
    println!("| tree | backend | CPU per sample, µs | share of a core at 20 Hz |\n| --- | --- | --- | --- |");
    for size in [5, 9, 33] {
        let Some(mut shell) = tree(size) else { return eprintln!("no shell to make a tree of") };
        // In turn, so that what else runs on the machine hits both.
        let mut readers: [(&str, Box<dyn TreeReader>); 2] = match PortableReader::new() {
            Ok(sysinfo) => [("sysinfo", Box::new(sysinfo)), ("lean", Box::new(LinuxReader::default()))],
            Err(error) => return eprintln!("{error}"),
        };
        let mut costs = [0.0; 2];
        for _ in 0..SAMPLES {
            for ((_, reader), cost) in readers.iter_mut().zip(&mut costs) {
                let before = thread_cpu_us();
                let seen = reader.read(shell.id()).len();
                *cost += thread_cpu_us() - before;
                assert_eq!(seen, size, "the whole tree is read");
            }
        }
        for ((name, _), cost) in readers.iter().zip(costs) {
            let each = cost / f64::from(SAMPLES);
            println!("| {size} | {name} | {each:.0} | {:.2} % |", each * 20.0 / 1e4);
        }
        let _ = shell.kill();
        let _ = shell.wait();
    }
}

/// A shell with `size - 1` sleeping children; they end with their pipe.
fn tree(size: usize) -> Option<Child> {
    let script = format!("for i in $(seq {}); do cat & done; wait", size - 1);
    let mut command = Command::new("bash");
    // A pipe that nobody writes to: `cat` waits, and ends when we do.
    let shell = command.args(["-c", &format!("exec 3<&0; {}", script.replace("cat", "cat <&3"))]);
    let shell = shell.stdin(Stdio::piped()).spawn().ok()?;
    std::thread::sleep(std::time::Duration::from_millis(500));
    Some(shell)
}

fn thread_cpu_us() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 * 1e6 + time.tv_nsec as f64 / 1e3
}
