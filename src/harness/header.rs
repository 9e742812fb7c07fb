//! The `gilmatrix: {json}` line in the docstring of a mode's or workload's file.

use serde::Deserialize;

use super::{ModeInfo, WorkloadInfo};
use crate::cell::ModeKind;

const MARK: &str = "gilmatrix:";

/// The JSON after the mark, if the file has one.
pub(super) fn find(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.trim().strip_prefix(MARK)).map(str::trim)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModeHeader {
    name: String,
    #[serde(default)]
    summary: String,
    workers: ModeKind,
    #[serde(default)]
    asyncio: bool,
    #[serde(default)]
    since: Option<String>,
    #[serde(default)]
    shared: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkloadHeader {
    name: String,
    #[serde(default)]
    summary: String,
    #[serde(default)]
    args: serde_json::Map<String, serde_json::Value>,
    tasks: u32,
    #[serde(default)]
    requires: Vec<String>,
    #[serde(default)]
    shared: bool,
    #[serde(default)]
    stress: String,
    #[serde(default)]
    expect: String,
}

/// A mode from its header's JSON; the error is one line.
pub(super) fn mode(json: &str) -> Result<ModeInfo, String> {
    let header: ModeHeader = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let since = match header.since {
        None => None,
        Some(text) => Some(
            minor_version(&text)
                .ok_or_else(|| format!("`since` is `{text}`, expected a version such as `3.14`"))?,
        ),
    };
    let ModeHeader { name, summary, workers: kind, asyncio, shared, .. } = header;
    Ok(ModeInfo { name, summary, kind, asyncio, since, shared })
}

/// A workload from its header's JSON; the error is one line.
pub(super) fn workload(json: &str) -> Result<WorkloadInfo, String> {
    let header: WorkloadHeader = serde_json::from_str(json).map_err(|error| error.to_string())?;
    if header.tasks == 0 {
        return Err("`tasks` is 0, expected at least 1".to_owned());
    }
    let WorkloadHeader { name, summary, args, tasks, requires, shared, stress, expect } = header;
    Ok(WorkloadInfo { name, summary, args, tasks, requires, shared, stress, expect })
}

fn minor_version(text: &str) -> Option<(u32, u32)> {
    let (major, minor) = text.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_line_inside_a_docstring() {
        let text = "\"\"\"Naive recursion.\n\n    gilmatrix: {\"a\": 1}\n\"\"\"\nimport sys\n";
        assert_eq!(find(text), Some("{\"a\": 1}"));
        assert_eq!(find("\"\"\"nothing here\"\"\"\n"), None);
    }

    #[test]
    fn reads_a_mode() {
        let info = mode(r#"{"name": "ipool", "summary": "s", "workers": "interpreters", "since": "3.14"}"#);
        let expected = ModeInfo {
            name: "ipool".into(),
            summary: "s".into(),
            kind: ModeKind::Interpreters,
            asyncio: false,
            since: Some((3, 14)),
            shared: false,
        };
        assert_eq!(info, Ok(expected));
    }

    #[test]
    fn refuses_what_it_does_not_know() {
        assert!(mode(r#"{"name": "x", "workers": "several"}"#).unwrap_err().contains("several"));
        assert!(mode(r#"{"name": "x", "workers": "inline", "since": "new"}"#).unwrap_err().contains("new"));
        assert!(mode(r#"{"name": "x", "workers": "inline", "color": 1}"#).unwrap_err().contains("color"));
        assert!(workload(r#"{"name": "x", "tasks": 0}"#).unwrap_err().contains("at least 1"));
        assert!(workload(r#"{"name": "x"}"#).unwrap_err().contains("tasks"));
    }
}
