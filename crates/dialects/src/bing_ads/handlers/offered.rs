//! What is answered without looking at anything.

use super::super::operations::not_offered;
use super::{Call, Outcome};
use ::wire::soap::Value;

pub(in super::super) async fn unsupported(call: Call<'_>) -> Outcome {
    Err(not_offered(call.operation.name))
}

/// There are no pilots here.
pub(in super::super) async fn no_pilot_features(call: Call<'_>) -> Outcome {
    Ok(call.output().with("PilotFeatures", Value::List(Vec::new())))
}
