//! The authorization matrix of the SuperOffice ports: every method as an administrator, an agent, somebody who only
//! reads, a customer, nobody, and an administrator of another company. What must come of it follows from what a method
//! needs; every cell is really run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a broken test bed is a failed test")]

mod support;

use domain::operation::{Load, NewRecord};
use domain::{Field, Kind};
use http::Method;
use support::soap::{EGON, JOHN, PORTS, between, envelope, login, methods, other_company};
use support::{Template, World, request};

/// What a method needs of its caller.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Needs {
    /// Nothing: it asks for no key, or works without one.
    Nothing,
    Read,
    Write,
    Manage,
}

use Needs::{Manage, Nothing, Read, Write};

/// Port, method, what it needs, the code for those who have it, and arguments. `#` stands for the name of the cell, so
/// that what must be unique is.
const METHODS: &[(&str, &str, Needs, &str, &str)] = &[
    ("ticket", "login", Nothing, "2", "<userName>egon</userName><password>guess</password>"),
    ("ticket", "loginAsUser", Nothing, "2", "<userId>3</userId><username>egon</username><password>guess</password>"),
    (
        "ticket",
        "setCustomer",
        Write,
        "0",
        "<customerId>10</customerId><customerValues><i><field>phone</field><value>#</value></i></customerValues>",
    ),
    (
        "ticket",
        "getCustomer",
        Read,
        "0",
        "<customerId>10</customerId><customerFields><i>customer.name</i></customerFields>",
    ),
    ("ticket", "newCustomer", Write, "0", ""),
    ("ticket", "findCustomers", Read, "0", "<searchFields><i>customer.name</i></searchFields>"),
    (
        "ticket",
        "findCustomerFromEmail",
        Nothing,
        "2",
        "<username>egon</username><password>guess</password><custEmail>jane@example.com</custEmail>",
    ),
    ("ticket", "newCompany", Write, "0", "<name>#</name>"),
    (
        "ticket",
        "setCompany",
        Write,
        "0",
        "<companyId>17</companyId><companyValues><i><field>phone</field><value>#</value></i></companyValues>",
    ),
    ("ticket", "getCompany", Read, "0", "<companyId>17</companyId><companyFields><i>company.name</i></companyFields>"),
    ("ticket", "findCompanies", Read, "0", "<searchFields><i>contact.name</i></searchFields>"),
    (
        "ticket",
        "newTicket",
        Write,
        "0",
        "<title>#</title><sLevel>2</sLevel><categoryId>1</categoryId><priorityId>-1</priorityId><owner>-1</owner>",
    ),
    ("ticket", "getTicket", Read, "0", "<ticketId>501</ticketId><ticketFields><i>ticket.title</i></ticketFields>"),
    (
        "ticket",
        "setTicket",
        Write,
        "0",
        "<ticketId>500</ticketId><ticketValues><i><field>title</field><value>#</value></i></ticketValues>",
    ),
    ("ticket", "findTickets", Read, "0", "<searchFields><i>ticket.title</i></searchFields>"),
    ("ticket", "addMessage", Write, "0", "<messageBody>#</messageBody><ticketId>500</ticketId><sLevel>2</sLevel>"),
    ("ticket", "addMessage2", Write, "0", "<messageBody>#</messageBody><ticketId>500</ticketId><sLevel>2</sLevel>"),
    ("ticket", "addMessage3", Write, "0", "<messageBody>#</messageBody><ticketId>500</ticketId><sLevel>2</sLevel>"),
    (
        "ticket",
        "editMessage",
        Write,
        "0",
        "<messageId>1</messageId><values><i><field>body</field><value>#</value></i></values>",
    ),
    ("ticket", "getMessage", Read, "0", "<messageId>3</messageId><messageFields><i>message.body</i></messageFields>"),
    ("ticket", "addAttachment", Write, "0", "<attachmentName>#</attachmentName><data>eA==</data>"),
    ("ticket", "getAttachment", Nothing, "16", "<attachmentId>900</attachmentId>"),
    ("ticket", "getCategories", Read, "0", ""),
    ("ticket", "getPriorities", Read, "0", ""),
    ("ticket", "getExtraFields", Read, "0", "<domain>ticket</domain>"),
    ("ticket", "getExtraTables", Read, "0", ""),
    ("ticket", "getExtraTable", Read, "0", "<tableId>1</tableId>"),
    ("ticket", "queryExtraTable", Read, "0", "<tableId>1</tableId>"),
    (
        "ticket",
        "insertIntoExtraTable",
        Write,
        "0",
        "<tableId>1</tableId><rowId>-1</rowId><columnValues><i><field>9</field><value>#</value></i></columnValues>",
    ),
    ("ticket", "deleteExtraTableRow", Write, "0", "<tableId>1</tableId><rowId>1</rowId>"),
    ("ticket", "executeScript", Read, "19", "<includeId>1</includeId>"),
    ("ticket", "findUser", Manage, "0", "<field>loginname</field><value>ida</value>"),
    ("ticket", "getActiveTicketsStatus", Read, "0", ""),
    ("ticket", "allocUserNotifications", Write, "0", "<source>#</source>"),
    ("ticket", "getUserNotifications", Read, "26", "<notificationKey>guess</notificationKey>"),
    ("ticket", "setUserIdleTime", Read, "19", "<idleTime>1</idleTime>"),
    ("ticket", "getReplyTemplateFolders", Read, "19", ""),
    ("ticket", "getReplyTemplates", Read, "19", "<folderId>-1</folderId>"),
    ("ticket", "getReplyTemplate", Read, "19", "<replyTemplateId>1</replyTemplateId><languageId>1</languageId>"),
    ("admin", "getUser", Manage, "0", "<userFields><i>user.loginname</i></userFields>"),
    ("admin", "getUserById", Manage, "0", "<userId>3</userId><userFields><i>user.loginname</i></userFields>"),
    ("admin", "getUsers", Manage, "0", ""),
    ("admin", "setUser", Manage, "0", "<userValues><i><field>firstname</field><value>#</value></i></userValues>"),
    ("admin", "getModulePaths", Read, "0", ""),
    ("admin", "getTag", Read, "19", ""),
    ("admin", "checkAgentVersion", Read, "19", "<version>1</version>"),
    ("admin", "getAgent", Nothing, "27", ""),
    ("customer", "login", Nothing, "1", "<username>johndoe</username><password>guess</password>"),
    (
        "customer",
        "loginAsCustomer",
        Nothing,
        "1",
        "<username>egon</username><password>guess</password><customerUsername>johndoe</customerUsername>",
    ),
    ("customer", "checkPassword", Nothing, "1", "<username>johndoe</username><password>guess</password>"),
    ("customer", "newCustomer", Nothing, "0", "<userName>#</userName><password>secret</password>"),
    ("customer", "sendPassword", Nothing, "6", "<emailCode>jane@example.com</emailCode>"),
    ("customer", "getCustomer", Read, "0", "<customerFields><i>customer.name</i></customerFields>"),
    (
        "customer",
        "setCustomer",
        Write,
        "0",
        "<customerValues><i><field>phone</field><value>#</value></i></customerValues>",
    ),
    ("customer", "getCompany", Read, "0", "<companyFields><i>company.name</i></companyFields>"),
    (
        "customer",
        "newTicket",
        Write,
        "0",
        "<title>#</title><sLevel>2</sLevel><categoryId>1</categoryId><priorityId>-1</priorityId>",
    ),
    ("customer", "addMessage", Write, "0", "<messageBody>#</messageBody><ticketId>500</ticketId><sLevel>2</sLevel>"),
    ("customer", "closeTicket", Write, "0", "<ticketId>500</ticketId>"),
    ("customer", "getTicket", Read, "0", "<ticketId>500</ticketId><ticketFields><i>ticket.title</i></ticketFields>"),
    ("customer", "findTickets", Read, "0", "<searchFields><i>ticket.title</i></searchFields>"),
    ("customer", "getMessage", Read, "0", "<messageId>1</messageId><messageFields><i>message.body</i></messageFields>"),
    ("customer", "addAttachment", Nothing, "0", "<attachmentName>#</attachmentName><data>eA==</data>"),
    ("customer", "getAttachment", Nothing, "16", "<attachmentId>900</attachmentId>"),
    ("customer", "deleteAttachment", Nothing, "16", "<attachmentId>900</attachmentId>"),
    ("customer", "getCategories", Nothing, "0", ""),
    ("customer", "getCategory", Nothing, "0", "<categoryId>1</categoryId>"),
    ("customer", "getCustLangCategories", Nothing, "19", ""),
    ("customer", "getPriorities", Read, "0", ""),
    ("customer", "getExtraFields", Read, "0", "<domain>ticket</domain>"),
    ("customer", "getLanguages", Nothing, "0", ""),
    ("customer", "faq_findEntries", Nothing, "19", ""),
    ("customer", "faq_findEntries2", Nothing, "19", ""),
    ("customer", "faq_getCategory", Nothing, "19", ""),
    ("customer", "faq_getEntry", Nothing, "19", ""),
    ("customer", "faq_getGroupEntries", Nothing, "19", ""),
    ("customer", "faq_getMostReadEntries", Nothing, "19", ""),
    ("customer", "faq_getMostPopularEntries", Nothing, "19", ""),
    ("customer", "faq_scoreEntry", Nothing, "19", ""),
    ("ticket", "logout", Read, "0", ""),
    ("customer", "logout", Read, "0", ""),
];

/// Words that only the demo company's records hold.
const THEIRS: &[&str] =
    &["John", "Doe", "Acme", "Nordlys", "ida", "Severity", "Servers", "Escalated", "Cannot log in", "Fjell"];

/// Who calls: a name, the company whose address they use, a key for each port, and what they may do there.
struct Cell {
    name: &'static str,
    company: Option<&'static str>,
    key: String,
    /// Whether the key is a customer's.
    of_customer: bool,
    most: Needs,
}

/// An extra table, and an agent who is no administrator: user 40.
fn furnish(world: &World) {
    let table = vec![(Field::Name, "Machines".into())];
    let column = vec![
        (Field::Domain, "extra_row".into()),
        (Field::TableId, 1.into()),
        (Field::Number, 9.into()),
        (Field::Name, "Host".into()),
        (Field::Shape, "text".into()),
    ];
    let agent = vec![(Field::Username, "agnes".into()), (Field::Role, "agent".into())];
    let records = vec![
        NewRecord { kind: Kind::ExtraTable, id: 1, values: table },
        NewRecord { kind: Kind::ExtraField, id: 90, values: column },
        NewRecord { kind: Kind::User, id: 40, values: agent },
    ];
    world.run(Load { records }).unwrap();
}

fn ask(world: &World, cell: &Cell, port: &str, method: &str, arguments: &str) -> (String, String) {
    let has_key =
        methods(world, port).iter().any(|(name, parts)| name == method && parts.iter().any(|p| p == "sessionKey"));
    let key = if has_key { format!("<sessionKey>{}</sessionKey>", cell.key) } else { String::new() };
    let body = envelope(port, method, &format!("{key}{arguments}"));
    let mut request = request(&Method::POST, &format!("/scripts/SOAP?action={port}"), &[], body);
    request.tenant = cell.company.map(str::to_owned);
    let body = String::from_utf8(world.send(&request).unwrap().1.response.body().to_vec()).unwrap();
    let code =
        between(&body, "<errorCode xsi:type=\"xsd:string\">", "<").first().map_or("fault", |code| code).to_owned();
    (code, body)
}

#[test]
fn every_method_is_in_the_matrix() {
    let world = Template::new().world();
    for (port, _) in PORTS {
        let mut known: Vec<_> = METHODS.iter().filter(|(of, ..)| *of == port).map(|(_, method, ..)| *method).collect();
        // The only one without an error code.
        known.extend((port != "ticket").then_some("getErrorMessage"));
        known.sort_unstable();
        let mut offered: Vec<_> = methods(&world, port).into_iter().map(|(method, _)| method).collect();
        offered.sort_unstable();
        assert_eq!(offered, known, "{port}");
    }
}

#[test]
fn everybody_reaches_what_a_method_needs_and_nothing_else() {
    let world = Template::new().world();
    furnish(&world);
    other_company(&world);
    let as_user = |id| format!("<userId>{id}</userId><username>egon</username><password>banken</password>");
    let cell = |name, port: &str, arguments: &str, most| Cell {
        name,
        company: None,
        key: login(&world, port, arguments),
        of_customer: port == "customer",
        most,
    };
    let cells = [
        cell("administrator", "ticket", EGON, Manage),
        cell("agent", "ticket", &as_user(40), Write),
        cell("reader", "ticket", &as_user(3), Read),
        cell("customer", "customer", JOHN, Write),
        Cell { name: "nobody", company: None, key: String::new(), of_customer: false, most: Nothing },
        Cell { name: "guesser", company: None, key: "a".repeat(32), of_customer: false, most: Nothing },
    ];
    let mut wrong = Vec::new();
    for cell in &cells {
        for (port, method, needs, good, arguments) in METHODS {
            let (code, body) = ask(&world, cell, port, method, &arguments.replace('#', cell.name));
            let at_home = cell.most != Nothing && cell.of_customer == (*port == "customer");
            let optional = *needs == Nothing;
            let keyless = cell.key.is_empty() || !body_takes_key(&world, port, method);
            let expected = match (at_home, optional) {
                (true, _) if *needs as u8 <= cell.most as u8 => good,
                (true, _) => "4",
                // A key that is sent must be good, also where none is asked for.
                (false, true) if keyless => good,
                (false, _) => "5",
            };
            // A wrong password makes its name wait in the end.
            let waits = code == "7" && arguments.contains("guess");
            if code != expected && !waits {
                wrong.push(format!("{port}.{method} as {}: {code} instead of {expected}", cell.name));
            }
            if cell.most == Nothing && THEIRS.iter().any(|word| body.contains(word) && *needs != Nothing) {
                wrong.push(format!("{port}.{method} tells {} something: {body}", cell.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(world.examine(), [] as [String; 0]);
}

fn body_takes_key(world: &World, port: &str, method: &str) -> bool {
    methods(world, port).iter().any(|(name, parts)| name == method && parts.iter().any(|part| part == "sessionKey"))
}

#[test]
fn another_company_reaches_nothing_of_this_one() {
    let world = Template::new().world();
    furnish(&world);
    other_company(&world);
    let body = envelope("ticket", "login", "<userName>egon</userName><password>theirs</password>");
    let mut login_there = request(&Method::POST, "/scripts/SOAP?action=ticket", &[], body);
    login_there.tenant = Some("other".to_owned());
    let body = String::from_utf8(world.send(&login_there).unwrap().1.response.body().to_vec()).unwrap();
    let theirs = between(&body, "<sessionKey xsi:type=\"xsd:string\">", "<")[0].to_owned();
    let cell =
        |name, company, key: &str, of_customer| Cell { name, company, key: key.to_owned(), of_customer, most: Manage };
    let (agent, customer) = (login(&world, "ticket", EGON), login(&world, "customer", JOHN));
    let by_id = ["customerId>", "companyId>1", "ticketId>", "messageId>", "tableId>", "userId>", "categoryId>"];
    let before = world.history(10).len();
    for (port, method, needs, _, arguments) in METHODS.iter().filter(|(_, method, ..)| *method != "logout") {
        let arguments = arguments.replace('#', "other");
        let there = cell("theirs", Some("other"), &theirs, false);
        if *port != "customer" {
            let (code, body) = ask(&world, &there, port, method, &arguments);
            assert!(!THEIRS.iter().any(|word| body.contains(word)), "{port}.{method}: {body}");
            let names_ours = by_id.iter().any(|id| arguments.contains(id)) && *needs != Nothing;
            assert!(code != "0" || !names_ours, "{port}.{method}: {code}");
        }
        // Our keys are none at their address.
        let ours = cell("ours", Some("other"), if *port == "customer" { &customer } else { &agent }, false);
        let (code, body) = ask(&world, &ours, port, method, &arguments);
        if body_takes_key(&world, port, method) {
            assert_eq!(code, "5", "{port}.{method}: {body}");
        }
        assert!(!THEIRS.iter().any(|word| body.contains(word)), "{port}.{method}: {body}");
    }
    assert_eq!(world.history(10).len(), before, "customer 10 is as it was");
}
