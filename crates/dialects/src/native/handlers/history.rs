use super::id;
use crate::native::errors::Problem;
use crate::native::wire::{self, Query, put_change};
use crate::route::Call;
use bytes::Bytes;
use domain::Kind;
use domain::operation::ReadHistory;
use http::Response;

pub(in crate::native) async fn customer(call: Call<'_>, query: Query<'_>) -> Result<Response<Bytes>, Problem> {
    let read = ReadHistory { kind: Kind::Customer, id: id(&call)?, from: query.cursor()?, limit: query.limit()? };
    let history = call.run(read).await?;
    Ok(wire::page(&history.changes, history.next, put_change))
}
