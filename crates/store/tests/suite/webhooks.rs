//! Webhooks, how far each was told, and what it would not take.

use super::{Bed, EIGHT, Engine, ONE, refused, set};
use domain::error::Reason;
use domain::feed::{Cursor, event_name};
use domain::operation::{
    CreateRecord, CreateWebhook, DeadLetter, Deleted, Failure, ListDeliveries, ReadDeadLetter, ReadFeed, ReadRecord,
    RemoveDeadLetter, ReplayWebhook, RotateWebhookSecret, SettleDelivery, Then,
};
use domain::{Edit, Error, Field, Kind, Record};

type Submitted = fn(&Record) -> Result<Vec<Edit>, Error>;

const fn webhook() -> CreateWebhook<Submitted> {
    CreateWebhook(CreateRecord {
        kind: Kind::Webhook,
        submission: |_| Ok(vec![Edit::Set(Field::Url, Some("https://example.org/hook".into()))]),
    })
}

pub(crate) fn keeps_how_far_a_webhook_was_told<E: Engine>() {
    let mut bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        desk.create(vec![]).unwrap();
        let id = desk.run(webhook()).unwrap().id;
        let delivery = |desk: &super::Desk<'_>| {
            desk.run(ReadRecord { kind: Kind::Delivery, id, deleted: Deleted::Shown }).unwrap()
        };
        let start = delivery(&desk);
        let after = Cursor::parse(start.text(Field::Cursor)).unwrap();
        desk.update(1, vec![set(Field::City, "Oslo")]).unwrap();
        // It is told of what came after it, and not of itself alone.
        let ask = ReadFeed { after: Some(after.clone()), kinds: vec![Kind::Customer], dialects: vec![], limit: 9 };
        let feed = desk.run(ask).unwrap();
        assert_eq!(feed.changes.len(), 1);
        let settle = |expected_version, then: Option<Then>| {
            let failure = then.map(|then| Failure { problem: "503".to_owned(), then });
            SettleDelivery { id, expected_version, cursor: feed.next.clone(), failure }
        };
        let at = domain::Time(7);
        let failed = desk.run(settle(start.version, Some(Then::Retry { at }))).unwrap();
        assert_eq!((failed.number(Field::Attempts), failed.number(Field::RetryAt)), (Some(1), Some(7)));
        assert_eq!(refused(desk.run(settle(start.version, None))).0, Reason::Conflict, "somebody settled it meanwhile");
        let event = event_name(&feed.changes[0]);
        let given_up = desk.run(settle(failed.version, Some(Then::GiveUp { event }))).unwrap();
        assert_eq!(given_up.number(Field::Attempts), None);
        let DeadLetter { change, .. } = desk.run(ReadDeadLetter { webhook: id, id: 1 }).unwrap();
        assert_eq!(change, feed.changes[0]);
        assert_eq!(refused(desk.run(RemoveDeadLetter { webhook: id + 1, id: 1 })).0, Reason::NotFound);
        desk.run(RemoveDeadLetter { webhook: id, id: 1 }).unwrap();
        assert_eq!(refused(desk.run(RemoveDeadLetter { webhook: id, id: 1 })).0, Reason::NotFound);
        let replayed = desk.run(ReplayWebhook { id, after: Some(after.clone()) }).unwrap();
        assert_eq!(replayed.text(Field::Cursor), start.text(Field::Cursor));
        assert_eq!(desk.run(RotateWebhookSecret { id }).unwrap().number(Field::SecretNumber), Some(2));
        assert_eq!(desk.run(ListDeliveries).unwrap().len(), 1);
        desk.run(settle(replayed.version, Some(Then::SwitchOff))).unwrap();
        assert!(desk.run(ListDeliveries).unwrap().is_empty());
    }
    bed.reopen();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let kept = desk.run(ReadRecord { kind: Kind::Webhook, id: 1, deleted: Deleted::Shown }).unwrap();
        assert!(kept.flag(Field::Disabled) && kept.text(Field::Problem) == "503");
        assert_eq!(kept.number(Field::SecretNumber), Some(2));
        let delivery = desk.run(ReadRecord { kind: Kind::Delivery, id: 1, deleted: Deleted::Shown }).unwrap();
        assert_eq!(delivery.number(Field::Attempts), Some(1));
    }
    bed.end();
}
