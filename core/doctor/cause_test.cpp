// Causes that no test can bring about on the host that it runs on, and the looks that stand behind all of them.
#include "core/doctor/cause.hpp"

#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>

#include "core/doctor/look.hpp"

using namespace slipway;
using namespace slipway::doctor;

namespace {

std::string told(const std::optional<Cause>& cause) { return cause ? to_hint(*cause) : ""; }

}  // namespace

TEST_CASE("a cause becomes the hint of an error, and no cause leaves the hint that is there") {
  const Error error{ENODEV, "prepare a file system", "overlay", "the kernel lacks this file system"};
  CHECK(with_cause(error, std::nullopt).hint == "the kernel lacks this file system");
  CHECK(with_cause(error, Cause{"what", "remedy"}).hint == "what; remedy");
  CHECK(with_cause(error, Cause{"what", "remedy"}).code == ENODEV);
}

TEST_CASE("each errno has the cause that it stands for") {
  struct Row {
    std::optional<Cause> cause;
    std::string begin;
  };
  const Row rows[] = {
      {why_no_filesystem("overlay", ENODEV), "the kernel has no overlay, or not yet; as root: modprobe overlay"},
      {why_no_filesystem("tmpfs", ENOSYS), "the kernel, or a filter of system calls, lacks the mount API"},
      {why_no_filesystem("overlay", EINVAL), ""},
      {why_no_namespaces(EIO, UserNamespace::wanted), ""},
      {why_no_namespaces(ENOSPC, UserNamespace::none), "as many namespaces are in use as a limit in /proc/sys/user"},
      {why_no_more(EMFILE), "the limit of open files is "},
      {why_no_more(ENFILE), "the host has no free file descriptor"},
      {why_no_more(EIO), ""},
      {why_not_written("/tmp", EDQUOT, "go elsewhere"), "this user's quota is used up at /tmp"},
      {why_not_written("/tmp/no/such/place", ENOSPC, "go elsewhere"), "/tmp ("},
      {why_not_written("/tmp", 0, "go elsewhere"), ""},
      {why_no_bind("/no/such/place", EINVAL), ""},
      {why_no_layers({"/tmp", "/proc/self"}, "/", UserNamespace::none, EINVAL),
       "/proc/self is on proc, which cannot be"},
      {why_no_layers({"/tmp"}, "/tmp", UserNamespace::none, ELOOP),
       "/tmp, the store with the image's layers, lies in /"},
      {why_no_layers({"/usr", "/usr/bin"}, "/tmp", UserNamespace::none, ELOOP), "/usr/bin lies in /usr, and no layer"},
      {why_no_layers({"/usr"}, "/", UserNamespace::none, EIO), ""},
  };
  for (const Row& row : rows) {
    INFO(row.begin);
    CHECK(told(row.cause).substr(0, row.begin.size()) == row.begin);
    CHECK(row.cause.has_value() == !row.begin.empty());
  }
}

TEST_CASE("the own mounts are read, with odd characters in their points") {
  CHECK_FALSE(mounts().empty());
  bool has_proc = false;
  for (const MountLine& mount : mounts()) has_proc = has_proc || (mount.point == "/proc" && mount.type == "proc");
  CHECK(has_proc);
}

TEST_CASE("the nearest directory that is there is found from any path") {
  CHECK(nearest_existing("/") == "/");
  CHECK(nearest_existing("/tmp") == "/tmp");
  CHECK(nearest_existing("/no/such/place") == "/");
  CHECK(nearest_existing("/tmp/no-such/place") == "/tmp");
  CHECK(nearest_existing("no/such/place") == ".");
}

TEST_CASE("sizes are told in the unit that fits") {
  CHECK(size_text(0) == "0 bytes");
  CHECK(size_text(1023) == "1023 bytes");
  CHECK(size_text(1536) == "1.5 KiB");
  CHECK(size_text(std::uint64_t{5} << 30U) == "5.0 GiB");
  CHECK(size_text(~std::uint64_t{0}) == "16384.0 PiB");
}

TEST_CASE("words and own status are read as the kernel writes them") {
  CHECK(words_of("  a b  c", ' ') == std::vector<std::string>{"a", "b", "c"});
  CHECK(words_of("", ',').empty());
  CHECK(own_status("Pid") == std::to_string(::getpid()));
  CHECK(own_status("NoSuchName").empty());
  CHECK_FALSE(number_in("/no/such/file"));
}
