//! Boxes, masks and the files they come in.
//!
//! - [`boxes`] has rectangles, how far two of them overlap, and what an affine transform of an image does to them.
//! - [`formats`] reads annotated images from COCO's JSON, Pascal VOC's XML and YOLO's texts.
//! - [`masks`] has masks as runs of pixels, makes them of polygons, and compares them.
//! - [`suppression`] removes all but the best of several detections of one object.
//!
//! Image coordinates are continuous: the pixel of row `i` and column `j` covers the square `[j, j+1) × [i, i+1)`, and a box is half-open, so that
//! its width is `x2 − x1`. The crate knows nothing of tables, configurations or models.
//!
//! ```
//! use banyan_vision::boxes::{Overlap, Rectangle};
//!
//! let predicted = Rectangle::new(10.0, 10.0, 50.0, 40.0);
//! let truth = Rectangle::new(20.0, 15.0, 60.0, 45.0);
//! assert!((predicted.iou(&truth) - 0.4545454545_f64).abs() < 1e-9);
//! let (loss, gradient) = Overlap::Giou.loss(&predicted, &truth);
//! assert!(loss > 0.6 && gradient.iter().all(|&slope| slope < 0.0));
//! ```

pub mod boxes;
mod coordinate;
pub mod formats;
pub mod masks;
pub mod suppression;

pub use coordinate::Coordinate;
