//! Stage plugins for slipway. A plugin is a `cdylib` with a `plugin.json` beside its Cargo.toml and one function:
//!
//! ```ignore
//! slipway::plugin!(plan = plan);
//!
//! fn plan(plan: &mut slipway::Plan) -> slipway::Result<()> {
//!     plan.add(slipway::steps::LinkUp { interface: "lo".into() });
//!     Ok(())
//! }
//! ```
//!
//! The same in, the same out: a plan comes from what is read here and from nothing else. What a function returns as a
//! `Failure`, and what it panics with, becomes a report of slipway's.
#![deny(unsafe_op_in_unsafe_fn)]

pub mod abi;
mod boundary;
mod call;
mod json;
mod resolve;
pub mod steps;

pub use boundary::{Failure, Handle, Plan, Reader, Result, Step};
pub use call::Call;
pub use json::Object;
pub use resolve::{Entry, Resolve};

/// What `plugin!` makes of a function; not for calling.
#[doc(hidden)]
pub mod entered {
    pub use crate::boundary::plan;
    pub use crate::call::call;
    pub use crate::resolve::resolve;
}

/// Makes this library the plugin of its plugin.json: `plugin!(plan = f)`, or in the image stage `plugin!(resolve = f)`.
/// Where its manifest needs "step:call": `plugin!(plan = f, call = g)` with `fn g(call: &mut Call) -> Result<()>`.
#[macro_export]
macro_rules! plugin {
    (plan = $function:path) => {
        $crate::plugin!(@plans $function);
        $crate::plugin!(@exports Some(slipway_entered), None, None);
    };
    (plan = $function:path, call = $call:path) => {
        $crate::plugin!(@plans $function);
        unsafe extern "C" fn slipway_called(host: *const $crate::abi::Host, call: *const $crate::abi::Call) -> i32 {
            unsafe { $crate::entered::call(host, call, $call) }
        }
        $crate::plugin!(@exports Some(slipway_entered), None, Some(slipway_called));
    };
    (resolve = $function:path) => {
        unsafe extern "C" fn slipway_entered(host: *const $crate::abi::Host) -> i32 {
            unsafe { $crate::entered::resolve(host, $function) }
        }
        $crate::plugin!(@exports None, Some(slipway_entered), None);
    };
    (@plans $function:path) => {
        unsafe extern "C" fn slipway_entered(host: *const $crate::abi::Host) -> i32 {
            unsafe { $crate::entered::plan(host, $function) }
        }
    };
    (@exports $plan:expr, $resolve:expr, $call:expr) => {
        /// The one symbol of a plugin: constant data, so finding it runs no code.
        #[no_mangle]
        #[allow(non_upper_case_globals)]
        pub static slipway_plugin_1: $crate::abi::Plugin = $crate::abi::Plugin::new($plan, $resolve, $call);

        const SLIPWAY_MANIFEST: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/plugin.json"));

        /// Read by slipway out of the file, before any code of it runs; elf(5), PT_NOTE.
        #[used]
        #[link_section = ".note.slipway"]
        static SLIPWAY_NOTE: $crate::abi::Note<{ $crate::abi::padded(SLIPWAY_MANIFEST.len()) }> =
            $crate::abi::Note::new(SLIPWAY_MANIFEST);
    };
}
