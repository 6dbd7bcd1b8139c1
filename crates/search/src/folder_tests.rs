#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests fail by panicking")]

use super::*;

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn the_next_index_takes_the_place_of_the_one_before() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("search");
    assert!(matches!(ask_for_rebuild(&path).unwrap(), Asked::Nothing));
    assert!(!path.exists(), "nobody has begun one");
    let folder = Folder::open(&path).unwrap();
    let (first, second) = (folder.current(), folder.next());
    fs::create_dir(&first).unwrap();
    let Asked::Now(rebuilding) = ask_for_rebuild(&path).unwrap() else {
        panic!("it is in use");
    };
    assert!(folder.is_wanted().unwrap());
    assert_eq!(rebuilding.progress().unwrap(), Progress::Taken(0));
    fs::create_dir(&second).unwrap();
    folder.tell(7).unwrap();
    assert_eq!(rebuilding.progress().unwrap(), Progress::Taken(7));
    // Asked again, it goes on.
    assert!(matches!(ask_for_rebuild(&path).unwrap(), Asked::Now(_)));
    assert_eq!(rebuilding.progress().unwrap(), Progress::Taken(7));
    folder.tidy().unwrap();
    assert!(first.exists() && second.exists());
    folder.advance().unwrap();
    folder.is_done().unwrap();
    assert_eq!(folder.current(), second);
    assert_eq!(rebuilding.progress().unwrap(), Progress::Done);
    folder.tidy().unwrap();
    assert_eq!(names(&path), ["current", "index-2", "lock"]);
    drop(folder);
    assert_eq!(Folder::open(&path).unwrap().current(), second);
}

#[test]
fn what_ended_in_between_is_gone_on_with() {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    let (first, second) = (folder.current(), folder.next());
    fs::create_dir(&first).unwrap();
    let Asked::Now(rebuilding) = ask_for_rebuild(place.path()).unwrap() else {
        panic!("it is in use");
    };
    fs::create_dir(&second).unwrap();
    drop(folder);
    assert_eq!(rebuilding.progress().unwrap(), Progress::Ended);
    assert!(matches!(ask_for_rebuild(place.path()).unwrap(), Asked::AtStart));
    let folder = Folder::open(place.path()).unwrap();
    assert!(folder.is_wanted().unwrap());
    assert_eq!((folder.current(), folder.next()), (first.clone(), second.clone()));
    assert!(first.exists() && second.exists());
    // It is not wanted any more: what there is of it goes.
    drop(folder);
    fs::remove_file(place.path().join(WANTED)).unwrap();
    assert!(!Folder::open(place.path()).unwrap().is_wanted().unwrap());
    assert!(first.exists() && !second.exists());
}

#[test]
fn one_process_has_it_at_a_time() {
    let place = tempfile::tempdir().unwrap();
    let folder = Folder::open(place.path()).unwrap();
    let refused = Folder::open(place.path()).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::WouldBlock);
    drop(folder);
    Folder::open(place.path()).unwrap();
}

#[test]
fn nothing_is_taken_away_that_is_not_of_an_index() {
    let place = tempfile::tempdir().unwrap();
    // An index of the earlier form, in a folder with other things.
    for name in ["meta.json", "abc.term", "beep.db", "index-notes"] {
        fs::write(place.path().join(name), "").unwrap();
    }
    fs::write(
        place.path().join(".managed.json"),
        r#"["meta.json", "abc.term", "../beep.db", "/beep.db"]"#,
    )
    .unwrap();
    drop(Folder::open(place.path()).unwrap());
    assert_eq!(names(place.path()), ["beep.db", "current", "index-notes", "lock"]);
}
