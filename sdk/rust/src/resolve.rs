//! What an image plugin resolves with: its source, always seekable and decompressed.
use crate::abi;
use crate::boundary::{copied, crossing, enter, Failure, Reader, Result};
use std::ffi::c_void;

/// One file, directory or link of an image's source.
pub struct Entry {
    /// As the archive has it: bytes, never to be opened as a path.
    pub name: Vec<u8>,
    /// Target of a link, else empty.
    pub link: Vec<u8>,
    pub offset: u64,
    pub size: u64,
    /// 'f' file, 'd' directory, 'l' symlink, 'h' hard link, 'o' other
    pub kind: char,
    /// Which file of the source `offset` counts in.
    pub source: u32,
}

pub struct Resolve {
    reader: Reader,
    source: *const abi::Source,
}

impl Resolve {
    /// By index from 0; None past the last one.
    pub fn entry(&self, index: u64) -> Option<Entry> {
        self.found(|source, host, out| unsafe { (source.entry)(host, index, out) })
    }
    /// By name, the last of several; None where there is none.
    pub fn find(&self, name: &str) -> Option<Entry> {
        self.found(|source, host, out| unsafe { (source.find)(host, crossing(name), out) })
    }
    /// A whole file, of at most `limit` bytes.
    pub fn read(&self, entry: &Entry, limit: u64) -> Result<Vec<u8>> {
        let name = String::from_utf8_lossy(&entry.name);
        if entry.size > limit {
            return Err(Failure::new("", format!("{name} is {} bytes long; at most {limit} are read", entry.size)));
        }
        // Where memory is addressed by fewer bits, a size that is cut would be less than what slipway writes.
        let too_long = |_| Failure::new("", format!("{name} does not fit into memory"));
        let mut bytes = vec![0u8; usize::try_from(entry.size).map_err(too_long)?];
        let to = bytes.as_mut_ptr().cast::<c_void>();
        let read = unsafe { &*self.source }.read;
        if entry.size > 0 && unsafe { read(self.reader.host(), entry.source, entry.offset, to, entry.size) } != 0 {
            return Err(Failure::new("", format!("{name}: the image source ends early, or can't be read")));
        }
        Ok(bytes)
    }

    fn found(&self, look: impl Fn(&abi::Source, *const abi::Host, *mut abi::Entry) -> i32) -> Option<Entry> {
        let (name, link) = (crossing(""), crossing(""));
        let mut found = abi::Entry { name, link, offset: 0, size: 0, kind: 0, source: 0 };
        if look(unsafe { &*self.source }, self.reader.host(), &mut found) != 0 {
            return None;
        }
        let (name, link) = unsafe { (copied(found.name), copied(found.link)) };
        let kind = u8::try_from(found.kind).map_or('o', char::from);
        Some(Entry { name, link, offset: found.offset, size: found.size, kind, source: found.source })
    }
}

impl std::ops::Deref for Resolve {
    type Target = Reader;
    fn deref(&self) -> &Reader {
        &self.reader
    }
}
impl std::ops::DerefMut for Resolve {
    fn deref_mut(&mut self) -> &mut Reader {
        &mut self.reader
    }
}

/// # Safety
/// `host` is what slipway entered the plugin with.
pub unsafe fn resolve(host: *const abi::Host, function: fn(&mut Resolve) -> Result<()>) -> i32 {
    let ability = unsafe { (*host).ability };
    let source = unsafe { ability(host, crossing("slipway.source.1")) }.cast::<abi::Source>();
    enter(Resolve { reader: Reader::new(host), source }, |session| {
        if session.source.is_null() {
            return Err(Failure::new("", "slipway shows no image source (slipway.source.1)"));
        }
        function(session)
    })
}
