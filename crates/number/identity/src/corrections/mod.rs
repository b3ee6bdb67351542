//! Names that are wrong: asked for by the person, answered at a window.

mod answer;
mod ask;
mod query;
pub(crate) mod row;

pub use answer::{AnswerCorrection, answer_correction};
pub use ask::{AskCorrection, ask_correction};
pub use query::{CorrectionView, correction, own_correction, waiting_corrections};
