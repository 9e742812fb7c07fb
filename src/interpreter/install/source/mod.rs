//! Building CPython from source: a tarball or folder, or the distribution's own source package.

mod apt;
mod build;
mod sources_list;
mod steps;
mod tools;
mod tree;

use std::fs::{self, File};
use std::path::Path;

pub(crate) use build::{Built, Flavour, standing};
pub(crate) use steps::SourceError;
use steps::Steps;
use tools::Tools;
use tree::SourceTree;

use super::{InstallEvent, InstallOptions};
use crate::interpreter::request::{Build, Implementation, VersionRequest};

/// The seconds that fetching and unpacking take.
const FETCH_WEIGHT: f64 = 12.0;

/// What a source build brought.
#[derive(Debug)]
pub(crate) struct FromSource {
    /// The build asked for, then its twin where that was asked for too.
    pub built: Vec<Built>,
    pub verified: String,
    pub log: std::path::PathBuf,
}

/// Builds what the request names, and with `with_twin` its GIL or free-threaded twin with the same flags.
///
/// # Errors
/// The machine lacks what is needed, a step fails, or it was cancelled.
pub(crate) fn install(
    request: &VersionRequest,
    options: &InstallOptions,
    tell: &mut dyn FnMut(InstallEvent),
) -> Result<FromSource, SourceError> {
    let refuse = |what: &str, error: std::io::Error| SourceError::Refused(format!("{what}: {error}"));
    if request.implementation == Implementation::PyPy {
        return Err(SourceError::Refused("PyPy isn't built from source here".to_owned()));
    }
    let missing = Tools::missing();
    if !missing.required.is_empty() {
        let command = Tools::command(&[missing.required, missing.optional].concat());
        return Err(SourceError::Refused(format!("packages to build with are missing: `{command}`")));
    }
    let flavours = flavours(request, options);
    let total = FETCH_WEIGHT + flavours.iter().map(|flavour| flavour.weight()).sum::<f64>();

    let building = options.cache.join("building");
    fs::create_dir_all(&building).map_err(|error| refuse("the cache can't be written", error))?;
    let _lock = lock(&options.cache, options, tell)?;
    // Whatever is left in there belongs to a build that was killed: we hold the lock.
    for left in fs::read_dir(&building).into_iter().flatten().flatten() {
        let _ = fs::remove_dir_all(left.path());
    }
    let scratch = tempfile::Builder::new().prefix("build-").tempdir_in(&building);
    let scratch = scratch.map_err(|error| refuse("the cache can't be written", error))?;
    let log_path = options.cache.join("logs").join(log_name(request));
    let mut steps = Steps::new(&log_path, total, &options.cancel, tell)
        .map_err(|error| refuse("no log can be written", error))?;
    if !missing.optional.is_empty() {
        let command = Tools::command(&missing.optional);
        steps.note(format!("some modules of the standard library will be left out; `{command}` brings them"));
    }

    let source = match &options.source {
        Some(path) => SourceTree::given(path, scratch.path(), &mut steps)?,
        None => apt::fetch(request, scratch.path(), &mut steps)?,
    };
    if !request.holds(&source.version) {
        return Err(SourceError::Refused(format!("`--source` holds Python {}", source.version)));
    }
    steps.progress.finish(FETCH_WEIGHT);
    steps.note(source.verified.clone());
    let mut built = Vec::new();
    for flavour in flavours {
        let folder = flavour.folder(&source.version);
        let here = match standing(&options.cache, &folder) {
            Some(here) => {
                steps.note(format!("`{folder}` stands already"));
                steps.progress.drop_weight(flavour.weight());
                here
            }
            None => build::build(&source, flavour, &options.cache, scratch.path(), &mut steps)?,
        };
        built.push(here);
    }
    Ok(FromSource { built, verified: source.verified, log: log_path })
}

/// Returns the builds to make, the one asked for first.
fn flavours(request: &VersionRequest, options: &InstallOptions) -> Vec<Flavour> {
    let free_threaded = request.build == Build::FreeThreaded;
    let asked = Flavour { free_threaded, debug: request.debug, optimized: options.optimized };
    let twin = Flavour { free_threaded: !free_threaded, ..asked };
    if options.with_twin { vec![asked, twin] } else { vec![asked] }
}

fn log_name(request: &VersionRequest) -> String {
    let name: String = request
        .to_string()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '_' })
        .collect();
    format!("{name}-{}.log", jiff::Timestamp::now().as_second())
}

/// Takes the lock of a cache's builds: one at a time; another one waits.
fn lock(
    cache: &Path,
    options: &InstallOptions,
    tell: &mut dyn FnMut(InstallEvent),
) -> Result<File, SourceError> {
    let path = cache.join("install.lock");
    let failed = |error: std::io::Error| SourceError::Refused(format!("the cache can't be locked: {error}"));
    let file = File::options().create(true).append(true).open(path).map_err(failed)?;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(fs::TryLockError::Error(error)) => return Err(failed(error)),
            Err(fs::TryLockError::WouldBlock) => {}
        }
        if !told {
            told = true;
            tell(InstallEvent::Note { text: "another build is under way: waiting for it to end".to_owned() });
        }
        if options.cancel.is_cancelled() {
            return Err(SourceError::Cancelled);
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}
