//! Who is erased at one node is forgotten by all, whether they run or not.

use super::*;
use std::path::Path;

fn holds(folder: &Path, word: &[u8]) -> bool {
    let bytes = std::fs::read(folder.join("inspector.db")).unwrap();
    bytes.windows(word.len()).any(|bytes| bytes == word)
}

#[test]
fn the_calls_of_whom_another_node_erased_are_forgotten() {
    let database = Cluster::shared().database();
    let url = database.url();
    let (here, there) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let first = launch(&here, &url).start();
    // Nodes share the key of webhooks, and each has calls of its own.
    std::fs::copy(here.path().join("samerow.key"), there.path().join("samerow.key")).unwrap();
    let mut second = launch(&there, &url).start();
    let read = |server: &Server, id: &str| {
        let reply = server.client().call("GET", &format!("/v1/customers/{id}"), &ADMIN, "").unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text());
    };
    let create = |name: &str| {
        let body = format!(r#"{{"name":"{name}"}}"#);
        let made = first.client().call("POST", "/v1/customers", &ADMIN, &body).unwrap();
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].to_string()
    };
    let erase = |id: &str| {
        let erased = first.client().call("POST", &format!("/v1/customers/{id}/erase"), &ADMIN, "").unwrap();
        assert_eq!(erased.status, 200, "{}", erased.text());
    };
    let both = || [&here, &there].map(|folder| holds(folder.path(), b"Zebedee"));
    let soon = |done: &dyn Fn() -> bool| wait_until(Duration::from_secs(60), done);
    let id = create("Zebedee Running");
    read(&first, &id);
    read(&second, &id);
    assert!(soon(&|| both() == [true, true]), "the test looks in the right place");
    erase(&id);
    assert!(!holds(here.path(), b"Zebedee"), "at once where it was erased");
    assert!(soon(&|| both() == [false, false]), "the other node forgets");
    // While the other does not run.
    let id = create("Zebedee Sleeping");
    read(&second, &id);
    assert!(second.stop().success());
    assert!(holds(there.path(), b"Zebedee Sleeping"));
    erase(&id);
    second = launch(&there, &url).start();
    assert!(!holds(there.path(), b"Zebedee"), "before it serves");
    read(&second, "191");
}
