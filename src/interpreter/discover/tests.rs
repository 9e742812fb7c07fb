//! With real interpreters: whatever this machine has.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;

use super::*;
use crate::interpreter::{ResolveOptions, resolve};
use crate::matrix::{InterpreterEntry, InterpreterSource};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// A home of its own, with one real interpreter to lead to.
struct Home {
    dir: tempfile::TempDir,
    real: PathBuf,
}

impl Home {
    fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let here = Discovery::of_this_machine();
        let real = here.found.iter().find(|found| found.probed.facts.implementation == "cpython");
        let real = real.ok_or("these tests need a Python from 3.8 on")?.path.clone();
        Ok(Self { dir: tempfile::tempdir()?, real })
    }

    fn at(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    fn bin(&self, relative: &str) -> std::io::Result<PathBuf> {
        let bin = self.at(relative);
        fs::create_dir_all(&bin)?;
        Ok(bin)
    }

    fn script(&self, path: &Path, text: &str) -> std::io::Result<()> {
        fs::write(path, text)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))
    }

    fn surroundings(&self, path: &[PathBuf]) -> Surroundings {
        let joined = std::env::join_paths(path).unwrap_or_default();
        Surroundings {
            home: Some(self.dir.path().to_owned()),
            variables: [("PATH".to_owned(), joined)].into(),
            cache: Some(self.at("cache")),
            own_environment: None,
            root: self.at("root"),
        }
    }

    fn discover(&self, path: &[PathBuf]) -> Discovery {
        Discovery::within(self.surroundings(path))
    }
}

fn entry(request: &str) -> InterpreterEntry {
    InterpreterEntry { name: request.to_owned(), source: InterpreterSource::Request(request.to_owned()) }
}

#[test]
fn symlinks_shims_and_virtual_environments_of_one_interpreter_count_once() -> TestResult {
    let home = Home::new()?;
    let venv = home.at("venv");
    let made =
        Command::new(&home.real).args(["-m", "venv", "--without-pip", "--copies"]).arg(&venv).output()?;
    assert!(made.status.success(), "{made:?}");
    let pyenv = home.bin(".pyenv/versions/3.x/bin")?;
    symlink(&home.real, pyenv.join("python3"))?;
    symlink(&home.real, pyenv.join("python"))?;
    let mise = home.bin(".local/share/mise/installs/python/latest/bin")?;
    symlink(&home.real, mise.join("python3"))?;
    let bin = home.bin("bin")?;
    home.script(&bin.join("python3"), &format!("#!/bin/sh\nexec {} \"$@\"\n", home.real.display()))?;

    let discovery = home.discover(&[bin, venv.join("bin")]);
    assert_eq!(discovery.found.len(), 1, "{:?}", discovery.found);
    assert!(discovery.broken.is_empty(), "{:?}", discovery.broken);
    let found = &discovery.found[0];
    assert_eq!(found.path, fs::canonicalize(&home.real)?);
    assert!(!found.probed.facts.virtual_env);
    assert!(found.aliases.len() >= 5, "{:?}", found.aliases);
    Ok(())
}

#[test]
fn what_is_broken_is_listed_with_its_reason() -> TestResult {
    let home = Home::new()?;
    let bin = home.bin("bin")?;
    symlink("/nowhere/python3", bin.join("python3.10"))?;
    home.script(&bin.join("python3.11"), "this is a text\n")?;
    home.script(&bin.join("python3.12"), "#!/bin/sh\necho 'cannot: do this' >&2\nexit 3\n")?;
    home.script(&bin.join("python3.13"), "#!/bin/sh\necho hello\n")?;
    let discovery = home.discover(std::slice::from_ref(&bin));
    assert!(discovery.found.is_empty(), "{:?}", discovery.found);
    let reason = |name: &str| {
        let broken = discovery.broken.iter().find(|broken| broken.path == bin.join(name));
        broken.map(|broken| broken.reason.clone()).unwrap_or_default()
    };
    assert_eq!(reason("python3.10"), "it is a broken symlink to `/nowhere/python3`");
    assert!(reason("python3.11").contains("exec format error"), "{}", reason("python3.11"));
    assert_eq!(reason("python3.12"), "it ended with exit status 3: cannot: do this");
    assert!(reason("python3.13").contains("without an answer"), "{}", reason("python3.13"));
    Ok(())
}

#[test]
fn a_folder_without_the_marker_is_no_interpreter() -> TestResult {
    let home = Home::new()?;
    let bin = home.bin("cache/interpreters/3.99.0/bin")?;
    symlink(&home.real, bin.join("python3"))?;
    assert!(home.discover(&[]).found.is_empty());
    fs::write(home.at("cache/interpreters/3.99.0/gilmatrix.json"), "{}")?;
    assert_eq!(home.discover(&[]).found.len(), 1);
    Ok(())
}

#[test]
fn shims_on_path_are_left_alone() -> TestResult {
    let home = Home::new()?;
    let shims = home.bin(".pyenv/shims")?;
    home.script(&shims.join("python3"), "#!/bin/sh\nexit 127\n")?;
    let discovery = home.discover(&[shims]);
    assert!(discovery.broken.is_empty() && discovery.found.is_empty());
    Ok(())
}

/// As uv, pipx and pip install it: beside a Python that is there for its programs only.
#[test]
fn the_environment_that_gilmatrix_is_installed_in_is_not_searched() -> TestResult {
    let home = Home::new()?;
    let [own, others] = [home.bin("tools/gilmatrix/bin")?, home.bin("others/bin")?];
    for bin in [&own, &others] {
        home.script(&bin.join("python3"), "#!/bin/sh\nexit 1\n")?;
    }
    let link = home.at("link");
    std::os::unix::fs::symlink(&own, &link)?;
    let mut surroundings = home.surroundings(&[own.clone(), link, others.clone()]);
    surroundings.own_environment = Some(own.canonicalize()?);
    let seen: Vec<PathBuf> = Discovery::within(surroundings).broken.into_iter().map(|one| one.path).collect();
    assert_eq!(seen, [others.join("python3")]);
    Ok(())
}

/// A virtual environment whose `sitecustomize` prints, asked for by its folder.
#[test]
fn what_is_printed_does_not_corrupt_the_answer() -> TestResult {
    let home = Home::new()?;
    let venv = home.at("venv");
    let made = Command::new(&home.real).args(["-m", "venv", "--without-pip"]).arg(&venv).output()?;
    assert!(made.status.success(), "{made:?}");
    let lib = fs::read_dir(venv.join("lib"))?.next().ok_or("no lib")??.path();
    fs::write(lib.join("site-packages/sitecustomize.py"), "print('{\"version\": \"9.9.9\"}')\n")?;

    let discovery = home.discover(&[]);
    let options = ResolveOptions::in_folder(home.dir.path());
    let resolution = resolve(&[entry("./venv")], &discovery, &options);
    let found = resolution.found.first().ok_or_else(|| format!("{:?}", resolution.missing))?;
    assert!(found.facts.virtual_env);
    assert_ne!(found.facts.version, "9.9.9");
    assert!(Path::new(&found.command[0]).starts_with(&venv), "a virtual environment stays one");
    Ok(())
}

#[test]
fn a_wrapper_that_hides_the_files_answers_all_the_same() -> TestResult {
    let home = Home::new()?;
    // As in a container: the report's path means nothing inside. `-c SCRIPT REPORT NONCE` come last.
    let text = "#!/bin/sh\npython=$1; a=$2; b=$3; c=$4; s=$5; nonce=$7; shift 7\n\
                exec \"$python\" \"$a\" \"$b\" \"$c\" \"$s\" /nowhere/report \"$nonce\" \"$@\"\n";
    home.script(&home.at("enter"), text)?;
    let command = vec!["./enter".to_owned(), home.real.display().to_string()];
    let source = InterpreterSource::Command(command);
    let discovery = home.discover(&[]);
    let options = ResolveOptions::in_folder(home.dir.path());
    let entry = InterpreterEntry { name: "inside".to_owned(), source };
    let resolution = resolve(&[entry], &discovery, &options);
    let found = resolution.found.first().ok_or_else(|| format!("{:?}", resolution.missing))?;
    assert_eq!(found.facts.executable_sha256, crate::sha256::of_file(&found.facts.executable)?);
    assert_eq!(found.provider, "command");
    Ok(())
}

#[test]
fn the_second_discovery_asks_nobody_again() -> TestResult {
    let home = Home::new()?;
    let bin = home.bin("bin")?;
    symlink(&home.real, bin.join("python3"))?;
    let first = home.discover(std::slice::from_ref(&bin));
    assert!(home.at("cache/probes.json").is_file());
    let again = home.discover(std::slice::from_ref(&bin));
    assert_eq!(first.found[0].probed, again.found[0].probed);
    fs::write(home.at("cache/probes.json"), "{ not json")?;
    assert_eq!(home.discover(&[bin]).found[0].probed, first.found[0].probed, "a corrupt cache is ignored");
    Ok(())
}

#[test]
fn a_prober_stops_what_hangs() -> TestResult {
    let home = Home::new()?;
    let hangs = home.at("python3");
    home.script(&hangs, "#!/bin/sh\nsleep 60\n")?;
    let started = std::time::Instant::now();
    let command: Vec<OsString> = vec![hangs.into()];
    let answer = crate::interpreter::probe::probe(&command, std::time::Duration::from_millis(300));
    let reason = answer.err().map(|error| error.to_string()).unwrap_or_default();
    assert_eq!(reason, "it did not answer within 0.3 s");
    assert!(started.elapsed().as_secs() < 10);
    Ok(())
}
