//! Starting the process of an invocation.

use std::io;
use std::process::Stdio;

use super::rows::Rows;
use super::{Live, Session};
use crate::cell::Cell;
use crate::measure::ceiling::Ceiling;
use crate::measure::context::{Context, ContextError};
use crate::measure::protocol::{PROTOCOL, Spec, SpecWorkload};
use crate::platform::{load_1m, monotonic_ns, oom_kills, unix_ns};
use crate::process::{LiveProcess, StartError};
use crate::record::{Invocation, InvocationKind, Outcome, RECORDS_SCHEMA, Side};

/// Begins the record: nothing has happened yet.
pub(super) fn draft(
    context: &Context,
    (cell, side): (&Cell, Side),
    kind: InvocationKind,
    round: u32,
    block: Option<u64>,
) -> Invocation {
    Invocation {
        schema: RECORDS_SCHEMA.to_owned(),
        id: context.next_id(),
        kind,
        round,
        block,
        cell: cell.clone(),
        cpus: context.cpus_of(cell).cloned(),
        side,
        started_unix_ns: unix_ns(),
        started_ns: context.elapsed_ns(),
        load_1m: load_1m(),
        ..Invocation::default()
    }
}

impl Session<'_> {
    /// Writes the spec, makes the report and starts the process.
    pub(super) fn spawn(&mut self) -> Result<(), ContextError> {
        let cell = self.draft.cell.clone();
        let (Some(interpreter), Some(workload)) =
            (self.context.interpreter(&cell, self.draft.side), self.context.workload(&cell, self.draft.side))
        else {
            self.fail(Outcome::Failed, "the matrix has no such interpreter or workload".to_owned());
            return Ok(());
        };
        let id = self.draft.id;
        let folder = tempfile::Builder::new()
            .prefix(&format!("{id}-"))
            .tempdir_in(self.context.temp())
            .map_err(ContextError::of("make a temporary folder"))?;
        let report = folder.path().join("report");
        let nonce = format!("{:x}-{id}", self.draft.started_unix_ns);
        let spec = Spec {
            protocol: PROTOCOL,
            nonce: &nonce,
            report: &report,
            mode: &cell.mode,
            workers: cell.workers,
            start_method: cell.start_method.map(|method| method.as_str()),
            chunksize: self.context.matrix.modes.chunksize,
            semaphores: &self.context.semaphores(id),
            workload: SpecWorkload::of(workload, cell.workers),
        };
        let spec_path = folder.path().join("spec.json");
        let text = serde_json::to_vec(&spec)
            .map_err(|error| ContextError::of("write a spec")(io::Error::other(error)))?;
        std::fs::write(&spec_path, text).map_err(ContextError::of("write a spec"))?;
        let rows = Rows::create(&report, nonce).map_err(ContextError::of("make a named pipe"))?;

        self.draft.command = self.context.command_line(&cell, interpreter, &spec_path);
        let mut command = tokio::process::Command::new(&self.draft.command[0]);
        command
            .args(&self.draft.command[1..])
            .env_clear()
            .envs(self.context.environment(&cell, interpreter))
            .stdin(Stdio::piped());
        self.oom_kills = oom_kills();
        self.launched_ns = monotonic_ns();
        let process = match LiveProcess::start(&mut command, self.draft.cpus.as_ref()) {
            Ok(process) => process,
            Err(StartError::Program(error)) => {
                self.fail(Outcome::Failed, format!("`{}` can't be started: {error}", self.draft.command[0]));
                return Ok(());
            }
            Err(StartError::Follow(error)) => return Err(ContextError::of("watch a process")(error)),
        };
        self.draft.pid = process.pid();
        self.context.begun(self.draft.pid, &cell);
        let ceiling =
            self.context.matrix.run.max_memory_bytes.map(|limit| Ceiling::over(self.draft.pid, limit));
        self.ceiling = ceiling.transpose().map_err(ContextError::of("start the memory watch"))?;
        self.live = Some(Live { process, rows, _folder: folder });
        Ok(())
    }
}
