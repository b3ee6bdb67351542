//! Why table or rules cannot be put into force.

/// What is wrong with table, rules, or what a locality adds to them. The first word is the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("{0} cannot be read: {1}")]
    Folder(String, String),
    #[error("{0}: {1}")]
    Form(String, String),
    #[error("{0}: there is no action {1}")]
    UnknownAction(String, String),
    #[error("{0}: {1} stands there twice")]
    Twice(String, String),
    #[error("actions.csv: {0} is missing")]
    Missing(&'static str),
    #[error("{0} belongs to no domain of policies")]
    UnknownFile(String),
    #[error("{0}: {1} names {2}, which cannot be")]
    UnknownEntity(String, String, String),
    #[error("{0}: {1} names {2}, an action of another file")]
    OtherDomain(String, String, String),
    #[error("{0}: {1} permits; a locality only adds forbid")]
    Permits(String, String),
    #[error(
        "{0}: {1} names its place somewhere else than in its head: `resource in Region::\"…\"`, `Organisation` or `Item`, so that \
         lists leave out what pages refuse"
    )]
    PlaceInConditions(String, String),
    #[error("{0}: more than {1} rules")]
    TooMany(String, usize),
    #[error("roles.csv: {0} binds nobody of the staff")]
    BindsNoStaff(String),
    #[error(
        "roles.csv: {0} would be new reach; an action is bound to a role within organisation or region, where some role has the action \
         within it and the role has some action within it"
    )]
    NewReach(String),
    #[error("other rules are in force already")]
    InForce,
}
