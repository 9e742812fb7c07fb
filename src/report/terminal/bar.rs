//! Bars from block elements, an eighth of a column fine.

const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A bar of `fraction` × `width` columns, filled with spaces to `width`. At least the thinnest one,
/// unless there is nothing to show.
pub(super) fn bar(fraction: f64, width: usize) -> String {
    if !fraction.is_finite() || fraction <= 0.0 {
        return " ".repeat(width);
    }
    let eighths = ((fraction.min(1.0) * width as f64 * 8.0).round() as usize).clamp(1, width * 8);
    let (full, rest) = (eighths / 8, eighths % 8);
    let used = full + usize::from(rest > 0);
    format!("{}{}{}", "█".repeat(full), EIGHTHS[rest], " ".repeat(width - used))
}

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn bars_are_an_eighth_fine_and_always_fill_their_width() {
        assert_eq!(bar(1.0, 4), "████");
        assert_eq!(bar(0.5, 3), "█▌ ");
        assert_eq!(bar(0.001, 3), "▏  ");
        assert_eq!(bar(0.0, 2), "  ");
        assert_eq!(bar(f64::NAN, 2), "  ");
        assert_eq!(bar(7.0, 2), "██");
    }
}
