//! How other tools spell a request.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use pep440_rs::Version;

use super::Provider;
use crate::matrix::request::{Build, Implementation, VersionRequest, Versions};
use crate::process::{self, Cancel};

/// Returns how the tool is asked for an interpreter.
///
/// # Errors
/// Why it can't be.
pub(super) fn arguments(
    provider: Provider,
    program: &Path,
    request: &VersionRequest,
    cancel: &Cancel,
) -> Result<Vec<String>, String> {
    match provider {
        Provider::Uv => uv(request),
        Provider::Mise => mise(request),
        Provider::Pyenv => {
            let mut list = Command::new(program);
            list.args(["install", "--list"]);
            process::capture(&mut list, Duration::from_secs(60), cancel)
                .map_err(|error| format!("its list can't be had: it {error}"))
                .and_then(|list| pyenv(request, &list))
        }
        Provider::Source => Err("it is no tool".to_owned()),
    }
}

/// Returns the arguments for `uv`.
///
/// # Errors
/// Why it can't be asked for this.
fn uv(request: &VersionRequest) -> Result<Vec<String>, String> {
    let wanted = match (&request.implementation, &request.versions) {
        (Implementation::CPython, Versions::Any) => "cpython".to_owned(),
        (Implementation::PyPy, Versions::Any) => "pypy".to_owned(),
        (Implementation::CPython, Versions::Series(version)) => version.to_string(),
        (Implementation::PyPy, Versions::Series(version)) => format!("pypy@{version}"),
        (Implementation::CPython, Versions::Range(range)) => range.to_string().replace(' ', ""),
        (Implementation::PyPy, Versions::Range(_)) => return Err("it takes no range of PyPy".to_owned()),
    };
    let free_threaded = if request.build == Build::FreeThreaded { "+freethreaded" } else { "" };
    let debug = if request.debug { "+debug" } else { "" };
    let wanted = format!("{wanted}{free_threaded}{debug}");
    Ok(["python", "install", "--no-progress", &wanted].map(str::to_owned).to_vec())
}

/// Returns the arguments for `mise`.
///
/// # Errors
/// Why it can't be asked for this.
fn mise(request: &VersionRequest) -> Result<Vec<String>, String> {
    if request.debug {
        return Err("it has no debug builds".to_owned());
    }
    let t = if request.build == Build::FreeThreaded { "t" } else { "" };
    let wanted = match (&request.implementation, &request.versions) {
        (_, Versions::Range(_)) => return Err("it takes no ranges".to_owned()),
        (Implementation::CPython, Versions::Any) if t.is_empty() => "latest".to_owned(),
        (_, Versions::Any) => return Err("it needs a version".to_owned()),
        (Implementation::CPython, Versions::Series(version)) => format!("{version}{t}"),
        (Implementation::PyPy, Versions::Series(version)) => format!("pypy{version}"),
    };
    Ok(["install", "--yes", &format!("python@{wanted}")].map(str::to_owned).to_vec())
}

/// Returns the arguments for `pyenv`, given what `pyenv install --list` prints. Its own choice for a prefix as
/// `3.14t` can be a pre-release.
///
/// # Errors
/// Its list has none that matches.
fn pyenv(request: &VersionRequest, list: &str) -> Result<Vec<String>, String> {
    let offers = list.lines().filter_map(|line| Some((line.trim(), version(line.trim(), request)?)));
    let usable = offers.filter(|(_, version)| {
        request.holds(&version.to_string()) && (request.prerelease || !version.any_prerelease())
    });
    let newest = usable.max_by(|a, b| a.1.cmp(&b.1).then_with(|| a.0.cmp(b.0)));
    let Some((name, _)) = newest else {
        return Err("its list has none that matches (an older pyenv knows no newer versions)".to_owned());
    };
    let mut arguments = vec!["install", "--skip-existing"];
    arguments.extend(request.debug.then_some("--debug"));
    arguments.push(name);
    Ok(arguments.into_iter().map(str::to_owned).collect())
}

/// Returns the version of Python behind a name of the list, if it is of the kind asked for: `3.13.5t`,
/// `pypy3.10-7.3.16`. Binary and source packages of PyPy are named apart: `-src` is left out.
fn version(name: &str, request: &VersionRequest) -> Option<Version> {
    match request.implementation {
        Implementation::PyPy => {
            let (version, release) = name.strip_prefix("pypy")?.split_once('-')?;
            let plain = release.bytes().all(|b| b.is_ascii_digit() || b == b'.');
            version.parse().ok().filter(|_| plain && version.contains('.'))
        }
        Implementation::CPython => {
            let (plain, free_threaded) = name.strip_suffix('t').map_or((name, false), |plain| (plain, true));
            let right = free_threaded == (request.build == Build::FreeThreaded);
            let number = plain.starts_with(|c: char| c.is_ascii_digit()) && !plain.contains('-');
            plain.parse().ok().filter(|_| right && number)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::request::Request;

    const LIST: &str = "Available versions:\n  3.13.9\n  3.13.12\n  3.13.12t\n  3.14.5rc1\n  3.14.5rc1t\n  \
                        3.14.4t\n  3.15-dev\n  activepython-3.6.0\n  pypy3.10-7.3.16\n  pypy3.10-7.3.16-src\n  \
                        pypy3.11-7.3.19\n";

    fn newest(request: &str) -> Option<String> {
        let Ok(Request::Version(request)) = request.parse() else { return None };
        pyenv(&request, LIST).ok()?.pop()
    }

    #[test]
    fn the_newest_release_in_its_list_is_asked_for() {
        assert_eq!(newest("3.13").as_deref(), Some("3.13.12"));
        assert_eq!(newest("3.13t").as_deref(), Some("3.13.12t"));
        assert_eq!(newest("3.14t").as_deref(), Some("3.14.4t"), "never a pre-release unless asked");
        assert_eq!(newest("3.14t-dev").as_deref(), Some("3.14.5rc1t"));
        assert_eq!(newest(">=3.12,<3.14").as_deref(), Some("3.13.12"));
        assert_eq!(newest("pypy@3.10").as_deref(), Some("pypy3.10-7.3.16"));
        assert_eq!(newest("pypy").as_deref(), Some("pypy3.11-7.3.19"));
        assert_eq!(newest("3.12"), None);
    }
}
