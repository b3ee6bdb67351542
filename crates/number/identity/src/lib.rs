//! Who you are: natural persons, legal persons, staff; how they sign in, and their sessions.
//!
//! - `accounts` registering, looking up, showing
//! - `corrections` names that are wrong: asked for by the person, answered at a window
//! - `sign_in` by password or one-time code, lock-out and the way back, changing the password
//! - `real_name` name and number held against the registers, through the exchange
//! - `face` a person recognised by a provider's face check
//! - `passkeys` keys that devices hold: bound, a way to sign in, a way to be recognised
//! - `window` what a clerk does for an account, document in hand
//! - `scan` signing in on a screen by a phone that is signed in
//! - `upstream` signing in by platforms of others, and the links that this goes by
//! - `sessions` opening, loading, choosing a post, signing out
//! - `jobs` the daily sweep of what has run out
//!
//! A password is hashed outside every act: the use cases that need one take the [`Store`](tongban_store::Store), read, hash,
//! and then write the outcome in one act. All others take a `Tx`.

mod accounts;
mod corrections;
mod error;
mod events;
mod face;
mod jobs;
mod migrations;
mod passkeys;
mod real_name;
mod scan;
mod sealed;
mod sessions;
mod sign_in;
mod upstream;
mod window;

pub use accounts::{
    Account, AccountKind, ChangeStaff, HISTORY_ACTIONS, HeldPost, HistoryLine, NewParty, NewStaff, Party,
    account, account_in, account_is_open, account_is_open_in, change_staff, close_account, close_staff,
    find_party, find_party_in, find_staff, find_staff_in, forget_staff_ways_in, list_staff, may_manage_staff,
    names_somebody, own_history, party, party_for, party_in, record_export, register_party, register_staff,
    same_name, staff_member, staff_post, staff_post_in, staff_posts, staff_posts_in, subject_blind,
    subject_blinds,
};
pub use corrections::{
    AnswerCorrection, AskCorrection, CorrectionView, answer_correction, ask_correction, correction,
    own_correction, waiting_corrections,
};
pub use error::{Error, Refusal};
pub use events::SessionsEnded;
pub use face::{
    BegunFaceCheck, FaceOutcome, FaceProvider, FaceStarted, FaceSubject, FaceTrouble, FinishedFaceCheck,
    begin_face_check, finish_face_check,
};
pub use jobs::{Sweep, wire};
pub use migrations::migrations;
pub use passkeys::{
    BindPasskey, Ceremony, PasskeySignIn, PasskeyView, Passkeys, PasskeysError, bind_passkey, own_passkeys,
    recognise_by_passkey, remove_passkey, sign_in_with_passkey, start_binding, start_passkey,
};
pub use real_name::{CheckRealName, Proof, RealNamePurpose, RealNameRules, check_real_name};
pub use scan::{
    ScanStanding, ScanView, StartedScan, answer_scan, claim_scan, scan_standing, see_scan, start_scan,
};
pub use sealed::SEALED_COLUMNS;
pub use sessions::{
    Browser, ChoosePost, OpenedSession, SecondFactor, Session, SessionView, Way, choose_post, device_words,
    live_session, live_session_held, live_session_in, load_session, open_session_by_staff_code,
    open_session_for, own_sessions, set_acting, set_proven, sign_out, sign_out_everywhere, signed_in_lately,
    take_post,
};
pub use sign_in::{
    ChangePassword, ChangePhone, CodeFor, CodeRequested, CodeSignIn, PasswordHash, PasswordSignIn,
    RegisterWithCode, RequestCode, change_password, change_phone, hash_password, register_with_code,
    request_code, request_phone_code, reset_password, sign_in_with_code, sign_in_with_password,
    unlock_account,
};
pub use upstream::{
    BeginUpstream, BegunUpstream, FinishUpstream, FinishedUpstream, LinkedUpstream, OpenByUpstream,
    OpenedByUpstream, UpstreamAnswer, UpstreamAsked, UpstreamFor, UpstreamOutcome, UpstreamPerson,
    UpstreamProvider, UpstreamTrouble, UpstreamView, WaitingUpstream, begin_upstream, cut_upstream,
    finish_upstream, forget_upstream, link_upstream, open_by_upstream, own_upstreams, waiting_upstream,
    waiting_upstream_phone,
};
pub use window::{
    RecogniseAtWindow, ServeAtWindow, ServedAtWindow, WindowCode, recognise_at_window, serve_at_window,
    show_window_code,
};
