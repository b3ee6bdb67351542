//! The materials that a receipt lists.

use std::collections::BTreeMap;

use tongban_catalogue::ItemVersion;
use tongban_store::StoreError;

use crate::case::{
    domain::{Origin, OriginKind},
    row::material,
};

/// One line per material, in the order of the item: its name and how it came.
pub(crate) fn lines(item: &ItemVersion, there: &[material::Model]) -> Result<Vec<String>, StoreError> {
    let mut by_code: BTreeMap<&str, Vec<&material::Model>> = BTreeMap::new();
    for row in there {
        by_code.entry(row.code.as_str()).or_default().push(row);
    }
    let mut lines = Vec::new();
    for wanted in &item.content.materials {
        let Some(rows) = by_code.get(wanted.code.as_str()) else {
            continue;
        };
        let mut ways = Vec::new();
        let mut files = 0_usize;
        for row in rows {
            let origin: Origin = serde_json::from_str(&row.origin)?;
            match origin.kind {
                OriginKind::Resource | OriginKind::Licence => {
                    ways.push(format!("来自{}，免提交", origin.label));
                }
                OriginKind::You | OriginKind::Account | OriginKind::Waiting => files += 1,
            }
        }
        if files > 0 {
            ways.push(format!("文件 {files} 个"));
        }
        lines.push(format!(
            "{}. {}（{}）",
            lines.len() + 1,
            wanted.name,
            ways.join("；")
        ));
    }
    Ok(lines)
}
