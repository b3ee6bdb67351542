//! What may be done against a decision, and for how long: law as data.
//!
//! A locality that has other terms, or the next change of the law, changes this table and nothing else.

/// One way against a decision (行政许可法 38: a refusal names them).
struct Remedy {
    /// From the day on which the decision was received.
    term: &'static str,
    way: &'static str,
    /// The article that sets the term.
    article: &'static str,
}

const REMEDIES: [Remedy; 2] = [
    Remedy {
        term: "六十日",
        way: "申请行政复议",
        article: "《中华人民共和国行政复议法》第二十条",
    },
    Remedy {
        term: "六个月",
        way: "向人民法院提起行政诉讼",
        article: "《中华人民共和国行政诉讼法》第四十六条",
    },
];

/// The sentence at the end of a decision against the applicant.
pub fn sentence() -> String {
    let ways = REMEDIES.map(|remedy| {
        format!(
            "可以自收到之日起{}内依法{}（{}）",
            remedy.term, remedy.way, remedy.article
        )
    });
    format!("如对本决定不服，{}。", ways.join("，也"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn both_ways_are_named_with_their_terms() {
        assert_eq!(
            super::sentence(),
            "如对本决定不服，可以自收到之日起六十日内依法申请行政复议（《中华人民共和国行政复议法》第二十条），也可以自收到之日起六个月内依法向人民法院提起行政诉讼（《中华人民共和国行政诉讼法》第四十六条）。"
        );
    }
}
