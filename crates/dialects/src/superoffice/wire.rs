//! The vendor's shapes: the structs of the three ports, in the documented order of their members.

use ::wire::soap::{Array, Field, Scalar, Struct, Type};

/// The type of most parameters, ids and numbers included.
pub(super) const TEXT: Type = Type::Scalar(Scalar::String);
pub(super) const FLAG: Type = Type::Scalar(Scalar::Boolean);
pub(super) const INT: Type = Type::Scalar(Scalar::Int);
pub(super) const BYTES: Type = Type::Scalar(Scalar::Base64Binary);
/// What the customer port's attachments are: text that is base64.
pub(super) const BASE64: Type = Type::Scalar(Scalar::Base64Text);

macro_rules! shapes {
    ($( $list:ident of $shape:ident $name:literal { $($member:expr),+ } )+) => { $(
        pub(super) static $shape: Struct = Struct::new($name, &[$($member),+]);
        pub(super) const $list: Type = {
            static ITEMS: Array = Array::of(Type::Struct(&$shape));
            Type::Array(&ITEMS)
        };
    )+ };
}

const fn text(name: &'static str) -> Field {
    Field::text(name)
}

shapes! {
    PAIRS of PAIR "ValuePairStruct" { text("field"), text("value") }
    RESULTS of RESULT "ResultStruct" { text("field"), text("value"), text("type") }
    CRITERIA of CRITERION "CriteriaStruct" { text("field"), text("op"), text("value") }
    EXTRA_FIELDS of EXTRA_FIELD "ExtraFieldsStruct" {
        text("fieldName"), text("displayField"), text("fieldId"), text("fieldType")
    }
    PRIORITIES of PRIORITY "PriorityStruct" { text("id"), text("name"), text("sortOrder") }
    CATEGORIES of CATEGORY "CategoryStruct" {
        text("id"), text("name"), text("parentId"), Field::scalar("isInternal", Scalar::Boolean)
    }
    CUSTOMER_CATEGORIES of CUSTOMER_CATEGORY "CategoryStruct" {
        text("id"), text("realCategoryId"), text("name"), text("parentId")
    }
    ATTACHMENTS of ATTACHMENT "AttachmentInfoStruct" {
        text("attachmentId"), text("attachmentName"), text("contentType"), text("attachmentKey")
    }
    CUSTOMER_ATTACHMENTS of CUSTOMER_ATTACHMENT "AttachmentInfoStruct" {
        text("attachmentId"), text("attachmentName"), text("contentType")
    }
    ACTIVE_TICKETS of ACTIVE_TICKET "ActiveTicketsStruct" { text("ticketId"), text("readStatus") }
    NOTIFICATIONS of NOTIFICATION "NotificationStruct" {
        text("type"), text("createdBy"), text("ticketId"), text("message")
    }
    EXTRA_TABLE_FIELDS of EXTRA_TABLE_FIELD "ExtraTableFieldStruct" {
        text("id"), text("name"), text("datatype"), text("flags")
    }
    EXTRA_TABLES of EXTRA_TABLE "ExtraTablesStruct" {
        text("id"), text("name"), text("flags"), Field::new("fields", EXTRA_TABLE_FIELDS)
    }
    EXTRA_CRITERIA of EXTRA_CRITERION "ExtraTableCriteriaStruct" {
        text("columnId"), text("op"), text("value"), text("logicalOp"), text("maxEntries")
    }
    EXTRA_COLUMNS of EXTRA_COLUMN "ExtraTableColumnStruct" {
        text("columnId"), text("extraFieldId"), text("name"), text("value")
    }
    EXTRA_ROWS of EXTRA_ROW "ExtraTableRowStruct" { Field::new("columns", EXTRA_COLUMNS) }
    TEMPLATE_FOLDERS of TEMPLATE_FOLDER "ReplyTemplateFolderStruct" {
        Field::scalar("id", Scalar::Int), text("description"), text("name"), Field::scalar("parent", Scalar::Int)
    }
    TEMPLATES of TEMPLATE "ReplyTemplateStruct" {
        Field::scalar("id", Scalar::Int), text("description"), Field::scalar("folder", Scalar::Int)
    }
    LANGUAGES of LANGUAGE "LanguagesStruct" { text("languageCode"), text("languageName"), text("virtualDomain") }
    FAQ_ENTRIES of FAQ_ENTRY "FaqEntryStruct" {
        text("id"), text("question"), text("title"), text("hasHtml"), text("score"), text("fullName"), text("parentId")
    }
    FAQ_CATEGORIES of FAQ_CATEGORY "FaqCategoryStruct" { text("id"), text("name"), text("description") }
    FAQ_PARENTS of FAQ_PARENT "FaqParentStruct" { text("id"), text("name") }
    FAQ_GROUP_ENTRIES of FAQ_GROUP_ENTRY "FaqGroupEntryStruct" { text("id"), text("question") }
    FAQ_GROUPS of FAQ_GROUP "FaqGroupStruct" {
        text("description"), text("id"), Field::new("entries", FAQ_GROUP_ENTRIES)
    }
    FAQ_LINKS of FAQ_LINK "FaqLinkStruct" { text("name"), text("url") }
    MODULE_PATHS of MODULE_PATH "ModulePathStruct" { text("module"), text("path") }
}

pub(super) const TEXTS: Type = {
    static ITEMS: Array = Array::of(TEXT);
    Type::Array(&ITEMS)
};
pub(super) const INTS: Type = {
    static ITEMS: Array = Array::of(INT);
    Type::Array(&ITEMS)
};
/// Rows of columns.
pub(super) const ROWS: Type = {
    static ITEMS: Array = Array::of(RESULTS);
    Type::Array(&ITEMS)
};
