//! Says an SVG in fewer bytes: what SVG takes for granted isn't said, and neighbouring strokes of one
//! style become one path. A page holds every chart twice.

use super::theme::FONT_FAMILY;

/// Attributes that say what holds without them; the family stands on the root.
const IDLE: [&str; 4] =
    [" opacity=\"1\"", " stroke=\"none\"", " text-anchor=\"start\"", " fill-opacity=\"1\""];
const POINTS: &str = " points=\"";

/// The inside of a picture as plotters writes it, one element a line.
pub(super) fn compact(body: &str) -> String {
    let family = format!(" font-family=\"{FONT_FAMILY}\"");
    let mut out = String::with_capacity(body.len() / 2);
    let lines: Vec<_> = body.lines().map(|line| (line, stroke(line))).collect();
    let alike = |a: &Option<(String, &str)>, b: &Option<(String, &str)>| {
        a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| a.0 == b.0)
    };
    for same in lines.chunk_by(|a, b| alike(&a.1, &b.1)) {
        let (line, stroke) = &same[0];
        if let Some((style, _)) = stroke {
            let all = same.iter().filter_map(|line| Some(line.1.as_ref()?.1.trim_end()));
            let data: String = all.map(|points| format!("M{}", points.replacen(' ', "L", 1))).collect();
            out.push_str(&format!("<path{style} d=\"{data}\"/>\n"));
            continue;
        }
        if line.starts_with('<') {
            let line = line.replace(&family, "");
            out.push_str(&IDLE.iter().fold(line, |line, idle| line.replace(idle, "")));
        } else {
            out.push_str(line);
        }
        // A text and its tags stay in one line: white space around it would be drawn.
        if line.ends_with("/>") || line.ends_with("</text>") {
            out.push('\n');
        }
    }
    out
}

/// Style and points of an opaque polyline: only there does it not matter how often a pixel is drawn.
fn stroke(line: &str) -> Option<(String, &str)> {
    let rest = line.strip_prefix("<polyline")?.strip_suffix("\"/>")?;
    let (style, points) = rest.split_once(POINTS)?;
    style.contains(" opacity=\"1\"").then(|| (style.replace(" opacity=\"1\"", ""), points))
}

#[cfg(test)]
mod tests {
    use super::compact;

    #[test]
    fn neighbours_of_one_style_become_one_path() {
        let line = |points: &str, colour: &str| {
            format!("<polyline fill=\"none\" opacity=\"1\" stroke=\"{colour}\" points=\"{points} \"/>\n")
        };
        let body = [line("1,2 3,4", "#000"), line("5,6 7,8 9,9", "#000"), line("1,1 2,2", "#FFF")].concat();
        assert_eq!(
            compact(&body),
            "<path fill=\"none\" stroke=\"#000\" d=\"M1,2L3,4M5,6L7,8 9,9\"/>\n\
             <path fill=\"none\" stroke=\"#FFF\" d=\"M1,1L2,2\"/>\n"
        );
    }

    #[test]
    fn words_are_kept_as_they_are() {
        let body = "<text x=\"1\" opacity=\"1\" fill=\"#000\">\nan opacity=\"1\" of &lt;b&gt;\n</text>\n";
        assert_eq!(compact(body), "<text x=\"1\" fill=\"#000\">an opacity=\"1\" of &lt;b&gt;</text>\n");
    }
}
