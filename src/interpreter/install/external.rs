//! Interpreters through another tool, as that tool is installed here.

use std::process::Command;
use std::time::{Duration, Instant};

use super::spelling::arguments;
use super::{InstallEvent, InstallOptions, Installed, Provider, Served};
use crate::interpreter::discover::Discovery;
use crate::interpreter::unavailable::{Unavailable, open_log};
use crate::matrix::request::VersionRequest;
use crate::process::{self, Supervision};

/// The time that a tool may take: pyenv compiles, so an hour is long, but finite.
const LIMIT: Duration = Duration::from_secs(3600);

/// Asks one tool for the request, and for its twin where that is wanted. Returns what is there now.
///
/// # Errors
/// Why it can't serve, or it was cancelled.
pub(super) fn install(
    provider: Provider,
    request: &VersionRequest,
    options: &InstallOptions,
    tell: &mut dyn FnMut(InstallEvent),
) -> Result<Served, Unavailable> {
    let refused = |reason: String| Unavailable::Refused { reason, lasting: false };
    let name = provider.as_str();
    let program = which::which(name).map_err(|_| refused("it is not on PATH".to_owned()))?;
    let log_name = format!("{name}-{}.log", jiff::Timestamp::now().as_second());
    let (log, log_path) =
        open_log(&options.cache, &log_name).map_err(Unavailable::of("no log can be written"))?;

    let mut wanted = vec![request.clone()];
    wanted.extend(options.with_twin.then(|| request.twin()));
    for request in &wanted {
        let arguments = arguments(provider, &program, request, &options.cancel).map_err(refused)?;
        let started = Instant::now();
        let mut on_output = |_: &str| {
            let step = format!("{name} {} ({} s)", arguments.join(" "), started.elapsed().as_secs());
            tell(InstallEvent::Progress { step, fraction: 0.0, left: None });
        };
        let mut command = Command::new(&program);
        process::scrub_python(&mut command).args(&arguments);
        let watch =
            Supervision { limit: Some(LIMIT), cancel: &options.cancel, on_output: Some(&mut on_output) };
        let status =
            process::run(&mut command, &log, watch).map_err(|error| Unavailable::program("it", error))?;
        if !status.success() {
            let how = process::describe_status(status);
            let said = last_words(&process::file_tail(&log, 4000));
            return Err(Unavailable::refused(format!("it ended with {how}: {said}")));
        }
    }
    let discovery = Discovery::of_this_machine();
    let mut installed = Vec::new();
    for request in &wanted {
        let Some(found) = discovery.best(request).map(|index| &discovery.found[index]) else {
            return Err(Unavailable::refused(format!("it ended well, but nothing here answers `{request}`")));
        };
        installed.push(Installed { executable: found.path.clone(), facts: found.probed.facts.clone() });
    }
    let verified = format!("{name} verifies what it downloads by its own checksums");
    Ok(Served { interpreters: installed, verified, log: log_path })
}

/// Returns the lines that say what went wrong, as one: those with `error`, else the last ones.
fn last_words(printed: &str) -> String {
    // Without progress bars.
    let tells = |line: &&str| !line.is_empty() && !line.contains('█');
    let lines: Vec<&str> = printed.lines().map(str::trim).filter(tells).collect();
    let says = |line: &&&str| {
        let line = line.to_lowercase();
        line.contains("error")
            || line.contains("could not")
            || line.contains("failed")
            || line.contains("caused by")
    };
    let mut telling: Vec<&str> = lines.iter().filter(says).copied().collect();
    if telling.is_empty() {
        telling = lines.iter().rev().take(2).rev().copied().collect();
    }
    let text = telling.iter().take(4).copied().collect::<Vec<_>>().join("; ");
    text.chars().take(400).collect()
}
