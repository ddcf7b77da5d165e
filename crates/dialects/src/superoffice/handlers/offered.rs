//! What the vendor's product has and this server has not, answered in the vendor's words.

use super::super::errors::{Code, Refused};
use super::super::wire::MODULE_PATH;
use super::{Call, Outcome};
use ::wire::soap::{Members, Value};
use domain::Error;
use domain::error::Reason;

fn unsupported(code: Code, sentence: String) -> Outcome {
    Err(Refused::new(code, Error::new(Reason::Unsupported, sentence)))
}

/// FAQ, reply templates, scripts, the desktop agent.
pub(in super::super) async fn not_licensed(call: Call<'_>) -> Outcome {
    unsupported(Code::NoLicense, format!("{} is not offered by this server", call.operation.name))
}

pub(in super::super) async fn no_agent(_: Call<'_>) -> Outcome {
    unsupported(Code::FileNotFound, "There is no desktop agent on this server".to_owned())
}

/// Where this server's programs are.
pub(in super::super) async fn module_paths(call: Call<'_>) -> Outcome {
    let path = format!("{}{}", call.request.base_url, call.request.path);
    let soap = Members::new(&MODULE_PATH).with("module", "soap").with("path", path);
    Ok(call.output().with("paths", Value::List(vec![soap.into()])))
}
