//! The library's source as text: comments and tests removed, lines kept where they stand.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::repository;

/// One file of `src`, without what is only compiled for tests.
pub(super) struct Source {
    /// The path below `src`, as `analysis/metrics.rs`.
    pub path: String,
    /// The text with comments blanked.
    pub text: String,
    /// The text with comments and the insides of strings blanked.
    pub code: String,
}

impl Source {
    /// Returns the name of the folder or file directly below `src`.
    pub(super) fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Returns `src/path:line: text` for a place in `code` or `text`.
    pub(super) fn place(&self, at: usize) -> String {
        let line = self.code[..at].matches('\n').count();
        format!("src/{}:{}: {}", self.path, line + 1, self.text.lines().nth(line).unwrap_or_default().trim())
    }
}

/// Returns every file of the library that isn't a test's.
pub(super) fn all() -> Vec<Source> {
    let root = repository("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let mut tests = BTreeSet::new();
    let mut sources = Vec::new();
    for file in files {
        let whole =
            std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let (mut text, mut code) = (blank(&whole, false), blank(&whole, true));
        for module in remove_tests(&mut text, &mut code) {
            tests.insert(folder(&file).join(module));
        }
        let path = file.strip_prefix(&root).expect("below src").display().to_string();
        sources.push(Source { path, text, code });
    }
    let of_a_test = |source: &Source| {
        let path = root.join(source.path.trim_end_matches(".rs"));
        source.path.ends_with("_tests.rs") || tests.iter().any(|test| path.starts_with(test))
    };
    sources.retain(|source| !of_a_test(source));
    sources
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder of src") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            files.push(path);
        }
    }
}

/// Returns the folder that holds a file's modules.
fn folder(file: &Path) -> PathBuf {
    let parent = file.parent().expect("a folder");
    match file.file_stem().and_then(|stem| stem.to_str()) {
        Some("mod" | "lib" | "main") | None => parent.to_owned(),
        Some(stem) => parent.join(stem),
    }
}

/// Replaces comments, and the insides of strings and characters where that is asked for, by spaces of the same length.
fn blank(text: &str, strings: bool) -> String {
    let bytes = text.as_bytes();
    let mut kept = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = token(text, at);
        let comment = text[at..].starts_with("//") || text[at..].starts_with("/*");
        let inside = match (comment, end > at + 1 && strings) {
            (true, _) => at..end,
            (false, true) => at + 1..end - 1,
            _ => at..at,
        };
        for byte in &mut kept[inside] {
            *byte = if *byte == b'\n' { b'\n' } else { b' ' };
        }
        at = end;
    }
    String::from_utf8(kept).unwrap_or_else(|error| panic!("{error}"))
}

/// Returns the end of the comment, string or character that begins here, else of the one character.
fn token(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    let find = |from: usize, what: &str| {
        rest[from..].find(what).map_or(text.len(), |found| at + from + found + what.len())
    };
    let hashes = rest.strip_prefix('r').map_or(0, |rest| rest.len() - rest.trim_start_matches('#').len());
    let before = text[..at].bytes().next_back();
    let in_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric() && byte != b'b' || byte == b'_');
    if rest.starts_with("//") {
        rest.find('\n').map_or(text.len(), |found| at + found)
    } else if rest.starts_with("/*") {
        find(2, "*/")
    } else if !in_word && rest.starts_with('r') && rest[1 + hashes..].starts_with('"') {
        find(2 + hashes, &format!("\"{}", "#".repeat(hashes)))
    } else if rest.starts_with('"') {
        at + quoted(rest)
    } else if rest.starts_with('\'') {
        // A lifetime has no closing quote behind its first letter.
        let letter = rest[1..].chars().next().map_or(0, char::len_utf8);
        if rest[1..].starts_with('\\') || rest[1 + letter..].starts_with('\'') {
            at + quoted(rest)
        } else {
            at + 1
        }
    } else {
        at + rest.chars().next().map_or(1, char::len_utf8)
    }
}

/// Returns the length of a text in quotes, whose first byte is the quote.
fn quoted(rest: &str) -> usize {
    let quote = rest.as_bytes()[0];
    let mut escaped = false;
    for (index, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            _ if byte == quote => return index + 1,
            _ => {}
        }
    }
    rest.len()
}

/// Blanks items under `#[cfg(test)]` in both, and returns the names of the modules among them that are files.
fn remove_tests(text: &mut String, code: &mut String) -> Vec<String> {
    const MARK: &str = "#[cfg(test)]";
    let mut modules = Vec::new();
    while let Some(start) = code.find(MARK) {
        let end = item_end(code, start + MARK.len());
        let item =
            code[start + MARK.len()..end].trim().trim_start_matches("pub").trim_start_matches("(crate)");
        if let Some(name) = item.trim().strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
            modules.push(name.trim().to_owned());
        }
        for one in [&mut *text, &mut *code] {
            let blanked: String =
                one[start..end].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
            one.replace_range(start..end, &blanked);
        }
    }
    modules
}

/// Returns the end of an item: behind its closing brace, or its semicolon.
fn item_end(code: &str, from: usize) -> usize {
    let mut depth = 0;
    for (index, byte) in code.bytes().enumerate().skip(from) {
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(byte, b'}' | b';') {
            return index + 1;
        }
    }
    code.len()
}
