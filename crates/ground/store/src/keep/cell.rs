//! One value on its way from one database to the other.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DbErr, QueryResult, Value};
use uuid::Uuid;

use crate::Backend;

/// What a column holds, whatever the database calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A blob of 16 bytes on SQLite, native on PostgreSQL.
    Uuid,
    /// Text on SQLite, `timestamptz` with microseconds on PostgreSQL.
    Instant,
    Date,
    Boolean,
    /// 16, 32 or 64 bits; SQLite keeps 64 for all.
    Integer(u8),
    Real,
    Text,
    /// Its meaning is kept; PostgreSQL puts the keys of an object into its own order.
    Json,
    Bytes,
}

impl Kind {
    /// The kind of a declared type; `None` for one that no migration of ours uses.
    pub fn of(backend: Backend, declared: &str) -> Option<Self> {
        let lower = declared.to_ascii_lowercase();
        // `varchar(255)` is a `varchar`.
        let word = lower.split('(').next().unwrap_or_default().trim();
        let kind = match (backend, word) {
            (Backend::Sqlite, "uuid_text") | (Backend::Postgres, "uuid") => Self::Uuid,
            (Backend::Sqlite, "timestamp_with_timezone_text")
            | (Backend::Postgres, "timestamp with time zone") => Self::Instant,
            (Backend::Sqlite, "date_text") | (Backend::Postgres, "date") => Self::Date,
            (_, "boolean") => Self::Boolean,
            (Backend::Sqlite, "integer" | "bigint" | "smallint" | "tinyint") => Self::Integer(64),
            (Backend::Postgres, "smallint") => Self::Integer(16),
            (Backend::Postgres, "integer") => Self::Integer(32),
            (Backend::Postgres, "bigint") => Self::Integer(64),
            (Backend::Sqlite, "double") | (Backend::Postgres, "double precision") => Self::Real,
            (Backend::Sqlite, "varchar" | "text" | "char")
            | (Backend::Postgres, "character varying" | "text" | "character") => Self::Text,
            (Backend::Sqlite, "json_text" | "jsonb_text") | (Backend::Postgres, "json" | "jsonb") => {
                Self::Json
            }
            (Backend::Sqlite, "blob" | "varbinary_blob") | (Backend::Postgres, "bytea") => Self::Bytes,
            _ => return None,
        };
        Some(kind)
    }

    /// Whether a value of this kind can rest in a column of the other.
    pub fn fits(self, other: Self) -> bool {
        self == other || matches!((self, other), (Self::Integer(_), Self::Integer(_)))
    }

    /// Reads a value of this kind, in the form that a column of the kind `target` takes.
    pub fn read(self, row: &QueryResult, column: &str, target: Self) -> Result<Value, DbErr> {
        Ok(match self {
            Self::Uuid => row.try_get::<Option<Uuid>>("", column)?.into(),
            Self::Instant => row.try_get::<Option<DateTime<Utc>>>("", column)?.into(),
            Self::Date => row.try_get::<Option<NaiveDate>>("", column)?.into(),
            Self::Boolean => row.try_get::<Option<bool>>("", column)?.into(),
            Self::Integer(bits) => {
                let number = match bits {
                    16 => row.try_get::<Option<i16>>("", column)?.map(i64::from),
                    32 => row.try_get::<Option<i32>>("", column)?.map(i64::from),
                    _ => row.try_get::<Option<i64>>("", column)?,
                };
                narrowed(number, target)
                    .ok_or_else(|| DbErr::Type(format!("{column} is too large a number")))?
            }
            Self::Real => row.try_get::<Option<f64>>("", column)?.into(),
            Self::Text => row.try_get::<Option<String>>("", column)?.into(),
            Self::Json => row.try_get::<Option<serde_json::Value>>("", column)?.into(),
            Self::Bytes => row.try_get::<Option<Vec<u8>>>("", column)?.into(),
        })
    }
}

fn narrowed(number: Option<i64>, target: Kind) -> Option<Value> {
    let Some(number) = number else {
        return Some(match target {
            Kind::Integer(16) => Value::SmallInt(None),
            Kind::Integer(32) => Value::Int(None),
            _ => Value::BigInt(None),
        });
    };
    match target {
        Kind::Integer(16) => i16::try_from(number).ok().map(Value::from),
        Kind::Integer(32) => i32::try_from(number).ok().map(Value::from),
        _ => Some(Value::from(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_types_of_both_databases_and_no_others() {
        for (backend, declared, kind) in [
            (Backend::Sqlite, "uuid_text", Some(Kind::Uuid)),
            (Backend::Postgres, "uuid", Some(Kind::Uuid)),
            (Backend::Sqlite, "varchar(12)", Some(Kind::Text)),
            (Backend::Postgres, "character varying", Some(Kind::Text)),
            (Backend::Sqlite, "INTEGER", Some(Kind::Integer(64))),
            (Backend::Postgres, "integer", Some(Kind::Integer(32))),
            (Backend::Sqlite, "real_decimal", None),
            (Backend::Postgres, "interval", None),
            (Backend::Postgres, "uuid_text", None),
        ] {
            assert_eq!(Kind::of(backend, declared), kind, "{declared}");
        }
    }

    #[test]
    fn refuses_a_number_that_does_not_fit() {
        assert_eq!(narrowed(Some(7), Kind::Integer(32)), Some(Value::Int(Some(7))));
        assert_eq!(narrowed(None, Kind::Integer(16)), Some(Value::SmallInt(None)));
        assert_eq!(narrowed(Some(i64::MAX), Kind::Integer(32)), None);
    }
}
