//! What every call can do, read and tell, and what a plan is made with.
use crate::abi;
use crate::json::Object;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Why a call can't go on. `at` is the pointer to what it is about, which slipway turns into a place in a file.
#[derive(Debug)]
pub struct Failure {
    pub at: String,
    pub message: String,
    pub hint: String,
}

impl Failure {
    pub fn new(at: impl Into<String>, message: impl Into<String>) -> Failure {
        Failure { at: at.into(), message: message.into(), hint: String::new() }
    }
    pub fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = hint.into();
        self
    }
}

pub type Result<T> = std::result::Result<T, Failure>;

/// Reads options and facts by JSON pointer, "/options/upper", and reports. `Plan` and `Resolve` are one, too.
pub struct Reader {
    host: *const abi::Host,
    failed: bool,
}

impl Reader {
    /// `host` lives as long as the call that it came with.
    pub(crate) fn new(host: *const abi::Host) -> Reader {
        Reader { host, failed: false }
    }
    pub(crate) fn host(&self) -> &abi::Host {
        unsafe { &*self.host }
    }
    pub(crate) fn set_failed(&mut self) {
        self.failed = true;
    }
    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    /// Whether there is a value.
    pub fn has(&self, at: &str) -> Result<bool> {
        Ok(self.present(at)?.is_some())
    }

    /// Text that must be there.
    pub fn text(&self, at: &str) -> Result<String> {
        self.find_text(at)?.ok_or_else(|| Failure::new(at, "is missing"))
    }
    pub fn find_text(&self, at: &str) -> Result<Option<String>> {
        let utf_8 = |bytes| String::from_utf8(bytes).map_err(|_| Failure::new(at, "is not UTF-8"));
        self.find_bytes(at)?.map(utf_8).transpose()
    }
    /// Paths, arguments and names of an archive need not be UTF-8.
    pub fn find_bytes(&self, at: &str) -> Result<Option<Vec<u8>>> {
        let value = self.expect(at, abi::TEXT, "text")?;
        Ok(value.map(|value| unsafe { copied(value.text) }))
    }
    pub fn integer(&self, at: &str) -> Result<i64> {
        self.find_integer(at)?.ok_or_else(|| Failure::new(at, "is missing"))
    }
    pub fn find_integer(&self, at: &str) -> Result<Option<i64>> {
        Ok(self.expect(at, abi::INTEGER, "an integer")?.map(|value| value.integer))
    }
    pub fn boolean(&self, at: &str) -> Result<bool> {
        let value = self.expect(at, abi::BOOLEAN, "true or false")?;
        Ok(value.ok_or_else(|| Failure::new(at, "is missing"))?.integer != 0)
    }
    /// A list of texts; empty where there is none.
    pub fn texts(&self, at: &str) -> Result<Vec<Vec<u8>>> {
        let count = self.expect(at, abi::ARRAY, "a list")?.map_or(0, |value| value.count);
        let missing = |place: &str| Failure::new(place, "is missing");
        (0..count)
            .map(|i| format!("{at}/{i}"))
            .map(|place| self.find_bytes(&place)?.ok_or_else(|| missing(&place)))
            .collect()
    }
    /// Members of a list or an object; 0 where it is absent.
    pub fn count(&self, at: &str) -> Result<u64> {
        Ok(self.present(at)?.map_or(0, |value| value.count))
    }
    /// The name of an object's member.
    pub fn key(&self, at: &str, index: u64) -> Result<String> {
        let mut name = crossing("");
        let host = self.host();
        if unsafe { (host.key)(host, crossing(at), index, &mut name) } != 0 {
            return Err(Failure::new(at, "has no such member"));
        }
        String::from_utf8(unsafe { copied(name) }).map_err(|_| Failure::new(at, "has a name that is not UTF-8"))
    }
    /// The whole value as JSON text, for plugins that bring a parser.
    pub fn json(&self, at: &str) -> Result<String> {
        let mut text = crossing("");
        let host = self.host();
        if unsafe { (host.json)(host, crossing(at), &mut text) } != 0 {
            return Err(Failure::new(at, "is missing"));
        }
        String::from_utf8(unsafe { copied(text) }).map_err(|_| Failure::new(at, "is not UTF-8"))
    }

    /// The call has failed, but may go on to find further problems.
    pub fn error(&mut self, failure: &Failure) {
        self.failed = true;
        self.report(abi::ERROR, failure);
    }
    pub fn warning(&self, failure: &Failure) {
        self.report(abi::WARNING, failure);
    }
    pub fn info(&self, failure: &Failure) {
        self.report(abi::INFO, failure);
    }

    /// Hands a fact to later stages; its name stands in the manifest's "provides".
    pub fn fact(&mut self, name: &str, fact: &Object) {
        let json = fact.to_json();
        let status = unsafe { (self.host().fact)(self.host, crossing(name), crossing(&json)) };
        self.failed |= status != 0;
    }

    fn report(&self, severity: i32, said: &Failure) {
        let (at, message, hint) = (crossing(&said.at), crossing(&said.message), crossing(&said.hint));
        unsafe { (self.host().report)(self.host, severity, at, message, hint) }
    }

    fn present(&self, at: &str) -> Result<Option<abi::Value>> {
        let text = crossing("");
        let mut value = abi::Value { kind: abi::MISSING, reserved: 0, integer: 0, real: 0.0, count: 0, text };
        if unsafe { (self.host().get)(self.host, crossing(at), &mut value) } != 0 {
            return Err(Failure::new("", format!("slipway refused to read {at}")));
        }
        Ok(if matches!(value.kind, abi::MISSING | abi::NULL) { None } else { Some(value) })
    }

    fn expect(&self, at: &str, kind: i32, words: &str) -> Result<Option<abi::Value>> {
        match self.present(at)? {
            Some(value) if value.kind != kind => Err(Failure::new(at, format!("is not {words}"))),
            other => Ok(other),
        }
    }
}

pub(crate) fn crossing(text: &str) -> abi::Text {
    abi::Text { data: text.as_ptr(), size: text.len() as u64 }
}

pub(crate) unsafe fn copied(text: abi::Text) -> Vec<u8> {
    if text.size == 0 {
        return Vec::new();
    }
    unsafe { std::slice::from_raw_parts(text.data, text.size as usize) }.to_vec()
}

/// The result of a step, for a later step's member; or one of slipway's own, `Handle::new("netns")`. The default is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Handle(String);

impl Handle {
    pub fn new(name: &str) -> Handle {
        Handle(name.to_string())
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
/// As a step's member has it: "@layer0".
impl From<Handle> for Vec<u8> {
    fn from(handle: Handle) -> Vec<u8> {
        if handle.is_empty() { Vec::new() } else { format!("@{}", handle.0).into_bytes() }
    }
}

/// One step: a type, its members, and what every step may carry besides.
#[derive(Clone)]
pub struct Step {
    members: Object,
    result: Handle,
}

impl Step {
    pub fn new(kind: &str) -> Step {
        Step { members: Object::new().text("type", kind), result: Handle::default() }
    }
    pub fn text(self, name: &str, value: impl AsRef<[u8]>) -> Step {
        Step { members: self.members.text(name, value), ..self }
    }
    pub fn texts<T: AsRef<[u8]>>(self, name: &str, values: impl IntoIterator<Item = T>) -> Step {
        Step { members: self.members.texts(name, values), ..self }
    }
    pub fn integer(self, name: &str, value: i64) -> Step {
        Step { members: self.members.integer(name, value), ..self }
    }
    pub fn object(self, name: &str, value: Object) -> Step {
        Step { members: self.members.object(name, value), ..self }
    }
    /// One of `steps`, to say more of it: `Step::of(steps::Mask { … }).from("/options/paths/0")`.
    pub fn of(step: impl Into<Step>) -> Step {
        step.into()
    }
    /// Names the step's result, "layer0"; later steps refer to it as "@layer0".
    pub fn named(self, name: &str) -> Step {
        Step { result: Handle::new(name), ..self.text("as", name) }
    }
    /// Pointer to the option that asked for it: the place that messages and plans name.
    pub fn from(self, option: &str) -> Step {
        self.text("from", option)
    }
    pub fn phase(self, phase: &str) -> Step {
        self.text("phase", phase)
    }
    /// "owner:label" of steps that it comes after, and that it replaces.
    pub fn after<T: AsRef<[u8]>>(self, steps: impl IntoIterator<Item = T>) -> Step {
        self.texts("after", steps)
    }
    pub fn replaces<T: AsRef<[u8]>>(self, steps: impl IntoIterator<Item = T>) -> Step {
        self.texts("replaces", steps)
    }
}

/// What a plugin of every stage but `image` plans with.
pub struct Plan(Reader);

impl Plan {
    /// A step, or one of `steps`. One that slipway refuses has been reported already; go on to find further problems, or
    /// return. Yields its result, if it is `named`.
    pub fn add(&mut self, step: impl Into<Step>) -> Handle {
        let step = step.into();
        let json = step.members.to_json();
        let status = unsafe { (self.0.host().step)(self.0.host(), crossing(&json)) };
        if status != 0 {
            self.0.set_failed();
        }
        step.result
    }
}

impl std::ops::Deref for Plan {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.0
    }
}
impl std::ops::DerefMut for Plan {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.0
    }
}

/// # Safety
/// `host` is what slipway entered the plugin with.
pub unsafe fn plan(host: *const abi::Host, function: fn(&mut Plan) -> Result<()>) -> i32 {
    enter(Plan(Reader::new(host)), function)
}

/// Runs one call, and turns what it returns or panics with into a report: no panic crosses the border.
pub(crate) fn enter<S: std::ops::DerefMut<Target = Reader>>(mut session: S, function: impl FnOnce(&mut S) -> Result<()>) -> i32 {
    // The message goes to slipway, which tells it once; the usual hook would print it besides.
    std::panic::set_hook(Box::new(|_| {}));
    let failure = match catch_unwind(AssertUnwindSafe(|| function(&mut session))) {
        Ok(Ok(())) => return i32::from(session.failed()),
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let words = panic.downcast_ref::<&str>().map(|text| text.to_string());
            let words = words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            // What was thrown may panic again where it is dropped, and nobody would catch that.
            std::mem::forget(panic);
            Failure::new("", format!("the plugin panicked: {words}"))
        }
    };
    session.error(&failure);
    1
}
