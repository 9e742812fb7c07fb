//! The valid word nearest to the one that was written.

/// Below this similarity a suggestion would puzzle more than help; the valid words are listed anyway.
const CLOSE_ENOUGH: f64 = 0.65;

/// Returns the most similar of `known` by Jaro–Winkler, which favours a shared beginning, as most slips and
/// half-remembered names have.
pub(crate) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let lower = word.to_lowercase();
    // Among those that differ in their case alone the one that is written so.
    let alike = |candidate: &str| {
        let similarity = strsim::jaro_winkler(&lower, &candidate.to_lowercase());
        (similarity, strsim::jaro_winkler(word, candidate))
    };
    // A likeness of few letters is none of words, but for a beginning.
    let is_near = |candidate: &&&str| {
        let other = candidate.to_lowercase();
        let longer = lower.chars().count().max(other.chars().count());
        let begins = other.starts_with(&lower) || lower.starts_with(&other);
        begins || strsim::osa_distance(&lower, &other) <= longer.div_ceil(3)
    };
    let near = known.iter().filter(is_near).map(|candidate| (alike(candidate), *candidate));
    near.filter(|((similarity, _), _)| *similarity >= CLOSE_ENOUGH)
        .max_by(|(left, _), (right, _)| left.0.total_cmp(&right.0).then(left.1.total_cmp(&right.1)))
        .map(|(_, candidate)| candidate)
}

/// Returns the end of a message that asks for the nearest word; empty where nothing is near.
pub(crate) fn meant(word: &str, known: &[&str]) -> String {
    nearest(word, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_slips_and_forgets_strangers() {
        let modes = ["single", "asyncio", "executor", "threads", "mp"];
        assert_eq!(nearest("thread", &modes), Some("threads"));
        assert_eq!(nearest("THREADS", &modes), Some("threads"));
        assert_eq!(nearest("asynico", &modes), Some("asyncio"));
        assert_eq!(nearest("reprot", &["report", "Report"]), Some("report"));
        assert_eq!(nearest("Reprot", &["Report", "report"]), Some("Report"));
        assert_eq!(nearest("exec", &modes), Some("executor"));
        assert_eq!(nearest("qqq", &modes), None);
        assert_eq!(nearest("nothing", &["counting", "missing", "loud"]), None);
        assert_eq!(nearest("x", &[]), None);
    }
}
