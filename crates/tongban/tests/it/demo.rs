//! What the demo city has to offer.

use tongban_access::Role;
use tongban_catalogue::{ItemFilter, items};
use tongban_codes::RegionCode;
use tongban_store::{Backend, PageRequest};

use crate::city::City;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_matter_of_the_city_has_somebody_to_decide_it() {
    let city = City::open(Backend::Sqlite).await;
    let filter = ItemFilter {
        within: Some(RegionCode::parse("519900000000").unwrap()),
        ..ItemFilter::default()
    };
    let page = items(&city.store, &filter, PageRequest::new(1, 200))
        .await
        .unwrap();
    assert!(page.total >= 40, "{} matters", page.total);
    for matter in page.rows {
        let decides =
            |account: &tongban::demo::people::TryAccount| account.holds(Role::Approver, &matter.department);
        assert!(
            city.standing.accounts.iter().any(decides),
            "{} of {} is decided by nobody",
            matter.name,
            matter.department
        );
    }
}
