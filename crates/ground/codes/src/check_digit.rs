//! The five check-character systems, as functions over the text *before* the check character.
//!
//! Each returns `None` when the text holds a character outside the system's alphabet. All of them detect
//! every change of one single character; a property test holds that.

/// Alphabet of GB 32100: digits and capitals without I, O, S, V, Z.
pub const USCC_ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// ISO 7064 MOD 11-2 as GB 11643 uses it: digits in, `0`..`9` or `X` out.
#[must_use]
pub fn mod_11_2(text: &str) -> Option<char> {
    // Horner's form of the printed weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2 (powers of 2 modulo 11).
    let mut sum = 0;
    for c in text.chars() {
        sum = (sum + c.to_digit(10)?) * 2 % 11;
    }
    Some(match (12 - sum) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10)?,
    })
}

/// MOD 31 of GB 32100: weights are the powers of 3, characters are those of [`USCC_ALPHABET`].
#[must_use]
pub fn mod_31(text: &str) -> Option<char> {
    let (mut sum, mut weight) = (0, 1);
    for c in text.chars() {
        sum = (sum + USCC_ALPHABET.find(c)? * weight) % 31;
        weight = weight * 3 % 31;
    }
    USCC_ALPHABET.chars().nth((31 - sum) % 31)
}

/// MOD 11 of GB 11714 over the 8 characters of an organisation code: `0`..`9` or `X` out.
#[must_use]
pub fn mod_11_organisation(text: &str) -> Option<char> {
    const WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
    if text.chars().count() != WEIGHTS.len() {
        return None;
    }
    let mut sum = 0;
    for (c, weight) in text.chars().zip(WEIGHTS) {
        sum += alphanumeric(c)? * weight;
    }
    Some(match 11 - sum % 11 {
        10 => 'X',
        11 => '0',
        digit => char::from_digit(digit, 10)?,
    })
}

/// ISO 7064 MOD 37,36 (hybrid) as GB/T 36904 uses it: digits and capitals in, one of them out.
#[must_use]
pub fn mod_37_36(text: &str) -> Option<char> {
    hybrid(text.chars().map(alphanumeric), 36)
}

/// ISO 7064 MOD 11,10 (hybrid): digits in, one digit out. Used by our own case number.
#[must_use]
pub fn mod_11_10(text: &str) -> Option<char> {
    hybrid(text.chars().map(|c| c.to_digit(10)), 10)
}

/// The hybrid systems of ISO 7064 over `modulus` and `modulus + 1`.
fn hybrid(values: impl Iterator<Item = Option<u32>>, modulus: u32) -> Option<char> {
    let mut product = modulus;
    for value in values {
        let sum = match (product + value?) % modulus {
            0 => modulus,
            sum => sum,
        };
        product = sum * 2 % (modulus + 1);
    }
    char::from_digit((modulus + 1 - product) % modulus, modulus).map(|c| c.to_ascii_uppercase())
}

/// 0–9 for digits, 10–35 for capitals.
fn alphanumeric(c: char) -> Option<u32> {
    (c.is_ascii_digit() || c.is_ascii_uppercase()).then(|| c.to_digit(36))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printed_weights_of_gb_11643_agree() {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        for body in [
            "11010519491231002",
            "44052418800101001",
            "51990019900307123",
            "99999999999999999",
        ] {
            let sum: u32 = body
                .chars()
                .zip(WEIGHTS)
                .map(|(c, weight)| c.to_digit(10).unwrap_or(0) * weight)
                .sum();
            let expected = "10X98765432".chars().nth((sum % 11) as usize);
            assert_eq!(mod_11_2(body), expected, "{body}");
        }
    }

    #[test]
    fn known_check_characters() {
        assert_eq!(mod_31("91350100M000100Y4"), Some('3'));
        assert_eq!(mod_11_organisation("D2143569"), Some('X'));
        assert_eq!(mod_11_organisation("00877818"), Some('3'));
        // ISO 7064 prints 0794 -> 5 for MOD 11,10.
        assert_eq!(mod_11_10("0794"), Some('5'));
        assert_eq!(
            mod_37_36("11100000000013338W00911330105002500287C2025052201002"),
            Some('0')
        );
    }

    #[test]
    fn strangers_in_the_text_give_nothing() {
        assert_eq!(mod_11_2("1101051949123100x"), None);
        assert_eq!(mod_31("91350100M000100I4"), None);
        assert_eq!(mod_11_organisation("D214356"), None);
        assert_eq!(mod_37_36("abc"), None);
        assert_eq!(mod_11_10("12a"), None);
    }
}
