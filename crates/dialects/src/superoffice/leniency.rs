//! What is taken although the vendor's pages do not have it. By default it is noted beside the answer, for whoever looks
//! into an exchange; with `--strict` what the pages rule out is refused.

use super::call::Call;
use super::errors::{Code, Refused};
use super::fields::criteria::Operator;
use super::fields::{extra, status_of, unprefixed};
use crate::notes::Notes;
use ::wire::soap::{Envelope, Operation};
use domain::Kind;

impl Call<'_> {
    /// Takes what the pages rule out, and notes it.
    ///
    /// # Errors
    /// The code, with `--strict`.
    pub(super) fn lenient(&self, code: Code, sentence: impl Into<String>) -> Result<(), Refused> {
        let sentence = sentence.into();
        if self.state.strict {
            return Err(Refused::invalid(code, format!("{sentence}. Nothing was stored.")));
        }
        self.notes.add(sentence);
        Ok(())
    }

    /// A field's name in the form that the pages of its method have: with the word for the kind before it or without.
    ///
    /// # Errors
    /// 17 with `--strict`. Of extra fields the pages have both forms.
    pub(super) fn spelt(&self, name: &str, kind: Kind, with_word: bool) -> Result<(), Refused> {
        let has_word = unprefixed(name, kind).len() < name.len();
        // The vendor's page spells this one so once.
        if has_word == with_word || extra::looks_extra(name) || name == "ticket_last_changed" {
            return Ok(());
        }
        let shown: String = name.chars().take(64).collect();
        let word = kind.name();
        let text = match with_word {
            true => format!("{shown} is documented with {word}. before it"),
            false => format!("{shown} is documented without {word}. before it"),
        };
        self.lenient(Code::InvalidField, text)
    }

    /// The operator of a name, among those that the page of the method lists.
    ///
    /// # Errors
    /// 28 with `--strict`, for another one, and for one without the word before it.
    pub(super) fn operator(&self, name: &str, listed: &[Operator]) -> Result<Option<Operator>, Refused> {
        let Some(operator) = Operator::named(name) else { return Ok(None) };
        if !listed.contains(&operator) || !name.starts_with("Operator") {
            let page = self.operation.name;
            self.lenient(Code::IllegalCriterias, format!("The page of {page} does not list the operator {name}"))?;
        }
        Ok(Some(operator))
    }

    /// A pair that sets a field.
    ///
    /// # Errors
    /// With `--strict` those of what only this server takes.
    pub(super) fn pair(&self, name: &str, value: &str, kind: Kind) -> Result<(), Refused> {
        // What a ticket is created with are extra fields, of which the pages have both forms.
        self.spelt(name, kind, kind == Kind::Ticket)?;
        let short = unprefixed(name, kind);
        if kind == Kind::Ticket && short == "status" && !["open", "close", "delete"].contains(&value) {
            if status_of(value).is_none() {
                return Ok(());
            }
            let text = format!("The status {value} is documented as open, close or delete");
            return self.lenient(Code::UnknownTicketStatus, text);
        }
        if self.port.is_customers() && short == "company" && value.trim() == "-1" {
            return self.lenient(Code::UnknownCompany, "-1 for no company is documented for the ticket port only");
        }
        Ok(())
    }
}

/// Parameters that are not called what the pages call them: toolkits without a WSDL make names up.
pub(super) fn note_parameters(notes: &Notes, operation: &Operation, envelope: &Envelope<'_>) {
    let fields = operation.input.fields;
    for (place, parameter) in envelope.call().children().enumerate() {
        let name = parameter.local_name();
        if fields.iter().any(|field| field.name == name) {
            continue;
        }
        let sent: String = name.chars().take(64).collect();
        let known = fields.iter().find(|field| field.name.eq_ignore_ascii_case(name)).or_else(|| fields.get(place));
        if let Some(known) = known {
            notes.add(format!("The parameter {sent} is taken as {}", known.name));
        }
    }
}
