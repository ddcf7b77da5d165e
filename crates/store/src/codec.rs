//! Values as readable JSON: `{"name":"Acme","address.city":"Cape Town","emails":["a@b.example"]}`, and what changed as
//! `{"phone":["021 555","022 555"]}`. Once written, a form stays readable for ever.

use domain::change::FieldChange;
use domain::record::Values;
use domain::{Field, Value};
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// The body of a record.
pub(crate) fn write_values(values: &Values) -> Result<String, serde_json::Error> {
    struct Body<'a>(&'a Values);
    impl Serialize for Body<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            for (field, value) in self.0.iter() {
                map.serialize_entry(&*field.name(), &Shown(value))?;
            }
            map.end()
        }
    }
    text(&Body(values), 512)
}

/// The fields of a change.
pub(crate) fn write_fields(fields: &[FieldChange]) -> Result<String, serde_json::Error> {
    struct Fields<'a>(&'a [FieldChange]);
    impl Serialize for Fields<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let mut map = serializer.serialize_map(None)?;
            for change in self.0 {
                let pair = (change.from.as_ref().map(Shown), change.to.as_ref().map(Shown));
                map.serialize_entry(&*change.field.name(), &pair)?;
            }
            map.end()
        }
    }
    text(&Fields(fields), 256)
}

fn text(value: &impl Serialize, capacity: usize) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::with_capacity(capacity);
    serde_json::to_writer(&mut bytes, value)?;
    String::from_utf8(bytes).map_err(Error::custom)
}

struct Shown<'a>(&'a Value);

impl Serialize for Shown<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Text(text) => serializer.serialize_str(text),
            Value::Number(number) => serializer.serialize_i64(*number),
            Value::Flag(flag) => serializer.serialize_bool(*flag),
            Value::Texts(texts) => texts.serialize(serializer),
            Value::Numbers(ids) => ids.serialize(serializer),
        }
    }
}

/// Reads what [`write_values`] wrote.
pub(crate) fn read_values(json: &str) -> Result<Values, serde_json::Error> {
    let entries = read_map::<Stored>(json)?;
    Ok(entries.into_iter().filter_map(|(field, Stored(value))| Some((field, value?))).collect())
}

/// Reads what [`write_fields`] wrote.
pub(crate) fn read_fields(json: &str) -> Result<Vec<FieldChange>, serde_json::Error> {
    let entries = read_map::<(Stored, Stored)>(json)?;
    Ok(entries.into_iter().map(|(field, (Stored(from), Stored(to)))| FieldChange { field, from, to }).collect())
}

fn read_map<'de, V: Deserialize<'de>>(json: &'de str) -> Result<Vec<(Field, V)>, serde_json::Error> {
    struct Map<V>(PhantomData<V>);
    impl<'de, V: Deserialize<'de>> Visitor<'de> for Map<V> {
        type Value = Vec<(Field, V)>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object of fields")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut entries = Vec::with_capacity(16);
            while let Some((name, value)) = map.next_entry::<&str, V>()? {
                let field = Field::named(name).ok_or_else(|| A::Error::custom(format!("unknown field {name}")))?;
                entries.push((field, value));
            }
            Ok(entries)
        }
    }
    let mut deserializer = serde_json::Deserializer::from_str(json);
    let entries = deserializer.deserialize_map(Map(PhantomData))?;
    deserializer.end()?;
    Ok(entries)
}

struct Stored(Option<Value>);

impl<'de> Deserialize<'de> for Stored {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Option<Value>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, true, false, a list of texts or of whole numbers, or null")
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
            fn visit_bool<E>(self, flag: bool) -> Result<Self::Value, E> {
                Ok(Some(Value::Flag(flag)))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
                Ok(Some(Value::Number(number)))
            }
            fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
                i64::try_from(number).map(|number| Some(Value::Number(number))).map_err(E::custom)
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Some(Value::Text(text.to_owned())))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let (mut texts, mut ids) = (Vec::new(), Vec::new());
                while let Some(item) = items.next_element()? {
                    match item {
                        Stored(Some(Value::Text(text))) if ids.is_empty() => texts.push(text),
                        Stored(Some(Value::Number(id))) if texts.is_empty() => ids.push(id),
                        Stored(_) => return Err(A::Error::custom("a list holds texts or whole numbers")),
                    }
                }
                Ok(Some(if ids.is_empty() { Value::Texts(texts) } else { Value::Numbers(ids) }))
            }
        }
        deserializer.deserialize_any(Any).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let values: Values = [
            (Field::Name, Value::from("Løvås & Sønner <Bygg> \"\\\u{2028}客户 🎿\n")),
            (Field::Emails, Value::Texts(vec!["a@b".into(), "c@d".into()])),
            (Field::EmailQuota, Value::Number(2_147_483_647)),
            (Field::Locked, Value::Flag(true)),
            (Field::Attachments, Value::Numbers(vec![3, 1])),
            (Field::Extra(6), Value::Number(-5)),
        ]
        .into_iter()
        .collect();
        assert_eq!(read_values(&write_values(&values).unwrap()).unwrap(), values);
        let fields = vec![
            FieldChange { field: Field::City, from: None, to: Some("Oslo".into()) },
            FieldChange { field: Field::Extra(1), from: Some("gold".into()), to: None },
        ];
        let json = write_fields(&fields).unwrap();
        assert_eq!(json, r#"{"address.city":[null,"Oslo"],"custom1":["gold",null]}"#);
        assert_eq!(read_fields(&json).unwrap(), fields);
    }

    #[test]
    fn damage_is_an_error() {
        for json in [
            "",
            "{",
            "[]",
            r#"{"name":1.5}"#,
            r#"{"nme":"x"}"#,
            r#"{"mail_to":["x",1]}"#,
            r#"{"name":"x"}"#,
            r#"{"name":{}}"#,
        ] {
            let readable = read_values(json).is_ok();
            assert_eq!(readable, json == r#"{"name":"x"}"#, "{json}");
        }
        assert!(read_fields(r#"{"name":["a"]}"#).is_err());
    }
}
