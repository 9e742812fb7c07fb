//! The one place that draws: plotters' SVG backend with the bundled font, in pixels with fractions.

use std::fmt::Write as _;
use std::sync::LazyLock;

use plotters::backend::DrawingBackend;
use plotters::prelude::SVGBackend;
/// Where a text begins, ends or has its middle.
pub(super) use plotters::style::text_anchor::HPos;
use plotters::style::text_anchor::{Pos, VPos};
use plotters::style::{FontDesc, FontFamily, FontStyle, RGBAColor, ShapeStyle, TextStyle};
use skrifa::prelude::{FontRef, LocationRef, MetadataProvider, Size};

use super::characters;
use super::compact::compact;
use super::theme::{FONT_FAMILY, Rgb, Theme};

/// plotters' coordinates are whole numbers: it draws four times as large, the view box scales back.
const FINE: f64 = 4.0;

/// plotters writes a font's size divided by this as `font-size`.
const PLOTTERS_EM: f64 = 1.24;
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

/// Draws one picture of `width` × `height` pixels; `title` is what a screen reader says.
pub(super) fn picture(
    width: f64,
    height: f64,
    title: &str,
    theme: &Theme,
    draw: impl FnOnce(&mut Canvas),
) -> String {
    let mut body = String::new();
    let mut hovers = String::new();
    let mut failed = false;
    {
        let size = (fine(width) as u32, fine(height) as u32);
        let backend = SVGBackend::with_string(&mut body, size);
        let mut canvas = Canvas { theme, backend, hovers: &mut hovers, failed: &mut failed };
        canvas.rect(0.0, 0.0, width, height, theme.paper, 1.0);
        draw(&mut canvas);
        *canvas.failed |= canvas.backend.present().is_err();
    }
    let inner = body
        .split_once(">\n")
        .and_then(|(_, rest)| rest.rsplit_once("</svg>"))
        .map_or("", |(inner, _)| inner);
    debug_assert!(!failed, "a picture in memory can always be written");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" font-family=\"{FONT_FAMILY}\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">\n{}{hovers}</svg>\n",
        fine(width),
        fine(height),
        characters::xml(title),
        compact(inner),
    )
}

pub(super) struct Canvas<'a> {
    pub theme: &'a Theme,
    backend: SVGBackend<'a>,
    hovers: &'a mut String,
    failed: &'a mut bool,
}

fn fine(pixels: f64) -> i32 {
    let scaled = (pixels * FINE).round();
    // A figure that isn't one lands outside the picture instead of inside a wrong place.
    if scaled.is_finite() { scaled.clamp(-1e6, 1e6) as i32 } else { -1_000_000 }
}

fn rgba((r, g, b): Rgb, opacity: f64) -> RGBAColor {
    RGBAColor(r, g, b, opacity)
}

fn font_desc(font: Font) -> FontDesc<'static> {
    let style = if font.bold { FontStyle::Bold } else { FontStyle::Normal };
    FontDesc::new(FontFamily::Name(FONT_FAMILY), font.px * FINE * PLOTTERS_EM, style)
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
    pub(super) fn text(&mut self, text: &str, x: f64, middle: f64, anchor: HPos, font: Font) {
        let colour = rgba(font.colour, 1.0);
        let style = TextStyle::from(font_desc(font)).pos(Pos::new(anchor, VPos::Top)).color(&colour);
        // Placed from the top, since SVG's `ex` differs between renderers; digits are 0.73 em high.
        let top = middle - font.px * (0.76 - 0.365);
        let line = characters::line(text);
        *self.failed |= self.backend.draw_text(&line, &style, (fine(x), fine(top))).is_err();
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

    /// A solid line through the points.
    pub(super) fn path(&mut self, points: &[(f64, f64)], stroke: Stroke) {
        let style = ShapeStyle {
            color: rgba(stroke.colour, stroke.opacity),
            filled: false,
            stroke_width: fine(stroke.width).max(1) as u32,
        };
        let points: Vec<(i32, i32)> = points.iter().map(|&(x, y)| (fine(x), fine(y))).collect();
        *self.failed |= self.backend.draw_path(points, &style).is_err();
    }

    pub(super) fn area(&mut self, points: &[(f64, f64)], colour: Rgb, opacity: f64) {
        let points: Vec<(i32, i32)> = points.iter().map(|&(x, y)| (fine(x), fine(y))).collect();
        let colour = rgba(colour, opacity);
        *self.failed |= self.backend.fill_polygon(points, &colour).is_err();
    }

    pub(super) fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, colour: Rgb, opacity: f64) {
        let colour = rgba(colour, opacity);
        let corners = ((fine(x), fine(y)), (fine(x + width), fine(y + height)));
        *self.failed |= self.backend.draw_rect(corners.0, corners.1, &colour, true).is_err();
    }

    pub(super) fn outline(&mut self, x: f64, y: f64, width: f64, height: f64, stroke: Stroke) {
        let (right, bottom) = (x + width, y + height);
        self.path(&[(x, y), (right, y), (right, bottom), (x, bottom), (x, y)], stroke);
    }

    /// One of many: where several lie on each other it is darker.
    pub(super) fn dot(&mut self, x: f64, y: f64, radius: f64, colour: Rgb, opacity: f64) {
        let (centre, radius) = ((fine(x), fine(y)), fine(radius).max(1) as u32);
        *self.failed |= self.backend.draw_circle(centre, radius, &rgba(colour, opacity), true).is_err();
    }

    /// A filled mark, or a hollow one (ring on `ground`) for what isn't settled.
    pub(super) fn mark(&mut self, x: f64, y: f64, radius: f64, colour: Rgb, hollow: Option<Rgb>) {
        self.dot(x, y, radius, hollow.unwrap_or(colour), 1.0);
        if hollow.is_some() {
            let (centre, radius) = ((fine(x), fine(y)), fine(radius).max(1) as u32);
            let ring = ShapeStyle { color: rgba(colour, 1.0), filled: false, stroke_width: fine(1.8) as u32 };
            *self.failed |= self.backend.draw_circle(centre, radius, &ring, false).is_err();
        }
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
