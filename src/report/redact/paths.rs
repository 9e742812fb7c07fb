//! Paths in values and in texts: of each its last part stays.

use std::collections::BTreeSet;

/// Before a path, where it isn't at a text's begin.
const BEFORE: [char; 13] = [' ', '\n', '"', '\'', '`', '(', '[', '=', ',', ';', ':', '<', '|'];
/// What ends a path.
const AFTER: [char; 11] = [' ', '\n', '"', '\'', '`', ')', ']', ',', ';', '>', '|'];

/// The folders of a run, known once all of it was looked at: in a text a path may hold blanks and quotes, and only who
/// knows it knows where it ends.
#[derive(Default)]
pub(super) struct Paths {
    folders: BTreeSet<String>,
}

impl Paths {
    /// Takes the folder of a value that is a path as a whole, perhaps behind `--option=`.
    pub(super) fn learn(&mut self, value: &str) {
        if is_path(value)
            && let Some(end) = value.rfind(['/', '\\'])
        {
            let path = &value[start(value)..=end];
            // `/` is in every path.
            if path.chars().any(char::is_alphanumeric) {
                self.folders.insert(path.to_owned());
            }
        }
    }

    /// `--prefix=/home/me/py` becomes `--prefix=…/py`, and of an address the host goes, too.
    pub(super) fn without(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            match self.path(rest, &out) {
                Some(length) => {
                    let (found, after) = rest.split_at(length);
                    out.push_str(&shortened(found));
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

    /// Length of the path with which the text behind `before` begins: absolute, in a home folder, on a drive, or known.
    fn path(&self, text: &str, before: &str) -> Option<usize> {
        let last = before.chars().next_back();
        if let Some(scheme) = text.strip_prefix("://").filter(|_| last.is_some_and(char::is_alphanumeric)) {
            let end = scheme.find(AFTER).unwrap_or(scheme.len());
            return scheme[..end].contains('/').then_some(3 + end);
        }
        let mut letters = before.chars().rev();
        let starts = match letters.next() {
            Some(letter) if letter.is_ascii_alphabetic() => letters.next() == Some('-'),
            other => other.is_none_or(|before| BEFORE.contains(&before)),
        };
        // The longest comes last among those that begin alike.
        let known =
            self.folders.iter().rev().find(|folder| text.starts_with(folder.as_str())).map_or(0, String::len);
        if known == 0 && !(starts && begins(text)) {
            return None;
        }
        // In quotes it may hold blanks.
        let quoted = last.filter(|quote| "`\"'".contains(*quote)).and_then(|quote| text[known..].find(quote));
        let end = known + quoted.or_else(|| text[known..].find(AFTER)).unwrap_or(text.len() - known);
        let end = end + further(&text[end..]);
        let named = text[..end].split(['/', '\\']).any(|part| !part.is_empty());
        (named && text[..end].contains(['/', '\\'])).then_some(end)
    }
}

/// How much of what follows a blank belongs to a path, since it goes on with a folder: `Acme/plans/x.py`.
fn further(text: &str) -> usize {
    let mut length = 0;
    while let Some(word) = text[length..].strip_prefix(' ') {
        let word = &word[..word.find(AFTER).unwrap_or(word.len())];
        let goes_on = word.contains(['/', '\\']) && !begins(word) && !word.contains("://");
        if !goes_on || !word.starts_with(char::is_alphabetic) {
            break;
        }
        length += 1 + word.len();
    }
    length
}

fn begins(text: &str) -> bool {
    let bytes = text.as_bytes();
    let drive = bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && bytes[2] == b'\\';
    drive || ["/", "~", "./", "../", "\\\\"].iter().any(|start| text.starts_with(start))
}

/// Where the path of a value begins, behind `--option=` or `NAME=`.
fn start(value: &str) -> usize {
    let option = value.split_once('=').filter(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c))
    });
    option.map_or(0, |(name, _)| name.len() + 1)
}

/// Whether a value is a path as a whole, whatever letters it has.
pub(super) fn is_path(value: &str) -> bool {
    let path = &value[start(value)..];
    begins(path) && path.contains(['/', '\\']) && path.chars().any(char::is_alphanumeric)
}

/// Returns a value that is a path with its last part alone.
pub(super) fn last_part(value: &str) -> String {
    let (option, path) = value.split_at(start(value));
    format!("{option}{}", shortened(path))
}

fn shortened(path: &str) -> String {
    let scheme = if path.starts_with("://") { "://" } else { "" };
    let last = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    format!("{scheme}…/{}", if last.starts_with('~') { "" } else { last })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_path_in_a_text_its_last_part_stays() {
        let mut paths = Paths::default();
        paths.learn("/srv/it's Client Acme/secret plans/run.py");
        for (text, shown) in [
            ("--prefix=/home/me/py --with-x", "--prefix=…/py --with-x"),
            ("LDFLAGS=-L/opt/py/lib -Wl,-rpath,/opt/py/lib", "LDFLAGS=-L…/lib -Wl,-rpath,…/lib"),
            ("can't read `/home/me/a b/x.py`", "can't read `…/x.py`"),
            ("can't read /srv/it's Client Acme/secret plans/x.py: no", "can't read …/x.py: no"),
            ("`/srv/it's Client Acme/secret plans/deep er/x.py`", "`…/x.py`"),
            ("no /srv/Other Client/big plans/x.py here", "no …/x.py here"),
            ("a\n/home/me/x\nb", "a\n…/x\nb"),
            ("x @ file:///srv/me/x-1.whl", "x @ file://…/x-1.whl"),
            ("https://user:word@corp.example/simple/", "https://…/simple"),
            (r"C:\Users\me\python.exe", "…/python.exe"),
            ("../target/gilmatrix", "…/gilmatrix"),
            ("~/runs", "…/runs"),
            ("1/2 of it, and/or more", "1/2 of it, and/or more"),
            ("/usr/bin/x took 1/2 s", "…/x took 1/2 s"),
            ("3.13.5 (main, Jan 1) [GCC 14]", "3.13.5 (main, Jan 1) [GCC 14]"),
        ] {
            assert_eq!(paths.without(text), shown);
        }
    }

    #[test]
    fn a_value_that_is_a_path_ends_where_it_ends() {
        for (value, shown) in [
            ("/srv/Client Acme/it's `secret`, plans/x.py", "…/x.py"),
            ("--project=/srv/Client Acme/secret plans/x", "--project=…/x"),
            ("~/a b/c d", "…/c d"),
        ] {
            assert!(is_path(value), "{value}");
            assert_eq!(last_part(value), shown);
        }
        for other in ["3.13t", "n=3", "a/b", "/", "GCC 12 / 13"] {
            assert!(!is_path(other), "{other}");
        }
    }
}
