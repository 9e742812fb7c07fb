//! What configure arguments and compiler flags say. Pure.

use super::BuildSetting;

/// Returns whether profile-guided optimisation is seen to be configured (Debian drives it by hand, unseen).
pub(super) fn pgo(configure_args: &str, flags: &str) -> BuildSetting {
    let asked = configure_args.contains("--enable-optimizations");
    known(asked || flags.contains("-fprofile-use") || flags.contains("-fprofile-instr-use"))
}

/// Returns whether link-time optimisation is seen to be configured.
pub(super) fn lto(configure_args: &str, flags: &str) -> BuildSetting {
    let asked = configure_args.contains("--with-lto") && !configure_args.contains("--with-lto=no");
    let in_flags = flags.split_whitespace().any(|flag| flag.starts_with("-flto"));
    known(asked || in_flags)
}

fn known(seen: bool) -> BuildSetting {
    if seen { BuildSetting::Configured } else { BuildSetting::Unknown }
}

/// Returns the last `-O` flag, which is the one that counts.
pub(super) fn optimisation(cflags: &str) -> Option<String> {
    let last = cflags.split_whitespace().rev().find(|flag| {
        flag.strip_prefix("-O")
            .is_some_and(|level| matches!(level, "" | "0" | "1" | "2" | "3" | "s" | "g" | "z" | "fast"))
    });
    last.map(str::to_owned)
}

/// Returns the last bracket of `sys.version`: `GCC 12.2.0`. PyPy's names itself first: `PyPy 7.3.11 with GCC 12.2.0`.
pub(super) fn compiler(build: &str) -> Option<String> {
    let (_, rest) = build.rsplit_once('[')?;
    let inside = rest.split_once(']')?.0;
    let compiler = inside.rsplit_once(" with ").map_or(inside, |(_, compiler)| compiler).trim();
    (!compiler.is_empty()).then(|| compiler.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absence_of_a_flag_proves_nothing() {
        assert_eq!(pgo("'--prefix=/usr'", "-O2"), BuildSetting::Unknown);
        assert_eq!(pgo("'--enable-optimizations'", ""), BuildSetting::Configured);
        assert_eq!(pgo("", "-O3 -fprofile-use -fprofile-correction"), BuildSetting::Configured);
        assert_eq!(lto("'--with-lto=no'", ""), BuildSetting::Unknown);
        assert_eq!(lto("'--with-lto'", ""), BuildSetting::Configured);
        assert_eq!(lto("", "-flto=auto"), BuildSetting::Configured);
    }

    #[test]
    fn the_last_optimisation_level_counts() {
        assert_eq!(optimisation("-g -O2 -Wall -O3 -DPy_BUILD_CORE").as_deref(), Some("-O3"));
        assert_eq!(optimisation("-g -Og -Wp,-D_FORTIFY_SOURCE=2").as_deref(), Some("-Og"));
        assert_eq!(optimisation("-g -Objects"), None);
    }

    #[test]
    fn the_compiler_is_named_in_the_version() {
        assert_eq!(compiler("3.13.5 (main) [GCC 12.2.0]").as_deref(), Some("GCC 12.2.0"));
        let pypy = "3.9.16 (7.3.11+dfsg-2) [PyPy 7.3.11 with GCC 12.2.0]";
        assert_eq!(compiler(pypy).as_deref(), Some("GCC 12.2.0"));
        assert_eq!(compiler("3.13.5"), None);
    }
}
