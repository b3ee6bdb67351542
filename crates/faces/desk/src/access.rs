//! 权限: who may do what, as table and rules have it; and why a member of staff may do something to a case, or may not.

use axum::{
    Router,
    extract::{Query, State},
    response::Response,
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_access::{
    Action, Actor, Explanation, Policies, Role, Rule, Thing, Who, Within, explain, in_force,
};
use tongban_console::{
    StaffState,
    parts::{frame, may, render, staff},
};
use tongban_staff::Side;
use tongban_web::{Locale, Sentence, Visitor, WebError};

use crate::told::Told;

pub(crate) fn routes() -> Router<StaffState> {
    Router::new().route("/desk/access", get(show))
}

#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
struct Asked {
    login: String,
    action: String,
    case: String,
}

#[derive(Serialize)]
struct AccessPage {
    rows: Vec<Row>,
    /// The roles of the columns, in their order.
    columns: Vec<&'static str>,
    /// The rules, those of a domain together.
    domains: Vec<Domain>,
    /// Whether the visitor may ask why.
    may_ask: bool,
    asked: Asked,
    error: Option<Sentence>,
    /// The action that was asked about, in words.
    action: Option<String>,
    /// One for each post.
    answers: Vec<AnswerRow>,
    /// The case that was asked about, if there is one.
    about: Option<About>,
}

#[derive(Serialize)]
struct Row {
    action: &'static str,
    words: String,
    level: u8,
    second_factor: bool,
    /// How far persons and firms do it themselves.
    party: Option<&'static str>,
    /// Who does it for them.
    agents: Vec<&'static str>,
    /// In the order of the columns.
    reach: Vec<Option<Cell>>,
}

#[derive(Serialize)]
struct Cell {
    within: &'static str,
    /// Whether the locality bound it.
    local: bool,
}

#[derive(Serialize)]
struct Domain {
    domain: String,
    rules: Vec<RuleRow>,
}

#[derive(Serialize)]
struct RuleRow {
    words: String,
    #[serde(flatten)]
    rule: Rule,
}

impl RuleRow {
    fn of(rule: Rule, locale: Locale) -> Self {
        let words = match locale {
            Locale::Chinese => &rule.zh,
            Locale::English => &rule.en,
        };
        Self {
            words: words.clone(),
            rule,
        }
    }
}

#[derive(Serialize)]
struct About {
    organisation: String,
    region: String,
}

#[derive(Serialize)]
struct AnswerRow {
    organisation_name: String,
    region: String,
    role: &'static str,
    /// Whose post it is, where it is lent.
    lent_by: Option<String>,
    within: Option<&'static str>,
    allowed: bool,
    holds: bool,
    second_factor: bool,
    rules: Vec<RuleRow>,
}

fn table(locale: Locale) -> Vec<Row> {
    in_force()
        .map_or_else(Vec::new, Policies::actions)
        .into_iter()
        .map(|rule| {
            let cell_of = |who: Who| {
                let found = rule.reach.iter().find(|row| row.who == who);
                found.map(|row| Cell {
                    within: row.within.as_str(),
                    local: row.local,
                })
            };
            let agents = rule.reach.iter().filter_map(|row| match row.who {
                Who::Agent(kind) => Some(kind.as_str()),
                _ => None,
            });
            Row {
                party: cell_of(Who::Party).map(|cell| cell.within),
                agents: agents.collect(),
                reach: Role::ALL.map(Who::Staff).map(cell_of).into_iter().collect(),
                action: rule.action,
                level: rule.level.number(),
                second_factor: rule.second_factor,
                words: match locale {
                    Locale::Chinese => rule.zh,
                    Locale::English => rule.en,
                },
            }
        })
        .collect()
}

fn domains(locale: Locale) -> Vec<Domain> {
    let mut domains: Vec<Domain> = Vec::new();
    for rule in in_force().map_or(&[][..], Policies::rules) {
        let domain = rule.domain.clone();
        let row = RuleRow::of(rule.clone(), locale);
        match domains.last_mut() {
            Some(last) if last.domain == domain => last.rules.push(row),
            _ => domains.push(Domain {
                domain,
                rules: vec![row],
            }),
        }
    }
    domains
}

async fn show(
    State(state): State<StaffState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let actor = &staff(&visitor, Action::SystemInspect)?.actor;
    let rows = table(visitor.locale());
    let mut page = AccessPage {
        columns: Role::ALL.map(Role::as_str).to_vec(),
        domains: domains(visitor.locale()),
        may_ask: may(actor, Action::AccountManage),
        asked: asked.clone(),
        error: None,
        action: None,
        answers: Vec::new(),
        about: None,
        rows,
    };
    if page.may_ask && !asked.login.is_empty() {
        page.action = page
            .rows
            .iter()
            .find(|row| row.action == asked.action)
            .map(|row| row.words.clone());
        match why(&state, &visitor, &asked).await? {
            Ok((answers, about)) => (page.answers, page.about) = (answers, about),
            Err(sentence) => page.error = Some(sentence),
        }
    }
    render(&state, &frame(&state, &visitor), "desk/access.html", &page)
}

type Found = (Vec<AnswerRow>, Option<About>);

/// The answer for each post of somebody, also for those that colleagues lent. Or the sentence that says what is wrong with the question.
async fn why(
    state: &StaffState,
    visitor: &Visitor,
    asked: &Asked,
) -> Result<Result<Found, Sentence>, WebError> {
    let actor = &staff(visitor, Action::AccountManage)?.actor;
    let Some(action) = Action::from_word(&asked.action) else {
        return Ok(Err(Sentence::key("desk-access-no-action")));
    };
    let nobody = || Ok(Err(Sentence::key("desk-access-nobody")));
    let found = match tongban_identity::find_staff(&state.store, &asked.login).await {
        Ok(found) => found,
        Err(tongban_identity::Error::Refused(_)) => None,
        Err(error) => return Err(crate::told::answer(error)),
    };
    let Some(account) = found else { return nobody() };
    if tongban_identity::staff_member(&state.store, actor, account)
        .await
        .told()?
        .is_none()
    {
        return nobody();
    }
    let number: String = asked
        .case
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let thing = if number.is_empty() {
        None
    } else {
        match tongban_cases::thing_of_number(&state.store, actor, &number)
            .await
            .told()?
        {
            Some(thing) => Some(thing),
            None => return Ok(Err(Sentence::key("desk-access-no-case"))),
        }
    };
    let about = match &thing {
        Some(thing) => about(state, thing).await?,
        None => None,
    };
    let held = tongban_identity::staff_posts(&state.store, account)
        .await
        .told()?;
    let lent = tongban_staff::delegations_of(&state.store, actor, account)
        .await
        .told()?
        .into_iter()
        .filter(|lent| lent.side == Side::Received)
        .map(|lent| (lent.post, Some(lent.holder_name)));
    let posts = held.into_iter().map(|held| (held.post, None)).chain(lent);
    let answers = posts.filter_map(|(post, lent_by)| {
        let stands = Actor::staff(account, post.clone());
        // without a case it is asked of what lies on the post itself
        let thing = thing
            .clone()
            .unwrap_or_else(|| Thing::at(post.organisation, post.region.clone()));
        let Explanation {
            allowed,
            within,
            holds,
            second_factor,
            rules,
        } = explain(&stands, action, &thing)?;
        Some(AnswerRow {
            organisation_name: post.organisation_name,
            region: post.region.as_str().to_owned(),
            role: post.role.as_str(),
            lent_by,
            within: within.map(Within::as_str),
            allowed,
            holds,
            second_factor,
            rules: rules
                .into_iter()
                .map(|rule| RuleRow::of(rule, visitor.locale()))
                .collect(),
        })
    });
    Ok(Ok((answers.collect(), about)))
}

async fn about(state: &StaffState, thing: &Thing) -> Result<Option<About>, WebError> {
    let Some((organisation, region)) = thing.organisation.zip(thing.region.clone()) else {
        return Ok(None);
    };
    let found = tongban_directory::organisation(&state.store, organisation)
        .await
        .told()?;
    Ok(Some(About {
        organisation: found.map(|found| found.name).unwrap_or_default(),
        region: region.as_str().to_owned(),
    }))
}
