//! `gilmatrix doctor --self-test`: how often this machine and these rules mislead, found out by comparing an
//! interpreter with itself, some of the time slowed by 3 %, through the same engine as any run.

mod score;

use std::path::Path;

use score::{SLOWER, Score, SelfComparison, Share, score};

use crate::commands::engine::{RunOptions, execute};
use crate::commands::output;
use crate::commands::prepare::{PrepareOptions, complete, load};
use crate::commands::{Exit, Failure};
use crate::interpreter::{Discovery, Interpreter, ResolveOptions, resolve};
use crate::matrix::InterpreterEntry;
use crate::report::format;
use crate::stats::{Interval, MIN_PAIRS};

const PLANTED: &str = include_str!("planted.py");
/// The time that each comparison should have; below, the most and the fewest comparisons.
const EACH_NS: u64 = 8_000_000_000;
const MOST: u64 = 60;
const FEWEST: u64 = 5;

/// Compares for `budget_ns` and says what came of it.
///
/// # Errors
/// No such interpreter; or as `run`.
pub(super) fn run(request: &str, budget_ns: u64, json: bool) -> Result<Exit, Failure> {
    let python = interpreter(request)?;
    let folder = tempfile::tempdir()?;
    let (same, slower) = sides(budget_ns);
    let path = folder.path().join("matrix.toml");
    std::fs::write(folder.path().join("planted.py"), PLANTED)?;
    std::fs::write(&path, matrix(&python.command, same, slower))?;
    let mut prepared = complete(load(&path)?, &PrepareOptions::new(folder.path(), true))?;
    // That all names lead to one interpreter is what this is about.
    prepared.warnings.clear();
    let run_options = RunOptions {
        matrix_path: path.display().to_string(),
        out: Some(folder.path().join("run")),
        budget_ns,
        quiet: true,
        ..RunOptions::default()
    };
    let finished = execute(&prepared, &run_options)?;
    match finished.exit()? {
        Exit::Done => {}
        other => return Ok(other),
    }
    let results = &finished.results;
    let comparisons: Vec<SelfComparison> = results.cells.iter().filter_map(comparison).collect();
    let ns = results.elapsed_ns.unwrap_or(0);
    if comparisons.is_empty() {
        return Err(Exit::CellFailed.because(format!(
            "no comparison came to {MIN_PAIRS} process pairs: give it a larger `--budget`"
        )));
    }
    let score = score(&comparisons, ns);
    if json {
        output::print_json(&serde_json::json!({
            "schema": "gilmatrix.self-test/1",
            "interpreter": python.facts.version,
            "executable": python.facts.executable,
            "took_ns": ns,
            "score": score,
        }))?;
    } else {
        output::tell(&describe(&python, ns, &score))?;
    }
    Ok(if score.broken.is_empty() { Exit::Done } else { Exit::Regression })
}

fn interpreter(request: &str) -> Result<Interpreter, Failure> {
    let entry = InterpreterEntry::of_request(request);
    let resolution =
        resolve(&[entry], &Discovery::of_this_machine(), &ResolveOptions::in_folder(Path::new(".")));
    if let Some(missing) = resolution.missing.first() {
        let text = format!("`{request}` is missing: {}", missing.told("\n  "));
        return Err(Exit::Missing.because(text));
    }
    let found = resolution.found.into_iter().next();
    found.ok_or_else(|| Exit::Missing.because(format!("`{request}` is missing")))
}

/// Returns the numbers of comparisons of identical code and of slowed code, which are a fifth.
fn sides(budget_ns: u64) -> (u64, u64) {
    let all = (budget_ns / EACH_NS).clamp(FEWEST, MOST);
    (all - all / 5, all / 5)
}

/// Writes a matrix in which each name has processes of its own; a variable of the environment slows them.
fn matrix(command: &[String], same: u64, slower: u64) -> String {
    let names = (0..same).map(|i| format!("same{i}")).chain((0..slower).map(|i| format!("slower{i}")));
    let names: Vec<String> = std::iter::once("base".to_owned()).chain(names).collect();
    let list = |words: &[String]| {
        let words: Vec<String> =
            words.iter().map(|word| toml::Value::from(word.as_str()).to_string()).collect();
        words.join(", ")
    };
    let mut text = format!(
        "[run]\nprecision = 0.0115\nmax_rounds = 100000\nuntil = \"settled\"\n[interpreters]\nuse = [{}]\nbaseline = \"base\"\n\
         [modes]\nuse = [\"single\"]\nworkers = [1]\n\
         [[workload]]\nname = \"planted\"\nscript = \"planted.py\"\ntasks = 1\n",
        list(&names)
    );
    for name in &names {
        let repeats = if name.starts_with("slower") { 100.0 * SLOWER } else { 100.0 };
        let words = ["env".to_owned(), format!("REPEATS={repeats:.0}")];
        let words: Vec<String> = words.into_iter().chain(command.iter().cloned()).collect();
        text.push_str(&format!("[[interpreter]]\nname = \"{name}\"\ncommand = [{}]\n", list(&words)));
    }
    text
}

fn comparison(cell: &crate::analysis::CellResult) -> Option<SelfComparison> {
    let speedup = cell.speedup.as_ref().filter(|_| cell.interpreter != "base")?;
    let [low, high] = speedup.ci95.filter(|_| speedup.pairs as usize >= MIN_PAIRS)?.map(f64::ln);
    let interval = Interval { estimate: speedup.ratio.ln(), low, high, half_width: (high - low) / 2.0 };
    let planted = cell.interpreter.starts_with("slower");
    Some(SelfComparison { planted, interval, pairs: speedup.pairs as usize })
}

fn describe(python: &Interpreter, ns: u64, score: &Score) -> String {
    let of = |share: &Share| {
        let [low, high] = share.ci95.map(|end| 100.0 * end);
        format!("{} of {} (95 %: {low:.0} to {high:.0} %)", share.hits, share.trials)
    };
    let verdict = match score.broken.as_slice() {
        [] => "nothing contradicts what is promised".to_owned(),
        broken => format!("NOT as promised: {}", broken.join("; ")),
    };
    format!(
        "self-test: {} compared with itself on this machine for {}\n  \
         identical, called different: {}; promised: at most 1 %\n  \
         3 % slower, found: {}, at ±{:.1} % in the median; promised: 95 % from ±1.15 % on\n  \
         intervals that hold the truth: {}; promised: about 95 %\n  \
         one comparison that has a minute for itself: ±{:.1} %\n{verdict}\n",
        python.facts.version,
        format::ns(ns),
        of(&score.false_alarms),
        of(&score.found),
        100.0 * score.half_width,
        of(&score.covered),
        100.0 * score.half_width_of_a_minute,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_matrix_is_a_sound_one() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("planted.py"), PLANTED).expect("written");
        let path = folder.path().join("matrix.toml");
        let (same, slower) = sides(120_000_000_000);
        assert_eq!((same, slower), (12, 3));
        std::fs::write(&path, matrix(&["/a \"b\"/python3".to_owned()], same, slower)).expect("written");
        let Ok(matrix) = load(&path) else { panic!("refused") };
        assert_eq!(matrix.interpreters.entries.len(), 16);
        let crate::matrix::InterpreterSource::Command(words) = &matrix.interpreters.entries[15].source else {
            panic!("a command")
        };
        assert_eq!(words.join(" "), "env REPEATS=103 /a \"b\"/python3");
    }
}
