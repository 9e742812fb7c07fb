//! Tells the program what `--version` and run.json call it: a release build names the commit that it was built from.

#![expect(
    clippy::disallowed_macros,
    reason = "this is how a build script speaks to Cargo, which reads it all"
)]

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let version = env!("CARGO_PKG_VERSION");
    // While one works on it, every commit would mean a build.
    let commit = if std::env::var("PROFILE").as_deref() == Ok("release") {
        packaged().or_else(checked_out)
    } else {
        None
    };
    let name = commit.map_or_else(|| version.to_owned(), |commit| format!("{version} (commit {commit})"));
    println!("cargo::rustc-env=GILMATRIX_VERSION={name}");
}

/// Of a packaged crate, Cargo says it.
fn packaged() -> Option<String> {
    let facts = std::fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let commit = facts.split_once("\"sha1\"")?.1.split('"').nth(1)?;
    commit.get(..12).map(str::to_owned)
}

fn checked_out() -> Option<String> {
    let log = git(&["rev-parse", "--git-path", "logs/HEAD"])?;
    if Path::new(&log).exists() {
        println!("cargo::rerun-if-changed={log}");
    }
    let commit = git(&["rev-parse", "--short=12", "HEAD"])?;
    let changed = git(&[
        "status",
        "--porcelain",
        "--untracked-files=no",
        "--",
        "src",
        "python-workloads",
        "Cargo.lock",
    ])?;
    Some(if changed.is_empty() { commit } else { format!("{commit}, changed since") })
}

fn git(arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("git").args(arguments).output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim_end().to_owned())
}
