//! The customer port: what customers do, who see nothing but what is theirs and external.

use super::super::handlers::{
    attachments, categories, companies, customers, extra_fields, languages, messages, offered, passwords, priorities,
    sessions, tickets,
};
use super::super::wire::*;
use super::{Key, Method};
use ::wire::soap::{Field, Operation, Type};

super::port! {
    login Own (username: TEXT, password: TEXT) -> (errorCode: TEXT, sessionKey: TEXT) sessions::login_customer;
    loginAsCustomer Own (username: TEXT, password: TEXT, customerUsername: TEXT)
        -> (errorCode: TEXT, sessionKey: TEXT) sessions::login_as_customer;
    logout Needed (sessionKey: TEXT) -> (errorCode: TEXT) sessions::logout;
    checkPassword Own (username: TEXT, password: TEXT) -> (errorCode: TEXT) sessions::check_password;
    newCustomer None (userName: TEXT, password: TEXT) -> (errorCode: TEXT) customers::register;
    sendPassword None (emailCode: TEXT) -> (errorCode: TEXT) passwords::send;
    getCustomer Needed (sessionKey: TEXT, customerFields: TEXTS)
        -> (errorCode: TEXT, customerResult: RESULTS, customerEmail: TEXTS) customers::get;
    setCustomer Needed (sessionKey: TEXT, customerValues: PAIRS) -> (errorCode: TEXT) customers::set;
    getCompany Needed (sessionKey: TEXT, companyFields: TEXTS) -> (errorCode: TEXT, companyResult: RESULTS)
        companies::get_own;
    newTicket Needed (sessionKey: TEXT, title: TEXT, sLevel: TEXT, categoryId: TEXT, priorityId: TEXT,
        extraField: PAIRS) -> (errorCode: TEXT, ticketId: TEXT) tickets::create;
    addMessage Needed (sessionKey: TEXT, messageBody: TEXT, ticketId: TEXT, sLevel: TEXT, attachmentIds: TEXTS)
        -> (errorCode: TEXT, messageId: TEXT) messages::add;
    closeTicket Needed (sessionKey: TEXT, ticketId: TEXT) -> (errorCode: TEXT) tickets::close;
    getTicket Needed (sessionKey: TEXT, ticketId: TEXT, ticketFields: TEXTS)
        -> (errorCode: TEXT, ticketResult: RESULTS, messageIds: TEXTS) tickets::get;
    findTickets Needed (sessionKey: TEXT, searchCriteria: CRITERIA, searchFields: TEXTS)
        -> (errorCode: TEXT, searchResult: ROWS) tickets::find;
    getMessage Needed (sessionKey: TEXT, messageId: TEXT, messageFields: TEXTS)
        -> (errorCode: TEXT, messageResult: RESULTS, attachmentInfo: CUSTOMER_ATTACHMENTS) messages::get;
    addAttachment Optional (sessionKey: TEXT, attachmentName: TEXT, contentType: TEXT, data: BASE64)
        -> (errorCode: TEXT, attachmentId: TEXT) attachments::add;
    getAttachment Optional (sessionKey: TEXT, attachmentId: TEXT)
        -> (errorCode: TEXT, attachmentName: TEXT, contentType: TEXT, data: BASE64) attachments::get;
    deleteAttachment None (attachmentId: TEXT) -> (errorCode: TEXT) attachments::delete;
    getCategories Optional (sessionKey: TEXT) -> (errorCode: TEXT, categoryIds: CUSTOMER_CATEGORIES)
        categories::list_external;
    getCategory Optional (sessionKey: TEXT, categoryId: TEXT)
        -> (errorCode: TEXT, category: Type::Struct(&CUSTOMER_CATEGORY)) categories::get_external;
    getCustLangCategories Optional (sessionKey: TEXT) -> (errorCode: TEXT, categoryIds: CUSTOMER_CATEGORIES)
        offered::not_licensed;
    getPriorities Needed (sessionKey: TEXT) -> (errorCode: TEXT, priorities: PRIORITIES) priorities::list;
    getExtraFields Needed (sessionKey: TEXT, domain: TEXT) -> (errorCode: TEXT, extraFields: EXTRA_FIELDS)
        extra_fields::list;
    getLanguages None () -> (errorCode: TEXT, languageEntries: LANGUAGES) languages::list;
    getErrorMessage Own (sessionKey: TEXT) -> (errorMessage: TEXT) sessions::error_message;
    faq_findEntries Optional (sessionKey: TEXT, searchWords: TEXT, categoryId: TEXT)
        -> (errorCode: TEXT, faqEntries: FAQ_ENTRIES) offered::not_licensed;
    faq_findEntries2 Optional (sessionKey: TEXT, searchWords: TEXT, categoryIds: TEXTS)
        -> (errorCode: TEXT, faqEntries: FAQ_ENTRIES) offered::not_licensed;
    faq_getCategory Optional (sessionKey: TEXT, categoryId: TEXT)
        -> (errorCode: TEXT, faqSubCategories: FAQ_CATEGORIES, faqEntries: FAQ_ENTRIES, faqParents: FAQ_PARENTS,
            faqGroups: FAQ_GROUPS) offered::not_licensed;
    faq_getEntry Optional (sessionKey: TEXT, entryId: TEXT)
        -> (errorCode: TEXT, title: TEXT, question: TEXT, answer: TEXT, links: FAQ_LINKS,
            attachmentInfo: CUSTOMER_ATTACHMENTS, hasHtml: FLAG, score: TEXT, faqParents: FAQ_PARENTS)
        offered::not_licensed;
    faq_getGroupEntries Optional (sessionKey: TEXT, groupId: TEXT) -> (errorCode: TEXT, entries: FAQ_ENTRIES)
        offered::not_licensed;
    faq_getMostReadEntries Optional (sessionKey: TEXT, categoryId: TEXT, maxEntries: TEXT)
        -> (errorCode: TEXT, faqEntries: FAQ_ENTRIES) offered::not_licensed;
    faq_getMostPopularEntries Optional (sessionKey: TEXT, categoryId: TEXT, maxEntries: TEXT)
        -> (errorCode: TEXT, faqEntries: FAQ_ENTRIES) offered::not_licensed;
    faq_scoreEntry Optional (sessionKey: TEXT, entryId: TEXT, score: TEXT) -> (errorCode: TEXT) offered::not_licensed;
}
