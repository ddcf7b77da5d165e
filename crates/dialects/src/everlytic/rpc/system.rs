//! What the server tells of itself, and many calls in one.

use super::methods::{Method, arity};
use super::{Failed, Outcome, Underway};
use crate::route::Call;
use crate::together::Together;
use std::collections::HashSet;
use wire::xmlrpc::{Fault, Value};

/// Calls in one, at most: so many changes fit into one transaction.
const MAX_CALLS: usize = 500;

/// Customers in all answers to the calls in one; those that come after are refused.
const MAX_SHOWN: usize = 5_000;

pub(super) async fn list_methods(call: Call<'_>, params: &[Value<'_>]) -> Outcome {
    arity(params, &[], 0)?;
    Ok(Method::all(call.state).map(|(name, _)| Value::from(name)).collect())
}

pub(super) async fn method_signature(call: Call<'_>, params: &[Value<'_>]) -> Outcome {
    let types =
        |signature: &&[&'static str]| -> Value<'static> { signature.iter().map(|name| Value::from(*name)).collect() };
    Ok(asked(&call, params)?.signatures.iter().map(types).collect())
}

pub(super) async fn method_help(call: Call<'_>, params: &[Value<'_>]) -> Outcome {
    Ok(asked(&call, params)?.help.into())
}

fn asked(call: &Call<'_>, params: &[Value<'_>]) -> Result<&'static Method, Failed> {
    arity(params, &["methodName"], 1)?;
    let name = params.first().map_or(Ok("".into()), Value::text)?;
    Ok(Method::named(&name, call.state)?)
}

pub(super) async fn get_capabilities(_: Call<'_>, params: &[Value<'_>]) -> Outcome {
    arity(params, &[], 0)?;
    const INTROSPECTION: &str = "http://xmlrpc-c.sourceforge.net/xmlrpc-c/introspection.html";
    let capabilities = [
        ("xmlrpc", "http://www.xmlrpc.com/spec", 1),
        ("introspect", INTROSPECTION, 1),
        ("introspection", INTROSPECTION, 1),
        ("system.multicall", "http://www.xmlrpc.com/discuss/msgReader$1208", 1),
        ("faults_interop", "http://xmlrpc-epi.sourceforge.net/specs/rfc.fault_codes.php", 20_010_516),
        ("nil", "http://ontosys.com/xml-rpc/extensions.php", 20_010_518),
    ];
    let about = |(name, url, version): (&'static str, &'static str, i32)| {
        (name, [("specUrl", url.into()), ("specVersion", version.into())].into_iter().collect())
    };
    Ok(capabilities.into_iter().map(about).collect())
}

/// One of the calls in one.
type Inner<'a> = Result<(&'static Method, &'a [Value<'a>]), Fault>;

pub(super) async fn multicall(call: Call<'_>, params: &[Value<'_>]) -> Outcome {
    arity(params, &["calls"], 1)?;
    let calls = params.first().and_then(Value::items);
    let calls = calls.ok_or_else(|| Fault::new(Fault::INVALID_PARAMS, "The calls must be an array"))?;
    if calls.len() > MAX_CALLS {
        let message = format!("More than {MAX_CALLS} calls in one: nothing was done");
        return Err(Fault::new(Fault::LIMIT, message).into());
    }
    let calls: Vec<Inner<'_>> = calls.iter().map(|inner| read(inner, &call)).collect();
    let (mut results, mut shown) = (Vec::with_capacity(calls.len()), 0);
    for group in groups(&calls) {
        let together = Together::default();
        let first = results.is_empty();
        let run = |(at, inner)| run(&call, inner, first && at == 0, shown, &together);
        let running = group.iter().enumerate().map(run).collect();
        for outcome in together.all(&call.state.app, running).await {
            results.push(match outcome {
                Ok(value) => {
                    shown += value.items().map_or(1, <[_]>::len);
                    [value].into_iter().collect()
                }
                Err(Failed { fault: Fault { code, message }, .. }) => {
                    let members: [(_, Value<'static>); 2] =
                        [("faultCode", code.into()), ("faultString", message.into())];
                    members.into_iter().collect()
                }
            });
        }
    }
    Ok(Value::Array(results))
}

/// The calls in groups: of each, all changes reach the store at once. What reads stands alone, and so that each sees
/// what came before it, no group changes a customer twice.
fn groups<'g, 'a>(calls: &'g [Inner<'a>]) -> Vec<&'g [Inner<'a>]> {
    let (mut groups, mut start, mut changed) = (Vec::new(), 0, HashSet::new());
    for (at, call) in calls.iter().enumerate() {
        let changes = call.as_ref().map_or(Some(None), |(method, params)| method.changes(params));
        let joins = changes.is_some_and(|id| id.is_none_or(|id| changed.insert(id)));
        if !joins {
            groups.push(calls.get(start..at).unwrap_or_default());
            (start, changed) = (at, changes.flatten().into_iter().collect());
        }
        if changes.is_none() {
            groups.push(calls.get(at..=at).unwrap_or_default());
            start = at + 1;
        }
    }
    groups.push(calls.get(start..).unwrap_or_default());
    groups.retain(|group| !group.is_empty());
    groups
}

fn read<'a>(inner: &'a Value<'a>, call: &Call<'_>) -> Inner<'a> {
    let invalid = |why: &'static str| Fault::new(Fault::INVALID_PARAMS, why);
    let name = inner.member("methodName").ok_or_else(|| invalid("A call is a struct of methodName and params"))?;
    let params = inner.member("params").and_then(Value::items);
    let params = params.ok_or_else(|| invalid("The params of a call must be an array"))?;
    let method = Method::named(&name.text()?, call.state)?;
    if method.name == "system.multicall" {
        return Err(invalid("system.multicall cannot be called through itself"));
    }
    Ok((method, params))
}

/// Every call in one counts as one, so that nobody asks more often than they may.
fn run<'a>(by: &'a Call<'a>, inner: &'a Inner<'a>, first: bool, shown: usize, together: &'a Together) -> Underway<'a> {
    Box::pin(async move {
        let (method, params) = inner.as_ref().map_err(Clone::clone)?;
        if !first {
            by.state.rates.take_of_caller(&by.caller, by.state.app.now())?;
        }
        if shown > MAX_SHOWN {
            let message = format!("More than {MAX_SHOWN} customers in one answer: this call was not run");
            return Err(Fault::new(Fault::LIMIT, message).into());
        }
        (method.run)(method.call(by, params, Some(together)), params).await
    })
}
