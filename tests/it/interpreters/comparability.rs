//! Builds that differ are never compared in silence.

use crate::support::{Machine, code, real, stderr};

/// The pair with the same flags, and a 3.12 or older of another making.
fn matrix(other: &str, comparability: &str) -> String {
    format!(
        "[run]\nbudget = \"8s\"\nmax_rounds = 2\n[interpreters]\nuse = [\"3.13\", \"3.13t\", \"{other}\"]\n\
         baseline = \"3.13\"\ncomparability = \"{comparability}\"\n[modes]\nuse = [\"single\"]\n[[workload]]\n\
         name = \"fib\"\ntasks = 2\nargs = {{ n = 14 }}\n"
    )
}

/// A build of other flags, made from the real one by a wrapper around its answers: its `sysconfig`
/// says `-O0` and a debug build needs no compiler then.
fn unoptimised(machine: &Machine) -> String {
    let script = machine.at("unoptimised");
    let text = format!(
        "#!{}\nimport os, sys\nargs = sys.argv[1:]\nfor at, arg in enumerate(args):\n    if arg == '-c':\n        \
         args[at + 1] = \"import sysconfig; sysconfig.get_config_vars()['PY_CORE_CFLAGS'] = '-O0'\\n\" + args[at + 1]\n\
         os.execv({1:?}, [{1:?}] + args)\n",
        real("3.13").display(),
        real("3.13")
    );
    std::fs::write(&script, text).expect("a script");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, mode).expect("executable");
    script.display().to_string()
}

#[test]
fn a_difference_is_named_at_every_ratio_or_refused() {
    let machine = Machine::with_only(&["3.13", "3.13t"]);
    let other = unoptimised(&machine);
    let define = format!("[[interpreter]]\nname = \"slow\"\ncommand = [\"{other}\"]\n");
    let output = machine.run(&(matrix("slow", "warn") + &define), &["run", "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let difference = "`slow` with -O0";
    assert!(stderr(&output).contains(difference), "{}", stderr(&output));
    let slow = machine.cell("out", "slow", "plain");
    assert_eq!(slow["outcome"], "completed", "{slow}");
    assert!(slow["warnings"].to_string().contains(difference), "{slow}");
    let alike = machine.cell("out", "3.13t", "plain");
    assert!(!alike["warnings"].to_string().contains("built with"), "{alike}");
    let results = machine.json("out/results.json");
    assert!(results["warnings"].to_string().contains(difference), "{}", results["warnings"]);

    let strict = machine.run(&(matrix("slow", "strict") + &define), &["run", "--out", "strict"]);
    assert_eq!(code(&strict), 6, "{}", stderr(&strict));
    assert!(stderr(&strict).contains(difference), "{}", stderr(&strict));
    assert!(!machine.folder().join("strict").exists());
    let without = machine.run(&(matrix("slow", "strict") + &define), &["plan", "-P", "slow"]);
    assert_eq!(code(&without), 0, "the pair has the same flags: {}", stderr(&without));
}
