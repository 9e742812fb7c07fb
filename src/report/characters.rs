//! Text from outside, a function for each format: what it returns can neither break the format, nor become markup, nor
//! act on what stands beside it.

/// Says which way a line runs; it is never seen itself.
const LEFT_TO_RIGHT: char = '\u{200E}';
/// Joins what stands beside it, and is never seen.
const WORD_JOINER: char = '\u{2060}';

/// Returns the text for XML, in content and in attributes.
pub(in crate::report) fn xml(text: &str) -> String {
    line(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Returns several lines: a whole page, whose markup is escaped already.
pub(crate) fn lines(text: &str) -> String {
    isolated(text.chars().filter_map(|c| if matches!(c, '\n' | '\t') { Some(c) } else { seen(c) }))
}

/// Returns a field for a spreadsheet: what it would take for a formula gets an apostrophe before it. Its letters are
/// those of the record, since programs look for them.
pub(in crate::report) fn csv(field: &str) -> String {
    let kept: String = field.chars().map(|c| if matches!(c, '\n' | '\t') { c } else { visible(c) }).collect();
    let formula = kept.starts_with(['=', '+', '@', '\t', '＝', '＋', '＠', '－'])
        || (kept.starts_with('-') && kept.parse::<f64>().is_err());
    if formula { format!("'{kept}") } else { kept }
}

/// Returns a line for a terminal, without what would move its cursor.
pub(crate) fn terminal(text: &str) -> String {
    isolated(text.chars().filter(|c| !c.is_control()).filter_map(seen))
}

/// Returns text for Markdown that can neither break a table nor become markup, nor call anybody; what stands between
/// two backticks is code.
pub(crate) fn markdown(text: &str) -> String {
    let line = line(text);
    let parts: Vec<&str> = line.trim().split('`').collect();
    let mut out = String::with_capacity(line.len());
    for (place, part) in parts.iter().enumerate() {
        // Inside of code nothing can be escaped.
        let code = place % 2 == 1 && place + 1 < parts.len() && !part.is_empty();
        if code && !part.contains(['<', '>', '&', '|', '\\']) {
            out.push_str(&format!("`{part}`"));
        } else if place % 2 == 1 {
            let end = if place + 1 < parts.len() { "\\`" } else { "" };
            out.push_str(&format!("\\`{}{end}", words(part, false)));
        } else {
            out.push_str(&words(part, place == 0));
        }
    }
    out
}

/// Escapes a part of a line of Markdown, perhaps its first.
fn words(part: &str, first: bool) -> String {
    let marker =
        if first { part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len() } else { 0 };
    let mut out = String::with_capacity(part.len());
    let mut before = ' ';
    let mut rest = part.char_indices().peekable();
    while let Some((place, c)) = rest.next() {
        let after = rest.peek().map_or(' ', |next| next.1);
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '[' | ']' | '*' | '\\' | '!' | '~' | '$' => out.extend(['\\', c]),
            // Inside of a word it is no emphasis.
            '_' if !(before.is_alphanumeric() && after.is_alphanumeric()) => out.push_str("\\_"),
            // The beginning of a heading, or of an item of a list.
            '#' | '-' | '+' if first && place == 0 && !after.is_alphanumeric() => out.extend(['\\', c]),
            '.' | ')' if place > 0 && place == marker && after == ' ' => out.extend(['\\', c]),
            _ => out.push(c),
        }
        // A host of Markdown makes a mention of `@name` and a link of `#1`, escaped or not.
        if matches!(c, '@' | '#') && after.is_alphanumeric() {
            out.push(WORD_JOINER);
        }
        before = c;
    }
    out
}

/// Returns one line, which no format takes for itself.
pub(super) fn line(text: &str) -> String {
    isolated(text.chars().filter_map(seen))
}

/// What people see for a character; `None` for those that only turn the text beside them around.
fn seen(c: char) -> Option<char> {
    let turns =
        matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    (!turns).then(|| visible(c))
}

/// A blank for what ends a line or commands a device, a sign for what is no character.
fn visible(c: char) -> char {
    match c {
        '\u{2028}' | '\u{2029}' => ' ',
        c if c.is_control() => ' ',
        '\u{FDD0}'..='\u{FDEF}' => char::REPLACEMENT_CHARACTER,
        c if u32::from(c) & 0xFFFE == 0xFFFE => char::REPLACEMENT_CHARACTER,
        c => c,
    }
}

/// Keeps letters that run from right to left from turning the figures around that stand beside them.
fn isolated(text: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    // Whether such letters were the last, and where they end: what stands between them is theirs.
    let mut end = None;
    for c in text {
        if runs_left(c) {
            if end.is_none() {
                out.push(LEFT_TO_RIGHT);
            }
            out.push(c);
            end = Some(out.len());
            continue;
        }
        if let Some(place) = end.filter(|_| c.is_alphanumeric() || c == '\n') {
            out.insert(place, LEFT_TO_RIGHT);
            end = None;
        }
        out.push(c);
    }
    if let Some(place) = end {
        out.insert(place, LEFT_TO_RIGHT);
    }
    out
}

fn runs_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFD}' | '\u{1E800}'..='\u{1EFFD}')
}

#[cfg(test)]
#[path = "characters_tests.rs"]
pub(super) mod tests;
