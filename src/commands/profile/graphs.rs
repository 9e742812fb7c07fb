//! A graph's files: where a profiler writes them, and where they are kept.

use std::path::{Path, PathBuf};

use super::tool::Tool;
use super::{ProfileArgs, shares};
use crate::cell::Cell;
use crate::commands::{Exit, Failure, output};
use crate::record::RunDir;
use crate::sha256;

/// Letters of a cell in a file's name, so that every system takes it.
const LONGEST: usize = 120;

/// A graph that was written.
#[derive(Debug, serde::Serialize)]
pub(super) struct Graph {
    pub(super) file: PathBuf,
    /// It shows who holds the GIL, else who is at work.
    pub(super) gil: bool,
    pub(super) threads: Vec<ThreadShare>,
    #[serde(skip)]
    pub(super) several_processes: bool,
}

/// One thread of a graph.
#[derive(Debug, PartialEq, serde::Serialize)]
pub(super) struct ThreadShare {
    /// The thread's name and the system's number: `w0 (13416)`.
    pub(super) thread: String,
    pub(super) samples: u64,
    /// The part of all samples.
    pub(super) share: f64,
}

/// The folder that profilers write into; gone when it is dropped.
pub(super) struct Staging {
    folder: tempfile::TempDir,
    extension: &'static str,
}

/// What a profiler wrote for one process; the process is `None` for the one that was asked about.
type Drawn = (Option<String>, Vec<u8>);

impl Staging {
    pub(super) fn new(tool: &Tool) -> Result<Self, Failure> {
        let folder = tempfile::tempdir()
            .map_err(|error| Exit::Refused.because(format!("no temporary folder can be made: {error}")))?;
        Ok(Self { folder, extension: tool.extension() })
    }

    /// Returns the file that a profiler is told to write.
    pub(super) fn file(&self, gil: bool) -> PathBuf {
        self.folder.path().join(name(gil)).with_extension(self.extension)
    }

    /// Returns what it wrote; empty: nothing. Python's own profiler writes a file for each child process, too:
    /// `all_1234.html` beside `all.html`.
    pub(super) fn read(&self, gil: bool) -> Vec<Drawn> {
        let own = std::fs::read(self.file(gil)).unwrap_or_default();
        if own.is_empty() {
            return Vec::new();
        }
        let entries = std::fs::read_dir(self.folder.path()).into_iter().flatten().flatten();
        let mut children: Vec<Drawn> = entries
            .filter_map(|entry| {
                let path = entry.path();
                let stem = path.file_stem()?.to_string_lossy().into_owned();
                let pid = stem.strip_prefix(name(gil))?.strip_prefix('_')?.to_owned();
                Some((Some(pid), std::fs::read(&path).ok()?))
            })
            .collect();
        children.sort();
        std::iter::once((None, own)).chain(children).collect()
    }
}

fn name(gil: bool) -> &'static str {
    if gil { "gil" } else { "all" }
}

/// Writes graphs where they belong: those of child processes beside the first.
pub(super) fn keep(
    args: &ProfileArgs,
    file: &Path,
    gil: bool,
    drawn: &[Drawn],
) -> Result<Vec<Graph>, Failure> {
    let place = |pid: &Option<String>| pid.as_ref().map_or(file.to_owned(), |pid| beside(file, pid));
    drawn.iter().map(|(pid, bytes)| write(args, place(pid), gil, bytes)).collect()
}

fn write(args: &ProfileArgs, file: PathBuf, gil: bool, bytes: &[u8]) -> Result<Graph, Failure> {
    match args.run.as_ref().filter(|_| args.out.is_none()) {
        Some(run) => RunDir::open(run).write(file.strip_prefix(run).unwrap_or(&file), bytes)?,
        None => output::write(&file, bytes)?,
    }
    let text = String::from_utf8_lossy(bytes);
    let looks = args.duration as f64 / 1e9 * f64::from(args.rate);
    Ok(Graph {
        gil,
        threads: shares::threads(&text, looks.max(1.0)),
        several_processes: shares::several_processes(&text),
        file,
    })
}

/// Returns where a graph is kept.
pub(super) fn place(args: &ProfileArgs, tool: &Tool, cell: &Cell, gil: bool) -> PathBuf {
    let file = args.out.clone().unwrap_or_else(|| {
        let name = format!("flame-{}.{}", slug(cell), tool.extension());
        args.run.as_ref().map_or_else(|| PathBuf::from(&name), |run| run.join("charts").join(&name))
    });
    if !gil || args.gil && args.out.is_some() {
        return file;
    }
    beside(&file, "gil")
}

/// Returns the name of a file beside another: `a/flame.svg` and `gil` make `a/flame-gil.svg`.
fn beside(file: &Path, what: &str) -> PathBuf {
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let extension = file.extension().map(|end| format!(".{}", end.to_string_lossy())).unwrap_or_default();
    file.with_file_name(format!("{stem}-{what}{extension}"))
}

/// Returns a cell as part of a file's name.
fn slug(cell: &Cell) -> String {
    let text =
        format!("{}-{}-{}-{}-{}", cell.interpreter, cell.workload, cell.mode, cell.workers, cell.variant());
    let text = text.strip_suffix("-plain").unwrap_or(&text);
    let plain: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() || "._-+".contains(c) { c } else { '_' }).collect();
    if plain == text && plain.len() <= LONGEST {
        return plain;
    }
    // Another one might lose just that.
    format!("{}-{}", &plain[..plain.len().min(LONGEST)], &sha256::of_bytes(text.as_bytes())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cell::StartMethod;

    #[test]
    fn a_link_in_a_runs_folder_is_not_followed() {
        use clap::Parser;
        #[derive(Parser)]
        struct Line {
            #[command(flatten)]
            args: ProfileArgs,
        }
        let folder = tempfile::tempdir().unwrap();
        let (run, elsewhere) = (folder.path().join("run"), folder.path().join("elsewhere"));
        [&run, &elsewhere].iter().for_each(|it| std::fs::create_dir(it).unwrap());
        std::os::unix::fs::symlink(&elsewhere, run.join("charts")).unwrap();
        let args = Line::parse_from(["x", "--run", &run.to_string_lossy()]).args;
        let kept = keep(&args, &run.join("charts/flame.svg"), false, &[(None, b"<svg/>".to_vec())]);
        assert!(kept.unwrap_err().to_string().contains("it is a symbolic link"));
        assert!(!elsewhere.join("flame.svg").exists());
    }

    #[test]
    fn a_cell_names_its_file() {
        let mut cell = Cell {
            interpreter: "3.13".to_owned(),
            workload: "my work/load".to_owned(),
            mode: "mp".to_owned(),
            workers: 2,
            start_method: Some(StartMethod::Fork),
            environment: "plain".to_owned(),
        };
        let odd = slug(&cell);
        assert!(odd.starts_with("3.13-my_work_load-mp-2-fork-"), "{odd}");
        cell.workload = "my work load".to_owned();
        assert_ne!(slug(&cell), odd);
        cell.workload = "w".repeat(300);
        assert!(slug(&cell).len() < 200);
        (cell.workload, cell.start_method) = ("fib".to_owned(), None);
        assert_eq!(slug(&cell), "3.13-fib-mp-2");
        assert_eq!(beside(Path::new("a/flame.svg"), "gil"), Path::new("a/flame-gil.svg"));
        assert_eq!(beside(Path::new("flame"), "12"), Path::new("flame-12"));
    }
}
