//! From text to [`Request`].

use std::path::PathBuf;
use std::str::FromStr;

use pep440_rs::{Version, VersionSpecifiers};

use super::guess::nearest;
use super::{Build, Implementation, Request, RequestError, VersionRequest, Versions};

type RequestProblem = String;

impl FromStr for Request {
    type Err = RequestError;

    fn from_str(text: &str) -> Result<Self, RequestError> {
        parse(text.trim()).map_err(|problem| RequestError {
            request: text.to_owned(),
            problem,
            nearest: nearest(text),
        })
    }
}

/// Reads a request, without looking for the nearest one where it is none.
pub(super) fn parse(text: &str) -> Result<Request, RequestProblem> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    if is_path(text) {
        return Ok(Request::Path(PathBuf::from(text)));
    }
    if let Some(rest) = text.strip_prefix("pypy") {
        return version_of(Implementation::PyPy, rest).map(Request::Version);
    }
    if let Some(rest) = text.strip_prefix("cpython") {
        return version_of(Implementation::CPython, rest).map(Request::Version);
    }
    if let Some(rest) = text.strip_prefix("python") {
        return match rest.strip_prefix('@') {
            Some(version) => version_request(Implementation::CPython, version).map(Request::Version),
            None if is_python_name(rest) => Ok(Request::Name(text.to_owned())),
            None => Err("no Python is called so; a path needs a `/`".to_owned()),
        };
    }
    if text.starts_with(|c: char| c.is_ascii_digit() || "<>=!~".contains(c)) {
        return version_request(Implementation::CPython, text).map(Request::Version);
    }
    Err("it is neither a version nor a path, and only names that begin with `python` are looked up on PATH"
        .to_owned())
}

fn is_path(text: &str) -> bool {
    text.contains('/') || matches!(text, "." | ".." | "~")
}

/// Returns whether `rest` is what follows `python` in an executable's name: nothing, `3`, `3.13`, `3.13t`, `3-dbg`,
/// `3.13-nogil`.
pub(crate) fn is_python_name(rest: &str) -> bool {
    let (number, suffix) = rest.split_once('-').map_or((rest, None), |(n, s)| (n, Some(s)));
    let flagless = number.trim_end_matches(['t', 'd', 'm']);
    let mut parts = flagless.split('.');
    let major = parts.next().unwrap_or_default();
    let minor = parts.next();
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let number_ok = match (major, minor) {
        ("", None) => number.is_empty() && suffix.is_none(),
        ("2" | "3", None) => true,
        ("2" | "3", Some(minor)) => digits(minor),
        _ => false,
    };
    let suffix_ok = suffix.is_none_or(|suffix| matches!(suffix, "dbg" | "nogil" | "jit"));
    number_ok && suffix_ok && parts.next().is_none()
}

/// Reads the part after the implementation of `pypy`, `pypy@3.10`, `pypy3`, `pypy3.10`, `pypy-3.10`.
fn version_of(implementation: Implementation, rest: &str) -> Result<VersionRequest, RequestProblem> {
    let (build, debug) = match rest.strip_prefix('+') {
        Some(suffixes) => suffix_flags(suffixes)?,
        None if rest.is_empty() => (Build::Gil, false),
        None => return version_request(implementation, rest.strip_prefix(['@', '-']).unwrap_or(rest)),
    };
    checked(VersionRequest { implementation, versions: Versions::Any, build, debug, prerelease: false })
}

fn version_request(implementation: Implementation, text: &str) -> Result<VersionRequest, RequestProblem> {
    let (base, suffixes) = text.split_once('+').map_or((text, None), |(base, rest)| (base, Some(rest)));
    let (mut build, mut debug) = match suffixes {
        Some(suffixes) => suffix_flags(suffixes)?,
        None => (Build::Gil, false),
    };
    if base.starts_with(|c: char| "<>=!~".contains(c)) {
        let range = VersionSpecifiers::from_str(base).map_err(|_| "the range can't be read".to_owned())?;
        let prerelease = range.iter().any(|specifier| specifier.version().any_prerelease());
        let versions = Versions::Range(range);
        return checked(VersionRequest { implementation, versions, build, debug, prerelease });
    }
    let (base, dev) = base.strip_suffix("-dev").map_or((base, false), |base| (base, true));
    let flagless = base.trim_end_matches(['t', 'd']);
    match &base[flagless.len()..] {
        "" => {}
        flags @ ("t" | "d" | "td") => {
            if suffixes.is_some_and(|suffixes| suffixes.split('+').any(|suffix| suffix == "gil")) {
                return Err("`t` and `+gil` contradict each other".to_owned());
            }
            if flags.contains('t') {
                build = Build::FreeThreaded;
            }
            debug |= flags.contains('d');
        }
        flags => return Err(format!("`{flags}` is no build; `t` and `d` are")),
    }
    let version = series(flagless)?;
    let prerelease = dev || version.any_prerelease();
    let versions = Versions::Series(version);
    checked(VersionRequest { implementation, versions, build, debug, prerelease })
}

fn suffix_flags(suffixes: &str) -> Result<(Build, bool), RequestProblem> {
    let (mut build, mut debug) = (None, false);
    for suffix in suffixes.split('+') {
        let wanted = match suffix {
            "freethreaded" => Build::FreeThreaded,
            "gil" => Build::Gil,
            "debug" => {
                debug = true;
                continue;
            }
            other => return Err(format!("`+{other}` is no build; `+freethreaded`, `+gil` and `+debug` are")),
        };
        if build.is_some_and(|build| build != wanted) {
            return Err("`+freethreaded` and `+gil` contradict each other".to_owned());
        }
        build = Some(wanted);
    }
    Ok((build.unwrap_or(Build::Gil), debug))
}

/// Reads `3`, `3.13`, `3.13.5`, `3.15.0a2`.
fn series(text: &str) -> Result<Version, RequestProblem> {
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    let version = Version::from_str(text).ok().filter(|_| plain).ok_or("that is no version")?;
    let release = version.release();
    if release.len() > 3 || version.is_dev() || version.is_post() || version.epoch() != 0 {
        return Err("that is no version of Python".to_owned());
    }
    match (release.first(), release.get(1)) {
        (Some(2 | 3), None) => Ok(version),
        (Some(2 | 3), Some(minor)) if *minor < 100 => Ok(version),
        _ => Err("there is no such version of Python".to_owned()),
    }
}

fn checked(request: VersionRequest) -> Result<VersionRequest, RequestProblem> {
    if request.build == Build::FreeThreaded {
        if request.implementation == Implementation::PyPy {
            return Err("PyPy has no free-threaded build".to_owned());
        }
        if let Versions::Series(version) = &request.versions {
            let release = version.release();
            if release[0] == 2 || release.get(1).is_some_and(|minor| *minor < 13) {
                return Err("free-threaded builds begin with 3.13".to_owned());
            }
        }
    }
    Ok(request)
}
