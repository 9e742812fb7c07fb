//! What every page has around its body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use super::characters;
use super::theme::Theme;

/// A page with this name, whose style sheet is the theme's with these rules, and whose only script, at the end of its
/// body, is `script`.
pub(super) fn document(name: &str, rules: &str, script: &str, body: &Markup) -> String {
    let style = Theme::style_sheet(rules);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content=(policy(&style, script));
                title { "gilmatrix: " (name) }
                style { (PreEscaped(&style)) }
            }
            body { (body) script { (PreEscaped(script)) } }
        }
    };
    characters::lines(&page.into_string())
}

/// The page's own promise: nothing is loaded, nothing is sent, and no script runs but its own, even if
/// a text from outside should ever become markup.
pub(super) fn policy(style: &str, script: &str) -> String {
    let hash = |text: &str| format!("'sha256-{}'", BASE64.encode(Sha256::digest(text.as_bytes())));
    format!(
        "default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
        hash(style),
        hash(script)
    )
}
