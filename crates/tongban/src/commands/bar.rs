//! How long work is shown: a bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tongban_store::keep::Step;

/// A bar that follows [`Step`]s.
pub(super) struct Bar(ProgressBar);

impl Bar {
    pub fn new() -> anyhow::Result<Self> {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template(
            "{bar:40} {pos}/{len} {msg}  {elapsed}",
        )?);
        Ok(Self(bar))
    }

    pub fn show(&self, step: Step) {
        self.0.set_message(step.doing);
        self.0.set_length(step.all.max(step.done));
        self.0.set_position(step.done);
    }

    pub fn clear(&self) {
        self.0.finish_and_clear();
    }
}
