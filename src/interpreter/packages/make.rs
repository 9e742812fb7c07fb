//! Making an environment: staged beside its place, renamed when it is whole.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Environment, Requirements, environments, inspect};
use crate::interpreter::Interpreter;
use crate::interpreter::cache_dir::MARKER;
use crate::interpreter::cache_entries::note_use;
use crate::interpreter::unavailable::{Unavailable, lock, open_log, publish};
use crate::matrix::Project;
use crate::process::{self, Cancel, Supervision};

/// The time that downloading a large package over a slow line may take.
const LIMIT: Duration = Duration::from_secs(1800);

/// Variables that would send packages elsewhere.
const ASTRAY: [&str; 10] = [
    "PIP_PREFIX",
    "PIP_PYTHON",
    "PIP_ROOT",
    "PIP_TARGET",
    "PIP_USER",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "UV_TARGET",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
];

#[derive(Debug, Clone)]
pub(crate) struct PackageOptions {
    /// The cache's folder.
    pub cache: PathBuf,
    /// Only what stands already may be used.
    pub offline: bool,
    pub cancel: Cancel,
}

/// The `gilmatrix.json` of an environment, written last.
#[derive(Debug, Serialize, Deserialize)]
struct EnvironmentMarker {
    schema: String,
    /// The name in the matrix that it was made for, and the version.
    interpreter: String,
    version: String,
    requirements: Vec<String>,
    project: Option<Project>,
    packages: Vec<String>,
    gil_switched_on_by: Option<String>,
    /// What installed it: `uv` or `pip`.
    installer: String,
}

/// Returns the environment if it stands already; its use is noted.
pub(crate) fn standing(
    cache: &Path,
    interpreter: &Interpreter,
    requirements: &Requirements,
) -> Option<Environment> {
    let place = environments(cache).join(requirements.key(&interpreter.facts));
    let file = File::open(place.join(MARKER)).ok()?;
    let marker: EnvironmentMarker = serde_json::from_reader(&file).ok()?;
    let python = python(&place);
    if !python.exists() {
        return None;
    }
    note_use(&place);
    Some(Environment {
        command: vec![python.to_string_lossy().into_owned()],
        packages: marker.packages,
        gil_switched_on_by: marker.gil_switched_on_by,
    })
}

/// Returns the environment of these requirements, made if it doesn't stand. `tell` is called once, before work that
/// takes time.
///
/// # Errors
/// It can't be had, with the reason; or it was cancelled.
pub(crate) fn environment(
    interpreter: &Interpreter,
    requirements: &Requirements,
    options: &PackageOptions,
    tell: &mut dyn FnMut(&str),
) -> Result<Environment, Unavailable> {
    if let Some(environment) = standing(&options.cache, interpreter, requirements) {
        return Ok(environment);
    }
    let wanted = requirements.shown();
    let refused = |reason: String| Err(Unavailable::refused(reason));
    let [program] = interpreter.command.as_slice() else {
        return refused(format!("`{wanted}` can't be installed behind a wrapper"));
    };
    if options.offline {
        return refused(format!("`{wanted}` isn't in the cache, and `--offline` asks nobody"));
    }
    let home = environments(&options.cache);
    let key = requirements.key(&interpreter.facts);
    let io = Unavailable::of("the cache can't be written");
    fs::create_dir_all(&home).map_err(&io)?;
    let waiting = || tell(&format!("{}: waiting for another run to install {wanted}", interpreter.name));
    let _lock = lock(&home.join(format!("{key}.lock")), &options.cancel, waiting)?;
    // Another process may have made it while we waited.
    if let Some(environment) = standing(&options.cache, interpreter, requirements) {
        return Ok(environment);
    }
    tell(&format!("{}: installing {wanted}", interpreter.name));
    let stage = tempfile::Builder::new().prefix(".making-").tempdir_in(&home).map_err(&io)?;
    let maker =
        Maker::new(Path::new(program), stage.path().join("environment"), options, &key).map_err(&io)?;
    let installer = maker.install(interpreter, requirements)?;

    let Some(site) = site_packages(&maker.place) else {
        return refused("the environment has no `site-packages`".to_owned());
    };
    let command = [OsString::from(python(&maker.place))];
    let listing = inspect::list(&command, &site)
        .map_err(|reason| Unavailable::refused(format!("what was installed can't be listed: {reason}")))?;
    let command = [python(&maker.place).to_string_lossy().into_owned()];
    let culprit = || inspect::gil_switched_on_by(&command, Some(&site), &listing.modules);
    let gil_switched_on_by = interpreter.facts.free_threaded().then(culprit).flatten();
    let marker = EnvironmentMarker {
        schema: "gilmatrix.environment/1".to_owned(),
        interpreter: interpreter.name.clone(),
        version: interpreter.facts.version.clone(),
        requirements: requirements.texts().to_vec(),
        project: requirements.project().cloned(),
        packages: listing.packages,
        gil_switched_on_by,
        installer: installer.to_owned(),
    };
    let place = home.join(&key);
    publish(&marker, &maker.place, &place).map_err(&io)?;
    standing(&options.cache, interpreter, requirements)
        .ok_or_else(|| Unavailable::refused("the finished environment doesn't stand".to_owned()))
}

pub(super) fn python(place: &Path) -> PathBuf {
    place.join("bin/python")
}

fn site_packages(place: &Path) -> Option<PathBuf> {
    let folders = fs::read_dir(place.join("lib")).ok()?.flatten();
    folders.map(|folder| folder.path().join("site-packages")).find(|site| site.is_dir())
}

/// One environment under construction.
pub(super) struct Maker<'a> {
    pub(super) python: &'a Path,
    pub(super) place: PathBuf,
    log: File,
    log_path: PathBuf,
    cancel: &'a Cancel,
}

impl<'a> Maker<'a> {
    fn new(
        python: &'a Path,
        place: PathBuf,
        options: &'a PackageOptions,
        key: &str,
    ) -> std::io::Result<Self> {
        let (log, log_path) = open_log(&options.cache, &format!("packages-{key}.log"))?;
        Ok(Self { python, place, log, log_path, cancel: &options.cancel })
    }

    /// Installs through uv where it is on PATH, else through `venv` and its pip; wheels only, unless what is required
    /// may be built. Returns who did it.
    fn install(
        &self,
        interpreter: &Interpreter,
        requirements: &Requirements,
    ) -> Result<&'static str, Unavailable> {
        let inside = python(&self.place);
        let facts = &interpreter.facts;
        let (installer, wheel, mut install) = match which::which("uv") {
            Ok(uv) => {
                let mut venv = Command::new(&uv);
                venv.args(["venv", "--no-project", "--python"]).arg(self.python).arg(&self.place);
                self.run(&mut venv, "no environment could be made")?;
                let built = |project| self.wheel(project, facts, Command::new(&uv), true);
                let wheel = requirements.project().map(built).transpose()?;
                let mut install = Command::new(&uv);
                install.args(["pip", "install", "--python"]).arg(inside);
                ("uv", wheel, install)
            }
            Err(_) => {
                let pip = self.venv(interpreter)?;
                let built = |project| self.wheel(project, facts, self.pip(pip, &inside), false);
                let wheel = requirements.project().map(built).transpose()?;
                let mut install = self.pip(pip, &inside);
                install.args(["install", "--no-input", "--no-compile"]);
                install.args(["--retries", "2", "--disable-pip-version-check"]);
                ("pip", wheel, install)
            }
        };
        let build = if facts.free_threaded() { " free-threaded" } else { "" };
        if !requirements.builds() {
            install.arg("--only-binary=:all:");
        }
        let failed = match requirements.project() {
            None if requirements.builds() => {
                format!("`{}` can't be built for {}{build}", requirements.texts().join(" "), facts.version)
            }
            None => format!("no wheels of `{}` for {}{build}", requirements.texts().join(" "), facts.version),
            Some(_) => {
                format!("no wheels of what {} needs for {}{build}", requirements.shown(), facts.version)
            }
        };
        self.run(install.arg("--").args(wheel).args(requirements.texts()), &failed)?;
        Ok(installer)
    }

    pub(super) fn run(&self, command: &mut Command, failed: &str) -> Result<(), Unavailable> {
        process::scrub_python(command);
        for variable in ASTRAY {
            command.env_remove(variable);
        }
        let watch = Supervision { limit: Some(LIMIT), cancel: self.cancel, on_output: None };
        let status = process::run(command, &self.log, watch)
            .map_err(|error| Unavailable::program(format!("{failed}: the installer"), error))?;
        if status.success() {
            return Ok(());
        }
        let printed = process::file_tail(&self.log, 8000);
        let log = self.log_path.display();
        Err(Unavailable::refused(format!("{failed}: {} (log: `{log}`)", last_words(&printed))))
    }
}

/// Returns the line that says what went wrong.
fn last_words(printed: &str) -> String {
    let lines: Vec<&str> = printed.lines().map(str::trim).collect();
    let unreachable =
        ["connection broken", "Failed to fetch", "client error", "Temporary failure", "timed out"];
    if lines.iter().any(|line| unreachable.iter().any(|sign| line.contains(sign))) {
        return "the package index can't be reached".to_owned();
    }
    // What a build printed last, not what pip makes of it.
    if let Some(end) = lines.iter().rposition(|line| line.contains("[end of output]"))
        && let Some(last) = lines[..end].iter().rev().find(|line| !line.trim_matches(['│', ' ']).is_empty())
    {
        return last.trim_matches(['│', ' ']).chars().take(300).collect();
    }
    let telling = lines.iter().rev().find(|line| line.starts_with("ERROR:"));
    // uv's box of reasons: the first line, its continuation lines joined.
    let boxed = lines.iter().position(|line| line.starts_with("╰─▶"));
    let text = match (telling, boxed) {
        (Some(line), _) => line.trim_start_matches("ERROR:").trim().to_owned(),
        (None, Some(at)) => lines[at..].join(" ").trim_start_matches("╰─▶").trim().to_owned(),
        (None, None) => lines.last().copied().unwrap_or("it printed nothing").to_owned(),
    };
    text.chars().take(300).collect()
}
