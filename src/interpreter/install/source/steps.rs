//! The steps of a build: each a program whose output goes to the log, whose progress is told, and that
//! can be cancelled.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::interpreter::install::InstallEvent;
use crate::interpreter::unavailable::Unavailable;
use crate::process::{self, Cancel, Supervision};

/// What all steps of one installation share.
pub(super) struct Steps<'a> {
    log: File,
    pub log_path: PathBuf,
    cancel: &'a Cancel,
    tell: &'a mut dyn FnMut(InstallEvent),
    pub progress: BuildProgress,
}

/// How far the whole is, in seconds as an idle machine with 2 cores would need them.
#[derive(Debug)]
pub(super) struct BuildProgress {
    started: Instant,
    total: f64,
    done: f64,
}

impl BuildProgress {
    pub(super) fn new(total: f64) -> Self {
        Self { started: Instant::now(), total: total.max(1.0), done: 0.0 }
    }

    /// Returns the fraction of the whole with a step of `weight` at `inside` (0 to 1), and the time left at the pace
    /// so far.
    fn at(&self, weight: f64, inside: f64) -> (f64, Option<Duration>) {
        let fraction = ((self.done + weight * inside.clamp(0.0, 1.0)) / self.total).clamp(0.0, 1.0);
        let elapsed = self.started.elapsed().as_secs_f64();
        // At first the pace says nothing: count on the machine that the weights were measured on.
        let pace = match fraction * self.total {
            worked if worked >= 10.0 => elapsed / worked,
            _ => 1.0,
        };
        let left = (1.0 - fraction) * self.total * pace;
        (fraction, Duration::try_from_secs_f64(left).ok())
    }

    pub(super) fn finish(&mut self, weight: f64) {
        self.done += weight;
    }

    /// Takes out a step that turned out not to be needed.
    pub(super) fn drop_weight(&mut self, weight: f64) {
        self.total = (self.total - weight).max(1.0);
    }
}

impl<'a> Steps<'a> {
    pub(super) fn new(
        (log, log_path): (File, PathBuf),
        total: f64,
        cancel: &'a Cancel,
        tell: &'a mut dyn FnMut(InstallEvent),
    ) -> Self {
        Self { log, log_path, cancel, tell, progress: BuildProgress::new(total) }
    }

    pub(super) fn say(&mut self, text: String) {
        let (fraction, left) = self.progress.at(0.0, 0.0);
        (self.tell)(InstallEvent::Progress { step: text, fraction, left });
    }

    pub(super) fn note(&mut self, text: String) {
        (self.tell)(InstallEvent::Note { text });
    }

    /// Runs a program to its end.
    ///
    /// # Errors
    /// It fails, which is told with the end of what it printed; or it was cancelled.
    pub(super) fn run(&mut self, command: &mut Command) -> Result<(), Unavailable> {
        self.counted("", 0.0, 1, command, |_| false)
    }

    /// Runs a program and tells its progress: `step` weighs `weight`, and `counts` picks the lines, about `expected`
    /// of them, by which its progress shows.
    ///
    /// # Errors
    /// It fails, or it was cancelled.
    pub(super) fn counted(
        &mut self,
        step: &str,
        weight: f64,
        expected: usize,
        command: &mut Command,
        counts: impl Fn(&str) -> bool,
    ) -> Result<(), Unavailable> {
        let _ = writeln!(self.log, "$ {command:?}");
        let (progress, tell, mut counted, mut rest) = (&self.progress, &mut *self.tell, 0, String::new());
        let mut on_output = |chunk: &str| {
            rest.push_str(chunk);
            let whole = rest.rfind('\n').map_or(0, |at| at + 1);
            counted += rest[..whole].lines().filter(|line| counts(line)).count();
            rest.drain(..whole);
            if weight > 0.0 {
                let (fraction, left) = progress.at(weight, counted as f64 / expected.max(1) as f64);
                tell(InstallEvent::Progress { step: step.to_owned(), fraction, left });
            }
        };
        let watch = Supervision { limit: None, cancel: self.cancel, on_output: Some(&mut on_output) };
        scrub(command);
        let status = process::run(command, &self.log, watch)
            .map_err(|error| Unavailable::program(format!("`{}`", name(command)), error))?;
        self.progress.finish(weight);
        if status.success() {
            return Ok(());
        }
        let printed = process::file_tail(&self.log, 4000);
        let errors: Vec<&str> =
            printed.lines().filter(|line| line.starts_with("E: ") || line.contains("rror: ")).collect();
        let last = match errors.as_slice() {
            [] => printed.lines().last().unwrap_or_default(),
            [first, ..] => first,
        };
        let how = process::describe_status(status);
        let log = self.log_path.display();
        Err(Unavailable::refused(format!(
            "`{}` ended with {how}: {} (log: `{log}`)",
            name(command),
            last.trim()
        )))
    }

    /// Returns what a short program prints; its failure is an empty answer.
    ///
    /// # Errors
    /// It was cancelled.
    pub(super) fn capture(&mut self, command: &mut Command) -> Result<String, Unavailable> {
        process::capture(scrub(command), Duration::from_secs(120), self.cancel)
            .map_err(|error| Unavailable::program(format!("`{}`", name(command)), error))
    }
}

fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    program.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Removes from the environment what would change a build. `CFLAGS` stay: who sets them means them, and the facts
/// show them.
fn scrub(command: &mut Command) -> &mut Command {
    for variable in ["MAKEFLAGS", "MAKELEVEL", "MFLAGS", "DESTDIR", "TAR_OPTIONS"] {
        command.env_remove(variable);
    }
    process::scrub_python(command)
}
