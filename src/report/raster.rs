//! PNG from the very SVG that is written, with the bundled font: no system font is ever asked.

use std::sync::{Arc, LazyLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Options, Tree};

use super::artifact::{Artifact, Drawing};

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    for data in [dejavu::sans::regular(), dejavu::sans::bold()] {
        fonts.load_font_source(Source::Binary(Arc::new(data)));
    }
    fonts.set_sans_serif_family("DejaVu Sans");
    Arc::new(fonts)
});

/// Pixels of a side: more would be too much for memory.
const MOST: f32 = 20_000.0;

/// How much larger than its SVG a chart's PNG is, for dense screens.
pub(super) const DENSE: f32 = 2.0;

/// The chart's file, or why it can't be drawn.
pub(super) fn artifact(drawing: &Drawing) -> Artifact {
    Artifact { bytes: png(&drawing.svg, DENSE), ..Artifact::chart(drawing.name, "png", "") }
}

/// The picture at so many times its size; at less where that would be too large for memory.
///
/// # Errors
/// The SVG doesn't parse, or a side of it would be less than a pixel.
pub(super) fn png(svg: &str, times: f32) -> Result<Vec<u8>, String> {
    let options =
        Options { fontdb: Arc::clone(&FONTS), font_family: "DejaVu Sans".to_owned(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|error| error.to_string())?;
    let size = tree.size();
    let scale = (MOST / size.width().max(size.height())).min(times);
    let side = |pixels: f32| (pixels * scale).ceil().clamp(1.0, MOST) as u32;
    let pixmap = Pixmap::new(side(size.width()), side(size.height()));
    let mut pixmap = pixmap.ok_or("it is too large for a PNG")?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixmap.as_mut());
    encode(&pixmap).map_err(|error| error.to_string())
}

/// Without transparency, of which a chart on paper has none. The lowest level takes a quarter of the default's
/// time, which was most of a report's, for a third more bytes.
fn encode(pixmap: &Pixmap) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixmap.width(), pixmap.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_deflate_compression(png::DeflateCompression::Level(1));
    encoder.set_filter(png::Filter::Up);
    let opaque: Vec<u8> =
        pixmap.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&opaque)?;
    writer.finish()?;
    Ok(bytes)
}
