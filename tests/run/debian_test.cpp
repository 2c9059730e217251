// A real distribution's files, made by its own tools, as an image.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"
#include "tests/run/tree_inside.hpp"

namespace slipway::tests {
namespace {

// A tar of a small Debian, made once for all test programs. mmdebstrap's own output is one layer.
tl::expected<std::string, std::string> debian_tar() {
  const std::string directory = "/var/tmp/slipway-test-debian-" + std::to_string(::geteuid());
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return tl::unexpected("needs a directory " + directory);
  struct stat found {};
  // Others may write to /var/tmp: what one of them planted is not used.
  if (::lstat(directory.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != ::geteuid() ||
      (found.st_mode & 077U) != 0) {
    return tl::unexpected("needs a directory " + directory + " that belongs to nobody else");
  }
  const linux::Fd lock(::open((directory + "/lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!lock || ::flock(lock.get(), LOCK_EX) != 0) return tl::unexpected("needs to lock " + directory + "/lock");
  const std::string tar = directory + "/root.tar";
  if (::access(tar.c_str(), R_OK) == 0) return tar;
  const std::string made = tar + ".new";
  const Outcome outcome = run({.arguments = {"mmdebstrap", "--quiet", "--mode=root", "--variant=extract",
                                             "--format=tar", "--include=base-files,dpkg,coreutils", "bookworm", made},
                               .limit = std::chrono::minutes(8)});
  if (outcome.shell_status() != 0) return tl::unexpected("needs mmdebstrap and a Debian mirror: " + outcome.errors);
  if (::rename(made.c_str(), tar.c_str()) != 0) return tl::unexpected("needs to rename " + made);
  return tar;
}

TEST_CASE("a Debian made by mmdebstrap runs from an archive") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to make a Debian with owners and device nodes");
  const auto tar = debian_tar();
  if (!tar) SLIPWAY_SKIP(tar.error());
  ImageSpec image;
  image.tags = {"debian:bookworm"};
  image.command = {"cat", "/etc/debian_version"};
  image.layers = {{read_file(*tar)}};
  const std::string archive = docker_save({image}, Layout::docker25);
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string path = runner.put("debian.tar", archive);
      Outcome outcome = runner.run({path});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 0);
      CHECK_THAT(outcome.output, Catch::StartsWith("12."));
      if (!caller.is_single()) CHECK(outcome.errors == "");
      outcome = runner.run({path, "dpkg", "--version"});
      CHECK(outcome.shell_status() == 0);
      CHECK_THAT(outcome.output, Catch::StartsWith("Debian 'dpkg' package management program version "));
      if (!caller.is_single()) CHECK(outcome.errors == "");
      // Set-group-id and sticky modes survive.
      outcome = runner.run({path, "stat", "-c", "%a %u:%g", "/var/local", "/tmp"});
      CHECK(outcome.output == (caller.is_single() ? "2775 0:0\n1777 0:0\n" : "2775 0:50\n1777 0:0\n"));
    }
  }
}

TEST_CASE("a copy of a Debian made by mmdebstrap is the tree that an overlay shows") {
  if (::geteuid() != 0) SLIPWAY_SKIP("needs root, to make a Debian with owners and device nodes");
  const auto tar = debian_tar();
  if (!tar) SLIPWAY_SKIP(tar.error());
  ImageSpec image;
  image.tags = {"debian:bookworm"};
  TarEntry probe = probe_entry();
  probe.name = "usr/bin/probe";
  image.layers = {{read_file(*tar)}, {make_tar({probe, file("etc/.wh.motd"), file("var/lib/dpkg/.wh..wh..opq")})}};
  const std::string archive = docker_save({image}, Layout::docker25);
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Runner runner(caller);
      const std::string path = runner.put("debian.tar", archive);
      const auto overlay = tree_inside(runner, {"--use", "rootfs=fs-overlay"}, path);
      CHECK(overlay.size() > 1000);
      CHECK(differences(overlay, tree_inside(runner, {"--use", "rootfs=fs-copy"}, path)) == "");
    }
  }
}

}  // namespace
}  // namespace slipway::tests
