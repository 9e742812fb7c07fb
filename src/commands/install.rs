//! `gilmatrix install REQUEST…`: get an interpreter that isn't here.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::engine::stop_signal;
use super::output::{self, Format};
use super::{Exit, Failure};
use crate::interpreter::cache_dir;
use crate::interpreter::install::{
    InstallEvent, InstallOptions, InstallOutcome, InstallResult, Provider, install,
};
use crate::process::Cancel;

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  \
    gilmatrix install 3.13t\n  \
    gilmatrix install 3.13t --with-twin\n  \
    gilmatrix install 3.14t --source Python-3.14.0.tar.xz --optimized")]
pub(crate) struct InstallArgs {
    /// Get these, as `3.13t` or `pypy@3.10`
    #[arg(required = true, value_name = "REQUEST")]
    pub requests: Vec<String>,
    /// Build this source, a tarball or a folder
    #[arg(long, value_name = "PATH")]
    pub source: Option<PathBuf>,
    /// Build from source with PGO and LTO, which takes much longer
    #[arg(long)]
    pub optimized: bool,
    /// Also get the GIL or free-threaded twin, built with the same flags
    #[arg(long)]
    pub with_twin: bool,
    /// Ask only these providers, in this order
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PROVIDER")]
    pub provider: Vec<Provider>,
    /// Choose what is printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// # Errors
/// There is no place to install into, or standard output can't be written. Otherwise the exit says how
/// it went: done, usage (not a request that can be installed), missing (no provider could serve) or
/// interrupted.
pub(crate) fn run(args: &InstallArgs) -> Result<Exit, Failure> {
    let options = InstallOptions {
        cache: cache()?,
        providers: args.provider.clone(),
        source: args.source.clone(),
        optimized: args.optimized,
        with_twin: args.with_twin,
        remember_refusals: false,
        cancel: cancel_on_signals(),
    };
    let results = installed(&args.requests, &options);
    match args.format {
        Format::Json => output::print_json(&results)?,
        Format::Human => print(&results)?,
    }
    Ok(exit(&results))
}

/// Installs for `run --install` what can be had, with its twin where it is built from source, so that the two
/// compare. What can't be had is told and left to the matrix's own rules; returns how a command ends that needs it.
///
/// # Errors
/// There is no place to install into, or it was interrupted.
pub(crate) fn missing(requests: &[String]) -> Result<Exit, Failure> {
    let options = InstallOptions {
        cache: cache()?,
        with_twin: true,
        remember_refusals: true,
        cancel: cancel_on_signals(),
        ..InstallOptions::default()
    };
    match exit(&installed(requests, &options)) {
        Exit::Interrupted => Err(interrupted()),
        Exit::Refused => Ok(Exit::Refused),
        _ => Ok(Exit::Missing),
    }
}

fn installed(requests: &[String], options: &InstallOptions) -> Vec<InstallResult> {
    let mut progress = InstallReporter::new();
    let results = install(requests, options, &mut |event| progress.tell(&event));
    progress.finish();
    results
}

/// Returns the cache's folder.
///
/// # Errors
/// There is no place for one.
pub(super) fn cache() -> Result<PathBuf, Failure> {
    let refused = || Exit::Refused.because("there is no home and no `GILMATRIX_CACHE` to install into");
    cache_dir().ok_or_else(refused)
}

/// Returns what an installation ends with that was broken off.
pub(super) fn interrupted() -> Failure {
    Exit::Interrupted.because("interrupted, nothing is left behind")
}

fn exit(results: &[InstallResult]) -> Exit {
    let refusals = results.iter().filter_map(|result| match &result.outcome {
        InstallOutcome::Refused { refusals } => Some(refusals),
        _ => None,
    });
    let refused: String = refusals.flatten().map(|refusal| format!("{}\n", refusal.reason)).collect();
    let any = |wanted: fn(&InstallOutcome) -> bool| results.iter().any(|result| wanted(&result.outcome));
    if any(|outcome| matches!(outcome, InstallOutcome::Cancelled)) {
        Exit::Interrupted
    } else if any(|outcome| matches!(outcome, InstallOutcome::NotInstallable { .. })) {
        Exit::Usage
    } else if !refused.is_empty() {
        Exit::of_missing(&refused)
    } else {
        Exit::Done
    }
}

fn print(results: &[InstallResult]) -> Result<(), Failure> {
    let mut out = Vec::new();
    for InstallResult { request, outcome } in results {
        match outcome {
            InstallOutcome::AlreadyHere { interpreters } => {
                for here in interpreters {
                    let (version, path) = (&here.facts.version, here.executable.display());
                    writeln!(out, "{request}: {version} is here already: {path}")?;
                }
            }
            InstallOutcome::Installed { provider, served, .. } => {
                for here in &served.interpreters {
                    let build = if here.facts.free_threaded() { "free-threaded" } else { "with the GIL" };
                    let (version, path) = (&here.facts.version, here.executable.display());
                    writeln!(out, "{request}: {version}, {build}, through {}: {path}", provider.as_str())?;
                }
                writeln!(out, "  {}", served.verified)?;
                writeln!(out, "  log: {}", served.log.display())?;
            }
            InstallOutcome::Refused { refusals } => {
                writeln!(out, "{request}: no provider could serve")?;
                for refusal in refusals {
                    writeln!(out, "  {}: {}", refusal.provider.as_str(), refusal.reason)?;
                }
            }
            InstallOutcome::NotInstallable { reason } => writeln!(out, "{request}: {reason}")?,
            InstallOutcome::Cancelled => writeln!(out, "{request}: interrupted, nothing is left behind")?,
        }
    }
    output::tell(&String::from_utf8_lossy(&out))
}

/// Returns what Ctrl-C, SIGTERM and a closed terminal cancel. The children have to be ended first: they are in groups of
/// their own and don't see the terminal's signals. Without a runtime for signals the default stays: the program ends at
/// once.
pub(crate) fn cancel_on_signals() -> Cancel {
    let cancel = Cancel::default();
    let returned = cancel.clone();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return returned };
    let stop = {
        let _inside = runtime.enter();
        stop_signal()
    };
    std::thread::spawn(move || {
        runtime.block_on(stop);
        cancel.cancel();
    });
    returned
}

/// Shows events on standard error: a bar on a terminal, otherwise plain lines, for progress at most one in ten
/// seconds.
struct InstallReporter {
    bar: Option<ProgressBar>,
    last: Option<(Instant, String)>,
}

impl InstallReporter {
    fn new() -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr());
            let style = ProgressStyle::with_template("{bar:24} {percent:>3}% {msg}");
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        });
        Self { bar, last: None }
    }

    fn tell(&mut self, event: &InstallEvent) {
        match event {
            InstallEvent::Trying { request, provider } => {
                self.line(&format!("{request}: asking {}", provider.as_str()));
            }
            InstallEvent::Refused { request, provider, reason } => {
                self.line(&format!("{request}: {} can't serve: {reason}", provider.as_str()));
            }
            InstallEvent::Note { text } => self.line(text),
            InstallEvent::Progress { step, fraction, left } => self.progress(step, *fraction, *left),
        }
    }

    fn finish(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn line(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.println(text),
            // Nobody reads it any more: no reason to stop the work.
            None => drop(writeln!(io::stderr(), "{text}")),
        }
    }

    fn progress(&mut self, step: &str, fraction: f64, left: Option<Duration>) {
        let left = left.map_or_else(String::new, |left| format!(", {} left", minutes(left)));
        if let Some(bar) = &self.bar {
            bar.set_position((fraction * 1000.0) as u64);
            bar.set_message(format!("{step}{left}"));
            return;
        }
        let due = self.last.as_ref().is_none_or(|(at, last)| {
            at.elapsed() >= Duration::from_secs(10)
                || (last != step && at.elapsed() >= Duration::from_secs(1))
        });
        if due {
            self.last = Some((Instant::now(), step.to_owned()));
            self.line(&format!("{:>3.0}% {step}{left}", fraction * 100.0));
        }
    }
}

fn minutes(left: Duration) -> String {
    match left.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}
