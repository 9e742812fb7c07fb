//! pyenv's spelling of a request.

use pep440_rs::Version;

use crate::interpreter::request::{Build, Implementation, VersionRequest};

/// Returns the arguments for `pyenv`, given what `pyenv install --list` prints. Its own choice for a prefix as
/// `3.14t` can be a pre-release.
///
/// # Errors
/// Its list has none that matches.
pub(super) fn arguments(request: &VersionRequest, list: &str) -> Result<Vec<String>, String> {
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
    use crate::interpreter::Request;

    const LIST: &str = "Available versions:\n  3.13.9\n  3.13.12\n  3.13.12t\n  3.14.5rc1\n  3.14.5rc1t\n  \
                        3.14.4t\n  3.15-dev\n  activepython-3.6.0\n  pypy3.10-7.3.16\n  pypy3.10-7.3.16-src\n  \
                        pypy3.11-7.3.19\n";

    fn newest(request: &str) -> Option<String> {
        let Ok(Request::Version(request)) = request.parse() else { return None };
        arguments(&request, LIST).ok()?.pop()
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
