//! Whether an interpreter's facts answer a request. Pure.

use std::str::FromStr;

use pep440_rs::Version;

use super::Facts;
use crate::matrix::request::{Build, Implementation, VersionRequest, Versions};

/// How a version misses a request, from far to near: the further down, the more useful as a hint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mismatch {
    Implementation,
    Version,
    Prerelease,
    DebugBuild,
    ReleaseBuild,
    /// The GIL build of the version asked for.
    GilBuild,
    /// The free-threaded build of the version asked for.
    FreeThreadedBuild,
}

impl VersionRequest {
    /// Returns the first thing that stands against an interpreter as the answer; `None`: it is one.
    pub fn mismatch(&self, facts: &Facts) -> Option<Mismatch> {
        if facts.implementation != self.implementation.as_str() {
            return Some(Mismatch::Implementation);
        }
        if !self.holds(&facts.version) {
            return Some(Mismatch::Version);
        }
        if facts.prerelease && !self.prerelease {
            return Some(Mismatch::Prerelease);
        }
        match (self.build, facts.free_threaded()) {
            (Build::Gil, true) => return Some(Mismatch::FreeThreadedBuild),
            (Build::FreeThreaded, false) => return Some(Mismatch::GilBuild),
            _ => {}
        }
        match (self.debug, facts.debug) {
            (false, true) => Some(Mismatch::DebugBuild),
            (true, false) => Some(Mismatch::ReleaseBuild),
            _ => None,
        }
    }

    /// Returns whether an executable of this name (`pypy3`, `python3.13t`) may be what is asked for, as far as a name
    /// tells.
    pub(crate) fn fits_name(&self, name: &str) -> bool {
        let (implementation, version) = match (name.strip_prefix("pypy"), name.strip_prefix("python")) {
            (Some(rest), _) => (Implementation::PyPy, rest),
            (None, Some(rest)) => (Implementation::CPython, rest),
            (None, None) => return false,
        };
        let number = version.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
        implementation == self.implementation
            && (self.build == Build::FreeThreaded || !version.ends_with('t'))
            && (!number.contains('.') || self.holds(number))
    }

    /// Whether a version (`3.13.5`, `3.15.0a2`) is among those asked for, whatever its build.
    pub fn holds(&self, version: &str) -> bool {
        let Ok(version) = Version::from_str(version) else { return false };
        match &self.versions {
            Versions::Any => true,
            Versions::Series(series) if series.any_prerelease() => *series == version,
            Versions::Series(series) => {
                let exact_release = series.release().len() == 3;
                version.release().starts_with(series.release())
                    && !(exact_release && version.any_prerelease() && !self.prerelease)
            }
            Versions::Range(range) => range.contains(&version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::testing::facts;
    use crate::matrix::request::Request;

    fn version(text: &str) -> VersionRequest {
        match text.parse() {
            Ok(Request::Version(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_bare_version_is_never_free_threaded_debug_or_a_prerelease() {
        let bare = version("3.13");
        assert_eq!(bare.mismatch(&facts("3.13.5")), None);
        assert_eq!(bare.mismatch(&facts("3.13.5t")), Some(Mismatch::FreeThreadedBuild));
        assert_eq!(bare.mismatch(&facts("3.13.5d")), Some(Mismatch::DebugBuild));
        assert_eq!(version("3.15").mismatch(&facts("3.15.0a2")), Some(Mismatch::Prerelease));
        assert_eq!(version(">=3.12").mismatch(&facts("3.13.5t")), Some(Mismatch::FreeThreadedBuild));
        assert_eq!(version("3.1").mismatch(&facts("3.13.5")), Some(Mismatch::Version));
        let mut pypy = facts("3.13.5");
        pypy.implementation = "pypy".to_owned();
        assert_eq!(bare.mismatch(&pypy), Some(Mismatch::Implementation));
        assert_eq!(version("pypy").mismatch(&pypy), None);
    }

    #[test]
    fn what_is_asked_for_is_matched() {
        for (request, here) in [
            ("3.13t", "3.13.5t"),
            ("3.13.5", "3.13.5"),
            ("3.13td", "3.13.5td"),
            ("3.15-dev", "3.15.0a2"),
            ("3.15-dev", "3.15.0"),
            ("3.15.0a2", "3.15.0a2"),
            (">=3.12,<3.14", "3.13.5"),
            (">=3.13+freethreaded", "3.14.0t"),
        ] {
            assert_eq!(version(request).mismatch(&facts(here)), None, "{request} {here}");
        }
        assert_eq!(version("3.13t").mismatch(&facts("3.13.5")), Some(Mismatch::GilBuild));
        assert_eq!(version(">=3.12,<3.14").mismatch(&facts("3.14.0")), Some(Mismatch::Version));
        assert_eq!(version("3.13.5").mismatch(&facts("3.13.15")), Some(Mismatch::Version));
    }
}
