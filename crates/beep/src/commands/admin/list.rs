//! `beep admin list`

use std::io::{self, Write};

use anyhow::Context;
use clap::Args;
use model::{Timestamp, UserId};
use serde_json::json;
use users::{Account, Administration};

use crate::commands::serve;

/// Accounts that are read at once.
const PAGE: usize = 500;

#[derive(Debug, Args)]
pub(super) struct Listing {
    /// One JSON object per line, for programs
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    pub(super) place: serve::Arguments,
}

pub(super) async fn run(listing: &Listing, administration: &Administration) -> anyhow::Result<()> {
    let mut output = io::stdout().lock();
    let mut write = |line: String| writeln!(output, "{line}").context("standard output is closed");
    if !listing.json {
        write(line([
            "ID",
            "STATE",
            "ROLE",
            "CODES",
            "SINCE",
            "LAST SEEN",
            "USERNAME",
            "E-MAIL",
        ]))?;
    }
    let mut after = UserId(0);
    loop {
        let page = administration.list(after, PAGE).await?;
        for account in &page {
            write(if listing.json { object(account) } else { row(account) })?;
        }
        match page.last() {
            Some(last) if page.len() == PAGE => after = last.id,
            _ => return Ok(()),
        }
    }
}

/// What may be long stands last, so that the rest stands below each other.
fn line([id, state, role, codes, since, seen, username, email]: [&str; 8]) -> String {
    format!("{id:<20} {state:<8} {role:<13} {codes:<5} {since:<10} {seen:<10} {username:<32} {email}")
}

fn day(moment: Option<Timestamp>) -> String {
    moment.map_or_else(
        || "-".to_owned(),
        |moment| moment.to_string().chars().take(10).collect(),
    )
}

fn row(account: &Account) -> String {
    line([
        &account.id.to_string(),
        if account.disabled_at.is_some() {
            "disabled"
        } else {
            "active"
        },
        if account.administrator_since.is_some() {
            "administrator"
        } else {
            "user"
        },
        if account.second_factor_since.is_some() {
            "yes"
        } else {
            "no"
        },
        &day(Some(account.created_at)),
        &day(account.last_used_at),
        &account.username,
        &account.email,
    ])
}

fn object(account: &Account) -> String {
    json!({
        "id": account.id, "username": account.username, "email": account.email, "created_at": account.created_at,
        "disabled_at": account.disabled_at, "administrator_since": account.administrator_since,
        "second_factor_since": account.second_factor_since, "last_used_at": account.last_used_at,
    })
    .to_string()
}
