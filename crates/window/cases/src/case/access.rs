//! How a member of staff stands in the log that the applicant reads: office and post, no private name.

use tongban_access::{Post, Role};

/// 示范市市场监督管理局 · 审批人员
pub(crate) fn reader(post: &Post) -> String {
    let role = match post.role {
        Role::Clerk => "窗口人员",
        Role::Approver => "审批人员",
        Role::Supervisor => "监督人员",
        Role::Operator => "运维人员",
    };
    format!("{} · {role}", post.organisation_name)
}
