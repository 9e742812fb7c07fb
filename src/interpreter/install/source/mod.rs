//! Building CPython from source: a tarball or folder, or the distribution's own source package.

mod apt;
mod build;
mod sources_list;
mod steps;
mod tools;
mod tree;

use std::fs;

use build::{Flavour, standing};
use steps::Steps;
use tools::Tools;
use tree::SourceTree;

use super::{InstallEvent, InstallOptions, Served};
use crate::interpreter::unavailable::{Unavailable, lock, open_log};
use crate::matrix::request::{Build, Implementation, VersionRequest};

/// The seconds that fetching and unpacking take.
const FETCH_WEIGHT: f64 = 12.0;

/// Builds what the request names, and with `with_twin` its GIL or free-threaded twin with the same flags.
///
/// # Errors
/// The machine lacks what is needed, a step fails, or it was cancelled.
pub(crate) fn install(
    request: &VersionRequest,
    options: &InstallOptions,
    tell: &mut dyn FnMut(InstallEvent),
) -> Result<Served, Unavailable> {
    if request.implementation == Implementation::PyPy {
        return Err(Unavailable::refused("PyPy isn't built from source here".to_owned()));
    }
    let missing = Tools::missing();
    if !missing.required.is_empty() {
        let command = Tools::command(&[missing.required, missing.optional].concat());
        return Err(Unavailable::refused(format!("packages to build with are missing: `{command}`")));
    }
    let flavours = flavours(request, options);
    let total = FETCH_WEIGHT + flavours.iter().map(|flavour| flavour.weight()).sum::<f64>();

    let building = options.cache.join("building");
    fs::create_dir_all(&building).map_err(Unavailable::of("the cache can't be written"))?;
    let busy =
        || tell(InstallEvent::Note { text: "another build is under way: waiting for it to end".to_owned() });
    let _lock = lock(&options.cache.join("install.lock"), &options.cancel, busy)?;
    // Whatever is left in there belongs to a build that was killed: we hold the lock.
    for left in fs::read_dir(&building).into_iter().flatten().flatten() {
        let _ = fs::remove_dir_all(left.path());
    }
    let scratch = tempfile::Builder::new().prefix("build-").tempdir_in(&building);
    let scratch = scratch.map_err(Unavailable::of("the cache can't be written"))?;
    let log = open_log(&options.cache, &log_name(request));
    let log = log.map_err(Unavailable::of("no log can be written"))?;
    let mut steps = Steps::new(log, total, &options.cancel, tell);
    if !missing.optional.is_empty() {
        let command = Tools::command(&missing.optional);
        steps.note(format!("some modules of the standard library will be left out; `{command}` brings them"));
    }

    let source = match &options.source {
        Some(path) => SourceTree::given(path, scratch.path(), &mut steps)?,
        None => apt::fetch(request, scratch.path(), &mut steps)?,
    };
    if !request.holds(&source.version) {
        return Err(Unavailable::refused(format!("`--source` holds Python {}", source.version)));
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
    Ok(Served { interpreters: built, verified: source.verified, log: steps.log_path })
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
