//! Who acts.

use serde::{Deserialize, Serialize};
use tongban_codes::{CitizenNumber, RegionCode, Uscc};
use tongban_store::{Signer, SignerKind};
use uuid::Uuid;

use crate::{Agency, Assurance};

/// What a member of staff may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 窗口人员: accepts for any department in the region of the hall.
    Clerk,
    /// 审批人员: decides the matters of the own department.
    Approver,
    /// 监督人员: sees all of the region, decides nothing.
    Supervisor,
    /// 运维与目录管理人员: items, imports, settings; no cases.
    Operator,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Clerk, Self::Approver, Self::Supervisor, Self::Operator];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clerk => "clerk",
            Self::Approver => "approver",
            Self::Supervisor => "supervisor",
            Self::Operator => "operator",
        }
    }

    /// The role of a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A post: one role in one organisation in one region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Post {
    pub organisation: Uuid,
    pub organisation_name: String,
    pub region: RegionCode,
    pub role: Role,
}

/// Whether the one who applies is a person or a firm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    Person,
    Enterprise,
}

impl PartyKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Enterprise => "enterprise",
        }
    }

    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "person" => Some(Self::Person),
            "enterprise" => Some(Self::Enterprise),
            _ => None,
        }
    }

    /// Its number for lists: first and last four characters. Nothing of what is no number: that was refused at the door.
    #[must_use]
    pub fn mask_number(self, number: &str) -> String {
        match self {
            Self::Person => CitizenNumber::parse(number).map(|number| number.masked()).ok(),
            Self::Enterprise => Uscc::parse(number).map(|code| code.masked()).ok(),
        }
        .unwrap_or_else(|| "****".to_owned())
    }

    /// Its name as colleagues and lists show it: 王× for a person, a firm's name as it is.
    #[must_use]
    pub fn shown_name(self, name: &str) -> String {
        match self {
            Self::Enterprise => name.to_owned(),
            Self::Person => name
                .chars()
                .enumerate()
                .map(|(place, letter)| if place == 0 { letter } else { '×' })
                .collect(),
        }
    }
}

/// Who acts. The account behind a session, or the platform itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Actor {
    /// Nobody signed in.
    Nobody,
    /// A person or a firm that applies, itself or through an agent.
    Party {
        /// Whose matters they are: the principal's, where an agent acts.
        account: Uuid,
        party: PartyKind,
        /// How well whoever acts is known: the agent, where there is one.
        assurance: Assurance,
        /// Under which mandate somebody else acts for it.
        #[serde(default)]
        agency: Option<Agency>,
    },
    /// A member of staff on one post.
    Staff {
        account: Uuid,
        post: Post,
        /// Whether a second factor was shown in the session. What was written down before there was one counts as shown.
        #[serde(default = "shown")]
        proven: bool,
        /// Whose post it is, where a colleague lent it.
        #[serde(default)]
        deputy_for: Option<Uuid>,
    },
    /// Clocks, jobs, imports.
    System,
}

fn shown() -> bool {
    true
}

impl Actor {
    /// A member of staff on a post of their own, who has shown a second factor.
    pub fn staff(account: Uuid, post: Post) -> Self {
        Self::Staff {
            account,
            post,
            proven: true,
            deputy_for: None,
        }
    }

    /// The same member of staff, with or without a second factor shown. Persons, firms and the platform stay as they are.
    #[must_use]
    pub fn proven(mut self, shown: bool) -> Self {
        if let Self::Staff { proven, .. } = &mut self {
            *proven = shown;
        }
        self
    }

    /// Whether a second factor was shown; only staff are asked for one.
    pub fn is_proven(&self) -> bool {
        !matches!(self, Self::Staff { proven: false, .. })
    }

    /// Whose post a member of staff works on, where it is not their own.
    pub fn deputy_for(&self) -> Option<Uuid> {
        match self {
            Self::Staff { deputy_for, .. } => *deputy_for,
            _ => None,
        }
    }

    /// A person or a firm whose name and number were checked.
    pub fn party(account: Uuid, party: PartyKind) -> Self {
        Self::Party {
            account,
            party,
            assurance: Assurance::RealName,
            agency: None,
        }
    }

    /// Somebody who acts for a person or a firm, known this well.
    pub fn agent(account: Uuid, party: PartyKind, agency: Agency, assurance: Assurance) -> Self {
        Self::Party {
            account,
            party,
            assurance,
            agency: Some(agency),
        }
    }

    /// The same actor, known this well. Staff and the platform stay as they are.
    #[must_use]
    pub fn assured(mut self, level: Assurance) -> Self {
        if let Self::Party { assurance, .. } = &mut self {
            *assurance = level;
        }
        self
    }

    /// How sure we are of who acts; nothing is known of nobody.
    pub fn assurance(&self) -> Option<Assurance> {
        match self {
            Self::Party { assurance, .. } => Some(*assurance),
            _ => None,
        }
    }

    /// The mandate under which somebody acts for another.
    pub fn agency(&self) -> Option<&Agency> {
        match self {
            Self::Party { agency, .. } => agency.as_ref(),
            _ => None,
        }
    }

    /// The account of whoever is signed in: the agent's own, where one acts for another. Passwords, devices, sessions and linked
    /// systems are always this account's.
    pub fn holder(&self) -> Option<Uuid> {
        self.agency()
            .map(|agency| agency.agent)
            .or_else(|| self.account())
    }

    /// Whoever is signed in, acting for themself: who does what is about the account itself.
    #[must_use]
    pub fn as_holder(&self) -> Self {
        match self {
            Self::Party {
                agency: Some(agency),
                assurance,
                ..
            } => Self::party(agency.agent, PartyKind::Person).assured(*assurance),
            other => other.clone(),
        }
    }

    /// What the holder of the session is; none for staff.
    pub fn holder_kind(&self) -> Option<PartyKind> {
        match self {
            // agents are persons
            Self::Party { agency: Some(_), .. } => Some(PartyKind::Person),
            Self::Party { party, .. } => Some(*party),
            _ => None,
        }
    }

    /// The account whose matters they are, if any: the principal's, where an agent acts.
    pub fn account(&self) -> Option<Uuid> {
        match self {
            Self::Party { account, .. } | Self::Staff { account, .. } => Some(*account),
            Self::Nobody | Self::System => None,
        }
    }

    /// The post of a member of staff.
    pub fn post(&self) -> Option<&Post> {
        match self {
            Self::Staff { post, .. } => Some(post),
            _ => None,
        }
    }

    /// The role of a member of staff.
    pub fn role(&self) -> Option<Role> {
        self.post().map(|post| post.role)
    }

    /// Who stands behind the act in the log.
    pub fn signer(&self) -> Signer {
        let (kind, id) = match self {
            Self::Nobody => (SignerKind::Nobody, None),
            // agents are persons
            Self::Party {
                agency: Some(agency), ..
            } => (SignerKind::Resident, Some(agency.agent)),
            Self::Party {
                account,
                party: PartyKind::Person,
                ..
            } => (SignerKind::Resident, Some(*account)),
            Self::Party {
                account,
                party: PartyKind::Enterprise,
                ..
            } => (SignerKind::Enterprise, Some(*account)),
            Self::Staff { account, .. } => (SignerKind::Staff, Some(*account)),
            Self::System => (SignerKind::System, None),
        };
        Signer {
            kind,
            id,
            on_behalf_of: self.agency().and(self.account()).or(self.deputy_for()),
        }
    }

    /// A word for the kind of actor, as the permission matrix prints it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Party { agency: Some(_), .. } => "agent",
            Self::Party { party, .. } => party.as_str(),
            Self::Staff { post, .. } => post.role.as_str(),
            Self::System => "system",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PartyKind;

    #[test]
    fn given_names_are_hidden() {
        assert_eq!(PartyKind::Person.shown_name("王小明"), "王××");
        assert_eq!(PartyKind::Person.shown_name(""), "");
        assert_eq!(
            PartyKind::Enterprise.shown_name("示范市蜀香小馆"),
            "示范市蜀香小馆"
        );
    }
}
