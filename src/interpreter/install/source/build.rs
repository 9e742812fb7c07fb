//! Configuring, compiling and installing one build, staged: nothing stands under its final name before
//! it is whole.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::steps::Steps;
use super::tree::SourceTree;
use crate::interpreter::cache_dir::{self, MARKER};
use crate::interpreter::install::Installed;
use crate::interpreter::probe;
use crate::interpreter::unavailable::{Unavailable, publish};

/// One build to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flavour {
    pub free_threaded: bool,
    pub debug: bool,
    /// It is built with PGO and LTO.
    pub optimized: bool,
}

impl Flavour {
    /// Returns the folder below the cache's `interpreters`: `3.13.5t`, `3.13.5-optimized`.
    pub(crate) fn folder(self, version: &str) -> String {
        let (t, d) = (if self.free_threaded { "t" } else { "" }, if self.debug { "d" } else { "" });
        format!("{version}{t}{d}{}", if self.optimized { "-optimized" } else { "" })
    }

    fn configure_args(self) -> Vec<&'static str> {
        // Test modules aren't needed to run anything, and take a fifth of the time.
        let mut args = vec!["--disable-test-modules", "--with-ensurepip=install"];
        args.extend(self.free_threaded.then_some("--disable-gil"));
        args.extend(self.debug.then_some("--with-pydebug"));
        if self.optimized {
            args.extend(["--enable-optimizations", "--with-lto"]);
        }
        args
    }

    /// Returns what a finished build says about itself in `gilmatrix.json`.
    fn marker(self, source: &SourceTree) -> serde_json::Value {
        serde_json::json!({
            "schema": "gilmatrix.interpreter/1",
            "version": source.version,
            "free_threaded": self.free_threaded,
            "debug": self.debug,
            "optimized": self.optimized,
            "verified": source.verified,
            "tool_version": env!("CARGO_PKG_VERSION"),
        })
    }

    /// Returns the seconds that configure, make and install take on 2 idle cores.
    fn weights(self) -> (f64, f64, f64) {
        (36.0, if self.optimized { 1100.0 } else { 165.0 }, 16.0)
    }

    pub(crate) fn weight(self) -> f64 {
        let (configure, make, install) = self.weights();
        configure + make + install
    }
}

/// Returns the build of this name if it is already whole and answers.
pub(crate) fn standing(cache: &Path, folder: &str) -> Option<Installed> {
    let prefix = cache_dir::interpreters(cache).join(folder);
    if !prefix.join(MARKER).is_file() {
        return None;
    }
    let executable = prefix.join("bin/python3");
    let probed = probe::probe(&probe::program(&executable), probe::LIMIT).ok()?;
    Some(Installed { executable, facts: probed.facts })
}

/// Builds into `scratch`, proves what came out, and moves it under its final name.
///
/// # Errors
/// A step fails, the result isn't what was asked for, or it was cancelled.
pub(super) fn build(
    source: &SourceTree,
    flavour: Flavour,
    cache: &Path,
    scratch: &Path,
    steps: &mut Steps<'_>,
) -> Result<Installed, Unavailable> {
    let folder = flavour.folder(&source.version);
    let prefix = cache_dir::interpreters(cache).join(&folder);
    let objects = scratch.join(format!("build-{folder}"));
    fs::create_dir_all(&objects).map_err(Unavailable::of("no folder to build in"))?;
    let (configure_weight, make_weight, install_weight) = flavour.weights();

    let mut configure = Command::new(source.dir.join("configure"));
    configure.arg(format!("--prefix={}", prefix.display())).args(flavour.configure_args());
    let checks = |line: &str| line.starts_with("checking ");
    steps.counted(
        &format!("configuring {folder}"),
        configure_weight,
        CONFIGURE_CHECKS,
        configure.current_dir(&objects),
        checks,
    )?;

    let mut dry = Command::new("make");
    let planned = steps.capture(dry.arg("-n").current_dir(&objects))?;
    let compiles = planned.lines().filter(|line| is_compile(line)).count();
    // PGO compiles everything twice.
    let compiles = if flavour.optimized { compiles * 2 } else { compiles };
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let mut make = Command::new("make");
    make.arg(format!("-j{jobs}")).current_dir(&objects);
    steps.counted(&format!("compiling {folder}"), make_weight, compiles, &mut make, is_compile)?;

    // Staged on the cache's own file system, so that the move at the end is one rename.
    let stage = scratch.join(format!("stage-{folder}"));
    let mut install = Command::new("make");
    install.arg("install").arg(format!("DESTDIR={}", stage.display())).current_dir(&objects);
    let lists = |line: &str| line.contains("install -c") || line.starts_with("Compiling");
    steps.counted(&format!("installing {folder}"), install_weight, INSTALL_LINES, &mut install, lists)?;

    let staged = stage.join(prefix.strip_prefix("/").unwrap_or(&prefix));
    let probed = probe::probe(&probe::program(&staged.join("bin/python3")), probe::LIMIT)
        .map_err(|error| Unavailable::refused(format!("the build of {folder} doesn't answer: {error}")))?;
    if probed.facts.free_threaded() != flavour.free_threaded || probed.facts.version != source.version {
        return Err(Unavailable::refused(format!("the build of {folder} says that it is something else")));
    }
    slim(&staged.join("lib"));
    publish(&flavour.marker(source), &staged, &prefix).map_err(Unavailable::of("can't be put in place"))?;
    let _ = fs::remove_dir_all(&objects);
    standing(cache, &folder)
        .ok_or_else(|| Unavailable::refused(format!("the finished build of {folder} doesn't answer")))
}

/// Removes what nobody runs: the static library (twice 75 MB) and the bytecode of `-O` and `-OO`, which
/// Python makes again where it is asked to. What can't be removed only takes space.
fn slim(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
        let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let library = name.starts_with("libpython") && name.ends_with(".a");
        if is_dir {
            slim(&path);
        } else if library || name.ends_with(".opt-1.pyc") || name.ends_with(".opt-2.pyc") {
            let _ = fs::remove_file(path);
        }
    }
}

/// The number of lines `checking ...` of CPython 3.13's configure; a later version's few more do no harm.
const CONFIGURE_CHECKS: usize = 755;
/// The number of lines that `make install` prints with `install -c` or `Compiling`, without test modules.
const INSTALL_LINES: usize = 1650;

/// Returns whether a line is one by which make starts the compiler for one file.
fn is_compile(line: &str) -> bool {
    let first = line.split_whitespace().next().unwrap_or_default();
    (first.ends_with("gcc") || first.ends_with("cc") || first.ends_with("clang") || first.ends_with("++"))
        && line.contains(" -c ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_runs_is_left_out() -> std::io::Result<()> {
        let lib = tempfile::tempdir()?;
        let inner = lib.path().join("python3.13t/config");
        fs::create_dir_all(&inner)?;
        let gone = [
            lib.path().join("libpython3.13t.a"),
            inner.join("libpython3.13t.a"),
            inner.join("os.cpython-313.opt-2.pyc"),
        ];
        let stays =
            [inner.join("os.cpython-313.pyc"), inner.join("Makefile"), lib.path().join("libpython3.so")];
        for file in gone.iter().chain(&stays) {
            fs::write(file, "")?;
        }
        slim(lib.path());
        assert!(gone.iter().all(|file| !file.exists()));
        assert!(stays.iter().all(|file| file.exists()));
        Ok(())
    }
}
