//! Random `kill -9`s of one run, which goes on after each: no finished invocation is lost or doubled, nothing
//! is left behind.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use crate::support::{Place, code, eventually, stderr};
use rand::{RngExt, SeedableRng};
use serde_json::Value;

/// How many, unless `GILMATRIX_TEST_KILLS` says otherwise.
const KILLS: u32 = 40;

const MATRIX: &str = r#"
[run]
budget = "10m"
precision = "0.1%"
max_rounds = 100000
until = "settled"
[interpreters]
use = ["3.13"]
[modes]
use = ["single", "mp"]
workers = [2]
start_methods = ["fork", "forkserver", "spawn"]
[[workload]]
name = "fib"
tasks = 2
args = { n = 10 }
"#;

#[test]
fn kills_lose_nothing_double_nothing_and_leave_nothing() {
    let kills =
        std::env::var("GILMATRIX_TEST_KILLS").map_or(KILLS, |text| text.parse().expect("a number of kills"));
    let place = Place::new(MATRIX);
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(42);
    let mut announced = BTreeSet::new();
    let mut semaphores = BTreeSet::new();
    for number in 0..kills {
        let started: &[&str] = if place.out().join("run.json").exists() {
            &["run", "--resume", "out", "--format", "json"]
        } else {
            &["run", "--out", "out", "--seed", "1", "--format", "json"]
        };
        let mut command = place.command(started);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary starts");
        let (lines, events) = channel();
        let stdout = child.stdout.take().expect("a pipe");
        let reader = std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = lines.send(line);
            }
        });
        // One in four at any moment of its start; the others in the middle of their work, however long a
        // busy machine takes to get there.
        let mut seen = Vec::new();
        if number % 4 != 0 {
            let wanted = random.random_range(1..3);
            let ended = |line: &String| line.contains("\"event\":\"invocation\"");
            while seen.iter().filter(|line| ended(line)).count() < wanted
                && let Ok(line) = events.recv_timeout(Duration::from_mins(1))
            {
                seen.push(line);
            }
        }
        std::thread::sleep(Duration::from_millis(random.random_range(0..150)));
        if number % 10 == 0 {
            semaphores.extend(place.semaphores());
        }
        child.kill().expect("killed");
        child.wait().expect("reaped");
        reader.join().expect("it reads to the end");
        for line in seen.into_iter().chain(events.try_iter()) {
            let Ok(event) = serde_json::from_str::<Value>(&line) else { continue };
            if event["event"] == "invocation" {
                let id = event["id"].as_u64().expect("an id");
                assert!(announced.insert(id), "kill {number}: invocation {id} ended twice");
            }
        }
        // Whatever is announced stands in the record.
        let kept: BTreeSet<u64> = ids(&place).into_iter().collect();
        let lost: Vec<_> = announced.difference(&kept).collect();
        assert!(lost.is_empty(), "kill {number}: lost {lost:?}");
    }
    let whole = ids(&place);
    assert!(whole.len() > kills as usize / 2, "only {} invocations between the kills", whole.len());
    assert_eq!(whole, (1..=whole.len() as u64).collect::<Vec<_>>(), "unique, in order and without holes");
    assert!(eventually(|| place.processes().is_empty()), "{:?}", place.processes());
    let leaked = || semaphores.iter().filter(|path| path.exists()).count();
    assert!(eventually(|| leaked() == 0), "{semaphores:?}");

    // The last resumption may end: a budget of its own, and nothing is measured twice.
    let output = place
        .command(&["run", "--resume", "out", "--budget", "1s", "--format", "json"])
        .output()
        .expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let after = ids(&place);
    assert_eq!(after, (1..=after.len() as u64).collect::<Vec<_>>());
    assert_eq!(place.json("run.json")["status"], "completed");
    let cells = place.json("results.json")["cells"].as_array().cloned().expect("cells");
    assert!(cells.iter().all(|cell| cell["outcome"] == "completed"), "{cells:?}");
}

fn ids(place: &Place) -> Vec<u64> {
    place.records().iter().map(|record| record["id"].as_u64().expect("an id")).collect()
}
