//! When a key signs, and when it goes. Pure.

use chrono::{DateTime, Duration, Utc};

/// How long before it signs a key is published: systems of others look for keys once a day or so.
pub(crate) const AHEAD: Duration = Duration::days(1);
/// How long a key signs.
pub(crate) const SIGNS_FOR: Duration = Duration::days(90);
/// How long a key stays published after its last signature: longer than any token lives.
pub(crate) const STAYS: Duration = Duration::days(2);

/// What a key is good for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Published, signs later.
    Next,
    Signs,
    /// Signed until a while ago; still verifies.
    Past,
    Gone,
}

/// The phase of a key that signs from an instant until its successor does.
pub(crate) fn phase(
    signs_from: DateTime<Utc>,
    successor: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Phase {
    match successor {
        _ if now < signs_from => Phase::Next,
        Some(since) if now >= since + STAYS => Phase::Gone,
        Some(since) if now >= since => Phase::Past,
        _ => Phase::Signs,
    }
}

/// Whether the newest key of an algorithm needs a successor to be published.
pub(crate) fn is_due(signs_from: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now >= signs_from + SIGNS_FOR - AHEAD
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn a_key_is_seen_before_it_signs_and_after() {
        let from = Utc.with_ymd_and_hms(2026, 11, 20, 0, 0, 0).unwrap();
        let successor = from + SIGNS_FOR;
        for (at, expected) in [
            (from - Duration::hours(1), Phase::Next),
            (from, Phase::Signs),
            (successor - Duration::seconds(1), Phase::Signs),
            (successor, Phase::Past),
            (successor + STAYS - Duration::seconds(1), Phase::Past),
            (successor + STAYS, Phase::Gone),
        ] {
            assert_eq!(phase(from, Some(successor), at), expected, "{at}");
        }
        assert_eq!(
            phase(from, None, successor + STAYS),
            Phase::Signs,
            "nobody took over"
        );
        assert!(is_due(from, successor - AHEAD));
        assert!(!is_due(from, successor - AHEAD - Duration::seconds(1)));
    }
}
