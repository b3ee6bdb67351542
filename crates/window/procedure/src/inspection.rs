//! Inspection on site (现场核查): by whom.

use tongban_codes::ItemType;

/// The code of the step in which an office looks at the place or the thing itself.
const INSPECT: &str = "inspect";

/// 应当指派两名以上工作人员进行核查 (行政许可法 34).
const OFFICERS: usize = 2;

/// How many officers have to be named who did a step: two where a permit's step is an inspection on site, otherwise none.
pub fn officers_needed(item_type: ItemType, step: &str) -> usize {
    if item_type == ItemType::Permit && step == INSPECT {
        OFFICERS
    } else {
        0
    }
}

/// The names of officers as they count: without blanks around them, each once.
pub fn officers_named(given: &[String]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for name in given
        .iter()
        .map(|name| name.trim())
        .filter(|name| !name.is_empty())
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_look_at_a_place_for_a_permit() {
        assert_eq!(officers_needed(ItemType::Permit, "inspect"), 2);
        assert_eq!(officers_needed(ItemType::Permit, "review"), 0);
        assert_eq!(officers_needed(ItemType::PublicService, "inspect"), 0);
    }

    #[test]
    fn a_name_twice_is_one_officer() {
        let given = ["刘敏", " 刘敏 ", "", "何川"].map(str::to_owned);
        assert_eq!(officers_named(&given), ["刘敏", "何川"]);
    }
}
