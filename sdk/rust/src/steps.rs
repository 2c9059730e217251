//! Every step type as a struct with named members. Written by sdk-bindings from the tables of the step types:
//! `./dev bindings` renews it.
//!
//! ```ignore
//! plan.add(steps::Mask { path: "/proc/keys".into() });
//! let made = plan.add(Step::of(steps::Call { function: "make".into(), ..Default::default() }).named("made"));
//! plan.add(steps::Bind { source: made.into(), target: "/made".into(), ..Default::default() });
//! ```
use crate::boundary::{Handle, Step};
use crate::json::Object;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Resolve,
    Prepare,
    Attach,
    Mount,
    Seal,
    Confine,
    Exec,
    Teardown,
}
impl Phase {
    pub fn word(self) -> &'static str {
        match self {
            Phase::Resolve => "resolve",
            Phase::Prepare => "prepare",
            Phase::Attach => "attach",
            Phase::Mount => "mount",
            Phase::Seal => "seal",
            Phase::Confine => "confine",
            Phase::Exec => "exec",
            Phase::Teardown => "teardown",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    ReadWrite,
    ReadOnly,
}
impl Access {
    pub fn word(self) -> &'static str {
        match self {
            Access::ReadWrite => "read_write",
            Access::ReadOnly => "read_only",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MountFlag {
    Ro,
    Nosuid,
    Nodev,
    Noexec,
    Relatime,
    Noatime,
    Strictatime,
    Nodiratime,
    Nosymfollow,
}
impl MountFlag {
    pub fn word(self) -> &'static str {
        match self {
            MountFlag::Ro => "ro",
            MountFlag::Nosuid => "nosuid",
            MountFlag::Nodev => "nodev",
            MountFlag::Noexec => "noexec",
            MountFlag::Relatime => "relatime",
            MountFlag::Noatime => "noatime",
            MountFlag::Strictatime => "strictatime",
            MountFlag::Nodiratime => "nodiratime",
            MountFlag::Nosymfollow => "nosymfollow",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Create {
    Never,
    Missing,
}
impl Create {
    pub fn word(self) -> &'static str {
        match self {
            Create::Never => "never",
            Create::Missing => "missing",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Submounts {
    Left,
    Taken,
}
impl Submounts {
    pub fn word(self) -> &'static str {
        match self {
            Submounts::Left => "left",
            Submounts::Taken => "taken",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owners {
    Host,
    Container,
}
impl Owners {
    pub fn word(self) -> &'static str {
        match self {
            Owners::Host => "host",
            Owners::Container => "container",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undo {
    Called,
    None,
}
impl Undo {
    pub fn word(self) -> &'static str {
        match self {
            Undo::Called => "called",
            Undo::None => "none",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnvDefaults {
    Standard,
    None,
}
impl EnvDefaults {
    pub fn word(self) -> &'static str {
        match self {
            EnvDefaults::Standard => "standard",
            EnvDefaults::None => "none",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Init {
    None,
    Slipway,
}
impl Init {
    pub fn word(self) -> &'static str {
        match self {
            Init::None => "none",
            Init::Slipway => "slipway",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndWith {
    Terminal,
    Parent,
}
impl EndWith {
    pub fn word(self) -> &'static str {
        match self {
            EndWith::Terminal => "terminal",
            EndWith::Parent => "parent",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    Refused,
    Empty,
}
impl Absent {
    pub fn word(self) -> &'static str {
        match self {
            Absent::Refused => "refused",
            Absent::Empty => "empty",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameSource {
    Name,
    Image,
}
impl NameSource {
    pub fn word(self) -> &'static str {
        match self {
            NameSource::Name => "name",
            NameSource::Image => "image",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    Character,
    Block,
    Fifo,
}
impl NodeKind {
    pub fn word(self) -> &'static str {
        match self {
            NodeKind::Character => "character",
            NodeKind::Block => "block",
            NodeKind::Fifo => "fifo",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    Inherited,
    Root,
}
impl Scope {
    pub fn word(self) -> &'static str {
        match self {
            Scope::Inherited => "inherited",
            Scope::Root => "root",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spread {
    Slave,
    Private,
    Shared,
    Unbindable,
}
impl Spread {
    pub fn word(self) -> &'static str {
        match self {
            Spread::Slave => "slave",
            Spread::Private => "private",
            Spread::Shared => "shared",
            Spread::Unbindable => "unbindable",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Afterwards {
    Removed,
    Kept,
}
impl Afterwards {
    pub fn word(self) -> &'static str {
        match self {
            Afterwards::Removed => "removed",
            Afterwards::Kept => "kept",
        }
    }
}

/// bind: shows a file or directory of the host inside the container; mount
#[derive(Clone)]
pub struct Bind {
    /// absolute path on the host, or the reference of a result
    pub source: Vec<u8>,
    /// the file or directory to cover
    pub target: Vec<u8>,
    /// whether the container may write there; for the mounts below too; read_write when absent
    pub access: Access,
    /// mount flags by their mount(8) names, for the mounts below too; absent: as the host has them
    pub flags: Vec<MountFlag>,
    /// whether the target is made where it is missing; never when absent
    pub create: Create,
    /// whether mounts below the source come along; left when absent
    pub submounts: Submounts,
    /// container: the source is the result of an open step with the same word; host when absent
    pub owners: Owners,
}
impl Default for Bind {
    fn default() -> Bind {
        Bind {
            source: Vec::new(),
            target: Vec::new(),
            access: Access::ReadWrite,
            flags: Vec::new(),
            create: Create::Never,
            submounts: Submounts::Left,
            owners: Owners::Host,
        }
    }
}
impl From<Bind> for Step {
    fn from(step: Bind) -> Step {
        let mut made = Step::new("bind");
        made = made.text("source", step.source);
        made = made.text("target", step.target);
        if step.access != Access::ReadWrite {
            made = made.text("access", step.access.word());
        }
        if !step.flags.is_empty() {
            made = made.texts("flags", step.flags.iter().map(|one| one.word()));
        }
        if step.create != Create::Never {
            made = made.text("create", step.create.word());
        }
        if step.submounts != Submounts::Left {
            made = made.text("submounts", step.submounts.word());
        }
        if step.owners != Owners::Host {
            made = made.text("owners", step.owners.word());
        }
        made
    }
}

/// call: has a function of the plugin's own run; mount, prepare, attach, seal
#[derive(Clone)]
pub struct Call {
    /// which of its functions; the plugin's own word of at most 64 bytes
    pub function: Vec<u8>,
    /// what the function reads as /arguments; at most 64 KiB
    pub arguments: Object,
    /// results of earlier steps, handed over as descriptors; also @pidfd, @userns, @netns and @mntns of the
    /// container in attach, @root in mount and seal; at most 64
    pub inputs: Vec<Handle>,
    /// how long it may take, and its undo; 1 to 3600
    pub timeout: i64,
    /// called: taken back at the end; none: it leaves nothing to take back; called when absent
    pub undo: Undo,
}
impl Default for Call {
    fn default() -> Call {
        Call {
            function: Vec::new(),
            arguments: Object::new(),
            inputs: Vec::new(),
            timeout: 10,
            undo: Undo::Called,
        }
    }
}
impl From<Call> for Step {
    fn from(step: Call) -> Step {
        let mut made = Step::new("call");
        made = made.text("function", step.function);
        if !step.arguments.is_empty() {
            made = made.object("arguments", step.arguments);
        }
        if !step.inputs.is_empty() {
            made = made.texts("inputs", step.inputs.into_iter().map(Vec::from));
        }
        if step.timeout != 10 {
            made = made.integer("timeout", step.timeout);
        }
        if step.undo != Undo::Called {
            made = made.text("undo", step.undo.word());
        }
        made
    }
}

/// copy: copies the tree that layers make into a directory of the run's own; prepare
#[derive(Clone)]
pub struct Copy {
    /// the layers' directories, the top one first; at least one
    pub layers: Vec<Handle>,
    /// the result of a scratch step
    pub into: Handle,
}
impl Default for Copy {
    fn default() -> Copy {
        Copy {
            layers: Vec::new(),
            into: Handle::default(),
        }
    }
}
impl From<Copy> for Step {
    fn from(step: Copy) -> Step {
        let mut made = Step::new("copy");
        made = made.texts("layers", step.layers.into_iter().map(Vec::from));
        made = made.text("into", Vec::from(step.into));
        made
    }
}

/// environment: sets the program's environment; confine
#[derive(Clone)]
pub struct Environment {
    /// each NAME=VALUE, or NAME alone, which takes the variable away
    pub variables: Vec<Vec<u8>>,
    /// whether PATH, HOME and TERM are there where nothing says otherwise; standard when absent
    pub defaults: EnvDefaults,
    /// what the files and the variables go over; written alike
    pub base: Vec<Vec<u8>>,
    /// absolute paths of files of the host with variables, read at each start
    pub files: Vec<Vec<u8>>,
}
impl Default for Environment {
    fn default() -> Environment {
        Environment {
            variables: Vec::new(),
            defaults: EnvDefaults::Standard,
            base: Vec::new(),
            files: Vec::new(),
        }
    }
}
impl From<Environment> for Step {
    fn from(step: Environment) -> Step {
        let mut made = Step::new("environment");
        if !step.variables.is_empty() {
            made = made.texts("variables", step.variables);
        }
        if step.defaults != EnvDefaults::Standard {
            made = made.text("defaults", step.defaults.word());
        }
        if !step.base.is_empty() {
            made = made.texts("base", step.base);
        }
        if !step.files.is_empty() {
            made = made.texts("files", step.files);
        }
        made
    }
}

/// exec: becomes the program; exec
#[derive(Clone)]
pub struct Exec {
    /// the program and its arguments; at least one
    pub args: Vec<Vec<u8>>,
    /// slipway: a first process that reaps, and passes signals on; none: the program is the container's first
    /// process; none when absent
    pub init: Init,
    /// the number of the signal that asks the program to end; 1 to 64, 15 is TERM
    pub stop_signal: i64,
    /// from that signal to SIGKILL; 0 to 86400
    pub stop_timeout: i64,
    /// whose end is the container's, too: the terminal that slipway was started at, the process that started it
    pub end_with: Vec<EndWith>,
    /// how many of the caller's descriptors, from 3 on, it keeps; 0 to 1024
    pub preserve_fds: i64,
}
impl Default for Exec {
    fn default() -> Exec {
        Exec {
            args: Vec::new(),
            init: Init::None,
            stop_signal: 15,
            stop_timeout: 10,
            end_with: Vec::new(),
            preserve_fds: 0,
        }
    }
}
impl From<Exec> for Step {
    fn from(step: Exec) -> Step {
        let mut made = Step::new("exec");
        made = made.texts("args", step.args);
        if step.init != Init::None {
            made = made.text("init", step.init.word());
        }
        if step.stop_signal != 15 {
            made = made.integer("stop_signal", step.stop_signal);
        }
        if step.stop_timeout != 10 {
            made = made.integer("stop_timeout", step.stop_timeout);
        }
        if !step.end_with.is_empty() {
            made = made.texts("end_with", step.end_with.iter().map(|one| one.word()));
        }
        if step.preserve_fds != 0 {
            made = made.integer("preserve_fds", step.preserve_fds);
        }
        made
    }
}

/// file: covers a path with a file of the container's own; mount
#[derive(Clone)]
pub struct File {
    /// the path
    pub target: Vec<u8>,
    /// the file's content; absent: empty
    pub text: Vec<u8>,
    /// absolute path of a regular file on the host whose content is taken instead, as it is at the start; at most 1
    /// MiB
    pub copy_of: Vec<u8>,
    /// what a missing copy_of means: an error, or an empty file; refused when absent
    pub absent: Absent,
    /// permission bits, umask not applied
    pub mode: u32,
}
impl Default for File {
    fn default() -> File {
        File {
            target: Vec::new(),
            text: Vec::new(),
            copy_of: Vec::new(),
            absent: Absent::Refused,
            mode: 0o644,
        }
    }
}
impl From<File> for Step {
    fn from(step: File) -> Step {
        let mut made = Step::new("file");
        made = made.text("target", step.target);
        if !step.text.is_empty() {
            made = made.text("text", step.text);
        }
        if !step.copy_of.is_empty() {
            made = made.text("copy_of", step.copy_of);
        }
        if step.absent != Absent::Refused {
            made = made.text("absent", step.absent.word());
        }
        if step.mode != 0o644 {
            made = made.text("mode", format!("{:04o}", step.mode));
        }
        made
    }
}

/// hostname: sets the host name; mount
#[derive(Clone)]
pub struct Hostname {
    /// 1 to 64 bytes; absent where the image says it
    pub name: Vec<u8>,
    /// name: as name says; image: as the image's /etc/hostname says; name when absent
    pub source: NameSource,
}
impl Default for Hostname {
    fn default() -> Hostname {
        Hostname {
            name: Vec::new(),
            source: NameSource::Name,
        }
    }
}
impl From<Hostname> for Step {
    fn from(step: Hostname) -> Step {
        let mut made = Step::new("hostname");
        if !step.name.is_empty() {
            made = made.text("name", step.name);
        }
        if step.source != NameSource::Name {
            made = made.text("source", step.source.word());
        }
        made
    }
}

/// link_up: brings a network interface up; mount
#[derive(Clone)]
pub struct LinkUp {
    /// its name, 1 to 15 bytes: lo
    pub interface: Vec<u8>,
}
impl Default for LinkUp {
    fn default() -> LinkUp {
        LinkUp {
            interface: Vec::new(),
        }
    }
}
impl From<LinkUp> for Step {
    fn from(step: LinkUp) -> Step {
        let mut made = Step::new("link_up");
        made = made.text("interface", step.interface);
        made
    }
}

/// mask: hides a path from the container; seal
#[derive(Clone)]
pub struct Mask {
    /// what is hidden
    pub path: Vec<u8>,
}
impl Default for Mask {
    fn default() -> Mask {
        Mask {
            path: Vec::new(),
        }
    }
}
impl From<Mask> for Step {
    fn from(step: Mask) -> Step {
        let mut made = Step::new("mask");
        made = made.text("path", step.path);
        made
    }
}

/// mkdir: makes a directory inside the container; mount
#[derive(Clone)]
pub struct Mkdir {
    /// the directory
    pub target: Vec<u8>,
    /// permission bits of a new one, umask not applied
    pub mode: u32,
}
impl Default for Mkdir {
    fn default() -> Mkdir {
        Mkdir {
            target: Vec::new(),
            mode: 0o755,
        }
    }
}
impl From<Mkdir> for Step {
    fn from(step: Mkdir) -> Step {
        let mut made = Step::new("mkdir");
        made = made.text("target", step.target);
        if step.mode != 0o755 {
            made = made.text("mode", format!("{:04o}", step.mode));
        }
        made
    }
}

/// mknod: makes a device node; mount
#[derive(Clone)]
pub struct Mknod {
    /// the node
    pub target: Vec<u8>,
    /// what is made; character when absent
    pub kind: NodeKind,
    /// major device number
    pub major: i64,
    /// minor device number
    pub minor: i64,
    /// permission bits, umask not applied
    pub mode: u32,
}
impl Default for Mknod {
    fn default() -> Mknod {
        Mknod {
            target: Vec::new(),
            kind: NodeKind::Character,
            major: 0,
            minor: 0,
            mode: 0o666,
        }
    }
}
impl From<Mknod> for Step {
    fn from(step: Mknod) -> Step {
        let mut made = Step::new("mknod");
        made = made.text("target", step.target);
        if step.kind != NodeKind::Character {
            made = made.text("kind", step.kind.word());
        }
        if step.major != 0 {
            made = made.integer("major", step.major);
        }
        if step.minor != 0 {
            made = made.integer("minor", step.minor);
        }
        if step.mode != 0o666 {
            made = made.text("mode", format!("{:04o}", step.mode));
        }
        made
    }
}

/// mount: mounts a new instance of a file system; mount
#[derive(Clone)]
pub struct Mount {
    /// the file system's type: proc, sysfs, tmpfs, devpts …
    pub fstype: Vec<u8>,
    /// the directory to mount on
    pub target: Vec<u8>,
    /// what mountinfo shows as the source; absent: the type
    pub source: Vec<u8>,
    /// mount flags by their mount(8) names; absent: none
    pub flags: Vec<MountFlag>,
    /// the file system's own options, each NAME or NAME=VALUE, at most 255 bytes
    pub options: Vec<Vec<u8>>,
}
impl Default for Mount {
    fn default() -> Mount {
        Mount {
            fstype: Vec::new(),
            target: Vec::new(),
            source: Vec::new(),
            flags: Vec::new(),
            options: Vec::new(),
        }
    }
}
impl From<Mount> for Step {
    fn from(step: Mount) -> Step {
        let mut made = Step::new("mount");
        made = made.text("fstype", step.fstype);
        made = made.text("target", step.target);
        if !step.source.is_empty() {
            made = made.text("source", step.source);
        }
        if !step.flags.is_empty() {
            made = made.texts("flags", step.flags.iter().map(|one| one.word()));
        }
        if !step.options.is_empty() {
            made = made.texts("options", step.options);
        }
        made
    }
}

/// open: opens a file or directory of the host for a bind; prepare
#[derive(Clone)]
pub struct Open {
    /// absolute path on the host; its links are followed
    pub path: Vec<u8>,
    /// host: as the host has them; container: the same numbers inside; host when absent
    pub owners: Owners,
}
impl Default for Open {
    fn default() -> Open {
        Open {
            path: Vec::new(),
            owners: Owners::Host,
        }
    }
}
impl From<Open> for Step {
    fn from(step: Open) -> Step {
        let mut made = Step::new("open");
        made = made.text("path", step.path);
        if step.owners != Owners::Host {
            made = made.text("owners", step.owners.word());
        }
        made
    }
}

/// overlay: mounts an overlay of layers; mount
#[derive(Clone)]
pub struct Overlay {
    /// the layers' directories, the top one first; at least one
    pub lower: Vec<Handle>,
    /// the result of a scratch step that takes the writes; absent: a tmpfs that vanishes with the container
    pub upper: Handle,
    /// the most that the tmpfs may hold, not 0 and not beside upper; absent: the kernel's default, half of the
    /// memory
    pub size: Option<i64>,
    /// where; / makes it the container's root
    pub target: Vec<u8>,
}
impl Default for Overlay {
    fn default() -> Overlay {
        Overlay {
            lower: Vec::new(),
            upper: Handle::default(),
            size: None,
            target: Vec::new(),
        }
    }
}
impl From<Overlay> for Step {
    fn from(step: Overlay) -> Step {
        let mut made = Step::new("overlay");
        made = made.texts("lower", step.lower.into_iter().map(Vec::from));
        if !step.upper.is_empty() {
            made = made.text("upper", Vec::from(step.upper));
        }
        if step.size.is_some() {
            made = made.integer("size", step.size.unwrap_or(0));
        }
        made = made.text("target", step.target);
        made
    }
}

/// propagation: sets how mounts travel between namespaces; mount, seal
#[derive(Clone)]
pub struct Propagation {
    /// inherited: all that the new namespace has from the host; root: the container's own mounts; inherited when
    /// absent
    pub scope: Scope,
    /// how, for all mounts below as well; slave when absent
    pub spread: Spread,
}
impl Default for Propagation {
    fn default() -> Propagation {
        Propagation {
            scope: Scope::Inherited,
            spread: Spread::Slave,
        }
    }
}
impl From<Propagation> for Step {
    fn from(step: Propagation) -> Step {
        let mut made = Step::new("propagation");
        if step.scope != Scope::Inherited {
            made = made.text("scope", step.scope.word());
        }
        if step.spread != Spread::Slave {
            made = made.text("spread", step.spread.word());
        }
        made
    }
}

/// readonly: makes a path read-only; seal
#[derive(Clone)]
pub struct Readonly {
    /// what is made read-only
    pub path: Vec<u8>,
}
impl Default for Readonly {
    fn default() -> Readonly {
        Readonly {
            path: Vec::new(),
        }
    }
}
impl From<Readonly> for Step {
    fn from(step: Readonly) -> Step {
        let mut made = Step::new("readonly");
        made = made.text("path", step.path);
        made
    }
}

/// scratch: makes a directory of this run's own in the store; prepare
#[derive(Clone)]
pub struct Scratch {
    /// what it is for, as shown to people: upper; one file name of at most 64 bytes
    pub name: Vec<u8>,
    /// removed with the run, or kept: moved to where no run and no cleaning removes it, and people are told; removed
    /// when absent
    pub afterwards: Afterwards,
}
impl Default for Scratch {
    fn default() -> Scratch {
        Scratch {
            name: Vec::new(),
            afterwards: Afterwards::Removed,
        }
    }
}
impl From<Scratch> for Step {
    fn from(step: Scratch) -> Step {
        let mut made = Step::new("scratch");
        made = made.text("name", step.name);
        if step.afterwards != Afterwards::Removed {
            made = made.text("afterwards", step.afterwards.word());
        }
        made
    }
}

/// symlink: makes a symbolic link inside the container; mount
#[derive(Clone)]
pub struct Symlink {
    /// what the link says; not looked up
    pub target: Vec<u8>,
    /// where the link is made
    pub link: Vec<u8>,
}
impl Default for Symlink {
    fn default() -> Symlink {
        Symlink {
            target: Vec::new(),
            link: Vec::new(),
        }
    }
}
impl From<Symlink> for Step {
    fn from(step: Symlink) -> Step {
        let mut made = Step::new("symlink");
        made = made.text("target", step.target);
        made = made.text("link", step.link);
        made
    }
}

/// unpack: has a layer of the image unpacked in the store; prepare
#[derive(Clone)]
pub struct Unpack {
    /// which layer: the digest of its uncompressed tar as the image fact gives it, sha256:…
    pub diff_id: Vec<u8>,
}
impl Default for Unpack {
    fn default() -> Unpack {
        Unpack {
            diff_id: Vec::new(),
        }
    }
}
impl From<Unpack> for Step {
    fn from(step: Unpack) -> Step {
        let mut made = Step::new("unpack");
        made = made.text("diff_id", step.diff_id);
        made
    }
}

/// user: becomes the program's user; confine
#[derive(Clone)]
pub struct User {
    /// USER[:GROUP], each by name or number; empty: root
    pub user: Vec<u8>,
    /// further groups, each by name or number; absent: none
    pub groups: Vec<Vec<u8>>,
}
impl Default for User {
    fn default() -> User {
        User {
            user: Vec::new(),
            groups: Vec::new(),
        }
    }
}
impl From<User> for Step {
    fn from(step: User) -> Step {
        let mut made = Step::new("user");
        made = made.text("user", step.user);
        if !step.groups.is_empty() {
            made = made.texts("groups", step.groups);
        }
        made
    }
}

/// workdir: changes to the working directory; confine
#[derive(Clone)]
pub struct Workdir {
    /// the directory
    pub path: Vec<u8>,
}
impl Default for Workdir {
    fn default() -> Workdir {
        Workdir {
            path: Vec::new(),
        }
    }
}
impl From<Workdir> for Step {
    fn from(step: Workdir) -> Step {
        let mut made = Step::new("workdir");
        made = made.text("path", step.path);
        made
    }
}

/// write: makes a file inside the container; mount
#[derive(Clone)]
pub struct Write {
    /// the file
    pub target: Vec<u8>,
    /// its content; absent: empty
    pub text: Vec<u8>,
    /// permission bits, umask not applied
    pub mode: u32,
}
impl Default for Write {
    fn default() -> Write {
        Write {
            target: Vec::new(),
            text: Vec::new(),
            mode: 0o644,
        }
    }
}
impl From<Write> for Step {
    fn from(step: Write) -> Step {
        let mut made = Step::new("write");
        made = made.text("target", step.target);
        if !step.text.is_empty() {
            made = made.text("text", step.text);
        }
        if step.mode != 0o644 {
            made = made.text("mode", format!("{:04o}", step.mode));
        }
        made
    }
}
