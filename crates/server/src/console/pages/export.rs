//! A list or a history as CSV, page by page while it goes out.

use dialects::native::export::{self, Format, Sheet};
use domain::{Field, Kind};

use super::list::Asked;
use super::{many, record};
use crate::console::NAME;
use crate::console::visit::{Outcome, Visit};

pub(super) async fn list(visit: &Visit<'_>, kind: Kind) -> Outcome {
    whole(visit, Asked::read(kind, &visit.queries())).await
}

pub(super) async fn tickets_of(visit: &Visit<'_>, id: i64) -> Outcome {
    record::read(visit, Kind::Customer, id).await?;
    whole(visit, Asked::tickets_of(visit, id)).await
}

async fn whole(visit: &Visit<'_>, asked: Asked) -> Outcome {
    let origin = visit.request().origin(NAME, "list", visit.caller());
    let sought = asked.sought(visit)?;
    let name = many(sought.kind);
    Sheet::csv(asked.columns).answer_found(name, (visit.state, visit.caller(), origin), sought).await
}

pub(super) async fn history(visit: &Visit<'_>, kind: Kind, id: i64) -> Outcome {
    let origin = visit.request().origin(NAME, "history", visit.caller());
    let only = Field::named(&visit.query("field"));
    export::history((visit.state, visit.caller(), origin), (kind, id), only, Format::Csv).await
}
