//! A badge for a README: how the last night ended, in one word or two.

use serde::Serialize;

use super::{Weight, weight, weight_of_all};
use crate::analysis::run_diff::Changes;
use crate::report::canvas::text_width;
use crate::report::characters::xml;

const LABEL: &str = "gilmatrix";
/// Beside each text, and the text's size, in px.
const PAD: f64 = 6.0;
const SIZE: f64 = 11.0;
const HEIGHT: f64 = 20.0;

/// What it says. As JSON it is what shields.io's endpoint takes (schema 1 of theirs).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Badge {
    schema_version: u32,
    label: &'static str,
    pub message: String,
    /// Hexadecimal, without `#`: dark enough for white letters at a contrast of 4.5.
    color: &'static str,
}

impl Badge {
    pub(in crate::report) fn new(message: String, weight: Weight) -> Self {
        let color = match weight {
            Weight::Fails => "b00020",
            Weight::Open => "8a5a00",
            Weight::Told => "00704a",
        };
        Self { schema_version: 1, label: LABEL, message, color }
    }

    /// The picture itself, which asks nothing from outside.
    pub(crate) fn svg(&self) -> String {
        let width = |text: &str| (text_width(text, SIZE, false) + 2.0 * PAD).ceil();
        let (left, right) = (width(self.label), width(&self.message));
        let message = xml(&self.message);
        let text = |x: f64, width: f64, text: &str| {
            format!(
                "<text x=\"{:.0}\" y=\"14\" textLength=\"{:.0}\">{text}</text>",
                x + PAD,
                width - 2.0 * PAD
            )
        };
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all:.0}\" height=\"{HEIGHT:.0}\" role=\"img\" \
             aria-label=\"{label}: {message}\"><title>{label}: {message}</title>\
             <clipPath id=\"round\"><rect width=\"{all:.0}\" height=\"{HEIGHT:.0}\" rx=\"3\"/></clipPath>\
             <g clip-path=\"url(#round)\"><rect width=\"{left:.0}\" height=\"{HEIGHT:.0}\" fill=\"#3c444d\"/>\
             <rect x=\"{left:.0}\" width=\"{right:.0}\" height=\"{HEIGHT:.0}\" fill=\"#{color}\"/></g>\
             <g fill=\"#fff\" font-family=\"DejaVu Sans,Verdana,sans-serif\" font-size=\"{SIZE:.0}\">{}{}</g></svg>\n",
            text(0.0, left, self.label),
            text(left, right, &message),
            all = left + right,
            label = self.label,
            color = self.color,
        )
    }
}

/// Returns the badge of a comparison.
pub(crate) fn badge(changes: &Changes) -> Badge {
    let loudest = weight_of_all(changes);
    let mut words: Vec<&str> = changes
        .changes
        .iter()
        .filter(|change| weight(changes, change) == loudest)
        .map(|change| change.kind.word())
        .collect();
    words.sort_unstable();
    let counted = words.chunk_by(|a, b| a == b).map(|same| format!("{} {}", same.len(), same[0]));
    let message = match loudest {
        Weight::Told => "no regression".to_owned(),
        _ if words.is_empty() => "nothing compared".to_owned(),
        _ => counted.collect::<Vec<_>>().join(", "),
    };
    Badge::new(message, loudest)
}

#[cfg(test)]
mod tests {
    use resvg::usvg::roxmltree::Document;

    use super::super::{change, sample};
    use super::*;
    use crate::analysis::run_diff::ChangeKind;

    #[test]
    fn it_says_the_worst() {
        let faster = change(ChangeKind::Faster, "");
        assert_eq!(badge(&sample(vec![faster.clone()])).message, "no regression");
        let undecided = change(ChangeKind::Undecided, "");
        assert_eq!(badge(&sample(vec![faster.clone(), undecided.clone()])).message, "1 undecided");
        let slower = change(ChangeKind::Slower, "");
        let heavier = change(ChangeKind::Heavier, "");
        let all = sample(vec![slower.clone(), heavier, slower, undecided, faster]);
        assert_eq!(badge(&all).message, "1 heavier, 2 slower");
        let mut nothing = sample(Vec::new());
        nothing.compared = 0;
        assert_eq!(badge(&nothing).message, "nothing compared");
    }

    #[test]
    fn the_picture_is_well_formed_and_shields_takes_the_rest() {
        let badge = Badge::new("a <b> & \"c\"".to_owned(), Weight::Open);
        let svg = badge.svg();
        let document = Document::parse(&svg).expect("well-formed");
        let title =
            document.descendants().find(|node| node.has_tag_name("title")).and_then(|node| node.text());
        assert_eq!(title, Some("gilmatrix: a <b> & \"c\""));
        let json = serde_json::to_value(&badge).expect("JSON");
        assert_eq!(json["schemaVersion"], 1);
        assert_eq!((&json["label"], &json["color"]), (&"gilmatrix".into(), &"8a5a00".into()));
    }
}
