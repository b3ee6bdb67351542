//! States of a case and the moves between them.

use serde::{Deserialize, Serialize};

/// Where a case stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// 草稿: being filled, visible to the applicant only.
    Draft,
    /// 收件: handed in, waits for acceptance.
    Submitted,
    /// 补正: the applicant was told once what is missing.
    Supplement,
    /// 已受理: the clock runs.
    Accepted,
    /// 准予
    Granted,
    /// 不予
    Refused,
    /// 不予受理
    NotAccepted,
    /// 撤回
    Withdrawn,
    /// 补正逾期未补: closed by the item's own term.
    Lapsed,
}

impl State {
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::Submitted,
        Self::Supplement,
        Self::Accepted,
        Self::Granted,
        Self::Refused,
        Self::NotAccepted,
        Self::Withdrawn,
        Self::Lapsed,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Submitted => "submitted",
            Self::Supplement => "supplement",
            Self::Accepted => "accepted",
            Self::Granted => "granted",
            Self::Refused => "refused",
            Self::NotAccepted => "not_accepted",
            Self::Withdrawn => "withdrawn",
            Self::Lapsed => "lapsed",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more is decided about it.
    pub fn is_closed(self) -> bool {
        !matches!(
            self,
            Self::Draft | Self::Submitted | Self::Supplement | Self::Accepted
        )
    }

    /// Whether the office has to act.
    pub fn waits_for_office(self) -> bool {
        matches!(self, Self::Submitted | Self::Accepted)
    }
}

/// What can be done to a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Move {
    Submit,
    AskSupplement,
    AnswerSupplement,
    Accept,
    NotAccept,
    /// One of the item's steps before the decision.
    CompleteStep,
    /// 特别程序: the clock stops.
    StartSpecial,
    /// It runs again.
    EndSpecial,
    /// The limit is extended.
    Extend,
    Grant,
    Refuse,
    /// Nobody decided on a renewal before the licence's last day was over (行政许可法 50).
    RenewBySilence,
    Withdraw,
    Lapse,
}

/// Where a move leads, or `None` where it is not allowed.
///
/// 行政许可法 32: what is missing is told once and at a time, so a case that was supplemented is not sent back again:
/// `supplemented` says whether that has happened.
pub fn next(state: State, action: Move, supplemented: bool) -> Option<State> {
    match (state, action) {
        (State::Draft, Move::Submit) => Some(State::Submitted),
        (State::Submitted, Move::AskSupplement) if !supplemented => Some(State::Supplement),
        (State::Supplement, Move::AnswerSupplement) => Some(State::Submitted),
        (State::Supplement, Move::Lapse) => Some(State::Lapsed),
        (State::Submitted, Move::Accept)
        | (State::Accepted, Move::CompleteStep | Move::StartSpecial | Move::EndSpecial | Move::Extend) => {
            Some(State::Accepted)
        }
        (State::Submitted, Move::NotAccept) => Some(State::NotAccepted),
        (State::Accepted, Move::Grant) | (State::Submitted | State::Accepted, Move::RenewBySilence) => {
            Some(State::Granted)
        }
        (State::Accepted, Move::Refuse) => Some(State::Refused),
        (State::Submitted | State::Supplement | State::Accepted, Move::Withdraw) => Some(State::Withdrawn),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Move, State, next};

    #[test]
    fn moves_that_are_allowed() {
        let table = [
            (State::Draft, Move::Submit, State::Submitted),
            (State::Submitted, Move::AskSupplement, State::Supplement),
            (State::Supplement, Move::AnswerSupplement, State::Submitted),
            (State::Submitted, Move::Accept, State::Accepted),
            (State::Submitted, Move::NotAccept, State::NotAccepted),
            (State::Accepted, Move::CompleteStep, State::Accepted),
            (State::Accepted, Move::StartSpecial, State::Accepted),
            (State::Accepted, Move::EndSpecial, State::Accepted),
            (State::Accepted, Move::Extend, State::Accepted),
            (State::Accepted, Move::Grant, State::Granted),
            (State::Accepted, Move::Refuse, State::Refused),
            (State::Submitted, Move::RenewBySilence, State::Granted),
            (State::Accepted, Move::RenewBySilence, State::Granted),
            (State::Submitted, Move::Withdraw, State::Withdrawn),
            (State::Supplement, Move::Withdraw, State::Withdrawn),
            (State::Accepted, Move::Withdraw, State::Withdrawn),
            (State::Supplement, Move::Lapse, State::Lapsed),
        ];
        for (from, action, to) in table {
            assert_eq!(next(from, action, false), Some(to), "{from:?} {action:?}");
        }
        let all = [
            Move::Submit,
            Move::AskSupplement,
            Move::AnswerSupplement,
            Move::Accept,
            Move::NotAccept,
            Move::CompleteStep,
            Move::StartSpecial,
            Move::EndSpecial,
            Move::Extend,
            Move::Grant,
            Move::Refuse,
            Move::RenewBySilence,
            Move::Withdraw,
            Move::Lapse,
        ];
        for state in State::ALL {
            for action in all {
                let listed = table
                    .iter()
                    .any(|(from, listed, _)| *from == state && *listed == action);
                assert_eq!(
                    next(state, action, false).is_some(),
                    listed,
                    "{state:?} {action:?}"
                );
                if state.is_closed() {
                    assert_eq!(
                        next(state, action, false),
                        None,
                        "a closed case moved: {state:?} {action:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_supplement_is_asked_once() {
        assert_eq!(next(State::Submitted, Move::AskSupplement, true), None);
    }

    #[test]
    fn words_come_back() {
        for state in State::ALL {
            assert_eq!(State::from_word(state.as_str()), Some(state));
        }
    }
}
