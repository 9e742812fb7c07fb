//! The distribution's own source package of Python, through apt with a private state: nothing of the
//! system's configuration or lists is changed, and apt verifies what it fetches.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use indexmap::IndexSet;

use super::sources_list::{Archive, main_archive, parse_deb822, parse_one_line};
use super::steps::Steps;
use super::tree::SourceTree;
use crate::interpreter::unavailable::Unavailable;
use crate::matrix::request::{VersionRequest, Versions};

/// Fetches the upstream source that a Debian-like machine's own mirror serves for this request.
///
/// # Errors
/// No suite lists a version that fits, apt isn't here or can't be used; or it was cancelled.
pub(super) fn fetch(
    request: &VersionRequest,
    scratch: &Path,
    steps: &mut Steps<'_>,
) -> Result<SourceTree, Unavailable> {
    if which::which("apt-get").is_err() {
        return Err(Unavailable::refused("no `apt-get` here: give the source with `--source`"));
    }
    let release = OsRelease::read();
    let archives = read_archives(Path::new("/etc/apt"));
    let archive = main_archive(&archives, release.codename.as_deref())
        .ok_or_else(|| Unavailable::refused("apt is configured with no archive that has `main`"))?;
    let apt = Apt::prepare(scratch).map_err(Unavailable::of("no apt state"))?;

    let mut seen = Vec::new();
    let mut failures = Vec::new();
    for suite in suites(&release, archive) {
        steps.say(format!("asking the machine's mirror for `{suite}`"));
        match apt.serve(archive, &suite, request, scratch, steps) {
            Ok(Some((tarball, verified))) => {
                return SourceTree::unpack(&tarball, scratch, Some(verified), steps);
            }
            Ok(None) => seen.push(format!("`{suite}`")),
            Err(Unavailable::Cancelled) => return Err(Unavailable::Cancelled),
            Err(Unavailable::Refused { reason, .. }) => failures.push(format!("`{suite}`: {reason}")),
        }
    }
    let reason = match seen.is_empty() {
        true => "the machine's mirror could not serve it".to_owned(),
        false => format!("the machine's mirror has no such version in {}", seen.join(", ")),
    };
    failures.insert(0, reason);
    Err(Unavailable::refused(failures.join("; ")))
}

/// Returns the minor versions of Python 3 that could answer the request, newest first.
fn minors(request: &VersionRequest) -> Vec<u64> {
    match &request.versions {
        Versions::Series(version) => match version.release() {
            [3, minor, ..] => vec![*minor],
            [3] => (8..=20).rev().collect(),
            _ => Vec::new(),
        },
        Versions::Any => (8..=20).rev().collect(),
        // `.99` lies in a range that holds any patch release from some number on.
        Versions::Range(_) => (8..=20)
            .rev()
            .filter(|minor| (0..40).any(|patch| request.holds(&format!("3.{minor}.{patch}"))))
            .collect(),
    }
}

/// Returns the suites to ask, stable releases first: their versions stay. Debian's next one is asked for what stable
/// lacks.
fn suites(release: &OsRelease, archive: &Archive) -> Vec<String> {
    let debian = release.id.as_deref() == Some("debian")
        || archive.uri.trim_end_matches('/').rsplit('/').next() == Some("debian");
    let ubuntu = release.id.as_deref() == Some("ubuntu");
    let before: &[&str] = if debian { &["trixie", "forky"] } else { &[] };
    let after: &[&str] = if ubuntu { &["devel"] } else { &[] };
    let own = archive.suites.iter().map(String::as_str);
    let suites = before.iter().copied().chain(own).chain(after.iter().copied());
    let suites: IndexSet<&str> = suites.filter(|suite| !suite.ends_with("-backports")).collect();
    suites.into_iter().map(str::to_owned).collect()
}

#[derive(Debug, Default)]
struct OsRelease {
    id: Option<String>,
    codename: Option<String>,
}

impl OsRelease {
    fn read() -> Self {
        let text = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
            line.map(|value| value.trim_matches('"').to_owned())
        };
        Self { id: value("ID"), codename: value("VERSION_CODENAME") }
    }
}

/// Reads everything under `etc/apt` that names an archive; what can't be read isn't there.
fn read_archives(etc: &Path) -> Vec<Archive> {
    let mut archives = parse_one_line(&fs::read_to_string(etc.join("sources.list")).unwrap_or_default());
    let entries = fs::read_dir(etc.join("sources.list.d")).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("sources") => archives.extend(parse_deb822(&text)),
            Some("list") => archives.extend(parse_one_line(&text)),
            _ => {}
        }
    }
    archives
}

/// A source package that a suite lists.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Offer {
    package: String,
    /// The package's own version: `3.13.5-2+deb13u5`.
    version: String,
    /// The version of Python: `3.13.5`.
    upstream: String,
}

/// A private state of apt: lists, cache and sources in a folder.
struct Apt {
    state: PathBuf,
}

impl Apt {
    fn prepare(scratch: &Path) -> std::io::Result<Self> {
        let state = scratch.join("apt");
        for folder in ["lists/partial", "etc", "cache/archives/partial"] {
            fs::create_dir_all(state.join(folder))?;
        }
        Ok(Self { state })
    }

    fn write_source(&self, archive: &Archive, suite: &str) -> std::io::Result<()> {
        let mut text = format!("Types: deb-src\nURIs: {}\nSuites: {suite}\nComponents: main\n", archive.uri);
        let debian_keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
        let is_debian = archive.uri.trim_end_matches('/').ends_with("/debian");
        let default = (is_debian && Path::new(debian_keys).exists()).then_some(debian_keys);
        if let Some(key) = archive.signed_by.as_deref().or(default) {
            text.push_str(&format!("Signed-By: {key}\n"));
        }
        fs::write(self.state.join("etc/gilmatrix.sources"), text)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        let dir = |name: &str| self.state.join(name).display().to_string();
        command
            .env("LC_ALL", "C.UTF-8")
            .arg(format!("-oDir::State::Lists={}", dir("lists")))
            .arg("-oDir::Etc::SourceList=/dev/null")
            .arg(format!("-oDir::Etc::SourceParts={}", dir("etc")))
            .arg("-oDir::Etc::Preferences=/dev/null")
            .arg("-oDir::Etc::PreferencesParts=/dev/null")
            .arg(format!("-oDir::Cache={}", dir("cache")))
            .arg("-oAPT::Sandbox::User=root")
            .arg("-oAcquire::Languages=none");
        command
    }

    /// Downloads the newest source in a suite that answers the request: the tarball, and what was verified. `None`: the
    /// suite lists no such version.
    fn serve(
        &self,
        archive: &Archive,
        suite: &str,
        request: &VersionRequest,
        scratch: &Path,
        steps: &mut Steps<'_>,
    ) -> Result<Option<(PathBuf, String)>, Unavailable> {
        self.write_source(archive, suite).map_err(Unavailable::of("no apt state"))?;
        let mut update = self.command("apt-get");
        steps.run(update.arg("-oAPT::Update::Error-Mode=any").arg("update"))?;
        let mut offers = Vec::new();
        for minor in minors(request) {
            offers.extend(self.offers(&format!("python3.{minor}"), steps)?);
        }
        offers.retain(|offer| request.holds(&offer.upstream));
        let newest = offers.into_iter().max_by_key(|offer| offer.upstream.parse::<pep440_rs::Version>().ok());
        let Some(offer) = newest else { return Ok(None) };
        let tarball = self.download(&offer, scratch, steps).map_err(|error| match error {
            Unavailable::Refused { reason, .. } => {
                Unavailable::refused(format!("it lists {}, but {reason}", offer.upstream))
            }
            Unavailable::Cancelled => Unavailable::Cancelled,
        })?;
        let file = tarball.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let key = archive.signed_by.as_deref().filter(|key| !key.contains('\n'));
        let key = key.map_or_else(String::new, |key| format!(" by a key of `{key}`"));
        let verified =
            format!("apt verified the signature of `{suite}`'s index{key} and the SHA-256 of `{file}` in it");
        Ok(Some((tarball, verified)))
    }

    /// Returns what the suite lists under this name; nothing where it doesn't know the name.
    fn offers(&self, package: &str, steps: &mut Steps<'_>) -> Result<Vec<Offer>, Unavailable> {
        let mut show = self.command("apt-cache");
        show.args(["showsrc", "--only-source", package]);
        Ok(parse_offers(package, &steps.capture(&mut show)?))
    }

    fn download(&self, offer: &Offer, scratch: &Path, steps: &mut Steps<'_>) -> Result<PathBuf, Unavailable> {
        steps.say(format!("fetching the source package {} {}", offer.package, offer.version));
        let mut get = self.command("apt-get");
        get.args(["source", "--download-only", &format!("{}={}", offer.package, offer.version)]);
        steps.run(get.current_dir(scratch))?;
        let entries = fs::read_dir(scratch).into_iter().flatten().flatten().map(|entry| entry.path());
        let tarball = entries.into_iter().find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.contains(".orig.tar.") && !name.ends_with(".asc")
        });
        tarball.ok_or_else(|| Unavailable::refused("the package has no `.orig.tar`".to_owned()))
    }
}

fn parse_offers(package: &str, text: &str) -> Vec<Offer> {
    let mut offers = Vec::new();
    for stanza in text.split("\n\n") {
        let field = |name: &str| {
            let line = stanza.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            line.map(str::trim)
        };
        if field("Package") != Some(package) {
            continue;
        }
        let Some(version) = field("Version") else { continue };
        let upstream = version.split_once(':').map_or(version, |(_, rest)| rest);
        let upstream = upstream.rsplit_once('-').map_or(upstream, |(upstream, _)| upstream);
        let upstream = upstream.split('+').next().unwrap_or(upstream).replace('~', "");
        offers.push(Offer { package: package.to_owned(), version: version.to_owned(), upstream });
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::request::Request;

    fn request(text: &str) -> VersionRequest {
        match text.parse::<Request>() {
            Ok(Request::Version(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_minors_that_can_answer_are_asked_for() {
        assert_eq!(minors(&request("3.13.5t")), [13]);
        assert_eq!(minors(&request(">=3.12,<3.14")), [13, 12]);
        assert!(minors(&request("2.7")).is_empty());
    }

    #[test]
    fn upstream_versions_are_read_from_package_versions() {
        let text = "Package: python3.13\nBinary: x\nVersion: 3.13.5-2+deb13u5\n\n\
                    Package: python3.13\nVersion: 3.13.0~rc1-1\n\nPackage: other\nVersion: 1-1\n";
        let upstream: Vec<String> =
            parse_offers("python3.13", text).into_iter().map(|offer| offer.upstream).collect();
        assert_eq!(upstream, ["3.13.5", "3.13.0rc1"]);
    }
}
