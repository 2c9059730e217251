// A root filesystem that is there already, used in place.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>

#include "tests/run/harness.hpp"
#include "tests/run/source_runs.hpp"
#include "tests/support/oci_layout.hpp"

namespace slipway::tests {
namespace {

using Words = std::vector<std::string>;
namespace fs = std::filesystem;

// The box's tree, of whoever calls.
std::string put_root(Runner& runner, const std::string& name) {
  const std::string root = runner.own(name);
  const Outcome outcome = runner.slipway({"unpack", runner.box(), root});
  INFO(to_text(outcome));
  REQUIRE(outcome.shell_status() == 0);
  return root;
}

std::string listing(const Runner& runner, const std::string& root) {
  const Words words = {"sh", "-c", "cd " + root + " && find . | sort | xargs -d '\\n' stat -c '%n %F %a %u %s %Y %i'"};
  return run(runner.plain(words)).output;
}

}  // namespace

TEST_CASE("A1: a directory is used in place, and is as it was after a run that wrote all over it") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string root = put_root(runner, "root");
      const std::string before = listing(runner, root);
      const Words write = {"sh", "-c", "cat /etc/hello; echo x >/etc/hello; rm -r /opt; mkdir /new; cat /etc/hello"};
      for (const Words& options :
           {Words{}, Words{"--use", "image=image-directory"}, Words{"--set", "rootfs.upper=disk"}}) {
        Words words = options;
        words.push_back(root);
        words.insert(words.end(), write.begin(), write.end());
        const Outcome outcome = runner.run(words);
        CHECK(outcome.output == "hello from the image\nx\n");
        CHECK(outcome.errors == "");
        CHECK(listing(runner, root) == before);
      }
      // No layer of it lies in the store.
      CHECK(fs::is_empty(runner.store() + "/layers"));
      // What changes in it is there at the next start, which is warm as long as the directory itself is the same.
      settle(runner, {"run", "--timing", root, "true"});
      REQUIRE(run(runner.plain({"sh", "-c", "echo other >" + root + "/etc/hello"})).status == 0);
      CHECK(runner.slipway({"run", root, "cat", "/etc/hello"}).output == "other\n");
    }
  }
}

TEST_CASE("a directory that cannot be shared safely, or is none, is one clear error") {
  for (const Caller& caller : callers()) {
    DYNAMIC_SECTION(caller.name) {
      Runner runner(caller);
      const std::string root = put_root(runner, "root");
      const auto refusal = [&](const Words& words, const std::string& part) {
        const Outcome outcome = runner.slipway(words);
        INFO(to_text(outcome));
        CHECK(outcome.shell_status() == (words.front() == "run" ? 125 : 1));
        CHECK(outcome.output == "");
        CHECK_THAT(outcome.errors, Catch::Contains(part));
        CHECK(lines_of(outcome.errors).size() <= 2);
      };
      refusal({"unpack", root, runner.own("copy")}, "is a root filesystem already");
      fs::permissions(root, fs::perms::all);
      refusal({"run", root, "true"}, "can be written by other users");
      fs::permissions(root, fs::perms::owner_all);
      CHECK(runner.run({root, "true"}).errors == "");
      write_oci_directory(runner.own("layout"), oci_layout({{box_image(), "", ""}}));
      refusal({"run", "--use", "image=image-directory", runner.own("layout"), "true"},
              "the directory is an OCI image layout, not a root filesystem");
      refusal({"run", "--use", "image=image-crane-export", root, "true"}, "the source is a directory, not a tar");
      refusal({"run", "--use", "image=image-oci", root, "true"}, "the source has no oci-layout");
      if (caller.is_root()) {
        REQUIRE(::chown(root.c_str(), 12345, 0) == 0);
        refusal({"run", root, "true"}, "belongs to user 12345, who may change it at any time");
      } else {
        refusal({"run", "/usr", "true"}, "belongs to user 0, who has no id in the container");
      }
    }
  }
}

}  // namespace slipway::tests
