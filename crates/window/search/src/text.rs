//! Names and queries in the form they are compared in.

use std::sync::LazyLock;

use jieba_rs::Jieba;

/// The word cutter with its default dictionary, loaded once: it costs some tens of megabytes.
static CUTTER: LazyLock<Jieba> = LazyLock::new(Jieba::new);

/// Words of the default dictionary, in order, nothing left out.
pub(super) fn cut(text: &str) -> Vec<&str> {
    CUTTER
        .cut(text, false)
        .into_iter()
        .map(|token| token.word)
        .collect()
}

/// Like [`cut`], with the shorter words inside long ones added.
pub(super) fn cut_all_ways(text: &str) -> Vec<&str> {
    CUTTER
        .cut_for_search(text, false)
        .into_iter()
        .map(|token| token.word)
        .collect()
}

/// Whether the default dictionary knows the word.
pub(super) fn is_dictionary_word(word: &str) -> bool {
    CUTTER.has_word(word)
}

/// Full-width letters become half-width, capitals small, punctuation a space; runs of spaces become one.
pub(super) fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        let plain = match character {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
            other => other,
        };
        if plain.is_alphanumeric() {
            out.extend(plain.to_lowercase());
        } else if !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether a character is written Chinese.
pub(super) fn is_han(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The name without brackets that speak to officials only: （县级行使）, （据省政府令第349号 …）.
pub(super) fn without_office_notes(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for piece in bracket_pieces(name) {
        match piece {
            Piece::Plain(text) => out.push_str(text),
            Piece::Bracket { inner, .. } if is_office_note(inner) => {}
            Piece::Bracket { whole, .. } => out.push_str(whole),
        }
    }
    out.trim().to_owned()
}

/// A name cut for comparison: words in order, each marked when it stood in brackets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct CutName {
    pub words: Vec<(String, bool)>,
}

impl CutName {
    /// Cuts a name as published.
    pub fn of(name: &str) -> Self {
        let mut words = Vec::new();
        let mut take = |text: &str, bracket: bool| {
            for part in normalise(text).split(' ') {
                words.extend(cut(part).into_iter().map(|word| (word.to_owned(), bracket)));
            }
        };
        for piece in bracket_pieces(name) {
            match piece {
                Piece::Plain(text) => take(text, false),
                Piece::Bracket { inner, .. } if is_office_note(inner) => {}
                Piece::Bracket { inner, .. } => take(inner, true),
            }
        }
        Self { words }
    }

    /// One line for the index: words between spaces, those from brackets after a `(`.
    pub fn to_line(&self) -> String {
        let words: Vec<String> = self
            .words
            .iter()
            .map(|(word, bracket)| {
                if *bracket {
                    format!("({word}")
                } else {
                    word.clone()
                }
            })
            .collect();
        words.join(" ")
    }

    /// The reverse of [`CutName::to_line`].
    pub fn from_line(line: &str) -> Self {
        let words = line.split(' ').filter(|word| !word.is_empty());
        Self {
            words: words
                .map(|word| {
                    word.strip_prefix('(')
                        .map_or((word.to_owned(), false), |inner| (inner.to_owned(), true))
                })
                .collect(),
        }
    }

    /// All words in one string.
    pub fn full(&self) -> String {
        self.words.iter().map(|(word, _)| word.as_str()).collect()
    }

    /// The words outside brackets in one string; of a name that is all brackets, everything.
    pub fn core(&self) -> String {
        let core: String = self
            .words
            .iter()
            .filter(|(_, bracket)| !bracket)
            .map(|(word, _)| word.as_str())
            .collect();
        if core.is_empty() { self.full() } else { core }
    }
}

/// Neighbouring characters, two by two, for matching any piece of a name.
pub(super) fn pairs(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.windows(2).map(|pair| pair.iter().collect()).collect()
}

enum Piece<'a> {
    Plain(&'a str),
    Bracket { whole: &'a str, inner: &'a str },
}

/// Splits at brackets, keeping nested ones inside the outer one; an unclosed bracket is plain text.
fn bracket_pieces(name: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = name;
    while let Some(open) = rest.find(['（', '(']) {
        let mut depth = 0usize;
        let close = rest[open..].char_indices().find_map(|(offset, character)| {
            match character {
                '（' | '(' => depth += 1,
                '）' | ')' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some((open + offset, open + offset + character.len_utf8()))
        });
        let Some((close, end)) = close else { break };
        if open > 0 {
            pieces.push(Piece::Plain(&rest[..open]));
        }
        let inner = &rest[open..close];
        let inner = inner.strip_prefix(['（', '(']).unwrap_or(inner);
        pieces.push(Piece::Bracket {
            whole: &rest[open..end],
            inner,
        });
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Plain(rest));
    }
    pieces
}

/// Level notes (县级, 市级/县级, 县级行使, 县级权限, 住建行使) and references to decrees.
fn is_office_note(inner: &str) -> bool {
    let levels = ["国家", "省", "市", "州", "县", "区", "乡", "镇", "街道"];
    let about_level = inner.ends_with("行使")
        || inner.ends_with("权限")
        || inner
            .split(['/', '、', '或'])
            .all(|part| levels.iter().any(|level| part.strip_suffix('级') == Some(level)));
    about_level || inner.contains("政府令") || inner.contains("省政府")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalises_width_case_and_punctuation() {
        assert_eq!(normalise("  ＫＴＶ，开《歌厅》！ "), "ktv 开 歌厅");
        assert_eq!(normalise("80周岁以上"), "80周岁以上");
        assert_eq!(normalise("？！"), "");
    }

    #[test]
    fn drops_notes_for_officials_and_keeps_what_tells_matters_apart() {
        for (name, core, full) in [
            ("发票领用(县级行使）", "发票领用", "发票领用"),
            (
                "企业投资项目备案（技术改造）（市级/县级）",
                "企业投资项目备案",
                "企业投资项目备案技术改造",
            ),
            (
                "食品(含保健食品)经营许可补办",
                "食品经营许可补办",
                "食品含保健食品经营许可补办",
            ),
            (
                "初步设计文件审批(据省政府令第349号,部分省级权限下放成都等８市)",
                "初步设计文件审批",
                "初步设计文件审批",
            ),
            ("《预防接种证》办理", "预防接种证办理", "预防接种证办理"),
            ("取水（许可", "取水许可", "取水许可"),
        ] {
            let cut = CutName::of(name);
            assert_eq!(cut.core(), core, "{name}");
            assert_eq!(cut.full(), full, "{name}");
            assert_eq!(CutName::from_line(&cut.to_line()), cut);
        }
        assert_eq!(
            without_office_notes("临时占用林地审批（县级）"),
            "临时占用林地审批"
        );
        assert_eq!(
            without_office_notes("客运车辆道路运输证办理（补办）"),
            "客运车辆道路运输证办理（补办）"
        );
    }
}
