//! `history.html`: one file that asks nothing from outside.

use maud::{Markup, PreEscaped, html};
use serde_json::json;

use super::{chart, text, words};
use crate::analysis::history::{History, LevelChange, Trend};
use crate::report::format;
use crate::report::head::document;
use crate::report::theme::Theme;

const STYLE: &str = concat!(include_str!("../html/style.css"), include_str!("history.css"));
const SCRIPT: &str = include_str!("history.js");

pub(super) fn page(history: &History, charts: &[String]) -> String {
    let body = html! {
        header {
            h1 { "What changed, and since when?" }
            p.run { (span(history)) }
        }
        main {
            (verdict(history))
            (trends(history, charts))
            (events(history))
            (reading())
        }
        script type="application/json" id="data" { (PreEscaped(data(history))) }
    };
    document("history", STYLE, SCRIPT, &body)
}

/// From when to when.
fn span(history: &History) -> String {
    match (history.runs.first(), history.runs.last()) {
        (Some(first), Some(last)) => format!(
            "{}, {} to {}",
            format::count(history.runs.len(), "run"),
            format::day(first.started_unix_ns),
            format::day(last.started_unix_ns)
        ),
        _ => "no runs".to_owned(),
    }
}

fn verdict(history: &History) -> Markup {
    let list = |wanted: words::Pick| {
        let changes = history.changes(wanted);
        html! { ul { @for (trend, change) in changes { li { (text::line(history, trend, change)) } } } }
    };
    html! {
        section.verdict aria-labelledby="verdict" {
            h2 #verdict { "Verdict" }
            @let alarm = !history.changes(LevelChange::alarms).is_empty();
            p class=(if alarm { "alarm" } else { "open" }) { (text::headline(history)) }
            (list(LevelChange::alarms))
            @for (title, wanted) in words::others() {
                @let count = history.changes(wanted).len();
                @if count > 0 { details { summary { (title) " (" (count) ")" } (list(wanted)) } }
            }
            @if let Some(said) = words::smallest(&history.trends) { p.note { (said) } }
        }
    }
}

fn trends(history: &History, charts: &[String]) -> Markup {
    // What changed for the worse first, then what changed at all, then the rest as in the matrix.
    let mut order: Vec<usize> = (0..charts.len()).collect();
    order.sort_by_key(|&place| {
        let changes = &history.trends[place].changes;
        (!changes.iter().any(LevelChange::alarms), changes.is_empty())
    });
    html! {
        section aria-labelledby="trends" {
            h2 #trends { "Trends" }
            div.filters {
                label { "Cells " input type="search" id="filter" placeholder="3.13t fib threads"; }
                label {
                    "Figure " select id="metric" {
                        option value="" { "all" }
                        @for name in ["speedup", "time", "memory"] { option value=(name) { (name) } }
                    }
                }
                span #shown role="status" {}
            }
            div.trends {
                @for place in order { (figure(&history.trends[place], place, &charts[place])) }
            }
        }
    }
}

fn figure(trend: &Trend, place: usize, svg: &str) -> Markup {
    let metric = words::metric(trend.metric);
    html! {
        figure.trend tabindex="0" data-trend=(place) data-metric=(metric)
            data-cell={ (trend.cell) " " (metric) } {
            (PreEscaped(Theme::light().with_variables(svg)))
            // Space that stays, so that nothing jumps.
            figcaption aria-live="polite" { (PreEscaped("&nbsp;")) }
        }
    }
}

fn events(history: &History) -> Markup {
    html! {
        @if !history.events.is_empty() {
            section aria-labelledby="events" {
                h2 #events { "Known changes" }
                dl {
                    @for event in history.events.iter().rev() {
                        @let run = &history.runs[event.run];
                        dt { (format::day(run.started_unix_ns)) " " (run.run_id) } dd { (event.text) }
                    }
                }
            }
        }
    }
}

fn reading() -> Markup {
    html! {
        section aria-labelledby="reading" {
            h2 #reading { "How to read it" }
            p.note {
                "A point is a run with its 95 % interval; a ring stands alone against its neighbours and takes no part; "
                "a cross is a failure. A thick line is a level, an upright line a change of level, a dashed one something known to have "
                "changed (interpreter, baseline, workload, tool), a short stroke on the axis another host from there on. Speedups come from processes that took turns with their baseline, so that a slow night cancels. "
                "The baseline's own times are judged in units of the fixed reference that every run of more than a minute measures; without it, after the machine's ups and downs, the median over three workloads or more, are taken out. "
                "Runs of unlike machines are not compared."
            }
        }
    }
}

/// What the script shows under a pointer: runs, and for each trend its points.
fn data(history: &History) -> String {
    let runs: Vec<_> =
        history.runs.iter().map(|run| json!([run.run_id, format::day(run.started_unix_ns)])).collect();
    let trends: Vec<_> = history
        .trends
        .iter()
        .map(|trend| {
            let value = |value: f64| words::value(trend.metric, value);
            let points = trend.points.iter().map(|point| {
                let interval = point.ci95.map(|[low, high]| format!("{} to {}", value(low), value(high)));
                json!([point.run, value(point.value), interval])
            });
            let failures = trend.failures.iter().map(|failed| json!([failed.run, failed.outcome, null]));
            json!(points.chain(failures).collect::<Vec<_>>())
        })
        .collect();
    let known: Vec<_> = history.events.iter().map(|event| json!([event.run, event.text])).collect();
    let data = json!({
        "runs": runs, "trends": trends, "events": known,
        "left": chart::LEFT / chart::WIDTH, "right": 1.0 - chart::RIGHT / chart::WIDTH,
    });
    // Inside a script element nothing may look like its end.
    data.to_string().replace('<', "\\u003c")
}
