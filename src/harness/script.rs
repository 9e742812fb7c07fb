//! A user's own Python file: what can be known of it without running it.

use std::path::Path;

use super::header;
use crate::sha256;

/// A file may define its functions below these, too.
const BRANCHES: [&str; 7] = ["if", "elif", "else", "try", "except", "finally", "with"];

/// What a file defines at its top level, and what it says about itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Source {
    /// Plain functions and classes, in the file's order.
    pub functions: Vec<String>,
    /// `async def`.
    coroutines: Vec<String>,
    /// Assigned or imported: may well be callable.
    others: Vec<String>,
    /// A star import: any name may be there.
    star: bool,
    /// `requires`, `tasks` and `args` of its `gilmatrix:` line.
    pub requires: Vec<String>,
    pub tasks: Option<u32>,
    pub args: serde_json::Map<String, serde_json::Value>,
    /// Hexadecimal.
    pub sha256: String,
}

impl Source {
    /// # Errors
    /// What the file system says.
    pub(crate) fn read(path: &Path) -> std::io::Result<Self> {
        std::fs::read(path).map(|bytes| Self::scan(&bytes))
    }

    /// Lines without indentation, and below an `if` or `try` without one, are all that is looked at, so that a file for a newer Python, or one
    /// that can't be imported here, is understood too.
    pub(crate) fn scan(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut source = Self { sha256: sha256::of_bytes(bytes), ..Self::default() };
        let mut conditional = false;
        for line in text.lines().map(str::trim_end).filter(|line| !line.is_empty()) {
            if !line.starts_with([' ', '\t']) {
                conditional = BRANCHES.contains(&identifier(line));
                source.line(line);
            } else if conditional {
                source.line(line.trim_start());
            }
        }
        let described = header::find(&text).and_then(|json| serde_json::from_str::<Described>(json).ok());
        let Described { requires, tasks, args } = described.unwrap_or_default();
        Self { requires, tasks: tasks.filter(|tasks| *tasks > 0), args, ..source }
    }

    /// It may be called by this name. Of `Class.method` the class alone is looked for: it may inherit the method.
    pub(crate) fn has(&self, name: &str) -> bool {
        let top = identifier(name);
        self.star || self.functions.iter().chain(&self.others).any(|known| known == top)
    }

    /// Names of what can be tried.
    pub(crate) fn offers(&self) -> Vec<&str> {
        self.functions.iter().chain(&self.coroutines).map(String::as_str).collect()
    }

    /// It is a coroutine function.
    pub(crate) fn is_coroutine(&self, name: &str) -> bool {
        self.coroutines.iter().any(|known| known == name)
    }

    /// It offers its inputs in shared memory.
    pub(crate) fn shares(&self) -> bool {
        self.has("share") && self.has("attach") && !self.star
    }

    fn line(&mut self, line: &str) {
        let names = |rest: &str| -> Vec<String> {
            let parts = rest.trim_matches(['(', ')', ' ']).split(',');
            parts.filter_map(|part| Some(identifier(part.split_whitespace().last()?).to_owned())).collect()
        };
        if let Some(rest) = line.strip_prefix("def ").or_else(|| line.strip_prefix("class ")) {
            self.functions.push(identifier(rest.trim_start()).to_owned());
        } else if let Some(rest) = line.strip_prefix("async def ") {
            self.coroutines.push(identifier(rest.trim_start()).to_owned());
        } else if let Some(rest) = line.strip_prefix("import ") {
            self.others.extend(names(rest));
        } else if let Some((_, rest)) =
            line.strip_prefix("from ").and_then(|rest| rest.split_once(" import "))
        {
            // Over several lines: too much to follow.
            self.star |= rest.trim() == "*" || (rest.contains('(') && !rest.contains(')'));
            self.others.extend(names(rest));
        } else {
            let name = identifier(line);
            let rest = line[name.len()..].trim_start();
            let assigned = rest.starts_with(':') || (rest.starts_with('=') && !rest.starts_with("=="));
            if assigned && !name.is_empty() {
                self.others.push(name.to_owned());
            }
        }
    }
}

#[derive(Default, serde::Deserialize)]
struct Described {
    #[serde(default)]
    requires: Vec<String>,
    tasks: Option<u32>,
    #[serde(default)]
    args: serde_json::Map<String, serde_json::Value>,
}

/// The name that the text begins with, perhaps empty.
fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_at_the_top_level() {
        let source = Source::scan(
            b"import os, json as j\nfrom math import (sqrt, sin as sine)\nN: int = 3\nalias=os.getpid\n\
              def work(n):\n    def inner(): pass\nasync def late(): pass\nclass C:\n    x = 1\nif N == 3:\n    def maybe(): pass\n",
        );
        assert_eq!(source.functions, ["work", "C", "maybe"]);
        assert_eq!(source.coroutines, ["late"]);
        for name in ["work", "C", "C.inherited", "os", "j", "sqrt", "sine", "alias", "maybe"] {
            assert!(source.has(name), "{name}");
        }
        for name in ["inner", "x", "late", "json", "n", ""] {
            assert!(!source.has(name), "{name}");
        }
        assert!(!source.shares());
    }

    #[test]
    fn a_star_may_bring_anything_and_garbage_brings_nothing() {
        assert!(Source::scan(b"from mine import *\n").has("work"));
        assert!(Source::scan(b"from mine import (\n    work,\n)\n").has("work"));
        let garbage = Source::scan(&[0xff, 0xfe, b'\n', 0xc3, b'=', 0]);
        assert!(!garbage.has("work") && garbage.sha256.len() == 64);
    }

    #[test]
    fn its_own_line_is_read() {
        let source = Source::scan(
            b"\"\"\"Mine.\n\ngilmatrix: {\"requires\": [\"numpy\"], \"tasks\": 4, \"args\": {\"n\": 2}}\n\"\"\"\ndef task(a, b): pass\n",
        );
        assert_eq!((source.requires, source.tasks), (vec!["numpy".to_owned()], Some(4)));
        assert_eq!(source.args["n"], 2);
    }
}
