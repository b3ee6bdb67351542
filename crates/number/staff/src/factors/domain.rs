//! One-time passwords by time (RFC 6238) and codes that operators hand over. Pure.

use chrono::{DateTime, Duration, Utc};
use tongban_store::StoreError;
use totp_rs::{Builder, Secret, Totp};

use crate::{Error, Refusal, error::refusal, error::refused};

/// How long a code of an operator is good, in hours: over a weekend.
pub const STAFF_CODE_HOURS: i64 = 72;
/// Its digits. A password by time has six, so one field takes either.
pub(crate) const STAFF_CODE_DIGITS: usize = 10;
/// Tries that one code allows: ten digits stand many, and five would let anybody who knows a login name end it.
pub(crate) const CODE_TRIES: i32 = 20;
/// Wrong one-time passwords in a row that close the way for a while, which doubles each time: six digits stand few guesses.
const WRONG_IN_A_ROW: i32 = 5;
const LOCKED_FOR: Duration = Duration::minutes(15);
const LOCKED_LONGEST: Duration = Duration::hours(24);
/// How long a secret that was shown waits for its first password.
const PENDING_FOR: Duration = Duration::minutes(30);
/// Digits of a password by time, and the seconds of its step: what every authenticator app takes.
const TOTP_DIGITS: u8 = 6;
const TOTP_STEP: u64 = 30;

/// What somebody typed beside their password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Typed {
    Totp(String),
    StaffCode(String),
}

impl Typed {
    /// Six digits of a device, or ten of an operator; spaces and hyphens do not count. Refusal: `staff.factor_format`.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let digits: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .collect();
        let all = digits.bytes().all(|byte| byte.is_ascii_digit());
        match digits.len() {
            6 if all => Ok(Self::Totp(digits)),
            STAFF_CODE_DIGITS if all => Ok(Self::StaffCode(digits)),
            _ => Err(refused("staff.factor_format", [])),
        }
    }
}

/// The counter of wrong one-time passwords.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Guard {
    pub(crate) failed: i32,
    pub(crate) locked_until: Option<DateTime<Utc>>,
}

impl Guard {
    /// The refusal while the way is closed.
    pub(crate) fn locked(self, now: DateTime<Utc>) -> Option<Refusal> {
        let left = self.locked_until.filter(|until| *until > now)? - now;
        let minutes = (left.num_seconds() + 59) / 60;
        Some(refusal(
            "staff.factor_locked",
            [("minutes", minutes.max(1).to_string())],
        ))
    }

    /// After one more wrong one. Only a right one begins a new row.
    pub(crate) fn after_failure(self, now: DateTime<Utc>) -> Self {
        let failed = self.failed.saturating_add(1);
        let rows = failed / WRONG_IN_A_ROW;
        let closes = rows > 0 && failed % WRONG_IN_A_ROW == 0;
        let doublings = u32::try_from(rows - 1).unwrap_or_default().min(16);
        let lasts = std::cmp::min(LOCKED_FOR * (1 << doublings), LOCKED_LONGEST);
        Self {
            failed,
            locked_until: closes.then(|| now + lasts),
        }
    }
}

/// Whether a secret that was shown at this time may still be confirmed.
pub(crate) fn waits(pending_at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    pending_at.is_some_and(|at| now < at + PENDING_FOR)
}

/// The passwords of a secret. `issuer` and `account` are what the device shows in its list.
pub(crate) fn totp(secret: &str, issuer: &str, account: &str) -> Result<Totp, Error> {
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_secret(Secret::from(secret.as_bytes()))
        .with_digits(TOTP_DIGITS)
        .with_step_duration(TOTP_STEP)
        // a clock may be half a minute wrong
        .with_skew(1)
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(account))
        .build()
        .map_err(|error| StoreError::Corrupt(format!("a secret of one-time passwords: {error}")).into())
}

/// The step whose password was typed, if it is one of now.
pub(crate) fn step_of(secret: &str, typed: &str, now: DateTime<Utc>) -> Result<Option<i64>, Error> {
    let now = u64::try_from(now.timestamp()).unwrap_or_default();
    let step = totp(secret, "", "")?.check(typed, now);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;

    use super::*;

    #[test]
    fn one_field_takes_a_password_or_a_code() {
        assert_eq!(
            Typed::parse(" 123 456").unwrap(),
            Typed::Totp("123456".to_owned())
        );
        assert_eq!(
            Typed::parse("12345-67890").unwrap(),
            Typed::StaffCode("1234567890".to_owned())
        );
        for wrong in ["", "12345", "12345a", "1234567", "１２３４５６", "123456789012"] {
            assert!(Typed::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn passwords_are_those_of_rfc_6238() {
        // appendix B, SHA-1, the last six digits
        for (second, password) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
        ] {
            let now = Utc.timestamp_opt(second, 0).unwrap();
            let step = step_of("12345678901234567890", password, now).unwrap();
            assert_eq!(step, Some(second / 30), "{second}");
        }
        let now = Utc.timestamp_opt(59, 0).unwrap();
        assert_eq!(step_of("12345678901234567890", "287083", now).unwrap(), None);
        let later = now + Duration::seconds(61);
        assert_eq!(step_of("12345678901234567890", "287082", later).unwrap(), None);
    }

    #[test]
    fn the_fifth_wrong_one_closes_the_way_for_a_quarter_of_an_hour() {
        let now = Utc.with_ymd_and_hms(2026, 12, 1, 2, 0, 0).unwrap();
        let mut guard = Guard::default();
        for _ in 0..4 {
            guard = guard.after_failure(now);
            assert_eq!(guard.locked(now), None);
        }
        guard = guard.after_failure(now);
        assert_eq!(guard.locked(now).unwrap().args["minutes"], "15");
        assert_eq!(guard.locked(now + Duration::minutes(15)), None);
        // and then for longer, a day at most
        for minutes in ["30", "60", "120"] {
            for _ in 0..5 {
                guard = guard.after_failure(now);
            }
            assert_eq!(guard.locked(now).unwrap().args["minutes"], minutes);
        }
        for _ in 0..500 {
            guard = guard.after_failure(now);
        }
        assert_eq!(guard.locked(now).unwrap().args["minutes"], "1440");
    }
}
