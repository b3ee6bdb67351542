//! How each department behaves at the moment. The operator's page holds the same handle as the server.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicU64, Ordering},
};

use serde::{Deserialize, Serialize};

/// One of the five department systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Department {
    Population,
    Enterprises,
    CivilAffairs,
    SocialInsurance,
    Property,
}

impl Department {
    pub const ALL: [Self; 5] = [
        Self::Population,
        Self::Enterprises,
        Self::CivilAffairs,
        Self::SocialInsurance,
        Self::Property,
    ];

    /// The stable word, as in forms and in the first part of the resource codes.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Population => "population",
            Self::Enterprises => "enterprises",
            Self::CivilAffairs => "civil_affairs",
            Self::SocialInsurance => "social_insurance",
            Self::Property => "property",
        }
    }

    /// The department of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|department| department.as_str() == word)
    }

    /// The path of its system on the demo's port.
    pub fn path(self) -> &'static str {
        match self {
            Self::Population => "/population",
            Self::Enterprises => "/enterprises",
            Self::CivilAffairs => "/civil-affairs",
            Self::SocialInsurance => "/social-insurance",
            Self::Property => "/property",
        }
    }

    /// The name of its register in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Population => "人口库",
            Self::Enterprises => "市场主体库",
            Self::CivilAffairs => "婚姻登记库",
            Self::SocialInsurance => "社会保险库",
            Self::Property => "不动产登记库",
        }
    }
}

/// What a department's system does with a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// It answers.
    #[default]
    Normal,
    /// It answers 503 to everything.
    Stopped,
    /// It answers after so many milliseconds.
    Slow(u64),
    /// It answers about somebody else.
    WrongPerson,
}

/// The slowest that a department can be made: one minute.
const SLOWEST: u64 = 60_000;

impl Behaviour {
    /// The stable word, as in forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Stopped => "stopped",
            Self::Slow(_) => "slow",
            Self::WrongPerson => "wrong_person",
        }
    }

    /// The behaviour of a word; `milliseconds` counts for `slow` only.
    pub fn from_word(word: &str, milliseconds: u64) -> Option<Self> {
        match word {
            "normal" => Some(Self::Normal),
            "stopped" => Some(Self::Stopped),
            "slow" => Some(Self::Slow(milliseconds.min(SLOWEST))),
            "wrong_person" => Some(Self::WrongPerson),
            _ => None,
        }
    }
}

/// The switches of all departments. Clones turn the same switches.
#[derive(Debug, Clone, Default)]
pub struct Switches(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    behaviours: RwLock<[Behaviour; Department::ALL.len()]>,
    questions: [AtomicU64; Department::ALL.len()],
}

impl Switches {
    /// All departments answer.
    pub fn new() -> Self {
        Self::default()
    }

    pub fn get(&self, department: Department) -> Behaviour {
        self.0.behaviours.read().unwrap_or_else(PoisonError::into_inner)[department as usize]
    }

    pub fn set(&self, department: Department, behaviour: Behaviour) {
        self.0.behaviours.write().unwrap_or_else(PoisonError::into_inner)[department as usize] = behaviour;
    }

    /// Counts a question that reached a department, whatever it then does.
    pub(super) fn count_question(&self, department: Department) {
        self.0.questions[department as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many questions a department was asked since the start.
    pub fn questions(&self, department: Department) -> u64 {
        self.0.questions[department as usize].load(Ordering::Relaxed)
    }

    /// All departments with their behaviour, in a fixed order.
    pub fn all(&self) -> Vec<(Department, Behaviour)> {
        Department::ALL
            .into_iter()
            .map(|department| (department, self.get(department)))
            .collect()
    }
}
