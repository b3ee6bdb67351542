//! QR codes.

use tongban_press::{PressError, qr_svg};

#[test]
fn the_same_text_gives_the_same_picture() {
    let svg = qr_svg("https://example.invalid/verify/2F7kQ").unwrap();
    assert_eq!(svg, qr_svg("https://example.invalid/verify/2F7kQ").unwrap());
    assert_ne!(svg, qr_svg("https://example.invalid/verify/2F7kR").unwrap());
}

#[test]
fn the_picture_passes_a_strict_policy() {
    let svg = qr_svg("通办").unwrap();
    assert!(svg.starts_with("<svg xmlns="));
    for refused in ["style", "script", "href", "url(", "<?xml"] {
        assert!(!svg.contains(refused), "{refused}");
    }
}

#[test]
fn the_finder_pattern_stands_behind_the_quiet_zone() {
    // Version 1 has 21 modules; with four light ones on each side, 29. The corner square begins
    // with a run of seven.
    let svg = qr_svg("A").unwrap();
    assert!(svg.contains("viewBox=\"0 0 29 29\""));
    assert!(svg.contains("M4 4h7v1h-7z") && svg.contains("M18 4h7v1h-7z"));
}

#[test]
fn a_text_too_long_is_refused_with_its_length() {
    assert_eq!(
        qr_svg(&"长".repeat(1000)),
        Err(PressError::QrTooLong { bytes: 3000 })
    );
}
