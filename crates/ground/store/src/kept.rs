//! Values that were made from many rows, kept in memory together with the revision of those rows.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Most values that are kept; past that all are let go.
const MOST: usize = 512;

type Value = Arc<dyn Any + Send + Sync>;

/// What a store keeps.
#[derive(Default)]
pub(crate) struct Kept(Mutex<HashMap<String, (i64, Value)>>);

impl Kept {
    /// The value of this key, when it was made from this revision.
    pub(crate) fn get<T: Any + Send + Sync>(&self, key: &str, revision: i64) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (of, value) = kept.get(key)?;
        if *of == revision {
            Arc::clone(value).downcast().ok()
        } else {
            None
        }
    }

    pub(crate) fn put<T: Any + Send + Sync>(&self, key: &str, revision: i64, value: Arc<T>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST && !kept.contains_key(key) {
            kept.clear();
        }
        kept.insert(key.to_owned(), (revision, value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_kept_for_its_revision_only() {
        let kept = Kept::default();
        kept.put("table", 3, Arc::new(7_u32));
        assert_eq!(kept.get::<u32>("table", 3).as_deref(), Some(&7));
        assert_eq!(kept.get::<u32>("table", 4), None);
        assert_eq!(kept.get::<String>("table", 3), None);
        assert_eq!(kept.get::<u32>("other", 3), None);
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let kept = Kept::default();
        for key in 0..10 * MOST {
            kept.put(&key.to_string(), 1, Arc::new(key));
        }
        assert!(kept.0.lock().unwrap().len() <= MOST);
    }
}
