//! Closed vocabularies.

/// States of a customer. A deleted one keeps its id and its history.
pub const STATUS: &[&str] = &["active", "off", "suspended", "deleted"];

/// States of a ticket.
pub const TICKET_STATUS: &[&str] = &["open", "closed", "postponed", "deleted"];

/// Financial states of a customer.
pub const FINANCIAL_STATUS: &[&str] =
    &["proposals_only", "pending_credit_check", "clear", "sold_to_only", "credit_hold", "credit_warning"];

/// Service levels of a customer.
pub const SERVICE_LEVEL: &[&str] = &["self_serve", "self_serve_trusted", "premium", "internal", "select"];

/// What a user can be to Bing Ads. An aggregator signs customers up, an account manager deletes them.
pub const BING_ROLE: &[&str] =
    &["super_admin", "aggregator", "account_manager", "standard", "campaign_manager", "client_viewer"];

/// States of an account. An inactive one is deleted.
pub const ACCOUNT_STATUS: &[&str] = &["draft", "active", "inactive", "pause", "pending", "suspended"];

/// What an extra field holds.
pub const EXTRA_SHAPE: &[&str] = &["text", "integer", "float", "boolean", "date"];

/// What an extra field belongs to.
pub const EXTRA_DOMAIN: &[&str] = &["customer", "company", "ticket", "message", "extra_row"];

/// Every industry that any dialect can name. Two vendors each have a closed list of their own; neither is a part of
/// the other, so the record holds the union and each dialect translates. Unset means that nobody said.
pub const INDUSTRY: &[&str] = &[
    "agency_sales_house",
    "automotive_trade",
    "consumer_packaged_goods",
    "education",
    "entertainment",
    "financial_services",
    "food_services",
    "gaming",
    "government_nonprofit_political",
    "healthcare",
    "internal",
    "publishing_and_web_media",
    "real_estate",
    "retail",
    "services",
    "technology",
    "telecommunications",
    "travel_hospitality",
    "other",
    "pharmaceuticals",
    "personal_use",
    "agriculture_and_environmental",
    "automotive",
    "business_and_consulting_services",
    "e_commerce",
    "education_and_training",
    "financial_institutions",
    "governmental_organisations",
    "hospitality_travel_and_tourism",
    "industry_trade_and_manufacture",
    "lifestyle_arts_and_entertainment",
    "logistic_services",
    "publishing_and_media",
    "agencies_and_marketing",
    "medical_and_healthcare",
    "non_governmental_organisations",
    "property_and_real_estate",
    "retail_and_wholesale",
    "technology_and_science",
];
