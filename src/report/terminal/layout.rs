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

/// Lines of at most `columns`, those after the first indented; a word longer than a line is cut off.
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
        line.push_str(&cut(&word, columns.saturating_sub(width(&line))));
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
    fn lines_wrap_at_words() {
        assert_eq!(wrap("one two three four", 9, 2), ["one two", "  three", "  four"]);
        assert_eq!(wrap("", 9, 0), Vec::<String>::new());
        assert_eq!(wrap("settled to ±5 % it is", 13, 0), ["settled to", "±5 % it is"], "a unit stays");
    }
}
