//! The colors in which boxes and masks are laid over images.

/// Colors that are told apart, also by those who see red and green alike (Okabe and Ito, 2008).
const COLORS: [[u8; 3]; 8] =
    [[230, 159, 0], [86, 180, 233], [0, 158, 115], [240, 228, 66], [0, 114, 178], [213, 94, 0], [204, 121, 167], [255, 255, 255]];

/// How much of a mask's color is laid over the image.
pub(crate) const OPACITY: f32 = 0.45;

/// The color of a class: red, green and blue. The ninth has that of the first.
pub(crate) fn color(class: usize) -> [u8; 3] {
    COLORS[class % COLORS.len()]
}

/// The color of a class of a mask; none of the first one, which is taken for the background and not drawn.
pub(crate) fn mask_color(class: usize) -> Option<[u8; 3]> {
    class.checked_sub(1).map(color)
}
