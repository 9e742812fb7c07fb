//! Facts made by hand, for tests of the pure parts.

use super::{BuildSetting, Facts};

/// `3.13.5`, with `t` for free-threaded and `d` for debug behind it; `3.15.0a2` is a pre-release.
pub(crate) fn facts(spec: &str) -> Facts {
    let debug = spec.ends_with('d');
    let spec = spec.trim_end_matches('d');
    let free_threaded = spec.ends_with('t');
    let version = spec.trim_end_matches('t');
    let knows_gil = version.split('.').nth(1).and_then(|minor| minor.parse::<u32>().ok()) >= Some(13);
    Facts {
        implementation: "cpython".to_owned(),
        version: version.to_owned(),
        build: format!("{version} (main) [GCC 12.2.0]"),
        executable: format!("/opt/{spec}/bin/python3").into(),
        executable_sha256: "00".repeat(32),
        abiflags: if free_threaded { "t" } else { "" }.to_owned(),
        cache_tag: Some("cpython-313".to_owned()),
        py_gil_disabled: knows_gil.then_some(free_threaded),
        gil_enabled: !free_threaded,
        honours_python_gil: knows_gil.then_some(free_threaded),
        jit_available: None,
        jit_enabled: None,
        debug,
        prerelease: version.contains(['a', 'b', 'r']),
        pgo: BuildSetting::Unknown,
        lto: BuildSetting::Unknown,
        optimisation: Some("-O3".to_owned()),
        compiler: Some("GCC 12.2.0".to_owned()),
        configure_args: None,
        libc: Some("glibc 2.36".to_owned()),
        architecture: "x86_64".to_owned(),
        virtual_env: false,
    }
}
