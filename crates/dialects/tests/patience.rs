//! How long wrong sign-ins must wait, and how soon a change of a credential counts.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use domain::operation::{Load, NewRecord};
use domain::{Field, Kind};
use http::Method;
use std::net::IpAddr;
use std::sync::atomic::Ordering;
use support::{Template, World, request};

const SECOND: i64 = 1_000_000;

/// The status of a Trackfinity call from an address.
fn call(world: &World, name: &str, key: &str, from: [u8; 4]) -> u16 {
    let headers = [("api-username", name), ("api-key", key)];
    let mut request = request(&Method::GET, "/api/service/ping", &headers, "");
    request.address = IpAddr::from(from);
    world.send(&request).unwrap().1.response.status().as_u16()
}

const KEY: &str = "44b5498dbcb481a0d00b404c0169af62";
const HERE: [u8; 4] = [10, 0, 0, 1];
const THERE: [u8; 4] = [10, 0, 0, 2];

#[test]
fn wrong_keys_on_a_name_make_it_wait_longer_and_longer() {
    let world = Template::new().world();
    for _ in 0..10 {
        assert_eq!(call(&world, "tf_admin", "wrong", HERE), 401);
    }
    // One more would be the eleventh: the right key must wait too, from anywhere it was never seen.
    assert_eq!(call(&world, "tf_admin", KEY, THERE), 429);
    assert_eq!(call(&world, "tf_viewer", "wrong", THERE), 401, "another name need not wait");
    world.clock.fetch_add(2 * SECOND, Ordering::Relaxed);
    assert_eq!(call(&world, "tf_admin", "wrong", HERE), 401);
    world.clock.fetch_add(SECOND, Ordering::Relaxed);
    assert_eq!(call(&world, "tf_admin", "wrong", HERE), 429, "now it is two seconds");
    world.clock.fetch_add(2 * SECOND, Ordering::Relaxed);
    assert_eq!(call(&world, "tf_admin", KEY, THERE), 200, "and the right one ends it");
    assert_eq!(call(&world, "tf_admin", "wrong", HERE), 401);
}

#[test]
fn strangers_lock_nobody_out_where_they_are_known() {
    let world = Template::new().world();
    assert_eq!(call(&world, "tf_admin", KEY, HERE), 200);
    for _ in 0..30 {
        call(&world, "tf_admin", "wrong", THERE);
    }
    // What was remembered is forgotten by now, and the name must wait, but not here.
    world.clock.fetch_add(61 * SECOND, Ordering::Relaxed);
    for _ in 0..10 {
        call(&world, "tf_admin", "wrong", THERE);
    }
    assert_eq!(call(&world, "tf_admin", KEY, THERE), 429);
    assert_eq!(call(&world, "tf_admin", KEY, HERE), 200);
}

#[test]
fn an_address_that_guesses_names_must_wait() {
    let world = Template::new().world();
    for guess in 0..50 {
        assert_eq!(call(&world, &format!("name{guess}"), "wrong", HERE), 401);
    }
    assert_eq!(call(&world, "tf_admin", KEY, HERE), 429);
    assert_eq!(call(&world, "tf_admin", KEY, THERE), 200);
}

#[test]
fn what_is_remembered_is_forgotten_when_a_credential_changes() {
    let world = Template::new().world();
    assert_eq!(call(&world, "tf_admin", KEY, HERE), 200);
    let epoch = world.state.app.credentials_epoch();
    let values = vec![(Field::Username, "new".into()), (Field::Digest, "d".into()), (Field::Role, "viewer".into())];
    world.run(Load { records: vec![NewRecord { kind: Kind::Key, id: 900, values }] }).unwrap();
    assert!(world.state.app.credentials_epoch() > epoch);
    assert_eq!(call(&world, "tf_admin", KEY, HERE), 200, "looked up anew, and still right");
}

#[test]
fn a_clock_that_is_moved_back_keeps_nobody_out() {
    let world = Template::new().world();
    for _ in 0..30 {
        call(&world, "tf_admin", "wrong", HERE);
        world.clock.fetch_add(900 * SECOND, Ordering::Relaxed);
    }
    assert_eq!(call(&world, "tf_admin", "wrong", HERE), 401);
    assert_eq!(call(&world, "tf_admin", KEY, THERE), 429);
    world.clock.fetch_sub(86_400 * SECOND, Ordering::Relaxed);
    assert_eq!(call(&world, "tf_admin", KEY, THERE), 200);
}
