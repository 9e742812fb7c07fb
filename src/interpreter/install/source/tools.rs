//! What a source build needs on the machine, and how to get it.

use std::process::Command;

/// Without these nothing can be built.
const PROGRAMS: [(&[&str], &str); 4] =
    [(&["cc", "gcc", "clang"], "gcc"), (&["make"], "make"), (&["tar"], "tar"), (&["xz"], "xz-utils")];

/// Without these `pip`, `ctypes` and the standard library's usual modules are missing.
const HEADERS: [(&str, &str); 7] = [
    ("openssl/ssl.h", "libssl-dev"),
    ("ffi.h", "libffi-dev"),
    ("zlib.h", "zlib1g-dev"),
    ("bzlib.h", "libbz2-dev"),
    ("lzma.h", "liblzma-dev"),
    ("sqlite3.h", "libsqlite3-dev"),
    ("readline/readline.h", "libreadline-dev"),
];
/// The number of them, from the start, without which the result is of no use: no TLS, no ctypes, no wheels.
const REQUIRED: usize = 3;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tools {
    /// Debian's names of packages without which no build is made.
    pub required: Vec<&'static str>,
    /// Debian's names of packages whose absence only leaves modules out.
    pub optional: Vec<&'static str>,
}

impl Tools {
    /// Looks for the programs on PATH, and asks the compiler for the headers.
    pub(super) fn missing() -> Self {
        let mut missing = Self::default();
        for (names, package) in PROGRAMS {
            if !names.iter().any(|name| which::which(name).is_ok()) {
                missing.required.push(package);
            }
        }
        let Some(compiler) = ["cc", "gcc", "clang"].into_iter().find(|name| which::which(name).is_ok())
        else {
            return missing;
        };
        for (index, (header, package)) in HEADERS.into_iter().enumerate() {
            if !has_header(compiler, header) {
                let list = if index < REQUIRED { &mut missing.required } else { &mut missing.optional };
                list.push(package);
            }
        }
        missing
    }

    /// Returns the line to type.
    pub(super) fn command(packages: &[&str]) -> String {
        format!("apt-get install {}", packages.join(" "))
    }
}

fn has_header(compiler: &str, header: &str) -> bool {
    use std::io::Write;
    let child = Command::new(compiler)
        .args(["-E", "-x", "c", "-o", "/dev/null", "-"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn();
    let Ok(mut child) = child else { return false };
    if let Some(mut stdin) = child.stdin.take() {
        // A compiler that is gone answers through its status.
        let _ = writeln!(stdin, "#include <stddef.h>\n#include <stdio.h>\n#include <{header}>");
    }
    child.wait().is_ok_and(|status| status.success())
}
