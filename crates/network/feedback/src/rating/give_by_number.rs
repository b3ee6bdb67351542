//! Rate a case by its number: for who kept the receipt, and has no link and no account.

use tongban_cases::{applicants_case_of_number, case_summary_in};
use tongban_store::Tx;

use super::give::{GiveRating, take};
use crate::error::{Error, refused};

/// A rating by the number of a case.
#[derive(Debug, Clone)]
pub struct RateByNumber {
    /// The case number, without spaces.
    pub number: String,
    /// The last four characters of the applicant's number.
    pub last_four: String,
    /// 1 (very bad) to 5 (very good).
    pub score: u8,
    pub tags: Vec<String>,
    pub words: String,
    pub anonymous: bool,
}

/// Takes the rating of one who knows the number of a case and the second fact; everything else is as in
/// [`give_rating`](super::give::give_rating), also that a case is rated once. Faces brake guessing before they ask here.
///
/// Refuses `rating.second_fact`, also for a number that nobody has: a miss and a mismatch answer alike.
pub async fn give_rating_by_number(tx: &Tx, input: RateByNumber) -> Result<(), Error> {
    let Some(case) = applicants_case_of_number(tx, &input.number, &input.last_four).await? else {
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
