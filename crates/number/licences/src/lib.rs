//! What you hold: licence types, licences, the pages that carry them, and whether a page that somebody shows is true.
//!
//! - `types` the kinds of licences, registered or imported
//! - `register` issuing in the act that decides, new editions, changes of status, reading
//! - `carriers` the PDF of a licence, printed on first view and kept
//! - `verify` by code, by identifier, by a file
//!
//! A licence *is* its signed record: an exact text under an SM2 signature. The PDF carries that record and is kept with
//! its hash, so that neither the text nor the page can be changed without being seen.

mod carriers;
mod error;
mod events;
mod migrations;
mod register;
mod sealed;
mod types;
mod verify;

pub use carriers::{
    attach_carrier::attach_carrier,
    carrier::{Printing, carrier},
    missing_characters::{MissingCharacters, report_missing_characters, wire},
    page::{RECORD_NAME, carrier_page},
    query::carrier_is,
};
pub use error::{Error, Refusal, refused};
pub use events::{LicenceChanged, LicenceIssued};
pub use migrations::migrations;
pub use register::{
    cause::StatusCause,
    change_status::{ChangeStatus, change_status},
    domain::{
        HeldLicence, IssueLicence, Issued, LicenceStatus, LicenceView, ShownField, StatusChange, StatusStep,
    },
    edition::EditionField,
    find_by_number::{FindByNumber, find_by_number},
    holder_in::{LicenceNotice, licence_notice_in},
    issue::issue,
    query::{
        IssuedFilter, IssuedLicence, edition_form, editions, held, held_in, in_force, in_force_in,
        licence_view, licences_issued, licences_of_case, my_licences,
    },
    record_view::record_licence_view,
    reissue::{Reissue, reissue},
    reveal_number::{NumberCause, RevealHolderNumber, reveal_holder_number},
    source::LicenceSource,
};
pub use sealed::SEALED_COLUMNS;
pub use types::{
    domain::{FieldDef, LicenceType},
    import::{LICENCE_TYPES, import_licence_types, wire_imports},
    query::{known_licence_types, known_licence_types_in, licence_type, licence_types},
    register::register_licence_type,
};
pub use verify::{
    by_code::verify_code,
    by_file::verify_file,
    by_identifier::verify_identifier,
    by_upload::verify_upload,
    domain::{CHECK_WORDS, Check, PublicFace, Verdict, Verification},
};
