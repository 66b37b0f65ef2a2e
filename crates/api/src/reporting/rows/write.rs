//! Rows as they are sent: an array of JSON objects, or lines of comma-separated values.

use super::request::Form;
use serde_json::{Map, Value};
use std::mem;

/// Writes rows one after the other, and gives away what it has whenever it is asked.
pub(super) struct Writer {
    form: Form,
    names: Vec<&'static str>,
    written: Vec<u8>,
    is_first: bool,
}

impl Writer {
    /// Begins, for rows with these columns.
    pub fn new(form: Form, names: Vec<&'static str>) -> Self {
        let mut writer = Self { form, names, written: Vec::new(), is_first: true };
        match form {
            Form::Json => writer.written.push(b'['),
            Form::Csv => {
                let names: Vec<String> = writer.names.iter().map(|name| (*name).to_owned()).collect();
                writer.line(&names);
            }
        }
        writer
    }

    /// Writes a row.
    pub fn row(&mut self, row: &Map<String, Value>) {
        match self.form {
            Form::Json => {
                self.written.extend_from_slice(if self.is_first { b"\n" } else { b",\n" });
                self.written.extend_from_slice(Value::Object(row.clone()).to_string().as_bytes());
            }
            Form::Csv => {
                let cells = self.names.iter().map(|name| cell(row.get(*name))).collect::<Vec<_>>();
                self.line(&cells);
            }
        }
        self.is_first = false;
    }

    /// Writes the end.
    pub fn end(&mut self) {
        if self.form == Form::Json {
            self.written.extend_from_slice(b"\n]\n");
        }
    }

    /// How many bytes it has.
    pub const fn weight(&self) -> usize {
        self.written.len()
    }

    /// Gives away what it has.
    pub fn give(&mut self) -> Vec<u8> {
        mem::take(&mut self.written)
    }

    fn line(&mut self, cells: &[String]) {
        let mut lines = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .from_writer(mem::take(&mut self.written));
        // Nothing is written but to memory, and all lines have the same cells.
        if lines.write_record(cells).is_err() {
            tracing::error!("a line of comma-separated values cannot be written");
        }
        self.written = lines.into_inner().unwrap_or_default();
    }
}

/// A value as a cell: texts as they are, nothing for null.
fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn written(form: Form) -> String {
        let mut writer = Writer::new(form, vec!["queue", "code", "set"]);
        for row in [
            json!({"queue": "a,\"b\"", "code": null, "set": 3}),
            json!({"queue": "c", "code": "x\ny", "set": 0}),
        ] {
            writer.row(row.as_object().expect("an object"));
        }
        writer.end();
        String::from_utf8(writer.give()).expect("text")
    }

    #[test]
    fn what_a_cell_may_not_have_is_quoted() {
        assert_eq!(written(Form::Csv), "queue,code,set\r\n\"a,\"\"b\"\"\",,3\r\nc,\"x\ny\",0\r\n");
    }

    #[test]
    fn objects_are_an_array() {
        let read: Value = serde_json::from_str(&written(Form::Json)).expect("JSON");
        assert_eq!(read[1], json!({"queue": "c", "code": "x\ny", "set": 0}));
        let mut none = Writer::new(Form::Json, vec!["queue"]);
        none.end();
        assert_eq!(serde_json::from_slice::<Value>(&none.give()).expect("JSON"), json!([]));
    }
}
