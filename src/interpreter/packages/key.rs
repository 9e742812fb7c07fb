//! Requirements, and the key of the environment that answers them.

use std::path::Path;

use crate::interpreter::Facts;
use crate::matrix::Project;
use crate::sha256;

/// A list of requirements as an installer takes them, files with absolute paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Requirements {
    /// The requirements as they were written.
    given: Vec<String>,
    /// The requirements as an installer takes them, sorted.
    texts: Vec<String>,
    /// SHA-256 of the files among them: another wheel under the same name is another environment.
    hashes: Vec<String>,
    /// The project that is built and installed with them.
    project: Option<Project>,
    /// What has no wheel is built from its source.
    builds: bool,
}

impl Requirements {
    /// Reads requirements; paths are taken relative to `folder`.
    ///
    /// # Errors
    /// A file can't be read.
    pub(crate) fn new(texts: &[String], folder: &Path) -> Result<Self, String> {
        let given = texts.to_vec();
        let mut requirements =
            Self { given, texts: Vec::new(), hashes: Vec::new(), project: None, builds: false };
        for text in texts {
            if !is_file(text) {
                requirements.texts.push(text.clone());
                continue;
            }
            let failed = |error: std::io::Error| format!("`{text}` can't be read: {error}");
            let path = std::fs::canonicalize(folder.join(text)).map_err(failed)?;
            requirements.hashes.push(sha256::of_file(&path).map_err(failed)?);
            requirements.texts.push(path.to_string_lossy().into_owned());
        }
        requirements.texts.sort();
        requirements.texts.dedup();
        requirements.hashes.sort();
        Ok(requirements)
    }

    pub(crate) fn with_project(self, project: Option<&Project>) -> Self {
        Self { project: project.cloned(), ..self }
    }

    /// Allows what has no wheel to be built from its source: another environment than one of wheels alone.
    pub(crate) fn with_builds(self) -> Self {
        Self { builds: true, ..self }
    }

    pub(crate) fn builds(&self) -> bool {
        self.builds
    }

    /// Returns the requirements without the project.
    pub(crate) fn texts(&self) -> &[String] {
        &self.texts
    }

    pub(crate) fn project(&self) -> Option<&Project> {
        self.project.as_ref()
    }

    /// Returns all of it as it was given, for messages.
    pub(crate) fn shown(&self) -> String {
        let project = self.project.iter().map(|project| format!("the project {}", project.name));
        project.chain(self.given.iter().cloned()).collect::<Vec<_>>().join(" ")
    }

    /// Returns 16 hexadecimal digits: the same interpreter and requirements give the same.
    pub(crate) fn key(&self, facts: &Facts) -> String {
        let executable = facts.executable.to_string_lossy();
        // The path too: a small launcher beside a shared library hashes alike in two builds.
        let mut parts =
            vec![facts.executable_sha256.as_str(), executable.as_ref(), &facts.build, &facts.abiflags];
        parts.extend(self.texts.iter().chain(&self.hashes).map(String::as_str));
        parts.extend(self.builds.then_some("builds"));
        let name;
        if let Some(Project { path, sha256, .. }) = &self.project {
            // It is built from a copy, so what lies where says nothing: a commit's checkout is another folder each
            // time. Only the folder's own name may tell a backend something.
            name = path.file_name().unwrap_or_default().to_string_lossy();
            parts.extend(["project", name.as_ref(), sha256]);
        }
        let ended: String = parts.into_iter().flat_map(|part| [part, "\0"]).collect();
        sha256::of_bytes(ended.as_bytes())[..16].to_owned()
    }
}

/// Returns whether a requirement is a file: `./wheels/x.whl`, not `numpy>=2` nor `numpy @ https://…`.
fn is_file(text: &str) -> bool {
    !text.contains('@') && (text.contains('/') || text.ends_with(".whl"))
}

/// Returns the requirements of a workload with those of a variant, which take the place of others of their name.
pub(crate) fn overridden(workload: &[String], variant: &[String]) -> Vec<String> {
    let names: Vec<String> = variant.iter().map(|text| named(text)).collect();
    let kept = workload.iter().filter(|text| !names.contains(&named(text)));
    kept.chain(variant).cloned().collect()
}

/// Returns the name of a requirement's project, as indexes compare names: `ruamel-yaml` of `Ruamel.YAML[jinja2]>=0.18`,
/// `mine` of `./dist/mine-1.0-py3-none-any.whl`.
fn named(requirement: &str) -> String {
    let own = match is_file(requirement) {
        true => requirement.rsplit('/').next().and_then(|file| file.split('-').next()).unwrap_or_default(),
        false => {
            requirement.split(|c: char| !c.is_alphanumeric() && !"._-".contains(c)).next().unwrap_or_default()
        }
    };
    let parts = own.split(['.', '_', '-']).filter(|part| !part.is_empty());
    parts.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::testing::facts;

    #[test]
    fn the_key_follows_the_interpreter_and_what_is_asked() -> Result<(), String> {
        let here = Path::new(".");
        let of = |texts: &[&str]| {
            Requirements::new(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>(), here)
        };
        let (one, other) = (of(&["numpy>=2", "six"])?, of(&["six", "numpy>=2"])?);
        assert_eq!(one.key(&facts("3.13.5")), other.key(&facts("3.13.5")), "the order says nothing");
        assert_ne!(one.key(&facts("3.13.5")), one.key(&facts("3.13.5t")));
        assert_ne!(one.key(&facts("3.13.5")), of(&["six"])?.key(&facts("3.13.5")));
        assert_eq!(one.key(&facts("3.13.5")).len(), 16);
        assert!(of(&["./nowhere.whl"]).is_err());
        Ok(())
    }

    #[test]
    fn a_project_is_its_contents_wherever_it_lies() -> Result<(), String> {
        let key = |path: &str, sha256: &str| {
            let project = Project { path: path.into(), sha256: sha256.to_owned(), ..Project::default() };
            let requirements = Requirements::new(&[], Path::new("."))?.with_project(Some(&project));
            Ok::<_, String>(requirements.key(&facts("3.13.5")))
        };
        assert_eq!(key("/tmp/one/mine", "aa")?, key("/tmp/two/mine", "aa")?);
        assert_ne!(key("/tmp/one/mine", "aa")?, key("/tmp/one/mine", "bb")?);
        assert_ne!(key("/tmp/one/mine", "aa")?, key("/tmp/one/yours", "aa")?);
        Ok(())
    }

    #[test]
    fn a_file_of_another_content_is_another_environment() -> Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let wheel = folder.path().join("a-1-py3-none-any.whl");
        let requirements = || Requirements::new(&["a-1-py3-none-any.whl".to_owned()], folder.path());
        std::fs::write(&wheel, "one")?;
        let before = requirements()?.key(&facts("3.13.5"));
        std::fs::write(&wheel, "two")?;
        assert_ne!(before, requirements()?.key(&facts("3.13.5")));
        Ok(())
    }

    #[test]
    fn a_variants_requirement_takes_the_place_of_the_workloads() {
        let of = |one: &[&str], other: &[&str]| {
            let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            overridden(&owned(one), &owned(other)).join(" ")
        };
        assert_eq!(of(&["numpy>=2", "scipy"], &["NumPy==2.3.*"]), "scipy NumPy==2.3.*");
        assert_eq!(of(&["./dist/my_tool-1.0-py3-none-any.whl"], &["my.tool [x] < 2"]), "my.tool [x] < 2");
        assert_eq!(of(&["numpy-financial"], &["numpy"]), "numpy-financial numpy");
        assert_eq!(of(&["a"], &[]), "a");
    }
}
