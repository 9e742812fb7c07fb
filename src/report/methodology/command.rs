//! The command line of a run.

use crate::report::view::View;

impl View<'_> {
    /// The command that does the same again: as it was typed, with the seed that was drawn.
    pub(crate) fn repeat_command(&self) -> String {
        // What stands behind `--` is a command of the user's, with options of its own.
        let own = self.command.iter().position(|word| word == "--").unwrap_or(self.command.len());
        let (words, theirs) = self.command.split_at(own);
        let mut words = words.to_vec();
        if let Some(program) = words.first_mut() {
            "gilmatrix".clone_into(program);
        }
        if !words.iter().any(|word| word == "--seed" || word.starts_with("--seed=")) {
            words.extend(["--seed".to_owned(), self.seed.to_string()]);
        }
        // A run is never written over: the next one gets a folder of its own.
        if let Some(place) = words.iter().position(|word| word == "--out") {
            words.drain(place..words.len().min(place + 2));
        }
        words.retain(|word| !word.starts_with("--out="));
        words.extend_from_slice(theirs);
        line(&words)
    }
}

/// The words of a command as a shell takes them.
pub(super) fn line(words: &[String]) -> String {
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// A word of a command line, in quotes where a shell would take it apart.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./=:,+%@".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use crate::report::fixture::results;
    use crate::report::view::View;

    #[test]
    fn a_command_of_the_users_keeps_its_options() {
        let mut results = results();
        let typed = "target/gilmatrix try --out x -- python tool.py --out y --seed 3";
        results.command = typed.split(' ').map(str::to_owned).collect();
        results.seed = 7;
        let again = View::new(&results).repeat_command();
        assert_eq!(again, "gilmatrix try --seed 7 -- python tool.py --out y --seed 3");
    }
}
