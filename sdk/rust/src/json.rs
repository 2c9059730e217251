//! JSON objects, written member by member: steps and facts.

const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// `Object::new().text("kind", "flat tar").integer("size", 10240)`
#[derive(Clone, Default)]
pub struct Object {
    members: String,
}

impl Object {
    pub fn new() -> Object {
        Object::default()
    }

    pub fn text(self, name: &str, value: impl AsRef<[u8]>) -> Object {
        self.member(name, |json| append_bytes(json, value.as_ref()))
    }

    pub fn texts<T: AsRef<[u8]>>(self, name: &str, values: impl IntoIterator<Item = T>) -> Object {
        self.member(name, |json| append_list(json, values, |json, value| append_bytes(json, value.as_ref())))
    }

    pub fn integer(self, name: &str, value: i64) -> Object {
        self.member(name, |json| json.push_str(&value.to_string()))
    }

    pub fn boolean(self, name: &str, value: bool) -> Object {
        self.member(name, |json| json.push_str(if value { "true" } else { "false" }))
    }

    pub fn object(self, name: &str, value: Object) -> Object {
        self.member(name, |json| json.push_str(&value.to_json()))
    }

    pub fn objects(self, name: &str, values: impl IntoIterator<Item = Object>) -> Object {
        self.member(name, |json| append_list(json, values, |json, value| json.push_str(&value.to_json())))
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub fn to_json(&self) -> String {
        format!("{{{}}}", self.members)
    }

    fn member(mut self, name: &str, append: impl FnOnce(&mut String)) -> Object {
        if !self.members.is_empty() {
            self.members.push(',');
        }
        append_string(&mut self.members, name);
        self.members.push(':');
        append(&mut self.members);
        self
    }
}

fn append_list<T>(json: &mut String, values: impl IntoIterator<Item = T>, append: impl Fn(&mut String, T)) {
    json.push('[');
    for (i, value) in values.into_iter().enumerate() {
        if i > 0 {
            json.push(',');
        }
        append(json, value);
    }
    json.push(']');
}

/// RFC 8259, section 7.
fn append_string(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                json.push('\\');
                json.push(letter);
            }
            '\n' => json.push_str("\\n"),
            control if (control as u32) < 0x20 => {
                json.push_str("\\u00");
                json.push(HEX[control as usize >> 4] as char);
                json.push(HEX[control as usize & 15] as char);
            }
            _ => json.push(letter),
        }
    }
    json.push('"');
}

/// Paths and arguments are bytes; those that are not UTF-8 cross the border as {"base64": "…"}.
fn append_bytes(json: &mut String, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(text) => append_string(json, text),
        Err(_) => {
            json.push_str("{\"base64\":\"");
            append_base64(json, bytes);
            json.push_str("\"}");
        }
    }
}

/// RFC 4648, section 4, with padding.
fn append_base64(text: &mut String, bytes: &[u8]) {
    for chunk in bytes.chunks(3) {
        let byte = |i: usize| u32::from(*chunk.get(i).unwrap_or(&0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for i in 0..4 {
            let letter = BASE64[(group >> (18 - 6 * i)) as usize & 63] as char;
            text.push(if i <= chunk.len() { letter } else { '=' });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_quoted_as_json_wants_it() {
        let json = Object::new().text("a\"b", "tab\t, line\n, \\ and é").to_json();
        assert_eq!(json, "{\"a\\\"b\":\"tab\\u0009, line\\n, \\\\ and é\"}");
    }

    #[test]
    fn what_is_no_utf_8_goes_as_base64() {
        for (bytes, text) in [(&b"\xff"[..], "/w=="), (&b"a\xff"[..], "Yf8="), (&b"ab\xff"[..], "YWL/")] {
            assert_eq!(Object::new().text("x", bytes).to_json(), format!("{{\"x\":{{\"base64\":\"{text}\"}}}}"));
        }
    }

    #[test]
    fn lists_and_objects_nest() {
        let inner = Object::new().integer("size", -1).boolean("yes", true);
        let json = Object::new().objects("list", [inner.clone(), Object::new()]).texts("none", [""; 0]).object("o", inner);
        assert_eq!(json.to_json(), "{\"list\":[{\"size\":-1,\"yes\":true},{}],\"none\":[],\"o\":{\"size\":-1,\"yes\":true}}");
    }
}
