//! Colours by role. Interpreters take Okabe and Ito's palette ("Color Universal Design", 2008),
//! which stays apart under every common colour-vision deficiency.

/// Named first is the font that the PNG is drawn with and every width is measured with.
pub(super) const FONT_FAMILY: &str = "DejaVu Sans, Verdana, sans-serif";

/// Colours for builds with the GIL, at the palette's begin.
const COOL: usize = 5;
/// Colours for free-threaded builds, after them.
const WARM: usize = 3;

/// Red, green, blue.
pub(super) type Rgb = (u8, u8, u8);

/// One interpreter's colour: for marks, and a darker one of the same hue for text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Series {
    pub mark: Rgb,
    pub text: Rgb,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Theme {
    pub paper: Rgb,
    pub ink: Rgb,
    pub muted: Rgb,
    pub grid: Rgb,
    /// Ground of what lies beyond the machine's CPUs.
    pub shade: Rgb,
    /// Failures.
    pub bad: Rgb,
    series: Vec<Series>,
}

impl Theme {
    fn of([paper, ink, muted, grid, shade, bad]: [Rgb; 6], series: [[Rgb; 2]; COOL + WARM]) -> Self {
        let series = series.map(|[mark, text]| Series { mark, text }).into();
        Self { paper, ink, muted, grid, shade, bad, series }
    }

    /// For files, on white.
    pub(super) fn light() -> Self {
        Self::of(
            [(255, 255, 255), (31, 35, 40), (96, 104, 114), (222, 226, 230), (243, 244, 246), (176, 0, 32)],
            [
                [(0, 114, 178), (0, 100, 158)],
                [(86, 180, 233), (26, 117, 167)],
                [(204, 121, 167), (153, 67, 115)],
                [(0, 158, 115), (0, 119, 86)],
                [(120, 120, 120), (90, 90, 90)],
                [(213, 94, 0), (180, 78, 0)],
                [(230, 159, 0), (148, 101, 0)],
                [(214, 198, 46), (118, 108, 0)],
            ],
        )
    }

    /// For screens that prefer a dark ground.
    pub(super) fn dark() -> Self {
        Self::of(
            [(22, 27, 34), (230, 237, 243), (152, 161, 171), (48, 54, 61), (30, 36, 44), (255, 123, 114)],
            [
                [(56, 139, 213), (110, 176, 236)],
                [(96, 190, 240), (134, 206, 246)],
                [(214, 137, 181), (226, 160, 198)],
                [(22, 178, 134), (62, 204, 164)],
                [(150, 150, 150), (180, 180, 180)],
                [(232, 116, 28), (245, 146, 72)],
                [(236, 170, 24), (243, 190, 74)],
                [(240, 228, 66), (242, 232, 110)],
            ],
        )
    }

    /// The colour at this place of the palette, which repeats when it ends.
    pub(super) fn series(&self, index: usize) -> Series {
        self.series[index % self.series.len()]
    }

    /// Place in the palette of the `nth` interpreter of its kind: cool colours with the GIL, warm
    /// ones without, so that the contrast this tool is about is seen before a word is read.
    pub(super) fn place(nth: usize, free_threaded: bool) -> usize {
        if free_threaded { COOL + nth % WARM } else { nth % COOL }
    }

    /// Every role with its name as a CSS variable; the same names in the same order in every theme.
    pub(super) fn roles(&self) -> Vec<(String, Rgb)> {
        let mut roles: Vec<(String, Rgb)> = [
            ("paper", self.paper),
            ("ink", self.ink),
            ("muted", self.muted),
            ("grid", self.grid),
            ("shade", self.shade),
            ("bad", self.bad),
        ]
        .map(|(name, colour)| (name.to_owned(), colour))
        .into();
        for (index, series) in self.series.iter().enumerate() {
            roles.push((format!("s{index}"), series.mark));
            roles.push((format!("t{index}"), series.text));
        }
        roles
    }

    /// `--ink:#1F2328;…` for a style sheet.
    pub(super) fn css(&self) -> String {
        self.roles().iter().map(|(name, colour)| format!("--{name}:{};", hex(*colour))).collect()
    }

    /// A page's style sheet: the roles as variables, light, dark where that is preferred, light in print, and
    /// then `rules`.
    pub(super) fn style_sheet(rules: &str) -> String {
        let (light, dark) = (Self::light().css(), Self::dark().css());
        format!(
            ":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}@media print{{:root{{{light}}}}}{rules}"
        )
    }

    /// An SVG drawn with this theme, its colours replaced by CSS variables so that a page can
    /// change them.
    pub(super) fn with_variables(&self, svg: &str) -> String {
        self.roles().iter().fold(svg.to_owned(), |svg, (name, colour)| {
            svg.replace(&format!("\"{}\"", hex(*colour)), &format!("\"var(--{name})\""))
        })
    }
}

/// `#1F2328`, as plotters writes it.
pub(super) fn hex((r, g, b): Rgb) -> String {
    format!("#{r:02X}{g:02X}{b:02X}")
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_role_has_a_colour_of_its_own() {
        for theme in [Theme::light(), Theme::dark()] {
            let colours: HashSet<Rgb> = theme.roles().iter().map(|role| role.1).collect();
            assert_eq!(colours.len(), theme.roles().len());
        }
    }

    #[test]
    fn both_themes_know_the_same_roles() {
        let names = |theme: Theme| theme.roles().into_iter().map(|role| role.0).collect::<Vec<_>>();
        assert_eq!(names(Theme::light()), names(Theme::dark()));
    }

    #[test]
    fn text_colours_have_enough_contrast() {
        // WCAG 2.1: relative luminance and contrast; 4.5 is its level AA.
        let channel = |c: u8| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = |(r, g, b): Rgb| 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
        for theme in [Theme::light(), Theme::dark()] {
            for (name, colour) in theme.roles() {
                if !(name.starts_with('t') || ["ink", "muted", "bad"].contains(&name.as_str())) {
                    continue;
                }
                let (a, b) = (luminance(colour), luminance(theme.paper));
                let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                assert!(contrast >= 4.5, "{name}: {contrast:.2}");
            }
        }
    }
}
