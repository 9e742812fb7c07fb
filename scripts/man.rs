//! Writes a man page for each command into a folder: `cargo run --example man -- FOLDER`.

fn main() -> std::io::Result<()> {
    let folder = std::env::args_os().nth(1).unwrap_or_else(|| "man1".into());
    std::fs::create_dir_all(&folder)?;
    clap_mangen::generate_to(gilmatrix::internals::command(), folder)
}
