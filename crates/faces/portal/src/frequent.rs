//! 常办: the matters that are filed most often, for the first page. Counted anew every few minutes, not at every visit.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Duration, Utc};
use serde::Serialize;
use tongban_web::WebError;
use uuid::Uuid;

use crate::{PortalState, told::Told};

/// Links below the search box.
const LINKS: usize = 6;
/// Matters that are looked at: those that can be applied for here.
const LOOKED_AT: u64 = 500;
/// Days that count.
const BACK: Duration = Duration::days(90);
/// How long an answer is good.
const FRESH: Duration = Duration::minutes(5);

/// One link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Frequent {
    pub href: String,
    pub name: String,
}

/// The links, and when they were counted.
type Counted = (DateTime<Utc>, Vec<Frequent>);

/// The links as they were counted last. In the memory of this process.
#[derive(Debug, Clone, Default)]
pub(crate) struct FrequentItems(Arc<Mutex<Option<Counted>>>);

impl FrequentItems {
    /// The matters of the home region that are filed most often; by name where nothing was filed.
    pub(crate) async fn top(&self, state: &PortalState) -> Result<Vec<Frequent>, WebError> {
        let now = state.store.now();
        if let Some((at, links)) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner)
            && *at <= now
            && now < *at + FRESH
        {
            return Ok(links.clone());
        }
        let items = tongban_catalogue::applicable_items(&state.store, Some(&state.home_region), LOOKED_AT)
            .await
            .told()?;
        let filed = tongban_cases::filed_since(&state.store, now - BACK)
            .await
            .told()?;
        let named = items.into_iter().map(|item| (item.id, item.name)).collect();
        let links = most_filed(named, &filed.into_iter().collect());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, links.clone()));
        Ok(links)
    }
}

/// The first links, of matters that come by name.
fn most_filed(mut items: Vec<(Uuid, String)>, filed: &HashMap<Uuid, u64>) -> Vec<Frequent> {
    let count = |id: &Uuid| filed.get(id).copied().unwrap_or_default();
    // stable: equal counts stay by name
    items.sort_by_key(|(id, _)| std::cmp::Reverse(count(id)));
    items.truncate(LINKS);
    items
        .into_iter()
        .map(|(id, name)| Frequent {
            href: format!("/items/{id}"),
            name,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_filed_stand_first_and_the_rest_by_name() {
        let id = Uuid::from_u128;
        let items = ["a", "b", "c", "d", "e", "f", "g"]
            .into_iter()
            .zip(1..)
            .map(|(name, number)| (id(number), name.to_owned()))
            .collect();
        let filed = HashMap::from([(id(7), 2), (id(3), 5), (id(99), 100)]);
        let names: Vec<String> = most_filed(items, &filed)
            .into_iter()
            .map(|link| link.name)
            .collect();
        assert_eq!(names, ["c", "g", "a", "b", "d", "e"]);
    }
}
