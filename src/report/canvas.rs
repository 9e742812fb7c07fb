//! The one place that draws: SVG with the bundled font, in pixels with fractions.

use std::fmt::Write as _;
use std::sync::LazyLock;

use skrifa::prelude::{FontRef, LocationRef, MetadataProvider, Size};

use super::characters;
use super::theme::{FONT_FAMILY, Rgb, Theme, hex};

/// Whole numbers are shorter than fractions: all is drawn four times as large, and the view box scales back.
const FINE: f64 = 4.0;

/// Width of a character that the bundled font lacks, in em.
const OTHER_FONT: f64 = 0.62;

/// Plain and bold.
static FONTS: LazyLock<[Option<FontRef<'static>>; 2]> =
    LazyLock::new(|| [dejavu::sans::regular(), dejavu::sans::bold()].map(|font| FontRef::new(font).ok()));

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Font {
    pub px: f64,
    pub bold: bool,
    pub colour: Rgb,
}

/// How a stroke looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stroke {
    pub width: f64,
    pub colour: Rgb,
    /// Lengths of dash and gap.
    pub dash: Option<(f64, f64)>,
    pub opacity: f64,
}

impl Font {
    pub(super) fn bold(px: f64, colour: Rgb) -> Self {
        Self { px, bold: true, colour }
    }

    pub(super) fn plain(px: f64, colour: Rgb) -> Self {
        Self { px, bold: false, colour }
    }

    /// Width of a text in pixels.
    pub(super) fn width(self, text: &str) -> f64 {
        text_width(text, self.px, self.bold)
    }

    /// The name, an ellipsis in its middle where it is wider than `max` pixels: most names differ at their ends.
    pub(super) fn fit(self, text: &str, max: f64) -> String {
        shortened(text, TAIL, |short| self.width(short) <= max)
    }

    /// The sentence, an ellipsis at its end where it is wider than `max` pixels: its beginning tells most.
    pub(super) fn fit_start(self, text: &str, max: f64) -> String {
        shortened(text, 0.0, |short| self.width(short) <= max)
    }

    /// The text broken at spaces into lines of at most `max` pixels.
    pub(super) fn wrap(self, text: &str, max: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in words(text) {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}")) <= max => {
                    let _ = write!(line, " {word}");
                }
                _ => lines.push(self.fit(&word, max)),
            }
        }
        lines
    }
}

impl Stroke {
    pub(super) fn new(width: f64, colour: Rgb) -> Self {
        Self { width, colour, dash: None, opacity: 1.0 }
    }

    pub(super) fn dashed(self, dash: f64, gap: f64) -> Self {
        Self { dash: Some((dash, gap)), ..self }
    }

    pub(super) fn opacity(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }
}

/// Where a text begins, ends or has its middle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HPos {
    Left,
    Center,
    Right,
}

/// Draws one picture of `width` × `height` pixels; `title` is what a screen reader says.
pub(super) fn picture(
    width: f64,
    height: f64,
    title: &str,
    theme: &Theme,
    draw: impl FnOnce(&mut Canvas),
) -> String {
    let mut canvas = Canvas { theme, body: String::new(), hovers: String::new(), stroke: None };
    canvas.rect(0.0, 0.0, width, height, theme.paper, 1.0);
    draw(&mut canvas);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"{FONT_FAMILY}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n{}{}</svg>\n",
        fine(width),
        fine(height),
        characters::xml(title),
        canvas.body,
        canvas.hovers,
    )
}

pub(super) struct Canvas<'a> {
    pub theme: &'a Theme,
    body: String,
    hovers: String,
    /// The style of the path that is the last element.
    stroke: Option<String>,
}

fn fine(pixels: f64) -> i32 {
    let scaled = (pixels * FINE).round();
    // A figure that isn't one lands outside the picture instead of inside a wrong place.
    if scaled.is_finite() { scaled.clamp(-1e6, 1e6) as i32 } else { -1_000_000 }
}

/// What makes an element pale; what SVG takes for granted isn't said.
fn pale(opacity: f64) -> String {
    if opacity < 1.0 { format!(" opacity=\"{opacity}\"") } else { String::new() }
}

fn points(points: &[(f64, f64)]) -> String {
    points.iter().map(|&(x, y)| format!("{},{}", fine(x), fine(y))).collect::<Vec<_>>().join(" ")
}

/// Width of a text in pixels.
pub(super) fn text_width(text: &str, px: f64, bold: bool) -> f64 {
    let font = FONTS[usize::from(bold)].as_ref();
    let known = font.map(|it| (it.charmap(), it.glyph_metrics(Size::new(px as f32), LocationRef::default())));
    let of = |letter: char| {
        let (letters, glyphs) = known.as_ref()?;
        glyphs.advance_width(letters.map(letter)?).map(f64::from)
    };
    text.chars().map(|letter| of(letter).unwrap_or(OTHER_FONT * px)).sum()
}

/// Of a name that is too long: so much of what is kept is its end.
pub(super) const TAIL: f64 = 0.6;

/// The text, so much of it as fits: of what is kept the share `tail` is its end.
pub(super) fn shortened(text: &str, tail: f64, fits: impl Fn(&str) -> bool) -> String {
    if fits(text) {
        return text.to_owned();
    }
    let all: Vec<char> = text.chars().collect();
    let short = |kept: usize| {
        let end = (kept as f64 * tail).ceil() as usize;
        let [head, end]: [String; 2] = [&all[..kept - end], &all[all.len() - end..]].map(String::from_iter);
        format!("{}…{}", head.trim_end(), end.trim_start())
    };
    let lengths: Vec<usize> = (0..all.len()).collect();
    // The more is kept, the wider it is.
    let fitting = lengths.partition_point(|kept| fits(&short(*kept)));
    fitting.checked_sub(1).map(short).unwrap_or_default()
}

/// Words, a unit kept with its figure: `17.0 ms` is one.
pub(super) fn words(text: &str) -> Vec<String> {
    const UNITS: [&str; 8] = ["ns", "µs", "ms", "s", "KiB", "MiB", "GiB", "%"];
    let unit = |word: &str| UNITS.contains(&word.trim_end_matches([',', ';', ')', '.']));
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match words.last_mut() {
            Some(last) if unit(word) && last.ends_with(|c: char| c.is_ascii_digit()) => {
                let _ = write!(last, " {word}");
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

impl Canvas<'_> {
    /// Adds an element without content.
    fn element(&mut self, name: &str, attributes: std::fmt::Arguments<'_>) {
        // Writing to a string can't fail.
        let _ = writeln!(self.body, "<{name}{attributes}/>");
        self.stroke = None;
    }

    pub(super) fn text(&mut self, text: &str, x: f64, middle: f64, anchor: HPos, font: Font) {
        // Placed from the top, since SVG's `ex` differs between renderers; digits are 0.73 em high.
        let top = middle - font.px * (0.76 - 0.365);
        let anchor = match anchor {
            HPos::Left => "",
            HPos::Center => " text-anchor=\"middle\"",
            HPos::Right => " text-anchor=\"end\"",
        };
        let bold = if font.bold { " font-weight=\"bold\"" } else { "" };
        let _ = writeln!(
            self.body,
            "<text x=\"{}\" y=\"{}\" dy=\"0.76em\"{anchor} font-size=\"{}\" fill=\"{}\"{bold}>{}</text>",
            fine(x),
            fine(top),
            font.px * FINE,
            hex(font.colour),
            characters::xml(text),
        );
        self.stroke = None;
    }

    /// As [`Canvas::text`], shortened until it is at most `max` pixels wide.
    pub(super) fn fitted(&mut self, text: &str, max: f64, x: f64, middle: f64, anchor: HPos, font: Font) {
        self.text(&font.fit(text, max), x, middle, anchor, font);
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) {
        let Some((dash, gap)) = stroke.dash else {
            return self.path(&[from, to], stroke);
        };
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let at = |d: f64| {
            let t = (d / length).min(1.0);
            (from.0 + (to.0 - from.0) * t, from.1 + (to.1 - from.1) * t)
        };
        let mut d = 0.0;
        while d < length && d < 20_000.0 {
            self.path(&[at(d), at(d + dash)], Stroke { dash: None, ..stroke });
            d += (dash + gap).max(1.0);
        }
    }

    /// A solid line through the points. Neighbouring strokes of one style become one path: a page holds every chart
    /// twice. Only of opaque ones it doesn't matter how often a pixel is drawn.
    pub(super) fn path(&mut self, places: &[(f64, f64)], stroke: Stroke) {
        let (width, colour, pale) = (fine(stroke.width).max(1), hex(stroke.colour), pale(stroke.opacity));
        let style = format!(" fill=\"none\"{pale} stroke=\"{colour}\" stroke-width=\"{width}\"");
        let points = points(places);
        if !pale.is_empty() {
            return self.element("polyline", format_args!("{style} points=\"{points}\""));
        }
        let data = format!("M{}\"/>\n", points.replacen(' ', "L", 1));
        if self.stroke.as_ref() == Some(&style) {
            self.body.truncate(self.body.len() - "\"/>\n".len());
        } else {
            let _ = write!(self.body, "<path{style} d=\"");
        }
        self.body.push_str(&data);
        self.stroke = Some(style);
    }

    pub(super) fn area(&mut self, places: &[(f64, f64)], colour: Rgb, opacity: f64) {
        let (pale, points) = (pale(opacity), points(places));
        self.element("polygon", format_args!("{pale} fill=\"{}\" points=\"{points}\"", hex(colour)));
    }

    pub(super) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, colour: Rgb, opacity: f64) {
        let (left, top, right, bottom) = (fine(x), fine(y), fine(x + width), fine(y + height));
        let (width, height, fill, pale) = (right - left, bottom - top, hex(colour), pale(opacity));
        let place = format_args!(" x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\"");
        self.element("rect", format_args!("{place}{pale} fill=\"{fill}\""));
    }

    pub(super) fn outline(&mut self, x: f64, y: f64, width: f64, height: f64, stroke: Stroke) {
        let (right, bottom) = (x + width, y + height);
        self.path(&[(x, y), (right, y), (right, bottom), (x, bottom), (x, y)], stroke);
    }

    /// One of many: where several lie on each other it is darker.
    pub(super) fn dot(&mut self, x: f64, y: f64, radius: f64, colour: Rgb, opacity: f64) {
        self.circle((x, y), radius, format_args!("{} fill=\"{}\"", pale(opacity), hex(colour)));
    }

    /// A filled mark, or a hollow one (ring on `ground`) for what isn't settled.
    pub(super) fn mark(&mut self, x: f64, y: f64, radius: f64, colour: Rgb, hollow: Option<Rgb>) {
        self.dot(x, y, radius, hollow.unwrap_or(colour), 1.0);
        if hollow.is_some() {
            let (colour, width) = (hex(colour), fine(1.8));
            let ring = format_args!(" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{width}\"");
            self.circle((x, y), radius, ring);
        }
    }

    fn circle(&mut self, (x, y): (f64, f64), radius: f64, style: std::fmt::Arguments<'_>) {
        let (x, y, radius) = (fine(x), fine(y), fine(radius).max(1));
        self.element("circle", format_args!(" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"{style}"));
    }

    /// What a pointer over this place shows.
    pub(super) fn hover(&mut self, x: f64, y: f64, width: f64, height: f64, text: &str) {
        let _ = writeln!(
            self.hovers,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill-opacity=\"0\"><title>{}</title></rect>",
            fine(x),
            fine(y),
            fine(width).max(0),
            fine(height).max(0),
            characters::xml(text),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Canvas, Stroke, picture};
    use crate::report::theme::Theme;

    fn drawn(draw: impl FnOnce(&mut Canvas)) -> String {
        let whole = picture(10.0, 10.0, "nothing", &Theme::light(), draw);
        let (_, inside) = whole.split_once("#FFFFFF\"/>\n").expect("its ground");
        inside.trim_end_matches("</svg>\n").to_owned()
    }

    #[test]
    fn neighbours_of_one_style_become_one_path() {
        let [black, white] = [(0, 0, 0), (255, 255, 255)].map(|colour| Stroke::new(1.0, colour));
        let paths = drawn(|canvas| {
            canvas.path(&[(0.25, 0.5), (0.75, 1.0)], black);
            canvas.path(&[(1.25, 1.5), (1.75, 2.0), (2.25, 2.25)], black);
            canvas.path(&[(0.25, 0.25), (0.5, 0.5)], white);
            canvas.path(&[(0.25, 0.25), (0.5, 0.5)], black.opacity(0.5));
        });
        assert_eq!(
            paths,
            "<path fill=\"none\" stroke=\"#000000\" stroke-width=\"4\" d=\"M1,2L3,4M5,6L7,8 9,9\"/>\n\
             <path fill=\"none\" stroke=\"#FFFFFF\" stroke-width=\"4\" d=\"M1,1L2,2\"/>\n\
             <polyline fill=\"none\" opacity=\"0.5\" stroke=\"#000000\" stroke-width=\"4\" points=\"1,1 2,2\"/>\n"
        );
    }
}
