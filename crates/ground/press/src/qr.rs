//! QR codes as SVG.

use crate::PressError;
use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write;

/// Light modules around the code: ISO/IEC 18004 asks for four.
const QUIET_ZONE: usize = 4;

/// A QR code (error correction M) as a square SVG of one path, black on white, without inline
/// style, script or outside reference, so that a strict content security policy lets it through.
/// Its size comes from where it is placed.
pub fn qr_svg(text: &str) -> Result<String, PressError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|_| PressError::QrTooLong { bytes: text.len() })?;
    let width = code.width();
    let colors = code.to_colors();
    let mut path = String::new();
    for (row, modules) in colors.chunks(width).enumerate() {
        let mut column = 0;
        // Neighbouring dark modules are one rectangle: no hairlines between them when scaled.
        for run in modules.chunk_by(|left, right| left == right) {
            if run.first() == Some(&Color::Dark) {
                let (x, y, length) = (column + QUIET_ZONE, row + QUIET_ZONE, run.len());
                // Writing into a String cannot fail.
                let _infallible = write!(path, "M{x} {y}h{length}v1h-{length}z");
            }
            column += run.len();
        }
    }
    let side = width + 2 * QUIET_ZONE;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path fill=\"#000\" d=\"{path}\"/></svg>"
    ))
}
