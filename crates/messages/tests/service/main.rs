//! The service behind its routes, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
#![allow(clippy::needless_pass_by_value, reason = "tables of cases")]

mod authorisation;
mod changes;
mod conformance;
mod conformance_changes;
mod conversation;
mod departures;
mod drafts;
mod exports;
mod exports_background;
mod files;
mod files_authorisation;
mod files_in_flight;
mod files_refusals;
mod lists;
mod moderation;
mod pages;
mod peers;
mod preview_pictures;
mod previews;
mod reading;
mod refusals;
mod sending;
mod storage;
mod world;
