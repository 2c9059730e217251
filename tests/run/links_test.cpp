// Images that have links where slipway mounts or writes: nothing of the host may change by them.
#include <catch2/catch.hpp>

#include "tests/run/harness.hpp"
#include "tests/support/tree.hpp"

namespace slipway::tests {
namespace {

// The box, with one of its directories replaced by a link, in a layer of its own.
std::string image_with_link(const Runner& runner, const std::string& place, const std::string& target) {
  ImageSpec image = box_image();
  const std::size_t slash = place.rfind('/');
  const std::string parent = slash == std::string::npos ? "" : place.substr(0, slash + 1);
  const std::string name = slash == std::string::npos ? place : place.substr(slash + 1);
  image.layers.push_back({make_tar({file(parent + ".wh." + name)})});
  image.layers.push_back({make_tar({soft_link(place, target)})});
  return runner.put("links.tar", docker_save({image}, Layout::legacy));
}

TEST_CASE(
    "B6: an image with a link in the place of a mount point changes nothing on the host, and starts or is refused by "
    "name") {
  struct Row {
    const char* place;
    std::string target;  // HOST is a directory of the host's
  };
  const std::vector<Row> rows = {
      {"proc", "HOST"},
      {"proc", "../../../../../../HOST"},
      {"proc", "etc"},
      {"sys", "HOST"},
      {"dev", "HOST"},
      {"dev", "/opt"},
      {"run", "HOST"},
      {"tmp", "HOST"},
      {"etc", "HOST"},
      {"etc", "/opt"},
      {"work", "HOST"},
      {"work", "/opt"},
      {"etc/passwd", "HOST/file"},
      {"etc/passwd", "/proc/self/environ"},
      {"dev/pts", "HOST"},
      {"dev/null", "HOST/file"},
  };
  for (const Caller& caller : callers()) {
    for (const Row& row : rows) {
      DYNAMIC_SECTION(caller.name << ": /" << row.place << " -> " << row.target) {
        Runner& runner = shared(caller);
        const std::string host = runner.own("host");
        REQUIRE(run(runner.plain({"sh", "-c", "mkdir -p $1 && echo host > $1/file", "sh", host})).shell_status() == 0);
        const std::string before = to_text(describe_tree(host));
        std::string target = row.target;
        if (const std::size_t at = target.find("HOST"); at != std::string::npos)
          target.replace(at, 4, host.substr(at == 0 ? 0 : 1));
        const std::string image = image_with_link(runner, row.place, target);
        const Outcome outcome = runner.run(
            {"-w", "/work/place", image, "sh", "-c", "echo started; echo x > /work/place/written; : > /tmp/x"});
        INFO(to_text(outcome));
        const bool started = outcome.shell_status() == 0 || outcome.shell_status() == 1;
        if (started) {
          CHECK(outcome.output == "started\n");
        } else {
          CHECK(outcome.shell_status() == 125);
          CHECK_THAT(outcome.errors,
                     Catch::Contains("/" + std::string(row.place).substr(0, std::string(row.place).find('/'))));
        }
        CHECK(to_text(describe_tree(host)) == before);
      }
    }
  }
}

}  // namespace
}  // namespace slipway::tests
