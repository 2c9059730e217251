#include "core/script/script.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "core/script/rendering.hpp"

namespace slipway::script {
namespace {

using steps::Path;
using steps::Reference;

template <class S>
std::string rendered(const S& step, Rendering to = {}) {
  render(step, to);
  return to.take_text();
}

Rendering with_results() {
  Rendering to;
  to.results = {{"layer0", "layer0"}, {"layer1", "layer1"}, {"tree", "scratch0"}, {"host", "'/srv/a b'"}};
  return to;
}

TEST_CASE("each step has its lines") {
  using F = steps::MountFlag;
  struct Row {
    std::string lines;
    const char* expected;
  };
  const Rendering results = with_results();
  const std::vector<Row> rows = {
      {rendered(steps::Mount{"proc", {"/proc"}, "", {F::nosuid, F::nodev}, {}}),
       "no_link /proc\nmount -t proc -o nosuid,nodev proc root/proc\n"},
      {rendered(steps::Mount{"sysfs", {"/sys"}, "", {F::ro, F::noexec}, {}}),
       "no_link /sys\nmount -t sysfs -o noexec sysfs root/sys\nmount -o remount,bind,ro,noexec none root/sys\n"},
      {rendered(steps::Mount{"tmpfs", {"/a b"}, "shm", {}, {"mode=1777", "size=64M"}}),
       "no_link '/a b'\nmount -t tmpfs -o mode=1777,size=64M shm 'root/a b'\n"},
      {rendered(steps::Unpack{"sha256:abc"}),
       "directory=$(layer abc)\n[ ! -e \"${directory%/*}/opaque\" ] || : >layer0.opaque\nmkdir layer0\n"
       "mount --bind \"$directory\" layer0\n"},
      {rendered(steps::Unpack{"in-place"}), "directory=$layers\nmkdir layer0\nmount --bind \"$directory\" layer0\n"},
      {rendered(steps::Copy{{{"layer1"}, {"layer0"}}, {"tree"}}, results),
       "lower_layers layer1 layer0\nmkdir together nothing\n"
       "mount -t overlay -o \"userxattr,lowerdir=$lower:nothing\" overlay together\n"
       "cp -a together/. scratch0\numount together\nrmdir together nothing\n"},
      {rendered(steps::Bind{{"@tree"}, {"/"}}, results), "mount --bind scratch0 root\n"},
      {rendered(steps::Bind{{"/dev/null"}, {"/dev/null"}}),
       "no_link /dev/null\nmount --bind /dev/null root/dev/null\n"},
      {rendered(steps::Bind{{"/srv"}, {"/srv"}, steps::Access::read_only}),
       "no_link /srv\nmount --bind /srv root/srv\nmount --make-private root/srv\nadd_flags one ro root/srv\n"},
      {rendered(steps::Bind{{"@host"},
                            {"/x"},
                            steps::Access::read_only,
                            {F::nosuid},
                            steps::Create::missing,
                            steps::Submounts::taken},
                results),
       "bind rbind '/srv/a b' /x\nmount --make-rprivate \"root$at\"\nuncover '/srv/a b' \"$at\"\nadd_flags all "
       "nosuid,ro \"root$at\"\n"},
      {rendered(steps::Mknod{{"/dev/null"}, steps::NodeKind::character, 1, 3}),
       "no_link /dev\nmknod -m 0666 root/dev/null c 1 3\n"},
      {rendered(steps::Mknod{{"/p"}, steps::NodeKind::fifo}), "no_link /\nmkfifo -m 0666 root/p\n"},
      {rendered(steps::Symlink{"-x", {"/dev/fd"}}), "no_link /dev\nln -s -T -- -x root/dev/fd\n"},
      {rendered(steps::Write{{"/f"}, "it's", {0600}}), "no_link /f\nprintf %s 'it'\\''s' >root/f\nchmod 0600 root/f\n"},
      {rendered(steps::Mkdir{{"/opt/a b"}, {0711}}), "make_dirs 0711 '/opt/a b'\n"},
      {rendered(steps::Mask{{"/proc/keys"}}), "mask /proc/keys\n"},
      {rendered(steps::Readonly{{"/proc/sys"}}), "make_read_only /proc/sys\n"},
      {rendered(steps::Readonly{{"/"}}), "add_flags one ro root\n"},
      {rendered(steps::Propagation{}), "mount --make-rslave /\n"},
      {rendered(steps::Propagation{steps::Scope::root, steps::Spread::shared}), "mount --make-rshared root\n"},
      {rendered(steps::Hostname{"box"}), "hostname box\n"},
      {rendered(steps::Hostname{"a b"}), "printf %s 'a b' >|/proc/sys/kernel/hostname\n"},
      {rendered(steps::LinkUp{"lo"}), "ip link set dev lo up\n"},
      {rendered(steps::User{"app:x y"}), "account 'app:x y'\n"},
      {rendered(steps::Workdir{{"/a b"}}), "inside '/a b'\nworkdir=$at\n"},
      {rendered(steps::Scratch{"upper"}), "mkdir scratch0\nmount -t tmpfs -o mode=0700 scratch scratch0\n"},
  };
  for (const Row& row : rows) CHECK(row.lines == row.expected);
}

TEST_CASE("an overlay's writes go to a tmpfs, or to a directory of the run's own, that looks like the top layer") {
  steps::Overlay overlay;
  overlay.lower = {{"layer1"}, {"layer0"}};
  overlay.target = {"/"};
  overlay.size = steps::Size{4096};
  CHECK(rendered(overlay, with_results()) ==
        "mkdir writes\nmount -t tmpfs -o mode=0700,size=4096 tmpfs writes\nlower_layers layer1 layer0\nmkdir -m 0700 "
        "writes/upper writes/work\n"
        "chown --reference=layer1 writes/upper\nchmod --reference=layer1 writes/upper\n"
        "touch --reference=layer1 writes/upper\nmount -t overlay -o "
        "\"userxattr,lowerdir=$lower,upperdir=\"writes/upper,workdir=writes/work overlay root\n");
  overlay.size.reset();
  overlay.upper = {"tree"};
  const std::string lines = rendered(overlay, with_results());
  CHECK(lines.starts_with("lower_layers layer1 layer0\nmkdir -m 0700 scratch0/upper scratch0/work\n"));
}

TEST_CASE("the program has its own environment, of several variables of one name the last, and nothing else") {
  Rendering to;
  render(steps::User{"app"}, to);
  render(steps::Environment{{"A=1", "B=it's", "A=2"}, steps::EnvDefaults::standard}, to);
  (void)to.take_text();
  render(steps::Exec{{"-prog", "a b", ""}}, to);
  CHECK(to.take_text() ==
        "chroot=$(command -v chroot)\nexec env -i --default-signal -- \\\n  A=2 \\\n  'B=it'\\''s' \\\n"
        "  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \\\n  \"HOME=$home\" \\\n"
        "  \"$chroot\" --skip-chdir --userspec=\"+$uid:+$gid\" --groups=\"$groups\" /.. -prog 'a b' ''\n");
}

// env(1) and chroot(1) are the host's and run as its root, with a directory of the image's as the current one.
TEST_CASE("variables that the C library acts on are not given to the host's chroot") {
  for (const char* variable :
       {"LD_PRELOAD=x.so",    "LD_LIBRARY_PATH=.", "LD_AUDIT=",      "GLIBC_TUNABLES=a=b", "GCONV_PATH=.",
        "GETCONF_DIR=.",      "HOSTALIASES=h",     "LOCALDOMAIN=d",  "LOCPATH=.",          "MALLOC_TRACE=t",
        "MALLOC_ARENA_MAX=1", "NIS_PATH=.",        "NLSPATH=.",      "OUTPUT_CHARSET=x",   "RESOLV_HOST_CONF=r",
        "RESOLV_MULTI=on",    "RES_OPTIONS=o",     "TMPDIR=/x",      "TZDIR=/x",           "LANG=/proc/self/cwd/x",
        "LANGUAGE=de:/x",     "LC_ALL=./x",        "LC_MESSAGES=a/b"}) {
    INFO(variable);
    Rendering to;
    render(steps::Environment{{variable, "A=1"}, steps::EnvDefaults::none}, to);
    CHECK(to.environment == std::vector<std::string>{"A=1"});
    REQUIRE(to.left_out().size() == 1);
    CHECK(to.left_out().front().without == Without::weaker);
    const std::string name = std::string(variable).substr(0, std::string(variable).find('='));
    CHECK(to.left_out().front().what.find("the variable " + name + ",") == 0);
  }
  const std::vector<std::string> harmless = {
      "LANG=C.UTF-8", "LC_ALL=de_DE@euro", "LANGUAGE=de:en", "LDFLAGS=-lx", "MALLOCS=/x", "LCX=/x", "TZ=UTC"};
  Rendering to;
  render(steps::Environment{harmless, steps::EnvDefaults::none}, to);
  CHECK(to.environment == harmless);
  CHECK(to.left_out().empty());
}

TEST_CASE("where setgroups is denied the script asks for no groups, and for no other user") {
  Rendering to;
  to.may_set_groups = false;
  render(steps::User{"app"}, to);
  CHECK(to.take_text().find("= 0:0 ] || fail") != std::string::npos);
  render(steps::Exec{{"/x"}}, to);
  CHECK(to.take_text().find("--userspec") == std::string::npos);
}

TEST_CASE("what tools cannot do stands as a comment, and says whether the container is weaker") {
  Rendering to;
  to.has_user_namespace = true;
  to.step = 4;
  render(steps::Open{{"/srv"}, steps::Owners::container}, to);
  CHECK(to.take_text().find("# left out: an id-mapped mount") != std::string::npos);
  render(steps::Exec{{"/x"}, steps::Init::slipway}, to);
  render(steps::Scratch{"root", steps::Afterwards::kept}, to);
  REQUIRE(to.left_out().size() == 3);
  CHECK(to.left_out()[0].step == 4);
  CHECK(to.left_out()[0].without == Without::weaker);
  CHECK(to.left_out()[1].without == Without::as_strong);
  CHECK(to.left_out()[2].without == Without::as_strong);
  // Where the container's ids are the host's there is nothing to map.
  Rendering root;
  render(steps::Open{{"/srv"}, steps::Owners::container}, root);
  CHECK(root.left_out().empty());
}

TEST_CASE("without a process namespace a script says that its end is not that of a program with another user") {
  struct Row {
    const char* user;
    bool has_process_namespace;
    std::size_t left_out;
  };
  for (const Row& row : {Row{"app", false, 1}, Row{"app", true, 0}, Row{"root", false, 0}}) {
    Rendering to;
    render(steps::User{row.user}, to);
    to.has_process_namespace = row.has_process_namespace;
    render(steps::Exec{{"/x"}}, to);
    REQUIRE(to.left_out().size() == row.left_out);
    if (row.left_out != 0) CHECK(to.left_out().front().without == Without::as_strong);
  }
}

template <std::size_t... index>
std::map<std::string_view, std::size_t> members_of_types(std::index_sequence<index...> /*types*/) {
  return {{steps::Shape<std::variant_alternative_t<index, steps::Step>>::type,
           std::tuple_size_v<decltype(steps::Shape<std::variant_alternative_t<index, steps::Step>>::fields)>}...};
}

// A member that a rendering does not know of is a word that is ignored: the script would make another container.
TEST_CASE("a step type has no member that its lines leave unsaid") {
  const std::map<std::string_view, std::size_t> rendered_members = {
      {"bind", 7},     {"call", 5},    {"copy", 2},        {"environment", 4}, {"exec", 6},    {"file", 5},
      {"hostname", 2}, {"link_up", 1}, {"mask", 1},        {"mkdir", 2},       {"mknod", 5},   {"mount", 5},
      {"open", 2},     {"overlay", 4}, {"propagation", 2}, {"readonly", 1},    {"scratch", 2}, {"symlink", 2},
      {"unpack", 1},   {"user", 2},    {"workdir", 1},     {"write", 3},
  };
  CHECK(members_of_types(std::make_index_sequence<std::variant_size_v<steps::Step>>()) == rendered_members);
}

TEST_CASE("no line of a step's text ends the part that the new namespaces read") {
  Material material;
  material.isolation.namespaces = {"mount"};
  material.importing = {"/bin/slipway", "store", "layers", "-"};
  material.directory = "/";
  plan::PlannedStep exec;
  exec.step = steps::Exec{{"echo", "\nINSIDE\nrm -rf /\nINSIDE_\n"}};
  exec.phase = steps::Phase::exec;
  material.plan.steps = {exec};
  auto script = make_script(material);
  REQUIRE(script);
  CHECK(script->text.find("3<<'INSIDE__'\n") != std::string::npos);
  CHECK(script->text.ends_with("\nINSIDE__\n"));
}

}  // namespace
}  // namespace slipway::script
