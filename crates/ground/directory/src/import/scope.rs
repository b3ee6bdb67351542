//! Whose rows an actor may import.

use tongban_access::{Action, Actor, Thing, permit};
use tongban_codes::RegionCode;

use super::Finding;

/// The reason why a row of this region is refused for this actor: a member of staff imports for the own region and those below it. The
/// command line imports everything.
pub fn outside(actor: &Actor, region: &RegionCode, field: &str) -> Option<Finding> {
    let thing = Thing {
        region: Some(region.clone()),
        ..Thing::none()
    };
    permit(actor, Action::ImportRun, &thing).err().map(|_| {
        Finding::new(
            "import.outside_region",
            field,
            "the region is not the operator's own and does not lie in it",
        )
        .with("region", region.as_str())
        .with("own", actor.post().map_or("", |post| post.region.as_str()))
    })
}
