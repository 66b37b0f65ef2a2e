//! A message before the library reads it: its headers as RFC 3261 §7.3.1 and §25.1 allow them to be written, in the one
//! form that all code behind here reads. Folded lines become one line, names are complete and spelled as usual, and
//! there are no blanks around separators (`;`, `=`, `,`, and in Via `/` and `:`).

/// Bytes of a start line with its headers.
pub(super) const LONGEST: usize = 32 * 1024;
/// Headers of one message.
const MOST: usize = 256;

/// The start line and the headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub start: String,
    pub headers: Vec<(String, String)>,
}

/// Names with a short form (RFC 3261 §20, and the registry of header fields), and their full spelling.
const SHORT: [(&str, &str); 20] = [
    ("a", "Accept-Contact"),
    ("b", "Referred-By"),
    ("c", "Content-Type"),
    ("d", "Request-Disposition"),
    ("e", "Content-Encoding"),
    ("f", "From"),
    ("i", "Call-ID"),
    ("j", "Reject-Contact"),
    ("k", "Supported"),
    ("l", "Content-Length"),
    ("m", "Contact"),
    ("n", "Identity-Info"),
    ("o", "Event"),
    ("r", "Refer-To"),
    ("s", "Subject"),
    ("t", "To"),
    ("u", "Allow-Events"),
    ("v", "Via"),
    ("x", "Session-Expires"),
    ("y", "Identity"),
];

/// Headers whose values follow a grammar: only in these, blanks mean nothing.
const STRUCTURED: [&str; 34] = [
    "Accept",
    "Allow",
    "Allow-Events",
    "Authorization",
    "CSeq",
    "Call-ID",
    "Contact",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Length",
    "Content-Type",
    "Event",
    "Expires",
    "From",
    "Max-Forwards",
    "Min-Expires",
    "Min-SE",
    "P-Asserted-Identity",
    "P-Preferred-Identity",
    "Path",
    "Privacy",
    "Proxy-Authorization",
    "Proxy-Require",
    "RAck",
    "RSeq",
    "Record-Route",
    "Refer-To",
    "Remote-Party-ID",
    "Require",
    "Route",
    "Session-Expires",
    "Supported",
    "To",
    "Via",
];

impl Head {
    /// Reads a start line with its headers, without the empty line behind them. `None` for bytes that are no text, or
    /// with more headers than any phone writes.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        // The next reader takes a single line feed for an end of line, too.
        let mut lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        let start = lines.next()?.trim().replace('\r', " ");
        let mut headers: Vec<(&str, String)> = Vec::new();
        for line in lines {
            if line.starts_with([' ', '\t']) {
                // A folded line: the fold counts as one blank.
                if let Some((_, value)) = headers.last_mut() {
                    let more = line.trim();
                    if !value.is_empty() && !more.is_empty() {
                        value.push(' ');
                    }
                    value.push_str(more);
                }
            } else if let Some((name, value)) =
                line.split_once(':').filter(|(name, _)| !name.trim().is_empty())
            {
                if headers.len() >= MOST {
                    return None;
                }
                headers.push((name.trim(), value.trim().to_owned()));
            }
        }
        let headers = headers
            .into_iter()
            .map(|(name, value)| {
                let name = spelled(name);
                let value = value.replace('\r', " ");
                let value =
                    if STRUCTURED.contains(&name.as_str()) { tight(&value, name == "Via") } else { value };
                (name, value.trim().to_owned())
            })
            .collect();
        Some(Self { start, headers })
    }

    /// The first header of a name, as it is spelled.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All headers of a name.
    pub fn all<'h>(&'h self, name: &'h str) -> impl Iterator<Item = &'h str> {
        self.headers.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The length of the body by its header. `None` without the header; an error where it makes no sense.
    pub fn length(&self) -> Result<Option<usize>, NoLength> {
        let mut said = self.all("Content-Length").map(|value| value.parse::<usize>().map_err(|_| NoLength));
        let Some(first) = said.next().transpose()? else { return Ok(None) };
        if said.all(|other| other == Ok(first)) { Ok(Some(first)) } else { Err(NoLength) }
    }

    /// Replaces all headers of a name by one.
    pub fn set(&mut self, name: &str, value: String) {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value));
    }

    /// The message with this body.
    pub fn write(mut self, body: &[u8]) -> Vec<u8> {
        self.set("Content-Length", body.len().to_string());
        let mut out = Vec::with_capacity(1024 + body.len());
        out.extend_from_slice(self.start.as_bytes());
        out.extend_from_slice(b"\r\n");
        for (name, value) in &self.headers {
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b": ");
            out.extend_from_slice(value.as_bytes());
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(body);
        out
    }
}

/// `Content-Length` is no number, or there are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoLength;

/// The complete name, in the usual capitals where we know them.
fn spelled(name: &str) -> String {
    if let Some((_, whole)) = SHORT.iter().find(|(short, _)| short.eq_ignore_ascii_case(name)) {
        return (*whole).to_owned();
    }
    let known = STRUCTURED.iter().find(|known| known.eq_ignore_ascii_case(name));
    known.map_or(name, |known| known).to_owned()
}

/// A value without blanks that mean nothing: several become one, and none is beside a separator. Quoted text stays.
fn tight(value: &str, is_via: bool) -> String {
    let separates = |c: char| matches!(c, ';' | '=' | ',' | '<' | '>') || is_via && matches!(c, '/' | ':');
    let mut out = String::with_capacity(value.len());
    let (mut quoted, mut escaped, mut blank) = (false, false, false);
    for c in value.chars() {
        if quoted {
            out.push(c);
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = false,
                _ => {}
            }
            continue;
        }
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        // The blank between a name and its URI belongs to no separator.
        let beside = separates(c) && c != '<'
            || out.chars().next_back().is_none_or(|last| separates(last) && last != '>');
        if std::mem::take(&mut blank) && !beside {
            out.push(' ');
        }
        out.push(c);
        quoted = c == '"';
    }
    out
}

/// Where the start line and headers end: before the empty line.
pub(super) fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn one(line: &str) -> (String, String) {
        let head = Head::read(format!("OPTIONS sip:a@h SIP/2.0\r\n{line}").as_bytes()).expect("a head");
        assert_eq!(head.headers.len(), 1, "{line}");
        head.headers.into_iter().next().expect("a header")
    }

    #[test]
    fn headers_are_read_as_they_may_be_written() {
        for (line, name, value) in [
            ("From: <sip:a@h>;tag=1", "From", "<sip:a@h>;tag=1"),
            ("f: <sip:a@h> ; tag = 1", "From", "<sip:a@h>;tag=1"),
            ("FROM  :<sip:a@h>\r\n\t;tag=1", "From", "<sip:a@h>;tag=1"),
            ("From:\r\n  \"A;  = B\"  <sip:a@h>", "From", "\"A;  = B\" <sip:a@h>"),
            ("From: \"A \\\" ; B\" <sip:a@h> ; tag=1", "From", "\"A \\\" ; B\" <sip:a@h>;tag=1"),
            ("From: Ada   Lovelace < sip:a@h >", "From", "Ada Lovelace <sip:a@h>"),
            (
                "v: SIP / 2.0 / UDP   h : 5060 ; branch = z9 ; rport",
                "Via",
                "SIP/2.0/UDP h:5060;branch=z9;rport",
            ),
            ("Via: SIP/2.0/UDP\r\n h;branch=z9", "Via", "SIP/2.0/UDP h;branch=z9"),
            ("CSeq: 7\r\n  INVITE", "CSeq", "7 INVITE"),
            ("l:\r\n 0", "Content-Length", "0"),
            ("Contact: <sip:a@h> , <sip:b@h>;q = 1", "Contact", "<sip:a@h>,<sip:b@h>;q=1"),
            (
                "AUTHORIZATION  :  Digest  username = \"a, b\" ,\r\n realm=\"r\"",
                "Authorization",
                "Digest username=\"a, b\",realm=\"r\"",
            ),
            ("x-order:  a ; b\r\n  c", "x-order", "a ; b c"),
            ("Subject: two  blanks", "Subject", "two  blanks"),
        ] {
            assert_eq!(one(line), (name.to_owned(), value.to_owned()), "{line}");
        }
    }

    #[test]
    fn a_length_is_one_number() {
        for (lines, length) in [
            ("", Ok(None)),
            ("Content-Length: 3", Ok(Some(3))),
            ("l :\r\n 3\r\nContent-Length: 3", Ok(Some(3))),
            ("l: 3\r\nContent-Length: 4", Err(NoLength)),
            ("Content-Length: x", Err(NoLength)),
            ("Content-Length: -1", Err(NoLength)),
        ] {
            let head = Head::read(format!("OPTIONS sip:a@h SIP/2.0\r\n{lines}").as_bytes()).expect("a head");
            assert_eq!(head.length(), length, "{lines}");
        }
    }

    #[test]
    fn what_is_written_is_whole() {
        let head = Head::read(b"BYE sip:a@h SIP/2.0\r\nt: <sip:a@h>\r\nl: 99").expect("a head");
        assert_eq!(head.write(b"xy"), b"BYE sip:a@h SIP/2.0\r\nTo: <sip:a@h>\r\nContent-Length: 2\r\n\r\nxy");
    }

    #[test]
    fn too_many_headers_are_no_message() {
        let many = "X: 1\r\n".repeat(MOST + 1);
        assert_eq!(Head::read(format!("BYE sip:a@h SIP/2.0\r\n{many}").as_bytes()), None);
    }

    #[test]
    fn a_lone_line_feed_hides_no_header() {
        let head = Head::read(b"BYE sip:a@h SIP/2.0\r\nX-A: 1\nVia: y\rz").expect("a head");
        assert_eq!((head.find("X-A"), head.find("Via")), (Some("1"), Some("y z")));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic_and_what_was_written_reads_the_same(text in "[ -~\\r\\n\\t]{0,200}") {
            if let Some(head) = Head::read(text.as_bytes()) {
                let text = head.write(b"");
                let end = end_of_head(&text).expect("an end");
                if let Some(again) = Head::read(&text[..end]) {
                    prop_assert_eq!(again.write(b""), text);
                }
            }
        }
    }
}
