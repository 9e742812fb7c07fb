//! CPU of the sampler per sample, sysinfo's backend and the lean one, on trees of several sizes.
//!
//!     cargo run --release --example sampler-cost

use std::process::{Child, Command, Stdio};

use gilmatrix::measure::sample::{LinuxReader, SysinfoReader, TreeReader};

const SAMPLES: u32 = 400;

fn main() {
    println!("| tree | backend | CPU per sample, µs | share of a core at 20 Hz |\n| --- | --- | --- | --- |");
    for size in [5, 9, 33] {
        let Some(mut shell) = tree(size) else { return eprintln!("no shell to make a tree of") };
        // In turn, so that what else runs on the machine hits both.
        let mut readers: [(&str, Box<dyn TreeReader>); 2] = match SysinfoReader::new() {
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
