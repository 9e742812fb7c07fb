//! From the matrix's entries to interpreters: versions by discovery, places and wrappers by probing
//! just them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::discover::path::folders;
use super::near_miss::near_miss;
use super::probe::{self, LIMIT, Probed};
use super::select::{BestMatch, select};
use super::{Broken, Discovery, Facts, Interpreter, Missing};
use crate::matrix::request::{Request, RequestError, VersionRequest};
use crate::matrix::{InterpreterEntry, InterpreterSource};

/// How entries are resolved.
#[derive(Debug, Clone)]
pub struct ResolveOptions {
    /// The folder that relative paths start from: the matrix's.
    pub folder: PathBuf,
    /// Versions may be answered by a pre-release.
    pub allow_prerelease: bool,
}

impl ResolveOptions {
    /// Makes options for paths relative to `folder`, without pre-releases.
    pub fn in_folder(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), allow_prerelease: false }
    }
}

/// What became of each entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolution {
    /// The interpreters found, in the matrix's order.
    pub found: Vec<Interpreter>,
    pub missing: Vec<Missing>,
    /// Places searched, for messages.
    pub searched: Vec<String>,
    /// One line for each two entries that lead to one interpreter.
    pub warnings: Vec<String>,
}

/// Resolves all entries together: what one is answered with can depend on another, its twin.
pub fn resolve(entries: &[InterpreterEntry], discovery: &Discovery, options: &ResolveOptions) -> Resolution {
    let asked: Vec<EntryRequest<'_>> = entries.iter().map(|entry| asked(entry, options)).collect();
    let versions: Vec<VersionRequest> = asked
        .iter()
        .filter_map(|asked| match asked {
            EntryRequest::Request(Ok(Request::Version(request))) => Some(request.clone()),
            _ => None,
        })
        .collect();
    let mut choices = select(&versions, &discovery.facts()).into_iter();

    let mut resolution = Resolution { searched: discovery.searched.clone(), ..Resolution::default() };
    for (entry, asked) in entries.iter().zip(asked) {
        let resolver = Resolver { entry, discovery, options };
        let outcome = match asked {
            EntryRequest::Command(command) => resolver.by_command(command),
            EntryRequest::Request(Ok(Request::Version(request))) => {
                resolver.by_version(&request, choices.next().unwrap_or(Err(None)))
            }
            EntryRequest::Request(Ok(Request::Path(path))) => resolver.by_path(&path),
            EntryRequest::Request(Ok(Request::Name(name))) => resolver.by_name(&name),
            EntryRequest::Request(Err(error)) => {
                Err(resolver.missing(error.to_string(), Some(format!("ask for `{}`", error.nearest))))
            }
        };
        match outcome {
            Ok(interpreter) => resolution.found.push(interpreter),
            Err(missing) => resolution.missing.push(missing),
        }
    }
    discovery.prober.save();
    resolution.warnings = doubles(&resolution.found);
    resolution
}

enum EntryRequest<'a> {
    Request(Result<Request, RequestError>),
    Command(&'a [String]),
}

fn asked<'a>(entry: &'a InterpreterEntry, options: &ResolveOptions) -> EntryRequest<'a> {
    let mut request = match &entry.source {
        InterpreterSource::Command(command) => return EntryRequest::Command(command),
        InterpreterSource::Request(text) => text.parse(),
    };
    if let Ok(Request::Version(version)) = &mut request {
        version.prerelease |= options.allow_prerelease;
    }
    EntryRequest::Request(request)
}

struct Resolver<'a> {
    entry: &'a InterpreterEntry,
    discovery: &'a Discovery,
    options: &'a ResolveOptions,
}

impl Resolver<'_> {
    fn by_version(&self, request: &VersionRequest, choice: BestMatch) -> Result<Interpreter, Missing> {
        let nearest = match choice {
            Ok((index, why)) => {
                let found = &self.discovery.found[index];
                let command = vec![found.path.to_string_lossy().into_owned()];
                return Ok(self.interpreter(command, found.provider, why, found.probed.facts.clone()));
            }
            Err(nearest) => nearest,
        };
        let near = nearest.and_then(|(index, mismatch)| {
            near_miss(request, &self.discovery.found[index].probed.facts, mismatch)
        });
        let (reason, hint) = near
            .or_else(|| self.too_old(request))
            .or_else(|| self.does_not_start(request))
            .unwrap_or_else(|| {
                let hint = format!("`gilmatrix install {request}` gets it, or give a path");
                (format!("no interpreter here answers `{request}`"), hint)
            });
        Err(self.missing(reason, Some(hint)))
    }

    /// Returns reason and hint where the version asked for is here, but too old to be measured.
    fn too_old(&self, request: &VersionRequest) -> Option<(String, String)> {
        let holds = |version: &String| request.holds(version);
        let broken = self.discovery.broken.iter().find(|one| one.version.as_ref().is_some_and(holds))?;
        Some((broken.reason.clone(), "ask for `3.8` or later".to_owned()))
    }

    /// Returns reason and hint where an executable whose name fits the request can't be measured.
    fn does_not_start(&self, request: &VersionRequest) -> Option<(String, String)> {
        let name = |broken: &Broken| Some(broken.path.file_name()?.to_str()?.to_owned());
        let fits = |broken: &&Broken| {
            broken.version.is_none() && name(broken).is_some_and(|name| request.fits_name(&name))
        };
        // The longest name says most about what it would have been.
        let broken =
            self.discovery.broken.iter().filter(fits).max_by_key(|broken| name(broken).map(|it| it.len()))?;
        let reason = format!(
            "no interpreter here answers `{request}`: `{}` can't be measured: {}",
            broken.path.display(),
            broken.reason
        );
        Some((reason, format!("repair it, or let `gilmatrix install {request}` get another")))
    }

    /// Takes a path, which may begin with `~`, be relative to the matrix, or absolute; a folder is an environment or
    /// prefix.
    fn by_path(&self, path: &Path) -> Result<Interpreter, Missing> {
        let path = self.expand(path);
        let inside = ["bin/python3", "bin/python", "bin/pypy3"].map(|name| path.join(name));
        let path = match path.is_dir() {
            true => inside.into_iter().find(|inside| inside.is_file()).unwrap_or(path),
            false => path,
        };
        let shown = path.display();
        if path.is_dir() {
            return Err(self.missing(format!("there is no `bin/python3` in `{shown}`"), None));
        }
        if !path.exists() {
            let reason = match std::fs::read_link(&path) {
                Ok(target) => format!("`{shown}` is a broken symlink to `{}`", target.display()),
                Err(_) => format!("there is no file `{shown}`"),
            };
            return Err(
                self.missing(reason, Some("a path is taken relative to the matrix's folder".to_owned()))
            );
        }
        match self.discovery.prober.probe(&path) {
            Ok(probed) => Ok(self.at(&path, "path", "the path given".to_owned(), probed)),
            Err(error) => Err(self.missing(format!("`{shown}` can't be measured: {error}"), None)),
        }
    }

    fn by_name(&self, name: &str) -> Result<Interpreter, Missing> {
        let mut refused = None;
        for folder in folders(&self.discovery.surroundings) {
            let path = folder.join(name);
            if !path.is_file() {
                continue;
            }
            match self.discovery.prober.probe(&path) {
                Ok(probed) => {
                    let why = format!("the first `{name}` on PATH that answers");
                    return Ok(self.at(&path, "PATH", why, probed));
                }
                Err(error) => {
                    refused.get_or_insert(format!("`{}` can't be measured: {error}", path.display()));
                }
            }
        }
        let hint = name.strip_prefix("python").filter(|version| version.contains('.'));
        let hint = hint.map(|version| format!("`{version}` searches everywhere, not only PATH"));
        Err(self.missing(refused.unwrap_or_else(|| format!("there is no `{name}` on PATH")), hint))
    }

    fn by_command(&self, command: &[String]) -> Result<Interpreter, Missing> {
        let mut command = command.to_vec();
        if let Some(program) = command.first_mut().filter(|program| program.contains('/')) {
            *program = self.expand(Path::new(program)).to_string_lossy().into_owned();
        }
        let words: Vec<OsString> = command.iter().map(OsString::from).collect();
        // A container or an emulator takes its time.
        match probe::probe(&words, LIMIT * 4) {
            Ok(probed) => {
                Ok(self.interpreter(command, "command", "the command given".to_owned(), probed.facts))
            }
            Err(error) => {
                Err(self.missing(format!("`{}` can't be measured: {error}", command.join(" ")), None))
            }
        }
    }

    fn expand(&self, path: &Path) -> PathBuf {
        let home = self.discovery.surroundings.home.as_deref();
        match (path.strip_prefix("~"), home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => {
                let path = self.options.folder.join(path);
                std::path::absolute(&path).unwrap_or(path)
            }
        }
    }

    /// Takes the path itself, so that a virtual environment stays one; behind a shim, the program itself.
    fn at(&self, path: &Path, provider: &str, why: String, probed: Probed) -> Interpreter {
        let is_itself = std::fs::canonicalize(path).is_ok_and(|real| real == probed.facts.executable);
        let (program, why) = match is_itself || probed.facts.virtual_env {
            true => (path.to_owned(), why),
            false => (probed.executable.clone(), format!("{why}, through the shim `{}`", path.display())),
        };
        self.interpreter(vec![program.to_string_lossy().into_owned()], provider, why, probed.facts)
    }

    fn interpreter(&self, command: Vec<String>, provider: &str, why: String, facts: Facts) -> Interpreter {
        let (name, request) = (self.entry.name.clone(), self.request());
        Interpreter {
            name,
            request,
            command,
            provider: provider.to_owned(),
            why,
            facts,
            environments: BTreeMap::new(),
        }
    }

    fn missing(&self, reason: String, hint: Option<String>) -> Missing {
        Missing { name: self.entry.name.clone(), request: self.request(), reason, hint }
    }

    fn request(&self) -> String {
        match &self.entry.source {
            InterpreterSource::Request(text) => text.clone(),
            InterpreterSource::Command(command) => command.join(" "),
        }
    }
}

fn doubles(found: &[Interpreter]) -> Vec<String> {
    let mut warnings = Vec::new();
    for (index, interpreter) in found.iter().enumerate() {
        let same = found[..index].iter().find(|other| other.command == interpreter.command);
        if let Some(other) = same {
            warnings.push(format!("`{}` and `{}` are the same interpreter", other.name, interpreter.name));
        }
    }
    warnings
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::testing::facts;

    #[test]
    fn doubles_are_warned_of() {
        let interpreter = |name: &str, facts: Facts| Interpreter {
            name: name.to_owned(),
            request: name.to_owned(),
            command: vec![facts.executable.display().to_string()],
            provider: "system".to_owned(),
            why: String::new(),
            facts,
            environments: BTreeMap::new(),
        };
        let found = [
            interpreter("3.13", facts("3.13.5")),
            interpreter(">=3.13", facts("3.13.5")),
            interpreter("3.12", facts("3.12.1")),
        ];
        assert_eq!(doubles(&found), ["`3.13` and `>=3.13` are the same interpreter"]);
    }
}
