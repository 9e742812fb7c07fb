//! What a CI service needs, taken from the files that this project itself uses and shows: one source. Pure.

use std::path::{Path, PathBuf};

use crate::commands::{Exit, Failure};

const NIGHTLY: &str = include_str!("../../../.github/workflows/nightly.yml");
const ACTION: &str = include_str!("../../../action.yml");
const GITLAB: &str = include_str!("../../../docs/ci/gitlab-ci.yml");
const CRON: &str = include_str!("../../../docs/ci/cron.sh");

/// The lines between which the nightly workflow is about this project itself.
const OWN: (&str, &str) = (
    "      # Only in gilmatrix's own repository: the program is what is checked out.\n",
    "      # To here.\n\n",
);
/// The end of a single line that is about this project itself.
const OWN_LINE: &str = "# only in gilmatrix's own repository\n";
const GITHUB_MATRIX: &str = "matrix: matrix.toml\n";
const GITLAB_MATRIX: &str = "MATRIX: matrix.toml\n";
const CRON_MATRIX: &str = "matrix=matrix.toml\n";

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Ci {
    /// .github/workflows/gilmatrix.yml and the action that it uses
    Github,
    /// .gitlab-ci.yml
    Gitlab,
    /// gilmatrix-nightly.sh, for cron
    Cron,
}

/// Returns the files for a service, each with its place in the repository.
///
/// # Errors
/// Exit 2: a shell can't be told the matrix's name.
pub(super) fn files(ci: Ci, matrix: &Path) -> Result<Vec<(PathBuf, String)>, Failure> {
    // Quoted as JSON, which is YAML, where it isn't the usual name.
    let named = |text: &str, line: &str| match matrix == Path::new("matrix.toml") {
        true => text.to_owned(),
        false => {
            let key = line.split(' ').next().unwrap_or_default();
            let name = serde_json::Value::from(matrix.to_string_lossy());
            text.replacen(line, &format!("{key} {name}\n"), 1)
        }
    };
    let files = match ci {
        Ci::Github => vec![
            (".github/workflows/gilmatrix.yml".into(), named(&of_others(NIGHTLY), GITHUB_MATRIX)),
            (".github/actions/gilmatrix/action.yml".into(), ACTION.to_owned()),
        ],
        Ci::Gitlab => vec![(".gitlab-ci.yml".into(), named(GITLAB, GITLAB_MATRIX))],
        Ci::Cron => vec![("gilmatrix-nightly.sh".into(), in_shell(CRON, matrix)?)],
    };
    Ok(files)
}

/// Returns the script with the matrix's name, quoted where it has to be.
fn in_shell(script: &str, matrix: &Path) -> Result<String, Failure> {
    let name = matrix.to_string_lossy();
    let name = shlex::try_quote(&name)
        .map_err(|error| Exit::Usage.because(format!("`{name}` can't be written for a shell: {error}")))?;
    Ok(script.replacen(CRON_MATRIX, &format!("matrix={name}\n"), 1))
}

/// Returns the nightly workflow for other repositories: gilmatrix is installed, the action stands beside the
/// workflow.
fn of_others(nightly: &str) -> String {
    let text = match (nightly.find(OWN.0), nightly.find(OWN.1)) {
        (Some(from), Some(to)) if from < to => {
            format!("{}{}", &nightly[..from], &nightly[to + OWN.1.len()..])
        }
        _ => nightly.to_owned(),
    };
    let text: String = text.split_inclusive('\n').filter(|line| !line.ends_with(OWN_LINE)).collect();
    text.replacen("uses: ./\n", "uses: ./.github/actions/gilmatrix\n", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_this_project_alone_is_there_once_and_left_out() {
        for part in [OWN.0, OWN.1, OWN_LINE, GITHUB_MATRIX, "uses: ./\n"] {
            assert_eq!(NIGHTLY.matches(part).count(), 1, "{part}");
        }
        assert_eq!((GITLAB.matches(GITLAB_MATRIX).count(), CRON.matches(CRON_MATRIX).count()), (1, 1));
        let text = of_others(NIGHTLY);
        assert!(!text.contains("own repository") && !text.contains("cargo build"), "{text}");
        assert!(text.contains("        uses: ./.github/actions/gilmatrix\n"), "{text}");
        assert!(text.contains("          matrix: matrix.toml\n          # With workloads"), "{text}");
    }

    #[test]
    fn another_matrix_is_named_whatever_is_in_its_name() {
        let matrix = Path::new("bench/a: b.toml");
        let files = |ci| files(ci, matrix).expect("a name that can be written");
        let github = files(Ci::Github);
        assert!(github[0].1.contains("          matrix: \"bench/a: b.toml\"\n"), "{}", github[0].1);
        assert!(files(Ci::Gitlab)[0].1.contains("    MATRIX: \"bench/a: b.toml\"\n"));
        assert!(files(Ci::Cron)[0].1.contains("\nmatrix='bench/a: b.toml'\n"));
    }
}
