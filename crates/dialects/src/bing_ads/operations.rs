//! The operations: who answers each, and what it needs of its caller. Their shapes are in the contracts.

use super::call::{Call, Handling};
use super::errors::{Code, Refused, Told, number};
use super::handlers::{accounts, customers, invitations, offered, search, users};
use ::wire::soap::Operation;
use domain::error::Reason;
use domain::{Access, Caller, Error, Role};

/// What an operation needs of its caller beyond a sign-in, as the vendor's roles have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// Every role reads.
    Read,
    /// Change customers: super administrators, aggregators and the vendor's account managers.
    Customers,
    /// Change accounts: standard users too.
    Accounts,
    /// Change users: super administrators and aggregators.
    Users,
    /// Sign customers up: aggregators.
    SignUp,
    /// What only the vendor's account managers do.
    Internal,
}

/// An operation's handler.
pub(super) struct Method {
    name: &'static str,
    pub(super) right: Right,
    /// Where its handler is.
    by: &'static str,
    pub(super) handler: for<'a> fn(Call<'a>) -> Handling<'a>,
}

macro_rules! methods {
    ($( $name:ident $right:ident $handler:path; )+) => {
        /// The names, as the history and the metrics show them.
        pub(super) static NAMES: &[&str] = &[$( stringify!($name) ),+];
        static METHODS: &[Method] = &[$( Method {
            name: stringify!($name),
            right: Right::$right,
            by: stringify!($handler),
            handler: |call| Box::pin($handler(call)),
        } ),+];
    };
}

methods! {
    GetAccountsInfo Read accounts::infos;
    FindAccounts Read accounts::find;
    AddAccount Internal accounts::add;
    UpdateAccount Accounts accounts::update;
    GetCustomer Read customers::get;
    UpdateCustomer Customers customers::update;
    SignupCustomer SignUp customers::sign_up;
    GetAccount Read accounts::get;
    GetCustomersInfo Read search::infos;
    DeleteAccount Customers accounts::delete;
    DeleteCustomer Internal customers::delete;
    UpdateUser Users users::update;
    UpdateUserRoles SignUp users::update_roles;
    GetUser Read users::get;
    GetCurrentUser Read users::get_current;
    DeleteUser Users users::delete;
    GetUsersInfo Read users::infos;
    GetCustomerPilotFeatures Read customers::pilot_features;
    GetAccountPilotFeatures Read accounts::pilot_features;
    GetPilotFeaturesCountries Read offered::no_pilot_features;
    GetAccessibleCustomer Read customers::get_accessible;
    FindAccountsOrCustomersInfo Read accounts::find_with_customers;
    UpgradeCustomerToAgency Internal offered::unsupported;
    AddPrepayAccount Internal offered::unsupported;
    UpdatePrepayAccount Read offered::unsupported;
    MapCustomerIdToExternalCustomerId Customers customers::map_external_id;
    MapAccountIdToExternalAccountIds Customers accounts::map_external_ids;
    SearchCustomers Read search::customers;
    AddClientLinks Read offered::unsupported;
    UpdateClientLinks Read offered::unsupported;
    SearchClientLinks Read offered::unsupported;
    SearchAccounts Read accounts::search;
    SendUserInvitation Users invitations::send;
    SearchUserInvitations Users invitations::search;
    ValidateAddress Read offered::unsupported;
    GetLinkedAccountsAndCustomersInfo Read accounts::linked;
    GetUserMFAStatus Read users::second_factor;
}

impl Method {
    /// Whether it is done, and not refused as what this server has not.
    pub(super) fn is_offered(&self) -> bool {
        !self.by.ends_with("unsupported")
    }

    /// # Errors
    /// `Internal` for an operation of a contract that nobody answers, which a test excludes.
    pub(super) fn of(operation: &Operation) -> Result<&'static Self, Error> {
        let method = METHODS.iter().find(|method| method.name == operation.name);
        method.ok_or_else(|| Error::internal(format!("{} has no handler", operation.name)))
    }
}

/// The role among the vendor's: what a user's record says, or else what goes with their role here.
pub(super) fn role_of<'a>(bing_role: &'a str, role: &str) -> &'a str {
    match (bing_role, Role::named(role)) {
        ("", Some(Role::Admin)) => "super_admin",
        ("", Some(Role::Agent)) => "standard",
        ("", _) => "client_viewer",
        (bing_role, _) => bing_role,
    }
}

/// # Errors
/// 106 for what is not for the caller to read, else 1001.
pub(super) fn admit(right: Right, caller: &Caller) -> Result<(), Refused> {
    let role = role_of(caller.bing_role.unwrap_or_default(), caller.role.name());
    let allowed = match right {
        Right::Read => true,
        Right::Customers => ["super_admin", "aggregator", "account_manager"].contains(&role),
        Right::Accounts => ["super_admin", "aggregator", "account_manager", "standard"].contains(&role),
        Right::Users => ["super_admin", "aggregator"].contains(&role),
        Right::SignUp => role == "aggregator",
        Right::Internal => role == "account_manager",
    };
    if allowed {
        // What the role here does not give is refused before the body is looked at.
        let access = if right == Right::Read { Access::SignIn } else { Access::Write };
        return Ok(caller.demand(access)?);
    }
    let text = format!("{} is {role} in Bing Ads, and may not do this. Nothing was changed.", caller.name);
    Err(Refused::new(Told::Operation(number::NOT_ALLOWED), Error::new(Reason::Forbidden, text)))
}

/// What this server does not do.
pub(super) fn not_offered(operation: &str) -> Refused {
    let text = format!("{operation} is not offered by this server. Nothing was changed.");
    Refused::new(Told::AdApi(Code::OperationNotSupported), Error::new(Reason::Unsupported, text))
}

#[cfg(test)]
mod tests {
    use super::super::wire::CONTRACTS;
    use super::*;

    #[test]
    fn every_operation_of_a_contract_has_a_handler_and_every_handler_an_operation() {
        for operation in CONTRACTS.iter().flat_map(|contract| contract.service.operations) {
            assert!(Method::of(operation).is_ok(), "{}", operation.name);
        }
        let known = |name| CONTRACTS.iter().flat_map(|c| c.service.operations).any(|o| o.name == name);
        for method in METHODS {
            assert!(known(method.name), "{}", method.name);
        }
    }
}
