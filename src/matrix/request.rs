//! A light look at a request string, enough to catch a slip while the line of the file is at hand.
//! The grammar itself is `interpreter::Request`'s.

const EXPECTED: &str =
    "expected a version such as `3.13`, `3.13t` or `>=3.12`, `pypy@3.10`, a path, or a name on PATH";

/// What a request seems to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// It asks by version, perhaps of one implementation: `3.13`, `pypy@3.10`.
    Version {
        free_threaded: bool,
    },
    Path,
    /// A name on PATH.
    Name,
}

/// Returns the shape of a request.
///
/// # Errors
/// One line that says why it can't be one.
pub(super) fn shape(text: &str) -> Result<Shape, String> {
    if text.is_empty() {
        return Err(format!("this is empty; {EXPECTED}"));
    }
    if text.trim() != text || text.chars().any(char::is_control) {
        return Err(format!("there is white space around it; {EXPECTED}"));
    }
    if text.contains(['/', '\\']) || text.starts_with(['~', '.']) {
        return Ok(Shape::Path);
    }
    if let Some((implementation, version)) = text.split_once('@') {
        let named = !implementation.is_empty() && implementation.chars().all(|c| c.is_ascii_alphabetic());
        return if named { versions(version) } else { Err(EXPECTED.to_owned()) };
    }
    if text.starts_with(|first: char| first.is_ascii_digit() || "<>=!~".contains(first)) {
        return versions(text);
    }
    match text.chars().all(|c| c.is_ascii_alphanumeric() || "._+-".contains(c)) && !text.starts_with('-') {
        true => Ok(Shape::Name),
        false => Err(EXPECTED.to_owned()),
    }
}

/// Reads `3.13t`, `3.14+gil`, `>=3.12,<3.14`.
fn versions(text: &str) -> Result<Shape, String> {
    let mut free_threaded = false;
    for part in text.split(',') {
        let version = part.trim().trim_start_matches(['<', '>', '=', '!', '~']).trim_start();
        let (version, flavour) = version.split_once('+').unwrap_or((version, ""));
        let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
        let (numbers, suffix) =
            version.strip_suffix(".*").map_or(version.split_at(end), |numbers| (numbers, ""));
        let sound = numbers.split('.').all(|number| !number.is_empty() && number.parse::<u32>().is_ok());
        if !sound || !suffix.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c)) {
            return Err(format!("`{part}` is not a version; {EXPECTED}"));
        }
        free_threaded |= suffix.ends_with('t') || flavour.starts_with("free");
    }
    Ok(Shape::Version { free_threaded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_paths_and_names() {
        let gil = Ok(Shape::Version { free_threaded: false });
        let free = Ok(Shape::Version { free_threaded: true });
        for text in
            ["3", "3.13", "3.13.5", "3.15.0a2", "3.14+gil", ">=3.12", ">=3.12,<3.14", "pypy@3.10", "3.12.*"]
        {
            assert_eq!(shape(text), gil, "{text}");
        }
        for text in ["3.13t", "3.14.0rc1t", "3.14+freethreaded", "cpython@3.13t"] {
            assert_eq!(shape(text), free, "{text}");
        }
        for text in ["~/py/bin/python3", "./python", "/usr/bin/python3", "a/b", "C:\\py\\python.exe"] {
            assert_eq!(shape(text), Ok(Shape::Path), "{text}");
        }
        for text in ["python3", "pypy3.10", "python3.13-dbg"] {
            assert_eq!(shape(text), Ok(Shape::Name), "{text}");
        }
    }

    #[test]
    fn nonsense() {
        for text in
            ["", " 3.13", "3.13 ", "3..13", "3.", "3.13\n", "-3.13", "@3.13", "a b", ">=", "3.x!", "py$"]
        {
            assert!(shape(text).is_err(), "{text}");
        }
    }
}
