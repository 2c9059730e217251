// Where a container's writes go, how much they may be, and that they go with it.
#include <catch2/catch.hpp>
#include <csignal>

#include "tests/run/harness.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

bool kernel_has_tmpfs_upper(Runner& runner) {
  return runner.slipway({"plan", "--json", runner.box()}).output.find("\"tmpfs_user_xattr\": true") !=
         std::string::npos;
}

std::string run_directories(const Runner& runner) {
  return run(runner.plain({"ls", "-A", runner.store() + "/runs"})).output;
}

TEST_CASE("writes go to memory, to the store, or where the kernel can, and vanish with the run") {
  for (const Caller& caller : callers()) {
    for (const std::string upper : {"auto", "tmpfs", "disk"}) {
      DYNAMIC_SECTION(caller.name << ": " << upper) {
        Runner& runner = shared(caller);
        const bool on_disk = upper == "disk" || (upper == "auto" && !kernel_has_tmpfs_upper(runner));
        Program program(runner.command({"run", "--set", "rootfs.upper=" + upper, runner.box(), "sh", "-c",
                                        "trap 'exit 5' TERM; echo x > /mark; echo y > /etc/hello; rm -r /home; "
                                        "cat /mark /etc/hello; ls /home 2>&1; sleep 100 & wait $!"}));
        REQUIRE(program.wait_for_output("x\ny\nls: /home: No such file or directory\n"));
        CHECK(lines_of(run_directories(runner)).size() == (on_disk ? 1 : 0));
        program.signal(SIGTERM);
        const Outcome outcome = program.wait();
        CHECK(outcome.shell_status() == 5);
        CHECK(outcome.errors == "");
        CHECK(run_directories(runner) == "");
        CHECK(runner.leftovers() == "");
        CHECK(runner.inside("cat /etc/hello; ls /home") == "hello from the image\napp\n");
      }
    }
  }
}

TEST_CASE("what a run wrote to disk is removed, whatever its modes, owners and depth") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      const std::string owner = caller.is_single() ? "0:0" : "1000:1000";
      const Outcome outcome = runner.run(
          {"--set", "rootfs.upper=disk", runner.box(), "sh", "-ec",
           "mkdir -p /a/b/c; echo x > /a/b/c/d; chmod 0 /a/b/c/d /a/b/c /a/b; chown -R " + owner +
               " /a; ln -s /etc /a/link; d=/deep; for i in $(seq 100); do d=$d/x; done; mkdir -p $d; chmod 0 /deep"});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 0);
      CHECK(run_directories(runner) == "");
    }
  }
}

TEST_CASE("with upper none nothing can be written, and mount points that the image lacks are made all the same") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      // An image without /dev, /proc, /sys, /run, /tmp and without the working directory.
      ImageSpec image;
      image.tags = {"bare:latest"};
      image.workdir = "/work/place";
      image.layers = {{make_tar({file("busybox", read_file("/bin/busybox"), 0755), file("mine", "mine\n")})}};
      const std::string archive = runner.put("bare.tar", docker_save({image}, Layout::docker25));
      const std::string script =
          "/busybox pwd; /busybox cat /mine; echo x > /mine; echo x > /new; /busybox mkdir /work/place/x; "
          "/busybox rm /mine; echo fine > /tmp/x && /busybox cat /tmp/x; /busybox test -e /dev/null && echo null";
      const Outcome outcome = runner.run({"--set", "rootfs.upper=none", archive, "/busybox", "sh", "-c", script});
      INFO(to_text(outcome));
      CHECK(outcome.shell_status() == 0);
      CHECK(outcome.output == "/work/place\nmine\nfine\nnull\n");
      const Words errors = lines_of(outcome.errors);
      CHECK(errors.size() == 4);
      for (const std::string& line : errors) CHECK_THAT(line, Catch::EndsWith("Read-only file system"));
    }
  }
}

TEST_CASE("a tmpfs holds what its size allows and no more") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner& runner = shared(caller);
      if (!kernel_has_tmpfs_upper(runner)) {
        WARN("SKIPPED: this kernel's tmpfs carries no overlay (Linux 6.6 does)");
        continue;
      }
      const std::string script =
          "dd if=/dev/zero of=/little bs=1024 count=512 2>/dev/null && echo little; "
          "dd if=/dev/zero of=/much bs=1024 count=4096 2>&1 | grep -o 'No space.*'";
      CHECK(runner.inside(script, {"--set", "rootfs.upper=tmpfs", "--set", "rootfs.size=1M"}) ==
            "little\nNo space left on device\n");
      const Outcome outcome =
          runner.run({"--set", "rootfs.upper=disk", "--set", "rootfs.size=1M", runner.box(), "true"});
      CHECK(outcome.shell_status() == 125);
      CHECK_THAT(outcome.errors, Catch::Contains("a size is for a tmpfs"));
    }
  }
}

// A shell command that spoils the worker $1 and one that mends it.
struct Spoiled {
  const char* name;
  std::string spoil, mend;
  const char* says;
};

TEST_CASE("a size that does not fit, and none at all, are refused") {
  Runner& runner = shared(callers().front());
  const auto plan = [&](const std::string& size) {
    return runner.slipway(
        {"plan", "--set", "rootfs.upper=tmpfs", "--set", "rootfs.size=\"" + size + "\"", runner.box()});
  };
  for (const char* size : {"1", "8388607T", "9223372036854775807"}) {
    INFO(size);
    CHECK(plan(size).shell_status() == 0);
  }
  for (const std::string size :
       {"8388608T", "9223372036854775808", "18446744073709551617", "99999999999999999999999T"}) {
    const Outcome outcome = plan(size);
    CHECK(outcome.shell_status() == 1);
    CHECK_THAT(outcome.errors, Catch::Contains("/rootfs/size: ") && Catch::Contains(size + " is more than fits"));
  }
  for (const char* size : {"0", "0M", "-1"}) {
    const Outcome outcome = plan(size);
    CHECK(outcome.shell_status() == 1);
    CHECK_THAT(outcome.errors, Catch::Contains("/rootfs/size: ") && Catch::Contains("expected text as in"));
  }
}

TEST_CASE("a start from a filled store needs no worker, and a new image says clearly that it does") {
  const std::vector<Spoiled> rows = {
      {"moved away", "mv $1 $1.away", "mv $1.away $1", "No such file or directory"},
      {"not executable", "chmod 0644 $1", "chmod 0755 $1", "Permission denied"},
  };
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      const Scratch copy;
      Runner runner(caller);
      runner.use_program(copy_slipway(copy.path()));
      const std::string worker = copy / "libexec/slipway/slipway-worker";
      // No record is kept of an archive that has changed within the last two seconds.
      const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
      while (run(runner.plain({"ls", runner.store() + "/images"})).output.empty()) {
        REQUIRE(std::chrono::steady_clock::now() < limit);
        REQUIRE(runner.run({runner.box(), "true"}).shell_status() == 0);
      }
      for (const Spoiled& row : rows) {
        INFO(row.name);
        REQUIRE(run({.arguments = {"sh", "-c", row.spoil, "sh", worker}}).shell_status() == 0);
        Outcome outcome = runner.run({runner.box(), "cat", "/etc/hello"});
        CHECK(outcome.output == "hello from the image\n");
        CHECK(outcome.errors == "");
        CHECK(outcome.shell_status() == 0);

        const std::string archive = runner.put("other.tar", docker_save({box_image()}, Layout::legacy));
        outcome = runner.run({archive, "true"});
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == 125);
        CHECK(outcome.output == "");
        CHECK_THAT(outcome.errors, Catch::Contains("libexec/slipway/slipway-worker") && Catch::Contains(row.says));
        REQUIRE(run({.arguments = {"sh", "-c", row.mend, "sh", worker}}).shell_status() == 0);
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
