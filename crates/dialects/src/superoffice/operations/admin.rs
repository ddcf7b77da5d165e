//! The admin port, which the ticket port's session keys open too.

use super::super::handlers::{offered, sessions, users};
use super::super::wire::*;
use super::{Key, Method};
use ::wire::soap::{Field, Operation};

super::port! {
    getErrorMessage Own (sessionKey: TEXT) -> (errorMessage: TEXT) sessions::error_message;
    getUser Needed (sessionKey: TEXT, userFields: TEXTS) -> (errorCode: TEXT, userResult: RESULTS) users::get_own;
    getUserById Needed (sessionKey: TEXT, userId: TEXT, userFields: TEXTS) -> (errorCode: TEXT, userResult: RESULTS)
        users::get;
    getUsers Needed (sessionKey: TEXT, includeOnlyNormal: FLAG) -> (errorCode: TEXT, users: TEXTS) users::list;
    setUser Needed (sessionKey: TEXT, userValues: PAIRS) -> (errorCode: TEXT) users::set;
    getModulePaths Needed (sessionKey: TEXT) -> (errorCode: TEXT, paths: MODULE_PATHS) offered::module_paths;
    getTag Needed (sessionKey: TEXT) -> (errorCode: TEXT, tag: TEXT) offered::not_licensed;
    checkAgentVersion Needed (sessionKey: TEXT, version: TEXT)
        -> (errorCode: TEXT, newVersion: FLAG, forceUpgrade: FLAG) offered::not_licensed;
    getAgent None () -> (errorCode: TEXT, binaryData: BYTES) offered::no_agent;
}
