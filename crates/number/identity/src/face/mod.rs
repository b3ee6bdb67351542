//! Face checks (人脸核验): a provider looks whether the person at the device is who the account says.

mod begin;
mod finish;
mod provider;
pub(crate) mod row;

pub use begin::{BegunFaceCheck, begin_face_check};
pub use finish::{FinishedFaceCheck, finish_face_check};
pub use provider::{FaceOutcome, FaceProvider, FaceStarted, FaceSubject, FaceTrouble};
