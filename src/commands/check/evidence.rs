//! Questions to an interpreter, each in a process of its own: what is asked about may print, crash, or never end.

use std::ffi::OsString;
use std::time::Duration;

use serde::de::DeserializeOwned;

use crate::interpreter::probe::{Trouble, ask_script};
use crate::process::{Cancel, ProgramError};

const SCRIPT: &str = include_str!("evidence.py");
/// Heavy packages take seconds to import on a busy machine.
const LIMIT: Duration = Duration::from_secs(120);

/// One Python and how to stop asking it.
pub(super) struct Evidence<'a> {
    command: Vec<OsString>,
    cancel: &'a Cancel,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) struct NoAnswer {
    pub(super) kind: NoAnswerKind,
    /// One line.
    pub(super) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoAnswerKind {
    /// A signal ended it.
    Crashed,
    /// It didn't end.
    Hangs,
    /// It ended without an answer, or couldn't be started.
    Failed,
}

impl<'a> Evidence<'a> {
    pub(super) fn new(command: &[String], cancel: &'a Cancel) -> Self {
        Self { command: command.iter().map(OsString::from).collect(), cancel }
    }

    /// Asks a question of `evidence.py` and returns its answer.
    ///
    /// # Errors
    /// There is none.
    pub(super) fn ask<T: DeserializeOwned>(&self, question: &[&str]) -> Result<T, NoAnswer> {
        let watch = (LIMIT, self.cancel);
        let text =
            ask_script(&self.command, &["-I", "-S"], SCRIPT, question, None, watch).map_err(|trouble| {
                let kind = match &trouble {
                    Trouble::Exited(None, _) => NoAnswerKind::Crashed,
                    Trouble::Run(ProgramError::TimedOut(_)) => NoAnswerKind::Hangs,
                    _ => NoAnswerKind::Failed,
                };
                NoAnswer { kind, text: trouble.reason() }
            })?;
        serde_json::from_str(&text)
            .map_err(|error| NoAnswer { kind: NoAnswerKind::Failed, text: error.to_string() })
    }
}
