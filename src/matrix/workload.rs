//! A workload after defaults are resolved: what one task does, and with what.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::sizes::{ScalingKind, SweepPoint};
use super::{Project, WholeCommand};
use crate::cell::Cell;
use crate::harness::{Catalogue, WorkloadInfo};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Workload {
    pub name: String,
    /// The number of tasks in one pass.
    pub tasks: u32,
    /// Arguments of one task, defaults of the workload filled in.
    pub args: serde_json::Map<String, serde_json::Value>,
    /// Requirements to install for it, as pip takes them; files are relative to the matrix's folder.
    #[serde(default)]
    pub packages: Vec<String>,
    /// The project that is installed for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Project>,
    /// Whether the tasks grow with the workers.
    #[serde(default)]
    pub scaling: ScalingKind,
    /// The size that it stands for; `None` where it isn't one of several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sweep: Option<SweepPoint>,
    /// Its code; `None` where it is one of the catalogue's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub script: Option<Script>,
    /// The command that it is; `None` where it is a function.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<WholeCommand>,
    /// What it stresses, and what is expected of it, by the file itself; empty where it doesn't say.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stress: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub expect: String,
}

impl Workload {
    /// Returns the name of its code in the harness: a size of several shares its family's.
    pub fn code(&self) -> &str {
        self.sweep.as_ref().map_or(&self.name, |sweep| &sweep.family)
    }

    /// Returns what its ratios are taken against on an interpreter.
    pub(crate) fn base(&self, interpreter: &str) -> Cell {
        let [single, command] = Cell::bases(interpreter, &self.name);
        if self.command.is_some() { command } else { single }
    }

    pub fn weak(&self) -> bool {
        self.scaling == ScalingKind::Weak
    }

    /// Returns the tasks in one pass of a cell with so many workers.
    pub fn tasks_with(&self, workers: u32) -> u32 {
        if self.weak() { self.tasks.saturating_mul(workers.max(1)) } else { self.tasks }
    }

    /// Returns all that decides what a task does: arguments without names as `*args`, the function that makes its
    /// inputs as `inputs`.
    pub fn shown_args(&self) -> serde_json::Map<String, serde_json::Value> {
        let mut args = self.args.clone();
        args.extend(self.command.iter().flat_map(WholeCommand::shown));
        if let Some(script) = &self.script {
            if !script.positional.is_empty() {
                args.insert("*args".to_owned(), script.positional.clone().into());
            }
            if script.drain {
                args.insert("drain".to_owned(), true.into());
            }
            if let Some(Inputs::Function(name)) = &script.inputs {
                args.insert("inputs".to_owned(), name.clone().into());
            }
        }
        args
    }

    /// Returns its entry of the catalogue, where its code is the user's own or its name is that of one size.
    pub fn described(&self, catalogue: &Catalogue) -> Option<WorkloadInfo> {
        if let Some(command) = &self.command {
            return Some(command.described(&self.name));
        }
        let Some(script) = &self.script else {
            let family = self.sweep.as_ref().and_then(|sweep| catalogue.workload(&sweep.family))?;
            return Some(WorkloadInfo { name: self.name.clone(), args: self.args.clone(), ..family.clone() });
        };
        Some(WorkloadInfo {
            name: self.name.clone(),
            summary: script.path.display().to_string(),
            args: self.args.clone(),
            tasks: self.tasks,
            requires: script.requires.clone(),
            shared: script.shared && script.function.is_none(),
            stress: String::new(),
            expect: String::new(),
        })
    }
}

/// A workload's own file, and how it is called: `docs/workloads.md`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Script {
    /// The absolute path of the file.
    pub path: PathBuf,
    /// SHA-256 of the file as it was when the matrix was read, hexadecimal.
    pub sha256: String,
    /// A plain function of the file; without one it defines `task`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// The arguments that the function gets before its named ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub positional: Vec<serde_json::Value>,
    /// What the function returns is a generator or another iterator, and is drawn out into a list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drain: bool,
    /// An input of its own for each task, before all arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Inputs>,
    /// Functions of the file that each process calls once, before and after all the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teardown: Option<String>,
    /// A function of the file whose value stands for the answer: of a result, where it takes one, else of a pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// Packages that the file says it imports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// The file offers its inputs in shared memory.
    #[serde(default)]
    pub shared: bool,
}

/// One input for each task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Inputs {
    List(Vec<serde_json::Value>),
    /// Name of a function of the file, called with the arguments and the number of tasks.
    Function(String),
}

impl Inputs {
    /// How many are listed; `None` where a function makes them.
    pub(super) fn listed(&self) -> Option<u32> {
        match self {
            Self::List(list) => u32::try_from(list.len()).ok(),
            Self::Function(_) => None,
        }
    }
}
