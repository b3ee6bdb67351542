//! Rate a case by its link: for who has no account, or is not signed in.

use tongban_cases::{applicants_case_of_link, case_summary_in};
use tongban_store::Tx;
use uuid::Uuid;

use super::give::{GiveRating, take};
use crate::error::{Error, refused};

/// A rating by the link of a case.
#[derive(Debug, Clone)]
pub struct RateByLink {
    /// The code of the link.
    pub code: String,
    /// The last four characters of the applicant's number: a link may have been passed on.
    pub last_four: String,
    /// 1 (very bad) to 5 (very good).
    pub score: u8,
    pub tags: Vec<String>,
    pub words: String,
    pub anonymous: bool,
}

/// Takes the rating of one who holds the link and knows the second fact; everything else is as in
/// [`give_rating`](super::give::give_rating), also that a case is rated once.
///
/// Refuses `rating.second_fact`, also for a link that leads nowhere: a miss and a mismatch answer alike.
pub async fn give_rating_by_link(tx: &Tx, input: RateByLink) -> Result<(), Error> {
    let case: Option<Uuid> = applicants_case_of_link(tx, &input.code, &input.last_four).await?;
    let Some(case) = case else {
        return Err(refused("rating.second_fact"));
    };
    let summary = case_summary_in(tx, case).await?.ok_or(Error::NotFound)?;
    let rating = GiveRating {
        case,
        score: input.score,
        tags: input.tags,
        words: input.words,
        anonymous: input.anonymous,
    };
    take(tx, summary, rating).await
}
