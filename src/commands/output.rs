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
    columns(io::stdout())
}

/// A line on standard error, broken between words where the terminal ends.
pub fn note_wrapped(text: &str) {
    note(&crate::report::terminal::wrap(text, columns(io::stderr()), 2).join("\n"));
}

fn columns(stream: impl IsTerminal + std::os::fd::AsFd) -> usize {
    let size = stream.is_terminal().then(|| rustix::termios::tcgetwinsize(stream).ok()).flatten();
    size.map(|size| usize::from(size.ws_col)).filter(|&columns| columns >= 40).unwrap_or(80)
}

/// Whether the locale can show more than ASCII: the first of LC_ALL, LC_CTYPE and LANG that is set says
/// so, as POSIX has it. Windows' consoles take it.
pub fn unicode() -> bool {
    if cfg!(windows) {
        return true;
    }
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// The text, in ASCII where the locale has no more.
pub fn in_locale(text: &str) -> std::borrow::Cow<'_, str> {
    if unicode() { text.into() } else { crate::report::terminal::ascii(text).into() }
}

/// Whether standard output takes colour: a terminal, and NO_COLOR and its like don't forbid it.
pub fn color() -> bool {
    !matches!(anstream::AutoStream::choice(&io::stdout()), anstream::ColorChoice::Never)
}
