//! Every field of every kind of record, named once, with what it can hold.

use crate::choice;
use crate::kind::Kind;
use crate::value::Shape;
use std::borrow::Cow;
use std::fmt;

/// The largest whole number a legacy wire carries: 32 bits with a sign.
pub const MAX_NUMBER: i64 = 2_147_483_647;

const QUOTA: Shape = Shape::Number { min: 0, max: MAX_NUMBER };
const NAME: Shape = Shape::Text { max: 255 };
const CODE: Shape = Shape::Text { max: 255 };

macro_rules! fields {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $name:literal, $shape:expr; )+) => {
        /// A field. Its name is the same in the native API, the console, the command line, the history and the store.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field {
            $( $(#[doc = $doc])+ $variant, )+
            /// An extra field by its number, defined per tenant.
            Extra(u16),
        }

        impl Field {
            /// Every field but the extra ones.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            const fn fixed_name(self) -> Option<&'static str> {
                match self { $( Self::$variant => Some($name), )+ Self::Extra(_) => None }
            }

            /// What the field can hold. An extra field holds text here; its definition says more.
            pub const fn shape(self) -> Shape {
                match self { $( Self::$variant => $shape, )+ Self::Extra(_) => Shape::Text { max: 4_000 } }
            }

            /// What it is, in a sentence for people.
            pub fn description(self) -> &'static str {
                match self {
                    $( Self::$variant => concat!($($doc),+).trim_ascii(), )+
                    Self::Extra(_) => "An extra field: what it holds, its definition says.",
                }
            }

            fn fixed_named(name: &str) -> Option<Self> {
                match name { $( $name => Some(Self::$variant), )+ _ => None }
            }
        }
    };
}

fields! {
    /// The number of a record, given by the server, from 1, never reused.
    Id = "id", Shape::Envelope;
    /// Grows by one with each accepted change.
    Version = "version", Shape::Envelope;
    /// When the record was created.
    CreatedAt = "created_at", Shape::Envelope;
    /// When it last changed.
    UpdatedAt = "updated_at", Shape::Envelope;
    /// The credential that last changed it.
    UpdatedBy = "updated_by", Shape::Envelope;

    /// What was set as the name; unset means that the shown name is derived from the two names.
    Name = "name", NAME;
    /// First name.
    FirstName = "first_name", NAME;
    /// Last name.
    LastName = "last_name", NAME;
    /// E-mail addresses; the first is the primary one.
    Emails = "emails", Shape::Emails { items: 100 };
    /// Telephone number, as written.
    Phone = "phone", NAME;
    /// Mobile number, as written.
    MobilePhone = "mobile_phone", NAME;
    /// Login name, unique in the tenant whatever its case.
    Username = "username", NAME;
    /// Password: the record holds its argon2id hash, nobody is ever shown it.
    Password = "password", Shape::Secret;
    /// Free text.
    Note = "note", Shape::Text { max: 65_535 };
    /// BCP 47 language tag.
    Language = "language", Shape::Language;
    /// Id of the company.
    Company = "company", Shape::Reference(Kind::Company);
    /// First address line.
    AddressLine1 = "address.line1", NAME;
    /// Second address line.
    AddressLine2 = "address.line2", NAME;
    /// Third address line.
    AddressLine3 = "address.line3", NAME;
    /// Fourth address line; may hold further lines.
    AddressLine4 = "address.line4", Shape::Text { max: 4_000 };
    /// City.
    City = "address.city", NAME;
    /// State, province or county.
    Region = "address.region", NAME;
    /// Postal code, as written: leading zeros stay.
    PostalCode = "address.postal_code", Shape::Text { max: 64 };
    /// ISO 3166-1 alpha-2 country code.
    Country = "address.country", Shape::Country;
    /// Web site.
    WebsiteUrl = "website_url", Shape::Text { max: 2_048 };
    /// Industry.
    Industry = "industry", Shape::Choice(choice::INDUSTRY);
    /// State of the customer; unset reads as active.
    Status = "status", Shape::Choice(choice::STATUS);
    /// Country of the market.
    MarketCountry = "market_country", Shape::Country;
    /// Language of the market.
    MarketLanguage = "market_language", Shape::Language;
    /// Financial state.
    FinancialStatus = "financial_status", Shape::Choice(choice::FINANCIAL_STATUS);
    /// Service level.
    ServiceLevel = "service_level", Shape::Choice(choice::SERVICE_LEVEL);
    /// Id of the e-mail package.
    EmailPackageId = "email_package_id", QUOTA;
    /// Prepaid e-mails.
    EmailQuota = "email_quota", QUOTA;
    /// Prepaid text messages.
    SmsQuota = "sms_quota", QUOTA;
    /// Id of the transactions package.
    TransactionsPackageId = "transactions_package_id", QUOTA;
    /// Prepaid transactions.
    TransactionsQuota = "transactions_quota", QUOTA;
    /// The integrator's own key, unique in the tenant.
    UniqueId = "unique_id", CODE;
    /// Public hash, unique in the tenant.
    Hash = "hash", CODE;
    /// Subscriptions the customer can be found by, each unique in the tenant.
    SubscriptionIds = "subscription_ids", Shape::Codes { max: 255, items: 1_000 };
    /// Orders the customer can be found by, each unique in the tenant.
    OrderIds = "order_ids", Shape::Codes { max: 255, items: 1_000 };
    /// The id another system knows the customer by, unique in the tenant.
    ExternalCustomerId = "external_customer_id", CODE;
    /// Bing customer number: `C` and digits; unset means derived from the id.
    BingNumber = "bing_number", CODE;
    /// Locked against edits through Trackfinity.
    Locked = "locked", Shape::Flag;
    /// The record this one was merged into.
    MergedInto = "merged_into", Shape::Reference(Kind::Customer);

    /// State of an account; unset reads as active.
    AccountStatus = "account_status", Shape::Choice(choice::ACCOUNT_STATUS);
    /// Number of an account; unset means derived from the id.
    AccountNumber = "account_number", CODE;
    /// ISO 4217 code of a currency.
    Currency = "currency", Shape::Text { max: 3 };
    /// Time zone of an account, as the vendor calls it.
    TimeZone = "time_zone", Shape::Text { max: 64 };
    /// Id of the means of payment.
    PaymentMethodId = "payment_method_id", Shape::Number { min: 0, max: i64::MAX };
    /// Id of the means of payment where the first fails.
    BackupPaymentMethodId = "backup_payment_method_id", Shape::Number { min: 0, max: i64::MAX };
    /// Amount after which an account is billed, in digits.
    BillingThreshold = "billing_threshold", Shape::Text { max: 40 };
    /// The user to turn to for an account.
    PrimaryUser = "primary_user", Shape::Reference(Kind::User);
    /// Why an account is paused: 1 a user, 2 its bills, 4 both.
    PauseReason = "pause_reason", Shape::Number { min: 0, max: 255 };
    /// Whether addresses of advertisements are tagged: 0 no, 1 keeping tags, 2 replacing them.
    AutoTag = "auto_tag", Shape::Number { min: 0, max: 2 };
    /// What addresses of advertisements are tracked with.
    TrackingUrlTemplate = "tracking_url_template", Shape::Text { max: 2_048 };
    /// Facts for the tax office, each as `TaxId=…`.
    TaxInformation = "tax_information", Shape::Codes { max: 500, items: 20 };
    /// The ids that another system knows an account by, each unique in the tenant.
    ExternalAccountIds = "external_account_ids", Shape::Codes { max: 255, items: 100 };

    /// Marked deleted.
    Deleted = "deleted", Shape::Flag;
    /// What somebody works as.
    JobTitle = "job_title", Shape::Text { max: 50 };
    /// Fax number, as written.
    Fax = "fax", NAME;
    /// Internet domains of a company: mail from there is its.
    Domains = "domains", Shape::Codes { max: 255, items: 1_000 };
    /// Department of a company.
    Department = "department", NAME;
    /// What kind of contact a company is, in the tenant's own words.
    ContactCategory = "contact_category", NAME;
    /// What business a company is in, in the tenant's own words.
    Business = "business", NAME;
    /// The customer to turn to in a company.
    PrimaryContact = "primary_contact", Shape::Reference(Kind::Customer);
    /// The user who looks after a company.
    OurContact = "our_contact", Shape::Reference(Kind::User);
    /// The user who sells to a company.
    OurSalesContact = "our_sales_contact", Shape::Reference(Kind::User);
    /// The table of another system that it came from.
    ExtTable = "ext_table", CODE;
    /// Its key in that table.
    ExtKey = "ext_key", CODE;

    /// Host names that lead to a tenant.
    Hosts = "hosts", Shape::Codes { max: 255, items: 100 };
    /// Number of parts a tenant's records are spread over; fixed at creation.
    Buckets = "buckets", Shape::Number { min: 1, max: 4_096 };
    /// What a user or a key may do.
    Role = "role", Shape::Choice(crate::access::Role::NAMES);
    /// What a user is to Bing Ads; unset means what goes with the role.
    BingRole = "bing_role", Shape::Choice(choice::BING_ROLE);
    /// The dialects a user or key may sign in through; empty means all.
    Dialects = "dialects", Shape::Codes { max: 32, items: 16 };
    /// What of the tenant a user or key reaches, such as `tickets:read`; empty means all.
    Scopes = "scopes", Shape::Codes { max: 32, items: 16 };
    /// Where a user or key may call from: networks such as `192.0.2.0/24`; empty means anywhere.
    Networks = "networks", Shape::Codes { max: 64, items: 100 };
    /// The networks that the ports of a SOAP API may be called from, such as `ticket=192.0.2.0/24`; a port that none is
    /// given for may be called from anywhere.
    PortNetworks = "port_networks", Shape::Codes { max: 80, items: 300 };
    /// When a customer was erased.
    ErasedAt = "erased_at", Shape::Time;
    /// After how many days customers are erased who were deleted; unset keeps them.
    EraseDeletedAfterDays = "erase_deleted_after_days", Shape::Number { min: 0, max: 36_500 };
    /// The fields of customers, companies and tickets that viewers see masked.
    MaskedFields = "masked_fields", Shape::Codes { max: 64, items: 200 };
    /// SHA-256 of a key, session or token, in hexadecimal.
    Digest = "digest", Shape::Secret;
    /// That of the key that this one took the place of.
    PreviousDigest = "previous_digest", Shape::Secret;
    /// Until when the previous key works too.
    PreviousUntil = "previous_until", Shape::Time;
    /// When a key, session or token ends.
    ExpiresAt = "expires_at", Shape::Time;
    /// When a session began.
    StartedAt = "started_at", Shape::Time;
    /// Tells one password from another, without being one: a session or token ends when the password changes.
    Stamp = "stamp", Shape::Secret;
    /// Which of its subject's sessions a session is.
    Slot = "slot", CODE;
    /// The program, as it called itself when a session began, or as it is registered that a token is for.
    Client = "client", NAME;
    /// A disabled user or key cannot sign in.
    Disabled = "disabled", Shape::Flag;
    /// Works only while the server listens on nothing but loopback addresses: demo credentials.
    LoopbackOnly = "loopback_only", Shape::Flag;
    /// Changes must say which version they change.
    DemandsVersions = "demands_versions", Shape::Flag;
    /// SHA-256 of a request, in hexadecimal.
    RequestDigest = "request_digest", Shape::Text { max: 64 };
    /// The record that an answer shows: its kind and id.
    About = "about", Shape::Text { max: 64 };
    /// What was done to a customer.
    Action = "action", Shape::Choice(crate::audit::ACTIONS);
    /// Id of the customer to whom it was done.
    Subject = "subject", Shape::Number { min: 1, max: MAX_NUMBER };
    /// Why it was done, as whoever did it said.
    Reason = "reason", Shape::Text { max: 500 };
    /// What was answered to a request.
    Answer = "answer", Shape::Text { max: 8_000_000 };
    /// A user.
    UserId = "user", Shape::Reference(Kind::User);
    /// The customer a ticket or session belongs to.
    CustomerId = "customer", Shape::Reference(Kind::Customer);
    /// Number of an extra field.
    Number = "number", Shape::Number { min: 1, max: 65_535 };
    /// What an extra field belongs to.
    Domain = "domain", Shape::Choice(choice::EXTRA_DOMAIN);
    /// What an extra field holds.
    Shape = "shape", Shape::Choice(choice::EXTRA_SHAPE);
    /// Seen by customers, not only by agents.
    External = "external", Shape::Flag;
    /// The category above.
    Parent = "parent", Shape::Reference(Kind::Category);
    /// Bigger is more important.
    SortOrder = "sort_order", QUOTA;
    /// Title of a ticket.
    Title = "title", NAME;
    /// Category of a ticket.
    CategoryId = "category", Shape::Reference(Kind::Category);
    /// Priority of a ticket.
    PriorityId = "priority", Shape::Reference(Kind::Priority);
    /// State of a ticket; unset reads as open.
    TicketStatus = "ticket_status", Shape::Choice(choice::TICKET_STATUS);
    /// When a ticket was closed.
    ClosedAt = "closed_at", Shape::Time;
    /// The ticket a message belongs to.
    TicketId = "ticket", Shape::Reference(Kind::Ticket);
    /// Who wrote a message.
    Author = "author", NAME;
    /// Text of a message.
    Text = "text", Shape::Text { max: 1_000_000 };
    /// When a message was sent.
    SentAt = "sent_at", Shape::Time;
    /// Customers of a ticket beside the first one.
    FurtherCustomers = "further_customers", Shape::References { of: Kind::Customer, items: 1_000 };
    /// The user who looks after a ticket; unset means that nobody does.
    Owner = "owner", Shape::Reference(Kind::User);
    /// The user who made it; unset when it was a customer or a program.
    CreatedBy = "created_by", Shape::Reference(Kind::User);
    /// When a ticket was opened, where that is not when its record was created.
    OpenedAt = "opened_at", Shape::Time;
    /// When a ticket should be solved.
    Deadline = "deadline", Shape::Time;
    /// When an agent last answered the customer.
    RepliedAt = "replied_at", Shape::Time;
    /// When a message was last added to a ticket.
    LastMessageAt = "last_message_at", Shape::Time;
    /// When the customer last read a ticket.
    ReadByCustomerAt = "read_by_customer_at", Shape::Time;
    /// When the owner last read a ticket.
    ReadByOwnerAt = "read_by_owner_at", Shape::Time;
    /// Whether a message of a ticket has an attachment.
    HasAttachment = "has_attachment", Shape::Flag;
    /// The address that replies to a ticket come from.
    FilterAddress = "filter_address", Shape::Text { max: 320 };
    /// The connector that keeps a ticket in step with another database.
    DbiAgentId = "dbi_agent_id", QUOTA;
    /// The key of a ticket in that database.
    DbiKey = "dbi_key", CODE;
    /// When it was last in step with it.
    DbiSynchronizedAt = "dbi_synchronized_at", Shape::Time;
    /// HTML of a message.
    Html = "html", Shape::Text { max: 1_000_000 };
    /// Head of the e-mail that a message came as.
    Header = "header", Shape::Text { max: 65_535 };
    /// How a message came, in the tenant's own words.
    MessageType = "message_type", NAME;
    /// The id of the e-mail that a message came as.
    MailId = "mail_id", Shape::Text { max: 998 };
    /// Recipients of a message.
    MailTo = "mail_to", Shape::Emails { items: 100 };
    /// Recipients of a copy.
    MailCc = "mail_cc", Shape::Emails { items: 100 };
    /// Recipients of a copy whom the others do not see.
    MailBcc = "mail_bcc", Shape::Emails { items: 100 };
    /// Minutes that a message took.
    TimeSpent = "time_spent", QUOTA;
    /// Minutes of it that are charged.
    TimeCharge = "time_charge", QUOTA;
    /// A message to look at first.
    Important = "important", Shape::Flag;
    /// Attachments of a message, in order.
    Attachments = "attachments", Shape::References { of: Kind::Attachment, items: 100 };
    /// The message that an attachment is linked to; unset while it is loose.
    MessageId = "message", Shape::Reference(Kind::Message);
    /// Media type of an attachment, as its sender named it.
    ContentType = "content_type", NAME;
    /// Bytes of an attachment.
    Size = "size", QUOTA;
    /// SHA-256 of the bytes of an attachment, in hexadecimal.
    Sha256 = "sha256", Shape::Text { max: 64 };
    /// Code of a language, unique in the tenant.
    Code = "code", Shape::Language;
    /// The part of the portal where a language is spoken.
    VirtualDomain = "virtual_domain", NAME;
    /// The table that a column or a row belongs to.
    TableId = "table", Shape::Reference(Kind::ExtraTable);
    /// Flags of a table or a column, as the vendor's API numbers them.
    Flags = "flags", QUOTA;
    /// What a notification is about.
    NotificationType = "notification_type", QUOTA;
    /// The program that tells a user what there is to be told.
    Source = "source", NAME;
    /// Stored by somebody who had not signed in: any customer may link it, and anybody delete it until then.
    Unclaimed = "unclaimed", Shape::Flag;
    /// What opens an attachment beside its id, where a vendor's API asks for it.
    AccessKey = "access_key", Shape::Secret;
    /// Where a webhook's events go, or the code of a token went.
    Url = "url", Shape::Text { max: 2_048 };
    /// The kinds of records whose events a webhook wants; empty means all.
    Kinds = "kinds", Shape::Codes { max: 32, items: 32 };
    /// Which of its secrets a webhook signs with, from 1.
    SecretNumber = "secret_number", QUOTA;
    /// When a webhook got its present secret; the one before signs too for a day.
    RotatedAt = "rotated_at", Shape::Time;
    /// Why a delivery failed last, or a webhook was switched off.
    Problem = "problem", Shape::Text { max: 1_000 };
    /// How far a webhook has been told: a cursor of the feed.
    Cursor = "cursor", Shape::Text { max: 100_000 };
    /// How often the next event was tried.
    Attempts = "attempts", QUOTA;
    /// Since when no event could be delivered.
    FailingSince = "failing_since", Shape::Time;
    /// Not to be tried again before.
    RetryAt = "retry_at", Shape::Time;
    /// When somebody last had a webhook's events sent again.
    ReplayedAt = "replayed_at", Shape::Time;
    /// The webhook that an event was for.
    WebhookId = "webhook", Shape::Reference(Kind::Webhook);
    /// Until when a token is known, so that one that ended is told from one that never was.
    KeptUntil = "kept_until", Shape::Time;
    /// SHA-256 of the code that a program gets a token for, in hexadecimal.
    CodeDigest = "code_digest", Shape::Secret;
    /// What whoever redeems a code must know (RFC 7636).
    Challenge = "challenge", Shape::Secret;
    /// SHA-256 of the part of what renews a token that stays the same, in hexadecimal.
    FamilyDigest = "family_digest", Shape::Secret;
    /// That of the part that is another one each time.
    RefreshDigest = "refresh_digest", Shape::Secret;
    /// The name of an event.
    Event = "event", Shape::Text { max: 64 };
    /// The API that speaks it.
    Dialect = "dialect", Shape::Text { max: 32 };
    /// The part of that API.
    Port = "port", Shape::Text { max: 32 };
    /// What is otherwise than here, a sentence each.
    Differences = "differences", Shape::Codes { max: 1_000, items: 1_000 };
}

/// How many extra fields of customers are also called `custom1`, `custom2`, ….
pub const CUSTOM_FIELDS: u16 = 5;

impl Field {
    /// The dotted name: `address.city`, `custom1`, `x_6`.
    pub fn name(self) -> Cow<'static, str> {
        if let Some(name) = self.fixed_name() {
            return Cow::Borrowed(name);
        }
        match self {
            Self::Extra(1) => Cow::Borrowed("custom1"),
            Self::Extra(2) => Cow::Borrowed("custom2"),
            Self::Extra(3) => Cow::Borrowed("custom3"),
            Self::Extra(4) => Cow::Borrowed("custom4"),
            Self::Extra(5) => Cow::Borrowed("custom5"),
            Self::Extra(number) => Cow::Owned(format!("x_{number}")),
            _ => Cow::Borrowed(""),
        }
    }

    /// The field of that [`name`](Self::name); `x_1` … `x_5` name the custom fields too.
    pub fn named(name: &str) -> Option<Self> {
        if let Some(field) = Self::fixed_named(name) {
            return Some(field);
        }
        if let Some(digit) = name.strip_prefix("custom") {
            return digit.parse().ok().filter(|n| digit.len() == 1 && (1..=CUSTOM_FIELDS).contains(n)).map(Self::Extra);
        }
        let digits = name.strip_prefix("x_")?;
        if digits.starts_with(['0', '+']) {
            return None;
        }
        digits.parse().ok().map(Self::Extra)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_name() {
        for &field in Field::ALL {
            assert_eq!(Field::named(&field.name()), Some(field));
        }
        for number in [1, 5, 6, 7, 65_535] {
            assert_eq!(Field::named(&Field::Extra(number).name()), Some(Field::Extra(number)));
        }
        assert_eq!(Field::named("x_3"), Some(Field::Extra(3)));
        for wrong in ["custom6", "custom0", "custom01", "x_0", "x_01", "x_+1", "x_65536", "x_", "Name", ""] {
            assert_eq!(Field::named(wrong), None, "{wrong}");
        }
    }
}
