//! Results on standard output; everything else on standard error.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::{Exit, Failure};
use crate::atomic::write_with_folder;
use crate::report::lines;

/// The formats of standard output that most commands share.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    #[default]
    Human,
    Json,
}

/// Prints a result. A reader that has had enough (`| head`) is no error.
///
/// # Errors
/// Standard output can't be written.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    let mut stdout = anstream::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Prints a result for people: text from outside can't speak to the terminal, and has the signs of its locale.
///
/// # Errors
/// Standard output can't be written.
pub(super) fn tell(text: &str) -> Result<(), Failure> {
    print(&in_locale(&lines(text)))
}

/// Prints a result for programs.
///
/// # Errors
/// Standard output can't be written.
pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print(&String::from_utf8_lossy(&crate::record::to_json(value)))
}

/// Writes a file and the folders above it.
///
/// # Errors
/// The file can't be written.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_with_folder(path, bytes)
        .map_err(|error| Exit::Refused.because(format!("can't write `{}`: {error}", path.display())))
}

/// Prints a line on standard error. Whoever can't be told (a closed terminal, a full disk) isn't: that must end
/// neither the work nor the program.
pub(super) fn note(text: &str) {
    styled(&lines(text));
}

/// As [`note`], of a text that is laid out already.
pub(super) fn styled(text: &str) {
    let _ = writeln!(anstream::stderr(), "{text}");
}

/// Prints a warning on standard error.
pub(super) fn warn(text: &str) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    styled(&format!("{yellow}warning{yellow:#}: {}", lines(text)));
}

/// Prints on standard error what went wrong.
pub(super) fn error(text: &str) {
    let red = anstyle::AnsiColor::Red.on_default().bold();
    styled(&format!("{red}error{red:#}: {}", lines(text)));
}

/// Returns the columns that a line on standard output may have, of a terminal or of 80.
pub(super) fn width() -> usize {
    // A sign that ASCII writes with two letters makes its line longer.
    columns(io::stdout()) - if unicode() { 0 } else { 4 }
}

/// Prints a line on standard error, broken between words where the terminal ends.
pub(super) fn note_wrapped(text: &str) {
    note(&crate::report::terminal::wrap(text, columns(io::stderr()), 2).join("\n"));
}

fn columns(stream: impl IsTerminal + std::os::fd::AsFd) -> usize {
    let size = stream.is_terminal().then(|| rustix::termios::tcgetwinsize(stream).ok()).flatten();
    size.map(|size| usize::from(size.ws_col)).filter(|&columns| columns >= 40).unwrap_or(80)
}

/// Returns whether the locale can show more than ASCII: the first of LC_ALL, LC_CTYPE and LANG that is set says so,
/// as POSIX has it. Windows' consoles take it.
pub(super) fn unicode() -> bool {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default().to_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

/// Returns the text, in ASCII where the locale has no more.
pub(super) fn in_locale(text: &str) -> std::borrow::Cow<'_, str> {
    if unicode() { text.into() } else { crate::report::terminal::ascii(text).into() }
}

/// Returns whether standard output takes colour: it is a terminal, and NO_COLOR and its like don't forbid it.
pub(super) fn color() -> bool {
    !matches!(anstream::AutoStream::choice(&io::stdout()), anstream::ColorChoice::Never)
}
