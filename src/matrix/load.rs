//! From a path or a text to a resolved matrix.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use super::problems::{Problem, Problems};
use super::reader::{TomlTable, TomlValue};
use super::rules::{self, MatrixAxes};
use super::{
    CpuSet, Interpreters, Matrix, MatrixError, RunSettings, budgets, interpreters, modes, run, variants,
    workloads,
};
use crate::harness::Catalogue;

/// Bytes of a matrix, at most: people write a few thousand.
const LARGEST: u64 = 1 << 20;

/// Reads the matrix at `path`; `cpus` is what this process may really use, for `workers = "cpus"`, and
/// `pinned` the number of CPUs that the command line holds the run to, whatever the file says.
///
/// # Errors
/// When the file can't be read, or for the reasons of [`parse`].
pub(crate) fn load(
    path: &Path,
    catalogue: &Catalogue,
    cpus: u32,
    pinned: Option<u32>,
) -> Result<Matrix, MatrixError> {
    let origin = path.display().to_string();
    let bytes = read_at_most(path, LARGEST).map_err(|error| unreadable(path, &error))?;
    match String::from_utf8(bytes) {
        Ok(source) => parse_pinned(&source, &origin, catalogue, (cpus, pinned)),
        Err(error) => Err(not_utf8(&origin, &error)),
    }
}

/// Reads a file that may be endless, as `/dev/zero` is.
fn read_at_most(path: &Path, largest: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(largest + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > largest {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(bytes),
    }
}

/// Resolves the text of a matrix; `origin` is the path of the file, as messages call it. Scripts of
/// workloads are looked into, nothing else is read.
///
/// # Errors
/// A syntax error of TOML, or everything else that is wrong, all at once.
pub fn parse(source: &str, origin: &str, catalogue: &Catalogue, cpus: u32) -> Result<Matrix, MatrixError> {
    parse_pinned(source, origin, catalogue, (cpus, None))
}

fn parse_pinned(
    source: &str,
    origin: &str,
    catalogue: &Catalogue,
    cpus: (u32, Option<u32>),
) -> Result<Matrix, MatrixError> {
    let problems = Problems::default();
    let matrix = match DeTable::parse(source) {
        Ok(document) => {
            let whole = TomlTable::new(String::new(), document.span(), document.get_ref(), &problems);
            let path = Path::new(origin);
            let root = if is_pyproject(path) { of_pyproject(whole) } else { Some(whole) };
            // Scripts are found from the matrix's folder.
            root.and_then(|root| resolve(root, path.parent().unwrap_or(Path::new("")), catalogue, cpus))
        }
        Err(error) => {
            let span = error.span().unwrap_or(source.len()..source.len());
            problems.add(span, "this is not valid TOML", error.message())
        }
    };
    match matrix {
        Some(matrix) if problems.count() == 0 => Ok(matrix),
        _ => Err(MatrixError::new(origin, source, problems.into_vec())),
    }
}

fn is_pyproject(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == "pyproject.toml")
}

/// Returns the table `[tool.gilmatrix]`; the rest of the file is none of ours.
fn of_pyproject<'d>(mut whole: TomlTable<'d>) -> Option<TomlTable<'d>> {
    let problems = whole.problems;
    let own = whole.read("tool", section).and_then(|mut tool| tool.get("gilmatrix"));
    match own {
        Some(value) => section(&value),
        None => problems.add_with_help(
            None,
            "there is no `[tool.gilmatrix]` in it",
            "",
            "`gilmatrix init --pyproject` adds one from the interpreters that are here",
        ),
    }
}

/// Returns the file to read for `named`: where there is no matrix.toml, the pyproject.toml beside it if that holds a
/// matrix.
pub(crate) fn matrix_file(named: PathBuf) -> PathBuf {
    let other = named.with_file_name("pyproject.toml");
    match named == Path::new("matrix.toml") && !named.exists() && holds_matrix(&other) {
        true => other,
        false => named,
    }
}

/// Whether a pyproject.toml has a table of ours, or, where it is no TOML, seems to have one.
pub(crate) fn holds_matrix(pyproject: &Path) -> bool {
    let bytes = read_at_most(pyproject, LARGEST).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    match toml::from_str::<toml::Table>(&text) {
        Ok(table) => table.get("tool").and_then(|tool| tool.get("gilmatrix")).is_some(),
        Err(_) => text.contains("tool.gilmatrix"),
    }
}

/// Reads every section; `None` only together with a problem.
fn resolve(
    mut root: TomlTable<'_>,
    folder: &Path,
    catalogue: &Catalogue,
    (usable, pinned): (u32, Option<u32>),
) -> Option<Matrix> {
    let run = root.read("run", section).map_or_else(RunSettings::default, run::read);

    let pinned = pinned.or(run.cpus.as_ref().map(CpuSet::count));
    let cpus = pinned.map_or(usable, |pinned| pinned.min(usable));

    let interpreters = interpreters(&mut root);
    let mut modes = modes::read(root.read("modes", section), catalogue, cpus);
    let workloads = match root.get("workload") {
        None => Some(workloads::default(catalogue)),
        Some(value) => value.tables().and_then(|tables| workloads::read(tables, folder, catalogue)),
    };
    modes.fit(workloads.as_deref().unwrap_or_default());
    let variants = match root.get("variant") {
        None => Some(Vec::new()),
        Some(value) => value.tables().and_then(|tables| variants::read(tables, run.cpus.as_ref())),
    };

    let axes = MatrixAxes {
        interpreters: interpreters.as_ref(),
        workloads: workloads.as_deref(),
        modes: &modes,
        variants: variants.as_deref(),
        catalogue,
    };
    let mut sections = |key| root.read(key, TomlValue::tables).unwrap_or_default();
    let include = rules::include(sections("include"), &axes);
    let exclude = sections("exclude");
    let budgets = budgets::read(sections("budget"), &include, &axes);
    let exclude = rules::exclude(exclude, &include, &axes, root.problems);
    root.finish();

    let (interpreters, modes, workloads) = (interpreters?, modes.resolved()?, workloads?);
    Some(Matrix { run, interpreters, modes, workloads, variants: variants?, exclude, include, budgets })
}

/// Reads the sections about interpreters; `None` where they aren't sound enough for anything that names one.
fn interpreters(root: &mut TomlTable<'_>) -> Option<Interpreters> {
    let problems = root.problems;
    let before = problems.count();
    let definitions = root.read("interpreter", TomlValue::tables).unwrap_or_default();
    let definitions = interpreters::definitions(definitions);
    let sound = problems.count() == before;
    let table = match root.get("interpreters") {
        Some(value) => Some(section(&value)?),
        None => None,
    };
    let place = root.path("interpreters");
    interpreters::read(table, &definitions, &place, problems).filter(|_| sound)
}

fn section<'d>(value: &TomlValue<'d>) -> Option<TomlTable<'d>> {
    value.table("a table")
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> MatrixError {
    const MINIMUM: &str = "`gilmatrix init` writes one from the interpreters that are here, `gilmatrix init --pyproject` into pyproject.toml; or name a file, as in `gilmatrix run path/to/matrix.toml`; two lines are enough:\n    [interpreters]\n    use = [\"3.13\", \"3.13t\"]";
    let origin = path.display().to_string();
    let (title, label, help) = match error.kind() {
        io::ErrorKind::NotFound => ("there is no matrix here".to_owned(), String::new(), MINIMUM),
        io::ErrorKind::IsADirectory => {
            ("this is a directory, not a matrix".to_owned(), String::new(), "name the file in it")
        }
        io::ErrorKind::FileTooLarge => (
            "this is larger than 1 MiB, and so no matrix".to_owned(),
            String::new(),
            "name a file such as matrix.toml",
        ),
        _ => (
            "the matrix can't be read".to_owned(),
            error.to_string(),
            "check that this user may read the file",
        ),
    };
    let problem = Problem { span: None, title, label, help: Some(help.to_owned()) };
    MatrixError::unreadable(&origin, problem, error.kind())
}

/// Shows the text up to the first bad byte, with the caret where it stops being text.
fn not_utf8(origin: &str, error: &std::string::FromUtf8Error) -> MatrixError {
    let good = error.utf8_error().valid_up_to();
    let source = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let problems = Problems::default();
    let width = char::REPLACEMENT_CHARACTER.len_utf8();
    problems.add_with_help::<()>(
        good..good + width,
        "the matrix is not UTF-8 text",
        "this byte is not UTF-8",
        "save the file as UTF-8",
    );
    MatrixError::new(origin, &source, problems.into_vec())
}
