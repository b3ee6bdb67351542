//! The rules of passwords, lock-out and one-time codes. Pure.

use chrono::{DateTime, Duration, Utc};
use tongban_access::require_second_factor;
use uuid::Uuid;
use zxcvbn::{Score, zxcvbn};

use crate::{
    AccountKind, Error, Refusal,
    error::refusal,
    sessions::{Session, Way},
};

/// Wrong passwords in a row that lock a name.
pub(crate) const WRONG_IN_A_ROW: i32 = 5;
/// How long a name stays locked.
pub(crate) const LOCKED_FOR: Duration = Duration::minutes(15);
/// Digits of a one-time code.
pub(crate) const CODE_DIGITS: usize = 6;
/// How long a one-time code is good.
pub(crate) const CODE_LIFE: Duration = Duration::minutes(5);
/// Tries that one code allows.
pub(crate) const CODE_ATTEMPTS: i32 = 5;
/// Pause between two codes.
pub(crate) const CODE_PAUSE: Duration = Duration::minutes(1);
/// Codes within [`CODE_WINDOW`].
pub(crate) const CODES_IN_WINDOW: usize = 10;
pub(crate) const CODE_WINDOW: Duration = Duration::hours(24);
/// How long after signing in a session may change what the account is entered by.
pub(crate) const FRESH: Duration = Duration::minutes(15);
/// Whether a session may change what the account is entered by: the person was recognised in it, or showed within the last
/// 15 minutes something of their own. The yes of another device is no such thing: it may have been lured out of somebody; nor is a
/// platform of others that did not ask the person anew: whoever holds a browser in which they stayed signed in comes by that way too.
/// Refusal: `identity.sign_in_anew`. Staff show a second factor first: whoever stole a password would else have both.
pub(crate) fn may_change_ways_in(session: &Session, now: DateTime<Utc>) -> Result<(), Error> {
    require_second_factor(&session.actor, "identity.change_ways_in")?;
    let own = !matches!(session.way, Way::Scan | Way::Upstream) && now < session.opened_at + FRESH;
    // the second factor of staff counts for a day: what it was shown for was not this
    let seen = session.recognised_until.is_some() && session.account.kind != AccountKind::Staff;
    if own || seen {
        Ok(())
    } else {
        Err(refusal("identity.sign_in_anew", []).into())
    }
}

/// Shortest password, in characters.
pub(crate) const SHORTEST_PASSWORD: usize = 8;
/// Longest password, in characters.
pub(crate) const LONGEST_PASSWORD: usize = 128;

/// How well a password must stand against guessing: zxcvbn's score of 2 is more than a million guesses, far beyond what a
/// lock-out lets anybody try.
const ENOUGH: Score = Score::Two;

/// What people here type before they think, in the order of how often: the lists of the library come from elsewhere.
const HABITS: [&str; 40] = [
    "woaini",
    "1314",
    "520",
    "5201314",
    "woaini1314",
    "1314520",
    "aini",
    "aiwo",
    "wodemima",
    "mima",
    "nihao",
    "zhongguo",
    "beijing",
    "shanghai",
    "shenzhen",
    "guangzhou",
    "chengdu",
    "sichuan",
    "tongban",
    "zhengwu",
    "shiming",
    "yiwangtongban",
    "laopo",
    "laogong",
    "baobao",
    "baobei",
    "mama",
    "baba",
    "wangba",
    "caonima",
    "facai",
    "888888",
    "666666",
    "168168",
    "qq123456",
    "a123456",
    "wang",
    "zhang",
    "123qwe",
    "taobao",
];

/// Judges a new password: 8 to 128 characters that are not easily guessed. No kind of character is asked for: a list of
/// common and leaked passwords, names, dates and keyboard rows says what is easy, with what is known of the person.
/// Refusals: `identity.password_short`, `identity.password_long`, `identity.password_weak`.
pub(crate) fn check_new_password(password: &str, about: &[&str]) -> Result<(), Error> {
    let length = password.chars().count();
    if length < SHORTEST_PASSWORD {
        return Err(refusal(
            "identity.password_short",
            [("limit", SHORTEST_PASSWORD.to_string())],
        )
        .into());
    }
    if length > LONGEST_PASSWORD {
        return Err(refusal(
            "identity.password_long",
            [("limit", LONGEST_PASSWORD.to_string())],
        )
        .into());
    }
    let easy: Vec<&str> = about.iter().chain(&HABITS).copied().collect();
    if zxcvbn(password, &easy).score() >= ENOUGH {
        Ok(())
    } else {
        Err(refusal("identity.password_weak", []).into())
    }
}

/// How often in a row a name failed, and until when it is locked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Guard {
    pub(crate) failed: i32,
    pub(crate) locked_until: Option<DateTime<Utc>>,
}

impl Guard {
    /// The refusal while the name is locked.
    pub(crate) fn locked(self, now: DateTime<Utc>) -> Option<Refusal> {
        let left = self.locked_until.filter(|until| *until > now)? - now;
        // 14 minutes and 10 seconds are "15 minutes": never tell somebody to come back too early.
        let minutes = (left.num_seconds() + 59) / 60;
        Some(refusal(
            "identity.locked",
            [("minutes", minutes.max(1).to_string())],
        ))
    }

    /// After one more wrong password. A lock that has run out begins a new row.
    pub(crate) fn after_failure(self, now: DateTime<Utc>) -> Self {
        let failed = if self.locked_until.is_some() {
            1
        } else {
            self.failed + 1
        };
        Self {
            failed,
            locked_until: (failed >= WRONG_IN_A_ROW).then(|| now + LOCKED_FOR),
        }
    }
}

/// Whether one more code may be asked for, after those asked for at `earlier` instants.
/// Refusals: `identity.code_too_soon` with `seconds`, `identity.code_too_many`.
pub(crate) fn may_ask(earlier: &[DateTime<Utc>], now: DateTime<Utc>) -> Result<(), Refusal> {
    if let Some(last) = earlier.iter().max().filter(|last| **last + CODE_PAUSE > now) {
        let seconds = (*last + CODE_PAUSE - now).num_seconds().max(1);
        return Err(refusal(
            "identity.code_too_soon",
            [("seconds", seconds.to_string())],
        ));
    }
    if earlier.iter().filter(|at| **at + CODE_WINDOW > now).count() >= CODES_IN_WINDOW {
        return Err(refusal(
            "identity.code_too_many",
            [("limit", CODES_IN_WINDOW.to_string())],
        ));
    }
    Ok(())
}

/// What a one-time code is good for. One that was asked for by somebody is good in their hands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeFor {
    /// Signing in to an account.
    SignIn,
    /// Opening an account by phone.
    Register,
    /// Giving the own account, named here, another phone.
    Change(Uuid),
    /// At a window, asked for by this clerk.
    Window(Uuid),
}

impl CodeFor {
    /// The stored word.
    pub(crate) fn word(self) -> String {
        match self {
            Self::SignIn => "sign_in".to_owned(),
            Self::Register => "register".to_owned(),
            Self::Change(account) => format!("change:{account}"),
            Self::Window(clerk) => format!("window:{clerk}"),
        }
    }

    /// Who counts how often codes were asked for: strangers at the door leave the window its own count.
    pub(crate) fn counter(self) -> &'static str {
        match self {
            Self::Window(_) => "window",
            _ => "door",
        }
    }

    /// The words of the message.
    pub(crate) fn message(self, code: &str) -> String {
        match self {
            Self::SignIn => code_message(code),
            Self::Register | Self::Change(_) => phone_message(code),
            Self::Window(_) => window_message(code),
        }
    }
}

/// The one-time code that was sent last, as far as the decision needs it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SentCode {
    pub(crate) expires_at: DateTime<Utc>,
    pub(crate) attempts: i32,
    pub(crate) used: bool,
}

impl SentCode {
    /// Whether it can still be tried.
    pub(crate) fn is_live(self, now: DateTime<Utc>) -> bool {
        !self.used && self.attempts < CODE_ATTEMPTS && now < self.expires_at
    }
}

/// A code as it was typed, without spaces. Refusal: `identity.code_format`.
pub(crate) fn check_code(typed: &str) -> Result<String, Error> {
    let code: String = typed
        .chars()
        .filter(|character| !character.is_whitespace())
        .collect();
    if code.len() == CODE_DIGITS && code.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(code)
    } else {
        Err(refusal("identity.code_format", [("digits", CODE_DIGITS.to_string())]).into())
    }
}

/// The words of the message. A gateway adds the signature of the place.
pub(crate) fn code_message(code: &str) -> String {
    let minutes = CODE_LIFE.num_minutes();
    format!(
        "登录验证码 {code}，{minutes} 分钟内有效。请不要告诉任何人，工作人员也不会向您索要。如非本人操作，请忽略。"
    )
}

/// The words where a phone is to be shown to be somebody's.
fn phone_message(code: &str) -> String {
    let minutes = CODE_LIFE.num_minutes();
    format!(
        "验证码 {code}，{minutes} 分钟内有效，用来确认这个手机号归您使用。请不要告诉任何人，工作人员也不会打电话索要。如非本人操作，请忽略。"
    )
}

/// The words at a window, where the person reads the code out.
fn window_message(code: &str) -> String {
    let minutes = CODE_LIFE.num_minutes();
    format!(
        "窗口验证码 {code}，{minutes} 分钟内有效。您正在政务服务窗口办理时，可以报给面前的工作人员；它不能用来登录。如非本人在窗口办理，请忽略。"
    )
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn now() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 20, 2, 30, 0).unwrap()
    }

    #[test]
    fn new_passwords() {
        let long = format!("a1{}", "长".repeat(127));
        for (password, refusal) in [
            ("示范city2026", None),
            ("correct-horse-1", None),
            // no digit is asked for
            ("mingyueqiansong", None),
            ("abcd1234", Some("identity.password_weak")),
            ("abc1234", Some("identity.password_short")),
            ("", Some("identity.password_short")),
            ("abcdefgh", Some("identity.password_weak")),
            ("12345678", Some("identity.password_weak")),
            ("woaini1314", Some("identity.password_weak")),
            ("Password1!", Some("identity.password_weak")),
            // what is known of the person is no secret
            ("13812345678", Some("identity.password_weak")),
            (long.as_str(), Some("identity.password_long")),
        ] {
            let answer = check_new_password(password, &["13812345678"]).err();
            let code = answer.map(|error| match error {
                Error::Refused(refusal) => refusal.code,
                other => unreachable!("{other}"),
            });
            assert_eq!(code, refusal, "{password}");
        }
    }

    #[test]
    fn the_fifth_wrong_password_locks_for_a_quarter_of_an_hour() {
        let mut guard = Guard::default();
        for failed in 1..=4 {
            guard = guard.after_failure(now());
            assert_eq!((guard.failed, guard.locked(now())), (failed, None));
        }
        guard = guard.after_failure(now());
        let minutes = |at| guard.locked(at).map(|refusal| refusal.args["minutes"].clone());
        assert_eq!(minutes(now()).as_deref(), Some("15"));
        assert_eq!(minutes(now() + Duration::seconds(50)).as_deref(), Some("15"));
        assert_eq!(minutes(now() + Duration::minutes(14)).as_deref(), Some("1"));
        assert_eq!(minutes(now() + Duration::minutes(15)), None);
        let again = guard.after_failure(now() + Duration::minutes(16));
        assert_eq!(
            again,
            Guard {
                failed: 1,
                locked_until: None
            }
        );
    }

    #[test]
    fn codes_are_asked_for_once_a_minute_and_ten_times_a_day() {
        let at = |minutes| now() - Duration::minutes(minutes);
        let refused = |earlier: &[DateTime<Utc>]| may_ask(earlier, now()).err().map(|refusal| refusal.code);
        assert_eq!(refused(&[]), None);
        assert_eq!(refused(&[at(0)]), Some("identity.code_too_soon"));
        assert_eq!(
            may_ask(&[now() - Duration::seconds(15)], now()).unwrap_err().args["seconds"],
            "45"
        );
        assert_eq!(refused(&[at(1)]), None);
        let many: Vec<_> = (1..=10).map(|hour| at(hour * 60)).collect();
        assert_eq!(refused(&many), Some("identity.code_too_many"));
        assert_eq!(refused(&many[..9]), None);
        let mut yesterday = many.clone();
        yesterday[0] = at(24 * 60);
        assert_eq!(refused(&yesterday), None);
    }

    #[test]
    fn a_code_lives_five_minutes_five_tries_and_one_use() {
        let code = SentCode {
            expires_at: now() + CODE_LIFE,
            attempts: 0,
            used: false,
        };
        assert!(code.is_live(now()));
        assert!(code.is_live(now() + Duration::seconds(299)));
        assert!(!code.is_live(now() + CODE_LIFE));
        assert!(SentCode { attempts: 4, ..code }.is_live(now()));
        assert!(!SentCode { attempts: 5, ..code }.is_live(now()));
        assert!(!SentCode { used: true, ..code }.is_live(now()));
    }

    #[test]
    fn typed_codes() {
        assert_eq!(check_code(" 123 456 ").unwrap(), "123456");
        for typed in ["", "12345", "1234567", "12345a", "１２３４５６"] {
            assert!(check_code(typed).is_err(), "{typed}");
        }
    }
}
