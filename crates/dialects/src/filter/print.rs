//! A filter becomes text.

use crate::moment;
use domain::filter::{Condition, Filter, Test};
use domain::{Field, Time, Value};

pub(super) fn filter(filter: &Filter, text: &mut String) {
    match filter {
        Filter::All(all) => joined(all, " and ", text),
        Filter::Any(any) => joined(any, " or ", text),
        Filter::Shared(fields) => {
            let names: Vec<_> = fields.iter().map(|field| field.name()).collect();
            text.push_str(&format!("shared({})", names.join(", ")));
        }
        Filter::Not(one) => {
            text.push_str("not ");
            nested(one, text);
        }
        Filter::Where(Condition { field, test }) => {
            text.push_str(&field.name());
            self::test(*field, test, text);
        }
    }
}

fn joined(filters: &[Filter], by: &str, text: &mut String) {
    for (at, filter) in filters.iter().enumerate() {
        if at > 0 {
            text.push_str(by);
        }
        nested(filter, text);
    }
}

fn nested(one: &Filter, text: &mut String) {
    match one {
        Filter::Where(_) | Filter::Not(_) | Filter::Shared(_) => filter(one, text),
        Filter::All(_) | Filter::Any(_) => {
            text.push('(');
            filter(one, text);
            text.push(')');
        }
    }
}

fn test(field: Field, test: &Test, text: &mut String) {
    let shown = |value: &Value| value_text(field, value);
    let written = match test {
        Test::Is(value) => format!(" = {}", shown(value)),
        Test::IsNot(value) => format!(" != {}", shown(value)),
        Test::Unset => " = null".to_owned(),
        Test::Less(value) => format!(" < {}", shown(value)),
        Test::AtMost(value) => format!(" <= {}", shown(value)),
        Test::Greater(value) => format!(" > {}", shown(value)),
        Test::AtLeast(value) => format!(" >= {}", shown(value)),
        Test::Contains(part) => format!(" ~ {}", quote(part)),
        Test::StartsWith(part) => format!(" ^= {}", quote(part)),
        Test::Like(pattern) => format!(" like {}", quote(pattern)),
        Test::AnyOf(list) => {
            let shown = list.iter().map(|value| value.as_ref().map_or_else(|| "null".to_owned(), shown));
            format!(" in ({})", shown.collect::<Vec<_>>().join(", "))
        }
        // No filter that was read tests so.
        Test::Among(texts) => {
            format!(" among ({})", texts.iter().map(|text| quote(text)).collect::<Vec<_>>().join(", "))
        }
        Test::Entry(test) => return self::test(field, test, text),
    };
    text.push_str(&written);
}

fn value_text(field: Field, value: &Value) -> String {
    match value {
        Value::Text(text) => quote(text),
        Value::Number(number) if moment::is_time(field) => moment::rfc3339(Time(*number)),
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        // No filter that was read compares a whole list.
        Value::Texts(texts) => quote(&texts.join(", ")),
        Value::Numbers(ids) => quote(&ids.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")),
    }
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
