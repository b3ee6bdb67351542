//! At a window (窗口): a clerk holds the person against a document, and the account follows.

mod recognise;
pub(crate) mod row;
mod serve;

pub use recognise::{RecogniseAtWindow, WindowCode, recognise_at_window, show_window_code};
pub use serve::{ServeAtWindow, ServedAtWindow, serve_at_window};
