//! Text in columns of a terminal.

use std::iter::repeat_n;

use super::super::canvas::{TAIL, shortened, words};
use super::super::characters::terminal as clean;

/// Columns that a text takes. Control characters take none, since they are never printed.
pub(crate) fn width(text: &str) -> usize {
    unicode_width::UnicodeWidthStr::width(clean(text).as_str())
}

/// Exactly `columns` wide, cut off with an ellipsis or filled at the right.
pub(crate) fn left(text: &str, columns: usize) -> String {
    let text = name(text, columns);
    let fill = columns.saturating_sub(width(&text));
    text.chars().chain(repeat_n(' ', fill)).collect()
}

/// Exactly `columns` wide, filled at the left.
pub(crate) fn right(text: &str, columns: usize) -> String {
    let text = name(text, columns);
    let fill = columns.saturating_sub(width(&text));
    repeat_n(' ', fill).chain(text.chars()).collect()
}

/// At most `columns` wide.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    shortened(&clean(text), 0.0, |short| width(short) <= columns)
}

/// As [`cut`], of a name, which may differ from others at its end alone.
fn name(text: &str, columns: usize) -> String {
    shortened(&clean(text), TAIL, |short| width(short) <= columns)
}

/// Names beside each other in at most `columns`: what is too much is taken from the middle of the longest ones, so that
/// each still tells its own from others.
pub(crate) fn names(parts: &[&str], columns: usize) -> String {
    let mut widths: Vec<usize> = parts.iter().map(|part| width(part)).collect();
    let blanks = parts.len().saturating_sub(1);
    while widths.iter().sum::<usize>() + blanks > columns.max(4 * parts.len()) {
        if let Some(longest) = widths.iter_mut().max() {
            *longest -= 1;
        }
    }
    let shown: Vec<String> = parts.iter().zip(widths).map(|(part, width)| name(part, width)).collect();
    shown.join(" ")
}

/// Lines of at most `columns`, those after the first indented; of a word longer than a line the middle is left out.
pub(crate) fn wrap(text: &str, columns: usize, indent: usize) -> Vec<String> {
    let lead: String = text.chars().take_while(|c| *c == ' ').collect();
    let mut lines: Vec<String> = Vec::new();
    let mut line = lead;
    let mut empty = true;
    for word in words(text).iter().map(|word| clean(word)) {
        if !empty && width(&line) + 1 + width(&word) > columns {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(&name(&word, columns.saturating_sub(width(&line))));
        empty = false;
    }
    if !empty {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_exact() {
        assert_eq!(left("ab", 4), "ab  ");
        assert_eq!(right("ab", 4), "  ab");
        assert_eq!(left("abcdef", 4), "a…ef");
        assert_eq!(cut("abcdef", 4), "abc…");
        assert_eq!(width(&left("日本語", 4)), 4);
        assert_eq!(clean("a\u{1b}[31mb"), "a[31mb");
    }

    #[test]
    fn names_beside_each_other_each_keep_their_ends() {
        assert_eq!(names(&["fib", "3.13", "mp×2"], 20), "fib 3.13 mp×2");
        let of = |job: &str| {
            names(&[&format!("the-nightly-pricing-{job}"), "3.13-build-pgo-lto", "threads×2"], 30)
        };
        assert_eq!(of("01"), "the…ing-01 3.1…o-lto threads×2");
        assert_ne!(of("01"), of("02"));
        assert_eq!(names(&["abcdefgh", "abcdefgh", "abcdefgh"], 1), "a…gh …gh …gh");
    }

    #[test]
    fn lines_wrap_at_words() {
        assert_eq!(wrap("one two three four", 9, 2), ["one two", "  three", "  four"]);
        assert_eq!(wrap("", 9, 0), Vec::<String>::new());
        assert_eq!(wrap("settled to ±5 % it is", 13, 0), ["settled to", "±5 % it is"], "a unit stays");
    }
}
