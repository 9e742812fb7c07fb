//! The same results without host names, user names and paths, to be shown to others.

use serde_json::Value;

use crate::analysis::Results;

/// Before a path, where it isn't at a text's begin.
const BEFORE: [char; 12] = [' ', '"', '\'', '`', '(', '[', '=', ',', ';', ':', '<', '|'];
/// What ends a path.
const AFTER: [char; 10] = [' ', '"', '\'', '`', ')', ']', ',', ';', '>', '|'];

/// The host's name goes, and of every path only its last part stays; so no home folder and no user
/// name is left. A name that someone gave to a workload or an interpreter is kept.
pub fn redact(results: &Results) -> Results {
    let host = results.host.hostname.clone().filter(|name| name.len() > 1);
    let mut redacted = results.clone();
    redacted.host.hostname = None;
    let Ok(mut value) = serde_json::to_value(&redacted) else { return redacted };
    walk(&mut value, &mut |text| {
        let text = without_paths(text);
        match &host {
            Some(host) => without_word(&text, host),
            None => text,
        }
    });
    // Only texts were changed, and no text decides on a shape, so this can't fail.
    serde_json::from_value(value).unwrap_or(redacted)
}

/// Every text below, except those that name an identity.
fn walk(value: &mut Value, change: &mut impl FnMut(&str) -> String) {
    match value {
        Value::String(text) => *text = change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, change)),
        Value::Object(fields) => {
            const KEPT: [&str; 7] =
                ["schema", "executable_sha256", "outcome", "workload", "mode", "variant", "name"];
            for (key, field) in fields {
                if !KEPT.contains(&key.as_str()) {
                    walk(field, change);
                }
            }
        }
        _ => {}
    }
}

/// `--prefix=/home/me/py` becomes `--prefix=…/py`.
fn without_paths(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut before = out.chars().rev();
        let start = match before.next() {
            Some(letter) if letter.is_ascii_alphabetic() => before.next() == Some('-'),
            other => other.is_none_or(|before| BEFORE.contains(&before)),
        };
        let long = if start { path(rest, out.chars().next_back()) } else { None };
        match long {
            Some(length) => {
                let (found, after) = rest.split_at(length);
                let last = found.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
                out.push_str("…/");
                out.push_str(if last.starts_with('~') { "" } else { last });
                rest = after;
            }
            None => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    out
}

/// Length of the path with which the text begins: absolute, in a home folder, or on a drive.
fn path(text: &str, before: Option<char>) -> Option<usize> {
    let bytes = text.as_bytes();
    let drive = bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'\\';
    let begins = ["/", "~", "./", "../", "\\\\"].iter().any(|start| text.starts_with(start)) || drive;
    // In quotes it may hold blanks.
    let quoted = before.filter(|quote| "`\"'".contains(*quote)).and_then(|quote| text.find(quote));
    let end = quoted.or_else(|| text.find(AFTER)).unwrap_or(text.len());
    let named = text[..end].split(['/', '\\']).any(|part| !part.is_empty());
    // Two slashes follow a scheme.
    let address = text.starts_with("//");
    (begins && !address && named && text[..end].contains(['/', '\\'])).then_some(end)
}

/// `word` replaced where it stands alone.
fn without_word(text: &str, word: &str) -> String {
    let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(word) {
        let after = &rest[at + word.len()..];
        let alone = !inside(rest[..at].chars().next_back()) && !inside(after.chars().next());
        out.push_str(&rest[..at]);
        out.push_str(if alone { "host" } else { word });
        rest = after;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::super::fixture::results;
    use super::*;

    #[test]
    fn of_a_path_its_last_part_stays() {
        for (text, shown) in [
            ("--prefix=/home/me/py --with-x", "--prefix=…/py --with-x"),
            ("LDFLAGS=-L/opt/py/lib -Wl,-rpath,/opt/py/lib", "LDFLAGS=-L…/lib -Wl,-rpath,…/lib"),
            ("can't read `/home/me/a b/x.py`", "can't read `…/x.py`"),
            (r"C:\Users\me\python.exe", "…/python.exe"),
            ("../target/gilmatrix", "…/gilmatrix"),
            ("~/runs", "…/runs"),
            ("1/2 of it, and/or more", "1/2 of it, and/or more"),
            ("3.13.5 (main, Jan 1) [GCC 14]", "3.13.5 (main, Jan 1) [GCC 14]"),
        ] {
            assert_eq!(without_paths(text), shown);
        }
    }

    #[test]
    fn neither_host_nor_user_nor_folder_is_left() {
        let mut results = results();
        results.host.hostname = Some("bench".to_owned());
        results.command =
            ["/home/alice/bin/gilmatrix", "run", "/srv/secret/matrix.toml"].map(str::to_owned).into();
        results.warnings[0].text = "`bench` is busy, see /home/alice/log; benchmarks run".to_owned();
        let text = serde_json::to_string(&redact(&results)).expect("JSON");
        for gone in ["alice", "secret", "/opt", "/home", "`bench`"] {
            assert!(!text.contains(gone), "{gone}");
        }
        assert!(text.contains("benchmarks run") && text.contains("matrix.toml"));
    }
}
