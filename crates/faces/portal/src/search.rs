//! Finding a matter.

use axum::{
    Json, Router,
    extract::{Query, State},
    routing::get,
};
use serde::{Deserialize, Serialize};
use tongban_codes::{ItemType, RegionCode};
use tongban_search::{FacetCount, Facets, Hit, SearchAnswer, SearchRequest};
use tongban_web::{Area, Page, Sentence, Visitor, WebError, forms::Suggestion, local_path::encode_query};

use crate::{PortalState, parts::Pages, told::Told};

/// Hits on a page.
const HITS: usize = 20;
/// Hits of other regions shown below those of this one.
const ELSEWHERE: usize = 5;
/// Choices of one facet.
const CHOICES: usize = 12;
/// Longer questions are cut.
const LONGEST_QUESTION: usize = 100;

pub(crate) fn routes() -> Router<PortalState> {
    Router::new()
        .route("/search", get(search))
        .route("/search/suggest", get(suggest))
}

/// What the address asks for. Every part is text, so that a mistyped one is no error.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
    audience: String,
    department: String,
    #[serde(rename = "type")]
    item_type: String,
    topic: String,
    /// `all` looks beyond the home region.
    region: String,
    page: String,
}

impl Asked {
    /// The address of the same question with one part changed, from its first page on.
    fn with(&self, part: &str, value: &str) -> String {
        let mut pairs: Vec<String> = Vec::new();
        for (name, own) in [
            ("q", &self.q),
            ("audience", &self.audience),
            ("department", &self.department),
            ("type", &self.item_type),
            ("topic", &self.topic),
            ("region", &self.region),
        ] {
            let value = if name == part { value } else { own };
            if !value.is_empty() {
                pairs.push(format!("{name}={}", encode_query(value)));
            }
        }
        if pairs.is_empty() {
            "/search".to_owned()
        } else {
            format!("/search?{}", pairs.join("&"))
        }
    }

    fn request(&self, region: Option<&RegionCode>, limit: usize, offset: usize) -> SearchRequest {
        let given = |text: &String| (!text.is_empty()).then(|| text.clone());
        SearchRequest {
            query: self.q.trim().chars().take(LONGEST_QUESTION).collect(),
            region: region.map(|region| region.as_str().to_owned()),
            audience: given(&self.audience),
            department: given(&self.department),
            item_type: given(&self.item_type),
            topic: given(&self.topic),
            limit,
            offset,
        }
    }
}

#[derive(Serialize)]
struct SearchPage {
    q: String,
    everywhere: bool,
    corrected: Option<String>,
    total: usize,
    hits: Vec<HitView>,
    /// Of other regions.
    elsewhere: Vec<HitView>,
    elsewhere_href: String,
    groups: Vec<Group>,
    chosen: Vec<Chosen>,
    pages: Pages,
    hidden: Vec<(String, String)>,
}

#[derive(Serialize)]
struct HitView {
    href: String,
    name: String,
    department: String,
    item_type: Option<Sentence>,
    region: Option<String>,
}

/// One facet.
#[derive(Serialize)]
struct Group {
    label: Sentence,
    choices: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    label: Sentence,
    count: Option<usize>,
    href: String,
}

/// A filter that is set, with the way to take it off.
#[derive(Serialize)]
struct Chosen {
    label: Sentence,
    href: String,
}

async fn search(
    State(state): State<PortalState>,
    visitor: Visitor,
    Query(asked): Query<Asked>,
) -> Result<Page, WebError> {
    let number = asked.page.parse::<usize>().unwrap_or(1).clamp(1, 1_000);
    let everywhere = asked.region == "all";
    let region = (!everywhere).then_some(&state.home_region);
    let answer = find(&state, asked.request(region, HITS, (number - 1) * HITS)).await?;
    let beyond = if everywhere || number > 1 || asked.q.trim().is_empty() {
        Vec::new()
    } else {
        let all = find(&state, asked.request(None, HITS, 0)).await?;
        all.hits
            .into_iter()
            .filter(|hit| !is_local(&state.home_region, hit))
            .take(ELSEWHERE)
            .collect()
    };
    let names = region_names(&state, answer.hits.iter().chain(&beyond)).await?;
    let view = |hit: Hit| HitView {
        href: format!("/items/{}", hit.id),
        region: names
            .iter()
            .find(|(code, _)| *code == hit.region)
            .map(|(_, name)| name.clone()),
        name: hit.name,
        department: hit.department,
        item_type: (!hit.item_type.is_empty()).then(|| type_label(&hit.item_type)),
    };
    let data = SearchPage {
        everywhere,
        corrected: answer.corrected,
        total: answer.total,
        hits: answer.hits.into_iter().map(view).collect(),
        elsewhere: beyond.into_iter().map(view).collect(),
        elsewhere_href: asked.with("region", "all"),
        groups: groups(&asked, answer.facets, answer.total),
        chosen: chosen(&asked),
        pages: Pages {
            base: page_base(&asked),
            number: u64::try_from(number).unwrap_or(1),
            pages: u64::try_from(answer.total.div_ceil(HITS).max(1)).unwrap_or(1),
            count: u64::try_from(answer.total).unwrap_or(0),
        },
        hidden: [
            ("audience", &asked.audience),
            ("department", &asked.department),
            ("type", &asked.item_type),
            ("topic", &asked.topic),
            ("region", &asked.region),
        ]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.to_owned(), value.clone()))
        .collect(),
        q: asked.q,
    };
    state
        .kit
        .pages
        .render(&visitor.page(Area::Portal), "portal/search.html", &data)
}

/// Searching is computing, not waiting: not on the threads that answer people.
async fn find(state: &PortalState, request: SearchRequest) -> Result<SearchAnswer, WebError> {
    let catalogue = state.catalogue.clone();
    tokio::task::spawn_blocking(move || catalogue.search(&request))
        .await
        .map_err(WebError::internal)?
        .told()
}

fn page_base(asked: &Asked) -> String {
    let address = asked.with("", "");
    format!("{address}{}page=", if address.contains('?') { '&' } else { '?' })
}

/// A matter of the home region or of one above it.
fn is_local(home: &RegionCode, hit: &Hit) -> bool {
    RegionCode::parse(&hit.region).is_ok_and(|region| region == *home || region.contains(home))
}

/// Names of regions other than the home region, where the directory knows them.
async fn region_names(
    state: &PortalState,
    hits: impl Iterator<Item = &Hit>,
) -> Result<Vec<(String, String)>, WebError> {
    let mut codes: Vec<RegionCode> = hits
        .filter_map(|hit| RegionCode::parse(&hit.region).ok())
        .filter(|code| *code != state.home_region)
        .collect();
    codes.sort_by(|left, right| left.as_str().cmp(right.as_str()));
    codes.dedup();
    if codes.is_empty() {
        return Ok(Vec::new());
    }
    let regions = tongban_directory::find_regions(&state.store, &codes)
        .await
        .told()?;
    Ok(regions
        .into_iter()
        .map(|region| (region.code.as_str().to_owned(), region.name))
        .collect())
}

/// The name of a type of matters; the index keeps the Chinese one.
fn type_label(name: &str) -> Sentence {
    ItemType::ALL
        .into_iter()
        .find(|item_type| item_type.chinese_name() == name)
        .map_or_else(
            || Sentence::plain(name.to_owned()),
            |item_type| Sentence::key(format!("portal-item-type-{}", item_type.code())),
        )
}

/// A value of a filter in words: types have a name in each language, everything else is data.
fn label_of(part: &str, value: &str) -> Sentence {
    if part == "type" {
        type_label(value)
    } else {
        Sentence::plain(value.to_owned())
    }
}

/// The choices that still narrow down what was found: of departments and types, where there are two at least; of topics, where one
/// leaves out some of the `total` (a matter may have several topics, or none).
fn groups(asked: &Asked, facets: Facets, total: usize) -> Vec<Group> {
    let mut groups = Vec::new();
    if asked.audience.is_empty() {
        let choices = ["person", "enterprise"].map(|word| Choice {
            label: Sentence::key(format!("portal-audience-{word}")),
            count: None,
            href: asked.with("audience", word),
        });
        groups.push(Group {
            label: Sentence::key("portal-facet-audience"),
            choices: choices.into(),
        });
    }
    let narrows = |counts: &[FacetCount]| counts.iter().any(|count| count.count < total);
    for (part, set, label, counts) in [
        ("topic", &asked.topic, "portal-facet-topic", facets.topics),
        (
            "department",
            &asked.department,
            "portal-facet-department",
            facets.departments,
        ),
        ("type", &asked.item_type, "portal-facet-type", facets.item_types),
    ] {
        if !set.is_empty() || !narrows(&counts) {
            continue;
        }
        let choices = counts
            .into_iter()
            .filter(|count| !count.value.is_empty())
            .take(CHOICES)
            .map(|count| Choice {
                href: asked.with(part, &count.value),
                label: label_of(part, &count.value),
                count: Some(count.count),
            })
            .collect();
        groups.push(Group {
            label: Sentence::key(label),
            choices,
        });
    }
    groups
}

fn chosen(asked: &Asked) -> Vec<Chosen> {
    let mut chosen = Vec::new();
    if matches!(asked.audience.as_str(), "person" | "enterprise") {
        chosen.push(Chosen {
            label: Sentence::key(format!("portal-audience-{}", asked.audience)),
            href: asked.with("audience", ""),
        });
    }
    for (part, value) in [
        ("department", &asked.department),
        ("type", &asked.item_type),
        ("topic", &asked.topic),
    ] {
        if !value.is_empty() {
            chosen.push(Chosen {
                label: label_of(part, value),
                href: asked.with(part, ""),
            });
        }
    }
    if asked.region == "all" {
        chosen.push(Chosen {
            label: Sentence::key("portal-search-everywhere"),
            href: asked.with("region", ""),
        });
    }
    chosen
}

/// Lines below the search box while somebody types.
async fn suggest(State(state): State<PortalState>, Query(asked): Query<Asked>) -> Json<Vec<Suggestion>> {
    let typed: String = asked.q.trim().chars().take(LONGEST_QUESTION).collect();
    if typed.is_empty() {
        return Json(Vec::new());
    }
    let lines = state
        .catalogue
        .suggest(&typed, 8)
        .into_iter()
        .map(|text| Suggestion {
            text,
            detail: None,
            href: None,
        });
    Json(lines.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_keeps_the_question_and_the_other_filters() {
        let asked = Asked {
            q: "开 饭店&x".to_owned(),
            department: "市场监管局".to_owned(),
            page: "3".to_owned(),
            ..Asked::default()
        };
        assert_eq!(
            asked.with("type", "行政许可"),
            "/search?q=%E5%BC%80%20%E9%A5%AD%E5%BA%97%26x&department=%E5%B8%82%E5%9C%BA%E7%9B%91%E7%AE%A1%E5%B1%80&type=%E8%A1%8C%E6%94%BF%E8%AE%B8%E5%8F%AF"
        );
        assert_eq!(
            asked.with("department", ""),
            "/search?q=%E5%BC%80%20%E9%A5%AD%E5%BA%97%26x"
        );
        assert_eq!(page_base(&Asked::default()), "/search?page=");
        assert_eq!(page_base(&asked), format!("{}&page=", asked.with("", "")));
    }
}
