//! The harness is embedded with a macro that can't see new files by itself.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=python-workloads");
}
