//! One package on one interpreter: had, imported module by module, imported in threads.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;
use serde::Deserialize;

use super::evidence::{Evidence, NoAnswer, NoAnswerKind};
use super::findings::{
    AtOnceFinding, ImportOutcome, ModuleFinding, PackageFinding, PackageSource, StressFinding,
};
use crate::commands::install::interrupted;
use crate::commands::{Exit, Failure, output};
use crate::harness;
use crate::interpreter::Interpreter;
use crate::interpreter::packages::{Environment, PackageOptions, Requirements, environment, excluded};
use crate::interpreter::unavailable::Unavailable;
use crate::matrix::Project;

/// How long a function is called again and again.
const STRESS_SECONDS: &str = "3";

/// What is checked: a requirement, or a project.
pub(super) struct CheckSubject {
    pub(super) text: String,
    pub(super) project: Option<Project>,
}

/// How packages are had and tried.
pub(super) struct Examiner {
    pub(super) packages: PackageOptions,
    pub(super) threads: u32,
    /// What has no wheel is built.
    pub(super) builds: bool,
}

#[derive(Debug, Deserialize)]
struct Distribution {
    name: String,
    version: String,
    requires: Vec<String>,
    requested: bool,
    /// Each with whether it is compiled.
    modules: BTreeMap<String, bool>,
}

#[derive(Debug, Deserialize)]
struct Imported {
    after: bool,
    by: Option<String>,
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Threaded {
    error: Option<String>,
    #[serde(default)]
    calls: u64,
    #[serde(default)]
    gil: bool,
}

impl Examiner {
    /// # Errors
    /// Interrupted.
    pub(super) fn package(
        &self,
        interpreter: &Interpreter,
        subject: &CheckSubject,
    ) -> Result<PackageFinding, Failure> {
        let mut finding = PackageFinding {
            requirement: subject.text.clone(),
            source: PackageSource::Built,
            installed: Vec::new(),
            modules: Vec::new(),
            at_once: None,
        };
        let texts = if subject.project.is_some() { Vec::new() } else { vec![subject.text.clone()] };
        let requirements = Requirements::new(&texts, Path::new("."));
        let requirements = requirements.map(|it| it.with_project(subject.project.as_ref()));
        let had = match requirements {
            Ok(requirements) => self.had(interpreter, requirements)?,
            Err(reason) => Err(reason),
        };
        let (environment, source) = match had {
            Ok(had) => had,
            Err(reason) => return Ok(PackageFinding { source: PackageSource::Nowhere(reason), ..finding }),
        };
        finding.source = if subject.project.is_some() { PackageSource::Built } else { source };
        let evidence = Evidence::new(&environment.command, &self.packages.cancel);
        let all: Vec<Distribution> = match evidence.ask(&["distributions"]) {
            Ok(all) => all,
            Err(NoAnswer { text, .. }) => {
                self.not_interrupted()?;
                return Ok(PackageFinding { source: PackageSource::Nowhere(text), ..finding });
            }
        };
        let own: Vec<&Distribution> = all.iter().filter(|one| one.requested).collect();
        finding.installed = own.iter().map(|one| format!("{}=={}", one.name, one.version)).collect();
        let modules: Vec<(&String, bool)> =
            own.iter().flat_map(|one| &one.modules).map(|(name, compiled)| (name, *compiled)).collect();
        let (name, text) = (&interpreter.name, &subject.text);
        output::note(&format!("{name}: {text}: importing its modules, a process each: {}", modules.len()));
        let imported = |&(name, compiled): &(&String, bool)| module(&evidence, &all, name, compiled);
        finding.modules = modules.par_iter().map(imported).collect();
        self.not_interrupted()?;
        finding.at_once = self.at_once(&evidence, &finding.modules);
        self.not_interrupted()?;
        Ok(finding)
    }

    /// Returns the environment of requirements; the inner error says why it can't be had.
    fn had(
        &self,
        interpreter: &Interpreter,
        requirements: Requirements,
    ) -> Result<Result<(Environment, PackageSource), String>, Failure> {
        if let Some(reason) = requirements.project().and_then(|it| excluded(it, &interpreter.facts)) {
            return Ok(Err(reason));
        }
        match environment(interpreter, &requirements, &self.packages, &mut output::note) {
            Ok(environment) => return Ok(Ok((environment, PackageSource::Wheel))),
            Err(Unavailable::Cancelled) => return Err(interrupted()),
            // Who wasn't reached for a wheel isn't reached for a source either.
            Err(Unavailable::Refused { reason, lasting }) if !lasting || !self.builds => {
                return Ok(Err(reason));
            }
            Err(Unavailable::Refused { .. }) => {}
        }
        let (name, wanted) = (&interpreter.name, requirements.shown());
        let mut tell = |_: &str| {
            output::note(&format!("{name}: there is no wheel of {wanted}: building it from its source"));
        };
        match environment(interpreter, &requirements.with_builds(), &self.packages, &mut tell) {
            Ok(environment) => Ok(Ok((environment, PackageSource::Built))),
            Err(Unavailable::Cancelled) => Err(interrupted()),
            Err(Unavailable::Refused { reason, .. }) => Ok(Err(format!("no wheel, and {reason}"))),
        }
    }

    /// Imports the modules that one thread can import in several at the same moment.
    fn at_once(&self, evidence: &Evidence<'_>, modules: &[ModuleFinding]) -> Option<AtOnceFinding> {
        let fine = modules.iter().filter(|it| {
            matches!(it.outcome, ImportOutcome::Off | ImportOutcome::On { .. }) && !it.name.contains('.')
        });
        let names: Vec<&str> = fine.map(|it| it.name.as_str()).collect();
        let threads = self.threads.to_string();
        let question: Vec<&str> = ["at-once", &threads].into_iter().chain(names.iter().copied()).collect();
        if names.is_empty() {
            return None;
        }
        let asked = evidence.ask::<Threaded>(&question);
        let trouble = asked.map_or_else(|no_answer| Some(no_answer.text), |threaded| threaded.error);
        Some(AtOnceFinding { threads: self.threads, trouble })
    }

    /// Calls a function in several threads, in an environment with all requirements.
    ///
    /// # Errors
    /// Interrupted, or the harness can't be written.
    pub(super) fn stress(
        &self,
        interpreter: &Interpreter,
        requirements: &Requirements,
        file: &Path,
        function: &str,
    ) -> Result<StressFinding, Failure> {
        let mut finding = StressFinding {
            function: function.to_owned(),
            threads: self.threads,
            calls: 0,
            gil: false,
            trouble: None,
        };
        let nothing = requirements.texts().is_empty() && requirements.project().is_none();
        let command = match nothing {
            true => interpreter.command.clone(),
            false => match self.had(interpreter, requirements.clone())? {
                Ok((environment, _)) => environment.command,
                Err(reason) => return Ok(StressFinding { trouble: Some(reason), ..finding }),
            },
        };
        let folder = tempfile::tempdir().and_then(|folder| harness::extract(folder.path()).map(|_| folder));
        let folder = folder.map_err(|error| Exit::Refused.because(format!("no harness: {error}")))?;
        output::note(&format!("{}: calling `{function}` in {} threads", interpreter.name, self.threads));
        let (place, file) = (folder.path().to_string_lossy(), file.to_string_lossy());
        let threads = self.threads.to_string();
        let evidence = Evidence::new(&command, &self.packages.cancel);
        match evidence.ask::<Threaded>(&["stress", &place, &file, function, &threads, STRESS_SECONDS]) {
            Ok(Threaded { error, calls, gil }) => {
                (finding.calls, finding.gil, finding.trouble) = (calls, gil, error);
            }
            Err(no_answer) => finding.trouble = Some(no_answer.text),
        }
        self.not_interrupted()?;
        Ok(finding)
    }

    fn not_interrupted(&self) -> Result<(), Failure> {
        if self.packages.cancel.is_cancelled() { Err(interrupted()) } else { Ok(()) }
    }
}

/// Imports a module in a process of its own.
fn module(evidence: &Evidence<'_>, all: &[Distribution], name: &str, compiled: bool) -> ModuleFinding {
    let outcome = match evidence.ask::<Imported>(&["import", name]) {
        // What can't be imported may have turned it on before.
        Ok(Imported { after: true, by, .. }) => turned_on(all, by),
        Ok(Imported { error: Some(reason), .. }) => ImportOutcome::Failed { reason },
        Ok(_) => ImportOutcome::Off,
        Err(NoAnswer { kind, text: reason }) => match kind {
            NoAnswerKind::Crashed => ImportOutcome::Crashed { reason },
            NoAnswerKind::Hangs => ImportOutcome::Hangs { reason },
            NoAnswerKind::Failed => ImportOutcome::Failed { reason },
        },
    };
    let declares = match &outcome {
        ImportOutcome::Off if compiled => Some(true),
        ImportOutcome::On { by: Some(by), .. } if by == name => Some(false),
        _ => None,
    };
    ModuleFinding { name: name.to_owned(), compiled, declares, outcome }
}

fn turned_on(all: &[Distribution], by: Option<String>) -> ImportOutcome {
    let top = by.as_deref().and_then(|by| by.split('.').next());
    let has = |one: &&Distribution, name: Option<&str>| name.is_some_and(|it| one.modules.contains_key(it));
    let whose = all.iter().find(|one| has(one, by.as_deref()));
    let whose = whose.or_else(|| all.iter().find(|one| has(one, top)));
    let required_by = whose.map_or_else(Vec::new, |whose| {
        let needs = |one: &&Distribution| one.requires.iter().any(|name| same(name, &whose.name));
        all.iter().filter(needs).map(|one| one.name.clone()).collect()
    });
    ImportOutcome::On { by, distribution: whose.map(|one| one.name.clone()), required_by }
}

/// Compares names of distributions as installers do: by letters and digits.
fn same(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.to_lowercase().replace(['_', '.'], "-");
    plain(one) == plain(other)
}
