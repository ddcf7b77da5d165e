//! The ticket port: what agents do.

use super::super::handlers::{
    attachments, categories, companies, customers, extra_fields, extra_tables, messages, notifications, offered,
    priorities, sessions, tickets, users,
};
use super::super::wire::*;
use super::{Key, Method};
use ::wire::soap::{Field, Operation, Type};

super::port! {
    login Own (userName: TEXT, password: TEXT) -> (errorCode: TEXT, sessionKey: TEXT) sessions::login;
    loginAsUser Own (userId: INT, username: TEXT, password: TEXT) -> (errorCode: TEXT, sessionKey: TEXT)
        sessions::login_as_user;
    logout Needed (sessionKey: TEXT) -> (errorCode: TEXT) sessions::logout;
    setCustomer Needed (sessionKey: TEXT, customerId: TEXT, customerValues: PAIRS) -> (errorCode: TEXT) customers::set;
    getCustomer Needed (sessionKey: TEXT, customerId: TEXT, customerFields: TEXTS)
        -> (errorCode: TEXT, customerResult: RESULTS, customerEmail: TEXTS) customers::get;
    newCustomer Needed (sessionKey: TEXT) -> (errorCode: TEXT, customerId: TEXT) customers::create;
    findCustomers Needed (sessionKey: TEXT, searchCriteria: CRITERIA, searchFields: TEXTS, maxRows: TEXT, orderBy: TEXT,
        ascending: FLAG) -> (errorCode: TEXT, searchResult: ROWS) customers::find;
    findCustomerFromEmail Own (username: TEXT, password: TEXT, custEmail: TEXT)
        -> (errorCode: TEXT, custUsername: TEXT) customers::find_from_email;
    newCompany Needed (sessionKey: TEXT, name: TEXT) -> (errorCode: TEXT, companyId: TEXT) companies::create;
    setCompany Needed (sessionKey: TEXT, companyId: TEXT, companyValues: PAIRS) -> (errorCode: TEXT) companies::set;
    getCompany Needed (sessionKey: TEXT, companyId: TEXT, companyFields: TEXTS)
        -> (errorCode: TEXT, companyResult: RESULTS) companies::get;
    findCompanies Needed (sessionKey: TEXT, searchCriteria: CRITERIA, searchFields: TEXTS, maxRows: TEXT, orderBy: TEXT,
        ascending: FLAG) -> (errorCode: TEXT, searchResult: ROWS) companies::find;
    newTicket Needed (sessionKey: TEXT, title: TEXT, sLevel: TEXT, categoryId: TEXT, priorityId: TEXT, owner: TEXT,
        customers: TEXTS, extraFields: PAIRS, sendNotification: FLAG) -> (errorCode: TEXT, ticketId: TEXT)
        tickets::create;
    getTicket Needed (sessionKey: TEXT, ticketId: TEXT, ticketFields: TEXTS)
        -> (errorCode: TEXT, ticketResult: RESULTS, messageIds: INTS) tickets::get;
    setTicket Needed (sessionKey: TEXT, ticketId: TEXT, ticketValues: PAIRS) -> (errorCode: TEXT) tickets::set;
    findTickets Needed (sessionKey: TEXT, searchCriteria: CRITERIA, searchFields: TEXTS, maxRows: TEXT, orderBy: TEXT,
        ascending: FLAG) -> (errorCode: TEXT, searchResult: ROWS) tickets::find;
    addMessage Needed (sessionKey: TEXT, messageBody: TEXT, ticketId: TEXT, sLevel: TEXT, attachmentIds: TEXTS,
        sendNotification: FLAG) -> (errorCode: TEXT, messageID: TEXT) messages::add;
    addMessage2 Needed (sessionKey: TEXT, messageBody: TEXT, replyTemplateId: TEXT, ticketId: TEXT, sLevel: TEXT,
        attachmentIds: TEXTS, sendNotification: FLAG, To: TEXTS, Cc: TEXTS, Bcc: TEXTS)
        -> (errorCode: TEXT, messageID: TEXT) messages::add;
    addMessage3 Needed (sessionKey: TEXT, messageBody: TEXT, htmlMessageBody: TEXT, replyTemplateId: TEXT, ticketId: TEXT,
        sLevel: TEXT, attachmentIds: TEXTS, sendNotification: FLAG, To: TEXTS, Cc: TEXTS, Bcc: TEXTS)
        -> (errorCode: TEXT, messageID: TEXT) messages::add;
    editMessage Needed (sessionKey: TEXT, messageId: TEXT, values: PAIRS) -> (errorCode: TEXT, messageID: TEXT)
        messages::edit;
    getMessage Needed (sessionKey: TEXT, messageId: TEXT, messageFields: TEXTS)
        -> (errorCode: TEXT, messageResult: RESULTS, attachmentInfo: ATTACHMENTS) messages::get;
    addAttachment Needed (sessionKey: TEXT, attachmentName: TEXT, contentType: TEXT, data: BYTES)
        -> (errorCode: TEXT, attachmentId: TEXT) attachments::add;
    getAttachment Optional (sessionKey: TEXT, attachmentId: TEXT, attachmentKey: TEXT)
        -> (errorCode: TEXT, attachmentName: TEXT, contentType: TEXT, data: BYTES) attachments::get;
    getCategories Needed (sessionKey: TEXT) -> (errorCode: TEXT, categoryIds: CATEGORIES) categories::list;
    getPriorities Needed (sessionKey: TEXT) -> (errorCode: TEXT, priorities: PRIORITIES) priorities::list;
    getExtraFields Needed (sessionKey: TEXT, domain: TEXT) -> (errorCode: TEXT, extraFields: EXTRA_FIELDS)
        extra_fields::list;
    getExtraTables Needed (sessionKey: TEXT) -> (errorCode: TEXT, extraTables: EXTRA_TABLES) extra_tables::list;
    getExtraTable Needed (sessionKey: TEXT, tableId: TEXT)
        -> (errorCode: TEXT, extraTables: Type::Struct(&EXTRA_TABLE)) extra_tables::get;
    queryExtraTable Needed (sessionKey: TEXT, tableId: TEXT, fields: TEXTS, criterias: EXTRA_CRITERIA,
        orderByField: TEXT, maxEntries: TEXT, ascending: FLAG) -> (errorCode: TEXT, rows: EXTRA_ROWS)
        extra_tables::query;
    insertIntoExtraTable Needed (sessionKey: TEXT, tableId: TEXT, rowId: TEXT, columnValues: PAIRS)
        -> (errorCode: TEXT, rowId: TEXT) extra_tables::put;
    deleteExtraTableRow Needed (sessionKey: TEXT, tableId: TEXT, rowId: TEXT) -> (errorCode: TEXT)
        extra_tables::delete;
    executeScript Needed (sessionKey: TEXT, includeId: TEXT, parameters: PAIRS)
        -> (errorCode: TEXT, scriptResult: TEXT) offered::not_licensed;
    findUser Needed (sessionKey: TEXT, field: TEXT, value: TEXT) -> (errorCode: TEXT, userId: TEXT) users::find;
    getActiveTicketsStatus Needed (sessionKey: TEXT) -> (errorCode: TEXT, ticketStatusResult: ACTIVE_TICKETS)
        tickets::active;
    allocUserNotifications Needed (sessionKey: TEXT, source: TEXT) -> (errorCode: TEXT, notificationKey: TEXT)
        notifications::allocate;
    getUserNotifications Needed (sessionKey: TEXT, notificationKey: TEXT)
        -> (errorCode: TEXT, userNotifications: NOTIFICATIONS) notifications::take;
    setUserIdleTime Needed (sessionKey: TEXT, idleTime: INT) -> (errorCode: TEXT) offered::not_licensed;
    getReplyTemplateFolders Needed (sessionKey: TEXT) -> (errorCode: TEXT, replyTemplateFolders: TEMPLATE_FOLDERS)
        offered::not_licensed;
    getReplyTemplates Needed (sessionKey: TEXT, folderId: INT)
        -> (errorCode: TEXT, replyTemplates: TEMPLATES, description: TEXT, name: TEXT) offered::not_licensed;
    getReplyTemplate Needed (sessionKey: TEXT, replyTemplateId: INT, languageId: INT)
        -> (errorCode: TEXT, subject: TEXT, headers: TEXT, plainBody: TEXT, htmlBody: TEXT, hasPlainBody: FLAG,
            hasHtmlBody: FLAG) offered::not_licensed;
}
