//! Tickets with their messages and attachments: what follows from what, and who sees what.

use super::{Bed, Desk, EIGHT, Engine, ONE, clear, refused, set};
use domain::attachment::{CHUNK, Content, MAX_SIZE, chunks};
use domain::error::Reason;
use domain::filter::Selection;
use domain::notification::{NEW_MESSAGE, NEW_TICKET, TAKEN_OVER};
use domain::operation::{
    ActiveTickets, AllocateNotifications, CreateAttachment, CreateRecord, CustomerRef, DeleteRecord, Deleted,
    ListMessages, ListRecords, Load, MarkTicketRead, NewRecord, PurgeAttachments, ReadContent, ReadCustomer,
    ReadRecord, TakeNotifications, UpdateRecord,
};
use domain::ticket::ReadStatus;
use domain::{Edit, Error, Field, Kind, Record, Time, Value};
use std::sync::Arc;

type Answer = Result<Arc<Record>, Error>;

fn create(desk: &Desk<'_>, kind: Kind, edits: Vec<Edit>) -> Answer {
    desk.run(CreateRecord { kind, submission: move |_: &Record| Ok(edits.clone()) })
}

fn update(desk: &Desk<'_>, kind: Kind, id: i64, edits: Vec<Edit>) -> Answer {
    let submission = move |_: &Record| Ok(edits.clone());
    desk.run(UpdateRecord { kind, id, deleted: Deleted::Shown, expected_version: None, submission })
}

fn read(desk: &Desk<'_>, kind: Kind, id: i64) -> Answer {
    desk.run(ReadRecord { kind, id, deleted: Deleted::Shown })
}

fn delete(desk: &Desk<'_>, kind: Kind, id: i64) -> Answer {
    desk.run(DeleteRecord { kind, id, expected_version: None })
}

fn attach(desk: &Desk<'_>, name: &str, bytes: &[u8]) -> Answer {
    let content = Content::new(bytes.to_vec()).unwrap();
    let content_type = Some("text/plain".to_owned());
    desk.run(CreateAttachment {
        name: name.to_owned(),
        content_type,
        access_key: Some("opens".to_owned()),
        unclaimed: false,
        content,
    })
}

/// A file that nothing refers to yet.
#[allow(dead_code, reason = "not every engine needs it")]
pub(crate) fn loose(desk: &Desk<'_>, bytes: &[u8]) {
    attach(desk, "a.bin", bytes).unwrap();
}

/// Every chunk, one after the other.
fn content(desk: &Desk<'_>, id: i64) -> Result<Vec<u8>, Error> {
    let mut all = Vec::new();
    for chunk in 0.. {
        let part = desk.run(ReadContent { id, chunk })?;
        all.extend_from_slice(&part.bytes);
        if chunk + 1 >= chunks(&part.attachment) {
            break;
        }
    }
    Ok(all)
}

fn ids(desk: &Desk<'_>, kind: Kind) -> Vec<i64> {
    let selection = Selection { limit: 100, ..Selection::default() };
    let page = desk.run(ListRecords { kind, selection, deleted: Deleted::Hidden }).unwrap();
    page.records.iter().map(|record| record.id).collect()
}

fn messages(desk: &Desk<'_>, ticket: i64) -> Result<Vec<i64>, Error> {
    let selection = Selection { limit: 100, ..Selection::default() };
    let page = desk.run(ListMessages { ticket, selection, deleted: Deleted::Hidden })?;
    Ok(page.records.iter().map(|record| record.id).collect())
}

fn numbers(ids: &[i64]) -> Value {
    Value::Numbers(ids.to_vec())
}

/// Two customers of a company, a user, categories and priorities, of which the second ones are internal, and two extra
/// fields of tickets alike.
fn filled<E: Engine>() -> Bed<E> {
    let bed = Bed::<E>::new();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        let mut records = Vec::new();
        let mut add = |kind, id, values: Vec<(Field, Value)>| records.push(NewRecord { kind, id, values });
        add(Kind::User, 2, vec![(Field::Username, format!("agent{}", tenant.number).into())]);
        for (kind, name) in [(Kind::Category, "category"), (Kind::Priority, "priority")] {
            add(kind, 1, vec![(Field::Name, name.into()), (Field::External, true.into())]);
            add(kind, 2, vec![(Field::Name, name.into())]);
        }
        for (number, external) in [(1, true), (2, false)] {
            let values = vec![
                (Field::Domain, "ticket".into()),
                (Field::Number, number.into()),
                (Field::Name, "extra".into()),
                (Field::Shape, "text".into()),
                (Field::External, external.into()),
            ];
            add(Kind::ExtraField, 20 + number, values);
        }
        add(Kind::Company, 1, vec![(Field::Name, "Nordlys".into()), (Field::PriorityId, 1.into())]);
        add(Kind::Company, 2, vec![(Field::Name, "Fjell".into())]);
        for id in [10, 11] {
            add(Kind::Customer, id, vec![(Field::Name, format!("Customer {id}").into()), (Field::Company, 1.into())]);
        }
        desk.run(Load { records }).unwrap();
    }
    bed
}

pub(crate) fn follow_their_messages<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let (desk, agent) = (bed.desk(tenant), bed.user(tenant, 2));
        let opened = vec![
            set(Field::CustomerId, 10),
            set(Field::FurtherCustomers, numbers(&[11, 10])),
            set(Field::Owner, 2),
            set(Field::External, true),
        ];
        let ticket = create(&desk, Kind::Ticket, opened).unwrap();
        assert_eq!((ticket.numbers(Field::FurtherCustomers), ticket.text(Field::Author)), (&[11][..], "root"));
        assert_eq!(ticket.number(Field::PriorityId), Some(1), "the company's");
        let status = |desk: &Desk<'_>| desk.run(ActiveTickets { of: None }).unwrap();
        assert_eq!(status(&agent), [(1, ReadStatus::Unread)]);
        let at = |field| read(&desk, Kind::Ticket, 1).unwrap().number(field);
        agent.run(MarkTicketRead { id: 1 }).unwrap();
        assert_eq!(status(&agent), [(1, ReadStatus::Read)]);
        // An internal message is no answer.
        bed.pass(10);
        let message =
            |external: bool| vec![set(Field::TicketId, 1), set(Field::Text, "x"), set(Field::External, external)];
        create(&desk, Kind::Message, message(false)).unwrap();
        assert_eq!(status(&agent), [(1, ReadStatus::New)]);
        assert_eq!((at(Field::LastMessageAt).is_some(), at(Field::RepliedAt)), (true, None));
        let version = read(&desk, Kind::Ticket, 1).unwrap().version;
        agent.run(MarkTicketRead { id: 1 }).unwrap();
        desk.run(MarkTicketRead { id: 1 }).unwrap();
        assert_eq!(read(&desk, Kind::Ticket, 1).unwrap().version, version + 1, "only its owner reads it");
        bed.pass(10);
        let answer = create(&agent, Kind::Message, message(true)).unwrap();
        assert_eq!((answer.number(Field::CreatedBy), answer.text(Field::Author)), (Some(2), "agent"));
        assert_eq!(at(Field::RepliedAt), answer.number(Field::SentAt));
        assert_eq!(status(&agent), [(1, ReadStatus::Read)], "who writes has read");
        // Ticket and message changed in one operation, and again when the message did not.
        let (of_ticket, of_message) = (&desk.history(Kind::Ticket, 1)[0], &desk.history(Kind::Message, answer.id)[0]);
        assert_eq!(of_ticket.operation_id, of_message.operation_id);
        let before = read(&desk, Kind::Ticket, 1).unwrap().version;
        update(&desk, Kind::Message, answer.id, vec![set(Field::Important, true)]).unwrap();
        assert_eq!(read(&desk, Kind::Ticket, 1).unwrap().version, before);
        assert_eq!(messages(&desk, 1).unwrap(), [1, 2]);
        delete(&desk, Kind::Message, 1).unwrap();
        assert_eq!(messages(&desk, 1).unwrap(), [2]);
    }
    bed.end();
}

pub(crate) fn close_and_open_again<E: Engine>() {
    let bed = filled::<E>();
    let desk = bed.desk(ONE);
    let first = vec![set(Field::FurtherCustomers, numbers(&[11, 10]))];
    assert_eq!(create(&desk, Kind::Ticket, first).unwrap().number(Field::CustomerId), Some(11));
    let status = |status: &str| update(&desk, Kind::Ticket, 1, vec![set(Field::TicketStatus, status)]).unwrap();
    assert!(status("closed").number(Field::ClosedAt).is_some());
    assert_eq!(status("postponed").number(Field::ClosedAt), None);
    let given = vec![set(Field::TicketStatus, "closed"), set(Field::ClosedAt, 5)];
    assert_eq!(update(&desk, Kind::Ticket, 1, given).unwrap().number(Field::ClosedAt), Some(5));
    assert_eq!(
        update(&desk, Kind::Ticket, 1, vec![clear(Field::CustomerId)]).unwrap().number(Field::CustomerId),
        Some(10)
    );
    let nobody = vec![clear(Field::CustomerId), clear(Field::FurtherCustomers)];
    assert_eq!(update(&desk, Kind::Ticket, 1, nobody).unwrap().number(Field::CustomerId), None);
    delete(&desk, Kind::Ticket, 1).unwrap();
    assert_eq!(delete(&desk, Kind::Ticket, 1).unwrap().version, delete(&desk, Kind::Ticket, 1).unwrap().version);
    assert_eq!(ids(&desk, Kind::Ticket), Vec::<i64>::new());
    let late = vec![set(Field::TicketId, 1), set(Field::Text, "late")];
    assert_eq!(refused(create(&desk, Kind::Message, late)).0, Reason::NotFound);
    status("open");
    assert_eq!(ids(&desk, Kind::Ticket), [1]);
    bed.end();
}

pub(crate) fn are_for_their_customers<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let (desk, john, jane) = (bed.desk(tenant), bed.customer(tenant, 10), bed.customer(tenant, 11));
        let ticket = |customer: i64, external: bool| {
            vec![set(Field::CustomerId, customer), set(Field::External, external), set(Field::Title, "t")]
        };
        create(&desk, Kind::Ticket, ticket(10, true)).unwrap();
        create(&desk, Kind::Ticket, ticket(10, false)).unwrap();
        create(&desk, Kind::Ticket, ticket(11, true)).unwrap();
        let both = ticket(10, true).into_iter().chain([set(Field::FurtherCustomers, numbers(&[11]))]).collect();
        create(&desk, Kind::Ticket, both).unwrap();
        update(&desk, Kind::Ticket, 1, vec![set(Field::Extra(1), "seen"), set(Field::Extra(2), "unseen")]).unwrap();
        assert_eq!((ids(&john, Kind::Ticket), ids(&jane, Kind::Ticket)), (vec![1, 4], vec![3, 4]));
        for id in [2, 3, 5] {
            assert_eq!(refused(read(&john, Kind::Ticket, id)).0, Reason::NotFound, "{id}");
            assert_eq!(refused(messages(&john, id)).0, Reason::NotFound, "{id}");
            let close = vec![set(Field::TicketStatus, "closed")];
            assert_eq!(refused(update(&john, Kind::Ticket, id, close)).0, Reason::NotFound, "{id}");
        }
        let shown = read(&john, Kind::Ticket, 1).unwrap();
        assert_eq!((shown.text(Field::Extra(1)), shown.text(Field::Extra(2))), ("seen", ""));
        // Messages: external ones only, and their own are theirs.
        let message = |ticket: i64, external: bool| {
            vec![set(Field::TicketId, ticket), set(Field::Text, "x"), set(Field::External, external)]
        };
        create(&desk, Kind::Message, message(1, false)).unwrap();
        let own = create(&john, Kind::Message, message(1, true)).unwrap();
        assert_eq!((own.text(Field::Author), own.number(Field::CustomerId)), ("Customer 10", Some(10)));
        assert_eq!((messages(&desk, 1).unwrap(), messages(&john, 1).unwrap()), (vec![1, 2], vec![2]));
        assert_eq!(refused(read(&john, Kind::Message, 1)).0, Reason::NotFound);
        assert_eq!(refused(read(&jane, Kind::Message, 2)).0, Reason::NotFound);
        assert_eq!(refused(create(&jane, Kind::Message, message(1, true))).0, Reason::NotFound);
        let edit = vec![set(Field::Text, "y")];
        assert_eq!(refused(update(&john, Kind::Message, 2, edit)).0, Reason::Forbidden);
        let row = read(&desk, Kind::Ticket, 1).unwrap();
        assert_eq!(
            (row.number(Field::RepliedAt), row.number(Field::ReadByCustomerAt)),
            (None, own.number(Field::SentAt))
        );
        // They close, and do nothing else.
        update(&john, Kind::Ticket, 1, vec![set(Field::TicketStatus, "closed")]).unwrap();
        for edit in [set(Field::TicketStatus, "open"), set(Field::Title, "x"), set(Field::Owner, 2)] {
            refused(update(&john, Kind::Ticket, 1, vec![edit]));
        }
        refused(delete(&john, Kind::Ticket, 1));
        assert_eq!(read(&desk, Kind::Ticket, 1).unwrap().text(Field::Extra(2)), "unseen", "what is concealed stays");
        // They open tickets of their own, with what they can see.
        let opened = create(&john, Kind::Ticket, vec![set(Field::Title, "mine"), set(Field::Extra(1), "a")]).unwrap();
        assert_eq!((opened.number(Field::CustomerId), opened.text(Field::Author)), (Some(10), "Customer 10"));
        for edit in [
            set(Field::CustomerId, 11),
            set(Field::CategoryId, 2),
            set(Field::PriorityId, 2),
            set(Field::Extra(2), "a"),
            set(Field::Owner, 2),
            set(Field::FurtherCustomers, numbers(&[11])),
        ] {
            refused(create(&john, Kind::Ticket, vec![edit]));
        }
        create(&john, Kind::Ticket, vec![set(Field::CategoryId, 1), set(Field::PriorityId, 1)]).unwrap();
    }
    bed.end();
}

pub(crate) fn customers_see_nothing_else<E: Engine>() {
    let bed = filled::<E>();
    let (desk, john) = (bed.desk(ONE), bed.customer(ONE, 10));
    assert_eq!((ids(&john, Kind::Category), ids(&john, Kind::Priority)), (vec![1], vec![1]));
    assert_eq!((ids(&john, Kind::Company), ids(&john, Kind::Customer)), (vec![1], vec![10]));
    assert_eq!(ids(&john, Kind::ExtraField), [21]);
    for (kind, id) in
        [(Kind::Category, 2), (Kind::Priority, 2), (Kind::Company, 2), (Kind::Customer, 11), (Kind::ExtraField, 22)]
    {
        assert_eq!(refused(read(&john, kind, id)).0, Reason::NotFound, "{}", kind.name());
        assert!(read(&desk, kind, id).is_ok());
    }
    for kind in Kind::ALL {
        if !matches!(kind, Kind::Ticket | Kind::Message | Kind::Attachment) {
            assert_eq!(
                refused(create(&john, kind, vec![set(Field::Name, "x")])).0,
                Reason::Forbidden,
                "{}",
                kind.name()
            );
        }
    }
    let who = CustomerRef::Id(11);
    assert_eq!(refused(john.run(ReadCustomer { who, deleted: Deleted::Shown })).0, Reason::NotFound);
    john.update(10, vec![set(Field::Phone, "1")]).unwrap();
    for edit in [set(Field::Username, "x"), set(Field::Status, "off"), set(Field::UniqueId, "x")] {
        assert_eq!(refused(john.update(10, vec![edit])).0, Reason::Forbidden);
    }
    assert_eq!(refused(john.update(11, vec![set(Field::Phone, "1")])).0, Reason::NotFound);
    assert_eq!(refused(john.page(10, None, 10)).0, Reason::Forbidden);
    bed.end();
}

pub(crate) fn keep_files_as_they_are<E: Engine>() {
    let mut bed = filled::<E>();
    let files: Vec<Vec<u8>> = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]
        .into_iter()
        .map(|length| (0..length).map(|at| (at * 31 % 251) as u8).collect())
        .collect();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        for (file, id) in files.iter().zip(1..) {
            let attachment = attach(&desk, "file", file).unwrap();
            assert_eq!((attachment.id, attachment.number(Field::Size)), (id, Some(file.len() as i64)));
        }
    }
    bed.reopen();
    for tenant in [ONE, EIGHT] {
        let desk = bed.desk(tenant);
        for (file, id) in files.iter().zip(1..) {
            assert!(content(&desk, id).unwrap() == *file, "{id}");
            assert!(desk.run(ReadContent { id, chunk: 1_000 }).unwrap().bytes.is_empty());
        }
        assert_eq!(refused(content(&desk, 99)).0, Reason::NotFound);
        // What is deleted is gone, and stays gone.
        delete(&desk, Kind::Attachment, 6).unwrap();
        assert_eq!(refused(content(&desk, 6)).0, Reason::NotFound);
        refused(update(&desk, Kind::Attachment, 6, vec![set(Field::Deleted, false)]));
        for edit in [set(Field::Size, 7), set(Field::Sha256, "x"), set(Field::MessageId, 1)] {
            refused(update(&desk, Kind::Attachment, 5, vec![edit]));
        }
        refused(create(&desk, Kind::Attachment, vec![set(Field::Name, "no bytes")]));
    }
    assert_eq!(Content::new(vec![0; MAX_SIZE + 1]).unwrap_err().reason, Reason::TooLong);
    bed.end();
}

pub(crate) fn link_each_file_once<E: Engine>() {
    let bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let (desk, john, jane) = (bed.desk(tenant), bed.customer(tenant, 10), bed.customer(tenant, 11));
        let opened = vec![set(Field::CustomerId, 10), set(Field::External, true)];
        create(&desk, Kind::Ticket, opened).unwrap();
        let with = |external: bool, files: &[i64]| {
            let files = set(Field::Attachments, numbers(files));
            vec![set(Field::TicketId, 1), set(Field::External, external), files]
        };
        for (desk, name) in [(&desk, "1"), (&john, "2"), (&jane, "3"), (&desk, "4")] {
            attach(desk, name, name.as_bytes()).unwrap();
        }
        // Another's file does not exist, nor is it read.
        for id in [1, 3] {
            assert_eq!(refused(create(&john, Kind::Message, with(true, &[id]))).1, Some(Field::Attachments), "{id}");
            assert_eq!(refused(content(&john, id)).0, Reason::NotFound, "{id}");
        }
        assert_eq!(content(&john, 2).unwrap(), b"2");
        create(&john, Kind::Message, with(true, &[2])).unwrap();
        create(&desk, Kind::Message, with(false, &[1])).unwrap();
        create(&desk, Kind::Message, with(true, &[4])).unwrap();
        let links: Vec<_> =
            (1..=4).map(|id| read(&desk, Kind::Attachment, id).unwrap().number(Field::MessageId)).collect();
        assert_eq!(links, [Some(2), Some(1), None, Some(3)]);
        assert!(read(&desk, Kind::Ticket, 1).unwrap().flag(Field::HasAttachment));
        // Those of external messages of their tickets, they read; the others not.
        assert_eq!((content(&john, 4).unwrap(), refused(content(&john, 1)).0), (b"4".to_vec(), Reason::NotFound));
        assert_eq!(refused(content(&jane, 4)).0, Reason::NotFound);
        assert_eq!(refused(create(&desk, Kind::Message, with(true, &[2]))).1, Some(Field::Attachments));
        assert_eq!(refused(delete(&desk, Kind::Attachment, 2)).0, Reason::Locked);
        let name = |id, files: &[i64]| update(&desk, Kind::Message, id, vec![set(Field::Attachments, numbers(files))]);
        assert_eq!(refused(name(3, &[4, 2])).1, Some(Field::Attachments));
        name(1, &[]).unwrap();
        assert_eq!(read(&desk, Kind::Attachment, 2).unwrap().number(Field::MessageId), None);
        name(3, &[4, 2]).unwrap();
        assert_eq!(read(&desk, Kind::Attachment, 2).unwrap().number(Field::MessageId), Some(3));
        delete(&jane, Kind::Attachment, 3).unwrap();
        assert_eq!(refused(delete(&john, Kind::Attachment, 2)).0, Reason::Locked);
        let many: Vec<i64> = (0..100).map(|_| attach(&desk, "many", b"m").unwrap().id).collect();
        create(&desk, Kind::Message, with(true, &many)).unwrap();
    }
    bed.end();
}

pub(crate) fn tell_their_owners_once<E: Engine>() {
    let mut bed = filled::<E>();
    for tenant in [ONE, EIGHT] {
        let (desk, agent) = (bed.desk(tenant), bed.user(tenant, 2));
        let digest = format!("digest {}", tenant.number);
        let allocate = |source: &str, digest: &str| {
            agent.run(AllocateNotifications { source: source.to_owned(), digest: digest.to_owned() })
        };
        let take = |digest: &str| {
            let told = agent.run(TakeNotifications { digest: digest.to_owned() })?;
            Ok(told.into_iter().map(|told| (told.about, told.ticket, told.author)).collect::<Vec<_>>())
        };
        let root = |about, ticket| (about, ticket, "root".to_owned());
        let opened = || create(&desk, Kind::Ticket, vec![set(Field::Owner, 2), set(Field::Title, "t")]).unwrap();
        opened();
        // Nothing was gathered before anybody asked.
        refused(desk.run(AllocateNotifications { source: "chat".to_owned(), digest: "x".to_owned() }));
        allocate("chat", &digest).unwrap();
        assert_eq!(take(&digest).unwrap(), []);
        let second = opened().id;
        let message = || vec![set(Field::TicketId, second), set(Field::Text, "x")];
        create(&desk, Kind::Message, message()).unwrap();
        create(&agent, Kind::Message, message()).unwrap();
        assert_eq!(take(&digest).unwrap(), [root(NEW_TICKET, 2), root(NEW_MESSAGE, 2)], "not what they did themselves");
        assert_eq!(take(&digest).unwrap(), []);
        update(&desk, Kind::Ticket, second, vec![clear(Field::Owner)]).unwrap();
        assert_eq!(take(&digest).unwrap(), [root(TAKEN_OVER, 2)]);
        // One program at a time, until its time is over; each use renews it.
        assert_eq!(refused(allocate("phone", "other")).0, Reason::Locked);
        bed.pass(290);
        assert_eq!(take(&digest).unwrap(), []);
        bed.pass(290);
        assert_eq!(refused(allocate("phone", "other")).0, Reason::Locked);
        allocate("chat", &digest).unwrap();
        bed.pass(301);
        assert_eq!(refused(take(&digest)).0, Reason::Locked);
        opened();
        let other = format!("other {}", tenant.number);
        allocate("phone", &other).unwrap();
        assert_eq!(take(&other).unwrap(), [root(NEW_TICKET, 3)]);
        assert_eq!(refused(take(&digest)).0, Reason::Locked);
        // The key is good in its own tenant only.
        let foreign = bed.user(if tenant == ONE { EIGHT } else { ONE }, 2);
        assert_eq!(refused(foreign.run(TakeNotifications { digest: other })).0, Reason::Locked);
        // A day after, nothing is gathered any more.
        bed.pass(90_000);
        opened();
        let counted = desk.run(ListRecords {
            kind: Kind::Notification,
            selection: Selection { limit: 9, ..Selection::default() },
            deleted: Deleted::Shown,
        });
        assert_eq!(counted.unwrap().records, []);
    }
    bed.reopen();
    bed.end();
}

pub(crate) fn loose_files_go_in_time<E: Engine>() {
    let bed = filled::<E>();
    let desk = bed.desk(ONE);
    for _ in 0..4 {
        attach(&desk, "file", b"bytes").unwrap();
    }
    create(&desk, Kind::Ticket, vec![]).unwrap();
    let linked = set(Field::Attachments, numbers(&[2]));
    create(&desk, Kind::Message, vec![set(Field::TicketId, 1), linked]).unwrap();
    delete(&desk, Kind::Attachment, 3).unwrap();
    bed.pass(100);
    attach(&desk, "new", b"bytes").unwrap();
    let before = Time(read(&desk, Kind::Attachment, 5).unwrap().created_at.0);
    assert_eq!(desk.run(PurgeAttachments { before, limit: 1 }).unwrap(), 1);
    assert_eq!(desk.run(PurgeAttachments { before, limit: 9 }).unwrap(), 1);
    assert_eq!(desk.run(PurgeAttachments { before, limit: 9 }).unwrap(), 0);
    assert_eq!(ids(&desk, Kind::Attachment), [2, 5]);
    for id in [2, 5] {
        assert_eq!(content(&desk, id).unwrap(), b"bytes");
    }
    bed.end();
}
