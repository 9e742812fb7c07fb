//! What the runner and the harness say to each other: `docs/protocol.md` in types.

use serde::{Deserialize, Serialize};

use crate::matrix::{Script, WholeCommand, Workload};
use crate::record::{Blas, Calls, Gc, Noticed, WarmUp, WorkerFacts};

pub(crate) const PROTOCOL: u32 = 1;

/// The file that tells the harness what to run.
#[derive(Debug, Serialize)]
pub(crate) struct Spec<'a> {
    pub protocol: u32,
    pub nonce: &'a str,
    pub report: &'a std::path::Path,
    pub mode: &'a str,
    pub workers: u32,
    pub start_method: Option<&'a str>,
    pub chunksize: Option<u32>,
    /// The beginning of the names of its semaphores.
    pub semaphores: &'a str,
    pub workload: SpecWorkload<'a>,
}

#[derive(Debug, Serialize)]
pub(crate) struct SpecWorkload<'a> {
    pub name: &'a str,
    pub tasks: u32,
    pub args: &'a serde_json::Map<String, serde_json::Value>,
    /// The file of a workload outside the catalogue.
    #[serde(flatten)]
    pub script: Option<&'a Script>,
    /// The command that is to be run instead of a file.
    #[serde(flatten)]
    pub command: Option<&'a WholeCommand>,
    /// Whether its project is installed: that comes before what lies beside the file.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub installed: bool,
}

impl<'a> SpecWorkload<'a> {
    pub(crate) fn of(workload: &'a Workload, workers: u32) -> Self {
        Self {
            name: workload.code(),
            tasks: workload.tasks_with(workers),
            args: &workload.args,
            script: workload.script.as_ref(),
            command: workload.command.as_ref(),
            installed: workload.script.is_some() && workload.project.is_some(),
        }
    }
}

/// One line on the harness's standard input.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(tag = "cmd", rename_all = "lowercase")]
pub(crate) enum HarnessCommand {
    /// Every worker runs its share of the tasks.
    Warm {
        id: u32,
    },
    Pass {
        id: u32,
    },
    /// `crowd`: it looks before whether its tasks end by the clock.
    End {
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        crowd: bool,
    },
}

impl HarnessCommand {
    pub(crate) fn line(self) -> String {
        // Plain numbers can't fail to serialise.
        let mut line = serde_json::to_string(&self).unwrap_or_default();
        line.push('\n');
        line
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "k", rename_all = "lowercase")]
pub(crate) enum HarnessRow {
    Hello { protocol: u32, pid: Option<u32>, at_ns: u64 },
    Ready { phases_ns: ReadyPhases, workers: Vec<RowWorker>, gc: Option<Gc>, harness_ns: Option<u64> },
    Warmed(RowWarmed),
    Value(RowValue),
    End { workers: Vec<RowWorker>, blas: Option<Blas>, doubts: Option<Vec<Noticed>>, calls: Option<Calls> },
    Error(RowError),
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct ReadyPhases {
    pub imports: u64,
    pub pool: u64,
}

/// What a worker says at this moment; `gil_enabled_after` is for the runner to set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct RowWorker {
    #[serde(flatten)]
    pub facts: WorkerFacts,
    /// The CPUs that it may run on at that moment; `None` where the system holds it to none.
    pub cpus: Option<Vec<u32>>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct RowValue {
    pub id: u32,
    pub start_ns: u64,
    pub ns: u64,
    pub repeats: Option<u32>,
    pub total_ns: Option<u64>,
    pub checksum: String,
    pub cpu_ns: Option<u64>,
    pub lag_ns: Option<u64>,
    /// By the harness's own clock, from the command to this row.
    pub whole_ns: u64,
    /// What the harness itself did in that time, to read the results: it is no part of any figure.
    pub harness_ns: Option<u64>,
    #[serde(default)]
    pub harness_cpu_ns: u64,
    #[serde(default)]
    pub extra: RowExtra,
}

/// The figures that not every mode has.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub(crate) struct RowExtra {
    pub lag_p99_ns: Option<u64>,
    pub beats: Option<u32>,
    pub workers_cpu_ns: Option<Vec<u64>>,
    pub run_delay_ns: Option<u64>,
    pub late_cpu_ns: Option<u64>,
    /// The most memory that a process of a command has held so far; `None` where it isn't known to be that.
    pub peak_rss_bytes: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct RowWarmed {
    pub id: u32,
    /// `start_ns` is on the harness's clock.
    #[serde(flatten)]
    pub warm_up: WarmUp,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(crate) struct RowError {
    pub phase: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
    pub message: String,
}

/// Reads one line; `Err` says in one line what is wrong with it.
///
/// # Errors
/// The line is no JSON, has another nonce, or is no known row.
pub(crate) fn parse_row(line: &str, nonce: &str) -> Result<HarnessRow, String> {
    let value: serde_json::Value =
        serde_json::from_str(line).map_err(|_| format!("not a row of the report: {}", excerpt(line)))?;
    if value.get("n").and_then(|found| found.as_str()) != Some(nonce) {
        return Err(format!("a row that isn't this invocation's: {}", excerpt(line)));
    }
    serde_json::from_value(value)
        .map_err(|error| format!("a row that can't be read ({error}): {}", excerpt(line)))
}

fn excerpt(line: &str) -> String {
    let mut text: String = line.chars().take(120).collect();
    if text.len() < line.len() {
        text.push('…');
    }
    format!("{text:?}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_single_lines() {
        assert_eq!(HarnessCommand::Pass { id: 7 }.line(), "{\"cmd\":\"pass\",\"id\":7}\n");
        assert_eq!(HarnessCommand::End { crowd: false }.line(), "{\"cmd\":\"end\"}\n");
        assert_eq!(HarnessCommand::End { crowd: true }.line(), "{\"cmd\":\"end\",\"crowd\":true}\n");
    }

    #[test]
    fn rows_are_read_and_strangers_refused() {
        let line = r#"{"n":"a","k":"value","id":3,"start_ns":1,"ns":2,"checksum":"c","cpu_ns":null,"lag_ns":null,"whole_ns":3,"extra":{}}"#;
        assert!(matches!(parse_row(line, "a"), Ok(HarnessRow::Value(RowValue { id: 3, ns: 2, .. }))));
        assert!(parse_row(line, "b").unwrap_err().contains("isn't this invocation's"));
        assert!(parse_row("hello", "a").unwrap_err().contains("not a row"));
        assert!(parse_row(r#"{"n":"a","k":"what"}"#, "a").unwrap_err().contains("can't be read"));
        assert!(parse_row(&"x".repeat(10_000), "a").unwrap_err().len() < 300);
    }

    #[test]
    fn what_workers_say_is_the_records_own() {
        let worker = r#"{"pid":7,"thread":null,"executable":"/p","version":"3.14.0","py_gil_disabled":true,"gil_enabled":true,"cpus":[0,1]}"#;
        let line = format!(
            r#"{{"n":"a","k":"ready","phases_ns":{{"imports":1,"pool":2}},"workers":[{worker}],"gc":null}}"#
        );
        let Ok(HarnessRow::Ready { workers, .. }) = parse_row(&line, "a") else { panic!("{line}") };
        let RowWorker { facts, cpus } = &workers[0];
        assert_eq!((facts.pid, facts.gil_enabled_before, facts.gil_enabled_after), (7, true, None));
        assert_eq!((facts.cpus.as_ref(), cpus.as_deref()), (None, Some(&[0, 1][..])));
        let line = r#"{"n":"a","k":"warmed","id":3,"start_ns":1,"ns":2,"workers":[{"pid":7,"thread":9,"tasks":4,"ns":5}]}"#;
        let Ok(HarnessRow::Warmed(row)) = parse_row(line, "a") else { panic!("{line}") };
        assert_eq!((row.id, row.warm_up.ns, row.warm_up.workers[0].tasks), (3, 2, 4));
    }

    #[test]
    fn a_script_stands_flat_in_the_workload() {
        let script =
            Script { path: "/mine.py".into(), function: Some("work".to_owned()), ..Script::default() };
        let workload = Workload { name: "mine".to_owned(), script: Some(script), ..Workload::default() };
        let spec = serde_json::to_value(SpecWorkload::of(&workload, 1)).expect("JSON");
        assert_eq!((&spec["path"], &spec["function"]), (&"/mine.py".into(), &"work".into()));
        assert!(spec.get("installed").is_none() && spec.get("positional").is_none(), "{spec}");
        let plain = serde_json::to_value(SpecWorkload::of(&Workload::default(), 1)).expect("JSON");
        assert!(plain.get("path").is_none(), "{plain}");
    }
}
