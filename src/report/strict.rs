//! A strict reader for each format that is written, and results that show everything, for tests.

use pulldown_cmark::{Event, Parser, Tag};
use resvg::usvg::roxmltree::Document;

use super::Artifact;
use super::characters::tests::{html_errors, markdown_options};
pub(crate) use super::exports::gated as results;

/// Reads a file as strictly as its format has it.
pub(crate) fn file(artifact: &Artifact) {
    let name = artifact.path.to_string_lossy().into_owned();
    let inside = artifact.path.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    assert!(inside, "{name:?}");
    let bytes = artifact.bytes.as_ref().unwrap_or_else(|why| panic!("{name}: {why}"));
    let kind = artifact.path.extension().unwrap_or_default().to_string_lossy();
    if kind == "png" {
        png::Decoder::new(std::io::Cursor::new(bytes)).read_info().expect("a picture");
        return;
    }
    let text = std::str::from_utf8(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
    match &*kind {
        "svg" => {
            let document = Document::parse(text).unwrap_or_else(|error| panic!("{name}: {error}"));
            let known = [
                "svg",
                "g",
                "path",
                "rect",
                "text",
                "tspan",
                "circle",
                "line",
                "polygon",
                "polyline",
                "clipPath",
                "linearGradient",
                "stop",
                "defs",
                "title",
                "desc",
            ];
            let strange =
                document.descendants().find(|it| it.is_element() && !known.contains(&it.tag_name().name()));
            assert!(strange.is_none(), "{name}: {strange:?}");
            assert!(!["NaN", "inf"].iter().any(|bad| text.contains(&format!("=\"{bad}"))), "{name}");
        }
        "xml" => junit(text),
        "html" => page(text),
        "md" => markdown(text),
        "csv" => {
            let mut reader = ::csv::Reader::from_reader(bytes.as_slice());
            for row in reader.records() {
                let row = row.unwrap_or_else(|error| panic!("{name}: {error}"));
                let bad = row.iter().find(|field| {
                    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
                    field.contains(['\0', '\r', '\u{9b}']) || (formula && field.parse::<f64>().is_err())
                });
                assert_eq!(bad, None, "{name}");
            }
        }
        "json" => drop(
            serde_json::from_str::<serde_json::Value>(text).unwrap_or_else(|error| panic!("{name}: {error}")),
        ),
        "txt" => annotations(text),
        _ => panic!("{name} has no strict reader: write one"),
    }
}

/// As a CI system takes it: each suite counts its cases, and the whole all of them.
fn junit(text: &str) {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let root = document.root_element();
    let count = |of: &resvg::usvg::roxmltree::Node<'_, '_>, tag: &str| {
        of.descendants().filter(|node| node.has_tag_name(tag)).count().to_string()
    };
    for suite in root.descendants().filter(|node| node.has_tag_name("testsuite") || *node == root) {
        for (attribute, tag) in [("tests", "testcase"), ("failures", "failure"), ("skipped", "skipped")] {
            assert_eq!(suite.attribute(attribute), Some(&*count(&suite, tag)), "{attribute}");
        }
    }
    for case in root.descendants().filter(|node| node.has_tag_name("testcase")) {
        assert!(["classname", "name", "time"].iter().all(|name| case.has_attribute(*name)));
    }
}

/// No reader's error, and nothing of a name became an element of its own.
fn page(text: &str) {
    assert_eq!(html_errors(text), Vec::<String>::new());
    assert!(!text.contains("<script>alert"), "{text}");
}

/// No markup but that of the report itself.
pub(crate) fn markdown(text: &str) {
    for event in Parser::new_ext(text, markdown_options()) {
        let foreign = match &event {
            Event::Html(html) => html.trim() != "<!-- gilmatrix -->",
            Event::InlineHtml(_) | Event::InlineMath(_) | Event::DisplayMath(_) => true,
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => true,
            Event::Start(Tag::Strikethrough | Tag::Link { .. } | Tag::CodeBlock(_)) => true,
            Event::Start(Tag::Image { dest_url, .. }) => !dest_url.starts_with("charts/"),
            _ => false,
        };
        assert!(!foreign, "{event:?} in {text}");
    }
    // A reader cuts each row to the first one's length: what a name broke would be lost in silence.
    let columns = |line: &str| line.replace("\\\\", "").replace("\\|", "").matches('|').count();
    let mut before: Option<&str> = None;
    for line in text.lines() {
        let row = line.starts_with('|').then_some(line);
        if let (Some(before), Some(row)) = (before, row) {
            assert_eq!(columns(before), columns(row), "{before}\n{row}");
        }
        before = row;
    }
    let bad = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    assert_eq!(bad, None);
}

/// A workflow command on each line.
pub(crate) fn annotations(text: &str) {
    for line in text.lines() {
        let known = ["::error title=", "::warning title=", "::notice title="];
        assert!(known.iter().any(|start| line.starts_with(start)), "{line:?}");
        assert!(!line.contains("\u{1b}"), "{line:?}");
    }
}

/// Nothing speaks to the terminal, and no line is longer than it is wide.
pub(crate) fn terminal(text: &str, width: usize) {
    let bad = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t'));
    assert_eq!(bad, None, "{text:?}");
    let long = text.lines().find(|line| unicode_width::UnicodeWidthStr::width(*line) > width);
    assert_eq!(long, None);
}
