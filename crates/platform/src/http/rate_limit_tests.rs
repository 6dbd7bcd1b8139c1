#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]
use super::*;

fn limit(requests: u32, window: Duration) -> RateLimit {
    RateLimit {
        requests: NonZeroU32::new(requests).unwrap(),
        window,
    }
}

#[test]
fn counted_down_and_refused_for_each_key_alone() {
    let limits = RateLimits {
        user: Some(limit(3, Duration::from_hours(1))),
        address: None,
    };
    let limiters = RateLimiters::new(&limits);
    let count = |user| limiters.count(Counted::User(UserId(user))).unwrap();
    let text = |verdict: Verdict| {
        let mut headers = HeaderMap::new();
        verdict.add_to(&mut headers);
        (
            headers["ratelimit"].to_str().unwrap().to_owned(),
            headers["ratelimit-policy"].to_str().unwrap().to_owned(),
        )
    };
    assert_eq!(
        text(count(1)),
        ("\"user\";r=2;t=1200".into(), "\"user\";q=3;w=3600".into())
    );
    assert!(count(1).wait.is_none() && count(1).wait.is_none());
    let refused = count(1);
    let wait = refused.wait.unwrap();
    assert!(
        wait > Duration::from_mins(15) && wait <= Duration::from_mins(20),
        "{wait:?}"
    );
    assert_eq!(text(refused).0, "\"user\";r=0;t=3600");
    assert!(count(2).wait.is_none());
    assert!(
        limiters.count(Counted::Address([127, 0, 0, 1].into())).is_none(),
        "no limit, no verdict"
    );
}

#[test]
fn idle_keys_are_forgotten() {
    let limiter = Limiter::new("user", limit(1_000_000, Duration::from_millis(1)));
    for user in 0..i64::from(SHRINK_EVERY) * 4 {
        limiter.count(&UserId(user));
    }
    assert!(
        limiter.states.len() <= SHRINK_EVERY as usize * 2,
        "{}",
        limiter.states.len()
    );
}
