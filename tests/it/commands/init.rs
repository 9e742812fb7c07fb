//! `gilmatrix init`: what it writes loads, plans, and replaces nothing.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::{repository, told};

fn gilmatrix(folder: &Path, arguments: &[&str]) -> Output {
    crate::support::gilmatrix(folder, arguments).output().expect("the binary starts")
}

#[test]
fn the_matrix_plans_on_this_machine_and_is_not_replaced() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (folder, matrix) = (folder.path(), folder.path().join("matrix.toml"));
    let first = gilmatrix(folder, &["init"]);
    assert_eq!(first.status.code(), Some(0), "{}", told(&first));
    let plan = gilmatrix(folder, &["plan", "--offline"]);
    assert_eq!(plan.status.code(), Some(0), "{}", told(&plan));
    let text = told(&plan);
    assert!(text.contains(", baseline") && text.contains("fib: single"), "{text}");
    assert!(!text.contains("missing:"), "only what is here is asked for: {text}");

    std::fs::write(&matrix, "mine").expect("written");
    let second = gilmatrix(folder, &["init"]);
    assert_eq!(second.status.code(), Some(2), "{}", told(&second));
    assert!(told(&second).contains("`matrix.toml` is there already: `--force`"), "{}", told(&second));
    assert_eq!(std::fs::read_to_string(&matrix).expect("read"), "mine");
    // The usual case: a project that has a matrix gets its nightly run.
    let third = gilmatrix(folder, &["init", "--ci", "github"]);
    assert_eq!(third.status.code(), Some(0), "{}", told(&third));
    assert!(told(&third).contains("`matrix.toml` was there already, and stays"), "{}", told(&third));
    assert_eq!(std::fs::read_to_string(&matrix).expect("read"), "mine");
    let workflow = folder.join(".github/workflows/gilmatrix.yml");
    std::fs::write(&workflow, "mine, too").expect("written");
    std::fs::remove_dir_all(folder.join(".github/actions")).expect("removed");
    let fourth = gilmatrix(folder, &["init", "--ci", "github"]);
    assert_eq!(fourth.status.code(), Some(2), "{}", told(&fourth));
    assert!(told(&fourth).contains("gilmatrix.yml` is there already: `--force`"), "{}", told(&fourth));
    assert_eq!(std::fs::read_to_string(&workflow).expect("read"), "mine, too");
    assert!(!folder.join(".github/actions").exists(), "all or nothing");
    assert_eq!(gilmatrix(folder, &["init", "--force"]).status.code(), Some(0));
    let shown = gilmatrix(folder, &["init", "--out", "-"]);
    let written = std::fs::read(&matrix).expect("read");
    assert!(written == shown.stdout && written.starts_with(b"# What `gilmatrix run` measures"));
}

#[test]
fn the_workflow_measures_the_matrix_that_was_written() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = gilmatrix(folder.path(), &["init", "--out", "bench/mine.toml", "--ci", "github"]);
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    assert!(folder.path().join("bench/mine.toml").is_file());
    let workflow =
        std::fs::read_to_string(folder.path().join(".github/workflows/gilmatrix.yml")).expect("read");
    assert!(workflow.contains("\n          matrix: \"bench/mine.toml\"\n"), "{workflow}");
    assert!(workflow.contains("uses: ./.github/actions/gilmatrix\n"), "{workflow}");
    let action = folder.path().join(".github/actions/gilmatrix/action.yml");
    let own = repository("action.yml");
    assert_eq!(std::fs::read(action).expect("read"), std::fs::read(own).expect("read"), "one source");
}

#[test]
fn gitlab_and_cron_get_the_documented_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let documented = |name: &str| std::fs::read(repository("docs/ci").join(name)).expect("read");
    for (service, written, source) in
        [("gitlab", ".gitlab-ci.yml", "gitlab-ci.yml"), ("cron", "gilmatrix-nightly.sh", "cron.sh")]
    {
        let output = gilmatrix(folder.path(), &["init", "--force", "--ci", service]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        assert_eq!(
            std::fs::read(folder.path().join(written)).expect("read"),
            documented(source),
            "{service}"
        );
    }
    let other = gilmatrix(folder.path(), &["init", "--out", "my bench.toml", "--force", "--ci", "cron"]);
    assert_eq!(other.status.code(), Some(0), "{}", told(&other));
    let text = std::fs::read_to_string(folder.path().join("gilmatrix-nightly.sh")).expect("read");
    assert!(text.contains("\nmatrix='my bench.toml'\n") && text.contains(" run \"$matrix\" "), "{text}");
    let script = Command::new(folder.path().join("gilmatrix-nightly.sh")).output().expect("it can be run");
    assert!(told(&script).contains("usage: cron.sh PROJECT"), "{}", told(&script));
}

#[test]
fn in_a_subfolder_a_services_files_go_to_the_repositorys_root() {
    for (service, written) in [("github", ".github/workflows/gilmatrix.yml"), ("gitlab", ".gitlab-ci.yml")] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let inner = folder.path().join("services/bench");
        std::fs::create_dir_all(&inner).expect("made");
        std::fs::create_dir(folder.path().join(".git")).expect("made");
        let output = gilmatrix(&inner, &["init", "--ci", service]);
        assert_eq!(output.status.code(), Some(0), "{}", told(&output));
        assert!(inner.join("matrix.toml").is_file() && !inner.join(written).exists());
        let text = std::fs::read_to_string(folder.path().join(written)).expect("in the root");
        assert!(text.to_lowercase().contains("matrix: \"services/bench/matrix.toml\"\n"), "{text}");
        let again = gilmatrix(&inner, &["init", "--ci", service]);
        assert_eq!(again.status.code(), Some(2), "nothing in the root is replaced: {}", told(&again));
    }
}

#[test]
fn no_ci_file_installs_a_name_that_nobody_owns() {
    let files = [
        "action.yml",
        "docs/ci/gitlab-ci.yml",
        "docs/ci/shards.yml",
        "docs/ci/pull-request.yml",
        "docs/ci/cron.sh",
    ];
    for name in files {
        let text = std::fs::read_to_string(repository(name)).expect("read");
        for line in text.lines().filter(|line| line.contains("cargo install")) {
            let pinned = line.contains("--git") && line.contains("--rev");
            assert!(
                pinned || line.contains("--path"),
                "{name} takes what a registry has by that name: {line}"
            );
        }
    }
}

#[test]
fn a_pyproject_gets_the_matrix_and_keeps_the_rest() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (folder, file) = (folder.path(), folder.path().join("pyproject.toml"));
    let absent = gilmatrix(folder, &["init", "--pyproject"]);
    assert_eq!(absent.status.code(), Some(2), "{}", told(&absent));
    assert!(told(&absent).contains("there is no `pyproject.toml` here"), "{}", told(&absent));
    assert!(told(&gilmatrix(folder, &["plan"])).contains("there is no matrix here"));

    let own = "# mine\n[project]\nname = \"mine\"   # as it is\n[tool.black]\nline-length = 99";
    std::fs::write(&file, own).expect("written");
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).expect("set");
    let none = gilmatrix(folder, &["plan", "pyproject.toml"]);
    assert_eq!(none.status.code(), Some(2), "{}", told(&none));
    assert!(told(&none).contains("there is no `[tool.gilmatrix]` in it"), "{}", told(&none));
    let added = gilmatrix(folder, &["init", "--pyproject"]);
    assert_eq!(added.status.code(), Some(0), "{}", told(&added));
    let text = std::fs::read_to_string(&file).expect("read");
    assert!(text.starts_with(own) && text.contains("\n[tool.gilmatrix.interpreters]\n"), "{text}");
    let mode = std::fs::metadata(&file).expect("known").permissions();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600);
    for arguments in [&["plan", "--offline"][..], &["plan", "pyproject.toml", "--offline"]] {
        let plan = gilmatrix(folder, arguments);
        assert_eq!(plan.status.code(), Some(0), "{}", told(&plan));
        assert!(told(&plan).contains("fib: single"), "{}", told(&plan));
    }
    let again = gilmatrix(folder, &["init", "--pyproject"]);
    assert_eq!(again.status.code(), Some(2), "{}", told(&again));
    assert!(told(&again).contains("has a `[tool.gilmatrix]` already"), "{}", told(&again));
    let nightly = gilmatrix(folder, &["init", "--pyproject", "--ci", "github"]);
    assert_eq!(nightly.status.code(), Some(0), "{}", told(&nightly));
    let workflow = std::fs::read_to_string(folder.join(".github/workflows/gilmatrix.yml")).expect("read");
    assert!(workflow.contains("matrix: \"pyproject.toml\"\n"), "{workflow}");
    assert_eq!(std::fs::read_to_string(&file).expect("read"), text);

    std::fs::write(&file, text.replace("budget = ", "budgte = ")).expect("written");
    let wrong = told(&gilmatrix(folder, &["plan"]));
    assert!(wrong.contains("unknown key `budgte` in `tool.gilmatrix.run`"), "{wrong}");
    assert!(wrong.contains("pyproject.toml:11:1") && wrong.contains("did you mean `budget`?"), "{wrong}");
    std::fs::write(folder.join("matrix.toml"), "[interpreters]\nuse = [\"3.13\"]\n").expect("written");
    assert_eq!(gilmatrix(folder, &["plan", "--offline"]).status.code(), Some(0), "matrix.toml comes first");
}
