//! What to say where a version is here, but not the build that was asked for. Pure.

use super::Facts;
use super::matching::Mismatch;
use crate::matrix::request::VersionRequest;

/// Returns reason and hint where the version is here, but not the build that was asked for.
pub(super) fn near_miss(
    request: &VersionRequest,
    facts: &Facts,
    mismatch: Mismatch,
) -> Option<(String, String)> {
    let (major, minor) = facts.minor();
    let by_name = format!("`{}` is here, ask for it by that name", facts.request());
    let (what, hint) = match mismatch {
        Mismatch::FreeThreadedBuild => ("is free-threaded".to_owned(), by_name),
        Mismatch::GilBuild => {
            ("has the GIL".to_owned(), format!("`gilmatrix install {request}` gets the free-threaded build"))
        }
        Mismatch::DebugBuild => ("is a debug build".to_owned(), by_name),
        Mismatch::Prerelease => (format!("is the pre-release {}", facts.version), by_name),
        _ => return None,
    };
    Some((format!("the only {major}.{minor} here {what}"), hint))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interpreter::testing::facts;
    use crate::matrix::request::Request;

    #[test]
    fn a_near_miss_says_what_to_ask_for() -> Result<(), String> {
        let Ok(Request::Version(request)) = "3.13".parse() else { return Err("not a version".to_owned()) };
        let near_miss =
            |version, mismatch| near_miss(&request, &facts(version), mismatch).unwrap_or_default();
        let (reason, hint) = near_miss("3.13.5t", Mismatch::FreeThreadedBuild);
        assert_eq!(reason, "the only 3.13 here is free-threaded");
        assert_eq!(hint, "`3.13t` is here, ask for it by that name");
        let (_, hint) = near_miss("3.13.5d", Mismatch::DebugBuild);
        assert_eq!(hint, "`3.13d` is here, ask for it by that name");
        let (reason, hint) = near_miss("3.13.0rc1", Mismatch::Prerelease);
        assert_eq!(reason, "the only 3.13 here is the pre-release 3.13.0rc1");
        assert_eq!(hint, "`3.13-dev` is here, ask for it by that name");
        Ok(())
    }
}
