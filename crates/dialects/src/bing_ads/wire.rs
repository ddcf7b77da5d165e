//! The vendor's shapes: what two versions of the contract have in common, and how a field of a type is said.

/// A closed list.
macro_rules! choices {
    ($name:ident $called:literal $members:expr) => {
        const $name: Type = {
            static LIST: Enumeration = Enumeration { name: $called, namespace: ENTITIES, members: $members };
            Type::Enumeration(&LIST)
        };
    };
}

/// An array of entities, which may be nil.
macro_rules! array {
    ($name:ident of $item:expr) => {
        const $name: Type = {
            static LIST: Array = Array::qualified(ENTITIES, $item);
            Type::Array(&LIST)
        };
    };
}

/// The operations: what goes in, and what comes out.
macro_rules! operations {
    ($( $name:ident ($($in:expr),*) -> ($($out:expr),*); )+) => {
        static OPERATIONS: &[Operation] = &[$( Operation::qualified(
            TARGET, stringify!($name), stringify!($name), &[$($in),*], &[$($out),*],
        ) ),+];
    };
}

/// Types of one version that are the same in the other, but for their namespace.
macro_rules! common_types {
    ($namespace:literal) => {
        /// The namespaces of this version.
        pub(in super::super) const TARGET: &str = $namespace;
        const ENTITIES: &str = concat!($namespace, "/Entities");
        const EXCEPTION: &str = concat!($namespace, "/Exception");

        const fn entity(name: &'static str, fields: &'static [Field]) -> Struct {
            Struct::qualified(ENTITIES, name, fields)
        }
        const fn is(entity: &'static Struct) -> Type {
            Type::Struct(entity)
        }
        const MAP: Type = Type::Array(&PAIRS);

        choices!(INDUSTRY "Industry" lists::INDUSTRIES);
        choices!(CUSTOMER_FINANCIAL_STATUS "CustomerFinancialStatus" lists::CUSTOMER_FINANCIAL_STATUSES);
        choices!(CUSTOMER_STATUS "CustomerLifeCycleStatus" lists::CUSTOMER_STATUSES);
        choices!(SERVICE_LEVEL "ServiceLevel" lists::SERVICE_LEVELS);
        choices!(LANGUAGE "LanguageType" lists::LANGUAGES);
        choices!(ACCOUNT_STATUS "AccountLifeCycleStatus" lists::ACCOUNT_STATUSES);
        choices!(ACCOUNT_FINANCIAL_STATUS "AccountFinancialStatus" lists::ACCOUNT_FINANCIAL_STATUSES);
        choices!(PAYMENT_METHOD "PaymentMethodType" lists::PAYMENT_METHODS);
        choices!(OPERATOR "PredicateOperator" lists::OPERATORS);
        choices!(SORT_ORDER "SortOrder" lists::SORT_ORDERS);
        choices!(USER_STATUS "UserLifeCycleStatus" lists::USER_STATUSES);
        choices!(EMAIL_FORMAT "EmailFormat" lists::EMAIL_FORMATS);
        choices!(SECRET_QUESTION "SecretQuestion" lists::SECRET_QUESTIONS);
        choices!(CLIENT_LINK_STATUS "ClientLinkStatus" lists::CLIENT_LINK_STATUSES);

        static CUSTOMER_INFO: Struct = entity("CustomerInfo", &[long("Id"), text("Name")]);
        array!(CUSTOMER_INFOS of is(&CUSTOMER_INFO));
        static PERSON_NAME: Struct =
            entity("PersonName", &[text("FirstName"), text("LastName"), text("MiddleInitial")]);
        static CONTACT_INFO: Struct = entity(
            "ContactInfo",
            &[
                nil("Address", is(&ADDRESS)),
                nil("ContactByPhone", BOOLEAN),
                nil("ContactByPostalMail", BOOLEAN),
                text("Email"),
                nil("EmailFormat", EMAIL_FORMAT),
                text("Fax"),
                text("HomePhone"),
                long("Id"),
                text("Mobile"),
                text("Phone1"),
                text("Phone2"),
            ],
        );
        static USER_INFO: Struct = entity("UserInfo", &[own("Id", LONG), text("UserName")]);
        array!(USER_INFOS of is(&USER_INFO));
        array!(USER_INVITATIONS of is(&USER_INVITATION));
        static ACCOUNT_INFO: Struct = entity(
            "AccountInfo",
            &[
                own("Id", LONG),
                text("Name"),
                text("Number"),
                own("AccountLifeCycleStatus", ACCOUNT_STATUS),
                nil("PauseReason", BYTE),
            ],
        );
        array!(ACCOUNT_INFOS of is(&ACCOUNT_INFO));
        array!(ACCOUNTS_WITH_CUSTOMERS of is(&ACCOUNT_WITH_CUSTOMER));
        static PILOT_FEATURE: Struct =
            entity("PilotFeature", &[own("Id", INT), nil("Countries", Type::Array(&STRINGS))]);
        const PILOT_FEATURES: Type = {
            static LIST: Array = Array::qualified(ENTITIES, is(&PILOT_FEATURE)).never_nil();
            Type::Array(&LIST)
        };
        static PREDICATE: Struct =
            entity("Predicate", &[text("Field"), own("Operator", OPERATOR), text("Value")]);
        array!(PREDICATES of is(&PREDICATE));
        static DATE_RANGE: Struct = entity("DateRange", &[text("MinDate"), text("MaxDate")]);
        static ORDER_BY: Struct = entity("OrderBy", &[own("Field", ORDER_BY_FIELD), own("Order", SORT_ORDER)]);
        array!(ORDERING of is(&ORDER_BY));
        static PAGING: Struct = entity("Paging", &[own("Index", INT), own("Size", INT)]);
        array!(CUSTOMERS of is(&CUSTOMER));
        array!(CLIENT_LINKS of is(&CLIENT_LINK));

        static OPERATION_ERROR: Struct =
            Struct::qualified(EXCEPTION, "OperationError", &[own("Code", INT), text("Details"), text("Message")]);
        static OPERATION_ERRORS: Array =
            Array::qualified(EXCEPTION, Type::Struct(&OPERATION_ERROR));
        static ERRORS_OF_EACH: Array =
            Array::qualified(EXCEPTION, Type::Array(&OPERATION_ERRORS));
        static API_FAULT: Struct = Struct {
            base: Some(&APPLICATION_FAULT),
            ..Struct::qualified(EXCEPTION, "ApiFault", &[nil("OperationErrors", Type::Array(&OPERATION_ERRORS))])
        };
        static API_FAULT_DETAIL: FaultDetail =
            FaultDetail { name: "ApiFault", element: "ApiFault", namespace: TARGET, is: &API_FAULT };
        static RESPONSE_HEADERS: Struct = Struct::qualified(TARGET, "", &[text("TrackingId")]);

        const NAMES: Names = Names {
            service: "CustomerManagementService",
            port: "BasicHttpBinding_ICustomerManagementService",
            port_type: "ICustomerManagementService",
            binding: "BasicHttpBinding_ICustomerManagementService",
        };
        const SCHEMAS: &[Schema] = &[
            Schema { prefix: "tns", namespace: TARGET, verbatim: "" },
            SERIALIZATION_SCHEMA,
            Schema { prefix: "ent", namespace: ENTITIES, verbatim: "" },
            Schema { prefix: "ad", namespace: AD, verbatim: "" },
            Schema { prefix: "exc", namespace: EXCEPTION, verbatim: "" },
            Schema { prefix: "gen", namespace: PAIRS_NAMESPACE, verbatim: "" },
            Schema { prefix: "arr", namespace: ARRAYS_NAMESPACE, verbatim: "" },
        ];
        const REQUEST_HEADERS: &[Field] =
            &[text("ApplicationToken"), text("AuthenticationToken"), text("DeveloperToken"), text("Password"), text("UserName")];

    };
}

pub(super) mod lists;
pub(super) mod v11;
pub(super) mod v13;

use ::wire::soap::{Array, Enumeration, Field, Scalar, Schema, Service, Struct, Type};

/// The namespaces that all versions share.
pub(super) const AD: &str = "https://adapi.microsoft.com";
const PAIRS_NAMESPACE: &str = "http://schemas.datacontract.org/2004/07/System.Collections.Generic";
const ARRAYS_NAMESPACE: &str = "http://schemas.microsoft.com/2003/10/Serialization/Arrays";
const SERIALIZATION: &str = "http://schemas.microsoft.com/2003/10/Serialization/";

/// A version of the contract.
pub(super) struct Contract {
    /// Its name in the path: `v11`.
    pub(super) version: &'static str,
    /// What it offers.
    pub(super) service: Service,
    /// Whether a user name and a password sign in.
    pub(super) takes_passwords: bool,
    /// The details of its faults.
    pub(super) ad_api_fault: &'static ::wire::soap::FaultDetail,
    pub(super) api_fault: &'static ::wire::soap::FaultDetail,
    /// What accounts are in answers.
    pub(super) account: &'static Struct,
    /// What the header of an answer holds.
    pub(super) response_headers: &'static Struct,
}

pub(super) static CONTRACTS: [&Contract; 2] = [&v11::CONTRACT, &v13::CONTRACT];

const STRING: Type = Type::Scalar(Scalar::String);
const LONG: Type = Type::Scalar(Scalar::Long);
const INT: Type = Type::Scalar(Scalar::Int);
const BOOLEAN: Type = Type::Scalar(Scalar::Boolean);
const TIME: Type = Type::Scalar(Scalar::DateTime);
const BYTES: Type = Type::Scalar(Scalar::Base64Binary);
const BYTE: Type = Type::Scalar(Scalar::UnsignedByte);
const DECIMAL: Type = Type::Scalar(Scalar::Decimal);

/// A member that may be nil.
const fn nil(name: &'static str, is: Type) -> Field {
    Field::new(name, is)
}

/// A member that is never nil.
const fn own(name: &'static str, is: Type) -> Field {
    Field::new(name, is).never_nil()
}

const fn text(name: &'static str) -> Field {
    Field::text(name)
}

const fn long(name: &'static str) -> Field {
    nil(name, LONG)
}

/// The fault of the vendor's platform, and what its errors are.
static APPLICATION_FAULT: Struct = Struct::qualified(AD, "ApplicationFault", &[text("TrackingId")]);
pub(super) static AD_API_ERROR: Struct =
    Struct::qualified(AD, "AdApiError", &[own("Code", INT), text("Detail"), text("ErrorCode"), text("Message")]);
static AD_API_ERRORS: Array = Array::qualified(AD, Type::Struct(&AD_API_ERROR));
static AD_API_FAULT: Struct = Struct {
    base: Some(&APPLICATION_FAULT),
    ..Struct::qualified(AD, "AdApiFaultDetail", &[nil("Errors", Type::Array(&AD_API_ERRORS))])
};
pub(super) static AD_API_FAULT_DETAIL: ::wire::soap::FaultDetail = ::wire::soap::FaultDetail {
    name: "AdApiFaultDetailFault",
    element: "AdApiFaultDetail",
    namespace: AD,
    is: &AD_API_FAULT,
};

const DIAGNOSTICS: &str = "http://schemas.datacontract.org/2004/07/System.ServiceModel";
static EXCEPTION: Struct = Struct::qualified(
    DIAGNOSTICS,
    "ExceptionDetail",
    &[
        text("HelpLink"),
        nil("InnerException", Type::Struct(&EXCEPTION)),
        text("Message"),
        text("StackTrace"),
        text("Type"),
    ],
);
/// What the vendor's framework says of a body that it cannot read. It is in no WSDL.
pub(super) static EXCEPTION_DETAIL: ::wire::soap::FaultDetail = ::wire::soap::FaultDetail {
    name: "ExceptionDetail",
    element: "ExceptionDetail",
    namespace: DIAGNOSTICS,
    is: &EXCEPTION,
};

pub(super) static PAIR: Struct = Struct::qualified(
    PAIRS_NAMESPACE,
    "KeyValuePairOfstringstring",
    &[text("key").required(), text("value").required()],
);
static PAIRS: Array = Array::qualified(PAIRS_NAMESPACE, Type::Struct(&PAIR)).never_nil();
static LONGS: Array = Array::qualified(ARRAYS_NAMESPACE, LONG).never_nil();
static INTS: Array = Array::qualified(ARRAYS_NAMESPACE, INT).never_nil();
static STRINGS: Array = Array::qualified(ARRAYS_NAMESPACE, STRING);

/// What the vendor's framework puts into every WSDL. Some of its clients number prefixes by the schemas that define
/// types, and this one must be among them.
const SERIALIZATION_SCHEMA: Schema = Schema {
    prefix: "ser",
    namespace: SERIALIZATION,
    verbatim: concat!(
        r#"<xs:simpleType name="char"><xs:restriction base="xs:int"/></xs:simpleType>"#,
        r#"<xs:simpleType name="duration"><xs:restriction base="xs:duration">"#,
        r#"<xs:pattern value="\-?P(\d*D)?(T(\d*H)?(\d*M)?(\d*(\.\d*)?S)?)?"/>"#,
        r#"<xs:minInclusive value="-P10675199DT2H48M5.4775808S"/><xs:maxInclusive value="P10675199DT2H48M5.4775807S"/>"#,
        r#"</xs:restriction></xs:simpleType><xs:simpleType name="guid"><xs:restriction base="xs:string">"#,
        r#"<xs:pattern value="[\da-fA-F]{8}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{4}-[\da-fA-F]{12}"/>"#,
        r#"</xs:restriction></xs:simpleType><xs:attribute name="FactoryType" type="xs:QName"/>"#,
        r#"<xs:attribute name="Id" type="xs:ID"/><xs:attribute name="Ref" type="xs:IDREF"/>"#,
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_without_mistakes() {
        for (contract, operations) in [(&v11::CONTRACT, 33), (&v13::CONTRACT, 37)] {
            assert_eq!(contract.service.mistakes(), Vec::<String>::new(), "{}", contract.version);
            assert_eq!(contract.service.operations.len(), operations, "{}", contract.version);
        }
    }
}
