//! What can't be measured is listed with its reason, and never taken for something else.

use std::os::unix::fs::{PermissionsExt, symlink};

use crate::support::{Machine, code, real, stderr, stdout, told, unwrapped};

fn script(machine: &Machine, name: &str, text: &str) {
    let path = machine.at("bin").join(name);
    std::fs::write(&path, text).expect("a script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
}

/// The real one, that says it is another version.
fn of_version(machine: &Machine, name: &str, version: &str) {
    let python = real("3.13").display().to_string();
    let text = format!(
        "#!{python}\nimport os, sys\nargs = sys.argv[1:]\nif '-c' in args:\n    at = args.index('-c') + 1\n    \
         args[at] = \"import sys; sys.version_info = {version}\\n\" + args[at]\n\
         os.execv({python:?}, [{python:?}] + args)\n"
    );
    script(machine, name, &text);
}

#[test]
fn too_old_broken_and_pretended_ones_are_told_apart() {
    let machine = Machine::with_only(&["3.13"]);
    of_version(&machine, "python2.7", "(2, 7, 18, 'final', 0)");
    of_version(&machine, "python3.6", "(3, 6, 15, 'final', 0)");
    symlink("/nowhere/python3.12", machine.at("bin/python3.12")).expect("a link");
    script(&machine, "python3.11", "a text with the run bit\n");
    // A shim leads to the real one, which counts once.
    script(&machine, "python3", &format!("#!/bin/sh\nexec '{}' \"$@\"\n", real("3.13").display()));
    let output = machine.command(&["pythons"]).output().expect("the binary starts");
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let said = stdout(&output);
    for (name, reason) in [
        ("python2.7", "Python 2.7.18 is too old: 3.8 is the oldest that gilmatrix measures"),
        ("python3.6", "Python 3.6.15 is too old"),
        ("python3.12", "it is a broken symlink to `/nowhere/python3.12`"),
        ("python3.11", "exec format error"),
    ] {
        let line = said.lines().find(|line| line.contains(&format!("bin/{name} ")));
        assert!(line.is_some_and(|line| line.contains(reason)), "{name}: {said}");
    }
    assert_eq!(said.lines().filter(|line| line.trim_start().starts_with("3.13 ")).count(), 1, "{said}");

    let matrix = "[interpreters]\nuse = [\"3.13\", \"3.6\", \"python3.11\"]\n[modes]\nuse = [\"single\"]\n\
         [[workload]]\nname = \"fib\"\n";
    let output = machine.run(matrix, &["plan"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!(stdout(&output).contains("Python 3.6.15 is too old"), "{}", stdout(&output));
    let strict = machine.run(&matrix.replace("[modes]", "missing = \"fail\"\n[modes]"), &["plan"]);
    assert_eq!(code(&strict), 3, "{}", stderr(&strict));
    assert!(stderr(&strict).contains("Python 3.6.15 is too old"), "{}", stderr(&strict));
}

#[test]
fn one_that_is_here_and_does_not_start_is_named_with_its_reason() {
    let machine = Machine::with_only(&["3.13"]);
    script(&machine, "pypy3.9", "#!/bin/sh\necho 'libpypy3.9-c.so: no such file' >&2\nexit 127\n");
    let output = machine.command(&["pythons", "pypy"]).output().expect("the binary starts");
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    let said = unwrapped(&told(&output));
    let path = machine.at("bin/pypy3.9").display().to_string();
    assert!(said.contains("no interpreter here answers `pypy`") && said.contains(&path), "{said}");
    assert!(said.contains("libpypy3.9-c.so: no such file"), "{said}");
    // What is merely of another kind isn't blamed.
    let other = machine.command(&["pythons", "3.11"]).output().expect("the binary starts");
    assert!(!unwrapped(&told(&other)).contains("answers `3.11`: "), "{}", told(&other));
}

#[test]
fn a_typo_is_shown_the_nearest_request_and_searches_nothing() {
    let machine = Machine::with_only(&["3.13"]);
    let output = machine.command(&["pythons", "3.13tt"]).output().expect("the binary starts");
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert!(stderr(&output).contains("did you mean `3.13t`?"), "{}", stderr(&output));
}
