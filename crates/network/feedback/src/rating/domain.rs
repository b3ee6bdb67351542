//! Levels and tags of a rating. Pure.

/// Stable words of what was good; their texts are `rating-tag-` and the word.
pub const GOOD_TAGS: [&str; 5] = ["fast", "clear", "friendly", "no_trip", "few_papers"];
/// Stable words of what was bad.
pub const BAD_TAGS: [&str; 6] = [
    "too_slow",
    "extra_papers",
    "extra_conditions",
    "unfriendly",
    "unclear",
    "many_trips",
];

/// 非常不满意 and 不满意 are bad reviews: they are followed up.
pub fn is_bad(score: u8) -> bool {
    (1..=2).contains(&score)
}

/// Keeps the known tags, each once, in a fixed order.
pub(crate) fn known_tags(tags: &[String]) -> Vec<&'static str> {
    GOOD_TAGS
        .into_iter()
        .chain(BAD_TAGS)
        .filter(|known| tags.iter().any(|tag| tag == known))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{is_bad, known_tags};

    #[test]
    fn two_levels_are_bad() {
        let bad: Vec<u8> = (0..=6).filter(|score| is_bad(*score)).collect();
        assert_eq!(bad, [1, 2]);
    }

    #[test]
    fn unknown_tags_are_dropped() {
        let given = ["unclear", "<script>", "fast", "fast"].map(str::to_owned);
        assert_eq!(known_tags(&given), ["fast", "unclear"]);
    }
}
