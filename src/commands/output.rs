//! Results on standard output; everything else on standard error.

use std::io::{self, IsTerminal, Write};

use super::Failure;

/// Prints a result. A reader that has had enough (`| head`) is no error.
pub fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// A result for machines.
pub fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print(&String::from_utf8_lossy(&crate::record::to_json(value)))
}

/// A line on standard error.
pub fn note(text: &str) {
    anstream::eprintln!("{text}");
}

/// A warning on standard error.
pub fn warn(text: &str) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    anstream::eprintln!("{yellow}warning{yellow:#}: {text}");
}

/// Columns of the terminal behind standard output; 80 where there is none.
pub fn width() -> usize {
    let terminal = io::stdout().is_terminal();
    let size = terminal.then(|| rustix::termios::tcgetwinsize(io::stdout()).ok()).flatten();
    size.map(|size| usize::from(size.ws_col)).filter(|&columns| columns >= 40).unwrap_or(80)
}

/// Whether standard output takes colour: a terminal, and NO_COLOR and its like don't forbid it.
pub fn color() -> bool {
    !matches!(anstream::AutoStream::choice(&io::stdout()), anstream::ColorChoice::Never)
}
