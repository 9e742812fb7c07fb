//! `gilmatrix completions`.

use super::{Exit, Failure};

const EXAMPLES: &str = "\
Examples:
  gilmatrix completions bash > ~/.local/share/bash-completion/completions/gilmatrix
  gilmatrix completions fish > ~/.config/fish/completions/gilmatrix.fish";

#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct CompletionsArgs {
    /// Write it for this shell
    shell: clap_complete::Shell,
}

/// # Errors
/// Standard output can't be written.
pub(crate) fn run(args: &CompletionsArgs, command: &mut clap::Command) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, command, "gilmatrix", &mut script);
    super::output::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
