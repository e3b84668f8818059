//! Errors of tasks on images: boxes and masks.

use super::escape::escape;
use super::gallery::gallery;
use super::matrix::{self, Cells, DAMAGED};
use super::number::{count, metric, short};
use super::svg::{LineChart, Series, Spacing, Stroke, line_chart};
use super::tables::{share, table};
use crate::error_analysis::{BoxErrors, ClassBoxes, ClassPixels, MaskErrors, NOTHING};

/// The section on boxes.
pub(crate) fn boxes(errors: &BoxErrors) -> String {
    let mut html = curves(errors);
    let headings = ["objects", "AP50", "AP", "precision", "recall", "F1", "from score"];
    html += "<h4>Classes</h4>\n";
    html += &table("Class", &headings, errors.classes.iter().map(|class| (escape(&class.name), box_cells(class))));
    html += &format!(
        "<p class=\"note\">AP50 is the average precision at an IoU of 0.5, AP the mean from 0.5 to 0.95. Precision, recall and F1 are those at an IoU of \
         0.5 and the score at which F1 is highest.{}</p>\n",
        rarer(errors.left_out)
    );
    html += &confused_boxes(errors);
    let score = short(errors.least_score);
    let note = format!(
        "Predictions with a score of at least {score} are drawn. Dashed with ✗: missed, wrong, or of another class; dotted: does not count."
    );
    html + &gallery(&errors.gallery, "by missed objects and sure predictions that are wrong", &note)
}

fn box_cells(class: &ClassBoxes) -> Vec<String> {
    let or_none = |value: Option<f64>| value.map_or("–".to_owned(), metric);
    let figures = [class.precision, class.recall, class.f1, class.score].map(or_none);
    [count(class.objects), metric(class.ap50), metric(class.ap)].into_iter().chain(figures).collect()
}

fn rarer(left_out: usize) -> String {
    match left_out {
        0 => String::new(),
        number => format!(" {} rarer classes are left out.", count(number as u64)),
    }
}

/// The precision-recall curves: the mean first, then the classes.
fn curves(errors: &BoxErrors) -> String {
    let points = |precision: &[f64]| precision.iter().enumerate().map(|(place, value)| (place as f64 / 100.0, *value)).collect();
    let mut lines: Vec<(&str, &[f64])> = errors.curves.iter().map(|curve| (curve.name.as_str(), curve.precision.as_slice())).collect();
    // The mean of one class is that class.
    let has_mean = errors.classes.len() > 1;
    if has_mean {
        lines.insert(0, ("mean", &errors.mean));
    }
    if lines.iter().all(|(_, precision)| precision.is_empty()) {
        return String::new();
    }
    let line = |(color, (name, precision)): (usize, &(&str, &[f64]))| Series {
        name: (*name).to_owned(),
        color,
        stroke: Stroke::Plain,
        points: points(precision),
    };
    let series: Vec<Series> = lines.iter().enumerate().map(line).collect();
    let title = "Precision over recall at an IoU of 0.5";
    let chart = LineChart { title, across: "recall", spacing: Spacing::Linear, series, within: &[0.0, 1.0], size: (620.0, 320.0) };
    let left_out = (errors.classes.len() + errors.left_out).saturating_sub(errors.curves.len());
    let note = if left_out == 0 {
        String::new()
    } else {
        format!("<p class=\"note\">The {} most frequent classes; the others are in the mean.</p>\n", errors.curves.len())
    };
    format!("<h4>{title}</h4>\n<div class=\"curves\">{}</div>\n{note}", line_chart(&chart))
}

/// What objects were taken for, with a row of predictions on nothing and a column of missed objects.
fn confused_boxes(errors: &BoxErrors) -> String {
    let confusion = &errors.confusion;
    let named = |instead: &str, name: &String| if name == NOTHING { instead.to_owned() } else { name.clone() };
    let (background, missed) = (|name: &String| named("background", name), |name: &String| named("missed", name));
    let truth: Vec<String> = confusion.classes.iter().map(background).collect();
    let predicted: Vec<String> = confusion.classes.iter().map(missed).collect();
    if confusion.classes.is_empty() {
        return String::new();
    }
    let Some(matrix) = matrix::matrix(&truth, &predicted, &confusion.counts, Cells::Counts) else { return DAMAGED.to_owned() };
    format!(
        "<h4>Confusion of classes</h4>\n{matrix}<p class=\"note\">Predictions with a score of at least {}, the multiple of 0.05 at which F1 over all \
         objects is highest. They are matched to objects at an IoU of 0.5: to those of the same class first, as for the metrics, then to those of \
         another. <i>Background</i>: predictions that match no object, or one that another prediction has; <i>missed</i>: objects without a \
         prediction. Crowds, objects that need not be found, and predictions of classes that an image was not annotated for are left out.</p>\n{}",
        short(errors.least_score),
        matrix::pairs(&confusion.pairs)
    )
}

/// The section on masks.
pub(crate) fn masks(errors: &MaskErrors) -> String {
    let all = errors.confusion.total;
    let or_none = |value: Option<f64>| value.map_or("–".to_owned(), metric);
    let row = |class: &ClassPixels| {
        let figures = [class.iou, class.precision, class.recall].map(or_none);
        (escape(&class.name), [share(class.pixels, all)].into_iter().chain(figures).collect())
    };
    let mut html = "<h4>Classes</h4>\n".to_owned();
    html += &table("Class", &["share of pixels", "IoU", "precision", "recall"], errors.classes.iter().map(row));
    if errors.left_out > 0 {
        html += &format!("<p class=\"note\">{}</p>\n", rarer(errors.left_out).trim_start());
    }
    html += "<h4>Confusion of classes</h4>\n";
    html += &matrix::confusion(&errors.confusion, "pixels", Cells::Shares);
    html += "<p class=\"note\">In percent of the pixels of the true class, on the canvas that the model sees.</p>\n";
    html + &gallery(&errors.gallery, "by the mean IoU of the image", "The first class of the task, its background, is not tinted.")
}
