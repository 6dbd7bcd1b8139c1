#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use super::*;

fn read(parameters: &[(&str, &str)]) -> Result<Asked, Problem> {
    let owned = parameters
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Asked::read(owned.collect(), true)
}

#[test]
fn all_that_is_asked_for_must_hold() {
    let asked = read(&[
        ("query", "red"),
        ("author", "7"),
        ("author", "8"),
        ("channel", "2"),
        ("has", "link"),
        ("has", "image"),
        ("mentions", "9"),
        ("pinned", "true"),
        ("before", "2026-11-25"),
        ("after", "55"),
        ("sort", "oldest"),
        ("limit", "50"),
        ("cursor", "12"),
    ]);
    let asked = asked.unwrap();
    let wanted = asked.wanted;
    assert_eq!(wanted.terms.len(), 1);
    assert_eq!(
        (wanted.authors, wanted.channels),
        (vec![UserId(7), UserId(8)], vec![ChannelId(2)])
    );
    assert_eq!(
        (wanted.has, wanted.mentions),
        (vec![Has::Link, Has::Image], Some(UserId(9)))
    );
    let day = "2026-11-25T00:00:00Z".parse().unwrap();
    assert_eq!((wanted.pinned, wanted.sort), (Some(true), Sort::Oldest));
    assert_eq!(wanted.before, Some(Border::Time(day)));
    assert_eq!(wanted.after, Some(Border::Message(MessageId(55))));
    assert_eq!((asked.limit, asked.after), (50, Some(Rank { score: 0, order: -12 })));
    assert_eq!(read(&[("pinned", "false")]).unwrap().limit, 25);
}

#[test]
fn a_day_is_on_neither_side_of_itself() {
    let time = |text: &str| (MessageId(1), text.parse::<Timestamp>().unwrap());
    let (before, after) = (
        border("2026-11-25", false).unwrap(),
        border("2026-11-25", true).unwrap(),
    );
    for (moment, is_before, is_after) in [
        ("2026-11-24T23:59:59.999Z", true, false),
        ("2026-11-25T00:00:00Z", false, false),
        ("2026-11-25T23:59:59.999Z", false, false),
        ("2026-11-26T00:00:00Z", false, true),
    ] {
        assert_eq!(before.is_after(time(moment)), is_before, "{moment}");
        assert_eq!(after.is_before(time(moment)), is_after, "{moment}");
    }
    let moment = border("2026-11-25T10:00:00+02:00", true).unwrap();
    assert!(!moment.is_before(time("2026-11-25T08:00:00Z")) && moment.is_before(time("2026-11-25T08:00:00.001Z")));
    assert_eq!(border("2026-13-01", false), None);
    assert_eq!(border("yesterday", false), None);
}

#[test]
fn each_wrong_parameter_is_told() {
    let eleven: Vec<(&str, &str)> = std::iter::repeat_n(("author", "7"), 11).collect();
    let (long, many) = ("x".repeat(201), "a ".repeat(17));
    for (parameters, field, code) in [
        (&[][..], "query", "required"),
        (&[("query", " !! ")], "query", "required"),
        (&[("sort", "oldest"), ("limit", "5")], "query", "required"),
        (&[("query", &long)], "query", "too_long"),
        (&[("query", &many)], "query", "too_many"),
        (&[("author", "x")], "author", "invalid_format"),
        (&eleven, "author", "too_many"),
        (&[("channel", "0")], "channel", "invalid_format"),
        (&[("has", "cheese")], "has", "invalid_format"),
        (&[("mentions", "ada")], "mentions", "invalid_format"),
        (&[("pinned", "yes")], "pinned", "invalid_format"),
        (&[("before", "soon")], "before", "invalid_format"),
        (&[("after", "2026-02-30")], "after", "invalid_format"),
        (&[("query", "x"), ("sort", "best")], "sort", "invalid_format"),
        (&[("query", "x"), ("limit", "0")], "limit", "out_of_range"),
        (&[("query", "x"), ("limit", "51")], "limit", "out_of_range"),
        (&[("query", "x"), ("cursor", "y")], "cursor", "invalid_format"),
    ] {
        let problem = read(parameters).unwrap_err();
        let told = problem.errors().iter().map(|error| (&*error.field, &*error.code));
        assert_eq!(told.collect::<Vec<_>>(), [(field, code)], "{parameters:?}");
    }
    for twice in [[("query", "x"), ("query", "y")], [("query", "x"), ("limit", "x")]] {
        assert_eq!(read(&twice).unwrap_err().code(), "malformed_query", "{twice:?}");
    }
}
