//! Text becomes a filter, by recursive descent.

use super::token::{Token, Tokens};
use super::value::{Wanted, read};
use super::{FilterError, MAX_DEPTH, MAX_LENGTH, MAX_TESTS, field};
use domain::filter::{Condition, Filter, Test};
use domain::{Field, Kind, Shape, Value};

pub(super) fn filter(kind: Kind, text: &str) -> Result<Filter, FilterError> {
    let tokens = Tokens::of(text);
    if text.len() > MAX_LENGTH {
        return Err(tokens.error(0, format!("the filter is longer than {MAX_LENGTH} bytes")));
    }
    if text.trim().is_empty() {
        return Ok(Filter::default());
    }
    let mut parser = Parser { kind, tokens, tests: 0 };
    let filter = parser.filter(0)?;
    match parser.tokens.next()? {
        (Token::End, _) => Ok(filter),
        (token, at) => Err(parser.tokens.error(at, format!("\"and\", \"or\" or the end must follow, not {token}"))),
    }
}

struct Parser<'a> {
    kind: Kind,
    tokens: Tokens<'a>,
    tests: usize,
}

impl<'a> Parser<'a> {
    fn filter(&mut self, depth: usize) -> Result<Filter, FilterError> {
        self.joined("or", Filter::Any, &mut |parser| parser.joined("and", Filter::All, &mut |parser| parser.one(depth)))
    }

    /// Filters with a word between them; one alone is itself.
    fn joined(
        &mut self,
        by: &str,
        join: fn(Vec<Filter>) -> Filter,
        read: &mut dyn FnMut(&mut Self) -> Result<Filter, FilterError>,
    ) -> Result<Filter, FilterError> {
        let first = read(self)?;
        if !self.follows(by)? {
            return Ok(first);
        }
        let mut filters = vec![first, read(self)?];
        while self.follows(by)? {
            filters.push(read(self)?);
        }
        Ok(join(filters))
    }

    fn one(&mut self, depth: usize) -> Result<Filter, FilterError> {
        let (token, at) = self.tokens.next()?;
        if depth == MAX_DEPTH {
            return Err(self.tokens.error(at, format!("this is nested more than {MAX_DEPTH} deep")));
        }
        match token {
            Token::Sign("(") => {
                let filter = self.filter(depth + 1)?;
                match self.tokens.next()? {
                    (Token::Sign(")"), _) => Ok(filter),
                    (token, at) => Err(self.tokens.error(at, format!("\")\" must follow, not {token}"))),
                }
            }
            Token::Word(word) if is(word, "not") => Ok(Filter::Not(Box::new(self.one(depth + 1)?))),
            Token::Word(word) if is(word, "shared") => self.shared(),
            Token::Word(word) if !is_keyword(word) => {
                let field = field(self.kind, word).map_err(|message| self.tokens.error(at, message))?;
                self.test(field)
            }
            token => Err(self.tokens.error(at, format!("a field must follow, not {token}"))),
        }
    }

    fn shared(&mut self) -> Result<Filter, FilterError> {
        let (mut fields, mut sign) = (Vec::new(), "(");
        loop {
            let (token, at) = self.tokens.next()?;
            match token {
                Token::Sign(found) if found == sign => {}
                Token::Sign(")") if sign == "," => return Ok(Filter::Shared(fields)),
                token => return Err(self.tokens.error(at, format!("\"{sign}\" must follow, not {token}"))),
            }
            self.tests += 1;
            let (token, at) = self.tokens.next()?;
            let field = match token {
                Token::Word(word) => field(self.kind, word).map_err(|message| self.tokens.error(at, message))?,
                token => return Err(self.tokens.error(at, format!("a field must follow, not {token}"))),
            };
            let wrong = match field {
                _ if is_list(field) && field != Field::Emails => format!("{field} is a list: it is not compared so"),
                _ if fields.contains(&field) => format!("{field} is there twice"),
                _ if self.tests > MAX_TESTS => format!("there are more than {MAX_TESTS} tests"),
                _ => String::new(),
            };
            if !wrong.is_empty() {
                return Err(self.tokens.error(at, wrong));
            }
            fields.push(field);
            sign = ",";
        }
    }

    fn test(&mut self, field: Field) -> Result<Filter, FilterError> {
        let (token, at) = self.tokens.next()?;
        self.tests += 1;
        if self.tests > MAX_TESTS {
            return Err(self.tokens.error(at, format!("there are more than {MAX_TESTS} tests")));
        }
        let test = match token {
            Token::Sign("=") => return Ok(equal(field, self.value(field, Wanted::Equal)?)),
            Token::Sign("!=") => {
                return Ok(match (self.value(field, Wanted::Equal)?, field.shape()) {
                    (Some(value), _) if !is_list(field) => Filter::Where(Condition::new(field, Test::IsNot(value))),
                    // What is not false is true.
                    (None, Shape::Flag) => Filter::Where(Condition::new(field, Test::Is(true.into()))),
                    (value, _) => Filter::Not(Box::new(equal(field, value))),
                });
            }
            Token::Sign("<") => Test::Less(self.ordered(field)?),
            Token::Sign("<=") => Test::AtMost(self.ordered(field)?),
            Token::Sign(">") => Test::Greater(self.ordered(field)?),
            Token::Sign(">=") => Test::AtLeast(self.ordered(field)?),
            Token::Sign("~") => Test::Contains(self.part(field)?),
            Token::Sign("^=") => Test::StartsWith(self.part(field)?),
            Token::Word(word) if is(word, "like") => Test::Like(self.part(field)?),
            Token::Word(word) if is(word, "in") => self.any_of(field)?,
            token => {
                let message = format!("=, !=, <, <=, >, >=, ~, ^=, like or in must follow {field}, not {token}");
                return Err(self.tokens.error(at, message));
            }
        };
        Ok(about(field, test))
    }

    fn any_of(&mut self, field: Field) -> Result<Test, FilterError> {
        let mut list = Vec::new();
        let mut sign = "(";
        loop {
            match self.tokens.next()? {
                (Token::Sign(found), _) if found == sign => {}
                (Token::Sign(")"), _) if sign == "," => return Ok(Test::AnyOf(list)),
                (token, at) => return Err(self.tokens.error(at, format!("\"{sign}\" must follow, not {token}"))),
            }
            let at = self.tokens.clone().next()?.1;
            let value = self.value(field, Wanted::Equal)?;
            if value.is_none() && is_list(field) {
                return Err(self
                    .tokens
                    .error(at, format!("an entry of {field} is never null: ask for {field} = null")));
            }
            list.push(value);
            sign = ",";
        }
    }

    /// A value to compare by size.
    fn ordered(&mut self, field: Field) -> Result<Value, FilterError> {
        let at = self.tokens.clone().next()?.1;
        let value = self.value(field, Wanted::Ordered)?;
        value.ok_or_else(|| self.tokens.error(at, "nothing is less or more than null"))
    }

    /// A part of a text.
    fn part(&mut self, field: Field) -> Result<String, FilterError> {
        let at = self.tokens.clone().next()?.1;
        match self.value(field, Wanted::Part)? {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(self.tokens.error(at, "some text must follow: an empty one is in every text")),
        }
    }

    /// A value that the field could hold; `None` is unset.
    fn value(&mut self, field: Field, wanted: Wanted) -> Result<Option<Value>, FilterError> {
        let (token, at) = self.tokens.next()?;
        let text = match &token {
            Token::Word(word) if is(word, "null") => return Ok(None),
            Token::Word(word) if is_keyword(word) => {
                return Err(self
                    .tokens
                    .error(at, format!("a value must follow, not {token}: a text that says so is quoted")));
            }
            Token::Word(word) => word,
            Token::Quoted(text) => text.as_str(),
            Token::Sign(_) | Token::End => {
                return Err(self.tokens.error(at, format!("a value must follow, not {token}: other texts are quoted")));
            }
        };
        read(field, wanted, text).map_err(|message| self.tokens.error(at, message))
    }

    fn follows(&mut self, word: &str) -> Result<bool, FilterError> {
        let mut ahead = self.tokens.clone();
        let follows = matches!(ahead.next()?, (Token::Word(found), _) if is(found, word));
        if follows {
            self.tokens = ahead;
        }
        Ok(follows)
    }
}

fn equal(field: Field, value: Option<Value>) -> Filter {
    match value {
        Some(value) => about(field, Test::Is(value)),
        None => Filter::Where(Condition::new(field, Test::Unset)),
    }
}

/// A test of a field; of a list some entry must pass it.
fn about(field: Field, test: Test) -> Filter {
    let test = if is_list(field) { Test::Entry(Box::new(test)) } else { test };
    Filter::Where(Condition::new(field, test))
}

pub(super) const fn is_list(field: Field) -> bool {
    matches!(field.shape(), Shape::Emails { .. } | Shape::Codes { .. } | Shape::References { .. })
}

fn is(word: &str, keyword: &str) -> bool {
    word.eq_ignore_ascii_case(keyword)
}

fn is_keyword(word: &str) -> bool {
    ["and", "or", "not", "in", "like", "null"].into_iter().any(|keyword| is(word, keyword))
}
