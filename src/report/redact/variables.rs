//! Variables of an environment, and which of their values may be anyone's.

/// Variables of an environment whose values say how it was measured, and nothing of whose it was.
const TELLING: [&str; 4] = ["PYTHON", "_NUM_THREADS", "MALLOC", "LC_"];

/// Where the value begins of a variable that a word of a command line sets, as `TOKEN=x`, or after an option of `try`
/// `name=x` and `variant:name=x`. `None`: it sets none, or one whose value says nothing of anyone's.
pub(super) fn assigned(word: &str, before: &str) -> Option<usize> {
    let sets = |option: &str| ["--env", "--variant"].contains(&option);
    let joined = word.split_once('=').filter(|(option, _)| sets(option));
    let (name, value) = joined.map_or(word, |(_, rest)| rest).split_once('=')?;
    let name = name.rsplit(':').next().unwrap_or(name);
    let named =
        !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let given = joined.is_some() || sets(before);
    ((named || given) && hides(name)).then(|| word.len() - value.len())
}

/// Whether a variable's value may be anything of anyone's.
pub(super) fn hides(variable: &str) -> bool {
    !TELLING.iter().any(|telling| variable.contains(telling))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_variables_on_a_command_line_go() {
        let left = |word: &str, before: &str| assigned(word, before).map(|kept| word[..kept].to_owned());
        for (word, before, kept) in [
            ("TOKEN=zebra", "env", Some("TOKEN=")),
            ("token=zebra=1", "--env", Some("token=")),
            ("--env=token=zebra", "try", Some("--env=token=")),
            ("lean:token=zebra", "--variant", Some("lean:token=")),
            ("PYTHON_GIL=0", "--env", None),
            ("n=35", "--arg", None),
            ("--arg=n=35", "try", None),
        ] {
            assert_eq!(left(word, before).as_deref(), kept, "{word}");
        }
    }
}
