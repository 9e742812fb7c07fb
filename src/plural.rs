//! Counted things in messages and reports.

/// `1 cell`, `44 cells`, `12 processes`.
pub(crate) fn count(n: usize, noun: &str) -> String {
    match n {
        1 => format!("1 {noun}"),
        _ if noun.ends_with('s') => format!("{n} {noun}es"),
        _ => format!("{n} {noun}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn one_is_no_plural() {
        assert_eq!(count(1, "cell"), "1 cell");
        assert_eq!(count(44, "cell"), "44 cells");
        assert_eq!(count(12, "process"), "12 processes");
    }
}
