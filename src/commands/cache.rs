//! `gilmatrix cache`: what the tool keeps, and removing it.

use std::fmt::Write as _;
use std::time::{Duration, SystemTime};

use clap::Subcommand;
use comfy_table::{Table, presets};
use indicatif::{BinaryBytes, HumanDuration};
use serde_json::json;

use super::output::{self, Format};
use super::{Exit, Failure};
use crate::interpreter::cache_dir;
use crate::interpreter::cache_entries::{CacheEntry, cache_entries, remove};
use crate::matrix::duration_ns;

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    gilmatrix cache\n  \
    gilmatrix cache prune --older-than 30d\n  \
    gilmatrix cache prune 'environments/*' logs/*.log --dry-run")]
pub(crate) struct CacheArgs {
    #[command(subcommand)]
    action: Option<Action>,
    /// Choose what is printed
    #[arg(long, value_enum, default_value_t = Format::Human, global = true)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// List interpreters, environments, bytecode and logs, with sizes and last use (the default)
    List,
    /// Remove what is named, or hasn't been used for a while; it is made again when it is needed
    Prune(Prune),
}

#[derive(Debug, clap::Args)]
struct Prune {
    /// Remove these, named as `gilmatrix cache` names them; patterns are allowed: `environments/*`
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Remove what hasn't been used for this long, as `30d`; with names, only those among them
    #[arg(long, value_name = "TIME", value_parser = older)]
    older_than: Option<Duration>,
    /// Say what would be removed, and remove nothing
    #[arg(long)]
    dry_run: bool,
}

fn older(text: &str) -> Result<Duration, String> {
    // Days are the unit here; the matrix's durations know only hours.
    match text.trim().strip_suffix('d').map(|days| days.trim().parse::<u64>()) {
        Some(Ok(days)) => Ok(Duration::from_secs(days.saturating_mul(86_400))),
        _ => duration_ns(text).map(Duration::from_nanos),
    }
}

/// Lists or removes what the cache holds.
///
/// # Errors
/// There is no cache's place to look at, a name matches nothing, or something can't be removed.
pub(crate) fn run(args: &CacheArgs) -> Result<Exit, Failure> {
    let nowhere = || Exit::Refused.because("there is no home and no `GILMATRIX_CACHE`");
    let cache = cache_dir().ok_or_else(nowhere)?;
    let all = cache_entries(&cache);
    let Some(Action::Prune(prune)) = &args.action else {
        match args.format {
            Format::Json => output::print_json(&as_json("cache", &cache, &all, &[]))?,
            Format::Human => output::tell(&format!("{}{}", cache.display(), table(&all)))?,
        }
        return Ok(Exit::Done);
    };
    let chosen = chosen(prune, all)?;
    let mut stayed = Vec::new();
    if !prune.dry_run {
        for one in &chosen {
            if let Err(error) = remove(&cache, one) {
                stayed.push((one.name.clone(), error.to_string()));
            }
        }
    }
    let gone: Vec<CacheEntry> =
        chosen.into_iter().filter(|one| stayed.iter().all(|(name, _)| *name != one.name)).collect();
    match args.format {
        Format::Json => output::print_json(&as_json("removed", &cache, &gone, &stayed))?,
        Format::Human => {
            let verb = if prune.dry_run { "would be removed" } else { "removed" };
            output::tell(&format!("{verb}:{}", table(&gone)))?;
        }
    }
    if stayed.is_empty() {
        return Ok(Exit::Done);
    }
    let reasons: Vec<String> = stayed.iter().map(|(name, why)| format!("`{name}`: {why}")).collect();
    Err(Exit::Refused.because(format!("not removed: {}", reasons.join("; "))))
}

/// Returns the entries that the names and the age pick.
fn chosen(prune: &Prune, all: Vec<CacheEntry>) -> Result<Vec<CacheEntry>, Failure> {
    let usage = |text: String| Exit::Usage.because(text);
    if prune.names.is_empty() && prune.older_than.is_none() {
        let text = "say what to remove: `--older-than 30d`, or names as `gilmatrix cache` shows them";
        return Err(usage(text.to_owned()));
    }
    let mut patterns = Vec::new();
    for name in &prune.names {
        let pattern = glob::Pattern::new(name).map_err(|error| usage(format!("`{name}`: {error}")))?;
        if !all.iter().any(|one| pattern.matches(&one.name)) {
            let text =
                format!("nothing in the cache is named `{name}`; `gilmatrix cache` lists what there is");
            return Err(usage(text));
        }
        patterns.push(pattern);
    }
    let now = SystemTime::now();
    let named = |one: &CacheEntry| patterns.is_empty() || patterns.iter().any(|it| it.matches(&one.name));
    let unused = |one: &CacheEntry| prune.older_than.is_none_or(|age| idle(one, now) >= age);
    Ok(all.into_iter().filter(|one| named(one) && unused(one)).collect())
}

fn idle(one: &CacheEntry, now: SystemTime) -> Duration {
    now.duration_since(one.last_used).unwrap_or_default()
}

fn table(all: &[CacheEntry]) -> String {
    let now = SystemTime::now();
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for one in all {
        let ago = format!("{} ago", HumanDuration(idle(one, now)));
        table.add_row([one.name.clone(), BinaryBytes(one.bytes).to_string(), ago, one.what.clone()]);
    }
    let mut text = String::from("\n");
    for line in table.to_string().lines().filter(|line| !line.trim().is_empty()) {
        // Writing to a string can't fail.
        let _ = writeln!(text, " {}", line.trim_end());
    }
    let bytes: u64 = all.iter().map(|one| one.bytes).sum();
    let _ = writeln!(text, "  {} in all", BinaryBytes(bytes));
    text
}

fn as_json(
    what: &str,
    cache: &std::path::Path,
    all: &[CacheEntry],
    stayed: &[(String, String)],
) -> serde_json::Value {
    let stayed: Vec<_> =
        stayed.iter().map(|(name, reason)| json!({"name": name, "reason": reason})).collect();
    json!({"schema": "gilmatrix.cache/1", "folder": cache, "list": what, "entries": all, "not_removed": stayed})
}
