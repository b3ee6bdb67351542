//! Imports a list of staff: who comes, who moves, who leaves.
//!
//! Columns: `login` (also `账号`, `登录名`), `name` (also `姓名`), `role` (also `角色`: `clerk`/`窗口`, `approver`/`审批`, `supervisor`/`监督`,
//! `operator`/`运维`), `region_code` (also `区划代码`; without one the region of whoever imports), `organisation_code` (also `部门编码`), `more_posts`
//! (also `其他岗位`: `role region organisation; …`), `state` (also `状态`: `active`/`在岗`, `left`/`离岗`). One row is one member of staff with all
//! their posts.

use std::{collections::HashSet, sync::Arc};

use tongban_access::{Actor, Post, Role};
use tongban_codes::RegionCode;
use tongban_directory::{
    import::{
        Cells, Finding, ImportOptions, ImportReport, Judgement, ListKind, RowFate, Source, SourceRow, Stage,
        outside, stage_rows,
    },
    organisation_by_code,
};
use tongban_identity::{
    Account, ChangeStaff, Error as IdentityError, NewStaff, account, change_staff, find_staff, find_staff_in,
    register_staff, staff_posts_in,
};
use tongban_store::{Store, Tx};

use super::close_staff;
use crate::{Error, stands_in};

/// The list as an upload is looked over for it.
pub const STAFF: ListKind = ListKind {
    kind: "staff",
    needs: &[&[LOGIN], &[NAME, STATE]],
};

const LOGIN: &[&str] = &["login", "账号", "登录名"];
const NAME: &[&str] = &["name", "姓名"];
const ROLE: &[&str] = &["role", "角色", "岗位"];
const REGION: &[&str] = &["region_code", "区划代码", "行政区划代码"];
const ORGANISATION: &[&str] = &["organisation_code", "部门编码", "单位编码", "统一社会信用代码"];
const MORE: &[&str] = &["more_posts", "其他岗位"];
const STATE: &[&str] = &["state", "状态"];

/// Imports a list of staff. A new login name opens an account without a password, which a code of an operator lets in; a known one gets this
/// name and these posts; one that has left is closed. Who is not in the list stays as they are.
///
/// Reasons for refusal: `staff.login_missing`, `staff.login_format`, `staff.name_missing`, `staff.role_unknown`, `staff.region_missing`,
/// `staff.organisation_unknown`, `staff.post_format`, `staff.post_twice`, `staff.state_unknown`, `staff.own_row`, `staff.not_managed`,
/// `import.outside_region`, `import.key_twice`, the form of region codes. Warnings: `staff.left_unknown`, `staff.posts_lost`.
pub async fn import_staff(
    store: &Store,
    actor: &Actor,
    source: &Source,
    options: &ImportOptions<'_>,
) -> Result<ImportReport, Error> {
    let by = Arc::new(actor.clone());
    stage_rows(
        store,
        actor,
        STAFF.kind,
        source,
        options,
        HashSet::new(),
        move |stage, rows, seen| {
            let by = Arc::clone(&by);
            async move { judge_stage(&stage, &by, &rows, seen).await }
        },
    )
    .await
}

async fn judge_stage(
    stage: &Stage,
    by: &Actor,
    rows: &[SourceRow],
    mut seen: HashSet<String>,
) -> Result<(Vec<RowFate>, HashSet<String>), Error> {
    // the list may have waited: whoever planned it has to stand on their post still
    if let Stage::Write(tx) = stage
        && !still_stands(tx, by).await?
    {
        return Err(Error::NotFound);
    }
    let mut fates = Vec::with_capacity(rows.len());
    for row in rows {
        let login = row.key(LOGIN).trim().to_ascii_lowercase();
        let fate = match judge(stage, by, row, &login, &mut seen).await? {
            Ok((judgement, changed)) => judgement.fate(row.line, login, changed),
            Err(reason) => RowFate::refused(row.line, login, vec![reason]),
        };
        fates.push(fate);
    }
    Ok((fates, seen))
}

async fn still_stands(tx: &Tx, by: &Actor) -> Result<bool, Error> {
    let (Some(account), Some(post)) = (by.account(), by.post()) else {
        return Ok(true);
    };
    if by.deputy_for().is_some() {
        return Ok(stands_in(tx, by).await?);
    }
    let held = staff_posts_in(tx, account).await?;
    Ok(held.iter().any(|held| held.post == *post))
}

/// One row: what it says, and whether it changes anything; or why it is refused.
async fn judge(
    stage: &Stage,
    by: &Actor,
    row: &SourceRow,
    login: &str,
    seen: &mut HashSet<String>,
) -> Result<Result<(Judgement, bool), Finding>, Error> {
    let cells = match &row.cells {
        Ok(cells) => cells,
        Err(reason) => return Ok(Err(reason.clone())),
    };
    if login.is_empty() {
        return Ok(Err(Finding::missing("staff.login_missing", "login")));
    }
    if !seen.insert(login.to_owned()) {
        let twice = Finding::new(
            "import.key_twice",
            "login",
            "an earlier row has the same login name",
        );
        return Ok(Err(twice.with("key", login)));
    }
    let known = match known(stage, login).await {
        Ok(known) => known,
        Err(Error::Identity(IdentityError::Refused(_))) => {
            let finding = Finding::new("staff.login_format", "login", "this is no login name");
            return Ok(Err(finding));
        }
        Err(other) => return Err(other),
    };
    if known.as_ref().is_some_and(|known| Some(known.id) == by.account()) {
        let finding = Finding::new(
            "staff.own_row",
            "login",
            "nobody changes or closes their own account",
        );
        return Ok(Err(finding));
    }
    let has_left = match state(cells) {
        Ok(has_left) => has_left,
        Err(reason) => return Ok(Err(reason)),
    };
    let mut judgement = Judgement::default();
    if has_left {
        let Some(known) = known else {
            judgement.warn(Finding::new(
                "staff.left_unknown",
                "login",
                "nobody signs in by this name; there is nothing to close",
            ));
            return Ok(Ok((judgement, false)));
        };
        if let Some(reason) = out_of_reach(by, &known.posts) {
            return Ok(Err(reason));
        }
        if let Some(tx) = stage.tx() {
            close_staff(tx, by, known.id).await?;
        }
        return Ok(Ok((judgement, true)));
    }
    let (name, posts) = match read(stage, by, cells).await? {
        Ok(read) => read,
        Err(reason) => return Ok(Err(reason)),
    };
    let Some(known) = known else {
        if let Some(tx) = stage.tx() {
            let new = NewStaff {
                login: login.to_owned(),
                name,
                password: None,
                posts,
            };
            register_staff(tx, by, new).await?;
        }
        return Ok(Ok((judgement, true)));
    };
    if let Some(reason) = out_of_reach(by, &known.posts) {
        return Ok(Err(reason));
    }
    // whoever makes a list of one post a person may not know of the second one
    let lost: Vec<String> = known
        .posts
        .iter()
        .filter(|held| {
            !posts
                .iter()
                .any(|post| post.organisation == held.organisation && post.role == held.role)
        })
        .map(|held| format!("{} {}", held.organisation_name, held.role.as_str()))
        .collect();
    if !lost.is_empty() {
        judgement.warn(
            Finding::new(
                "staff.posts_lost",
                "role",
                "posts that are held now are not in the list and go",
            )
            .with("posts", lost.join("; ")),
        );
    }
    let changed = known.name != name || known.posts != posts;
    if let Some(tx) = stage.tx().filter(|_| changed) {
        let input = ChangeStaff {
            account: known.id,
            name,
            posts,
        };
        change_staff(tx, by, input).await?;
    }
    Ok(Ok((judgement, changed)))
}

async fn known(stage: &Stage, login: &str) -> Result<Option<Account>, Error> {
    Ok(match stage {
        Stage::Write(tx) => find_staff_in(tx, login).await?,
        Stage::Dry(store) => match find_staff(store, login).await? {
            Some(id) => account(store, id).await?,
            None => None,
        },
    })
}

/// Somebody who works beyond the operator's region too is another operator's to move.
fn out_of_reach(by: &Actor, posts: &[Post]) -> Option<Finding> {
    posts
        .iter()
        .any(|post| outside(by, &post.region, "login").is_some())
        .then(|| {
            Finding::new(
                "staff.not_managed",
                "login",
                "this member of staff has a post outside the operator's region",
            )
        })
}

fn state(cells: &Cells) -> Result<bool, Finding> {
    match cells.text(STATE).as_deref() {
        None | Some("active" | "在岗" | "在职") => Ok(false),
        Some("left" | "离岗" | "离职") => Ok(true),
        Some(other) => Err(
            Finding::new("staff.state_unknown", "state", "this is neither active nor left")
                .with("given", other),
        ),
    }
}

fn role(word: &str) -> Result<Role, Finding> {
    let known = match word {
        "窗口" | "窗口人员" => Some(Role::Clerk),
        "审批" | "审批人员" => Some(Role::Approver),
        "监督" | "监督人员" => Some(Role::Supervisor),
        "运维" | "管理员" => Some(Role::Operator),
        other => Role::from_word(other),
    };
    known.ok_or_else(|| {
        Finding::new("staff.role_unknown", "role", "there is no such role").with("given", word)
    })
}

/// Name and posts of a row; or why it is refused.
async fn read(
    stage: &Stage,
    by: &Actor,
    cells: &Cells,
) -> Result<Result<(String, Vec<Post>), Finding>, Error> {
    let wanted = match wanted(by, cells) {
        Ok(wanted) => wanted,
        Err(reason) => return Ok(Err(reason)),
    };
    let store = match stage {
        Stage::Write(tx) => tx.store(),
        Stage::Dry(store) => store,
    };
    let mut posts: Vec<Post> = Vec::new();
    for (role, region, code) in wanted.posts {
        if let Some(reason) = outside(by, &region, "region_code") {
            return Ok(Err(reason));
        }
        let Some(found) = organisation_by_code(store, &region, &code).await? else {
            let finding = Finding::new(
                "staff.organisation_unknown",
                "organisation_code",
                "the region has no organisation of this code",
            );
            return Ok(Err(finding.with("given", code).with("region", region.as_str())));
        };
        let twice = posts
            .iter()
            .any(|post| post.organisation == found.id && post.role == role);
        if twice {
            let finding = Finding::new(
                "staff.post_twice",
                "more_posts",
                "the same post stands there twice",
            );
            return Ok(Err(finding));
        }
        posts.push(Post {
            organisation: found.id,
            organisation_name: found.name,
            region,
            role,
        });
    }
    Ok(Ok((wanted.name, posts)))
}

struct Wanted {
    name: String,
    posts: Vec<(Role, RegionCode, String)>,
}

/// Most characters of a name, as the room of identity has it.
const LONGEST_NAME: usize = 100;

fn wanted(by: &Actor, cells: &Cells) -> Result<Wanted, Finding> {
    let name = cells
        .text(NAME)
        .filter(|name| name.chars().count() <= LONGEST_NAME && !name.chars().any(char::is_control))
        .ok_or_else(|| Finding::missing("staff.name_missing", "name"))?;
    let first = cells
        .text(ROLE)
        .ok_or_else(|| Finding::missing("staff.role_unknown", "role").with("given", ""))?;
    let region = match cells.text(REGION) {
        Some(code) => {
            RegionCode::parse_lenient(&code).map_err(|error| Finding::of_code("region_code", &error))?
        }
        // a list that names no region speaks of the region of the post
        None => by
            .post()
            .map(|post| post.region.clone())
            .ok_or_else(|| Finding::missing("staff.region_missing", "region_code"))?,
    };
    let code = cells.text(ORGANISATION).ok_or_else(|| {
        Finding::missing("staff.organisation_unknown", "organisation_code").with("given", "")
    })?;
    let mut posts = vec![(role(&first)?, region, code)];
    for more in cells.text(MORE).unwrap_or_default().split([';', '；']) {
        let words: Vec<&str> = more.split_whitespace().collect();
        match words[..] {
            [] => {}
            [word, region, code] => {
                let region = RegionCode::parse_lenient(region)
                    .map_err(|error| Finding::of_code("more_posts", &error))?;
                posts.push((role(word)?, region, code.to_owned()));
            }
            _ => {
                return Err(Finding::new(
                    "staff.post_format",
                    "more_posts",
                    "a further post is role, region and organisation, with spaces between",
                )
                .with("given", more.trim()));
            }
        }
    }
    Ok(Wanted { name, posts })
}
