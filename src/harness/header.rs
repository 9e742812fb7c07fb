//! The `gilmatrix: {json}` line in the docstring of a mode's or workload's file.

use super::{ModeInfo, WorkloadInfo};

const MARK: &str = "gilmatrix:";

/// The JSON after the mark, if the file has one.
pub(super) fn find(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.trim().strip_prefix(MARK)).map(str::trim)
}

/// A mode from its header's JSON; the error is one line.
pub(super) fn mode(json: &str) -> Result<ModeInfo, String> {
    serde_json::from_str(json).map_err(|error| error.to_string())
}

/// A workload from its header's JSON; the error is one line.
pub(super) fn workload(json: &str) -> Result<WorkloadInfo, String> {
    let workload: WorkloadInfo = serde_json::from_str(json).map_err(|error| error.to_string())?;
    if workload.tasks == 0 { Err("`tasks` is 0, expected at least 1".to_owned()) } else { Ok(workload) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::ModeKind;

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
