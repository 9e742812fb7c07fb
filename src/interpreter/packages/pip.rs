//! The pip that fills an environment where there is no uv.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::make::{Maker, python};
use crate::interpreter::unavailable::Unavailable;
use crate::interpreter::{Interpreter, has_module};

/// Who works on the environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pip {
    /// The interpreter's own, on an environment that has none: bringing one into each environment takes
    /// longer than most packages.
    Own,
    /// The environment's.
    Inside,
}

impl Maker<'_> {
    /// Makes an environment and says which pip can fill it.
    pub(super) fn venv(&self, interpreter: &Interpreter) -> Result<Pip, Unavailable> {
        let venv = |pip: Option<&str>| {
            let mut venv = Command::new(self.python);
            venv.args(["-m", "venv"]).args(pip).arg(&self.place);
            self.run(&mut venv, "no environment could be made")
        };
        if has_module(interpreter, "pip").is_some_and(|version| installs_elsewhere(&version)) {
            venv(Some("--without-pip"))?;
            return Ok(Pip::Own);
        }
        if has_module(interpreter, "ensurepip").is_some() {
            venv(None)?;
            return Ok(Pip::Inside);
        }
        venv(Some("--without-pip"))?;
        self.lend_pip(&interpreter.facts.version)?;
        Ok(Pip::Inside)
    }

    /// Lends the environment a pip, since Debian splits pip and ensurepip off its interpreters: that of the `python3`
    /// on PATH gets the wheel of one that fits, which can install itself.
    fn lend_pip(&self, version: &str) -> Result<(), Unavailable> {
        let mut parts = version.split('.');
        let minor = [parts.next().unwrap_or("3"), parts.next().unwrap_or("0")].join(".");
        let failed = format!(
            "it has neither pip nor ensurepip (on Debian they are in python{minor}-venv; uv on PATH would do, too), \
             and the pip of `python3` can't get it one"
        );
        let folder = self.place.join("pip-wheel");
        let mut download = Command::new("python3");
        download.args(["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]);
        download.args(["--disable-pip-version-check", "--no-input", "--python-version", &minor, "--dest"]);
        self.run(download.arg(&folder).arg("pip"), &failed)?;
        let wheels = std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path());
        let wheel: PathBuf = wheels
            .filter(|path| path.extension().is_some_and(|extension| extension == "whl"))
            .max()
            .ok_or_else(|| Unavailable::refused(failed.clone()))?;
        let mut install = Command::new(python(&self.place));
        install.arg(wheel.join("pip")).args(["install", "--quiet", "--no-index", "--no-compile"]);
        self.run(install.arg(&wheel), &failed)
    }

    /// Returns the command of a pip that works on the environment.
    pub(super) fn pip(&self, whose: Pip, inside: &Path) -> Command {
        let mut pip = Command::new(if whose == Pip::Own { self.python } else { inside });
        pip.args(["-m", "pip"]);
        if whose == Pip::Own {
            pip.arg("--python").arg(inside);
        }
        pip
    }
}

/// Returns whether this pip has `--python`, which came with 22.3.
fn installs_elsewhere(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= (22, 3)
}
