//! Every limit at its edge: the longest that is accepted, and one more.

use model::limits;
use serde_json::{Value, json};

use crate::world::{account_with, worlds};

#[tokio::test(flavor = "multi_thread")]
async fn of_accounts() {
    for world in worlds().await {
        let mut number = 0;
        let mut sign_up = async |field: &str, value: String| {
            number += 1;
            let account = account_with(&format!("user-{number}"), json!({field: value}));
            world.nobody().post("/auth/register", account).await
        };
        let local = |length: usize| {
            // As long labels as a domain may have.
            let rest = length - "@.org".len() - 64;
            let domain: Vec<u8> = (0..rest)
                .map(|index| if index % 60 == 59 { b'.' } else { b'x' })
                .collect();
            format!("{}@{}.org", "l".repeat(64), String::from_utf8(domain).unwrap())
        };
        for (field, longest, too_long, code) in [
            (
                "first_name",
                "é".repeat(limits::PERSON_NAME_MAX),
                "é".repeat(limits::PERSON_NAME_MAX + 1),
                "too_long",
            ),
            (
                "last_name",
                "é".repeat(limits::PERSON_NAME_MAX),
                "é".repeat(limits::PERSON_NAME_MAX + 1),
                "too_long",
            ),
            (
                "username",
                "u".repeat(limits::USERNAME_MAX),
                "u".repeat(limits::USERNAME_MAX + 1),
                "too_long",
            ),
            (
                "username",
                "u".repeat(limits::USERNAME_MIN),
                "u".repeat(limits::USERNAME_MIN - 1),
                "too_short",
            ),
            (
                "email",
                local(limits::EMAIL_MAX),
                local(limits::EMAIL_MAX + 1),
                "too_long",
            ),
        ] {
            sign_up(field, too_long).await.is_invalid(field, code);
            sign_up(field, longest).await.expect(201);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_profiles() {
    for world in worlds().await {
        let ada = world.sign_up("ada").await;
        let change =
            async |field: &str, value: Value| world.acting(&ada).patch("/users/@me", json!({field: value})).await;
        for (field, longest) in [
            ("first_name", limits::PERSON_NAME_MAX),
            ("last_name", limits::PERSON_NAME_MAX),
            ("biography", limits::BIOGRAPHY_MAX),
            ("status_text", limits::STATUS_TEXT_MAX),
        ] {
            let (accepted, refused) = ("é".repeat(longest), "é".repeat(longest + 1));
            assert_eq!(
                change(field, json!(accepted)).await.expect(200)[field],
                accepted,
                "{}",
                world.kind
            );
            change(field, json!(refused)).await.is_invalid(field, "too_long");
            change(field, json!("a\u{0}b"))
                .await
                .is_invalid(field, "invalid_character");
        }
    }
}
