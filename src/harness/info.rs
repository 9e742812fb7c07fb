//! What a mode's or a workload's file says about itself.

use serde::de::{Deserialize, Deserializer, Error};

use crate::cell::ModeKind;

/// One file of `python-workloads/modes/`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModeInfo {
    pub name: String,
    #[serde(default)]
    pub summary: String,
    #[serde(rename = "workers")]
    pub kind: ModeKind,
    /// Runs an event loop, and so reports its longest stall.
    #[serde(default)]
    pub asyncio: bool,
    /// The oldest Python that has it, `(3, 14)`.
    #[serde(default, deserialize_with = "minor_version")]
    pub since: Option<(u32, u32)>,
    /// Needs a workload whose inputs can lie in shared memory.
    #[serde(default)]
    pub shared: bool,
}

/// One file of `python-workloads/workloads/`.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkloadInfo {
    pub name: String,
    #[serde(default)]
    pub summary: String,
    /// Every argument of one task with its default.
    #[serde(default)]
    pub args: serde_json::Map<String, serde_json::Value>,
    /// Tasks in one pass, unless the matrix says otherwise.
    pub tasks: u32,
    /// Packages that must be importable.
    #[serde(default)]
    pub requires: Vec<String>,
    /// Its inputs can lie in memory that processes share.
    #[serde(default)]
    pub shared: bool,
    /// What it stresses, and what is expected of it: one line each.
    #[serde(default)]
    pub stress: String,
    #[serde(default)]
    pub expect: String,
}

fn minor_version<'de, D: Deserializer<'de>>(from: D) -> Result<Option<(u32, u32)>, D::Error> {
    let Some(text) = Option::<String>::deserialize(from)? else { return Ok(None) };
    let parts =
        text.split_once('.').and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
    let wrong = || Error::custom(format!("`since` is `{text}`, expected a version such as `3.14`"));
    parts.ok_or_else(wrong).map(Some)
}
