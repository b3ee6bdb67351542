//! Text out of files of others, made fit for a page and a terminal.

/// Longest text that is shown, in characters.
const LONGEST: usize = 200;

/// The text without what would not be seen or would turn the line around (control characters, marks of direction, characters
/// without width), each replaced by �, and cut to 200 characters.
pub fn printable(text: &str) -> String {
    let hidden = |character: char| {
        character.is_control()
            || matches!(character,
                '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{061C}' | '\u{E0000}'..='\u{E007F}')
    };
    text.chars()
        .take(LONGEST)
        .map(|character| if hidden(character) { '\u{FFFD}' } else { character })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_be_seen_is_shown_as_such() {
        assert_eq!(
            printable("示范市\u{202E}gnp.exe\n\u{1b}[31m"),
            "示范市�gnp.exe��[31m"
        );
        assert_eq!(printable(&"长".repeat(300)).chars().count(), LONGEST);
    }
}
