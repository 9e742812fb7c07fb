//! A project built into a wheel, and whether an interpreter is one that it takes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

use super::make::Maker;
use crate::interpreter::Facts;
use crate::interpreter::unavailable::Unavailable;
use crate::matrix::Project;

/// Backends that take the version from version control, which a copy hasn't got.
const VERSION_FROM_VCS: [&str; 2] = ["SETUPTOOLS_SCM_PRETEND_VERSION", "PDM_BUILD_SCM_VERSION"];

/// Returns why the project doesn't take this interpreter, by its own `requires-python`. One that can't be read is
/// left to the installer.
pub(crate) fn excluded(project: &Project, facts: &Facts) -> Option<String> {
    let wanted = project.requires_python.as_deref()?;
    let specifiers = VersionSpecifiers::from_str(wanted).ok()?;
    let version = Version::from_str(&facts.version).ok()?;
    // 3.15.0b1 is a 3.15 here, as installers have it.
    let takes = specifiers.contains(&version) || specifiers.contains(&version.only_release());
    (!takes).then(|| format!("`{}` requires Python {wanted}, this is {}", project.name, facts.version))
}

impl Maker<'_> {
    /// Builds the wheel from a copy, so that backends write nothing into the project's own folder, and what is built
    /// is what was hashed.
    pub(super) fn wheel(
        &self,
        project: &Project,
        facts: &Facts,
        mut build: Command,
        uv: bool,
    ) -> Result<PathBuf, Unavailable> {
        let refused = |reason: String| Unavailable::refused(format!("`{}`: {reason}", project.name));
        let home = self.place.parent().unwrap_or(Path::new(".")).join("project");
        // Some backends take names from the folder's.
        let copy = home.join("source").join(project.path.file_name().unwrap_or("project".as_ref()));
        let hash = project.copy(&copy).map_err(|error| refused(error.to_string()))?;
        if hash != project.sha256 {
            return Err(refused("its files change while it is installed".to_owned()));
        }
        let out = home.join("wheel");
        if uv {
            build
                .args(["build", "--wheel", "--no-config", "--python"])
                .arg(self.python)
                .arg("--out-dir")
                .arg(&out);
        } else {
            build.args(["wheel", "--no-deps", "--no-input", "--disable-pip-version-check", "--retries", "2"]);
            // Of what the build needs; the project itself is built, whatever this says.
            build.args(["--only-binary=:all:", "--wheel-dir"]).arg(&out);
        }
        build.arg(&copy);
        for variable in VERSION_FROM_VCS {
            if std::env::var_os(variable).is_none() {
                build.env(variable, format!("0+g{}", &project.sha256[..8]));
            }
        }
        self.run(&mut build, &format!("`{}` can't be built for {}", project.name, facts.version))?;
        let wheels = std::fs::read_dir(&out).map_err(|error| refused(error.to_string()))?.flatten();
        let mut wheels: Vec<PathBuf> = wheels.map(|entry| entry.path()).collect();
        wheels.retain(|path| path.extension().is_some_and(|end| end == "whl"));
        wheels.pop().ok_or_else(|| refused("its build made no wheel".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::testing::facts;

    #[test]
    fn requires_python_speaks_first() {
        let project = |wanted: Option<&str>| Project {
            name: "mine".to_owned(),
            requires_python: wanted.map(str::to_owned),
            ..Project::default()
        };
        let reason = excluded(&project(Some(">=3.13")), &facts("3.12.1"));
        assert_eq!(reason.as_deref(), Some("`mine` requires Python >=3.13, this is 3.12.1"));
        for (wanted, version) in [
            (Some(">=3.9,<4"), "3.13.5t"),
            (Some("^3.9"), "3.8.18"),
            (None, "3.8.18"),
            (Some(">=3.15"), "3.15.0a2"),
        ] {
            assert_eq!(excluded(&project(wanted), &facts(version)), None, "{wanted:?} {version}");
        }
    }
}
