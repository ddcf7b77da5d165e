//! The languages that customers can have.

use super::super::fields::language::LANGUAGES;
use super::super::wire::LANGUAGE;
use super::{Call, Outcome};
use ::wire::soap::{Members, Value};

pub(in super::super) async fn list(call: Call<'_>) -> Outcome {
    let shown = LANGUAGES.iter().map(|(tag, name, _)| {
        Members::new(&LANGUAGE).with("languageCode", *tag).with("languageName", *name).with("virtualDomain", "").into()
    });
    Ok(call.output().with("languageEntries", Value::List(shown.collect())))
}
