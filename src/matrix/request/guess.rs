//! The valid request nearest to a wrong one.

/// Returns the nearest valid request.
pub(super) fn nearest(text: &str) -> String {
    let text = text.trim().to_lowercase();
    reread(&text).unwrap_or_else(|| by_distance(&text))
}

/// Reads spellings that say clearly what was meant: `313t`, `v3.13`, `py313`, `python-3.13`, `3,13`, `3.13-t`,
/// `3.12t`.
fn reread(text: &str) -> Option<String> {
    if text.contains(['<', '>', '=', '!', '~']) {
        return range(text);
    }
    if text.contains("pypy") {
        return None;
    }
    let version = text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let prefix = &text[..text.len() - version.len()];
    let known = ["", "v", "py", "cp", "python", "cpython", "python-", "python ", "cpython-", "python="];
    if !known.contains(&prefix) && !is_python_typo(prefix) {
        return None;
    }
    let rest = version.strip_prefix('3')?;
    let rest = rest.strip_prefix(['.', ',', '_', '-']).unwrap_or(rest);
    let minor: String = rest.chars().take_while(char::is_ascii_digit).take(2).collect();
    let number: u32 = minor.parse().ok()?;
    if !(5..=30).contains(&number) {
        return None;
    }
    let tail = rest[minor.len()..].trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let free_threaded = number >= 13
        && (tail.starts_with('t')
            || tail.contains("free")
            || tail.contains("thread")
            || tail.contains("nogil"));
    let name = if prefix.len() > 2 && is_python_typo(prefix) && prefix != "cpython" { "python" } else { "" };
    Some(format!("{name}3.{number}{}", if free_threaded { "t" } else { "" }))
}

fn is_python_typo(prefix: &str) -> bool {
    prefix.len() > 2
        && strsim::damerau_levenshtein(prefix, "python") <= 2
        && !prefix.ends_with(['-', ' ', '='])
}

/// Reads `=>3.12`, `>3.12 <3.14`, `>=3.13t`.
fn range(text: &str) -> Option<String> {
    let fixed = text.replace("=>", ">=").replace("=<", "<=").replace(' ', "");
    let fixed = fixed.strip_prefix('=').filter(|rest| !rest.starts_with('=')).unwrap_or(&fixed).to_owned();
    let with_build = match fixed.strip_suffix('t') {
        Some(plain) => format!("{plain}+freethreaded"),
        None => fixed,
    };
    super::parse::parse(&with_build).is_ok().then_some(with_build)
}

fn by_distance(text: &str) -> String {
    let mut forms = vec!["3.13".to_owned(), "pypy".to_owned(), "python3".to_owned()];
    for minor in 8..=15 {
        forms.push(format!("3.{minor}"));
        forms.push(format!("python3.{minor}"));
        forms.push(format!("3.{minor}-dev"));
        forms.push(format!(">=3.{minor}"));
        if minor >= 13 {
            forms.push(format!("3.{minor}t"));
            forms.push(format!("3.{minor}+freethreaded"));
            forms.push(format!("3.{minor}+gil"));
        }
        if minor <= 11 {
            forms.push(format!("pypy@3.{minor}"));
        }
    }
    let near = forms.into_iter().min_by_key(|form| strsim::damerau_levenshtein(text, form));
    near.unwrap_or_else(|| "3.13".to_owned())
}
