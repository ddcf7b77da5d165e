//! Version 11 of the contract: types and operations in the order of its schemas.

use super::*;
use ::wire::soap::{FaultDetail, Names, Operation, Style};

common_types!("https://bingads.microsoft.com/Customer/v11");

choices!(APPLICATION "ApplicationType" &["Advertiser"]);
choices!(ACCOUNT_TYPE "AccountType" &["Advertiser"]);
choices!(CURRENCY "CurrencyType" lists::CURRENCY_TYPES);
choices!(LOCALE "LCID" lists::LOCALES);
choices!(TIME_ZONE "TimeZoneType" lists::TIME_ZONES);
choices!(ORDER_BY_FIELD "OrderByField" &["Id", "Name", "Number", "LifeCycleStatus"]);
choices!(USER_ROLE "UserRole" lists::USER_ROLES);

static ADDRESS: Struct = entity(
    "Address",
    &[
        text("City"),
        text("CountryCode"),
        long("Id"),
        text("Line1"),
        text("Line2"),
        text("Line3"),
        text("Line4"),
        text("PostalCode"),
        text("StateOrProvince"),
        nil("TimeStamp", BYTES),
    ],
);
static CUSTOMER: Struct = entity(
    "Customer",
    &[
        nil("CustomerAddress", is(&ADDRESS)),
        nil("CustomerFinancialStatus", CUSTOMER_FINANCIAL_STATUS),
        long("Id"),
        nil("Industry", INDUSTRY),
        long("LastModifiedByUserId"),
        nil("LastModifiedTime", TIME),
        text("MarketCountry"),
        nil("ForwardCompatibilityMap", MAP),
        nil("MarketLanguage", LANGUAGE),
        text("Name"),
        nil("ServiceLevel", SERVICE_LEVEL),
        nil("CustomerLifeCycleStatus", CUSTOMER_STATUS),
        nil("TimeStamp", BYTES),
        text("Number"),
    ],
);
static ACCOUNT: Struct = entity(
    "Account",
    &[
        own("AccountType", ACCOUNT_TYPE),
        long("BillToCustomerId"),
        text("CountryCode"),
        nil("CurrencyType", CURRENCY),
        nil("AccountFinancialStatus", ACCOUNT_FINANCIAL_STATUS),
        long("Id"),
        nil("Language", LANGUAGE),
        nil("ForwardCompatibilityMap", MAP),
        long("LastModifiedByUserId"),
        nil("LastModifiedTime", TIME),
        text("Name"),
        text("Number"),
        own("ParentCustomerId", LONG),
        long("PaymentMethodId"),
        nil("PaymentMethodType", PAYMENT_METHOD),
        long("PrimaryUserId"),
        nil("AccountLifeCycleStatus", ACCOUNT_STATUS),
        nil("TimeStamp", BYTES),
        nil("TimeZone", TIME_ZONE),
        nil("PauseReason", BYTE),
    ],
);
static ADVERTISER_ACCOUNT: Struct = Struct {
    base: Some(&ACCOUNT),
    ..entity(
        "AdvertiserAccount",
        &[
            nil("LinkedAgencies", CUSTOMER_INFOS),
            long("SalesHouseCustomerId"),
            nil("TaxInformation", MAP),
            long("BackUpPaymentInstrumentId"),
            nil("BillingThresholdAmount", DECIMAL),
            nil("BusinessAddress", is(&ADDRESS)),
        ],
    )
};
array!(ACCOUNTS of is(&ACCOUNT));
static ACCOUNT_WITH_CUSTOMER: Struct = entity(
    "AccountInfoWithCustomerData",
    &[
        long("CustomerId"),
        text("CustomerName"),
        own("AccountId", LONG),
        text("AccountName"),
        text("AccountNumber"),
        own("AccountLifeCycleStatus", ACCOUNT_STATUS),
        nil("PauseReason", BYTE),
    ],
);
static USER: Struct = entity(
    "User",
    &[
        nil("ContactInfo", is(&CONTACT_INFO)),
        nil("CustomerAppScope", APPLICATION),
        long("CustomerId"),
        long("Id"),
        text("JobTitle"),
        long("LastModifiedByUserId"),
        nil("LastModifiedTime", TIME),
        nil("Lcid", LOCALE),
        nil("Name", is(&PERSON_NAME)),
        text("Password"),
        text("SecretAnswer"),
        own("SecretQuestion", SECRET_QUESTION),
        nil("UserLifeCycleStatus", USER_STATUS),
        nil("TimeStamp", BYTES),
        text("UserName"),
        own("IsMigratedToMicrosoftAccount", BOOLEAN),
    ],
);
static USER_INVITATION: Struct = entity(
    "UserInvitation",
    &[
        own("Id", LONG),
        text("FirstName"),
        text("LastName"),
        text("Email"),
        own("CustomerId", LONG),
        own("Role", USER_ROLE),
        nil("AccountIds", Type::Array(&LONGS)),
        own("ExpirationDate", TIME),
        own("Lcid", LOCALE),
    ],
);
static CLIENT_LINK: Struct = entity(
    "ClientLink",
    &[
        long("ClientAccountId"),
        text("ClientAccountNumber"),
        long("ManagingCustomerId"),
        text("ManagingCustomerNumber"),
        text("Note"),
        text("Name"),
        text("InviterEmail"),
        text("InviterName"),
        text("InviterPhone"),
        own("IsBillToClient", BOOLEAN),
        nil("StartDate", TIME),
        nil("Status", CLIENT_LINK_STATUS),
        own("SuppressNotification", BOOLEAN),
        own("LastModifiedDateTime", TIME),
        own("LastModifiedByUserId", LONG),
        nil("Timestamp", BYTES),
        nil("ForwardCompatibilityMap", MAP),
    ],
);

operations! {
    GetAccountsInfo (long("CustomerId"), own("OnlyParentAccounts", BOOLEAN)) -> (nil("AccountsInfo", ACCOUNT_INFOS));
    FindAccounts (long("CustomerId"), text("AccountFilter"), own("TopN", INT), nil("ApplicationScope", APPLICATION))
        -> (nil("AccountsInfo", ACCOUNT_INFOS));
    AddAccount (nil("Account", is(&ACCOUNT)))
        -> (own("AccountId", LONG), text("AccountNumber"), own("CreateTime", TIME));
    UpdateAccount (nil("Account", is(&ACCOUNT))) -> (own("LastModifiedTime", TIME));
    GetCustomer (own("CustomerId", LONG)) -> (nil("Customer", is(&CUSTOMER)));
    UpdateCustomer (nil("Customer", is(&CUSTOMER))) -> (own("LastModifiedTime", TIME));
    SignupCustomer (nil("Customer", is(&CUSTOMER)), nil("Account", is(&ACCOUNT)), long("ParentCustomerId"),
        own("ApplicationScope", APPLICATION))
        -> (own("CustomerId", LONG), text("CustomerNumber"), long("AccountId"), text("AccountNumber"),
            own("CreateTime", TIME));
    GetAccount (own("AccountId", LONG)) -> (nil("Account", is(&ACCOUNT)));
    GetCustomersInfo (text("CustomerNameFilter"), own("TopN", INT), own("ApplicationScope", APPLICATION))
        -> (nil("CustomersInfo", CUSTOMER_INFOS));
    DeleteAccount (own("AccountId", LONG), nil("TimeStamp", BYTES)) -> ();
    DeleteCustomer (own("CustomerId", LONG), nil("TimeStamp", BYTES)) -> ();
    UpdateUser (nil("User", is(&USER))) -> (own("LastModifiedTime", TIME));
    UpdateUserRoles (own("CustomerId", LONG), own("UserId", LONG), nil("NewRoleId", INT),
        nil("NewAccountIds", Type::Array(&LONGS)), nil("NewCustomerIds", Type::Array(&LONGS)),
        nil("DeleteRoleId", INT), nil("DeleteAccountIds", Type::Array(&LONGS)),
        nil("DeleteCustomerIds", Type::Array(&LONGS)))
        -> (own("LastModifiedTime", TIME));
    GetUser (long("UserId")) -> (nil("User", is(&USER)), nil("Roles", Type::Array(&INTS)),
        nil("Accounts", Type::Array(&LONGS)), nil("Customers", Type::Array(&LONGS)));
    GetCurrentUser () -> (nil("User", is(&USER)));
    DeleteUser (own("UserId", LONG), nil("TimeStamp", BYTES)) -> ();
    GetUsersInfo (own("CustomerId", LONG), nil("StatusFilter", USER_STATUS)) -> (nil("UsersInfo", USER_INFOS));
    GetCustomerPilotFeatures (own("CustomerId", LONG)) -> (nil("FeaturePilotFlags", Type::Array(&INTS)));
    GetPilotFeaturesCountries () -> (nil("PilotFeatures", PILOT_FEATURES));
    GetAccessibleCustomer (own("CustomerId", LONG))
        -> (nil("AccessibleCustomer", is(&CUSTOMER)), own("ValidFields", INT));
    FindAccountsOrCustomersInfo (text("Filter"), own("TopN", INT), nil("ApplicationScope", APPLICATION))
        -> (nil("AccountInfoWithCustomerData", ACCOUNTS_WITH_CUSTOMERS));
    UpgradeCustomerToAgency (own("CustomerId", LONG)) -> ();
    AddPrepayAccount (nil("Account", is(&ACCOUNT)))
        -> (own("AccountId", LONG), text("AccountNumber"), own("CreateTime", TIME));
    UpdatePrepayAccount (nil("Account", is(&ACCOUNT))) -> (own("LastModifiedTime", TIME));
    MapCustomerIdToExternalCustomerId (own("CustomerId", LONG), text("ExternalCustomerId")) -> ();
    MapAccountIdToExternalAccountIds (own("AccountId", LONG), nil("ExternalAccountIds", Type::Array(&STRINGS))) -> ();
    SearchCustomers (own("ApplicationScope", APPLICATION), nil("Predicates", PREDICATES),
        nil("DateRange", is(&DATE_RANGE)), nil("Ordering", ORDERING), nil("PageInfo", is(&PAGING)))
        -> (nil("Customers", CUSTOMERS));
    AddClientLinks (nil("ClientLinks", CLIENT_LINKS))
        -> (nil("OperationErrors", Type::Array(&OPERATION_ERRORS)), nil("PartialErrors", Type::Array(&ERRORS_OF_EACH)));
    UpdateClientLinks (nil("ClientLinks", CLIENT_LINKS))
        -> (nil("OperationErrors", Type::Array(&OPERATION_ERRORS)), nil("PartialErrors", Type::Array(&ERRORS_OF_EACH)));
    SearchClientLinks (nil("Predicates", PREDICATES), nil("Ordering", ORDERING), nil("PageInfo", is(&PAGING)))
        -> (nil("ClientLinks", CLIENT_LINKS));
    SearchAccounts (nil("Predicates", PREDICATES), nil("Ordering", ORDERING), nil("PageInfo", is(&PAGING)))
        -> (nil("Accounts", ACCOUNTS));
    SendUserInvitation (nil("UserInvitation", is(&USER_INVITATION))) -> (own("UserInvitationId", LONG));
    SearchUserInvitations (nil("Predicates", PREDICATES)) -> (nil("UserInvitations", USER_INVITATIONS));
}

pub(in super::super) static CONTRACT: Contract = Contract {
    version: "v11",
    service: Service {
        names: NAMES,
        namespace: TARGET,
        types_namespace: None,
        style: Style::DocumentLiteral,
        request_suffix: "Request",
        operations: OPERATIONS,
        schemas: SCHEMAS,
        types: &[Type::Struct(&ADVERTISER_ACCOUNT)],
        request_headers: REQUEST_HEADERS,
        response_headers: RESPONSE_HEADERS.fields,
        faults: &[&AD_API_FAULT_DETAIL, &API_FAULT_DETAIL],
    },
    takes_passwords: true,
    ad_api_fault: &AD_API_FAULT_DETAIL,
    api_fault: &API_FAULT_DETAIL,
    account: &ADVERTISER_ACCOUNT,
    response_headers: &RESPONSE_HEADERS,
};
