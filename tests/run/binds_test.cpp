// The user's own binds, by --bind and by the pipeline.
#include <catch2/catch.hpp>
#include <chrono>
#include <filesystem>

#include "tests/run/mount_table.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;

// A directory "src" of the caller's with a file "f" and a directory "d"; its path.
std::string make_source(const Runner& runner) {
  const std::string path = runner.own("src");
  const Outcome made = run(runner.plain({"sh", "-c", "mkdir -p $0/d && echo of-host > $0/f", path}));
  REQUIRE(made.shell_status() == 0);
  return path;
}

std::string entries_of(const std::string& path) {
  std::string names;
  for (const auto& entry : std::filesystem::directory_iterator(path)) names += entry.path().filename().string() + " ";
  return names;
}

Outcome bound(const Runner& runner, Words options, const std::string& script, const std::string& target) {
  options.insert(options.end(), {target, "sh", "-c", script});
  return runner.run(options);
}

TEST_CASE("--bind shows directories and files of the host, and what is written to them stays") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string source = make_source(runner);
      const Words options = {"--bind", source + ":/data/deep/x", "--bind", source + "/f:/etc/one"};
      const Outcome outcome =
          bound(runner, options,
                "cat /data/deep/x/f /etc/one; echo new > /data/deep/x/d/n; echo more >> /etc/one; ls -ld /data",
                runner.box());
      CHECK(outcome.errors == "");
      CHECK_THAT(outcome.output, Catch::StartsWith("of-host\nof-host\ndrwxr-xr-x "));
      CHECK(read_file(source + "/d/n") == "new\n");
      CHECK(read_file(source + "/f") == "of-host\nmore\n");
      // The mount points were the run's alone.
      CHECK(bound(runner, {}, "ls -d /data /etc/one 2>/dev/null; :", runner.box()).output == "");
    }
  }
}

TEST_CASE("a read-only bind is read-only, mounts below it included, for root inside too") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string source = make_source(runner);
      if (caller.is_root()) {
        REQUIRE(run(runner.plain({"mount", "-t", "tmpfs", "below", source + "/d"})).shell_status() == 0);
      }
      Words words = {"run",
                     "--bind",
                     source + ":/data:ro",
                     runner.box(),
                     "sh",
                     "-c",
                     "for f in /data/f /data/d/n; do (echo x > $f) 2>&1; done; touch /data/f 2>&1; :"};
      const Outcome outcome = run(runner.command(words));
      INFO(to_text(outcome));
      for (const std::string& line : lines_of(outcome.output))
        CHECK_THAT(line, Catch::Contains("Read-only file system"));
      CHECK(lines_of(outcome.output).size() == 3);
      if (caller.is_root()) {
        const Outcome writable = run(runner.command(
            {"run", "--bind", source + ":/data", runner.box(), "sh", "-c", "echo x > /data/d/n && cat /data/d/n"}));
        CHECK(writable.output == "x\n");
        REQUIRE(run(runner.plain({"umount", source + "/d"})).shell_status() == 0);
      }
      CHECK(read_file(source + "/f") == "of-host\n");
    }
  }
}

TEST_CASE("a start with --bind is recorded, and opens the source anew each time") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string source = make_source(runner);
      const auto start = [&](const std::string& target) {
        return bound(runner, {"--timing", "--bind", source + ":/data"}, "cat " + target, runner.box());
      };
      CHECK_THAT(start("/data/f").errors, Catch::Contains("without a record"));
      Outcome again = start("/data/f");
      // No record is kept of an image that is younger than two seconds.
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
      while (again.errors.find("from a record") == std::string::npos && std::chrono::steady_clock::now() < end)
        again = start("/data/f");
      CHECK_THAT(again.errors, Catch::Contains("from a record"));
      CHECK(again.output == "of-host\n");
      const std::string renew = "mv $0 $0.old && mkdir $0 && echo another > $0/f";
      REQUIRE(run(runner.plain({"sh", "-c", renew, source})).shell_status() == 0);
      CHECK(start("/data/f").output == "another\n");
      REQUIRE(run(runner.plain({"sh", "-c", "rm -r $0", source})).shell_status() == 0);
      const Outcome missing = start("/data/f");
      CHECK(missing.shell_status() == 125);
      CHECK_THAT(missing.errors,
                 Catch::Contains("--bind /data") && Catch::Contains(source + ": open on the host: No such file"));
    }
  }
}

TEST_CASE("--bind takes relative sources, colons that are escaped, and the host's root") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string source = make_source(runner);
      REQUIRE(run(runner.plain({"sh", "-c", "cp $0/f $0/a:b", source})).shell_status() == 0);
      Command command = runner.command(
          {"run", "--bind", "src:/data", "--bind", R"(src/a\:b:/c\:d)", runner.box(), "cat", "/data/f", "/c:d"});
      CHECK(run(command).output == "of-host\nof-host\n");
      const Outcome root = bound(
          runner, {"--bind", "/:/host:ro"},
          "ls -d /host/usr /host/file0 2>/dev/null; ls /host/proc/self/fd >/dev/null && echo below", runner.box());
      CHECK(root.output == "/host/usr\nbelow\n");
    }
  }
}

TEST_CASE("what the command line binds stands instead of what a plugin has there") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string source = make_source(runner);
      CHECK(bound(runner, {"--bind", source + "/f:/etc/hosts"}, "cat /etc/hosts; ls /etc/hostname", runner.box())
                .output == "of-host\n/etc/hostname\n");
      CHECK(bound(runner, {"--bind", source + ":/tmp"}, "ls /tmp", runner.box()).output == "d\nf\n");
      CHECK(bound(runner, {"--bind", source + ":/etc"}, "ls /etc", runner.box()).output == "d\nf\n");
      CHECK(entries_of(source).size() == 4);
      // In a pipeline both are the author's words, and one of them has to give way by them.
      const std::string other = R"({"use":"pseudo-binds","binds":[{"source":")" + source + R"(","target":"/tmp"}])";
      const std::string list = R"(pseudo=[{"use":"pseudo-standard"},)" + other;
      const std::string file = runner.put(
          "clash.json", "{\"image\":{\"source\":\"box.tar\"},\"" + list.substr(0, 6) + "\":" + list.substr(7) + "}]}");
      (void)runner.box();
      const Outcome clash = runner.run({file, "true"});
      CHECK(clash.shell_status() == 125);
      CHECK_THAT(clash.errors, Catch::Contains("two steps take /tmp") && Catch::Contains("of pseudo-standard (") &&
                                   Catch::Contains("of pseudo-binds (") && Catch::Contains("\"replaces\""));
      const std::string settled =
          runner.put("settled.json", "{\"image\":{\"source\":\"box.tar\"},\"pseudo\":" + list.substr(7) +
                                         ",\"replaces\":[\"pseudo-standard:/tmp\"]}]}");
      CHECK(runner.run({settled, "ls", "/tmp"}).output == "d\nf\n");
    }
  }
}

TEST_CASE("a bind that cannot be is one clear error, and the host's files stay as they are") {
  struct Row {
    const char* what;
    Words options;
    Words parts;
  };
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string src = make_source(runner);
      const std::string outside = runner.own("outside");
      REQUIRE(run(runner.plain({"mkdir", outside})).shell_status() == 0);
      ImageSpec image = box_image();
      image.layers.push_back(
          {make_tar({soft_link("out", outside), soft_link("proc2", "/proc/sys"), soft_link("fd", "/proc/self/fd"),
                     soft_link("ring", "ring"), soft_link("data", "/srv"), directory("srv/")})});
      const std::string archive = runner.put("links.tar", docker_save({image}, Layout::docker25));
      const std::vector<Row> rows = {
          {"a missing source", {"--bind", src + "/none:/x"}, {"--bind /x", src + "/none", "No such file"}},
          {"two on one target",
           {"--bind", src + ":/x", "--bind", src + "/d:/x"},
           {"two steps take /x", "pseudo-binds (--bind /x)", "leave one of them out"}},
          {"a target that hides an earlier one",
           {"--bind", src + ":/x/y", "--bind", src + ":/x"},
           {"would hide /x/y", "pseudo-binds (--bind /x)"}},
          {"a link that leads out", {"--bind", src + ":/out/x"}, {"/out/x", "(ELOOP)", "a link of the image"}},
          {"a link of /proc", {"--bind", src + ":/fd/3"}, {"/fd/3", "(ELOOP)"}},
          {"a link into /proc", {"--bind", src + "/f:/proc2/kernel/hostname"}, {"/proc2/kernel/hostname", "(ELOOP)"}},
          {"links in a circle", {"--bind", src + ":/ring/x"}, {"/ring/x", "(ELOOP)"}},
          {"a file over a directory", {"--bind", src + "/f:/home"}, {"/home", "(EISDIR)", "cannot cover it"}},
          {"a directory over a file", {"--bind", src + ":/bin/greet"}, {"/bin/greet", "(ENOTDIR)", "cannot cover it"}},
          {"below a file", {"--bind", src + ":/bin/greet/x"}, {"/bin/greet/x", "(ENOTDIR)"}},
          {"a mount point in the host's directory",
           {"--bind", src + ":/x", "--bind", src + "/f:/x/new"},
           {"in a directory of the host's: /x/new", "hint: make it there first"}},
          {"the same through a link",
           {"--bind", src + ":/srv", "--bind", src + "/f:/data/new"},
           {"in a directory of the host's: /data/new"}},
          {"a path that goes up", {"--bind", src + ":/a/../b"}, {"has no \"..\""}},
          {"no target", {"--bind", src}, {"read --bind", "SRC:DST"}},
          {"the root", {"--bind", src + ":/"}, {"read --bind", "rootfs"}},
          {"an unknown word", {"--bind", src + ":/x:rx"}, {"ro, rw or nothing"}}};
      for (const Row& row : rows) {
        INFO(row.what);
        Words words = row.options;
        words.insert(words.end(), {archive, "true"});
        const Outcome outcome = runner.run(words);
        INFO(outcome.errors);
        CHECK(outcome.shell_status() == 125);
        CHECK(outcome.output == "");
        CHECK(lines_of(outcome.errors).size() <= 2);
        for (const std::string& part : row.parts) CHECK_THAT(outcome.errors, Catch::Contains(part));
      }
      CHECK(entries_of(outside) == "");
      CHECK(entries_of(src).size() == 4);
      CHECK(read_file(src + "/f") == "of-host\n");
      // Inside of the root links on the way are followed, and one in the target's own place is replaced.
      const Outcome inner =
          bound(runner, {"--bind", src + "/f:/data/f", "--bind", src + ":/out"}, "cat /srv/f; ls /out", archive);
      CHECK(inner.output == "of-host\nd\nf\n");
      CHECK(entries_of(outside) == "");
      // A mount point on a file system of the container's own is no one else's.
      CHECK(bound(runner, {"--bind", src + ":/x", "--bind", src + "/f:/run/a/f"}, "cat /run/a/f", archive).output ==
            "of-host\n");
    }
  }
}

TEST_CASE("owners are mapped for root, and nobody else is told more than that") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string source = make_source(runner);
      const std::string binds = R"(pseudo=[{"use":"pseudo-standard"},{"use":"pseudo-binds","binds":[{"source":")" +
                                source + R"(","target":"/data","owners":"container"}]}])";
      const Outcome outcome = bound(runner, {"--set", binds}, "stat -c %u /data/f; echo x > /data/n", runner.box());
      if (caller.is_root()) {
        CHECK(outcome.output == "0\n");
        CHECK(outcome.errors == "");
        // In a user namespace too: on the disk it belongs to the same number.
        const Outcome mapped = bound(runner, {"--set", "isolation.user=single", "--set", binds},
                                     "stat -c %u /data/f; echo x > /data/m; stat -c %u /data/m", runner.box());
        INFO(to_text(mapped));
        CHECK(mapped.output == "0\n0\n");
      } else {
        CHECK(outcome.shell_status() == 125);
        CHECK_THAT(outcome.errors,
                   Catch::Contains("map the owners: Operation not permitted") && Catch::Contains("root only"));
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
