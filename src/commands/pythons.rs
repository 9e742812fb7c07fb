//! `gilmatrix pythons [REQUEST…]`: what is on this machine, and what each request resolves to.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::Args;
use comfy_table::{Table, presets};
use serde_json::json;

use super::output::{self, Format};
use super::prepare::{folder_of, load};
use super::{Exit, Failure};
use crate::interpreter::{
    BuildSetting, Discovery, Facts, Found, Resolution, ResolveOptions, difference_texts, resolve,
};
use crate::matrix::{InterpreterEntry, Interpreters};

#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:\n  gilmatrix pythons\n  gilmatrix pythons 3.13 3.13t\n  \
    gilmatrix pythons --matrix matrix.toml\n  gilmatrix pythons --format json")]
pub(crate) struct PythonsArgs {
    /// Show what these resolve to, as `3.13t`, `>=3.12` or a path
    #[arg(value_name = "REQUEST")]
    pub requests: Vec<String>,
    /// Show what the requests of this matrix resolve to, instead
    #[arg(long, value_name = "MATRIX", conflicts_with = "requests")]
    pub matrix: Option<PathBuf>,
    /// Also take pre-releases
    #[arg(long)]
    pub allow_prerelease: bool,
    /// Choose what is printed
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub format: Format,
}

/// Lists what is here, or what requests resolve to; the exit says whether one of the requests, or everything, is
/// missing.
///
/// # Errors
/// A request can't be read, or standard output can't be written.
pub(crate) fn run(args: &PythonsArgs) -> Result<Exit, Failure> {
    let (entries, options) = asked(args)?;
    for request in &args.requests {
        request.parse::<crate::matrix::request::Request>().map_err(|error| Exit::Usage.because(error))?;
    }
    let discovery = Discovery::of_this_machine();
    let resolution = resolve(&entries, &discovery, &options);
    let mut out = Vec::new();
    match args.format {
        Format::Json => output::print_json(&as_json(&discovery, &resolution))?,
        Format::Human if entries.is_empty() => print_here(&mut out, &discovery)?,
        Format::Human => print_resolution(&mut out, &resolution)?,
    }
    output::tell(&String::from_utf8_lossy(&out))?;
    let nothing = entries.is_empty() && discovery.found.is_empty();
    Ok(if nothing || !resolution.missing.is_empty() { Exit::Missing } else { Exit::Done })
}

/// Returns the requests of the command line, or those of a matrix.
fn asked(args: &PythonsArgs) -> Result<(Vec<InterpreterEntry>, ResolveOptions), Failure> {
    let here = std::env::current_dir().unwrap_or_else(|_| Path::new("/").to_owned());
    let (entries, folder, prerelease) = match &args.matrix {
        Some(path) => {
            let Interpreters { entries, allow_prerelease, .. } = load(path)?.interpreters;
            (entries, here.join(folder_of(path)), allow_prerelease)
        }
        None => {
            let entry = |request: &String| InterpreterEntry::of_request(request);
            (args.requests.iter().map(entry).collect(), here, false)
        }
    };
    let allow_prerelease = args.allow_prerelease || prerelease;
    Ok((entries, ResolveOptions { folder, allow_prerelease }))
}

fn print_here(out: &mut impl Write, discovery: &Discovery) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["ask for", "version", "GIL", "provider", "built", "path"]);
    let mut here: Vec<&Found> = discovery.found.iter().collect();
    here.sort_by_key(|found| {
        let facts = &found.probed.facts;
        (facts.implementation.clone(), facts.minor(), facts.free_threaded(), facts.version.clone())
    });
    for found in here {
        let facts = &found.probed.facts;
        table.add_row([
            facts.request(),
            facts.version.clone(),
            gil(facts).to_owned(),
            found.provider.to_owned(),
            built(facts),
            found.path.display().to_string(),
        ]);
    }
    if discovery.found.is_empty() {
        writeln!(out, "no interpreter is here; searched: {}", discovery.searched.join(", "))?;
        writeln!(out, "`gilmatrix install 3.13t --with-twin` gets two")?;
    } else {
        writeln!(out, "{}", trimmed(&table))?;
    }
    if !discovery.broken.is_empty() {
        writeln!(out, "\nskipped:")?;
    }
    for broken in &discovery.broken {
        writeln!(out, "  {} ({}): {}", broken.path.display(), broken.provider, broken.reason)?;
    }
    Ok(())
}

fn print_resolution(out: &mut impl Write, resolution: &Resolution) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["request", "version", "GIL", "provider", "built", "command", "why"]);
    for found in &resolution.found {
        let facts = &found.facts;
        table.add_row([
            found.name.clone(),
            facts.version.clone(),
            gil(facts).to_owned(),
            found.provider.clone(),
            built(facts),
            found.command.join(" "),
            found.why.clone(),
        ]);
    }
    if !resolution.found.is_empty() {
        writeln!(out, "{}", trimmed(&table))?;
    }
    for missing in &resolution.missing {
        writeln!(out, "{}: missing: {}", missing.name, missing.told("; "))?;
    }
    if !resolution.missing.is_empty() {
        writeln!(out, "searched: {}", resolution.searched.join(", "))?;
    }
    for (left, right, texts) in pairs(resolution) {
        match texts.is_empty() {
            true => writeln!(out, "{left} and {right}: comparable")?,
            false => writeln!(out, "{left} and {right}: not quite comparable: {}", texts.join("; "))?,
        }
    }
    Ok(())
}

/// Returns each pair with the differences of its builds.
fn pairs(resolution: &Resolution) -> Vec<(&str, &str, Vec<String>)> {
    let found = &resolution.found;
    let mut pairs = Vec::new();
    for (index, left) in found.iter().enumerate() {
        for right in &found[index + 1..] {
            pairs.push((left.name.as_str(), right.name.as_str(), difference_texts(left, right)));
        }
    }
    pairs
}

fn as_json(discovery: &Discovery, resolution: &Resolution) -> serde_json::Value {
    let found: Vec<_> = discovery
        .found
        .iter()
        .map(|found| {
            json!({
                "request": found.probed.facts.request(),
                "path": found.path,
                "provider": found.provider,
                "aliases": found.aliases,
                "facts": found.probed.facts,
            })
        })
        .collect();
    let pairs: Vec<_> = pairs(resolution)
        .into_iter()
        .map(|(left, right, differences)| json!({"left": left, "right": right, "differences": differences}))
        .collect();
    json!({
        "schema": "gilmatrix.pythons/1",
        "interpreters": found,
        "skipped": discovery.broken,
        "searched": discovery.searched,
        "resolved": resolution.found,
        "missing": resolution.missing,
        "pairs": pairs,
        "warnings": resolution.warnings,
    })
}

fn gil(facts: &Facts) -> &'static str {
    match (facts.free_threaded(), facts.gil_enabled) {
        (true, false) => "off",
        (true, true) => "on (free-threaded build)",
        (false, _) => "on",
    }
}

/// Returns how it was built: `-O3 PGO LTO, GCC 12.2.0`.
fn built(facts: &Facts) -> String {
    let mut words: Vec<&str> = facts.optimisation.as_deref().into_iter().collect();
    words.extend((facts.pgo == BuildSetting::Configured).then_some("PGO"));
    words.extend((facts.lto == BuildSetting::Configured).then_some("LTO"));
    words.extend(facts.debug.then_some("debug"));
    let compiler = facts.compiler.as_deref().unwrap_or("unknown compiler");
    if words.is_empty() { compiler.to_owned() } else { format!("{}, {compiler}", words.join(" ")) }
}

/// Returns the table without the blanks at the ends of lines.
fn trimmed(table: &Table) -> String {
    table.to_string().lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}
