//! One `call` step as it is carried out, in a process of its own.
use crate::abi;
use crate::boundary::{copied, enter, Failure, Reader, Result};
use std::os::unix::io::{BorrowedFd, IntoRawFd, OwnedFd};

/// What is read here are the step's arguments: `call.text("/arguments/path")`.
pub struct Call {
    reader: Reader,
    call: *const abi::Call,
    result: Option<OwnedFd>,
}

impl Call {
    /// The step's "function".
    pub fn function(&self) -> String {
        String::from_utf8_lossy(&unsafe { copied(self.abi().function) }).into_owned()
    }
    /// "prepare", "attach", "mount" or "seal".
    pub fn phase(&self) -> String {
        String::from_utf8_lossy(&unsafe { copied(self.abi().phase) }).into_owned()
    }
    /// Take back what the same call did, as far as it is there; more than once does no harm.
    pub fn undoes(&self) -> bool {
        self.abi().undo != 0
    }
    pub fn input_count(&self) -> usize {
        usize::try_from(self.abi().input_count).unwrap_or(0)
    }
    /// In the step's order; it stays slipway's. An undo has none.
    pub fn input(&self, index: usize) -> Result<BorrowedFd<'_>> {
        let missing = || Failure::new("", format!("the call has no input {index}"));
        if index >= self.input_count() {
            return Err(missing());
        }
        let descriptor = unsafe { *self.abi().inputs.add(index) };
        if descriptor < 0 {
            return Err(missing());
        }
        Ok(unsafe { BorrowedFd::borrow_raw(descriptor) })
    }
    /// What the step names by "as". Goes to slipway when the function has returned without a failure; else it is closed.
    pub fn give(&mut self, result: impl Into<OwnedFd>) {
        self.result = Some(result.into());
    }
    /// For a function that the plugin does not have.
    pub fn unknown(&self) -> Failure {
        Failure::new("", format!("the plugin has no function {}", self.function()))
    }

    fn abi(&self) -> &abi::Call {
        unsafe { &*self.call }
    }
}

impl std::ops::Deref for Call {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}
impl std::ops::DerefMut for Call {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}

/// # Safety
/// `host` and `call` are what slipway entered the plugin with.
pub unsafe fn call(host: *const abi::Host, call: *const abi::Call, function: fn(&mut Call) -> Result<()>) -> i32 {
    let to = unsafe { (*call).result };
    enter(Call { reader: Reader::new(host), call, result: None }, |session| {
        function(session)?;
        if let Some(result) = session.result.take() {
            // A call that has reported an error fails, and slipway takes nothing from it.
            if !session.failed() && !to.is_null() {
                unsafe { *to = result.into_raw_fd() };
            }
        }
        Ok(())
    })
}
