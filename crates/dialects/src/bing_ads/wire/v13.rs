//! Version 13 of the contract: types and operations in the order of its schemas.

use super::*;
use ::wire::soap::{FaultDetail, Names, Operation, Style};

common_types!("https://bingads.microsoft.com/Customer/v13");

choices!(CURRENCY "CurrencyCode" lists::CURRENCY_CODES);
choices!(LOCALE "LCID" lists::LOCALES_13);
choices!(TIME_ZONE "TimeZoneType" lists::TIME_ZONES_13);
choices!(ORDER_BY_FIELD "OrderByField"
    &["Id", "Name", "Number", "LifeCycleStatus", "CouponClassName", "CouponStartDate"]);
choices!(AUTO_TAG "AutoTagType" &["Inactive", "Preserve", "Replace"]);
// A list of two words in the vendor's schema; it is asked for and not answered here.
choices!(ADDITIONAL "AccountAdditionalField" &["TaxCertificate", "AccountMode", "TaxCertificate AccountMode"]);
choices!(TAX_CERTIFICATE_STATUS "TaxCertificateStatus" &["Valid", "Invalid", "Pending"]);

static CERTIFICATE: Struct = Struct::qualified(
    PAIRS_NAMESPACE,
    "KeyValuePairOfstringbase64Binary",
    &[text("key").required(), nil("value", BYTES).required()],
);
static CERTIFICATES: Array = Array::qualified(PAIRS_NAMESPACE, Type::Struct(&CERTIFICATE)).never_nil();
static TAX_CERTIFICATE: Struct = entity(
    "AccountTaxCertificate",
    &[
        text("TaxCertificateBlobContainerName"),
        nil("TaxCertificates", Type::Array(&CERTIFICATES)),
        nil("Status", TAX_CERTIFICATE_STATUS),
    ],
);
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
        text("BusinessName"),
    ],
);
array!(ADDRESSES of is(&ADDRESS));
static CUSTOMER: Struct = entity(
    "Customer",
    &[
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
        nil("CustomerAddress", is(&ADDRESS)),
    ],
);
static ACCOUNT: Struct = entity(
    "AdvertiserAccount",
    &[
        long("BillToCustomerId"),
        nil("CurrencyCode", CURRENCY),
        nil("AccountFinancialStatus", ACCOUNT_FINANCIAL_STATUS),
        long("Id"),
        nil("Language", LANGUAGE),
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
        nil("ForwardCompatibilityMap", MAP),
        nil("LinkedAgencies", CUSTOMER_INFOS),
        long("SalesHouseCustomerId"),
        nil("TaxInformation", MAP),
        long("BackUpPaymentInstrumentId"),
        nil("BillingThresholdAmount", DECIMAL),
        nil("BusinessAddress", is(&ADDRESS)),
        nil("AutoTagType", AUTO_TAG),
        long("SoldToPaymentInstrumentId"),
        nil("TaxCertificate", is(&TAX_CERTIFICATE)),
        text("AccountMode"),
    ],
);
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
        text("AccountMode"),
    ],
);
static USER: Struct = entity(
    "User",
    &[
        nil("ContactInfo", is(&CONTACT_INFO)),
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
        nil("ForwardCompatibilityMap", MAP),
        text("AuthenticationToken"),
    ],
);
static CUSTOMER_ROLE: Struct = entity(
    "CustomerRole",
    &[
        own("RoleId", INT),
        own("CustomerId", LONG),
        nil("AccountIds", Type::Array(&LONGS)),
        nil("LinkedAccountIds", Type::Array(&LONGS)),
        text("CustomerLinkPermission"),
    ],
);
array!(CUSTOMER_ROLES of is(&CUSTOMER_ROLE));
static USER_INVITATION: Struct = entity(
    "UserInvitation",
    &[
        own("Id", LONG),
        text("FirstName"),
        text("LastName"),
        text("Email"),
        own("CustomerId", LONG),
        own("RoleId", INT),
        nil("AccountIds", Type::Array(&LONGS)),
        own("ExpirationDate", TIME),
        own("Lcid", LOCALE),
    ],
);
static CLIENT_LINK: Struct = entity(
    "ClientLink",
    &[
        text("Type"),
        long("ClientEntityId"),
        text("ClientEntityNumber"),
        text("ClientEntityName"),
        long("ManagingCustomerId"),
        text("ManagingCustomerNumber"),
        text("ManagingCustomerName"),
        text("Note"),
        text("Name"),
        text("InviterEmail"),
        text("InviterName"),
        text("InviterPhone"),
        nil("IsBillToClient", BOOLEAN),
        nil("StartDate", TIME),
        nil("Status", CLIENT_LINK_STATUS),
        own("SuppressNotification", BOOLEAN),
        own("LastModifiedDateTime", TIME),
        own("LastModifiedByUserId", LONG),
        nil("Timestamp", BYTES),
        nil("ForwardCompatibilityMap", MAP),
        text("CustomerLinkPermission"),
    ],
);

operations! {
    GetAccountsInfo (long("CustomerId"), own("OnlyParentAccounts", BOOLEAN)) -> (nil("AccountsInfo", ACCOUNT_INFOS));
    FindAccounts (long("CustomerId"), text("AccountFilter"), own("TopN", INT))
        -> (nil("AccountsInfo", ACCOUNT_INFOS));
    AddAccount (nil("Account", is(&ACCOUNT)))
        -> (own("AccountId", LONG), text("AccountNumber"), own("CreateTime", TIME));
    UpdateAccount (nil("Account", is(&ACCOUNT))) -> (own("LastModifiedTime", TIME));
    GetCustomer (own("CustomerId", LONG)) -> (nil("Customer", is(&CUSTOMER)));
    UpdateCustomer (nil("Customer", is(&CUSTOMER))) -> (own("LastModifiedTime", TIME));
    SignupCustomer (nil("Customer", is(&CUSTOMER)), nil("Account", is(&ACCOUNT)), long("ParentCustomerId"),
        nil("UserInvitation", is(&USER_INVITATION)), long("UserId"), nil("User", is(&USER)))
        -> (own("CustomerId", LONG), text("CustomerNumber"), long("AccountId"), text("AccountNumber"),
            own("CreateTime", TIME));
    GetAccount (own("AccountId", LONG), nil("ReturnAdditionalFields", ADDITIONAL)) -> (nil("Account", is(&ACCOUNT)));
    GetCustomersInfo (text("CustomerNameFilter"), own("TopN", INT))
        -> (nil("CustomersInfo", CUSTOMER_INFOS));
    DeleteAccount (own("AccountId", LONG), nil("TimeStamp", BYTES)) -> ();
    DeleteCustomer (own("CustomerId", LONG), nil("TimeStamp", BYTES)) -> ();
    UpdateUser (nil("User", is(&USER))) -> (own("LastModifiedTime", TIME));
    UpdateUserRoles (own("CustomerId", LONG), own("UserId", LONG), nil("NewRoleId", INT),
        nil("NewAccountIds", Type::Array(&LONGS)), nil("NewCustomerIds", Type::Array(&LONGS)),
        nil("DeleteRoleId", INT), nil("DeleteAccountIds", Type::Array(&LONGS)),
        nil("DeleteCustomerIds", Type::Array(&LONGS)))
        -> (own("LastModifiedTime", TIME));
    GetUser (long("UserId")) -> (nil("User", is(&USER)), nil("CustomerRoles", CUSTOMER_ROLES));
    GetCurrentUser () -> (nil("User", is(&USER)));
    DeleteUser (own("UserId", LONG), nil("TimeStamp", BYTES)) -> ();
    GetUsersInfo (own("CustomerId", LONG), nil("StatusFilter", USER_STATUS)) -> (nil("UsersInfo", USER_INFOS));
    GetCustomerPilotFeatures (own("CustomerId", LONG)) -> (nil("FeaturePilotFlags", Type::Array(&INTS)));
    GetAccountPilotFeatures (own("AccountId", LONG)) -> (nil("FeaturePilotFlags", Type::Array(&INTS)));
    GetPilotFeaturesCountries () -> (nil("PilotFeatures", PILOT_FEATURES));
    GetAccessibleCustomer (own("CustomerId", LONG))
        -> (nil("AccessibleCustomer", is(&CUSTOMER)), own("ValidFields", INT));
    FindAccountsOrCustomersInfo (text("Filter"), own("TopN", INT), nil("ReturnAdditionalFields", ADDITIONAL))
        -> (nil("AccountInfoWithCustomerData", ACCOUNTS_WITH_CUSTOMERS));
    UpgradeCustomerToAgency (own("CustomerId", LONG)) -> ();
    AddPrepayAccount (nil("Account", is(&ACCOUNT)))
        -> (own("AccountId", LONG), text("AccountNumber"), own("CreateTime", TIME));
    UpdatePrepayAccount (nil("Account", is(&ACCOUNT))) -> (own("LastModifiedTime", TIME));
    MapCustomerIdToExternalCustomerId (own("CustomerId", LONG), text("ExternalCustomerId")) -> ();
    MapAccountIdToExternalAccountIds (own("AccountId", LONG), nil("ExternalAccountIds", Type::Array(&STRINGS))) -> ();
    SearchCustomers (nil("Predicates", PREDICATES),
        nil("DateRange", is(&DATE_RANGE)), nil("Ordering", ORDERING), nil("PageInfo", is(&PAGING)))
        -> (nil("Customers", CUSTOMERS));
    AddClientLinks (nil("ClientLinks", CLIENT_LINKS))
        -> (nil("OperationErrors", Type::Array(&OPERATION_ERRORS)), nil("PartialErrors", Type::Array(&ERRORS_OF_EACH)));
    UpdateClientLinks (nil("ClientLinks", CLIENT_LINKS))
        -> (nil("OperationErrors", Type::Array(&OPERATION_ERRORS)), nil("PartialErrors", Type::Array(&ERRORS_OF_EACH)));
    SearchClientLinks (nil("Predicates", PREDICATES), nil("Ordering", ORDERING), nil("PageInfo", is(&PAGING)))
        -> (nil("ClientLinks", CLIENT_LINKS));
    SearchAccounts (nil("Predicates", PREDICATES), nil("Ordering", ORDERING), nil("PageInfo", is(&PAGING)),
        nil("ReturnAdditionalFields", ADDITIONAL))
        -> (nil("Accounts", ACCOUNTS));
    SendUserInvitation (nil("UserInvitation", is(&USER_INVITATION))) -> (own("UserInvitationId", LONG));
    SearchUserInvitations (nil("Predicates", PREDICATES)) -> (nil("UserInvitations", USER_INVITATIONS));
    ValidateAddress (nil("Address", is(&ADDRESS)))
        -> (nil("OriginalAddress", is(&ADDRESS)), text("Status"), nil("SuggestedAddresses", ADDRESSES));
    GetLinkedAccountsAndCustomersInfo (long("CustomerId"), own("OnlyParentAccounts", BOOLEAN))
        -> (nil("AccountsInfo", ACCOUNT_INFOS), nil("CustomersInfo", CUSTOMER_INFOS));
    GetUserMFAStatus () -> (own("MFAStatus", BOOLEAN));
}

pub(in super::super) static CONTRACT: Contract = Contract {
    version: "v13",
    service: Service {
        names: NAMES,
        namespace: TARGET,
        types_namespace: None,
        style: Style::DocumentLiteral,
        request_suffix: "Request",
        operations: OPERATIONS,
        schemas: SCHEMAS,
        types: &[],
        request_headers: REQUEST_HEADERS,
        response_headers: RESPONSE_HEADERS.fields,
        faults: &[&AD_API_FAULT_DETAIL, &API_FAULT_DETAIL],
    },
    takes_passwords: false,
    ad_api_fault: &AD_API_FAULT_DETAIL,
    api_fault: &API_FAULT_DETAIL,
    account: &ACCOUNT,
    response_headers: &RESPONSE_HEADERS,
};
