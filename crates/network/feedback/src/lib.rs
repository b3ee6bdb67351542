//! 好差评: every handled case can be rated once, and a bad rating is followed up by the department.
//!
//! - `rating` asking, giving (also by the link or the number of a case), showing, summing up
//! - `follow_up` the task that a bad rating opens, and its answer
//!
//! An anonymous rating keeps neither case nor account nor the time of day; that the case was rated is kept apart.

mod error;
mod follow_up;
mod migrations;
mod rating;
mod row;

pub use error::{Error, Refusal};
pub use follow_up::{
    answer::{AnswerFollowUp, answer_follow_up},
    query::{FollowUpLine, follow_ups},
};
pub use migrations::migrations;
pub use rating::{
    ask::wire,
    domain::{BAD_TAGS, GOOD_TAGS, is_bad},
    give::{GiveRating, give_rating},
    give_by_link::{RateByLink, give_rating_by_link},
    give_by_number::{RateByNumber, give_rating_by_number},
    query::{ItemRating, RatingView, is_rated, item_rating, rating_of},
};
