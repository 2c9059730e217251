//! The border as `plugin.h` has it, member by member; what holds of them stands there.
use std::ffi::c_void;

pub const ABI_MAJOR: u16 = 1;
pub const ABI_MINOR: u16 = 0;

pub const MISSING: i32 = 0;
pub const NULL: i32 = 1;
pub const BOOLEAN: i32 = 2;
pub const INTEGER: i32 = 3;
pub const REAL: i32 = 4;
pub const TEXT: i32 = 5;
pub const ARRAY: i32 = 6;
pub const OBJECT: i32 = 7;

pub const ERROR: i32 = 0;
pub const WARNING: i32 = 1;
pub const INFO: i32 = 2;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub data: *const u8,
    pub size: u64,
}

#[repr(C)]
pub struct Value {
    pub kind: i32,
    pub reserved: u32,
    pub integer: i64,
    pub real: f64,
    pub count: u64,
    pub text: Text,
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub context: *mut c_void,
    pub get: unsafe extern "C" fn(*const Host, Text, *mut Value) -> i32,
    pub key: unsafe extern "C" fn(*const Host, Text, u64, *mut Text) -> i32,
    pub json: unsafe extern "C" fn(*const Host, Text, *mut Text) -> i32,
    pub step: unsafe extern "C" fn(*const Host, Text) -> i32,
    pub fact: unsafe extern "C" fn(*const Host, Text, Text) -> i32,
    pub report: unsafe extern "C" fn(*const Host, i32, Text, Text, Text),
    pub ability: unsafe extern "C" fn(*const Host, Text) -> *const c_void,
}

#[repr(C)]
pub struct Entry {
    pub name: Text,
    pub link: Text,
    pub offset: u64,
    pub size: u64,
    pub kind: i32,
    pub source: u32,
}

#[repr(C)]
pub struct Source {
    pub struct_size: u32,
    pub reserved: u32,
    pub entry: unsafe extern "C" fn(*const Host, u64, *mut Entry) -> i32,
    pub find: unsafe extern "C" fn(*const Host, Text, *mut Entry) -> i32,
    pub read: unsafe extern "C" fn(*const Host, u32, u64, *mut c_void, u64) -> i32,
}

#[repr(C)]
pub struct Call {
    pub struct_size: u32,
    pub undo: u32,
    pub function: Text,
    pub phase: Text,
    pub inputs: *const i32,
    pub input_count: u64,
    pub result: *mut i32,
}

pub type Function = unsafe extern "C" fn(*const Host) -> i32;
pub type CallFunction = unsafe extern "C" fn(*const Host, *const Call) -> i32;

#[repr(C)]
pub struct Plugin {
    pub struct_size: u32,
    pub abi_major: u16,
    pub abi_minor: u16,
    pub plan: Option<Function>,
    pub resolve: Option<Function>,
    pub call: Option<CallFunction>,
}

impl Plugin {
    pub const fn new(plan: Option<Function>, resolve: Option<Function>, call: Option<CallFunction>) -> Plugin {
        let struct_size = std::mem::size_of::<Plugin>() as u32;
        Plugin { struct_size, abi_major: ABI_MAJOR, abi_minor: ABI_MINOR, plan, resolve, call }
    }
}

/// The manifest as an ELF note: `N` bytes of JSON in a description of `P`, which is `N` made a multiple of four.
#[repr(C, align(4))]
pub struct Note<const P: usize> {
    name_size: u32,
    description_size: u32,
    kind: u32,
    name: [u8; 8],
    description: [u8; P],
}

impl<const P: usize> Note<P> {
    pub const fn new(json: &[u8]) -> Note<P> {
        let mut description = [0; P];
        let mut i = 0;
        while i < json.len() {
            description[i] = json[i];
            i += 1;
        }
        Note { name_size: 8, description_size: json.len() as u32, kind: 1, name: *b"slipway\0", description }
    }
}

pub const fn padded(size: usize) -> usize {
    (size + 3) / 4 * 4
}

#[cfg(target_pointer_width = "64")]
const _: () = {
    use std::mem::size_of;
    assert!(size_of::<Text>() == 16 && size_of::<Value>() == 48 && size_of::<Host>() == 72);
    assert!(size_of::<Entry>() == 56 && size_of::<Source>() == 32 && size_of::<Plugin>() == 32);
    assert!(size_of::<Call>() == 64);
};
