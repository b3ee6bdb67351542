//! Find matters, read one. Anybody may.

use axum::{
    Json,
    extract::{Path, Query, State},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use tongban_catalogue::{Audience, ItemContent, ItemRef, applicable};
use tongban_search::{FacetCount, Facets, Hit, SearchRequest};
use tongban_web::WebError;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{ApiState, input::today, told::Told};

/// Longer questions are cut.
const LONGEST_QUESTION: usize = 100;

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub(crate) struct Asked {
    /// The question, as people type it; empty lists everything.
    q: String,
    /// Only matters of this region and of the regions above it: 12 digits, or 2, 4, 6 or 9 that are filled up with zeros.
    #[param(example = "519900000000")]
    region: String,
    /// Only matters for this party.
    #[param(pattern = "^(person|enterprise)$")]
    audience: String,
    /// Only matters of this department, as `facets` of an answer name it.
    department: String,
    /// Only matters of this type, such as 行政许可.
    item_type: String,
    /// Only matters of this life event or topic, as `facets` of an answer name it.
    #[param(example = "开饭店")]
    topic: String,
    /// At most so many matters.
    #[param(minimum = 1, maximum = 200, default = 20)]
    limit: Option<usize>,
    /// `next` of the answer before.
    next: String,
}

/// One found matter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemLine {
    id: Uuid,
    /// The implementation code as imported.
    code: String,
    name: String,
    department: String,
    /// 12 digits.
    region: String,
    /// Type of matter, such as 行政许可.
    item_type: String,
    /// Life events and topics.
    topics: Vec<String>,
}

/// A value of a filter, and how many of the found matters have it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Facet {
    value: String,
    count: usize,
}

/// How the found matters, all and not only this page, fall apart; the largest first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct FacetLists {
    departments: Vec<Facet>,
    item_types: Vec<Facet>,
    /// A matter may stand under several life events and topics, or none.
    topics: Vec<Facet>,
}

impl From<Facets> for FacetLists {
    fn from(facets: Facets) -> Self {
        let list = |counts: Vec<FacetCount>| {
            counts
                .into_iter()
                .map(|FacetCount { value, count }| Facet { value, count })
                .collect()
        };
        Self {
            departments: list(facets.departments),
            item_types: list(facets.item_types),
            topics: list(facets.topics),
        }
    }
}

/// Found matters, the best first.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ItemList {
    items: Vec<ItemLine>,
    /// Ask for the same with this to get the following ones; null after the last.
    next: Option<String>,
    /// Found matters in all.
    total: usize,
    /// How the question was read, where that differs from what was typed.
    corrected: Option<String>,
    /// For narrowing down.
    facets: FacetLists,
}

impl From<Hit> for ItemLine {
    fn from(hit: Hit) -> Self {
        Self {
            id: hit.id,
            code: hit.code,
            name: hit.name,
            department: hit.department,
            region: hit.region,
            item_type: hit.item_type,
            topics: hit.topics,
        }
    }
}

/// Finds matters by what people type, in words, dialect, pinyin or initials.
#[utoipa::path(get, path = "/api/v1/items", tag = "items", params(Asked), responses((status = 200, body = ItemList)))]
pub(crate) async fn list_items(
    State(state): State<ApiState>,
    Query(asked): Query<Asked>,
) -> Result<Json<ItemList>, WebError> {
    let offset = match asked.next.as_str() {
        "" => 0,
        next => next
            .parse()
            .map_err(|_| WebError::bad_input("next is not one of ours"))?,
    };
    let given = |text: &str| {
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    };
    let audience = given(&asked.audience);
    if audience
        .as_deref()
        .is_some_and(|word| Audience::from_word(word).is_none())
    {
        return Err(WebError::bad_input("audience is person or enterprise"));
    }
    let request = SearchRequest {
        query: asked.q.trim().chars().take(LONGEST_QUESTION).collect(),
        region: given(&asked.region),
        audience,
        department: given(&asked.department),
        item_type: given(&asked.item_type),
        topic: given(&asked.topic),
        limit: asked.limit.unwrap_or(20).clamp(1, 200),
        offset,
    };
    let answer = state.catalogue.search(&request).told()?;
    let end = offset.saturating_add(answer.hits.len());
    let next = (!answer.hits.is_empty() && end < answer.total).then(|| end.to_string());
    let items = answer.hits.into_iter().map(ItemLine::from).collect();
    Ok(Json(ItemList {
        items,
        next,
        total: answer.total,
        corrected: answer.corrected,
        facets: answer.facets.into(),
    }))
}

/// The office that is responsible for a matter.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Office {
    id: Uuid,
    code: String,
    name: String,
    phone: Option<String>,
    address: Option<String>,
}

/// A matter as it is in force today.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Item {
    id: Uuid,
    /// The implementation code as imported.
    code: String,
    name: String,
    department: String,
    /// 12 digits.
    region: String,
    /// The id of the version in force.
    version: Uuid,
    /// 1, 2, 3 … within the matter.
    version_number: i32,
    effective_from: NaiveDate,
    organisation: Option<Office>,
    /// Whether an application can be started here.
    applicable: bool,
    /// All elements of the implementation list: time limits, materials, form (JSON Schema), fees, steps, places, legal
    /// basis, questions, results.
    #[schema(value_type = Object)]
    content: ItemContent,
}

/// Reads one matter: everything that its published version says.
#[utoipa::path(
    get,
    path = "/api/v1/items/{item}",
    tag = "items",
    params(("item" = String, Path, description = "Id, or implementation code")),
    responses((status = 200, body = Item), (status = 404, description = "No such matter is in force"))
)]
pub(crate) async fn read_item(
    State(state): State<ApiState>,
    Path(item): Path<String>,
) -> Result<Json<Item>, WebError> {
    let version =
        tongban_catalogue::published(&state.store, ItemRef::from_segment(&item), today(&state.store));
    let version = version.await.told()?.ok_or_else(WebError::not_found)?;
    let organisation = tongban_directory::organisation(&state.store, version.organisation)
        .await
        .told()?;
    Ok(Json(Item {
        id: version.item,
        applicable: applicable(&version),
        code: version.code,
        name: version.content.name.clone(),
        department: version.content.department.clone(),
        region: version.region.as_str().to_owned(),
        version: version.id,
        version_number: version.number,
        effective_from: version.effective_from,
        organisation: organisation.map(|organisation| Office {
            id: organisation.id,
            code: organisation.code,
            name: organisation.name,
            phone: organisation.phone,
            address: organisation.address,
        }),
        content: std::sync::Arc::unwrap_or_clone(version.content),
    }))
}
