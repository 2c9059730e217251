// An image that comes through a pipe which ends early, in each of its forms: one clear error, and nothing is left.
#include <catch2/catch.hpp>

#include "tests/refuse/setting.hpp"
#include "tests/support/oci_layout.hpp"
#include "tests/support/skip.hpp"
#include "tests/support/tree.hpp"

using namespace slipway::tests;

namespace {

struct Form {
  const char* name;
  std::string bytes;
};

// Small, so that every cut is quick; what is run must never start.
ImageSpec small_image() {
  ImageSpec image;
  image.tags = {"small:latest"};
  image.command = {"/bin/program"};
  image.layers = {{make_tar({directory("bin/"), file("bin/program", std::string(3000, 'x'), 0755)})},
                  {make_tar({directory("etc/"), file("etc/hello", "hello\n")})}};
  return image;
}

std::vector<Form> forms() {
  const std::string flat = make_tar({directory("bin/"), file("bin/program", std::string(3000, 'x'), 0755),
                                     directory("etc/"), file("etc/hello", "hello\n")});
  return {{"docker save", docker_save({small_image()}, Layout::legacy)},
          {"docker save with blobs", docker_save({small_image()}, Layout::docker25)},
          {"an OCI layout", oci_tar(oci_layout({{small_image(), "latest", ""}}))},
          {"a flat tar", flat}};
}

// Inside of the first header, behind it, between entries, and before the two blocks that end a tar.
std::vector<std::size_t> cuts_of(std::size_t size, Packing packing) {
  if (packing != Packing::plain) return {5, 20, size / 3, size / 2, size - 9, size - 1};
  return {1, 511, 512, 700, size / 3, size / 2, size / 2 / 512 * 512, size - 1025, size - 1024};
}

}  // namespace

TEST_CASE("a pipe that ends early is one clear error, whatever kind of image it was, and leaves nothing") {
  for (const Who who : kBoth) {
    SLIPWAY_SETTING(who);
    setting.make_store();
    for (const Form& form : forms()) {
      for (const Packing packing : {Packing::plain, Packing::gzip, Packing::zstd}) {
        const std::string bytes = pack(form.bytes, packing);
        for (const std::size_t cut : cuts_of(bytes.size(), packing)) {
          INFO(form.name << ", packing " << static_cast<int>(packing) << ", " << cut << " of " << bytes.size()
                         << " bytes, as " << to_text(who));
          Command command = setting.slipway_command({"run", "--store", setting.store(), "-"});
          command.input = bytes.substr(0, cut);
          const Watch watch = setting.watch();
          CHECK(Setting::faults_of(run(command), 125, {"standard input"}, watch) == "");
        }
      }
    }
    for (const auto& [name, what] : describe_tree(setting.store())) {
      INFO(name << " " << what);
      CHECK((what.starts_with("d ") || name == "version"));
      CHECK(name.find('/') == std::string::npos);
    }
  }
}
