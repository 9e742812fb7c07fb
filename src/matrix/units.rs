//! Durations and fractions as people write them.

use jiff::SignedDuration;

pub(super) const DURATION_EXPECTED: &str = r#"a duration such as "90s", "3m" or "1h 30m""#;
pub(super) const SIZE_EXPECTED: &str = r#"a size such as "512MiB" or "2GiB""#;
pub(super) const FRACTION_EXPECTED: &str = r#"a fraction such as 0.05 or "5%""#;

/// Returns the nanoseconds of `3m`, `90s`, `1h 30m`.
///
/// # Errors
/// One line that says what was expected; zero and negative durations are refused too.
pub(crate) fn duration_ns(text: &str) -> Result<u64, String> {
    let error = || format!("`{text}` is not {DURATION_EXPECTED}");
    let duration: SignedDuration = text.trim().parse().map_err(|_| error())?;
    match u64::try_from(duration.as_nanos()) {
        Ok(0) => Err(format!("`{text}` is no time at all, expected {DURATION_EXPECTED}")),
        Ok(ns) => Ok(ns),
        Err(_) if duration.is_negative() => {
            Err(format!("`{text}` is negative, expected {DURATION_EXPECTED}"))
        }
        Err(_) => Err(format!("`{text}` is too long, expected {DURATION_EXPECTED}")),
    }
}

/// Returns the fraction behind `0.05` or `5%`: above 0 and below 1.
///
/// # Errors
/// One line that says what was expected.
pub(crate) fn fraction(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let value = match text.strip_suffix('%') {
        Some(percent) => percent.trim_end().parse::<f64>().map(|value| value / 100.0),
        None => text.parse(),
    };
    in_range(value.map_err(|_| format!("`{text}` is not {FRACTION_EXPECTED}"))?, text)
}

/// Returns the bytes of `2GiB`, `512 MiB`, `1.5GB`, `1048576B`.
///
/// # Errors
/// One line that says what was expected; nothing, and less than a byte, are refused too.
pub(crate) fn size_bytes(text: &str) -> Result<u64, String> {
    const UNITS: [(&str, u64); 9] = [
        ("kib", 1 << 10),
        ("mib", 1 << 20),
        ("gib", 1 << 30),
        ("tib", 1 << 40),
        ("kb", 1_000),
        ("mb", 1_000_000),
        ("gb", 1_000_000_000),
        ("tb", 1_000_000_000_000),
        ("b", 1),
    ];
    let error = || format!("`{text}` is not {SIZE_EXPECTED}");
    let lower = text.trim().to_ascii_lowercase();
    let (number, unit) =
        UNITS.iter().find_map(|(name, unit)| Some((lower.strip_suffix(name)?, *unit))).ok_or_else(error)?;
    let number: f64 = number.trim().parse().map_err(|_| error())?;
    let bytes = number * unit as f64;
    match bytes {
        bytes if bytes >= 1.0 && bytes < u64::MAX as f64 => Ok(bytes as u64),
        bytes if bytes.is_finite() && bytes < 1.0 => {
            Err(format!("`{text}` is no memory at all, expected {SIZE_EXPECTED}"))
        }
        _ => Err(error()),
    }
}

/// Checks that a fraction is above 0 and below 1; `text` is how it was written.
///
/// # Errors
/// One line that says what was expected.
pub(super) fn in_range(value: f64, text: &str) -> Result<f64, String> {
    match value {
        value if value > 0.0 && value < 1.0 => Ok(value),
        value if value <= 0.0 => Err(format!("`{text}` is not above 0, expected {FRACTION_EXPECTED}")),
        value if value >= 1.0 => Err(format!("`{text}` is not below 1, expected {FRACTION_EXPECTED}")),
        _ => Err(format!("`{text}` is not a number, expected {FRACTION_EXPECTED}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        assert_eq!(duration_ns("3m"), Ok(180_000_000_000));
        assert_eq!(duration_ns("90s"), Ok(90_000_000_000));
        assert_eq!(duration_ns(" 1h 30m "), Ok(5_400_000_000_000));
        assert_eq!(duration_ns("250ms"), Ok(250_000_000));
        for wrong in ["", "3", "3 parsecs", "-3s", "0s", "3m ago", "999999999999h", "nan"] {
            assert!(duration_ns(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes() {
        assert_eq!(size_bytes("2GiB"), Ok(2 << 30));
        assert_eq!(size_bytes(" 512 mib "), Ok(512 << 20));
        assert_eq!(size_bytes("1.5GB"), Ok(1_500_000_000));
        assert_eq!(size_bytes("4096B"), Ok(4096));
        for wrong in
            ["", "2", "2G", "GiB", "-1GiB", "0MiB", "nanGiB", "infGiB", "9999999999999TiB", "2 GiB x"]
        {
            assert!(size_bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn fractions() {
        assert_eq!(fraction("0.05"), Ok(0.05));
        assert_eq!(fraction("5%"), Ok(0.05));
        assert_eq!(fraction("2.5 %"), Ok(0.025));
        for wrong in ["", "%", "five", "0", "-1%", "5", "100%", "nan", "inf", "-inf"] {
            assert!(fraction(wrong).is_err(), "{wrong}");
        }
    }
}
