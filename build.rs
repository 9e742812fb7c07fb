//! The harness is embedded with a macro that can't see new files by itself.

#![allow(clippy::disallowed_macros, reason = "this is how a build script answers")]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=python-workloads");
}
