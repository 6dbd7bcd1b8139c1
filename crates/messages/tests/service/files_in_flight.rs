//! Several parts of an upload are kept at the same time, and count in their order.

use std::sync::atomic::Ordering;

use model::limits::{UPLOAD_LARGE_AFTER, UPLOAD_LARGE_PART_BYTES, UPLOAD_PART_BYTES};

use crate::{
    files::{append, begin, form, head, uploads},
    peers::{AUTHOR, TEXT},
    world::{becomes, worlds},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_part_counts_once_all_before_it_do_and_none_after_one_that_failed() {
    const PARTS: usize = 5;
    let content: Vec<u8> = (0..PARTS * UPLOAD_PART_BYTES)
        .map(|at| u8::try_from(at / UPLOAD_PART_BYTES).unwrap())
        .collect();
    let place = |part: usize| i64::try_from(part * UPLOAD_PART_BYTES).unwrap();
    for world in worlds().await {
        let author = world.user(AUTHOR);
        let location = begin(author, &uploads(TEXT), content.len())
            .await
            .header("location")
            .to_owned();
        let file_id: i64 = location.rsplit('/').next().unwrap().parse().unwrap();
        let storage = &world.storage;
        let arrived = || async {
            let far = head(author, &location).await;
            far.header("upload-offset").parse::<i64>().unwrap()
        };
        let is_kept = |part: usize| {
            let parts = storage.parts.lock().unwrap();
            parts
                .keys()
                .any(|(file, start, _)| (*file, *start) == (file_id, place(part)))
        };
        *storage.refused.lock().unwrap() = Some(place(4));
        storage.holds.store(true, Ordering::SeqCst);
        let sending = append(author, &location, 0, content.clone());
        let watching = async {
            becomes("parts after the first are kept meanwhile", async || (1..4).all(is_kept)).await;
            assert!(!is_kept(0));
            assert_eq!(arrived().await, 0, "{}: there is a hole", world.kind);
            storage.go_on.notify_one();
        };
        let (sent, ()) = tokio::join!(sending, watching);
        sent.is_problem(503, "unavailable");
        assert_eq!(arrived().await, place(4), "{}", world.kind);

        *storage.refused.lock().unwrap() = None;
        let from = 4 * UPLOAD_PART_BYTES;
        let rest = append(author, &location, from, content[from..].to_vec()).await;
        assert_eq!(rest.status, 204, "{}: {}", world.kind, rest.body);
        let file = storage.files.lock().unwrap()[&file_id].clone();
        assert!(file == content, "{}", world.kind);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_of_many_parts_is_kept_while_the_next_ones_arrive() {
    const PARTS: usize = 6;
    let content: Vec<u8> = (0..=PARTS * UPLOAD_PART_BYTES)
        .map(|at| u8::try_from(at / UPLOAD_PART_BYTES).unwrap())
        .collect();
    for world in worlds().await {
        let author = world.user(AUTHOR);
        // Its size is not known before: each part makes the upload longer, which must not wait for rows of parts before that wait
        // for it.
        for _ in 0..5 {
            let answer = form(author, &uploads(TEXT), &[("file", "large.bin", &content)]).await;
            assert_eq!(answer.status, 201, "{}: {}", world.kind, answer.body);
            let id = answer.body["id"].as_str().unwrap();
            let file = world.storage.files.lock().unwrap()[&id.parse().unwrap()].clone();
            assert!(file == content, "{}", world.kind);
            let deleted = author.delete(&format!("{}/{id}", uploads(TEXT))).await;
            assert_eq!(deleted.status, 204, "{}", world.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_upload_comes_in_larger_parts_as_long_as_there_is_room() {
    let small = usize::try_from(UPLOAD_LARGE_AFTER).unwrap();
    let content = vec![7; small + UPLOAD_LARGE_PART_BYTES + 1];
    for world in worlds().await {
        let author = world.user(AUTHOR);
        let location = begin(author, &uploads(TEXT), content.len())
            .await
            .header("location")
            .to_owned();
        let file_id: i64 = location.rsplit('/').next().unwrap().parse().unwrap();
        let sent = append(author, &location, 0, content.clone()).await;
        assert_eq!(sent.status, 204, "{}: {}", world.kind, sent.body);
        let lengths: Vec<usize> = {
            let parts = world.storage.parts.lock().unwrap();
            let of_it = parts.iter().filter(|((file, ..), _)| *file == file_id);
            let mut places: Vec<(i64, usize)> = of_it.map(|((_, start, _), bytes)| (*start, bytes.len())).collect();
            places.sort_unstable();
            places.into_iter().map(|(_, length)| length).collect()
        };
        let (last, before) = lengths
            .split_last_chunk::<2>()
            .map(|(before, last)| (last, before))
            .unwrap();
        assert!(before.iter().all(|length| *length == UPLOAD_PART_BYTES), "{lengths:?}");
        assert_eq!(before.len() * UPLOAD_PART_BYTES, small);
        // What is left after it is too little for another.
        assert_eq!(last, &[UPLOAD_LARGE_PART_BYTES, 1], "{}", world.kind);
        let file = world.storage.files.lock().unwrap()[&file_id].clone();
        assert!(file == content, "{}", world.kind);
    }
}
